"""The organisation's rules for points, and the lots in which somebody's own points lie."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from culture.people.models import Unit
from programs.recognition.models import Account, LedgerEntry


class PointRules(models.Model):
    """One row for the organisation. A limit of 0 is no limit, but ``per_gift`` 0 means thanks without points."""

    per_gift = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(10_000)])
    pair_points = models.PositiveSmallIntegerField(default=100, validators=[MaxValueValidator(30_000)])
    pair_gifts = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(1_000)])
    team_share = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    lot_months = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(240)])
    withdraw_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(0), MaxValueValidator(1440)]
    )
    amounts_hidden = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_set_of_point_rules"),
            models.CheckConstraint(condition=Q(team_share__lte=100), name="team_share_in_percent"),
        ]


class AllowanceRule(models.Model):
    """How many points whom a rule fits gets for giving; the first that fits, by ``position``, counts.

    ``purse``: the allowance everybody gives from, or a manager's budget for his own people, kept apart.
    """

    class Purse(models.TextChoices):
        ALLOWANCE = "allowance", "Allowance"
        BUDGET = "budget", "Manager's budget"

    class Whom(models.TextChoices):
        EVERYBODY = "everybody", "Everybody"
        MANAGERS = "managers", "Who has direct reports"

    class Period(models.TextChoices):
        MONTH = "month", "A month"
        QUARTER = "quarter", "A quarter"

    position = models.PositiveSmallIntegerField(default=0)
    purse = models.CharField(max_length=9, choices=Purse.choices, default=Purse.ALLOWANCE)
    whom = models.CharField(max_length=9, choices=Whom.choices, default=Whom.EVERYBODY)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+", help_text="with all below")
    base = models.PositiveIntegerField(default=100, validators=[MaxValueValidator(100_000)])
    per_report = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(10_000)])
    every = models.CharField(max_length=7, choices=Period.choices, default=Period.MONTH)

    class Meta:
        ordering = ["position", "pk"]


class Lot(models.Model):
    """Points somebody received at once. Spent first in, first out; what is left after ``expires_on`` lapses."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="lots")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="point_lots")
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="lot")
    amount = models.PositiveIntegerField()
    remaining = models.PositiveIntegerField()
    earned_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["earned_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(remaining__lte=F("amount")), name="lot_holds_at_most_itself"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="lot_of_something"),
        ]
        indexes = [
            models.Index(fields=["account", "earned_on", "id"], condition=Q(remaining__gt=0), name="lot_open"),
            models.Index(fields=["expires_on"], condition=Q(remaining__gt=0), name="lot_to_expire"),
        ]


class LotUse(models.Model):
    """``amount`` of a lot left with a ledger entry (spent, expired, corrected); negative: it came back to the lot."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses")
    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="lot_uses")
    amount = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="lot_use_of_something")]


class Proof(models.Model):
    """One night's proof of the books. ``findings``: the sentences of what did not agree; empty is right.

    ``claimed_at``: when a worker took it in hand; one that died meanwhile leaves it to another.
    """

    on = models.DateField(unique=True)
    at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    accounts = models.PositiveIntegerField(default=0)
    entries = models.PositiveBigIntegerField(default=0)
    done = models.BooleanField(default=False)
    findings = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-on"]
