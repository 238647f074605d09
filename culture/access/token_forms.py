"""What is typed for a new key of the API."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from culture.access.tokens import LIVES, LONGEST_NAME


def _life(days: int) -> object:
    return ngettext_lazy("%(n)s day", "%(n)s days", days) % {"n": days}


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What it is for"),
        max_length=LONGEST_NAME,
        help_text=_("Such as “Monthly report”: you will know later which one to end."),
    )
    days = forms.TypedChoiceField(
        label=_("Works for"), coerce=int, choices=[(days, _life(days)) for days in LIVES], initial=30
    )
    may_change = forms.BooleanField(
        label=_("It may also change what I may change"),
        required=False,
        help_text=_("Leave it empty for software that only reads."),
    )
