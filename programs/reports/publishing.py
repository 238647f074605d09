"""Publishing: a report becomes files that are never changed, with a number, a fingerprint and the cells it rests on.

Everything happens in one transaction under one lock: numbers have no gaps, and a worker that dies leaves nothing. A
correction is a new report that names the old one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit, organisation
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import (  # noqa: F401 - the reports of other kinds register themselves
    board_report,
    pdf,
    report_access,
    report_building,
    report_kinds,
    report_problems,
    report_words,
    sheets,
    slides,
    yearly_report,
)
from programs.reports.report_model import Report, as_json, digest, from_json, seal
from programs.reports.report_models import (
    Format,
    Paper,
    PublishedReport,
    ReportFile,
    ReportKind,
    ReportOrder,
    ReportProblem,
    SlideTemplate,
)
from programs.reports.texts_report import LANGUAGES, code_of, say

# Any number that nobody else takes: one report is published at a time.
LOCK = 0x7265706F7274
MODEL = "json"
STALE = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 3
WAIT = dt.timedelta(minutes=2)
# What is noted of a report whose worker was killed, for want of memory mostly: it could not say so itself.
DIED = "WorkerDied"
Kind = ReportProblem.Kind
State = ReportOrder.State


class Damaged(Exception):
    """A stored file no longer has the fingerprint it was published with."""


@dataclass(frozen=True)
class Made:
    """The files of one language, by format; ``report`` the model they were made from."""

    report: Report
    files: dict[str, bytes]


# -- files -----------------------------------------------------------------------------------------------------------


def template_in_use() -> bytes | None:
    row = SlideTemplate.objects.filter(in_use=True).first()
    return bytes(row.content) if row else None


def rendered(report: Report, kind: str, *, paper: str = Paper.A4, template: bytes | None = None) -> bytes:
    """One file of a report; slides whose template fails are made without it, and the report says so to HR."""
    if kind == Format.PDF:
        return pdf.made(report, paper=paper)
    if kind == Format.SHEET:
        return sheets.made(report)
    if template is None:
        return slides.made(report)
    try:
        return slides.made(report, template)
    except Exception as error:
        report.problems.append(f"template: {type(error).__name__}")
        return slides.made(report)


def made(report: Report, *, paper: str, template: bytes | None) -> Made:
    """All files of one language; the model last, when it is known which pictures failed."""
    files = {kind: rendered(report, kind, paper=paper, template=template) for kind in Format.values}
    return Made(report, {**files, MODEL: as_json(report)})


# -- published -------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(
    *,
    by: Employee | None,
    program: Program | None,
    unit: Unit | None,
    languages: Sequence[str],
    now: dt.datetime,
    paper: str = Paper.A4,
    corrects: PublishedReport | None = None,
    why: str = "",
    kind: str = ReportKind.PROGRAM,
    year: int | None = None,
) -> PublishedReport:
    """Make the files in each language and keep them. ``by`` None: for its subscribers. What fails is raised.

    ``program`` None: for the board, of several; ``year``: of a yearly review.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    number = (PublishedReport.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    template = template_in_use()
    about = report_kinds.About(kind, program, unit, year)
    reports = [_numbered(about, code_of(one), now, number, corrects, why) for one in languages]
    every = [made(report, paper=paper, template=template) for report in reports]
    first = every[0].report
    problems = list(dict.fromkeys(problem for one in every for problem in _problems(one.report)))
    rows = [
        ReportFile(
            language=one.report.language,
            format=format_,
            name=report_words.file_name(one.report, format_),
            sha256=digest(content),
            size=len(content),
            content=content,
        )
        for one in every
        for format_, content in one.files.items()
    ]
    kept = PublishedReport(
        number=number,
        kind=kind,
        year=year,
        program=program,
        unit=unit,
        title=first.title,
        place=first.subtitle if unit or kind != ReportKind.PROGRAM else "",
        audience=first.audience,
        as_of=first.as_of,
        waves=first.waves,
        cells=first.cells,
        problems=problems,
        corrects=corrects,
        why=why,
        by=by,
        at=now,
    )
    kept.sha256 = seal(_said(kept), [(row.name, row.format, row.sha256) for row in rows])
    kept.save(force_insert=True)
    for row in rows:
        row.report = kept
    ReportFile.objects.bulk_create(rows)
    for problem, detail in _told(every):
        report_problems.tell(kind=problem, program=program, unit=unit, report=kept, detail=detail, now=now)
    more: dict[str, Any] = {"corrects": corrects.number} if corrects else {}
    audit.record(by, "report.published", kept, number=number, sha256=kept.sha256, **more)
    return kept


def _numbered(
    about: report_kinds.About,
    language: str,
    now: dt.datetime,
    number: int,
    corrects: PublishedReport | None,
    why: str,
) -> Report:
    report = report_kinds.build(about, language, now=now)
    report.number, report.why = number, why
    report.corrects = corrects.number if corrects else 0
    # Not ``as_of``: a review of last year is published this year.
    report.said = say("published", language, day=report_building.day(timezone.localdate(now), language))
    return report


def _problems(report: Report) -> list[str]:
    broken = [f"{section.key}: {key}" for section in report.sections for key in section.broken]
    return [*report.problems, *broken]


def _told(every: Sequence[Made]) -> list[tuple[str, str]]:
    """(kind, detail) of what HR should know, once for all languages."""
    found: dict[tuple[str, str], None] = {}
    for one in every:
        for problem in one.report.problems:
            key = problem.partition(":")[0]
            part = any(section.key == key for section in one.report.sections) or key == "template"
            found[Kind.PART if part else Kind.GLYPHS, problem[:300]] = None
        for section in one.report.sections:
            for key in section.broken:
                found[Kind.CHART, f"{section.key}: {key}"[:300]] = None
    return list(found)


def _said(row: PublishedReport) -> dict[str, Any]:
    """What the fingerprint covers besides the files."""
    # Reports of one program were sealed before there were other kinds.
    more = {} if row.kind == ReportKind.PROGRAM else {"kind": row.kind, "year": row.year}
    return {
        **more,
        "number": row.number,
        "program": row.program_id,  # type: ignore[attr-defined]
        "unit": row.unit_id,  # type: ignore[attr-defined]
        "title": row.title,
        "place": row.place,
        "audience": row.audience,
        "as_of": row.as_of,
        "waves": list(row.waves),
        "cells": list(row.cells),
        "corrects": row.corrects.number if row.corrects else None,
        "why": row.why,
        "by": row.by_id,  # type: ignore[attr-defined]
        "at": row.at.astimezone(dt.UTC).isoformat(),
    }


def intact(row: PublishedReport) -> bool:
    """Whether the report and every file are what was published."""
    files = list(row.files.all())
    if any(digest(bytes(one.content)) != one.sha256 for one in files):
        return False
    return seal(_said(row), [(one.name, one.format, one.sha256) for one in files]) == row.sha256


def content(file: ReportFile) -> bytes:
    """The bytes as they were published. Raises Damaged when they are not."""
    found = bytes(file.content)
    if digest(found) != file.sha256:
        raise Damaged(file.name)
    return found


def shown(row: PublishedReport, language: str) -> Report:
    """The published report as a model, in ``language`` where it has it. Raises Damaged."""
    files = {file.language: file for file in row.files.filter(format=MODEL)}
    file = files.get(code_of(language)) or next(iter(files.values()))
    return from_json(content(file))


# -- ordered ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def order(
    *,
    by: Employee,
    program: Program | None,
    unit: Unit | None,
    languages: Sequence[str],
    paper: str,
    now: dt.datetime,
    corrects: PublishedReport | None = None,
    why: str = "",
    kind: str = ReportKind.PROGRAM,
    year: int | None = None,
) -> ReportOrder:
    """Ask for a report to be published; a worker makes it. What corrects another is of its kind and year. Raises
    ValidationError by field."""
    if corrects is not None:
        kind, year = corrects.kind, corrects.year
    why, errors = " ".join(why.split()), {}
    wanted = [code for code in LANGUAGES if code in {code_of(one) for one in languages}]
    if not wanted:
        errors["languages"] = _("Choose at least one language.")
    if corrects is not None:
        if not why:
            errors["why"] = _("Say what is corrected: it stands on the new report.")
        if hasattr(corrects, "corrected_by"):
            told = _("Report no. %(old)s was corrected by no. %(new)s already: correct that one.")
            errors["__all__"] = told % {"old": corrects.number, "new": corrects.corrected_by.number}
    open_ = ReportOrder.objects.filter(
        kind=kind, year=year, program=program, unit=unit, state__in=[State.DUE, State.CLAIMED]
    )
    if not errors and open_.exists():
        errors["__all__"] = _("This report is being made already: look again in a moment.")
    if errors:
        raise ValidationError(errors)
    row = ReportOrder.objects.create(
        kind=kind, year=year, program=program, unit=unit, languages=wanted, paper=paper, corrects=corrects, why=why,
        by=by, at=now,
    )  # fmt: skip
    about = {"program": program.pk if program else None, "unit": unit.pk if unit else None}
    audit.record(by, "report.ordered", row, **about, kind=kind, year=year, languages=wanted)
    return row


def default_languages() -> list[str]:
    return list(dict.fromkeys(code_of(one) for one in (organisation.current().language,)))


def anything_due(now: dt.datetime) -> bool:
    rows = ReportOrder.objects
    stale = rows.filter(state=State.CLAIMED, claimed_at__lt=now - STALE)
    return stale.exists() or rows.filter(state=State.DUE, at__lte=now).exists()


@transaction.atomic
def _bury(now: dt.datetime) -> None:
    """Orders whose worker died: due again, behind the others, or failed where it killed as many workers as may try."""
    dead = ReportOrder.objects.filter(state=State.CLAIMED, claimed_at__lt=now - STALE)
    dead.filter(attempts__lt=MOST_ATTEMPTS).update(state=State.DUE, at=now, error=DIED)
    for row in dead.select_for_update(skip_locked=True, of=("self",)).select_related("program", "unit"):
        _given_up(row, DIED, now)


@transaction.atomic
def _claim(now: dt.datetime) -> ReportOrder | None:
    due = ReportOrder.objects.filter(state=State.DUE, at__lte=now).order_by("at", "pk")
    pk = due.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
    if pk is None:
        return None
    claimed = ReportOrder.objects.filter(pk=pk, state=State.DUE)
    claimed.update(state=State.CLAIMED, claimed_at=now, attempts=F("attempts") + 1)
    return ReportOrder.objects.select_related("program__series", "unit", "corrects", "by").get(pk=pk)


def make_due(*, now: dt.datetime) -> int:
    """Make the reports that were ordered, one after the other; returns how many were settled."""
    settled = 0
    _bury(now)
    while (row := _claim(now)) is not None:
        settled += _make(row, now)
    return settled


def _make(row: ReportOrder, now: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            if not report_access.may_publish(row.by):
                raise PermissionError
            report = publish(
                by=row.by,
                program=row.program,
                unit=row.unit,
                languages=row.languages,
                paper=row.paper,
                corrects=row.corrects,
                why=row.why,
                now=now,
                kind=row.kind,
                year=row.year,
            )
            mine = ReportOrder.objects.filter(pk=row.pk, state=State.CLAIMED)
            if not mine.update(state=State.DONE, report=report, error=""):
                # Somebody took it over meanwhile: what was made here must not be a second one.
                raise LookupError
        return True
    except Exception as error:
        return _failed(row, type(error).__name__, now)


def _failed(row: ReportOrder, error: str, now: dt.datetime) -> bool:
    final = row.attempts >= MOST_ATTEMPTS or error == "PermissionError"
    if not final:
        # ``at`` is when it is looked at next.
        mine = ReportOrder.objects.filter(pk=row.pk, state=State.CLAIMED)
        mine.update(state=State.DUE, at=now + WAIT * 2**row.attempts, error=error[:60])
        return False
    _given_up(row, error, now)
    return True


@transaction.atomic
def _given_up(row: ReportOrder, error: str, now: dt.datetime) -> None:
    """HR is told; not where another worker has made it meanwhile."""
    mine = ReportOrder.objects.filter(pk=row.pk, state=State.CLAIMED)
    if mine.update(state=State.FAILED, error=error[:60]):
        report_problems.tell(kind=Kind.REPORT, program=row.program, unit=row.unit, detail=error, now=now)
