"""Who holds which role where from when to when, and the record of what was done."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from culture.people.models import Unit


def organisation_today() -> dt.date:
    """The first day of a grant that names none, in the installation's zone (clock.py knows the organisation's)."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


class Role(models.TextChoices):
    HR_ADMIN = "hr_admin", _("HR admin")
    PROGRAM_LEAD = "program_lead", _("Program lead")
    TRAINER = "trainer", _("Trainer")
    EXECUTIVE = "executive", _("Executive")
    AUDITOR = "auditor", _("Auditor")
    MODERATOR = "moderator", _("Comment moderator")
    # Everybody is an employee, and a manager follows from the tree: neither is granted.


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, day: dt.date | None = None) -> GrantQuerySet:
        """Those that give a right on ``day``."""
        day = day or organisation_today()
        return self.filter(ended_at=None, since__lte=day).filter(Q(until=None) | Q(until__gte=day))

    def planned(self, day: dt.date) -> GrantQuerySet:
        return self.filter(ended_at=None, since__gt=day)

    def over(self, day: dt.date) -> GrantQuerySet:
        return self.filter(Q(ended_at__isnull=False) | Q(until__lt=day))

    def hr_admins(self) -> GrantQuerySet:
        """HR admins of the whole organisation."""
        return self.filter(role=Role.HR_ADMIN, unit=None)


class Grant(models.Model):
    """A role, for one unit and all below it, or (``unit`` NULL) for the whole organisation.

    In force from ``since`` to ``until`` (both included; NULL: open), unless ``ended_at``: ended at that very moment.
    Rows are kept; two of the same employee, role and unit never overlap (``grant_once_at_a_time``, see migration 0006).
    """

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    since = models.DateField(default=organisation_today)
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_reason = models.CharField(max_length=300, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="grant_in_order"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_of_a_known_role"),
            models.CheckConstraint(
                condition=~Q(role="moderator") | Q(until__isnull=False, unit__isnull=True), name="moderator_for_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.employee}"

    def holds_on(self, day: dt.date) -> bool:
        return self.ended_at is None and self.since <= day and (self.until is None or self.until >= day)


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def matching(self, text: str) -> AuditQuerySet:
        """Those whose verb, subject or actor's name contains ``text``."""
        return self.filter(
            Q(verb__icontains=text)
            | Q(subject__icontains=text)
            | Q(actor__given_name__icontains=text)
            | Q(actor__family_name__icontains=text)
        )


class AuditEntry(models.Model):
    """Who did what to which subject, when and from where. Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE.

    ``subject`` is ``model:id`` or a word; ``channel`` page, api, command or task; ``address`` the network the request
    came from (an IPv4 /24 or IPv6 /48), empty for the pages on which people answer.
    """

    class Channel(models.TextChoices):
        PAGE = "page", _("Page")
        API = "api", _("API")
        COMMAND = "command", _("Command line")
        TASK = "task", _("In the background")

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    channel = models.CharField(max_length=8, choices=Channel.choices, blank=True, default="", db_default="")
    address = models.CharField(max_length=50, blank=True, default="", db_default="")

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["subject"], name="audit_subject"),
            models.Index(fields=["verb"], name="audit_verb"),
        ]
