"""The page "Sign-in and security", the sessions it ends, and the one-time link."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from culture.access import addresses, signin, tokens
from culture.access.address_views import came_without_mail
from culture.people.models import Employee


def _factors(user: Employee) -> dict[str, Any]:
    passkeys, codes, totp = [], None, None
    for found in Authenticator.objects.filter(user=user).order_by("created_at"):
        if found.type == Authenticator.Type.WEBAUTHN:
            passkeys.append(found)
        elif found.type == Authenticator.Type.TOTP:
            totp = found
        else:
            codes = len(found.wrap().get_unused_codes())
    return {"passkeys": passkeys, "totp": totp, "codes": codes}


@never_cache
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """One's own password, second factor, passkeys and sessions."""
    assert isinstance(request.user, Employee)
    context = {
        **_factors(request.user),
        "has_password": request.user.has_usable_password(),
        "must": signin.must_have_second_factor(request.user),
        "lacks": signin.lacks_second_factor(request.user),
        "address_change": addresses.open_change(request.user),
        "address_held": addresses.held(request.user),
        "without_mail": came_without_mail(request),
        "keys": len(tokens.of(request.user)),
        "sessions": signin.sessions_of(request.user, current=request.session.session_key),
    }
    return render(request, "account/security.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions elsewhere."""
    assert isinstance(request.user, Employee)
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    signin.end_sessions(request.user, by=request.user, only=pk)
    messages.success(request, _("That session is ended."))
    return redirect("account_security")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    assert isinstance(request.user, Employee)
    ended = signin.end_sessions(request.user, by=request.user, keep=request.session.session_key)
    messages.success(request, _("Sessions ended: %(number)s.") % {"number": ended})
    return redirect("account_security")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def once(request: HttpRequest, secret: str) -> HttpResponse:
    """A one-time link from HR. A GET uses nothing up: previews and scanners follow links."""
    if request.method == "POST" and (employee := signin.use_link(secret)):
        if request.user.is_authenticated:
            request.session.flush()
        record_authentication(request, employee, method="link")
        return perform_login(request, Login(user=employee))
    owner = signin.owner_of_link(secret)
    return render(request, "account/once.html", {"owner": owner}, status=200 if owner else 410)
