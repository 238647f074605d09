"""Closing a stage of a program: its exit criteria, one by one, a note, and whoever signs."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from culture.access import clock
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.planning import queries, stage_exits
from programs.planning.models import Program


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """GET shows the criteria, and once it is closed what was signed; POST signs, dated today."""
    user, today = cast(Employee, request.user), clock.today()
    program = get_object_or_404(queries.within(user, Permission.MANAGE_PROGRAMS).prefetch_related("stages"), pk=pk)
    found = next((one for one in stage_exits.standings(program, today) if one.stage.kind == kind), None)
    if found is None or program.state == Program.State.DRAFT:
        raise Http404
    ticked = {int(one) for one in request.POST.getlist("met") if one.isascii() and one.isdigit() and len(one) < 4}
    note, problems = request.POST.get("note", ""), []
    if request.method == "POST":
        try:
            stage_exits.close(by=user, program=program, kind=kind, met=ticked, note=note, on=today, today=today)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, _("Closed, with your name and today's date."))
            return redirect("planning:detail", program.pk)
    criteria = [(number, text, number in ticked) for number, text in enumerate(stage_exits.criteria_of(found.stage))]
    context = {"program": program, "one": found, "criteria": criteria, "note": note, "problems": problems}
    context |= {"today": today, "most": stage_exits.LONGEST}
    return render(request, "programs/planning/stage.html", context, status=422 if problems else 200)
