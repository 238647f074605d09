"""Until the first start is over nothing but it, health and static files answers."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from culture.access import organisation

OPEN = ("/healthz", "/readyz", "/setup/")


class SetupGate:
    """503 with a page that says what to do; the API's one error shape for the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        free = request.path.startswith((*OPEN, settings.STATIC_URL))
        if free or organisation.is_set_up():
            return self.get_response(request)
        if request.path.startswith("/api/"):
            error = {"code": "not_set_up", "message": "This Trivium is not set up yet.", "fields": {}}
            answer: HttpResponse = JsonResponse({"error": error}, status=503)
        else:
            answer = render(request, "culture/access/setup_closed.html", status=503)
        answer["Retry-After"] = "600"
        answer["Cache-Control"] = "no-store"
        return answer
