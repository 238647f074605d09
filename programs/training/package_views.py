"""Courses as zip files: a look at what one would change, taking it over, and giving one out."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.training import importing, languages
from programs.training.content_models import CourseUpload
from programs.training.interchange import archive, folder, folder_writing, plans
from programs.training.models import Course

LARGEST_ZIP = archive.LARGEST_COURSE
KEPT = dt.timedelta(hours=24)


class PackageForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Zip file"), help_text=gettext_lazy("A course folder as a zip, up to 60 MB unpacked.")
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_ZIP:
            raise ValidationError(_("The file is larger than %(most)d MB.") % {"most": LARGEST_ZIP // archive.MEGABYTE})
        return file.read()


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Read the file and show what it would change; nothing is taken over yet."""
    form = PackageForm(request.POST, request.FILES) if request.method == "POST" else PackageForm()
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"]
        try:
            context |= _looked_at(folder.read(archive.from_zip(content)))
        except archive.Unreadable as error:
            form.add_error("file", str(error))
        else:
            if not context["problems"]:
                context["upload"] = _kept(request, content)
    bad = bool(form.errors or context.get("problems"))
    return render(request, "programs/training/import_course.html", context, status=422 if bad else 200)


def _looked_at(read: plans.Reading) -> dict[str, object]:
    plan = read.course
    seen = importing.preview(plan) if not read.problems else None
    return {
        "read": read,
        "plan": plan,
        "languages": languages.names(plan.languages),
        "preview": seen,
        "problems": [str(problem) for problem in read.problems],
        "lessons": [lesson.texts[plan.language] for lesson in plan.lessons if plan.language in lesson.texts],
        "files": sorted(plan.files or {}),
    }


def _kept(request: HttpRequest, content: bytes) -> CourseUpload:
    """One upload a person, for a day: the second step takes over exactly what was looked at."""
    me = cast(Employee, request.user)
    CourseUpload.objects.filter(employee=me).delete()
    digest = hashlib.sha256(content).hexdigest()
    return CourseUpload.objects.create(employee=me, content=content, sha256=digest, at=timezone.now())


@require(Permission.WRITE_COURSES)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("upload", "")
    kept = CourseUpload.objects.filter(employee=cast(Employee, request.user), at__gte=timezone.now() - KEPT)
    upload = kept.filter(pk=number).first() if number.isdigit() else None
    if upload is None:
        messages.error(request, _("This upload is over: bring the file again."))
        return redirect("training:import_course")
    read = folder.read(archive.from_zip(bytes(upload.content)))
    try:
        draft = importing.take(by=request.user, plan=read.course)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("training:import_course")
    upload.delete()
    messages.success(request, _("The course is there as a draft. Look at it, then publish it."))
    return redirect("training:detail", draft.course.pk)


@require(Permission.WRITE_COURSES)
@require_safe
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """What people see (else the draft) as a zip, the same folder that is read."""
    course = get_object_or_404(Course, pk=pk)
    version = importing.published(course)
    if version is None:
        raise Http404
    plan = importing.plan_of(version)
    content = archive.to_zip(folder_writing.write(plan), plan.slug)
    name = f"{plan.slug}-v{version.number}.zip"
    return HttpResponse(
        content, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
