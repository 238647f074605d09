"""Writing courses: one draft at a time, published as versions that never change again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from culture.access import audit, organisation
from culture.people.models import Employee
from programs.training import files, questions, quizzes
from programs.training.interchange import media
from programs.training.interchange.plans import (
    DEFAULT_PASS_MARK,
    CoursePlan,
    LessonPlan,
    LessonText,
    question_mark,
)
from programs.training.models import Course, CourseVersion, Lesson

LONGEST_SLUG = 60


def newest(course: Course) -> CourseVersion | None:
    """The draft when there is one, else the newest published version: what the next draft is made from."""
    return course.versions.select_related("course").order_by("-number").first()


def plan_of(version: CourseVersion, *, with_files: bool = False) -> CoursePlan:
    """A version as it would be written again. ``with_files``: with their contents, for taking it elsewhere."""
    course, main = version.course, version.language
    names = {code: text for code, text in course.names.items() if code in version.languages}
    return CoursePlan(
        slug=course.slug or "",
        language=main,
        languages=list(version.languages),
        names={**names, main: course.name},
        summaries=_with({k: v for k, v in course.summaries.items() if k in version.languages}, main, course.summary),
        requirements=list(course.requirements),
        minutes=version.minutes,
        lessons=[_lesson_plan(lesson, version) for lesson in version.lessons.all()],
        quiz=[dict(question) for question in version.quiz],
        quiz_words={code: dict(words) for code, words in version.quiz_words.items() if code in version.languages},
        pass_mark=version.pass_mark if version.quiz else DEFAULT_PASS_MARK,
        rules=version.rules if version.quiz else quizzes.Rules(shuffled=True),
        sessions=version.sessions,
        refresh_days=list(course.refresh_days),
        refresh_questions=course.refresh_questions,
        files=files.contents(version) if with_files else None,
    )


def _with(words: dict[str, str], language: str, text: str) -> dict[str, str]:
    kept = {code: one for code, one in words.items() if code != language}
    return {language: text, **kept} if text else kept


def _lesson_plan(lesson: Lesson, version: CourseVersion) -> LessonPlan:
    texts = {version.language: LessonText(lesson.title, lesson.body, lesson.reflect)}
    for code in version.languages:
        if code != version.language and (text := lesson.texts.get(code)):
            texts[code] = LessonText(*(text.get(key, "") for key in ("title", "body", "reflect", "of")))
    return LessonPlan(texts, lesson.minutes, lesson.video, lesson.key)


@transaction.atomic
def write(*, by: Employee | None, plan: CoursePlan, course: Course | None = None) -> CourseVersion:
    """Write the course's one draft (the next version); published versions stay as they are.

    Raises ``ValidationError`` by field of the editor (``lesson_0_title``, ``question_2_right`` …).
    """
    last = newest(course) if course else None
    _refuse(course, plan, {*(plan.files or {}), *files.names(last if plan.files is None else None)})
    if course is None:
        course = Course.objects.create(name=plan.name.strip())
    # The lock makes two editors' saves follow each other, so that a course never has two drafts.
    course = Course.objects.select_for_update().get(pk=course.pk)
    _put_course(course, plan)
    draft = course.versions.filter(published_at=None).first()
    if draft is None:
        number = course.versions.aggregate(last=Max("number"))["last"] or 0
        draft = CourseVersion(course=course, number=number + 1)
    _put_version(draft, plan, last)
    draft.lessons.all().delete()
    keys = _keys(plan.lessons, last)
    Lesson.objects.bulk_create(
        _lesson_row(draft, position, key, lesson, plan)
        for position, (key, lesson) in enumerate(zip(keys, plan.lessons, strict=True), start=1)
    )
    if plan.files is not None:
        files.replace_all(draft, plan.files)
    elif last is not None and last != draft:
        files.carry(last, draft)
    audit.record(by, "saved course draft", course, name=course.name, version=draft.number)
    return draft


def _put_course(course: Course, plan: CoursePlan) -> None:
    main = plan.language
    course.name, course.summary = plan.name.strip(), plan.summaries.get(main, "").strip()
    course.names = {code: text.strip() for code, text in plan.names.items() if text.strip()}
    course.summaries = {code: text.strip() for code, text in plan.summaries.items() if text.strip()}
    course.requirements = list(plan.requirements)
    course.refresh_days, course.refresh_questions = sorted(set(plan.refresh_days)), plan.refresh_questions
    course.slug = course.slug or plan.slug or _free_slug(course)
    course.save()


def _free_slug(course: Course) -> str:
    begin = slugify(course.name)[: LONGEST_SLUG - 8].strip("-") or f"course-{course.pk}"
    taken = set(Course.objects.filter(slug__startswith=begin).values_list("slug", flat=True))
    return next(slug for n in range(1, 10_000) if (slug := begin if n == 1 else f"{begin}-{n}") not in taken)


def _put_version(draft: CourseVersion, plan: CoursePlan, last: CourseVersion | None) -> None:
    gone = [question.get("name", "") for question in last.quiz] if last else []
    draft.language = plan.language
    draft.languages = list(dict.fromkeys([plan.language, *plan.languages]))
    draft.minutes = plan.minutes
    draft.quiz = questions.named([questions.clean(question) for question in plan.quiz], gone)
    draft.quiz_words = _quiz_words(draft.quiz, plan)
    draft.pass_mark = plan.pass_mark if plan.quiz else 0
    draft.rules = plan.rules if plan.quiz else quizzes.Rules()
    draft.sessions = plan.sessions
    draft.save()


def _quiz_words(quiz: Sequence[questions.Question], plan: CoursePlan) -> dict[str, dict[str, Any]]:
    """Words of questions that are gone go with them; those that came without a mark are of today's wording."""
    kept: dict[str, dict[str, Any]] = {}
    for code in plan.languages:
        theirs = plan.quiz_words.get(code, {}) if code != plan.language else {}
        words = {
            question["name"]: {**said, "of": said.get("of") or question_mark(question)}
            for question in quiz
            if (said := theirs.get(question["name"])) and said.get("text")
        }
        if words:
            kept[code] = words
    return kept


def _keys(lessons: Sequence[LessonPlan], last: CourseVersion | None) -> list[str]:
    """A key for each lesson: its own, else one that no lesson of the version before had either."""
    taken = {lesson.key for lesson in lessons} | ({lesson.key for lesson in last.lessons.all()} if last else set())
    keys: list[str] = []
    for lesson in lessons:
        key = lesson.key if lesson.key not in keys else ""
        number = 1
        while not key or (key != lesson.key and key in taken):
            key = f"l{number:02}"
            number += 1
        taken.add(key)
        keys.append(key)
    return keys


def _lesson_row(draft: CourseVersion, position: int, key: str, lesson: LessonPlan, plan: CoursePlan) -> Lesson:
    main = lesson.texts[plan.language]
    texts = {
        code: {
            "title": text.title.strip(),
            "body": text.body,
            "reflect": text.reflect.strip(),
            "of": text.of or main.mark,
        }
        for code, text in lesson.texts.items()
        if code != plan.language and code in plan.languages and (text.title.strip() or text.body.strip())
    }
    return Lesson(
        version=draft,
        position=position,
        key=key,
        title=main.title.strip(),
        body=main.body,
        reflect=main.reflect.strip(),
        minutes=lesson.minutes,
        video=lesson.video.strip(),
        texts=texts,
    )


@transaction.atomic
def save_draft(
    *,
    by: Employee | None,
    name: str,
    summary: str = "",
    requirements: Iterable[str] = (),
    lessons: Sequence[tuple[str, str]],
    quiz: quizzes.Quiz = (),
    pass_mark: int = DEFAULT_PASS_MARK,
    rules: quizzes.Rules | None = None,
    sessions: int = 0,
    course: Course | None = None,
) -> CourseVersion:
    """A draft in one language: that of the course, else the organisation's."""
    last = newest(course) if course else None
    language = last.language if last else organisation.current().language
    plan = CoursePlan(
        language=language,
        languages=[language],
        names={language: name},
        summaries={language: summary},
        requirements=list(requirements),
        lessons=[LessonPlan({language: LessonText(title, body)}) for title, body in lessons],
        quiz=[dict(question) for question in quiz],
        pass_mark=pass_mark,
        rules=rules or quizzes.Rules(),
        sessions=sessions,
        files=None,
    )
    if course is not None:
        plan.refresh_days, plan.refresh_questions = list(course.refresh_days), course.refresh_questions
    return write(by=by, plan=plan, course=course)


@transaction.atomic
def take_questions(
    *, by: Employee | None, course: Course, questions: Sequence[quizzes.Question], replace: bool
) -> CourseVersion:
    """Put imported questions into the course's draft, after those there or instead of them."""
    Course.objects.select_for_update().get(pk=course.pk)
    last = newest(course)
    plan = plan_of(last) if last else CoursePlan(names={"en": course.name}, files=None)
    before = plan.quiz
    plan.quiz = [*([] if replace else before), *(dict(question) for question in questions)]
    plan.quiz_words = realigned(before, plan.quiz, plan.quiz_words)
    return write(by=by, plan=plan, course=course)


def realigned(
    before: Sequence[questions.Question],
    after: Sequence[questions.Question],
    words: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> dict[str, dict[str, dict[str, Any]]]:
    """The words of other languages after the questions were edited in the main one; see ``questions.realigned``."""
    old = {question.get("name", ""): question for question in before}
    new = {question.get("name", ""): question for question in after if question.get("name")}
    return {
        code: {
            name: questions.realigned(old[name], new[name], said)
            for name, said in theirs.items()
            if name in old and name in new
        }
        for code, theirs in words.items()
    }


@transaction.atomic
def publish_draft(*, by: Employee | None, course: Course, now: dt.datetime | None = None) -> CourseVersion:
    """Freeze the draft. Whoever begins from now on gets it; who has begun or completed an earlier one keeps that."""
    Course.objects.select_for_update().get(pk=course.pk)
    draft = course.versions.filter(published_at=None).first()
    if draft is None:
        raise ValidationError({"__all__": [_("There is no draft to publish.")]})
    if not draft.lessons.exists():
        raise ValidationError({"lessons": [_("A course needs at least one lesson before it is published.")]})
    draft.published_at = now or timezone.now()
    draft.save(update_fields=["published_at"])
    audit.record(by, "published course", course, name=course.name, version=draft.number)
    return draft


@transaction.atomic
def publish(
    *,
    by: Employee | None,
    name: str,
    summary: str = "",
    requirements: Iterable[str] = (),
    lessons: Sequence[tuple[str, str]],
    quiz: quizzes.Quiz = (),
    pass_mark: int = DEFAULT_PASS_MARK,
    rules: quizzes.Rules | None = None,
    sessions: int = 0,
    now: dt.datetime | None = None,
) -> CourseVersion:
    """Write and publish in one go: a new course, or the next version of the one called ``name``."""
    course = Course.objects.filter(name=name.strip()).first()
    draft = save_draft(
        by=by,
        course=course,
        name=name,
        summary=summary,
        requirements=requirements,
        lessons=lessons,
        quiz=quiz,
        pass_mark=pass_mark,
        rules=rules,
        sessions=sessions,
    )
    return publish_draft(by=by, course=draft.course, now=now)


@transaction.atomic
def discard_draft(*, by: Employee | None, course: Course) -> None:
    """Take the draft back; what is published stays. A course that was never published goes with its draft."""
    Course.objects.select_for_update().get(pk=course.pk)
    draft = course.versions.filter(published_at=None).first()
    if draft is None:
        raise ValidationError({"__all__": [_("There is no draft to throw away.")]})
    audit.record(by, "discarded course draft", course, name=course.name, version=draft.number)
    draft.delete()
    last = newest(course)
    if last is None:
        course.delete()


@transaction.atomic
def translate(*, by: Employee | None, course: Course, language: str, words: Mapping[str, Any]) -> CourseVersion:
    """Put one language into the draft. ``words``: ``name``, ``summary``, ``lessons`` {key: LessonText} and ``quiz``
    {question's name: its words}; what is empty falls back to the main language."""
    Course.objects.select_for_update().get(pk=course.pk)
    last = newest(course)
    if last is None or language == last.language:
        raise ValidationError({"__all__": [_("Write the course in its main language first.")]})
    plan = plan_of(last)
    plan.languages = list(dict.fromkeys([*plan.languages, language]))
    plan.names[language], plan.summaries[language] = words.get("name", ""), words.get("summary", "")
    for lesson in plan.lessons:
        text = words.get("lessons", {}).get(lesson.key, LessonText("", ""))
        lesson.texts[language] = replace(text, of="")
    plan.quiz_words[language] = {
        name: {key: value for key, value in said.items() if key != "of"} for name, said in words.get("quiz", {}).items()
    }
    return write(by=by, plan=plan, course=course)


@transaction.atomic
def drop_language(*, by: Employee | None, course: Course, language: str) -> CourseVersion:
    """Take a language out of the draft; versions that are published keep it."""
    Course.objects.select_for_update().get(pk=course.pk)
    last = newest(course)
    if last is None or language == last.language or language not in last.languages:
        raise ValidationError({"__all__": [_("The course does not have this language, or it is its main one.")]})
    plan = plan_of(last)
    plan.languages.remove(language)
    for words in (plan.names, plan.summaries, plan.quiz_words):
        words.pop(language, None)  # type: ignore[attr-defined]
    return write(by=by, plan=plan, course=course)


def _refuse(course: Course | None, plan: CoursePlan, names: set[str]) -> None:
    problems = quizzes.check(plan.quiz, plan.pass_mark, plan.rules)
    name = plan.name.strip()
    others = Course.objects.exclude(pk=course.pk if course else 0)
    if not name:
        problems["name"] = [_("Give the course a name.")]
    elif others.filter(name__iexact=name).exists():
        problems["name"] = [_("Another course has this name already.")]
    if plan.slug and (course is None or not course.slug) and others.filter(slug=plan.slug).exists():
        problems["slug"] = [_("Another course has the short name “%(slug)s” already.") % {"slug": plan.slug}]
    if any(not 1 <= days <= 1000 for days in plan.refresh_days) or len(plan.refresh_days) > 10:
        problems["refresh_days"] = [_("Up to ten numbers of days from 1 to 1000, such as 7, 30, 90.")]
    for number, lesson in enumerate(plan.lessons):
        problems |= _lesson_problems(number, lesson, plan.language, names)
    if problems:
        raise ValidationError(problems)


def _lesson_problems(number: int, lesson: LessonPlan, main: str, names: set[str]) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    text = lesson.texts.get(main) or LessonText("", "")
    if not text.title.strip():
        problems[f"lesson_{number}_title"] = [_("Give this lesson a title.")]
    if not text.body.strip():
        problems[f"lesson_{number}_body"] = [_("This lesson is empty.")]
    if told := media.wrong_video(lesson.video.strip(), names):
        problems[f"lesson_{number}_video"] = [told]
    for code, words in lesson.texts.items():
        wrong = [
            _("Line %(line)d: %(told)s") % {"line": line, "told": told}
            for kind, address, line, alt in media.references(words.body)
            if (told := media.wrong_with(kind, address, alt, names))
        ]
        if wrong:
            field = f"lesson_{number}_body" if code == main else f"lesson_{number}_{code}_body"
            problems.setdefault(field, []).extend(wrong)
    return problems
