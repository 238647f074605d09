"""What points can be spent on, and every redemption with its steps."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from culture.framework.texts import pick
from culture.people.models import Unit


class Reward(models.Model):
    """``name``, ``description`` by language; ``stock`` None: unlimited. Retired ones stay for their redemptions.

    ``tax_notes``: by country (``*``: any other) as the organisation writes it. ``sites``, ``units``, ``countries``: who
    may redeem (empty: everybody). ``approver``: who lets a redemption go on where ``approval`` is asked.
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        VOUCHER = "voucher", _("Voucher with a code")
        TIME_OFF = "timeoff", _("Time off")
        DONATION = "donation", _("Donation")
        EXPERIENCE = "experience", _("Experience")
        CUSTOM = "custom", _("Something else")

    class Approver(models.TextChoices):
        HR = "hr", _("HR")
        MANAGER = "manager", _("The person’s manager, or HR")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict, blank=True)
    price = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(1_000_000)])
    stock = models.PositiveIntegerField(null=True, blank=True)
    per_person = models.PositiveSmallIntegerField(default=0, help_text="open or fulfilled in a year; 0: any number")
    approval = models.BooleanField(default=True)
    approver = models.CharField(max_length=7, choices=Approver.choices, default=Approver.HR, db_default="hr")
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    sites = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    units = models.ManyToManyField(Unit, blank=True, related_name="+")
    managers_only = models.BooleanField(default=False)
    value = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    tax_notes = models.JSONField(default=dict, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["price", "pk"]
        constraints = [models.CheckConstraint(condition=Q(price__gt=0), name="reward_has_a_price")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return pick(self.name)

    @property
    def text(self) -> str:
        return pick(self.description)

    def tax_note(self, country: str) -> str:
        """How it is taxed in ``country`` (two letters), else what is written for all others."""
        return _note_of(self.tax_notes, country)


def _note_of(notes: Mapping[str, str], country: str) -> str:
    return str(notes.get(country) or notes.get("*", ""))


class Redemption(models.Model):
    """Points of one person for one reward at the price of that moment.

    ``name``, ``kind``, ``value``, ``currency``, ``tax_notes``: the reward's as it was redeemed, whatever it becomes;
    ``country``: where the person was then ('' while nobody had said where his site lies).
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("Waits for approval")
        TO_FULFIL = "to_fulfil", _("To be handed over")
        FULFILLED = "fulfilled", _("Handed over")
        REJECTED = "rejected", _("Rejected")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.RESERVED, State.TO_FULFIL)

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="redemptions")
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions")
    price = models.PositiveIntegerField()
    name = models.JSONField(default=dict)
    kind = models.CharField(max_length=10, choices=Reward.Kind.choices, blank=True, default="", db_default="")
    value = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    tax_notes = models.JSONField(default=dict, blank=True)
    country = models.CharField(max_length=2, blank=True, default="", db_default="")
    state = models.CharField(max_length=9, choices=State.choices, default=State.RESERVED)
    at = models.DateTimeField()
    idempotency_key = models.UUIDField(unique=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["state", "at"], name="redemption_state"),
            models.Index(fields=["employee", "-at"], name="redemption_person"),
        ]

    @property
    def label(self) -> str:
        return pick(self.name)

    def country_of(self, sites: Mapping[str, str]) -> str:
        """Where the person was; while that was unknown, where his site lies by now (``sites``: site → country)."""
        return self.country or sites.get(self.employee.site, "")

    def tax_note(self, country: str) -> str:
        return _note_of(self.tax_notes, country)


class RewardCode(models.Model):
    """One code of a voucher's pool, sealed (``codes``). Shown to who redeemed it and to who handed it over, each time
    with an entry in the audit trail. ``mark``: keyed, so that the same code is not added twice.
    """

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="codes")
    sealed = models.BinaryField()
    mark = models.CharField(max_length=64)
    redemption = models.OneToOneField(Redemption, models.PROTECT, null=True, blank=True, related_name="voucher")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reward", "mark"], name="voucher_code_once")]
        indexes = [models.Index(fields=["reward", "id"], condition=Q(redemption__isnull=True), name="voucher_free")]


class RedemptionStep(models.Model):
    """Who brought a redemption into which state when, and why."""

    redemption = models.ForeignKey(Redemption, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=9, choices=Redemption.State.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class SiteCountry(models.Model):
    """The country a site of the HR import lies in; ``country`` as in ISO 3166, two letters."""

    site = models.CharField(max_length=120, unique=True)
    country = models.CharField(max_length=2)

    class Meta:
        ordering = ["site"]
        constraints = [models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="site_country_iso")]
