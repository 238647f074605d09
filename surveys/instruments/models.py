"""Questionnaires: an instrument, its frozen versions, their items."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from culture.framework.texts import pick


class Instrument(models.Model):
    key = models.SlugField(unique=True)
    name = models.JSONField(default=dict)
    purpose = models.JSONField(default=dict)

    def __str__(self) -> str:
        return pick(self.name)


class InstrumentVersion(models.Model):
    """An edition. Once a wave uses it (``frozen_at`` set) it never changes."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [models.UniqueConstraint(fields=["instrument", "number"], name="version_number_once")]


class Item(models.Model):
    """A question. ``code`` is its identity across versions.

    ``about``: *own* (asked once about the respondent's own work) or *provider* (once per provider he is asked about).
    Answers are whole numbers: agreement 1–5 (5 best), outcome 1–5 (5 = something great); comment is text; NULL = no
    answer or "I can't judge this".
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", "Agreement, 5 points"
        OUTCOME = "outcome", "The five outcomes"
        COMMENT = "comment", "Comment"

    class About(models.TextChoices):
        OWN = "own", "Own work"
        PROVIDER = "provider", "A provider"

    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="items")
    code = models.SlugField()
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    about = models.CharField(max_length=8, choices=About.choices, default=About.OWN)
    text = models.JSONField(default=dict)
    required = models.BooleanField(default=True)
    cannot_judge = models.BooleanField(default=True)
    requirements = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    dimension = models.CharField(max_length=4, blank=True)
    facet = models.CharField(max_length=24, blank=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="item_code_once")]

    def __str__(self) -> str:
        return pick(self.text)
