"""What people type about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from culture.people.tables import ENCODINGS, MAX_BYTES


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File of employees"),
        help_text=_("A .csv or .xlsx export with at least number, given name, family name and unit path."),
        allow_empty_file=True,  # the reader refuses it with a better sentence
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Detect it")), *ENCODINGS.items()],
        help_text=_("Only needed when the file cannot be read without it."),
    )
    number_width = forms.IntegerField(
        label=_("Digits of an employee number"),
        required=False,
        min_value=1,
        max_value=40,
        help_text=_("Only needed when a spreadsheet has lost leading zeros."),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large. Split it into several files."))
        return file
