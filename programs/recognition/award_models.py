"""Awards: what is given for what, its rounds, who was nominated by whom, votes, winners, mails about them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.framework.models import Behaviour, Requirement
from culture.framework.texts import pick
from culture.people.models import Unit
from programs.planning.models import Program
from programs.recognition.models import Kudos, LedgerEntry

PERSON = settings.AUTH_USER_MODEL
MOST_WINNERS, MOST_POINTS = 50, 10_000


class Award(models.Model):
    """``criteria``: [{"key", "text": {language: text}}]; ``dates``: ISO days, where no ``rule`` (RRULE) gives them.

    A round opens for ``open_days`` days and is decided within ``decide_days`` more. ``nominators`` and ``nominees``:
    units with all below (empty: everybody).
    """

    class Decides(models.TextChoices):
        JURY = "jury", _("A jury votes, its chair or HR decides")
        MANAGER = "manager", _("The nominee's manager")

    name = models.JSONField(default=dict)
    purpose = models.JSONField(default=dict, blank=True)
    criteria = models.JSONField(default=list, blank=True)
    program = models.ForeignKey(Program, models.SET_NULL, null=True, blank=True, related_name="+")
    nominators = models.ManyToManyField(Unit, blank=True, related_name="+")
    nominees = models.ManyToManyField(Unit, blank=True, related_name="+")
    teams = models.BooleanField(default=True)
    decides = models.CharField(max_length=7, choices=Decides.choices, default=Decides.JURY)
    winners = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_WINNERS)]
    )
    points = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(MOST_POINTS)])
    rule = models.CharField(max_length=200, blank=True)
    dates = models.JSONField(default=list, blank=True)
    first_on = models.DateField()
    open_days = models.PositiveSmallIntegerField(default=14, validators=[MinValueValidator(1), MaxValueValidator(180)])
    decide_days = models.PositiveSmallIntegerField(
        default=21, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["retired_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(winners__gte=1, winners__lte=MOST_WINNERS, points__lte=MOST_POINTS), name="award_in_limits"
            ),
            models.CheckConstraint(condition=Q(open_days__gte=1, decide_days__gte=1), name="award_takes_days"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return pick(self.name)

    @property
    def text(self) -> str:
        return pick(self.purpose)

    @property
    def asks(self) -> list[tuple[str, str]]:
        """(key, words) of each criterion in the reader's language."""
        return [(one["key"], pick(one["text"])) for one in self.criteria]


class AwardJuror(models.Model):
    """Somebody of an award's jury; the ``chair`` may decide a round."""

    award = models.ForeignKey(Award, models.CASCADE, related_name="jury")
    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    chair = models.BooleanField(default=False)

    class Meta:
        ordering = ["-chair", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["award", "employee"], name="juror_once"),
            models.UniqueConstraint(fields=["award"], condition=Q(chair=True), name="one_chair"),
        ]


class AwardRound(models.Model):
    """One time an award is given. ``closes_on``, ``decide_by``: last days; ``winners``, ``points``: as announced.

    ``reason``: why it ended as it did, where it was altered or called off; everybody reads it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open for nominations")
        SHORTLIST = "shortlist", _("Waits for a shortlist")
        VOTING = "voting", _("Is being judged")
        DECIDED = "decided", _("Decided")
        EXPIRED = "expired", _("Ended without a decision")
        CANCELLED = "cancelled", _("Called off")

    RUNNING = (State.OPEN, State.SHORTLIST, State.VOTING)

    award = models.ForeignKey(Award, models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    decide_by = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    winners = models.PositiveSmallIntegerField()
    points = models.PositiveIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["award", "number"], name="award_round_number_once"),
            models.UniqueConstraint(fields=["award", "opens_on"], name="award_round_once_a_day"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on"), decide_by__gt=F("closes_on")), name="award_round_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "shortlist", "voting"], ended_at__isnull=True)
                | Q(state__in=["decided", "expired", "cancelled"], ended_at__isnull=False),
                name="award_round_ended_at_a_moment",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(reason=""), name="award_round_called_off_why"),
        ]
        indexes = [
            models.Index(
                fields=["closes_on"], condition=Q(state__in=["open", "shortlist", "voting"]), name="award_round_running"
            )
        ]

    @property
    def running(self) -> bool:
        return self.state in self.RUNNING


class AwardCandidate(models.Model):
    """Whoever is nominated in a round, once, however many nominate: a person, or the team of a unit.

    ``points``: what a winner gets (a team shares them). ``reason``: why not, or why altered; its nominators read it.
    """

    class State(models.TextChoices):
        NOMINATED = "nominated", _("Nominated")
        SHORTLISTED = "shortlist", _("On the shortlist")
        WON = "won", _("Won")
        DECLINED = "declined", _("Not chosen")
        EXPIRED = "expired", _("Nobody decided in time")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN = (State.NOMINATED, State.SHORTLISTED)

    round = models.ForeignKey(AwardRound, models.PROTECT, related_name="candidates")
    employee = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="candidacies")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.NOMINATED)
    points = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    post = models.OneToOneField("programs.FeedPost", models.SET_NULL, null=True, blank=True, related_name="candidate")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(employee__isnull=False, unit__isnull=True) | Q(employee__isnull=True, unit__isnull=False),
                name="candidate_person_or_team",
            ),
            models.UniqueConstraint(
                fields=["round", "employee"], condition=Q(employee__isnull=False), name="candidate_person_once"
            ),
            models.UniqueConstraint(
                fields=["round", "unit"], condition=Q(unit__isnull=False), name="candidate_team_once"
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="candidate_declined_why"),
            models.CheckConstraint(
                condition=~Q(state__in=["won", "declined"]) | Q(decided_at__isnull=False), name="candidate_decided_when"
            ),
        ]

    @property
    def name(self) -> str:
        return self.employee.name if self.employee else self.unit.name if self.unit else ""


class Nomination(models.Model):
    """``nominee`` repeats the candidate's person, so that the database itself refuses to nominate oneself.

    ``criteria``: those ticked, as the award worded them then.
    """

    candidate = models.ForeignKey(AwardCandidate, models.PROTECT, related_name="nominations")
    nominator = models.ForeignKey(PERSON, models.PROTECT, related_name="nominations")
    nominee = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    criteria = models.JSONField(default=list, blank=True)
    evidence = models.TextField()
    language = models.CharField(max_length=12, blank=True)
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, null=True, blank=True, related_name="+")
    kudos = models.ManyToManyField(Kudos, blank=True, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    idempotency_key = models.UUIDField(unique=True)

    @property
    def ticked(self) -> list[str]:
        return [pick(one["text"]) for one in self.criteria]

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nominee__isnull=True) | ~Q(nominee=F("nominator")), name="nomination_not_of_oneself"
            ),
            models.UniqueConstraint(
                fields=["candidate", "nominator"], condition=Q(withdrawn_at__isnull=True), name="nominated_once_by_one"
            ),
        ]


class AwardVote(models.Model):
    """One juror on one candidate, 1 (weak) to 5 (outstanding). A trigger refuses who is too near to the candidate."""

    candidate = models.ForeignKey(AwardCandidate, models.PROTECT, related_name="votes")
    juror = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "juror"], name="one_vote_of_a_juror"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="vote_from_one_to_five"),
        ]


class AwardWinner(models.Model):
    """Somebody who got an award, alone or with his team; ``entry`` paid his ``points``."""

    candidate = models.ForeignKey(AwardCandidate, models.PROTECT, related_name="winners")
    employee = models.ForeignKey(PERSON, models.PROTECT, related_name="awards_won")
    points = models.PositiveIntegerField(default=0)
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "employee"], name="won_once"),
            models.CheckConstraint(
                condition=Q(points=0, entry__isnull=True) | Q(points__gt=0, entry__isnull=False), name="won_is_paid"
            ),
        ]


class FeedPost(models.Model):
    """News between the thanks: an award, a milestone, a team's success. Its words are made for each reader.

    ``data``: what the sentence needs besides the names; ``story``: HR's own words about a team.
    """

    class Kind(models.TextChoices):
        AWARD = "award", _("Award")
        MILESTONE = "milestone", _("Milestone")
        TEAM = "team", _("Team")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    employee = models.ForeignKey(PERSON, models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    data = models.JSONField(default=dict, blank=True)
    story = models.CharField(max_length=600, blank=True)
    at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    hidden_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(employee__isnull=False) | Q(unit__isnull=False), name="post_about_somebody"
            )
        ]
        indexes = [models.Index(fields=["-at", "-id"], condition=Q(hidden_at__isnull=True), name="post_feed")]

    @property
    def name(self) -> str:
        return self.employee.name if self.employee else self.unit.name if self.unit else ""


class AwardMail(models.Model):
    """One mail to one person about a round or a candidate: due → claimed → sent."""

    class Kind(models.TextChoices):
        JURY = "jury", _("The vote is open")
        JURY_LAST = "jury_last", _("The vote ends soon")
        DECIDE = "decide", _("Waits for your decision")
        WON = "won", _("You won")
        NOMINATOR_WON = "nom_won", _("Whom you nominated won")
        DECLINED = "declined", _("Not chosen")
        EXPIRED = "expired", _("Nobody decided in time")
        CANCELLED = "cancelled", _("The round was called off")

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("mail", "Due")
        CLAIMED = "claimed", _("Claimed")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not needed any more")
        FAILED = "failed", _("Failed")

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="award_mails")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    round = models.ForeignKey(AwardRound, models.CASCADE, related_name="mails")
    candidate = models.ForeignKey(AwardCandidate, models.CASCADE, null=True, blank=True, related_name="mails")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "kind", "round", "candidate"], nulls_distinct=False, name="award_mail_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False), name="award_mail_claimed_at_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="award_mail_waiting"),
            models.Index(fields=["id"], condition=Q(state="claimed"), name="award_mail_in_hand"),
        ]


def last_day(award: Award, opens_on: dt.date) -> tuple[dt.date, dt.date]:
    """(last day to nominate, last day to decide) of a round that opens on ``opens_on``."""
    closes = opens_on + dt.timedelta(days=award.open_days - 1)
    return closes, closes + dt.timedelta(days=award.decide_days)
