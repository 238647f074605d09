"""Unsent answers, encrypted with a key that only the personal link and the wave's secret together give.

Every draft has the same length, so that not even its size says how far somebody got or whether he commented.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from surveys.answering.models import Draft
from surveys.answering.pages import Flat, merge
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave

BLOCK = 4096
# Holds every questionnaire with a comment of full length in any script, so that in practice all boxes are equally long.
LEAST = 3 * BLOCK


class Closed(Exception):
    """The wave does not take answers (any more)."""


class NotAsked(Exception):
    """The invitation was answered or declined meanwhile."""


@dataclass
class Saved:
    """What a draft holds."""

    answers: Flat = field(default_factory=dict)
    language: str = ""


def pad(data: dict[str, Any]) -> bytes:
    """JSON, padded with blanks (which JSON readers skip) to a multiple of BLOCK, at least LEAST."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    size = max(LEAST, -(-len(plain) // BLOCK) * BLOCK)
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


def load(token: str) -> Saved:
    """The draft of this link; empty if there is none, or none that this key opens."""
    lookup, key = keys.draft_key(token)
    sealed = Draft.objects.filter(key=lookup).values_list("sealed", flat=True).first()
    return _open(sealed, key) if sealed is not None else Saved()


def _open(sealed: Any, key: bytes) -> Saved:
    try:
        content = json.loads(SecretBox(bytes(key)).decrypt(bytes(sealed)))
    except (CryptoError, ValueError):
        return Saved()
    return Saved(content.get("answers", {}), content.get("language", ""))


@transaction.atomic
def save(*, token: str, wave_id: int, invitation_id: int, answers: Flat, language: str = "") -> Saved:
    """Lay ``answers`` over the draft and keep it. Raises :class:`Closed` or :class:`NotAsked`.

    The invitation is locked, so that two tabs do not undo each other's answers and a late autosave cannot leave a draft
    behind a submit.
    """
    lock_open_wave(wave_id)
    asked = Invitation.objects.select_for_update().filter(pk=invitation_id)
    if not keys.is_visit(token):  # a visit is not told that he has answered
        asked = asked.filter(state=Invitation.State.ASKED)
    if not list(asked.values_list("pk", flat=True)):
        raise NotAsked
    lookup, key = keys.draft_key(token)
    draft = Draft.objects.filter(key=lookup).first() or Draft(key=lookup, wave_id=wave_id)
    saved = _open(draft.sealed, key) if draft.sealed else Saved()
    saved.answers = merge(saved.answers, answers)
    saved.language = language or saved.language
    plain = pad({"answers": saved.answers, "language": saved.language})
    draft.sealed = bytes(SecretBox(bytes(key)).encrypt(plain))
    draft.version += 1
    draft.save()
    return saved


def delete(token: str) -> None:
    lookup, _ = keys.draft_key(token)
    Draft.objects.filter(key=lookup).delete()
