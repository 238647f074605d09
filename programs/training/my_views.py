"""The employee's side (my training, lessons, quiz) and the manager's (team)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access.permissions import Permission, require, visible_units
from culture.framework import markdown
from culture.people.models import Employee
from programs.training import answering, courses, observed, queries, quizzes, sessions
from programs.training.models import Assignment, Course, CourseVersion, QuizAttempt
from programs.training.progress import Standing
from programs.training.quiz_forms import QuizForm

TEAM_PAGE = 50


@require(Permission.DO_TRAINING)
@require_safe
def my_training(request: HttpRequest) -> HttpResponse:
    tasks = queries.tasks(_me(request), timezone.localdate())
    to_do = [task for task in tasks if task.standing != Standing.DONE]
    late = [task for task in to_do if task.standing == Standing.LATE]
    context = {
        "next": to_do[0] if to_do else None,
        "late": late,
        "due": [task for task in to_do if task not in late],
        "done": [task for task in tasks if task.standing == Standing.DONE],
        "total": len(tasks),
    }
    return render(request, "programs/training/my_training.html", context)


@require(Permission.DO_TRAINING)
@require_safe
def my_course(request: HttpRequest, pk: int) -> HttpResponse:
    assignment, version = _mine(request, pk)
    lessons = queries.lesson_rows(_me(request), version)
    completion = _me(request).completions.filter(version=version).first()
    context = {
        "assignment": assignment,
        "course": assignment.course,
        "version": version,
        "lessons": lessons,
        "completion": completion,
        "next_lesson": next((row["lesson"] for row in lessons if not row["done"]), None),
        "best": queries.best_attempt(_me(request), version),
        "late": completion is None and assignment.due_on < timezone.localdate(),
        "meetings": sessions.meetings(_me(request), assignment.course, timezone.now()),
        "sessions_left": courses.sessions_left(_me(request), version),
    }
    return render(request, "programs/training/my_course.html", context)


@require(Permission.DO_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    assignment, version = _mine(request, pk)
    rows = queries.lesson_rows(_me(request), version)
    here = next((row for row in rows if row["lesson"].position == position), None)
    if here is None:
        raise Http404
    after = next((row["lesson"] for row in rows if row["lesson"].position > position), None)
    if request.method == "POST":
        completion = courses.finish_lesson(employee=_me(request), lesson=here["lesson"])
        return _onward(request, pk, version, after.position if after else None, completion is not None)
    context = {
        "course": assignment.course,
        "version": version,
        "lesson": here["lesson"],
        "done": here["done"],
        "body": markdown.render(here["lesson"].body, below=1, images=True),
        "number": rows.index(here) + 1,
        "total": len(rows),
        "after": after,
    }
    return render(request, "programs/training/lesson.html", context)


@require(Permission.DO_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, pk: int) -> HttpResponse:
    assignment, version = _mine(request, pk)
    if not version.quiz:
        raise Http404
    left = [row["lesson"] for row in queries.lesson_rows(_me(request), version) if not row["done"]]
    turn = answering.turn(_me(request), version, timezone.now())
    if request.method == "POST" and request.POST.get("number", "") not in {"", str(turn.number)}:
        messages.warning(request, _("This try was handed in already, in another window. Here is the next one."))
        return redirect("training:quiz", pk)
    form = QuizForm(request.POST if request.method == "POST" else None, version=version, turn=turn)
    if request.method == "POST" and form.is_valid():
        try:
            attempt = answering.answer_quiz(employee=_me(request), version=version, answers=form.answers())
            return redirect("training:attempt", pk, attempt.pk)
        except ValidationError as error:
            form.refuse(error)
    context = {
        "course": assignment.course,
        "version": version,
        "form": form,
        "count": len(turn.paper.asked),
        "turn": turn,
        "first_left": left[0] if left else None,
    }
    return render(request, "programs/training/quiz.html", context, status=422 if form.errors else 200)


@require(Permission.DO_TRAINING)
@require_safe
def attempt(request: HttpRequest, pk: int, attempt_pk: int) -> HttpResponse:
    """What was right, what was not and why, of one's own attempt."""
    mine = QuizAttempt.objects.select_related("version__course")
    row = get_object_or_404(mine, pk=attempt_pk, employee=_me(request), version__course=pk)
    context = {
        "attempt": row,
        "course": row.version.course,
        "questions": quizzes.explain(row.version.quiz, row.asked or range(len(row.version.quiz)), row.answers),
        "completion": _me(request).completions.filter(version=row.version).first(),
    }
    return render(request, "programs/training/attempt.html", context)


@require(Permission.SEE_TEAM_TRAINING)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    units = visible_units(request.user, Permission.SEE_TEAM_TRAINING)
    people = queries.team(units, _me(request), today)
    page = Paginator(people, TEAM_PAGE).get_page(request.GET.get("page"))
    columns, rows = queries.matrix(page, today)
    shown = observed.granted_counts([row["employee"] for row in rows], today)
    cells = [cell for row in rows for cell in row["cells"] if cell]
    context = {
        "page": page,
        "columns": columns,
        "rows": [
            {**row, "cells": list(zip(columns, row["cells"], strict=True)), "shown": shown[row["employee"].pk]}
            for row in rows
        ],
        "given": len(cells),
        "done": sum(cell["standing"] == Standing.DONE for cell in cells),
        "late": sum(cell["standing"] == Standing.LATE for cell in cells),
    }
    return render(request, "programs/training/team.html", context)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def _mine(request: HttpRequest, pk: int) -> tuple[Assignment, CourseVersion]:
    """One's own assignment of the course and the version one reads; 404 when it is not assigned."""
    assignment = get_object_or_404(Assignment.objects.select_related("course"), course=pk, employee=_me(request))
    version = queries.version_for(_me(request), cast(Course, assignment.course))
    if version is None:
        raise Http404
    version.course = assignment.course
    return assignment, version


def _onward(request: HttpRequest, pk: int, version: CourseVersion, after: int | None, complete: bool) -> HttpResponse:
    if after is not None:
        return redirect("training:lesson", pk, after)
    if version.quiz and not complete:
        return redirect("training:quiz", pk)
    if complete:
        messages.success(request, _("Well done: you have completed this course."))
    return redirect("training:my_course", pk)
