"""Erasures, what delays them, and how long each kind of data is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Erasure(models.Model):
    """A leaver whose identity was removed: the employee's row stays and points at nobody any more.

    ``counts``: {what: how many rows were removed or cleared}. Holds nothing of what was removed.
    """

    class Why(models.TextChoices):
        REQUEST = "request", _("asked for")
        PERIOD = "period", _("retention period over")

    employee = models.OneToOneField(PERSON, models.PROTECT, related_name="erasure")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=8, choices=Why.choices)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]


class PlannedErasure(models.Model):
    """A leaver whose period is over: announced on ``noticed_on``, erased by the tick on ``due_on`` at the earliest."""

    employee = models.OneToOneField(PERSON, models.CASCADE, related_name="planned_erasure")
    noticed_on = models.DateField()
    due_on = models.DateField()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=models.F("noticed_on")), name="erasure_announced_before")
        ]


class LegalHold(models.Model):
    """Nothing of this person is erased or expires while it lasts. He can read the reason among his own data."""

    employee = models.ForeignKey(PERSON, models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=500)
    since = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["employee"], condition=Q(lifted_at__isnull=True), name="hold_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_reason"),
        ]


class RetentionRule(models.Model):
    """How many days one kind of data is kept (``days`` NULL: the kind's default), and when the tick looks again."""

    kind = models.SlugField(max_length=40, unique=True)
    days = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    next_run_at = models.DateTimeField(null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_removed = models.PositiveIntegerField(default=0)


class RetentionPause(models.Model):
    """While one is running, the tick removes nothing at all."""

    since = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500)
    running = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["running"], condition=Q(running=True), name="retention_paused_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_reason"),
            models.CheckConstraint(
                condition=Q(running=True, ended_at__isnull=True) | Q(running=False, ended_at__isnull=False),
                name="pause_ended_when_not_running",
            ),
        ]
