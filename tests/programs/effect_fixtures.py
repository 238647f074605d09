"""A program that works, and what is found of it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from programs.planning.models import Program
from programs.reports import effects
from tests.programs.effect_world import simple

NOW = timezone.now()


STARTS = (1, 2, 3, None)


def gains(unit: str, wave: int, key: str) -> float:
    """Fifty and a season, a little chance, and twelve more from the cohort's start on; *can* gains nothing."""
    cohort, start = int(unit[1]), STARTS[int(unit[1])]
    begun = start is not None and wave >= start
    chance = (7 * int(unit[-1]) + 5 * wave + cohort * (wave + 3)) % 4
    return 50 + wave + chance + (12 if begun and key != "can" else 0)


def worked(program: Program) -> list[effects.Effect]:
    for one in effects.due(now=NOW):
        effects.compute(one, now=NOW)
    return effects.every(program)


@pytest.fixture
def program(units) -> Program:
    return simple(units["Meridian"], gains, starts=STARTS)[0]
