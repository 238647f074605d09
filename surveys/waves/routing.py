"""Whether, when and how a claimed message leaves: decided at the moment of sending."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Value, When
from django.utils import timezone

from culture.people.models import Employee, Leave
from surveys.waves import hours, keys, reach
from surveys.waves.hours import Blackout
from surveys.waves.mails import Letter
from surveys.waves.message_models import Endpoint
from surveys.waves.models import Invitation, Message, Wave

PAUSED = "paused"
# Flat rows: five model instances a message would cost more than the mail.
COLUMNS = (
    "pk", "kind", "number", "attempts", "claimed_at", "due_at", "invitation", "invitation__address_mark",
    "invitation__wave", "invitation__employee", "invitation__employee__number", "invitation__employee__given_name",
    "invitation__employee__email", "invitation__employee__language", "invitation__employee__time_zone",
    "invitation__employee__dead_address__digest", "works_here", "on_leave", "later_is_due",
)  # fmt: skip


@dataclass(frozen=True)
class Parcel:
    """A claimed message with all that is needed to send it, read once per batch."""

    letter: Letter
    claimed_at: dt.datetime
    due_at: dt.datetime
    attempts: int
    employee_id: int
    employee_number: str
    time_zone: str
    opened_on: dt.date
    blackouts: list[Blackout]
    channel: str
    endpoint: Endpoint | None
    works_here: bool
    on_leave: bool
    later_is_due: bool

    @property
    def message_id(self) -> int:
        return self.letter.message_id

    @property
    def is_reminder(self) -> bool:
        return self.letter.kind == "reminder"


@dataclass
class Course:
    """What the messages of one wave share."""

    wave: Wave
    blackouts: list[Blackout]
    secrets: keys.WaveKeys | None

    @classmethod
    def of(cls, wave: Wave) -> Course:
        blackouts = hours.read_blackouts(wave.series.blackout)
        try:
            secrets = keys.load(wave.pk)
        except keys.KeyMissing:
            secrets = None  # the writer says so, of each message
        return cls(wave, blackouts, secrets)

    def has_moved(self, mark: Any, address: str) -> bool:
        """Whether the address is another than that the invitation's link is bound to."""
        if mark is None or self.secrets is None:
            return False
        return not hmac.compare_digest(bytes(mark), keys.address_mark(self.secrets, address))


def parcels(ids: list[int], now: dt.datetime) -> list[Parcel]:
    """Those of the claimed messages that still are, in the order of ``ids``."""
    rows = [row for row in _rows(ids, now) if row["claimed_at"] is not None]
    # A wave's snapshot is megabytes in a large organisation, and no mail needs it.
    waves = Wave.objects.select_related("series").defer("snapshot", "participation")
    courses = {wave.pk: Course.of(wave) for wave in waves.filter(pk__in={row["invitation__wave"] for row in rows})}
    chat = Endpoint.objects.filter(active=True, personal=True).first()
    found = {row["pk"]: _parcel(row, courses[row["invitation__wave"]], chat) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _rows(ids: list[int], now: dt.datetime) -> list[dict[str, Any]]:
    today = timezone.localdate(now)
    later = Message.objects.filter(
        invitation=OuterRef("invitation"), kind="reminder", number__gt=OuterRef("number"), due_at__lte=now
    )
    away = Leave.objects.on(today).filter(employee=OuterRef("invitation__employee"))
    here = Employee.objects.here(today).filter(is_active=True, pk=OuterRef("invitation__employee"))
    # Both matter to reminders only.
    reminds, no = {"kind": "reminder"}, Value(False)
    marked = Message.objects.filter(pk__in=ids, state=Message.State.CLAIMED).annotate(
        works_here=Exists(here),
        on_leave=Case(When(**reminds, then=Exists(away)), default=no, output_field=BooleanField()),
        later_is_due=Case(When(**reminds, then=Exists(later)), default=no, output_field=BooleanField()),
    )
    return list(marked.values(*COLUMNS))


def letter_of(message: Message) -> Letter:
    """Of one message, with its invitation, employee, wave and series."""
    invitation = message.invitation
    employee, wave = invitation.employee, invitation.wave
    course = Course.of(wave)
    row = {
        "pk": message.pk,
        "kind": message.kind,
        "invitation": invitation.pk,
        "invitation__address_mark": invitation.address_mark,
        "invitation__employee__given_name": employee.given_name,
        "invitation__employee__email": employee.email,
        "invitation__employee__language": employee.language,
    }
    return _letter(row, course)


def _letter(row: dict[str, Any], course: Course) -> Letter:
    wave, address = course.wave, row["invitation__employee__email"] or ""
    return Letter(
        message_id=row["pk"],
        invitation_id=row["invitation"],
        wave_id=wave.pk,
        kind=row["kind"],
        series=wave.series.name,
        k=wave.rules.get("k", 5),
        closes_on=wave.closes_on,
        given_name=row["invitation__employee__given_name"],
        email=address,
        language=row["invitation__employee__language"],
        moved=course.has_moved(row["invitation__address_mark"], address),
    )


def _parcel(row: dict[str, Any], course: Course, chat: Endpoint | None) -> Parcel:
    letter, dead = _letter(row, course), row["invitation__employee__dead_address__digest"]
    reached = bool(letter.email) and (dead is None or dead != reach.digest(letter.email))
    return Parcel(
        letter=letter,
        claimed_at=row["claimed_at"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        employee_id=row["invitation__employee"],
        employee_number=row["invitation__employee__number"],
        time_zone=row["invitation__employee__time_zone"],
        opened_on=course.wave.opens_on,
        blackouts=course.blackouts,
        channel=Message.Channel.MAIL if reached else Message.Channel.CHAT if chat else "",
        endpoint=None if reached else chat,
        works_here=row["works_here"],
        on_leave=row["on_leave"],
        later_is_due=row["later_is_due"],
    )


def judge(parcel: Parcel, now: dt.datetime) -> tuple[str, dt.datetime | None]:
    """(why it must not leave any more, '' if it may; when it may, if not now)."""
    if not parcel.works_here:
        return "left", None
    if not parcel.channel:
        return "no address" if not parcel.letter.email else "address dead", None
    if parcel.is_reminder and parcel.on_leave:
        return "on leave", None
    # After an outage (or a weekend) several are due: the later one is enough.
    if parcel.is_reminder and parcel.later_is_due:
        return "a later reminder is due", None
    zone, blackouts = parcel.time_zone, parcel.blackouts
    # Who opens a wave at night by hand wants it so; what was planned for working hours never leaves at night.
    planned = parcel.is_reminder or hours.is_working(parcel.due_at, zone, blackouts)
    if planned and not hours.is_working(now, zone, blackouts):
        later = hours.next_working(now, zone, blackouts)
        over = later is None or timezone.localdate(later) >= parcel.letter.closes_on
        return ("closed", None) if over else ("", later)
    return "", None


def stopped(parcel: Parcel, states: Sequence[Any], now: dt.datetime) -> str:
    """Why it must not leave after all, by what was read in the very moment: (invitation, wave, closes on, paused)."""
    invitation, wave, closes_on, paused = states
    today = timezone.localdate(now)
    # A day that is both first and last (a wave closed early) takes nothing more either.
    if wave != Wave.State.OPEN or closes_on <= today:
        return "closed"
    if paused:
        return PAUSED
    # Whoever reads at a new address must not learn from silence that the person has answered.
    if parcel.letter.moved:
        return ""
    if invitation == Invitation.State.ANSWERED:
        return "answered"
    return "declined" if invitation == Invitation.State.DECLINED else ""
