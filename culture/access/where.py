"""From where something is done: the channel, and the network a request came from. Kept for one request."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from celery import current_task
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from culture.access.models import AuditEntry

Channel = AuditEntry.Channel
IPV4, IPV6 = 24, 48


@dataclass(frozen=True)
class Where:
    """``channel`` is empty and so is ``address`` where nothing may be known: on the pages on which people answer."""

    channel: str = ""
    address: str = ""


UNSEEN = Where()
_where: ContextVar[Where | None] = ContextVar("trivium_where", default=None)


def current() -> Where:
    """Where the running code was called from: a request, a task, else the command line."""
    known = _where.get()
    if known is not None:
        return known
    return Where(Channel.TASK) if current_task else Where(Channel.COMMAND)


@contextlib.contextmanager
def at(where: Where) -> Iterator[None]:
    token = _where.set(where)
    try:
        yield
    finally:
        _where.reset(token)


def network(address: str) -> str:
    """``address`` without its last part: ``203.0.113.0/24``, ``2001:db8:1::/48``; empty for what is no address."""
    try:
        found = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    length = IPV4 if found.version == 4 else IPV6
    return str(ipaddress.ip_network((found, length), strict=False))


def client_address(request: HttpRequest) -> str:
    """The address of the caller; behind so many proxies of our own as ALLAUTH_TRUSTED_PROXY_COUNT says."""
    proxies = int(getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0) or 0)
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def of_request(request: HttpRequest) -> Where:
    channel = Channel.API if request.path.startswith("/api/") else Channel.PAGE
    return Where(channel, network(client_address(request)))


class Middleware:
    """Sets :func:`current` once it is known which view answers a request: those that take answers stay unseen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with at(UNSEEN):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        # The context of __call__ ends, and with it what is set here.
        if not unseen(view):
            _where.set(of_request(request))


def unseen(view: Any) -> bool:
    """Whether ``view`` belongs to a room where people answer (settings.UNSEEN_ROOMS, module prefixes)."""
    module = getattr(view, "__module__", "")
    return any(module == room or module.startswith(f"{room}.") for room in settings.UNSEEN_ROOMS)
