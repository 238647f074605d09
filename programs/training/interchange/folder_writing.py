"""A course written as the folder ``folder`` reads; what is read again is the same course. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify

from programs.training import questions
from programs.training.interchange import archive, gift
from programs.training.interchange.folder import FENCE, QUIZ
from programs.training.interchange.plans import CoursePlan, LessonPlan, LessonText, is_worded
from programs.training.questions import WORDS, Kind, kind_of


def write(plan: CoursePlan) -> dict[str, bytes]:
    """{path: content}."""
    files = {archive.HEAD: _head(plan).encode()}
    for number, lesson in enumerate(plan.lessons, start=1):
        title = lesson.texts[plan.language].title if plan.language in lesson.texts else ""
        name = f"{number:02}-{slugify(title)[:50].strip('-') or 'lesson'}.md"
        for code, text in lesson.texts.items():
            files[f"{code}/{name}"] = _lesson(lesson, text).encode()
    if plan.quiz:
        files[f"{plan.language}/{QUIZ}"] = gift.write(plan.quiz).encode()
        for code, words in plan.quiz_words.items():
            said = [_said(one, words[one["name"]]) for one in plan.quiz if is_worded(one, words.get(one["name"], {}))]
            if said:
                files[f"{code}/{QUIZ}"] = gift.write(said).encode()
    return files | {f"files/{name}": content for name, content in (plan.files or {}).items()}


def _said(question: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """The question with these words only: what is not translated must not come back as if it were."""
    if kind_of(question) == Kind.SCENARIO and not all(words.get("reasons") or [""]):
        return questions.spoken(question, words)
    return {**question, "why": "", "reasons": [], "unit": "", **{key: words[key] for key in WORDS if words.get(key)}}


def _head(plan: CoursePlan) -> str:
    rules = plan.rules
    values: dict[str, Any] = {
        "slug": plan.slug,
        "language": plan.language,
        "languages": plan.languages,
        "requirements": plan.requirements,
        "minutes": plan.minutes,
        "pass_mark": plan.pass_mark,
        "draw": rules.draw,
        "tries": rules.tries,
        "cooldown_hours": rules.cooldown_hours,
        "shuffled": rules.shuffled,
        "sessions": plan.sessions,
        "refresh_days": plan.refresh_days,
        "refresh_questions": plan.refresh_questions,
    }
    lines = [f"{key} = {_value(value)}" for key, value in values.items()]
    for table, words in (("name", plan.names), ("summary", plan.summaries)):
        if words:
            lines += ["", f"[{table}]", *(f"{code} = {_value(text)}" for code, text in words.items())]
    return "\n".join(lines) + "\n"


def _lesson(lesson: LessonPlan, text: LessonText) -> str:
    values: dict[str, Any] = {"title": text.title}
    if lesson.minutes:
        values["minutes"] = lesson.minutes
    if lesson.video:
        values["video"] = lesson.video
    if text.reflect:
        values["reflect"] = text.reflect
    front = "\n".join(f"{key} = {_value(value)}" for key, value in values.items())
    return f"{FENCE}\n{front}\n{FENCE}\n\n{text.body}\n"


def _value(value: Any) -> str:
    """TOML's strings, numbers, truths and lists are JSON's, except for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
