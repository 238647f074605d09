"""The form of an estimate: for each input three numbers and where they come from. A line left empty is not counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.reports.cost.factors import BY_KEY, FACTORS, GROUPS, MOST, PARTS, SHARE, Factor, Figure
from programs.reports.cost.model import Input

ENDS = ("low", "likely", "high")
ASKED = {
    "low": gettext_lazy("At least"),
    "likely": gettext_lazy("Most likely"),
    "high": gettext_lazy("At most"),
    "source": gettext_lazy("Where from"),
}


class CostForm(forms.Form):
    """``cleaned_data["inputs"]``: ``{factor: Input}``."""

    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, initial="EUR", help_text=gettext_lazy("Three letters, as EUR.")
    )
    note = forms.CharField(
        label=gettext_lazy("What is different from the estimate before"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, known: Mapping[str, list[Figure]] | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.known = known or {}
        for factor in FACTORS:
            for end in ENDS:
                self.fields[f"{factor.key}-{end}"] = _number(factor, end)
            self.fields[f"{factor.key}-source"] = _source(factor)

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise ValidationError(_("Three letters, as EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            data["inputs"] = {key: one for key in BY_KEY if (one := self._input(key, data)) is not None}
        return data

    def _input(self, key: str, data: Mapping[str, Any]) -> Input | None:
        """The line's numbers; None when it is empty. One number alone is meant exactly."""
        low, likely, high = (data.get(f"{key}-{end}") for end in ENDS)
        source = str(data.get(f"{key}-source") or "").strip()
        if low is None and likely is None and high is None:
            if source:
                self.add_error(f"{key}-likely", _("Say how much, or take the source out."))
            return None
        if likely is None:
            self.add_error(f"{key}-likely", _("What is most likely?"))
            return None
        low, high = (likely if low is None else low), (likely if high is None else high)
        if not low <= likely <= high:
            self.add_error(f"{key}-likely", _("From the smallest to the largest: at least, most likely, at most."))
        if key == "complain" and low <= 0:
            self.add_error(f"{key}-low", _("More than 0: complaints are divided by it."))
        if not source:
            self.add_error(f"{key}-source", _("No number from nowhere: name the report, the system or who says so."))
        return Input(low, likely, high, source) if source else None

    def groups(self) -> list[dict[str, Any]]:
        """For the page: title and lines; each with its fields and the figures that can be taken."""
        return [{"title": title, "lines": [self._line(BY_KEY[key]) for key in keys]} for title, keys in GROUPS]

    def _line(self, factor: Factor) -> dict[str, Any]:
        figures = [*self.known.get(factor.key, []), *factor.figures]
        return {
            "factor": factor,
            "unit": unit_of(factor),
            "ends": [self[f"{factor.key}-{end}"] for end in ENDS],
            "source": self[f"{factor.key}-source"],
            "figures": [(f"{factor.key}:{place}", figure) for place, figure in enumerate(figures)],
            "errors": [error for name in (*ENDS, "source") for error in self[f"{factor.key}-{name}"].errors],
            "parts": [part.label for part in PARTS if factor.key in part.uses],
        }

    def taking(self, wanted: str) -> dict[str, Any]:
        """The posted values with one figure put in."""
        key, _colon, place = wanted.partition(":")
        filled = {name: self.data.get(name, "") for name in self.fields}
        if key in BY_KEY and place.isdigit():
            figures = [*self.known.get(key, []), *BY_KEY[key].figures]
            if int(place) < len(figures):
                figure = figures[int(place)]
                filled |= {f"{key}-{end}": f"{getattr(figure, end):g}" for end in ENDS}
                filled[f"{key}-source"] = figure.source
        return filled


def initial(inputs: Mapping[str, Input]) -> dict[str, Any]:
    """The form's values from an estimate."""
    filled: dict[str, Any] = {}
    for key, one in inputs.items():
        filled |= {f"{key}-{end}": _plain(getattr(one, end)) for end in ENDS}
        filled[f"{key}-source"] = one.source
    return filled


def unit_of(factor: Factor) -> Any:
    return {
        SHARE: "%",
        "money": _("money"),
        "hours": _("hours"),
        "years": _("years"),
    }.get(factor.kind, "")


def _plain(value: float) -> float | int:
    return int(value) if value == math.floor(value) else value


def _number(factor: Factor, end: str) -> forms.FloatField:
    label = f"{factor.label}: {ASKED[end]}"
    attrs = {"inputmode": "decimal", "aria-label": label, "step": "any"}
    return forms.FloatField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST[factor.kind],
        widget=forms.NumberInput(attrs=attrs),
    )


def _source(factor: Factor) -> forms.CharField:
    label = f"{factor.label}: {ASKED['source']}"
    return forms.CharField(
        label=label, required=False, max_length=200, widget=forms.TextInput(attrs={"aria-label": label})
    )
