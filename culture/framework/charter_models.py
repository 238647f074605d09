"""The charter: what the organisation wants its service to be. Triggers keep published versions as they are."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from culture.framework.texts import pick


class CharterQuerySet(models.QuerySet["CharterVersion"]):
    def published(self) -> CharterQuerySet:
        """Newest first."""
        return self.filter(state=CharterVersion.State.PUBLISHED).order_by("-number")

    def effective(self, on: dt.date) -> CharterQuerySet:
        """Published, and their date has come; the first of them is in force on ``on``."""
        return self.published().filter(effective_on__lte=on)


class CharterVersion(models.Model):
    """One wording of the charter. The texts are ``{language: Markdown}``; ``number`` comes with publishing.

    In force on a day is the newest published version whose ``effective_on`` has come. ``revision`` counts the saves of
    a draft, so that two people who edit it at once do not overwrite each other unseen.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    mission = models.JSONField(default=dict, blank=True)
    philosophy = models.JSONField(default=dict, blank=True)
    strategy = models.JSONField(default=dict, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="draft"), name="charter_one_draft"),
            models.CheckConstraint(
                condition=Q(state="draft", number__isnull=True, effective_on__isnull=True, published_at__isnull=True)
                | Q(state="published", number__gte=1, effective_on__isnull=False, published_at__isnull=False),
                name="charter_published_has_number_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"Charter {self.number or 'draft'}"


class ServiceStandard(models.Model):
    """One promise, with what tells whether it is kept: ``measure`` is at least or at most ``target`` ``unit``.

    ``key`` stays the same from version to version, so that a changed standard is told from a new one.
    """

    class Direction(models.TextChoices):
        AT_MOST = "at_most", "at most"
        AT_LEAST = "at_least", "at least"

    class Unit(models.TextChoices):
        PERCENT = "percent", "%"
        SECONDS = "seconds", "seconds"
        MINUTES = "minutes", "minutes"
        HOURS = "hours", "hours"
        DAYS = "days", "days"
        TIMES = "times", "times"
        POINTS = "points", "points"

    version = models.ForeignKey(CharterVersion, models.CASCADE, related_name="standards")
    key = models.UUIDField(default=uuid4)
    position = models.PositiveSmallIntegerField()
    text = models.JSONField(default=dict, blank=True)
    measure = models.JSONField(default=dict, blank=True)
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.AT_MOST)
    target = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Unit.choices, default=Unit.PERCENT)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="standard_once_in_a_version"),
            models.CheckConstraint(
                condition=Q(target__isnull=True)
                | Q(target__gte=0, unit="percent", target__lte=100)
                | Q(target__gte=0) & ~Q(unit="percent"),
                name="standard_target_possible",
            ),
            models.CheckConstraint(condition=Q(direction__in=["at_most", "at_least"]), name="standard_direction"),
        ]

    def __str__(self) -> str:
        return pick(self.text)


class CharterAcknowledgement(models.Model):
    """Somebody has read a version. ``recorded_by``: HR noted it for a person who signed on paper."""

    version = models.ForeignKey(CharterVersion, models.PROTECT, related_name="acknowledgements")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="charter_acknowledgements")
    at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "employee"], name="charter_acknowledged_once")]


__all__ = ["CharterAcknowledgement", "CharterVersion", "ServiceStandard"]
