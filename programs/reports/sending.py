"""Subscribed reports on their way: planned as rows, made once for all who get the same, claimed, sent, marked.

What is mailed is published first: the figure in somebody's mail can be found again, unchanged. Access is asked twice,
before a report is made for somebody and before it leaves. What fails comes again; what fails for good is told to HR.
"""

from __future__ import annotations

import datetime as dt
import smtplib
from collections import defaultdict
from contextlib import suppress
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from culture.access import audit, clock, organisation
from programs.reports import publishing, report_access, report_problems, subscriptions
from programs.reports.report_models import PublishedReport, ReportDelivery, ReportFile, ReportProblem, Subscription
from programs.reports.texts_report import say
from surveys.waves import hours, reach, senders
from surveys.waves.message_models import DeadAddress
from surveys.waves.schedule import ScheduleError

BATCH = 50
# Reports made before what is ready leaves: with a report for each of many units nobody waits for the last one.
MOST_MADE = 5
STALE = dt.timedelta(minutes=15)
MOST_ATTEMPTS = 6
FIRST_WAIT = dt.timedelta(minutes=5)
SALT = "report.read"
TYPES = {
    "pdf": ("application", "pdf"),
    "pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
State = ReportDelivery.State
Key = tuple[int, int | None, str]


# -- planned ---------------------------------------------------------------------------------------------------------


def _due(today: dt.date) -> QuerySet[Subscription]:
    running = Subscription.objects.filter(ended_at__isnull=True, next_on__lte=today)
    return running.exclude(program__state="draft")


def plan(*, now: dt.datetime) -> int:
    """Make the rows that are due; returns how many. Of days that were missed only the last counts."""
    today, made = clock.today(), 0
    for pk in list(_due(today).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = _due(today).filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
            if row is None or row.next_on is None:
                continue
            zone = row.reader.time_zone
            moment = hours.next_working(now, zone) or now
            ReportDelivery.objects.get_or_create(subscription=row, day=row.next_on, defaults={"due_at": moment})
            made += 1
            try:
                following = subscriptions.next_day(row.rule, row.first_on, after=today)
            except ScheduleError:
                following = None
            Subscription.objects.filter(pk=row.pk).update(next_on=following)
    return made


def anything_due(now: dt.datetime) -> bool:
    return _open(now).exists()


def _open(now: dt.datetime) -> QuerySet[ReportDelivery]:
    stale = Q(state=State.CLAIMED, claimed_at__lt=now - STALE)
    return ReportDelivery.objects.filter(Q(state=State.DUE, due_at__lte=now) | stale)


# -- made ------------------------------------------------------------------------------------------------------------


def _unmade(now: dt.datetime) -> QuerySet[ReportDelivery]:
    return ReportDelivery.objects.filter(state=State.DUE, due_at__lte=now, report__isnull=True)


def anything_to_make(now: dt.datetime) -> bool:
    return _unmade(now).exists()


def make(*, now: dt.datetime) -> int:
    """Publish what due deliveries need, each report once and a few of them; returns how many have theirs now."""
    waiting = _unmade(now)
    rows = list(waiting.select_related("subscription__reader", "subscription__program__series", "subscription__unit"))
    groups: dict[Key, list[ReportDelivery]] = defaultdict(list)
    for row in rows:
        one = row.subscription
        if not report_access.may_read(one.reader, one.unit):
            waiting.filter(pk=row.pk).update(state=State.SKIPPED, error="no access")
            continue
        groups[one.program_id, one.unit_id, one.paper].append(row)  # type: ignore[attr-defined]
    return sum(_make(found, now) for found in list(groups.values())[:MOST_MADE])


def _make(rows: list[ReportDelivery], now: dt.datetime) -> int:
    one = rows[0].subscription
    wanted = sorted({row.subscription.language for row in rows})
    ids = [row.pk for row in rows]
    try:
        with transaction.atomic():
            report = _todays(one, wanted, now)
            mine = ReportDelivery.objects.filter(pk__in=ids, state=State.DUE, report__isnull=True)
            return mine.update(report=report)
    except Exception as error:
        _not_made(rows, type(error).__name__, now)
        return 0


def _todays(one: Subscription, languages: list[str], now: dt.datetime) -> PublishedReport:
    """The report of today made for subscribers in all these languages; published now where there is none."""
    with connection.cursor() as cursor:
        # Two workers that need the same report: the second finds what the first has made.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [publishing.LOCK])
    today = timezone.localdate(now)
    made = PublishedReport.objects.filter(by__isnull=True, program=one.program, unit=one.unit, as_of=today)
    for report in made.order_by("-number"):
        files = ReportFile.objects.filter(report=report)
        if set(languages) <= set(files.values_list("language", flat=True)) and _paper(report) == one.paper:
            return report
    return publishing.publish(
        by=None, program=one.program, unit=one.unit, languages=languages, paper=one.paper, now=now
    )


def _paper(report: PublishedReport) -> str:
    """Of which paper the report made for subscribers is, as its deliveries say."""
    found = ReportDelivery.objects.filter(report=report).values_list("subscription__paper", flat=True).first()
    return found or ""


def _not_made(rows: list[ReportDelivery], error: str, now: dt.datetime) -> None:
    one = rows[0].subscription
    for row in rows:
        mine = ReportDelivery.objects.filter(pk=row.pk, state=State.DUE)
        attempts = row.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            mine.update(state=State.FAILED, attempts=attempts, error=error[:60])
        else:
            mine.update(attempts=attempts, due_at=now + FIRST_WAIT * 2**attempts, error=error[:60])
    kind = ReportProblem.Kind.REPORT
    report_problems.tell(kind=kind, program=one.program, unit=one.unit, detail=error, now=now)


# -- sent ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def _claim(now: dt.datetime, limit: int) -> list[int]:
    stale = ReportDelivery.objects.filter(state=State.CLAIMED, claimed_at__lt=now - STALE)
    stale.update(state=State.DUE, claimed_at=None)
    due = ReportDelivery.objects.filter(state=State.DUE, due_at__lte=now, report__isnull=False)
    ids = list(due.order_by("due_at", "pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    mine = ReportDelivery.objects.filter(pk__in=ids)
    mine.update(state=State.CLAIMED, claimed_at=now, attempts=F("attempts") + 1)
    return ids


def send_due(*, now: dt.datetime) -> int:
    """Make and send a batch with a hand of the survey mails; returns how many left. Without a free hand: later."""
    make(now=now)
    slot = senders.take(now)
    if slot is None:
        return 0
    try:
        allowed = senders.allowance(slot, now, BATCH)
        ids = _claim(now, allowed) if allowed else []
        return _send(ids, now) if ids else 0
    finally:
        senders.give_back(slot)


def _send(ids: list[int], now: dt.datetime) -> int:
    rows = ReportDelivery.objects.filter(pk__in=ids).select_related("subscription__reader", "subscription", "report")
    server: Any = get_connection()
    files: dict[tuple[int, str, str], tuple[str, bytes]] = {}
    sent = 0
    try:
        for row in rows.order_by("due_at", "pk"):
            sent += _one(row, server, files, now)
    except (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        # The server, not these mails: all that are still claimed come again.
        left = ReportDelivery.objects.filter(pk__in=ids, state=State.CLAIMED)
        left.update(state=State.DUE, claimed_at=None, due_at=now + FIRST_WAIT, error=type(error).__name__[:60])
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
    return sent


def _one(row: ReportDelivery, server: Any, files: dict[Any, tuple[str, bytes]], now: dt.datetime) -> bool:
    one = row.subscription
    if reason := _stopped(row, timezone.localdate(now)):
        _mark(row, State.SKIPPED, reason)
        return False
    assert row.report is not None
    key = (row.report.pk, one.language, one.format)
    try:
        if key not in files:
            file = row.report.files.get(language=one.language, format=one.format)
            files[key] = (file.name, publishing.content(file))
    except (ReportFile.DoesNotExist, publishing.Damaged) as error:
        _failed(row, now, type(error).__name__, final=True)
        return False
    mail = written(row, *files[key])
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
    mine = ReportDelivery.objects.filter(pk=row.pk, state=State.CLAIMED)
    mine.update(state=State.SENT, sent_at=timezone.now(), claimed_at=None, error="")
    audit.record(None, "report.sent", row.report, to=one.reader_id, number=row.report.number)  # type: ignore[attr-defined]
    return True


def _stopped(row: ReportDelivery, today: dt.date) -> str:
    """Why it must not leave any more."""
    reader = row.subscription.reader
    if not reader.is_here(today) or not reader.is_active:
        return "left"
    if row.subscription.ended_at is not None:
        return "ended"
    if not reader.email:
        return "no address"
    if reach.is_dead(reader, DeadAddress.objects.filter(employee=reader).first()):
        return "address dead"
    seen = row.report is not None and report_access.readable(reader).filter(pk=row.report.pk).exists()
    return "" if seen else "no access"


def _mark(row: ReportDelivery, state: str, reason: str) -> None:
    mine = ReportDelivery.objects.filter(pk=row.pk, state=State.CLAIMED)
    mine.update(state=state, claimed_at=None, error=reason[:60])


def _failed(row: ReportDelivery, now: dt.datetime, text: str, *, final: bool) -> None:
    one = row.subscription
    if final or row.attempts >= MOST_ATTEMPTS:
        _mark(row, State.FAILED, text)
        kind = ReportProblem.Kind.MAIL
        report_problems.tell(kind=kind, program=one.program, unit=one.unit, report=row.report, detail=text, now=now)
        return
    later = now + FIRST_WAIT * 2**row.attempts
    mine = ReportDelivery.objects.filter(pk=row.pk, state=State.CLAIMED)
    mine.update(state=State.DUE, claimed_at=None, due_at=later, error=text[:60])


def written(row: ReportDelivery, name: str, content: bytes) -> EmailMessage:
    """The mail in the subscription's language, with the file."""
    one, report, house = row.subscription, row.report, organisation.current()
    assert report is not None
    language, reader = one.language, one.reader
    parts = [say("m:hello", language, name=_line(reader.given_name or reader.name)), ""]
    parts += [say("m:here", language), f"{report.title} · {report.place or say('whole', language)}"]
    parts.append(f"{say('numbered', language, n=report.number)}")
    parts += ["", say("m:online", language), settings.BASE_URL + reverse("reports:published", args=[report.number])]
    if one.confirm:
        link = settings.BASE_URL + reverse("reports:read", args=[token(row)])
        parts += ["", say("m:confirm", language), link]
    parts += ["", say("m:why", language)]
    host = parseaddr(house.sender)[1].rpartition("@")[2] or "trivium.local"
    headers = {
        "Message-ID": f"<report.{row.pk}.{row.day:%Y%m%d}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    }
    subject = _line(say("m:subject", language, title=report.title, n=report.number))
    body = "\n".join(parts) + f"\n\n-- \n{house.name}\n"
    mail = EmailMessage(subject, body, house.sender, [reader.email or ""], headers=headers)
    mail.attach(name, content, "/".join(TYPES[one.format]))
    return mail


def _line(text: str) -> str:
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())


# -- read ------------------------------------------------------------------------------------------------------------


def token(row: ReportDelivery) -> str:
    return signing.dumps(row.pk, salt=SALT)


def by_token(given: str) -> ReportDelivery | None:
    """The delivery a signed link names; None for a link that is not ours."""
    try:
        pk = signing.loads(given, salt=SALT)
    except signing.BadSignature:
        return None
    rows = ReportDelivery.objects.filter(pk=pk, state=State.SENT, subscription__confirm=True)
    return rows.select_related("report", "subscription").first()


def confirm(row: ReportDelivery, *, now: dt.datetime) -> None:
    """He has read it; the first time counts."""
    ReportDelivery.objects.filter(pk=row.pk, read_at__isnull=True).update(read_at=now)
