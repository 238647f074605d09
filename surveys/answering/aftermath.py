"""What became of the last survey, for the thanks page. Other wings know it and say so here when the apps are ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST = 4


@dataclass(frozen=True)
class Deed:
    """``what`` was done on a day: by one of the person's own units, or (``by``: its name) as promised by another."""

    what: str
    on: dt.date
    by: str = ""


Teller = Callable[[Sequence[int], dt.date], list[Deed]]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """``teller(units, since)``: what was done in or for these units (ids) since a day."""
    if teller not in _tellers:
        _tellers.append(teller)


def deeds(units: Sequence[int], since: dt.date) -> list[Deed]:
    """The latest first; not more than a thanks page bears."""
    found = [deed for teller in _tellers for deed in teller(units, since)]
    return sorted(found, key=lambda deed: deed.on, reverse=True)[:MOST]


Day = Callable[[int], dt.date | None]
_days: list[Day] = []


def register_day(teller: Day) -> None:
    """``teller(wave)``: from which day everybody reads the results of a wave (its id); None: nobody said so."""
    if teller not in _days:
        _days.append(teller)


def results_day(wave: int) -> dt.date | None:
    return next((day for teller in _days if (day := teller(wave)) is not None), None)
