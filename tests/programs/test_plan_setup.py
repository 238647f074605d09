"""The guided set-up: step by step, left and resumed, drawn by lot, copied, discarded, launched; and over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from culture.access import clock
from culture.access.models import AuditEntry, Grant, Role
from culture.framework.loading import load_catalogue
from culture.framework.models import Requirement
from culture.people.models import Leave
from programs.planning import drafts, forms, guide, lots, programs, rules, states
from programs.planning.models import Cohort, CohortPerson, Enrolment, Program
from surveys.instruments.models import Instrument
from surveys.waves.models import Series
from tests.conftest import make_person
from tests.programs.test_planning import make_program

FIRST, LAST = dt.date(2027, 1, 1), dt.date(2029, 12, 31)


def step(program: Program, name: str) -> str:
    return reverse("planning:step", args=[program.pk, name])


def begun(by: Any, **fields: Any) -> Program:
    values = {"name": "Service First", "charter": "We serve.", "starts_on": FIRST, "ends_on": LAST, **fields}
    return drafts.begin(by=by, today=clock.today(), **values)


def cohorts(units: Any, **changed: Any) -> dict[str, Any]:
    return {
        "cohort_count": "2",
        "cohort_0_name": "Branch A",
        "cohort_0_starts_on": "2027-02-01",
        "cohort_0_units": [units["Branch A"].pk],
        "cohort_1_name": "Rest",
        "cohort_1_starts_on": "2027-06-01",
        "cohort_1_units": [units["Services"].pk],
        **changed,
    }


def test_from_the_first_word_to_the_launch(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    """Each step is saved by itself; between two of them HR goes home."""
    load_catalogue()
    client, today = client_of(hr), clock.today()
    Leave.objects.create(employee=manager, since=today)
    sent = {"name": "Service First", "charter": "We serve.", "starts_on": "2027-01-01", "ends_on": "2029-12-31"}
    answer = client.post(reverse("planning:new"), sent)
    program = Program.objects.get()
    assert answer["Location"] == step(program, "stages") and program.stages.count() == 4
    stages = {key: value for key, value in forms.saved(program).items() if key.startswith("stage_")}
    stages["stage_attitude_goal"] = "Most want it"
    assert client.post(step(program, "stages"), {**stages, "later": "1"})["Location"] == reverse("planning:list")
    page = client.get(reverse("planning:list")).content.decode()
    assert "2 of 8 steps done; go on with “Cohorts”" in page
    assert client.get(reverse("planning:setup", args=[program.pk]))["Location"] == step(program, "cohorts")
    assert client.post(step(program, "cohorts"), cohorts(units))["Location"] == step(program, "profiles")
    focus = Requirement.objects.get(code="C1")
    assert client.post(step(program, "profiles"), {"focus": [focus.pk]}).status_code == 302
    for name in ("paths", "series", "recognition"):
        assert client.get(step(program, name)).status_code == 200
        assert client.post(step(program, name)).status_code == 302
    assert not Enrolment.objects.exists()
    page = client.get(step(program, "review")).content.decode()
    assert "13 of 13 people employed today would be in it" in page and "1 of them is on leave today" in page
    assert "The order was chosen, not drawn by lot" in page and "No survey will show whether it works" in page
    answer = client.post(step(program, "review"))
    assert answer["Location"] == reverse("planning:detail", args=[program.pk])
    program.refresh_from_db()
    assert (program.state, program.launched_on) == ("running", today)
    assert program.enrolments.filter(since=dt.date(2027, 2, 1)).count() == 12
    assert "13 start later" in client.get(answer["Location"]).content.decode()
    assert client.get(step(program, "stages"))["Location"] == answer["Location"]  # from now on with a reason
    verbs = AuditEntry.objects.filter(subject=f"program:{program.pk}").values_list("verb", flat=True)
    assert {"drafted program", "edited program draft", "created program"} <= set(verbs)


@pytest.mark.parametrize(
    ("name", "changed", "told"),
    [
        ("charter", {"ends_on": "2026-01-01"}, "ends before it starts"),
        ("stages", {"stage_information_starts_on": "2026-12-31"}, "starts before the program does"),
        ("cohorts", {"cohort_0_units": []}, "Choose at least one unit, or name people"),
        ("cohorts", {"cohort_1_units": ["Branch A"]}, "already in the cohort “Branch A”"),
        ("cohorts", {"cohort_0_starts_on": "2031-01-01"}, "starts within the program"),
        ("cohorts", {"cohort_0_name": "", "cohort_0_units": [], "cohort_1_name": "", "cohort_1_units": []}, "at least"),
    ],
)
def test_each_step_says_what_is_wrong_and_keeps_it_typed(
    hr: Any, units: Any, client_of: Any, name: str, changed: dict[str, Any], told: str
) -> None:
    program = begun(hr)
    changed = {k: [units[u].pk for u in v] if k.endswith("_units") else v for k, v in changed.items()}
    saved = {key: value for key, value in forms.saved(program).items() if value is not None}
    start = cohorts(units) if name == "cohorts" else saved
    answer = client_of(hr).post(step(program, name), {**start, **changed})
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not program.cohorts.exists()
    assert all(str(v) in answer.content.decode() for v in changed.values() if isinstance(v, str))


def test_a_change_of_days_shows_where_it_broke_something(hr: Any, units: Any, client_of: Any) -> None:
    program = begun(hr)
    plan = rules.CohortPlan("One", dt.date(2027, 2, 1), frozenset({units["Retail"].pk}))
    drafts.set_cohorts(by=hr, program=program, cohorts=[plan], today=clock.today())
    drafts.set_stages(by=hr, program=program, stages=states.stages_of(program), today=clock.today())
    frame = {"name": "Service First", "charter": "", "starts_on": "2027-03-01", "ends_on": "2029-12-31"}
    assert client_of(hr).post(step(program, "charter"), frame).status_code == 422  # no charter, and nothing was written
    frame["charter"] = "We serve."
    assert client_of(hr).post(step(program, "charter"), frame).status_code == 302
    program.refresh_from_db()
    assert [one.key for one in guide.steps(program, "review") if one.state == "wrong"] == ["stages", "cohorts"]
    answer = client_of(hr).post(step(program, "review"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "2 things keep it from being launched" in page
    assert "One: A cohort starts within the program" in page and not Enrolment.objects.exists()


def test_people_by_name_beside_units(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    program = begun(hr)
    sent = cohorts(units, cohort_1_people="M1; A1", cohort_1_starts_on="2027-02-01")
    assert client_of(hr).post(step(program, "cohorts"), sent).status_code == 302
    states.launch(by=hr, program=program, today=clock.today())
    named = Cohort.objects.get(name="Rest")
    assert set(named.enrolments.values_list("employee__number", flat=True)) == {"HR1", "M1", "A1"}
    assert CohortPerson.objects.filter(cohort=named).count() == 2
    page = client_of(hr).get(reverse("planning:cohort", args=[program.pk, named.pk])).content.decode()
    assert "and 2 people by name" in page and "with the cohort" in page


def test_a_lead_of_one_unit_names_nobody_outside(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    lead = make_person("L1", units["Branch B"])
    Grant.objects.create(employee=lead, role=Role.PROGRAM_LEAD, unit=units["Retail"])
    client, program = client_of(lead), begun(lead)
    sent = cohorts(units, cohort_1_units=[units["Branch B"].pk], cohort_0_people="HR1")
    answer = client.post(step(program, "cohorts"), sent)
    assert answer.status_code == 422 and "has the number HR1" in answer.content.decode()
    assert client.post(step(program, "cohorts"), {**sent, "cohort_0_people": "A1"}).status_code == 302
    other = begun(hr, name="Of the whole")
    for name in guide.STEPS:
        assert client.get(step(other, name)).status_code == 404


# -- drawing ---------------------------------------------------------------------------------------------------------


@hypothesis_settings(max_examples=60)
@given(st.text(max_size=20), st.lists(st.integers(0, 99).map(str), unique=True, max_size=9))
def test_a_draw_is_a_fair_hand_that_can_be_dealt_again(seed: str, keys: list[str]) -> None:
    days = [FIRST + dt.timedelta(days=n) for n in range(len(keys))]
    dealt = lots.draw(seed, keys, days)
    assert sorted(dealt) == sorted(keys) and sorted(dealt.values()) == days
    assert dealt == lots.draw(seed, keys[::-1], days[::-1])  # the order in which they were written does not matter


def test_every_order_is_about_equally_likely() -> None:
    first = [lots.order(str(seed), ["1", "2", "3"])[0] for seed in range(600)]
    assert all(150 < first.count(key) < 250 for key in ("1", "2", "3"))
    with pytest.raises(ValueError, match="must differ"):
        lots.order("x", ["1", "1"])


def test_the_order_is_drawn_and_how_is_kept(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    program, client = begun(hr), client_of(hr)
    url = step(program, "cohorts")
    days = {dt.date(2027, 2, 1), dt.date(2027, 6, 1)}
    for times in (1, 2):
        answer = client.post(url, cohorts(units, draw="1", drawn=["0", "1"]), follow=True)
        assert "Drawn by lot:" in answer.content.decode()
        draw, holds, count = drafts.drawn(program)
        assert draw is not None and holds and count == times
        assert set(program.cohorts.values_list("starts_on", flat=True)) == days
        again = lots.draw(draw.seed, list(draw.result), [dt.date.fromisoformat(day) for day in draw.days])
        assert {key: day.isoformat() for key, day in again.items()} == draw.result
    assert "Drawn by lot 2 times" in client.get(url).content.decode()
    with pytest.raises(DatabaseError), transaction.atomic():
        program.draws.update(seed="mine")
    Cohort.objects.filter(program=program, name="Rest").update(starts_on="2027-07-01")
    assert drafts.drawn(program)[1] is False
    assert "changed since: draw again" in client.get(step(program, "review")).content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"drawn": ["0"]}, "at least two cohorts"), ({"cohort_1_starts_on": "2027-02-01"}, "all start on the same day")],
)
def test_nothing_to_draw_is_said(hr: Any, units: Any, client_of: Any, changed: dict[str, Any], told: str) -> None:
    program = begun(hr)
    sent = {**cohorts(units), "draw": "1", "drawn": ["0", "1"], **changed}
    answer = client_of(hr).post(step(program, "cohorts"), sent, follow=True)
    assert told in answer.content.decode() and not program.draws.exists()


# -- copying, discarding ---------------------------------------------------------------------------------------------


def test_a_copy_moves_everything_by_the_same_time(hr: Any, units: Any, client_of: Any) -> None:
    source = make_program(hr, units)
    answer = client_of(hr).post(
        reverse("planning:copy", args=[source.pk]), {"name": "Again", "starts_on": "2029-01-01"}
    )
    made = Program.objects.get(name="Again")
    assert answer["Location"] == step(made, "charter") and made.is_draft and made.copied_from == source
    assert (made.starts_on, made.ends_on) == (dt.date(2029, 1, 1), dt.date(2031, 12, 31))
    assert [c.starts_on for c in made.cohorts.all()] == [dt.date(2029, 2, 1), dt.date(2029, 12, 1)]
    assert states.problems(made) == {} and not made.enrolments.exists()
    answer = client_of(hr).post(reverse("planning:copy", args=[source.pk]), {"name": "again", "starts_on": ""})
    assert answer.status_code == 422


@hypothesis_settings(max_examples=60)
@given(st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)), st.dates(dt.date(2024, 1, 1), dt.date(2032, 12, 31)))
def test_days_keep_their_order_wherever_they_are_moved(old: dt.date, first: dt.date) -> None:
    shift = drafts.Shift.between(old, first)
    source = rules.suggest_stages(old, rules.suggest_end(old))
    moved = [rules.StagePlan(s.kind, shift(s.starts_on), shift.last(s.ends_on)) for s in source]
    assert moved[0].starts_on == first
    assert all(s.starts_on < s.ends_on for s in moved)
    assert all(a.ends_on + dt.timedelta(days=1) == b.starts_on for a, b in zip(moved, moved[1:], strict=False))


def test_a_draft_is_discarded_and_nothing_else(hr: Any, units: Any, client_of: Any) -> None:
    program, running = begun(hr), make_program(hr, units, name="Running")
    assert client_of(hr).post(reverse("planning:discard", args=[running.pk])).status_code == 302
    assert client_of(hr).post(reverse("planning:discard", args=[program.pk])).status_code == 302
    assert list(Program.objects.values_list("name", flat=True)) == ["Running"]


def test_a_draft_is_of_no_use_to_other_rooms(hr: Any, executive: Any, units: Any, client_of: Any) -> None:
    program = begun(hr)
    plan = rules.CohortPlan("Only planned", FIRST, frozenset({units["Retail"].pk}))
    drafts.set_cohorts(by=hr, program=program, cohorts=[plan], today=clock.today())
    assert "Only planned" not in client_of(hr).get(reverse("training:courses")).content.decode()
    with pytest.raises(Exception, match="launched already|Only a running"):
        programs.change(
            by=hr, program=program, name="x", charter="", starts_on=FIRST, ends_on=LAST, stages=[], cohorts=[],
            series=None, today=clock.today(), reason="x",
        )  # fmt: skip


# -- the API ---------------------------------------------------------------------------------------------------------


def test_a_draft_over_the_api(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    client = client_of(hr)
    series = Series.objects.create(
        name="Pulse", instrument=Instrument.objects.create(key="p", name={"en": "P"}), first_opens_on=FIRST
    )
    body: dict[str, Any] = {
        "name": "By machine", "charter": "Why", "starts_on": "2027-01-01", "ends_on": "2029-12-31", "series": series.pk,
        "cohorts": [
            {"name": "A", "starts_on": "2027-02-01", "units": [units["Branch A"].pk]},
            {"name": "B", "starts_on": "2027-05-01", "people": ["HR1"]},
        ],
    }  # fmt: skip

    def send(method: str, url: str, data: Any) -> Any:
        return client.generic(method, url, data=__import__("json").dumps(data), content_type="application/json")

    answer = send("POST", "/api/v1/programs/", body)
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert row["state"] == "draft" and len(row["stages"]) == 4 and row["enrolled"] == 0
    assert [c["people_named"] for c in row["cohorts"]] == [[], ["HR1"]]
    url = f"/api/v1/programs/{row['id']}/"
    answer = send("PATCH", url, {"cohorts": [{**body["cohorts"][0], "units": [units["Retail"].pk]}]})
    assert [c["units"] for c in answer.json()["cohorts"]] == [[units["Retail"].pk]]
    wrong = send("PATCH", url, {"ends_on": "2026-01-01"})
    assert wrong.status_code == 400 and "ends_on" in wrong.json()["error"]["fields"]
    twice = [{"name": n, "starts_on": "2027-02-01", "units": [units["Retail"].pk]} for n in ("A", "B")]
    wrong = send("PATCH", url, {"cohorts": twice})
    assert wrong.status_code == 400 and "cohort_1_units" in wrong.json()["error"]["fields"]
    assert send("POST", "/api/v1/programs/", body).json()["error"]["fields"].keys() == {"name"}
    states.launch(by=hr, program=Program.objects.get(), today=clock.today())
    assert send("PATCH", url, {"name": "Renamed"}).status_code == 400
    assert client.delete(url).status_code == 400
    assert Program.objects.get().name == "By machine"
    assert client_of(manager).get(url).status_code == 403
    assert client.get("/api/v1/program-amendments/").json()["results"] == []
