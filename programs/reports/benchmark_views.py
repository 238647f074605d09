"""Public benchmarks: HR writes them down, each with its source; managers and executives read them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import clock
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.reports import benchmark_files, benchmark_showing, benchmarks, report_access
from programs.reports.benchmark_forms import BenchmarkForm, CorrectBenchmarkForm, ImportForm, WithdrawForm
from programs.reports.benchmark_measures import NONE
from programs.reports.benchmark_models import Benchmark
from programs.training.files_out import csv_response

PER_PAGE = 25
YEARS_SHOWN = 3


def _reader(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


@require_safe
@require(Permission.SEE_RESULTS)
def listed(request: HttpRequest) -> HttpResponse:
    """Every entry as it counts today; of one of our numbers, if one is named; with what is over, if that is asked."""
    today = clock.today()
    labels = dict(benchmarks.measures())
    every = list(benchmarks.newest())
    wanted, with_old = request.GET.get("measure", ""), request.GET.get("old") == "1"
    rows = [row for row in every if with_old or benchmarks.counts(row, today)]
    used = {row.measure for row in rows}
    if wanted in labels:
        rows = [row for row in rows if row.measure == wanted]
    order = {key: at for at, key in enumerate(labels)}
    rows.sort(key=lambda row: (order.get(row.measure, len(order)), -row.year, row.entry))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    known = benchmark_showing.last_measured({row.measure for row in page.object_list}) if page.object_list else {}
    told = []
    for row in page.object_list:
        word, tone = benchmark_showing.standing(row, known, today)
        told.append({"row": row, "label": labels.get(row.measure, row.measure), "word": word, "tone": tone})
    context = {
        "page": page,
        "rows": told,
        "any": bool(every),
        "over": len(every) - sum(benchmarks.counts(row, today) for row in every),
        "measures": [(key, label) for key, label in labels.items() if key in used],
        "wanted": wanted if wanted in labels else "",
        "with_old": with_old,
        "manages": report_access.may_manage(_reader(request)),
    }
    return render(request, "programs/reports/benchmarks.html", context)


@require_safe
@require(Permission.SEE_RESULTS)
def one(request: HttpRequest, entry: int) -> HttpResponse:
    """One entry with everything it ever said."""
    versions = _versions(entry)
    row, today = versions[0], clock.today()
    labels = dict(benchmarks.measures())
    known = benchmark_showing.last_measured({row.measure})
    word, tone = benchmark_showing.standing(row, known, today)
    people = {p.pk: p for p in Employee.objects.filter(pk__in={v.by_id for v in versions})}  # type: ignore[attr-defined]
    context = {
        "row": row,
        "none": row.measure == NONE,
        "label": labels.get(row.measure, row.measure),
        "answers": benchmark_showing.answers_label(row),
        "where": benchmark_showing.where(row),
        "place": " · ".join(part for part in (row.country, row.sector) if part),
        "word": word,
        "tone": tone,
        "versions": [{"row": v, "by": people.get(v.by_id)} for v in versions],  # type: ignore[attr-defined]
        "manages": report_access.may_manage(_reader(request)),
        "withdraw": WithdrawForm(initial={"seen": row.version}),
    }
    return render(request, "programs/reports/benchmark.html", context)


def _versions(entry: int) -> list[Benchmark]:
    versions = benchmarks.versions(entry) if entry < 2**31 else []
    if not versions:
        raise Http404
    return versions


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_SURVEYS)
def new(request: HttpRequest) -> HttpResponse:
    """A new entry."""
    today = clock.today()
    first = {"until": today.replace(year=today.year + YEARS_SHOWN, day=1), "year": today.year - 1}
    if request.GET.get("measure"):
        first["measure"] = request.GET["measure"]
    form = BenchmarkForm(request.POST or None, initial=first, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            row = benchmarks.add(by=_reader(request), fields=form.cleaned_data, today=today, now=timezone.now())
        except ValidationError as error:
            _refused(form, error)
        else:
            messages.success(request, _("Written down. It is shown beside our number until the day you gave."))
            return redirect("reports:benchmark", row.entry)
    return render(request, "programs/reports/benchmark_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_SURVEYS)
def correct(request: HttpRequest, entry: int) -> HttpResponse:
    """Another wording of an entry; the one before stays to be read."""
    row, today = _versions(entry)[0], clock.today()
    first = {**benchmarks.fields_of(row), "seen": row.version}
    form = CorrectBenchmarkForm(request.POST or None, initial=first, today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            benchmarks.correct(
                by=_reader(request),
                entry=entry,
                seen=data["seen"],
                fields=form.fields_given(),
                why=data["why"],
                today=today,
                now=timezone.now(),
            )
        except ValidationError as error:
            _refused(form, error)
        else:
            messages.success(request, _("Corrected. What it said before stays below."))
            return redirect("reports:benchmark", entry)
    return render(request, "programs/reports/benchmark_form.html", {"form": form, "row": row})


@require_http_methods(["POST"])
@require(Permission.MANAGE_SURVEYS)
def withdraw(request: HttpRequest, entry: int) -> HttpResponse:
    """It is shown no more."""
    _versions(entry)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            benchmarks.withdraw(
                by=_reader(request), entry=entry, seen=data["seen"], why=data["why"], now=timezone.now()
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Withdrawn. It is not shown beside our numbers any more."))
    else:
        messages.error(request, _("Say why it is shown no more."))
    return redirect("reports:benchmark", entry)


def _refused(form: Any, error: ValidationError) -> None:
    found = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for field, told in found.items():
        form.add_error(field if field in form.fields else None, told)


@require_safe
@require(Permission.SEE_RESULTS)
def export(request: HttpRequest) -> HttpResponseBase:
    """What counts, as CSV; the same columns are taken by the import."""
    rows = [row for row in benchmarks.newest() if not row.withdrawn]
    return csv_response("benchmarks.csv", benchmark_files.HEAD, benchmark_files.rows(rows))


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_SURVEYS)
def taken(request: HttpRequest) -> HttpResponse:
    """A whole file, or nothing of it, with what is wrong by line."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "head": benchmark_files.HEAD, "needed": benchmark_files.NEEDED}
    context["labels"] = benchmarks.measures()
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            done = benchmark_files.take(by=_reader(request), content=content, today=clock.today(), now=timezone.now())
        except ValidationError as error:
            form.add_error("file", error)
        else:
            if not done.wrong:
                told = _("Taken: %(added)s new, %(corrected)s corrected, %(same)s unchanged.")
                messages.success(request, told % vars(done))
                return redirect("reports:benchmarks")
            context["wrong"] = done.wrong
    status = 422 if request.method == "POST" else 200
    return render(request, "programs/reports/benchmark_import.html", context, status=status)
