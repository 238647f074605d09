"""Mail that came back: delivery reports (RFC 3464) from a mailbox, or reports of a mail service.

Only what carries the Message-ID of a mail that we sent is believed (see keys.message_mark): anybody can write to the
bounce address.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import hmac
import imaplib
import mailbox
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Parsed
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import transaction

from surveys.waves import keys, reach
from surveys.waves.models import Message

MESSAGE_ID = re.compile(r"<?(\d{1,18})\.(\d{1,18})\.([0-9a-f]{20})@")
STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})")
# Mailbox unknown, moved away, or closed (RFC 3463). A full mailbox or a policy says nothing about the address.
NO_MAILBOX = re.compile(r"5\.(1\.\d+|2\.1)\Z")
LARGEST = 256 * 1024
TIMEOUT = 30


@dataclass(frozen=True)
class Bounce:
    """``message_id`` is our own; ``status`` an enhanced status code such as 5.1.1."""

    message_id: str
    status: str
    recipient: str = ""


@dataclass
class Outcome:
    read: int = 0
    bounced: int = 0
    dead: int = 0


def parse(raw: bytes) -> list[Bounce]:
    """The failures a mail reports; nothing for any other mail (an answer, an absence note, a delay)."""
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return []
    message_id = _original_id(mail)
    failures = []
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in [one for one in blocks if isinstance(one, Parsed)] if isinstance(blocks, list) else []:
            status = STATUS.search(str(block.get("Status", "")))
            if str(block.get("Action", "")).strip().lower() == "failed" and status:
                recipient = str(block.get("Final-Recipient", "")).rpartition(";")[2].strip()
                failures.append(Bounce(message_id, status[1], recipient))
    return failures if message_id else []


def _original_id(mail: Parsed) -> str:
    """The Message-ID of the mail that came back, which its report encloses whole or by its head."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Parsed):
                return str(inner[0].get("Message-ID", ""))
        if kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            content = part.get_payload(decode=True)
            text = content if isinstance(content, bytes) else str(part.get_payload()).encode()
            return str(email.message_from_bytes(text).get("Message-ID", ""))
    return ""


def find(message_id: str) -> int | None:
    """Our message's id, if the Message-ID is one that we gave."""
    found = MESSAGE_ID.search(message_id)
    if found is None:
        return None
    pk, wave_id = int(found[1]), int(found[2])
    try:
        good = hmac.compare_digest(keys.message_mark(keys.load(wave_id), pk), found[3])
    except (keys.KeyMissing, OverflowError):
        return None
    return pk if good else None


@transaction.atomic
def apply(bounce: Bounce) -> tuple[bool, bool]:
    """(whether a message was marked, whether its address is dead). The same report twice changes nothing."""
    pk = find(bounce.message_id)
    related = Message.objects.select_related("invitation__employee", "invitation__wave")
    message = related.defer("invitation__wave__snapshot").filter(pk=pk).first() if pk else None
    if message is None:
        return False, False
    mine = Message.objects.filter(pk=message.pk, state=Message.State.SENT)
    marked = bool(mine.update(state=Message.State.BOUNCED, error=bounce.status))
    employee = message.invitation.employee
    # Somebody may have been given another address since.
    same = not bounce.recipient or bounce.recipient.lower() == (employee.email or "").lower()
    dead = marked and same and bool(NO_MAILBOX.match(bounce.status))
    if dead:
        reach.mark_dead(employee, code=bounce.status, since=message.invitation.wave.opens_on)
    return marked, dead


def read(url: str) -> Outcome:
    """Read every new mail of the mailbox (``imaps://user:password@host/INBOX`` or the path of a maildir).

    Each is marked read once its bounces are written. Raises OSError or imaplib.IMAP4.error if it cannot be read.
    """
    outcome = Outcome()
    for raw in _imap(url) if "://" in url else _maildir(Path(url)):
        outcome.read += 1
        for bounce in parse(raw):
            marked, dead = apply(bounce)
            outcome.bounced += marked
            outcome.dead += dead
    return outcome


def _maildir(path: Path) -> Iterator[bytes]:
    if not (path / "new").is_dir():
        raise FileNotFoundError(f"{path} is no maildir.")
    box = mailbox.Maildir(path, create=False)
    for key in box.iterkeys():
        with contextlib.suppress(KeyError):  # another reader was faster
            if "S" in box.get_message(key).get_flags():
                continue
            yield box.get_bytes(key)[:LARGEST]
            # The generator goes on only after the bounces of this mail are written.
            message = box.get_message(key)
            message.set_subdir("cur")
            message.add_flag("S")
            box[key] = message


def _imap(url: str) -> Iterator[bytes]:
    parts = urlsplit(url)
    if parts.scheme not in {"imaps", "imap"} or not parts.hostname:
        raise OSError("BOUNCES_URL must look like imaps://user:password@host/INBOX.")
    if parts.scheme == "imaps":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            parts.hostname, parts.port or 993, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
        )
    else:
        box = imaplib.IMAP4(parts.hostname, parts.port or 143, timeout=TIMEOUT)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        if box.select(unquote(parts.path.strip("/")) or "INBOX")[0] != "OK":
            raise OSError("The mailbox of bounces cannot be opened.")
        for number in (box.search(None, "UNSEEN")[1][0] or b"").split():
            answer = box.fetch(number.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")[1]
            raw = next((part[1] for part in answer if isinstance(part, tuple)), b"")
            yield raw
            box.store(number.decode(), "+FLAGS", "\\Seen")
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            box.logout()
