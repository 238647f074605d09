"""Any sequence of joins, moves, renames, mergers, closings and leavings keeps "as it was" true.

The model writes down, after each step, what the organisation is said to be on every day: a plain table of days. The
product must tell the same for every day, whatever was recorded afterwards, and its rows must fit together.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from culture.people import asof, memberships, settling, structure
from culture.people.models import Employee, Membership, Reporting, Unit, UnitState

FIRST = dt.date(2026, 1, 1)
DAYS = 40
TODAY = FIRST + dt.timedelta(days=20)
PAST = st.integers(1, 20)  # days that have come
ANY = st.integers(0, 50)  # picks one of what there is
NAMES = st.sampled_from(["North", "South", "East", "West", "Care"])


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def _on(rows: list[tuple], on: dt.date) -> list[tuple]:
    """What of ``rows`` (since, until, …) holds on the day, without its dates."""
    return [row[2:] for row in rows if row[0] <= on and (row[1] is None or on <= row[1])]


class World(RuleBasedStateMachine):
    """``self.tree[d]``: unit → (name, parent) on day d; ``self.home[d]``: person → unit; ``self.boss[d]``."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.tree: list[dict[int, tuple[str, int | None]]] = [{} for _ in range(DAYS)]
        self.home: list[dict[int, int]] = [{} for _ in range(DAYS)]
        self.boss: list[dict[int, int]] = [{} for _ in range(DAYS)]
        self.people: list[int] = []
        self.done = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # -- helpers

    def unit(self, pick: int) -> Unit:
        # Now and then a closed one: that has to be refused.
        rows = list((Unit.objects if pick % 10 == 9 else Unit.objects.open()).order_by("-pk"))
        return rows[pick % len(rows)]

    def person(self, pick: int) -> Employee:
        return Employee.objects.get(pk=self.people[pick % len(self.people)])

    def attempt(self, act: Any) -> Any:
        """What the product refuses leaves nothing behind; everything else must be what the model says."""
        before = (copy.deepcopy(self.tree), copy.deepcopy(self.home), copy.deepcopy(self.boss))
        try:
            with transaction.atomic():
                result = act()
        except ValidationError:
            self.tree, self.home, self.boss = before
            return None
        self.done += 1
        return result

    def move_people(self, old: int, new: int, on: int) -> None:
        for d in range(on, DAYS):
            self.home[d] = {person: new if unit == old else unit for person, unit in self.home[d].items()}

    def move_children(self, old: int, new: int, on: int) -> None:
        for d in range(on, DAYS):
            self.tree[d] = {
                unit: (name, new if parent == old else parent) for unit, (name, parent) in self.tree[d].items()
            }

    # -- steps

    @initialize()
    def begin(self) -> None:
        top = Unit.objects.create(name="Top", path="Top", since=FIRST)
        made = {"Top": top}
        for name, above in (("North", "Top"), ("South", "Top"), ("Care", "North"), ("West", "South")):
            parent = made[above]
            made[name] = Unit.objects.create(name=name, path=f"{parent.path} > {name}", parent=parent, since=FIRST)
            for d in range(DAYS):
                self.tree[d][made[name].pk] = (name, parent.pk)
        for d in range(DAYS):
            self.tree[d][top.pk] = ("Top", None)
        for pick in range(3):
            self.join(unit=pick, boss=pick, on=1)

    @rule(name=NAMES, parent=ANY, on=PAST)
    def create(self, name: str, parent: int, on: int) -> None:
        above = self.unit(parent)
        new = self.attempt(lambda: structure.create(name=name, parent=above, on=day(on), by=None, today=TODAY))
        if new is not None:
            for d in range(on, DAYS):
                self.tree[d][new.pk] = (name, above.pk)

    @rule(unit=ANY, name=NAMES, on=PAST)
    def rename(self, unit: int, name: str, on: int) -> None:
        one = self.unit(unit)
        if self.attempt(lambda: structure.rename(one, name=name, on=day(on), by=None, today=TODAY)):
            for d in range(on, DAYS):
                self.tree[d][one.pk] = (name, self.tree[d][one.pk][1])

    @rule(unit=ANY, parent=ANY, on=PAST)
    def move(self, unit: int, parent: int, on: int) -> None:
        one, above = self.unit(unit), self.unit(parent)
        if self.attempt(lambda: structure.move(one, parent=above, on=day(on), by=None, today=TODAY)):
            for d in range(on, DAYS):
                self.tree[d][one.pk] = (self.tree[d][one.pk][0], above.pk)

    @rule(unit=ANY, into=ANY, on=PAST)
    def merge(self, unit: int, into: int, on: int) -> None:
        one, other = self.unit(unit), self.unit(into)
        if self.attempt(lambda: structure.merge(one, into=other, on=day(on), by=None, today=TODAY)):
            self._gone(one.pk, on, other.pk, other.pk)

    @rule(unit=ANY, people_to=ANY, units_to=ANY, on=PAST)
    def close(self, unit: int, people_to: int, units_to: int, on: int) -> None:
        one, people, below = self.unit(unit), self.unit(people_to), self.unit(units_to)

        def act() -> Any:
            return structure.close(one, on=day(on), people_to=people, units_to=below, by=None, today=TODAY)

        if self.attempt(act):
            self._gone(one.pk, on, people.pk, below.pk)

    def _gone(self, unit: int, on: int, people_to: int, units_to: int) -> None:
        self.move_people(unit, people_to, on)
        self.move_children(unit, units_to, on)
        for d in range(on, DAYS):
            del self.tree[d][unit]

    @rule(unit=ANY, boss=ANY, on=PAST)
    def join(self, unit: int, boss: int, on: int) -> None:
        one, number = self.unit(unit), f"N{len(self.people)}"
        # Who comes to a unit younger than himself makes it older: the way of the import, not of this test.
        if self.tree[on].get(one.pk) is None:
            return
        lead = self.person(boss) if self.people and boss % 2 else None
        fields = {"number": number, "given_name": "P", "family_name": number}
        new = self.attempt(
            lambda: memberships.join(unit=one, hired_on=day(on), manager=lead, by=None, today=TODAY, **fields)
        )
        if new is not None:
            self.people.append(new.pk)
            for d in range(on, DAYS):
                self.home[d][new.pk] = one.pk
                if lead is not None:
                    self.boss[d][new.pk] = lead.pk

    @rule(person=ANY, to=ANY, on=PAST)
    def transfer(self, person: int, to: int, on: int) -> None:
        if not self.people:
            return
        one, unit = self.person(person), self.unit(to)
        if self.attempt(lambda: memberships.move(one, to=unit, on=day(on), by=None, today=TODAY)):
            for d in range(on, DAYS):
                if one.pk in self.home[d]:
                    self.home[d][one.pk] = unit.pk

    @rule(person=ANY, to=ANY, on=PAST)
    def lead(self, person: int, to: int, on: int) -> None:
        if not self.people:
            return
        one, boss = self.person(person), self.person(to) if to % 3 else None

        def act() -> bool:
            memberships.change_manager(one, to=boss, on=day(on), by=None, today=TODAY)
            return True

        if self.attempt(act):
            for d in range(on, DAYS):
                self.boss[d].pop(one.pk, None)
                if boss is not None and one.pk in self.home[d]:
                    self.boss[d][one.pk] = boss.pk

    @rule(person=ANY, last=PAST)
    def leave(self, person: int, last: int) -> None:
        if not self.people:
            return
        one = self.person(person)

        def act() -> bool:
            memberships.record_leaving(one, last_day=day(last), by=None, today=day(last))
            return True

        if one.left_on is None and self.attempt(act):
            for d in range(last + 1, DAYS):
                self.home[d].pop(one.pk, None)
                self.boss[d].pop(one.pk, None)

    @rule(person=ANY, unit=ANY, on=PAST)
    def come_back(self, person: int, unit: int, on: int) -> None:
        if not self.people:
            return
        one, place = self.person(person), self.unit(unit)
        if self.tree[on].get(place.pk) is None:
            return

        def act() -> bool:
            memberships.rehire(one, unit=place, on=day(on), by=None, today=TODAY)
            return True

        if self.attempt(act):
            for d in range(on, DAYS):
                self.home[d][one.pk] = place.pk

    @rule()
    def settle(self) -> None:
        """What the import and the tick do in between changes nothing."""
        settling.settle(on=TODAY)
        settling.follow_dates(today=TODAY)

    # -- what must hold

    @invariant()
    def every_day_is_as_it_was(self) -> None:
        states = list(UnitState.objects.values_list("since", "until", "unit", "name", "parent"))
        homes = list(Membership.objects.values_list("since", "until", "employee", "unit"))
        bosses = list(Reporting.objects.values_list("since", "until", "employee", "manager"))
        for d in range(DAYS):
            tree = {unit: (name, parent) for unit, name, parent in _on(states, day(d))}
            assert tree == self.tree[d], d
            assert dict(_on(homes, day(d))) == self.home[d], d
            assert dict(_on(bosses, day(d))) == self.boss[d], d
        for d in (4, 11, 20):
            assert {node.pk: (node.name, node.parent_id) for node in asof.tree(day(d))} == self.tree[d], d
            assert asof.headcounts(day(d)) == dict(Counter(self.home[d].values())), d

    @invariant()
    def rows_fit_together(self) -> None:
        now = {node.pk: node for node in asof.tree(TODAY)}
        for unit in Unit.objects.open():
            assert (unit.name, unit.parent_id, unit.path) == (
                now[unit.pk].name, now[unit.pk].parent_id, now[unit.pk].path,
            )  # fmt: skip
        # No orphan: what a state lies in exists for all its days. No circle: a walk from the top reaches everything.
        known = asof.history()
        for state in UnitState.objects.exclude(parent=None):
            assert known.lasts(state.parent_id, state.since, state.until or dt.date.max)
        for d in (5, 20):
            assert len(asof.tree(day(d))) == UnitState.objects.on(day(d)).count()
        for person in Employee.objects.filter(pk__in=self.people, left_on=None):
            assert person.unit_id == self.home[20].get(person.pk, person.unit_id)
        with connection.cursor() as cursor:
            for table, subject in (
                ("membership", "employee_id"),
                ("reporting", "employee_id"),
                ("unitstate", "unit_id"),
            ):
                cursor.execute(
                    f"SELECT count(*) FROM culture_{table} a JOIN culture_{table} b ON a.{subject} = b.{subject}"
                    " AND a.id < b.id AND daterange(a.since, a.until, '[]') && daterange(b.since, b.until, '[]')"
                )
                assert cursor.fetchone()[0] == 0, table


@pytest.mark.django_db
@pytest.mark.slow
def test_any_sequence_keeps_as_it_was_true() -> None:
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
