"""A course outside the database: as a folder holds it, as the editor sends it, as it is written down again. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from programs.training.questions import words_of
from programs.training.quizzes import Rules

Words = dict[str, str]  # {language: text}
DEFAULT_PASS_MARK = 70
REFRESH_DAYS = (7, 30, 90)
REFRESH_QUESTIONS = 3


@dataclass(frozen=True)
class LessonText:
    """One lesson in one language; ``reflect``: a question to think about, or ''.

    ``of``: from which wording of the main language it was translated (``mark``); '' for the one it has now.
    """

    title: str
    body: str
    reflect: str = ""
    of: str = ""

    @property
    def mark(self) -> str:
        return mark([self.title, self.body, self.reflect])


@dataclass
class LessonPlan:
    """``minutes``: reading time (0: estimated from the text); ``video``: an https address, ``files/…``, or ''.

    ``key``: who the lesson is from version to version; '' for one that is new.
    """

    texts: dict[str, LessonText]
    minutes: int = 0
    video: str = ""
    key: str = ""


@dataclass
class CoursePlan:
    """``language`` is the one everything falls back to; ``quiz`` is worded in it, ``quiz_words`` in the others.

    ``quiz_words``: {language: {question's name: its words}}, each with ``of`` as in ``LessonText``.
    ``files``: {name without ``files/``: content}; None: those the course has.
    """

    slug: str = ""
    language: str = "en"
    languages: list[str] = field(default_factory=lambda: ["en"])
    names: Words = field(default_factory=dict)
    summaries: Words = field(default_factory=dict)
    requirements: list[str] = field(default_factory=list)
    minutes: int = 0
    lessons: list[LessonPlan] = field(default_factory=list)
    quiz: list[dict[str, Any]] = field(default_factory=list)
    quiz_words: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    pass_mark: int = DEFAULT_PASS_MARK
    rules: Rules = field(default_factory=Rules)
    sessions: int = 0
    refresh_days: list[int] = field(default_factory=lambda: list(REFRESH_DAYS))
    refresh_questions: int = REFRESH_QUESTIONS
    files: dict[str, bytes] | None = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.names.get(self.language) or next(iter(self.names.values()), "")


@dataclass(frozen=True, order=True)
class Problem:
    """``file``: inside the folder; ``line``: from 1, 0 when it is about the whole file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        if not self.line:
            return f"{self.file}: {self.reason}" if self.file else self.reason
        return _("%(file)s, line %(line)d: %(reason)s") % {"file": self.file, "line": self.line, "reason": self.reason}


@dataclass
class Reading:
    """What came out of a folder. ``problems`` keep it from being taken over, ``missing`` (not translated) and
    ``remarks`` do not."""

    course: CoursePlan = field(default_factory=CoursePlan)
    problems: list[Problem] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    def refuse(self, file: str, line: int, reason: str) -> None:
        self.problems.append(Problem(file, line, reason))


@dataclass
class Translated:
    """How far a course is in one language. ``missing`` and ``stale`` name the parts in words for a page."""

    language: str
    parts: int = 0
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    @property
    def there(self) -> int:
        return self.parts - len(self.missing)


def mark(words: object) -> str:
    """A fingerprint of a wording."""
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


def question_mark(question: Mapping[str, Any]) -> str:
    """The fingerprint of a question's words in the main language."""
    return mark(words_of(question))


def translated(language: str, course: CoursePlan) -> Translated:
    """What ``language`` lacks of ``course``, and what was changed in the main language since it was translated."""
    found = Translated(language)
    for words, told in ((course.names, _("the name")), (course.summaries, _("what one can do afterwards"))):
        if words.get(course.language):
            _note(found, told, there=bool(words.get(language)), stale=False)
    for number, lesson in enumerate(course.lessons, start=1):
        main, text = lesson.texts.get(course.language), lesson.texts.get(language)
        stale = bool(main and text and text.of and text.of != main.mark)
        there = bool(text and text.title and text.body and (text.reflect or not (main and main.reflect)))
        _note(found, _("lesson %(number)d") % {"number": number}, there=there, stale=stale)
    if language == course.language:
        found.parts += len(course.quiz)
        return found
    for number, question in enumerate(course.quiz, start=1):
        words = course.quiz_words.get(language, {}).get(question.get("name", ""), {})
        stale = bool(words.get("of")) and words["of"] != question_mark(question)
        _note(found, _("question %(number)d") % {"number": number}, there=is_worded(question, words), stale=stale)
    return found


def _note(found: Translated, told: str, *, there: bool, stale: bool) -> None:
    found.parts += 1
    if not there:
        found.missing.append(told)
    elif stale:
        found.stale.append(told)


def is_worded(question: Mapping[str, Any], words: Mapping[str, Any]) -> bool:
    """Whether ``words`` say the whole question in another language."""
    options = words.get("options") or []
    return bool(words.get("text")) and (
        not question.get("options") or (len(options) == len(question["options"]) and all(options))
    )
