"""Why, want, know, can, keep: each with its own evidence and decay; nobody else's page rests on what is private."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.training import observing, slots, standing_slots
from programs.training.content_models import SelfView
from programs.training.models import Assignment, Completion, Course, CourseVersion, Lesson, LessonDone
from programs.training.observation_models import Observation
from programs.training.slots import Evidence, Needed, Seen, Sighting, Slot
from tests.conftest import make_person

DAY = dt.date(2026, 3, 2)
DAYS = dt.timedelta(days=1)


def seen(on: dt.date, by: int, what: Seen = Seen.SEEN) -> Sighting:
    return Sighting(on, by, what)


# -- pure ------------------------------------------------------------------------------------------------------------


def test_evidence_counts_until_its_last_day() -> None:
    last = DAY + dt.timedelta(days=29)
    assert slots.lasting(DAY, 30, last) == Evidence(True, DAY, last)
    assert slots.lasting(DAY, 30, last + DAYS) == Evidence(False, DAY, last)
    assert slots.lasting(DAY, 30, last + DAYS).faded
    assert slots.lasting(None, 30, DAY) == slots.lasting(DAY + DAYS, 30, DAY) == Evidence()


def test_an_old_view_of_oneself_tells_nothing_any_more() -> None:
    assert slots.wanting(4, DAY, DAY).met is True
    assert slots.wanting(3, DAY, DAY).met is False
    assert slots.wanting(5, DAY, DAY + dt.timedelta(days=slots.WANT_LASTS)).met is None
    assert slots.wanting(None, None, DAY) == Evidence()


def test_can_stays_and_keep_fades() -> None:
    needed = Needed(2, 2, 90)
    notes = [seen(DAY, 1), seen(DAY + 5 * DAYS, 2)]
    can, keep = slots.doing(notes, needed, DAY + 5 * DAYS)
    assert (can.met, can.on, keep.met) == (True, DAY + 5 * DAYS, None)
    assert slots.doing(notes[:1], needed, DAY)[0].met is False
    assert slots.doing([], needed, DAY) == (Evidence(), Evidence())
    # The 29th day after is too soon to prove a habit, the 30th does.
    soon = [*notes, seen(DAY + 34 * DAYS, 1)]
    assert slots.doing(soon, needed, DAY + 40 * DAYS)[1].met is None
    again = [*notes, seen(DAY + 35 * DAYS, 1)]
    keep = slots.doing(again, needed, DAY + 40 * DAYS)[1]
    assert keep == Evidence(True, DAY + 35 * DAYS, DAY + (35 + slots.KEEP_LASTS - 1) * DAYS)
    far = DAY + 400 * DAYS
    can, keep = slots.doing(again, needed, far)
    assert can.met is True and keep.met is False and keep.faded
    assert slots.doing(notes, needed, far)[1].met is False


def test_several_behaviours_are_met_together() -> None:
    met, unknown, short = Evidence(True, DAY), Evidence(), Evidence(False, DAY)
    assert slots.together([met, met]).met is True
    assert slots.together([met, short]).met is False
    assert slots.together([met, unknown]).met is False
    assert slots.together([unknown, unknown]).met is None
    assert slots.together([]) == Evidence()


STATES = st.dictionaries(st.sampled_from(list(Slot)), st.sampled_from([True, False, None]))


@given(STATES, st.sampled_from([True, False, None]))
@settings(max_examples=60)
def test_what_others_see_does_not_depend_on_what_is_private(met: dict[Slot, Any], want: bool | None) -> None:
    others = slots.first_unmet(met, private=False)
    assert others == slots.first_unmet({**met, Slot.WANT: want}, private=False)
    assert others != Slot.WANT
    asked = frozenset(met)
    assert slots.first_unmet(met, private=True, asked=asked) in {None, *asked}


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 3), st.sampled_from(list(Seen))), max_size=8),
    st.integers(0, 300),
)
@settings(max_examples=60)
def test_the_past_does_not_change_with_what_comes_later(raw: list[Any], cut: int) -> None:
    notes = [seen(DAY + dt.timedelta(days=on), by, what) for on, by, what in raw]
    day = DAY + dt.timedelta(days=cut)
    before = [one for one in notes if one.on <= day]
    assert slots.doing(notes, Needed(), day) == slots.doing(before, Needed(), day)


FEW = st.integers(1, 4)
RULES = st.builds(lambda most, few, days: Needed(most, min(few, most), days), FEW, FEW, st.integers(1, 99))


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 3), RULES), max_size=8),
    st.integers(0, 300),
    RULES,
    RULES,
)
@settings(max_examples=60)
def test_another_rule_takes_nothing_away(raw: list[Any], cut: int, one: Needed, other: Needed) -> None:
    """Whatever is asked today, what was seen is judged by the rule it was noted under."""
    notes = [Sighting(DAY + dt.timedelta(days=on), by, Seen.SEEN, needed) for on, by, needed in raw]
    day = DAY + dt.timedelta(days=cut)
    assert slots.shown(notes, one, day).granted_on == slots.shown(notes, other, day).granted_on
    assert slots.doing(notes, one, day) == slots.doing(notes, other, day)


def test_what_was_granted_otherwise_is_evidence_too() -> None:
    needed, later = Needed(2, 2, 90), DAY + 200 * DAYS
    can, keep = slots.doing([], needed, DAY + 5 * DAYS, [DAY])
    assert (can, keep) == (Evidence(True, DAY), Evidence())
    assert slots.doing([], needed, DAY - DAYS, [DAY]) == (Evidence(), Evidence())
    assert slots.doing([], needed, later, [DAY])[1].faded
    # Granted anew, on a path that asks for it every year: it was seen again.
    assert slots.doing([], needed, later, [DAY, later])[1] == slots.lasting(later, slots.KEEP_LASTS, later)
    told = slots.shown([seen(DAY - DAYS, 1), seen(DAY, 2)], needed, later, [DAY + DAYS])
    assert (told.granted_on, told.by) == (DAY, needed)


# -- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def course(db: None) -> Course:
    """Teaches K1, which A3 shows, and W4, which no behaviour shows."""
    load_catalogue()
    made = Course.objects.create(name="At the counter", requirements=["K1", "W4"])
    version = CourseVersion.objects.create(course=made, number=1, published_at=timezone.now())
    Lesson.objects.create(version=version, position=1, title="Why", body="Because.")
    return made


def give(course: Course, *people: Employee) -> None:
    today = timezone.localdate()
    for one in people:
        since = today - 400 * DAYS
        Assignment.objects.create(course=course, employee=one, assigned_on=since, due_on=today + 9 * DAYS)


def read(course: Course, person: Employee, days_ago: int = 0) -> None:
    lesson = Lesson.objects.get(version__course=course)
    LessonDone.objects.create(employee=person, lesson=lesson, at=timezone.localtime() - dt.timedelta(days=days_ago))


def complete(course: Course, person: Employee, days_ago: int = 0) -> Completion:
    version, day = course.versions.get(), timezone.localdate() - dt.timedelta(days=days_ago)
    return Completion.objects.create(employee=person, version=version, done_on=day)


def saw(by: Employee, person: Employee, days_ago: int, code: str = "A3") -> None:
    at = timezone.localtime() - dt.timedelta(days=days_ago)
    behaviour = Behaviour.objects.get(code=code)
    observing.observe(by=by, employee=person, behaviour=behaviour, what="seen", on=timezone.localdate(at), now=at)


def barrier(person: Employee, reader: Employee, code: str = "K1", day: dt.date | None = None) -> Slot | None:
    rows = standing_slots.of_people([person], day or timezone.localdate(), reader)[person.pk]
    return next(row for row in rows if row.requirement.code == code).barrier


def looked(person: Employee, want: int, shared_with: Employee | None = None) -> SelfView:
    requirement = Requirement.objects.get(code="K1")
    at = timezone.now() if shared_with else None
    return SelfView.objects.create(
        employee=person, requirement=requirement, on=timezone.localdate(), want=want, know=1, can=1,
        shared_with=shared_with, shared_at=at,
    )  # fmt: skip


def test_step_by_step(course: Course, manager: Employee, employee: Employee, hr: Employee) -> None:
    give(course, employee)
    assert barrier(employee, manager) == Slot.WHY == barrier(employee, employee)
    read(course, employee, 70)
    assert barrier(employee, manager) == Slot.KNOW
    assert barrier(employee, employee) == Slot.WANT
    looked(employee, 5)
    assert barrier(employee, employee) == Slot.KNOW
    complete(course, employee, 60)
    assert barrier(employee, manager) == Slot.CAN
    # No behaviour shows that his needs are satisfied: nothing more is asked of him there.
    assert barrier(employee, manager, "W4") is None
    saw(manager, employee, 50)
    assert barrier(employee, manager) == Slot.CAN
    saw(hr, employee, 45)
    assert barrier(employee, manager) == Slot.KEEP
    saw(hr, employee, 3)
    assert barrier(employee, manager) is None is barrier(employee, employee)
    # As of any day, from the facts of that day.
    today = timezone.localdate()
    days = {80: Slot.WHY, 65: Slot.KNOW, 55: Slot.CAN, 46: Slot.CAN, 44: Slot.KEEP, 3: None}
    assert {ago: barrier(employee, manager, day=today - ago * DAYS) for ago in days} == days


def test_what_is_private_stays_private(course: Course, manager: Employee, employee: Employee, hr: Employee) -> None:
    give(course, employee)
    read(course, employee)
    view = looked(employee, 1)
    assert barrier(employee, employee) == Slot.WANT
    assert barrier(employee, manager) == Slot.KNOW
    view.shared_with, view.shared_at = manager, timezone.now()
    view.save()
    assert barrier(employee, manager) == Slot.WANT
    assert barrier(employee, hr) == Slot.KNOW
    # Another leads him: what was shared with a person stays with nobody else.
    Employee.objects.filter(pk=employee.pk).update(manager=hr)
    moved = Employee.objects.get(pk=employee.pk)
    assert barrier(moved, hr) == Slot.KNOW == barrier(moved, manager)


def test_looking_at_oneself_adds_no_row_for_others(course: Course, manager: Employee, employee: Employee) -> None:
    looked(employee, 1)
    today = timezone.localdate()
    assert standing_slots.of_people([employee], today, manager)[employee.pk] == []
    assert [r.requirement.code for r in standing_slots.of_people([employee], today, employee)[employee.pk]] == ["K1"]


def test_withdrawn_and_revoked_do_not_count(course: Course, manager: Employee, employee: Employee, hr: Any) -> None:
    give(course, employee)
    read(course, employee)
    complete(course, employee)
    saw(manager, employee, 1)
    saw(hr, employee, 0)
    assert barrier(employee, manager) == Slot.KEEP
    Observation.objects.filter(observer=hr).update(withdrawn_at=timezone.now())
    assert barrier(employee, manager) == Slot.CAN


def test_my_page_says_what_is_next(course: Course, employee: Employee, client_of: Any) -> None:
    client, url = client_of(employee), reverse("training:my_progress")
    assert "Nothing is asked of you yet" in client.get(url).content.decode()
    give(course, employee)
    page = client.get(url).content.decode()
    assert "Read why: At the counter" in page and "Most of it begins with reading why" in page
    read(course, employee)
    looked(employee, 5)
    page = client.get(url).content.decode()
    assert "Complete At the counter" in page and "Say how you see it" in page
    assert reverse("training:self_view", args=["W4"]) in page
    complete(course, employee)
    page = client.get(url).content.decode()
    assert "Let it be seen: Professionalism" in page and "Nothing is missing in 1 of 2" in page
    assert client_of(None).get(url).status_code == 302


def test_the_teams_matrix(course: Course, manager: Employee, employee: Employee, client_of: Any) -> None:
    client, url = client_of(manager), reverse("training:team_progress")
    assert "Nothing to see yet" in client.get(url).content.decode()
    give(course, employee)
    read(course, employee, 20)
    complete(course, employee, 10)
    looked(employee, 2)
    page = client.get(url).content.decode()
    assert "Who needs you today" in page and reverse("training:person", args=[employee.pk]) + "#A3" in page
    assert "being seen doing it" in page and ">private<" in page
    assert "Professionalism" in page
    by = client.get(url, {"by": "requirements"}).content.decode()
    assert "Has the experience, knowledge and skills" in by
    past = (timezone.localdate() - 15 * DAYS).isoformat()
    page = client.get(url, {"on": past}).content.decode()
    assert "As it stood on" in page and "Who needs you today" not in page and "knowing how" in page
    for odd in ("yesterday", "2026-02-31", "9999-12-31", ""):
        assert client.get(url, {"on": odd, "by": odd, "page": odd}).status_code == 200
    saw(manager, employee, 0)
    assert "Who needs you today" not in client.get(url).content.decode()


def test_who_may_see_the_matrix(course: Course, manager: Employee, employee: Employee, hr: Any, client_of: Any) -> None:
    url = reverse("training:team_progress")
    other = make_person("B7", employee.unit, manager=manager, given_name="Zoe", family_name="Seen")  # type: ignore[arg-type]
    give(course, other)
    assert client_of(employee).get(url).status_code == 403
    assert "Zoe Seen" in client_of(manager).get(url).content.decode()
    assert "Zoe Seen" in client_of(hr).get(url, {"page": "1"}).content.decode()
    boss = make_person("M9", Employee.objects.get(pk=hr.pk).unit, given_name="Otto", family_name="Else")  # type: ignore[arg-type]
    make_person("X9", boss.unit, manager=boss)  # type: ignore[arg-type]
    assert "Zoe Seen" not in client_of(boss).get(url).content.decode()


def test_queries_do_not_grow_with_people(course: Course, manager: Employee, client_of: Any) -> None:
    people = list(Employee.objects.filter(manager=manager))
    client, counts = client_of(manager), []
    for group in (people[:1], people[1:3]):
        give(course, *group)
        for one in group:
            read(course, one)
            complete(course, one)
        for url in (reverse("training:team_progress"), "/"):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(url).status_code == 200
            counts.append(len(caught))
    assert counts[:2] == counts[2:] and counts[0] <= 21 and counts[1] <= 42
