"""Planning sessions, taking and giving up seats, the waiting list, attendance.

The session's row is the lock: whoever takes, gives up or widens reads the number of seats under it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.training import courses
from programs.training.models import Course
from programs.training.session_models import CAME, Seat, Session
from programs.training.slots import attendance_rates

MOST_SEATS = 500
LONGEST = dt.timedelta(hours=12)
MOST_LINES = 5000
# Whoever gives a seat up has not attended, whatever was marked.
FREE = {"state": Seat.State.GIVEN_UP, "attendance": ""}


@dataclass(frozen=True)
class Plan:
    """What somebody plans; ``starts_at`` and ``ends_at`` aware."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str
    place: str
    capacity: int
    trainer: Employee | None = None


@transaction.atomic
def plan(*, by: Employee, course: Course, plan: Plan, now: dt.datetime | None = None) -> Session:
    """A new session of the course. Raises ``ValidationError`` by field."""
    _refuse(plan, now or timezone.now())
    session = Session.objects.create(course=course, **vars(plan))
    audit.record(by, "planned session", course, name=course.name, starts_at=plan.starts_at.isoformat())
    return session


@transaction.atomic
def change(*, by: Employee, session: Session, plan: Plan, now: dt.datetime | None = None) -> Session:
    """Another time, place or size. Whoever has a seat keeps it; more seats go to those who wait."""
    now = now or timezone.now()
    here = Session.objects.select_for_update().get(pk=session.pk)
    _refuse_over(here, now)
    _refuse(plan, now)
    taken = here.seats.filter(state=Seat.State.BOOKED).count()
    if plan.capacity < taken:
        raise ValidationError({"capacity": [_("%(n)d people have a seat already.") % {"n": taken}]})
    for key, value in vars(plan).items():
        setattr(here, key, value)
    here.revision += 1
    here.save()
    _fill(here)
    audit.record(by, "changed session", here.course, name=here.course.name, starts_at=plan.starts_at.isoformat())
    return here


@transaction.atomic
def cancel(*, by: Employee, session: Session, reason: str, now: dt.datetime | None = None) -> None:
    """It does not take place; the reason is shown to everybody who had a seat."""
    now = now or timezone.now()
    here = Session.objects.select_for_update().get(pk=session.pk)
    _refuse_over(here, now)
    if not reason.strip():
        raise ValidationError({"reason": [_("Say why: whoever had a seat reads it.")]})
    here.cancelled_at, here.cancel_reason, here.revision = now, reason.strip(), here.revision + 1
    here.save()
    audit.record(by, "cancelled session", here.course, name=here.course.name, starts_at=here.starts_at.isoformat())


def _refuse(plan: Plan, now: dt.datetime) -> None:
    found: dict[str, list[str]] = {}
    if plan.starts_at <= now:
        found["starts_at"] = [_("This is past: choose a coming day and time.")]
    if plan.ends_at <= plan.starts_at:
        found["ends_at"] = [_("It ends before it begins.")]
    elif plan.ends_at - plan.starts_at > LONGEST:
        found["ends_at"] = [_("A session lasts 12 hours at most: plan one for each day.")]
    if not 1 <= plan.capacity <= MOST_SEATS:
        found["capacity"] = [_("From 1 to %(most)d seats.") % {"most": MOST_SEATS}]
    if plan.time_zone not in zoneinfo.available_timezones():
        found["time_zone"] = [_("Choose a time zone such as Europe/Rome.")]
    if not plan.place.strip():
        found["place"] = [_("Say where: a room, an address or a link.")]
    if found:
        raise ValidationError(found)


def _refuse_over(session: Session, now: dt.datetime) -> None:
    if session.cancelled_at is not None:
        raise ValidationError(_("This session was cancelled."))
    if session.starts_at <= now:
        raise ValidationError(_("This session has begun: its plan stays as it was."))


@transaction.atomic
def take_seat(*, employee: Employee, session: Session, by: Employee, now: dt.datetime | None = None) -> Seat:
    """A seat while there is one, else a place on the waiting list. Asking twice is one seat."""
    now = now or timezone.now()
    here = Session.objects.select_for_update().get(pk=session.pk)
    _refuse_over(here, now)
    if employee.left_on is not None and employee.left_on < _day(here):
        raise ValidationError(_("%(name)s will have left by then.") % {"name": employee.name})
    seat = here.seats.filter(employee=employee).first()
    if seat is not None and seat.state != Seat.State.GIVEN_UP:
        return seat
    free = here.seats.filter(state=Seat.State.BOOKED).count() < here.capacity
    state = Seat.State.BOOKED if free else Seat.State.WAITING
    seat, _new = Seat.objects.update_or_create(
        session=here, employee=employee, defaults={"state": state, "asked_at": now}
    )
    if by.pk != employee.pk:
        audit.record(by, "gave a seat", employee, course=here.course.name)
    return seat


@transaction.atomic
def give_up(*, seat: Seat, by: Employee, now: dt.datetime | None = None) -> None:
    """The first of the waiting list moves up."""
    now = now or timezone.now()
    here = Session.objects.select_for_update().get(pk=seat.session_id)  # type: ignore[attr-defined]
    _refuse_over(here, now)
    Seat.objects.filter(pk=seat.pk).update(**FREE)
    _fill(here)
    if by.pk != seat.employee_id:  # type: ignore[attr-defined]
        audit.record(by, "took back a seat", seat.employee, course=here.course.name)


@transaction.atomic
def free_leavers(*, now: dt.datetime) -> int:
    """Whoever leaves before a coming session sits and waits in it no more; the next one moves up. Idempotent."""
    held = Seat.objects.filter(
        state__in=[Seat.State.BOOKED, Seat.State.WAITING],
        session__starts_at__gt=now,
        session__cancelled_at__isnull=True,
        employee__left_on__isnull=False,
    )
    freed = 0
    for pk in held.order_by("session_id").values_list("session_id", flat=True).distinct():
        here = Session.objects.select_for_update().get(pk=pk)
        if here.cancelled_at is None and here.starts_at > now:
            freed += _free_leavers(here)
    return freed


def _free_leavers(session: Session) -> int:
    seats = session.seats.exclude(state=Seat.State.GIVEN_UP).filter(employee__left_on__lt=_day(session))
    gone = list(seats.select_related("employee"))
    Seat.objects.filter(pk__in=[seat.pk for seat in gone]).update(**FREE)
    _fill(session)
    for seat in gone:
        audit.record(None, "took back a seat", seat.employee, course=session.course.name)
    return len(gone)


def _day(session: Session) -> dt.date:
    return timezone.localdate(session.starts_at, session.zone)


def _fill(session: Session) -> None:
    free = session.capacity - session.seats.filter(state=Seat.State.BOOKED).count()
    if free > 0:
        waiting = session.seats.filter(state=Seat.State.WAITING).exclude(employee__left_on__lt=_day(session))
        first = waiting.order_by("asked_at", "pk").values_list("pk", flat=True)
        Seat.objects.filter(pk__in=list(first[:free])).update(state=Seat.State.BOOKED)


@transaction.atomic
def mark(*, by: Employee, session: Session, marks: Mapping[int, str], now: dt.datetime | None = None) -> int:
    """Who came: {seat id: attendance, empty to clear}; returns how many changed. What it completes is granted.

    Not before it begins: until then it may be cancelled and seats given up, and what is granted stays for good.
    """
    now = now or timezone.now()
    here = Session.objects.select_for_update().get(pk=session.pk)
    if here.cancelled_at is not None:
        raise ValidationError(_("This session was cancelled."))
    if now < here.starts_at:
        starts = here.local(here.starts_at)
        told = _("Attendance can be marked once the session has begun: %(day)s, %(time)s.")
        raise ValidationError(told % {"day": date_format(starts, "DATE_FORMAT"), "time": f"{starts:%H:%M}"})
    if unknown := set(marks.values()) - {"", *Seat.Attendance.values}:
        raise ValidationError(_("“%(word)s” is no attendance.") % {"word": next(iter(unknown))})
    changed = 0
    for seat in here.seats.filter(pk__in=marks, state=Seat.State.BOOKED).select_related("employee"):
        if seat.attendance == marks[seat.pk]:
            continue
        seat.attendance, seat.marked_by, seat.marked_at = marks[seat.pk], by, now
        seat.save(update_fields=["attendance", "marked_by", "marked_at"])
        changed += 1
        if seat.attendance in CAME:
            courses.grant_newest(employee=seat.employee, course=here.course, now=now)
    if changed:
        audit.record(by, "marked attendance", here.course, name=here.course.name, people=changed)
    return changed


@dataclass
class Marks:
    """Attendance read from a file: by seat id, and what could not be used, by line."""

    by_seat: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_marks(session: Session, text: str) -> Marks:
    """CSV with the columns ``number`` and ``attendance`` (comma, semicolon or tab), as the session's download has."""
    found = Marks()
    seats = {seat.employee.number: seat.pk for seat in booked(session)}
    lines = text.lstrip("\ufeff").splitlines()
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    rows = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    if not {"number", "attendance"} <= {str(name).strip().casefold() for name in rows.fieldnames or []}:
        found.problems.append(_("Line 1: the columns “number” and “attendance” are needed."))
        return found
    for line, row in enumerate(rows, start=2):
        if line > MOST_LINES:
            found.problems.append(_("Only the first %(most)d lines were read.") % {"most": MOST_LINES})
            break
        values = {str(key).strip().casefold(): str(value or "").strip() for key, value in row.items()}
        _take_mark(found, seats, line, values["number"], values["attendance"].casefold())
    return found


def _take_mark(found: Marks, seats: Mapping[str, int], line: int, number: str, attendance: str) -> None:
    where = {"line": line, "number": number, "word": attendance}
    if number not in seats:
        found.problems.append(_("Line %(line)d: nobody with the number “%(number)s” has a seat.") % where)
    elif attendance and attendance not in Seat.Attendance.values:
        told = _("Line %(line)d: “%(word)s” is no attendance: write present, late, absent or excused.")
        found.problems.append(told % where)
    elif attendance:
        found.by_seat[seats[number]] = attendance


def booked(session: Session) -> Iterable[Seat]:
    return session.seats.filter(state=Seat.State.BOOKED).select_related("employee__unit")


def of_course(course: Course) -> QuerySet[Session]:
    """The sessions of a course with ``taken`` and ``waits``, in the order of their days."""
    taken = Count("seats", filter=Q(seats__state=Seat.State.BOOKED))
    waits = Count("seats", filter=Q(seats__state=Seat.State.WAITING))
    return Session.objects.filter(course=course).select_related("trainer").annotate(taken=taken, waits=waits)


@dataclass(frozen=True)
class Mine:
    """A session as one of those who learn sees it; its hours naive, in its own zone."""

    session: Session
    seat: Seat | None
    starts: dt.datetime
    ends: dt.datetime
    full: bool
    over: bool


@dataclass(frozen=True)
class Meetings:
    """Of one person in one course. Rates are shares of 1, None while nothing counts."""

    rows: list[Mine]
    came: int
    held: int
    planned: int
    to_date: float | None
    of_all: float | None


def meetings(employee: Employee, course: Course, now: dt.datetime) -> Meetings:
    """Coming sessions and past ones with one's own seat; how many one came to, to date and of all one has seats in."""
    seats = {seat.session_id: seat for seat in Seat.objects.filter(employee=employee, session__course=course)}  # type: ignore[attr-defined]
    rows = []
    for session in of_course(course):
        seat = seats.get(session.pk)
        if seat is not None and seat.state == Seat.State.GIVEN_UP:
            seat = None
        over = session.starts_at <= now
        if seat is None and (over or session.cancelled_at is not None):
            continue
        starts, ends = session.local(session.starts_at), session.local(session.ends_at)
        full = session.taken >= session.capacity  # type: ignore[attr-defined]
        rows.append(Mine(session, seat, starts, ends, full, over))
    booked = [
        row for row in rows if row.seat and row.seat.state == Seat.State.BOOKED and row.session.cancelled_at is None
    ]
    past = [row for row in booked if row.over]
    came = sum(row.seat.attendance in CAME for row in past if row.seat)
    excused = sum(row.seat.attendance == Seat.Attendance.EXCUSED for row in past if row.seat)
    to_date, of_all = attendance_rates(past=len(past), total=len(booked), attended=came, excused=excused)
    return Meetings(rows, came, len(past) - excused, len(booked) - excused, to_date, of_all)
