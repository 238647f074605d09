"""The organisation's own settings: one row, and the one-time links of its first start."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

LONGEST_NAME = 120
K_CHOICES = (5, 7, 10)


class Organisation(models.Model):
    """One row. Missing or empty values fall back to the installation's settings (see ``organisation.current``)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Rome")
    sender_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    sender_address = models.EmailField(blank=True)
    k = models.PositiveSmallIntegerField(default=5)
    steps_done = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    set_up_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="organisation_only_one"),
            models.CheckConstraint(condition=Q(k__in=K_CHOICES), name="organisation_k_allowed"),
            # What is set up has a name to go by.
            models.CheckConstraint(condition=Q(set_up_at=None) | ~Q(name=""), name="organisation_set_up_has_name"),
        ]

    def __str__(self) -> str:
        return self.name or "Trivium"


class SetupLink(models.Model):
    """A link of the first start: ``digest`` of its secret, ``visit_digest`` of the browser that took it."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    visit_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="setup_link_expires"),
            models.CheckConstraint(
                condition=Q(taken_at=None, visit_digest="") | (~Q(taken_at=None) & ~Q(visit_digest="")),
                name="setup_link_taken_by_a_browser",
            ),
        ]


class SignInLock(models.Model):
    """Failed attempts of one account or one network. ``key`` is a keyed digest: no address is stored."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)
    times = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(db_index=True)


class SignInLink(models.Model):
    """A one-time way in, handed out by HR to somebody without e-mail. ``digest`` of its secret."""

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="sign_in_link_expires"),
            # A new one replaces the last.
            models.UniqueConstraint(fields=["employee"], condition=Q(used_at=None), name="sign_in_link_one_unused"),
        ]
