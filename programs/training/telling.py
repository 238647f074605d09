"""Writing and sending the mails about training: claimed, looked at once more, sent, marked.

They leave in working hours of the person's place, share the hands and the rate of the survey mails (``senders``), and
never go to an address that came back.
"""

from __future__ import annotations

import datetime as dt
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from culture.access import organisation
from culture.people.models import Employee
from programs.training import reminding, standing
from programs.training.cycles import State
from programs.training.path_models import TrainingMail
from programs.training.reminder_texts import words
from programs.training.standing import Stand
from surveys.waves import hours, reach, senders
from surveys.waves.message_models import DeadAddress, Signature

BATCH = 100
STALE = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 6
FIRST_WAIT = dt.timedelta(minutes=5)
LINES = 12
STATES = TrainingMail.State
SUBJECTS = {State.LATE: "subject_late", State.LAPSED: "subject_late", State.RENEW: "subject_renew"}


def anything_due(now: dt.datetime) -> bool:
    return TrainingMail.objects.filter(state=STATES.DUE, due_at__lte=now).exists()


def release_stale(now: dt.datetime) -> int:
    """Give back what a dead worker had claimed."""
    old = TrainingMail.objects.filter(state=STATES.CLAIMED, claimed_at__lt=now - STALE)
    return old.update(state=STATES.DUE, claimed_at=None)


@transaction.atomic
def claim(now: dt.datetime, limit: int) -> list[int]:
    """Take up to ``limit`` due mails that no other worker is taking."""
    due = TrainingMail.objects.filter(state=STATES.DUE, due_at__lte=now).order_by("due_at", "pk")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    TrainingMail.objects.filter(pk__in=ids).update(state=STATES.CLAIMED, claimed_at=now, attempts=F("attempts") + 1)
    return ids


def send_due(*, now: dt.datetime) -> int:
    """Send a batch with a hand of the survey mails; returns how many left. Without a free hand: none, and later."""
    release_stale(now)
    slot = senders.take(now)
    if slot is None:
        return 0
    try:
        allowed = senders.allowance(slot, now, BATCH)
        ids = claim(now, allowed) if allowed else []
        return _send(ids, now) if ids else 0
    finally:
        senders.give_back(slot)


def _send(ids: list[int], now: dt.datetime) -> int:
    rows = list(TrainingMail.objects.filter(pk__in=ids).select_related("employee").order_by("due_at", "pk"))
    today = timezone.localdate(now)
    own = [row.employee_id for row in rows if row.kind == TrainingMail.Kind.OWN]  # type: ignore[attr-defined]
    stands = standing.of_people(own, today)
    dead = {row.employee_id: row for row in DeadAddress.objects.filter(employee__in=[r.employee for r in rows])}  # type: ignore[attr-defined]
    server: Any = get_connection()
    sent = 0
    try:
        for row in rows:
            mine = stands.get(row.employee_id, [])  # type: ignore[attr-defined]
            sent += _one(row, mine, dead.get(row.employee_id), server, now, today)  # type: ignore[attr-defined]
    except (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        # The server, not these mails: all that are still claimed come again.
        left = TrainingMail.objects.filter(pk__in=ids, state=STATES.CLAIMED)
        left.update(state=STATES.DUE, claimed_at=None, due_at=now + FIRST_WAIT, error=type(error).__name__[:60])
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
    return sent


def _one(
    row: TrainingMail, mine: list[Stand], dead: DeadAddress | None, server: Any, now: dt.datetime, today: dt.date
) -> bool:
    person = row.employee
    if reason := _stopped(row, dead, today):
        _mark(row, STATES.SKIPPED, reason)
        return False
    if not hours.is_working(now, person.time_zone):
        later = hours.next_working(now, person.time_zone)
        claimed = TrainingMail.objects.filter(pk=row.pk, state=STATES.CLAIMED)
        claimed.update(state=STATES.DUE, claimed_at=None, due_at=later or now + dt.timedelta(days=1))
        return False
    mail = write(row, mine, today)
    if mail is None:
        _mark(row, STATES.SKIPPED, "nothing is due any more")
        return False
    mail.connection = server
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()), (550, b""))[0]
        _failed(row, now, str(code), final=code >= 500)
        return False
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == 421:
            raise smtplib.SMTPServerDisconnected from error
        _failed(row, now, str(error.smtp_code), final=error.smtp_code >= 500)
        return False
    except ValueError:
        _failed(row, now, "broken address", final=True)
        return False
    _mark(row, STATES.SENT, "")
    return True


def _stopped(row: TrainingMail, dead: DeadAddress | None, today: dt.date) -> str:
    """Why it must not leave any more."""
    person = row.employee
    if not person.is_here(today) or not person.is_active:
        return "left"
    if not person.email:
        return "no address"
    if reach.is_dead(person, dead):
        return "address dead"
    # After an outage or a holiday the next one says it all.
    newer = TrainingMail.objects.filter(employee=person, kind=row.kind, day__gt=row.day).exclude(state=STATES.FAILED)
    if newer.exists():
        return "a later mail says it"
    return "on leave" if person.leaves.on(today).exists() else ""  # type: ignore[attr-defined]


def _mark(row: TrainingMail, state: str, reason: str) -> None:
    mine = TrainingMail.objects.filter(pk=row.pk, state=STATES.CLAIMED)
    mine.update(state=state, claimed_at=None, error=reason[:60])


def _failed(row: TrainingMail, now: dt.datetime, text: str, *, final: bool) -> None:
    if final or row.attempts >= MOST_ATTEMPTS:
        _mark(row, STATES.FAILED, text)
        return
    later = now + FIRST_WAIT * 2**row.attempts
    mine = TrainingMail.objects.filter(pk=row.pk, state=STATES.CLAIMED)
    mine.update(state=STATES.DUE, claimed_at=None, due_at=later, error=text[:60])


# -- the words -------------------------------------------------------------------------------------------------------


def write(row: TrainingMail, stands: list[Stand], today: dt.date) -> EmailMultiAlternatives | None:
    """The mail as it would leave now; None when there is nothing to say any more."""
    person = row.employee
    language, text = words(person.language or organisation.current().language)
    with translation.override(language):
        if row.kind == TrainingMail.Kind.TEAM:
            made = _team(person, text, today)
        else:
            made = _own(reminding.needed(stands, today), text)
        if made is None:
            return None
        subject, lines = made
        return _mail(row, person, language, text, subject, lines)


def _day(day: dt.date) -> str:
    return date_format(day, "DATE_FORMAT")


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
    row: TrainingMail, person: Employee, language: str, text: dict[str, str], subject: str, lines: list[str]
) -> EmailMultiAlternatives:
    house = organisation.current()
    team = row.kind == TrainingMail.Kind.TEAM
    signatures = dict(Signature.objects.filter(language__in=[language, "en"]).values_list("language", "text"))
    context = {
        "language": language,
        "subject": subject,
        "hello": text["hello"].format(name=person.given_name),
        "ask": text["team" if team else "own"],
        "lines": lines,
        "button": text["button_team" if team else "button_own"],
        "why": text["why_team" if team else "why"],
        "address": text["address"],
        "signature": signatures.get(language) or signatures.get("en") or house.name,
        "link": settings.BASE_URL + reverse("training:team_due" if team else "training:my_training"),
    }
    host = parseaddr(house.sender)[1].rpartition("@")[2] or "trivium.local"
    headers = {
        "Message-ID": f"<training.{row.pk}.{row.day:%Y%m%d}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    }
    subject = " ".join(subject.split())
    body = render_to_string("programs/training/paths_mail.txt", context)
    mail = EmailMultiAlternatives(subject, body, house.sender, [person.email or ""], headers=headers)
    mail.attach_alternative(render_to_string("programs/training/paths_mail.html", context), "text/html")
    return mail
