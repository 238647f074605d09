"""Unsent answers, encrypted with a key that only the personal link and the wave's secret together give.

Every draft has the same length, so that not even its size says how far somebody got or whether he commented.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from surveys.answering.pages import Flat, merge
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave

BLOCK = 4096
# Holds every questionnaire with a comment of full length in any script, so that in practice all boxes are equally long.
LEAST = 3 * BLOCK


Settle = Callable[[Flat, Flat], Flat]


class Closed(Exception):
    """The wave does not take answers (any more)."""


class NotAsked(Exception):
    """The invitation was answered or declined meanwhile."""


@dataclass
class Saved:
    """What a draft holds."""

    answers: Flat = field(default_factory=dict)
    language: str = ""


def pad(data: dict[str, Any], room: int = LEAST) -> bytes:
    """JSON, padded with blanks (which JSON readers skip) to a multiple of BLOCK, at least LEAST and ``room``.

    ``room``: what the longest answers to the wave's questions take (pages.room), so that all are equally long.
    """
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    size = max(LEAST, -(-max(len(plain), room) // BLOCK) * BLOCK)
    return plain.ljust(size, b" ")


def lock_open_wave(wave_id: int) -> None:
    """Hold the wave open until the transaction ends; raises :class:`Closed` if it is not open.

    FOR SHARE lets everybody answer at once but makes closing's UPDATE wait: without it an answer acknowledged just
    while the wave closes could arrive after the inbox was read, and be lost with it. (Django knows only FOR UPDATE.)
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM surveys_wave WHERE id = %s FOR SHARE", [wave_id])
        row = cursor.fetchone()
    if row is None or row[0] != Wave.State.OPEN:
        raise Closed


def lock(wave_id: int, invitation_id: int) -> str:
    """As :func:`lock_open_wave`, and hold the invitation, too. Returns its state; raises Closed or :class:`NotAsked`.

    The wave comes first, as for everybody who holds both. Whoever waited sees what the other left behind.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.state, i.state FROM surveys_wave w JOIN surveys_invitation i ON i.wave_id = w.id"
            " WHERE w.id = %s AND i.id = %s FOR SHARE OF w FOR NO KEY UPDATE OF i",
            [wave_id, invitation_id],
        )
        row = cursor.fetchone()
    if row is None:
        lock_open_wave(wave_id)
        raise NotAsked
    if row[0] != Wave.State.OPEN:
        raise Closed
    return str(row[1])


def load(token: str) -> Saved:
    """The draft of this link; empty if there is none, or none that this key opens."""
    return _read(*keys.draft_key(token))


def _read(lookup: bytes, key: bytes) -> Saved:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM surveys_draft WHERE key = %s", [lookup])
        row = cursor.fetchone()
    return _open(row[0], key) if row is not None else Saved()


def _open(sealed: Any, key: bytes) -> Saved:
    try:
        content = json.loads(SecretBox(bytes(key)).decrypt(bytes(sealed)))
    except (CryptoError, ValueError):
        return Saved()
    return Saved(content.get("answers", {}), content.get("language", ""))


@transaction.atomic
def save(
    *,
    token: str,
    wave_id: int,
    invitation_id: int,
    answers: Flat,
    language: str = "",
    room: int = LEAST,
    settle: Settle | None = None,
) -> Saved:
    """Lay ``answers`` over the draft and keep it. Raises :class:`Closed` or :class:`NotAsked`.

    The invitation is locked, so that two tabs do not undo each other's answers (of one question the later one stands)
    and a late autosave cannot leave a draft behind a submit. ``settle(saved, answers)`` gives what is laid over what
    was saved, if that is not simply ``answers``; it may refuse (pages.BadAnswer), and then nothing is written.
    """
    state = lock(wave_id, invitation_id)
    if state != Invitation.State.ASKED and not keys.is_visit(token):  # a visit is not told that he has answered
        raise NotAsked
    lookup, key = keys.draft_key(token)
    saved = _read(lookup, key)
    saved.answers = merge(saved.answers, settle(saved.answers, answers) if settle else answers)
    saved.language = language or saved.language
    plain = pad({"answers": saved.answers, "language": saved.language}, room)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO surveys_draft (key, wave_id, sealed, version) VALUES (%s, %s, %s, 1) ON CONFLICT (key)"
            " DO UPDATE SET sealed = excluded.sealed, version = surveys_draft.version + 1",
            [lookup, wave_id, bytes(SecretBox(bytes(key)).encrypt(plain))],
        )
    return saved


def delete(token: str) -> None:
    """The draft of this link, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM surveys_draft WHERE key = %s", [keys.draft_key(token)[0]])
