"""Paths: ordered steps with their days, for whom by rule, who is on one, what was attained, who is exempt."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.framework.models import Behaviour
from culture.people.models import Unit
from programs.planning.models import Cohort, Program
from programs.training.cycles import Rule
from programs.training.models import Assignment, Completion, Course

PERSON = settings.AUTH_USER_MODEL


class Path(models.Model):
    """``starts_on``: the first day it counts; ``ends_on``: the last day on which somebody is enrolled.

    ``counted_at``: when ``PathTally`` was last counted. ``evaluated_on``: the last day its rules were looked at.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    name = models.CharField(max_length=200, unique=True)
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    evaluate = models.BooleanField(default=False)
    evaluated_on = models.DateField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="path_in_order"),
            models.CheckConstraint(condition=~Q(name=""), name="path_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """One thing of a path. ``times``: meetings to attend. ``retired_on``: taken out; what was done stays.

    Due ``due_days`` after somebody begins, or on ``due_on``. ``months`` 0: once for good; else to be renewed, from
    ``window`` days before it ends.
    """

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        QUIZ = "quiz", _("Quiz only")
        SESSION = "session", _("Sessions in class")
        OBSERVATION = "observation", _("Behaviour shown")

    path = models.ForeignKey(Path, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="steps")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, null=True, blank=True, related_name="+")
    times = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(50)])
    due_days = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    months = models.PositiveSmallIntegerField(default=0)
    window = models.PositiveSmallIntegerField(default=0)
    after = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="before")
    added_on = models.DateField()
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["path", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="observation", behaviour__isnull=False, course__isnull=True)
                | Q(kind__in=["course", "quiz", "session"], course__isnull=False, behaviour__isnull=True),
                name="step_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(due_days__isnull=False) | Q(due_on__isnull=False), name="step_has_an_end"
            ),
            models.CheckConstraint(condition=Q(times__gte=1, times__lte=50), name="step_times"),
            models.CheckConstraint(condition=Q(months__gt=0) | Q(window=0), name="step_window_of_a_validity"),
            models.UniqueConstraint(
                fields=["path", "kind", "course"],
                condition=Q(retired_on__isnull=True, course__isnull=False),
                name="step_course_once",
            ),
            models.UniqueConstraint(
                fields=["path", "behaviour"],
                condition=Q(retired_on__isnull=True, behaviour__isnull=False),
                name="step_behaviour_once",
            ),
        ]

    @property
    def title(self) -> str:
        if self.kind == self.Kind.OBSERVATION:
            return str(self.behaviour.label) if self.behaviour else ""
        return self.course.label if self.course else ""

    @property
    def rule(self) -> Rule:
        return Rule(self.months, self.window)


class PathRule(models.Model):
    """For whom a path is: all conditions given must hold; of several rules of a path one is enough.

    Never changed: ended, and another one made, so that it can be told later why somebody was on a path.
    """

    path = models.ForeignKey(Path, models.CASCADE, related_name="rules")
    everybody = models.BooleanField(default=False)
    program = models.ForeignKey(Program, models.CASCADE, null=True, blank=True, related_name="+")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    job_family = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, blank=True)
    joined_after = models.DateField(null=True, blank=True)
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(everybody=True)
                | Q(program__isnull=False)
                | Q(cohort__isnull=False)
                | Q(unit__isnull=False)
                | ~Q(job_family="")
                | ~Q(language="")
                | Q(joined_after__isnull=False),
                name="path_rule_says_for_whom",
            )
        ]


class PathEnrolment(models.Model):
    """Somebody is on a path. ``cohort``: by which cohort he came, where a rule names one or a program."""

    class Why(models.TextChoices):
        LEFT = "left", _("left the organisation")
        MOVED = "moved", _("no rule names this person any more")
        OVER = "over", _("the path was ended")

    path = models.ForeignKey(Path, models.CASCADE, related_name="enrolments")
    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="path_enrolments")
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="+")
    begins_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=8, choices=Why.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path", "employee"], condition=Q(ended_on__isnull=True), name="path_enrolled_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, why="") | (Q(ended_on__isnull=False) & ~Q(why="")),
                name="path_enrolment_ended_for_a_reason",
            ),
        ]


class Attained(models.Model):
    """A step other than a course that was done: a fact like ``Completion``, never recalculated."""

    class Kind(models.TextChoices):
        QUIZ = "quiz", _("Quiz passed")
        SESSION = "session", _("Sessions attended")
        OBSERVATION = "observation", _("Behaviour shown")

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="attained")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="+")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, null=True, blank=True, related_name="+")
    times = models.PositiveSmallIntegerField(default=1)
    done_on = models.DateField()
    evidence = models.JSONField(default=dict)
    granted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["done_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="observation", behaviour__isnull=False, course__isnull=True)
                | Q(kind__in=["quiz", "session"], course__isnull=False, behaviour__isnull=True),
                name="attained_one_thing",
            ),
            models.UniqueConstraint(
                fields=["employee", "kind", "course", "times", "done_on"],
                condition=Q(course__isnull=False),
                name="attained_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["employee", "behaviour", "done_on"],
                condition=Q(behaviour__isnull=False),
                name="attained_behaviour_once_a_day",
            ),
        ]


class Revocation(models.Model):
    """A completion counts no more from ``on`` on: a dated act with a reason. The completion itself stays as it was."""

    completion = models.OneToOneField(Completion, models.PROTECT, null=True, blank=True, related_name="revocation")
    attained = models.OneToOneField(Attained, models.PROTECT, null=True, blank=True, related_name="revocation")
    on = models.DateField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(completion__isnull=False, attained__isnull=True)
                | Q(completion__isnull=True, attained__isnull=False),
                name="revocation_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="revocation_has_a_reason"),
        ]


class Exemption(models.Model):
    """Somebody need not do one thing from ``since`` to ``until``, both included."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="exemptions")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="exemption_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="exemption_has_a_reason"),
        ]


class PathTally(models.Model):
    """How a path stood when it was last counted, by step, cohort and unit: pages of large organisations read it."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    given = models.PositiveIntegerField(default=0)
    valid = models.PositiveIntegerField(default=0)
    renew = models.PositiveIntegerField(default=0)
    soon = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    lapsed = models.PositiveIntegerField(default=0)
    exempt = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step", "cohort", "unit"], nulls_distinct=False, name="path_tally_once")
        ]


class TrainingNight(models.Model):
    """One day's evaluation of all paths: claimed by whoever comes first, done once."""

    day = models.DateField(primary_key=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    told = models.JSONField(default=dict)


class TrainingMail(models.Model):
    """One mail to one person about what is due: of his own things, or of his team's. due → claimed → sent …"""

    class Kind(models.TextChoices):
        OWN = "own", _("What is due")
        TEAM = "team", _("What is due in the team")

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("mail", "Due")
        CLAIMED = "claimed", _("Claimed")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not needed any more")
        FAILED = "failed", _("Failed")

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="training_mails")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "kind", "day"], name="training_mail_once_a_day"),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False), name="training_mail_claimed_at_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="training_mail_waiting"),
            models.Index(fields=["id"], condition=Q(state="claimed"), name="training_mail_in_hand"),
        ]


class TrainingReminder(models.Model):
    """That somebody is told about one thing, ``days`` before (or, below 0, after) ``about``. Never twice."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="reminders")
    about = models.DateField(help_text="the due day, or the last valid day")
    days = models.SmallIntegerField()
    mail = models.ForeignKey(TrainingMail, models.CASCADE, related_name="reminders")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "about", "days"], name="reminded_once"),
        ]


def subject_of(step: Step) -> tuple[str, int]:
    """What a step is about: (kind, id of its course or behaviour)."""
    about: Any = step.behaviour_id if step.kind == Step.Kind.OBSERVATION else step.course_id  # type: ignore[attr-defined]
    return step.kind, about
