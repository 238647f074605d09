"""HR's side: courses, the editor, publishing, assigning."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, can, require, sees_everything, visible_units
from culture.framework import markdown
from culture.framework.models import Requirement
from culture.people.models import Unit
from programs.planning.models import Cohort
from programs.planning.queries import cohorts_within
from programs.training import courses, forms, loading, queries, sessions
from programs.training.models import Course


@require(Permission.MANAGE_TRAINING)
@require_safe
def list_courses(request: HttpRequest) -> HttpResponse:
    rows = queries.listed(timezone.localdate(), _units(request))
    can_write = can(request.user, Permission.WRITE_COURSES)
    context = {"rows": rows, "can_write": can_write, "ready": loading.absent() if can_write else []}
    return render(request, "programs/training/list.html", context)


@require(Permission.WRITE_COURSES)
@require_POST
def add_ready(request: HttpRequest) -> HttpResponse:
    """The courses that come with Trivium, published; those that are there already stay as they are."""
    added = loading.load_courses(by=request.user)  # type: ignore[arg-type]
    told = ngettext("%(n)s course was added.", "%(n)s courses were added.", len(added)) % {"n": len(added)}
    messages.success(request, told + " " + _("Assign them to a cohort when you are ready."))
    return redirect("training:courses")


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Course, pk=pk))


@require(Permission.MANAGE_TRAINING)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, get_object_or_404(Course, pk=pk))


@require(Permission.WRITE_COURSES)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    try:
        version = courses.publish_draft(by=request.user, course=course)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("training:detail", pk)
    messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return redirect("training:detail", pk)


@require(Permission.MANAGE_TRAINING)
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    form = forms.AssignForm(request.POST, cohorts=_cohorts(request))
    if not form.is_valid():
        return _detail(request, course, form)
    cohort, today = form.cleaned_data["cohort"], timezone.localdate()
    try:
        count = courses.assign(
            by=request.user,  # type: ignore[arg-type]
            course=course,
            cohort=cohort,
            due_on=form.cleaned_data["due_on"],
            today=today,
        )
    except ValidationError as error:
        for key, texts in error.message_dict.items():
            form.add_error(key if key in form.fields else None, texts)  # type: ignore[arg-type]
        return _detail(request, course, form)
    told = ngettext("Assigned to %(n)s person in %(cohort)s.", "Assigned to %(n)s people in %(cohort)s.", count)
    if not count:
        told = _("Everybody in %(cohort)s has this course already.")
    messages.success(request, told % {"n": count, "cohort": cohort.name})
    return redirect("training:detail", pk)


def _units(request: HttpRequest) -> QuerySet[Unit] | None:
    """The units whose people are counted for the reader; None: all."""
    if sees_everything(request.user, Permission.MANAGE_TRAINING):
        return None
    return visible_units(request.user, Permission.MANAGE_TRAINING)


def _cohorts(request: HttpRequest) -> QuerySet[Cohort]:
    return cohorts_within(request.user, Permission.MANAGE_TRAINING)  # type: ignore[arg-type]


def _detail(request: HttpRequest, course: Course, form: forms.AssignForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    versions = list(course.versions.prefetch_related("lessons"))
    published = [version for version in versions if version.published_at]
    draft = next((version for version in versions if version.published_at is None), None)
    shown = published[-1] if published else draft
    cohorts = _cohorts(request)
    lessons = shown.lessons.all() if shown else []
    rendered = [(lesson, markdown.render(lesson.body, below=1, images=True)) for lesson in lessons]
    context = {
        "course": course,
        "published": published,
        "draft": draft,
        "shown": shown,
        "lessons": rendered,
        "requirements": Requirement.objects.filter(code__in=course.requirements),
        "progress": queries.by_cohort(course, today, _units(request)),
        "form": form or forms.AssignForm(initial={"due_on": today + dt.timedelta(days=42)}, cohorts=cohorts),
        "has_cohorts": cohorts.exists(),
        "sessions": sessions.of_course(course),
        "now": timezone.now(),
        "can_write": can(request.user, Permission.WRITE_COURSES),
    }
    return render(request, "programs/training/detail.html", context, status=422 if form and form.errors else 200)


def _edit(request: HttpRequest, course: Course | None) -> HttpResponse:
    # The draft when there is one, else the newest published version, from which the next draft is made.
    version = course.versions.select_related("course").order_by("-number").first() if course else None
    start = forms.saved(version) if version else forms.blank()
    if request.method != "POST":
        return _page(request, forms.CourseForm(initial=start), course)
    again = _shown_again(request.POST)
    if again is not None:
        return _page(request, forms.CourseForm(initial=again), course)
    form = forms.CourseForm(request.POST, initial=start)
    if form.is_valid():
        try:
            return _save(request, form, course)
        except ValidationError as error:
            form.refuse(error)
    return _page(request, form, course, status=422)


def _shown_again(data: QueryDict) -> dict[str, Any] | None:
    """The values for a page that only grows or shrinks; ``None`` when the person saves."""
    values = forms.typed(data)
    for what in forms.MOST:
        if f"add_{what}" in data:
            return forms.one_more(values, what)
        if data.get(f"remove_{what}", "").isdigit():
            return forms.without(values, what, int(str(data[f"remove_{what}"])))
    if data.get("add_option", "").isdigit():
        return forms.one_more_option(values, int(str(data["add_option"])))
    return None


def _save(request: HttpRequest, form: forms.CourseForm, course: Course | None) -> HttpResponse:
    data = form.cleaned_data
    version = courses.save_draft(
        by=request.user,  # type: ignore[arg-type]
        course=course,
        name=data["name"],
        summary=data["summary"],
        requirements=data["requirements"],
        lessons=form.lessons(),
        quiz=form.quiz(),
        pass_mark=data["pass_mark"],
        rules=form.rules(),
        sessions=data["sessions"] or 0,
    )
    if "publish" not in request.POST:
        messages.success(request, _("The draft is saved. Nobody sees it until you publish it."))
        return redirect("training:detail", version.course.pk)
    return publish(request, version.course.pk)


def _page(request: HttpRequest, form: forms.CourseForm, course: Course | None, status: int = 200) -> HttpResponse:
    return render(request, "programs/training/edit.html", {"form": form, "course": course}, status=status)
