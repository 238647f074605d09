"""Daily practices: notes to customers, memorable ideas, complaints made good. No row names a customer.

What is *not* here: incidents of rudeness by person. Those are asked about in surveys, without a person, and behaviour
is observed in ``programs.training``; correction of staff (P8) is kept outside this product altogether.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.framework.models import Behaviour
from culture.people.models import Unit
from programs.planning.models import Program

CURRENCY = r"^[A-Z]{3}$"
MOST_NOTES = 9


class Customer(models.TextChoices):
    """As in thanks: a customer is a colleague of another unit, or somebody from outside."""

    OUTSIDE = "outside", _("A customer")
    INSIDE = "inside", _("A colleague we serve")


class Level(models.TextChoices):
    """Who decides. ``own``: nobody has to be asked."""

    OWN = "own", _("Within the own limit")
    MANAGER = "manager", _("The manager")
    HR = "hr", _("HR")


class PracticeSwitch(models.Model):
    """Whether the people of a program keep practices; no row: they do not."""

    program = models.OneToOneField(Program, models.CASCADE, related_name="practices")
    on = models.BooleanField(default=False)
    changed_on = models.DateField()


class PracticeKeeper(models.Model):
    """Somebody has kept practices in a program ``since`` the day on which that was seen, whatever day is written in his
    enrolment. Only who could write in all the weeks of a figure is counted in it: of who was entered afterwards one
    knows that he wrote nothing.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "employee"], name="practice_keeper_once")]


class PracticeWeek(models.Model):
    """What is told of the four weeks up to the Sunday ``until``: worked out once, and never again. What is entered
    later for a day of those weeks (a leave, a move, a note taken out) alters no figure that was seen.

    ``told`` holds the words' values of groups (see ``figures``): no person, and no count of people who wrote.
    """

    until = models.DateField(unique=True)
    at = models.DateTimeField()
    told = models.JSONField()

    class Meta:
        ordering = ["-until"]


class PracticeNote(models.Model):
    """Somebody followed up ``many`` customers in one day, each with a personal note of this ``kind``.

    Only who wrote it sees it. ``note``: his own reminder. ``key``: made with the form, so that sent twice is kept once.
    """

    class Kind(models.TextChoices):
        APOLOGY = "apology", _("Apology")
        THANKS = "thanks", pgettext_lazy("letter", "Thanks")
        GOODBYE = "goodbye", _("Goodbye")

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="practice_notes")
    on = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    customer = models.CharField(max_length=7, choices=Customer.choices, default=Customer.OUTSIDE)
    many = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_NOTES)])
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "key"], name="practice_note_once"),
            models.CheckConstraint(condition=Q(many__gte=1, many__lte=MOST_NOTES), name="practice_note_of_some"),
            models.CheckConstraint(condition=Q(kind__in=["apology", "thanks", "goodbye"]), name="practice_note_kind"),
        ]
        indexes = [
            models.Index(fields=["employee", "-on"], name="practice_note_person"),
            models.Index(fields=["on"], name="practice_note_day"),
        ]


class IdeaQuerySet(models.QuerySet["Idea"]):
    def library(self) -> IdeaQuerySet:
        """What everybody may do: approved, and still offered."""
        return self.filter(state=Idea.State.APPROVED)

    def proposed(self) -> IdeaQuerySet:
        return self.filter(state=Idea.State.PROPOSED)


class Idea(models.Model):
    """Something memorable somebody would do for a customer, allowed beforehand: what one does, what one says.

    ``level``: who decides. ``asked``: the words and the cost as proposed, where who decided altered them.
    ``named``: the library tells whose idea it is; where it does not, ``unit`` is one of many people, or none.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for permission")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")
        RETIRED = "retired", _("No longer offered")

    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ideas")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=120)
    what = models.TextField(max_length=1500)
    phrases = models.TextField(max_length=800, blank=True)
    cost = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    currency = models.CharField(max_length=3, blank=True)
    language = models.CharField(max_length=12, blank=True)
    named = models.BooleanField(default=True)
    level = models.CharField(max_length=7, choices=Level.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    asked = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposer", "key"], name="idea_once"),
            models.CheckConstraint(condition=~Q(decided_by=models.F("proposer")), name="idea_decided_by_another"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="idea_cost_not_below_zero"),
            models.CheckConstraint(condition=Q(cost=0) | Q(currency__regex=CURRENCY), name="idea_cost_has_currency"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "declined"]) | Q(decided_at__isnull=False),
                name="idea_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=(~Q(state="declined") & Q(asked={})) | ~Q(reason=""), name="idea_refused_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-decided_at"], name="idea_state"),
            models.Index(fields=["proposer", "-at"], name="idea_person"),
        ]

    def __str__(self) -> str:
        return self.title


class IdeaMark(models.Model):
    """“I did it”: once a day at most. Only who did it sees his own; everybody sees how often in all."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="marks")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="idea_marks")
    on = models.DateField()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "employee", "on"], name="idea_done_once_a_day")]


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def running(self) -> RecoveryQuerySet:
        """Not closed: something is still owed to a customer."""
        return self.exclude(state=Recovery.State.CLOSED)

    def late(self, now: dt.datetime) -> RecoveryQuerySet:
        return self.running().filter(due_at__lt=now)


class Recovery(models.Model):
    """A complaint being made good. ``value``: what the amends are worth; ``asked``: what was asked for, where less was
    allowed. ``limit``: what who opened it could give alone that day, NULL: nothing was set. It is booked nowhere.
    """

    class Amends(models.TextChoices):
        NONE = "none", _("The apology alone")
        DISCOUNT = "discount", _("Discount")
        REPLACEMENT = "replacement", _("Replacement")
        REFUND = "refund", _("Money back")
        RAIN_CHECK = "rain_check", _("Rain check: another time, on us")
        GIFT = "gift", _("A small gift")
        SERVICE = "service", _("An extra service")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for permission")
        OPEN = "open", pgettext_lazy("recovery", "To be made good")
        REFUSED = "refused", _("Not allowed: offer something else")
        CLOSED = "closed", pgettext_lazy("recovery", "Closed")

    class Outcome(models.TextChoices):
        STAYED = "stayed", _("The customer stayed")
        LEFT = "left", _("The customer left")
        UNKNOWN = "unknown", _("We do not know")

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recoveries")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    happened_on = models.DateField()
    what = models.TextField(max_length=1000)
    customer = models.CharField(max_length=7, choices=Customer.choices, default=Customer.OUTSIDE)
    apologised_at = models.DateTimeField(null=True, blank=True)
    amends = models.CharField(max_length=11, choices=Amends.choices, default=Amends.NONE)
    value = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    currency = models.CharField(max_length=3, blank=True)
    limit = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    level = models.CharField(max_length=7, choices=Level.choices, default=Level.OWN)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    asked = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    learnt = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "key"], name="recovery_once"),
            models.CheckConstraint(condition=~Q(decided_by=models.F("employee")), name="recovery_decided_by_another"),
            models.CheckConstraint(condition=Q(value__gte=0), name="recovery_value_not_below_zero"),
            models.CheckConstraint(
                condition=Q(value=0) | Q(currency__regex=CURRENCY), name="recovery_value_has_currency"
            ),
            models.CheckConstraint(
                condition=(Q(state="closed") & ~Q(outcome="") & Q(closed_at__isnull=False))
                | (~Q(state="closed") & Q(outcome="") & Q(closed_at__isnull=True)),
                name="recovery_closed_with_outcome",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="recovery_refused_with_reason"),
        ]
        indexes = [
            models.Index(fields=["employee", "state"], name="recovery_person"),
            models.Index(fields=["state", "due_at"], name="recovery_due"),
        ]


class Limit(models.Model):
    """What may be given without asking, in one currency; the most specific that fits somebody counts.

    ``unit`` NULL: everywhere; ``job_family`` "": every role. ``own``: what who serves may give alone. ``manager``: up
    to where the manager decides, above it HR; NULL: he decides on everything. For ideas ``own`` is always 0.
    """

    class Kind(models.TextChoices):
        RECOVERY = "recovery", _("A complaint made good")
        IDEA = "idea", _("A memorable idea")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    job_family = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    own = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    manager = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["kind", "currency", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "job_family", "currency"], name="limit_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="limit_currency_iso"),
            models.CheckConstraint(condition=Q(own__gte=0), name="limit_not_below_zero"),
            models.CheckConstraint(
                condition=Q(manager__isnull=True) | Q(manager__gte=models.F("own")), name="limit_of_manager_not_less"
            ),
            models.CheckConstraint(condition=~Q(kind="idea") | Q(own=0), name="limit_ideas_are_asked_for"),
        ]


class RecoveryRule(models.Model):
    """Within how many hours a complaint is to be made good, from ``at`` on: dated, the last one holds."""

    hours = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(720)])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=720), name="recovery_rule_hours")]
