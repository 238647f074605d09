"""Readiness: the profile with the weakest condition first, judging, and what HR does around it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import clock
from culture.access.permissions import Permission, can, require
from culture.framework import readiness, readiness_chart, readiness_forms
from culture.framework import readiness_profile as profile
from culture.framework.models import Condition
from culture.framework.readiness_anchors import anchors
from culture.framework.readiness_models import ReadinessAssessment, ReadinessRule
from culture.people.models import Employee

SHOWN_HISTORY = 24


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def _runs(request: HttpRequest) -> bool:
    return can(request.user, Permission.MANAGE_FRAMEWORK)


# -- reading ---------------------------------------------------------------------------------------------------------


@require_safe
@require(Permission.SEE_SCORECARD)
def latest(request: HttpRequest) -> HttpResponse:
    """The last closed assessment; above it, what the open one waits for."""
    last = readiness.last_closed()
    now = _open_card(request)
    if last is None:
        context = {"open": now, "runs": _runs(request)}
        return render(request, "culture/framework/readiness_none.html", context)
    return _profile_page(request, last, now)


@require_safe
@require(Permission.SEE_SCORECARD)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One closed assessment of the history."""
    found = get_object_or_404(ReadinessAssessment.objects.closed(), pk=pk)
    return _profile_page(request, found, None)


def _open_card(request: HttpRequest) -> dict[str, Any] | None:
    found = ReadinessAssessment.objects.filter(state=ReadinessAssessment.State.OPEN).first()
    if found is None:
        return None
    sponsors = list(found.sponsors.select_related("employee").annotate(judged=Count(
        "judgements", filter=Q(judgements__level__isnull=False)
    )))  # fmt: skip
    mine = next((row for row in sponsors if row.employee_id == _me(request).pk), None)  # type: ignore[attr-defined]
    return {
        "assessment": found,
        "sponsors": sponsors,
        "done": sum(1 for row in sponsors if row.handed_in_at),
        "mine": mine,
        "conditions": Condition.objects.active().count(),
    }


def _profile_page(request: HttpRequest, assessment: ReadinessAssessment, now: dict[str, Any] | None) -> HttpResponse:
    earlier, rule = readiness.before(assessment), readiness.rule()
    lines = readiness.lines(assessment, earlier)
    ranked = profile.ranked(lines)
    threshold = None if rule.scope == ReadinessRule.Scope.NONE else float(rule.threshold)
    sponsors = {judgment.key: judgment.sponsor for line in lines for judgment in line.judgments}
    rows = [_row(line, sponsors, threshold) for line in ranked]
    history = _history()
    points = [(item["assessment"].on.isoformat(), item["mean"], item["sponsors"]) for item in reversed(history)]
    context = {
        "assessment": assessment,
        "earlier": earlier,
        "open": now,
        "runs": _runs(request),
        "finding": finding(lines),
        "weakest": [rows[ranked.index(line)] for line in profile.weakest(lines)],
        "rows": rows,
        "sponsors": list(sponsors.values()),
        "disagreements": profile.disagreements(lines),
        "risen": [line for line in ranked if line.change is not None and line.change > 0],
        "fallen": [line for line in ranked if line.change is not None and line.change < 0],
        "threshold": threshold,
        "rule": rule,
        "below": [row for row in rows if row["weak"]],
        "chart": readiness_chart.spec(ranked, threshold) if lines else None,
        "chart_table": readiness_chart.table(ranked),
        "history": history,
        "history_chart": readiness_chart.history(points) if len(points) > 1 else None,
        "history_table": [[_("Day"), _("Mean of the conditions")], *([d, f"{mean:.1f}"] for d, mean, _n in points)],
    }
    return render(request, "culture/framework/readiness.html", context)


def _row(line: profile.Line, sponsors: dict[int, str], threshold: float | None) -> dict[str, Any]:
    words = anchors(line.code)
    by_sponsor = {judgment.key: judgment.level for judgment in line.judgments}
    return {
        "line": line,
        "median": profile.number(line.median),
        "anchor": words[int(line.median)],
        "levels": [by_sponsor.get(key) for key in sponsors],
        "judgments": [{"judgment": judgment, "anchor": words[judgment.level]} for judgment in line.judgments],
        "change": "" if line.change is None else f"{line.change:+g}" if line.change else "0",
        "weak": threshold is not None and line.median < threshold,
    }


def finding(lines: list[profile.Line]) -> str:
    """The heading: the weakest condition in words."""
    weakest = profile.weakest(lines)
    if not weakest:
        return _("Nothing is judged yet")
    level = profile.number(weakest[0].median)
    if weakest[0].median >= profile.HIGHEST:
        return _("Every condition is fully met")
    if len(weakest) == 1:
        return _("Weakest, at %(level)s of 4: %(label)s") % {"level": level, "label": weakest[0].label}
    if len(weakest) == len(lines):
        return _("All %(n)s conditions stand alike, at %(level)s of 4") % {"n": len(lines), "level": level}
    named = "; ".join(line.label for line in weakest[:2])
    more = len(weakest) - 2
    words = ngettext(
        "Weakest, at %(level)s of 4: %(names)s; and %(more)s more",
        "Weakest, at %(level)s of 4: %(names)s; and %(more)s more",
        more,
    )
    short = _("Weakest, at %(level)s of 4: %(names)s")
    return (words if more > 0 else short) % {"level": level, "names": named, "more": more}


def _history() -> list[dict[str, Any]]:
    """The closed assessments, newest first, each with its mean and its weakest condition; two queries for all."""
    rows = []
    for assessment, lines in readiness.profiles(SHOWN_HISTORY):
        medians = [line.median for line in lines]
        rows.append(
            {
                "assessment": assessment,
                "mean": sum(medians) / len(medians) if medians else 0.0,
                "sponsors": max((len(line.judgments) for line in lines), default=0),
                "weakest": [line.code for line in profile.weakest(lines)][:4],
            }
        )
    return rows


# -- judging ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SEE_SCORECARD)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """A sponsor's own judgments: saved half-filled, handed in when complete, taken back by saving again."""
    assessment = get_object_or_404(ReadinessAssessment, pk=pk)
    sponsor = assessment.sponsors.filter(employee=_me(request)).first()
    if sponsor is None:
        raise Http404
    if assessment.state != ReadinessAssessment.State.OPEN:
        return _too_late(request)
    conditions = list(Condition.objects.active())
    kept = {j.condition_id: j for j in sponsor.judgements.all()}  # type: ignore[attr-defined]
    initial: dict[str, Any] = {}
    for condition in conditions:
        if one := kept.get(condition.pk):
            initial[f"{condition.code}_level"] = one.level
            initial[f"{condition.code}_evidence"] = one.evidence
    if request.method != "POST":
        form = readiness_forms.JudgeForm(conditions=conditions, initial=initial)
        return _judge_page(request, assessment, sponsor, form)
    form = readiness_forms.JudgeForm(request.POST, conditions=conditions, initial=initial)
    if not form.is_valid():
        return _judge_page(request, assessment, sponsor, form, status=422)
    try:
        return _keep(request, assessment, form)
    except readiness.Closed:
        return _too_late(request)
    except ValidationError as error:
        readiness.save(by=_me(request), assessment=assessment, judgments=form.judgments())
        for key, words in error.message_dict.items():
            form.add_error(key, words)
        return _judge_page(request, assessment, sponsor, form, status=422)


def _keep(request: HttpRequest, assessment: ReadinessAssessment, form: readiness_forms.JudgeForm) -> HttpResponse:
    if "hand_in" in request.POST:
        readiness.hand_in(by=_me(request), assessment=assessment, judgments=form.judgments())
        messages.success(request, _("Thank you. Your judgments are handed in; you may change them until HR closes."))
        return redirect("framework:readiness")
    readiness.save(by=_me(request), assessment=assessment, judgments=form.judgments())
    messages.success(request, _("Saved. Come back whenever you like; it counts once you hand it in."))
    return redirect("framework:readiness_judge", pk=assessment.pk)


def _too_late(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("This assessment was closed or cancelled meanwhile. Nothing was changed."))
    return redirect("framework:readiness")


def _judge_page(
    request: HttpRequest,
    assessment: ReadinessAssessment,
    sponsor: Any,
    form: readiness_forms.JudgeForm,
    status: int = 200,
) -> HttpResponse:
    rows = form.rows()
    context = {
        "assessment": assessment,
        "sponsor": sponsor,
        "form": form,
        "rows": rows,
        "done": sum(1 for row in rows if row["done"]),
    }
    return render(request, "culture/framework/readiness_judge.html", context, status=status)


# -- running ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def open_new(request: HttpRequest) -> HttpResponse:
    user, today = _me(request), clock.today()
    people = readiness.candidates(today)
    form = readiness_forms.OpenForm(
        request.POST if request.method == "POST" else None,
        people=people,
        initial={"on": today, "sponsors": list(people)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = readiness.open(
                by=user, today=today, on=form.cleaned_data["on"], sponsors=list(form.cleaned_data["sponsors"])
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The assessment is open. Each sponsor finds it under Readiness."))
            own = made.sponsors.filter(employee=user).exists()
            return redirect("framework:readiness_judge", made.pk) if own else redirect("framework:readiness")
    return _form_page(request, form, "open")


def _form_page(request: HttpRequest, form: Form, what: str, **more: Any) -> HttpResponse:
    context = {"form": form, "what": what, **more}
    status = 422 if form.is_bound else 200
    return render(request, "culture/framework/readiness_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def sponsors(request: HttpRequest, pk: int) -> HttpResponse:
    """Who judges in the open assessment."""
    user, today = _me(request), clock.today()
    assessment = get_object_or_404(ReadinessAssessment, pk=pk)
    chosen = Employee.objects.filter(readiness_judged__assessment=assessment)
    people = (readiness.candidates(today) | chosen).distinct()
    form = readiness_forms.SponsorsForm(
        request.POST if request.method == "POST" else None, people=people, initial={"sponsors": list(chosen)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            readiness.choose_sponsors(
                by=user, assessment=assessment, sponsors=list(form.cleaned_data["sponsors"]), today=today
            )
        except readiness.Closed:
            return _too_late(request)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("framework:readiness")
    return _form_page(request, form, "sponsors", assessment=assessment)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an open assessment, so that it counts, or cancel it; asks first."""
    user = _me(request)
    assessment = get_object_or_404(ReadinessAssessment, pk=pk)
    if assessment.state != ReadinessAssessment.State.OPEN:
        return _too_late(request)
    if request.method == "POST":
        try:
            if "cancel" in request.POST:
                readiness.cancel(by=user, assessment=assessment)
                messages.success(request, _("The assessment is cancelled; nothing of it is kept."))
            else:
                readiness.close(by=user, assessment=assessment)
                messages.success(request, _("Closed. This is where the organisation stands."))
        except readiness.Closed:
            return _too_late(request)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("framework:readiness_end", pk=assessment.pk)
        return redirect("framework:readiness")
    rows = list(assessment.sponsors.select_related("employee"))
    context = {
        "assessment": assessment,
        "done": [row for row in rows if row.handed_in_at],
        "waiting": [row for row in rows if not row.handed_in_at],
    }
    return render(request, "culture/framework/readiness_end.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def rule(request: HttpRequest) -> HttpResponse:
    """When a program needs a stated reason to start."""
    user, kept = _me(request), readiness.rule()
    form = readiness_forms.RuleForm(
        request.POST if request.method == "POST" else None,
        initial={"scope": kept.scope, "threshold": kept.threshold},
    )
    if request.method == "POST" and form.is_valid():
        readiness.set_rule(by=user, **form.cleaned_data)
        messages.success(request, _("Saved. It holds for programs made from now on."))
        return redirect("framework:readiness")
    return _form_page(request, form, "rule")
