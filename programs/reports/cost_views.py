"""Pages: what poor service costs; read by who sees the whole scorecard, estimated by who runs programs."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import clock
from culture.access.audit import record
from culture.access.permissions import Permission, require, sees_everything
from programs.planning.models import Program
from programs.reports import cost_charts, costs
from programs.reports.cost import model
from programs.reports.cost.factors import BY_KEY, PARTS
from programs.reports.cost.model import Range
from programs.reports.cost_forms import CostForm, initial, unit_of
from programs.reports.cost_models import CostEstimate
from programs.training.files_out import csv_response

PART = {part.key: part for part in PARTS}
MOST_DRIVERS = 8


def _program(request: HttpRequest, program_id: int) -> Program:
    if not sees_everything(request.user, Permission.SEE_SCORECARD):
        raise PermissionDenied
    return get_object_or_404(Program.objects.launched(), pk=program_id)


def _may_estimate(request: HttpRequest) -> bool:
    return sees_everything(request.user, Permission.MANAGE_PROGRAMS)


@require(Permission.SEE_SCORECARD)
@require_safe
def cost(request: HttpRequest, program_id: int, number: int | None = None) -> HttpResponse:
    """One estimate, the latest if none is named, and the list of all."""
    program = _program(request, program_id)
    made = list(CostEstimate.objects.filter(program=program).select_related("by").order_by("-number"))
    one = made[0] if made else None
    if number is not None:
        one = get_object_or_404(CostEstimate.objects.select_related("by"), program=program, number=number)
    if one is not None:
        record(request.user, "cost.read", program, number=one.number)  # type: ignore[arg-type]
    context = {"program": program, "made": made, "one": one, "may_estimate": _may_estimate(request)}
    return render(request, "programs/reports/cost.html", context | (told(one) if one else {}))


def told(one: CostEstimate) -> dict[str, Any]:
    """An estimate in words and pictures."""
    result, inputs = costs.read(one), costs.inputs_of(one)
    parts = [{"part": PART[key], "range": money(found, one.currency)} for key, found in result.parts if key in PART]
    rows = [_row(PART[key].label, found) for key, found in result.parts if key in PART]
    drivers = [driver for driver in result.drivers if driver.key in BY_KEY][:MOST_DRIVERS]
    bars = [{"label": str(BY_KEY[d.key].label), "low": d.low, "high": d.high} for d in drivers]
    likely = model.at_likely(inputs)
    return {
        "total": money(result.total, one.currency) if result.total else None,
        "likely": costs.Money(likely, one.currency) if likely is not None else None,
        "parts": parts,
        "ranges": cost_charts.ranges(rows, one.currency),
        "ranges_table": [_told_row(row, one.currency) for row in rows],
        "drivers": drivers,
        "tornado": cost_charts.tornado(bars, likely, one.currency) if bars and likely is not None else None,
        "tornado_table": [
            {
                _("Input"): str(BY_KEY[d.key].label),
                _("At its low"): costs.Money(d.low, one.currency).words,
                _("At its high"): costs.Money(d.high, one.currency).words,
                _("Share of the spread"): f"{d.share:.0f} %",
            }
            for d in drivers
        ],
        "left_out": [
            {"part": PART[key], "missing": [BY_KEY[one_].label for one_ in missing if one_ in BY_KEY]}
            for key, missing in result.left_out
            if key in PART
        ],
        "one_in_ten": money(result.one_in_ten, one.currency) if result.one_in_ten else None,
        "inputs": [
            {"factor": BY_KEY[key], "unit": unit_of(BY_KEY[key]), "given": given} for key, given in inputs.items()
        ],
    }


def money(found: Range, currency: str) -> dict[str, costs.Money]:
    return {name: costs.Money(getattr(found, name), currency) for name in ("low", "middle", "high")}


def _row(label: Any, found: Range) -> dict[str, Any]:
    return {"label": str(label), "low": found.low, "middle": found.middle, "high": found.high}


def _told_row(row: dict[str, Any], currency: str) -> dict[str, Any]:
    words = {name: costs.Money(row[name], currency).words for name in ("low", "middle", "high")}
    return {_("Part"): row["label"], _("Low"): words["low"], _("Middle"): words["middle"], _("High"): words["high"]}


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "POST"])
def estimate(request: HttpRequest, program_id: int) -> HttpResponse:
    """Enter the inputs and keep the estimate they give; begins with those of the last one."""
    program = _program(request, program_id)
    if not _may_estimate(request):
        raise PermissionDenied
    known, last, status = costs.known(program, clock.today()), costs.latest(program), 200
    if request.method == "POST":
        form = CostForm(request.POST, known=known)
        if wanted := request.POST.get("take"):
            form = CostForm(form.taking(wanted), known=known)
            form._errors = {}  # type: ignore[assignment]  # nothing was sent off yet: no complaints
        elif form.is_valid() and (made := _saved(request, form, program)):
            return redirect("reports:cost_number", program.pk, made.number)
        else:
            status = 400
    else:
        begun = {**initial(costs.inputs_of(last)), "currency": last.currency} if last else {}
        form = CostForm(initial=begun, known=known)
    context = {"program": program, "form": form, "groups": form.groups(), "parts": PARTS, "last": last}
    return render(request, "programs/reports/cost_form.html", context, status=status)


def _saved(request: HttpRequest, form: CostForm, program: Program) -> CostEstimate | None:
    given = form.cleaned_data
    try:
        return costs.save(
            program,
            inputs=given["inputs"],
            currency=given["currency"],
            note=given["note"],
            by=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require(Permission.SEE_SCORECARD)
@require_safe
def cost_file(request: HttpRequest, program_id: int, number: int) -> HttpResponseBase:
    """The estimate as CSV: inputs with their sources, then parts and total."""
    program = _program(request, program_id)
    one = get_object_or_404(CostEstimate, program=program, number=number)
    record(request.user, "cost.read", program, number=number, file=True)  # type: ignore[arg-type]
    result = costs.read(one)
    ends = ("low", "likely", "high")
    rows: list[list[Any]] = [
        ["input", key, *(str(getattr(given, end)) for end in ends), given.source]
        for key, given in costs.inputs_of(one).items()
    ]
    found = [*result.parts, *([("total", result.total)] if result.total else [])]
    about = f"{one.currency} a year; 5, 50 and 95 of 100 draws; method {one.method}, seed {one.seed}, {one.draws} draws"
    rows += [
        ["cost", key, *(f"{value:.2f}" for value in (each.low, each.middle, each.high)), about] for key, each in found
    ]
    head = ["kind", "key", "low", "likely_or_middle", "high", "source"]
    return csv_response(f"cost-{program.pk}-{one.number}.csv", head, rows)
