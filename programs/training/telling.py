"""The mails about training: when one must not leave any more, and what it says. Sent as all mails are (``outbox``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation

from culture.access import organisation
from culture.access.days import date_text
from culture.people.models import Employee, Leave
from programs.training import reminding, standing
from programs.training.cycles import State
from programs.training.path_models import TrainingMail
from programs.training.reminder_texts import words
from programs.training.standing import Stand
from surveys.waves import letters
from surveys.waves.outbox import Outbox

LINES = 12
Kind = TrainingMail.Kind
SUBJECTS = {State.LATE: "subject_late", State.LAPSED: "subject_late", State.RENEW: "subject_renew"}


@dataclass(frozen=True)
class Known:
    """Of the people of a batch: how things stand with them, who is away, the day of each one's last mail of a kind."""

    today: dt.date
    stands: dict[int, list[Stand]]
    away: set[int]
    last: dict[tuple[int, str], dt.date]
    signed: dict[str, str]


class TrainingOutbox(Outbox[TrainingMail]):
    model = TrainingMail

    def prepare(self, rows: list[TrainingMail], now: dt.datetime) -> Known:
        today = timezone.localdate(now)
        people = [row.employee_id for row in rows]  # type: ignore[attr-defined]
        own = [row.employee_id for row in rows if row.kind == Kind.OWN]  # type: ignore[attr-defined]
        mails = TrainingMail.objects.filter(employee__in=people).exclude(state=TrainingMail.State.FAILED)
        last = mails.order_by().values_list("employee", "kind").annotate(last=Max("day"))
        return Known(
            today=today,
            stands=standing.of_people(own, today),
            away=set(Leave.objects.on(today).filter(employee__in=people).values_list("employee", flat=True)),
            last={(person, kind): day for person, kind, day in last},
            signed=letters.signatures(),
        )

    def stopped(self, row: TrainingMail, known: Known, now: dt.datetime) -> str:
        person = row.employee_id  # type: ignore[attr-defined]
        # After an outage or a holiday the next one says it all.
        if known.last.get((person, row.kind), row.day) > row.day:
            return "a later mail says it"
        return "on leave" if person in known.away else ""

    def write(self, row: TrainingMail, known: Known, now: dt.datetime) -> EmailMultiAlternatives | None:
        return write(row, known.stands.get(row.employee_id, []), known.today, known.signed)  # type: ignore[attr-defined]


OUTBOX = TrainingOutbox()
anything_due, claim, send_due = OUTBOX.anything_due, OUTBOX.claim, OUTBOX.send_due


# -- the words -------------------------------------------------------------------------------------------------------


def write(
    row: TrainingMail, stands: list[Stand], today: dt.date, signed: dict[str, str]
) -> EmailMultiAlternatives | None:
    """The mail as it would leave now; None when there is nothing to say any more."""
    person = row.employee
    language, text = words(person.language or organisation.current().language)
    with translation.override(language):
        if row.kind == Kind.TEAM:
            made = _team(person, text, today)
        else:
            made = _own(reminding.needed(stands, today), text)
        if made is None:
            return None
        subject, lines = made
        return _mail(row, language, text, subject, lines, signed)


def _day(day: dt.date) -> str:
    return date_text(day, "DATE_FORMAT")


def _say(one: Stand, text: dict[str, str]) -> str:
    key = {State.LATE: "late", State.RENEW: "renew", State.LAPSED: "lapsed"}.get(one.state, "soon")
    day = one.by + dt.timedelta(days=1) if one.state is State.LAPSED else one.by
    return text[key].format(day=_day(day))


def _own(near: list[Stand], text: dict[str, str]) -> tuple[str, list[str]] | None:
    if not near:
        return None
    first = near[0]
    subject = text[SUBJECTS.get(first.state, "subject_soon")].format(title=first.title, day=_day(first.by))
    lines = [f"{one.title}: {_say(one, text)}" for one in near[:LINES]]
    return subject, _and_more(lines, len(near), text)


def _team(person: Employee, text: dict[str, str], today: dt.date) -> tuple[str, list[str]] | None:
    rows = reminding.team_of(person, today)
    if not rows:
        return None
    lines = []
    for one, near in rows[:LINES]:
        said = "; ".join(f"{stand.title}, {_say(stand, text)}" for stand in near[:2])
        more = f" ({text['more'].format(n=len(near) - 2)})" if len(near) > 2 else ""
        lines.append(f"{one.name}: {said}{more}")
    return text["subject_team"], _and_more(lines, len(rows), text)


def _and_more(lines: list[str], count: int, text: dict[str, str]) -> list[str]:
    return [*lines, text["more"].format(n=count - LINES)] if count > LINES else lines


def _mail(
    row: TrainingMail, language: str, text: dict[str, str], subject: str, lines: list[str], signed: dict[str, str]
) -> EmailMultiAlternatives:
    person, team = row.employee, row.kind == Kind.TEAM
    context: dict[str, Any] = {
        "hello": text["hello"].format(name=person.given_name),
        "ask": text["team" if team else "own"],
        "lines": lines,
        "button": text["button_team" if team else "button_own"],
        "why": text["why_team" if team else "why"],
        "address": text["address"],
        "link": settings.BASE_URL + reverse("training:team_due" if team else "training:my_training"),
    }
    return letters.rich(
        mark=f"training.{row.pk}.{row.day:%Y%m%d}",
        to=person.email or "",
        language=language,
        subject=subject,
        template="programs/training/paths_mail",
        context=context,
        signed=signed,
    )
