"""The guided set-up: a page a step, each saved by itself, so that it can be left and taken up again."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import clock
from culture.access.permissions import Permission, can, require, visible_units
from culture.framework import charter, readiness
from culture.framework.models import Requirement
from culture.people.models import Employee, Unit
from programs.planning import drafts, forms, guide, queries, states, timeline
from programs.planning.models import Program
from programs.planning.widgets import DayInput

PAGE = "programs/planning/setup.html"
# What each step's form is made of; the other steps have nothing of planning's own to write.
PARTS = {"charter": ("charter",), "stages": ("stages",), "cohorts": ("cohorts",), "series": ("series",)}


class FocusForm(django_forms.Form):
    focus = django_forms.ModelMultipleChoiceField(
        label=gettext_lazy("The requirements it aims at"),
        queryset=Requirement.objects.none(),
        required=False,
        widget=django_forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = cast(django_forms.ModelMultipleChoiceField, self.fields["focus"])
        field.queryset = Requirement.objects.active()


class CopyForm(django_forms.Form):
    name = django_forms.CharField(label=gettext_lazy("Name of the new program"), max_length=200)
    starts_on = django_forms.DateField(
        label=gettext_lazy("Its first day"),
        widget=DayInput(),
        help_text=gettext_lazy("Everything else moves by the same time."),
    )


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The first step, before there is a draft."""
    today = clock.today()
    data = request.POST if request.method == "POST" else None
    form = forms.ProgramForm(data, initial=forms.blank(today), units=[], parts=("charter",))
    if data is not None and form.is_valid():
        try:
            program = drafts.begin(by=_me(request), today=today, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            return redirect("planning:step", program.pk, "stages")
    context = {"form": form, "step": "charter", "steps": guide.steps(None, "charter"), "program": None}
    return _page(request, context | _charter_context(request, today), 422 if form.errors else 200)


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def setup(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it was left."""
    program = _own(request, pk)
    if not program.is_draft:
        return redirect("planning:detail", program.pk)
    return redirect("planning:step", program.pk, guide.next_step(program))


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    program = _own(request, pk)
    if step not in guide.STEPS:
        raise Http404
    if not program.is_draft:
        messages.info(request, _("It is launched: change it with a reason here."))
        return redirect("planning:detail", program.pk)
    if step == "review":
        return _review(request, program)
    if step == "profiles":
        return _profiles(request, program)
    if step in PARTS:
        return _form_step(request, program, step)
    if request.method == "POST":
        drafts.confirm(by=_me(request), program=program, step=step, today=clock.today())
        return _on(request, program, step)
    return _page(request, _context(request, program, step), 200)


def _form_step(request: HttpRequest, program: Program, step: str) -> HttpResponse:
    today, units = clock.today(), _units(request) if step == "cohorts" else []
    data = request.POST if request.method == "POST" else None
    again = forms.shown_again(data, program) if data is not None else None
    start = again if again is not None else forms.saved(program)
    judged = data if again is None else None
    form = forms.ProgramForm(judged, initial=start, units=units, parts=PARTS[step], known=queries.known(_me(request)))
    if judged is not None and form.is_valid():
        try:
            _save(_me(request), program, step, form, today)
            if step == "cohorts" and "draw" in judged:
                return _draw(request, program, judged.getlist("drawn"), form)
            return _on(request, program, step)
        except ValidationError as error:
            form.refuse(error)
    context = _context(request, program, step) | {"form": form, "has_units": bool(units)}
    return _page(request, context, 422 if form.errors else 200)


def _save(by: Employee, program: Program, step: str, form: forms.ProgramForm, today: dt.date) -> None:
    if step == "charter":
        drafts.set_frame(by=by, program=program, today=today, **form.cleaned_data)
    elif step == "stages":
        drafts.set_stages(by=by, program=program, stages=form.stages(), today=today)
    elif step == "cohorts":
        drafts.set_cohorts(by=by, program=program, cohorts=form.cohorts(), today=today)
    else:
        drafts.set_series(by=by, program=program, series=form.cleaned_data["series"], today=today)


def _draw(request: HttpRequest, program: Program, ticked: list[str], form: forms.ProgramForm) -> HttpResponse:
    """What was ticked are the numbers of the rows on the form, which have just been saved in that order."""
    used = form.used()
    plans = form.cohorts()
    names = {plans[used.index(int(n))].name.strip() for n in ticked if n.isdigit() and int(n) in used}
    chosen = list(program.cohorts.filter(name__in=names).values_list("pk", flat=True))
    try:
        made = drafts.draw(by=_me(request), program=program, cohorts=chosen)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("planning:step", program.pk, "cohorts")
    names_of = {str(entry["cohort"]): entry["name"] for entry in made.pool}
    order = ", ".join(names_of[key] for key, _day in sorted(made.result.items(), key=lambda pair: pair[1]))
    messages.success(request, _("Drawn by lot: %(order)s. How it was drawn is kept.") % {"order": order})
    return redirect("planning:step", program.pk, "cohorts")


def _profiles(request: HttpRequest, program: Program) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = FocusForm(data, initial={"focus": list(program.focus.values_list("pk", flat=True))})
    if data is not None and form.is_valid():
        try:
            chosen = form.cleaned_data["focus"]
            drafts.set_focus(by=_me(request), program=program, requirements=chosen, today=clock.today())
            return _on(request, program, "profiles")
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
    return _page(request, _context(request, program, "profiles") | {"form": form}, 422 if form.errors else 200)


def _review(request: HttpRequest, program: Program) -> HttpResponse:
    today, standing = clock.today(), readiness.standing()
    problem: dict[str, list[str]] = {}
    data = request.POST if request.method == "POST" else None
    form = django_forms.Form(data)
    if standing.below:
        form.fields["readiness_reason"] = forms.readiness_field()
        form.fields["readiness_reason"].required = False
    if data is not None and form.is_valid():
        try:
            reason = form.cleaned_data.get("readiness_reason", "")
            launched = states.launch(by=_me(request), program=program, today=today, readiness_reason=reason)
        except ValidationError as error:
            problem = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for text in problem.get("readiness_reason", []):
                form.add_error("readiness_reason", text)
        else:
            people = launched.enrolments.count()
            messages.success(request, _("The program is launched and %(n)s people are enrolled.") % {"n": people})
            return redirect("planning:detail", program.pk)
    context = _context(request, program, "review") | {
        "form": form,
        "review": (found := guide.review(program, today)),
        "review_line": timeline.build(
            first=program.starts_on,
            last=program.ends_on,
            today=today,
            stages=[(one.get_kind_display(), one.starts_on, one.ends_on) for one in program.stages.all()],
            cohorts=[(cohort.name, cohort.starts_on, "") for cohort, _people in found.counts],
        ),
        "standing": standing,
        "reason": form["readiness_reason"] if "readiness_reason" in form.fields else None,
        "refused": bool(problem),
    }
    return _page(request, context, 422 if problem else 200)


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft like an earlier program."""
    source, today = _own(request, pk), clock.today()
    start = {"name": _("%(name)s, again") % {"name": source.name}, "starts_on": forms.blank(today)["starts_on"]}
    data = request.POST if request.method == "POST" else None
    form = CopyForm(data, initial=start)
    if data is not None and form.is_valid():
        try:
            made = drafts.copy(by=_me(request), source=source, today=today, **form.cleaned_data)
        except ValidationError as error:
            for key, texts in error.message_dict.items():
                form.add_error(key if key in form.fields else None, texts)  # type: ignore[arg-type]
        else:
            messages.success(request, _("Copied as a draft. Go through the steps and change what differs."))
            return redirect("planning:step", made.pk, "charter")
    context = {"form": form, "source": source}
    return render(request, "programs/planning/copy.html", context, status=422 if form.errors else 200)


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft goes, after a second look."""
    program = _own(request, pk)
    if not program.is_draft:
        return redirect("planning:detail", program.pk)
    if request.method == "POST":
        states.discard(by=_me(request), program=program)
        messages.success(request, _("The draft “%(name)s” is gone.") % {"name": program.name})
        return redirect("planning:list")
    return render(request, "programs/planning/discard.html", {"program": program})


def _on(request: HttpRequest, program: Program, step: str) -> HttpResponse:
    """To the next step, or out when the person wants to go on later."""
    if "later" in request.POST:
        messages.success(request, _("Saved. You find the draft in the list and go on where you left it."))
        return redirect("planning:list")
    return redirect("planning:step", program.pk, guide.after(step))


def _context(request: HttpRequest, program: Program, step: str) -> dict[str, Any]:
    today = clock.today()
    context: dict[str, Any] = {"program": program, "step": step, "steps": guide.steps(program, step), "today": today}
    if step == "charter":
        context |= _charter_context(request, today)
    elif step == "cohorts":
        last, holds, times = drafts.drawn(program)
        context |= {"draw": last, "draw_holds": holds, "draws": times}
        context["draw_order"] = sorted(
            ((last.result[str(entry["cohort"])], entry["name"]) for entry in last.pool) if last else []
        )
        context["draw_days"] = [(dt.date.fromisoformat(day), name) for day, name in context["draw_order"]]
    elif step == "profiles":
        context["families"] = guide.profiles(program, today)
        context["may_frame"] = can(request.user, Permission.MANAGE_FRAMEWORK)
    elif step == "series":
        context["waves"] = guide.waves_of(program)
        context["may_survey"] = can(request.user, Permission.MANAGE_SURVEYS)
    elif step in ("paths", "recognition"):
        context["offers"] = guide.setup_parts.offers(step, program, today)
    return context


def _charter_context(request: HttpRequest, today: dt.date) -> dict[str, Any]:
    return {"standing": readiness.standing(), "in_force": charter.in_force(today)}


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    step = context["step"]
    keys = list(guide.STEPS)
    more = {
        "title": guide.STEPS[step][0],
        "line": guide.STEPS[step][1],
        "number": keys.index(step) + 1,
        "of": len(keys),
        "part": f"programs/planning/setup_{step}.html",
        "before": keys[keys.index(step) - 1] if step != "charter" else "",
    }
    return render(request, PAGE, context | more, status=status)


def _own(request: HttpRequest, pk: int) -> Program:
    return get_object_or_404(queries.within(_me(request), Permission.MANAGE_PROGRAMS), pk=pk)


def _units(request: HttpRequest) -> list[Unit]:
    # By path: parents come before their children, which the nested checkboxes need.
    return list(visible_units(request.user, Permission.MANAGE_PROGRAMS).filter(until__isnull=True).order_by("path"))


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
