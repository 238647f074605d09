"""Fixtures on the one released program of a module; import them all."""

from __future__ import annotations

import pytest

from culture.people.models import Employee, Unit
from programs.planning.models import Program
from tests.programs.report_world import once, person

__all__ = ["built", "employee", "executive", "hr", "manager", "program", "stranger", "units"]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with once(django_db_blocker) as found:
        yield found


@pytest.fixture
def program(built, db) -> Program:
    return Program.objects.select_related("series").get(pk=built.pk)


@pytest.fixture
def units(program) -> dict[str, Unit]:
    return {unit.name: unit for unit in Unit.objects.all()}


@pytest.fixture
def hr(program) -> Employee:
    return person("HR1")


@pytest.fixture
def executive(program) -> Employee:
    return person("EX1")


@pytest.fixture
def manager(program) -> Employee:
    return person("M1")


@pytest.fixture
def employee(program) -> Employee:
    return person("A1")


@pytest.fixture
def stranger(program) -> Employee:
    return person("S1")
