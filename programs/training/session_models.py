"""Training in class: sessions with a place, who has a seat or waits for one, who came."""

import datetime as dt
import zoneinfo

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.training.models import Course


class Session(models.Model):
    """One meeting of a course. ``time_zone``: where it takes place; its hours are shown in it."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    place = models.CharField(max_length=300)
    capacity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    trainer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=0, help_text="raised with each change: calendars take the newest")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_in_order"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="session_has_a_seat"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | ~Q(cancel_reason=""), name="session_cancelled_with_reason"
            ),
        ]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def local(self, moment: dt.datetime) -> dt.datetime:
        """As the clock on the wall there shows it: naive, because templates turn aware ones into the reader's zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None)


class Seat(models.Model):
    """Somebody's place in a session. ``asked_at`` orders the waiting list."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        WAITING = "waiting", _("On the waiting list")
        GIVEN_UP = "given_up", _("Given up")

    class Attendance(models.TextChoices):
        PRESENT = "present", _("Present")
        LATE = "late", _("Late")
        ABSENT = "absent", _("Absent")
        EXCUSED = "excused", _("Excused")

    session = models.ForeignKey(Session, models.CASCADE, related_name="seats")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seats")
    state = models.CharField(max_length=8, choices=State.choices)
    asked_at = models.DateTimeField()
    attendance = models.CharField(max_length=8, choices=Attendance.choices, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "employee"], name="one_seat_a_person"),
            models.CheckConstraint(condition=Q(attendance="") | Q(state="booked"), name="only_who_had_a_seat_attended"),
            models.CheckConstraint(condition=Q(state__in=["booked", "waiting", "given_up"]), name="seat_state"),
        ]


CAME = (Seat.Attendance.PRESENT, Seat.Attendance.LATE)
