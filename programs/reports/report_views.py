"""Reports: the list, a live preview, what was published, and its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, require
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import (
    publishing,
    report_access,
    report_building,
    report_problems,
    report_showing,
    report_tasks,
    report_words,
    subscriptions,
)
from programs.reports.report_forms import CorrectForm, PublishForm, ScopeForm, languages
from programs.reports.report_models import Format, Paper, PublishedReport, ReportOrder, ReportProblem
from programs.reports.texts_report import LANGUAGES, code_of
from programs.training.certificates import speaks_chinese

PER_PAGE = 20
TYPES = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Open = (ReportOrder.State.DUE, ReportOrder.State.CLAIMED)


def reader(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


# -- the list --------------------------------------------------------------------------------------------------------


@require_safe
@require(Permission.SEE_RESULTS)
def reports(request: HttpRequest) -> HttpResponse:
    """What was published that the reader may open; what is being made; subscriptions; for HR what failed."""
    user = reader(request)
    rows = report_access.readable(user).select_related("unit", "by", "corrects", "corrected_by", "program")
    rows = rows.prefetch_related("files")
    page = Paginator(rows.defer("cells"), PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.by_language = report_showing.files_of(row)
    manages = report_access.may_manage(user)
    context = {
        "page": page,
        "orders": _orders(user),
        "publishes": report_access.may_publish(user),
        "manages": manages,
        "subscriptions": list(subscriptions.seen_by(user)[:100]),
        "problems": list(report_problems.unsettled()[:30]) if manages else [],
        "programs": report_access.programs().exists(),
        "no_chinese": manages and not speaks_chinese(),
    }
    return render(request, "programs/reports/reports.html", context)


def _orders(user: Employee) -> list[ReportOrder]:
    if not report_access.may_publish(user):
        return []
    rows = ReportOrder.objects.filter(state__in=Open).select_related("program", "unit")
    return list(rows.order_by("at")[:20])


@require_safe
@require(Permission.MANAGE_PROGRAMS)
def being_made(request: HttpRequest) -> HttpResponse:
    """What is being made, for the list to refresh itself; the page is loaded anew when nothing is."""
    orders = _orders(reader(request))
    answer = render(request, "programs/reports/report_orders.html", {"orders": orders})
    if not orders:
        answer["HX-Refresh"] = "true"
    return answer


# -- preview ---------------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> tuple[Program, Unit | None, str]:
    """Program, unit and language of the address; the newest program and what the reader sees where it says nothing."""
    user, programs = reader(request), report_access.programs()
    number, place = request.GET.get("program", ""), request.GET.get("unit", "")
    program = programs.filter(pk=int(number)).first() if number.isdigit() and len(number) < 18 else programs.first()
    if program is None:
        raise Http404
    unit: Unit | None = None
    if place:
        if not place.isdigit() or len(place) > 17:
            raise Http404
        unit = get_object_or_404(Unit, pk=int(place))
    elif not report_access.may_see_whole(user):
        own = report_access.units(user)
        unit = own.filter(pk=user.unit_id).first() or own.order_by("path").first()  # type: ignore[attr-defined]
        if unit is None:
            raise Http404
    if not report_access.may_read(user, unit):
        raise PermissionDenied
    language = request.GET.get("language") or get_language() or "en"
    return program, unit, code_of(language)


@require_safe
@require(Permission.SEE_RESULTS)
def preview(request: HttpRequest) -> HttpResponse:
    """The report as it would be published now, to read, print and download."""
    user = reader(request)
    if not report_access.programs().exists():
        return render(request, "programs/reports/report_none.html")
    if "scope" in request.GET:
        form = ScopeForm(request.GET, user=user)
        if form.is_valid():
            unit = form.cleaned_data["unit"]
            query = f"?program={form.cleaned_data['program'].pk}" + (f"&unit={unit.pk}" if unit else "")
            return redirect(request.path + query)
        return render(request, "programs/reports/report_choose.html", {"form": form})
    program, unit, language = _asked(request)
    report = report_building.build(program, unit, language, now=timezone.now())
    record(user, "report.previewed", program, unit=unit.pk if unit else None)
    first = {"program": program, "unit": unit.path if unit else ""}
    context = {
        **report_showing.context(report),
        "program": program,
        "unit": unit,
        "choose": ScopeForm(initial=first, user=user),
        "languages": languages(),
        "formats": Format.choices,
        "papers": Paper.choices,
        "publishes": report_access.may_publish(user),
    }
    return render(request, "programs/reports/report_preview.html", context)


@require_safe
@require(Permission.SEE_RESULTS)
def preview_file(request: HttpRequest, kind: str) -> HttpResponse:
    """One file of the preview, made now and kept nowhere."""
    if kind not in Format.values:
        raise Http404
    program, unit, language = _asked(request)
    paper = request.GET.get("paper", Paper.A4)
    report = report_building.build(program, unit, language, now=timezone.now())
    chosen = paper if paper in Paper.values else Paper.A4
    content = publishing.rendered(report, kind, paper=chosen, template=publishing.template_in_use())
    record(request.user, "report.previewed", program, unit=unit.pk if unit else None, format=kind)  # type: ignore[arg-type]
    return _download(content, report_words.file_name(report, kind), kind)


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)


# -- published -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_PROGRAMS)
def publish(request: HttpRequest) -> HttpResponse:
    """Ask for a report to be published; it is made beside, and the list shows how far it is."""
    user = reader(request)
    if not report_access.may_publish(user):
        raise PermissionDenied
    if not report_access.programs().exists():
        return render(request, "programs/reports/report_none.html")
    first: dict[str, Any] = {key: request.GET[key] for key in ("program",) if request.GET.get(key, "").isdigit()}
    if (place := request.GET.get("unit", "")).isdigit() and len(place) < 18:
        found = report_access.units(user).filter(pk=int(place)).first()
        first["unit"] = found.path if found else ""
    form = PublishForm(request.POST or None, initial=first, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            publishing.order(
                by=user,
                program=data["program"],
                unit=data["unit"],
                languages=data["languages"],
                paper=data["paper"],
                now=timezone.now(),
            )
        except ValidationError as error:
            _refused(form, error)
        else:
            return _ordered(request)
    return render(request, "programs/reports/report_publish.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_PROGRAMS)
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """A new report that names the old one and says what was wrong with it."""
    user = reader(request)
    old = get_object_or_404(report_access.readable(user).select_related("program__series", "unit"), number=number)
    if not report_access.may_publish(user):
        raise PermissionDenied
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            publishing.order(
                by=user,
                program=old.program,
                unit=old.unit,
                languages=data["languages"],
                paper=data["paper"],
                corrects=old,
                why=data["why"],
                now=timezone.now(),
            )
        except ValidationError as error:
            _refused(form, error)
        else:
            return _ordered(request)
    return render(request, "programs/reports/report_correct.html", {"form": form, "old": old})


def _refused(form: Any, error: ValidationError) -> None:
    for field, told in error.message_dict.items():
        form.add_error(field if field in form.fields else None, told)


def _ordered(request: HttpRequest) -> HttpResponse:
    report_tasks.make_reports.delay_on_commit()
    messages.success(request, _("The report is being made. It appears here in a moment, and you may leave this page."))
    return redirect("reports:reports")


def _found(request: HttpRequest, number: int) -> PublishedReport:
    rows = report_access.readable(reader(request)).select_related("unit", "by", "corrects", "corrected_by", "program")
    return get_object_or_404(rows, number=number)


@require_safe
@require(Permission.SEE_RESULTS)
def published(request: HttpRequest, number: int) -> HttpResponse:
    """A published report, as its kept model says; whether its fingerprints hold; its files."""
    user, row = reader(request), _found(request, number)
    intact = publishing.intact(row)
    language = request.GET.get("language") or get_language() or "en"
    record(user, "report.read", row, number=row.number)
    try:
        report = publishing.shown(row, language)
    except publishing.Damaged:
        return render(request, "programs/reports/report_damaged.html", {"row": row}, status=500)
    codes = [code for code in LANGUAGES if code in {file.language for file in row.files.all()}]
    context = {
        **report_showing.context(report),
        "row": row,
        "intact": intact,
        "files": report_showing.files_of(row),
        "languages": [pair for pair in report_showing.names() if pair[0] in codes],
        "publishes": report_access.may_publish(user),
    }
    return render(request, "programs/reports/report_published.html", context)


@require_safe
@require(Permission.SEE_RESULTS)
def published_file(request: HttpRequest, number: int, language: str, kind: str) -> HttpResponse:
    """The very file that was published; refused when it no longer has its fingerprint."""
    row = _found(request, number)
    if kind not in Format.values:
        raise Http404
    file = get_object_or_404(row.files, language=language, format=kind)
    try:
        content = publishing.content(file)
    except publishing.Damaged:
        return render(request, "programs/reports/report_damaged.html", {"row": row}, status=500)
    record(request.user, "report.downloaded", row, number=row.number, language=language, format=kind)  # type: ignore[arg-type]
    answer = _download(content, file.name, kind)
    answer["Digest"] = f"sha-256={file.sha256}"
    return answer


@require_POST
@require(Permission.MANAGE_SURVEYS)
def settle_problem(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Take a problem off the list."""
    row = get_object_or_404(ReportProblem, pk=problem_id)
    report_problems.settle(by=reader(request), problem=row, now=timezone.now())
    return redirect("reports:reports")
