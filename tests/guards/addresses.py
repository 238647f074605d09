"""Every address and every API action of the site, as the guards walk them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

# Django's own admin: it asks for staff, and test_answers_stay_out.py walks what is registered there.
ELSEWHERE = {"admin"}


@dataclass(frozen=True)
class Address:
    """``name`` is ``namespace:name``; ``route`` as in urls.py; ``needs`` the permissions its view names."""

    name: str
    route: str
    view: Any
    needs: tuple[str, ...]
    methods: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")


def every() -> list[Address]:
    """One line per name: the formats of an API address (``.json``) are the same action."""
    found: dict[str, Address] = {}
    for route, space, name, view in _walk():
        if space in ELSEWHERE or "format" in route:
            continue
        key = f"{space}:{name}" if space else name or route
        found.setdefault(key, Address(key, route, view, _needs(view), _methods(view)))
    return list(found.values())


def _walk(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, prefix + str(entry.pattern), entry.namespace or space)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), space, entry.name or "", entry.callback


def _api(view: Any) -> Any:
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return cls if cls and issubclass(cls, APIView) else None


def _needs(view: Any) -> tuple[str, ...]:
    if permission := getattr(view, "permission", None):
        return (str(permission),)
    if api := _api(view):
        given = (getattr(view, "initkwargs", None) or getattr(view, "view_initkwargs", None) or {}).get(
            "permission_classes"
        )
        return tuple(str(getattr(cls, "needed", cls.__name__)) for cls in given or api.permission_classes)
    return ()


def _methods(view: Any) -> tuple[str, ...]:
    """What an API address answers to; pages are asked with GET, and with POST where they refuse GET."""
    actions = getattr(view, "actions", None)
    return tuple(sorted(method.upper() for method in actions if method != "head")) if actions else ()
