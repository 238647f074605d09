"""Kinds of quiz question: what makes one sound, when an answer is right. Pure: no database, no clock.

A question is a dict, kept as it is in the course's version:

- ``kind``: ``one`` (choose one), ``several`` (tick all that are right), ``order`` (put into order), ``number`` (type a
  number) or ``scenario`` (a situation: choose what you would do; every way of acting has its reason).
- ``text``, and ``why`` (shown after answering).
- ``options`` [str] and ``right`` [index]: not for ``number``. For ``order`` the options stand in the right order.
- ``reasons`` [str]: one for each option, shown after answering; for ``scenario`` none may be empty.
- ``answer``, ``tolerance`` (decimal strings; the tolerance is absolute) and ``unit``: for ``number`` only.

An answer is a list: indexes of options, for ``order`` in the order chosen; for ``number`` the one string typed.
Questions written before there were kinds have none: one right answer made them ``one``, more ``several``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Question = Mapping[str, Any]
Problems = dict[str, str]
# Where a decimal comma is written, a point groups thousands; a quiz asks for numbers short enough to need neither.
LONGEST_NUMBER = 20


class Kind(TextChoices):
    ONE = "one", gettext_lazy("Choose one")
    SEVERAL = "several", gettext_lazy("Tick all that are right")
    ORDER = "order", gettext_lazy("Put into order")
    NUMBER = "number", gettext_lazy("Type a number")
    SCENARIO = "scenario", gettext_lazy("A situation: what would you do?")


SINGLE = {Kind.ONE, Kind.SCENARIO}


def kind_of(question: Question) -> Kind:
    if question.get("kind"):
        return Kind(question["kind"])
    return Kind.SEVERAL if len(question.get("right", [])) > 1 else Kind.ONE


def number(typed: object) -> Decimal | None:
    """The number somebody typed, with a decimal point or comma; None if it is none."""
    text = str(typed).strip().replace("\u2212", "-").replace(",", ".")
    if not text or len(text) > LONGEST_NUMBER:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def check(question: Question) -> Problems:
    """Everything wrong with a question, by its field (``text``, ``option_0``, ``right``, ``reason_0``, ``answer``)."""
    found: Problems = {}
    if not str(question.get("text", "")).strip():
        found["text"] = _("Write the question.")
    if kind_of(question) == Kind.NUMBER:
        return found | _check_number(question)
    found |= _check_options(question)
    if kind_of(question) == Kind.SCENARIO:
        reasons = [str(reason).strip() for reason in question.get("reasons", [])]
        for index in range(len(question.get("options", []))):
            if index >= len(reasons) or not reasons[index]:
                found[f"reason_{index}"] = _("Say what follows from acting like this.")
    return found


def _check_options(question: Question) -> Problems:
    options, kind = [str(option).strip() for option in question.get("options", [])], kind_of(question)
    found: Problems = {}
    if len(options) < 2:
        found["option_0"] = _("Give at least two answers to choose from.")
    elif "" in options:
        found[f"option_{options.index('')}"] = _("This answer is empty.")
    elif len({option.casefold() for option in options}) < len(options):
        found["option_0"] = _("Two of the answers are the same.")
    if kind == Kind.ORDER:
        return found
    right = set(question.get("right", []))
    if not right:
        found["right"] = _("No answer is marked as right: tick at least one.")
    elif not right <= set(range(len(options))):
        found["right"] = _("An answer marked as right is empty.")
    elif kind in SINGLE and len(right) > 1:
        found["right"] = _("Only one answer can be chosen here, and more are marked as right.")
    elif len(right) == len(options) > 1:
        found["right"] = _("Every answer is marked as right: leave at least one wrong.")
    return found


def _check_number(question: Question) -> Problems:
    found: Problems = {}
    if number(question.get("answer", "")) is None:
        found["answer"] = _("Give the right number, such as 12 or 2.5.")
    tolerance = number(question.get("tolerance") or "0")
    if tolerance is None or tolerance < 0:
        found["tolerance"] = _("The tolerance is a number from 0 up: how far an answer may be off.")
    return found


def check_answer(question: Question, answer: Sequence[Any]) -> str:
    """What keeps an answer from being scored, in words; empty when nothing does."""
    if kind_of(question) == Kind.NUMBER:
        typed = str(answer[0]) if answer else ""
        if not typed.strip():
            return _("Type a number.")
        return "" if number(typed) is not None else _("“%(typed)s” is not a number.") % {"typed": typed[:40]}
    places, chosen = set(range(len(question["options"]))), list(answer)
    if kind_of(question) == Kind.ORDER:
        if not set(chosen) <= places:
            return _("Choose one of the answers shown.")
        return "" if sorted(chosen) == sorted(places) else _("Give every line its own place.")
    if not chosen:
        return _("Choose an answer.")
    if not set(chosen) <= places:
        return _("Choose one of the answers shown.")
    if kind_of(question) in SINGLE and len(set(chosen)) > 1:
        return _("Choose one answer only.")
    return ""


def is_right(question: Question, answer: Sequence[Any]) -> bool:
    """Whether ``answer`` is wholly right; there are no half points."""
    kind = kind_of(question)
    if kind == Kind.NUMBER:
        given, wanted = number(answer[0]) if answer else None, number(question["answer"])
        tolerance = number(question.get("tolerance") or "0") or Decimal(0)
        return given is not None and wanted is not None and abs(given - wanted) <= tolerance
    if kind == Kind.ORDER:
        return list(answer) == list(range(len(question["options"])))
    return set(answer) == set(question["right"])


def right_answer(question: Question) -> list[Any]:
    """An answer that is wholly right."""
    return [question["answer"]] if kind_of(question) == Kind.NUMBER else list(question["right"])


def clean(question: Question) -> dict[str, Any]:
    """The question as it is kept: trimmed, without what its kind does not use."""
    kind = kind_of(question)
    kept: dict[str, Any] = {
        "kind": kind.value,
        "text": str(question.get("text", "")).strip(),
        "why": str(question.get("why", "")).strip(),
    }
    if kind == Kind.NUMBER:
        answer, tolerance = number(question.get("answer", "")), number(question.get("tolerance") or "0")
        return kept | {
            "answer": str(question.get("answer", "")).strip() if answer is None else f"{answer:f}",
            "tolerance": str(question.get("tolerance", "")) if tolerance is None else f"{tolerance:f}",
            "unit": str(question.get("unit", "")).strip(),
        }
    options = [str(option).strip() for option in question.get("options", [])]
    reasons = [str(reason).strip() for reason in question.get("reasons", [])][: len(options)]
    right = range(len(options)) if kind == Kind.ORDER else sorted(set(question.get("right", [])))
    kept |= {"options": options, "right": list(right)}
    if any(reasons):
        kept["reasons"] = reasons + [""] * (len(options) - len(reasons))
    return kept
