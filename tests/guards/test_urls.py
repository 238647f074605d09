"""Every address is classified: public, for whoever signed in, or behind a permission. A new one fails until it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

# Readable by anybody, each for a reason.
PUBLIC = {
    "healthz",  # a supervisor has no account
    "readyz",
    "mailbox",  # exists in demo mode only
    "admin_sign_in",  # leads to the one sign-in
    "styleguide",  # asks for staff itself
}
PUBLIC_NAMESPACES = {"answering"}  # the personal link is the key
# For everybody who signed in: the view itself shows his own things only.
SIGNED_IN = {"home"}
ELSEWHERE = {"admin"}  # Django's admin asks for staff


def addresses(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, prefix + str(entry.pattern), entry.namespace or space)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), space, entry.name or "", entry.callback


def classified(route: str, space: str, name: str, view: Any) -> bool:
    if space in ELSEWHERE or route.startswith("accounts/"):
        return True
    api = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if api and issubclass(api, APIView):
        classes = (getattr(view, "initkwargs", {}) or getattr(view, "view_initkwargs", {})).get("permission_classes")
        return AllowAny not in (classes or api.permission_classes)
    if getattr(view, "permission", None):
        return True
    if name in PUBLIC or space in PUBLIC_NAMESPACES:
        return True
    return name in SIGNED_IN and getattr(view, "login_required", True)


def test_every_address_is_classified() -> None:
    unknown = [found[:3] for found in addresses() if not classified(*found)]
    assert unknown == []


@pytest.mark.django_db
def test_a_visitor_without_account_gets_nothing() -> None:
    """Every address without arguments that is not public sends a visitor to sign in, or refuses."""
    client = Client()
    wrong = []
    for route, space, name, _view in addresses():
        if "<" in route or "(" in route or route.startswith("accounts/"):
            continue
        if name in PUBLIC or space in PUBLIC_NAMESPACES:
            continue
        answer = client.get("/" + route.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\.", "."))
        if answer.status_code not in {301, 302, 401, 403, 404}:
            wrong.append((route, answer.status_code))
        if answer.status_code == 302 and "/login/" not in answer["Location"]:
            wrong.append((route, answer["Location"]))
    assert wrong == []
