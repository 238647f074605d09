"""Who sees the results of a wave from which day: as planned for a series, as it is for a wave; and the mails."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from surveys.waves.models import Series, Wave

MOST_DAYS = 365
MOST_MODERATION_DAYS = 14


class SharingPlan(models.Model):
    """How the waves of a series are shared: in so many days after the release; NULL: not at all.

    Leaders (whoever holds a role that sees results) come first, then managers, then everybody for the own unit;
    ``employee_comments``: these see the comments of their unit, too. ``moderation_days``: for how long comments wait
    for somebody to mask names in them; 0: they do not. ``tell``: people get a mail when results are there for them.
    """

    series = models.OneToOneField(Series, models.CASCADE, related_name="sharing_plan")
    leaders_after = models.PositiveSmallIntegerField(null=True, blank=True, default=0)
    managers_after = models.PositiveSmallIntegerField(null=True, blank=True, default=0)
    employees_after = models.PositiveSmallIntegerField(null=True, blank=True)
    employee_comments = models.BooleanField(default=False)
    moderation_days = models.PositiveSmallIntegerField(default=0)
    tell = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(managers_after=None) | Q(leaders_after__isnull=False, leaders_after__lte=F("managers_after"))
                )
                & (Q(employees_after=None) | Q(managers_after__isnull=False, managers_after__lte=F("employees_after"))),
                name="sharing_plan_in_order",
            ),
            models.CheckConstraint(condition=Q(moderation_days__lte=MOST_MODERATION_DAYS), name="moderation_ends"),
        ]


class Sharing(models.Model):
    """From which day the results of a wave are shared with whom; NULL: not. Made with the release, or before by HR.

    ``chosen``: HR set the days of this wave. ``told``: the audiences whose mails were made. ``moderation_days``: as in
    the plan; NULL: as the plan says. Without a row nobody but HR sees anything.
    """

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="sharing")
    leaders_on = models.DateField(null=True, blank=True)
    managers_on = models.DateField(null=True, blank=True)
    employees_on = models.DateField(null=True, blank=True)
    employee_comments = models.BooleanField(default=False)
    moderation_days = models.PositiveSmallIntegerField(null=True, blank=True)
    chosen = models.BooleanField(default=False)
    tell = models.BooleanField(default=False)
    told = ArrayField(models.CharField(max_length=9), default=list, db_default=[], blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(managers_on=None) | Q(leaders_on__isnull=False, leaders_on__lte=F("managers_on")))
                & (Q(employees_on=None) | Q(managers_on__isnull=False, managers_on__lte=F("employees_on"))),
                name="sharing_in_order",
            ),
            models.CheckConstraint(
                condition=Q(moderation_days=None) | Q(moderation_days__lte=MOST_MODERATION_DAYS),
                name="moderation_of_a_wave_ends",
            ),
        ]


class ResultMail(models.Model):
    """A mail to be sent: results of ``wave`` are there for ``employee``. Gone when it was sent or given up."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    audience = models.CharField(max_length=9)
    retry_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "employee"], name="results_told_once")]
        indexes = [models.Index(fields=["retry_at"], name="result_mail_due")]
