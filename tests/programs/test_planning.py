"""Programs: made in the browser, refused when unsound, kept up to date by the tick."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from culture.people.models import Membership
from programs.planning import forms, programs, rules
from programs.planning.models import Enrolment, Program
from programs.planning.tick import tick
from surveys.instruments.models import Instrument
from surveys.waves.models import Invitation, Series, Wave
from tests.conftest import make_person

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2028, 12, 31)
PARENTS = {1: None, 2: 1, 3: 2, 4: 2, 5: 1}
NAMES = {1: "Meridian", 2: "Retail", 3: "Branch A", 4: "Branch B", 5: "Services"}


def make_program(by: Any, units: Any, name: str = "Service First", **fields: Any) -> Program:
    stages = [(s.kind, s.starts_on, s.ends_on) for s in rules.suggest_stages(FIRST, LAST)]
    cohorts = [
        ("Branches", dt.date(2026, 2, 1), [units["Retail"]]),
        ("Rest", dt.date(2026, 12, 1), [units["Services"]]),
    ]
    values = {"charter": "We serve.", "starts_on": FIRST, "ends_on": LAST, "stages": stages, "cohorts": cohorts}
    return programs.create(by=by, name=name, **{**values, **fields})


def check(stages: Any = None, cohorts: Any = (), first: dt.date = FIRST, last: dt.date = LAST) -> dict[str, list[str]]:
    stages = rules.suggest_stages(FIRST, LAST) if stages is None else stages
    found = rules.check(starts_on=first, ends_on=last, stages=stages, cohorts=cohorts, parents=PARENTS, names=NAMES)
    found.pop("cohorts", None)
    return found


class TestRules:
    def test_suggested_stages_fill_the_program_without_gap_or_overlap(self) -> None:
        stages = rules.suggest_stages(FIRST, LAST)
        assert [stage.kind for stage in stages] == list(rules.STAGES)
        assert (stages[0].starts_on, stages[-1].ends_on) == (FIRST, LAST)
        for before, after in zip(stages, stages[1:], strict=False):
            assert after.starts_on == before.ends_on + dt.timedelta(days=1)
        assert check() == {}

    def test_three_years_from_a_leap_day(self) -> None:
        assert rules.suggest_end(dt.date(2028, 2, 29)) == dt.date(2031, 2, 27)

    def test_ends_before_it_starts(self) -> None:
        assert "ends before it starts" in check(first=LAST, last=FIRST)["ends_on"][0]

    def test_overlapping_stages_are_told_at_the_later_one(self) -> None:
        stages = rules.suggest_stages(FIRST, LAST)
        stages[1] = rules.StagePlan("attitude", stages[0].ends_on, stages[1].ends_on)
        assert list(check(stages)) == ["stage_attitude_starts_on"]

    def test_stages_outside_the_program(self) -> None:
        stages = rules.suggest_stages(FIRST - dt.timedelta(days=9), LAST + dt.timedelta(days=9))
        assert set(check(stages)) == {"stage_information_starts_on", "stage_culture_ends_on"}

    @pytest.mark.parametrize(
        ("first", "second", "told"),
        [
            ({3}, {3}, {"cohort_1_units": "Branch A is already in the cohort “One”."}),
            ({2}, {3}, {"cohort_1_units": "Branch A is already in the cohort “One”, as part of Retail."}),
            ({3}, {1}, {"cohort_0_units": "Branch A is already in the cohort “Two”, as part of Meridian."}),
            ({3}, {4}, {}),
        ],
    )
    def test_a_unit_in_two_cohorts(self, first: set[int], second: set[int], told: dict[str, str]) -> None:
        cohorts = [rules.CohortPlan(n, FIRST, frozenset(u)) for n, u in (("One", first), ("Two", second))]
        assert check(cohorts=cohorts) == {key: [message] for key, message in told.items()}

    def test_an_ancestor_and_its_descendant_in_one_cohort_are_fine(self) -> None:
        assert check(cohorts=[rules.CohortPlan("One", FIRST, frozenset({2, 3}))]) == {}

    def test_a_cohort_needs_name_units_and_a_day_within(self) -> None:
        found = check(cohorts=[rules.CohortPlan(" ", LAST + dt.timedelta(days=1), frozenset())])
        assert set(found) == {"cohort_0_name", "cohort_0_starts_on", "cohort_0_units"}


def test_three_personas(hr: Any, manager: Any, stranger: Any, units: Any, client_of: Any) -> None:
    program = make_program(hr, units)
    pages = [reverse("planning:list"), reverse("planning:new")]
    pages += [reverse(f"planning:{name}", args=[program.pk]) for name in ("detail", "edit", "copy", "plan")]
    pages += [reverse("planning:amendments", args=[program.pk]), reverse("planning:turn", args=[program.pk, "pause"])]
    pages += [reverse("planning:cohort", args=[program.pk, program.cohorts.first().pk])]
    pages += [reverse("planning:plan_add", args=[program.pk, kind]) for kind in ("milestones", "risks", "duties")]
    for page in pages:
        assert client_of(hr).get(page).status_code == 200
        assert client_of(manager).get(page).status_code == 403
        assert client_of(stranger).get(page).status_code == 403
        assert client_of(None).get(page).status_code == 302


def test_the_first_step_is_offered(hr: Any, client_of: Any) -> None:
    page = client_of(hr).get(reverse("planning:list")).content.decode()
    assert "No program yet" in page and reverse("planning:new") in page


def amended(program: Program, **changed: Any) -> dict[str, Any]:
    """What HR would send from the page of a running program."""
    start = {key: value for key, value in forms.saved(program).items() if value is not None}
    return {**start, "reason": "Because.", **changed}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ends_on": "2025-01-01"}, "ends before it starts"),
        ({"ends_on": "2038-01-01"}, "ten years at most"),
        ({"stage_attitude_starts_on": "2026-02-01"}, "overlaps “Information”"),
        ({"stage_information_starts_on": "2025-12-01"}, "starts before the program does"),
        ({"stage_culture_ends_on": "2030-01-01"}, "ends after the program"),
        ({"cohort_0_units": []}, "Choose at least one unit, or name people"),
        ({"cohort_1_starts_on": "someday"}, "Enter a valid date"),
        ({"cohort_1_starts_on": "2025-01-01"}, "starts within the program"),
        ({"cohort_0_starts_on": "2026-03-01"}, "started on 1 February 2026 and stays so"),
        ({"cohort_0_name": ""}, "Give this cohort a name"),
        ({"cohort_0_people": "M1, NOBODY"}, "Nobody who works here has the number NOBODY"),
        ({"cohort_0_people": "M1", "cohort_1_people": "M1"}, "already named in the cohort"),
        ({"cohort_count": "x" * 9}, "Enter a whole number"),
        ({"reason": " "}, "This field is required"),
    ],
)
def test_bad_input_keeps_what_was_typed(
    hr: Any, manager: Any, units: Any, client_of: Any, changed: dict[str, Any], told: str
) -> None:
    program = make_program(hr, units)
    sent = amended(program, charter="Typed with care", **changed)
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page and "Typed with care" in page
    program.refresh_from_db()
    assert program.charter == "We serve." and not program.amendments.exists()


def test_a_unit_below_another_cohorts_unit_is_refused(hr: Any, units: Any, client_of: Any) -> None:
    program = make_program(hr, units)
    sent = amended(program, cohort_1_units=[units["Branch A"].pk])
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent)
    assert "Branch A is already in the cohort “Branches”, as part of Retail." in answer.content.decode()
    assert answer.status_code == 422


def test_another_cohort_without_javascript(hr: Any, units: Any, client_of: Any) -> None:
    program = make_program(hr, units)
    sent = amended(program, add_cohort="1", ends_on="not a date", charter="Half a thought")
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 200 and 'name="cohort_2_name"' in page
    assert "Half a thought" in page and "not a date" in page
    assert f'value="{units["Retail"].pk}" id="id_cohort_0_units_{units["Retail"].pk}" checked' in page
    assert "Please check" not in page


def test_taking_a_cohort_out_moves_the_later_ones_up(hr: Any, units: Any, client_of: Any) -> None:
    program = make_program(hr, units)
    sent = amended(program, remove_cohort="0", cohort_1_name="Second")
    page = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent).content.decode()
    assert 'name="cohort_0_name" value="Second"' in page and 'name="cohort_1_name"' not in page


def test_stages_spread_anew(hr: Any, units: Any, client_of: Any) -> None:
    program = make_program(hr, units)
    sent = amended(program, suggest="1", ends_on="2026-12-31")
    page = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent)
    assert 'name="stage_culture_ends_on" value="2026-12-31"' in page.content.decode()


def test_edit_moves_a_unit_between_cohorts(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    program, today = make_program(hr, units), timezone.localdate()
    start = forms.saved(program)
    branches, rest = (int(start[f"cohort_{n}_id"]) for n in (0, 1))
    sent = amended(
        program,
        cohort_0_units=[units["Branch B"].pk],
        cohort_1_units=[units["Services"].pk, units["Branch A"].pk],
        cohort_0_name="Rest",  # names swapped too
        cohort_1_name="Branches",
    )
    url = reverse("planning:edit", args=[program.pk])
    assert client_of(hr).post(url, sent).status_code == 302
    open_now = Enrolment.objects.filter(until__isnull=True)
    assert open_now.filter(cohort=branches).count() == 0
    assert open_now.filter(cohort=rest).count() == 13
    assert Enrolment.objects.filter(cohort=branches, until=today - dt.timedelta(days=1)).count() == 12
    page = client_of(hr).get(reverse("planning:amendments", args=[program.pk])).content.decode()
    assert "Because." in page and "Cohort “Rest”, units" in page and "<del>Retail</del>" in page


def test_a_cohort_that_started_stays(hr: Any, units: Any, client_of: Any) -> None:
    program = make_program(hr, units)
    sent = amended(program, cohort_0_name="", cohort_0_units=[], cohort_0_id="")
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent)
    assert answer.status_code == 422 and "has started and cannot be removed" in answer.content.decode()
    assert program.cohorts.count() == 2


def test_service_refuses_too(hr: Any, units: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        make_program(hr, units, ends_on=FIRST)
    assert "ends_on" in refused.value.message_dict


def test_tick_enrols_joiners_once_and_releases_leavers(hr: Any, manager: Any, employee: Any, units: Any) -> None:
    program = make_program(hr, units)
    today = timezone.localdate()
    joiner = make_person("J1", units["Branch B"])
    Membership.objects.filter(employee=joiner).update(since=today)
    employee.left_on = today - dt.timedelta(days=1)
    employee.save()
    before = Enrolment.objects.count()
    for _again in range(2):
        tick(now=timezone.now())
        assert Enrolment.objects.count() == before + 1
    assert program.enrolments.get(employee=joiner).since == today
    assert program.enrolments.get(employee=employee).until == employee.left_on


@pytest.mark.parametrize("name", ["list", "api"])
def test_queries_do_not_grow(
    hr: Any, units: Any, client_of: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    url = reverse("planning:list") if name == "list" else "/api/v1/programs/"
    client = client_of(hr)
    counts = []
    for number in (1, 2, 3):
        make_program(hr, units, name=f"Program {number}")
        with django_assert_max_num_queries(40) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2] <= 14


def test_detail_tells_what_needs_doing(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    soon = timezone.localdate() + dt.timedelta(days=9)
    cohorts = [("Next up", soon, [units["Retail"]])]
    stages = [(s.kind, s.starts_on, s.ends_on) for s in rules.suggest_stages(FIRST, LAST)]
    program = make_program(hr, units, cohorts=cohorts, stages=stages)
    page = client_of(hr).get(reverse("planning:detail", args=[program.pk])).content.decode()
    assert "“Next up” starts on" in page and "12 people, in 9 days" in page and "12 start later" in page
    assert "No survey measures this program yet" in page and "No course is assigned yet" in page


def test_api_is_for_hr(hr: Any, stranger: Any, units: Any, client_of: Any) -> None:
    make_program(hr, units)
    row = client_of(hr).get("/api/v1/programs/").json()["results"][0]
    assert (row["name"], row["enrolled"], len(row["stages"])) == ("Service First", 2, 4)
    assert client_of(stranger).get("/api/v1/programs/").status_code == 403


def test_the_open_wave_is_told_without_telling_on_anybody(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    today = timezone.localdate()
    instrument = Instrument.objects.create(key="pulse", name={"en": "Pulse"})
    series = Series.objects.create(name="Pulse", instrument=instrument, first_opens_on=today)
    blocks = [
        {"id": units["Branch A"].pk, "name": "Branch A", "units": [], "parent": None, "invited": 12},
        {"id": units["Services"].pk, "name": "Services", "units": [], "parent": None, "invited": 6},
    ]
    groups = [{"unit": units["Branch A"].pk, "name": "Branch A", "depth": 0, "invited": 12, "share": "about 40 %"}]
    wave = Wave.objects.create(
        series=series,
        number=1,
        opens_on=today,
        closes_on=today + dt.timedelta(days=6),
        state=Wave.State.OPEN,
        snapshot={"blocks": blocks},
        invited=18,
        answered=7,
        participation={"on": today.isoformat(), "groups": groups},
    )
    manager.email = None
    manager.save()
    Invitation.objects.create(wave=wave, employee=manager, block=units["Branch A"].pk)
    program = make_program(hr, units, series=series)
    page = client_of(hr).get(reverse("planning:detail", args=[program.pk])).content.decode()
    assert "closes in 6 days" in page and "about 40 %" in page and reverse("waves:detail", args=[wave.pk]) in page
    assert "1 person asked has no e-mail" in page
    assert "1 group will likely be hidden" in page and "Too few will have answered: Services" in page
