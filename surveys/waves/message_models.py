"""What leaves and comes back: mails, bounced addresses, printed codes, tablets, chat tools.

Nothing here keeps the moment something was sent, opened or answered.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Message(models.Model):
    """One mail to one person: due → claimed → sent, skipped, failed, or bounced after it was sent.

    ``kind`` is *invitation* (``number`` 0) or *reminder* (1, 2 …). ``due_at`` is when it may leave, planned in the
    person's time zone. ``channel`` is how it left.
    """

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("mail", "Due")
        CLAIMED = "claimed", _("Claimed")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not needed any more")
        FAILED = "failed", _("Failed")
        BOUNCED = "bounced", _("Came back")

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        CHAT = "chat", _("Chat tool")

    # message_once begins with it.
    invitation = models.ForeignKey("surveys.Invitation", models.CASCADE, related_name="messages", db_index=False)
    kind = models.CharField(max_length=12, choices=[("invitation", _("Invitation")), ("reminder", _("Reminder"))])
    number = models.PositiveSmallIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE, db_default="due")
    channel = models.CharField(max_length=4, choices=Channel.choices, default=Channel.MAIL, db_default="mail")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "kind", "number"], name="message_once"),
            models.CheckConstraint(
                condition=Q(state="claimed", claimed_at__isnull=False) | ~Q(state="claimed"),
                name="message_claimed_at_a_moment",
            ),
        ]
        indexes = [
            # Of open work only: a hundred million sent mails make neither longer.
            models.Index(F("due_at"), F("id"), condition=Q(state="due"), name="message_waiting"),
            models.Index(fields=["id"], condition=Q(state="claimed"), name="message_in_hand"),
        ]


class MailSender(models.Model):
    """One of the few hands that send mail at a time; ``lease_until`` frees that of a dead worker.

    ``taken`` mails were claimed since ``minute`` began: the rate limit.
    """

    slot = models.PositiveSmallIntegerField(primary_key=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    minute = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)


class Signature(models.Model):
    """What HR signs its mails with in a language; without one, the organisation's name stands there."""

    language = models.CharField(max_length=12, primary_key=True)
    text = models.TextField(max_length=600)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="signature_says_something")]


class DeadAddress(models.Model):
    """Mail to this address came back for good. Void as soon as the person has another address.

    ``digest`` is of the address (see addresses.digest), so that no second copy of it lies here.
    """

    employee = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="dead_address")
    digest = models.CharField(max_length=64)
    code = models.CharField(max_length=20, blank=True)
    since = models.DateField()


class Code(models.Model):
    """The printed code of an invitation, as a hash under the wave's secret (which is not in the database)."""

    invitation = models.OneToOneField("surveys.Invitation", models.CASCADE, related_name="code")
    wave = models.ForeignKey("surveys.Wave", models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "digest"], name="code_once_in_a_wave")]


class Kiosk(models.Model):
    """A shared tablet for a wave: for everybody asked, or for ``unit`` and below, or for a ``site``.

    ``asks`` is empty (the printed code) or the two attributes (of ``kiosks.ATTRIBUTES``) somebody is found by.
    """

    wave = models.ForeignKey("surveys.Wave", models.CASCADE, related_name="kiosks")
    name = models.CharField(max_length=120)
    unit = models.ForeignKey("culture.Unit", models.CASCADE, null=True, blank=True, related_name="+")
    site = models.CharField(max_length=120, blank=True)
    asks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    language = models.CharField(max_length=12, default="en")
    ended = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(asks__len__in=[0, 2]), name="kiosk_asks_code_or_two"),
        ]


class Endpoint(models.Model):
    """A chat tool's address. ``announces``: tells a channel that a wave opened or is about to close, naming nobody.
    ``personal``: gets the personal messages of people whom no mail reaches, by employee number.
    """

    name = models.CharField(max_length=120)
    url = models.URLField(max_length=500)
    salt = models.CharField(max_length=64)
    announces = models.BooleanField(default=True)
    personal = models.BooleanField(default=False)
    language = models.CharField(max_length=12, default="en")
    active = models.BooleanField(default=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["personal"], condition=Q(personal=True, active=True), name="endpoint_one_personal"
            ),
        ]


class Announcement(models.Model):
    """What a channel is told about a wave, once."""

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("mail", "Due")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="announcements")
    wave = models.ForeignKey("surveys.Wave", models.CASCADE, related_name="announcements")
    kind = models.CharField(max_length=12, choices=[("opened", _("Opened")), ("closing", _("Closes soon"))])
    state = models.CharField(max_length=6, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "wave", "kind"], name="announced_once")]
        indexes = [models.Index(fields=["retry_at"], condition=Q(state="due"), name="announcement_waiting")]
