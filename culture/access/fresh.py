"""Some things ask who sits there now: a session left open on a shared computer is not enough."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


def is_fresh(request: HttpRequest) -> bool:
    """Whether this person signed in, or said again who he is, in the last few minutes."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)


def fresh_sign_in(*, otherwise: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Ask for password or second factor first. Who has neither signs in anew with a code; who has no address either
    is sent to the page ``otherwise`` and told how."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if is_fresh(request):
                return view(request, *args, **kwargs)
            if get_reauthentication_flows(request.user):  # type: ignore[arg-type]
                raise ReauthenticationRequired
            if getattr(request.user, "email", None):
                logout(request)
                messages.info(request, _("Please sign in again: this needs a fresh sign-in."))
                return redirect_to_login(request.get_full_path())
            told = _("This works within a few minutes of signing in. Ask HR for a new sign-in link.")
            messages.error(request, told)
            return redirect(otherwise)

        return guarded

    return decorate
