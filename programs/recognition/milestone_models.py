"""Milestones of people (joined, completed, certified, first memorable action) and of teams (proposals to HR)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from culture.people.models import Unit
from programs.planning.action_models import Action
from programs.recognition.award_models import FeedPost
from programs.recognition.models import LedgerEntry
from surveys.waves.models import Wave

PERSON = settings.AUTH_USER_MODEL
MOST_POINTS = 1000
YEARS = [1, 3, 5, 10, 15, 20, 25, 30, 35, 40]
# "Solves, offers alternatives" and "the best, not the easiest": what goes beyond the expected.
BEYOND = ["A5", "A8"]


class MilestoneKind(models.TextChoices):
    JOINED = "joined", _("Years here")
    COMPLETED = "completed", _("Training path completed")
    CERTIFIED = "certified", _("Course completed with a certificate")
    MEMORABLE = "memorable", _("First memorable action")


def _years() -> list[int]:
    return list(YEARS)


def _beyond() -> list[str]:
    return list(BEYOND)


class MilestoneRules(models.Model):
    """One row. ``since``: {kind: ISO day from which it is announced}, missing: off. ``points``: {kind: n}.

    ``years``: which anniversaries (0 is the first day; empty: every year); ``beyond``: codes of the attitudes whose
    first public thanks or sighting counts as memorable.
    """

    since = models.JSONField(default=dict, blank=True)
    points = models.JSONField(default=dict, blank=True)
    years = ArrayField(models.PositiveSmallIntegerField(), default=_years, blank=True)
    beyond = ArrayField(models.CharField(max_length=8), default=_beyond, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_set_of_milestone_rules")]


class Occasion(models.Model):
    """One milestone of one person, announced once. ``key``: which year, path or course; ``on``: the day it is about.

    ``due_at``: the morning in the person's zone when it is announced.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for its morning")
        POSTED = "posted", _("Announced")
        QUIET = "quiet", _("Not announced: the person does not want it")
        DROPPED = "dropped", _("Not announced any more")

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="occasions")
    kind = models.CharField(max_length=9, choices=MilestoneKind.choices)
    key = models.CharField(max_length=40, blank=True)
    on = models.DateField()
    data = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    done_at = models.DateTimeField(null=True, blank=True)
    points = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(MOST_POINTS)])
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, blank=True, related_name="+")
    post = models.OneToOneField(FeedPost, models.SET_NULL, null=True, blank=True, related_name="occasion")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "kind", "key"], name="occasion_once"),
            models.CheckConstraint(
                condition=Q(points=0, entry__isnull=True) | Q(points__gt=0, entry__isnull=False),
                name="occasion_points_paid",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", done_at__isnull=True) | (~Q(state="waiting") & Q(done_at__isnull=False)),
                name="occasion_done_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="occasion_waiting")]


class MilestoneNight(models.Model):
    """One day's look for milestones: claimed by whoever comes first, done once."""

    day = models.DateField(primary_key=True)
    claimed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    found = models.PositiveIntegerField(default=0)


class TeamProposal(models.Model):
    """Why a team might be recognised, proposed to HR; nothing happens by itself.

    ``evidence``: the released cells, or the promise's days, it rests on. ``story``: what HR told everybody when it
    approved; ``reason``: why it did not.
    """

    class Kind(models.TextChoices):
        PROMISE = "promise", _("A promise was kept")
        BARRIER = "barrier", _("A barrier fell")

    class State(models.TextChoices):
        OPEN = "open", _("To decide")
        APPROVED = "approved", _("Recognised")
        DECLINED = "declined", _("Declined")
        GONE = "gone", _("Its evidence no longer holds")

    kind = models.CharField(max_length=7, choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    action = models.ForeignKey(Action, models.CASCADE, null=True, blank=True, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, null=True, blank=True, related_name="+")
    evidence = models.JSONField(default=dict)
    found_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    story = models.CharField(max_length=600, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    post = models.OneToOneField(FeedPost, models.SET_NULL, null=True, blank=True, related_name="proposal")

    class Meta:
        ordering = ["-found_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"], condition=Q(action__isnull=False), name="proposed_once_for_a_promise"
            ),
            models.UniqueConstraint(
                fields=["wave", "unit"], condition=Q(wave__isnull=False), name="proposed_once_for_a_wave"
            ),
            models.CheckConstraint(
                condition=Q(kind="promise", action__isnull=False, wave__isnull=True)
                | Q(kind="barrier", action__isnull=True, wave__isnull=False),
                name="proposal_rests_on_something",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="proposal_declined_why"),
        ]
