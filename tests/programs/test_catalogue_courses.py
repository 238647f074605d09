"""The ready-made courses: nine themes in five languages that say the same thing, each in words of its own."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from culture.framework.markdown import render
from programs.training import loading
from programs.training.interchange.plans import CoursePlan, LessonText
from programs.training.questions import Kind

LANGUAGES = ["en", "it", "ro", "zh-hans", "fr"]
THEMES = {
    "five-measures",
    "seven-sins",
    "fifteen-signs",
    "four-customers",
    "five-steps-four-skills",
    "memorable-service",
    "service-recovery",
    "power-of-three",
    "leading-by-example",
}
# A lesson is read in about five minutes: words, and for Chinese characters.
LENGTH = {"zh-hans": (380, 620)}
WORDS = (250, 450)
ENGLISH = re.compile(r"\b(?:the|and|with|you|your|what|that|this|from|have|they|when|which|says|right)\b", re.I)
HAN = re.compile(r"[\u4e00-\u9fff]")
# The letters with a cedilla look alike in many fonts and are Turkish.
CEDILLA = re.compile(r"[şţŞŢ]")
ADDRESS = re.compile(r"\]\([^)]*\)")
EMPHASIS = re.compile(r"\*|\+\+\+|(?<!\w)_|_(?!\w)")


@functools.cache
def plan(slug: str) -> CoursePlan:
    return loading.read(loading.CATALOGUE / slug).course


@functools.cache
def files(slug: str) -> dict[str, str]:
    """{path inside the folder: text}."""
    root = loading.CATALOGUE / slug
    found = (path for path in root.rglob("*") if path.is_file() and path.suffix in {".md", ".gift", ".toml"})
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}


def lessons(slug: str, language: str) -> Iterator[tuple[int, LessonText]]:
    for number, lesson in enumerate(plan(slug).lessons, start=1):
        yield number, lesson.texts[language]


def files_of(slug: str, language: str) -> str:
    return "\n".join(text for name, text in sorted(files(slug).items()) if name.startswith(language + "/"))


def words(slug: str, language: str) -> list[str]:
    """Every text of the quiz in a language, in the order of the questions."""
    course = plan(slug)
    if language == course.language:
        told = course.quiz
    else:
        told = [course.quiz_words[language][question["name"]] for question in course.quiz]
    return [
        text
        for question in told
        for text in [question["text"], question["why"], *question.get("options", []), *question.get("reasons", [])]
    ]


def prose(slug: str, language: str) -> list[str]:
    """All that is read in a language, in pieces that stand in the same order in every language."""
    course = plan(slug)
    pieces = [course.names[language], course.summaries[language]]
    for _number, text in lessons(slug, language):
        pieces += [
            text.title,
            text.reflect,
            *(ADDRESS.sub("]", line) for line in text.body.splitlines() if line.strip()),
        ]
    return pieces + words(slug, language)


def shape(body: str) -> Counter[str]:
    """What a lesson is built of: headings, rows, points, steps, lines of a dialogue."""
    marks = {"## ": "h2", "### ": "h3", "|": "row", "- ": "point", "> ": "said"}
    kinds = [kind for line in body.splitlines() for mark, kind in marks.items() if line.startswith(mark)]
    return Counter(kinds + ["step" for line in body.splitlines() if re.match(r"\d+\. ", line)])


def test_there_is_a_course_for_each_theme_of_the_framework() -> None:
    assert {path.name for path in loading.folders()} >= THEMES


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_a_course_reads_without_a_complaint(slug: str) -> None:
    reading = loading.read(loading.CATALOGUE / slug)
    assert [*map(str, reading.problems), *map(str, reading.missing), *map(str, reading.remarks)] == []
    assert (reading.course.slug, reading.course.languages) == (slug, LANGUAGES)
    assert reading.course.requirements and loading.unknown_requirements(reading.course) == []
    assert 50 <= reading.course.pass_mark <= 90
    assert 15 <= reading.course.minutes <= 45
    assert 4 <= len(reading.course.lessons) <= 6


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_every_language_has_the_same_lessons_and_questions(slug: str) -> None:
    names = {code: sorted(n.split("/")[1] for n in files(slug) if n.startswith(code + "/")) for code in LANGUAGES}
    assert all(found == names["en"] for found in names.values())
    asked = {code: re.findall(r"^::(q\d\d)::", files(slug)[f"{code}/quiz.gift"], re.M) for code in LANGUAGES}
    assert asked["en"] == [f"q{n:02d}" for n in range(1, len(asked["en"]) + 1)]
    assert all(found == asked["en"] for found in asked.values())
    for lesson in plan(slug).lessons:
        for code in LANGUAGES:
            assert shape(lesson.texts[code].body) == shape(lesson.texts["en"].body), (code, lesson.texts["en"].title)


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_pictures_are_told_in_every_language(slug: str) -> None:
    """The same pictures at the same lessons, each with what it shows in the reader's words; and no words inside."""
    shown = {code: re.findall(r"^!\[(.*)\]\((files/.*)\)$", files_of(slug, code), re.M) for code in LANGUAGES}
    assert [name for _alt, name in shown["en"]]
    for code in LANGUAGES:
        assert [name for _alt, name in shown[code]] == [name for _alt, name in shown["en"]]
        assert all(len(alt) >= (10 if code == "zh-hans" else 30) for alt, _name in shown[code]), code
    for content in (plan(slug).files or {}).values():
        assert b"<text" not in content


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_right_answers_stand_in_the_same_places(slug: str) -> None:
    """Signs and numbers of each quiz file, without its words: the same in every language."""
    signs = {
        code: re.findall(r"^(?:=|~%[-\d.]+%|~|####|\}|// \[kind:\w+\])|\{(?:#[-\d.:]+|>\d+)?$", text, re.M)
        for code in LANGUAGES
        for text in [files(slug)[f"{code}/quiz.gift"].replace("####", "\n####")]
    }
    assert len(signs["en"]) > 40
    for code in LANGUAGES:
        assert signs[code] == signs["en"], code


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_a_lesson_is_neither_a_heading_nor_a_book(slug: str) -> None:
    for language in LANGUAGES:
        low, high = LENGTH.get(language, WORDS)
        for number, text in lessons(slug, language):
            size = len(HAN.findall(text.body)) if language == "zh-hans" else len(re.findall(r"[\w’]+", text.body))
            assert low <= size <= high, (language, number, size)
            assert text.title and text.reflect.endswith(("?", "？")), (language, number)
            assert shape(text.body)["h2"] >= 2, (language, number)


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_a_quiz_has_several_kinds_and_explains_every_answer(slug: str) -> None:
    quiz = plan(slug).quiz
    kinds = Counter(question["kind"] for question in quiz)
    assert 8 <= len(quiz) <= 10
    assert kinds[Kind.ONE] and kinds[Kind.SEVERAL] and kinds[Kind.SCENARIO]
    assert kinds[Kind.ORDER] + kinds[Kind.NUMBER] >= 1
    for question in quiz:
        assert question["why"], question["name"]
        if question["kind"] not in {Kind.ORDER, Kind.NUMBER}:
            assert len(question["options"]) == len([reason for reason in question["reasons"] if reason])
    # Where nothing is shuffled (on paper, in another program), the place must not give the answer away.
    places = Counter(question["right"][0] for question in quiz if question["kind"] in {Kind.ONE, Kind.SCENARIO})
    assert places.most_common(1)[0][1] <= 0.7 * sum(places.values()), places


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("slug", sorted(THEMES))
def test_nothing_was_left_in_english(slug: str, language: str) -> None:
    original = {piece for piece in prose(slug, "en") if len(piece.split()) > 3 and re.search(r"[a-z]{3}", piece)}
    for piece in prose(slug, language):
        assert piece not in original
        assert len(ENGLISH.findall(piece)) < 2, piece
        if language == "zh-hans":
            latin = re.findall(r"[A-Za-z]{3,}", piece)
            assert len(HAN.findall(piece)) > sum(map(len, latin)) or not latin, piece


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_letters_and_marks_are_those_of_the_language(slug: str) -> None:
    for name, text in files(slug).items():
        assert text == unicodedata.normalize("NFC", text), name
        assert not CEDILLA.search(text), name
    for language, quotes in {"en": "“”", "it": "“”", "ro": "„”", "zh-hans": "“”", "fr": "«»"}.items():
        every = "\n".join(prose(slug, language))
        opened, closed = every.count(quotes[0]), every.count(quotes[1])
        assert opened == closed > 0, language
        assert '"' not in every and "'" not in every, language
    assert not re.search(r"(?<=[^\s\u00a0])[?!;»]|«(?!\u00a0)", re.sub(r"[?!]{2}", "", "\n".join(prose(slug, "fr"))))


@pytest.mark.parametrize("slug", sorted(THEMES))
def test_markdown_leaves_no_marks_on_the_page(slug: str) -> None:
    """Emphasis beside Chinese full stops, for one, is not recognised by CommonMark and would show its stars."""
    for language in LANGUAGES:
        for number, text in lessons(slug, language):
            html = str(render(text.body, below=1, images=True))
            seen = re.sub(r"<[^>]+>", "", html)
            assert not EMPHASIS.search(seen), (language, number)
            assert not re.search(r"^\s*(?:\||#)", seen, re.M), (language, number)


def test_the_folders_hold_nothing_else() -> None:
    allowed = re.compile(r"course\.toml|(?:en|it|ro|zh-hans|fr)/(?:\d\d-[a-z0-9-]+\.md|quiz\.gift)|files/[\w.-]+")
    for root in map(Path, loading.folders()):
        for path in root.rglob("*"):
            name = path.relative_to(root).as_posix()
            assert path.is_dir() or allowed.fullmatch(name), f"{root.name}/{name}"
