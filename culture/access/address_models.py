"""When somebody else changed an employee's e-mail address: who confirmed it, and whether the old one was told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class AddressChange(models.Model):
    """One change of an address. It is *open* until ``settled``: mail to the new address opens no account with a role.

    ``old_address`` is kept no longer than it is needed: until it was told and the change is settled or 90 days old.
    """

    class Settled(models.TextChoices):
        OWN = "own", "changed by the person"
        PERSON = "person", "confirmed by the person"
        SECOND = "second", "confirmed by a second HR admin"
        OPERATOR = "operator", "confirmed on the server"
        BACK = "back", "taken back"

    class Notice(models.TextChoices):
        NONE = "none", "nobody to tell"
        DUE = "due", "to be sent"
        SENT = "sent", "sent"
        FAILED = "failed", "could not be sent"

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes")
    old_address = models.EmailField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    settled = models.CharField(max_length=8, choices=Settled.choices, blank=True, default="")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    notice = models.CharField(max_length=6, choices=Notice.choices, default=Notice.NONE)
    notice_after = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled="", settled_at=None) | (~Q(settled="") & Q(settled_at__isnull=False)),
                name="address_change_settled_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(notice="due") | (~Q(old_address="") & Q(notice_after__isnull=False)),
                name="address_change_notice_has_an_address",
            ),
        ]
        indexes = [
            models.Index(fields=["employee"], condition=Q(settled=""), name="addresschange_open"),
            models.Index(fields=["notice_after"], condition=Q(notice="due"), name="addresschange_to_tell"),
        ]
