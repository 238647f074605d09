"""The long change: a program, its stages, its cohorts, who is enrolled. ``plan_models`` holds what it promises."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.framework.models import Requirement
from culture.people.models import Unit
from surveys.waves.models import Series


class ProgramQuerySet(models.QuerySet["Program"]):
    def launched(self) -> ProgramQuerySet:
        """Everything but drafts: what people other than its planners know of."""
        return self.exclude(state=Program.State.DRAFT)

    def running(self) -> ProgramQuerySet:
        """Those in which something happens by itself: not drafts, not paused, not finished."""
        return self.filter(state=Program.State.RUNNING)


class Program(models.Model):
    """``setup``: the steps of the guided set-up somebody has confirmed, ``{step: day}``. ``followed_at``: when its
    enrolment was last brought in line with the organisation."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")

    name = models.CharField(max_length=200, unique=True)
    charter = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    launched_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    followed_at = models.DateTimeField(null=True, blank=True)
    setup = models.JSONField(default=dict, blank=True)
    focus = models.ManyToManyField(Requirement, blank=True, related_name="+")
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Conditions of readiness under the threshold when it was made: [{"code", "median", "threshold", "on"}].
    readiness_below = models.JSONField(default=list, blank=True)
    readiness_reason = models.TextField(blank=True, default="")

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="program_in_order"),
            models.CheckConstraint(
                condition=Q(readiness_below=[]) | ~Q(readiness_reason=""), name="program_below_readiness_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "running", "paused", "finished"]), name="program_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="finished", finished_on__isnull=False)
                | (~Q(state="finished") & Q(finished_on__isnull=True)),
                name="program_finished_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class Stage(models.Model):
    """Information, attitude, behaviour, culture: in this order, not overlapping.

    ``goal``: what is different at its end; ``exit_criteria``: how one sees that it may end.
    """

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information")
        ATTITUDE = "attitude", _("Attitude")
        BEHAVIOUR = "behaviour", pgettext_lazy("stage", "Behaviour")
        CULTURE = "culture", _("Culture")

    program = models.ForeignKey(Program, models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    goal = models.CharField(max_length=500, blank=True)
    exit_criteria = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["program", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["program", "kind"], name="stage_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="stage_in_order"),
        ]


class Cohort(models.Model):
    """Units (with everything below) and named people that start together."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="cohorts")
    name = models.CharField(max_length=200)
    starts_on = models.DateField()
    units = models.ManyToManyField(Unit, related_name="+")

    class Meta:
        ordering = ["program", "starts_on", "name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="cohort_name_once")]

    def __str__(self) -> str:
        return self.name


class CohortPerson(models.Model):
    """Somebody who belongs to a cohort by name, whichever unit he works in."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="people_named")
    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "employee"], name="person_in_one_cohort")]


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def on(self, day: dt.date) -> EnrolmentQuerySet:
        """Those that had begun by ``day`` and had not ended."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Enrolment(models.Model):
    """Somebody in a cohort from ``since`` to ``until`` (last day). Who moves to another cohort has two, one after the
    other; no two of one person in one program overlap (an exclusion constraint in the migration sees to it)."""

    class How(models.TextChoices):
        START = "start", _("with the cohort")
        JOINED = "joined", _("joined later")
        MOVED = "moved", _("moved from another cohort")
        RETURNED = "returned", _("came back")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="enrolments")
    program = models.ForeignKey(Program, models.CASCADE, related_name="enrolments")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    how = models.CharField(max_length=8, choices=How.choices, default=How.START)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "employee"], condition=Q(until__isnull=True), name="enrolled_once_in_a_program"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="enrolment_in_order"
            ),
        ]
