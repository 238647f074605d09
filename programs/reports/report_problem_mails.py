"""HR hears by mail of what failed with reports: once for each problem, in his own language, and nobody else.

The same problem on later days is told again only after somebody has seen to it. What fails while a mail waits for the
morning joins it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from culture.access import organisation
from culture.access.address_texts import nearest
from culture.access.days import date_text
from culture.access.models import Grant
from culture.people.models import Employee
from programs.reports.problem_mail_models import ProblemMail, ProblemMailLine
from programs.reports.report_models import ReportProblem
from programs.reports.texts_problem import MAIL
from surveys.waves import hours, letters, reach
from surveys.waves.outbox import Outbox

State = ProblemMail.State
# Of the advisory lock under which problems are told: two ticks at once tell nothing twice.
LOCK = 0x70726F62
OLD_NEWS = dt.timedelta(days=14)
KEPT = dt.timedelta(days=180)
LINES = 12


# -- written down ----------------------------------------------------------------------------------------------------


def plan(*, now: dt.datetime) -> int:
    """Write down mails about what nobody was told of yet; returns how many problems."""
    if not _untold(now).exists():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        new = _news(now)
        if new:
            for person in readers(timezone.localdate(now)):
                _note(person, new, now)
    return len(new)


def _untold(now: dt.datetime) -> QuerySet[ReportProblem]:
    return ReportProblem.objects.filter(settled_at__isnull=True, told__isnull=True, at__gt=now - OLD_NEWS)


def _news(now: dt.datetime) -> list[ReportProblem]:
    """Each of them once, and none that stands open from an earlier day and was told then."""
    what = ("kind", "program", "unit", "detail")
    told = set(ReportProblem.objects.filter(settled_at__isnull=True, told__isnull=False).values_list(*what))
    found = []
    for row in _untold(now).order_by("pk"):
        key = (row.kind, row.program_id, row.unit_id, row.detail)  # type: ignore[attr-defined]
        if key not in told:
            told.add(key)
            found.append(row)
    return found


def readers(today: dt.date) -> QuerySet[Employee]:
    """HR admins of the whole organisation whom mail reaches."""
    people = Employee.objects.here(today).filter(is_active=True)
    people = people.filter(pk__in=Grant.objects.in_force(today).hr_admins().values("employee"))
    return people.exclude(pk__in=reach.unreachable(Employee.objects.all()).values("pk")).order_by("pk")


def _note(person: Employee, new: Sequence[ReportProblem], now: dt.datetime) -> None:
    """Into the mail that waits for him; locked meanwhile, so that nobody sends it without the new lines."""
    waiting = ProblemMail.objects.filter(employee=person, state=State.DUE).order_by("pk").select_for_update()
    mail = waiting.first()
    if mail is None:
        due_at = hours.next_working(now, person.time_zone) or now
        mail = ProblemMail.objects.create(employee=person, due_at=due_at)
    ProblemMailLine.objects.bulk_create([ProblemMailLine(mail=mail, problem=row) for row in new], ignore_conflicts=True)


def sweep(*, now: dt.datetime) -> int:
    """Forget the mails of long ago, and with them that they told of what is settled since."""
    done = ProblemMail.objects.filter(state__in=[State.SENT, State.SKIPPED, State.FAILED], due_at__lt=now - KEPT)
    return done.exclude(lines__problem__settled_at__isnull=True).delete()[0]


# -- sent ------------------------------------------------------------------------------------------------------------


class ProblemOutbox(Outbox[ProblemMail]):
    model = ProblemMail

    def prepare(self, rows: list[ProblemMail], now: dt.datetime) -> tuple[dict[str, str], set[int]]:
        """How HR signs, and who still is HR."""
        return letters.signatures(), set(readers(timezone.localdate(now)).values_list("pk", flat=True))

    def stopped(self, row: ProblemMail, known: tuple[dict[str, str], set[int]], now: dt.datetime) -> str:
        return "" if row.employee_id in known[1] else "no longer HR"  # type: ignore[attr-defined]

    def write(
        self, row: ProblemMail, known: tuple[dict[str, str], set[int]], now: dt.datetime
    ) -> EmailMultiAlternatives | None:
        return write(row, known[0])


OUTBOX = ProblemOutbox()
anything_due, send_due = OUTBOX.anything_due, OUTBOX.send_due


def write(row: ProblemMail, signed: dict[str, str]) -> EmailMultiAlternatives | None:
    """The mail as it would leave now; None when all of it was seen to."""
    found = ReportProblem.objects.filter(told__mail=row, settled_at__isnull=True)
    problems = list(found.select_related("program", "unit", "report").order_by("pk"))
    if not problems:
        return None
    person = row.employee
    language = nearest(person.language, organisation.current().language)
    text = MAIL[language]
    with translation.override(language):
        lines = [_line(one, text) for one in problems[:LINES]]
    if len(problems) > LINES:
        lines.append(text["more"].format(n=len(problems) - LINES))
    context: dict[str, Any] = {
        "hello": text["hello"].format(name=letters.one_line(person.given_name or person.name)),
        "ask": text["ask"],
        "lines": lines,
        "button": text["button"],
        "why": text["why"],
        "address": text["address"],
        "link": settings.BASE_URL + reverse("reports:reports"),
    }
    return letters.rich(
        mark=f"problems.{row.pk}",
        to=person.email or "",
        language=language,
        subject=text["subject_one" if len(problems) == 1 else "subject"].format(n=len(problems)),
        template="programs/training/paths_mail",
        context=context,
        signed=signed,
    )


def _line(one: ReportProblem, text: Any) -> str:
    about = [one.program.name if one.program else text["several"]]
    if one.unit:
        about.append(one.unit.name)
    if one.report:
        about.append(text["number"].format(n=one.report.number))
    about.append(date_text(one.day, "DATE_FORMAT"))
    return str(text["line"].format(what=text[one.kind], about=" · ".join(about)))
