"""The forms of allauth where ours must count attempts or forget old addresses first."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from culture.access import address_mail, addresses, audit, signin, signin_locks
from culture.people.models import Employee


class CodeRequestForm(RequestLoginCodeForm):
    """Asks for a code by e-mail. The page says the same whether the account exists, or its address is confirmed."""

    _user: Any

    def clean_email(self) -> str:
        signin.forget_old_addresses(self.cleaned_data["email"])
        email: str = super().clean_email()
        if isinstance(self._user, Employee) and addresses.held(self._user):
            address_mail.tell_held(self._user)
            self._user = None
        return email


class PasswordResetForm(ResetPasswordForm):
    """Asks for a link to choose a new password, which is as good as a code."""

    users: list[Any]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        waiting = [user for user in self.users if addresses.held(user)]
        for user in waiting:
            address_mail.tell_held(user)
        self.users = [user for user in self.users if user not in waiting]
        return email


class _Counted:
    """Wrong codes of a second factor lock it, in all web processes alike."""

    user: Any

    def clean_code(self) -> str:
        now = timezone.now()
        attempt = signin_locks.take("factor", str(self.user.pk), now=now)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            if attempt.locking:
                audit.record(None, "sign-in.locked", self.user, method="second factor")
            raise
        signin_locks.give_back(attempt, now=now)
        return code


class SecondFactorForm(_Counted, AuthenticateForm):
    pass


class SecondFactorAgainForm(_Counted, ReauthenticateForm):
    pass


class PasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("To tell it from others later, such as “my phone”."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"),
        required=False,
        initial=True,
        help_text=_("The device then asks for finger, face or PIN. Switch it off for older security keys."),
    )
