"""The mails about a changed address: to the old one, and to a new one that may not open anything yet."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from culture.access import address_texts as texts
from culture.access import addresses, audit, clock, organisation, signin_mail
from culture.access.address_models import AddressChange
from culture.access.days import date_text
from culture.access.models import Grant
from culture.people.models import Employee

Notice = AddressChange.Notice
BATCH = 200
MOST_ATTEMPTS = 6
MOST_CONTACTS = 3
# Long enough for a batch to leave; who died meanwhile is followed by the next tick.
CLAIMED = dt.timedelta(minutes=15)
log = logging.getLogger("trivium.signin")


def contacts(employee: Employee, language: str, but: int | None = None) -> str:
    """Whom to ask, a line each: HR admins of the whole organisation, whoever did it (``but``) only if nobody else."""
    today = clock.today()
    grants = Grant.objects.in_force(today).hr_admins().values("employee")
    found = Employee.objects.here(today).filter(pk__in=grants, is_active=True).exclude(pk=employee.pk).order_by("pk")
    some = list(found.exclude(pk=but or 0)[:MOST_CONTACTS]) or list(found[:MOST_CONTACTS])
    lines = [f"- {one.name} <{one.email}>" if one.email else f"- {one.name}" for one in some]
    return "\n".join(lines or [f"- {texts.HR[language]}"])


def notice(change: AddressChange) -> EmailMessage:
    """To the old address: that it was changed, when, by whom, and whom to ask."""
    house, person = organisation.current(), change.employee
    language = texts.nearest(person.language, house.language)
    with translation.override(language):
        day = date_text(timezone.localdate(change.at, clock.zone()), "DATE_FORMAT")
    words = {
        "organisation": house.name,
        "name": person.name,
        "day": day,
        "who": change.by.name if change.by else texts.HR[language],
        "contacts": contacts(person, language, but=change.by_id),
    }
    body = texts.NOTICE[language].format(**words)
    if not change.settled and addresses.holds_role(person):
        body += texts.NOTICE_HELD[language]
    return _mail(texts.NOTICE_SUBJECT[language].format(**words), f"{body}\n\n{house.name}\n", change.old_address)


def _mail(subject: str, body: str, to: str) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, organisation.current().sender, [to], headers=headers)


def tell_held(employee: Employee) -> None:
    """To the new address, when a code or reset link was asked for there: why none comes."""
    house = organisation.current()
    language = texts.nearest(employee.language, house.language)
    change = addresses.open_change(employee)
    but = change.by_id if change else None
    asked = contacts(employee, language, but=but)
    body = texts.HELD[language].format(organisation=house.name, name=employee.name, contacts=asked)
    signin_mail.send(_mail(texts.HELD_SUBJECT[language], f"{body}\n\n{house.name}\n", employee.email or ""))


# -- the tick --------------------------------------------------------------------------------------------------------


def send_due(*, now: dt.datetime) -> int:
    """Send notices that are due, over one connection. Returns how many left. A lost worker sends none twice at once."""
    addresses.forget_old(now=now)
    claimed = _claim(now)
    if not claimed:
        return 0
    connection: Any = get_connection()
    sent = 0
    try:
        connection.open()
        for change in claimed:
            sent += _send(change, connection, now)
    except (OSError, smtplib.SMTPException) as error:
        # Those not reached come again when their claim runs out.
        log.error("Notices of changed addresses wait: %s", type(error).__name__)
    finally:
        connection.close()
    if sent:
        audit.record(None, "address.told", "addresses", people=sent)
    addresses.forget_old(now=now)
    return sent


@transaction.atomic
def _claim(now: dt.datetime) -> list[AddressChange]:
    due = AddressChange.objects.filter(notice=Notice.DUE, notice_after__lte=now).order_by("notice_after", "pk")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    AddressChange.objects.filter(pk__in=ids).update(notice_after=now + CLAIMED, attempts=F("attempts") + 1)
    return list(AddressChange.objects.filter(pk__in=ids).select_related("employee", "by").order_by("pk"))


def _send(change: AddressChange, connection: Any, now: dt.datetime) -> bool:
    message = notice(change)
    message.connection = connection
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()), (550, b""))[0]
        _failed(change, now, final=code >= 500)
        return False
    except smtplib.SMTPResponseException as error:
        _failed(change, now, final=error.smtp_code >= 500)
        return False
    AddressChange.objects.filter(pk=change.pk).update(notice=Notice.SENT, notice_after=None)
    return True


def _failed(change: AddressChange, now: dt.datetime, *, final: bool) -> None:
    if final or change.attempts >= MOST_ATTEMPTS:
        AddressChange.objects.filter(pk=change.pk).update(notice=Notice.FAILED, notice_after=None)
    else:
        later = now + dt.timedelta(minutes=5 * 2**change.attempts)
        AddressChange.objects.filter(pk=change.pk).update(notice_after=later)
