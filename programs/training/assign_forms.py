"""Assigning a course to a cohort, and taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from programs.planning.models import Cohort


class CohortChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.program.name}: {obj.name}"


class AssignForm(forms.Form):
    cohort = CohortChoice(label=gettext_lazy("Cohort"), queryset=Cohort.objects.none())
    due_on = forms.DateField(
        label=gettext_lazy("Due on (the last day on time)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts.select_related("program")  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, help_text=gettext_lazy("Those who come after you read it.")
    )
