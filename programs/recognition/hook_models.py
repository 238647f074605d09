"""Addresses of other programs that are told what happens with points and rewards, and every call to them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Hook(models.Model):
    """One address. Its signing secret is derived from ``salt`` and shown once; ``failures``: calls given up in a row.

    ``disabled_at``: stopped by itself after those, or by HR.
    """

    name = models.CharField(max_length=80)
    url = models.URLField(max_length=500)
    salt = models.CharField(max_length=64)
    events = ArrayField(models.CharField(max_length=40))
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, default="")
    disabled_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class HookCall(models.Model):
    """One thing to tell one address, once. Nothing but ids is kept: what is said is read when it is sent."""

    class State(models.TextChoices):
        DUE = "due", _("Waits")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Given up")
        DROPPED = "dropped", _("Not to be told any more")

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="calls")
    event = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["hook", "event", "subject"], name="hook_told_once")]
        indexes = [models.Index(fields=["retry_at", "id"], condition=Q(state="due"), name="hook_call_due")]
