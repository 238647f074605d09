"""The files of a course's draft: what is there, adding, taking out."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from culture.access.permissions import Permission, require
from programs.training import editions, files, learning
from programs.training.interchange import archive, media
from programs.training.models import Course, CourseVersion


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"))

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        if file.size > archive.LARGEST_FILE:
            most = archive.LARGEST_FILE // archive.MEGABYTE
            raise ValidationError(_("The file is larger than %(most)d MB.") % {"most": most})
        return str(file.name).replace(" ", "-"), file.read()


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    course, version = _version(pk)
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        name, content = form.cleaned_data["file"]
        try:
            draft = _draft(request, course, version)
            files.add(by=request.user, draft=draft, name=name, content=content)  # type: ignore[arg-type]
            messages.success(request, _("%(name)s is in the draft.") % {"name": name})
            return redirect("training:files", pk)
        except ValidationError as error:
            form.add_error("file", error.messages)
    films = [
        (video, media.captions(video, files.names(version)))
        for video in version.lessons.values_list("video", flat=True)
    ]
    spoken = {name: media.file_of(video) for video, found in films for name in found.values()}
    rows = [
        {
            "name": row.name,
            "size": row.blob.size,
            "url": learning.file_url(version, row.name),
            "picture": media.content_type(row.name).startswith(media.PICTURES),
            "written": _written(row.name),
            "captions": spoken.get(row.name, ""),
        }
        for row in version.files.select_related("blob").defer("blob__content")
    ]
    context = {
        "course": course,
        "version": version,
        "form": form,
        "rows": rows,
        "silent": files.uncaptioned(version),
        "kinds": ", ".join(media.KINDS),
        "most": archive.LARGEST_FILE // archive.MEGABYTE,
    }
    return render(request, "programs/training/files.html", context, status=422 if form.errors else 200)


def _written(name: str) -> str:
    """How a lesson's text or film names the file."""
    kind = media.content_type(name)
    if kind.startswith(("video/", "audio/")):
        return f"files/{name}"
    return f"![…](files/{name})" if kind.startswith(media.PICTURES) else f"[…](files/{name})"


@require(Permission.WRITE_COURSES)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    course, version = _version(pk)
    try:
        draft = _draft(request, course, version)
        files.remove(by=request.user, draft=draft, name=request.POST.get("name", ""))  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:files", pk)


def _version(pk: int) -> tuple[Course, CourseVersion]:
    course = get_object_or_404(Course, pk=pk)
    version = editions.newest(course)
    if version is None:
        raise Http404
    return course, version


def _draft(request: HttpRequest, course: Course, version: CourseVersion) -> CourseVersion:
    """The draft; made from what is published when there is none."""
    if version.published_at is None:
        return version
    return editions.write(by=request.user, course=course, plan=editions.plan_of(version))  # type: ignore[arg-type]
