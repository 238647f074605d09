"""Who may do what: the table, dates, scopes; giving and ending roles; what the database itself refuses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access import clock, grants, organisation
from culture.access.models import AuditEntry, Grant, Role
from culture.access.permissions import TABLE, Permission, Persona, can, sees_everything, sources, visible_units
from culture.access.table import HOW, MAY, NAMES, TITLES, WHOLE_ONLY, carried
from culture.access.tick import tick
from culture.people.models import Employee, Unit
from tests.conftest import make_person

pytestmark = pytest.mark.django_db
P = Permission
DAY = dt.timedelta(days=1)


@pytest.fixture
def today() -> dt.date:
    return clock.today()


def again(person: Employee) -> Employee:
    """As the next request sees him."""
    return Employee.objects.get(pk=person.pk)


def held(person: Employee) -> set[Permission]:
    return {permission for permission in P if can(again(person), permission)}


# -- the table -------------------------------------------------------------------------------------------------------


def test_the_table_of_permissions(hr, manager, executive, employee, units) -> None:
    assert held(hr) == set(P)
    assert held(manager) == TABLE[Persona.MANAGER] | TABLE[Persona.EMPLOYEE]
    assert held(executive) == TABLE[Persona.EXECUTIVE] | TABLE[Persona.EMPLOYEE]
    assert held(employee) == TABLE[Persona.EMPLOYEE]
    assert [unit.name for unit in visible_units(manager, P.SEE_RESULTS)] == ["Branch A"]
    assert can(manager, P.SEE_RESULTS, units["Branch A"])
    assert not can(manager, P.SEE_RESULTS, units["Branch B"])
    assert not visible_units(employee, P.SEE_RESULTS).exists()


def test_every_permission_and_persona_has_its_words() -> None:
    assert set(NAMES) == set(MAY) == set(P)
    assert set(TITLES) == set(HOW) == set(TABLE) == set(Persona)


def test_nobody_but_hr_admin_manages_surveys_and_auditors_see_no_results() -> None:
    assert [persona for persona in Persona if P.MANAGE_SURVEYS in TABLE[persona]] == [Persona.HR_ADMIN]
    assert not {P.SEE_RESULTS, P.SEE_SCORECARD, P.SEE_PARTICIPATION} & TABLE[Persona.AUDITOR]
    assert not {P.SEE_RESULTS, P.SEE_SCORECARD, P.SEE_PARTICIPATION} & TABLE[Persona.TRAINER]


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.MODERATOR])
def test_a_role_of_one_unit_reaches_that_unit_and_nothing_of_the_whole(role, stranger, units) -> None:
    Grant.objects.create(employee=stranger, role=role, unit=units["Retail"])
    person = again(stranger)
    beyond = held(person) - TABLE[Persona.EMPLOYEE]
    assert beyond
    assert not beyond & WHOLE_ONLY
    for permission in beyond:
        assert {unit.name for unit in visible_units(person, permission)} == {"Retail", "Branch A", "Branch B"}
        assert not sees_everything(person, permission)
        assert can(person, permission, units["Branch A"])
        assert not can(person, permission, units["Services"])


def test_superusers_are_not_hr() -> None:
    root = Employee.objects.create_superuser(number="root", given_name="R", family_name="T", email="r@x.test")
    assert held(root) == TABLE[Persona.EMPLOYEE]


@pytest.mark.parametrize("gone", [{"left_on": "2024-01-31"}, {"hired_on": "2999-01-01"}, {"is_active": False}])
def test_who_is_not_here_has_no_rights(hr, gone) -> None:
    Employee.objects.filter(pk=hr.pk).update(**gone)
    assert held(hr) == set()
    assert sources(again(hr)) == []
    assert not visible_units(again(hr), P.SEE_RESULTS).exists()


def test_a_right_holds_from_its_first_to_its_last_day(stranger, units, today) -> None:
    grant = Grant.objects.create(employee=stranger, role=Role.AUDITOR, since=today + DAY, until=today + 2 * DAY)
    for since, until, expected in (
        (today + DAY, None, False),
        (today, today, True),
        (today - DAY, today - DAY, False),
        (today - DAY, today + DAY, True),
    ):
        Grant.objects.filter(pk=grant.pk).update(since=since, until=until)
        assert can(again(stranger), P.SEE_AUDIT) is expected
    Grant.objects.filter(pk=grant.pk).update(ended_at=timezone.now())
    assert not can(again(stranger), P.SEE_AUDIT)


def test_today_is_told_in_the_organisations_zone(monkeypatch) -> None:
    late = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    here = organisation.current()
    for zone, expected in (("Pacific/Kiritimati", "2026-03-02"), ("America/Lima", "2026-03-01")):
        organisation.remember(type(here)(**{**here.__dict__, "time_zone": zone}))
        try:
            with timezone.override("America/Lima"):
                assert clock.today().isoformat() == expected
        finally:
            organisation.forget()


def test_asking_costs_a_constant_number_of_queries(hr, manager, stranger, units) -> None:
    """Reading what somebody holds: his grants and whether anybody reports to him; then one for all units of a set."""

    def asked(person: Employee) -> int:
        person = again(person)
        with CaptureQueriesContext(connection) as captured:
            for permission in P:
                can(person, permission)
                can(person, permission, units["Branch A"])
            list(visible_units(person, P.SEE_RESULTS))
        return len(captured)

    assert asked(hr) == 3
    person = again(manager)
    with CaptureQueriesContext(connection) as captured:
        for unit in units.values():
            can(person, P.SEE_RESULTS, unit)
    assert len(captured) == 2 + 3 + 1  # what he holds, three climbs, then the whole set for all that follow
    assert asked(manager) == 4
    Grant.objects.create(employee=stranger, role=Role.EXECUTIVE, unit=units["Branch A"])
    one = asked(stranger)
    Grant.objects.create(employee=stranger, role=Role.EXECUTIVE, unit=units["Branch B"])
    Grant.objects.create(employee=stranger, role=Role.EXECUTIVE, unit=units["Services"])
    assert asked(stranger) == one == 4


# -- giving ----------------------------------------------------------------------------------------------------------


def refused(field: str, **said: Any) -> str:
    count = Grant.objects.count(), AuditEntry.objects.count()
    with pytest.raises(ValidationError) as wrong:
        grants.give(**said)
    assert (Grant.objects.count(), AuditEntry.objects.count()) == count
    return " ".join(wrong.value.message_dict[field])


def test_a_role_is_given_with_a_trace_that_holds_no_reason(hr, stranger, units, today) -> None:
    grant = grants.give(
        employee=stranger, role="trainer", unit=units["Retail"], until=today + DAY, reason="Secret story", by=hr
    )
    assert (grant.since, grant.granted_by, grant.reason) == (today, hr, "Secret story")
    assert can(again(stranger), P.MANAGE_TRAINING, units["Branch A"])
    entry = AuditEntry.objects.get(verb="grant.given")
    assert (entry.actor, entry.subject) == (hr, f"employee:{stranger.pk}")
    assert "Secret" not in str(entry.detail)


def test_what_cannot_be_given(hr, stranger, units, today) -> None:
    ask = {"employee": stranger, "role": "auditor", "by": hr}
    assert "no such role" in refused("role", **{**ask, "role": "god"})
    assert "today or later" in refused("since", **ask, since=today - DAY)
    assert "before the first" in refused("until", **ask, since=today + 2 * DAY, until=today + DAY)
    Unit.objects.filter(pk=units["Retail"].pk).update(until=today - DAY)
    units["Retail"].refresh_from_db()
    assert "was closed" in refused("unit", **ask, unit=units["Retail"])
    leaving = make_person("L1", units["Services"], left_on=today + 3 * DAY)
    assert "leaves on" in refused("until", **{**ask, "employee": leaving}, until=today + 9 * DAY)
    leaver = make_person("L2", units["Services"], left_on=today - DAY)
    assert "left on" in refused("employee", **{**ask, "employee": leaver})
    coming = make_person("C1", units["Services"], hired_on=today + 5 * DAY)
    assert "works here from" in refused("since", **{**ask, "employee": coming})
    assert grants.give(**{**ask, "employee": coming}, since=today + 5 * DAY).pk
    off = make_person("O1", units["Services"], is_active=False)
    assert "switched off" in refused("employee", **{**ask, "employee": off})


def test_nothing_is_given_twice(hr, stranger, units, today) -> None:
    ask = {"employee": stranger, "role": "trainer", "by": hr}
    first = grants.give(**ask, unit=units["Retail"], until=today + 9 * DAY)
    assert "already" in refused("role", **ask, unit=units["Retail"], since=today + 9 * DAY)
    assert "larger part already" in refused("role", **ask, unit=units["Branch A"], until=today + DAY)
    assert grants.give(**ask, unit=units["Retail"], since=today + 10 * DAY).pk
    assert grants.give(**ask, unit=units["Services"]).pk
    grants.end(first, by=hr, reason="x")
    assert grants.give(**ask, unit=units["Retail"], until=today + 8 * DAY).pk


def test_hr_of_a_unit_gives_within_it_and_no_more_than_it_has(hr, manager, stranger, units, today) -> None:
    hr_of_retail = make_person("UH", units["Services"])
    Grant.objects.create(employee=hr_of_retail, role=Role.HR_ADMIN, unit=units["Retail"])
    ask = {"employee": stranger, "by": hr_of_retail}
    assert grants.give(**ask, role="trainer", unit=units["Branch A"]).pk
    assert "your own units" in refused("unit", **ask, role="trainer")
    assert "not one of your units" in refused("unit", **ask, role="trainer", unit=units["Services"])
    assert "more than you do" in refused("role", **ask, role="program_lead", unit=units["Retail"])
    outsider = make_person("OUT", units["Services"])
    ask["employee"] = outsider
    assert "people of your own units" in refused("employee", **ask, role="trainer", unit=units["Branch A"])
    assert "may not give roles" in refused(
        "role", employee=stranger, by=manager, role="trainer", unit=units["Branch A"]
    )
    whole = grants.give(employee=stranger, role="auditor", by=hr)
    with pytest.raises(ValidationError, match="your own units"):
        grants.end(whole, by=hr_of_retail, reason="x")
    assert grants.givable(hr_of_retail, units["Retail"]) == ["hr_admin", "trainer", "executive", "auditor"]


# -- ending ----------------------------------------------------------------------------------------------------------


def test_a_role_ends_at_once_or_with_a_day(hr, stranger, today) -> None:
    grant = grants.give(employee=stranger, role="auditor", by=hr)
    grants.end(grant, by=hr, on=today + DAY, reason="Enough")
    assert can(again(stranger), P.SEE_AUDIT)
    with pytest.raises(ValidationError, match="anyway"):
        grants.end(grant, by=hr, on=today + 9 * DAY)
    with pytest.raises(ValidationError, match="cannot be before"):
        grants.end(grant, by=hr, on=today - DAY)
    grants.end(grant, by=hr)
    assert not can(again(stranger), P.SEE_AUDIT)
    with pytest.raises(ValidationError, match="already ended"):
        grants.end(grant, by=hr)
    assert AuditEntry.objects.filter(verb="grant.ended", subject=f"employee:{stranger.pk}").count() == 2


def test_the_last_hr_admin_stays(hr, stranger, manager, today) -> None:
    mine = Grant.objects.get(employee=hr)
    assert grants.last_hr_admin(hr)
    assert not grants.last_hr_admin(stranger)
    for on in (None, today + DAY):
        with pytest.raises(ValidationError, match="last HR admin"):
            grants.end(mine, by=hr, on=on)
    second = grants.give(employee=stranger, role="hr_admin", by=hr, until=today + 30 * DAY)
    with pytest.raises(ValidationError, match="last HR admin"):
        grants.end(mine, by=hr)  # the other one ends some day
    grants.end(second, by=hr)
    grants.give(employee=stranger, role="hr_admin", by=hr)
    Employee.objects.filter(pk=stranger.pk).update(left_on=today + 30 * DAY)
    assert grants.last_hr_admin(hr)  # the other one leaves
    grants.give(employee=manager, role="hr_admin", by=hr)
    grants.end(mine, by=hr)
    assert grants.last_hr_admin(manager)
    assert not can(again(hr), P.MANAGE_ACCESS)


def test_the_first_hr_admin_has_no_end(employee, today) -> None:
    assert "without an end" in refused("until", employee=employee, role="hr_admin", by=None, until=today + DAY)


def test_leavers_lose_their_roles_by_themselves(hr, stranger, today) -> None:
    grant = grants.give(employee=stranger, role="auditor", by=hr)
    planned = grants.give(employee=stranger, role="trainer", by=hr, since=today + 30 * DAY)
    tick(now=timezone.now())
    assert AuditEntry.objects.filter(verb="grant.ended_by_leaving").count() == 0
    Employee.objects.filter(pk=stranger.pk).update(left_on=today - DAY)
    for _round in range(2):
        tick(now=timezone.now())
    grant.refresh_from_db()
    planned.refresh_from_db()
    assert grant.ended_at and planned.ended_at
    assert AuditEntry.objects.filter(verb="grant.ended_by_leaving", actor=None).count() == 2
    Employee.objects.filter(pk=stranger.pk).update(left_on=None)
    assert not can(again(stranger), P.SEE_AUDIT)


# -- the database ----------------------------------------------------------------------------------------------------


def test_the_database_refuses_what_no_service_would_write(hr, stranger, units, today) -> None:
    make = Grant.objects.create
    make(employee=stranger, role="trainer", unit=units["Retail"], until=today + 5 * DAY)
    leaver = make_person("L9", units["Services"], left_on=today - DAY)
    coming = make_person("C9", units["Services"], hired_on=today + DAY)
    for wrong in (
        {"employee": stranger, "role": "trainer", "unit": units["Retail"], "since": today + 5 * DAY},
        {"employee": hr, "role": "hr_admin"},
        {"employee": stranger, "role": "auditor", "since": today, "until": today - DAY},
        {"employee": stranger, "role": "god"},
        {"employee": leaver, "role": "auditor"},
        {"employee": coming, "role": "auditor"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make(**wrong)
    assert make(employee=stranger, role="trainer", unit=units["Retail"], since=today + 6 * DAY).pk
    assert make(employee=stranger, role="auditor", unit=units["Retail"]).pk


@pytest.mark.parametrize(
    "statement",
    ["UPDATE culture_auditentry SET verb = 'x'", "DELETE FROM culture_auditentry", "TRUNCATE culture_auditentry"],
)
def test_the_audit_trail_is_append_only(statement, hr, stranger) -> None:
    grants.give(employee=stranger, role="auditor", by=hr)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.filter(verb="grant.given").count() == 1


def test_a_scoped_column_never_carries_what_has_no_unit() -> None:
    for persona in Persona:
        assert not carried(persona, whole=False) & WHOLE_ONLY


def test_a_loop_made_by_hand_in_the_tree_hangs_nothing(stranger, units) -> None:
    Grant.objects.create(employee=stranger, role=Role.EXECUTIVE, unit=units["Retail"])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE culture_unit SET parent_id = %s WHERE id = %s", [units["Branch A"].pk, units["Retail"].pk]
        )
    assert Unit.objects.filter(pk__in=visible_units(again(stranger), P.SEE_RESULTS)).count() == 3
