"""The forms of the report pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from culture.access import organisation
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import report_access, slide_templates, subscriptions
from programs.reports.report_models import LONGEST_WHY, Format, Paper
from programs.reports.texts_report import LANGUAGES, code_of

MOST_SUGGESTED = 400


def languages() -> list[tuple[str, str]]:
    """The organisation's languages among those reports are written in; all of these where none is."""
    every = organisation.language_choices()
    return [(code, name) for code, name in every if code in LANGUAGES] or [("en", "English")]


class UnitField(forms.CharField):
    """A unit by its name or path, among ``units``; empty: the whole organisation, where that is allowed."""

    units: QuerySet[Unit] = Unit.objects.none()

    def to_python(self, value: Any) -> Any:
        text = " ".join((super().to_python(value) or "").split())
        if not text:
            return None
        found = list(self.units.filter(path__iexact=text)[:2]) or list(self.units.filter(name__iexact=text)[:2])
        found = found or list(self.units.filter(path__icontains=text).order_by("path")[:2])
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("There is no such unit among those you see. Choose one of the list."))
        first, second = found[0].path, found[1].path
        told = _("Several units are called so: “%(first)s”, “%(second)s” … Write the whole path.")
        raise forms.ValidationError(told, params={"first": first, "second": second})


class ScopeForm(forms.Form):
    """Program and unit, of what the reader may read."""

    program = forms.ModelChoiceField(Program.objects.none(), label=_("Program"), empty_label=None)
    unit = UnitField(
        required=False,
        label=_("Unit"),
        help_text=_("Leave it empty for the whole program."),
        widget=forms.TextInput(attrs={"list": "units-known", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        programs = report_access.programs()
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        self.fields["program"].initial = programs.first()
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)
        unit.units = report_access.units(user)
        self.suggested = list(unit.units.order_by("path").values_list("path", flat=True)[:MOST_SUGGESTED])
        if not report_access.may_see_whole(user):
            unit.required = True
            unit.help_text = _("One of the units whose results you see.")


class FilesForm(forms.Form):
    """In which languages and on which paper."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple, help_text=_("One set of files is made for each.")
    )
    paper = forms.ChoiceField(choices=Paper.choices, label=_("Paper of the PDF"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = languages()  # type: ignore[attr-defined]
        self.fields["languages"].initial = [code_of(organisation.current().language)]


class PublishForm(FilesForm, ScopeForm):
    """The same, and of what."""


class CorrectForm(forms.Form):
    why = forms.CharField(
        label=_("What is corrected"),
        max_length=LONGEST_WHY,
        help_text=_("It stands on the new report. Name no person."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    languages = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple)
    paper = forms.ChoiceField(choices=Paper.choices, label=_("Paper of the PDF"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = languages()  # type: ignore[attr-defined]
        self.fields["languages"].initial = [code_of(organisation.current().language)]


class SubscribeForm(ScopeForm):
    OWN = "own"
    EVERY = [
        ("month", _("Every month")),
        ("quarter", _("Every three months")),
        ("half", _("Every six months")),
        ("year", _("Every year")),
        ("week", _("Every week")),
        (OWN, _("By a rule of its own")),
    ]
    reader = forms.EmailField(
        required=False, label=_("For whom"), help_text=_("E-mail address of a colleague; leave it empty for yourself.")
    )
    every = forms.ChoiceField(choices=EVERY, label=_("How often"))
    rule = forms.CharField(
        required=False,
        label=_("Own rule (RRULE)"),
        max_length=subscriptions.LONGEST_RULE,
        help_text=_(
            "Only with “By a rule of its own”. First Monday of each quarter: FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO"
        ),
    )
    first_on = forms.DateField(label=_("First on"), widget=forms.DateInput)
    language = forms.ChoiceField(label=_("Language"))
    format = forms.ChoiceField(choices=Format.choices, label=_("Format"))
    paper = forms.ChoiceField(choices=Paper.choices, label=_("Paper of the PDF"))
    confirm = forms.BooleanField(required=False, label=_("Ask to confirm that it was read"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages()  # type: ignore[attr-defined]
        self.fields["language"].initial = code_of(self.user.language or organisation.current().language)
        self.fields["first_on"].initial = today
        if not report_access.may_manage(self.user):
            del self.fields["reader"]

    def clean_reader(self) -> Employee:
        address = self.cleaned_data["reader"]
        if not address:
            return self.user
        found = Employee.objects.filter(email__iexact=address).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has this e-mail address."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("every") == self.OWN and not data.get("rule"):
            self.add_error("rule", _("Write the rule, or choose how often above."))
        return data

    def rule_of(self) -> str:
        data = self.cleaned_data
        return data["rule"] if data["every"] == self.OWN else subscriptions.usual(data["every"], data["first_on"])


class TemplateForm(forms.Form):
    file = forms.FileField(
        label=_("PowerPoint file (.pptx)"),
        help_text=_("Its master, colours and fonts are used; its slides are left out."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pptx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > slide_templates.LARGEST:
            most = slide_templates.LARGEST // slide_templates.MEGABYTE
            raise forms.ValidationError(_("The file is larger than %(most)d MB."), params={"most": most})
        return file
