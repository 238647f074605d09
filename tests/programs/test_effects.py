"""What a program changed, from released waves to the page: who sees it, what is kept, what little is known to say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import bench_effect_world as world
from culture.access.models import Grant, Role
from culture.people import structure
from culture.people.models import Employee, Membership
from programs.planning.models import Cohort, CohortPerson, Program
from programs.reports import effect_telling, effect_working, effects, tick
from programs.reports.effect.estimator import Cells
from programs.reports.effect.judging import judge
from programs.reports.effect_models import EffectEstimate, EffectRun
from surveys.results.sharing_models import Sharing
from surveys.waves.models import Wave
from tests.conftest import make_person, make_unit
from tests.programs.effect_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.effect_fixtures import NOW, STARTS, gains, worked
from tests.programs.effect_world import day, plant, simple


def test_from_released_waves_to_a_word(program):
    every = worked(program)
    main = effects.latest(program)
    assert main == every[0] and main.main and main.outcome == "served"
    assert main.word == "clear" and main.better and 10 <= main.points <= 14
    assert main.low <= 12 <= main.high and main.interval.startswith("+")
    assert (main.started, main.cohorts) == (3, 4)
    can = effects.latest(program, "can")
    assert can.word in ("none", "early") and not can.better and not can.worse
    assert [one.outcome for one in every] == ["served", "want", "know", "can"], "steps nobody took are no outcome"
    assert {one["waves"] for one in main.result["times"]} >= {0, 1, 2}


def test_who_may_see_it(program, client_of, hr, executive, manager, employee, stranger):
    worked(program)
    pages = ("/effect/", f"/effect/{program.pk}/", f"/effect/{program.pk}/want/", f"/api/v1/effects/{program.pk}/")
    for page in pages:
        for person in (manager, employee, stranger):
            assert client_of(person).get(page).status_code == 403, page
        for person in (hr, executive):
            assert client_of(person).get(page, follow=True).status_code == 200, page
    part = make_person("PART", manager.unit)
    Grant.objects.create(employee=part, role=Role.EXECUTIVE, unit=manager.unit)
    assert client_of(part).get(pages[1]).status_code == 403, "who may see a part does not see the whole"
    assert client_of(None).get("/effect/").status_code == 302
    for person in (hr, executive, manager, employee, stranger):
        assert client_of(person).get("/effect/how/").status_code == 200, "the works council's page is for everybody"
    assert client_of(executive).post(pages[1]).status_code == 405


def test_what_is_not_there_is_not_found(program, client_of, executive):
    seen = client_of(executive)
    for page in ("/effect/999999/", f"/effect/{program.pk}/nonsense/"):
        assert seen.get(page).status_code == 404, page
    assert "being worked out" in seen.get(f"/effect/{program.pk}/training/").content.decode()
    worked(program)
    assert "was not asked or counted" in seen.get(f"/effect/{program.pk}/training/").content.decode()
    Program.objects.filter(pk=program.pk).update(state="draft")
    assert seen.get(f"/effect/{program.pk}/").status_code == 404, "a draft is for its planners"


def test_the_page_says_the_finding_and_what_it_rests_on(program, client_of, executive):
    worked(program)
    with CaptureQueriesContext(connection) as caught:
        page = client_of(executive).get(f"/effect/{program.pk}/").content.decode()
    assert len(caught) <= 30
    assert "It works: “served by colleagues” is higher where the program started" in page
    assert "3 of 4 cohorts started" in page and "staggered roll-out comparison" in page
    assert "would be found clear 4 times in 5" in page and "was chosen, not drawn by lot" in page
    assert f'href="/effect/{program.pk}/know/"' in page
    assert "<svg" in page and "Show as table" in page
    one = client_of(executive).get(f"/effect/{program.pk}/can/").content.decode()
    assert "“can”" in one and "All outcomes" in one


def test_more_waves_and_units_ask_no_more_of_the_database(units):
    counts = []
    for number, (waves, blocks) in enumerate(((3, 1), (5, 3))):
        top = make_unit(f"Top {number}", units["Meridian"])
        found = simple(top, gains, starts=STARTS, waves=waves, blocks=blocks, name=top.name)[0]
        worked(found)
        with CaptureQueriesContext(connection) as caught:
            assert effects.latest(found) is not None
        counts.append(len(caught))
    assert counts == [2, 2]


def test_a_finding_is_never_changed(program):
    worked(program)
    row = EffectEstimate.objects.filter(program=program).first()
    for act in (lambda: EffectEstimate.objects.filter(pk=row.pk).update(points=99), row.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_a_finding_follows_from_the_inputs_kept_with_it(program):
    """Anybody can work it out again from the row alone."""
    worked(program)
    row = EffectEstimate.objects.get(program=program, outcome="served", number=1)
    kept = row.inputs
    again = judge(Cells(tuple(kept["starts"]), tuple(kept["people"]), np.array(kept["values"])), seed=1)
    assert again.points == pytest.approx(row.points, abs=1e-4) and (again.low, again.high) == (row.low, row.high)


def test_nothing_new_is_not_found_again_and_something_new_is(program, units):
    worked(program)
    count = EffectEstimate.objects.count()
    assert effects.due(now=NOW) == [] and effects.compute(program.pk, now=NOW) is None
    EffectRun.objects.update(done="")
    assert effects.compute(program.pk, now=NOW) == 0, "found again, the same: nothing further is kept"
    assert EffectEstimate.objects.count() == count
    Cohort.objects.filter(program=program, name="Cohort 2").update(starts_on=day(4))
    assert effects.due(now=NOW) == [program.pk]
    assert effects.compute(program.pk, now=NOW) == 4
    assert effects.latest(program).number == 2
    assert EffectEstimate.objects.filter(outcome="served").count() == 2, "the old one stays"


def test_one_at_a_time_and_a_dead_one_is_followed(program):
    effects.due(now=NOW)
    EffectRun.objects.update(claimed_at=NOW)
    assert effects.due(now=NOW) == [] and effects.compute(program.pk, now=NOW) is None
    later = NOW + effects.STALE + dt.timedelta(minutes=1)
    assert effects.due(now=later) == [program.pk]
    assert effects.compute(program.pk, now=later) == 4


def test_a_search_that_kills_its_worker_waits_longer_each_time_and_hr_is_told(program, client_of, hr):
    now, tried = NOW, []
    for _minute in range(0, 8 * 60, 10):
        if effects.due(now=now):
            tried.append(now)
            # Killed at it: nothing but the lease is left.
            assert effects._claim(program.pk, now) is not None
        now += dt.timedelta(minutes=10)
    waits = [(later - one) // dt.timedelta(minutes=1) for one, later in pairwise(tried)]
    assert waits == sorted(waits) and waits[0] < waits[-1] and len(tried) < 8
    run = EffectRun.objects.get()
    assert run.attempts >= len(tried) - 1 and effects.troubled(program) is not None
    assert "attempts to work this out failed" in client_of(hr).get(f"/effect/{program.pk}/").content.decode()


def kept(program: Program, **more) -> effects.Effect:
    """A finding as it may stand in the database."""
    wave = Wave.objects.filter(series=program.series).order_by("-number").first()
    result = {
        "why": [], "wave_ids": [wave.pk], "begun": 6, "planned": 9, "cohorts": 9, "started": 6, "detectable": 0.5,
        "drift": None, "lots": None, **more.pop("result", {}),
    }  # fmt: skip
    given = {"outcome": "served", "main": True, "word": "likely", "points": 19.9, "low": 15.0, "high": 24.8, **more}
    EffectEstimate.objects.create(
        program=program, number=1, made_at=NOW, method="m", inputs_hash="x" * 64, inputs={}, result=result, **given
    )
    return effects.latest(program, given["outcome"])


def test_how_large_an_effect_must_be_is_said_only_where_any_would_be_called_clear(program, client_of, executive):
    few = kept(program, result={"why": ["few_cohorts"], "cohorts": 3, "started": 2})
    page = client_of(executive).get(f"/effect/{program.pk}/").content.decode()
    assert "4 times in 5" not in page and "no effect would be called clear, however large it is" in page
    told = " ".join(effect_telling.checks(replace(few, word="none", why=())))
    assert "4 times in 5" not in told, "nor where the word needs no reason"
    enough = replace(few, result={**few.result, "cohorts": 4})
    assert "of 0.5 points of 100 or more would be found clear 4 times in 5" in " ".join(effect_telling.checks(enough))
    beside = replace(enough, main=False)
    assert "among others it takes more" in " ".join(effect_telling.checks(beside))


@pytest.mark.parametrize(
    ("drift", "why", "said"),
    [
        ((4.2, 0.2, 8.3), (), "already moved differently from the others: +4.2 (+0.2 … +8.3)"),
        ((-4.2, -8.3, -0.2), ("moved_before",), "already moved differently"),
        ((3.1, -1.0, 7.2), ("drifting",), "may have moved differently"),
        ((-3.8, -9.0, 1.4), ("rebound",), "may have moved differently"),
        ((0.3, -1.0, 1.6), (), "moved like the others"),
    ],
)
def test_the_page_judges_what_was_before_by_its_own_interval(program, client_of, executive, drift, why, said):
    kept(program, word="none", points=-0.3, low=-3.7, high=3.2, result={"drift": drift, "why": why})
    page = client_of(executive).get(f"/effect/{program.pk}/").content.decode()
    assert said in page and ("4 times in 5" in page) == ("already" not in said)


def test_the_scorecard_names_the_reasons_beside_the_number(program, client_of, executive):
    for word, why in (("early", ("moved_before", "wide")), ("likely", ("few_cohorts",))):
        with transaction.atomic():
            one = kept(program, word=word, result={"why": why})
            box = client_of(executive).get(f"/scorecard/{program.pk}/").content.decode()
            assert len(one.reasons) == len(why) and all(reason in box for reason in one.reasons)
            transaction.set_rollback(True)


def test_a_failure_is_told_to_hr_and_tried_again_later(program, client_of, hr, executive, monkeypatch):
    worked(program)
    EffectRun.objects.update(done="")
    with monkeypatch.context() as broken:
        broken.setattr(effects, "work_out", lambda _program: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            effects.compute(program.pk, now=NOW)
    address = f"/effect/{program.pk}/"
    assert "last attempt to work this out failed" in client_of(hr).get(address).content.decode()
    assert "failed" not in client_of(executive).get(address).content.decode(), "the executive sees what was found"
    assert effects.due(now=NOW) == [], "not at once"
    later = timezone.now() + effects.PAUSE + dt.timedelta(minutes=1)
    assert effects.due(now=later) == [program.pk] and effects.compute(program.pk, now=later) == 0
    assert effects.troubled(program) is None


def test_the_tick_hands_it_to_a_worker(program, django_capture_on_commit_callbacks, settings, monkeypatch):
    asked = []
    monkeypatch.setattr("programs.reports.effect_tasks.find_effect.delay_on_commit", asked.append)
    tick.tick(now=NOW)
    assert asked == [program.pk]
    effects.compute(program.pk, now=NOW)
    tick.tick(now=NOW)
    assert asked == [program.pk]


def test_only_waves_shared_with_leaders_are_read_and_what_is_taken_back_is_not_shown(program):
    Sharing.objects.filter(wave__number=6).update(leaders_on=None)
    Wave.objects.filter(number=6).update(released_at=timezone.localtime() - dt.timedelta(days=400))
    found = worked(program)[0]
    assert [one["number"] for one in found.result["used_waves"]] == [1, 2, 3, 4, 5]
    Sharing.objects.filter(wave__number=5).update(leaders_on=None)
    assert effects.every(program) == [], "it rests on a wave that is no longer shared"
    assert effects.due(now=NOW) == [program.pk]
    assert worked(program)[0].result["used_waves"][-1]["number"] == 4


def test_a_correction_is_followed(program):
    before = worked(program)[0]
    wave = Wave.objects.get(series=program.series, number=4)
    units = {block["id"]: block["name"] for block in wave.snapshot["blocks"]}
    rows = [
        ("tree", unit, None, name, None, 1, "", {"served": world.score(gains(name, 3, "served") + 20)})
        for unit, name in units.items()
    ]
    world.release(wave, rows, number=2, why="A unit was counted twice")
    assert effects.due(now=NOW) == [program.pk]
    after = worked(program)[0]
    assert after.number == before.number + 1 and after.hash != before.hash


# -- bad input -------------------------------------------------------------------------------------------------------


def said(program: Program, client_of, executive: Employee) -> str:
    worked(program)
    return client_of(executive).get(f"/effect/{program.pk}/").content.decode()


def test_no_series_and_no_wave(units, client_of, executive):
    bare = world.program(None, {"One": (day(0), [units["Retail"]])}, name="Bare")
    assert "No survey series measures this program." in said(bare, client_of, executive)
    young = world.program(world.series("Pulse"), {"One": (day(0), [units["Retail"]])}, name="Young")
    page = said(young, client_of, executive)
    assert "No wave of its survey has been released" in page and "at least two cohorts" in page
    assert EffectEstimate.objects.count() == 0 and effects.latest(young) is None
    listed = client_of(executive).get("/effect/").content.decode()
    assert "Bare" in listed and "Young" in listed


def test_no_program(client_of, executive):
    assert "No program yet" in client_of(executive).get("/effect/").content.decode()


@pytest.mark.parametrize(
    ("starts", "waves", "reason"),
    [
        ((1, 2, None), 1, "There is one wave only"),
        ((1,), 4, "there is nobody to compare with"),
        ((2, 2, 2, 2), 5, "All cohorts started at once"),
        ((None, None, None), 4, "No cohort has had a wave after its start yet."),
        ((0, None, None), 4, "there is no starting point to measure from"),
        ((0, -1, -2), 4, "there is no starting point to measure from"),
        ((0, 2, 2), 5, "the others before the first: nobody to compare with"),
        ((2, None), 5, "Too few cohorts"),
    ],
)
def test_where_nothing_can_be_compared_the_page_says_why(starts, waves, reason, units, client_of, executive):
    program = simple(units["Meridian"], lambda *_: 50.0, starts=starts, waves=waves, blocks=2)[0]
    page = said(program, client_of, executive)
    assert "Too early to tell" in page and reason in page and "What would make it clearer" in page


def test_all_hidden(units, client_of, executive):
    program = simple(units["Meridian"], lambda unit, wave, key: None, starts=STARTS, blocks=2)[0]
    page = said(program, client_of, executive)
    assert "No group of a cohort is shown in every wave" in page
    assert "Hidden for privacy" in page or "hidden for privacy" in page


def test_a_negative_effect_is_called_by_its_name(units, client_of, executive):
    def harm(unit: str, wave: int, key: str) -> float:
        return 100 - gains(unit, wave, key)

    program = simple(units["Meridian"], harm, starts=STARTS)[0]
    page = said(program, client_of, executive)
    assert "It does harm" in page and effects.latest(program).worse and "−" in effects.latest(program).told


def test_units_merged_and_split_between_waves(units, client_of, executive, hr):
    """One unit becomes part of another, one is split: both are followed; what cannot be is left out and told."""
    top = units["Meridian"]
    program, made = simple(top, gains, starts=STARTS, waves=3, blocks=3)
    people = [make_person(f"S{n}", made[1]) for n in range(6)]
    Membership.objects.filter(employee__in=people).update(since=day(0))
    on = day(3) - dt.timedelta(days=10)
    new = structure.split(made[1], name="C0 U9", people=[one.pk for one in people], on=on, by=hr)
    structure.merge(made[0], into=made[2], on=on, by=hr)
    series = program.series
    plant(series, [*made[1:], new], gains, waves=range(3, 6), top=top, first_number=4)
    found = worked(program)[0]
    names = [name for name, _cohort, _people in found.result["used"]]
    assert any("C0 U9" in name and "C0 U1" in name for name in names), names
    assert len(found.result["used_waves"]) == 6 and found.word == "clear"
    assert found.result["left"] == []
    assert client_of(executive).get(f"/effect/{program.pk}/").status_code == 200


def test_people_by_name_in_another_cohort(program):
    unit = program.cohorts.get(name="Cohort 0").units.first()
    people = [make_person(f"N{n}", unit) for n in range(10)]
    other = program.cohorts.get(name="Cohort 3")
    CohortPerson.objects.bulk_create(CohortPerson(cohort=other, program=program, employee=one) for one in people[:5])
    found = worked(program)[0]
    assert [unit.name, "mixed"] in [[name, why] for name, why, _people, _waves in found.result["left"]]


def test_a_long_name_and_many_groups_left_out(units, client_of, executive):
    top = units["Meridian"]
    long = "Direcția de relații cu clienții și administrarea contractelor de mentenanță " * 2
    program, _made = simple(top, lambda u, w, k: None if "U9" in u else gains(u, w, k), starts=STARTS, blocks=12)
    Cohort.objects.filter(program=program, name="Cohort 0").update(name=long[:120])
    page = said(program, client_of, executive)
    assert long[:120] in page and "C3 U9" in page and "hidden for privacy in a wave that is used" in page.lower()


def test_drawn_by_lot(units, client_of, executive, hr, monkeypatch):
    """Where starts were drawn once, the page says how other draws would have looked."""
    starts = (1, 2, 3, 4, None)

    def rises(unit: str, wave: int, key: str) -> float:
        start = starts[int(unit[1])]
        return (
            50
            + (7 * int(unit[-1]) + wave * (int(unit[1]) + 2)) % 3
            + (12 if start is not None and wave >= start else 0)
        )

    program = simple(units["Meridian"], rises, starts=starts)[0]
    pool = list(program.cohorts.values_list("pk", flat=True))
    monkeypatch.setattr(effect_working, "_pool", lambda _program: pool)
    page = said(program, client_of, executive)
    assert "Starts were drawn by lot. Of 120 ways they could have fallen" in page
    assert effects.latest(program).word == "clear"


def test_the_api_tells_the_same(program, client_of, executive):
    worked(program)
    body = client_of(executive).get(f"/api/v1/effects/{program.pk}/").json()
    assert body["program"] == program.pk
    first, main = body["effects"][0], effects.latest(program)
    assert (first["outcome"], first["points"], first["low"], first["high"]) == (
        main.outcome, main.points, main.low, main.high,
    )  # fmt: skip
    assert first["main"] and first["fingerprint"] == main.hash and first["word"] == "clear"
    assert client_of(executive).get("/api/v1/effects/999999/").status_code == 404


def test_the_works_council_page_names_what_is_used(client_of, employee):
    page = client_of(employee).get("/effect/how/").content.decode()
    for words in ("Nothing about a person", "at least 10 people", "Managers do not", "Callaway", "not even in the"):
        assert words in page, words
