"""Subscribed reports on their way: planned as rows, made once for all who get the same, sent as all mails (``outbox``).

What is mailed is published first: the figure in somebody's mail can be found again, unchanged. Access is asked twice,
before a report is made for somebody and before it leaves. What fails comes again; what fails for good is told to HR.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from culture.access import audit, clock
from culture.people.models import Employee
from programs.reports import publishing, report_access, report_problems, subscriptions
from programs.reports.report_models import PublishedReport, ReportDelivery, ReportFile, ReportProblem, Subscription
from programs.reports.texts_report import say
from surveys.waves import hours, letters
from surveys.waves.outbox import FIRST_WAIT, Outbox, Unwritable

# Reports made before what is ready leaves: with a report for each of many units nobody waits for the last one.
MOST_MADE = 5
SALT = "report.read"
TYPES = {
    "pdf": ("application", "pdf"),
    "pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
State = ReportDelivery.State
Key = tuple[int, int | None, str]
# By report, language and format.
Files = dict[tuple[int, str, str], tuple[str, bytes]]


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
            # The day begins later for readers in the west.
            begins = max(now, hours.moment(row.next_on, zone, hour=0))
            moment = hours.next_working(begins, zone) or begins
            ReportDelivery.objects.get_or_create(subscription=row, day=row.next_on, defaults={"due_at": moment})
            made += 1
            Subscription.objects.filter(pk=row.pk).update(next_on=subscriptions.following(row, after=today))
    subscriptions.end_those_over(today=today, now=now)
    return made


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
    rows = _taken(rows, now)
    if not rows:
        return 0
    one = rows[0].subscription
    wanted = sorted({row.subscription.language for row in rows})
    ids = [row.pk for row in rows]
    try:
        with transaction.atomic():
            report = _todays(one, wanted, now)
            mine = ReportDelivery.objects.filter(pk__in=ids, state=State.DUE, report__isnull=True)
            # The mail has tries of its own.
            return mine.update(report=report, due_at=now, attempts=0, error="")
    except Exception as error:
        _not_made(one, ids, type(error).__name__, now)
        return 0


@transaction.atomic
def _taken(rows: list[ReportDelivery], now: dt.datetime) -> list[ReportDelivery]:
    """Those of ``rows`` that are this worker's to make now. The try is written down before the work, with when the next
    one is: whoever is killed by a report cannot say so, and would be by the same one again, before all others.
    """
    mine = _unmade(now).filter(pk__in=[row.pk for row in rows]).select_for_update(skip_locked=True)
    held = {row.pk: row for row in mine}
    taken = []
    for row in rows:
        if (now_held := held.get(row.pk)) is None:
            continue
        tries, died = now_held.attempts, now_held.error == publishing.DIED
        if died:
            _tell(row.subscription, publishing.DIED, now)
        if tries >= OUTBOX.most_attempts:
            ReportDelivery.objects.filter(pk=row.pk).update(state=State.FAILED)
            continue
        wait = FIRST_WAIT * 2 ** (tries + 1)
        mark = {"attempts": tries + 1, "due_at": now + wait, "error": publishing.DIED}
        ReportDelivery.objects.filter(pk=row.pk).update(**mark)
        taken.append(row)
    return taken


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


def _not_made(one: Subscription, ids: list[int], error: str, now: dt.datetime) -> None:
    mine = ReportDelivery.objects.filter(pk__in=ids, state=State.DUE)
    mine.update(error=error[:60])
    mine.filter(attempts__gte=OUTBOX.most_attempts).update(state=State.FAILED)
    _tell(one, error, now)


def _tell(one: Subscription, error: str, now: dt.datetime) -> None:
    kind = ReportProblem.Kind.REPORT
    report_problems.tell(kind=kind, program=one.program, unit=one.unit, detail=error, now=now)


# -- sent ------------------------------------------------------------------------------------------------------------


class ReportOutbox(Outbox[ReportDelivery]):
    model = ReportDelivery
    related = ("subscription__reader", "subscription__program", "subscription__unit", "report")
    # Each has a file of some hundred kilobytes.
    batch = 50
    stale = dt.timedelta(minutes=15)

    def due(self, now: dt.datetime) -> QuerySet[ReportDelivery]:
        return super().due(now).filter(report__isnull=False)

    def person(self, row: ReportDelivery) -> Employee:
        return row.subscription.reader

    def prepare(self, rows: list[ReportDelivery], now: dt.datetime) -> Files:
        return {}

    def stopped(self, row: ReportDelivery, known: Files, now: dt.datetime) -> str:
        if row.subscription.ended_at is not None:
            return "ended"
        seen = row.report is not None and report_access.readable(self.person(row)).filter(pk=row.report.pk).exists()
        return "" if seen else "no access"

    def write(self, row: ReportDelivery, known: Files, now: dt.datetime) -> EmailMessage:
        one, report = row.subscription, row.report
        assert report is not None
        key = (report.pk, one.language, one.format)
        if key not in known:
            try:
                file = report.files.get(language=one.language, format=one.format)
                known[key] = (file.name, publishing.content(file))
            except (ReportFile.DoesNotExist, publishing.Damaged) as error:
                raise Unwritable(type(error).__name__) from error
        return written(row, *known[key])

    def mark(self, row: ReportDelivery, state: str, reason: str) -> bool:
        if state == State.SENT:
            sent = ReportDelivery.objects.filter(pk=row.pk, state=State.CLAIMED)
            return bool(sent.update(state=state, sent_at=timezone.now(), claimed_at=None, error=""))
        return super().mark(row, state, reason)

    def settled(self, row: ReportDelivery, state: str, reason: str, now: dt.datetime) -> None:
        one, report = row.subscription, row.report
        if state == State.SENT and report is not None:
            audit.record(None, "report.sent", report, to=one.reader_id, number=report.number)  # type: ignore[attr-defined]
        elif state == State.FAILED:
            kind = ReportProblem.Kind.MAIL
            report_problems.tell(kind=kind, program=one.program, unit=one.unit, report=report, detail=reason, now=now)


OUTBOX = ReportOutbox()
claim = OUTBOX.claim


def anything_due(now: dt.datetime) -> bool:
    """To make or to send."""
    return anything_to_make(now) or OUTBOX.anything_due(now)


def send_due(*, now: dt.datetime) -> int:
    """Make some and send a batch; returns how many left."""
    make(now=now)
    return OUTBOX.send_due(now=now)


def written(row: ReportDelivery, name: str, content: bytes) -> EmailMessage:
    """The mail in the subscription's language, with the file."""
    one, report = row.subscription, row.report
    assert report is not None
    language, reader = one.language, one.reader
    lines = [say("m:hello", language, name=letters.one_line(reader.given_name or reader.name)), ""]
    lines += [say("m:here", language), f"{report.title} · {report.place or say('whole', language)}"]
    lines.append(f"{say('numbered', language, n=report.number)}")
    lines += ["", say("m:online", language), settings.BASE_URL + reverse("reports:published", args=[report.number])]
    if one.confirm:
        link = settings.BASE_URL + reverse("reports:read", args=[token(row)])
        lines += ["", say("m:confirm", language), link]
    lines += ["", say("m:why", language)]
    mail = letters.plain(
        mark=f"report.{row.pk}.{row.day:%Y%m%d}",
        to=reader.email or "",
        language=language,
        subject=say("m:subject", language, title=report.title, n=report.number),
        lines=lines,
    )
    mail.attach(name, content, "/".join(TYPES[one.format]))
    return mail


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
