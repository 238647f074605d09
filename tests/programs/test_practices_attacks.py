"""What the promise on the page of personal notes is held against: who plans programs or keeps the people's data tries
to learn whether one named person wrote."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from culture.access.models import Grant, Role
from culture.people import leaves, memberships
from culture.people.models import Employee, Unit
from programs.planning import drafts, indicators, milestones, rules, states
from programs.planning.indicators import LAGGING, Indicator, Reading
from programs.planning.models import Program
from programs.practices import counting, figures, notes, switching, weeks
from programs.practices.models import PracticeKeeper, PracticeNote, PracticeWeek
from programs.reports import readings
from tests.conftest import make_crowd, make_person
from tests.programs.practice_world import DAY, monday, note, running, today

API = "/api/v1/scorecards/{}/"


@pytest.fixture
def lead(units: dict[str, Unit]) -> Employee:
    """Plans programs everywhere."""
    person = make_person("LEAD", units["Meridian"])
    Grant.objects.create(employee=person, role=Role.PROGRAM_LEAD, unit=units["Meridian"])
    return person


def last() -> dt.date:
    return counting.window(today())[1]


def page(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def picked(by: Employee, people: list[Employee], first: dt.date) -> Program:
    """A program of named people, launched today with the ``first`` day long past, that keeps practices."""
    end = today() + 900 * DAY
    program = drafts.begin(
        by=by, name=f"Picked {Program.objects.count()}", charter="C", starts_on=first, ends_on=end, today=today()
    )
    stages = [(stage.kind, stage.starts_on, stage.ends_on) for stage in rules.suggest_stages(first, end)]
    drafts.set_stages(by=by, program=program, stages=stages, today=today())
    cohort = rules.CohortPlan("Named", first, frozenset(), people=frozenset(one.pk for one in people))
    drafts.set_cohorts(by=by, program=program, cohorts=[cohort], today=today())
    program = states.launch(by=by, program=program, today=today())
    switching.turn(program=program, on=True, by=by, today=today())
    return program


def crowd(units: dict[str, Unit], count: int = 30) -> list[Employee]:
    return make_crowd([f"C{n:02}" for n in range(count)], units["Services"])


# -- a program made to look at one person ------------------------------------------------------------------------------


def test_who_was_entered_afterwards_is_not_counted(
    client_of: Any, hr: Employee, lead: Employee, executive: Employee, employee: Employee, units: dict[str, Unit]
) -> None:
    """X and nine who could not write until today: whatever is told of the ten would be told of X."""
    running(hr, units["Branch A"])
    nine = crowd(units, 9)
    note(employee, on=last())
    program = picked(lead, [employee, *nine], today() - 60 * DAY)
    assert program.enrolments.on(last() - 40 * DAY).count() == 10, "by what is written they were there all the time"
    monday()
    client = client_of(lead)
    assert "%" not in numbers_of(page(client, f"/programs/{program.pk}/practices/"))
    assert indicators.read("practices.people", program, today()).value is None
    assert figures.told(today()).people == 12, "nor do they stand anywhere else"
    assert readings.keep(program, today())
    listed = {one["key"]: one["value"] for one in client_of(executive).get(API.format(program.pk)).json()["leading"]}
    assert listed["practices.people"] is None


def numbers_of(told: str) -> str:
    """What the page says of the program."""
    return told.split("In this program")[1].split("</section>")[0]


def test_who_is_seen_today_counts_after_four_full_weeks(hr: Employee, lead: Employee, units: dict[str, Unit]) -> None:
    people = crowd(units, 12)
    program = picked(lead, people, today() - 60 * DAY)
    first = today() - today().weekday() * DAY
    told = []
    for n in range(6):
        day = first + 7 * n * DAY
        assert weeks.keep(today=day, now=figures.begins(day))
        told.append(figures.told(day).people)
    assert told == [0, 0, 0, 0, 12, 12]
    assert {row.since for row in PracticeKeeper.objects.filter(program=program)} == {first}
    switching.turn(program=program, on=False, by=hr, today=today())
    other = picked(lead, people, today() - 60 * DAY)
    weeks.see(today=today())
    assert set(PracticeKeeper.objects.values_list("program", flat=True)) == {other.pk}


def test_a_later_day_in_the_switch_or_the_launch_counts_for_nothing(
    hr: Employee, lead: Employee, units: dict[str, Unit]
) -> None:
    """Only what was seen on a Monday counts: days can be written as one likes."""
    program = picked(lead, crowd(units, 12), today() - 60 * DAY)
    Program.objects.filter(pk=program.pk).update(launched_on=today() - 60 * DAY)
    program.practices.__class__.objects.update(changed_on=today() - 60 * DAY)
    assert figures.of(today()).people == 0


# -- figures taken off each other --------------------------------------------------------------------------------------


def test_a_program_that_overlaps_groups_has_no_figure_of_its_own(
    client_of: Any, hr: Employee, lead: Employee, manager: Employee, units: dict[str, Unit]
) -> None:
    """Branch A, and a program of Branch A and two of headquarters: their difference would be the two."""
    two = make_crowd(["Q1", "Q2"], units["Services"])
    branch = running(hr, units["Branch A"], name="Branch")
    wider = running(hr, units["Branch A"], units["Services"], name="Wider")
    for person in [*Employee.objects.filter(unit=units["Branch A"])[:4], *two]:
        note(person, on=last())
    monday()
    week = figures.told(today())
    inside = week.programs
    assert inside[branch.pk].why == figures.SPLIT and inside[branch.pk].told is None
    assert inside[wider.pk].told == week.wrote and inside[wider.pk].people == week.people, (
        "everybody: what is told anyway"
    )
    told = page(client_of(hr), f"/programs/{branch.pk}/practices/")
    assert "together with people of other programs" in told and "%" not in numbers_of(told)
    read = indicators.read("practices.people", branch, today())
    assert read.value is None and "Hidden for privacy" in read.words
    assert indicators.read("practices.people", wider, today()).value is not None


def test_a_program_of_whole_groups_is_put_together_from_them(
    hr: Employee, manager: Employee, units: dict[str, Unit]
) -> None:
    """Its words add nothing to what is told of its groups."""
    make_crowd([f"V{n}" for n in range(15)], units["Services"])
    branch = running(hr, units["Branch A"], name="Branch")
    service = running(hr, units["Services"], name="Service")
    for person in Employee.objects.filter(unit=units["Branch A"])[:6]:
        note(person, on=last())
    monday()
    week = figures.told(today())
    for program, unit in ((branch, "Branch A"), (service, "Services")):
        (row,) = [row for row in week.rows if row.name == unit]
        told = week.programs[program.pk]
        assert told.people == row.people and told.told is not None
        assert told.told.end == row.wrote.end and (told.told.end or told.told.value == row.wrote.value)


def test_who_has_no_unit_is_in_no_figure(hr: Employee, manager: Employee, units: dict[str, Unit]) -> None:
    program = running(hr, units["Branch A"])
    assert figures.of(today()).programs[program.pk].people == 12
    Employee.objects.get(number="A3").memberships.all().delete()  # type: ignore[attr-defined]
    week = figures.of(today())
    assert week.people == week.programs[program.pk].people == sum(row.people for row in week.rows) == 11


# -- entries afterwards ------------------------------------------------------------------------------------------------


def test_what_is_entered_afterwards_alters_no_figure(
    client_of: Any, hr: Employee, manager: Employee, employee: Employee, units: dict[str, Unit]
) -> None:
    """A leave, a move, a note taken out: of four of eleven three of ten would be left."""
    program = running(hr, units["Branch A"])
    team = list(Employee.objects.filter(unit=units["Branch A"]).order_by("pk"))
    for person in team[:4]:
        mine = note(person, on=last())
    monday()
    addresses = ["/practices/desk/", f"/programs/{program.pk}/practices/"]

    def seen() -> list[Any]:
        client = client_of(hr)
        pages = [page(client, url).split("<main")[1].split("<form")[0] for url in addresses]
        return [*pages, page(client_of(manager), "/practices/team/").split("How many write")[1].split("</section>")[0],
                indicators.read("practices.people", program, today())]  # fmt: skip

    before = seen()
    assert "about 40 %" in before[0]
    leaves.start(team[0], since=last() - 3 * DAY, until=last() + DAY, by=hr)
    memberships.move(team[1], to=units["Services"], on=last() - 10 * DAY, by=hr)
    assert notes.remove(by=team[3], pk=mine.pk)
    program.enrolments.filter(employee=team[2]).update(until=last() - DAY)
    assert not monday()
    assert seen() == before
    monday(again=True)
    assert figures.told(today()).people == 10, "worked out again it would show"


def test_a_week_holds_no_person_and_no_count_of_writers(
    hr: Employee, manager: Employee, units: dict[str, Unit]
) -> None:
    """Whoever reads the table next year learns what everybody was told, and no more."""
    running(hr, units["Branch A"])
    rows = []
    for count in (0, 1, 2):
        PracticeNote.objects.all().delete()
        for person in Employee.objects.filter(unit=units["Branch A"])[:count]:
            note(person, on=last())
        monday(again=True)
        rows.append(PracticeWeek.objects.get().told)
    assert rows[0] == rows[1] == rows[2]


def test_old_figures_are_not_told_for_ever(hr: Employee, manager: Employee, units: dict[str, Unit]) -> None:
    running(hr, units["Branch A"])
    monday()
    monday_ = today() - today().weekday() * DAY
    assert figures.told(monday_ + 7 * DAY).people == 12, "until the first tick of Monday"
    assert figures.told(monday_ + 14 * DAY).people == 0
    assert figures.told(monday_ - DAY).people == 0, "nor on a day before"


# -- whole programs ----------------------------------------------------------------------------------------------------


def test_two_programs_that_differ_by_one_person_are_not_taken_off_each_other(
    hr: Employee, lead: Employee, units: dict[str, Unit]
) -> None:
    people = crowd(units, 20)
    older = running(hr, units["Services"], on=False, name="Older")
    assert indicators.stands_apart(older, today())
    newer = picked(lead, people[:19], today() - 60 * DAY)
    for key in ("observed.seen", "recognition.people"):
        read = indicators.read(key, newer, today())
        assert read.value is None and "beside another program" in read.words
        assert indicators.read(key, older, today()).value is not None
    other = picked(lead, people[:10], today() - 60 * DAY)
    assert indicators.stands_apart(other, today()), "ten and eleven of the others"
    with CaptureQueriesContext(connection) as asked:
        indicators.stands_apart(newer, today())
    assert len(asked) == 1


def test_nine_people_are_not_told_of(hr: Employee, lead: Employee, units: dict[str, Unit]) -> None:
    program = picked(lead, crowd(units, 9), today() - 60 * DAY)
    for key in ("planning.begun", "observed.seen", "recognition.people", "training.done", "training.valid"):
        assert indicators.read(key, program, today()).value is None, key


# -- milestones --------------------------------------------------------------------------------------------------------


@pytest.fixture
def lagging(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(indicators._known)
    known["test.lag"] = Indicator("test.lag", "lag", frozenset({LAGGING}), lambda program, on: Reading(90, "told", on))
    monkeypatch.setattr(indicators, "_known", known)


def aim(by: Employee, target: int) -> milestones.Aim:
    return milestones.Aim("People write", today() + 60 * DAY, by, "practices.people", Decimal(target), "test.lag",
                          Decimal(50))  # fmt: skip


def test_a_milestone_is_not_met_where_nobody_wrote(
    hr: Employee, manager: Employee, units: dict[str, Unit], lagging: None
) -> None:
    program = running(hr, units["Branch A"])
    for target in (10, 95):
        with pytest.raises(ValidationError, match="From 15 to 90"):
            milestones.save(by=hr, program=program, aim=aim(hr, target))
    row = milestones.save(by=hr, program=program, aim=aim(hr, 15))
    monday()
    assert indicators.read("practices.people", program, today()).words.startswith("under 30 %")
    (standing,) = milestones.standings(program, today())
    assert not standing.leading.met
    with pytest.raises(ValidationError, match="Missing: People who write"):
        milestones.reach(by=hr, milestone=row, today=today())
    for target in (30, 75):
        with pytest.raises(ValidationError, match="From 40 to 70"):
            milestones.save(by=hr, program=program, aim=aim(hr, target), milestone=row)
    milestones.save(by=hr, program=program, aim=aim(hr, 70), milestone=row)
    for person in Employee.objects.filter(unit=units["Branch A"]):
        note(person, on=last())
    monday(again=True)
    (standing,) = milestones.standings(program, today())
    assert standing.leading.met


def test_a_censored_reading_is_no_value() -> None:
    assert not indicators.met(Reading(10, "under 10 %", end=-1), Decimal(10))
    assert indicators.met(Reading(90, "over 90 %", end=1), Decimal(90))
    assert indicators.met(Reading(10, "about 10 %"), Decimal(10))
