"""Promises between departments, and the people a wave asks about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from culture.people.models import Employee
from programs.planning import actions
from programs.planning.action_models import Action
from surveys.answering import submitting
from surveys.results import releasing
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_person
from tests.surveys.results_world import LATER, people

MADE, DUE = dt.date(2026, 1, 12), dt.date(2026, 2, 20)


FAST = "Invoices are answered within two days"


def promise(by: Employee, unit: Any, to: Any, what: str = FAST, due: dt.date = DUE, made: dt.date = MADE) -> Action:
    plan = actions.Plan(unit=unit, what=what, owner=by, due_on=due, promised_to=to)
    return actions.plan(by=by, plan=plan, today=made)


@pytest.fixture
def crowd(units: dict[str, Any], hr: Any, manager: Any, stranger: Any, executive: Any) -> dict[str, Any]:
    """Branch A 12, B 24, C 8, all served by Services (15), which Sam leads; Bea leads Branch B."""
    people(units)
    units["sam"] = make_person("SAM", units["Services"], manager=executive)
    units["bea"] = make_person("BEA", units["Branch B"], manager=executive)
    for boss, unit in (("sam", "Services"), ("bea", "Branch B")):
        Employee.objects.filter(unit=units[unit]).exclude(pk=units[boss].pk).update(manager=units[boss])
    return units


def judge(wave: Wave, verdicts: Sequence[int | None], *asked: Action) -> None:
    """The people asked about ``asked`` (or about anything) say in turn what ``verdicts`` says; the rest stay away."""
    rows = Invitation.objects.filter(wave=wave).exclude(promises=[]).order_by("pk")
    for one in asked:
        rows = rows.filter(promises__contains=[one.pk])
    given = [
        (row.pk, {"promises": {str(pk): verdict for pk in row.promises}})
        for row, verdict in zip(rows, verdicts, strict=False)
    ]
    submitting.submit_many(wave, given)


def closed(wave: Wave) -> Wave:
    wave.refresh_from_db()
    return releasing.close_wave(wave, now=LATER)
