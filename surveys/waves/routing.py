"""Whether, when and how a claimed message leaves: decided at the moment of sending."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from culture.people.models import Employee, Leave
from surveys.waves import hours, reach, schedule
from surveys.waves.mails import Letter
from surveys.waves.message_models import Endpoint
from surveys.waves.models import Invitation, Message, Wave

PAUSED = "paused"


@dataclass(frozen=True)
class Parcel:
    """A claimed message with all that is needed to send it, read once per batch."""

    letter: Letter
    claimed_at: dt.datetime
    due_at: dt.datetime
    number: int
    employee: Employee
    opened_on: dt.date
    blackouts: tuple[tuple[dt.date, dt.date], ...]
    channel: str
    endpoint: Endpoint | None
    on_leave: bool
    later_is_due: bool

    @property
    def message_id(self) -> int:
        return self.letter.message_id

    @property
    def is_reminder(self) -> bool:
        return self.letter.kind == "reminder"


def letter_of(message: Message) -> Letter:
    invitation = message.invitation
    employee, wave = invitation.employee, invitation.wave
    return Letter(
        message_id=message.pk,
        invitation_id=invitation.pk,
        wave_id=wave.pk,
        kind=message.kind,
        series=wave.series.name,
        k=wave.rules.get("k", 5),
        closes_on=wave.closes_on,
        given_name=employee.given_name,
        email=employee.email or "",
        language=employee.language,
    )


def parcels(ids: list[int], now: dt.datetime) -> list[Parcel]:
    """Those of the claimed messages that still are, in the order of ``ids``."""
    later = Message.objects.filter(
        invitation=OuterRef("invitation"), kind="reminder", number__gt=OuterRef("number"), due_at__lte=now
    )
    away = Leave.objects.on(timezone.localdate(now)).filter(employee=OuterRef("invitation__employee"))
    rows = (
        Message.objects.filter(pk__in=ids, state=Message.State.CLAIMED)
        .select_related("invitation__employee__dead_address", "invitation__wave__series")
        # A wave's snapshot is megabytes in a large organisation, and no mail needs it.
        .defer("invitation__wave__snapshot", "invitation__wave__participation")
        .annotate(later_is_due=Exists(later), on_leave=Exists(away))
    )
    found = {row.pk: row for row in rows}
    chat = Endpoint.objects.filter(active=True, personal=True).first()
    return [_parcel(found[pk], chat) for pk in ids if pk in found]


def _parcel(row: Any, chat: Endpoint | None) -> Parcel:
    employee, wave = row.invitation.employee, row.invitation.wave
    reached = bool(employee.email) and not reach.is_dead(employee, getattr(employee, "dead_address", None))
    return Parcel(
        letter=letter_of(row),
        claimed_at=row.claimed_at,
        due_at=row.due_at,
        number=row.number,
        employee=employee,
        opened_on=wave.opens_on,
        blackouts=tuple(schedule.ranges(schedule.read_blackouts(wave.series.blackout), wave.opens_on, wave.closes_on)),
        channel=Message.Channel.MAIL if reached else Message.Channel.CHAT if chat else "",
        endpoint=None if reached else chat,
        on_leave=row.on_leave,
        later_is_due=row.later_is_due,
    )


def judge(parcel: Parcel, now: dt.datetime) -> tuple[str, dt.datetime | None]:
    """(why it must not leave any more, '' if it may; when it may, if not now)."""
    employee = parcel.employee
    if not employee.is_active or not employee.is_here(timezone.localdate(now)):
        return "left", None
    if not parcel.channel:
        return "no address" if not employee.email else "address dead", None
    if parcel.is_reminder and parcel.on_leave:
        return "on leave", None
    # After an outage (or a weekend) several are due: the later one is enough.
    if parcel.is_reminder and parcel.later_is_due:
        return "a later reminder is due", None
    zone, blackouts = employee.time_zone, parcel.blackouts
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
    if invitation == Invitation.State.ANSWERED:
        return "answered"
    return "declined" if invitation == Invitation.State.DECLINED else ""
