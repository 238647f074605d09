"""The one form a program is made and changed with; works without JavaScript, also for adding a cohort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.people.models import Unit
from programs.planning import rules
from programs.planning.models import Program, Stage
from surveys.waves.models import Series

MOST_COHORTS = 40


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class UnitTree(forms.CheckboxSelectMultiple):
    """Checkboxes as nested lists, so that what lies below what is seen and heard."""

    units: list[Unit] = []

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = {str(item) for item in value or []}
        children: dict[int | None, list[Unit]] = {}
        offered = {unit.pk for unit in self.units}
        for unit in self.units:
            # Who leads programs of one unit only is offered that unit and what lies below it.
            above = unit.parent_id if unit.parent_id in offered else None  # type: ignore[attr-defined]
            children.setdefault(above, []).append(unit)
        base = (attrs or {}).get("id") or f"id_{name}"
        return self._branch(name, base, None, children, chosen)

    def _branch(
        self, name: str, base: str, parent: int | None, children: Mapping[int | None, list[Unit]], chosen: set[str]
    ) -> SafeString:
        rows = children.get(parent, [])
        if not rows:
            return mark_safe("")
        lines = format_html_join(
            "",
            '<li><label class="choice" for="{}_{}">'
            '<input type="checkbox" name="{}" value="{}" id="{}_{}"{}> {}</label>{}</li>',
            (
                (
                    base,
                    unit.pk,
                    name,
                    unit.pk,
                    base,
                    unit.pk,
                    mark_safe(" checked") if str(unit.pk) in chosen else "",
                    unit.name,
                    self._branch(name, base, unit.pk, children, chosen),
                )
                for unit in rows
            ),
        )
        return format_html('<ul class="tree">{}</ul>', lines)


class ProgramForm(forms.Form):
    """Fields ``stage_<kind>_starts_on``, ``cohort_<n>_name`` … are made per stage and cohort."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("As everybody will call it.")
    )
    charter = forms.CharField(
        label=gettext_lazy("Charter"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Why we do this, what we promise our customers and each other, and how we will know."),
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())
    series = forms.ModelChoiceField(
        label=gettext_lazy("Survey series"),
        queryset=Series.objects.filter(active=True).order_by("name"),
        required=False,
        empty_label=gettext_lazy("None yet"),
        help_text=gettext_lazy("The recurring survey that shows whether the program works. You can choose it later."),
    )
    cohort_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_COHORTS)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, Any],
        units: list[Unit],
        needs_reason: bool = False,
    ) -> None:
        super().__init__(data, initial=dict(initial))
        if needs_reason:
            self.fields["readiness_reason"] = forms.CharField(
                label=_("Why it starts all the same"),
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("Kept with the program and shown on its page, with your name in the audit trail."),
            )
        self.count = count_of(data if data is not None else initial)
        for kind, label in Stage.Kind.choices:
            self.fields[f"stage_{kind}_starts_on"] = forms.DateField(label=_("%s: from") % label, widget=DayInput())
            self.fields[f"stage_{kind}_ends_on"] = forms.DateField(label=_("%s: until") % label, widget=DayInput())
        choices = [(str(unit.pk), unit.name) for unit in units]
        for number in range(self.count):
            self._add_cohort(number, units, choices)

    def _add_cohort(self, number: int, units: list[Unit], choices: list[tuple[str, str]]) -> None:
        key = f"cohort_{number}"
        tree = UnitTree()
        tree.units = units
        self.fields[f"{key}_id"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        self.fields[f"{key}_name"] = forms.CharField(label=_("Cohort name"), max_length=200, required=False)
        self.fields[f"{key}_starts_on"] = forms.DateField(label=_("Starts on"), widget=DayInput(), required=False)
        self.fields[f"{key}_units"] = forms.MultipleChoiceField(
            label=_("Units (each with everything below it)"), choices=choices, required=False, widget=tree
        )
        # An empty cohort does not count, so none is required; one in use needs all three, so none is called optional.
        for name in ("name", "starts_on", "units"):
            self.fields[f"{key}_{name}"].needed_when_used = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in self.used():
            key = f"cohort_{number}"
            if not data.get(f"{key}_starts_on") and f"{key}_starts_on" not in self.errors:
                self.add_error(f"{key}_starts_on", _("Say when this cohort starts."))
        return data

    def used(self) -> list[int]:
        """The cohorts where anything was typed; empty rows do not count."""
        data = cast(QueryDict, self.data)
        return [
            number
            for number in range(self.count)
            if any(data.getlist(f"cohort_{number}_{part}") not in ([], [""]) for part in ("name", "units", "id"))
        ]

    def stages(self) -> list[tuple[str, dt.date, dt.date]]:
        data = self.cleaned_data
        return [(kind, data[f"stage_{kind}_starts_on"], data[f"stage_{kind}_ends_on"]) for kind in rules.STAGES]

    def cohorts(self) -> list[rules.CohortPlan]:
        data = self.cleaned_data
        return [
            rules.CohortPlan(
                data[f"cohort_{n}_name"],
                data[f"cohort_{n}_starts_on"],
                frozenset(int(unit) for unit in data[f"cohort_{n}_units"]),
                data[f"cohort_{n}_id"],
            )
            for n in self.used()
        ]

    def refuse(self, error: ValidationError) -> None:
        """Show a service's messages beside the fields they are about."""
        used = self.used()
        for key, messages in error.message_dict.items():
            field: str | None = key
            if key.startswith("cohort_"):
                _word, number, part = key.split("_", 2)
                field = f"cohort_{used[int(number)]}_{part}"
            self.add_error(field if field in self.fields else None, messages)  # type: ignore[arg-type]

    def stage_rows(self) -> list[tuple[str, Any, Any]]:
        return [(label, self[f"stage_{k}_starts_on"], self[f"stage_{k}_ends_on"]) for k, label in Stage.Kind.choices]

    def cohort_rows(self) -> list[dict[str, Any]]:
        parts = ("id", "name", "starts_on", "units")
        rows: list[dict[str, Any]] = []
        for number in range(self.count):
            row: dict[str, Any] = {part: self[f"cohort_{number}_{part}"] for part in parts}
            chosen = row["units"].value() or []
            rows.append(
                {
                    **row,
                    "number": number,
                    "shown_as": number + 1,
                    "chosen": len(chosen),
                    "open": not chosen or row["units"].errors,
                }
            )
        return rows


def count_of(values: Mapping[str, Any]) -> int:
    try:
        return min(max(int(values.get("cohort_count") or 0), 0), MOST_COHORTS)
    except (TypeError, ValueError):
        return 1


def blank(today: dt.date) -> dict[str, Any]:
    """What a new program starts with: three years from the first of next month."""
    first = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    last = rules.suggest_end(first)
    values: dict[str, Any] = {"starts_on": first, "ends_on": last, "cohort_count": 1, "cohort_0_starts_on": first}
    return {**values, **stage_values(first, last)}


def stage_values(first: dt.date, last: dt.date) -> dict[str, dt.date]:
    values = {}
    for stage in rules.suggest_stages(first, last):
        values[f"stage_{stage.kind}_starts_on"] = stage.starts_on
        values[f"stage_{stage.kind}_ends_on"] = stage.ends_on
    return values


def saved(program: Program) -> dict[str, Any]:
    """A program as the form's values."""
    values: dict[str, Any] = {
        "name": program.name,
        "charter": program.charter,
        "starts_on": program.starts_on,
        "ends_on": program.ends_on,
        "series": program.series_id,  # type: ignore[attr-defined]
        "readiness_reason": program.readiness_reason,
    }
    for stage in program.stages.all():
        values[f"stage_{stage.kind}_starts_on"] = stage.starts_on
        values[f"stage_{stage.kind}_ends_on"] = stage.ends_on
    cohorts = list(program.cohorts.prefetch_related("units"))
    for number, cohort in enumerate(cohorts):
        values[f"cohort_{number}_id"] = cohort.pk
        values[f"cohort_{number}_name"] = cohort.name
        values[f"cohort_{number}_starts_on"] = cohort.starts_on
        values[f"cohort_{number}_units"] = [str(unit.pk) for unit in cohort.units.all()]
    return {**values, "cohort_count": max(len(cohorts), 1)}


def typed(data: QueryDict) -> dict[str, Any]:
    """Everything as it was typed, also what is not valid, for a page that is shown again without judging it."""
    return {key: data.getlist(key) if key.endswith("_units") else data.get(key) for key in data}


def without_cohort(values: dict[str, Any], gone: int) -> dict[str, Any]:
    """``typed`` values with cohort ``gone`` taken out and the later ones moved up."""
    count = count_of(values)
    kept = {key: value for key, value in values.items() if not key.startswith("cohort_")}
    numbers = [number for number in range(count) if number != gone]
    for new, old in enumerate(numbers):
        for part in ("id", "name", "starts_on", "units"):
            if f"cohort_{old}_{part}" in values:
                kept[f"cohort_{new}_{part}"] = values[f"cohort_{old}_{part}"]
    return {**kept, "cohort_count": len(numbers)}


def suggested(values: dict[str, Any]) -> dict[str, Any]:
    """``typed`` values with the stages spread anew over the program's dates, when these are dates in order."""
    try:
        first, last = (dt.date.fromisoformat(str(values.get(key))) for key in ("starts_on", "ends_on"))
    except ValueError:
        return values
    return {**values, **stage_values(first, last)} if last > first else values
