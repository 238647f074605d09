"""The service map's rows: who uses whose service since when, and what earlier waves propose to change in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from culture.people.models import Unit


class ServiceLinkQuerySet(models.QuerySet["ServiceLink"]):
    def on(self, day: dt.date) -> ServiceLinkQuerySet:
        """Those that hold on the day."""
        return self.filter(Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day))

    def overlapping(self, since: dt.date | None, until: dt.date | None) -> ServiceLinkQuerySet:
        """Those that hold on some day of the time from ``since`` to ``until`` (None: without beginning or end)."""
        found = self
        if until is not None:
            found = found.filter(Q(since__isnull=True) | Q(since__lte=until))
        if since is not None:
            found = found.filter(Q(until__isnull=True) | Q(until__gte=since))
        return found

    def between(self, customers: Iterable[int], providers: Iterable[int]) -> ServiceLinkQuerySet:
        return self.filter(customer__in=list(customers), provider__in=list(providers))


class ServiceLink(models.Model):
    """``customer``, and everything below it, uses the service of ``provider`` from ``since`` to ``until`` (last day).

    NULL: from the beginning, for good. An ended link stays, for the map as it was. Of one pair no two overlap: an
    exclusion constraint in the migration sees to it. ``added_at`` NULL: before it was noted.
    """

    customer = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    provider = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=120, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField(null=True, blank=True, auto_now_add=True)

    objects = ServiceLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(customer=F("provider")), name="link_not_to_itself"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="link_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} ← {self.provider_id}"


class LinkProposal(models.Model):
    """What the answers of a released wave say about the map, for HR to take over or to leave.

    ``new``: people of the customer rated a provider that the map does not give them; ``unused``: of those asked about
    the provider most said that they did not use it. Only what the rule of ``links_learning`` lets pass is stored, and
    never a count.
    """

    class Change(models.TextChoices):
        NEW = "new", _("Used, but not in the map")
        UNUSED = "unused", _("In the map, but hardly used")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for you")
        ACCEPTED = "accepted", _("Taken over")
        DECLINED = "declined", _("Left as it is")

    wave = models.ForeignKey("surveys.Wave", models.CASCADE, related_name="link_proposals")
    customer = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    provider = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    change = models.CharField(max_length=6, choices=Change.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)

    class Meta:
        ordering = ["wave", "customer", "provider"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "customer", "provider"], name="proposal_once"),
            models.CheckConstraint(condition=~Q(customer=F("provider")), name="proposal_not_to_itself"),
        ]
