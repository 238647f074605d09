"""``manage.py check --deploy``: what makes signing in unsafe in a real installation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOCAL = {"localhost", "127.0.0.1", "::1", ""}


@register(Tags.security, deploy=True)
def signin_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(Error("DEMO is on: everybody knows its passwords.", hint="Set DEMO=no.", id="trivium.E001"))
    if getattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False):
        hint = "Set BASE_URL to an https:// address."
        found.append(Error("Passkeys are accepted over an insecure connection.", hint=hint, id="trivium.E002"))
    if "LocMem" in settings.CACHES["default"]["BACKEND"] or "Dummy" in settings.CACHES["default"]["BACKEND"]:
        text = "The cache is not shared: each web process counts requests for codes and links by itself."
        found.append(Warning(text, hint="Set CACHE_URL, or use Redis as the broker.", id="trivium.W001"))
    if not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        text = "No proxy is trusted: behind one, all visitors seem to come from its address and lock each other out."
        hint = "Set TRUSTED_PROXIES to the number of proxies in front that write X-Forwarded-For."
        found.append(Warning(text, hint=hint, id="trivium.W002"))
    host = getattr(settings, "EMAIL_HOST", "")
    if host not in LOCAL and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        text = f"Sign-in codes travel to the mail server {host} unencrypted."
        found.append(Warning(text, hint="Use smtp+tls:// or smtps:// in EMAIL_URL.", id="trivium.W003"))
    if urlsplit(settings.BASE_URL).hostname in LOCAL:
        text = "BASE_URL names this machine: links in mail and passkeys work nowhere else."
        found.append(Warning(text, hint="Set BASE_URL to what people type.", id="trivium.W004"))
    if settings.SESSION_COOKIE_AGE > 30 * 24 * 3600:
        text = "Who signed in stays so for more than 30 days."
        found.append(Warning(text, hint="Lower SESSION_COOKIE_AGE.", id="trivium.W005"))
    return found
