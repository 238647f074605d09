"""What people type about people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from culture.people.headings import LABELS, REQUIRED, plain
from culture.people.planning import CHANGES, SNAPSHOT
from culture.people.plans import DIFFERENT, FORMER_NEW, FORMER_SAME, RENUMBER, SAME, SKIP
from culture.people.tables import ENCODINGS, MAX_BYTES, too_large

MODES = [
    (CHANGES, _("Only changes: who is not in the file stays as before")),
    (SNAPSHOT, _("Everybody: who is here and not in the file has left")),
]
ORDERS = [("dmy", _("Day first: 03/04/2025 is 3 April")), ("mdy", _("Month first: 03/04/2025 is March 4"))]
ANSWERS = {
    RENUMBER: _("Same person, new number"),
    SAME: _("Same person: name and address changed"),
    DIFFERENT: _("Different person"),
    SKIP: _("Leave this row out"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File of employees"),
        help_text=_("A .csv or .xlsx export with at least number, given name, family name and unit path."),
        allow_empty_file=True,  # the reader refuses it with a better sentence
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls"}),
    )
    mode = forms.ChoiceField(label=_("What the file holds"), choices=MODES, initial=CHANGES, widget=forms.RadioSelect)
    source = forms.CharField(
        label=_("Where it comes from"),
        required=False,
        max_length=120,
        help_text=_("Such as “Payroll Italy”: next time its columns are read as you corrected them."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )
    number_width = forms.IntegerField(
        label=_("Digits of an employee number"),
        required=False,
        min_value=1,
        max_value=40,
        help_text=_("Only needed when a spreadsheet has lost leading zeros."),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Detect it")), *ENCODINGS.items()],
        help_text=_("Only needed when the file cannot be read without it; you are asked then."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(too_large())
        return file


class ReadingForm(forms.Form):
    """Answers to questions about the whole file; each is optional."""

    encoding = forms.ChoiceField(required=False, choices=[("", ""), *ENCODINGS.items()])
    number_width = forms.IntegerField(required=False, min_value=1, max_value=40)
    date_order = forms.ChoiceField(required=False, choices=[("", ""), *ORDERS])
    mode = forms.ChoiceField(required=False, choices=[("", ""), *MODES])
    former_units = forms.ChoiceField(required=False, choices=[("", ""), (FORMER_SAME, ""), (FORMER_NEW, "")])

    def answers(self) -> dict[str, Any]:
        """What was really said."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class MappingForm(forms.Form):
    """Which column of the file is which: one choice for each heading."""

    def __init__(self, header: list[str], mapping: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.header = header
        choices = [("", _("Not used")), *LABELS.items()]
        for index, heading in enumerate(header):
            if not heading:
                continue
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading, choices=choices, required=False, initial=mapping.get(plain(heading), "")
            )

    def columns(self) -> list[tuple[int, Any]]:
        return [(int(name.removeprefix("column_")), self[name]) for name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [value for value in data.values() if value]
        missing = [str(LABELS[name]) for name in REQUIRED if name not in chosen]
        if missing:
            words = {"names": ", ".join(missing)}
            raise forms.ValidationError(_("No column is chosen for: %(names)s."), params=words, code="missing")
        for name in {value for value in chosen if chosen.count(value) > 1}:
            raise forms.ValidationError(
                _("Two columns are chosen for “%(name)s”. Choose one."), params={"name": LABELS[name]}, code="twice"
            )
        return data

    def mapping(self) -> dict[str, str]:
        """Plain heading → field, '' for what is not used."""
        return {plain(self.header[index]): self.cleaned_data[f"column_{index}"] for index, _bound in self.columns()}


class DecisionForm(forms.Form):
    """What one suspicious row means, and why."""

    answer = forms.ChoiceField(label=_("Decision"), choices=[])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Say why, so that it can be understood later.")},
    )

    def __init__(self, choices: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self.fields["answer"]
        assert isinstance(answer, forms.ChoiceField)
        answer.choices = [("", _("Choose")), *((name, ANSWERS[name]) for name in choices)]


class AcceptForm(forms.Form):
    """Override a stop, with a reason."""

    reason = forms.CharField(
        label=_("Why they really leave"),
        max_length=300,
        error_messages={"required": _("Say why, so that it can be understood later.")},
    )


class UndoForm(forms.Form):
    sure = forms.BooleanField(label=_("Put everybody back as before this import"))
