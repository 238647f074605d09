"""What was measured of a program day by day."""

from __future__ import annotations

from django.db import models

from programs.planning.models import Program


class DayReading(models.Model):
    """One indicator of one program as it stood on one day: kept, so that a number of last spring can be found again.

    ``key``: of ``planning.indicators``. ``value``: percent or points of 100; empty where nothing may or can be told,
    and ``words`` say why; otherwise they say what it is of. ``until``: the day its source reaches to.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="readings")
    key = models.CharField(max_length=60)
    on = models.DateField()
    value = models.FloatField(null=True, blank=True)
    words = models.CharField(max_length=400)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["program", "key", "-on"]
        constraints = [models.UniqueConstraint(fields=["program", "key", "on"], name="reading_once_a_day")]
