"""Thanks and the double-entry ledger behind the points."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from culture.framework.models import Behaviour, Requirement


class Account(models.Model):
    """Where points lie. ``balance`` caches the ledger under a row lock and is never negative.

    What every movement of the company would meet (issuer, expired, spent, written off) is never cached: its balance
    stays 0 here and is derived when asked for, or all would queue for one row. Only the issuer's may be negative.
    """

    class Kind(models.TextChoices):
        ISSUER = "issuer", _("Issuer")
        ALLOWANCE = "allowance", _("Allowance")
        BUDGET = "budget", _("Manager's budget")
        AWARD = "award", _("Award budget")
        PENDING = "pending", _("Gifts on their way")
        PERSONAL = "personal", _("Personal points")
        RESERVED = "reserved", _("Reserved for rewards")
        SPENT = "spent", _("Spent on rewards")
        EXPIRED = "expired", _("Expired")
        WRITTEN_OFF = "writtenoff", _("Written off")

    UNCACHED = (Kind.ISSUER, Kind.SPENT, Kind.EXPIRED, Kind.WRITTEN_OFF)

    kind = models.CharField(max_length=10, choices=Kind.choices)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    period = models.DateField(null=True, blank=True, help_text="first day of the allowance's month or quarter")
    ends = models.DateField(null=True, blank=True, help_text="last day of it; what is left then lapses")
    label = models.CharField(max_length=60, blank=True, default="", db_default="")
    issued_at = models.DateTimeField(null=True, blank=True)
    balance = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "employee", "period", "label"], nulls_distinct=False, name="account_once"
            ),
            models.CheckConstraint(condition=Q(balance__gte=0), name="account_not_negative"),
            models.CheckConstraint(
                condition=Q(balance=0) | ~Q(kind__in=["issuer", "spent", "expired", "writtenoff"]),
                name="hot_account_not_cached",
            ),
        ]
        indexes = [
            models.Index(fields=["ends"], condition=Q(balance__gt=0, ends__isnull=False), name="account_to_lapse")
        ]


class Kudos(models.Model):
    """One thank-you to one or several people; ``points`` for each of them.

    ``pending`` until it can no longer be withdrawn; ``period``: the calendar month in the giver's zone, for the caps.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("On its way")
        SETTLED = "settled", _("Arrived")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Customer(models.TextChoices):
        INTERNAL = "internal", _("Colleagues")
        EXTERNAL = "external", _("A customer from outside")

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="kudos_given")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, null=True, blank=True, related_name="+")
    story = models.TextField()
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    points = models.PositiveSmallIntegerField(default=0)
    purse = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    public = models.BooleanField(default=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING, db_default="pending")
    at = models.DateTimeField()
    period = models.DateField()
    idempotency_key = models.UUIDField(unique=True)
    # Moderated: gone from every list but the giver's and the receivers' own.
    hidden_at = models.DateTimeField(null=True, blank=True)
    # For which customer: a unit served by colleagues, or one from outside, of whom nothing is stored.
    customer = models.CharField(max_length=8, choices=Customer.choices, blank=True, default="", db_default="")
    customer_unit = models.ForeignKey(
        "culture.Unit", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # A whole unit was thanked: everybody who was there that day is a receiver.
    team = models.ForeignKey("culture.Unit", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "kudos"
        constraints = [
            models.CheckConstraint(
                condition=Q(customer_unit__isnull=True) | Q(customer="internal"), name="kudos_unit_is_a_colleague"
            )
        ]
        indexes = [
            # Of one attitude the newest, whatever others were thanked for since.
            models.Index(
                fields=["behaviour", "-id"],
                condition=Q(public=True, hidden_at__isnull=True) & ~Q(state="withdrawn"),
                name="kudos_feed_behaviour",
            ),
            models.Index(fields=["giver", "period"], name="kudos_giver_period"),
            models.Index(fields=["at"], condition=Q(state="pending"), name="kudos_pending"),
            models.Index(
                fields=["-at", "-id"],
                condition=Q(public=True, hidden_at__isnull=True) & ~Q(state="withdrawn"),
                name="kudos_feed",
            ),
        ]


class KudosReceiver(models.Model):
    """Who is thanked. ``giver`` repeats the gift's, so that the database itself refuses a gift to oneself."""

    kudos = models.ForeignKey(Kudos, models.CASCADE, related_name="receipts")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="kudos_received", db_index=False
    )
    # Thanked with his whole team, beyond what the giver may still give him this month: words, and no points.
    without_points = models.BooleanField(default=False, db_default=False)
    # Of the receiver on that day: the cap on what goes to one team must not follow his later moves.
    unit = models.ForeignKey("culture.Unit", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["kudos", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kudos", "receiver"], name="thanked_once_in_a_gift"),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="kudos_not_to_oneself"),
        ]
        # The newest of one person, and of one unit, without sorting all of them.
        indexes = [
            models.Index(fields=["receiver", "-kudos"], name="kudos_of_receiver"),
            models.Index(fields=["unit", "-kudos"], name="kudos_of_unit"),
        ]


class LedgerEntry(models.Model):
    """One movement of ``amount`` > 0 from an account to another. Append-only: triggers refuse anything else.

    ``reason`` is a code of ``recognition.posting.Reason``; ``note`` and ``by`` say why and by whom a correction was
    made.
    """

    source = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    target = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount = models.PositiveIntegerField()
    at = models.DateTimeField()
    kudos = models.ForeignKey(Kudos, models.PROTECT, null=True, blank=True, related_name="entries")
    redemption = models.ForeignKey(
        "programs.Redemption", models.PROTECT, null=True, blank=True, related_name="entries", db_index=False
    )
    reason = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        # Millions of rows have neither a redemption nor an author: an index over them would only be written.
        indexes = [
            models.Index(fields=["redemption"], condition=Q(redemption__isnull=False), name="entry_of_redemption"),
            models.Index(fields=["by"], condition=Q(by__isnull=False), name="entry_by"),
            models.Index(fields=["-at", "-id"], name="entry_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="entry_between_two"),
            models.CheckConstraint(
                condition=~Q(reason="correction") | (~Q(note="") & Q(by__isnull=False)),
                name="ledger_correction_says_why",
            ),
        ]
