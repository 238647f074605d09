"""Mails about awards: written down with what they are about, claimed, looked at once more, sent, marked.

They leave in working hours of the person's place, share the hands and the rate of the survey mails (``senders``), and
never go to an address that came back. Whoever has no address finds the same on his home page.
"""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Collection, Iterable
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

from culture.access import organisation
from culture.framework.texts import pick
from culture.people.models import Employee
from programs.recognition.award_models import AwardCandidate, AwardMail, AwardRound, AwardVote, AwardWinner
from programs.recognition.texts_awards import words
from programs.training.certificates import day_in
from surveys.waves import hours, reach, senders
from surveys.waves.message_models import DeadAddress, Signature

Kind = AwardMail.Kind
STATES = AwardMail.State
BATCH = 100
STALE = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 6
FIRST_WAIT = dt.timedelta(minutes=5)
JUDGES = (Kind.JURY, Kind.JURY_LAST, Kind.DECIDE)


# -- written down ----------------------------------------------------------------------------------------------------


def write_down(
    kind: str, people: Iterable[int], *, round_: AwardRound, candidate: AwardCandidate | None, now: dt.datetime
) -> None:
    """One mail to each of ``people``, never twice about the same; due in working hours of his place."""
    rows = []
    for pk, zone in Employee.objects.filter(pk__in=set(people)).order_by("pk").values_list("pk", "time_zone"):
        due_at = hours.next_working(now, zone)
        if due_at is not None:
            rows.append(AwardMail(employee_id=pk, kind=kind, round=round_, candidate=candidate, due_at=due_at))
    AwardMail.objects.bulk_create(rows, ignore_conflicts=True)


def ask_jury(round_: AwardRound, *, now: dt.datetime) -> None:
    jurors = round_.award.jury.values_list("employee", flat=True)
    write_down(Kind.JURY, jurors, round_=round_, candidate=None, now=now)


def last_call(round_: AwardRound, *, now: dt.datetime) -> None:
    """Jurors who have not voted on anybody yet are told once more."""
    voted = AwardVote.objects.filter(candidate__round=round_).values("juror")
    jurors = round_.award.jury.exclude(employee__in=voted).values_list("employee", flat=True)
    write_down(Kind.JURY_LAST, jurors, round_=round_, candidate=None, now=now)


def ask_managers(round_: AwardRound, *, now: dt.datetime) -> None:
    rows = round_.candidates.filter(state__in=AwardCandidate.OPEN, employee__manager__isnull=False)
    for one in rows.select_related("employee"):
        managers = [one.employee.manager_id] if one.employee and one.employee.manager_id else []
        write_down(Kind.DECIDE, managers, round_=round_, candidate=one, now=now)


def tell_nominators(candidate: AwardCandidate, kind: str, *, now: dt.datetime) -> None:
    rows = candidate.nominations.filter(withdrawn_at=None).values_list("nominator", flat=True)
    write_down(kind, rows, round_=candidate.round, candidate=candidate, now=now)


def tell_winners(candidate: AwardCandidate, people: Collection[int], *, now: dt.datetime) -> None:
    write_down(Kind.WON, people, round_=candidate.round, candidate=candidate, now=now)


# -- sent ------------------------------------------------------------------------------------------------------------


def anything_due(now: dt.datetime) -> bool:
    old = AwardMail.objects.filter(state=STATES.CLAIMED, claimed_at__lt=now - STALE)
    return AwardMail.objects.filter(state=STATES.DUE, due_at__lte=now).exists() or old.exists()


@transaction.atomic
def claim(now: dt.datetime, limit: int) -> list[int]:
    """Take up to ``limit`` due mails that no other worker is taking."""
    due = AwardMail.objects.filter(state=STATES.DUE, due_at__lte=now).order_by("due_at", "pk")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    AwardMail.objects.filter(pk__in=ids).update(state=STATES.CLAIMED, claimed_at=now, attempts=F("attempts") + 1)
    return ids


def send_due(*, now: dt.datetime) -> int:
    """Send a batch with a hand of the survey mails; returns how many left. Without a free hand: none, and later."""
    old = AwardMail.objects.filter(state=STATES.CLAIMED, claimed_at__lt=now - STALE)
    old.update(state=STATES.DUE, claimed_at=None)
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
    found = AwardMail.objects.filter(pk__in=ids).order_by("due_at", "pk")
    rows = list(found.select_related("employee", "round__award", "candidate__employee", "candidate__unit"))
    dead = {row.employee_id: row for row in DeadAddress.objects.filter(employee__in=[r.employee for r in rows])}
    server: Any = get_connection()
    sent = 0
    try:
        for row in rows:
            sent += _one(row, dead.get(row.employee_id), server, now)
    except (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        # The server, not these mails: all that are still claimed come again.
        left = AwardMail.objects.filter(pk__in=ids, state=STATES.CLAIMED)
        left.update(state=STATES.DUE, claimed_at=None, due_at=now + FIRST_WAIT, error=type(error).__name__[:60])
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
    return sent


def _one(row: AwardMail, dead: DeadAddress | None, server: Any, now: dt.datetime) -> bool:
    if reason := _stopped(row, dead, timezone.localdate(now)):
        _mark(row, STATES.SKIPPED, reason)
        return False
    zone = row.employee.time_zone
    if not hours.is_working(now, zone):
        later = hours.next_working(now, zone) or now + dt.timedelta(days=1)
        claimed = AwardMail.objects.filter(pk=row.pk, state=STATES.CLAIMED)
        claimed.update(state=STATES.DUE, claimed_at=None, due_at=later)
        return False
    mail = write(row)
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


def _stopped(row: AwardMail, dead: DeadAddress | None, today: dt.date) -> str:
    """Why it must not leave any more."""
    person = row.employee
    if not person.is_here(today) or not person.is_active:
        return "left"
    if not person.email:
        return "no address"
    if reach.is_dead(person, dead):
        return "address dead"
    if row.kind in JUDGES and row.round.state != AwardRound.State.VOTING:
        return "decided already"
    if row.kind == Kind.DECIDE and row.candidate and row.candidate.state not in AwardCandidate.OPEN:
        return "decided already"
    voted = AwardVote.objects.filter(candidate__round=row.round_id, juror=person)
    return "voted already" if row.kind == Kind.JURY_LAST and voted.exists() else ""


def _mark(row: AwardMail, state: str, reason: str) -> None:
    mine = AwardMail.objects.filter(pk=row.pk, state=STATES.CLAIMED)
    mine.update(state=state, claimed_at=None, error=reason[:60])


def _failed(row: AwardMail, now: dt.datetime, text: str, *, final: bool) -> None:
    if final or row.attempts >= MOST_ATTEMPTS:
        _mark(row, STATES.FAILED, text)
        return
    later = now + FIRST_WAIT * 2**row.attempts
    mine = AwardMail.objects.filter(pk=row.pk, state=STATES.CLAIMED)
    mine.update(state=STATES.DUE, claimed_at=None, due_at=later, error=text[:60])


# -- the words -------------------------------------------------------------------------------------------------------


def write(row: AwardMail) -> EmailMultiAlternatives:
    """The mail as it would leave now, in the person's language."""
    person, house = row.employee, organisation.current()
    language, text = words(person.language or house.language)
    with translation.override(language):
        told = {
            "award": pick(row.round.award.name, language),
            "day": day_in(row.round.decide_by),
            "nominee": row.candidate.name if row.candidate else "",
            "name": person.given_name,
        }
        button, why, link = _where(row, text)
        signatures = dict(Signature.objects.filter(language__in=[language, "en"]).values_list("language", "text"))
        subject = " ".join(text[f"{row.kind}_subject"].format(**told).split())
        context = {
            "language": language,
            "subject": subject,
            "hello": text["hello"].format(**told),
            "ask": text[row.kind].format(**told),
            "lines": _lines(row, text),
            "button": button,
            "why": why,
            "address": text["address"],
            "signature": signatures.get(language) or signatures.get("en") or house.name,
            "link": link,
        }
        host = parseaddr(house.sender)[1].rpartition("@")[2] or "trivium.local"
        headers = {
            "Message-ID": f"<award.{row.pk}.{row.due_at:%Y%m%d}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        }
        body = render_to_string("programs/training/paths_mail.txt", context)
        mail = EmailMultiAlternatives(subject, body, house.sender, [person.email or ""], headers=headers)
        mail.attach_alternative(render_to_string("programs/training/paths_mail.html", context), "text/html")
    return mail


def _lines(row: AwardMail, text: dict[str, str]) -> list[str]:
    if row.kind == Kind.DECLINED and row.candidate:
        return [row.candidate.reason]
    if row.kind == Kind.CANCELLED:
        return [row.round.reason]
    if row.kind == Kind.WON:
        paid = AwardWinner.objects.filter(candidate=row.candidate_id, employee=row.employee_id, points__gt=0)
        return [text["points"].format(n=points) for points in paid.values_list("points", flat=True)]
    return []


def _where(row: AwardMail, text: dict[str, str]) -> tuple[str, str, str]:
    if row.kind in (Kind.JURY, Kind.JURY_LAST):
        link = reverse("recognition:award_ballot", args=[row.round_id])
        return text["button_jury"], text["why_judge"], settings.BASE_URL + link
    if row.kind == Kind.DECIDE:
        return text["button_decide"], text["why_judge"], settings.BASE_URL + reverse("recognition:award_jury")
    why = text["why_winner" if row.kind == Kind.WON else "why_nominator"]
    return text["button_mine"], why, settings.BASE_URL + reverse("recognition:my_awards")
