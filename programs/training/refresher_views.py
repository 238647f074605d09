"""A refresher: two or three questions, then what was right and why. Skipping it is as good."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.training import languages, quizzes, refreshing
from programs.training.content_models import Refresher
from programs.training.quiz_forms import QuizForm


@require(Permission.DO_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def refresher(request: HttpRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    version = row.completion.version
    language = languages.of_reader(request, version)
    quiz = refreshing.asked(row, language)
    context = {
        "row": row,
        "course": version.course,
        "name": version.course.label_in(language),
        "language": language,
        "menu": languages.menu(version),
        "count": len(quiz),
    }
    if row.done_at is not None:
        told = quizzes.explain(quiz, range(len(quiz)), row.answers or [])
        return render(request, "programs/training/refreshed.html", {**context, "questions": told})
    form = QuizForm(request.POST if request.method == "POST" else None, quiz=quiz, turn=refreshing.turn(row, quiz))
    if request.method == "POST" and form.is_valid():
        try:
            refreshing.answer(by=_me(request), refresher=row, answers=form.answers(), now=timezone.now())
            return redirect("training:refresher", pk)
        except ValidationError as error:
            form.refuse(error)
    page = render(
        request, "programs/training/refresher.html", {**context, "form": form}, status=422 if form.errors else 200
    )
    return page


@require(Permission.DO_TRAINING)
@require_POST
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    for_good = request.POST.get("do") == "stop"
    if request.POST.get("do") == "resume":
        refreshing.resume(by=_me(request), course=row.completion.version.course)
        messages.success(request, _("You will be offered questions of this course again."))
    else:
        refreshing.skip(by=_me(request), refresher=row, now=timezone.now(), for_good=for_good)
        told = _("No more questions of this course will be offered.") if for_good else _("Skipped. That is all right.")
        messages.success(request, told)
    return redirect("training:my_training")


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def _mine(request: HttpRequest, pk: int) -> Refresher:
    rows = Refresher.objects.select_related("completion__version__course")
    return get_object_or_404(rows, pk=pk, employee=_me(request), due_on__lte=timezone.localdate())
