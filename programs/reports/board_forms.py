"""Forms of the board view and the yearly review."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.reports.yearly_models import LONGEST_COMMENT


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
