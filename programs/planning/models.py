"""The long change: a program, its stages, its cohorts, who is enrolled."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from culture.people.models import Unit
from surveys.waves.models import Series


class Program(models.Model):
    name = models.CharField(max_length=200, unique=True)
    charter = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Conditions of readiness under the threshold when it was made: [{"code", "median", "threshold", "on"}].
    readiness_below = models.JSONField(default=list, blank=True)
    readiness_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="program_in_order"),
            models.CheckConstraint(
                condition=Q(readiness_below=[]) | ~Q(readiness_reason=""), name="program_below_readiness_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """Information, attitude, behaviour, culture: in this order, not overlapping."""

    class Kind(models.TextChoices):
        INFORMATION = "information", "Information"
        ATTITUDE = "attitude", "Attitude"
        BEHAVIOUR = "behaviour", "Behaviour"
        CULTURE = "culture", "Culture"

    program = models.ForeignKey(Program, models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["program", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["program", "kind"], name="stage_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="stage_in_order"),
        ]


class Cohort(models.Model):
    """Units (with everything below) that start together."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="cohorts")
    name = models.CharField(max_length=200)
    starts_on = models.DateField()
    units = models.ManyToManyField(Unit, related_name="+")

    class Meta:
        ordering = ["program", "starts_on", "name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="cohort_name_once")]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="enrolments")
    program = models.ForeignKey(Program, models.CASCADE, related_name="enrolments")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "employee"], condition=Q(until__isnull=True), name="enrolled_once_in_a_program"
            )
        ]
