"""What was found of a program's effect, once and for good; and when it was last looked for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.planning.models import Program


class EffectEstimate(models.Model):
    """One outcome of one program, as found at ``made_at`` from ``inputs``. Append-only; the database refuses anything
    else, so that scorecard, page and reports tell the same number. What is found anew is a further row.

    ``outcome``: key of ``effects.OUTCOMES``; ``main``: the one the program is judged by. ``number`` counts up per
    program and outcome. ``inputs``: the panel (cohorts, starts, people, values per wave, in released points) and what
    it was made from; ``inputs_hash``: SHA-256 of it with ``method``. ``result``: as ``effects.Effect`` reads it.
    ``points``, ``low``, ``high``: with their 95 % interval, empty where nothing can be told.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="effects")
    outcome = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    main = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    method = models.CharField(max_length=20)
    inputs_hash = models.CharField(max_length=64)
    inputs = models.JSONField()
    result = models.JSONField()
    word = models.CharField(max_length=8)
    points = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["program", "outcome", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["program", "outcome", "number"], name="effect_number_once"),
            models.CheckConstraint(
                condition=Q(word__in=["clear", "likely", "early", "none"]), name="effect_word_known"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True) | Q(low__lte=models.F("high"), points__isnull=False),
                name="effect_interval_in_order",
            ),
        ]


class EffectRun(models.Model):
    """The search for a program's effect: what it is due for, and who is at it.

    ``wanted``: fingerprint of what is known now; ``done``: of what was worked out last. Unequal: due. ``claimed_at`` is
    the lease of whoever works; ``attempts`` failed ones since the last success.
    """

    program = models.OneToOneField(Program, models.CASCADE, related_name="effect_run")
    wanted = models.CharField(max_length=64)
    done = models.CharField(max_length=64, blank=True, default="")
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
