"""How many keep practices, block by block: what HR and managers see. Nobody sees a person.

One partition serves every reader, and it changes once a week: a manager's figure is one of HR's. Counts are whole tens.
What colleagues wrote is never read here, only that they wrote.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from culture.access import clock
from culture.people.models import Employee, Leave, Membership, Unit
from programs.planning.models import Program
from programs.practices import counting, limits, switching
from programs.practices.counting import LEAST, Told
from programs.practices.models import Idea, PracticeNote, Recovery

NAMED = 3
CASES_DAYS = 91
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Row:
    """One block: ``people`` of ``names`` (``more`` further units); ``wrote``: the share of them who wrote.

    ``notes``, ``recoveries``: how many, in whole tens.
    """

    name: str
    names: list[str]
    more: int
    units: frozenset[int]
    people: int
    wrote: Told
    notes: str
    recoveries: str


@dataclass(frozen=True)
class Figures:
    """``first`` to ``last``: the four full weeks they are of. ``people``: everybody who keeps practices.

    ``wrote`` None: fewer than ten, so nothing is told; ``kinds``: notes by kind, in whole tens.
    """

    first: dt.date
    last: dt.date
    people: int
    wrote: Told | None
    kinds: dict[str, str]
    rows: list[Row]


def begins(day: dt.date) -> dt.datetime:
    """The first moment of ``day`` where the organisation is."""
    return dt.datetime.combine(day, dt.time(), clock.zone())


def keepers(last: dt.date) -> QuerySet[Employee]:
    """Who kept practices on the day and was not on leave, as ids."""
    people = switching.enrolments(last).values("employee")
    return Employee.objects.filter(pk__in=people).exclude(pk__in=Leave.objects.on(last).values("employee")).order_by()


def written(first: dt.date, last: dt.date) -> QuerySet[PracticeNote]:
    """Notes of the window. What is written down later for its last day waits for no figure that was told already."""
    return PracticeNote.objects.filter(
        on__gte=first, on__lte=last, at__lt=begins(last + dt.timedelta(days=1))
    ).order_by()


@dataclass
class _Tally:
    """Of one unit: who keeps practices there, who of them wrote, how many notes and complaints."""

    people: int = 0
    writers: int = 0
    notes: int = 0
    cases: int = 0


def of(today: dt.date) -> Figures:
    """The whole partition. Some seven queries and one pass over the people, whatever the number of units."""
    first, last = counting.window(today)
    tallies = _tallies(first, last)
    tree = {pk: (parent, name) for pk, parent, name in Unit.objects.order_by().values_list("pk", "parent_id", "name")}
    people = {unit: tally.people for unit, tally in tallies.items()}
    found = counting.blocks({pk: parent for pk, (parent, _name) in tree.items()}, people)
    rows = sorted((_row(block, tree, tallies) for block in found), key=lambda row: row.name)
    whole = sum(people.values())
    wrote = counting.share(sum(tally.writers for tally in tallies.values()), whole)
    return Figures(first, last, whole, wrote, _kinds(first, last, whole), rows)


def told(today: dt.date) -> Figures:
    """As :func:`of`, worked out once an hour: what is told once a week needs no counting for each reader."""
    last = counting.window(today)[1]
    programs = "-".join(str(pk) for pk in switching.programs().order_by("pk").values_list("pk", flat=True))
    key = f"practices:{last}:{zlib.crc32(programs.encode())}"
    found = cache.get(key)
    if not isinstance(found, Figures):
        found = of(today)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _tallies(first: dt.date, last: dt.date) -> dict[int, _Tally]:
    homes = Membership.objects.on(last).filter(employee__in=keepers(last)).order_by()
    notes, cases = _notes(first, last), _cases(last)
    found: dict[int, _Tally] = defaultdict(_Tally)
    for person, unit in homes.values_list("employee", "unit"):
        tally, written_ = found[unit], notes.get(person, 0)
        tally.people += 1
        tally.writers += written_ > 0
        tally.notes += written_
        tally.cases += cases.get(person, 0)
    return found


def _notes(first: dt.date, last: dt.date) -> dict[int, int]:
    return dict(written(first, last).values("employee").annotate(n=Sum("many")).values_list("employee", "n"))


def _cases(last: dt.date) -> dict[int, int]:
    since, until = begins(last - dt.timedelta(days=CASES_DAYS - 1)), begins(last + dt.timedelta(days=1))
    rows = Recovery.objects.filter(at__gte=since, at__lt=until).order_by().values("employee").annotate(n=Count("pk"))
    return dict(rows.values_list("employee", "n"))


def _row(block: counting.Block, tree: dict[int, tuple[int | None, str]], tallies: dict[int, _Tally]) -> Row:
    inside = [tallies[unit] for unit in block.units]
    wrote = counting.share(sum(tally.writers for tally in inside), block.people)
    assert wrote is not None, "a block has at least ten people"
    ordered = sorted(block.units, key=lambda unit: (-tallies[unit].people, tree[unit][1]))
    return Row(
        name=tree[block.anchor][1],
        names=[tree[unit][1] for unit in ordered[:NAMED]],
        more=max(0, len(ordered) - NAMED),
        units=block.units,
        people=block.people,
        wrote=wrote,
        notes=counting.tens(sum(tally.notes for tally in inside)),
        recoveries=counting.tens(sum(tally.cases for tally in inside)),
    )


def _kinds(first: dt.date, last: dt.date, whole: int) -> dict[str, str]:
    """By kind, of everybody; nothing while they are too few."""
    if whole < LEAST:
        return {}
    rows = written(first, last).values("kind").annotate(n=Sum("many")).values_list("kind", "n")
    counts = dict(rows)
    return {str(kind.label): counting.tens(counts.get(kind.value, 0)) for kind in PracticeNote.Kind}


# -- one program: for its scorecard ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wrote:
    """``told`` None: fewer than ten people."""

    told: Told | None
    people: int
    until: dt.date


def of_program(program: Program, on: dt.date) -> Wrote:
    """Of those active in ``program`` on the last Sunday: the share who wrote in the four weeks before. Two queries."""
    first, last = counting.window(on)
    active = members(program, last)
    whole = active.count()
    part = written(first, last).filter(employee__in=active).values("employee").distinct().count()
    return Wrote(counting.share(part, whole), whole, last)


def members(program: Program, last: dt.date) -> QuerySet[Employee]:
    rows = program.enrolments.on(last).order_by().values("employee")  # type: ignore[attr-defined]
    return Employee.objects.filter(pk__in=rows).exclude(pk__in=Leave.objects.on(last).values("employee")).order_by()


def solved(program: Program, on: dt.date) -> tuple[int, int]:
    """Of the complaints of its people that fell due in 91 days: (closed by then, all)."""
    last = counting.window(on)[1]
    since, until = begins(last - dt.timedelta(days=CASES_DAYS - 1)), begins(last + dt.timedelta(days=1))
    due = Recovery.objects.filter(employee__in=members(program, last), due_at__gte=since, due_at__lt=until)
    rows = list(due.order_by().values_list("closed_at", "due_at"))
    return sum(1 for closed, day in rows if closed is not None and closed <= day), len(rows)


def allowed(program: Program, on: dt.date) -> tuple[int, int]:
    """Of the ideas of its people that were decided in 91 days: (approved, all)."""
    last = counting.window(on)[1]
    since, until = begins(last - dt.timedelta(days=CASES_DAYS - 1)), begins(last + dt.timedelta(days=1))
    decided = Idea.objects.filter(proposer__in=members(program, last), decided_at__gte=since, decided_at__lt=until)
    found = decided.order_by().aggregate(part=Count("pk", ~Q(state=Idea.State.DECLINED)), whole=Count("pk"))
    return found["part"], found["whole"]


# -- for HR: what is given, so that limits can be set ---------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """Closed complaints of 91 days of one kind of amends. ``value``: in all, in words, currency by currency."""

    amends: str
    cases: int
    value: str
    stayed: int
    left: int


def given(now: dt.datetime) -> list[Given]:
    """By amends, of everybody: nothing while fewer than ten cases are closed; kinds of fewer than ten are one line."""
    since = now - dt.timedelta(days=CASES_DAYS)
    closed = Recovery.objects.filter(closed_at__gte=since, closed_at__lte=now).order_by()
    outcome = Recovery.Outcome
    rows = closed.values("amends", "currency").annotate(
        n=Count("pk"),
        sum=Sum("value"),
        stayed=Count("pk", Q(outcome=outcome.STAYED)),
        left=Count("pk", Q(outcome=outcome.LEFT)),
    )
    by: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by[row["amends"]].append(row)
    rare = [kind for kind, some in by.items() if sum(row["n"] for row in some) < LEAST]
    together = [row for kind in rare for row in by.pop(kind)]
    told = [_given(str(Recovery.Amends(kind).label), some) for kind, some in by.items()]
    if sum(row["n"] for row in together) >= LEAST:
        told.append(_given("", together))
    return sorted(told, key=lambda one: -one.cases)


def _given(label: str, rows: list[Any]) -> Given:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["currency"]:
            sums[row["currency"]] += row["sum"]
    value = " · ".join(limits.money(value, code) for code, value in sorted(sums.items()))
    count, stayed, left = (sum(row[name] for row in rows) for name in ("n", "stayed", "left"))
    return Given(label, count, value, stayed, left)


def today_of(now: dt.datetime) -> dt.date:
    return timezone.localdate(now, clock.zone())
