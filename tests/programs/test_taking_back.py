"""What HR gave by hand is taken back with a reason, and ends for who is not there any more."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.people.models import Employee
from programs.planning import states
from programs.planning.models import Enrolment
from programs.training import assigning, night, queries, standing, tick
from programs.training.matching import Conditions
from programs.training.models import Assignment, Completion
from tests.conftest import make_person
from tests.programs.path_world import DAY, complete, make_course, make_path, step
from tests.programs.test_planning import make_program

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def world(hr: Any, manager: Any, stranger: Any, employee: Any, units: Any) -> dict[str, Any]:
    """A course of the first cohort since twenty days ago; one person has done it."""
    cohort = make_program(hr, units).cohorts.first()
    version = make_course(hr)
    due = today() + 9 * DAY
    count = assigning.assign(by=hr, course=version.course, cohort=cohort, due_on=due, today=today())
    Assignment.objects.update(assigned_on=today() - 20 * DAY, due_on=today() - DAY)
    complete(employee, version, today() - 3 * DAY)
    return {"cohort": cohort, "course": version.course, "version": version, "count": count}


def mine(person: Employee, on: dt.date | None = None) -> list[str]:
    return [str(one.state) for one in standing.of_people([person.pk], on or today())[person.pk]]


def test_taken_back_from_a_cohort_and_given_again(
    hr: Any, employee: Any, world: dict[str, Any], client_of: Any
) -> None:
    course, cohort, count = world["course"], world["cohort"], world["count"]
    client, url = client_of(hr), reverse("training:take_back", args=[course.pk, cohort.pk])
    detail = reverse("training:detail", args=[course.pk])
    assert url in client.get(detail).content.decode()
    page = client.get(url).content.decode()
    assert f"asked of {count - 1} people no more" in page and "1 has done it already" in page
    refused = client.post(url, {"reason": " "})
    assert refused.status_code == 422 and Assignment.objects.filter(ended_on=None).count() == count
    other = Enrolment.objects.filter(cohort=cohort).exclude(employee=employee).first().employee  # type: ignore[union-attr]
    assert mine(other) == ["late"]
    done = client.post(url, {"reason": "The wrong cohort"}, follow=True).content.decode()
    assert f"asked of {count - 1} people no more" in done and url not in done
    assert mine(other) == [] and mine(other, today() - DAY) == ["soon"] and mine(employee) == ["valid"]
    entry = AuditEntry.objects.get(verb="took back course")
    assert entry.detail["reason"] == "The wrong cohort" and entry.detail["people"] == count - 1
    # Nobody is given it anew by the tick; HR may.
    tick.tick(now=timezone.now())
    assert Assignment.objects.filter(ended_on=None).count() == 1
    sent = {"cohort": cohort.pk, "due_on": (today() + 30 * DAY).isoformat()}
    client.post(reverse("training:assign", args=[course.pk]), sent)
    assert mine(other) == ["open"] and mine(employee) == ["valid"]
    assert client.post(url, {"reason": "Again"}).status_code == 302 and mine(other) == []
    assert client.post(url, {"reason": "Twice"}).status_code == 422


def test_who_has_it_by_a_path_too_is_counted_once(
    hr: Any, employee: Any, world: dict[str, Any], client_of: Any
) -> None:
    course, cohort, count = world["course"], world["cohort"], world["count"]
    make_path(hr, step(world["version"]), today=today(), rules=[Conditions(cohort=cohort.pk)])
    assert Assignment.objects.filter(step__course=course, employee=employee).exists(), "else nothing is shown here"
    page = " ".join(client_of(hr).get(reverse("training:detail", args=[course.pk])).content.decode().split())
    assert f"1 of {count} people" in page
    (row,) = queries.by_cohort(course, today())
    assert (row["assigned"], row["finished"], row["late"]) == (count, 1, count - 1)


def test_who_may_take_back(hr: Any, manager: Any, employee: Any, units: Any, world: Any, client_of: Any) -> None:
    url = reverse("training:take_back", args=[world["course"].pk, world["cohort"].pk])
    scoped = make_person("UH", units["Services"])
    Grant.objects.create(employee=scoped, role=Role.HR_ADMIN, unit=units["Branch B"])
    assert client_of(hr).get(url).status_code == 200
    assert client_of(scoped).get(url).status_code == 404
    for nobody in (manager, employee):
        assert client_of(nobody).post(url, {"reason": "x"}).status_code == 403
    assert client_of(None).get(url).status_code == 302


def test_taken_back_by_the_api(hr: Any, world: Any, client_of: Any) -> None:
    sent = {"course": world["course"].pk, "cohort": world["cohort"].pk, "reason": "The wrong cohort"}
    url, client = reverse("api-assignments-take-back"), client_of(hr)
    answer = client.post(url, sent, content_type="application/json")
    assert answer.json() == {"people": world["count"] - 1, "done": 1}
    assert client.post(url, sent, content_type="application/json").status_code == 400


def test_a_leaver_is_not_two_years_late_when_he_is_back(hr: Any, employee: Any, world: Any) -> None:
    leaver = Employee.objects.get(number="A2")
    Employee.objects.filter(pk__in=[leaver.pk, employee.pk]).update(left_on=today() - 5 * DAY)
    told = night.run(now=timezone.now())
    assert told is not None and told["ended"] == 1
    row = Assignment.objects.get(employee=leaver)
    assert row.ended_on == today() - 5 * DAY and mine(employee) == ["valid"]
    # Not given again while he is away; back in the cohort he has it anew, with days of his own.
    tick.tick(now=timezone.now())
    assert Assignment.objects.filter(employee=leaver).count() == 1
    Employee.objects.update(left_on=None)
    tick.tick(now=timezone.now())
    again = Assignment.objects.get(employee=leaver, ended_on=None)
    assert again.assigned_on == today() and mine(leaver) != ["late"]
    assert Assignment.objects.filter(employee=employee).count() == 1 and Completion.objects.count() == 1


@pytest.mark.parametrize("how", ["withdrawn", "finished"])
def test_it_ends_with_the_cohort_and_the_program(hr: Any, employee: Any, world: Any, how: str) -> None:
    person = Employee.objects.get(number="A2")
    program = world["cohort"].program
    if how == "finished":
        states.finish(by=hr, program=program, reason="Over", today=today() - DAY)
        ended, open_now = world["count"] - 1, 1
    else:
        Enrolment.objects.filter(employee=person).update(until=today() - DAY)
        ended, open_now = 1, world["count"] - 1
    assert assigning.end_gone(today=today()) == ended and assigning.end_gone(today=today()) == 0
    assert Assignment.objects.get(employee=person).ended_on == today() - DAY
    assert Assignment.objects.filter(ended_on=None).count() == open_now
    counted = queries.in_program(program, today())
    assert sum(row["assigned"] for row in counted) == open_now


def test_who_moves_to_another_cohort_keeps_what_he_has(hr: Any, world: Any) -> None:
    cohort = world["cohort"]
    other = cohort.program.cohorts.exclude(pk=cohort.pk).first() or cohort.program.cohorts.create(
        name="Other", starts_on=cohort.starts_on
    )
    person = Employee.objects.get(number="A2")
    since = Enrolment.objects.get(employee=person).since
    Enrolment.objects.filter(employee=person).update(since=since - 9 * DAY, until=since - DAY)
    Enrolment.objects.create(program=cohort.program, cohort=other, employee=person, since=since)
    assert assigning.end_gone(today=today()) == 0 and mine(person) == ["late"]
