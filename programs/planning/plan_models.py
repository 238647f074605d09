"""What a program promises of itself: how its order was drawn, what was amended, milestones, risks, sponsors' duties."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.planning.models import Program, Stage


class Amendment(models.Model):
    """A change of a launched program: what, old and new, who, why. Append-only; the database refuses anything else.

    ``changes``: ``[{"key", "about", "before", "after"}]``, keys and values as ``amendments`` makes them. ``by`` NULL:
    by itself, following the organisation.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="amendments")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=1000)
    changes = models.JSONField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_reason")]


class Draw(models.Model):
    """The order in which cohorts start was drawn by lot: ``seed`` and ``pool`` give ``result`` again (``lots.draw``).

    ``pool``: ``[{"cohort", "name", "units", "people", "was"}]`` in the order drawn from; ``days``: the first days that
    were given out, in order; ``result``: ``{cohort id: day}``. Every draw stays, so that drawing until one likes it
    shows.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="draws")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    method = models.CharField(max_length=16)
    seed = models.CharField(max_length=64)
    pool = models.JSONField()
    days = models.JSONField()
    result = models.JSONField()

    class Meta:
        ordering = ["-at", "-pk"]


class Milestone(models.Model):
    """Something to be reached by a day, seen by one leading and one lagging indicator (keys of ``indicators``).

    ``reached_on`` is a decision of somebody, possible only while both indicators are met; ``readings`` are what they
    said then.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="milestones")
    stage = models.CharField(max_length=12, choices=Stage.Kind.choices, blank=True)
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    leading = models.CharField(max_length=40)
    leading_target = models.DecimalField(max_digits=6, decimal_places=1)
    lagging = models.CharField(max_length=40)
    lagging_target = models.DecimalField(max_digits=6, decimal_places=1)
    after = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followed_by")
    reached_on = models.DateField(null=True, blank=True)
    readings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(leading=F("lagging")), name="milestone_two_indicators"),
            # Clicking through courses changes nobody: what was trained may lead, never prove.
            models.CheckConstraint(condition=~Q(lagging__startswith="training."), name="milestone_not_by_training"),
            models.CheckConstraint(condition=~Q(after=F("id")), name="milestone_not_after_itself"),
            models.CheckConstraint(
                condition=Q(reached_on__isnull=True) | ~Q(readings={}), name="milestone_reached_with_readings"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Grade(models.IntegerChoices):
    LOW = 1, _("Low")
    MIDDLE = 2, _("Medium")
    HIGH = 3, _("High")


class Risk(models.Model):
    """What may stand in the way, who watches it, and what is done about it."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="risks")
    what = models.CharField(max_length=300)
    likelihood = models.PositiveSmallIntegerField(choices=Grade.choices)
    impact = models.PositiveSmallIntegerField(choices=Grade.choices)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=500)
    review_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["closed_on", "review_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 3), impact__range=(1, 3)), name="risk_graded_one_to_three"
            )
        ]

    @property
    def weight(self) -> int:
        """1–9: likelihood times impact."""
        return self.likelihood * self.impact


class Duty(models.Model):
    """What a sponsor has taken on himself, and by when."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="duties")
    what = models.CharField(max_length=300)
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["done_on", "due_on", "pk"]


class StageExit(models.Model):
    """A stage of a program was closed on a day: which of its exit criteria were met, who says so, and why it may end.

    Kept by the stage's kind, not its row: an amendment writes the rows anew. ``met``: [{"text", "met"}], the criteria
    as they stood that day. Never changed.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="exits")
    kind = models.CharField(max_length=12, choices=Stage.Kind.choices)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    met = models.JSONField(default=list)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint(fields=["program", "kind"], name="stage_closed_once")]

    @property
    def all_met(self) -> bool:
        return all(one["met"] for one in self.met)
