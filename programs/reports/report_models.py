"""Published reports with their very files, and who gets one when. What is published is never changed: triggers refuse.

Only rows of the way there (orders, subscriptions, deliveries, problems) have a state.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people.models import Unit
from programs.planning.models import Program

PERSON = settings.AUTH_USER_MODEL
LONGEST_WHY = 500


class Format(models.TextChoices):
    PDF = "pdf", _("PDF")
    SLIDES = "pptx", _("Slides")
    SHEET = "xlsx", _("Spreadsheet")


class Paper(models.TextChoices):
    A4 = "a4", "A4"
    LETTER = "us-letter", "Letter"


class ReportKind(models.TextChoices):
    """What a report tells of: one program (or a unit of it), several for the board, one program's year."""

    PROGRAM = "program", _("Program")
    BOARD = "board", _("Board view")
    YEAR = "year", _("Yearly review")


# A board report tells of several programs, a yearly review of one and its year.
FITTING = (
    Q(kind="program", program__isnull=False, year__isnull=True)
    | Q(kind="board", program__isnull=True, unit__isnull=True, year__isnull=True)
    | Q(kind="year", program__isnull=False, unit__isnull=True, year__isnull=False)
)


class SlideTemplate(models.Model):
    """The organisation's own slides, checked before they are kept. One is in use; earlier ones stay for the record."""

    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["in_use"], condition=Q(in_use=True), name="slide_template_one_in_use")
        ]


class PublishedReport(models.Model):
    """Append-only (a trigger refuses UPDATE, DELETE, TRUNCATE). ``number``: without gaps, from 1.

    ``sha256`` covers what the report says of itself and the fingerprint of each file (report_model.seal). ``waves``:
    ids of the waves it tells of; ``audience``: with whom those were shared when it was made; ``cells``: released cells
    and counts it rests on. ``by`` NULL: made for its subscribers by itself. ``program`` NULL: of several (the board).
    """

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=8, choices=ReportKind.choices, default=ReportKind.PROGRAM)
    year = models.PositiveSmallIntegerField(null=True)
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=400)
    audience = models.CharField(max_length=10)
    as_of = models.DateField()
    waves = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    why = models.CharField(max_length=LONGEST_WHY, blank=True)
    by = models.ForeignKey(PERSON, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(corrects__isnull=True) | ~Q(why=""), name="report_correction_says_why"),
            models.CheckConstraint(condition=Q(audience__in=["leaders", "managers"]), name="report_audience_known"),
            models.CheckConstraint(condition=FITTING, name="report_kind_fits"),
        ]
        indexes = [models.Index(fields=["program", "unit", "as_of"], name="report_of_program")]

    def __str__(self) -> str:
        return f"{self.number}"


class ReportFile(models.Model):
    """The bytes as they were made, append-only. ``format`` json: the model itself, from which the page is shown."""

    report = models.ForeignKey(PublishedReport, models.PROTECT, related_name="files")
    language = models.CharField(max_length=10)
    format = models.CharField(max_length=5)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["language", "format"]
        constraints = [
            models.UniqueConstraint(fields=["report", "language", "format"], name="report_file_once"),
            models.CheckConstraint(condition=Q(format__in=["json", "pdf", "pptx", "xlsx"]), name="report_file_format"),
        ]


class ReportOrder(models.Model):
    """A report somebody asked to publish: due → claimed → done or failed."""

    class State(models.TextChoices):
        DUE = "due", _("waits")
        CLAIMED = "claimed", _("is being made")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=8, choices=ReportKind.choices, default=ReportKind.PROGRAM)
    year = models.PositiveSmallIntegerField(null=True)
    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    languages = models.JSONField(default=list)
    paper = models.CharField(max_length=10, choices=Paper.choices, default=Paper.A4)
    corrects = models.ForeignKey(PublishedReport, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=LONGEST_WHY, blank=True)
    by = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)
    report = models.ForeignKey(PublishedReport, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", report__isnull=False) | (~Q(state="done") & Q(report__isnull=True)),
                name="report_order_done_has_report",
            ),
            models.CheckConstraint(condition=FITTING, name="report_order_kind_fits"),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(state__in=["due", "claimed"]), name="report_order_open")]


class Subscription(models.Model):
    """Who gets which report when: ``rule`` as RRULE from ``first_on``; ``next_on`` NULL: the rule has ended.

    ``confirm``: he is asked to confirm that he has read it.
    """

    reader = models.ForeignKey(PERSON, models.CASCADE, related_name="report_subscriptions")
    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    rule = models.CharField(max_length=200)
    first_on = models.DateField()
    next_on = models.DateField(null=True)
    language = models.CharField(max_length=10)
    format = models.CharField(max_length=5, choices=Format.choices, default=Format.PDF)
    paper = models.CharField(max_length=10, choices=Paper.choices, default=Paper.A4)
    confirm = models.BooleanField(default=False)
    made_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["program", "reader"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "program", "unit"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="report_subscription_once",
            ),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(next_on__gte=F("first_on")), name="report_subscription_in_order"
            ),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="report_subscription_format"),
        ]
        indexes = [models.Index(fields=["next_on"], condition=Q(ended_at__isnull=True), name="report_subscription_due")]


class ReportDelivery(models.Model):
    """One report to one reader on one day: due → claimed → sent, skipped or failed. Never two of a day."""

    class State(models.TextChoices):
        DUE = "due", _("waits")
        CLAIMED = "claimed", _("is being sent")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("not sent")
        FAILED = "failed", _("failed")

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)
    report = models.ForeignKey(PublishedReport, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "day"], name="report_delivery_once"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(report__isnull=False, sent_at__isnull=False),
                name="report_delivery_sent_has_report",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["due", "claimed"]), name="report_delivery_open")
        ]


class ReportProblem(models.Model):
    """What HR should know of a report that was made in part, or not at all; its readers are not bothered with it."""

    class Kind(models.TextChoices):
        CHART = "chart", pgettext_lazy("report problem", "A picture could not be drawn")
        PART = "part", _("A part could not be made")
        GLYPHS = "glyphs", _("Letters without a font")
        REPORT = "report", _("The report could not be made")
        MAIL = "mail", _("A mail did not leave")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    report = models.ForeignKey(PublishedReport, models.PROTECT, null=True, related_name="+")
    detail = models.CharField(max_length=300, blank=True)
    day = models.DateField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "program", "unit", "detail", "day"], nulls_distinct=False, name="report_problem_once"
            )
        ]
