"""What the rooms put on somebody's home page. This room knows none of them; each contributes when the apps are ready.

A room registers a function of a user and a moment; it checks the permissions itself and tells lines of "Needs you"
(:class:`Need`) and cards (:class:`Card`). It asks the database a fixed number of times, and nothing where the user
lacks what it tells of.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from culture.people.models import Employee


class Place(enum.IntEnum):
    """Where a card stands: across the page, in the wide column or beside it."""

    TOP = 0
    MAIN = 1
    SIDE = 2


@dataclass(frozen=True)
class Need:
    """One line of "Needs you": what, why, and where to do something about it. ``weight``: the greater, the sooner."""

    title: str
    text: str
    url: str = ""
    weight: int = 0


@dataclass(frozen=True)
class Card:
    """``template`` is shown with ``context`` as ``card``; the smaller ``order`` comes first in its place.

    ``told``: the finding, for the page's heading; the first card that has one gives it.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    place: Place = Place.MAIN
    order: int = 50
    told: str = ""


@dataclass(frozen=True)
class Home:
    """Everything of one page, in order."""

    needs: list[Need]
    top: list[Card]
    main: list[Card]
    side: list[Card]

    @property
    def told(self) -> str:
        return next((card.told for card in [*self.top, *self.main, *self.side] if card.told), "")


Teller = Callable[[Employee, dt.datetime], Iterable[Need | Card]]
_tellers: list[Teller] = []


def contribute(teller: Teller) -> Teller:
    """Decorator: ``teller(user, now)`` tells what belongs on the user's home page."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def home(user: Employee, now: dt.datetime) -> Home:
    told = [one for teller in _tellers for one in teller(user, now)]
    needs = sorted((one for one in told if isinstance(one, Need)), key=lambda one: -one.weight)
    cards = sorted((one for one in told if isinstance(one, Card)), key=lambda one: one.order)
    top, main, side = ([card for card in cards if card.place == place] for place in Place)
    return Home(needs, top, main, side)
