"""Corrections of points: only as new entries, with a reason and who made them."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.recognition import lots, posting
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.posting import ISSUER, WRITTEN_OFF, Place, Reason

NOTE_LIMIT = 300
MOST = 100_000


@transaction.atomic
def correct(*, employee: Employee, points: int, note: str, by: Employee, now: dt.datetime) -> LedgerEntry:
    """Give (positive) or take (negative) personal points of ``employee``. Nobody corrects his own.

    Raises ``ValidationError`` by field: points, note, employee.
    """
    note = note.strip()
    _refuse(employee, points, note, by)
    mine = Place(Account.Kind.PERSONAL, employee.pk)
    other = ISSUER if points > 0 else WRITTEN_OFF
    accounts = posting.lock(mine, other)
    held = accounts[mine].balance
    if held + points < 0:
        words = _("%(name)s holds %(held)d points: no more can be taken.") % {"name": employee.name, "held": held}
        raise ValidationError({"points": words})
    ends = (accounts[other], accounts[mine]) if points > 0 else (accounts[mine], accounts[other])
    entry = posting.move(*ends, abs(points), now=now, reason=Reason.CORRECTION, note=note, by=by)
    if points > 0:
        lots.receive(entry, now=now)
    else:
        lots.spend(accounts[mine], entry)
    audit.record(by, "points.corrected", employee, points=points, note=note)
    return entry


def _refuse(employee: Employee, points: int, note: str, by: Employee) -> None:
    if employee.pk == by.pk:
        raise ValidationError({"employee": _("Nobody corrects his own points. Ask a second HR admin.")})
    if not points or abs(points) > MOST:
        words = _("Write how many points: above 0 to give, below 0 to take, at most %(most)d.") % {"most": MOST}
        raise ValidationError({"points": words})
    if not note or len(note) > NOTE_LIMIT:
        raise ValidationError(
            {"note": _("Say why, in at most %(limit)d characters: it stays in the ledger.") % {"limit": NOTE_LIMIT}}
        )
