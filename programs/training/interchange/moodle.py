"""Quizzes as Moodle XML (docs.moodle.org/en/Moodle_XML_format), read and written.

Read: multichoice, truefalse, numerical and ordering. Texts lose their HTML. What cannot be scored the same way here, or
carries a picture, is named with its line. A tag ``kind:scenario`` marks a scenario.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

import nh3
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from programs.training.interchange.reading import Broken, Read
from programs.training.questions import LONGEST_NAME, Kind, Question, kind_of

FULL = 100.0
SKIPPED = {"category", "description"}
SCENARIO = "kind:scenario"
_block_end = re.compile(r"<(?:br\s*/?|/p|/div|/li)>", re.I)


class _Lines(DefusedXMLParser):
    """Notes on each element the line it begins on."""

    def _start(self, *args: Any, **kwargs: Any) -> Element:
        element = super()._start(*args, **kwargs)
        element.line = self.parser.CurrentLineNumber
        return element


def read(text: str) -> Read:
    """All questions of the file; the broken ones as problems. A file that is no XML gives one problem with its line."""
    found = Read()
    try:
        parser = _Lines()
        parser.feed(text.lstrip("\ufeff").encode())
        root = parser.close()
    except ParseError as error:
        found.refuse(error.position[0], "", _("This is not well-formed XML here; export it again."))
        return found
    except DefusedXmlException:
        found.refuse(1, "", _("The file declares entities, which a quiz does not need; it was not read."))
        return found
    if root.tag != "quiz":
        found.refuse(1, "", _("This is XML but no Moodle quiz: it begins with <%(tag)s>.") % {"tag": root.tag})
        return found
    for element in root.iter("question"):
        if element.get("type") in SKIPPED:
            continue
        line, stem = element.line, ""  # type: ignore[attr-defined]
        try:
            stem = _text(element, "questiontext")
            found.take(_question(element, stem), line)
        except Broken as error:
            found.refuse(line, stem, str(error))
    return found


def _question(element: Element, stem: str) -> dict[str, Any]:
    readers = {
        "multichoice": _multiple,
        "truefalse": _true_false,
        "numerical": _number,
        "ordering": _order,
    }
    kind = element.get("type", "")
    if kind not in readers:
        raise Broken(_("Questions of the type “%(type)s” are not supported.") % {"type": kind})
    name = " ".join((element.findtext("idnumber") or "").split())[:LONGEST_NAME]
    return {"name": name, "text": stem, "why": _text(element, "generalfeedback"), **readers[kind](element)}


def _multiple(element: Element) -> dict[str, Any]:
    answers = element.findall("answer")
    weights = [_weight(answer) for answer in answers]
    right = [index for index, weight in enumerate(weights) if weight > 0]
    single = (element.findtext("single") or "true").strip() in {"true", "1"}
    if single and any(0 < weight < FULL for weight in weights):
        raise Broken(_("Half-right answers are not supported: give 100 % or 0 %."))
    tags = {(tag.text or "").strip() for tag in element.findall("tags/tag/text")}
    kind = Kind.SCENARIO if SCENARIO in tags else Kind.ONE
    question: dict[str, Any] = {
        "kind": (kind if single else Kind.SEVERAL).value,
        "options": [_text(answer) for answer in answers],
        "right": right,
    }
    reasons = [_text(answer, "feedback") for answer in answers]
    return question | ({"reasons": reasons} if any(reasons) else {})


def _true_false(element: Element) -> dict[str, Any]:
    answers = {_text(answer).casefold(): answer for answer in element.findall("answer")}
    if set(answers) != {"true", "false"}:
        raise Broken(_("A true/false question needs the answers “true” and “false”."))
    both = [answers["true"], answers["false"]]
    reasons = [_text(answer, "feedback") for answer in both]
    question: dict[str, Any] = {
        "kind": Kind.ONE.value,
        "options": [_("True"), _("False")],
        "right": [index for index, answer in enumerate(both) if _weight(answer) > 0],
    }
    return question | ({"reasons": reasons} if any(reasons) else {})


def _number(element: Element) -> dict[str, Any]:
    right = [answer for answer in element.findall("answer") if _weight(answer) > 0]
    if len(right) != 1 or _weight(right[0]) < FULL:
        raise Broken(_("One right number is supported, with a tolerance."))
    unit = element.findtext("units/unit/unit_name") or ""
    tolerance = (right[0].findtext("tolerance") or "0").strip()
    return {"kind": Kind.NUMBER.value, "answer": _text(right[0]), "tolerance": tolerance, "unit": unit.strip()}


def _order(element: Element) -> dict[str, Any]:
    lines = [_text(answer) for answer in sorted(element.findall("answer"), key=_weight)]
    return {"kind": Kind.ORDER.value, "options": lines, "right": list(range(len(lines)))}


def _weight(answer: Element) -> float:
    try:
        return float(answer.get("fraction", "0"))
    except ValueError as error:
        raise Broken(_("The fraction “%(given)s” is not a number.") % {"given": answer.get("fraction")}) from error


def _text(element: Element, child: str = "") -> str:
    """The text inside, without HTML; paragraphs become lines."""
    found = element.find(child) if child else element
    if found is None:
        return ""
    raw = found.findtext("text") or ""
    if "@@PLUGINFILE@@" in raw or re.search(r"<img\b", raw, re.I):
        raise Broken(_("It contains a picture, which is not taken over: describe it in words."))
    formatted = found.get("format") or (element.get("format") if not child else None)
    if formatted in {"plain_text", "markdown"}:
        return raw.strip()
    plain = nh3.clean(_block_end.sub("\n", raw), tags=set())
    lines = (" ".join(line.split()) for line in html.unescape(plain).splitlines())
    return "\n".join(line for line in lines if line)


def write(quiz: Iterable[Question]) -> str:
    """The quiz as Moodle XML; what ``read`` makes of it are the same questions."""
    root = Element("quiz")
    for number, question in enumerate(quiz, start=1):
        _written(root, number, question)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


TYPES = {
    Kind.ONE: "multichoice",
    Kind.SEVERAL: "multichoice",
    Kind.SCENARIO: "multichoice",
    Kind.ORDER: "ordering",
    Kind.NUMBER: "numerical",
}


def _written(root: Element, number: int, question: Question) -> None:
    kind = kind_of(question)
    element = SubElement(root, "question", type=TYPES[kind])
    SubElement(SubElement(element, "name"), "text").text = question.get("name") or f"{_('Question')} {number}"
    if question.get("name"):
        SubElement(element, "idnumber").text = question["name"]
    _put(element, "questiontext", question["text"])
    _put(element, "generalfeedback", question.get("why", ""))
    if kind == Kind.NUMBER:
        answer = _answer(element, FULL, question["answer"], "")
        SubElement(answer, "tolerance").text = question.get("tolerance") or "0"
        if question.get("unit"):
            unit = SubElement(SubElement(element, "units"), "unit")
            SubElement(unit, "multiplier").text = "1"
            SubElement(unit, "unit_name").text = question["unit"]
        return
    if kind != Kind.ORDER:
        SubElement(element, "single").text = "false" if kind == Kind.SEVERAL else "true"
        SubElement(element, "shuffleanswers").text = "true"
    reasons = question.get("reasons") or [""] * len(question["options"])
    for index, (option, reason) in enumerate(zip(question["options"], reasons, strict=True)):
        _answer(element, _fraction(question, kind, index), option, reason)
    if kind == Kind.SCENARIO:
        tag = SubElement(SubElement(element, "tags"), "tag")
        SubElement(tag, "text").text = SCENARIO


def _fraction(question: Question, kind: Kind, index: int) -> float:
    if kind == Kind.ORDER:
        return index + 1
    if index in question["right"]:
        return FULL / len(question["right"])
    return -FULL if kind == Kind.SEVERAL else 0


def _answer(element: Element, fraction: float, text: str, reason: str) -> Element:
    answer = SubElement(element, "answer", fraction=f"{fraction:.5g}", format="markdown")
    SubElement(answer, "text").text = text
    if reason:
        _put(answer, "feedback", reason)
    return answer


def _put(element: Element, name: str, text: str) -> None:
    SubElement(SubElement(element, name, format="markdown"), "text").text = text
