"""Pages for executives: several programs at once, and one program's year. Both are reports, too, and are published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.audit import name_of, record, record_many
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.planning.models import Program
from programs.reports import (
    board,
    board_words,
    publishing,
    report_access,
    report_kinds,
    report_showing,
    report_tasks,
    report_words,
    yearly,
)
from programs.reports.board_forms import CommentForm
from programs.reports.report_forms import FilesForm, languages
from programs.reports.report_kinds import About
from programs.reports.report_models import Format, Paper, PublishedReport, ReportKind
from programs.reports.report_views import TYPES
from programs.reports.texts_report import LANGUAGES, code_of

MOST_NEEDS = 6
MOST_PUBLISHED = 5
MOST_OPEN = 5


def _reader(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    if not report_access.may_see_whole(request.user):
        raise PermissionDenied
    return request.user


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return code_of(asked if asked in LANGUAGES else get_language() or "en")


# -- the board view --------------------------------------------------------------------------------------------------


@require_safe
@require(Permission.SEE_SCORECARD)
def board_view(request: HttpRequest) -> HttpResponse:
    """Every launched program on one page, each in the words and numbers of its scorecard."""
    user, now = _reader(request), timezone.now()
    sort = request.GET.get("sort", "")
    sort = sort if sort in board.SORTS else "asks"
    found = board.lines(board.readable(user), now=now)
    record_many(user, "scorecard.read", [(name_of(line.program), {"board": True}) for line in found])
    language = code_of(get_language() or "en")
    rows = [_row(line, language) for line in board.ordered(found, sort)]
    context = {
        "rows": rows,
        "top": board_words.top(board.ordered(found, "asks"), language),
        "asking": _folded([row for row in rows if row["asks"]]),
        "waiting": _folded([row for row in rows if row["needs"]]),
        "sort": sort,
        "sorts": list(_sorts().items()),
        "formats": Format.choices,
        "publishes": report_access.may_publish(user),
        "published": _published(user, kind=ReportKind.BOARD),
        "today": timezone.localdate(now),
    }
    return render(request, "programs/reports/board.html", context)


def _folded(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Of many programs the first are open, the rest one click away."""
    return {"first": rows[:MOST_OPEN], "rest": rows[MOST_OPEN:]}


def _sorts() -> dict[str, str]:
    return {
        "asks": _("What needs the board"),
        "name": _("Name"),
        "want": _("Want, lowest first"),
        "know": _("Know, lowest first"),
        "can": _("Can, lowest first"),
        "effect": _("Effect, smallest first"),
        "begun": _("First day"),
    }


def _row(line: board.Line, language: str) -> dict[str, Any]:
    return {
        "line": line,
        "program": line.program,
        "headline": line.headline,
        "instead": "" if line.headline else board_words.headline(line, language),
        "state": board_words.state(line, language),
        "asks": [board_words.ask(one, language) for one in line.asks],
        "needs": line.needs[:MOST_NEEDS],
        "more": max(0, len(line.needs) - MOST_NEEDS),
        "count": len(line.needs),
    }


def _published(user: Employee, **which: Any) -> list[PublishedReport]:
    return list(report_access.readable(user).filter(**which).defer("cells")[:MOST_PUBLISHED])


@require_safe
@require(Permission.SEE_SCORECARD)
def board_read(request: HttpRequest) -> HttpResponse:
    """The board view as the report it would be published as now."""
    _reader(request)
    return _preview(request, About(ReportKind.BOARD))


@require_safe
@require(Permission.SEE_SCORECARD)
def board_file(request: HttpRequest, kind: str) -> HttpResponse:
    """One file of the board view, made now and kept nowhere."""
    user = _reader(request)
    record(user, "report.previewed", "board", format=kind)
    return _file(request, About(ReportKind.BOARD), kind)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_PROGRAMS)
def board_publish(request: HttpRequest) -> HttpResponse:
    """Ask for the board view to be published."""
    return _publish(request, About(ReportKind.BOARD))


# -- the yearly review -----------------------------------------------------------------------------------------------


def _year(request: HttpRequest, program_id: int, year: int) -> tuple[Program, list[int]]:
    program = get_object_or_404(report_access.programs(), pk=program_id)
    years = yearly.years(program, timezone.localdate())
    if year not in years:
        raise Http404
    return program, years


@require_safe
@require(Permission.SEE_SCORECARD)
def latest_year(request: HttpRequest, program_id: int) -> HttpResponse:
    """The newest review of a program; before its launch: what will be here."""
    _reader(request)
    program = get_object_or_404(report_access.programs(), pk=program_id)
    years = yearly.years(program, timezone.localdate())
    if not years:
        return render(request, "programs/reports/yearly_none.html", {"program": program})
    return redirect("reports:year", program.pk, years[0])


@require_safe
@require(Permission.SEE_SCORECARD)
def year_view(request: HttpRequest, program_id: int, year: int) -> HttpResponse:
    """What was promised at launch against what came in one year."""
    user = _reader(request)
    program, years = _year(request, program_id, year)
    return _year_page(request, user, program, year, years, CommentForm())


def _year_page(
    request: HttpRequest, user: Employee, program: Program, year: int, years: list[int], form: CommentForm
) -> HttpResponse:
    about = About(ReportKind.YEAR, program, None, year)
    report = report_kinds.build(about, _language(request), now=timezone.now())
    # On the page the comments stand below, with their signatures.
    report.sections = [one for one in report.sections if one.key != "comments"]
    record(user, "report.previewed", program, year=year)
    comments = list(program.year_comments.filter(year=year).order_by("at", "pk"))
    people = {one.pk: one for one in Employee.objects.filter(pk__in={row.by_id for row in comments})}
    role = yearly.role_of(user, program)
    context = {
        **report_showing.context(report),
        "program": program,
        "year": year,
        "years": years,
        "comments": [{"row": row, "by": people.get(row.by_id)} for row in comments],
        "role": role,
        "form": form,
        "languages": languages(),
        "formats": Format.choices,
        "publishes": report_access.may_publish(user),
        "published": _published(user, kind=ReportKind.YEAR, program=program, year=year),
    }
    return render(request, "programs/reports/yearly.html", context, status=422 if form.is_bound else 200)


@require_safe
@require(Permission.SEE_SCORECARD)
def year_file(request: HttpRequest, program_id: int, year: int, kind: str) -> HttpResponse:
    """One file of the review, made now and kept nowhere."""
    user = _reader(request)
    program, _years = _year(request, program_id, year)
    record(user, "report.previewed", program, year=year, format=kind)
    return _file(request, About(ReportKind.YEAR, program, None, year), kind)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_PROGRAMS)
def year_publish(request: HttpRequest, program_id: int, year: int) -> HttpResponse:
    """Ask for the review to be published."""
    program, _years = _year(request, program_id, year)
    return _publish(request, About(ReportKind.YEAR, program, None, year))


@require_POST
@require(Permission.SEE_SCORECARD)
def year_comment(request: HttpRequest, program_id: int, year: int) -> HttpResponse:
    """A sponsor signs a comment."""
    user = _reader(request)
    program, years = _year(request, program_id, year)
    if not yearly.role_of(user, program):
        raise PermissionDenied
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            yearly.comment(by=user, program=program, year=year, text=form.cleaned_data["text"], now=timezone.now())
        except ValidationError as error:
            form.add_error("text", error.messages)
        else:
            messages.success(request, _("Signed. It stands with this review from now on."))
            return redirect("reports:year", program.pk, year)
    return _year_page(request, user, program, year, years, form)


# -- both ------------------------------------------------------------------------------------------------------------


def _preview(request: HttpRequest, about: About) -> HttpResponse:
    report = report_kinds.build(about, _language(request), now=timezone.now())
    context = {
        **report_showing.context(report),
        "languages": languages(),
        "formats": Format.choices,
        "publishes": report_access.may_publish(_reader(request)),
    }
    record(request.user, "report.previewed", "board")  # type: ignore[arg-type]
    return render(request, "programs/reports/board_read.html", context)


def _file(request: HttpRequest, about: About, kind: str) -> HttpResponse:
    if kind not in Format.values:
        raise Http404
    paper = request.GET.get("paper", Paper.A4)
    report = report_kinds.build(about, _language(request), now=timezone.now())
    chosen = paper if paper in Paper.values else Paper.A4
    content = publishing.rendered(report, kind, paper=chosen, template=publishing.template_in_use())
    name = report_words.file_name(report, kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)


def _publish(request: HttpRequest, about: About) -> HttpResponse:
    user = _reader(request)
    if not report_access.may_publish(user):
        raise PermissionDenied
    form = FilesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            publishing.order(
                by=user,
                program=about.program,
                unit=None,
                languages=data["languages"],
                paper=data["paper"],
                now=timezone.now(),
                kind=about.kind,
                year=about.year,
            )
        except ValidationError as error:
            for field, told in error.message_dict.items():
                form.add_error(field if field in form.fields else None, told)
        else:
            report_tasks.make_reports.delay_on_commit()
            told = _("The report is being made. It appears here in a moment, and you may leave this page.")
            messages.success(request, told)
            return redirect("reports:reports")
    context = {"form": form, "about": about, "whole": about.kind == ReportKind.BOARD}
    return render(request, "programs/reports/board_publish.html", context)
