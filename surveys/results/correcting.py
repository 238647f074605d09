"""A correction: a further, dated release of a wave that says what was changed and why; the one before stays as it was.

It only composes released cells: numbers or comments are withdrawn, groups renamed, words in a comment masked. Whatever
it shows was shown before about the same people, so the two releases together tell no more than the first one did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.results.disclosure import HIDDEN
from surveys.results.groups import Group
from surveys.results.models import CellGroup, Release
from surveys.results.releasing import write_groups
from surveys.waves.models import Wave

WHY_LENGTH = 500
MASK = "[…]"


class CannotCorrect(Exception):
    """Nothing to correct; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Withdrawal:
    """A number (``measure``) or all numbers and comments of one group ('')."""

    family: str
    unit: int
    other: int | None = None
    measure: str = ""


@dataclass(frozen=True)
class Correction:
    """``names``: (family, unit, other) → name. ``words``: to be masked in every comment of the wave."""

    withdraw: Sequence[Withdrawal] = ()
    names: Mapping[tuple[str, int, int | None], str] = field(default_factory=dict)
    words: Sequence[str] = ()


@transaction.atomic
def correct(wave: Wave, correction: Correction, *, why: str, now: dt.datetime, by: Employee) -> Release:
    """Publish the wave's newest release again, corrected. Raises :class:`CannotCorrect`; then nothing is written."""
    why = why.strip()
    if not why:
        raise CannotCorrect(_("Say why the results are corrected: everybody who reads them will see it."))
    if len(why) > WHY_LENGTH:
        raise CannotCorrect(_("The reason is too long. Say it in at most %(n)s characters.") % {"n": WHY_LENGTH})
    old = Release.objects.select_for_update().filter(wave=wave, replaced_at=None).first()
    if old is None:
        raise CannotCorrect(_("This wave has no results that could be corrected."))
    rows = list(CellGroup.objects.filter(release=old).order_by("pk"))
    changes: list[dict[str, Any]] = []
    groups = [_corrected(row, correction, changes) for row in rows]
    _all_found(correction, rows)
    if not changes:
        raise CannotCorrect(_("This changes nothing: the words are in no comment, the names are as they were."))
    Release.objects.filter(pk=old.pk).update(replaced_at=now)
    made = Release.objects.create(
        wave=wave,
        number=old.number + 1,
        formula_version=old.formula_version,
        instrument=old.instrument,
        rules=old.rules,
        rules_hash=old.rules_hash,
        why=why,
        changes=changes,
    )
    write_groups(made, groups)
    record(by, "results.corrected", wave, number=made.number, changes=len(changes))
    return made


def _corrected(row: CellGroup, correction: Correction, changes: list[dict[str, Any]]) -> Group:
    key = (row.family, row.unit, row.other)
    cells, comments, name = dict(row.cells), list(row.comments), row.name
    for one in correction.withdraw:
        if (one.family, one.unit, one.other) != key:
            continue
        for measure in [one.measure] if one.measure else list(cells):
            if measure in cells and cells[measure].get("shown", "shares" in cells[measure]):
                cells[measure] = dict(HIDDEN)
                changes.append({"what": "withdrawn", "group": name, "measure": measure})
        if not one.measure and comments:
            changes.append({"what": "comments withdrawn", "group": name, "measure": ""})
            comments = []
    masked = [_masked(text, correction.words) for text in comments]
    if masked != comments:
        changes.append({"what": "words masked", "group": name, "measure": ""})
    if key in correction.names and correction.names[key] != name:
        name = correction.names[key][:400]
        changes.append({"what": "renamed", "group": name, "measure": ""})
    return Group(row.family, row.unit, name, row.other, row.parent, row.depth, row.cut, cells, masked)


def _masked(text: str, words: Sequence[str]) -> str:
    for word in words:
        at = text.casefold().find(word.casefold()) if word else -1
        while at >= 0:
            text = text[:at] + MASK + text[at + len(word) :]
            at = text.casefold().find(word.casefold(), at + len(MASK))
    return text


def _all_found(correction: Correction, rows: Sequence[CellGroup]) -> None:
    known = {(row.family, row.unit, row.other): row.cells for row in rows}
    for one in correction.withdraw:
        cells = known.get((one.family, one.unit, one.other))
        if cells is None or (one.measure and one.measure not in cells):
            told = {"family": one.family, "unit": one.unit, "measure": one.measure or "*"}
            raise CannotCorrect(_("These results have no %(measure)s of the group %(family)s %(unit)s.") % told)
    if absent := [key for key in correction.names if key not in known]:
        raise CannotCorrect(_("These results have no group %(key)s.") % {"key": " ".join(map(str, absent[0]))})
