"""The forms of the charter: one language of the draft at a time, and the day of publishing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from culture.framework.charter import MOST_STANDARDS, PARTS, StandardInput
from culture.framework.charter_models import CharterVersion, ServiceStandard

LONGEST = 20_000
STANDARD_PARTS = ("key", "text", "measure", "direction", "target", "unit")


class LaterText(forms.CharField):
    """Asked for at the end, not at every save: shown as needed, and accepted while it is empty."""

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class LaterNumber(forms.DecimalField):
    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


def _area(label: Any, help_text: Any) -> forms.CharField:
    return LaterText(label=label, help_text=help_text, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}))


class DraftForm(forms.Form):
    """``standard_<n>_text`` … are made per standard; ``revision`` is the save this page was made from."""

    mission = _area(gettext_lazy("Mission"), gettext_lazy("What we are here for: whom we serve, and what they get."))
    philosophy = _area(gettext_lazy("Philosophy"), gettext_lazy("What we believe about service, inside and outside."))
    strategy = _area(gettext_lazy("Strategy"), gettext_lazy("How we get there, and what comes first."))
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    language = forms.ChoiceField(widget=forms.HiddenInput, choices=settings.LANGUAGES)
    standard_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_STANDARDS)

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.count = _count(data if data is not None else initial)
        language = (data if data is not None else initial).get("language")
        for part in PARTS:
            self.fields[part].widget.attrs["lang"] = language
        for number in range(self.count):
            self._add_standard(f"standard_{number}", str(language))

    def _add_standard(self, key: str, language: str) -> None:
        spoken = {"lang": language}
        self.fields[f"{key}_key"] = forms.UUIDField(widget=forms.HiddenInput, required=False)
        self.fields[f"{key}_text"] = LaterText(
            label=_("What we promise"),
            max_length=300,
            widget=forms.TextInput(attrs=spoken),
            help_text=_("In one sentence, as a customer would hear it."),
        )
        self.fields[f"{key}_measure"] = LaterText(
            label=_("What is measured"),
            max_length=300,
            widget=forms.TextInput(attrs=spoken),
            help_text=_("So that two people who look come to the same number."),
        )
        self.fields[f"{key}_direction"] = forms.ChoiceField(
            label=_("Target"), choices=[("at_most", _("at most")), ("at_least", _("at least"))]
        )
        self.fields[f"{key}_target"] = LaterNumber(
            label=pgettext("amount", "Number"), min_value=0, max_digits=9, decimal_places=2
        )
        self.fields[f"{key}_unit"] = forms.ChoiceField(label=_("Unit"), choices=unit_choices())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(self.count):
            target = data.get(f"standard_{number}_target")
            if target is not None and data.get(f"standard_{number}_unit") == "percent" and target > 100:
                self.add_error(f"standard_{number}_target", _("A share cannot be more than 100 %."))
        return data

    def texts(self) -> dict[str, str]:
        return {part: self.cleaned_data[part] for part in PARTS}

    def standards(self) -> list[StandardInput]:
        data = self.cleaned_data
        return [
            StandardInput(**{part: data[f"standard_{n}_{part}"] for part in STANDARD_PARTS}) for n in range(self.count)
        ]

    def rows(self) -> list[dict[str, Any]]:
        """The bound fields of each standard, for the page."""
        rows: list[dict[str, Any]] = []
        for n in range(self.count):
            row: dict[str, Any] = {part: self[f"standard_{n}_{part}"] for part in STANDARD_PARTS}
            rows.append({**row, "number": n, "shown_as": n + 1, "last": n == self.count - 1})
        return rows


class PublishForm(forms.Form):
    effective_on = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Today or a day to come. Until then the version before stays in force."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def unit_choices() -> list[tuple[str, str]]:
    names = {
        "percent": "%",
        "seconds": _("seconds"),
        "minutes": _("minutes"),
        "hours": _("hours"),
        "days": _("days"),
        "times": _("times"),
        "points": _("points"),
    }
    return [(unit, names[unit]) for unit in ServiceStandard.Unit.values]


def _count(values: Mapping[str, Any]) -> int:
    try:
        return min(max(int(values.get("standard_count") or 0), 0), MOST_STANDARDS)
    except (TypeError, ValueError):
        return 0


def saved(version: CharterVersion, language: str) -> dict[str, Any]:
    """One language of a draft as the form's values."""
    values: dict[str, Any] = {part: getattr(version, part).get(language, "") for part in PARTS}
    standards = list(version.standards.all())
    for number, standard in enumerate(standards):
        key = f"standard_{number}"
        values[f"{key}_key"] = standard.key
        values[f"{key}_text"] = standard.text.get(language, "")
        values[f"{key}_measure"] = standard.measure.get(language, "")
        values[f"{key}_direction"] = standard.direction
        values[f"{key}_target"] = standard.target.normalize() if standard.target is not None else None
        values[f"{key}_unit"] = standard.unit
        if standard.target is not None and standard.target == standard.target.to_integral_value():
            values[f"{key}_target"] = int(standard.target)
    return {**values, "standard_count": len(standards), "language": language, "revision": version.revision}


def moved(standards: list[StandardInput], data: QueryDict) -> list[StandardInput]:
    """``standards`` after the button pressed beside one of them: added, removed or moved up."""
    changed = list(standards)
    if "add_standard" in data and len(changed) < MOST_STANDARDS:
        changed.append(StandardInput(None, "", "", "at_most", None, "percent"))
    for name in ("remove_standard", "up_standard"):
        chosen = data.get(name, "")
        if chosen.isdigit() and int(chosen) < len(standards):
            row = changed.pop(int(chosen))
            if name == "up_standard":
                changed.insert(max(int(chosen) - 1, 0), row)
    return changed


__all__ = ["DraftForm", "PublishForm", "moved", "saved", "unit_choices"]
