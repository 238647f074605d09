"""Series and waves, who is asked about whom, and every message as a row."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.instruments.models import Instrument, InstrumentVersion
from surveys.waves import cuts
from surveys.waves.link_models import LinkProposal as LinkProposal
from surveys.waves.link_models import ServiceLink as ServiceLink
from surveys.waves.message_models import Message as Message


class Series(models.Model):
    """The recurring survey.

    Who is asked: everybody, or who works in the units ``audience`` (with everything below), or the ``employees`` (ids,
    as a program gives them); of these only ``job_families`` and only ``customer_facing``, where given. When: ``rule``
    (an RRULE) from ``first_opens_on``, in ``time_zone`` ('': the organisation's), never on days of ``blackout``
    ([{"first", "last", "name", "yearly"}]) nor, unless ``weekends``, at one. ``panel``: 1 of so many is asked each
    time. ``matters``: the smallest change worth telling, in points of 100; ``barrier_at`` (scale 1–5): at or below it
    somebody falls short; ``quadrant_at``: from it on treatment or competence counts as good. ``minutes_budget``:
    survey minutes a person may be asked for in a quarter, over all series. ``cuts``: by what else than units results
    are told (keys of surveys.waves.cuts).
    """

    name = models.CharField(max_length=200)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="series")
    audience = ArrayField(models.BigIntegerField(), default=list, blank=True)
    employees = ArrayField(models.BigIntegerField(), default=list, blank=True)
    job_families = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    customer_facing = models.BooleanField(default=False)
    first_opens_on = models.DateField()
    rule = models.CharField(max_length=300, default="FREQ=MONTHLY;INTERVAL=3;COUNT=12")
    time_zone = models.CharField(max_length=60, blank=True)
    opens_hour = models.PositiveSmallIntegerField(default=0)
    weekends = models.BooleanField(default=True)
    blackout = models.JSONField(default=list, blank=True)
    open_days = models.PositiveSmallIntegerField(default=14)
    reminder_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    reminder_every = models.PositiveSmallIntegerField(default=4)
    reminder_most = models.PositiveSmallIntegerField(default=3)
    panel = models.PositiveSmallIntegerField(default=1)
    minutes_budget = models.PositiveSmallIntegerField(null=True, blank=True)
    joined_weeks = models.PositiveSmallIntegerField(default=0)
    k = models.PositiveSmallIntegerField(default=5)
    max_providers = models.PositiveSmallIntegerField(default=3)
    cuts = ArrayField(models.CharField(max_length=20), default=cuts.default, blank=True)
    receipts = models.BooleanField(default=False, db_default=False)
    matters = models.PositiveSmallIntegerField(default=5, db_default=5)
    barrier_at = models.FloatField(default=3.0, db_default=3.0)
    quadrant_at = models.FloatField(default=3.5, db_default=3.5)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(matters__gte=1, matters__lte=20), name="series_matters_1_to_20"),
            models.CheckConstraint(
                condition=Q(barrier_at__gt=1, barrier_at__lt=5, quadrant_at__gt=1, quadrant_at__lt=5),
                name="series_cuts_inside_the_scale",
            ),
            models.CheckConstraint(condition=Q(k__gte=5), name="series_k_at_least_5"),
            models.CheckConstraint(condition=Q(open_days__gte=1), name="series_open_a_day"),
            models.CheckConstraint(condition=~Q(rule=""), name="series_recurs"),
            models.CheckConstraint(condition=Q(opens_hour__lte=23), name="series_opens_at_an_hour"),
            models.CheckConstraint(condition=Q(panel__gte=1, panel__lte=12), name="series_panel_of_12_at_most"),
            models.CheckConstraint(
                condition=Q(reminder_most__lte=10, reminder_every__gte=1), name="series_reminds_seldom"
            ),
            models.CheckConstraint(
                condition=Q(minutes_budget__isnull=True) | Q(minutes_budget__gte=1), name="series_budget_of_minutes"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Wave(models.Model):
    """One occurrence. Opening freezes everything it needs into it.

    ``rules``: {"k": 5, "band_to": 7, "distribution_from": 20, "comment_home": 10, "score_detail_from": 8}; of a panel
    "panel" (its size), "panel_turn" (from 0), "panel_since" (the wave its places were dealt for), too.
    ``snapshot``: {"units": [{"id", "name", "parent", "block"}], "blocks": [{"id": its first unit's, "name",
    "units": [ids], "parent", "invited"}], "items": [{code, kind, about, dimension, facet, requirements,
    text, section, required, cannot_judge}]} as of opening.
    ``participation``: {"on": date, "groups": [{"unit", "name", "depth", "invited", "share"}]}: one day, rounded.
    ``curve``: what was told of the whole on each day: [{"day": days since the opening, "percent": 5-point step}].
    ``left_out``: {"leave", "joined", "burden", "panel": how many}. ``progress``: {"step", "of", "people"}.
    ``reminders``: the days it opened with. ``planned_on`` is the rule's day; ``closes_on`` the last day. "Close now"
    brings it forward to today and marks the wave ``closing``: then it closes at once. ``opening_since`` is a worker's
    lease on an opening. ``mails_dropped``: it ended, and nothing of it waits to be sent. A trigger refuses going back.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("On hold")
        SCHEDULED = "scheduled", _("Scheduled")
        OPENING = "opening", _("Opening")
        OPEN = "open", pgettext_lazy("wave", "Open")
        CLOSED = "closed", pgettext_lazy("wave", "Closed")
        RELEASED = "released", _("Released")
        CANCELLED = "cancelled", _("Cancelled")

    series = models.ForeignKey(Series, models.PROTECT, related_name="waves")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey(InstrumentVersion, models.PROTECT, null=True, blank=True, related_name="waves")
    planned_on = models.DateField(null=True, blank=True)
    opens_on = models.DateField()
    closes_on = models.DateField()
    closing = models.BooleanField(default=False, db_default=False)
    mails_paused = models.BooleanField(default=False, db_default=False)
    mails_dropped = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SCHEDULED)
    rules = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    public_key = models.BinaryField(null=True, blank=True)
    earlier_keys = ArrayField(models.BinaryField(), default=list, db_default=[], blank=True)
    participation = models.JSONField(default=dict)
    curve = models.JSONField(default=list)
    left_out = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    reminders = ArrayField(models.DateField(), default=list, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    invited = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    opening_since = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opens_on", "series"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="wave_number_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="wave_in_order"),
            # Nobody is asked the same twice at a time.
            models.UniqueConstraint(
                fields=["series"], condition=Q(state__in=["opening", "open"]), name="wave_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""), name="wave_cancelled_for_a_reason"
            ),
        ]
        indexes = [
            # What the tick looks for, however many waves were released before.
            models.Index(
                fields=["state", "opens_on"],
                condition=Q(state__in=["scheduled", "opening", "open", "closed"]),
                name="wave_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series.name}, wave {self.number}"


class UnitMerge(models.Model):
    """Units HR wants reported together because they are small; holds for all later waves of every series."""

    units = ArrayField(models.BigIntegerField())
    since = models.DateField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(units__len__gte=2), name="merge_of_two")]


class PanelPlace(models.Model):
    """Whose turn is when in a series that asks 1 of ``panel`` each time: slot 0 first."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="places")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    slot = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "employee"], name="panel_place_once")]


class Burden(models.Model):
    """For how many minutes of surveys a person was asked in a quarter (its first day). Gone when the quarter is."""

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    quarter = models.DateField()
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quarter", "employee"], name="burden_once")]


class Invitation(models.Model):
    """Somebody is asked in a wave, about ``providers`` (unit ids). Deleted after the release, with its messages.

    ``block`` is the reporting block's id in the wave's snapshot. ``address_mark`` says which address the personal link
    is bound to (see keys.address_mark; null: a wave opened before that was kept). ``promises``: those he is asked
    about (ids of asked_models.AskedPromise.promise). No time of opening or answering is kept.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        DECLINED = "declined", _("Declined")

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    block = models.BigIntegerField()
    providers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    cuts = ArrayField(models.SmallIntegerField(), default=list, db_default=models.Value([]), blank=True)
    promises = ArrayField(models.BigIntegerField(), default=list, db_default=models.Value([]), blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    address_mark = models.BinaryField(max_length=12, null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "employee"], name="invited_once")]
