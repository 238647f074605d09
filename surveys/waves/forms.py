"""What HR types about a series: guided, with defaults that suit a quarterly survey of everybody for two years."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from culture.access import organisation
from culture.people.models import Employee, Unit
from culture.people.units import descendants
from surveys.instruments.loading import latest_version
from surveys.instruments.models import Instrument
from surveys.waves import cuts, hours, schedule
from surveys.waves import series as series_service
from surveys.waves.forecast import known_families
from surveys.waves.form_fields import InstrumentChoice, UnitChoices
from surveys.waves.models import Series

REPEATS: list[tuple[str, Any]] = [
    ("m3", _("Every quarter")),
    ("m1", _("Every month")),
    ("m2", _("Every two months")),
    ("m6", _("Twice a year")),
    ("m12", _("Once a year")),
    ("w2", _("Every two weeks")),
    ("w4", _("Every four weeks")),
    ("once", _("Only once")),
    ("rule", _("By a rule of my own")),
]
LASTS: list[tuple[str, Any]] = [
    ("1", _("For one year")),
    ("2", _("For two years")),
    ("3", _("For three years")),
    ("", _("Until I end it")),
]
PANELS: list[tuple[int, Any]] = [
    (1, _("Everybody, every time")),
    (2, _("A half each time")),
    (3, _("A third each time")),
    (4, _("A quarter each time")),
    (6, _("A sixth each time")),
]
REMINDERS: list[tuple[str, Any]] = [
    ("usual", _("Half-way, then every few days")),
    ("days", _("On days of my own")),
    ("none", _("No reminders")),
]
LEAD = dt.timedelta(days=14)


class SeriesForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("HR sees it; people read it in their mail."))
    instrument = InstrumentChoice(
        Instrument.objects.usable().order_by("key"), label=_("Questionnaire"), empty_label=None, required=True
    )
    who = forms.ChoiceField(
        label=_("Ask"),
        choices=[
            ("all", _("Everybody")),
            ("units", _("Some units, with everything below them")),
            ("list", _("A list of people")),
        ],
        widget=forms.RadioSelect,
        initial="all",
    )
    audience = UnitChoices(
        Unit.objects.open().order_by("path"),
        label=_("Units"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    numbers = forms.CharField(
        label=_("Employee numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line, or separated by commas."),
    )
    job_families = forms.MultipleChoiceField(
        label=_("Only these job families"), required=False, widget=forms.SelectMultiple(attrs={"size": 5})
    )
    customer_facing = forms.BooleanField(label=_("Only people who work with customers"), required=False)
    first_opens_on = forms.DateField(label=_("First time on"), widget=forms.DateInput(attrs={"type": "date"}))
    repeat = forms.ChoiceField(label=_("Asked"), choices=REPEATS, initial="m3")
    lasts = forms.ChoiceField(label=_("How long"), choices=LASTS, initial="2", required=False)
    rule = forms.CharField(
        label=_("Rule"),
        required=False,
        max_length=300,
        help_text=_("An RRULE of RFC 5545, for example FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU for each first Tuesday."),
    )
    open_days = forms.IntegerField(label=_("Open for … days"), min_value=1, max_value=60, initial=14)
    opens_hour = forms.TypedChoiceField(
        label=_("Opens at"), choices=[(hour, f"{hour:02d}:00") for hour in range(24)], coerce=int, initial=8
    )
    time_zone = forms.CharField(label=_("Time zone"), required=False, max_length=60)
    weekends = forms.BooleanField(label=_("May open at a weekend, too"), required=False)
    reminders = forms.ChoiceField(
        label=_("When to remind"), choices=REMINDERS, widget=forms.RadioSelect, initial="usual", required=False
    )
    reminder_every = forms.IntegerField(
        label=_("Then every … days"), min_value=1, max_value=30, initial=4, required=False
    )
    reminder_most = forms.IntegerField(label=_("At most"), min_value=1, max_value=10, initial=3, required=False)
    reminder_days = forms.CharField(
        label=_("Days after the opening"),
        required=False,
        initial="4, 9",
        help_text=_("Separated by commas."),
    )
    panel = forms.TypedChoiceField(label=_("How many each time"), choices=PANELS, coerce=int, initial=1)
    minutes_budget = forms.IntegerField(
        label=_("At most … minutes a quarter"),
        min_value=1,
        max_value=600,
        required=False,
        help_text=_("Over all surveys. Who was asked for that long already is left out. Empty: no limit."),
    )
    joined_weeks = forms.IntegerField(
        label=_("Not who joined in the last … weeks"), min_value=0, max_value=52, initial=4, required=False
    )
    k = forms.TypedChoiceField(
        label=_("Smallest group shown"),
        choices=[(k, _("%(k)s people") % {"k": k}) for k in series_service.K_CHOICES],
        coerce=int,
        initial=lambda: organisation.current().k,
        help_text=_("Results of fewer people are never shown to anybody. Cannot be changed once a wave is open."),
    )
    max_providers = forms.TypedChoiceField(
        label=_("Departments each person is asked about"),
        choices=[(n, n) for n in range(1, 7)],
        coerce=int,
        initial=3,
        help_text=_("At most, of those his unit uses by the service map."),
    )
    cuts = forms.MultipleChoiceField(
        label=_("Results also by"),
        choices=list(cuts.NAMES.items()),
        initial=cuts.default,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "As well as by unit. A category needs twice as many people as the smallest group shown, and is kept with "
            "an answer only where enough people of the unit share it. Cannot be changed once a wave is open."
        ),
    )
    matters = forms.IntegerField(
        label=_("Smallest change that matters"),
        min_value=1,
        max_value=20,
        initial=5,
        required=False,
        help_text=_("In points of 100. Where even such a change could be chance, results say “too few to tell”."),
    )
    barrier_at = forms.FloatField(
        label=_("Falls short at or below"),
        min_value=2,
        max_value=4,
        initial=3.0,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
        help_text=_("Somebody's mean of 1 to 5 in wanting, knowing how or being able to."),
    )
    quadrant_at = forms.FloatField(
        label=_("Good service from"),
        min_value=2,
        max_value=4.5,
        initial=3.5,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
        help_text=_("Mean of 1 to 5 from which treatment and competence count as good."),
    )
    receipts = forms.BooleanField(
        label=_("Give receipts"),
        required=False,
        help_text=_(
            "Everybody gets a code after sending, with which he can check that his envelope was counted. It proves "
            "nothing else, but a boss could demand it: leave it off unless people ask for it. Cannot be changed once a "
            "wave is open."
        ),
    )

    def __init__(self, *args: Any, today: dt.date, changed: Series | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.changed = today, changed
        self.fields["instrument"].offer()  # type: ignore[attr-defined]
        families = sorted({*known_families(), *(changed.job_families if changed else ())})
        self.fields["job_families"].choices = [(name, name) for name in families]  # type: ignore[attr-defined]
        zone = changed.time_zone if changed and changed.time_zone else organisation.current().time_zone
        self.fields["time_zone"].initial = zone
        for name in ("matters", "barrier_at", "quadrant_at"):
            self.fields[name].needed_when_used = True  # type: ignore[attr-defined]
        for name in ("audience", "numbers", "lasts", "rule", "reminders", "reminder_every", "reminder_most"):
            # Shown only where they are needed, or filled in already: not "optional".
            self.fields[name].needed_when_used = True  # type: ignore[attr-defined]
        self.fields["reminder_days"].needed_when_used = True  # type: ignore[attr-defined]

    # -- fields ------------------------------------------------------------------------------------------------------

    def clean_instrument(self) -> Instrument:
        instrument: Instrument = self.cleaned_data["instrument"]
        if instrument.pk is None:
            return instrument
        version = latest_version(instrument)
        if version is None or not version.items.exists():
            raise ValidationError(_("This questionnaire has no questions yet. Write them first, or choose another."))
        return instrument

    def clean_first_opens_on(self) -> dt.date:
        day = self.cleaned_data["first_opens_on"]
        known = self.changed.first_opens_on if self.changed else None
        if day < self.today and day != known:
            raise ValidationError(_("This day is over. Choose today or later."))
        if day.year > self.today.year + 10:
            raise ValidationError(_("Choose a day within ten years."))
        return day

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"].strip()
        if zone and not hours.is_zone(zone):
            raise ValidationError(_("Choose a time zone of the list, such as Europe/Rome."))
        return "" if zone == organisation.current().time_zone else zone

    def clean_reminder_days(self) -> list[int]:
        if self.cleaned_data.get("reminders") != "days":
            return []
        parts = [part for part in re.split(r"[\s,;]+", self.cleaned_data["reminder_days"].strip()) if part]
        if not parts or not all(re.fullmatch(r"[0-9]{1,2}", part) for part in parts):
            raise ValidationError(_("Write whole numbers of days separated by commas, for example 4, 9."))
        return sorted({int(part) for part in parts})

    def clean_numbers(self) -> list[int]:
        if self.cleaned_data.get("who") != "list":
            return []
        wanted = list(dict.fromkeys(part for part in re.split(r"[\s,;]+", self.cleaned_data["numbers"]) if part))
        if not wanted:
            raise ValidationError(_("Write at least one employee number."))
        known = dict(Employee.objects.filter(number__in=wanted).values_list("number", "pk"))
        missing = [number for number in wanted if number not in known]
        if missing:
            text = ngettext("Nobody has the number %(names)s.", "Nobody has the numbers %(names)s.", len(missing))
            raise ValidationError(text % {"names": ", ".join(missing[:10])})
        return sorted(known.values())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("who") == "units" and not data.get("audience") and "audience" not in self.errors:
            self.add_error("audience", _("Choose at least one unit."))
        if data.get("repeat") == "rule" and not data.get("rule"):
            self.add_error("rule", _("Write a rule, or choose how often above."))
        if not self.errors and self.nobody(data):
            field = {"all": "who", "units": "audience", "list": "numbers"}[data["who"]]
            self.add_error(field, _("Nobody who works here now would be asked. Choose more units or people."))
        return data

    def nobody(self, data: dict[str, Any]) -> bool:
        people = Employee.objects.here(max(self.today, data["first_opens_on"])).filter(
            is_active=True, unit__isnull=False
        )
        if data["who"] == "units":
            people = people.filter(unit__in=descendants(unit.pk for unit in data["audience"]))
        if data["who"] == "list":
            people = people.filter(pk__in=data["numbers"])
        if data["job_families"]:
            people = people.filter(job_family__in=data["job_families"])
        if data["customer_facing"]:
            people = people.filter(customer_facing=True)
        return not people.exists()

    # -- what the service takes --------------------------------------------------------------------------------------

    def arguments(self, blackouts: list[hours.Blackout]) -> dict[str, Any]:
        """The cleaned input as FIELDS of a series."""
        data = self.cleaned_data
        usual = data["reminders"] != "none"
        return {
            "name": data["name"].strip(),
            "instrument": data["instrument"],
            "audience": sorted(unit.pk for unit in data["audience"]) if data["who"] == "units" else [],
            "employees": data["numbers"],
            "job_families": data["job_families"],
            "customer_facing": data["customer_facing"],
            "first_opens_on": data["first_opens_on"],
            "rule": rule_of(data["repeat"], data["lasts"], data["rule"], data["first_opens_on"]),
            "time_zone": data["time_zone"],
            "opens_hour": data["opens_hour"],
            "weekends": data["weekends"],
            "blackout": hours.written(blackouts),
            "open_days": data["open_days"],
            "reminder_days": data["reminder_days"],
            "reminder_every": data["reminder_every"] or schedule.REMIND_EVERY,
            "reminder_most": (data["reminder_most"] or schedule.REMIND_MOST) if usual else 0,
            "panel": data["panel"],
            "minutes_budget": data["minutes_budget"],
            "joined_weeks": data["joined_weeks"] or 0,
            "k": data["k"],
            "max_providers": data["max_providers"],
            "receipts": data["receipts"],
            "cuts": data["cuts"],
            "matters": data["matters"] or 5,
            "barrier_at": data["barrier_at"] or 3.0,
            "quadrant_at": data["quadrant_at"] or 3.5,
        }

    def refuse(self, errors: dict[str, Any]) -> None:
        """Put what a service refused beside the field it was typed in."""
        simple = self.cleaned_data.get("repeat") != "rule"
        places = {"rule": "repeat" if simple else "rule", "employees": "numbers", "blackout": None}
        for field, words in errors.items():
            self.add_error(places.get(field, field if field in self.fields else None), words)


def rule_of(repeat: str, lasts: str, rule: str, first: dt.date) -> str:
    """The RRULE of the choices in words."""
    years = int(lasts or 0)
    if repeat == "rule":
        return rule.strip().upper().removeprefix("RRULE:")
    if repeat == "once":
        return schedule.once()
    number = int(repeat[1:])
    if repeat[0] == "m":
        return schedule.monthly(first, number, years * 12 // number)
    return schedule.weekly(number, years * 52 // number)


def initial_of(series: Series) -> dict[str, Any]:
    """The form as it would have been filled in for the series."""
    repeat, lasts = "rule", ""
    for one, _words in REPEATS:
        for years, _told in LASTS:
            if one != "rule" and rule_of(one, years, "", series.first_opens_on) == series.rule:
                repeat, lasts = one, years
    numbers = Employee.objects.filter(pk__in=series.employees).order_by("number").values_list("number", flat=True)
    return {
        **{field: getattr(series, field) for field in series_service.FIELDS},
        "who": "units" if series.audience else "list" if series.employees else "all",
        "numbers": "\n".join(numbers),
        "repeat": repeat,
        "lasts": lasts,
        "rule": series.rule if repeat == "rule" else "",
        "time_zone": series_service.zone_of(series),
        "reminders": "none" if not series.reminder_most else "days" if series.reminder_days else "usual",
        "reminder_days": ", ".join(str(day) for day in series.reminder_days) or "4, 9",
        "reminder_most": series.reminder_most or schedule.REMIND_MOST,
    }


def first_day(today: dt.date) -> dt.date:
    """A good first day to propose: a Tuesday in some two weeks."""
    day = today + LEAD
    return day + dt.timedelta(days=(1 - day.weekday()) % 7)


class ExtendForm(forms.Form):
    closes_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stays with the wave, for whoever looks at it later. Name nobody."),
    )


__all__ = ["CancelForm", "ExtendForm", "SeriesForm", "initial_of"]
