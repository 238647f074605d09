"""Kinds of quiz question: what makes one sound, when an answer is right. Pure: no database, no clock.

A question is a dict, kept as it is in the course's version:

- ``name``: who it is, the same in every language and every edition of the quiz (``q01``); absent before it is kept.
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

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Question = Mapping[str, Any]
Problems = dict[str, str]
# Where a decimal comma is written, a point groups thousands; a quiz asks for numbers short enough to need neither.
LONGEST_NUMBER = 20
LONGEST_NAME = 60
# What of a question is words, and so is written once for each language; the rest is the same in all.
WORDS = ("text", "why", "unit", "options", "reasons")


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
    name = str(question.get("name", "")).strip()
    kept: dict[str, Any] = {
        **({"name": name} if name else {}),
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


def named(quiz: Sequence[Question], avoid: Iterable[str] = ()) -> list[dict[str, Any]]:
    """``quiz`` with a name for every question, none of them twice; names that are there stay.

    ``avoid``: names of questions that are gone, which a new one must not take over.
    """
    taken: set[str] = {str(question.get("name") or "") for question in quiz} | set(avoid)
    found, seen = [], set()
    for question in quiz:
        name = str(question.get("name") or "")
        if not name or name in seen:
            number_ = 1
            while f"q{number_:02}" in taken:
                number_ += 1
            name = f"q{number_:02}"
        taken.add(name)
        seen.add(name)
        found.append({**question, "name": name})
    return found


def words_of(question: Question) -> dict[str, Any]:
    """The part of a question that is written once for each language."""
    return {key: question[key] for key in WORDS if question.get(key)}


def spoken(question: Question, words: Mapping[str, Any] | None) -> dict[str, Any]:
    """``question`` in another language. What ``words`` lacks, or has in another number, stays as it is."""
    said = dict(question)
    if not words or not words.get("text"):
        return said
    options = words.get("options") or []
    if kind_of(question) != Kind.NUMBER and (len(options) != len(question["options"]) or not all(options)):
        return said
    said |= {key: words[key] for key in ("text", "why", "unit", "options") if words.get(key)}
    if question.get("reasons"):
        given = [*(words.get("reasons") or []), *[""] * len(options)]
        said["reasons"] = [mine or theirs for mine, theirs in zip(given, question["reasons"], strict=False)]
    return said


def same_shape(question: Question, other: Question) -> str:
    """Why ``other`` is not the same question in another language, in words; empty when it is."""
    if kind_of(question) != kind_of(other):
        return _("It is of another kind (%(one)s, not %(other)s).") % {
            "one": kind_of(other).value,
            "other": kind_of(question).value,
        }
    if kind_of(question) == Kind.NUMBER:
        keys = ("answer", "tolerance")
        same = all(number(question.get(key) or "0") == number(other.get(key) or "0") for key in keys)
        return "" if same else _("The right number is another one.")
    counts = {"one": len(other["options"]), "other": len(question["options"])}
    if counts["one"] != counts["other"]:
        return _("It has %(one)d answers, not %(other)d.") % counts
    return "" if set(question["right"]) == set(other["right"]) else _("Other answers are marked as right.")


def realigned(old: Question, new: Question, words: Mapping[str, Any]) -> dict[str, Any]:
    """``words`` (of another language, made for ``old``) for ``new``: answers that moved take theirs along.

    An answer that is new, or no longer as right or wrong as it was, has no words any more: a translation must never say
    that something else is right.
    """
    if kind_of(old) != kind_of(new) or not new.get("options") or not words.get("options"):
        return dict(words) if kind_of(old) == kind_of(new) else {}
    places = _moved(old, new)
    said = {**words, "options": _at(words["options"], places)}
    if words.get("reasons"):
        said["reasons"] = _at(words["reasons"], places)
    return said


def _at(texts: Sequence[str], places: Sequence[int | None]) -> list[str]:
    return ["" if place is None or place >= len(texts) else texts[place] for place in places]


def _moved(old: Question, new: Question) -> list[int | None]:
    """For each option of ``new``: which one of ``old`` it is, None when it is another."""
    was, now = list(old["options"]), list(new["options"])
    places: list[int | None] = [was.index(text) if was.count(text) == 1 else None for text in now]
    used = set(places)
    for index, place in enumerate(places):
        # The same place, other words: corrected, unless what was right has become wrong.
        if place is None and index < len(was) and index not in used:
            same = (index in old["right"]) == (index in new["right"]) or kind_of(new) == Kind.ORDER
            places[index] = index if same and len(was) == len(now) else None
    if kind_of(new) != Kind.ORDER:
        places = [
            place if place is not None and (place in old["right"]) == (index in new["right"]) else None
            for index, place in enumerate(places)
        ]
    return places
