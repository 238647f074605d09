"""Keys with which software reads the API for one person."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LONGEST_LIFE = dt.timedelta(days=366)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def open(self, now: dt.datetime) -> ApiTokenQuerySet:
        """Those that open the API at ``now``."""
        return self.filter(ended_at=None, expires_at__gt=now)

    def over(self, before: dt.datetime) -> ApiTokenQuerySet:
        """Those that opened nothing more at the moment ``before``."""
        return self.filter(Q(ended_at__lt=before) | Q(expires_at__lt=before))


class ApiToken(models.Model):
    """A key of its owner. ``digest`` (SHA-256) of its secret, which is shown once; ``hint`` its last four signs.

    ``second_factor``: made in a session that had passed one. ``may_change``: it may write, too, where its owner may.
    """

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    may_change = models.BooleanField(default=False)
    second_factor = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST_LIFE),
                name="api_token_expires_within_a_year",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="api_token_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"
