"""Translating a course: a language beside the main one, what is missing, what changed since."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from culture.access.permissions import Permission, require
from programs.training import editions, languages
from programs.training.interchange import plans
from programs.training.interchange.head import LANGUAGE
from programs.training.language_forms import AddLanguageForm, LanguageForm
from programs.training.models import Course, CourseVersion


@require(Permission.WRITE_COURSES)
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    course, version = _version(pk)
    form = AddLanguageForm(request.POST, has=version.languages)
    if not form.is_valid():
        messages.error(request, _("Choose a language the course does not have yet."))
        return redirect("training:detail", course.pk)
    return redirect("training:language", course.pk, form.cleaned_data["code"])


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    course, version = _version(pk)
    if code == version.language or not LANGUAGE.fullmatch(code) or len(code) > 12:
        raise Http404
    plan = editions.plan_of(version)
    form = LanguageForm(request.POST if request.method == "POST" else None, plan=plan, language=code)
    if request.method == "POST" and form.is_valid():
        try:
            editions.translate(by=request.user, course=course, language=code, words=form.words())  # type: ignore[arg-type]
            messages.success(request, _("The draft is saved. Nobody sees it until you publish it."))
            return redirect("training:detail", pk)
        except ValidationError as error:
            _refuse(form, plan, code, error)
    context = {
        "course": course,
        "form": form,
        "code": code,
        "name": languages.name(code),
        "main": languages.name(plan.language),
        "main_code": plan.language,
        "state": plans.translated(code, plan),
        "has": code in version.languages,
        "sections": form.sections(),
    }
    return render(request, "programs/training/language.html", context, status=422 if form.errors else 200)


@require(Permission.WRITE_COURSES)
@require_POST
def drop(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    course, _newest = _version(pk)
    try:
        editions.drop_language(by=request.user, course=course, language=code)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("training:detail", pk)
    told = _("%(language)s is taken out of the draft. Versions that are published keep it.")
    messages.success(request, told % {"language": languages.name(code)})
    return redirect("training:detail", pk)


def _version(pk: int) -> tuple[Course, CourseVersion]:
    course = get_object_or_404(Course, pk=pk)
    version = editions.newest(course)
    if version is None:
        raise Http404
    return course, version


def _refuse(form: LanguageForm, plan: plans.CoursePlan, code: str, error: ValidationError) -> None:
    """The service counts lessons by place; the page knows them by key."""
    for field, told in error.message_dict.items():
        _word, _mark, rest = field.partition("_")
        number, _mark, part = rest.partition("_")
        shown = f"lesson_{plan.lessons[int(number)].key}_{part.removeprefix(f'{code}_')}" if number.isdigit() else field
        form.add_error(shown if shown in form.fields else None, told)  # type: ignore[arg-type]
