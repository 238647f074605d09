"""Quizzes as GIFT, the plain-text format of Moodle (docs.moodle.org/en/GIFT_format), read and written.

Read: multiple choice with one or several right answers, true/false, numbers, and order (``{>…}``, as Moodle's ordering
questions write it). Matching, typed words and essays have no question here that could be scored the same way: they are
named with their line. Comments ``// [kind:scenario]`` and ``// [unit:…]`` carry what GIFT has no word for. A title
``::q01::`` is the question's name: the same one in every language and every edition of a quiz.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from programs.training.interchange.reading import Broken, Read
from programs.training.questions import LONGEST_NAME, Kind, Question, kind_of, number

SPECIAL = "\\~=#{}:"
FULL = 100.0
_title = re.compile(r"^::(?P<title>(?:\\.|[^\\])*?)::", re.S)
_format = re.compile(r"^\[(?:html|moodle|plain|markdown)\]")
_weight = re.compile(r"^%(-?\d+(?:\.\d+)?)%")
_note = re.compile(r"^//\s*\[(kind|unit):([^\]]*)\]\s*$")
_truth = {"T": True, "TRUE": True, "F": False, "FALSE": False}
# What GIFT says with one letter, in the languages a quiz may be written in.
TRUE_FALSE = {
    "en": ("True", "False"),
    "it": ("Vero", "Falso"),
    "ro": ("Adevărat", "Fals"),
    "zh-hans": ("正确", "错误"),
    "fr": ("Vrai", "Faux"),
}


def read(text: str, language: str = "") -> Read:
    """All questions of a GIFT text; the broken ones as problems with the line they begin on.

    ``language``: in which true and false are worded (default: the reader's).
    """
    found = Read()
    for line, lines in _blocks(text):
        notes = {m.group(1): m.group(2) for m in map(_note.match, map(str.strip, lines)) if m}
        kept = [item for item in lines if not item.strip().startswith("//")]
        # A comment above the question must not shift the line we name.
        line += next((n for n, item in enumerate(lines) if not item.strip().startswith("//")), 0)
        body = "\n".join(kept).strip()
        if not body or body.startswith("$CATEGORY:"):
            continue
        try:
            found.take(_question(body, notes, language), line)
        except Broken as error:
            found.refuse(line, _unescape(_title.sub("", body).split("{")[0]), str(error))
    return found


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines between empty ones, with the number of the first."""
    lines: list[str] = []
    begun = 1
    for number_, line in enumerate(text.lstrip("\ufeff").splitlines() + [""], start=1):
        if line.strip():
            if not lines:
                begun = number_
            lines.append(line)
        elif lines:
            yield begun, lines
            lines = []


def _question(body: str, notes: dict[str, str], language: str) -> dict[str, Any]:
    titled = _title.match(body)
    name = " ".join(_unescape(titled["title"]).split())[:LONGEST_NAME] if titled else ""
    body = _title.sub("", body, count=1).strip()
    before, inside, after = _braces(body)
    stem = _plain(before)
    if after.strip():
        stem = f"{stem} _____ {_unescape(after).strip()}"
    answers, _sep, why = _cut_last(inside, "####")
    question = {"name": name, "text": stem, "why": _plain(why), **_answers(answers.strip(), language)}
    if notes.get("kind") == Kind.SCENARIO and question["kind"] == Kind.ONE:
        question["kind"] = Kind.SCENARIO.value
    if question["kind"] == Kind.NUMBER:
        question["unit"] = notes.get("unit", "").strip()
    return question


def _braces(body: str) -> tuple[str, str, str]:
    opened, closed = _find(body, "{"), _find(body, "}")
    if not opened and not closed:
        raise Broken(_("There are no answers: write them in braces { } after the question."))
    if len(opened) != 1 or len(closed) != 1 or closed[0] < opened[0]:
        raise Broken(_("The braces { } do not match: write one pair, and \\{ or \\} for a brace that is text."))
    return body[: opened[0]], body[opened[0] + 1 : closed[0]], body[closed[0] + 1 :]


def _answers(text: str, language: str) -> dict[str, Any]:
    if not text:
        raise Broken(_("This is an essay question, which cannot be scored."))
    if text.startswith(">"):
        lines = [_plain(line) for line in text.splitlines()[1:] if line.strip()]
        return {"kind": Kind.ORDER.value, "options": lines, "right": list(range(len(lines)))}
    if text.startswith("#"):
        return _number(text[1:].strip())
    truth = _split(text, "#")
    if truth[0].strip().upper() in _truth:
        return _true_false(truth, language)
    parts = _choices(text)
    if not any(mark == "~" for mark, _part in parts):
        if any("->" in part for _mark, part in parts):
            raise Broken(_("Matching questions are not supported: make one question of each pair."))
        raise Broken(_("Typed words are not supported: give wrong answers too, each after ~, to choose from."))
    return _multiple(parts)


def _multiple(parts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """One right answer after ``=``, or several after ``~`` with positive weights."""
    options: list[str] = []
    right: list[int] = []
    reasons: list[str] = []
    half = False
    for mark, part in parts:
        weight = FULL if mark == "=" else 0.0
        if given := _weight.match(part.strip()):
            weight, part = float(given.group(1)), part.strip()[given.end() :]
        option, *feedback = _split(part, "#")
        half = half or 0 < weight < FULL
        if weight > 0:
            right.append(len(options))
        options.append(_plain(option))
        reasons.append(_plain("#".join(feedback)))
    single = any(mark == "=" for mark, _part in parts)
    if half and single:
        raise Broken(_("Half-right answers are not supported: mark each answer as right (=) or wrong (~)."))
    kind = Kind.ONE if single else Kind.SEVERAL
    question: dict[str, Any] = {"kind": kind.value, "options": options, "right": right}
    return question | ({"reasons": reasons} if any(reasons) else {})


def _true_false(parts: Sequence[str], language: str) -> dict[str, Any]:
    """``T#said when wrong#said when right``: the first belongs to the wrong answer."""
    truth = _truth[parts[0].strip().upper()]
    wrong, fine = (_plain(parts[n]) if len(parts) > n else "" for n in (1, 2))
    question: dict[str, Any] = {
        "kind": Kind.ONE.value,
        "options": list(TRUE_FALSE.get(language) or (_("True"), _("False"))),
        "right": [0 if truth else 1],
    }
    reasons = [fine, wrong] if truth else [wrong, fine]
    return question | ({"reasons": reasons} if any(reasons) else {})


def _number(text: str) -> dict[str, Any]:
    """``5:0.1``, ``4.9..5.1``, or one ``=`` answer of those; weighted second answers would be half-right ones."""
    answers = [part for part in _split(text, "=") if part.strip()]
    if len(answers) != 1:
        raise Broken(_("One right number is supported, with a tolerance: {#5:0.1} or {#4.9..5.1}."))
    answer = _weight.sub("", answers[0].strip())
    answer, *_feedback = _split(answer, "#")
    if ".." in answer:
        low, high = (number(_unescape(part)) for part in answer.split("..", 1))
        if low is None or high is None or low > high:
            raise Broken(_("The range is written low..high, such as {#4.9..5.1}."))
        middle, tolerance = str((low + high) / 2), str((high - low) / 2)
    else:
        middle, _sep, tolerance = (_unescape(part) for part in _unescape(answer).partition(":"))
    return {"kind": Kind.NUMBER.value, "answer": middle.strip(), "tolerance": tolerance.strip() or "0"}


def _choices(text: str) -> list[tuple[str, str]]:
    """(mark, rest) for each ``=`` or ``~`` that is not escaped."""
    marks = sorted(_find(text, "=") + _find(text, "~"))
    if not marks or text[: marks[0]].strip():
        raise Broken(_("Begin each answer with = (right) or ~ (wrong)."))
    return [(text[place], text[place + 1 : until]) for place, until in zip(marks, [*marks[1:], len(text)], strict=True)]


def _find(text: str, sign: str) -> list[int]:
    """Where ``sign`` stands unescaped."""
    found, escaped = [], False
    for place, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == sign:
            found.append(place)
    return found


def _split(text: str, sign: str) -> list[str]:
    places = [-1, *_find(text, sign), len(text)]
    return [text[a + 1 : b] for a, b in zip(places, places[1:], strict=False)]


def _cut_last(text: str, mark: str) -> tuple[str, str, str]:
    place = text.rfind(mark)
    return (text, "", "") if place < 0 else (text[:place], mark, text[place + len(mark) :])


def _plain(text: str) -> str:
    return _unescape(_format.sub("", text.strip())).strip()


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), text)


def write(quiz: Iterable[Question]) -> str:
    """The quiz as GIFT; what ``read`` makes of it are the same questions."""
    return "\n".join(_written(question) for question in quiz)


def _written(question: Question) -> str:
    kind, notes = kind_of(question), []
    if kind == Kind.SCENARIO:
        notes.append("// [kind:scenario]")
    if kind == Kind.NUMBER and question.get("unit"):
        notes.append(f"// [unit:{question['unit'].replace(']', ')')}]")
    why = f"\n####{_text(question['why'])}" if question.get("why") else ""
    named = f"::{_escape(question['name'])}::" if question.get("name") else ""
    text = f"{named}[markdown]{_escape(question['text'])}"
    return "\n".join([*notes, f"{text} {{{_inside(question, kind)}{why}\n}}", ""])


def _inside(question: Question, kind: Kind) -> str:
    if kind == Kind.NUMBER:
        return f"#{question['answer']}:{question.get('tolerance') or '0'}"
    options = question["options"]
    if kind == Kind.ORDER:
        return "".join([f">{len(options)}", *(f"\n{_text(option)}" for option in options)])
    reasons = question.get("reasons") or [""] * len(options)
    return "".join(
        f"\n{_mark(question, kind, index)}{_text(option)}{'#' + _text(reason) if reason else ''}"
        for index, (option, reason) in enumerate(zip(options, reasons, strict=True))
    )


def _mark(question: Question, kind: Kind, index: int) -> str:
    right = question["right"]
    if kind != Kind.SEVERAL:
        sign, weight = ("=", "%100%") if index in right else ("~", "%0%")
        return sign + (weight if _weight.match(question["options"][index]) else "")
    # Every wrong tick takes away all: as here, only the exactly right ticks count.
    return f"~%{FULL / len(right):.5g}%" if index in right else "~%-100%"


def _text(text: str) -> str:
    """Escaped, and shielded where its beginning would be read as a format or a comment."""
    return ("[markdown]" if _format.match(text) or text.startswith("//") else "") + _escape(text)


def _escape(text: str) -> str:
    escaped = "".join("\\" + letter if letter in SPECIAL else letter for letter in text)
    return escaped.replace("\r\n", "\n").replace("\n", "\\n")
