"""What happens at the door, written into the audit trail. allauth tells it by signals; there is no other seam."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from culture.access import audit, signin, tokens
from culture.people.models import Employee


def _note(user: Any, verb: str, request: HttpRequest | None, **detail: Any) -> None:
    if isinstance(user, Employee):
        audit.record(user, verb, user, **detail, **signin.whereby(request))


@receiver(account.user_logged_in, dispatch_uid="trivium.signed_in")
def _signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    methods = [str(r.get("type") or r.get("method")) for r in get_authentication_records(request, user)]
    request.session["seen"] = 0
    _note(user, "sign-in", request, method=" + ".join(dict.fromkeys(methods)) or "link")


@receiver(user_logged_out, dispatch_uid="trivium.signed_out")
def _signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    _note(user, "sign-out", request)


@receiver([account.password_changed, account.password_set], dispatch_uid="trivium.password_changed")
def _password_changed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    _note(user, "password.changed", request)
    # Their hash does not fit any more; the rows go, too.
    signin.end_sessions(user, by=user, keep=request.session.session_key)


@receiver(account.password_reset, dispatch_uid="trivium.password_reset")
def _password_reset(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    signin.signin_locks.release("account", signin.account_name(user))
    _note(user, "password.reset", request)
    signin.end_sessions(user, by=user)
    tokens.end_all(user, by=user)


@receiver(account.login_code_rejected, dispatch_uid="trivium.code_rejected")
def _code_rejected(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if isinstance(user, Employee):
        audit.record(None, "sign-in.failed", user, method="e-mailed code", **signin.whereby(request))


@receiver(mfa.authentication_failed, dispatch_uid="trivium.factor_failed")
def _factor_failed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if isinstance(user, Employee):
        audit.record(None, "sign-in.failed", user, method="second factor", **signin.whereby(request))


@receiver(mfa.authenticator_added, dispatch_uid="trivium.factor_added")
def _factor_added(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    _note(user, "mfa.added", request, kind=authenticator.type)


@receiver(mfa.authenticator_removed, dispatch_uid="trivium.factor_removed")
def _factor_removed(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    _note(user, "mfa.removed", request, kind=authenticator.type)


@receiver(mfa.authenticator_reset, dispatch_uid="trivium.factor_reset")
def _factor_reset(request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    _note(user, "mfa.renewed", request, kind=authenticator.type)


@receiver(pre_save, sender=UserSession, dispatch_uid="trivium.session_network")
def _network_only(instance: UserSession, **kwargs: Any) -> None:
    """A session keeps the network it came from, not the address."""
    instance.ip = signin.network(instance.ip)
