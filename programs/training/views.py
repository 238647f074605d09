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

from culture.access import organisation
from culture.access.permissions import Permission, can, require, sees_everything, visible_units
from culture.framework import texts
from culture.framework.models import Requirement
from culture.people.models import Unit
from programs.planning.models import Cohort
from programs.planning.queries import cohorts_within
from programs.training import (
    assign_forms,
    assigning,
    courses,
    editions,
    files,
    forms,
    languages,
    learning,
    loading,
    queries,
    sessions,
)
from programs.training.interchange import plans
from programs.training.language_forms import AddLanguageForm
from programs.training.models import Course, CourseVersion, Lesson


@require(Permission.MANAGE_TRAINING)
@require_safe
def list_courses(request: HttpRequest) -> HttpResponse:
    rows = queries.listed(timezone.localdate(), _units(request))
    can_write = can(request.user, Permission.WRITE_COURSES)
    ready = [
        {
            "name": texts.pick(plan.names),
            "about": texts.pick(plan.summaries),
            "languages": languages.names(plan.languages),
        }
        for plan in (loading.absent() if can_write else [])
    ]
    context = {"rows": rows, "can_write": can_write, "ready": ready}
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
    for told in files.uncaptioned(version):
        messages.warning(request, told)
    return redirect("training:detail", pk)


@require(Permission.WRITE_COURSES)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    try:
        editions.discard_draft(by=request.user, course=course)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("training:detail", pk)
    messages.success(request, _("The draft is thrown away."))
    return redirect("training:detail", pk) if course.pk else redirect("training:courses")


@require(Permission.MANAGE_TRAINING)
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    form = assign_forms.AssignForm(request.POST, cohorts=_cohorts(request))
    if not form.is_valid():
        return _detail(request, course, form)
    cohort, today = form.cleaned_data["cohort"], timezone.localdate()
    try:
        count = assigning.assign(
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


def _detail(request: HttpRequest, course: Course, form: assign_forms.AssignForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    versions = list(course.versions.prefetch_related("lessons", "files"))
    published = [version for version in versions if version.published_at]
    draft = next((version for version in versions if version.published_at is None), None)
    shown = published[-1] if published else draft
    cohorts = _cohorts(request)
    language = languages.asked(request, shown) if shown else ""
    context = {
        "course": course,
        "published": published,
        "draft": draft,
        "shown": shown,
        "language": language,
        "menu": languages.menu(shown) if shown else [],
        "lessons": [learning.page(lesson, language, below=2) for lesson in _lessons(shown)],
        "quiz": shown.quiz_in(language) if shown else [],
        "translations": _translations(draft or shown),
        "add_language": AddLanguageForm(has=(draft or shown).languages) if draft or shown else None,  # type: ignore[union-attr]
        "files": shown.files.all() if shown else [],
        "requirements": Requirement.objects.filter(code__in=course.requirements),
        "progress": queries.by_cohort(course, today, _units(request)),
        "form": form or assign_forms.AssignForm(initial={"due_on": today + dt.timedelta(days=42)}, cohorts=cohorts),
        "has_cohorts": cohorts.exists(),
        "may_take_back": set(assigning.cohorts_of(request.user).values_list("pk", flat=True)),  # type: ignore[arg-type]
        "sessions": sessions.of_course(course),
        "now": timezone.now(),
        "can_write": can(request.user, Permission.WRITE_COURSES),
    }
    return render(request, "programs/training/detail.html", context, status=422 if form and form.errors else 200)


def _lessons(version: CourseVersion | None) -> list[Lesson]:
    """The lessons with the version they are of, without asking for it again."""
    lessons = list(version.lessons.all()) if version else []
    for lesson in lessons:
        lesson.version = version  # type: ignore[assignment]
    return lessons


def _translations(version: CourseVersion | None) -> list[plans.Translated]:
    if version is None:
        return []
    plan = editions.plan_of(version)
    return [plans.translated(code, plan) for code in version.languages if code != version.language]


def _edit(request: HttpRequest, course: Course | None) -> HttpResponse:
    version = editions.newest(course) if course else None
    before = editions.plan_of(version) if version else None
    start = forms.saved(before) if before else forms.blank(organisation.current().language)
    if request.method != "POST":
        return _page(request, forms.CourseForm(initial=start), course, before)
    again = _shown_again(request.POST)
    if again is not None:
        return _page(request, forms.CourseForm(initial=again), course, before)
    form = forms.CourseForm(request.POST, initial=start)
    if form.is_valid():
        try:
            return _save(request, form, course, before)
        except ValidationError as error:
            form.refuse(error)
    return _page(request, form, course, before, status=422)


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


def _save(
    request: HttpRequest, form: forms.CourseForm, course: Course | None, before: plans.CoursePlan | None
) -> HttpResponse:
    version = editions.write(by=request.user, course=course, plan=form.plan(before))  # type: ignore[arg-type]
    if "publish" not in request.POST:
        messages.success(request, _("The draft is saved. Nobody sees it until you publish it."))
        for told in files.uncaptioned(version):
            messages.warning(request, told)
        return redirect("training:detail", version.course.pk)
    return publish(request, version.course.pk)


def _page(
    request: HttpRequest,
    form: forms.CourseForm,
    course: Course | None,
    before: plans.CoursePlan | None,
    status: int = 200,
) -> HttpResponse:
    several = before is not None and len(before.languages) > 1
    context = {
        "form": form,
        "course": course,
        "main": languages.name(before.language) if before else "",
        "others": languages.names(code for code in before.languages if code != before.language) if before else "",
        "several": several,
    }
    return render(request, "programs/training/edit.html", context, status=status)
