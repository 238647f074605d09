"""Programs with planted waves, for the tests of what a program changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from config import bench_effect_world as world
from config.bench_effect_world import HIDDEN, Place, plant_wave, score
from culture.people.models import Unit
from programs.planning.models import Program
from surveys.waves.models import Series
from tests.conftest import make_unit

STEP = dt.timedelta(days=90)
# The last of six waves is some weeks past; units can be changed a year back.
FIRST = dt.date.today() - 6 * STEP
Score = Callable[[str, int, str], float | None]  # unit's name, wave from 0, measure → points; None: hidden

__all__ = ["FIRST", "HIDDEN", "STEP", "Place", "day", "plant", "plant_wave", "score", "simple", "world"]


def day(wave: int) -> dt.date:
    """When wave ``wave`` (from 0) opened."""
    return FIRST + wave * STEP


def plant(
    series: Series, units: Sequence[Unit], points: Score, *, waves: Sequence[int], top: Unit, first_number: int = 1
) -> None:
    """Released waves in which every unit is a block of twenty people; the whole organisation is shown, too."""
    names = {unit.pk: unit.name for unit in units}
    for number, wave in enumerate(waves, start=first_number):

        def tell(node: int, key: str, at: int = wave) -> Mapping[str, object] | None:
            if node not in names:
                return score(50)
            found = points(names[node], at, key)
            return HIDDEN if found is None else score(found)

        places = [Place((unit,)) for unit in units]
        plant_wave(series, number=number, opens_on=day(wave), tree=[top, *units], places=places, tell=tell)


def simple(
    top: Unit, points: Score, *, starts: Sequence[int | None], waves: int = 6, blocks: int = 2, name: str = "P"
) -> tuple[Program, list[Unit]]:
    """One cohort for each of ``starts`` (a wave, from 0; None: long after), each of ``blocks`` units; all released.

    Units are called "C0 U1": the cohort's place and the unit's.
    """
    units = [make_unit(f"C{c} U{n}", top) for c in range(len(starts)) for n in range(blocks)]
    series = world.series(name)
    cohorts = {
        f"Cohort {c}": (day(start if start is not None else 60), units[c * blocks : (c + 1) * blocks])
        for c, start in enumerate(starts)
    }
    plant(series, units, points, waves=range(waves), top=top)
    return world.program(series, cohorts, name=name), units
