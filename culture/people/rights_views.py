"""The page "My data" and its downloads: everybody sees his own, and nobody else's."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from culture.access.audit import record
from culture.access.fresh import fresh_sign_in
from culture.people import rights_export
from culture.people.models import Employee


def _myself(request: HttpRequest) -> Employee:
    if not isinstance(request.user, Employee):
        raise PermissionDenied
    return request.user


@never_cache
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything stored about the reader, in plain words; long lists go on in the download."""
    person = _myself(request)
    context = {"sections": rights_export.sections(person, limit=rights_export.SHOWN), "person": person}
    return render(request, "culture/people/rights.html", context)


@never_cache
@require_GET
@fresh_sign_in(otherwise="people:my_data")
def my_data_json(request: HttpRequest) -> HttpResponse:
    return _file(request, rights_export.as_json, "json", "application/json")


@never_cache
@require_GET
@fresh_sign_in(otherwise="people:my_data")
def my_data_page(request: HttpRequest) -> HttpResponse:
    return _file(request, rights_export.as_page, "html", "text/html; charset=utf-8")


@never_cache
@require_GET
@fresh_sign_in(otherwise="people:my_data")
def my_data_zip(request: HttpRequest) -> HttpResponse:
    return _file(request, rights_export.as_zip, "zip", "application/zip")


def _file(request: HttpRequest, make: object, ending: str, kind: str) -> HttpResponse:
    person = _myself(request)
    content = make(person, now=timezone.now())  # type: ignore[operator]
    record(person, "rights.download", person, format=ending)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="my-data.{ending}"'
    return response
