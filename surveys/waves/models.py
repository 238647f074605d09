"""Series and waves, who is asked about whom, and every message as a row."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from culture.people.models import Unit
from surveys.instruments.models import Instrument, InstrumentVersion


class ServiceLink(models.Model):
    """``customer`` uses the service of ``provider``."""

    customer = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    provider = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=120, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "provider"], name="link_once"),
            models.CheckConstraint(condition=~Q(customer=F("provider")), name="link_not_to_itself"),
        ]


class Series(models.Model):
    """The recurring survey. ``audience``: unit ids (with everything below); empty means the whole organisation."""

    name = models.CharField(max_length=200)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="series")
    audience = ArrayField(models.BigIntegerField(), default=list, blank=True)
    first_opens_on = models.DateField()
    every_months = models.PositiveSmallIntegerField(default=3)
    occurrences = models.PositiveSmallIntegerField(default=12)
    open_days = models.PositiveSmallIntegerField(default=14)
    reminder_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    k = models.PositiveSmallIntegerField(default=5)
    max_providers = models.PositiveSmallIntegerField(default=3)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(k__gte=5), name="series_k_at_least_5"),
            models.CheckConstraint(condition=Q(open_days__gte=1), name="series_open_a_day"),
            models.CheckConstraint(condition=Q(every_months__gte=1), name="series_recurs"),
        ]

    def __str__(self) -> str:
        return self.name


class Wave(models.Model):
    """One occurrence. Opening freezes everything it needs into it.

    ``rules``: {"k": 5, "band_to": 7, "distribution_from": 20, "comment_home": 10, "score_detail_from": 8}
    ``snapshot``: {"units": [{"id", "name", "parent", "block"}], "blocks": [{"id": its first unit's, "name",
    "units": [ids], "parent", "invited"}], "items": [{code, kind, about, dimension, facet, requirements,
    text, section, required, cannot_judge}]} as of opening.
    ``participation``: {"on": date, "groups": [{"unit", "name", "depth", "invited", "share"}]}: one day, rounded.
    ``closes_on`` is the last day; "close now" brings it forward to today, and then the wave closes at once.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        OPENING = "opening", "Opening"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        RELEASED = "released", "Released"
        CANCELLED = "cancelled", "Cancelled"

    series = models.ForeignKey(Series, models.PROTECT, related_name="waves")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey(InstrumentVersion, models.PROTECT, null=True, blank=True, related_name="waves")
    opens_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SCHEDULED)
    rules = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    public_key = models.BinaryField(null=True, blank=True)
    participation = models.JSONField(default=dict)
    invited = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opens_on", "series"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="wave_number_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="wave_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.series.name}, wave {self.number}"


class Invitation(models.Model):
    """Somebody is asked in a wave, about ``providers`` (unit ids). Deleted after the release, with its messages.

    ``block`` is the reporting block's id in the wave's snapshot. No time of opening or answering is kept.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        ANSWERED = "answered", "Answered"
        DECLINED = "declined", "Declined"

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    block = models.BigIntegerField()
    providers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "employee"], name="invited_once")]


class Message(models.Model):
    """One mail: due → claimed → sent or failed. ``kind`` invitation or reminder; ``number`` 0 for the invitation."""

    class State(models.TextChoices):
        DUE = "due", "Due"
        CLAIMED = "claimed", "Claimed"
        SENT = "sent", "Sent"
        SKIPPED = "skipped", "Not needed any more"
        FAILED = "failed", "Failed"

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=[("invitation", "Invitation"), ("reminder", "Reminder")])
    number = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_on = models.DateField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitation", "kind", "number"], name="message_once")]
        indexes = [models.Index(fields=["state", "due_on"], name="message_due")]
