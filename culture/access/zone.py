"""Every page and task lives in the organisation's zone: what is "today", and when a moment was, is one answer for all.

The zone is chosen at set-up; the machine's own (settings.TIME_ZONE) may be another one. Where a person's or a survey's
own zone counts, the code there says so.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.signals import request_finished
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from culture.access import clock


class Middleware:
    """Active until the answer is sent: a long file is written after the view has returned."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a database there is still a page that says so.
        with suppress(DatabaseError):
            timezone.activate(clock.zone())
        return self.get_response(request)


def leave(**_kwargs: Any) -> None:
    timezone.deactivate()


request_finished.connect(leave, dispatch_uid="culture.access.zone")
