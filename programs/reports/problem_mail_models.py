"""The mails by which HR hears of what failed with reports."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programs.reports.report_models import ReportProblem


class ProblemMail(models.Model):
    """One mail to one of HR about problems with reports: due → claimed → sent. What fails meanwhile joins it."""

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("mail", "Due")
        CLAIMED = "claimed", _("Claimed")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not needed any more")
        FAILED = "failed", _("Failed")

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="problem_mails")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False), name="problem_mail_claimed_at_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="problem_mail_waiting"),
            models.Index(fields=["id"], condition=Q(state="claimed"), name="problem_mail_in_hand"),
        ]


class ProblemMailLine(models.Model):
    """That one of HR is told by mail of one problem; never twice."""

    mail = models.ForeignKey(ProblemMail, models.CASCADE, related_name="lines")
    problem = models.ForeignKey(ReportProblem, models.CASCADE, related_name="told")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mail", "problem"], name="problem_mail_line_once")]
