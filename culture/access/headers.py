"""What a browser is told about every page: run and load nothing but ours, keep nothing of a download.

Styles: no style sheet or ``<style>`` from elsewhere or inside a page; only ``style=""`` of an element (the length of a
bar) is allowed, which runs nothing. Scripts: files of this site only.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
UNUSED = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


class Headers:
    """A view that says something stricter itself (the answering pages) keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", UNUSED)
        session = getattr(request, "session", None)
        if session is not None and session.accessed:
            kept = "no-store, private" if "Content-Disposition" in response.headers else "no-cache, private"
            response.headers.setdefault("Cache-Control", kept)
        return response
