"""What a thank-you stands for: the requirement an attitude shows, and what the program of the giver aims at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.planning.models import Enrolment, Program

# What a behaviour usually shows, so that whom nothing else comes to mind for needs no further tap.
SHOWS = {"A1": "W9", "A2": "W2", "A3": "K1", "A4": "W9", "A5": "C1", "A6": "K1", "A7": "W5", "A8": "K3"}

# Long words of the catalogue that no page of thanks shows: twenty of each would only be taken apart.
UNREAD = ("detail", "tailored_detail", "tailored_base", "who", "moment", "before", "prerequisites")


def focus(giver: Employee, today: dt.date) -> set[str]:
    """Codes of the requirements the running programs of ``giver`` aim at; of all running ones where he is in none."""
    aimed = Program.objects.running().filter(focus__isnull=False)
    mine = aimed.filter(pk__in=Enrolment.objects.on(today).filter(employee=giver).values("program"))
    return set(mine.values_list("focus__code", flat=True)) or set(aimed.values_list("focus__code", flat=True))


def in_order(behaviours: Sequence[Behaviour], aimed: Collection[str]) -> list[Behaviour]:
    """Those first that show what the program aims at."""
    return sorted(behaviours, key=lambda one: (SHOWS.get(one.code) not in aimed, one.position, one.code))


def stands_for(
    behaviour: Behaviour, dimension: str, aimed: Collection[str], requirements: Sequence[Requirement]
) -> Requirement | None:
    """The requirement of ``requirements`` (active ones) that ``behaviour`` shows in ``dimension``.

    Without a dimension what it usually shows; in another dimension what the program aims at there, else its first.
    None: nobody can say without choosing.
    """
    usual = next((one for one in requirements if one.code == SHOWS.get(behaviour.code)), None)
    if not dimension or (usual is not None and usual.dimension == dimension):
        return usual
    there = [one for one in requirements if one.dimension == dimension]
    return next((one for one in there if one.code in aimed), there[0] if there else None)
