"""A correction: a further, dated release of a wave that says what was changed and why; the one before stays as it was.

It only composes released cells: numbers or comments are withdrawn, groups renamed, words in a comment masked. Whatever
it shows was shown before about the same people, so the two releases together tell no more than the first one did.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.results import comment_release, correcting_later, queries
from surveys.results.comment_release import CORRECTED as MASK
from surveys.results.comment_release import SAID, TREE
from surveys.results.disclosure import HIDDEN
from surveys.results.groups import Group
from surveys.results.models import CellGroup, Release
from surveys.results.releasing import write_groups
from surveys.waves.models import Series, Wave

__all__ = ["MASK", "CannotCorrect", "Correction", "Withdrawal", "correct", "preview"]

WHY_LENGTH = 500
CUT = "cut"
# Rows of who serves whom: the unit on either side.
BOTH_SIDES = frozenset({"matrix", "division"})
Key = tuple[str, int, int | None]
Changes = list[dict[str, Any]]


class CannotCorrect(Exception):
    """Nothing to correct; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Withdrawal:
    """A number (``measure``) or all numbers and comments of one group ('').

    All numbers of a unit are also those of who serves whom, of what customers say of it and of its people by a cut.
    """

    family: str
    unit: int
    other: int | None = None
    measure: str = ""

    def covers(self, family: str, unit: int, other: int | None) -> bool:
        """Whether the row is meant: this one, or, with all numbers of a unit, every row that tells of it."""
        if (self.family, self.unit, self.other) == (family, unit, other):
            return True
        if self.measure or self.family != TREE or family == CUT:
            return False
        return self.unit == unit or (family in BOTH_SIDES and self.unit == other)


@dataclass(frozen=True)
class Correction:
    """``names``: (family, unit, other) → name. ``words``: to be masked in every comment of the wave.

    ``everywhere``: measures to be withdrawn in every group, with what rests on them alone (their spread, reliability
    and drivers); an index built from a question stays, unless it is named, too.
    """

    withdraw: Sequence[Withdrawal] = ()
    names: Mapping[Key, str] = field(default_factory=dict)
    words: Sequence[str] = ()
    everywhere: Sequence[str] = ()


@transaction.atomic
def correct(wave: Wave, correction: Correction, *, why: str, now: dt.datetime, by: Employee) -> Release:
    """Publish the wave's newest release again, corrected. Raises :class:`CannotCorrect`; then nothing is written."""
    why = why.strip()
    if not why:
        raise CannotCorrect(_("Say why the results are corrected: everybody who reads them will see it."))
    if len(why) > WHY_LENGTH:
        raise CannotCorrect(_("The reason is too long. Say it in at most %(n)s characters.") % {"n": WHY_LENGTH})
    # Two corrections of one series wait for each other: the first may correct later waves, too.
    Series.objects.select_for_update().get(pk=wave.series_id)  # type: ignore[attr-defined]
    old = Release.objects.select_for_update().filter(wave=wave, replaced_at=None).first()
    if old is None:
        raise CannotCorrect(_("This wave has no results that could be corrected."))
    rows = list(CellGroup.objects.filter(release=old).order_by("pk"))
    _all_found(correction, rows)
    changes: Changes = []
    groups = _everywhere([_corrected(row, correction, changes) for row in rows], _resting(wave, correction), changes)
    changes += _of_comments(old, correction, rows)
    gone = correcting_later.withdrawn(wave, rows, groups)
    for number, n in correcting_later.follow(wave, gone, why=why, now=now):
        changes.append({"what": "changes withdrawn", "group": "", "measure": str(number), "n": n})
    if not changes:
        raise CannotCorrect(_("This changes nothing: the words are in no comment, the names are as they were."))
    made = correcting_later.again(old, why=why, told=changes, now=now)
    write_groups(made, groups)
    comment_release.write_corrected(made, old, correction.words, _gone(correction))
    record(by, "results.corrected", wave, number=made.number, changes=len(made.changes))
    return made


def preview(wave: Wave, correction: Correction, *, why: str, now: dt.datetime, by: Employee) -> Changes:
    """What :func:`correct` would change; nothing is written. Raises as it does."""
    with transaction.atomic():
        changes = correct(wave, correction, why=why, now=now, by=by).changes
        transaction.set_rollback(True)
    return list(changes)


def _corrected(row: CellGroup, correction: Correction, changes: Changes) -> Group:
    key = (row.family, row.unit, row.other)
    cells, name = dict(row.cells), row.name
    for one in correction.withdraw:
        if not one.covers(*key):
            continue
        for measure in [one.measure] if one.measure else list(cells):
            if _is_shown(cells.get(measure)):
                cells[measure] = dict(HIDDEN)
                changes.append({"what": "withdrawn", "group": name, "measure": measure})
    if key in correction.names and correction.names[key] != name:
        before, name = name, correction.names[key][:400]
        changes.append({"what": "renamed", "group": name, "measure": "", "before": before})
    return Group(row.family, row.unit, name, row.other, row.parent, row.depth, row.cut, cells)


def _is_shown(cell: Mapping[str, Any] | None) -> bool:
    return cell is not None and bool(cell.get("shown", "shares" in cell))


def _everywhere(groups: list[Group], resting: Mapping[str, Collection[str]], changes: Changes) -> list[Group]:
    counts: Counter[str] = Counter()
    for group in groups:
        for measure, keys in resting.items():
            for key in [key for key in group.cells if _rests(key, keys) and _is_shown(group.cells[key])]:
                group.cells[key] = dict(HIDDEN)
                counts[measure] += key == measure
    changes += [{"what": "withdrawn everywhere", "group": "", "measure": key, "n": counts[key]} for key in resting]
    return groups


def _rests(key: str, keys: Collection[str]) -> bool:
    return key in keys or key.rpartition(":")[2] in keys or key.partition(":")[0] in keys


def _resting(wave: Wave, correction: Correction) -> dict[str, set[str]]:
    """Measure → the cells that tell its number, or a part of it."""
    if not correction.everywhere:
        return {}
    codes = queries.codes_of(queries.items_of(wave))
    found = {}
    for measure in correction.everywhere:
        inside = {f"reliability:{index}" for index, codes_of in codes.items() if measure in codes_of}
        found[measure] = {measure, "drivers", *inside}
    return found


def _gone(correction: Correction) -> set[tuple[str, int]]:
    """Homes whose comments are withdrawn with all their numbers."""
    whole = [one for one in correction.withdraw if not one.measure and one.family == TREE]
    return {(family, one.unit) for one in whole for family in (TREE, SAID)}


def _of_comments(old: Release, correction: Correction, rows: Sequence[CellGroup]) -> Changes:
    """In how many comments words are masked, and how many are withdrawn, by group."""
    names = {row.unit: correction.names.get((TREE, row.unit, None), row.name) for row in rows if row.family == TREE}
    gone, masked, withdrawn = _gone(correction), Counter[int](), Counter[int]()
    if not gone and not correction.words:
        return []
    for family, unit, text in old.said.values_list("family", "unit", "text").iterator():  # type: ignore[attr-defined]
        if (family, unit) in gone:
            withdrawn[unit] += 1
        elif comment_release.masked_words(text, correction.words)[1]:
            masked[unit] += 1
    told = [("comments withdrawn", withdrawn), ("words masked", masked)]
    return [
        {"what": what, "group": names.get(unit, ""), "measure": "", "n": n}
        for what, counts in told
        for unit, n in sorted(counts.items(), key=lambda pair: names.get(pair[0], ""))
    ]


def _all_found(correction: Correction, rows: Sequence[CellGroup]) -> None:
    known = {(row.family, row.unit, row.other): row.cells for row in rows}
    for one in correction.withdraw:
        cells = known.get((one.family, one.unit, one.other))
        if cells is None or (one.measure and one.measure not in cells):
            told = {"family": one.family, "unit": one.unit, "measure": one.measure or "*"}
            raise CannotCorrect(_("These results have no %(measure)s of the group %(family)s %(unit)s.") % told)
    if absent := [key for key in correction.names if key not in known]:
        raise CannotCorrect(_("These results have no group %(key)s.") % {"key": " ".join(map(str, absent[0]))})
    measures = {key for cells in known.values() for key in cells}
    if unknown := [key for key in correction.everywhere if key not in measures]:
        raise CannotCorrect(_("These results have no number called %(key)s.") % {"key": unknown[0]})
