"""Forms of what a program promises of itself: milestones, risks, sponsors' duties; and of its turns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from programs.planning import amendments, indicators
from programs.planning.indicators import LAGGING, LEADING
from programs.planning.milestones import Aim
from programs.planning.models import Program, Stage
from programs.planning.plan_models import Duty, Grade, Milestone, Risk
from programs.planning.widgets import DayInput, Person

NUMBER = gettext_lazy("Employee number.")
TARGET: dict[str, Any] = {"min_value": Decimal("0.1"), "max_value": Decimal(100), "decimal_places": 1, "max_digits": 4}


class RowForm(forms.Form):
    """``refuse`` shows a service's messages beside their fields."""

    def refuse(self, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for key, texts in error.message_dict.items():
            self.add_error(key if key in self.fields else None, texts)  # type: ignore[arg-type]


class MilestoneForm(RowForm):
    title = forms.CharField(label=gettext_lazy("What will be reached"), max_length=200)
    due_on = forms.DateField(label=gettext_lazy("By when"), widget=DayInput())
    owner = Person(label=gettext_lazy("Who sees to it"), max_length=40, help_text=NUMBER)
    stage = forms.ChoiceField(label=gettext_lazy("In which stage"), required=False)
    leading = forms.ChoiceField(
        label=gettext_lazy("Leading indicator"), help_text=gettext_lazy("Moves first, and you can push it.")
    )
    leading_target = forms.DecimalField(label=gettext_lazy("At least"), **TARGET)
    lagging = forms.ChoiceField(
        label=gettext_lazy("Lagging indicator"),
        help_text=gettext_lazy("What it was for. Training is not offered here: having clicked through changes nobody."),
    )
    lagging_target = forms.DecimalField(label=gettext_lazy("At least"), **TARGET)
    after = forms.ModelChoiceField(
        label=gettext_lazy("Only after"),
        queryset=Milestone.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nothing must come before"),
    )

    def __init__(self, data: Any, *, program: Program, row: Milestone | None, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        kinds = [("", gettext_lazy("No stage in particular")), *Stage.Kind.choices]
        cast(forms.ChoiceField, self.fields["stage"]).choices = kinds
        for name in (LEADING, LAGGING):
            cast(forms.ChoiceField, self.fields[name]).choices = indicators.choices(name)
        others = program.milestones.exclude(pk=row.pk if row else 0)
        cast(forms.ModelChoiceField, self.fields["after"]).queryset = others

    def aim(self) -> Aim:
        return Aim(**self.cleaned_data)


class RiskForm(RowForm):
    what = forms.CharField(label=gettext_lazy("What may stand in the way"), max_length=300)
    likelihood = forms.TypedChoiceField(label=gettext_lazy("How likely"), choices=Grade.choices, coerce=int)
    impact = forms.TypedChoiceField(label=gettext_lazy("How bad"), choices=Grade.choices, coerce=int)
    owner = Person(label=gettext_lazy("Who watches it"), max_length=40, help_text=NUMBER)
    answer = forms.CharField(
        label=gettext_lazy("What we do about it"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    review_on = forms.DateField(label=gettext_lazy("Look at it again on"), widget=DayInput())

    def __init__(self, data: Any, *, program: Program, row: Risk | None, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)


class DutyForm(RowForm):
    what = forms.CharField(
        label=gettext_lazy("What the sponsor does"),
        max_length=300,
        help_text=gettext_lazy("Something people see: open each wave in person, visit two branches a month …"),
    )
    sponsor = Person(label=gettext_lazy("Who"), max_length=40, help_text=NUMBER)
    due_on = forms.DateField(label=gettext_lazy("By when"), widget=DayInput())

    def __init__(self, data: Any, *, program: Program, row: Duty | None, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)


class TurnForm(RowForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=amendments.REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept for good with the program, with your name and the day."),
    )
