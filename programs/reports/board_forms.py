"""Forms of the board view and the yearly review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from culture.access import organisation
from programs.reports.report_forms import languages
from programs.reports.report_models import Paper
from programs.reports.texts_report import code_of
from programs.reports.yearly_models import LONGEST_COMMENT


class KindPublishForm(forms.Form):
    """In which languages and on which paper."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple, help_text=_("One set of files is made for each.")
    )
    paper = forms.ChoiceField(choices=Paper.choices, label=_("Paper of the PDF"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = languages()  # type: ignore[attr-defined]
        self.fields["languages"].initial = [code_of(organisation.current().language)]


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("What you say of this year"),
        max_length=LONGEST_COMMENT,
        help_text=_(
            "Signed with your name and today’s date on this page, for good. In published reports your role stands "
            "instead of your name. Name nobody else."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
