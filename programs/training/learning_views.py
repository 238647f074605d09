"""The employee's pages of a course: a lesson, its question to think about, the quiz, and the course's files."""

from __future__ import annotations

import re
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access.headers import POLICY
from culture.access.permissions import Permission, can, require
from culture.people.models import Employee
from programs.training import answering, courses, files, languages, learning, queries, quizzes, thinking
from programs.training.content_models import CourseFile
from programs.training.interchange import media
from programs.training.models import Assignment, Course, CourseVersion, QuizAttempt
from programs.training.quiz_forms import QuizForm

# A lesson may play the course's own film; everything else stays as on every page.
WITH_FILM = f"{POLICY}; media-src 'self'"
# A file is never a page of ours: whatever it holds, it runs nothing.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_range = re.compile(r"bytes=(\d*)-(\d*)")


@require(Permission.DO_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    course, version = mine(request, pk)
    if closed := _closed(request, pk):
        return closed
    rows = queries.lesson_rows(_me(request), version)
    here = next((row for row in rows if row["lesson"].position == position), None)
    if here is None:
        raise Http404
    one = here["lesson"]
    after = next((row["lesson"] for row in rows if row["lesson"].position > position), None)
    error = ""
    if request.method == "POST":
        try:
            if "thought" in request.POST:
                thinking.keep(by=_me(request), lesson=one, text=request.POST["thought"], now=timezone.now())
            if "keep" in request.POST:
                messages.success(request, _("Kept. Only you can read it."))
                return redirect("training:lesson", pk, position)
            completion = courses.finish_lesson(employee=_me(request), lesson=one)
            return _onward(request, pk, version, after.position if after else None, completion is not None)
        except ValidationError as refused:
            error = " ".join(refused.messages)
    language = languages.of_reader(request, version)
    one.version = version
    thought = thinking.of_lesson(_me(request), one)
    context = {
        "course": course,
        "name": course.label_in(language),
        "version": version,
        "page": learning.page(one, language),
        "menu": languages.menu(version),
        "language": language,
        "done": here["done"],
        "number": rows.index(here) + 1,
        "total": len(rows),
        "before": next((row["lesson"] for row in reversed(rows) if row["lesson"].position < position), None),
        "after": after,
        "thought": request.POST.get("thought", "") if error else (thought.text if thought else ""),
        "thought_error": error,
    }
    response = render(request, "programs/training/lesson.html", context, status=422 if error else 200)
    response["Content-Security-Policy"] = WITH_FILM
    return response


@require(Permission.DO_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, pk: int) -> HttpResponse:
    course, version = mine(request, pk)
    if not version.quiz:
        raise Http404
    if closed := _closed(request, pk):
        return closed
    # A path may ask for the quiz alone, of who knows it all already.
    rows = [] if courses.quiz_alone(_me(request), pk) else queries.lesson_rows(_me(request), version)
    left = [row["lesson"] for row in rows if not row["done"]]
    turn = answering.turn(_me(request), version, timezone.now())
    if request.method == "POST" and request.POST.get("number", "") not in {"", str(turn.number)}:
        messages.warning(request, _("This try was handed in already, in another window. Here is the next one."))
        return redirect("training:quiz", pk)
    language = languages.of_reader(request, version)
    data = request.POST if request.method == "POST" else None
    form = QuizForm(data, quiz=version.quiz_in(language), turn=turn)
    if request.method == "POST" and form.is_valid():
        try:
            attempt = answering.answer_quiz(employee=_me(request), version=version, answers=form.answers())
            return redirect("training:attempt", pk, attempt.pk)
        except ValidationError as error:
            form.refuse(error)
    context = {
        "course": course,
        "name": course.label_in(language),
        "version": version,
        "form": form,
        "count": len(turn.paper.asked),
        "turn": turn,
        "menu": languages.menu(version),
        "language": language,
        "first_left": left[0] if left else None,
    }
    return render(request, "programs/training/quiz.html", context, status=422 if form.errors else 200)


@require(Permission.DO_TRAINING)
@require_safe
def attempt(request: HttpRequest, pk: int, attempt_pk: int) -> HttpResponse:
    """What was right, what was not and why, of one's own attempt."""
    mine = QuizAttempt.objects.select_related("version__course")
    row = get_object_or_404(mine, pk=attempt_pk, employee=_me(request), version__course=pk)
    language = languages.of_reader(request, row.version)
    said = row.version.quiz_in(language)
    context = {
        "attempt": row,
        "course": row.version.course,
        "name": row.version.course.label_in(language),
        "language": language,
        "menu": languages.menu(row.version),
        "questions": quizzes.explain(said, row.asked or range(len(said)), row.answers),
        "completion": _me(request).completions.filter(version=row.version).order_by("-done_on").first(),
    }
    return render(request, "programs/training/attempt.html", context)


@require(Permission.DO_TRAINING)
@require_safe
def file(request: HttpRequest, pk: int, version_pk: int, name: str) -> HttpResponseBase:
    """A picture, film or download of a course: for whom it is assigned to, and for who writes or assigns courses."""
    found = CourseFile.objects.select_related("version", "blob").defer("blob__content")
    row = get_object_or_404(found, version=version_pk, version__course=pk, name=name)
    writes = can(request.user, Permission.WRITE_COURSES) or can(request.user, Permission.MANAGE_TRAINING)
    if not writes and (row.version.published_at is None or not _assigned(_me(request), pk)):
        raise Http404
    return _served(request, row)


def _served(request: HttpRequest, row: CourseFile) -> HttpResponseBase:
    kind, size, digest = media.content_type(row.name), row.blob.size, row.blob.pk
    if request.headers.get("If-None-Match") == f'"{digest}"':
        return HttpResponse(status=304)
    first, last = 0, size - 1
    wanted = _range.fullmatch(request.headers.get("Range", ""))
    if wanted and any(wanted.groups()):
        first, last = _span(wanted.group(1), wanted.group(2), size)
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    body = files.parts(digest, first, last) if request.method == "GET" else iter(())
    response = StreamingHttpResponse(body, content_type=kind, status=206 if wanted and any(wanted.groups()) else 200)
    if response.status_code == 206:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{digest}"'
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cache-Control"] = "private, max-age=3600"
    if not kind.startswith(media.SHOWN):
        response.headers["Content-Disposition"] = _attachment(row.name)
    return response


def _attachment(name: str) -> str:
    plain = name.encode("ascii", "ignore").decode() or "file"
    quoted = "".join(f"%{byte:02X}" if byte > 127 or byte in b" %'()" else chr(byte) for byte in name.encode())
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quoted}"


def _span(begin: str, end: str, size: int) -> tuple[int, int]:
    """First and last byte; the last so many when only the second is given."""
    if not begin:
        return max(0, size - int(end)), size - 1
    return int(begin), min(int(end), size - 1) if end else size - 1


def _closed(request: HttpRequest, course: int) -> HttpResponse | None:
    """Back to the course when a path asks for something else first."""
    first = queries.closed_by(_me(request), course)
    if not first:
        return None
    messages.info(request, _("First: %(names)s.") % {"names": ", ".join(first)})
    return redirect("training:my_course", course)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def _assigned(employee: Employee, course: int) -> bool:
    """One's own, by hand or by a path; what one has done stays open to read."""
    assigned = Assignment.objects.filter(Q(course=course) | Q(step__course=course), employee=employee)
    return assigned.exists() or employee.completions.filter(version__course=course).exists()


def mine(request: HttpRequest, pk: int) -> tuple[Course, CourseVersion]:
    """A course of one's own and the version one reads; 404 when it is not assigned."""
    course = get_object_or_404(Course, pk=pk)
    version = queries.version_for(_me(request), course) if _assigned(_me(request), pk) else None
    if version is None:
        raise Http404
    version.course = course
    return course, version


def _onward(request: HttpRequest, pk: int, version: CourseVersion, after: int | None, complete: bool) -> HttpResponse:
    if after is not None:
        return redirect("training:lesson", pk, after)
    if version.quiz and not complete:
        return redirect("training:quiz", pk)
    if complete:
        messages.success(request, _("Well done: you have completed this course."))
    return redirect("training:my_course", pk)
