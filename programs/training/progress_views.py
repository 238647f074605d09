"""How far people are, slot by slot: one's own page, and the team's matrix on any day."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access import audit
from culture.access.permissions import Permission, can, require, visible_units
from culture.people.models import Employee
from programs.training import files_out, queries, slot_rows, slot_words, slots, standing_slots
from programs.training.path_views import asked_day, my_units
from programs.training.slot_words import MEANT, MEANT_OF_OTHERS, WORDS
from programs.training.slots import Slot
from programs.training.standing_slots import Row

PAGE = 50
MOST_WAITING = 6


@require(Permission.DO_TRAINING)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own five slots of each requirement, with the next thing to do about each."""
    me, today = _me(request), timezone.localdate()
    rows = standing_slots.of_people([me], today, me)[me.pk]
    told = [{"row": row, "cells": slot_words.cells(row), "next": next_step(row)} for row in rows]
    counted = Counter(row.barrier for row in rows if row.barrier)
    most = max(slots.ORDER, key=lambda slot: counted[slot]) if counted else None
    context = {
        "open": [one for one in told if one["row"].barrier],  # type: ignore[attr-defined]
        "complete": [one for one in told if not one["row"].barrier],  # type: ignore[attr-defined]
        "total": len(rows),
        "most": most and {"slot": most, "word": WORDS[most], "n": counted[most]},
        "meant": [(slot, WORDS[slot], MEANT[slot]) for slot in slots.ORDER],
    }
    return render(request, "programs/training/my_progress.html", context)


def next_step(row: Row) -> tuple[str, str]:
    """What the person can do about the barrier: words and address."""
    barrier, course = row.barrier, row.course
    if barrier in (Slot.WHY, Slot.KNOW) and course is not None:
        told = _("Read why: %(course)s") if barrier == Slot.WHY else _("Complete %(course)s")
        return told % {"course": course.label}, reverse("training:my_course", args=[course.pk])
    if barrier == Slot.WANT:
        url = reverse("training:self_view", args=[row.requirement.code])
        return (_("Look again at what you want") if row.evidence[Slot.WANT].on else _("Say how you see it")), url
    if barrier in (Slot.CAN, Slot.KEEP):
        names = ", ".join(one.label for one in row.behaviours)
        told = _("Let it be seen: %(what)s") if barrier == Slot.CAN else _("Be seen again: %(what)s")
        return told % {"what": names}, reverse("training:my_behaviours")
    return "", ""


@require(Permission.SEE_TEAM_TRAINING)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """People by slots, or by requirements, of the people one leads today, as they stood on any day."""
    me, today, day = _me(request), timezone.localdate(), asked_day(request)
    by = "requirements" if request.GET.get("by") == "requirements" else "slots"
    units = visible_units(me, Permission.SEE_TEAM_TRAINING)
    people = queries.team(units, me, today)
    if day < today:
        people = people.exclude(hired_on__gt=day)
    page = Paginator(people.order_by("sort_name", "pk"), PAGE).get_page(request.GET.get("page"))
    found = standing_slots.members(list(page), day, me)
    waiting = standing_slots.waiting_for(found, me, today) if day == today else []
    columns = _requirements(found) if by == "requirements" else []
    context = {
        "page": page,
        "day": day,
        "is_today": day == today,
        "by": by,
        "members": [_line(one, columns) for one in found],
        "columns": columns,
        "waiting": waiting[:MOST_WAITING],
        "more": max(0, len(waiting) - MOST_WAITING),
        "heads": [(slot, WORDS[slot], MEANT_OF_OTHERS[slot]) for slot in slots.ORDER],
        "heading": _heading(found),
        "any": any(one.rows for one in found),
        "may_export": can(me, Permission.MANAGE_TRAINING),
    }
    return render(request, "programs/training/team_progress.html", context)


@require(Permission.MANAGE_TRAINING)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Everybody one looks after, requirement by requirement, as he stood on any day: CSV, streamed, without *want*."""
    me, today, day = _me(request), timezone.localdate(), asked_day(request)
    people = Employee.objects.here(today).filter(Q(hired_on=None) | Q(hired_on__lte=day))
    units = my_units(request)
    if units is not None:
        people = people.filter(unit__in=units)
    audit.record(me, "took progress", "training", on=day, people=people.count())
    return files_out.csv_response(f"progress-{day:%Y-%m-%d}.csv", slot_rows.HEAD, slot_rows.rows(people, day))


def _line(one: standing_slots.Member, columns: list[Any]) -> dict[str, Any]:
    by_code = {row.requirement.code: row for row in one.rows}
    return {
        "person": one.person,
        "met": [(slot, WORDS[slot], met) for slot, met in one.met],
        "barrier": one.barrier,
        "word": WORDS[one.barrier] if one.barrier else "",
        "asked": bool(one.rows),
        "cells": [(column, _asked(by_code.get(column.code))) for column in columns],
    }


def _asked(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"barrier": row.barrier, "word": WORDS[row.barrier] if row.barrier else ""}


def _requirements(found: list[standing_slots.Member]) -> list[Any]:
    """The requirements anybody of the page is asked for, in the framework's order."""
    known = {row.requirement.pk: row.requirement for one in found for row in one.rows}
    return sorted(known.values(), key=lambda one: (one.position, one.code))


def _heading(found: list[standing_slots.Member]) -> str:
    counted = Counter(row.barrier for one in found for row in one.rows if row.barrier)
    if not counted:
        return _("How far the team is")
    most = max(slots.ORDER, key=lambda slot: counted[slot])
    told = {
        Slot.WHY: _("Most often what is missing is why: the reasons were not read"),
        Slot.WANT: _("Most often what is missing is wanting to"),
        Slot.KNOW: _("Most often what is missing is knowing how"),
        Slot.CAN: _("Most often what is missing is being seen doing it"),
        Slot.KEEP: _("Most often what is missing is being seen again"),
    }
    return str(told[most])


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
