"""Which limit counts for somebody, and who decides above it. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

OWN, MANAGER, HR = "own", "manager", "hr"


@dataclass(frozen=True)
class Rule:
    """``unit`` None: everywhere; ``job_family`` "": every role. ``manager`` None: he decides on everything."""

    unit: int | None
    job_family: str
    own: Decimal
    manager: Decimal | None


def fitting(rules: Iterable[Rule], above: Sequence[int], job_family: str) -> Rule | None:
    """The most specific: the nearest unit first, then the role. ``above``: one's unit and those over it, nearest first.

    None: nothing was set for him.
    """
    places = {unit: len(above) - n for n, unit in enumerate(above)}
    role = job_family.strip().casefold()
    fits = [
        rule
        for rule in rules
        if (rule.unit is None or rule.unit in places)
        and (not rule.job_family or rule.job_family.strip().casefold() == role)
    ]
    return max(fits, key=lambda rule: (places.get(rule.unit or 0, 0), bool(rule.job_family)), default=None)


def level(rule: Rule | None, value: Decimal, *, led: bool) -> str:
    """Who decides on ``value``. Without a rule nobody gives anything alone. ``led``: he has a manager."""
    if value <= (rule.own if rule else Decimal(0)):
        return OWN
    if not led or (rule is not None and rule.manager is not None and value > rule.manager):
        return HR
    return MANAGER
