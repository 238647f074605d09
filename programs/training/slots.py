"""Five slots of a person and a requirement: why, want, know, can, keep. Pure: no database, no clock.

Each slot rests on its own evidence and decays by itself: *why* on having read the reasons, *want* on the person's own
reflection (private unless shared), *know* on a passed quiz, *can* on behaviour seen often enough by enough observers,
*keep* on being seen again. The first unmet slot is the barrier: training does not help who does not want to.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


class Slot(enum.StrEnum):
    WHY = "why"
    WANT = "want"
    KNOW = "know"
    CAN = "can"
    KEEP = "keep"


ORDER = tuple(Slot)
# What only the person's own eyes may see unless shared.
PRIVATE = frozenset({Slot.WANT})
# Scores run from 1 to 5; 3 is still short (framework.md, section 7).
SHORT = 3


def barrier(scores: Sequence[float]) -> int | None:
    """Place of the first score at or below 3 of five, None when all are above."""
    return next((place for place, score in enumerate(scores) if score <= SHORT), None)


def first_unmet(
    met: Mapping[Slot, bool | None], *, private: bool, asked: Collection[Slot] = frozenset(ORDER)
) -> Slot | None:
    """The barrier. ``private``: computed for the person; otherwise as if the private slots did not exist.

    ``asked``: the slots that are expected at all; the others are left out like private ones.

    A slot without evidence (None) is neither met nor the barrier's proof: it counts as unmet only once a later slot
    is not met either, so that somebody seen doing it is never told to read why.
    """
    shown = [slot for slot in ORDER if slot in asked and (private or slot not in PRIVATE)]
    last_met = max((place for place, slot in enumerate(shown) if met.get(slot)), default=-1)
    for place, slot in enumerate(shown):
        state = met.get(slot)
        if state is False or (state is None and place > last_met):
            return slot
    return None


class Seen(enum.StrEnum):
    SEEN = "seen"
    NOT_YET = "not_yet"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Needed:
    """``sightings`` by at least ``observers`` different people within ``days``."""

    sightings: int = 2
    observers: int = 2
    days: int = 90

    def __post_init__(self) -> None:
        if not 1 <= self.observers <= self.sightings or self.days < 1:
            raise ValueError("at least one observer, no more observers than sightings, at least one day")


@dataclass(frozen=True)
class Sighting:
    """``needed``: the rule that held when it was noted; None: the one of today."""

    on: dt.date
    observer: int
    what: Seen
    needed: Needed | None = None


@dataclass(frozen=True)
class Shown:
    """``granted_on``: the first day on which enough was seen, ``by`` the rule of that sighting (None: by hand).

    ``disputed``: within the days some saw it, some not.
    """

    granted_on: dt.date | None
    seen: int
    observers: int
    disputed: bool
    by: Needed | None = None


def shown(sightings: Iterable[Sighting], needed: Needed, today: dt.date, granted: Iterable[dt.date] = ()) -> Shown:
    """Whether a behaviour has been seen often enough by ``today``; nothing ever overwrites what somebody else saw.

    Each sighting is judged by the rule it was noted under, so that another rule takes nothing away. ``granted``: days
    on which it was granted otherwise, by hand or on a path.
    """
    known = sorted((s for s in sightings if s.on <= today and s.what != Seen.NOT_APPLICABLE), key=lambda s: s.on)
    enough = next((s for s in known if s.what == Seen.SEEN and _enough(known, s.needed or needed, s.on)), None)
    by_hand = min((day for day in granted if day <= today), default=None)
    first = min((day for day in (enough and enough.on, by_hand) if day), default=None)
    window = [s for s in known if 0 <= (today - s.on).days < needed.days]
    positive = [s for s in window if s.what == Seen.SEEN]
    return Shown(
        granted_on=first,
        seen=len(positive),
        observers=len({s.observer for s in positive}),
        disputed=bool(positive) and len(positive) < len(window),
        by=(enough.needed or needed) if enough and enough.on == first else None,
    )


def _enough(known: Sequence[Sighting], needed: Needed, day: dt.date) -> bool:
    window = [s for s in known if s.what == Seen.SEEN and 0 <= (day - s.on).days < needed.days]
    return len(window) >= needed.sightings and len({s.observer for s in window}) >= needed.observers


def attendance_rates(*, past: int, total: int, attended: int, excused: int = 0) -> tuple[float | None, float | None]:
    """(to date, of all): attended of the sessions held so far and of all; excused ones are taken out of both."""
    held, planned = past - excused, total - excused
    return (attended / held if held > 0 else None, attended / planned if planned > 0 else None)


# -- evidence and decay ----------------------------------------------------------------------------------------------

# How long each slot's evidence lasts, in days. *Know* lasts as long as the path that asks for the course says.
WHY_LASTS = 730
WANT_LASTS = 180
KNOW_LASTS = 730
KEEP_LASTS = 180
# Being seen again proves a habit only some time after it was first seen often enough.
KEEP_AFTER = 30


@dataclass(frozen=True)
class Evidence:
    """What a slot rests on: ``met`` None: nothing is known (any more). ``on``: the day of the newest evidence;
    ``until``: the last day it counts (None: for good, or there is none)."""

    met: bool | None = None
    on: dt.date | None = None
    until: dt.date | None = None

    @property
    def faded(self) -> bool:
        """There was evidence, and it has lost its worth."""
        return not self.met and self.until is not None

    @property
    def state(self) -> str:
        """``met``, ``faded``, ``unmet`` (what is known is not enough) or ``unknown``, for pages, files and the API."""
        if self.met:
            return "met"
        if self.faded:
            return "faded"
        return "unmet" if self.met is False else "unknown"


def lasting(on: dt.date | None, days: int, today: dt.date) -> Evidence:
    """Evidence of the day ``on`` that counts for ``days`` days, the first included."""
    if on is None or on > today:
        return Evidence()
    until = on + dt.timedelta(days=days - 1)
    return Evidence(today <= until, on, until)


def wanting(score: int | None, on: dt.date | None, today: dt.date) -> Evidence:
    """From one's own view, 1 to 5. An old view, whatever it said, tells nothing any more."""
    found = lasting(on, WANT_LASTS, today)
    if score is None or not found.met:
        return Evidence(None, found.on, found.until)
    # A view that says "not yet" does not run out into anything: only what is met has a last day.
    return Evidence(True, found.on, found.until) if score > SHORT else Evidence(False, found.on)


def doing(
    sightings: Sequence[Sighting], needed: Needed, today: dt.date, granted: Sequence[dt.date] = ()
) -> tuple[Evidence, Evidence]:
    """*Can* and *keep* of one behaviour. *Can* is granted for good; *keep* asks to be seen again, and fades."""
    told = shown(sightings, needed, today, granted)
    noted = max((s.on for s in sightings if s.on <= today and s.what != Seen.NOT_APPLICABLE), default=None)
    if told.granted_on is None:
        return Evidence(None if noted is None else False, noted), Evidence()
    again = told.granted_on + dt.timedelta(days=KEEP_AFTER)
    seen = [s.on for s in sightings if s.on <= today and s.what == Seen.SEEN]
    last = max([*seen, *(day for day in granted if day <= today)])
    if last >= again:
        return Evidence(True, told.granted_on), lasting(last, KEEP_LASTS, today)
    fresh = lasting(told.granted_on, KEEP_LASTS, today)
    if fresh.met:
        # It is too early to tell: nobody could have seen it again yet, or need have.
        return Evidence(True, told.granted_on), Evidence()
    return Evidence(True, told.granted_on), Evidence(False, fresh.on, fresh.until)


def together(parts: Sequence[Evidence]) -> Evidence:
    """Of several behaviours that show one requirement: met when all are; its days are those of the weakest."""
    if not parts:
        return Evidence()
    weakest = [part for part in parts if part.met is False] or [part for part in parts if part.met is None]
    found = weakest or list(parts)
    on = max((part.on for part in found if part.on), default=None)
    until = min((part.until for part in found if part.until), default=None)
    if weakest and weakest[0].met is None and len(weakest) < len(parts):
        # Some of it was seen: that is a beginning, not ignorance.
        return Evidence(False, on, until)
    return Evidence(found[0].met, on, until)
