"""Whose service did you use? The page before the ratings: who is left out, who is added. Pure.

A draft keeps ``s.used``: those of the asked who were ticked, and ``s.added``: others that were added (lists of unit
ids). Without ``s.used`` the question is open, and everybody who was asked about stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surveys.answering.fields import BadAnswer, Flat, Posted
from surveys.waves.assignment import after_screener

USED, ADDED = "s.used", "s.added"
ADD = "s.add"  # the list to choose another from
NAMES = (USED, ADDED)
NOBODY = "none"  # "None of these"
LONGEST = 10  # figures of a unit's id


@dataclass(frozen=True)
class Screener:
    """``asked`` about by the assignment; ``added`` by the person himself; ``most``: how many he rates in all."""

    asked: tuple[tuple[int, str], ...]
    added: tuple[tuple[int, str], ...] = ()
    most: int = 3

    @property
    def asked_ids(self) -> tuple[int, ...]:
        return tuple(unit for unit, _name in self.asked)

    def answered(self, answers: Flat) -> bool:
        return USED in answers

    def ticked(self, answers: Flat) -> tuple[int, ...]:
        """As the boxes stand: nothing while the question is open."""
        if not self.answered(answers):
            return ()
        return self.rated(answers)

    def rated(self, answers: Flat) -> tuple[int, ...]:
        """Whom he rates."""
        used = ids(answers.get(USED)) if self.answered(answers) else self.asked_ids
        return after_screener(
            self.asked_ids,
            skipped=set(self.asked_ids) - set(used),
            added=ids(answers.get(ADDED)),
            allowed=[unit for unit, _name in self.added],
            max_providers=self.most,
        )


def ids(value: Any) -> tuple[int, ...]:
    """Unit ids out of a draft or an envelope; anything else is none."""
    if not isinstance(value, (list, tuple)):
        return ()
    return tuple(one for one in value if type(one) is int)


def read(asked: Sequence[int], allowed: Sequence[int], most: int, posted: Posted) -> Flat:
    """What the page posts, as entries of a draft. Raises BadAnswer.

    ``allowed``: who may be added. A form that does not show the question changes nothing.
    """
    if USED not in posted and not any(posted.get(ADD, ())):
        return {}
    given = [value for value in posted.get(USED, ()) if value]
    wanted = [value for value in posted.get(ADD, ()) if value]
    if NOBODY in given:
        if len(given) > 1 or wanted:
            raise BadAnswer(USED, "used_or_none")
        return {USED: [], ADDED: []}
    ticked = [_unit(value) for value in given]
    more = [_unit(value) for value in wanted]
    if any(unit not in asked and unit not in allowed for unit in ticked):
        raise BadAnswer(USED, "bad_value")
    if any(unit not in allowed for unit in more):
        raise BadAnswer(ADD, "bad_value")
    used = [unit for unit in asked if unit in ticked]
    added = list(dict.fromkeys(unit for unit in (*ticked, *more) if unit not in asked))
    if not used and not added:
        # Every box was unticked: the question is open again.
        return {USED: "", ADDED: ""}
    if len(used) + len(added) > max(most, len(asked)):
        raise BadAnswer(ADD, "too_many_services", most=max(most, len(asked)))
    return {USED: used, ADDED: added}


def _unit(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) <= LONGEST):
        raise BadAnswer(USED, "bad_value")
    return int(value)


def check(given: Any, asked: Sequence[int], allowed: Sequence[int]) -> Flat:
    """The answer of a submit, ``{"used": [...], "added": [...]}``. Raises BadAnswer."""
    if given is None:
        return {}
    if not isinstance(given, dict) or set(given) - {"used", "added"}:
        raise BadAnswer(USED, "bad_value")
    used, added = given.get("used", []), given.get("added", [])
    for found, known in ((used, asked), (added, allowed)):
        if not isinstance(found, (list, tuple)) or any(type(one) is not int or one not in known for one in found):
            raise BadAnswer(USED, "bad_value")
    return {USED: list(used), ADDED: list(added)}
