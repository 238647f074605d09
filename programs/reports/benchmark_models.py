"""Public figures beside our own: each with its source, and every wording of it kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PERSON = settings.AUTH_USER_MODEL
LONGEST_WHY = 500


class Statistic(models.TextChoices):
    """What was worked out of the answers. Only the same one may stand beside ours."""

    INDEX = "index", _("Index 0–100")
    FAVOURABLE = "favourable", _("Share who answer favourably, %")
    UNFAVOURABLE = "unfavourable", _("Share who answer unfavourably, %")
    NET = "net", _("Favourable less unfavourable share, −100 to 100")
    SHARE = "share", _("Share of people or cases, %")
    OTHER = "other", pgettext_lazy("statistic", "Something else")


class Answers(models.TextChoices):
    """On what people answered. Only the same may stand beside ours."""

    AGREEMENT_5 = "agreement5", _("Agreement, 5 answers")
    AGREEMENT_7 = "agreement7", _("Agreement, 7 answers")
    FREQUENCY_5 = "frequency5", _("Frequency, 5 answers")
    SATISFACTION_5 = "satisfaction5", _("Satisfaction, 5 answers")
    EFFORT_7 = "effort7", _("Effort, 7 answers")
    RECOMMEND_11 = "recommendation11", _("Recommendation, 0 to 10")
    OUTCOME_5 = "outcome5", _("What people tell others, 5 answers")
    YES_NO = "yes_no2", _("Yes or no")
    MIXED = "mixed", _("Several scales together")
    COUNTED = "counted", _("Not asked but counted")
    OTHER = "other", pgettext_lazy("answers", "Something else")


class Benchmark(models.Model):
    """One wording of a public figure, append-only (a trigger refuses UPDATE, DELETE, TRUNCATE).

    ``entry`` with ``version`` from 1: the highest version counts, the others are what it said before. ``measure``: key
    of ours it stands beside (``benchmark_measures``). ``until``: the last day it is shown. ``withdrawn``: it is not
    shown any more; ``why`` says what every version but the first corrects.
    """

    entry = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    measure = models.CharField(max_length=60)
    statistic = models.CharField(max_length=12, choices=Statistic.choices)
    answers = models.CharField(max_length=16, choices=Answers.choices)
    value = models.DecimalField(max_digits=6, decimal_places=2)
    low = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True)
    population = models.CharField(max_length=200)
    country = models.CharField(max_length=80, blank=True)
    sector = models.CharField(max_length=120, blank=True)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    link = models.CharField(max_length=500)
    licence = models.CharField(max_length=300)
    note = models.CharField(max_length=500, blank=True)
    until = models.DateField()
    withdrawn = models.BooleanField(default=False)
    why = models.CharField(max_length=LONGEST_WHY, blank=True)
    by = models.ForeignKey(PERSON, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["entry", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], name="benchmark_version_once"),
            models.CheckConstraint(condition=Q(entry__gte=1, version__gte=1), name="benchmark_numbered"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(why=""), name="benchmark_correction_says_why"),
            models.CheckConstraint(condition=Q(withdrawn=False) | Q(version__gt=1), name="benchmark_withdrawn_later"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(link="") & ~Q(population=""), name="benchmark_sourced"),
            models.CheckConstraint(condition=Q(value__gte=-100, value__lte=100), name="benchmark_within_hundred"),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True) | Q(low__lte=F("value"), high__gte=F("value")),
                name="benchmark_interval_around",
            ),
            models.CheckConstraint(condition=Q(people__isnull=True) | Q(people__gte=1), name="benchmark_people_some"),
            models.CheckConstraint(condition=Q(year__gte=1900, year__lte=2200), name="benchmark_year_possible"),
            models.CheckConstraint(condition=Q(statistic__in=Statistic.values), name="benchmark_statistic_known"),
            models.CheckConstraint(condition=Q(answers__in=Answers.values), name="benchmark_answers_known"),
        ]
        indexes = [models.Index(fields=["measure"], name="benchmark_measure")]

    def __str__(self) -> str:
        return f"{self.entry}.{self.version}"

    @property
    def figure(self) -> str:
        """As it is read: 68, 46.5."""
        return f"{self.value:f}".rstrip("0").rstrip(".") if self.value % 1 else f"{self.value:.0f}"

    @property
    def interval(self) -> str:
        if self.low is None or self.high is None:
            return ""
        return f"{self.low.normalize():f}–{self.high.normalize():f}"
