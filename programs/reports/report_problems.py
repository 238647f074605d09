"""What went wrong with a report is told to HR, once a day for each cause; the readers are not bothered with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import audit
from culture.access.home_panels import Card, Need, contribute
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import report_access
from programs.reports.report_models import PublishedReport, ReportProblem


def tell(
    *,
    kind: str,
    program: Program | None,
    unit: Unit | None,
    now: dt.datetime,
    detail: str = "",
    report: PublishedReport | None = None,
) -> None:
    """Note a problem; the same again on the same day is the same one. Details are names of parts and errors only."""
    ReportProblem.objects.get_or_create(
        kind=kind,
        program=program,
        unit=unit,
        detail=detail[:300],
        day=timezone.localdate(now),
        defaults={"report": report, "at": now},
    )


def unsettled() -> QuerySet[ReportProblem]:
    return ReportProblem.objects.filter(settled_at__isnull=True).select_related("program", "unit", "report")


def settle(*, by: Employee, problem: ReportProblem, now: dt.datetime) -> None:
    """Somebody has seen to it."""
    if ReportProblem.objects.filter(pk=problem.pk, settled_at__isnull=True).update(settled_at=now, settled_by=by):
        audit.record(by, "report.problem_settled", problem)


@contribute
def on_home(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One query, for HR."""
    if not report_access.may_manage(user):
        return
    if count := unsettled().count():
        told = ngettext("%(n)s problem with reports", "%(n)s problems with reports", count) % {"n": count}
        yield Need(told, _("A picture, a part, a whole report or a mail failed"), reverse("reports:reports"), 58)
