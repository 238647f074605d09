"""From released results and from what was done to panels: the one place where the search for an effect reads.

Survey outcomes come through the gate of results (waves shared with leaders, released cells). Steps between (training,
thanks, behaviour seen) are shares of a block's people on the day a wave opened, of blocks of at least ``LEAST`` people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db import connection
from django.db.models import Count

from culture.people import asof
from culture.people.models import Employee, Unit
from programs.planning import reach
from programs.planning.models import Cohort, CohortPerson, Program
from programs.reports.effect import panel
from programs.training.models import Assignment
from surveys.results import queries as results
from surveys.results.insight import trends
from surveys.waves.models import Wave

LEAST = 10
SEEN_DAYS = 90
SURVEYED = ("served", "want", "know", "can")
STEPS = ("training", "recognised", "observed")
Counts = dict[int, tuple[float, int]]  # unit → (how many of them, as a number of people; people)


@dataclass
class Source:
    """What all outcomes of a program share, read once."""

    program: Program
    _blocks: dict[int, list[panel.Block]] = field(default_factory=dict)

    @cached_property
    def starts(self) -> dict[int, dt.date]:
        return dict(Cohort.objects.filter(program=self.program).values_list("pk", "starts_on"))

    @cached_property
    def homes(self) -> dict[int, int]:
        """Unit → cohort; what was merged into another unit, or split from it, goes where that one is."""
        found = reach.homes(self.program)
        for unit, other in self.became:
            if unit not in found and other in found:
                found[unit] = found[other]
        return found

    @cached_property
    def belongs(self) -> dict[int, dict[int | None, float]]:
        """Unit → how many of its people today are in which cohort: by name, else with the unit. Four queries."""
        found: dict[int, dict[int | None, float]] = {
            unit: {cohort: panel.NOBODY} for unit, cohort in self.homes.items()
        }
        people = Employee.objects.filter(unit__isnull=False, is_active=True).order_by()
        for unit, n in people.values_list("unit").annotate(n=Count("pk")):
            found[unit] = {self.homes.get(unit): float(n)}
        named = CohortPerson.objects.filter(program=self.program, employee__unit__isnull=False).order_by()
        for unit, cohort, n in named.values_list("employee__unit", "cohort").annotate(n=Count("pk")):
            if self.homes.get(unit) != cohort:
                mine = found.setdefault(unit, {})
                mine[cohort] = mine.get(cohort, 0.0) + n
                mine[self.homes.get(unit)] = max(panel.NOBODY, mine.get(self.homes.get(unit), 0.0) - n)
        return found

    @cached_property
    def names(self) -> dict[int, str]:
        return dict(Unit.objects.order_by().values_list("pk", "name"))

    @cached_property
    def became(self) -> list[tuple[int, int]]:
        """Pairs of a unit and the one it was merged into, or split from since the program's first wave or day."""
        since = min((wave.opens_on for wave in self.calendar), default=self.program.starts_on)
        with connection.cursor() as cursor:
            cursor.execute(SPLIT, [min(since, self.program.starts_on)])
            return [*asof.successors().items(), *cursor.fetchall()]

    def surveyed(self, key: str) -> list[panel.Wave]:
        """The waves of a released measure, oldest first."""
        if self.program.series_id is None:  # type: ignore[attr-defined]
            return []
        found: list[panel.Wave] = []
        before: trends.Wave | None = None
        for one in results.shared_course(self.program.series_id, key):  # type: ignore[attr-defined]
            found.append(self._wave(one, before, key))
            before = one
        # A measure that no wave asks for is not hidden: there is none.
        return found if any(wave.scores for wave in found) else []

    @cached_property
    def calendar(self) -> list[panel.Wave]:
        """The waves without scores: for what is counted on the days they opened."""
        if self.program.series_id is None:  # type: ignore[attr-defined]
            return []
        waves = results.shared_course(self.program.series_id, "participation")  # type: ignore[attr-defined]
        return [self._wave(one, None, "participation") for one in waves]

    def _wave(self, one: trends.Wave, before: trends.Wave | None, key: str) -> panel.Wave:
        wave = _wave(one, self.blocks(one.about), before, key)
        return replace(wave, names={units: self.names[at] for at, units in one.units.items() if at in self.names})

    def blocks(self, wave: Wave) -> list[panel.Block]:
        """The reporting blocks as the wave froze them, with how many of each were invited."""
        if wave.pk not in self._blocks:
            rows = Wave.objects.values_list("snapshot__blocks", flat=True).get(pk=wave.pk) or []
            self._blocks[wave.pk] = [
                panel.Block(row["name"], frozenset(row["units"]), row.get("invited") or 0) for row in rows
            ]
        return self._blocks[wave.pk]

    def stepped(self, key: str) -> list[panel.Wave]:
        """The same waves with the share of people, in per cent, of blocks of at least ``LEAST`` people on the day."""
        found = []
        for wave in self.calendar:
            counts = self._counts(key, wave.opens_on)
            if counts is None:
                return []
            scores = {block.units: one for block in wave.blocks if (one := _share(block.units, counts)) is not None}
            found.append(replace(wave, scores=scores, comparable=True))
        return found if any(one.points for wave in found for one in wave.scores.values()) else []

    def _counts(self, key: str, day: dt.date) -> Counts | None:
        given: dict[str, object] = {"day": day, "since": day - dt.timedelta(days=SEEN_DAYS)}
        if key == "training":
            if not self.courses:
                return None
            given["courses"] = self.courses
        with connection.cursor() as cursor:
            cursor.execute(COUNTED[key], given)
            rows = cursor.fetchall()
        whole = len(self.courses) if key == "training" else 1
        return {unit: (float(part) / whole, people) for unit, people, part in rows}

    @cached_property
    def courses(self) -> list[int]:
        """The courses anybody of the program was given."""
        given = Assignment.objects.filter(course__isnull=False, employee__enrolments__program=self.program)
        return sorted(given.order_by().values_list("course", flat=True).distinct())


def _wave(one: trends.Wave, blocks: list[panel.Block], before: trends.Wave | None, key: str) -> panel.Wave:
    same = before is None or trends.comparable(before, one).measure(key, {*_codes(before, key), *_codes(one, key)})
    scores, not_asked = {}, set()
    for group, units in one.units.items():
        cell = one.cells.get(group, {}).get(key) or {}
        if units and cell.get("shown") and cell.get("index") is not None:
            scores[units] = panel.Score(float(cell["index"]), trends.weight(cell))
        elif units and cell.get("why") == "not asked":
            not_asked.add(units)
    return panel.Wave(
        number=one.number,
        opens_on=one.about.opens_on,
        blocks=blocks,
        scores=scores,
        comparable=same,
        key=one.about.pk,
        not_asked=frozenset(not_asked),
    )


def _codes(one: trends.Wave, key: str) -> tuple[str, ...]:
    return results.codes_of([dict(item) for item in one.items]).get(key, (key,))


def _share(units: frozenset[int], counts: Mapping[int, tuple[float, int]]) -> panel.Score | None:
    mine = [counts[unit] for unit in units if unit in counts]
    people = sum(n for _part, n in mine)
    return panel.Score(100 * sum(part for part, _n in mine) / people, people) if people >= LEAST else None


def build(source: Source, waves: Sequence[panel.Wave]) -> panel.Panel:
    """The panel of one outcome."""
    if not waves:
        return panel.Panel()
    return panel.build(waves, source.belongs, source.starts, became=source.became)


# New unit → the unit from which at least half of those came who were in it on its first day.
SPLIT = """
SELECT n.unit_id, n.origin FROM (
    SELECT m.unit_id, p.unit_id AS origin, count(*) AS moved,
        sum(count(*)) OVER (PARTITION BY m.unit_id) AS whole
    FROM culture_unit u
    JOIN culture_membership m ON m.unit_id = u.id AND m.since = u.since
    LEFT JOIN culture_membership p ON p.employee_id = m.employee_id AND p.until = m.since - 1
    WHERE u.since > %s
    GROUP BY m.unit_id, p.unit_id
) n WHERE n.origin IS NOT NULL AND 2 * n.moved >= n.whole
"""
_HERE = """
FROM culture_membership m WHERE m.since <= %(day)s AND (m.until IS NULL OR m.until >= %(day)s) GROUP BY m.unit_id
"""
COUNTED = {
    # A course counts while its completion holds, as it was granted; of old ones as the most generous path says.
    "training": """
WITH validity AS (
    SELECT course_id, CASE WHEN bool_or(months = 0) THEN 0 ELSE max(months) END AS months
    FROM programs_step WHERE course_id IS NOT NULL GROUP BY course_id
), held AS (
    SELECT c.employee_id, count(DISTINCT v.course_id) AS n
    FROM programs_completion c
    JOIN programs_courseversion v ON v.id = c.version_id
    LEFT JOIN programs_revocation r ON r.completion_id = c.id AND r.on <= %(day)s
    LEFT JOIN validity y ON y.course_id = v.course_id
    WHERE c.done_on <= %(day)s AND r.id IS NULL AND v.course_id = ANY(%(courses)s)
        AND (COALESCE(c.months, y.months, 0) = 0
            OR c.done_on + make_interval(months => COALESCE(c.months, y.months)::int) > %(day)s)
    GROUP BY c.employee_id
)
SELECT m.unit_id, count(*), sum(COALESCE((SELECT n FROM held h WHERE h.employee_id = m.employee_id), 0))
"""
    + _HERE,
    "recognised": """
WITH thanked AS (
    SELECT DISTINCT r.receiver_id FROM programs_kudosreceiver r JOIN programs_kudos k ON k.id = r.kudos_id
    WHERE k.at >= %(since)s AND k.at < %(day)s AND k.state <> 'withdrawn'
)
SELECT m.unit_id, count(*), count(*) FILTER (WHERE m.employee_id IN (SELECT receiver_id FROM thanked))
"""
    + _HERE,
    "observed": """
WITH seen AS (
    SELECT DISTINCT o.employee_id FROM programs_observation o
    WHERE o.what = 'seen' AND o.withdrawn_at IS NULL AND o.on > %(since)s AND o.on <= %(day)s
)
SELECT m.unit_id, count(*), count(*) FILTER (WHERE m.employee_id IN (SELECT employee_id FROM seen))
"""
    + _HERE,
}
