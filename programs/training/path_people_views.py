"""Who stands where on a path, one person's page of it, and the manager's list of what is due in the team."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, can, require, visible_units
from culture.people.models import Employee
from programs.planning.queries import cohorts_within
from programs.training import additions, granting, path_forms, path_queries, queries, reminding, standing
from programs.training.models import Assignment, Completion, Course
from programs.training.path_models import Attained, Exemption, Path, PathEnrolment
from programs.training.path_views import asked_day, my_units

PAGE = 50
TEAM_PAGE = 50
SHOWN_EACH = 3
SHOWN = {"all": gettext_lazy("Everybody"), "risk": gettext_lazy("Late or lapsed")}


@require(Permission.MANAGE_TRAINING)
@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Fifty at a time; those at risk, of a cohort, by name."""
    path, day, units = get_object_or_404(Path, pk=pk), asked_day(request), my_units(request)
    rows = path_queries.held(path, day, units)
    shown = request.GET.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    if shown == "risk":
        rows = rows.filter(employee__in=path_queries.at_risk(path, day, units))
    cohorts = cohorts_within(_me(request), Permission.MANAGE_TRAINING).filter(
        pk__in=path.enrolments.filter(cohort__isnull=False).values("cohort")
    )
    cohort = request.GET.get("cohort", "")
    if cohort.isdigit() and len(cohort) < 18:
        rows = rows.filter(cohort=int(cohort))
    asked = request.GET.get("q", "").strip()[:100]
    if asked:
        rows = rows.filter(employee__in=Employee.objects.found_by(asked))
    rows = rows.select_related("employee__unit", "cohort").order_by("employee__sort_name", "employee")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "path": path,
        "day": day,
        "is_today": day == timezone.localdate(),
        "shown": shown,
        "choices": SHOWN.items(),
        "cohorts": cohorts.select_related("program"),
        "cohort": cohort,
        "asked": asked,
        "page": page,
        "rows": path_queries.people_rows(path, list(page), day),
    }
    return render(request, "programs/training/paths_people.html", context)


# -- one person ------------------------------------------------------------------------------------------------------


@require(Permission.MANAGE_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int, employee_pk: int) -> HttpResponse:
    """How somebody stands on a path; HR or a trainer spares him something for a time, grants by hand, revokes."""
    path, today = get_object_or_404(Path, pk=pk), timezone.localdate()
    enrolment = _enrolment(request, path, employee_pk)
    who = cast(Employee, enrolment.employee)
    forms = _forms(request, path, who)
    if request.method == "POST":
        what = request.POST.get("do", "")
        if what.startswith("end:"):
            return _end(request, path, who, what[4:])
        if what not in forms:
            raise Http404
        form = forms[what]
        if form.is_valid():
            try:
                messages.success(request, _do(request, what, form.cleaned_data, who))
            except ValidationError as error:
                _refuse(form, error)
            else:
                return redirect("training:path_person", pk, employee_pk)
    completions, attained = granting.of_person(who)
    stands = standing.of_people([who.pk], today, path)[who.pk]
    subjects = {one.subject for one in stands}
    context = {
        "path": path,
        "person": who,
        "enrolment": enrolment,
        "stands": stands,
        "forms": forms,
        "today": today,
        "own": who.pk == _me(request).pk,
        "granted": [
            *[row for row in completions if ("course", row.version.course_id) in subjects],  # type: ignore[attr-defined]
            *[row for row in attained if _subject(row) in subjects],
        ],
        "exemptions": Exemption.objects.filter(assignment__employee=who, assignment__enrolment__path=path)
        .select_related("by", "assignment__step__course", "assignment__step__behaviour")
        .order_by("-since"),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "programs/training/paths_person.html", context, status=422 if wrong else 200)


def _subject(row: Attained) -> tuple[str, int]:
    return row.kind, row.behaviour_id or row.course_id or 0  # type: ignore[attr-defined]


def _enrolment(request: HttpRequest, path: Path, employee_pk: int) -> PathEnrolment:
    """The newest one of somebody the reader may see."""
    rows = path.enrolments.filter(employee=employee_pk).select_related("employee__unit", "cohort")
    units = my_units(request)
    if units is not None:
        rows = rows.filter(employee__unit__in=units)
    found = rows.order_by("ended_on", "-pk").last() if not rows.filter(ended_on=None) else rows.get(ended_on=None)
    if found is None:
        raise Http404
    return found


def _forms(request: HttpRequest, path: Path, who: Employee) -> dict[str, Any]:
    today = timezone.localdate()
    rows = Assignment.objects.filter(employee=who, enrolment__path=path, ended_on__isnull=True)
    posted = request.POST.get("do", "") if request.method == "POST" else ""

    def data(what: str) -> Any:
        return request.POST if posted == what else None

    return {
        "exempt": path_forms.ExemptForm(data("exempt"), rows=rows, initial={"since": today}, prefix="exempt"),
        "grant": path_forms.GrantForm(data("grant"), rows=rows, initial={"done_on": today}, prefix="grant"),
        "revoke": path_forms.RevokeForm(
            data("revoke"), choices=_revocable(path, who), initial={"on": today}, prefix="revoke"
        ),
    }


def _revocable(path: Path, who: Employee) -> list[tuple[str, str]]:
    """What was granted for things of this path and not revoked."""
    steps = path.steps.all()
    done = Completion.objects.filter(
        employee=who, revocation__isnull=True, version__course__in=steps.filter(kind="course").values("course")
    ).select_related("version__course")
    rows = Attained.objects.filter(employee=who, revocation__isnull=True).select_related("course", "behaviour")
    known = {(step.kind, step.behaviour_id or step.course_id) for step in steps}  # type: ignore[attr-defined]
    found = [(f"completion:{row.pk}", f"{row.version.course.label}, {row.done_on:%Y-%m-%d}") for row in done]
    for row in rows:
        if _subject(row) in known:
            title = row.behaviour.label if row.behaviour else row.course.label if row.course else ""
            found.append((f"attained:{row.pk}", f"{title}, {row.done_on:%Y-%m-%d}"))
    return found


def _do(request: HttpRequest, what: str, data: dict[str, Any], who: Employee) -> str:
    if what == "exempt":
        granting.exempt(by=_me(request), **data)
        return _("Spared until %(day)s.") % {"day": data["until"].isoformat()}
    if what == "grant":
        granting.by_hand(by=_me(request), **data)
        return _("Granted. It is on record with what shows it and with your name.")
    model, _mark, pk = data["granted"].partition(":")
    found: Any = (Completion if model == "completion" else Attained).objects.filter(employee=who)
    granting.revoke(by=_me(request), granted=get_object_or_404(found, pk=int(pk)), reason=data["reason"], on=data["on"])
    return _("Revoked. It stays on record, and does not count any more.")


def _end(request: HttpRequest, path: Path, who: Employee, pk: str) -> HttpResponse:
    rows = Exemption.objects.filter(assignment__employee=who, assignment__enrolment__path=path)
    one = get_object_or_404(rows, pk=int(pk) if pk.isdigit() and len(pk) < 18 else 0)
    try:
        granting.end_exemption(by=_me(request), exemption=one)
        messages.success(request, _("It is asked again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:path_person", path.pk, who.pk)


def _refuse(form: Any, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for key, texts in error.message_dict.items():
        form.add_error(key if key in form.fields else None, texts)


# -- what a new version added ----------------------------------------------------------------------------------------


@require(Permission.WRITE_COURSES)
@require_POST
def ask_finishers(request: HttpRequest, pk: int) -> HttpResponse:
    """Those who completed an earlier version are asked for what the newest one added."""
    course = get_object_or_404(Course, pk=pk)
    form = additions.AdditionsForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        count = additions.ask(by=_me(request), course=course, due_on=form.cleaned_data["due_on"])
        messages.success(request, _("%(n)d people are asked for what is new.") % {"n": count})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:detail", pk)


# -- the manager -----------------------------------------------------------------------------------------------------


@require(Permission.SEE_TEAM_TRAINING)
@require_safe
def team_due(request: HttpRequest) -> HttpResponse:
    """What is late, lapsed or due soon in one's units, person by person; fifty people a page."""
    today = timezone.localdate()
    units = visible_units(request.user, Permission.SEE_TEAM_TRAINING)
    everybody = queries.team(units, _me(request), today)
    page = Paginator(everybody.order_by("sort_name", "pk"), TEAM_PAGE).get_page(request.GET.get("page"))
    stands = standing.of_people([one.pk for one in page], today)
    rows = [(one, reminding.needed(stands[one.pk], today)) for one in page]
    rows = sorted(rows, key=lambda row: (-sum(s.state in standing.RISK for s in row[1]), not row[1]))
    context = {
        "page": page,
        "rows": [
            {"person": one, "near": near[:SHOWN_EACH], "more": len(near) - SHOWN_EACH} for one, near in rows if near
        ],
        "fine": [one for one, near in rows if not near],
        "late": sum(s.state in standing.RISK for _one, near in rows for s in near),
        "today": today,
        "may_manage": can(request.user, Permission.MANAGE_TRAINING),
    }
    return render(request, "programs/training/paths_team.html", context)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
