"""Readiness: how far the conditions S1–S10 and H1–H4 are met, in the judgment of the sponsors, on a date."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from culture.framework.models import Condition


class AssessmentQuerySet(models.QuerySet["ReadinessAssessment"]):
    def closed(self) -> AssessmentQuerySet:
        """Those that count, newest first."""
        return self.filter(state=ReadinessAssessment.State.CLOSED).order_by("-on", "-pk")


class ReadinessAssessment(models.Model):
    """One round of judging. Closed ones are never changed; triggers see to it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    on = models.DateField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="open"), name="readiness_one_open"),
            models.UniqueConstraint(fields=["on"], name="readiness_once_a_day"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(state="closed", closed_at__isnull=False),
                name="readiness_closed_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"Readiness {self.on}"


class ReadinessSponsor(models.Model):
    """Who judges in an assessment. Counts once handed in; ``employee`` is NULL after an erasure."""

    assessment = models.ForeignKey(ReadinessAssessment, models.CASCADE, related_name="sponsors")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="readiness_judged"
    )
    handed_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["assessment", "employee"], name="readiness_sponsor_once")]


class ReadinessJudgement(models.Model):
    """How far one condition is met: ``level`` 0–4 (NULL: not judged yet) and what it rests on."""

    sponsor = models.ForeignKey(ReadinessSponsor, models.CASCADE, related_name="judgements")
    condition = models.ForeignKey(Condition, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sponsor", "condition"], name="readiness_judged_once"),
            models.CheckConstraint(condition=Q(level__isnull=True) | Q(level__lte=4), name="readiness_level_0_to_4"),
        ]


class ReadinessRule(models.Model):
    """The one row that says when a program needs a stated reason to start."""

    class Scope(models.TextChoices):
        SUCCESS = "success", "the conditions for success (S1–S10)"
        ALL = "all", "the conditions for success and the duties of HR (S1–S10, H1–H4)"
        NONE = "none", "nothing: no reason is ever asked for"

    threshold = models.DecimalField(max_digits=2, decimal_places=1, default=Decimal("2.0"))
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.SUCCESS)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="readiness_rule_is_one"),
            models.CheckConstraint(
                condition=Q(threshold__gte=Decimal("0.5"), threshold__lte=Decimal("4")), name="readiness_threshold"
            ),
            models.CheckConstraint(condition=Q(scope__in=["success", "all", "none"]), name="readiness_scope"),
        ]


__all__ = ["ReadinessAssessment", "ReadinessJudgement", "ReadinessRule", "ReadinessSponsor"]
