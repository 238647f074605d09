"""Questions in and out: import into the draft, download of what people see."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from culture.access.permissions import Permission, require
from programs.training import courses
from programs.training.interchange import gift, moodle
from programs.training.interchange.reading import Problem
from programs.training.models import Course
from programs.training.quiz_forms import ImportForm

WRITERS = {"gift": (gift.write, "text/plain", "txt"), "xml": (moodle.write, "application/xml", "xml")}
EXAMPLE = """\
Who is a customer? {
=Whoever needs something from me#A colleague too.
~Only who pays#Colleagues who are served badly serve badly.
}

How many sins of service are there? {#7}"""


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def import_quiz(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    taken = 0
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data["file"]
        problems = read.problems
        if read.questions:
            try:
                courses.take_questions(
                    by=request.user,  # type: ignore[arg-type]
                    course=course,
                    questions=read.questions,
                    replace=form.cleaned_data["replace"],
                )
                taken = len(read.questions)
            except ValidationError as error:
                form.add_error(None, error.messages)
        elif not problems:
            form.add_error("file", _("There is no question in this file."))
    if taken and not problems:
        told = ngettext("%(n)d question is in the draft.", "%(n)d questions are in the draft.", taken)
        messages.success(request, told % {"n": taken})
        return redirect("training:edit", pk)
    failed = request.method == "POST" and not taken
    context = {"course": course, "form": form, "problems": problems, "taken": taken, "example": EXAMPLE}
    return render(request, "programs/training/import_quiz.html", context, status=422 if failed else 200)


@require(Permission.WRITE_COURSES)
@require_safe
def quiz_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The questions of the newest published version, else of the draft; ``form``: gift or xml."""
    course = get_object_or_404(Course, pk=pk)
    version = (
        course.versions.exclude(published_at=None).order_by("-number").first()
        or course.versions.order_by("-number").first()
    )
    if form not in WRITERS or version is None or not version.quiz:
        raise Http404
    write, kind, ending = WRITERS[form]
    name = slugify(course.name) or f"course-{pk}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return HttpResponse(write(version.quiz), content_type=f"{kind}; charset=utf-8", headers=headers)
