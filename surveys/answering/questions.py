"""One question as a page shows it: its groups of choices or its box, with what is chosen. No request, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from culture.framework.texts import pick
from surveys.answering.fields import CANNOT_JUDGE, Field, Flat
from surveys.answering.screener import NOBODY, Screener
from surveys.instruments.scale_labels import EXPECTED, NONE_OF_THESE, PERCEIVED, in_language

Words = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """``alone``: chosen with nothing else of its list (none of these, cannot judge)."""

    value: str
    label: str
    chosen: bool
    alone: bool = False


@dataclass(frozen=True)
class Group:
    """Controls with one name. ``label`` only where a question has two groups."""

    name: str
    choices: list[Choice]
    label: str = ""


@dataclass(frozen=True)
class Question:
    """``look``: comment, number, boxes, pair, row (short figures beside each other) or list.

    ``extra``: the box "I can't judge this" that stands beside other controls instead of in their list. ``hint``: what
    a comment should mind; ``limit``: its most characters. ``fallback``: it has no words in this language.
    """

    name: str
    text: str
    help: str
    look: str
    optional: bool
    open: bool
    groups: list[Group] = field(default_factory=list)
    value: str = ""
    extra: Choice | None = None
    unit: str = ""
    range: str = ""
    hint: str = ""
    limit: int = 0
    fallback: bool = False


@dataclass(frozen=True)
class Services:
    """Whose service was used: a box for each, and a list to add another from while there is room."""

    boxes: list[Choice]
    more: list[tuple[int, str]]
    hint: str
    open: bool


LOOKS = {"comment": "comment", "number": "number", "multiple": "boxes", "pair": "pair", "recommendation": "row"}


def question(
    asked: Field, answers: Flat, language: str, w: Words, *, provider: str = "", marked: bool = False
) -> Question:
    """``asked`` with the answers of a draft in it. ``marked``: point it out while it is open."""
    look = LOOKS.get(asked.kind, "list")
    shared: dict[str, Any] = {
        "name": asked.name,
        "text": pick(asked.text, language).replace("{provider}", provider),
        "help": pick(asked.help, language).replace("{provider}", provider) if asked.help else "",
        "look": look,
        "optional": not asked.required or asked.is_comment,
        "open": marked and asked.missing(answers),
        "fallback": bool(asked.text) and not asked.text.get(language),
    }
    if look == "comment":
        hint = w["comment_help" if asked.provider is None else "about_help"].format(n=asked.limit)
        return Question(**shared, value=str(answers.get(asked.name) or ""), hint=hint, limit=asked.limit)
    judged = _cannot_judge(asked, answers, w)
    if look == "number":
        value, scale = answers.get(asked.name), asked.scale
        unit = scale.unit.get(language) or scale.unit.get("en", "")
        text = "" if value is None else str(value)
        told = w["from_to"].format(low=scale.low, high=scale.high)
        return Question(**shared, value=text, extra=judged, unit=unit, range=told)
    if look == "pair":
        return Question(**shared, groups=_pair(asked, answers, language), extra=judged)
    choices = _boxes(asked, answers, language) if look == "boxes" else _radios(asked, answers.get(asked.name), language)
    last = [judged] if judged else []
    if look == "row":
        return Question(**shared, groups=[Group(asked.name, choices), Group(asked.name, last)])
    return Question(**shared, groups=[Group(asked.name, [*choices, *last])])


def _cannot_judge(asked: Field, answers: Flat, w: Words) -> Choice | None:
    if not asked.cannot_judge:
        return None
    chosen = asked.name in answers and answers[asked.name] is None
    return Choice(CANNOT_JUDGE, w["cannot_judge"], chosen, alone=True)


def _radios(asked: Field, value: Any, language: str) -> list[Choice]:
    return [Choice(str(number), label, value == number) for number, label in asked.scale.choices(language)]


def _boxes(asked: Field, answers: Flat, language: str) -> list[Choice]:
    value = answers.get(asked.name)
    ticked: Sequence[int] = asked.scale.chosen(value) if type(value) is int else ()
    choices = [Choice(str(number), label, number in ticked) for number, label in asked.scale.choices(language)]
    return [*choices, Choice("0", in_language(NONE_OF_THESE, language), value == 0, alone=True)]


def _pair(asked: Field, answers: Flat, language: str) -> list[Group]:
    labels = (EXPECTED, PERCEIVED)
    return [
        Group(half, _radios(asked, answers.get(half), language), in_language(label, language))
        for half, label in zip(asked.halves, labels, strict=True)
    ]


def services(
    asked: Screener, answers: Flat, more: Sequence[tuple[int, str]], language: str, w: Words, *, marked: bool = False
) -> Services:
    """The question whose service was used, as a draft answers it. ``more``: whom he may add."""
    ticked, answered = asked.ticked(answers), asked.answered(answers)
    added = [one for one in asked.added if one[0] in ticked]
    boxes = [Choice(str(unit), name, unit in ticked) for unit, name in (*asked.asked, *added)]
    nobody = Choice(NOBODY, in_language(NONE_OF_THESE, language), answered and not ticked, alone=True)
    here = {unit for unit, _name in added}
    room = [one for one in more if one[0] not in here]
    hint = w["services_most"].format(n=asked.most)
    return Services([*boxes, nobody], room, hint, marked and not answered)
