"""Telling people by mail when results are there for them, if HR chose so. A mail names the survey, and no result.

Each mail is a row, made when an audience's day is reached, claimed, sent, and gone. Before it leaves, the gate is asked
again: a wave that HR took back meanwhile is told to nobody.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from culture.access import clock, organisation
from culture.access.address_texts import nearest
from culture.access.audit import record
from culture.access.models import Grant, Role
from culture.people.models import Employee
from surveys.results import sharing
from surveys.results.share_texts import MAILS
from surveys.results.sharing import AUDIENCES, LEADERS, MANAGERS
from surveys.results.sharing_models import ResultMail, Sharing
from surveys.waves import reach
from surveys.waves.models import Wave

BATCH = 200
MOST_ATTEMPTS = 6
CLAIMED = dt.timedelta(minutes=15)
# A day that long ago is no news: nobody is written to when HR wants mails for an old wave.
OLD_NEWS = dt.timedelta(days=14)
LEADING = (Role.EXECUTIVE, Role.PROGRAM_LEAD, Role.HR_ADMIN)
log = logging.getLogger("trivium.results")


def _due(today: dt.date) -> QuerySet[Sharing]:
    """Shared waves with an audience whose day is reached and whom nobody told yet."""
    wanted = Q(pk__in=[])
    for name in AUDIENCES:
        reached = Q(**{f"{name}_on__lte": today}) | Q(**{f"{name}_on__lte": F("wave__released_at__date")})
        wanted |= reached & ~Q(told__contains=[name])
    return Sharing.objects.filter(wanted, tell=True, wave__state=Wave.State.RELEASED)


def plan(*, now: dt.datetime) -> int:
    """Make the mails that are due; returns how many. Claims first: two ticks at once make none twice."""
    today, made = clock.today(), 0
    for pk in list(_due(today).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = _due(today).select_for_update(skip_locked=True, of=("self",)).select_related("wave")
            shared = rows.filter(pk=pk).first()
            if shared is None:
                continue
            made += _make(shared, today, now)
    return made


def _make(shared: Sharing, today: dt.date, now: dt.datetime) -> int:
    told, made = list(shared.told), 0
    released = shared.wave.released_at
    day = max(today, timezone.localdate(released)) if released else today
    for name in AUDIENCES:
        on = getattr(shared, f"{name}_on")
        if on is None or on > day or name in told:
            continue
        told_before = [*told]
        told.append(name)
        if on < day - OLD_NEWS:
            continue
        found = people(name, today)
        for earlier in told_before:
            # Who sees more of it was told already.
            found = found.exclude(pk__in=people(earlier, today).values("pk"))
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        rows = [ResultMail(wave=shared.wave, employee_id=pk, audience=name, retry_at=now) for pk in ids]
        made += len(ResultMail.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True))
    Sharing.objects.filter(pk=shared.pk).update(told=told)
    if made:
        record(None, "results.told", shared.wave, people=made)
    return made


def people(audience: str, today: dt.date) -> QuerySet[Employee]:
    """Whom mail reaches of an audience; HR admins of the whole organisation share results and need no word of it."""
    here = Employee.objects.here(today).filter(is_active=True)
    grants = Grant.objects.in_force(today)
    if audience == LEADERS:
        found = here.filter(pk__in=grants.filter(role__in=LEADING).values("employee"))
    elif audience == MANAGERS:
        found = here.filter(pk__in=here.filter(manager__isnull=False).order_by().values("manager"), unit__isnull=False)
    else:
        found = here.filter(unit__isnull=False)
    found = found.exclude(pk__in=grants.hr_admins().values("employee"))
    return found.exclude(pk__in=reach.unreachable(Employee.objects.all()).values("pk"))


def waiting(now: dt.datetime) -> bool:
    return ResultMail.objects.filter(retry_at__lte=now).exists()


# -- sent ------------------------------------------------------------------------------------------------------------


def send_due(*, now: dt.datetime) -> int:
    """Send a batch over one connection; returns how many rows were settled (0: nothing more to do now)."""
    claimed = _claim(now)
    if not claimed:
        return 0
    settled, connection = 0, get_connection()
    try:
        connection.open()
        for mail in claimed:
            settled += _send(mail, connection, now)
    except (OSError, smtplib.SMTPException) as error:
        # Those not reached come again when their claim runs out.
        log.error("Mails about results wait: %s", type(error).__name__)
        return 0
    finally:
        connection.close()
    return settled


@transaction.atomic
def _claim(now: dt.datetime) -> list[ResultMail]:
    due = ResultMail.objects.filter(retry_at__lte=now).order_by("retry_at", "pk")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    ResultMail.objects.filter(pk__in=ids).update(retry_at=now + CLAIMED, attempts=F("attempts") + 1)
    rows = ResultMail.objects.filter(pk__in=ids).select_related("employee", "wave__series", "wave__sharing")
    return list(rows.defer("wave__snapshot").order_by("pk"))


def _send(mail: ResultMail, connection: Any, now: dt.datetime) -> bool:
    """Whether the row is settled: sent, or given up."""
    person = mail.employee
    if not person.email or not sharing.open_to(mail.wave, person):
        mail.delete()
        return True
    message = written(mail)
    message.connection = connection
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()), (550, b""))[0]
        return _failed(mail, now, final=code >= 500)
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == 421:
            raise
        return _failed(mail, now, final=error.smtp_code >= 500)
    except ValueError:
        # An address no mail can carry.
        return _failed(mail, now, final=True)
    mail.delete()
    return True


def _failed(mail: ResultMail, now: dt.datetime, *, final: bool) -> bool:
    if final or mail.attempts >= MOST_ATTEMPTS:
        mail.delete()
        return True
    ResultMail.objects.filter(pk=mail.pk).update(retry_at=now + CLAIMED * 2**mail.attempts)
    return False


def written(mail: ResultMail) -> EmailMessage:
    """The mail in the person's language."""
    house, person, wave = organisation.current(), mail.employee, mail.wave
    language = nearest(person.language, house.language)
    texts = MAILS[language]
    with translation.override(language):
        day = date_format(wave.closes_on, "DATE_FORMAT")
    name = "".join(sign for sign in person.given_name or person.name if sign.isprintable())
    words = {"series": wave.series.name, "date": day, "name": name, "k": wave.rules.get("k", wave.series.k)}
    link = settings.BASE_URL + reverse("results:wave", args=[wave.pk])
    parts = [texts["hello"], texts[mail.audience], "", f"{texts['link']}\n{link}", "", texts["promise"]]
    body = "\n".join(part if part.startswith(texts["link"]) else part.format(**words) for part in parts)
    subject = " ".join(texts["subject"].format(**words).split())
    headers = {
        "Auto-Submitted": "auto-generated",
        "Message-ID": f"<results.{wave.pk}.{person.pk}@{house.sender_address.rpartition('@')[2] or 'trivium.local'}>",
    }
    return EmailMessage(subject, f"{body}\n\n-- \n{house.name}\n", house.sender, [person.email or ""], headers=headers)
