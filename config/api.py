"""The API: every room's routes under one router, one shape of error."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import exception_handler

from culture.access import api as access
from culture.framework import api as framework
from culture.framework import charter_api, readiness_api
from culture.people import api as people
from programs.planning import api as planning
from programs.practices import api as practices
from programs.recognition import api as recognition
from programs.reports import api as reports
from programs.training import api as training
from surveys.answering import api as answering
from surveys.instruments import api as instruments
from surveys.results import api as results
from surveys.waves import api as waves
from surveys.waves import links_api

ROOMS = (
    framework, charter_api, readiness_api, people, access, instruments, waves, links_api, answering, results, planning,
    training, recognition, practices, reports,
)  # fmt: skip

router = DefaultRouter()
for _room in ROOMS:
    for _prefix, _viewset in _room.routes:
        router.register(_prefix, _viewset, basename=f"api-{_prefix}")


def one_error_shape(error: Exception, context: dict[str, Any]) -> Response | None:
    """``{"error": {"code", "message", "fields"}}`` for everything; ``fields`` only names form fields."""
    if isinstance(error, DjangoValidationError):
        found: Any = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        error = exceptions.ValidationError(found)
    response = exception_handler(error, context)
    if response is None:
        return None
    fields: Any = {}
    if isinstance(error, exceptions.ValidationError):
        code, message = "invalid", "Some of what was sent cannot be accepted."
        detail = error.detail
        fields = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    elif isinstance(error, Http404):
        code, message = "not_found", "There is nothing here, or nothing that you may see."
    elif isinstance(error, PermissionDenied):
        code, message = "permission_denied", "You may not do this."
    else:
        assert isinstance(error, exceptions.APIException)
        codes = error.get_codes()
        code, message = codes if isinstance(codes, str) else error.default_code, str(error.detail)
    response.data = {"error": {"code": code, "message": message, "fields": fields}}
    return response
