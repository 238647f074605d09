"""A course as a folder of Markdown and GIFT in several languages, read. Pure; ``folder_writing`` writes the same.

::

    course.toml             slug, languages, requirements, pass_mark …, [name] and [summary] by language
    it/01-some-words.md     front matter (TOML) between two lines ``+++``, then Markdown
    it/quiz.gift            every question has a name ``::q01::``, the same in all languages
    files/…                 pictures and downloads, shared by the languages

A folder in one language may leave out the level of the language. What one language lacks falls back to the main one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from programs.training import questions
from programs.training.interchange import archive, gift, head, media
from programs.training.interchange.plans import LessonPlan, LessonText, Problem, Reading

FENCE = "+++"
QUIZ = "quiz.gift"
MOST_LESSONS = 40
LONGEST_LESSON = 100_000
_lesson_name = re.compile(r"(\d{1,3})[-_ .].*\.md|(\d{1,3})\.md", re.I)
_unknown_fine = {"readme.md", "readme.txt", "license", "license.txt", "licence.txt"}


@dataclass(frozen=True)
class _Page:
    """A lesson in one language: ``rest`` of its front matter, and the line its text begins on."""

    file: str
    text: LessonText
    rest: dict[str, Any]
    begins: int


Lessons = dict[int, dict[str, _Page]]
Named = dict[str, tuple[dict[str, Any], int]]


def read(files: Mapping[str, bytes]) -> Reading:
    """The course in ``files`` ({path: content}, with ``course.toml`` at the top), and all that is wrong with it."""
    found = Reading()
    text = _decoded(files.get(archive.HEAD, b""), archive.HEAD, found)
    found.course = head.course(text, found, archive.HEAD)
    if not text.strip():
        return found
    plan = found.course
    flat = len(plan.languages) == 1 and not any(name.startswith(f"{plan.language}/") for name in files)
    lessons: Lessons = {}
    quizzes: dict[str, tuple[str, gift.Read]] = {}
    for name in sorted(files):
        if name == archive.HEAD:
            continue
        language, _slash, rest = name.partition("/")
        if flat and "/" not in name:
            language, rest = plan.language, name
        if language == "files" and rest:
            media.take(rest, files[name], found)
        elif language in plan.languages and rest:
            _take(language, rest, name, files[name], lessons, quizzes, found)
        elif name.lower() not in _unknown_fine:
            _stray(name, language, rest, found)
    _lessons(lessons, found)
    _quiz(quizzes, found)
    media.check(
        found,
        [{code: (page.file, page.begins) for code, page in lessons[number].items()} for number in sorted(lessons)],
    )
    found.problems.sort()
    return found


def _stray(name: str, language: str, rest: str, found: Reading) -> None:
    if rest and head.LANGUAGE.fullmatch(language):
        told = _("The folder “%(code)s” is not among the languages of course.toml.")
        found.refuse(name, 0, told % {"code": language})
    else:
        found.remarks.append(Problem(name, 0, _("This file is not part of a course and was left out.")))


def _take(
    language: str,
    rest: str,
    name: str,
    content: bytes,
    lessons: Lessons,
    quizzes: dict[str, tuple[str, gift.Read]],
    found: Reading,
) -> None:
    numbered = _lesson_name.fullmatch(rest)
    if rest == QUIZ:
        quizzes[language] = (name, gift.read(_decoded(content, name, found), language))
    elif numbered:
        number = int(numbered.group(1) or numbered.group(2))
        if language in lessons.get(number, {}):
            told = _("There are two lessons with the number %(number)d.")
            return found.refuse(name, 0, told % {"number": number})
        if page := _page(_decoded(content, name, found), name, found):
            lessons.setdefault(number, {})[language] = page
    elif rest.lower().endswith(".md"):
        found.refuse(name, 0, _("A lesson's file begins with its number, such as 01-greeting.md."))
    elif rest.lower() not in _unknown_fine:
        found.remarks.append(Problem(name, 0, _("This file is not part of a course and was left out.")))


def _page(text: str, name: str, found: Reading) -> _Page | None:
    """None when there is no front matter to read."""
    lines = text.split("\n")
    if lines[0].strip() != FENCE:
        found.refuse(name, 1, _('The first line must be +++, then title = "…", then +++ again.'))
        return None
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == FENCE), None)
    if end is None:
        found.refuse(name, 1, _("The front matter is not closed: a second line +++ is missing."))
        return None
    before = len(found.problems)
    given = head.toml("\n".join(lines[1:end]), head.LESSON_KEYS, found, name, first=2)
    title, body = given.pop("title", "").strip(), "\n".join(lines[end + 1 :]).strip()
    begins = next((n for n, line in enumerate(lines[end + 1 :], start=end + 2) if line.strip()), end + 2)
    reflect = given.pop("reflect", "").strip()
    if not title and len(found.problems) == before:
        found.refuse(name, 2, _("The lesson has no title."))
    if not body:
        found.refuse(name, end + 2, _("This lesson is empty."))
    if len(body) > LONGEST_LESSON:
        found.refuse(name, end + 2, _("This lesson is longer than %(most)d letters.") % {"most": LONGEST_LESSON})
    return _Page(name, LessonText(title, body, reflect), given, begins)


def _lessons(lessons: Lessons, found: Reading) -> None:
    plan = found.course
    if not lessons:
        found.refuse("", 0, _("There is no lesson: a file such as %(code)s/01-greeting.md.") % {"code": plan.language})
    if len(lessons) > MOST_LESSONS:
        found.refuse("", 0, _("A course takes %(most)d lessons at most.") % {"most": MOST_LESSONS})
    for number in sorted(lessons):
        pages = lessons[number]
        main = pages.get(plan.language) or next(iter(pages.values()))
        if plan.language not in pages:
            told = _("Lesson %(number)d is missing in “%(code)s”, the main language.")
            found.refuse(main.file, 0, told % {"number": number, "code": plan.language})
        for code in plan.languages:
            _compare(number, code, pages.get(code), main, found)
        texts = {code: page.text for code, page in pages.items()}
        plan.lessons.append(LessonPlan(texts, main.rest.get("minutes", 0), main.rest.get("video", "").strip()))


def _compare(number: int, code: str, page: _Page | None, main: _Page, found: Reading) -> None:
    """What a language lacks of a lesson; reading time and film belong to the lesson, not to a language."""
    if page is None:
        if code != found.course.language:
            told = _("Lesson %(number)d is missing in “%(code)s”.") % {"number": number, "code": code}
            found.missing.append(Problem(f"{code}/", 0, told))
        return
    if main.text.reflect and not page.text.reflect:
        found.missing.append(Problem(page.file, 2, _("The question to think about (reflect) is missing.")))
    for key in ("minutes", "video"):
        if key in page.rest and page.rest[key] != main.rest.get(key):
            told = _("“%(key)s” differs from the main language's, which is taken.") % {"key": key}
            found.remarks.append(Problem(page.file, 2, told))


def _quiz(quizzes: Mapping[str, tuple[str, gift.Read]], found: Reading) -> None:
    plan = found.course
    for file, quiz in quizzes.values():
        for problem in quiz.problems:
            about = f"“{problem.question}”: " if problem.question else ""
            found.refuse(file, problem.line, f"{about}{problem.reason}")
    if not quizzes:
        return
    if plan.language not in quizzes:
        return found.refuse("", 0, _("The quiz is missing in “%(code)s”, the main language.") % {"code": plan.language})
    several = len(quizzes) > 1
    named = {code: _by_name(*quizzes[code], several=several, found=found) for code in quizzes}
    main = named.pop(plan.language)
    plan.quiz = questions.named([question for question, _line in main.values()])
    if plan.rules.draw > len(plan.quiz):
        told = _("draw: there are only %(n)d questions to draw from.") % {"n": len(plan.quiz)}
        found.refuse(archive.HEAD, 0, told)
    for code in plan.languages:
        if code == plan.language:
            continue
        theirs = named.get(code, {})
        file = quizzes[code][0] if code in quizzes else f"{code}/{QUIZ}"
        plan.quiz_words[code] = _words(main, theirs, file, code, found)
    plan.quiz_words = {code: words for code, words in plan.quiz_words.items() if words}


def _by_name(file: str, quiz: gift.Read, *, several: bool, found: Reading) -> Named:
    named: Named = {}
    for place, (question, line) in enumerate(zip(quiz.questions, quiz.lines, strict=True), start=1):
        name = question.get("name", "")
        if not name and several:
            told = _("This question has no name: write ::q%(number)02d:: before it, the same in every language.")
            found.refuse(file, line, told % {"number": place})
        elif name in named:
            found.refuse(file, line, _("The name ::%(name)s:: is there twice.") % {"name": name})
        named[name or f"\0{place}"] = (question, line)
    return named


def _words(main: Named, theirs: Named, file: str, code: str, found: Reading) -> dict[str, dict[str, Any]]:
    words: dict[str, dict[str, Any]] = {}
    for name, (question, _line) in main.items():
        if name not in theirs:
            told = _("Question %(name)s is missing in “%(code)s”.") % {"name": name, "code": code}
            found.missing.append(Problem(file, 0, told))
            continue
        other, line = theirs[name]
        if differs := questions.same_shape(question, other):
            found.refuse(file, line, f"::{name}:: {differs}")
        words[name] = questions.words_of(other)
    for name, (_question, line) in theirs.items():
        if name not in main:
            told = _("The main language has no question ::%(name)s::.") % {"name": name}
            found.refuse(file, line, told)
    return words


def _decoded(content: bytes, file: str, found: Reading) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found.refuse(file, line, _("This is not UTF-8: save the file with the encoding UTF-8."))
        return ""
    if "\0" in text:
        found.refuse(file, text.count("\n", 0, text.index("\0")) + 1, _("This is not a text file."))
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n")
