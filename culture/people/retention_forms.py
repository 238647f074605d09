"""What HR types about erasing, periods, holds and pauses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from culture.people.models import Employee
from culture.people.retention import Kind


class ConfirmForm(forms.Form):
    """Confirmed by typing the employee number: a slip of the hand erases nobody."""

    typed = forms.CharField(
        label=gettext_lazy("Type the employee number to confirm"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, number: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.number = number

    def clean_typed(self) -> str:
        typed = self.cleaned_data["typed"].strip()
        if typed != self.number:
            raise forms.ValidationError(_("This is not the number of this person. Look it up above and type it again."))
        return typed


class PeriodForm(forms.Form):
    """``seen``: how many rows the page said would go at once; another number now means: look again."""

    days = forms.IntegerField(label=pgettext_lazy("number", "Days"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind = kind
        self.fields["days"].help_text = _("Days %(from)s: %(least)d to %(most)d, usually %(usual)d.") % {
            "from": kind.counted_from,
            "least": kind.minimum,
            "most": kind.maximum,
            "usual": kind.default,
        }
        self.fields["days"].widget.attrs |= {"min": kind.minimum, "max": kind.maximum, "inputmode": "numeric"}

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if not self.kind.minimum <= days <= self.kind.maximum:
            raise forms.ValidationError(
                _("Between %(least)d and %(most)d days, please.")
                % {"least": self.kind.minimum, "most": self.kind.maximum}
            )
        return days


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class HoldForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Employee number"), max_length=40)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The person can read it among his own data."),
    )

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        self.employee = Employee.objects.filter(number=number).first()
        if self.employee is None:
            raise forms.ValidationError(
                _("Nobody has the number “%(number)s”. The list of people shows the numbers.") % {"number": number}
            )
        return number
