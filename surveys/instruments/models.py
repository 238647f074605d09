"""Questionnaires: an instrument, its frozen versions, their items."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.framework.texts import pick


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def current(self) -> "InstrumentQuerySet":
        return self.filter(archived_at__isnull=True)

    def usable(self) -> "InstrumentQuerySet":
        """Those a series may ask: with an edition that is not a draft."""
        return self.current().filter(versions__draft=False).distinct()


class Instrument(models.Model):
    """``library_key``: from which of the library's it was made; ``sources``: what it rests on, as one cites it."""

    key = models.SlugField(unique=True)
    name = models.JSONField(default=dict)
    purpose = models.JSONField(default=dict)
    sources = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    library_key = models.CharField(max_length=50, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = InstrumentQuerySet.as_manager()

    def __str__(self) -> str:
        return pick(self.name)


class InstrumentVersion(models.Model):
    """An edition: a draft (at most one, edited freely, never asked), ready, and frozen for good once a wave uses it.

    The database itself refuses to change a frozen edition. ``edited``: made or changed here, not by the library.

    ``sections``: ``[{"key", "title": {language: text}, "intro": {language: text}, "shuffled": bool}]`` in the order in
    which they are asked; none: own questions by dimension, then providers, then outcomes and comments.
    """

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    sections = models.JSONField(default=list, blank=True)
    draft = models.BooleanField(default=False)
    edited = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["instrument"], condition=models.Q(draft=True), name="version_one_draft"),
            models.CheckConstraint(
                condition=models.Q(draft=False) | models.Q(frozen_at__isnull=True), name="version_draft_not_frozen"
            ),
        ]


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
        NUMBER = "number", pgettext_lazy("amount", "Number")
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


class EditStep(models.Model):
    """What a draft was before an edit, to take it back: ``before`` is its content as in content.py."""

    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="steps")
    what = models.CharField(max_length=20)
    code = models.CharField(max_length=50, blank=True)
    before = models.JSONField()

    class Meta:
        ordering = ["version", "pk"]
