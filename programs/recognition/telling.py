"""Mails about thanks that arrived: noted in rows as they arrive, claimed, looked at once more, sent, marked.

At most one a day, in working hours of the person's place, with the hands and the rate of the survey mails
(``senders``), never to an address that came back. Who has no address, or wants no mail, finds his thanks at home.
"""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Sequence
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
from culture.people.models import Employee
from programs.recognition.feed_models import ThanksChoice, ThanksMail, ThanksMailLine
from programs.recognition.models import Kudos, KudosReceiver
from programs.recognition.thanks_words import words
from surveys.waves import hours, reach, senders
from surveys.waves.message_models import DeadAddress, Signature

BATCH = 100
STALE = dt.timedelta(minutes=10)
DAY = dt.timedelta(days=1)
FIRST_WAIT = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 6
KEPT = dt.timedelta(days=180)
LINES = 8
QUOTED = 240
State = ThanksMail.State


# -- noting ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def note(receipts: Sequence[int], *, now: dt.datetime) -> int:
    """Whom thanks arrived at shall be told by mail; returns how many thank-yous are noted. Each once, for good.

    What arrives while a mail waits joins it. The mail is locked meanwhile: nobody sends it without the new line.
    """
    rows = KudosReceiver.objects.filter(pk__in=receipts, told__isnull=True).exclude(receiver__email=None)
    rows = rows.exclude(receiver__thanks_choice__no_mail=True).filter(receiver__is_active=True)
    found = list(rows.order_by("receiver", "pk").values_list("pk", "receiver", "receiver__time_zone"))
    if not found:
        return 0
    mails = _waiting({person: zone for _pk, person, zone in found}, now)
    lines = [ThanksMailLine(mail_id=mails[person], receipt_id=pk) for pk, person, _zone in found if person in mails]
    ThanksMailLine.objects.bulk_create(lines, ignore_conflicts=True)
    return len(lines)


def _waiting(zones: dict[int, str], now: dt.datetime) -> dict[int, int]:
    """Of each person the mail that is due, locked; made where there is none, a day after the last at the soonest."""
    last = ThanksMail.objects.filter(employee__in=zones, due_at__gt=now - DAY).exclude(state=State.DUE)
    sent = dict(last.order_by("due_at").values_list("employee", "due_at"))
    rows = []
    for person, zone in sorted(zones.items()):
        due_at = hours.next_working(max(now, sent[person] + DAY) if person in sent else now, zone)
        if due_at is not None:
            rows.append(ThanksMail(employee_id=person, due_at=due_at))
    ThanksMail.objects.bulk_create(rows, ignore_conflicts=True)
    due = ThanksMail.objects.filter(employee__in=zones, state=State.DUE).order_by("pk").select_for_update()
    return dict(due.values_list("employee", "pk"))


# -- sending ---------------------------------------------------------------------------------------------------------


def anything_due(now: dt.datetime) -> bool:
    stale = ThanksMail.objects.filter(state=State.CLAIMED, claimed_at__lt=now - STALE)
    return ThanksMail.objects.filter(state=State.DUE, due_at__lte=now).exists() or stale.exists()


def release_stale(now: dt.datetime) -> int:
    """Give back what a dead worker had claimed."""
    stale = ThanksMail.objects.filter(state=State.CLAIMED, claimed_at__lt=now - STALE)
    return sum(_back(mail, now, "") for mail in stale.order_by("pk"))


@transaction.atomic
def _back(mail: ThanksMail, now: dt.datetime, error: str) -> bool:
    """Due again; what has become due meanwhile is taken into it, for there is one due mail a person."""
    rows = ThanksMail.objects.filter(employee=mail.employee_id, state__in=[State.DUE, State.CLAIMED])
    mine = {row.pk: row for row in rows.order_by("pk").select_for_update()}
    if mail.pk not in mine or mine[mail.pk].state != State.CLAIMED:
        return False
    for other in mine.values():
        if other.state == State.DUE:
            ThanksMailLine.objects.filter(mail=other).update(mail=mail)
            other.delete()
    ThanksMail.objects.filter(pk=mail.pk).update(state=State.DUE, claimed_at=None, due_at=now, error=error[:60])
    return True


@transaction.atomic
def claim(now: dt.datetime, limit: int) -> list[int]:
    """Take up to ``limit`` due mails that no other worker is taking."""
    due = ThanksMail.objects.filter(state=State.DUE, due_at__lte=now).order_by("due_at", "pk")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    ThanksMail.objects.filter(pk__in=ids).update(state=State.CLAIMED, claimed_at=now, attempts=F("attempts") + 1)
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
    rows = list(ThanksMail.objects.filter(pk__in=ids).select_related("employee").order_by("due_at", "pk"))
    people = [row.employee_id for row in rows]
    dead = {row.employee_id: row for row in DeadAddress.objects.filter(employee__in=people)}  # type: ignore[attr-defined]
    silent = set(ThanksChoice.objects.filter(employee__in=people, no_mail=True).values_list("employee", flat=True))
    server: Any = get_connection()
    sent = 0
    try:
        for row in rows:
            reason = "wants no mail" if row.employee_id in silent else _stopped(row, dead.get(row.employee_id), now)
            sent += _skip(row, reason) if reason else _one(row, server, now)
    except (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        # The server, not these mails: all that are still claimed come again.
        for row in rows:
            _back(row, now + FIRST_WAIT, type(error).__name__)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
    return sent


def _stopped(row: ThanksMail, dead: DeadAddress | None, now: dt.datetime) -> str:
    """Why it must not leave any more."""
    person = row.employee
    if not person.is_active or not person.is_here(timezone.localdate(now)):
        return "left"
    if not person.email:
        return "no address"
    return "address dead" if reach.is_dead(person, dead) else ""


def _skip(row: ThanksMail, reason: str) -> int:
    _mark(row, State.SKIPPED, reason)
    return 0


def _one(row: ThanksMail, server: Any, now: dt.datetime) -> int:
    person = row.employee
    if not hours.is_working(now, person.time_zone):
        _back(row, hours.next_working(now, person.time_zone) or now + DAY, "")
        return 0
    mail = write(row)
    if mail is None:
        return _skip(row, "nothing to tell any more")
    mail.connection = server
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()), (550, b""))[0]
        return _failed(row, now, str(code), final=code >= 500)
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == 421:
            raise smtplib.SMTPServerDisconnected from error
        return _failed(row, now, str(error.smtp_code), final=error.smtp_code >= 500)
    except ValueError:
        return _failed(row, now, "broken address", final=True)
    _mark(row, State.SENT, "")
    return 1


def _mark(row: ThanksMail, state: str, reason: str) -> None:
    mine = ThanksMail.objects.filter(pk=row.pk, state=State.CLAIMED)
    mine.update(state=state, claimed_at=None, error=reason[:60])


def _failed(row: ThanksMail, now: dt.datetime, text: str, *, final: bool) -> int:
    if final or row.attempts >= MOST_ATTEMPTS:
        _mark(row, State.FAILED, text)
    else:
        _back(row, now + FIRST_WAIT * 2**row.attempts, text)
    return 0


def sweep(*, now: dt.datetime) -> int:
    """Forget the mails of long ago: nothing is noted twice, for thanks arrive once."""
    done = ThanksMail.objects.filter(state__in=[State.SENT, State.SKIPPED, State.FAILED], due_at__lt=now - KEPT)
    return done.delete()[0]


# -- the words -------------------------------------------------------------------------------------------------------


def write(row: ThanksMail) -> EmailMultiAlternatives | None:
    """The mail as it would leave now; None when there is nothing to tell any more."""
    told = KudosReceiver.objects.filter(told__mail=row, kudos__state=Kudos.State.SETTLED, kudos__hidden_at=None)
    thanks = [one.kudos for one in told.select_related("kudos__giver", "kudos__behaviour").order_by("pk")]
    if not thanks:
        return None
    person = row.employee
    language, text = words(person.language or organisation.current().language)
    with translation.override(language):
        names = list(dict.fromkeys(one.giver.name for one in thanks))
        key = "subject_one" if len(names) == 1 else "subject"
        subject = text[key].format(name=names[0], n=len(names))
        lines = [_line(one, text) for one in thanks[:LINES]]
        if len(thanks) > LINES:
            lines.append(text["more"].format(n=len(thanks) - LINES))
        return _mail(row, person, language, text, " ".join(subject.split()), lines)


def _line(kudos: Kudos, text: dict[str, str]) -> str:
    """Private thanks are read on the site alone: a mailbox has other readers."""
    told = f"{kudos.giver.name}: {kudos.behaviour.label}"
    if not kudos.public:
        return f"{told} ({text['private']})"
    story = " ".join(kudos.story.split())
    return f"{told}. “{story[:QUOTED]}{'…' if len(story) > QUOTED else ''}”"


def _mail(
    row: ThanksMail, person: Employee, language: str, text: dict[str, str], subject: str, lines: list[str]
) -> EmailMultiAlternatives:
    house = organisation.current()
    signatures = dict(Signature.objects.filter(language__in=[language, "en"]).values_list("language", "text"))
    context = {
        "language": language,
        "subject": subject,
        "hello": text["hello"].format(name=person.given_name),
        "ask": text["ask"],
        "lines": lines,
        "button": text["button"],
        "address": text["address"],
        "why": text["why"],
        "signature": signatures.get(language) or signatures.get("en") or house.name,
        "link": settings.BASE_URL + reverse("recognition:received"),
        "stop": settings.BASE_URL + reverse("recognition:choices"),
    }
    host = parseaddr(house.sender)[1].rpartition("@")[2] or "trivium.local"
    headers = {
        "Message-ID": f"<thanks.{row.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    }
    body = render_to_string("programs/recognition/thanks_mail.txt", context)
    mail = EmailMultiAlternatives(subject, body, house.sender, [person.email or ""], headers=headers)
    mail.attach_alternative(render_to_string("programs/recognition/thanks_mail.html", context), "text/html")
    return mail
