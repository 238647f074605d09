"""Thanks and the double-entry ledger behind the points."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from culture.framework.models import Behaviour, Requirement


class Account(models.Model):
    """Where points lie. ``balance`` caches the ledger under a row lock; only the issuer may be negative."""

    class Kind(models.TextChoices):
        ISSUER = "issuer", "Issuer"
        ALLOWANCE = "allowance", "Monthly allowance"
        PERSONAL = "personal", "Personal points"
        EXPIRED = "expired", "Expired"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    period = models.DateField(null=True, blank=True, help_text="first day of the allowance's month")
    balance = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "employee", "period"], nulls_distinct=False, name="account_once"),
            models.CheckConstraint(condition=Q(kind__in=["issuer"]) | Q(balance__gte=0), name="account_not_negative"),
        ]


class Kudos(models.Model):
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="kudos_given")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="kudos_received")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, null=True, blank=True, related_name="+")
    story = models.TextField()
    points = models.PositiveSmallIntegerField(default=0)
    public = models.BooleanField(default=True)
    at = models.DateTimeField()
    period = models.DateField()
    idempotency_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "kudos"
        constraints = [models.CheckConstraint(condition=~Q(giver=F("receiver")), name="kudos_not_to_oneself")]


class LedgerEntry(models.Model):
    """One movement of ``amount`` > 0 from an account to another. Append-only: triggers refuse anything else."""

    source = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    target = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount = models.PositiveIntegerField()
    at = models.DateTimeField()
    kudos = models.ForeignKey(Kudos, models.PROTECT, null=True, blank=True, related_name="entries")
    reason = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="entry_between_two"),
        ]
