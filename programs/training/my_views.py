"""The employee's way and his page of a course, and the manager's team."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from culture.access.permissions import Permission, require, visible_units
from culture.people.models import Employee
from programs.training import courses, languages, learning, observed, queries, refreshing, sessions, standing
from programs.training.cycles import State
from programs.training.models import Course, CourseVersion
from programs.training.path_views import asked_day
from programs.training.standing import Stand

TEAM_PAGE = 50
# What stands above the rest: something is to be done soon.
URGENT = frozenset({State.LATE, State.LAPSED, State.RENEW, State.SOON})


@require(Permission.DO_TRAINING)
@require_safe
def my_training(request: HttpRequest) -> HttpResponse:
    """My way: what is next, what is late or to be renewed, what comes, what is done, and why it is asked."""
    today = timezone.localdate()
    items = queries.way(_me(request), today)
    open_now = [item for item in items if item.stand.open]
    ready = [item for item in open_now if not item.stand.first]
    ready.sort(key=lambda item: standing.sooner(item.stand))
    urgent = [item for item in ready if item.stand.state in URGENT]
    context = {
        "next": ready[0] if ready else None,
        "urgent": urgent,
        "late": [item for item in urgent if item.stand.state in standing.RISK],
        "due": [item for item in open_now if item not in urgent],
        "exempt": [item for item in items if item.stand.state is State.EXEMPT],
        "done": sorted((i for i in items if not i.stand.open and i.stand.done), key=_latest, reverse=True),
        "finished": sum(item.stand.done for item in items),
        "total": sum(item.stand.state is not State.EXEMPT for item in items),
        "today": today,
    }
    return render(request, "programs/training/my_training.html", context)


def _latest(item: queries.Item) -> tuple[dt.date, str]:
    return item.stand.done_on or dt.date.min, item.stand.title


@require(Permission.DO_TRAINING)
@require_safe
def my_course(request: HttpRequest, pk: int) -> HttpResponse:
    stands, version, course = _mine(request, pk)
    stand, today = stands[0], timezone.localdate()
    language = languages.of_reader(request, version)
    lessons = learning.titled(queries.lesson_rows(_me(request), version, today), version, language)
    completion = _me(request).completions.filter(version=version, revocation=None).order_by("-done_on").first()
    context = {
        "stand": stand,
        "why": queries.Item(stands, version, 0, 0).why,
        "course": course,
        "name": course.label_in(language),
        "about": course.about_in(language),
        "version": version,
        "lessons": lessons,
        "language": language,
        "menu": languages.menu(version),
        "total_minutes": version.minutes or sum(row["minutes"] for row in lessons),
        "refreshers": refreshing.told(_me(request), course),
        "completion": completion,
        "renewing": stand.again,
        "to_do": stand.open,
        "quiz_only": courses.quiz_alone(_me(request), course),
        "next_lesson": next((row["lesson"] for row in lessons if not row["done"]), None),
        "best": queries.best_attempt(_me(request), version),
        "meetings": sessions.meetings(_me(request), course, timezone.now()),
        "sessions_left": courses.sessions_left(_me(request), version, courses.since_of(_me(request), version, today)),
    }
    return render(request, "programs/training/my_course.html", context)


@require(Permission.SEE_TEAM_TRAINING)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """People by courses, as they stood on any day: of the people one leads today."""
    today, day = timezone.localdate(), asked_day(request)
    units = visible_units(request.user, Permission.SEE_TEAM_TRAINING)
    people = queries.team(units, _me(request), today)
    if day < today:
        people = people.exclude(hired_on__gt=day)
    page = Paginator(people, TEAM_PAGE).get_page(request.GET.get("page"))
    columns, rows = queries.matrix(page, day)
    shown = observed.granted_counts([row["employee"] for row in rows], day)
    cells = [cell for row in rows for cell in row["cells"] if cell]
    context = {
        "page": page,
        "day": day,
        "is_today": day == today,
        "columns": columns,
        "rows": [
            {**row, "cells": list(zip(columns, row["cells"], strict=True)), "shown": shown[row["employee"].pk]}
            for row in rows
        ],
        "given": len(cells),
        "done": sum(cell.done for cell in cells),
        "late": sum(cell.state in standing.RISK for cell in cells),
    }
    return render(request, "programs/training/team.html", context)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def _mine(request: HttpRequest, pk: int) -> tuple[list[Stand], CourseVersion, Course]:
    """What asks one for the course (the most urgent first) and the version one reads; 404 when nothing does."""
    stands = standing.of_people([_me(request).pk], timezone.localdate())[_me(request).pk]
    mine = [one for one in stands if one.course_id == pk]
    mine.sort(key=lambda one: (standing.URGENCY.index(one.state), one.by))
    if any(not one.first for one in mine):
        mine = [replace(one, first=()) for one in mine]
    course = Course.objects.filter(pk=pk).first() if mine else None
    version = queries.version_for(_me(request), course) if course else None
    if version is None or course is None:
        raise Http404
    version.course = course
    return mine, version, course
