"""What HR types about the service map."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from culture.people.models import Unit
from surveys.waves import links_import

PAIR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.path


def _units() -> Any:
    return Unit.objects.open().order_by("path")


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), required=False, **more)


class DatesForm(forms.Form):
    """Since and until, which may both be left open."""

    kind = forms.CharField(
        label=_("What service"), max_length=120, required=False, help_text=_("For example: payroll, repairs.")
    )
    since = _day(_("From"), help_text=_("Left empty: from the beginning."))
    until = _day(_("Last day"), help_text=_("Left empty: for good."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("The last day is before the first. Choose a later one."))
        return data


class LinkForm(DatesForm):
    customer = UnitChoice(None, label=_("Customer (uses the service)"))
    provider = UnitChoice(None, label=_("Provider (gives the service)"))
    field_order = ["customer", "provider", "kind", "since", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("customer", "provider"):
            self.fields[name].queryset = _units()  # type: ignore[attr-defined]
        self.order_fields(self.field_order)


class FilterForm(forms.Form):
    """What is shown; a filter left empty needs no word "optional"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.needed_when_used = True  # type: ignore[attr-defined]


class AsOfForm(FilterForm):
    on = _day(_("As of"))
    q = forms.CharField(label=_("Unit"), max_length=200, required=False)


class MatrixFilter(FilterForm):
    unit = UnitChoice(None, label=_("Customers in"), required=False, empty_label=_("the whole organisation"))
    among = UnitChoice(None, label=_("Providers in"), required=False, empty_label=_("those that serve already"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("unit", "among"):
            self.fields[name].queryset = _units()  # type: ignore[attr-defined]


class MatrixForm(forms.Form):
    """The boxes of one page of the matrix: ``pair`` those ticked, ``was`` those that were when the page was made."""

    since = _day(_("New links hold from"), initial=timezone.localdate)
    kind = forms.CharField(label=_("What service the new ones are"), max_length=120, required=False)
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_was(self) -> set[tuple[int, int]]:
        return pairs(self.cleaned_data["was"].split(","))


def pairs(texts: list[str]) -> set[tuple[int, int]]:
    """``12-34`` → (customer 12, provider 34). Raises ValidationError for anything else."""
    found = set()
    for text in texts:
        if not text:
            continue
        match = PAIR.fullmatch(text)
        if match is None:
            raise ValidationError(_("Something of the matrix did not arrive. Load the page again."))
        found.add((int(match[1]), int(match[2])))
    return found


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, UTF-8: customer, provider, kind, since, until. Units by their path, days as 2026-03-31."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> str:
        """The content as text."""
        try:
            return links_import.decode(self.cleaned_data["file"].read(links_import.LARGEST + 1))
        except links_import.Refused as refused:
            raise ValidationError(str(refused)) from None


def as_of(data: Any) -> tuple[AsOfForm, dt.date, str]:
    """The form, the day asked for (today when none or nonsense is) and the words to search for."""
    form = AsOfForm(data)
    valid = form.is_valid()
    day = form.cleaned_data.get("on") if valid else None
    return form, day or timezone.localdate(), (form.cleaned_data.get("q") or "").strip() if valid else ""
