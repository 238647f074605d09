"""What is typed about roles and about the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.access.grants import LONGEST_REASON, givable
from culture.access.models import Role
from culture.access.permissions import Permission, sees_everything, visible_units
from culture.access.sentences import TOPICS
from culture.access.table import HOW, Persona
from culture.people.models import Employee, Unit
from culture.people.rows import SEPARATOR

OFFERED = 8
LISTED = 300
WHOLE, ONE = "whole", "unit"


def words(text: str) -> str:
    """Typed text as the database can take it."""
    return text.replace("\0", "").strip()


class GiveForm(forms.Form):
    """A role for somebody. The unit is typed: its path, or a part of it; several that match are offered."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    scope = forms.ChoiceField(label=_("Where"), widget=forms.RadioSelect)
    unit = forms.CharField(
        label=_("Unit"),
        required=False,
        max_length=1000,
        help_text=_("Only for a unit: its name, or a part of it. The role reaches everything below it, too."),
    )
    since = forms.DateField(label=_("From"), widget=forms.DateInput, help_text=_("Today or later."))
    until = forms.DateField(
        label=pgettext_lazy("day", "To"),
        required=False,
        widget=forms.DateInput,
        help_text=_("The last day. Empty: open."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Why does this person need it? Auditors read it.")
    )

    def __init__(self, *args: Any, by: Employee, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"since": today})
        super().__init__(*args, **kwargs)
        self.whole = sees_everything(by, Permission.MANAGE_ACCESS)
        self.units: QuerySet[Unit] = visible_units(by, Permission.MANAGE_ACCESS).filter(
            Q(until=None) | Q(until__gte=today)
        )
        self.candidates: list[Unit] = []
        some = None if self.whole else self.units.order_by("path").first()
        roles = givable(by, some) if self.whole or some else []
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]
        scopes = [(WHOLE, _("The whole organisation")), (ONE, _("One unit and everything below it"))]
        self.fields["scope"].choices = scopes if self.whole else scopes[1:]  # type: ignore[attr-defined]
        if not self.whole:
            self.fields["scope"].initial = ONE
            self.fields["scope"].widget = forms.HiddenInput()
            self.fields["unit"].required = True
        self.hints = [(Role(role).label, HOW[Persona(role)]) for role in roles]

    @property
    def known_paths(self) -> list[str]:
        """Offered while typing, where they are few enough for a page."""
        paths = list(self.units.order_by("path").values_list("path", flat=True)[: LISTED + 1])
        return paths if len(paths) <= LISTED else []

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("scope") == WHOLE:
            data["place"] = None
            if data.get("unit"):
                self.add_error("scope", _("You typed a unit, too. Choose “One unit”, or empty the unit."))
        elif "unit" in data and data.get("scope"):
            data["place"] = self._unit(words(data["unit"]))
        return data

    def _unit(self, typed: str) -> Unit | None:
        """The unit that is meant. What only stands above a unit's own name in its path never means that unit."""
        if not typed:
            self.add_error("unit", _("Type the unit's name."))
            return None
        if exact := self.units.filter(path__iexact=typed).first():
            return exact
        found = [unit for unit in self.units.filter(path__icontains=typed).order_by("path") if names_it(unit, typed)]
        chosen = self.data.get("unit_choice", "")
        if chosen.isdecimal() and (one := next((unit for unit in found if str(unit.pk) == chosen), None)):
            return one
        above = None if self.whole else self._above(typed)
        named = [unit for unit in found if unit.name.casefold() == typed.casefold()] or found
        if len(named) == 1 and not above:
            return named[0]
        if named:
            self.candidates = named[:OFFERED]
            several = _("Several units match “%(unit)s”. Choose one of them here, or type more of its path.")
            told = [above or "", several % {"unit": typed} if len(named) > 1 else ""]
            self.add_error("unit", " ".join(filter(None, told)))
        else:
            unknown = _("No unit of yours is called “%(unit)s”. Look at the page Units.")
            self.add_error("unit", above or unknown % {"unit": typed})
        return None

    def _above(self, typed: str) -> str:
        """A refusal, when ``typed`` names something his units lie in (their paths show it): that is not his to give."""
        wanted = typed.casefold()
        for path in self.units.order_by("path").values_list("path", flat=True)[:LISTED]:
            levels = path.split(SEPARATOR)[:-1]
            for depth, name in enumerate(levels, start=1):
                upper = SEPARATOR.join(levels[:depth])
                if wanted in (name.casefold(), upper.casefold()) and not self.units.filter(path=upper).exists():
                    told = _("“%(unit)s” lies above your units: HR of the whole organisation gives roles there.")
                    return str(told % {"unit": typed})
        return ""


def names_it(unit: Unit, typed: str) -> bool:
    """Whether ``typed``, a part of the path, reaches into the unit's own name."""
    path, wanted = unit.path.casefold(), typed.casefold()
    return path.rfind(wanted) + len(wanted) > path.rfind(SEPARATOR) + len(SEPARATOR) if SEPARATOR in path else True


class EndForm(forms.Form):
    on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Empty: at once."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)


STATES = [("now", _("In force today")), ("planned", _("Planned")), ("over", _("Ended")), ("all", _("All"))]


class GrantFilter(forms.Form):
    q = forms.CharField(label=_("Person or unit"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices])
    state = forms.ChoiceField(label=_("When"), required=False, choices=STATES)

    def clean_q(self) -> str:
        return words(self.cleaned_data["q"])


class AuditFilter(forms.Form):
    q = forms.CharField(label=_("Person, action or subject"), required=False, max_length=100)
    topic = forms.ChoiceField(
        label=_("About"),
        required=False,
        choices=[("", _("Everything")), *((key, label) for key, (label, _verbs) in TOPICS.items())],
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput)
    until = forms.DateField(label=pgettext_lazy("day", "To"), required=False, widget=forms.DateInput)

    def clean_q(self) -> str:
        return words(self.cleaned_data["q"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("The last day is before the first one."))
        return data
