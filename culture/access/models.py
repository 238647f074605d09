"""Who holds which role where, and the record of what was done."""

from django.conf import settings
from django.db import models

from culture.people.models import Unit


class Role(models.TextChoices):
    HR_ADMIN = "hr_admin", "HR admin"
    EXECUTIVE = "executive", "Executive"
    # Everybody is an employee, and a manager follows from the tree: neither is granted.


class Grant(models.Model):
    """A role, for one unit and all below it, or (``unit`` NULL) for the whole organisation."""

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "role", "unit"], nulls_distinct=False, name="grant_once")
        ]


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def matching(self, text: str) -> "AuditQuerySet":
        """Those whose verb, subject or actor's name contains ``text``."""
        return self.filter(
            models.Q(verb__icontains=text)
            | models.Q(subject__icontains=text)
            | models.Q(actor__given_name__icontains=text)
            | models.Q(actor__family_name__icontains=text)
        )


class AuditEntry(models.Model):
    """Who did what to which subject when. Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
