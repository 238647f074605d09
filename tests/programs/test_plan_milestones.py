"""Milestones that training alone cannot turn green, risks, sponsors' duties; what is overdue shows up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from culture.access import clock
from programs.planning import actions, indicators, milestones, timeline
from programs.planning.indicators import LAGGING, LEADING, Indicator, Reading
from programs.planning.models import Program
from programs.planning.plan_models import Duty, Milestone, Risk
from tests.programs.test_planning import make_program

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def program(hr: Any, manager: Any, units: Any) -> Program:
    return make_program(hr, units)


@pytest.fixture
def said(monkeypatch: Any) -> dict[str, float | None]:
    """What two indicators say."""
    values: dict[str, float | None] = {"test.lead": None, "test.lag": None}
    known = dict(indicators._known)
    for key, kind in (("test.lead", LEADING), ("test.lag", LAGGING)):
        known[key] = Indicator(
            key, key, frozenset({kind}), lambda program, on, key=key: Reading(values[key], "told", on)
        )
    monkeypatch.setattr(indicators, "_known", known)
    return values


def aim(by: Any, **changed: Any) -> milestones.Aim:
    values = {
        "title": "Customers notice", "due_on": clock.today() + 60 * DAY, "owner": by, "leading": "test.lead",
        "leading_target": Decimal(80), "lagging": "test.lag", "lagging_target": Decimal("62.5"),
    }  # fmt: skip
    return milestones.Aim(**{**values, **changed})


@pytest.mark.parametrize(("lead", "lag", "late"), list(product([True, False], repeat=3)))
def test_one_indicator_is_never_green(lead: bool, lag: bool, late: bool) -> None:
    today = dt.date(2027, 1, 1)
    due = today - DAY if late else today + 90 * DAY
    word = milestones.light(leading=lead, lagging=lag, reached=False, due_on=due, today=today)
    assert (milestones.TONES[word] == "good") == (lead and lag)
    assert (word == "late") == (late and not (lead and lag))
    waits = milestones.light(leading=lead, lagging=lag, reached=False, due_on=due, today=today, waits=True)
    assert milestones.TONES[waits] != "good"
    assert milestones.light(leading=lead, lagging=lag, reached=True, due_on=due, today=today) == "reached"


def test_training_never_proves(hr: Any, program: Program, said: Any) -> None:
    assert "training.done" in dict(indicators.choices(LEADING))
    assert not [key for key, _label in indicators.choices(LAGGING) if key.startswith("training.")]
    with pytest.raises(ValueError, match="proves nothing"):
        indicators.register(Indicator("training.x", "x", frozenset({LAGGING}), lambda p, on: Reading(1, "")))
    with pytest.raises(ValidationError):
        milestones.save(by=hr, program=program, aim=aim(hr, lagging="training.done"))
    row = milestones.save(by=hr, program=program, aim=aim(hr))
    for wrong in ({"lagging": "training.done"}, {"lagging": row.leading}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Milestone.objects.filter(pk=row.pk).update(**wrong)


def test_reached_is_a_decision_that_both_allow_and_that_stays(
    hr: Any, program: Program, said: dict[str, float | None], client_of: Any
) -> None:
    row, client = milestones.save(by=hr, program=program, aim=aim(hr)), client_of(hr)
    url = reverse("planning:plan_change", args=[program.pk, "milestones", row.pk])
    for lead, lag in ((None, None), (100.0, None), (100.0, 62.4), (79.9, 90.0)):
        said.update({"test.lead": lead, "test.lag": lag})
        page = client.post(url, {"do": "end"}, follow=True).content.decode()
        assert "Both indicators must be met" in page
    said.update({"test.lead": 80.0, "test.lag": 62.5})
    assert "both indicators met" in client.get(reverse("planning:detail", args=[program.pk])).content.decode()
    client.post(url, {"do": "end"})
    row.refresh_from_db()
    assert row.reached_on == clock.today() and row.readings[LAGGING]["value"] == 62.5
    said.update({"test.lead": 0.0, "test.lag": 0.0})  # a fact is not recalculated
    assert milestones.standings(program, clock.today())[0].light == "reached"
    assert client.post(url, {"do": "remove"}, follow=True).status_code == 200
    assert Milestone.objects.count() == 1
    with pytest.raises(ValidationError):
        milestones.save(by=hr, program=program, aim=aim(hr, title="Other"), milestone=row)


def test_what_comes_before_is_reached_first_and_no_circle(hr: Any, program: Program, said: Any) -> None:
    one = milestones.save(by=hr, program=program, aim=aim(hr, title="One"))
    two = milestones.save(by=hr, program=program, aim=aim(hr, title="Two", after=one))
    three = milestones.save(by=hr, program=program, aim=aim(hr, title="Three", after=two))
    with pytest.raises(ValidationError) as refused:
        milestones.save(by=hr, program=program, aim=aim(hr, title="One", after=three), milestone=one)
    assert "“One” → “Three” → “Two” → “One”" in refused.value.message_dict["after"][0]
    said.update({"test.lead": 99.0, "test.lag": 99.0})
    with pytest.raises(ValidationError, match="First “One”"):
        milestones.reach(by=hr, milestone=two, today=clock.today())
    milestones.reach(by=hr, milestone=one, today=clock.today())
    two.refresh_from_db()
    milestones.reach(by=hr, milestone=two, today=clock.today())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"due_on": dt.date(2031, 1, 1)}, "due_on"),
        ({"title": " "}, "title"),
        ({"leading": "nobody.knows"}, "leading"),
        ({"leading_target": Decimal(101)}, "leading_target"),
        ({"lagging_target": Decimal(0)}, "lagging_target"),
    ],
)
def test_an_unsound_milestone_is_refused(
    hr: Any, program: Program, said: Any, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        milestones.save(by=hr, program=program, aim=aim(hr, **changed))
    assert field in refused.value.message_dict


def test_lists_in_the_browser(hr: Any, executive: Any, program: Program, client_of: Any) -> None:
    client, today = client_of(hr), clock.today()

    def add(kind: str, **fields: Any) -> Any:
        return client.post(reverse("planning:plan_add", args=[program.pk, kind]), fields)

    later = (today + 30 * DAY).isoformat()
    risk = {"what": "No time", "likelihood": "3", "impact": "2", "owner": "HR1", "answer": "Fewer courses"}
    assert add("risks", **risk, review_on=later).status_code == 302
    assert "This day is past" in add("risks", **risk, review_on="2020-01-01").content.decode()
    assert add("duties", what="Open each wave", sponsor="EX1", due_on=later).status_code == 302
    answer = add("duties", what="Open each wave", sponsor="NOBODY", due_on=later)
    assert answer.status_code == 422 and "has the number “NOBODY”" in answer.content.decode()
    goal = {
        "title": "Customers notice", "due_on": later, "owner": "HR1", "leading": "training.done",
        "leading_target": "80", "lagging": "results.can", "lagging_target": "60",
    }  # fmt: skip
    assert add("milestones", **goal).status_code == 302
    assert add("milestones", **{**goal, "lagging": "training.done"}).status_code == 422
    page = client.get(reverse("planning:plan", args=[program.pk])).content.decode()
    assert "No time" in page and "Open each wave" in page and "No survey series measures this program yet" in page
    assert client.get(reverse("planning:plan_add", args=[program.pk, "wishes"])).status_code == 404
    Risk.objects.update(review_on=today)
    Duty.objects.update(due_on=today - DAY)
    Milestone.objects.update(due_on=today - DAY)
    page = client.get(reverse("planning:detail", args=[program.pk])).content.decode()
    for told in ("Look again at the risk “No time”", "“Open each wave” is overdue", "“Customers notice” is late"):
        assert told in page
    for kind, row in (("risks", Risk.objects.get()), ("duties", Duty.objects.get())):
        url = reverse("planning:plan_change", args=[program.pk, kind, row.pk])
        assert client.get(url).status_code == 200
        client.post(url, {"do": "end"})
        assert client.get(url).status_code == 302  # it has ended and stays
    page = client.get(reverse("planning:plan", args=[program.pk])).content.decode()
    assert "gone" in page and "done" in page


def test_what_actions_and_promises_say(hr: Any, manager: Any, program: Program, units: Any) -> None:
    today = clock.today()
    branch, made = units["Branch A"], today - 40 * DAY
    for n, (to, kept) in enumerate(((None, True), (None, False), (None, True), (units["Services"], True))):
        plan = actions.Plan(branch, f"Do {n}", manager, made + 9 * DAY, promised_to=to)
        action = actions.plan(by=hr, plan=plan, today=made)
        if kept:
            actions.end(by=hr, action=action, done=True, outcome="", today=made + 9 * DAY)
    reading = indicators.read("planning.actions", program, today)
    assert reading.value is not None and round(reading.value) == 67 and "2 of 3" in reading.words
    assert indicators.read("planning.promises", program, today).value is None  # of one nobody can tell
    assert indicators.read("gone.away", program, today).value is None
    begun = indicators.read("planning.begun", program, today)
    assert begun.value is not None and round(begun.value) == 92  # 12 of 13


def test_overdue_actions_need_hr(hr: Any, manager: Any, program: Program, units: Any, client_of: Any) -> None:
    today = clock.today()
    for n in range(5):
        plan = actions.Plan(units["Branch A"], f"Do {n}", manager, today - (9 - n) * DAY)
        actions.plan(by=hr, plan=plan, today=today - 30 * DAY)
    page = client_of(hr).get(reverse("planning:detail", args=[program.pk])).content.decode()
    assert "Action plan “Do 0” is overdue" in page and "2 more actions are overdue" in page


def test_the_line_holds_every_day(program: Program) -> None:
    """Bars and marks lie on the axis; what is outside is left out."""
    today = dt.date(2026, 11, 22)
    line = timeline.build(
        first=program.starts_on,
        last=program.ends_on,
        today=today,
        stages=[(s.kind, s.starts_on, s.ends_on) for s in program.stages.all()],
        cohorts=[("Early", program.starts_on, ""), ("Late", program.ends_on, "")],
        waves=[("in", today), ("out", dt.date(2031, 1, 1))],
        milestones=[("m", program.ends_on, "good")],
    )
    assert [bar.state for bar in line.stages] == ["past", "now", "future", "future"]
    assert all(0 <= bar.at <= 100 and bar.at + bar.share <= 100.01 for bar in [*line.stages, *line.cohorts])
    assert [mark.label for mark in line.waves] == ["in"] and line.milestones[0].at == 100
    assert [year.label for year in line.years] == [2026, 2027, 2028]
    assert line.today is not None and round(line.today.at) == 30
