"""The kinds of question as the editor offers them: when to take which, and the answers each gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from surveys.instruments.models import Item
from surveys.instruments.scales import COMMENT, scale_of

USES: dict[str, Any] = {
    "agreement": _("How far somebody agrees with a statement. The usual choice; feeds the indices."),
    "frequency": _("How often something happens: facts rather than opinions."),
    "satisfaction": _("How content somebody is with something."),
    "recommendation": _("How likely somebody recommends it. Gives the internal Net Promoter Score."),
    "effort": _("How easy it was to get what one needed."),
    "outcome": _("What somebody tells afterwards, from awful to great. Gives the talk index."),
    "pair": _("What is expected and what is experienced, side by side. Gives the gap between the two."),
    "single": _("One of several options that you write."),
    "multiple": _("All that apply of several options that you write, at most 15."),
    "lost_time": _("Hours lost, in bands, so that nobody has to count."),
    "number": _("A whole number within a range, such as how many times."),
    "yes_no": _("A plain fact. Good for showing later questions only to whom they concern."),
    COMMENT: _("In their own words. Always optional; read by people, so ask for no names."),
}


@dataclass(frozen=True)
class Example:
    kind: str
    name: str
    use: str
    answers: str


def gallery(language: str) -> list[Example]:
    return [Example(kind, str(name), str(USES[kind]), _answers(kind, language)) for kind, name in Item.Kind.choices]


def _answers(kind: str, language: str) -> str:
    if kind in {COMMENT, "single", "multiple", "number"}:
        return ""
    labels = [label for _value, label in scale_of({"kind": kind, "options": {}}).choices(language)]
    return f"{labels[0]} … {labels[-1]}"
