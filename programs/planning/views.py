"""Programs: the list, a program's overview, one of its cohorts."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access import clock
from culture.access.permissions import Permission, can, require
from culture.people.models import Employee, Leave
from programs.planning import (
    actions,
    amendments,
    drafts,
    guide,
    milestones,
    panels,
    queries,
    rules,
    stage_exits,
    standing,
    timeline,
)
from programs.planning.models import Cohort, Enrolment, Program
from surveys.waves.models import Wave

LATEST_AMENDMENTS = 3
PAGE = 50


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def list_programs(request: HttpRequest) -> HttpResponse:
    """Drafts first: they wait for somebody. Then what runs, what is paused, what is over."""
    today = clock.today()
    programs = list(queries.listed(_reachable(request)))
    standings = standing.of_programs(programs, today)
    order = {Program.State.DRAFT: 0, Program.State.RUNNING: 1, Program.State.PAUSED: 2, Program.State.FINISHED: 3}
    rows = [
        {
            "program": program,
            "stage": queries.stage_on(program, today),
            "standing": standings.get(program.pk, standing.Standing(today)),
            "next": guide.STEPS[guide.next_step(program)][0] if program.is_draft else "",
            "done": len(program.setup),
        }
        for program in sorted(programs, key=lambda one: order[Program.State(one.state)])
    ]
    steps = len(guide.STEPS)
    return render(request, "programs/planning/list.html", {"rows": rows, "today": today, "steps": steps})


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    program = get_object_or_404(_reachable(request).select_related("series").prefetch_related("stages", "focus"), pk=pk)
    today = clock.today()
    groups = queries.cohorts(program, today)
    now = standing.of_program(program, today)
    # A wave is of the whole organisation: whoever leads programs of one unit does not watch it.
    sees_waves = can(request.user, Permission.SEE_PARTICIPATION)
    card = queries.wave_card(program, today) if sees_waves else None
    running = program.state in (Program.State.RUNNING, Program.State.PAUSED)
    parts = panels.parts(program, today) if running else []
    aims, exits = milestones.standings(program, today), stage_exits.standings(program, today)
    context = {
        "program": program,
        "stage": queries.stage_on(program, today),
        "cohorts": groups,
        "standing": now,
        "outside": standing.outside(program, today) if running else None,
        "employed": queries.employed(today),
        "card": card,
        "sees_waves": sees_waves,
        "parts": parts,
        "needs": _needs(program, groups, card, today, aims, parts) + _to_close(program, exits) if running else [],
        "line": line_of(program, groups, aims, today, exits),
        "stages": exits,
        "aims": aims,
        "risks": program.risks.filter(closed_on=None).select_related("owner"),
        "duties": program.duties.filter(done_on=None).select_related("sponsor"),
        "amendments": [
            {"amendment": one, "lines": amendments.told(one)}
            for one in program.amendments.select_related("by")[:LATEST_AMENDMENTS]
        ],
        "draw": drafts.drawn(program),
        "today": today,
        "over": program.state == Program.State.FINISHED,
    }
    return render(request, "programs/planning/detail.html", context)


def _needs(
    program: Program,
    groups: list[Cohort],
    card: dict[str, Any] | None,
    today: dt.date,
    aims: list[milestones.Standing],
    parts: list[panels.Part],
) -> list[panels.Need]:
    if program.state == Program.State.PAUSED:
        return []
    found = queries.needs(program, groups, card, today)
    found += queries.plan_needs(program, aims, today)
    found += queries.action_needs(actions.overdue(actions.of_program(program, today), today))
    return found + [need for part in parts for need in part.needs]


def _to_close(program: Program, exits: list[stage_exits.Standing]) -> list[panels.Need]:
    """Stages whose last day has passed: whether they may end is for somebody to say."""
    return [
        panels.Need(
            _("Stage %(n)s is over: may it end?") % {"n": one.number},
            _("Its last day was %(day)s. Go through its exit criteria and sign.")
            % {"day": rules.day(one.stage.ends_on)},
            reverse("planning:stage", args=[program.pk, one.stage.kind]),
        )
        for one in exits
        if one.waits
    ]


def line_of(
    program: Program,
    groups: list[Cohort],
    aims: list[milestones.Standing],
    today: dt.date,
    exits: list[stage_exits.Standing] | None = None,
) -> timeline.Line:
    """The picture of a program."""
    exits = stage_exits.standings(program, today) if exits is None else exits
    waves = []
    if program.series_id is not None:  # type: ignore[attr-defined]
        rows = Wave.objects.filter(series=program.series_id).exclude(state=Wave.State.CANCELLED).order_by("opens_on")  # type: ignore[attr-defined,misc]
        waves = [(f"{program.series} {n}", day) for n, day in rows.values_list("number", "opens_on")]
    return timeline.build(
        first=program.starts_on,
        last=program.ends_on,
        today=today,
        stages=[(one.stage.get_kind_display(), one.stage.starts_on, one.stage.ends_on, one.told) for one in exits],
        cohorts=[(cohort.name, cohort.starts_on, getattr(cohort, "told", "")) for cohort in groups],
        waves=waves,
        milestones=[(one.milestone.title, one.milestone.due_on, one.tone) for one in aims],
    )


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def cohort(request: HttpRequest, pk: int, cohort: int) -> HttpResponse:
    """Who is in a cohort, by unit, and how they came and went."""
    program = get_object_or_404(_reachable(request), pk=pk)
    found = get_object_or_404(program.cohorts.prefetch_related("units", "people_named__employee"), pk=cohort)
    today = clock.today()
    rows = found.enrolments.on(today) if found.starts_on <= today else found.enrolments.filter(until__isnull=True)
    by_unit = rows.values("employee__unit__name").annotate(people=Count("pk")).order_by("-people")
    counts = dict(found.enrolments.order_by().values_list("how").annotate(n=Count("pk")))
    shown = request.GET.get("show", "now")
    people = rows if shown != "ended" else found.enrolments.filter(until__lt=today)
    people = people.annotate(away=Exists(Leave.objects.on(today).filter(employee=OuterRef("employee"))))
    order = ("-until", "pk") if shown == "ended" else ("employee__sort_name", "pk")
    page = Paginator(people.select_related("employee__unit").order_by(*order), PAGE)
    context = {
        "program": program,
        "cohort": found,
        "standing": standing.of_cohorts(program, today).get(found.pk, standing.Standing(today)),
        "by_unit": by_unit,
        "how": [(label, counts.get(value, 0)) for value, label in Enrolment.How.choices if counts.get(value)],
        "show": "ended" if shown == "ended" else "now",
        "page": page.get_page(request.GET.get("page")),
        "today": today,
    }
    return render(request, "programs/planning/cohort.html", context)


def _reachable(request: HttpRequest) -> Any:
    return queries.within(cast(Employee, request.user), Permission.MANAGE_PROGRAMS)
