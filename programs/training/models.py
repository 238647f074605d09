"""Courses (versioned), what must be done by when, and what was done, with evidence."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from culture.framework import texts
from programs.planning.models import Cohort
from programs.training import questions
from programs.training.cycles import Rule
from programs.training.interchange.plans import REFRESH_DAYS, REFRESH_QUESTIONS, LessonText
from programs.training.quizzes import Rules


def refresh_days() -> list[int]:
    return list(REFRESH_DAYS)


def only_english() -> list[str]:
    return ["en"]


class Course(models.Model):
    """``name`` and ``summary`` are in the main language; ``names`` and ``summaries`` say them by language.

    ``slug``: how a course folder is known again. ``refresh_days``: so many days after completing it, a few
    (``refresh_questions``) of its questions are offered again; none: never.
    """

    name = models.CharField(max_length=200, unique=True)
    summary = models.TextField(blank=True)
    slug = models.CharField(max_length=60, unique=True, null=True, blank=True)
    names = models.JSONField(default=dict, blank=True)
    summaries = models.JSONField(default=dict, blank=True)
    requirements = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    refresh_days = ArrayField(models.PositiveSmallIntegerField(), default=refresh_days, blank=True)
    refresh_questions = models.PositiveSmallIntegerField(default=REFRESH_QUESTIONS)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return texts.pick(self.names) or self.name

    def label_in(self, language: str) -> str:
        """The name in ``language``, where it has one."""
        return str(self.names.get(language) or self.name)

    def about_in(self, language: str) -> str:
        return str(self.summaries.get(language) or self.summary)

    @property
    def about(self) -> str:
        """The summary in the reader's language."""
        return texts.pick(self.summaries) or self.summary


class CourseVersion(models.Model):
    """``quiz``: questions as ``training.questions`` describes them; ``pass_mark`` in percent (0: no quiz).

    ``draw``, ``tries``, ``cooldown_hours``, ``shuffled``: see ``training.quizzes.Rules``. ``language``: the one
    everything falls back to; ``quiz`` is worded in it. ``quiz_words``: {language: {question's name: its words}}.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=12, default="en")
    languages = ArrayField(models.CharField(max_length=12), default=only_english)
    minutes = models.PositiveSmallIntegerField(default=0, help_text="reading time; 0: the lessons' together")
    quiz = models.JSONField(default=list)
    quiz_words = models.JSONField(default=dict, blank=True)
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

    def quiz_in(self, language: str) -> list[dict[str, Any]]:
        """The questions worded in ``language``, each one falling back to the main language by itself."""
        words = self.quiz_words.get(language, {})
        return [questions.spoken(question, words.get(question.get("name", ""))) for question in self.quiz]


class Lesson(models.Model):
    """``title``, ``body`` and ``reflect`` (a question to think about) in the version's main language.

    ``key``: who it is, the same in every version. ``texts``: {language: {title, body, reflect, of}}; ``of`` marks from
    which wording of the main language it was translated. ``video``: an https address, or ``files/…``.
    """

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=12, default="", blank=True)
    title = models.CharField(max_length=200)
    body = models.TextField(help_text="Markdown")
    reflect = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(default=0, help_text="reading time; 0: estimated from the text")
    video = models.CharField(max_length=500, blank=True)
    texts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="lesson_place_once")]

    def text_in(self, language: str) -> LessonText:
        """The lesson in ``language``, else in the main one."""
        text = self.texts.get(language, {})
        if text.get("title") and text.get("body"):
            return LessonText(text["title"], text["body"], text.get("reflect") or self.reflect)
        return LessonText(self.title, self.body, self.reflect)

    def speaks(self, language: str, main: str) -> bool:
        """Whether it is there in ``language``."""
        text = self.texts.get(language, {})
        return language == main or bool(text.get("title") and text.get("body"))


class Assignment(models.Model):
    """Must be done by ``due_on`` (the last day on time).

    Given by HR (``course``), by a path (``step``; ``course`` only when the step is a course), or to those who completed
    an earlier version, to catch up with ``version``. ``times``, ``months``, ``window``: as the step had them when it
    was given, so that editing the step asks no more of who has done it, and changes no past day. ``paused_days``: by
    how many days leave has moved ``due_on``. ``ended_on``: the last day it held, for who left, moved or was taken out.
    """

    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="assignments")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="+")
    step = models.ForeignKey("programs.Step", models.PROTECT, null=True, blank=True, related_name="assignments")
    enrolment = models.ForeignKey(
        "programs.PathEnrolment", models.CASCADE, null=True, blank=True, related_name="assignments"
    )
    version = models.ForeignKey(CourseVersion, models.CASCADE, null=True, blank=True, related_name="+")
    assigned_on = models.DateField()
    due_on = models.DateField()
    times = models.PositiveSmallIntegerField(default=1)
    months = models.PositiveSmallIntegerField(default=0)
    window = models.PositiveSmallIntegerField(default=0)
    paused_days = models.PositiveSmallIntegerField(default=0)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "course"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "employee"],
                condition=Q(step__isnull=True, version__isnull=True, ended_on__isnull=True),
                name="assigned_once",
            ),
            models.UniqueConstraint(fields=["step", "enrolment"], name="assigned_once_on_a_path"),
            models.UniqueConstraint(
                fields=["version", "employee"], condition=Q(version__isnull=False), name="assigned_new_content_once"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("assigned_on")), name="due_after_assigned"),
            models.CheckConstraint(
                condition=Q(course__isnull=False, step__isnull=True, enrolment__isnull=True)
                | Q(step__isnull=False, enrolment__isnull=False, version__isnull=True),
                name="assigned_by_hand_or_by_a_path",
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="assigned_for_some_times"),
            models.CheckConstraint(condition=Q(months__gt=0) | Q(window=0), name="assigned_window_of_a_validity"),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(ended_on__isnull=True), name="assignment_due"),
            models.Index(fields=["step"], condition=Q(ended_on__isnull=True, months__gt=0), name="assignment_to_renew"),
        ]

    @property
    def rule(self) -> Rule:
        return Rule(self.months, self.window)


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
    """A granted completion is a fact: never recalculated when the course changes; the database refuses to change it.

    ``granted_by``: who granted it by hand; None when it was granted by what was done. ``months``, ``window``: for how
    long it was worth something when it was granted (``cycles.Rule``), whatever is asked of the person later; None: of
    the past, when this was not kept yet.
    """

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="completions")
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="completions")
    done_on = models.DateField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.JSONField(default=dict)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    window = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "version", "done_on"], name="completed_once_a_day"),
            models.CheckConstraint(
                condition=Q(months__isnull=True, window__isnull=True)
                | Q(months__isnull=False, window__isnull=False) & (Q(months__gt=0) | Q(window=0)),
                name="completion_worth_something_for_so_long",
            ),
        ]
