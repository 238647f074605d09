"""What people make of news (awards, milestones, teams): signs, words back, reports; and what each is told of decisions.

The same choices as for thanks (feed_models): the same signs, the same reasons to report, the same decisions of HR.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.recognition.award_models import Award, FeedPost
from programs.recognition.feed_models import (
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_REPLY,
    KudosModeration,
    KudosReaction,
    KudosReport,
    ThanksMail,
)
from programs.recognition.models import Kudos

PERSON = settings.AUTH_USER_MODEL


class PostReaction(models.Model):
    """One of a few signs, one for each person and piece of news."""

    post = models.ForeignKey(FeedPost, models.CASCADE, related_name="reactions", db_index=False)
    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=KudosReaction.Kind.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "employee"], name="post_one_reaction_each"),
            models.CheckConstraint(condition=Q(kind__in=["clap", "heart", "follow"]), name="post_reaction_known"),
        ]


class PostReply(models.Model):
    """A few words back from somebody the news is about: the person, or one of the team."""

    post = models.ForeignKey(FeedPost, models.CASCADE, related_name="replies", db_index=False)
    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    text = models.CharField(max_length=LONGEST_REPLY)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "employee"], name="post_one_reply_each"),
            models.CheckConstraint(condition=~Q(text=""), name="post_reply_says_something"),
        ]


class PostReport(models.Model):
    """Somebody finds that a piece of news, or an answer to it, should be looked at. Who, is told to HR alone."""

    post = models.ForeignKey(FeedPost, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    why = models.CharField(max_length=13, choices=KudosReport.Why.choices)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=KudosReport.State.choices, default=KudosReport.State.OPEN)
    decided_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "reporter"], name="post_reported_once_each"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="post_report_decided_at_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["post"], condition=Q(state="open"), name="post_report_open")]


class PostModeration(models.Model):
    """HR took news down, left it or showed it again: when, who, and why, in words that whom it is about reads."""

    post = models.ForeignKey(FeedPost, models.CASCADE, related_name="moderations")
    act = models.CharField(max_length=7, choices=KudosModeration.Act.choices)
    reason = models.CharField(max_length=LONGEST_REASON)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="post_moderation_says_why")]


class ThanksNotice(models.Model):
    """That somebody is told what HR decided: on what he reported, or on what is his. Never who decided or reported.

    ``seen_at``: when he opened the page with it; ``mail``: the mail it leaves with, where he wants any.
    """

    class Kind(models.TextChoices):
        REPORT_HIDDEN = "rhidden", _("What you reported is hidden")
        REPORT_KEPT = "rkept", _("What you reported was looked at and left")
        HIDDEN = "hidden", _("Hidden from others")
        SHOWN = "shown", _("Shown again")

    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="thanks_notices", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    kudos = models.ForeignKey(Kudos, models.CASCADE, null=True, blank=True, related_name="notices")
    post = models.ForeignKey(FeedPost, models.CASCADE, null=True, blank=True, related_name="notices")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(ThanksMail, models.SET_NULL, null=True, blank=True, related_name="notices")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kudos__isnull=False, post__isnull=True) | Q(kudos__isnull=True, post__isnull=False),
                name="thanks_notice_about_one",
            ),
        ]
        indexes = [models.Index(fields=["employee", "-at"], name="thanks_notice_of_person")]


class JuryChange(models.Model):
    """Somebody joined or left the jury of an award while a round ran, before anybody voted; and why."""

    class Act(models.TextChoices):
        JOINED = "joined", _("Joined the jury")
        TAKEN_OUT = "out", _("Taken out of the jury")
        CHAIR = "chair", _("Became the chair")

    award = models.ForeignKey(Award, models.CASCADE, related_name="jury_changes")
    employee = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    act = models.CharField(max_length=6, choices=Act.choices)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="jury_change_says_why"),
        ]
