"""What later rooms show in the guided set-up. Planning may import none of them; so they put their part here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from programs.planning.models import Program


@dataclass(frozen=True)
class Line:
    """One thing that is set already: what, a word about it, and where it is changed."""

    title: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Offer:
    """``lines``: what is there; ``links``: (address, words) of what can be done, the first stands out; ``warnings``
    join the review; ``told``: one sentence for the review, with its number."""

    told: str = ""
    lines: list[Line] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


Teller = Callable[[Program, dt.date], Offer]
_tellers: dict[str, list[Teller]] = {}


def offer(step: str) -> Callable[[Teller], Teller]:
    """Decorator: ``teller(program, today)`` adds its part to ``step`` ("paths" or "recognition")."""

    def keep(teller: Teller) -> Teller:
        if teller not in (known := _tellers.setdefault(step, [])):
            known.append(teller)
        return teller

    return keep


def offers(step: str, program: Program, today: dt.date) -> list[Offer]:
    return [teller(program, today) for teller in _tellers.get(step, [])]
