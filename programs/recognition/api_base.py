"""What the endpoints of recognition share: who calls, the key that makes twice once, and pages by number."""

from __future__ import annotations

import uuid
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from culture.people.models import Employee

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
_SPACE = uuid.UUID("5c0f1a52-6a5e-5d0c-9d3e-7f2d8c1b4a60")
KEY = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="Any text of your own, new for each thing you do: the same again gives the first answer back.",
)


class Newest(CursorPagination):
    """The newest first, however many there are: no page is counted, none is skipped while others write."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200


class Mismatch(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This Idempotency-Key was used before for something else."
    default_code = "idempotency_mismatch"


def me(request: Request) -> Employee:
    return cast(Employee, request.user)


def key_of(request: Request, what: str) -> uuid.UUID:
    """The caller's key for ``what`` he does: nobody else's meets it. Raises ValidationError without one."""
    text = request.headers.get(HEADER, "").strip()
    if not text or len(text) > LONGEST_KEY:
        words = f"Send a header {HEADER} of at most {LONGEST_KEY} characters, new for each thing you do."
        raise serializers.ValidationError({HEADER: [words]})
    return uuid.uuid5(_SPACE, f"{me(request).pk}:{what}:{text}")


def same_or_refuse(asked: dict[str, Any], done: dict[str, Any]) -> None:
    """Raises :class:`Mismatch` where a repeated request asks for something else than was done."""
    if asked != done:
        raise Mismatch
