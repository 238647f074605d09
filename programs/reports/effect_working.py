"""Working out what a program changed: every outcome's panel judged by itself, then all together. Reads only.

What is found is kept by ``effects``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from programs.planning import drafts
from programs.planning.models import Cohort, Program
from programs.reports import effect_panels
from programs.reports.effect import judging
from programs.reports.effect.judging import Finding
from programs.reports.effect.panel import Panel

# Of estimator and judging together: with another one every finding is worked out anew.
METHOD = "cs2021-cr2-2"
OUTCOMES = (*effect_panels.SURVEYED, *effect_panels.STEPS)


@dataclass
class Worked:
    """One outcome, worked out but not kept yet."""

    outcome: str
    panel: Panel
    inputs: dict[str, Any]
    finding: Finding
    main: bool = False

    @cached_property
    def hash(self) -> str:
        return digest({**self.inputs, "main": self.main, "word": self.finding.word})


def work_out(program: Program) -> list[Worked]:
    """All outcomes that were asked or counted, judged together. Reads only."""
    source = effect_panels.Source(program)
    pool = _pool(program)
    found = []
    for outcome in OUTCOMES:
        waves = source.stepped(outcome) if outcome in effect_panels.STEPS else source.surveyed(outcome)
        if not waves:
            continue
        panel = effect_panels.build(source, waves)
        inputs = _inputs(outcome, panel, pool)
        places = [at for at, cohort in enumerate(panel.cohorts) if cohort in pool]
        seed = int(digest(inputs)[:8], 16)
        found.append(Worked(outcome, panel, inputs, judging.judge(panel.cells(), seed=seed, pool=places)))
    return _together(found)


def _together(found: Sequence[Worked]) -> list[Worked]:
    """What the program is judged by is the first survey outcome that can be judged at all (whatever it shows), else the
    first; the others must hold among each other."""
    asked = [one for one in found if one.outcome in effect_panels.SURVEYED]
    main = next((one for one in asked if one.finding.low is not None), asked[0] if asked else None)
    if main is not None:
        main.main = True
    for family in (effect_panels.SURVEYED, effect_panels.STEPS):
        beside = {one.outcome: one.finding for one in found if one.outcome in family and not one.main}
        judged = judging.among_many(beside)
        for one in found:
            one.finding = judged.get(one.outcome, one.finding)
    return list(found)


def _pool(program: Program) -> list[int]:
    """The cohorts whose starts were drawn by lot, if they still are as drawn and nobody drew twice."""
    draw, holds, times = drafts.drawn(program)
    return [entry["cohort"] for entry in draw.pool] if draw is not None and holds and times == 1 else []


def _inputs(outcome: str, panel: Panel, pool: Sequence[int]) -> dict[str, Any]:
    cells = panel.cells()
    return {
        "outcome": outcome,
        "method": METHOD,
        "waves": [[wave.number, wave.key, wave.opens_on.isoformat()] for wave in panel.waves],
        "cohorts": list(panel.cohorts),
        "starts": list(cells.starts),
        "people": [round(one, 6) for one in cells.people],
        "values": [[round(float(value), 6) for value in row] for row in cells.values],
        "pieces": [[piece.name, piece.cohort, piece.people] for piece in panel.pieces],
        "left": [[one.name, one.why] for one in panel.left],
        "drawn": list(pool),
    }


def digest(what: Mapping[str, Any]) -> str:
    """The fingerprint of something that is plain."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def result_of(worked: Worked, cohorts: Mapping[int, Cohort]) -> dict[str, Any]:
    """What is kept of it besides word and interval, as ``effects.Effect`` reads it."""
    finding, panel = worked.finding, worked.panel
    told = {key: value for key, value in asdict(finding).items() if key not in ("each", "times")}
    last = panel.waves[-1].opens_on if panel.waves else None
    return {
        **told,
        "times": [asdict(one) for one in finding.times],
        "planned": len(cohorts),
        "begun": sum(1 for one in cohorts.values() if last is not None and one.starts_on <= last),
        "wave_ids": [wave.key for wave in panel.waves],
        "used_waves": [{"number": wave.number, "on": wave.opens_on.isoformat()} for wave in panel.waves],
        "left_waves": [list(one) for one in panel.left_waves],
        "used": [[piece.name, piece.cohort, piece.people] for piece in panel.pieces],
        "left": [[one.name, one.why, one.people, list(one.waves)] for one in panel.left],
        "groups": [
            {
                "cohort": one.pk,
                "name": one.name,
                "on": one.starts_on.isoformat(),
                "blocks": sum(piece.cohort == one.pk for piece in panel.pieces),
                "people": sum(piece.people for piece in panel.pieces if piece.cohort == one.pk),
            }
            for one in cohorts.values()
        ],
    }
