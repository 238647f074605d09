"""What HR changes on a path holds for who comes; who has done it has done it, and past days stay what they were."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.people import structure
from culture.people.models import Employee
from programs.training import cycles, evaluating, granting, matching, paths, reminding, standing
from programs.training.models import Assignment, CourseVersion
from programs.training.path_models import Attained, Path, PathTally, Revocation
from programs.training.path_rules import Conditions
from tests.conftest import make_person
from tests.programs.path_world import DAY, complete, day, make_course, make_path, step
from tests.programs.test_path_pages import typed, what

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return timezone.localdate()


def edited(client: Any, path: Path, version: CourseVersion, kind: str = "course", **changed: Any) -> None:
    """The one step of a path, changed on the page."""
    here = paths.plans(path)[0]
    shown = {
        "what": what(version, kind),
        "pk": str(here.pk),
        "times": str(here.times),
        "due_days": "10",
        "months": str(here.months),
        "window": str(here.window),
    }
    whole = {key: changed.pop(key) for key in ("also_under_way", "starts_on") if key in changed}
    days = {"starts_on": path.starts_on.isoformat(), "ends_on": path.ends_on.isoformat(), **whole}
    answer = client.post(
        reverse("training:path_edit", args=[path.pk]), typed({**shown, **changed}, name=path.name, **days)
    )
    assert answer.status_code == 302, answer.content.decode()
    path.refresh_from_db()


def states(path: Path, on: dt.date) -> dict[str, str]:
    """By number, person by person; the same as is counted for the whole path."""
    people = list(Employee.objects.filter(path_enrolments__path=path).order_by("number"))
    stands = standing.of_people([one.pk for one in people], on, path)
    found = {one.number: str(stands[one.pk][0].state) for one in people if stands[one.pk]}
    whole = standing.total(standing.counts(path, on).values())
    for name in ("valid", "renew", "soon", "late", "lapsed"):
        assert getattr(whole, name) == list(found.values()).count(name), name
    assert {line.state for line in standing.lines(path, on)} == set(found.values())
    return found


def attended(person: Employee, version: CourseVersion, on: dt.date, times: int = 1) -> None:
    Attained.objects.create(employee=person, kind="session", course=version.course, times=times, done_on=on)


def test_one_more_meeting_is_not_asked_of_who_has_come(hr: Any, employee: Employee, units: Any, client_of: Any) -> None:
    version, client = make_course(hr), client_of(hr)
    path = make_path(hr, step(version, kind="session"), today=today() - 20 * DAY)
    attended(employee, version, today() - 12 * DAY)
    then = states(path, today() - 9 * DAY)
    edited(client, path, version, "session", times="2")
    assert states(path, today())["A1"] == "valid" and states(path, today() - 9 * DAY) == then
    # Nobody ticked it: who is under way is asked for one meeting still, who comes for two.
    newcomer = make_person("NEW", units["Branch A"])
    evaluating.evaluate(path, today=today())
    asked = dict(Assignment.objects.values_list("employee__number", "times"))
    assert (asked["A2"], asked["NEW"], asked["A1"]) == (1, 2, 1)
    edited(client, path, version, "session", times="3", also_under_way="on")
    asked = dict(Assignment.objects.values_list("employee__number", "times"))
    assert (asked["A2"], asked["NEW"], asked["A1"]) == (3, 3, 1)
    attended(newcomer, version, today(), times=2)
    told = states(path, today())
    assert (told["A1"], told["NEW"]) == ("valid", "soon") and granting.attain(today=today()) == 0


def test_a_new_validity_lapses_nobody_who_has_done_it(hr: Any, employee: Employee, client_of: Any) -> None:
    version = make_course(hr)
    path = make_path(hr, step(version), today=today() - 800 * DAY)
    complete(employee, version, today() - 790 * DAY)
    past = {days: states(path, today() - days * DAY) for days in (795, 780, 100)}
    edited(client_of(hr), path, version, months="12", window="30", also_under_way="on")
    assert states(path, today())["A1"] == "valid"
    assert {days: states(path, today() - days * DAY) for days in past} == past
    other = Employee.objects.get(number="A2")
    complete(other, version, today())
    row = standing.of_people([other.pk], today())[other.pk][0]
    assert row.until == cycles.last_valid_day(today(), 12)
    # What was revoked is not done: what is asked now is the newer rule.
    done = employee.completions.get()  # type: ignore[attr-defined]
    Revocation.objects.create(completion=done, on=today(), reason="x", by=hr, at=timezone.now())
    edited(client_of(hr), path, version, months="24", window="30", also_under_way="on")
    assert dict(Assignment.objects.values_list("employee__number", "months"))["A1"] == 24


def test_shorter_validities_are_renewed_by_who_was_given_them(hr: Any, employee: Employee, client_of: Any) -> None:
    version = make_course(hr)
    path = make_path(hr, step(version, months=12, window=30), today=day("2026-01-01"))
    complete(employee, version, day("2026-01-05"))
    steps = [step(version, months=24, window=60, pk=path.steps.get().pk)]
    values: dict[str, Any] = {"name": path.name, "starts_on": path.starts_on, "ends_on": path.ends_on}
    paths.save(by=hr, path=path, steps=steps, today=day("2026-06-01"), **values)
    assert standing.course_rule(employee.pk, version.course, day("2026-06-01")) == cycles.Rule(12, 30)
    ending = reminding._ending(day("2026-12-06"), day("2026-12-05"))
    assert ending == [Assignment.objects.get(employee=employee).pk]


def test_who_was_five_days_late_stays_five_days_late(hr: Any, employee: Employee, client_of: Any) -> None:
    version = make_course(hr)
    path = make_path(hr, step(version), today=today() - 30 * DAY)
    complete(employee, version, today() - 15 * DAY)

    def row(number: str) -> standing.Stand:
        pk = Employee.objects.get(number=number).pk
        return standing.of_people([pk], today())[pk][0]

    assert row("A1").days_late == 5
    edited(client_of(hr), path, version, due_days="20", also_under_way="on")
    assert row("A1").days_late == 5 and row("A1").assignment.due_on == today() - 20 * DAY
    assert row("A2").assignment.due_on == today()
    edited(client_of(hr), path, version, due_days="40", also_under_way="on")
    assert row("A1").days_late == 5 and row("A2").assignment.due_on == today() + 10 * DAY


@pytest.mark.parametrize("started", [False, True])
def test_a_first_day_moved_earlier_takes_its_steps_along(
    hr: Any, employee: Employee, client_of: Any, started: bool
) -> None:
    version, client = make_course(hr), client_of(hr)
    path = make_path(hr, step(version), today=today() - 9 * DAY, starts_on=today() + 60 * DAY, start=started)
    edited(client, path, version, starts_on=(today() - 3 * DAY).isoformat())
    assert path.steps.get().added_on == today() - 3 * DAY
    if not started:
        client.post(reverse("training:path_act", args=[path.pk]), {"do": "start"})
    assert Assignment.objects.get(employee=employee).due_on == today() + 7 * DAY


# -- given anew ------------------------------------------------------------------------------------------------------


def test_what_ran_out_before_it_was_given_is_no_lapse_of_it(hr: Any, employee: Employee) -> None:
    version = make_course(hr)
    complete(employee, version, day("2023-02-12"))
    path = make_path(hr, step(version, months=12, window=30), today=day("2026-02-01"))
    evaluating.count(path, today=day("2026-02-01"))
    told = {on: states(path, day(on))["A1"] for on in ("2026-02-01", "2026-02-11", "2026-02-12")}
    assert told == {"2026-02-01": "soon", "2026-02-11": "soon", "2026-02-12": "late"}
    assert not PathTally.objects.filter(lapsed__gt=0).exists()
    row = standing.of_people([employee.pk], day("2026-02-04"))[employee.pk][0]
    assert (row.by, row.until, row.done_on) == (day("2026-02-11"), None, None)
    # He is told a week before, a day before, and when it is late.
    for on, days in (("2026-02-04", 7), ("2026-02-10", 1), ("2026-02-12", -1)):
        ids = [*reminding._due(day(on), day(on) - DAY), *reminding._ending(day(on), day(on) - DAY)]
        found = [one for one in reminding._candidates(ids, day(on), day(on) - DAY) if one.employee_id == employee.pk]
        assert [(one.about, one.days) for one in found] == [(day("2026-02-11"), days)]
    complete(employee, version, day("2026-02-14"))
    row = standing.of_people([employee.pk], day("2026-02-20"))[employee.pk][0]
    assert (row.state, row.days_late, row.until) == ("valid", 3, day("2027-02-13"))
    assert states(path, day("2027-02-14"))["A1"] == "lapsed"


def test_what_was_worth_something_when_it_was_given_lapses(hr: Any, employee: Employee) -> None:
    version = make_course(hr)
    complete(employee, version, day("2025-02-10"))
    path = make_path(hr, step(version, months=12, window=30, due_days=60), today=day("2026-02-01"))
    assert states(path, day("2026-02-09"))["A1"] == "renew" and states(path, day("2026-02-10"))["A1"] == "lapsed"


# -- units that are no more ------------------------------------------------------------------------------------------


def on_path(path: Path) -> set[str]:
    return set(path.enrolments.filter(ended_on=None).values_list("employee__number", flat=True))


def test_a_path_goes_with_the_merger_of_its_unit(
    hr: Any, employee: Employee, stranger: Any, units: Any, client_of: Any
) -> None:
    began = today() - 20 * DAY
    rules = [Conditions(unit=units["Branch A"].pk)]
    path = make_path(hr, step(make_course(hr)), today=began, rules=rules)
    before = dict(Assignment.objects.values_list("employee__number", "due_on"))
    structure.merge(units["Branch A"], into=units["Branch B"], on=today(), by=hr)
    # The preview tells the same as the night does.
    seen = matching.preview(path, paths.proposed(path, add=None, drop=None, today=today()), today())
    assert (seen.joining.count, seen.leaving.count) == (1, 0)
    for _night in range(2):
        evaluating.evaluate(path, today=today())
    assert on_path(path) == {*before, "S1"} and not path.enrolments.exclude(ended_on=None).exists()
    after = dict(Assignment.objects.values_list("employee__number", "due_on"))
    assert after == {**before, "S1": today() + 10 * DAY}
    (old, new) = path.rules.order_by("pk")
    assert (old.ended_on, new.unit, new.ended_on, new.made_by) == (today(), units["Branch B"], None, None)
    assert AuditEntry.objects.get(verb="path.rules_followed").detail["units"] == "Branch A"
    assert "went with a merger" in client_of(hr).get("/").content.decode()
    assert "went with a merger" not in client_of(employee).get("/").content.decode()


def test_what_became_of_it_is_on_the_path_already(hr: Any, units: Any) -> None:
    rules = [Conditions(unit=units[name].pk) for name in ("Branch A", "Branch B")]
    path = make_path(hr, step(make_course(hr)), today=today() - 20 * DAY, rules=rules)
    before = on_path(path)
    structure.merge(units["Branch A"], into=units["Branch B"], on=today(), by=hr)
    evaluating.evaluate(path, today=today())
    assert on_path(path) == before and path.rules.filter(ended_on=None).count() == 1


def test_a_unit_that_is_closed_takes_nobody_off_its_path(
    hr: Any, employee: Employee, manager: Any, stranger: Any, units: Any, client_of: Any
) -> None:
    path = make_path(hr, step(make_course(hr)), today=today() - 20 * DAY, rules=[Conditions(unit=units["Branch A"].pk)])
    before = on_path(path)
    structure.close(units["Branch A"], on=today(), by=hr, people_to=units["Branch B"])
    Employee.objects.filter(number="A3").update(left_on=today() - DAY)
    evaluating.evaluate(path, today=today())
    assert on_path(path) == before - {"A3"}
    client = client_of(hr)
    page, url = client.get("/").content.decode(), reverse("training:path_rules", args=[path.pk])
    assert "Say for whom “Beginning well” is now" in page and url in page
    assert "Say for whom “Beginning well”" not in client_of(manager).get("/").content.decode()
    assert "In Branch A (closed) or below" in client.get(url).content.decode()
    # HR says: for Branch B, in place of the old rule. Those who are there stay.
    sent = {"rule": path.rules.get().pk, "unit": units["Branch B"].pk, "apply": "1"}
    client.post(url, sent)
    assert on_path(path) == (before - {"A3"}) | {"S1"}
    assert "Say for whom" not in client.get("/").content.decode()


def test_old_rows_take_what_their_steps_ask_for_today(hr: Any, employee: Employee) -> None:
    repairs = import_module("programs.migrations.0026_training_repairs")
    version = make_course(hr, quiz=[{"text": "Which?", "options": ["A", "B"], "right": [0], "why": ""}])
    steps = [step(version, kind="session", times=3), step(version, months=12, window=30), step(version, kind="quiz")]
    make_path(hr, *steps, today=today() - 5 * DAY)
    draft = make_path(hr, step(version), today=today(), name="To come", start=False)
    draft.steps.update(added_on=today() + 9 * DAY)
    was = sorted(Assignment.objects.values_list("pk", "times", "months", "window"))
    Assignment.objects.update(times=1, months=0, window=0)
    with connection.cursor() as cursor:
        cursor.execute(repairs.COPY)
        cursor.execute(repairs.ADDED)
    assert sorted(Assignment.objects.values_list("pk", "times", "months", "window")) == was
    assert draft.steps.get().added_on == today()
