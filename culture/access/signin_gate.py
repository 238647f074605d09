"""On every page of somebody who signed in: has he left, and does an HR admin have his second factor?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from culture.access import signin
from culture.people.models import Employee

SEEN_EVERY = 15 * 60
DOOR = "/accounts/"  # sign-in and security: the only pages that stay open
API = "/api/"


class SignInGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Pages for anybody ask for no session; the API's views sign in by themselves, yet may use this session.
        if not getattr(view, "login_required", True) and not request.path.startswith(API):
            return None
        user = request.user
        if not isinstance(user, Employee):
            return None
        if signin.has_left(user):
            logout(request)
            return self.refuse(request, "account_closed", "This account is closed.", "account_inactive")
        self.seen(request)
        if not request.path.startswith(DOOR) and signin.lacks_second_factor(user):
            message = "Set up your second factor first, at /accounts/security/."
            return self.refuse(request, "second_factor_missing", message, "account_security")
        return None

    def refuse(self, request: HttpRequest, code: str, message: str, page: str) -> HttpResponse:
        if request.path.startswith(API):
            return JsonResponse({"error": {"code": code, "message": message, "fields": {}}}, status=403)
        return redirect(page)

    def seen(self, request: HttpRequest) -> None:
        """When a session was last used, to the quarter of an hour. Only sessions that came through the door have it."""
        last = request.session.get("seen")
        if last is not None and time.time() - last > SEEN_EVERY:
            request.session["seen"] = time.time()
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
