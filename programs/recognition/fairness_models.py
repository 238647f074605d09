"""Patterns somebody should look at, and what HR decided about each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Pattern(models.Model):
    """``evidence`` as ``recognition.fairness`` tells it: sums, never a single gift. ``key``: kind and people."""

    class Kind(models.TextChoices):
        RING = "ring", _("Points in a ring")
        RECIPROCITY = "reciprocity", _("Back and forth between two")
        CONCENTRATION = "concentration", _("Most points to one person")
        LAST_DAYS = "last_days", _("Given on the last days")
        NO_STORY = "no_story", _("Hardly a story")

    class State(models.TextChoices):
        OPEN = "open", _("To look at")
        FINE = "fine", _("Nothing wrong")
        TALKED = "talked", _("Talked about")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=13, choices=Kind.choices)
    evidence = models.JSONField(default=dict)
    found_on = models.DateField()
    seen_on = models.DateField(help_text="last night on which it still held")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-found_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state="open") | ~Q(note=""), name="pattern_decided_with_a_note")
        ]


class PatternPerson(models.Model):
    """Somebody in a pattern, in the order of its circuit."""

    pattern = models.ForeignKey(Pattern, models.CASCADE, related_name="people")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["pattern", "place"], name="pattern_place_once")]
