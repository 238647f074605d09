"""How many keep practices, block by block: what HR, managers and scorecards see. Nobody sees a person.

One partition serves every reader, and it is worked out once a week (``weeks``): a manager's figure is one of HR's, and
what is entered later alters none that was seen. Counts are whole tens. What colleagues wrote is never read here, only
that they wrote. What is kept of a week is what is told, and nothing finer.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from culture.access import clock
from culture.people.models import Leave, Membership, Unit
from programs.planning import apart
from programs.planning.models import Enrolment, Program
from programs.practices import counting, limits, switching
from programs.practices.counting import LEAST, Told
from programs.practices.models import Idea, PracticeKeeper, PracticeNote, PracticeWeek, Recovery

NAMED = 3
CASES_DAYS = 91
# The figures of the week before are told until this week's are there, which is Monday's first tick.
OLD = dt.timedelta(days=14)
FEW, SPLIT = "few", "split"


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
class Cases:
    """Of complaints or ideas: the share that ended well, of ``cases`` in tens; ``told`` None: of too few people."""

    told: Told | None = None
    cases: str = ""


@dataclass(frozen=True)
class OfProgram:
    """Of ``people`` who kept practices in one program all four weeks. ``told`` None, ``why``: they are too ``few``, or
    ``split``: told in groups together with people of other programs."""

    told: Told | None = None
    people: int = 0
    why: str = FEW
    recoveries: Cases = Cases()
    ideas: Cases = Cases()


@dataclass(frozen=True)
class Figures:
    """``first`` to ``last``: the four full weeks they are of. ``people``: everybody who kept practices all the time.

    ``wrote`` None: fewer than ten, so nothing is told; ``kinds``: notes by kind, in whole tens; ``programs``: by id.
    """

    first: dt.date
    last: dt.date
    people: int = 0
    wrote: Told | None = None
    kinds: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    programs: dict[int, OfProgram] = field(default_factory=dict)


# -- what is told ----------------------------------------------------------------------------------------------------


def told(today: dt.date) -> Figures:
    """What was worked out of the last week that is over. One query."""
    first, last = counting.window(today)
    week = PracticeWeek.objects.filter(until__lte=last, until__gt=last - OLD).order_by("-until").first()
    return read(week.told, week.until) if week is not None else Figures(first, last)


def of_program(program: Program, on: dt.date) -> tuple[OfProgram, Figures]:
    """What is told of one program, and the week's figures it is of. One query."""
    week = told(on)
    return week.programs.get(program.pk, OfProgram()), week


def read(kept: Mapping[str, Any], last: dt.date) -> Figures:
    """What is kept of a week, in the reader's words."""
    labels = {kind.value: str(kind.label) for kind in PracticeNote.Kind}
    return Figures(
        counting.first_of(last),
        last,
        kept["people"],
        _told(kept["wrote"]),
        {labels[kind]: counting.tens(n) for kind, n in kept["kinds"].items() if kind in labels},
        [_read_row(row) for row in kept["rows"]],
        {int(pk): _read_program(one) for pk, one in kept["programs"].items()},
    )


def _told(kept: list[Any] | None) -> Told | None:
    return Told(*kept) if kept else None


def _read_row(row: Mapping[str, Any]) -> Row:
    told, notes, cases = Told(*row["wrote"]), counting.tens(row["notes"]), counting.tens(row["recoveries"])
    return Row(row["name"], row["names"], row["more"], frozenset(row["units"]), row["people"], told, notes, cases)


def _read_program(kept: Mapping[str, Any]) -> OfProgram:
    cases = [
        Cases(_told(one["told"]), counting.tens(one["cases"])) if one else Cases()
        for one in (kept["recoveries"], kept["ideas"])
    ]
    return OfProgram(_told(kept["wrote"]), kept["people"], kept["why"], *cases)


# -- how it is worked out --------------------------------------------------------------------------------------------


def begins(day: dt.date) -> dt.datetime:
    """The first moment of ``day`` where the organisation is."""
    return dt.datetime.combine(day, dt.time(), clock.zone())


def keepers(first: dt.date, last: dt.date) -> QuerySet[PracticeKeeper]:
    """Who could write in all the days from ``first``, and is still there on the ``last``: enrolled and not on leave."""
    here = Enrolment.objects.filter(program=OuterRef("program"), employee=OuterRef("employee")).on(last)
    rows = PracticeKeeper.objects.filter(Exists(here), program__in=switching.programs(), since__lte=first)
    return rows.exclude(employee__in=Leave.objects.on(last).values("employee")).order_by()


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
    """As if the week's figures were worked out now: for tests of how they are counted. Pages read what was kept."""
    return read(work_out(today), counting.window(today)[1])


def work_out(today: dt.date) -> dict[str, Any]:
    """What will be kept of the week. Some ten queries and one pass over the people, whatever the number of units."""
    first, last = counting.window(today)
    programs: dict[int, set[int]] = defaultdict(set)
    for program, person in keepers(first, last).values_list("program", "employee"):
        programs[program].add(person)
    everybody = set().union(*programs.values())
    homes = _homes(everybody, last)
    tallies = _tallies(homes, first, last)
    tree = {pk: (parent, name) for pk, parent, name in Unit.objects.order_by().values_list("pk", "parent_id", "name")}
    people = {unit: tally.people for unit, tally in tallies.items()}
    blocks = counting.blocks({pk: parent for pk, (parent, _name) in tree.items()}, people)
    whole = sum(block.people for block in blocks)
    spans = {block: _span(block, tallies) for block in blocks}
    writers = sum(tallies[unit].writers for block in blocks for unit in block.units)
    wrote = counting.together(writers, list(spans.values()))
    rows = [_row(block, tree, tallies) for block in blocks]
    return {
        "people": whole,
        "wrote": _kept(wrote),
        "kinds": _kinds(first, last, homes) if whole else {},
        "rows": sorted(rows, key=lambda row: str(row["name"])),
        "programs": _programs(programs, homes, spans, wrote, last),
    }


def _kept(told: Told | None) -> list[Any] | None:
    return list(astuple(told)) if told else None


def _homes(people: set[int], last: dt.date) -> dict[int, int]:
    """Person → unit; who has none on the day is in no block, and in no other figure."""
    rows = Membership.objects.on(last).order_by().values_list("employee", "unit")
    return {person: unit for person, unit in rows if person in people}


def _tallies(homes: Mapping[int, int], first: dt.date, last: dt.date) -> dict[int, _Tally]:
    notes = dict(written(first, last).values("employee").annotate(n=Sum("many")).values_list("employee", "n"))
    cases = Counter(_of_quarter(Recovery.objects.all(), "at", last).values_list("employee", flat=True))
    found: dict[int, _Tally] = defaultdict(_Tally)
    for person, unit in homes.items():
        tally, written_ = found[unit], notes.get(person, 0)
        tally.people += 1
        tally.writers += written_ > 0
        tally.notes += written_
        tally.cases += cases[person]
    return found


def _of_quarter(rows: QuerySet[Any], name: str, last: dt.date) -> QuerySet[Any]:
    """Those whose moment ``name`` lies in the 91 days up to the ``last``."""
    since, until = begins(last - dt.timedelta(days=CASES_DAYS - 1)), begins(last + dt.timedelta(days=1))
    return rows.filter(**{f"{name}__gte": since, f"{name}__lt": until}).order_by()


def _span(block: counting.Block, tallies: Mapping[int, _Tally]) -> counting.Span:
    return counting.span(sum(tallies[unit].writers for unit in block.units), block.people)


def _row(
    block: counting.Block, tree: Mapping[int, tuple[int | None, str]], tallies: Mapping[int, _Tally]
) -> dict[str, Any]:
    inside = [tallies[unit] for unit in block.units]
    wrote = counting.share(sum(tally.writers for tally in inside), block.people)
    assert wrote is not None, "a block has at least ten people"
    ordered = sorted(block.units, key=lambda unit: (-tallies[unit].people, tree[unit][1]))
    return {
        "name": tree[block.anchor][1],
        "names": [tree[unit][1] for unit in ordered[:NAMED]],
        "more": max(0, len(ordered) - NAMED),
        "units": sorted(block.units),
        "people": block.people,
        "wrote": _kept(wrote),
        "notes": counting.floor(sum(tally.notes for tally in inside)),
        "recoveries": counting.floor(sum(tally.cases for tally in inside)),
    }


def _kinds(first: dt.date, last: dt.date, homes: Mapping[int, int]) -> dict[str, int]:
    """By kind, of everybody who is told of."""
    found: Counter[str] = Counter()
    rows = written(first, last).values("employee", "kind").annotate(n=Sum("many"))
    for person, kind, n in rows.values_list("employee", "kind", "n"):
        found[kind] += n if person in homes else 0
    return {kind.value: counting.floor(found[kind.value]) for kind in PracticeNote.Kind}


# -- one program: for its scorecard ----------------------------------------------------------------------------------


def _programs(
    programs: Mapping[int, set[int]],
    homes: Mapping[int, int],
    spans: Mapping[counting.Block, counting.Span],
    wrote: Told | None,
    last: dt.date,
) -> dict[str, Any]:
    """Of each program what the blocks say of its people, where they are whole blocks: no figure of its own, which
    could be taken off theirs."""
    block_of = {unit: block for block in spans for unit in block.units}
    mine = {pk: {person for person in people if homes.get(person) in block_of} for pk, people in programs.items()}
    everybody = set().union(*mine.values())
    recoveries, ideas = _solved(mine, last), _allowed(mine, last)
    found = {}
    for pk, people in sorted(mine.items()):
        inside = Counter(block_of[homes[person]] for person in people)
        split = any(n != block.people for block, n in inside.items())
        told = None if split else wrote if people == everybody else counting.composed([spans[one] for one in inside])
        found[str(pk)] = {
            "people": len(people),
            "wrote": _kept(told),
            "why": "" if told else SPLIT if split else FEW,
            "recoveries": recoveries.get(pk),
            "ideas": ideas.get(pk),
        }
    return found


def _solved(programs: Mapping[int, set[int]], last: dt.date) -> dict[int, dict[str, Any]]:
    """Of the complaints that fell due in 91 days: closed by then."""
    rows = _of_quarter(Recovery.objects.all(), "due_at", last).values_list("employee", "closed_at", "due_at")
    return _cases(programs, [(person, closed is not None and closed <= due) for person, closed, due in rows])


def _allowed(programs: Mapping[int, set[int]], last: dt.date) -> dict[int, dict[str, Any]]:
    """Of the ideas that were decided in 91 days: approved."""
    rows = _of_quarter(Idea.objects.all(), "decided_at", last).values_list("proposer", "state")
    return _cases(programs, [(person, state != Idea.State.DECLINED) for person, state in rows])


def _cases(programs: Mapping[int, set[int]], rows: Iterable[tuple[int, bool]]) -> dict[int, dict[str, Any]]:
    """By program, where enough people are behind the cases: in each of them, and in what is left when one is taken off
    another. ``rows``: whose case, and whether it ended well."""
    of_person: dict[int, list[bool]] = defaultdict(list)
    for person, well in rows:
        of_person[person].append(well)
    held = [frozenset(pk for pk, people in programs.items() if person in people) for person in of_person]
    found = {}
    for pk in apart.told(Counter(held), LEAST):
        mine = [well for person, wells in of_person.items() if person in programs[pk] for well in wells]
        found[pk] = {"told": _kept(counting.share(sum(mine), len(mine))), "cases": counting.floor(len(mine))}
    return found


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
