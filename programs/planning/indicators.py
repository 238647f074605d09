"""What a milestone is seen by. Each room registers what it can measure; planning knows none of them by name.

A *leading* indicator moves first and can be pushed (people trained, behaviour seen); a *lagging* one is what it was for
(promises kept as planned, what people say in a released survey). Values are percent or index points, 0–100.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.people.models import Leave
from programs.planning import apart, judging, standing
from programs.planning.action_models import Action
from programs.planning.models import Enrolment, Program
from surveys.results import queries as results

# Fewer people than this are no sign of anything, and telling of them would tell on them: as for units, and for blocks.
LEAST = 10
LEADING, LAGGING = "leading", "lagging"
ACTIONS_LEAST = 3


@dataclass(frozen=True)
class Reading:
    """``value`` None: nothing to go by yet, ``words`` say why. Otherwise ``words`` say what it is of.

    ``end``: -1 or 1, where the value is only the lower or upper end of what is told ("under 10 %").
    """

    value: float | None
    words: str
    on: dt.date | None = None
    end: int = 0


@dataclass(frozen=True)
class Indicator:
    """``key``: ``room.name``, stable. ``kinds``: what it may serve as. ``aims``: the least and the most of it that a
    milestone of a program can aim at, where what lies beyond is never told."""

    key: str
    label: Any
    kinds: frozenset[str]
    measure: Callable[[Program, dt.date], Reading]
    unit: Any = "%"
    aims: Callable[[Program], tuple[int, int]] | None = None


_known: dict[str, Indicator] = {}


def register(indicator: Indicator) -> Indicator:
    """Called when the apps are ready. What proves nothing by itself (``training.``) may not lag."""
    if indicator.key.startswith("training.") and LAGGING in indicator.kinds:
        raise ValueError("training leads; it proves nothing")
    _known[indicator.key] = indicator
    return indicator


def choices(kind: str) -> list[tuple[str, Any]]:
    return [(one.key, one.label) for one in sorted(_known.values(), key=lambda i: i.key) if kind in one.kinds]


def get(key: str) -> Indicator | None:
    """None: its room is gone or has renamed it; whoever shows it says so."""
    return _known.get(key)


def read(key: str, program: Program, on: dt.date) -> Reading:
    one = get(key)
    if one is None:
        return Reading(None, _("This indicator is no longer measured: choose another."))
    return one.measure(program, on)


def met(reading: Reading, target: Decimal) -> bool:
    """Whether the target is reached. "Under 10 %" reaches none: it may be nobody."""
    return reading.value is not None and reading.end >= 0 and Decimal(str(round(reading.value, 1))) >= target


def too_few(on: dt.date, least: int = LEAST) -> Reading:
    return Reading(None, _("Too few to tell yet: fewer than %(least)s.") % {"least": least}, on)


def share(part: int, whole: int, words: str, on: dt.date, least: int = LEAST) -> Reading:
    """So many percent; nothing when they are of too few. ``words`` with ``%(part)s`` and ``%(whole)s``."""
    if whole < least:
        return too_few(on, least)
    return Reading(100 * part / whole, words % {"part": part, "whole": whole}, on)


def stands_apart(program: Program, on: dt.date) -> bool:
    """Whether a count of the active people of ``program`` may be told beside those of other running programs: not where
    taking one off the other would leave a few. One query."""
    here = Enrolment.objects.filter(Q(program__state=Program.State.RUNNING) | Q(program=program)).on(on)
    active = here.exclude(employee__in=Leave.objects.on(on).values("employee")).order_by()
    rows = active.values("employee").annotate(programs=ArrayAgg("program", distinct=True))
    people = Counter(frozenset(programs) for programs in rows.values_list("programs", flat=True))
    return program.pk in apart.told(people, LEAST)


def of_people(
    program: Program, day: dt.date, counted: tuple[int, int], words: str, *, people: int, until: dt.date | None = None
) -> Reading:
    """As :func:`share`, of ``counted`` (part, whole) among the active people of ``program`` on the ``day``: told of
    enough ``people`` only, and of who stands apart. ``until``: the day its source reaches to."""
    on = until or day
    if people < LEAST:
        return too_few(on)
    if not stands_apart(program, day):
        told = _("Hidden for privacy: beside another program it would tell of fewer than %(least)s people.")
        return Reading(None, told % {"least": LEAST}, on)
    return share(*counted, words, on, least=1)


# -- what planning itself, and the surveys below it, can say ---------------------------------------------------------


def _units_of(program: Program, on: dt.date) -> list[int]:
    rows = Enrolment.objects.filter(program=program).on(on)
    return list(rows.order_by().values_list("employee__unit", flat=True).distinct())


def _actions(program: Program, on: dt.date, *, promises: bool) -> Reading:
    """Of what was due since the program began: ended as done by its day."""
    due = Action.objects.filter(
        unit__in=_units_of(program, on), due_on__gte=program.starts_on, due_on__lt=on, promised_to__isnull=not promises
    )
    rows = list(due.values_list("state", "ended_on", "due_on"))
    kept = sum(1 for state, ended, day in rows if state == Action.State.DONE and ended and ended <= day)
    words = (
        _("%(part)s of %(whole)s promises that fell due were done by their day")
        if promises
        else _("%(part)s of %(whole)s actions that fell due were done by their day")
    )
    return share(kept, len(rows), words, on, least=ACTIONS_LEAST)


def _promises_kept(program: Program, on: dt.date) -> Reading:
    """Of all who judged a promise of the program's units since it began, how many say it was kept; as released."""
    if program.series_id is None:  # type: ignore[attr-defined]
        return Reading(None, _("No survey series measures this program yet."))
    waves = results.shared_with_leaders(program.series_id)  # type: ignore[attr-defined]
    known = waves.filter(opens_on__gte=program.starts_on, closes_on__lte=on).order_by().values_list("pk", flat=True)
    found = judging.between_departments(known, _units_of(program, on))
    if found.share is None:
        return Reading(None, _("Fewer than three promises of its units were judged in a released wave."), found.until)
    words = _("say that %(promises)s promises were kept; at least %(people)s judgements")
    return Reading(float(found.share), words % {"promises": found.promises, "people": found.people}, found.until)


def _begun(program: Program, on: dt.date) -> Reading:
    now = standing.of_program(program, on)
    words = _("%(part)s of %(whole)s people planned have begun")
    return share(now.enrolled, now.enrolled + now.waiting, words, on)


def _released(cell: str) -> Callable[[Program, dt.date], Reading]:
    """The organisation's index of the last released wave of the program's series, as released. Two queries."""

    def measure(program: Program, on: dt.date) -> Reading:
        if program.series_id is None:  # type: ignore[attr-defined]
            return Reading(None, _("No survey series measures this program yet."))
        # Only what is shared with leaders by now: the gate of results decides.
        waves = results.shared_with_leaders(program.series_id).filter(closes_on__lte=on)  # type: ignore[attr-defined]
        wave = waves.order_by("-number").first()
        if wave is None:
            return Reading(None, _("No wave of its survey has been released yet."))
        found = results.company_cells(wave).get(cell) or {}
        if not found.get("shown") or found.get("index") is None:
            return Reading(None, _("The last released wave does not show it."), wave.closes_on)
        words = _("index of the whole organisation in wave %(n)s") % {"n": wave.number}
        return Reading(float(found["index"]), words, wave.closes_on)

    return measure


def register_own() -> None:
    """Called when the apps are ready."""
    both, lagging = frozenset({LEADING, LAGGING}), frozenset({LAGGING})
    register(Indicator("planning.begun", gettext_lazy("People who have begun"), frozenset({LEADING}), _begun))
    register(
        Indicator(
            "planning.actions",
            gettext_lazy("Units' actions done in time"),
            both,
            lambda program, on: _actions(program, on, promises=False),
        )
    )
    register(
        Indicator(
            "planning.promises",
            gettext_lazy("Promises done in time"),
            both,
            lambda program, on: _actions(program, on, promises=True),
        )
    )
    register(
        Indicator("planning.promises_kept", gettext_lazy("Promises kept, as customers say"), lagging, _promises_kept)
    )
    for cell, label in (
        ("want", gettext_lazy("Survey: Want, index")),
        ("know", gettext_lazy("Survey: Know, index")),
        ("can", gettext_lazy("Survey: Can, index")),
        ("served", gettext_lazy("Survey: how well colleagues are served, index")),
    ):
        register(Indicator(f"results.{cell}", label, lagging, _released(cell), unit=gettext_lazy("of 100")))
