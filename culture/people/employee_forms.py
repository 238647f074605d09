"""What HR types about people: who comes, moves, is away, leaves, comes back."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access import organisation
from culture.people.models import Employee, Leave, Unit, known_language, known_zone
from culture.people.unit_forms import DayField, UnitField

MOST_SHOWN = 4
IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")


class PersonField(forms.CharField):
    """Somebody by number, by “Name (number)”, or by a name only one bears."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 300)
        widget = forms.TextInput(attrs={"data-suggest": reverse_lazy("people:suggest_people"), "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)
        self.people: QuerySet[Employee] = Employee.objects.none()

    def prepare_value(self, value: Any) -> Any:
        return f"{value.name} ({value.number})" if isinstance(value, Employee) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self._found(text.strip()) if text else None

    def _found(self, text: str) -> Employee:
        if "\0" in text:
            raise ValidationError(_("Nobody is found by that."))
        bracketed = IN_BRACKETS.search(text)
        for number in filter(None, (bracketed.group(1).strip() if bracketed else "", text)):
            if (person := self.people.filter(number=number).first()) is not None:
                return person
        found = list(self.people.found_by(text).order_by("pk")[: MOST_SHOWN + 1])  # type: ignore[attr-defined]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("Nobody here is called “%(text)s” or has that number.") % {"text": text})
        names = "; ".join(f"{one.name} ({one.number})" for one in found[:MOST_SHOWN])
        raise ValidationError(
            _("Several people fit “%(text)s”. Write the number, too: %(names)s.") % {"text": text, "names": names}
        )


class ZoneField(forms.CharField):
    """An IANA time zone, with the known ones as suggestions of the browser."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "zones", "autocomplete": "off"})
        super().__init__(max_length=64, validators=[known_zone], widget=widget, **kwargs)


def zones() -> list[str]:
    return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))


class PeopleForm(forms.Form):
    """Base: knows which units and people may be named."""

    title: Any = ""
    submit: Any = gettext_lazy("Save")

    def __init__(self, *args: Any, units: QuerySet[Unit], people: QuerySet[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.units = units
            elif isinstance(field, PersonField):
                field.people = people


class DetailsForm(PeopleForm):
    """Who somebody is: corrected without a date."""

    title, submit = gettext_lazy("Correct data"), gettext_lazy("Save the correction")
    number = forms.CharField(label=gettext_lazy("Employee number"), max_length=40)
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=120)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("Leave it empty for somebody without one: surveys then work by code or kiosk."),
    )
    hired_on = DayField(
        label=gettext_lazy("First day"), help_text=gettext_lazy("The first membership begins that day.")
    )
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=160, required=False)
    job_family = forms.CharField(label=gettext_lazy("Job family"), max_length=120, required=False)
    site = forms.CharField(label=gettext_lazy("Site"), max_length=120, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=organisation.language_choices,
        validators=[known_language],
        help_text=gettext_lazy("The languages your organisation uses: see Organisation."),
    )
    time_zone = ZoneField(label=gettext_lazy("Time zone"), help_text=gettext_lazy("Such as Europe/Rome."))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Employee.Kind.choices)
    customer_facing = forms.BooleanField(label=gettext_lazy("Works with customers"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Somebody who speaks another one, as an import said, keeps it when a name is corrected.
        now = str(self.initial.get("language") or "")
        self.fields["language"].choices = organisation.language_choices(now)  # type: ignore[attr-defined]


class JoinForm(DetailsForm):
    title, submit = gettext_lazy("Add a person"), gettext_lazy("Add the person")
    unit = UnitField(label=gettext_lazy("Unit"))
    manager = PersonField(label=gettext_lazy("Manager"), required=False)
    field_order = ["given_name", "family_name", "number", "email", "unit", "manager", "hired_on"]


class MoveForm(PeopleForm):
    title, submit = gettext_lazy("Move"), gettext_lazy("Move the person")
    to = UnitField(label=gettext_lazy("New unit"))
    on = DayField(label=gettext_lazy("From"), help_text=gettext_lazy("A day to come is planned and can be cancelled."))


class ManagerForm(PeopleForm):
    title, submit = gettext_lazy("Change manager"), gettext_lazy("Change the manager")
    to = PersonField(
        label=gettext_lazy("New manager"), required=False, help_text=gettext_lazy("Leave it empty for nobody.")
    )
    on = DayField(label=gettext_lazy("From"))


class LeaveForm(PeopleForm):
    title, submit = gettext_lazy("Leave of absence"), gettext_lazy("Record the leave")
    since = DayField(label=gettext_lazy("First day away"))
    until = DayField(
        label=gettext_lazy("Last day away"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it is not known."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=Leave.Kind.choices,
        required=False,
        help_text=gettext_lazy("Not needed. Never note anything about health or family."),
    )


class ReturnForm(PeopleForm):
    title, submit = gettext_lazy("Back from leave"), gettext_lazy("Record the return")
    back_on = DayField(label=gettext_lazy("First day back"))


class LeavingForm(PeopleForm):
    title, submit = gettext_lazy("Record leaving"), gettext_lazy("Record the leaving")
    last_day = DayField(label=gettext_lazy("Last day"))
    successor = PersonField(
        label=gettext_lazy("Who leads the team afterwards"),
        required=False,
        help_text=gettext_lazy("Only for a manager. Left empty, the team keeps the leaver's name until you change it."),
    )


class RehireForm(PeopleForm):
    title, submit = gettext_lazy("Back in the organisation"), gettext_lazy("Record the return")
    unit = UnitField(label=gettext_lazy("Unit"))
    manager = PersonField(label=gettext_lazy("Manager"), required=False)
    on = DayField(
        label=gettext_lazy("First day"), help_text=gettext_lazy("A day to come is planned and can be cancelled.")
    )
