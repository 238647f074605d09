"""Does the program work? Looked for when something new is known, kept as it was found, read by pages and scorecard.

``latest`` is what everybody reads. Who is at work holds the lease of the program's ``EffectRun``; a run that died is
taken up by another, and what is found twice is kept once. How it is worked out stands in ``effect_working``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from culture.access.audit import record
from programs.planning.models import Cohort, CohortPerson, Program
from programs.reports import effect_panels
from programs.reports.effect import judging, words
from programs.reports.effect_models import EffectEstimate, EffectRun
from programs.reports.effect_working import METHOD, OUTCOMES, Worked, digest, result_of, work_out
from surveys.results import queries as results

STALE, PAUSE, MOST_PAUSE = dt.timedelta(minutes=30), dt.timedelta(minutes=10), dt.timedelta(hours=12)


# -- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """One outcome as it was found. ``points``, ``low``, ``high`` in points of 100 (steps: percentage points)."""

    program: int
    outcome: str
    main: bool
    made_at: dt.datetime
    number: int
    hash: str
    word: str
    why: tuple[str, ...]
    points: float | None
    low: float | None
    high: float | None
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return str(words.OUTCOMES[self.outcome][0])

    @property
    def unit(self) -> str:
        return str(words.OUTCOMES[self.outcome][1])

    @property
    def about(self) -> str:
        return str(words.OUTCOMES[self.outcome][2])

    @property
    def step(self) -> bool:
        return self.outcome in effect_panels.STEPS

    @property
    def told(self) -> str:
        """As “+6.2”, or “–”."""
        return "–" if self.points is None else words.signed(self.points)

    @property
    def interval(self) -> str:
        """As “+3.1 … +9.3”; empty where there is none."""
        return "" if self.low is None or self.high is None else f"{words.signed(self.low)} … {words.signed(self.high)}"

    @property
    def word_told(self) -> str:
        return str(words.WORDS[self.word])

    @property
    def reasons(self) -> list[str]:
        """Why not a stronger word, as sentences."""
        return [str(words.WHY[code][0]) for code in self.why]

    @property
    def clearer(self) -> list[str]:
        """What would make it clearer, as sentences."""
        return [str(words.WHY[code][1]) for code in self.why]

    @property
    def better(self) -> bool:
        return self.word in (judging.CLEAR, judging.LIKELY) and (self.points or 0) > 0

    @property
    def worse(self) -> bool:
        return self.word in (judging.CLEAR, judging.LIKELY) and (self.points or 0) < 0

    @property
    def started(self) -> int:
        """How many of the program's cohorts have begun by the last wave used."""
        return int(self.result.get("begun", 0))

    @property
    def cohorts(self) -> int:
        """How many cohorts the program has."""
        return int(self.result.get("planned", 0))

    @property
    def compared(self) -> int:
        """How many of them anything can be learned from: begun, or compared with."""
        return int(self.result.get("cohorts", 0))

    @property
    def detectable(self) -> float | None:
        return self.result.get("detectable")

    @property
    def waves(self) -> list[int]:
        """Ids of the waves it rests on."""
        return list(self.result.get("wave_ids", ()))


def latest(program: Program, outcome: str | None = None) -> Effect | None:
    """The newest finding of ``outcome`` (None: the one the program is judged by); None where nothing was found yet, or
    where it rests on a wave that is not (or no longer) shared with leaders. Two queries."""
    found = every(program)
    return next((one for one in found if (one.main if outcome is None else one.outcome == outcome)), None)


def every(program: Program) -> list[Effect]:
    """The newest finding of each outcome, the main one first. Two queries."""
    rows = EffectEstimate.objects.filter(program=program).defer("inputs")
    rows = rows.order_by("outcome", "-number").distinct("outcome")
    found = [_read(row) for row in rows]
    if not found or program.series_id is None:  # type: ignore[attr-defined]
        return []
    shared = set(results.shared_with_leaders(program.series_id).order_by().values_list("pk", flat=True))  # type: ignore[attr-defined]
    return _told(found, shared)


def main_of(programs: Iterable[Program], shared: Set[int]) -> dict[int, Effect]:
    """What each program is judged by, as :func:`latest` tells it. ``shared``: waves leaders see. One query."""
    rows = EffectEstimate.objects.filter(program__in=list(programs)).defer("inputs")
    by_program: dict[int, list[Effect]] = {}
    for row in rows.order_by("program_id", "outcome", "-number").distinct("program_id", "outcome"):
        by_program.setdefault(row.program_id, []).append(_read(row))  # type: ignore[attr-defined]
    told = {pk: _told(found, shared) for pk, found in by_program.items()}
    return {pk: main for pk, found in told.items() if (main := next((one for one in found if one.main), None))}


def _told(found: Sequence[Effect], shared: Set[int]) -> list[Effect]:
    told = [one for one in found if set(one.waves) <= shared]
    newest = max((one for one in told if one.main), key=lambda one: one.made_at, default=None)
    order = sorted(told, key=lambda one: (one is not newest, OUTCOMES.index(one.outcome)))
    return [one if one is newest or not one.main else _not_main(one) for one in order]


def _not_main(one: Effect) -> Effect:
    return Effect(**{**one.__dict__, "main": False})


def _read(row: EffectEstimate) -> Effect:
    return Effect(
        program=row.program_id,  # type: ignore[attr-defined]
        outcome=row.outcome,
        main=row.main,
        made_at=row.made_at,
        number=row.number,
        hash=row.inputs_hash,
        word=row.word,
        why=tuple(row.result["why"]),
        points=row.points,
        low=row.low,
        high=row.high,
        result=row.result,
    )


# -- keeping ---------------------------------------------------------------------------------------------------------


def compute(program_id: int, *, now: dt.datetime) -> int | None:
    """Work out what is due of a program and keep what is new; how many rows. None: nothing is due, or somebody is at
    it. An error leaves its mark on the run and is raised."""
    wanted = _claim(program_id, now)
    if wanted is None:
        return None
    try:
        program = Program.objects.get(pk=program_id)
        worked = work_out(program)
        return _keep(program, worked, wanted=wanted, claimed=now)
    except Exception:
        mine = EffectRun.objects.filter(program=program_id, claimed_at=now)
        mine.update(failed_at=timezone.now(), attempts=F("attempts") + 1, claimed_at=None)
        raise


def _claim(program_id: int, now: dt.datetime) -> str | None:
    due = EffectRun.objects.filter(program=program_id, claimed_at__isnull=True).exclude(done=F("wanted"))
    if not due.update(claimed_at=now):
        return None
    return EffectRun.objects.values_list("wanted", flat=True).get(program=program_id)


@transaction.atomic
def _keep(program: Program, worked: Sequence[Worked], *, wanted: str, claimed: dt.datetime) -> int:
    run = EffectRun.objects.select_for_update().get(program=program)
    if run.claimed_at != claimed:
        # Another took over what seemed dead; his finding counts.
        return 0
    cohorts = {one.pk: one for one in program.cohorts.all()}
    newest = {
        row.outcome: row
        for row in EffectEstimate.objects.filter(program=program)
        .order_by("outcome", "-number")
        .distinct("outcome")
        .defer("inputs")
    }
    rows = []
    for one in worked:
        before = newest.get(one.outcome)
        if before is not None and before.inputs_hash == one.hash:
            continue
        rows.append(_row(program, one, cohorts, number=before.number + 1 if before else 1))
    EffectEstimate.objects.bulk_create(rows)
    EffectRun.objects.filter(pk=run.pk).update(
        done=wanted, claimed_at=None, done_at=timezone.now(), failed_at=None, attempts=0
    )
    if rows:
        record(None, "effect.found", program, outcomes=[row.outcome for row in rows])
    return len(rows)


def _row(program: Program, one: Worked, cohorts: Mapping[int, Cohort], *, number: int) -> EffectEstimate:
    finding = one.finding
    return EffectEstimate(
        program=program,
        outcome=one.outcome,
        number=number,
        main=one.main,
        made_at=timezone.now(),
        method=METHOD,
        inputs_hash=one.hash,
        inputs=one.inputs,
        result=result_of(one, cohorts),
        word=finding.word,
        points=finding.points,
        low=finding.low,
        high=finding.high,
    )


# -- due -------------------------------------------------------------------------------------------------------------


def fingerprint(program: Program) -> str:
    """Over what a finding may rest on: released waves, cohorts and who is in them, the method. Empty: nothing yet."""
    if program.series_id is None:  # type: ignore[attr-defined]
        return ""
    waves = results.shared_with_leaders(program.series_id)  # type: ignore[attr-defined]
    known = list(waves.filter(releases__replaced_at=None).order_by("pk").values_list("pk", "releases__pk"))
    if not known:
        return ""
    cohorts = program.cohorts.order_by("pk").values_list("pk", "starts_on", "name")
    units = Cohort.units.through.objects.filter(cohort__program=program).order_by("pk").values_list("cohort", "unit")
    named = CohortPerson.objects.filter(program=program).order_by("pk").values_list("cohort", "employee")
    whole = {
        "method": METHOD,
        "waves": known,
        "cohorts": [[pk, day.isoformat(), name] for pk, day, name in cohorts],
        "units": list(units),
        "named": list(named),
        "draws": list(program.draws.order_by("pk").values_list("pk", flat=True)),
    }
    return digest(whole)


def due(*, now: dt.datetime) -> list[int]:
    """The programs for which something new is known and nobody is at it. Writes down what is wanted, and who died."""
    programs = Program.objects.launched().filter(series__isnull=False)
    for program in programs:
        if (wanted := fingerprint(program)) == "":
            continue
        EffectRun.objects.bulk_create([EffectRun(program=program, wanted=wanted)], ignore_conflicts=True)
        EffectRun.objects.filter(program=program).exclude(wanted=wanted).update(wanted=wanted, attempts=0)
    # Whoever was killed at it could not say so: that is a failure like any other, of the moment he began.
    dead = EffectRun.objects.filter(claimed_at__lt=now - STALE)
    dead.update(failed_at=F("claimed_at"), attempts=F("attempts") + 1, claimed_at=None)
    runs = EffectRun.objects.filter(claimed_at__isnull=True, program__in=programs).exclude(done=F("wanted"))
    return [run.program_id for run in runs if _may_try(run, now)]  # type: ignore[attr-defined]


def _may_try(run: EffectRun, now: dt.datetime) -> bool:
    """A failed search waits longer each time."""
    if not run.attempts or run.failed_at is None:
        return True
    return now >= run.failed_at + min(PAUSE * 2 ** min(run.attempts - 1, 8), MOST_PAUSE)


def troubled(program: Program) -> EffectRun | None:
    """The program's run, where the last attempts failed."""
    return EffectRun.objects.filter(program=program, attempts__gt=0).exclude(done=F("wanted")).first()


def waiting(program: Program) -> bool:
    """Whether something newer is being worked out, or will be within minutes."""
    run = EffectRun.objects.filter(program=program).first()
    return run is not None and run.done != run.wanted
