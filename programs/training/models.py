"""Courses (versioned), what must be done by when, and what was done, with evidence."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from programs.planning.models import Cohort
from programs.training.quizzes import Rules


class Course(models.Model):
    name = models.CharField(max_length=200, unique=True)
    summary = models.TextField(blank=True)
    requirements = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CourseVersion(models.Model):
    """``quiz``: questions as ``training.questions`` describes them; ``pass_mark`` in percent (0: no quiz).

    ``draw``, ``tries``, ``cooldown_hours``, ``shuffled``: see ``training.quizzes.Rules``.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    quiz = models.JSONField(default=list)
    pass_mark = models.PositiveSmallIntegerField(default=70)
    draw = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    cooldown_hours = models.PositiveSmallIntegerField(default=0)
    shuffled = models.BooleanField(default=False)
    sessions = models.PositiveSmallIntegerField(default=0, help_text="meetings in class one must have come to")

    class Meta:
        ordering = ["course", "number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="course_version_once"),
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="pass_mark_at_most_100"),
            models.CheckConstraint(condition=Q(tries=0) | Q(cooldown_hours__gt=0), name="limited_tries_have_a_pause"),
        ]

    @property
    def rules(self) -> Rules:
        return Rules(self.draw, self.tries, self.cooldown_hours, self.shuffled)

    @rules.setter
    def rules(self, rules: Rules) -> None:
        self.draw, self.tries = rules.draw, rules.tries
        self.cooldown_hours, self.shuffled = rules.cooldown_hours, rules.shuffled


class Lesson(models.Model):
    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(help_text="Markdown")

    class Meta:
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="lesson_place_once")]


class Assignment(models.Model):
    """Must be done by ``due_on`` (the last day on time)."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="assignments")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="+")
    assigned_on = models.DateField()
    due_on = models.DateField()

    class Meta:
        ordering = ["due_on", "course"]
        constraints = [
            models.UniqueConstraint(fields=["course", "employee"], name="assigned_once"),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("assigned_on")), name="due_after_assigned"),
        ]


class LessonDone(models.Model):
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "lesson"], name="lesson_done_once")]


class QuizAttempt(models.Model):
    """``asked``: places of the questions drawn (empty, before drawing: all); ``answers`` in that order."""

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="attempts")
    asked = models.JSONField(default=list)
    answers = models.JSONField()
    score = models.PositiveSmallIntegerField(help_text="percent")
    passed = models.BooleanField()
    at = models.DateTimeField()


class Completion(models.Model):
    """A granted completion is a fact: never recalculated when the course changes."""

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="completions")
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="completions")
    done_on = models.DateField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "version"], name="completed_once")]
