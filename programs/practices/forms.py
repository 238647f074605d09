"""Forms of practices. None asks for a customer's name, and words that seem to hold one's data are sent back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.practices import personal_data
from programs.practices.models import MOST_NOTES, Customer, Idea, Limit, PracticeNote, Recovery

SHOWN_NOTES = 5
NOBODY = _("No names and no numbers of customers.")


def _without_data(text: str) -> str:
    """Raises ``ValidationError`` where a customer could be found by what is written."""
    text = text.replace("\0", "").strip()
    if found := personal_data.found(text):
        told = __("Take out “%(found)s”: nothing a customer could be found by is kept here.")
        raise forms.ValidationError(told % {"found": found})
    return text


class CustomersStayOut(forms.Form):
    """``own_words``: the fields whose text must hold nothing a customer could be found by."""

    own_words: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in self.own_words:
            try:
                data[name] = _without_data(data.get(name) or "")
            except forms.ValidationError as error:
                self.add_error(name, error)
        return data


class Money(forms.Form):
    """An amount with its currency: both or neither. ``amount`` names the field of the amount."""

    amount = "value"

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise forms.ValidationError(__("Write three letters, as in EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.amount in self.errors:
            return data
        data[self.amount] = data.get(self.amount) or Decimal(0)
        if data[self.amount] and not data.get("currency") and "currency" not in self.errors:
            self.add_error("currency", __("Say in which currency."))
        return data


def _amount(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=10, decimal_places=2, required=False, localize=False, help_text=help_text
    )


def _currency() -> forms.CharField:
    return forms.CharField(
        label=_("Currency"),
        max_length=3,
        required=False,
        widget=forms.TextInput(attrs={"size": 4, "autocomplete": "off"}),
    )


class NoteForm(CustomersStayOut):
    """Two taps and Save: which kind, how many; the rest is filled in."""

    own_words = ("note",)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(label=_("Which letter"), choices=PracticeNote.Kind.choices, widget=forms.RadioSelect)
    many = forms.TypedChoiceField(
        label=_("How many"),
        choices=[(n, n) for n in range(1, SHOWN_NOTES + 1)],
        coerce=int,
        initial=1,
        widget=forms.RadioSelect,
    )
    customer = forms.ChoiceField(
        label=_("For whom"), choices=Customer.choices, initial=Customer.OUTSIDE, widget=forms.RadioSelect
    )
    day = forms.ChoiceField(
        label=_("When"),
        choices=[("today", _("Today")), ("yesterday", _("Yesterday"))],
        initial="today",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("A reminder for yourself"),
        required=False,
        max_length=300,
        help_text=_("Only you read it. No names and no numbers of customers."),
    )

    def on(self, today: dt.date) -> dt.date:
        return today - dt.timedelta(days=self.cleaned_data["day"] == "yesterday")


assert SHOWN_NOTES <= MOST_NOTES


class IdeaForm(CustomersStayOut, Money):
    amount = "cost"
    own_words = ("title", "what", "phrases")
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    title = forms.CharField(label=_("The idea in a few words"), max_length=120)
    what = forms.CharField(
        label=_("What one does"),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Step by step, so that a colleague can learn it. Find something personal, do something memorable."),
    )
    phrases = forms.CharField(
        label=_("What one says"),
        max_length=800,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The very words, one phrase on each line."),
    )
    behaviour = forms.ModelChoiceField(
        label=_("Which attitude it shows"),
        queryset=Behaviour.objects.none(),
        required=False,
        empty_label=_("None of them"),
    )
    cost = _amount(_("What it costs each time"), _("0 or empty: nothing."))
    currency = _currency()
    named = forms.BooleanField(label=_("Tell colleagues that the idea is mine"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
        field: Any = self.fields["behaviour"]
        field.queryset = attitudes
        field.label_from_instance = lambda one: one.label


class DecideIdeaForm(IdeaForm):
    """The idea as it would be allowed, and why it is changed or declined."""

    reason = forms.CharField(
        label=_("Your words to who had the idea"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where you change or decline it."),
    )
    act = forms.ChoiceField(choices=[("approve", ""), ("decline", "")], widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("key", "named"):
            del self.fields[name]

    @staticmethod
    def filled(idea: Idea) -> dict[str, Any]:
        names = ("title", "what", "phrases", "behaviour", "currency")
        return {**{name: getattr(idea, name) for name in names}, "cost": idea.cost or None}


class OfferForm(Money):
    """What is offered."""

    amends = forms.ChoiceField(label=_("What you offer"), choices=Recovery.Amends.choices, widget=forms.RadioSelect)
    value = _amount(_("What it is worth"), _("What it costs us; empty where it costs nothing."))
    currency = _currency()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("amends") == Recovery.Amends.NONE and data.get("value"):
            self.add_error("value", __("The apology alone costs nothing: choose what you offer, or empty this."))
        return data


class RecoveryForm(CustomersStayOut, OfferForm):
    own_words = ("what",)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    what = forms.CharField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "What went wrong for the customer. No names and no numbers of customers, and no colleague to blame."
        ),
    )
    customer = forms.ChoiceField(
        label=_("To whom"), choices=Customer.choices, initial=Customer.OUTSIDE, widget=forms.RadioSelect
    )
    happened_on = forms.DateField(label=_("When"), widget=forms.DateInput)
    apologised = forms.BooleanField(label=_("I have apologised"), required=False)
    field_order = ("key", "what", "customer", "happened_on", "apologised", "amends", "value", "currency")


class DecideRecoveryForm(forms.Form):
    act = forms.ChoiceField(choices=[("allow", ""), ("refuse", "")], widget=forms.HiddenInput)
    value = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, required=False, localize=False)
    reason = forms.CharField(max_length=500, required=False)


class CloseForm(CustomersStayOut):
    own_words = ("learnt",)
    outcome = forms.ChoiceField(label=_("How it ended"), choices=Recovery.Outcome.choices, widget=forms.RadioSelect)
    learnt = forms.CharField(
        label=_("What we should learn from it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=NOBODY,
    )


class LimitForm(forms.Form):
    """Codes in capitals; ``own`` counts for complaints only: ideas are always asked for."""

    kind = forms.ChoiceField(label=_("For what"), choices=Limit.Kind.choices)
    unit = forms.ModelChoiceField(
        label=_("Where"), queryset=Unit.objects.none(), required=False, empty_label=_("Everywhere")
    )
    job_family = forms.CharField(
        label=_("Role"),
        max_length=120,
        required=False,
        help_text=_("The job family, as the HR import writes it. Empty: every role."),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("As in EUR."))
    own = _amount(_("Who serves may give alone"), _("For ideas: leave empty, permission is asked each time."))
    manager = _amount(
        _("The manager may allow up to"), _("Above it HR decides. Empty: the manager decides on everything.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.open().order_by("path")
        field.label_from_instance = lambda unit: unit.path

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise forms.ValidationError(__("Write three letters, as in EUR."))
        return code

    def clean_job_family(self) -> str:
        role = str(self.cleaned_data["job_family"]).replace("\0", "").strip()
        if role and not Employee.objects.filter(job_family__iexact=role, left_on=None).exists():
            told = __("Nobody works as “%(role)s”. Write the job family as the import does.")
            raise forms.ValidationError(told % {"role": role})
        return role

    def clean_own(self) -> Decimal:
        return self.cleaned_data["own"] or Decimal(0)


class HoursForm(forms.Form):
    hours = forms.IntegerField(
        label=_("Made good within so many hours"),
        min_value=1,
        max_value=720,
        help_text=_("Counted from the moment it is written down. What is open already keeps its own time."),
    )


class LibraryForm(forms.Form):
    """What of the library is shown."""

    q = forms.CharField(label=_("Words"), max_length=80, required=False)
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("All units")
    )
    behaviour = forms.ModelChoiceField(
        label=_("Attitude"), queryset=Behaviour.objects.none(), required=False, empty_label=_("All attitudes")
    )

    def __init__(self, *args: Any, units: Any, behaviours: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, behaviour = self.fields["unit"], self.fields["behaviour"]
        unit.queryset, behaviour.queryset = units, behaviours  # type: ignore[attr-defined]
        behaviour.label_from_instance = lambda one: one.label  # type: ignore[attr-defined]
