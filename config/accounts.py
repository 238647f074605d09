"""How allauth is bent to this site: who may enter, how failed attempts count, who writes the mail."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from culture.access import addresses, audit, organisation, signin, signin_locks, signin_mail
from culture.people.models import Employee


class Adapter(DefaultAccountAdapter):
    """Accounts come from HR's import: nobody signs up by himself, and only HR's address of a person counts."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy("Too many attempts. Try again in ten minutes."),
        "rate_limited": gettext_lazy("Too many attempts. Try again in ten minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        # A server on a Unix socket knows no address; nobody is locked out for that.
        return get_client_ip(request) or "0.0.0.0"  # noqa: S104

    # -- mail --

    def get_from_email(self) -> str:
        return organisation.current().sender

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        signin_mail.send(self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context}))

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        if user.email:
            super().send_notification_mail(template_prefix, user, context, email=user.email)

    # -- attempts --

    def clean_email(self, email: str) -> str:
        signin.forget_old_addresses(email)
        return email

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Employee | None:
        """Raises Locked before the password is looked at."""
        email = credentials.get("email", "")
        signin.forget_old_addresses(email)
        address, now = self.get_client_ip(request), timezone.now()
        attempts = [
            signin_locks.take("network", signin_locks.network_of(address), now=now),
            signin_locks.take("account", email, now=now),
        ]
        user = authenticate(request, **credentials)
        # Known to be right, but of a closed account; not hashed again, or the time taken would tell that there is one.
        user = user or AuthenticationBackend.unstash_authenticated_user()
        if isinstance(user, Employee):
            for attempt in attempts:
                signin_locks.give_back(attempt, now=now)
            signin_locks.tidy(now=now)
            return user
        self._failed(request, email, attempts, "password")
        return None

    def _failed(self, request: HttpRequest, email: str, attempts: list[signin_locks.Attempt], method: str) -> None:
        where = signin.whereby(request)
        employee = Employee.objects.filter(email__iexact=email).first() if email else None
        if employee is not None:
            audit.record(None, "sign-in.failed", employee, method=method, **where)
        for attempt in attempts:
            if attempt.locking and attempt.kind == "network":
                audit.record(None, "sign-in.network_locked", "sign-in", **where)
            elif attempt.locking and employee is not None:
                audit.record(None, "sign-in.locked", employee, method=method, **where)

    def reauthenticate(self, user: Any, password: str) -> bool:
        now = timezone.now()
        attempt = signin_locks.take("account", signin.account_name(user), now=now)
        if user.check_password(password):
            signin_locks.give_back(attempt, now=now)
            return True
        self._failed(self.request, user.email or "", [attempt], "password")
        return False

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        signin_locks.release("account", credentials.get("email", ""))

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        if isinstance(user, Employee) and signin.has_left(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        if isinstance(user, Employee) and self._by_lost_mail(request, user, kwargs.get("email")):
            clear_login(request)
            messages.error(request, _("That code was sent to an address that does not sign you in. Ask for a new one."))
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def _by_lost_mail(self, request: HttpRequest, user: Employee, email: str | None) -> bool:
        """Whether he comes with a code mailed to an address that is his no more, or waits for a confirmation."""
        if email and email.lower() != (user.email or "").lower():
            return True
        records = get_authentication_records(request, user)
        return bool(records) and records[-1].get("method") == "code" and addresses.held(user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        from_here: str = "/accounts/security/"
        return from_here


class SecondFactor(DefaultMFAAdapter):
    """Secrets of second factors are encrypted: a copy of the database alone makes no codes."""

    PREFIX = "box1:"

    def _boxes(self) -> list[SecretBox]:
        """With the key in force first, then with earlier ones (SECRET_KEY_FALLBACKS)."""
        keys: list[str] = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
        digests = (hashlib.blake2b(key.encode(), digest_size=32, person=b"second factor").digest() for key in keys)
        return [SecretBox(digest) for digest in digests]

    def encrypt(self, text: str) -> str:
        return self.PREFIX + base64.b64encode(bytes(self._boxes()[0].encrypt(text.encode()))).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text.removeprefix(self.PREFIX))
        for box in self._boxes():
            try:
                return box.decrypt(sealed).decode()
            except CryptoError:
                continue
        # A changed SECRET_KEY: no code is right any more, a passkey still is. An unguessable secret says the same.
        nobody_knows = hashlib.blake2b(sealed, digest_size=20, key=str(settings.SECRET_KEY).encode()[:64]).digest()
        return base64.b32encode(nobody_knows).decode()

    def get_totp_issuer(self) -> str:
        return organisation.current().name

    def _get_site_name(self) -> str:
        return organisation.current().name

    def get_totp_label(self, user: Any) -> str:
        return user.email or user.number

    def _get_user_identifier(self, user: Any) -> str:
        return user.email or user.number

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor of somebody who must have one stays: another one first."""
        user = authenticator.user
        if not isinstance(user, Employee) or not signin.must_have_second_factor(user):
            return True
        return Authenticator.objects.filter(user=user, type__in=signin.FACTORS).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}
