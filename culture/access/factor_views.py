"""Removing a second factor: the last one of somebody who must have one stays until another takes its place.

allauth asks its adapter for the app only, not for passkeys, and looks before it locks. Here both go one at a time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from culture.people.models import Employee


def _one_at_a_time(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Two requests that each leave one factor must not leave none together: the owner's row is held."""

    @functools.wraps(view)
    def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            Employee.objects.select_for_update(of=("self",)).get(pk=request.user.pk)
            return view(request, *args, **kwargs)

    return held


class RemovePasskey(RemoveWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            return self.render_to_response(self.get_context_data(form=form, must_stay=True), status=422)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stays = not get_adapter().can_delete_authenticator(self.object)
        return super().get_context_data(**{"must_stay": stays, **kwargs})


remove_passkey = _one_at_a_time(RemovePasskey.as_view())
switch_off_app = _one_at_a_time(DeactivateTOTPView.as_view())
