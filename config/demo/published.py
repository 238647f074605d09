"""A report that HR has published, and an executive who receives one each quarter."""

from __future__ import annotations

import datetime as dt

from culture.access import clock
from culture.people.models import Employee
from programs.planning.models import Program
from programs.reports import publishing, subscriptions
from programs.reports.report_models import Format


def publish(*, program: Program, by: Employee, reader: Employee, now: dt.datetime) -> int:
    """Returns the number of the report."""
    report = publishing.publish(by=by, program=program, unit=None, languages=publishing.default_languages(), now=now)
    first = clock.today() + dt.timedelta(days=30)
    subscriptions.start(
        by=by,
        reader=reader,
        program=program,
        unit=None,
        rule=subscriptions.usual("quarter", first),
        first_on=first,
        language=reader.language,
        format=Format.PDF,
        confirm=True,
        now=now,
    )
    return report.number
