"""The forms of the public benchmarks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.reports import benchmark_files, benchmarks
from programs.reports.benchmark_models import LONGEST_WHY, Answers, Benchmark, Statistic


def _text(name: str, label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    most = Benchmark._meta.get_field(name).max_length
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=most)


def _figure(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(label=label, help_text=help_text, required=required, max_digits=6, decimal_places=2)


class BenchmarkForm(forms.Form):
    """One public figure. What is wrong with it is said by ``benchmarks.problems``, as for a file."""

    measure = forms.ChoiceField(label=_("Beside which of our numbers"))
    value = _figure(_("Figure"), required=True)
    statistic = forms.ChoiceField(
        label=_("What was worked out"),
        choices=Statistic.choices,
        help_text=_("An index is 0 where everybody gives the worst answer and 100 where everybody gives the best."),
    )
    answers = forms.ChoiceField(
        label=_("On what people answered"),
        choices=Answers.choices,
        help_text=_("Only a figure measured as ours is stands beside ours; the others are kept to be read."),
    )
    low = _figure(_("Interval from"), _("If the source gives a 95 % interval."))
    high = _figure(_("Interval to"))
    people = forms.IntegerField(label=_("People it is of"), required=False, min_value=1, max_value=999_999_999)
    population = _text("population", _("Who was asked"), _("As the source says: “employees of public hospitals”."))
    country = _text("country", _("Country"), required=False)
    sector = _text("sector", _("Sector"), required=False)
    year = forms.IntegerField(label=_("Year of the figure"), min_value=benchmarks.FIRST_YEAR, max_value=2200)
    source = _text("source", _("Source"), _("Who published it, title and page, so that others find it."))
    link = _text("link", _("Link to the source"), _("Begins with https://, or with / for a page of this site."))
    licence = _text("licence", _("May it be shown here?"), _("Licence, or why it may be quoted."))
    note = _text("note", _("Note"), _("What differs from how we ask."), required=False)
    until = forms.DateField(
        label=_("Counts until"), help_text=_("After this day it is not shown any more."), widget=forms.DateInput
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.known = benchmarks.measures()
        self.fields["measure"].choices = self.known  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, texts in benchmarks.problems(data, [key for key, _label in self.known], self.today).items():
            # What could not be read has been said already.
            if name in self.fields and name not in self.errors:
                for text in texts:
                    self.add_error(name, text)
        return data


class CorrectBenchmarkForm(BenchmarkForm):
    """``seen``: the version the page was made from."""

    why = forms.CharField(label=_("What was wrong, or has changed"), max_length=LONGEST_WHY)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32_000)

    def fields_given(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in benchmarks.FIELDS}


class WithdrawForm(forms.Form):
    why = forms.CharField(label=_("Why it is not shown any more"), max_length=LONGEST_WHY)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32_000)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("In UTF-8, with the columns of the export."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > benchmark_files.MOST_BYTES:
            most = benchmark_files.MOST_BYTES // 1_000_000
            raise forms.ValidationError(_("The file is larger than %(n)s MB."), params={"n": most})
        return file
