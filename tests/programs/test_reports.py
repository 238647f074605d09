"""The scorecard: its finding by rule, its pages for three personas, and the demo behind it."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import Grant, Role
from culture.framework.loading import load_catalogue
from culture.people.models import Employee
from programs.planning import programs, rules
from programs.planning.models import Program
from programs.recognition import proving
from programs.reports import charts, findings, scorecard, texts_findings
from programs.reports.findings import Change, Score
from surveys.instruments.loading import load_library
from surveys.waves import series as recurring
from surveys.waves.models import Wave


def waves(*indices: tuple[float, float, float], least: float = 4) -> list[dict[str, Score]]:
    """Scores of waves one after the other, with words as a release has them: clear from ``least`` points."""

    def moved(now: float, before: float) -> Change:
        return Change(now - before, abs(now - before) >= least)

    return [
        {
            name: Score(
                one[n],
                one[n] - 2,
                one[n] + 2,
                last=moved(one[n], indices[at - 1][n]) if at else None,
                first=moved(one[n], indices[0][n]) if at else None,
            )
            for n, name in enumerate(findings.DIMENSIONS)
        }
        for at, one in enumerate(indices)
    ]


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (
            waves((48, 45, 50), (60, 60, 51), (64, 66, 51), (68, 72, 51)),
            "People now know what good service is, and want to give it. "
            "What holds them back is permission: can has not clearly moved since the first wave.",
        ),
        (
            waves((48, 45, 40), (60, 60, 51), (64, 66, 51), (68, 72, 51)),
            "People now know what good service is, and want to give it. "
            "What holds them back is permission: can has not clearly moved for three waves.",
        ),
        (
            # Never a clear step, and yet it crept up: nobody says that it stood still.
            waves((48, 45, 44), (60, 60, 46), (64, 66, 48), (68, 72, 50)),
            "People now know what good service is, and want to give it. "
            "What holds them back is permission: can is up by 6 since the first wave.",
        ),
        (
            waves((65, 40, 66), (66, 50, 67)),
            "People want to give good service, and their work lets them. "
            "What they lack is knowing how: know rose by 10 since the last wave.",
        ),
        (waves((50, 44, 52)), "This is the starting point. Furthest behind is know, at 44."),
        (waves((50, 50, 52)), "This is the starting point: want, know and can lie close together."),
        (
            waves((55, 54, 56), (70, 71, 72)),
            "People want to give good service, know how and can: all three rose since the first wave.",
        ),
        (
            waves((48, 49, 47), (49, 48, 50)),
            "Want, know and can lie close together, and low. The first in the way is want.",
        ),
    ],
)
def test_the_headline_follows_from_the_numbers(points, sentence):
    assert str(texts_findings.headline(points, "en")) == sentence


def test_no_wave_no_headline():
    assert findings.headline([]) is None


def test_the_headline_judges_no_change_by_itself():
    """+20 with narrow intervals, but the release decided that it is not clear, or nothing could be compared."""
    few = Change(20, False, "too few to tell", few=True)
    told = {
        Change(20, False, "no clear change"): "want has not clearly moved since the last wave.",
        few: "too few answered to tell whether want moved since the last wave.",
        None: "want cannot be compared with the last wave.",
    }
    for moved, sentence in told.items():
        points = waves((60, 40, 60), (65, 60, 80))
        points[-1]["want"] = Score(50, 49, 51, last=moved, first=moved)
        assert str(texts_findings.headline(points, "en")).endswith(sentence)


def test_the_scorecard_says_the_word_of_the_release():
    """Not what its own arithmetic would say: +10 with narrow intervals, but too few to tell among all units."""
    moved = {"delta": 10, "low": -1, "high": 21, "word": "too few to tell", "since": 1}
    cell = {"shown": True, "n": 40, "index": 60, "low": 58, "high": 62, "change": moved}
    earlier = {"shown": True, "n": 40, "index": 50, "low": 48, "high": 52}
    score = scorecard.scored("want", {"want": cell}, {"want": earlier}, [1, 2])
    card = scorecard.card_of("want", {"want": cell}, {"want": score})
    assert card.change is not None and not card.change.clear and card.change.word == "too few to tell"
    assert scorecard.scored("want", {"want": cell}, {"want": earlier}, [2, 3]).last is None, "not since a wave unseen"
    cell["change"]["first"] = {**moved, "delta": 15, "low": 8, "high": 22, "word": "rose"}
    assert scorecard.scored("want", {"want": cell}, {"want": earlier}, [1, 2]).first.rose


def test_chart_labels_do_not_run_into_each_other():
    rows = [{"wave": n, "date": dt.date(2026, n, 1), "want": 60, "know": 61, "can": 60} for n in (1, 2)]
    ends = charts.trend(rows)["layer"][1]["data"]["values"]
    heights = sorted(end["at"] for end in ends)
    assert all(b - a >= 4 for a, b in zip(heights, heights[1:], strict=False))


def make_program(by: Employee, units: dict) -> Program:
    load_catalogue()
    today = timezone.localdate()
    first, last = today - dt.timedelta(days=100), today + dt.timedelta(days=900)
    series = recurring.create(
        by=by,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=today + dt.timedelta(days=5),
        every_months=3,
        occurrences=4,
        open_days=14,
        reminder_days=[],
    )
    stages = [(stage.kind, stage.starts_on, stage.ends_on) for stage in rules.suggest_stages(first, last)]
    cohorts = [("Retail", first + dt.timedelta(days=10), [units["Retail"]])]
    return programs.create(
        by=by, name="P", charter="C", starts_on=first, ends_on=last, stages=stages, cohorts=cohorts, series=series
    )


def test_who_may_see_the_scorecard(client_of, hr, executive, manager, employee, stranger, units):
    program = make_program(hr, units)
    for page in ("/scorecard/", f"/scorecard/{program.pk}/", f"/api/v1/scorecards/{program.pk}/"):
        for person in (manager, employee, stranger):
            # A manager is led on to the scorecard of his unit.
            expected = 302 if page == "/scorecard/" and person == manager else 403
            assert client_of(person).get(page).status_code == expected
        for person in (hr, executive):
            assert client_of(person).get(page, follow=True).status_code == 200
    assert client_of(None).get("/scorecard/").status_code == 302
    assert client_of(executive).get("/scorecard/999999/").status_code == 404


def test_an_executive_of_a_part_does_not_see_the_whole(client_of, hr, stranger, units):
    program = make_program(hr, units)
    Grant.objects.create(employee=stranger, role=Role.EXECUTIVE, unit=units["Retail"])
    assert client_of(stranger).get(f"/scorecard/{program.pk}/").status_code == 403
    assert client_of(stranger).get(f"/api/v1/scorecards/{program.pk}/").status_code == 403


def test_before_the_first_wave_the_page_says_what_will_be_here(client_of, hr, executive, manager, units):
    program = make_program(hr, units)
    page = client_of(executive).get(f"/scorecard/{program.pk}/").content.decode()
    assert "No results yet" in page
    assert "The first wave is open from" in page
    assert "Too few to tell yet" in page and "None is set" in page and "Not estimated yet" in page


def test_no_program(client_of, executive):
    assert "No program yet" in client_of(executive).get("/scorecard/").content.decode()


def test_small_groups_are_not_counted_for_recognition(client_of, hr, executive, units):
    program = make_program(hr, units)
    assert (
        "Too few to tell yet: fewer than 10." in client_of(executive).get(f"/scorecard/{program.pk}/").content.decode()
    )


@pytest.mark.slow
def test_the_demo_tells_its_story(db, settings):
    settings.DEMO = True
    out = StringIO()
    call_command("demo", employees=60, waves=2, stdout=out)
    assert "Demo loaded" in out.getvalue()
    program = Program.objects.running().get()
    waves = Wave.objects.filter(series=program.series).order_by("number")
    assert list(waves.values_list("state", flat=True)[:3]) == ["released", "released", "open"]
    assert proving.findings() == []
    people = {name: Employee.objects.get(email=f"{name}@meridian.example") for name in ("executive", "manager", "hr")}
    assert people["hr"].check_password("trivium")
    client = Client()
    client.force_login(people["executive"], backend="allauth.account.auth_backends.AuthenticationBackend")
    with CaptureQueriesContext(connection) as caught:
        answer = client.get("/scorecard/", follow=True)
    assert answer.status_code == 200
    assert len(caught) < 35
    page = answer.content.decode()
    assert "95 % interval" in page
    assert "hidden for privacy" in page
    body = client.get(f"/api/v1/scorecards/{program.pk}/").json()
    assert body["wave"] == 2
    assert {card["dimension"] for card in body["cards"]} == {"want", "know", "can"}
    call_command("demo", employees=60, waves=2, stdout=out)
    assert "nothing was changed" in out.getvalue()


def test_the_demo_refuses_where_it_does_not_belong(hr, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="people here already"):
        call_command("demo")
    settings.DEMO = False
    with pytest.raises(CommandError, match="passwords are public"):
        call_command("demo")
