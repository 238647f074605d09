"""Questionnaires: an instrument, its frozen versions, their items."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from culture.framework.texts import pick


class Instrument(models.Model):
    key = models.SlugField(unique=True)
    name = models.JSONField(default=dict)
    purpose = models.JSONField(default=dict)

    def __str__(self) -> str:
        return pick(self.name)


class InstrumentVersion(models.Model):
    """An edition. Once a wave uses it (``frozen_at`` set) it never changes.

    ``sections``: ``[{"key", "title": {language: text}, "intro": {language: text}, "shuffled": bool}]`` in the order in
    which they are asked; none: own questions by dimension, then providers, then outcomes and comments.
    """

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    sections = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [models.UniqueConstraint(fields=["instrument", "number"], name="version_number_once")]


class Item(models.Model):
    """A question. ``code`` is its identity across versions.

    ``about``: *own* (asked once about the respondent's own work) or *provider* (once per provider he is asked about).
    What may be answered, and what ``options`` hold, says scales.py; comment is text; NULL = no answer or "I can't
    judge this". ``help``: {language: text} below the question. ``show_if``: a rule of rules.py.
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("Agreement")
        FREQUENCY = "frequency", _("How often")
        SATISFACTION = "satisfaction", _("Satisfaction")
        RECOMMENDATION = "recommendation", _("Recommendation, 0 to 10")
        EFFORT = "effort", _("Effort, 1 to 7")
        OUTCOME = "outcome", _("The five outcomes")
        PAIR = "pair", _("Expectation and experience")
        SINGLE = "single", _("One choice")
        MULTIPLE = "multiple", _("Several choices")
        LOST_TIME = "lost_time", _("Lost time")
        NUMBER = "number", _("Number")
        YES_NO = "yes_no", _("Yes or no")
        COMMENT = "comment", _("Comment")

    class About(models.TextChoices):
        OWN = "own", "Own work"
        PROVIDER = "provider", "A provider"

    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="items")
    code = models.SlugField()
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    options = models.JSONField(default=dict, blank=True)
    about = models.CharField(max_length=8, choices=About.choices, default=About.OWN)
    text = models.JSONField(default=dict)
    help = models.JSONField(default=dict, blank=True)
    show_if = models.JSONField(default=dict, blank=True)
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
