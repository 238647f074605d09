"""Printed codes for people without e-mail: eight characters, shown once, kept only as a hash under the wave's secret.

Why eight are enough: 32 letters and digits make 2^40 = 1.1e12 codes. The door lets 500 wrong codes an hour pass for a
wave, from wherever they come (answering/guesses.py): in 14 days 168,000. Of 5,000 printed codes somebody who does
nothing else finds one with probability 168,000 * 5,000 / 1.1e12 = 0.08 %, and cannot choose whose; of 100,000 with
1.5 %. Whoever holds the database has only hashes, and the key to compute them lies outside of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction

from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.waves import keys
from surveys.waves.message_models import Code
from surveys.waves.models import Invitation, Wave

# Crockford's: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
MISREAD = str.maketrans("ILO", "110", " -.\t\r\n\u00a0\u2010\u2011\u2013")


def clean(typed: str) -> str:
    """What was typed as the code it can only mean; '' if it is none."""
    code = typed[:40].upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def grouped(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def resolve(code: str, wave_id: int | None = None) -> Invitation | None:
    """The invitation in an open wave that this code was printed for."""
    waves = Wave.objects.filter(state=Wave.State.OPEN)
    if wave_id is not None:
        waves = waves.filter(pk=wave_id)
    for pk in waves.order_by("pk").values_list("pk", flat=True):
        try:
            digest = keys.code_digest(keys.load(pk), code)
        except keys.KeyMissing:
            continue
        if invitation := Invitation.objects.filter(code__digest=digest, code__wave=pk).first():
            return invitation
    return None


@transaction.atomic
def print_for(wave: Wave, invitation_ids: Sequence[int], *, by: Employee, unit: Unit) -> dict[int, str]:
    """New codes by invitation id; those printed before for the same people are void. Raises KeyMissing."""
    found = keys.load(wave.pk)
    wanted = sorted(set(invitation_ids))
    mine = list(Invitation.objects.filter(wave=wave, pk__in=wanted).order_by("pk").values_list("pk", flat=True))
    Code.objects.filter(invitation__in=mine).delete()
    made: dict[bytes, str] = {}
    while len(made) < len(mine):
        new = {}
        for _ in range(len(mine) - len(made)):
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            new[keys.code_digest(found, code)] = code
        taken = Code.objects.filter(wave=wave, digest__in=list(new)).values_list("digest", flat=True)
        for digest in taken:
            new.pop(bytes(digest))
        made.update(new)
    pairs = list(zip(mine, made.items(), strict=True))
    Code.objects.bulk_create(
        [Code(invitation_id=pk, wave=wave, digest=digest) for pk, (digest, _code) in pairs], batch_size=1000
    )
    record(by, "wave.codes_printed", wave, unit=unit, codes=len(pairs))
    return {pk: code for pk, (_digest, code) in pairs}
