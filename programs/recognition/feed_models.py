"""What people make of thanks: pictures, reactions, replies, reports; and how each wants to be told of his own."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programs.recognition.models import Kudos, KudosReceiver

PERSON = settings.AUTH_USER_MODEL
LONGEST_REPLY = 280
LONGEST_ALT = 200
LONGEST_NOTE = 500
LONGEST_REASON = 300


class ThanksChoice(models.Model):
    """What somebody chose about thanks and himself; no row: nothing.

    ``hide_amounts``: how many points his thanks carried, given or received, only giver and receivers see.
    ``no_events``: no anniversaries and the like of his are told to others. ``no_mail``: no mail about thanks.
    """

    employee = models.OneToOneField(PERSON, models.CASCADE, primary_key=True, related_name="thanks_choice")
    hide_amounts = models.BooleanField(default=False)
    no_events = models.BooleanField(default=False)
    no_mail = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)


class KudosPicture(models.Model):
    """The picture of a thank-you, made anew from what was sent. In the database, so that any web process serves it.

    ``name`` is random and the only address; ``content`` is a JPEG without anything of the camera.
    """

    name = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kudos = models.OneToOneField(Kudos, models.CASCADE, related_name="picture")
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    alt = models.CharField(max_length=LONGEST_ALT, blank=True, default="")


class KudosReaction(models.Model):
    """One of a few signs, one for each person and thank-you."""

    class Kind(models.TextChoices):
        CLAP = "clap", _("Well done")
        HEART = "heart", _("Lovely")
        FOLLOW = "follow", _("I’ll do so, too")

    kudos = models.ForeignKey(Kudos, models.CASCADE, related_name="reactions", db_index=False)
    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kudos", "employee"], name="kudos_one_reaction_each"),
            models.CheckConstraint(condition=Q(kind__in=["clap", "heart", "follow"]), name="kudos_reaction_known"),
        ]


class KudosReply(models.Model):
    """A few words back from somebody who was thanked."""

    receipt = models.OneToOneField(KudosReceiver, models.CASCADE, primary_key=True, related_name="reply")
    text = models.CharField(max_length=LONGEST_REPLY)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="kudos_reply_says_something")]


class KudosReport(models.Model):
    """Somebody finds that a thank-you should be looked at. Who, is told to HR alone, and never to who is part of it."""

    class Why(models.TextChoices):
        INAPPROPRIATE = "inappropriate", _("It offends, mocks or embarrasses somebody")
        PRIVATE = "private", _("It tells something private, or names a customer")
        SUSPICIOUS = "suspicious", _("Something is not right with it or its points")

    class State(models.TextChoices):
        OPEN = "open", _("To look at")
        HIDDEN = "hidden", _("Hidden")
        KEPT = "kept", _("Left as it is")

    kudos = models.ForeignKey(Kudos, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    why = models.CharField(max_length=13, choices=Why.choices)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kudos", "reporter"], name="kudos_reported_once_each"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="kudos_report_decided_at_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["kudos"], condition=Q(state="open"), name="kudos_report_open")]


class KudosModeration(models.Model):
    """HR hid a thank-you, left it or showed it again: when, who, and why, in words giver and receivers read."""

    class Act(models.TextChoices):
        HIDE = "hide", _("Hidden from others")
        KEEP = "keep", _("Looked at and left as it is")
        RESTORE = "restore", _("Shown again")

    kudos = models.ForeignKey(Kudos, models.CASCADE, related_name="moderations")
    act = models.CharField(max_length=7, choices=Act.choices)
    reason = models.CharField(max_length=LONGEST_REASON)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="kudos_moderation_says_why")]
        indexes = [models.Index(fields=["at"], name="kudos_moderation_at")]


class ThanksMail(models.Model):
    """One mail to one person about thanks that arrived: due → claimed → sent. What arrives meanwhile joins it."""

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("mail", "Due")
        CLAIMED = "claimed", _("Claimed")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not needed any more")
        FAILED = "failed", _("Failed")

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="thanks_mails")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee"], condition=Q(state="due"), name="thanks_mail_one_due"),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False), name="thanks_mail_claimed_at_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="thanks_mail_waiting"),
            models.Index(fields=["id"], condition=Q(state="claimed"), name="thanks_mail_in_hand"),
        ]


class ThanksMailLine(models.Model):
    """That somebody is told by mail of one thank-you; never twice."""

    mail = models.ForeignKey(ThanksMail, models.CASCADE, related_name="lines")
    receipt = models.OneToOneField(KudosReceiver, models.CASCADE, related_name="told")
