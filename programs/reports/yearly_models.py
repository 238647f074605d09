"""What a program's yearly review rests on besides what other rooms keep: its plan as it once stood, and comments."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from programs.planning.models import Program

LONGEST_COMMENT = 2000


class KeptPlan(models.Model):
    """A program's plan as it stood ``on`` a day: append-only, so that a promise can be held against what came.

    ``year`` NULL: as it was launched (``on`` later than that where the program is older than this record); otherwise as
    it stood when the year began. ``plan``: as ``yearly_plans.taken`` writes it; no person is in it.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="kept_plans")
    year = models.PositiveSmallIntegerField(null=True)
    on = models.DateField()
    plan = models.JSONField()

    class Meta:
        ordering = ["program", "on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "year"], nulls_distinct=False, name="plan_kept_once"),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__gte=1900, year__lte=2200), name="plan_year"
            ),
        ]


class YearComment(models.Model):
    """What a sponsor says of a program's year, signed, append-only: a further word is a further row.

    ``role``: as what he signed, which stands in published reports instead of his name.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="year_comments")
    year = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=LONGEST_COMMENT)
    role = models.CharField(max_length=12, choices=[("sponsor", "sponsor"), ("executive", "executive")])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="year_comment_says_something"),
            models.CheckConstraint(condition=Q(role__in=["sponsor", "executive"]), name="year_comment_role"),
        ]
        indexes = [models.Index(fields=["program", "year"], name="year_comment_of")]
