"""Enrolment follows the organisation: joiners, movers, leavers, leave, reorganisations, and programs at rest."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from culture.access.models import AuditEntry
from culture.access.permissions import Permission
from culture.people import changes, structure
from culture.people.models import Leave, Membership, Unit
from programs.planning import amendments, arrivals, following, programs, queries, reach, rules, standing, states
from programs.planning.models import Enrolment, Program
from programs.planning.tick import tick
from tests.conftest import make_person
from tests.programs.test_planning import make_program

pytestmark = pytest.mark.django_db
How = Enrolment.How
DAY = dt.timedelta(days=1)


def move(person: Any, unit: Unit, on: dt.date) -> None:
    Membership.objects.filter(employee=person, until=None).update(until=on - DAY)
    Membership.objects.create(employee=person, unit=unit, since=on)
    person.unit = unit
    person.save(update_fields=["unit"])


def follow(program: Program, today: dt.date) -> following.Followed:
    with transaction.atomic():
        return following.follow(states.locked(program), today=today)


def spells(program: Program, person: Any) -> list[tuple[str, dt.date, dt.date | None, str]]:
    rows = program.enrolments.filter(employee=person).order_by("since")
    return list(rows.values_list("cohort__name", "since", "until", "how"))


@pytest.fixture
def program(hr: Any, manager: Any, units: Any) -> Program:
    """Branches since February, Rest to come in December; today is November 2026 (tests say their own day)."""
    return make_program(hr, units, today=dt.date(2026, 1, 10))


FEB, DEC = dt.date(2026, 2, 1), dt.date(2026, 12, 1)


class TestFollowing:
    def test_nothing_changed_touches_nothing(self, program: Program, django_assert_num_queries: Any) -> None:
        before = list(Enrolment.objects.order_by("pk").values_list("pk", "since", "until"))
        with transaction.atomic():
            locked = states.locked(program)
            with django_assert_num_queries(8):
                assert not following.follow(locked, today=dt.date(2026, 3, 1)).any
        assert list(Enrolment.objects.order_by("pk").values_list("pk", "since", "until")) == before

    def test_a_joiner_is_in_from_the_first_day_also_when_told_late(self, program: Program, units: Any) -> None:
        hired = dt.date(2026, 5, 4)
        joiner = make_person("J1", units["Branch A"], hired_on=hired)
        old = make_person("J2", units["Branch A"], hired_on=dt.date(2019, 1, 1))
        done = follow(program, hired + 3 * DAY)
        assert (done.joined, done.moved) == (2, 0)
        assert spells(program, joiner) == [("Branches", hired, None, How.JOINED)]
        assert spells(program, old) == [("Branches", hired + 3 * DAY, None, How.JOINED)]

    def test_nobody_is_in_before_his_first_day(self, program: Program, units: Any) -> None:
        coming = make_person("J1", units["Branch A"], hired_on=dt.date(2026, 6, 1))
        assert follow(program, dt.date(2026, 5, 31)).joined == 0
        follow(program, dt.date(2026, 6, 1))
        assert spells(program, coming) == [("Branches", dt.date(2026, 6, 1), None, How.JOINED)]

    def test_into_a_cohort_that_has_begun_one_moves_and_history_stays(self, program: Program, units: Any) -> None:
        mover = make_person("J1", units["Services"])
        follow(program, dt.date(2026, 3, 1))
        assert spells(program, mover) == [("Rest", DEC, None, How.START)]
        move(mover, units["Branch A"], dt.date(2026, 6, 1))
        follow(program, dt.date(2026, 6, 1))
        assert spells(program, mover) == [("Branches", dt.date(2026, 6, 1), None, How.JOINED)]
        move(mover, units["Services"], dt.date(2026, 7, 1))
        assert not follow(program, dt.date(2026, 7, 1)).any  # Rest has not begun: he keeps what he has
        follow(program, DEC)
        assert spells(program, mover) == [
            ("Branches", dt.date(2026, 6, 1), DEC - DAY, How.JOINED),
            ("Rest", DEC, None, How.MOVED),
        ]

    def test_out_of_every_cohort_one_stays_enrolled_but_not_before_it_began(self, program: Program, units: Any) -> None:
        begun, waiting = make_person("J1", units["Branch A"]), make_person("J2", units["Services"])
        follow(program, FEB)
        for person in (begun, waiting):
            move(person, units["Meridian"], dt.date(2026, 3, 1))
        assert follow(program, dt.date(2026, 3, 1)).withdrew == 1
        assert spells(program, begun) == [("Branches", FEB, None, How.JOINED)]
        assert spells(program, waiting) == []
        count, where = standing.strays(program, reach.homes(program), dt.date(2026, 3, 1))
        assert (count, [(one.name, one.people) for one in where]) == (1, [("Meridian", 1)])

    def test_leavers_end_and_those_who_come_back_begin_again(self, program: Program, units: Any) -> None:
        person = Membership.objects.get(employee__number="A1").employee
        person.left_on = dt.date(2026, 4, 30)
        person.save()
        assert not follow(program, dt.date(2026, 4, 30)).any  # still there on the last day
        assert follow(program, dt.date(2026, 5, 1)).left == 1
        person.left_on, person.hired_on = None, dt.date(2026, 9, 1)
        person.save()
        follow(program, dt.date(2026, 9, 1))
        assert spells(program, person) == [
            ("Branches", FEB, dt.date(2026, 4, 30), How.START),
            ("Branches", dt.date(2026, 9, 1), None, How.RETURNED),
        ]

    def test_whoever_is_on_leave_stays_and_is_counted_as_away(self, program: Program) -> None:
        on = dt.date(2026, 11, 14)
        away = Membership.objects.get(employee__number="A1").employee
        Leave.objects.create(employee=away, since=on - 9 * DAY, until=on)
        now = standing.of_program(program, on)
        assert (now.enrolled, now.away, now.active, now.waiting) == (12, 1, 11, 1)
        assert now.words == "12 enrolled on 14 November 2026, 1 of them on leave; 1 starts later"
        assert standing.enrolled(program, on, away=False).count() == 11
        assert standing.of_program(program, on + DAY).away == 0
        assert standing.of_program(program, FEB - DAY).words == "0 enrolled on 31 January 2026; 13 start later"

    def test_two_at_once_are_refused_by_the_database(self, program: Program) -> None:
        row = program.enrolments.filter(since=FEB).first()
        assert row is not None
        row.pk, row.since, row.until = None, FEB, FEB
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)

    def test_rooms_above_hear_of_arrivals_in_the_same_transaction(
        self, program: Program, units: Any, monkeypatch: Any
    ) -> None:
        heard: list[Any] = []
        monkeypatch.setattr(arrivals, "_listeners", [lambda p, rows, day: heard.extend(rows)])
        joiner = make_person("J1", units["Branch A"], hired_on=dt.date(2026, 5, 4))
        follow(program, dt.date(2026, 5, 4))
        branches = program.cohorts.get(name="Branches")
        assert heard == [arrivals.Arrival(joiner.pk, branches.pk, dt.date(2026, 5, 4), How.JOINED, None)]


class TestReorganisations:
    def test_a_unit_merged_inside_the_program_keeps_everybody(self, program: Program, units: Any) -> None:
        today = timezone.localdate()
        change = changes.Change(kind="merge", on=today, unit=units["Branch A"], target=units["Branch B"])
        structure.carry_out(change, by=None, today=today)
        assert not follow(program, today).any
        assert standing.of_program(program, today).enrolled == 12

    def test_a_named_unit_that_closes_leaves_the_cohort_and_is_told(
        self, program: Program, units: Any, hr: Any, client_of: Any
    ) -> None:
        today = timezone.localdate()
        plans = states.plans_of(program)
        named = rules.CohortPlan(
            plans[0].name, plans[0].starts_on, frozenset({units["Branch A"].pk, units["Branch B"].pk}), plans[0].pk
        )
        programs.change(
            by=hr, program=program, name=program.name, charter=program.charter, starts_on=program.starts_on,
            ends_on=program.ends_on, stages=states.stages_of(program), cohorts=[named, plans[1]], series=None,
            today=today, reason="By branch.",
        )  # fmt: skip
        assert standing.of_program(program, today).enrolled == 12  # naming them one by one moves nobody
        change = changes.Change(kind="merge", on=today, unit=units["Branch A"], target=units["Services"])
        structure.carry_out(change, by=None, today=today)
        follow(program, today + DAY)
        cohort = program.cohorts.get(name="Branches")
        assert [unit.name for unit in cohort.units.all()] == ["Branch B"]
        amendment = program.amendments.first()
        assert amendment.by is None and amendments.told(amendment)[0].after == "Services"
        # Services starts on 1 December: until then they keep their place, then they go along.
        assert cohort.enrolments.filter(until=None).count() == 12
        page = client_of(hr).get(reverse("planning:detail", args=[program.pk])).content.decode()
        assert "The organisation changed: the unit was closed." in page
        follow(program, DEC)
        assert cohort.enrolments.filter(until=None).count() == 0
        assert program.cohorts.get(name="Rest").enrolments.filter(until=None, how=How.MOVED).count() == 12

    def test_a_unit_put_under_another_cohort_goes_with_the_nearest_one(self, program: Program, units: Any) -> None:
        today = dt.date(2027, 1, 11)
        Unit.objects.filter(pk=units["Branch A"].pk).update(parent=units["Services"])
        assert follow(program, today).moved == 12
        assert standing.of_cohorts(program, today)[program.cohorts.get(name="Rest").pk].enrolled == 13


class TestStates:
    def test_a_paused_program_stands_still_and_goes_on(self, program: Program, hr: Any, units: Any) -> None:
        states.pause(by=hr, program=program, reason="Strike.", today=dt.date(2026, 3, 1))
        joiner = make_person("J1", units["Branch A"], hired_on=dt.date(2026, 3, 2))
        leaver = Membership.objects.get(employee__number="A1").employee
        leaver.left_on = dt.date(2026, 3, 2)
        leaver.save()
        done = follow(program, dt.date(2026, 3, 9))
        assert (done.joined, done.left) == (0, 1)
        states.resume(by=hr, program=program, reason="Over.", today=dt.date(2026, 3, 10))
        assert spells(program, joiner) == [("Branches", dt.date(2026, 3, 2), None, How.JOINED)]

    def test_finishing_ends_everybody_and_forgets_what_never_began(self, program: Program, hr: Any) -> None:
        day = dt.date(2026, 6, 30)
        states.finish(by=hr, program=program, reason="Merged with another.", today=day)
        assert set(program.enrolments.values_list("until", flat=True)) == {day}
        assert program.enrolments.count() == 12
        assert standing.of_program(program, day).enrolled == 12
        assert standing.of_program(program, day + DAY).ended == 12
        with pytest.raises(Exception, match="finished"):
            states.pause(by=hr, program=program, reason="x", today=day)

    def test_the_last_day_finishes_it_by_itself_once(self, program: Program) -> None:
        after = timezone.make_aware(dt.datetime(2029, 1, 1, 0, 5))
        for _again in range(2):
            tick(now=after)
        program.refresh_from_db()
        assert (program.state, program.finished_on) == ("finished", dt.date(2028, 12, 31))
        assert program.amendments.get().by is None
        assert AuditEntry.objects.filter(verb="changed program state").count() == 1

    def test_the_tick_looks_hourly_and_at_midnight(self, program: Program, units: Any) -> None:
        at = timezone.make_aware(dt.datetime(2026, 5, 4, 23, 50))
        tick(now=at)
        make_person("J1", units["Branch A"], hired_on=dt.date(2026, 5, 5))
        tick(now=at + dt.timedelta(minutes=5))
        assert not program.enrolments.filter(employee__number="J1").exists()
        tick(now=at + dt.timedelta(minutes=11))  # another day
        assert program.enrolments.get(employee__number="J1").since == dt.date(2026, 5, 5)

    def test_each_turn_asks_for_a_reason_and_only_what_can_be_is_offered(
        self, program: Program, hr: Any, client_of: Any
    ) -> None:
        client = client_of(hr)

        def url(to: str) -> str:
            return reverse("planning:turn", args=[program.pk, to])

        assert client.post(url("pause"), {"reason": " "}).status_code == 422
        assert client.get(url("resume")).status_code == 302  # it is running
        assert client.get(url("explode")).status_code == 404
        assert client.post(url("pause"), {"reason": "Strike."}).status_code == 302
        page = client.get(reverse("planning:detail", args=[program.pk])).content.decode()
        assert "The program is paused" in page and "Strike." in page
        assert client.post(url("finish"), {"reason": "Enough."}).status_code == 302
        page = client.get(reverse("planning:detail", args=[program.pk])).content.decode()
        assert "Finished on" in page and reverse("planning:edit", args=[program.pk]) not in page
        assert client.get(reverse("planning:edit", args=[program.pk])).status_code == 302
        assert "Finished" in client.get(reverse("planning:list")).content.decode()

    def test_amendments_are_never_rewritten(self, program: Program, hr: Any) -> None:
        states.pause(by=hr, program=program, reason="Strike.", today=dt.date(2026, 3, 1))
        for attempt in (
            lambda: program.amendments.update(reason="Better"),
            lambda: program.amendments.all().delete(),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                attempt()
        assert program.amendments.get().reason == "Strike."

    def test_nothing_new_is_given_to_a_cohort_at_rest(self, program: Program, hr: Any) -> None:
        assert queries.cohorts_within(hr, Permission.MANAGE_TRAINING).count() == 2
        states.pause(by=hr, program=program, reason="Strike.", today=dt.date(2026, 6, 1))
        assert queries.cohorts_within(hr, Permission.MANAGE_TRAINING).count() == 0
        states.finish(by=hr, program=program, reason="Over.", today=dt.date(2026, 6, 30))
        assert queries.cohorts_within(hr, Permission.MANAGE_TRAINING).count() == 0


# -- pure ------------------------------------------------------------------------------------------------------------


@hypothesis_settings(max_examples=60)
@given(st.data())
def test_the_nearest_named_unit_decides(data: Any) -> None:
    size = data.draw(st.integers(1, 14))
    parents: dict[int, int | None] = {
        n: data.draw(st.one_of(st.none(), st.integers(0, size - 1)), label=f"above {n}") for n in range(size)
    }
    named = data.draw(st.dictionaries(st.integers(0, size - 1), st.integers(100, 103)))
    found = reach.nearest(parents, named)
    for unit in range(size):
        cohort = next((named[one] for one in rules.line(unit, parents) if one in named), None)
        assert found.get(unit) == cohort


@hypothesis_settings(max_examples=60)
@given(st.dictionaries(st.integers(0, 6), st.one_of(st.none(), st.integers(0, 6)), max_size=7))
def test_a_circle_is_found_exactly_where_one_is(after: dict[int, int | None]) -> None:
    for start in after:
        ring = rules.circle(start, after)
        seen, here = [], after.get(start)
        while here is not None and here not in seen:
            seen.append(here)
            here = after.get(here)
        assert bool(ring) == (here is not None)
        assert all(after[a] == b for a, b in zip(ring, [*ring[1:], *ring[:1]], strict=True))
