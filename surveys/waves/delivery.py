"""Sending invitations and reminders: each message is a row, claimed, sent, marked in its own commit.

A worker killed between the mail server's "accepted" and the mark sends that one message twice; nothing is lost.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from surveys.waves import keys
from surveys.waves.models import Invitation, Message, Wave
from surveys.waves.texts_mail import words

BATCH = 200
STALE = dt.timedelta(minutes=10)
ATTEMPTS = 8
FIRST_WAIT = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=6)


SERVER_ERRORS = (
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
)


class ServerDown(Exception):
    """The mail server takes nothing now: the fault is not this message's."""


@dataclass
class Report:
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    later: int = 0


def due_messages(now: dt.datetime) -> Any:
    """Messages that may be sent now, of open waves."""
    return Message.objects.filter(
        Q(retry_at__isnull=True) | Q(retry_at__lte=now),
        state=Message.State.DUE,
        due_on__lte=timezone.localdate(now),
        invitation__wave__state=Wave.State.OPEN,
    )


def release_stale(now: dt.datetime) -> int:
    """Give back what a dead worker had claimed."""
    return Message.objects.filter(state=Message.State.CLAIMED, claimed_at__lt=now - STALE).update(
        state=Message.State.DUE, claimed_at=None
    )


def claim(now: dt.datetime, limit: int) -> list[int]:
    """Take up to ``limit`` due messages that no other worker is taking."""
    with transaction.atomic():
        ids = list(
            due_messages(now)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_on", "pk")
            .values_list("pk", flat=True)[:limit]
        )
        Message.objects.filter(pk__in=ids).update(state=Message.State.CLAIMED, claimed_at=now)
    return ids


def send_due(*, now: dt.datetime, limit: int = BATCH) -> Report:
    """Send up to ``limit`` due messages over one connection."""
    report = Report()
    release_stale(now)
    ids = claim(now, limit)
    if not ids:
        return report
    connection = get_connection()
    messages = Message.objects.select_related("invitation__employee", "invitation__wave__series").in_bulk(ids)
    waiting = [messages[pk] for pk in ids if pk in messages]
    try:
        while waiting:
            _deliver(waiting.pop(0), connection, report, claimed_at=now, now=now)
    except ServerDown as error:
        # A server that took some and then hung up (many limit mails per connection) takes the rest at once.
        wait = dt.timedelta() if report.sent else FIRST_WAIT
        _back_off([message.pk for message in waiting], now + wait, str(error))
        report.later += len(waiting)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()
    return report


def _deliver(message: Message, connection: Any, report: Report, *, claimed_at: dt.datetime, now: dt.datetime) -> None:
    # Renewing the claim also proves it: a slow worker whose claim ran out must not send what another sends now.
    renewed = timezone.now()
    mine = Message.objects.filter(pk=message.pk, state=Message.State.CLAIMED, claimed_at=claimed_at)
    if not mine.update(claimed_at=renewed, attempts=F("attempts") + 1):
        return
    message.attempts += 1
    if reason := _not_needed(message, now):
        _mark(message, Message.State.SKIPPED, reason)
        report.skipped += 1
        return
    try:
        connection.open()
        connection.send_messages([compose(message)])
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one mail is recorded with it
        _refused(message, error, report, now)
        return
    _mark(message, Message.State.SENT, "")
    report.sent += 1


def _not_needed(message: Message, now: dt.datetime) -> str:
    """Why the message must not leave any more, decided at the last moment; '' if it must."""
    invitation = Invitation.objects.filter(pk=message.invitation_id)
    state = invitation.values_list("state", "wave__state", "wave__closes_on").first()
    today = timezone.localdate(now)
    employee = message.invitation.employee
    if state is None or state[1] != Wave.State.OPEN or state[2] <= today:
        return "closed"
    if state[0] != Invitation.State.ASKED:
        return "not asked any more"
    if not employee.email:
        return "no e-mail"
    if not employee.is_active or (employee.left_on and employee.left_on < today):
        return "left"
    # After an outage two reminders may be due at once: the later one is enough.
    later = message.invitation.messages.filter(kind="reminder", due_on__lte=today, number__gt=message.number)
    if message.kind == "reminder" and later.exists():
        return "a later reminder is due"
    return ""


def _refused(message: Message, error: Exception, report: Report, now: dt.datetime) -> None:
    """File the refusal: for good, for later, or the whole server's (then the batch stops)."""
    code = _code(error)
    text = f"{code or ''} {type(error).__name__}".strip()  # never the server's text: it repeats the address
    # smtplib's own errors are OSErrors too; any other OSError is the network.
    network = isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    server = network or isinstance(error, SERVER_ERRORS)
    # A mail that cannot even be written (a broken address, say) gives no code: it will not get better either.
    unwritable = not isinstance(error, smtplib.SMTPException | keys.KeyMissing)
    for_good = code >= 500 or unwritable or message.attempts >= ATTEMPTS
    if for_good and not server and not isinstance(error, keys.KeyMissing):
        _mark(message, Message.State.FAILED, text)
        report.failed += 1
        return
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (message.attempts - 1))
    _back_off([message.pk], now + wait, text)
    report.later += 1
    if server:
        raise ServerDown(text) from error


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((answer[0] for answer in error.recipients.values()), default=0)
    return int(getattr(error, "smtp_code", 0) or 0)


def _back_off(ids: list[int], until: dt.datetime, text: str) -> None:
    Message.objects.filter(pk__in=ids, state=Message.State.CLAIMED).update(
        state=Message.State.DUE, claimed_at=None, retry_at=until, error=text[:300]
    )


def _mark(message: Message, state: str, reason: str) -> None:
    # The moments go with the mark: only the date it was due on is kept.
    Message.objects.filter(pk=message.pk).update(state=state, claimed_at=None, retry_at=None, error=reason[:300])


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail in the person's language. Its Message-ID is the same at every attempt: a second copy is recognised."""
    invitation = message.invitation
    employee, wave = invitation.employee, invitation.wave
    token = keys.link_token(wave.pk, invitation.pk)
    language, text = words(employee.language)
    with translation.override(language):
        closes = date_format(wave.closes_on, "DATE_FORMAT")
    values = {"name": employee.given_name, "date": closes, "k": wave.rules.get("k", 5)}
    filled = {key: value.format(**values) for key, value in text.items()}
    context = {"text": filled, "language": language, "series": wave.series.name, "link": _link(token)}
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "trivium.local"
    number = hashlib.blake2b(f"{token}/{message.kind}/{message.number}".encode(), digest_size=16).hexdigest()
    mail = EmailMultiAlternatives(
        subject=filled[message.kind],
        body=render_to_string("surveys/waves/mail.txt", context),
        to=[employee.email or ""],
        headers={
            "Message-ID": f"<{number}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    mail.attach_alternative(render_to_string("surveys/waves/mail.html", context), "text/html")
    return mail


def _link(token: str) -> str:
    try:
        path = reverse("answering:start", args=[token])
    except NoReverseMatch:
        path = f"/s/{token}/"
    return settings.BASE_URL + path
