"""What belongs to a course besides its words, and what somebody makes of it: files, thoughts, refreshers, proofs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from culture.framework.models import Requirement
from programs.training.models import Completion, Course, CourseVersion, Lesson

PERSON = settings.AUTH_USER_MODEL
LONGEST_THOUGHT = 4000
LONGEST_NOTE = 1000


class Blob(models.Model):
    """The bytes of a file, once for all courses and versions. In the database, so that any web process serves it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)


class CourseFile(models.Model):
    """``files/<name>`` of one version: a published version keeps its pictures whatever the next one shows."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="course_file_once")]


class CourseUpload(models.Model):
    """A course somebody brought and is looking at, before taking it over; gone after a day."""

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()


class Thought(models.Model):
    """What somebody wrote for himself to a lesson's question. Nobody else has a page that shows it."""

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="+")
    text = models.TextField(max_length=LONGEST_THOUGHT)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "lesson"], name="thought_once")]


def _score() -> Any:
    return models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])


class SelfView(models.Model):
    """How somebody sees himself in one requirement on one day, 1 to 5. Private; ``shared_with``: who may read it.

    It is shared with a person, not with a post: another manager does not inherit it.
    """

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="self_views")
    requirement = models.ForeignKey(Requirement, models.CASCADE, related_name="+")
    on = models.DateField()
    want = _score()
    know = _score()
    can = _score()
    note = models.TextField(max_length=LONGEST_NOTE, blank=True)
    shared_with = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    shared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["requirement", "-on"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "requirement", "on"], name="self_view_once_a_day"),
            models.CheckConstraint(
                condition=Q(want__range=(1, 5), know__range=(1, 5), can__range=(1, 5)), name="self_view_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(shared_with__isnull=True) | ~Q(shared_with=models.F("employee")),
                name="self_view_shared_with_another",
            ),
        ]


class Refresher(models.Model):
    """A few questions some time after completing a course: an offer, never a duty, and nobody else sees how it went.

    ``asked``: names of the questions; ``answers`` in that order, None before it is done; ``right``: how many were.
    """

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="refreshers")
    completion = models.ForeignKey(Completion, models.CASCADE, related_name="refreshers")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    asked = models.JSONField(default=list)
    answers = models.JSONField(null=True, blank=True)
    right = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["completion", "number"], name="refresher_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(skipped_at__isnull=True), name="refresher_done_or_skipped"
            ),
        ]
        indexes = [
            models.Index(
                fields=["employee"], condition=Q(done_at__isnull=True, skipped_at__isnull=True), name="refresher_open"
            )
        ]


class RefresherStop(models.Model):
    """Somebody wants no more refreshers of a course."""

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "course"], name="refresher_stop_once")]


class Certificate(models.Model):
    """A public link that proves a completion, as long as its holder wants it. ``shows``: what he allows it to show."""

    class Part(models.TextChoices):
        NAME = "name", _("my name")
        COURSE = "course", _("the course")
        DAY = "day", _("the day I completed it")
        UNTIL = "until", _("until when it is valid")
        SCORE = "score", _("how many percent I had right")

    completion = models.ForeignKey(Completion, models.CASCADE, related_name="certificates")
    token = models.CharField(max_length=32, unique=True)
    shows = ArrayField(models.CharField(max_length=8, choices=Part.choices), default=list, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["completion"], condition=Q(ended_at__isnull=True), name="certificate_open_once"
            )
        ]
