"""The fields of the series form that are more than a box: units, questionnaires, days on which nothing opens."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.framework.texts import pick
from surveys.instruments import library
from surveys.instruments.models import Instrument
from surveys.waves import hours

ROWS, MOST_ROWS = 2, 20


class UnitChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.path


class InstrumentChoice(forms.ModelChoiceField):
    """A questionnaire of the organisation, or one of the library, which is taken when the series is saved."""

    SHELF = "library:"

    def offer(self) -> None:
        """The own ones, and those of the library that were not taken yet."""
        own = [(one.pk, str(one)) for one in self.queryset.all()]  # type: ignore[union-attr]
        shelf = [(f"{self.SHELF}{one.key}", pick(one.name)) for one in self._shelf()]
        groups: list[Any] = [(_("From the library"), shelf)] if shelf else []
        self.widget.choices = [*([(_("Your own"), own)] if shelf else own), *groups]

    def to_python(self, value: Any) -> Any:
        if not str(value or "").startswith(self.SHELF):
            return super().to_python(value)
        entry = next((one for one in self._shelf() if one.key == str(value).removeprefix(self.SHELF)), None)
        if entry is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return Instrument(key=entry.key, name=entry.name, purpose=entry.purpose, library_key=entry.key)

    @staticmethod
    def _shelf() -> list[library.Entry]:
        taken = set(Instrument.objects.values_list("key", flat=True))
        taken |= set(Instrument.objects.values_list("library_key", flat=True))
        return [one for one in library.entries() if one.key not in taken]


class BlackoutForm(forms.Form):
    """One range of days on which nothing opens; an empty row is none."""

    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        label=pgettext_lazy("day", "To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    name = forms.CharField(label=_("What for"), required=False, max_length=80)
    yearly = forms.BooleanField(label=_("Every year"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if "first" in self.errors or "last" in self.errors:
            return data
        if first is None and (last is not None or data.get("name")):
            self.add_error("first", _("Give the first day."))
        if first is not None and last is not None and last < first:
            self.add_error("last", _("The last day is before the first."))
        return data

    def blackout(self) -> hours.Blackout | None:
        data = self.cleaned_data
        if not data.get("first"):
            return None
        return hours.Blackout(data["first"], data["last"] or data["first"], data["name"].strip(), data["yearly"])


BlackoutRows = formset_factory(BlackoutForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def rows_for(blackouts: list[hours.Blackout], data: Any = None, *, more: bool = False) -> BaseFormSet:
    """The rows of days without openings; ``more``: with further empty ones beside what was typed."""
    if data is not None:
        copied = data.copy()
        copied.setdefault("free-TOTAL_FORMS", "0")
        copied.setdefault("free-INITIAL_FORMS", "0")
        if more:
            total = int(re.sub(r"\D", "", copied.get("free-TOTAL_FORMS", "")) or 0)
            copied["free-TOTAL_FORMS"] = str(min(MOST_ROWS, total + ROWS))
        return BlackoutRows(copied, prefix="free")
    initial = [{"first": one.first, "last": one.last, "name": one.name, "yearly": one.yearly} for one in blackouts]
    return BlackoutRows(initial=[*initial, *({} for _row in range(ROWS))], prefix="free")


def usual_blackouts(today: dt.date) -> list[hours.Blackout]:
    """Where few people are at work anywhere."""
    return [hours.Blackout(dt.date(today.year, 12, 23), dt.date(today.year + 1, 1, 6), str(_("Year end")), True)]
