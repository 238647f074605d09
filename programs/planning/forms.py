"""The form a program is made and changed with, whole or in the parts of the guided set-up; works without JavaScript."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.people.models import Employee, Unit
from programs.planning import rules
from programs.planning.models import Program, Stage
from programs.planning.widgets import MOST_BOXES, DayInput, People, UnitPaths, UnitTree
from surveys.waves.models import Series

MOST_COHORTS = 40
EVERYTHING = ("charter", "stages", "cohorts", "series", "reason")
STAGE_PARTS = ("starts_on", "ends_on", "goal", "exit_criteria")
COHORT_PARTS = ("id", "name", "starts_on", "units", "people")
GOALS = {
    "information": gettext_lazy("Everybody knows what is wanted and why"),
    "attitude": gettext_lazy("Most people want it"),
    "behaviour": gettext_lazy("Customers notice it"),
    "culture": gettext_lazy("It is how things are done, also when nobody looks"),
}
EXITS = {
    "information": gettext_lazy("e.g. 9 of 10 have read the charter and can say what it asks of them"),
    "attitude": gettext_lazy("e.g. “want” rose clearly in two waves"),
    "behaviour": gettext_lazy("e.g. each team was seen doing it, by two observers"),
    "culture": gettext_lazy("e.g. nobody needs reminding for half a year"),
}


class ProgramForm(forms.Form):
    """Fields ``stage_<kind>_starts_on``, ``cohort_<n>_name`` … are made per stage and cohort. ``parts``: which of
    ``EVERYTHING``."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("As everybody will call it.")
    )
    charter = forms.CharField(
        label=gettext_lazy("Charter"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=20000,
        help_text=gettext_lazy("Why we do this, what we promise our customers and each other, and how we will know."),
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())
    series = forms.ModelChoiceField(
        label=gettext_lazy("Survey series"),
        queryset=Series.objects.none(),
        required=False,
        empty_label=gettext_lazy("None yet"),
        help_text=gettext_lazy("The recurring survey that shows whether the program works. You can choose it later."),
    )
    cohort_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_COHORTS)
    reason = forms.CharField(
        label=gettext_lazy("Why you change it"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text=gettext_lazy("Kept for good beside what changed, with your name and the day."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, Any],
        units: list[Unit],
        needs_reason: bool = False,
        parts: Collection[str] = EVERYTHING,
        known: QuerySet[Employee] | None = None,
    ) -> None:
        """``known``: whom the planner may name; None: everybody."""
        super().__init__(data, initial=dict(initial))
        self.known = known
        self.parts = parts
        cast(forms.ModelChoiceField, self.fields["series"]).queryset = series_offered(initial.get("series"))
        if needs_reason:
            self.fields["readiness_reason"] = readiness_field()
        self.count = count_of(data if data is not None else initial)
        self._keep(parts)
        if "stages" in parts:
            for kind, label in Stage.Kind.choices:
                self._add_stage(kind, label)
        if "cohorts" in parts:
            choices = [(str(unit.pk), unit.name) for unit in units]
            for number in range(self.count):
                self._add_cohort(number, units, choices)

    def _keep(self, parts: Collection[str]) -> None:
        held = {
            "charter": ("name", "charter", "starts_on", "ends_on"),
            "cohorts": ("cohort_count",),
            "series": ("series",),
            "reason": ("reason",),
        }
        for part, names in held.items():
            if part not in parts:
                for name in names:
                    self.fields.pop(name)

    def _add_stage(self, kind: str, label: Any) -> None:
        key = f"stage_{kind}"
        self.fields[f"{key}_starts_on"] = forms.DateField(label=_("%s: from") % label, widget=DayInput())
        self.fields[f"{key}_ends_on"] = forms.DateField(label=_("%s: until") % label, widget=DayInput())
        self.fields[f"{key}_goal"] = forms.CharField(
            label=_("What is different at its end"),
            max_length=500,
            required=False,
            widget=forms.TextInput(attrs={"placeholder": GOALS[kind]}),
        )
        self.fields[f"{key}_exit_criteria"] = forms.CharField(
            label=_("How we see that it may end"),
            max_length=1000,
            required=False,
            widget=forms.TextInput(attrs={"placeholder": EXITS[kind]}),
        )

    def _add_cohort(self, number: int, units: list[Unit], choices: list[tuple[str, str]]) -> None:
        key = f"cohort_{number}"
        self.fields[f"{key}_id"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        self.fields[f"{key}_name"] = forms.CharField(label=_("Cohort name"), max_length=200, required=False)
        self.fields[f"{key}_starts_on"] = forms.DateField(label=_("Starts on"), widget=DayInput(), required=False)
        if len(units) > MOST_BOXES:
            self.fields[f"{key}_units"] = UnitPaths(
                units, label=_("Units by their paths, one a line (each with everything below it)"), required=False
            )
        else:
            tree = UnitTree()
            tree.units = units
            self.fields[f"{key}_units"] = forms.MultipleChoiceField(
                label=_("Units (each with everything below it)"), choices=choices, required=False, widget=tree
            )
        self.fields[f"{key}_people"] = People(
            self.known, label=_("People by name, wherever they work (employee numbers)"), required=False
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
        if "cohorts" not in self.parts:
            return []
        data = cast(QueryDict, self.data)
        return [
            number
            for number in range(self.count)
            if any(
                data.getlist(f"cohort_{number}_{part}") not in ([], [""]) for part in ("name", "units", "id", "people")
            )
        ]

    def stages(self) -> list[tuple[Any, ...]]:
        data = self.cleaned_data
        return [(kind, *(data[f"stage_{kind}_{part}"] for part in STAGE_PARTS)) for kind in rules.STAGES]

    def cohorts(self) -> list[rules.CohortPlan]:
        data = self.cleaned_data
        return [
            rules.CohortPlan(
                data[f"cohort_{n}_name"],
                data[f"cohort_{n}_starts_on"],
                frozenset(int(unit) for unit in data[f"cohort_{n}_units"]),
                data[f"cohort_{n}_id"],
                frozenset(person.pk for person in data[f"cohort_{n}_people"]),
            )
            for n in self.used()
        ]

    def refuse(self, error: ValidationError) -> None:
        """Show a service's messages beside the fields they are about."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        used = self.used()
        for key, messages in error.message_dict.items():
            field: str | None = key
            if key.startswith("cohort_"):
                _word, number, part = key.split("_", 2)
                field = f"cohort_{used[int(number)]}_{part}"
            self.add_error(field if field in self.fields else None, messages)  # type: ignore[arg-type]

    def stage_rows(self) -> list[dict[str, Any]]:
        return [
            {"label": label, **{part: self[f"stage_{kind}_{part}"] for part in STAGE_PARTS}}
            for kind, label in Stage.Kind.choices
        ]

    def cohort_rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for number in range(self.count):
            row: dict[str, Any] = {part: self[f"cohort_{number}_{part}"] for part in COHORT_PARTS}
            chosen = row["units"].value() or []
            count = len(chosen.split("\n")) if isinstance(chosen, str) else len(chosen)
            rows.append(
                {
                    **row,
                    "number": number,
                    "shown_as": number + 1,
                    "chosen": count,
                    "open": not chosen or row["units"].errors,
                    "named": bool(row["people"].value() or row["people"].errors),
                }
            )
        return rows


def readiness_field() -> forms.CharField:
    return forms.CharField(
        label=_("Why it starts all the same"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the program and shown on its page, with your name in the audit trail."),
    )


def series_offered(kept: Any = None) -> QuerySet[Series]:
    """The active ones, and the one a program has already."""
    offered = Series.objects.filter(active=True)
    if kept:
        offered = offered | Series.objects.filter(pk=kept)
    return offered.order_by("name")


def count_of(values: Mapping[str, Any]) -> int:
    try:
        return min(max(int(values.get("cohort_count") or 0), 0), MOST_COHORTS)
    except (TypeError, ValueError):
        return 1


def blank(today: dt.date) -> dict[str, Any]:
    """What a new program starts with: three years from the first of next month."""
    first = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    last = rules.suggest_end(first)
    return {"starts_on": first, "ends_on": last}


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
        for part in STAGE_PARTS:
            values[f"stage_{stage.kind}_{part}"] = getattr(stage, part)
    cohorts = list(program.cohorts.prefetch_related("units", "people_named__employee"))
    for number, cohort in enumerate(cohorts):
        values[f"cohort_{number}_id"] = cohort.pk
        values[f"cohort_{number}_name"] = cohort.name
        values[f"cohort_{number}_starts_on"] = cohort.starts_on
        values[f"cohort_{number}_units"] = [str(unit.pk) for unit in cohort.units.all()]
        values[f"cohort_{number}_people"] = ", ".join(sorted(one.employee.number for one in cohort.people_named.all()))
    if not cohorts:
        values["cohort_0_starts_on"] = program.starts_on
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
        for part in COHORT_PARTS:
            if f"cohort_{old}_{part}" in values:
                kept[f"cohort_{new}_{part}"] = values[f"cohort_{old}_{part}"]
    return {**kept, "cohort_count": len(numbers)}


def suggested(values: dict[str, Any], first: dt.date | None = None, last: dt.date | None = None) -> dict[str, Any]:
    """``typed`` values with the stages spread anew over the program's dates, when these are dates in order."""
    try:
        begin = first or dt.date.fromisoformat(str(values.get("starts_on")))
        end = last or dt.date.fromisoformat(str(values.get("ends_on")))
    except ValueError:
        return values
    return {**values, **stage_values(begin, end)} if end > begin else values


def shown_again(data: QueryDict, program: Program | None = None) -> dict[str, Any] | None:
    """The values for a page that only grows, shrinks or gets dates; ``None`` when the person saves."""
    values = typed(data)
    if "add_cohort" in data:
        return {**values, "cohort_count": min(count_of(values) + 1, MOST_COHORTS)}
    if data.get("remove_cohort", "").isdigit():
        return without_cohort(values, int(str(data["remove_cohort"])))
    if "suggest" not in data:
        return None
    dates = (program.starts_on, program.ends_on) if program is not None and "starts_on" not in data else (None, None)
    return suggested(values, *dates)
