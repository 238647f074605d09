"""Links to choose a new password. A module of its own: allauth's forms ask for it while they are being loaded."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from culture.access import addresses


class ResetTokens(PasswordResetTokenGenerator):
    """Django's own: void once the password or the address changed. Void, too, while the address is to be confirmed."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        value: str = super()._make_hash_value(user, timestamp)
        return f"{value}|{'held' if addresses.held(user) else 'free'}"
