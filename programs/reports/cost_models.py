"""Estimates of what poor service costs, each with everything it was made from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from programs.planning.models import Program


class CostEstimate(models.Model):
    """One estimate, once and for good: append-only, the database refuses anything else. Thinking again makes a new one.

    ``inputs``: ``{factor: {"low", "likely", "high", "source"}}`` (see ``cost.factors``); ``result``: as
    ``costs.as_json`` writes it, money a year in ``currency``; ``seed``, ``draws`` and ``method`` give it again.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="costs")
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=1000, blank=True, default="")
    inputs = models.JSONField()
    result = models.JSONField()
    seed = models.PositiveIntegerField()
    draws = models.PositiveIntegerField()
    method = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["program", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="cost_number_once"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="cost_currency_code"),
        ]
