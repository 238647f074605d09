"""Keys of the API: made by their owner, for a time, seen once, ended at any moment. None says who sits there now.

A key is made right after a fresh sign-in, and where a second factor is set up or required, in a session that passed
it. It opens what its owner may see (and, when he says so, change) by the API: no page, and nothing that asks for a
fresh sign-in (``fresh.is_fresh`` knows sessions only).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from culture.access import audit, signin
from culture.access.token_models import ApiToken
from culture.people.models import Employee

PREFIX = "trv_"
MOST = 10
LONGEST_NAME = 60
LIVES = (7, 30, 90, 365)
SEEN_EVERY = dt.timedelta(minutes=15)
SCHEMES = (b"bearer", b"token")


def passed_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed later, with a second factor or a passkey."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(record.get("method") == "mfa" for record in records)


def needs_second_factor(user: Employee) -> bool:
    """Whether a key of ``user`` is worth a second factor: he must have one, or set one up by himself."""
    return signin.must_have_second_factor(user) or signin.has_second_factor(user)


def refusal(request: HttpRequest) -> str:
    """Why no key can be made in this session, in words; '' when one can."""
    assert isinstance(request.user, Employee)
    if needs_second_factor(request.user) and not passed_second_factor(request):
        return _("A key is made only in a session that passed your second factor.")
    return ""


@transaction.atomic
def make(
    *, employee: Employee, name: str, days: int, may_change: bool, second_factor: bool, now: dt.datetime | None = None
) -> tuple[ApiToken, str]:
    """A key of ``employee`` and its secret, which is nowhere else. Raises ValidationError by field."""
    now = now or timezone.now()
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise ValidationError({"name": _("Give it a name of at most %(most)s letters.") % {"most": LONGEST_NAME}})
    if days not in LIVES:
        raise ValidationError({"days": _("Choose one of the periods.")})
    if needs_second_factor(employee) and not second_factor:
        raise ValidationError(_("A key is made only in a session that passed your second factor."))
    # Held, so that two requests at once do not make one key too many.
    Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    if ApiToken.objects.filter(employee=employee).open(now).count() >= MOST:  # type: ignore[attr-defined]
        raise ValidationError(_("You have %(most)s keys already. End one you no longer need.") % {"most": MOST})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        employee=employee,
        name=name,
        digest=_digest(secret),
        hint=secret[-4:],
        may_change=may_change,
        second_factor=second_factor,
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    audit.record(employee, "token.made", employee, token=token.pk, days=days, may_change=may_change)
    return token, secret


@transaction.atomic
def end(token: ApiToken, *, by: Employee | None, now: dt.datetime | None = None) -> bool:
    """End ``token`` at once; False when it was ended before."""
    ended = ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=now or timezone.now())
    if ended:
        audit.record(by, "token.ended", token.employee, token=token.pk)
    return bool(ended)


@transaction.atomic
def end_all(employee: Employee, *, by: Employee | None, now: dt.datetime | None = None) -> int:
    """End every key of ``employee``: his sign-in may have been somebody else's."""
    now = now or timezone.now()
    ended = ApiToken.objects.filter(employee=employee).open(now).update(ended_at=now)  # type: ignore[attr-defined]
    if ended:
        audit.record(by, "token.ended", employee, tokens=ended)
    return ended


def of(employee: Employee) -> list[ApiToken]:
    """The keys that open something, the newest first."""
    found = ApiToken.objects.filter(employee=employee).open(timezone.now())  # type: ignore[attr-defined]
    return list(found.order_by("-created_at", "-pk"))


def owner(secret: str, *, now: dt.datetime) -> ApiToken | None:
    """The key with this secret, while it opens anything: not over, its owner here, his second factor as it must be."""
    found = ApiToken.objects.filter(digest=_digest(secret)).open(now)  # type: ignore[attr-defined]
    token: ApiToken | None = found.select_related("employee").first()
    if token is None or not token.employee.is_active or signin.has_left(token.employee):
        return None
    if signin.must_have_second_factor(token.employee) and not (
        token.second_factor and signin.has_second_factor(token.employee)
    ):
        return None
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer trv_…``; a request that carries a key is never answered by the session beside it."""

    def authenticate(self, request: Request) -> tuple[Employee, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in SCHEMES:
            return None
        try:
            secret = parts[1].decode("ascii") if len(parts) == 2 else ""
        except UnicodeDecodeError:
            secret = ""
        now = timezone.now()
        token = owner(secret, now=now) if secret.startswith(PREFIX) else None
        if token is None:
            raise exceptions.AuthenticationFailed(_("This key does not open anything (any more)."))
        if request.method not in SAFE_METHODS and not token.may_change:
            raise exceptions.PermissionDenied(_("This key may only read. Make one that may change things, too."))
        _seen(token, now)
        return token.employee, token


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description of the API names the key."""

    target_class = "culture.access.tokens.TokenAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def _seen(token: ApiToken, now: dt.datetime) -> None:
    """When it was last used, to the quarter of an hour; of many requests at once one writes."""
    if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
        before = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
        ApiToken.objects.filter(before, pk=token.pk).update(last_used_at=now)


def shown(tokens: list[ApiToken]) -> list[dict[str, Any]]:
    """Rows for a page, each with the days it still has."""
    now = timezone.now()
    return [{"token": token, "days": max(0, (token.expires_at - now).days)} for token in tokens]
