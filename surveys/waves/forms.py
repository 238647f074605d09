"""What HR types about series and service links."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from culture.people.models import Unit
from surveys.instruments.models import Instrument
from surveys.waves.series import K_CHOICES


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.path


class UnitChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.path


class SeriesForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    instrument = forms.ModelChoiceField(
        Instrument.objects.order_by("key"), label=_("Questionnaire"), empty_label=None, required=True
    )
    who = forms.ChoiceField(
        label=_("Who is asked"),
        choices=[("all", _("Everybody")), ("units", _("These units and everything below them"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    audience = UnitChoices(
        Unit.objects.order_by("path"), label=_("Units"), required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    first_opens_on = forms.DateField(label=_("First wave opens on"), widget=forms.DateInput(attrs={"type": "date"}))
    every_months = forms.IntegerField(label=_("Repeated every … months"), min_value=1, max_value=24, initial=3)
    occurrences = forms.IntegerField(label=_("Number of waves"), min_value=1, max_value=60, initial=12)
    open_days = forms.IntegerField(label=_("Open for … days"), min_value=1, max_value=60, initial=14)
    reminder_days = forms.CharField(
        label=_("Reminders"),
        required=False,
        initial="4, 9",
        help_text=_("Days after the opening, separated by commas. Only who has not answered yet is reminded."),
    )
    k = forms.TypedChoiceField(
        label=_("Smallest group shown"),
        choices=[(k, _("%(k)s people") % {"k": k}) for k in K_CHOICES],
        coerce=int,
        initial=5,
        help_text=_("Results of fewer people are never shown to anybody. Cannot be changed once a wave is open."),
    )

    def clean_first_opens_on(self) -> dt.date:
        day = self.cleaned_data["first_opens_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose today or later."))
        if day.year > timezone.localdate().year + 10:
            raise forms.ValidationError(_("Choose a day within ten years."))
        return day

    def clean_reminder_days(self) -> list[int]:
        parts = [part for part in re.split(r"[\s,;]+", self.cleaned_data["reminder_days"].strip()) if part]
        if not all(re.fullmatch(r"[0-9]{1,2}", part) for part in parts):
            raise forms.ValidationError(_("Write whole numbers of days separated by commas, for example 4, 9."))
        return [int(part) for part in parts]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("who") == "units" and not data.get("audience") and "audience" not in self.errors:
            self.add_error("audience", _("Choose at least one unit."))
        return data

    def arguments(self) -> dict[str, Any]:
        """The cleaned input as ``series.create`` takes it."""
        data = dict(self.cleaned_data)
        units = data.pop("audience")
        data["audience"] = [unit.pk for unit in units] if data.pop("who") == "units" else []
        return data


class LinkForm(forms.Form):
    customer = UnitChoice(Unit.objects.order_by("path"), label=_("Customer (uses the service)"))
    provider = UnitChoice(Unit.objects.order_by("path"), label=_("Provider (gives the service)"))
    kind = forms.CharField(
        label=_("What service"), max_length=120, required=False, help_text=_("For example: payroll, repairs.")
    )
