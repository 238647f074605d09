"""Chat tools: signed calls to addresses HR has entered. Standard Webhooks (standardwebhooks.com), version 1."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.client
import ipaddress
import json
import secrets
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.access.days import date_text
from culture.people.models import Employee
from surveys.waves.mails import Writer
from surveys.waves.message_models import Endpoint
from surveys.waves.texts_mail import words

if TYPE_CHECKING:
    from surveys.waves.routing import Parcel

TIMEOUT = 10.0
MOST_READ = 2048
TOLERANCE = dt.timedelta(minutes=5)
PREFIX = "whsec_"
TEMPORARY = {408, 425, 429}


class Undelivered(Exception):
    """The call did not succeed. ``status`` is the answer's, 0 if there was none."""

    def __init__(self, reason: str, *, status: int = 0, temporary: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.status, self.temporary = reason, status, temporary


# -- signing ---------------------------------------------------------------------------------------------------------


def secret_of(endpoint: Endpoint) -> str:
    """The endpoint's signing secret: derived, so that the database alone signs nothing."""
    key = hashlib.blake2b(endpoint.salt.encode(), key=_installation_key(), person=b"webhook", digest_size=32).digest()
    return PREFIX + base64.b64encode(key).decode()


def _installation_key() -> bytes:
    return hashlib.sha256(settings.SECRET_KEY.encode()).digest()


def sign(secret: str, message_id: str, moment: int, body: bytes) -> str:
    """The header webhook-signature. Raises ValueError for what is no secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    content = f"{message_id}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def is_signed(secret: str, headers: dict[str, str], body: bytes, now: dt.datetime) -> bool:
    """Whether a call with these headers (lower case) comes from the holder of ``secret``, and is fresh."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not secret or not message_id or not stamp.isdecimal() or len(stamp) > 12:
        return False
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return False
    try:
        wanted = sign(secret, message_id, int(stamp), body)
    except ValueError:
        return False
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one.encode(), wanted.encode()) for one in given)


# -- where to --------------------------------------------------------------------------------------------------------


def addresses_of(url: str) -> list[str]:
    """The IP addresses behind ``url`` that may be called.

    Raises ValidationError for anything but https at a public address: a page must not be a way into the network
    behind the server. WEBHOOKS_PRIVATE allows both.
    """
    parts = urlsplit(url)
    schemes = {"https", "http"} if settings.WEBHOOKS_PRIVATE else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password:
        raise ValidationError(_("Write an address that begins with https:// and has no password in it."))
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError):
        raise ValidationError(_("The address of this server cannot be found. Check the spelling.")) from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not settings.WEBHOOKS_PRIVATE and not all(_is_public(address) for address in addresses):
        raise ValidationError(_("This address lies inside a private network. Only public addresses may be called."))
    return addresses


def _is_public(address: str) -> bool:
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address):
        # Ways to write a private IPv4 address in IPv6.
        one = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else one)
    if isinstance(one, ipaddress.IPv6Address) and one in ipaddress.ip_network("64:ff9b::/96"):
        one = ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
    return one.is_global and not one.is_multicast


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, whatever the name means a moment later."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        self.address, self.tls, self.server_name = address, tls, host

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), TIMEOUT)
        if self.tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.server_name)


def post(url: str, secret: str, message_id: str, content: dict[str, Any]) -> None:
    """One signed call. Raises Undelivered. Redirects are not followed: they could lead anywhere."""
    try:
        address = addresses_of(url)[0]
    except ValidationError as error:
        raise Undelivered(error.messages[0], temporary=True) from None
    body = json.dumps(content, ensure_ascii=False).encode()
    parts, moment = urlsplit(url), int(time.time())
    tls = parts.scheme == "https"
    call = _Pinned(parts.hostname or "", parts.port or (443 if tls else 80), address, tls=tls)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Trivium",
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(secret, message_id, moment, body),
    }
    try:
        call.request("POST", path, body, headers)
        answer = call.getresponse()
        answer.read(MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        raise Undelivered(_("The server cannot be reached (%(what)s).") % {"what": type(error).__name__}) from None
    finally:
        call.close()
    if not 200 <= answer.status < 300:
        temporary = answer.status >= 500 or answer.status in TEMPORARY
        raise Undelivered(
            _("The server answered %(status)s.") % {"status": answer.status}, status=answer.status, temporary=temporary
        )


# -- what is said ----------------------------------------------------------------------------------------------------


def send_personal(parcel: Parcel, writer: Writer) -> None:
    """A personal message, to a tool that knows people by their employee number. Raises Undelivered, KeyMissing."""
    letter, endpoint = parcel.letter, parcel.endpoint
    assert endpoint is not None
    language, text = words(letter.language)
    with translation.override(language):
        day = date_text(letter.closes_on, "DATE_FORMAT")
    filled = {key: value.format(name=letter.given_name, date=day, k=letter.k) for key, value in text.items()}
    link = writer.link(letter)
    lines = [filled["hello"], filled["again" if letter.is_again else "ask"], filled["until"], filled["promise"]]
    content = {
        "type": f"survey.{letter.kind}",
        "timestamp": timezone.now().isoformat(),
        "text": "\n".join([*lines, f"{filled['button']}: {link}"]),
        "data": {"employee_number": parcel.employee_number, "language": language, "link": link},
    }
    post(endpoint.url, secret_of(endpoint), f"msg_{letter.message_id}", content)


def send_test(endpoint: Endpoint) -> None:
    """Raises Undelivered."""
    text = _("Trivium can write here. This is a test; nothing was sent to anybody.")
    content = {"type": "trivium.test", "timestamp": timezone.now().isoformat(), "text": text, "data": {}}
    post(endpoint.url, secret_of(endpoint), f"msg_test_{secrets.token_hex(8)}", content)


# -- endpoints -------------------------------------------------------------------------------------------------------


@transaction.atomic
def add(*, by: Employee, name: str, url: str, announces: bool, personal: bool, language: str) -> Endpoint:
    """Raises ValidationError keyed by field."""
    errors: dict[str, Any] = {}
    try:
        addresses_of(url)
    except ValidationError as error:
        errors["url"] = error
    if not (announces or personal):
        errors["announces"] = _("Choose what this tool shall be told.")
    if personal and Endpoint.objects.filter(personal=True, active=True).exists():
        errors["personal"] = _("Another tool already gets the personal messages. Remove it first.")
    if errors:
        raise ValidationError(errors)
    endpoint = Endpoint.objects.create(
        name=name, url=url, salt=secrets.token_hex(16), announces=announces, personal=personal, language=language
    )
    record(by, "endpoint.added", endpoint, announces=announces, personal=personal)
    return endpoint


@transaction.atomic
def remove(*, by: Employee, endpoint: Endpoint) -> None:
    record(by, "endpoint.removed", endpoint)
    endpoint.delete()
