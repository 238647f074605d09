"""Closing a stage: criteria gone through, signed today for good, shown on the program's page and its picture."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from culture.access import clock
from culture.access.models import AuditEntry
from programs.planning import programs, stage_exits, states
from programs.planning.models import Program, Stage
from programs.planning.plan_models import StageExit
from tests.programs.test_planning import make_program

DAY = dt.timedelta(days=1)


@pytest.fixture
def program(hr: Any, manager: Any, units: Any) -> Program:
    """Its first stage is over, its second is on."""
    made = make_program(hr, units)
    today = clock.today()
    days = {"information": (-90, -10), "attitude": (-9, 60), "behaviour": (61, 90), "culture": (91, 120)}
    for kind, (first, last) in days.items():
        Stage.objects.filter(program=made, kind=kind).update(
            starts_on=today + first * DAY,
            ends_on=today + last * DAY,
            exit_criteria="- 9 of 10 have read the charter\n- Heads held the talk; Every team has a date\n",
        )
    made.refresh_from_db()
    return made


def address(program: Program, kind: str = "information") -> str:
    return reverse("planning:stage", args=[program.pk, kind])


def test_criteria_are_one_a_line_or_between_semicolons() -> None:
    stage = Stage(exit_criteria=" - One \r\n\n• Two; Three；Four \n")
    assert stage_exits.criteria_of(stage) == ["One", "Two", "Three", "Four"]
    assert stage_exits.criteria_of(Stage(exit_criteria="")) == []


def test_from_the_need_to_the_signature(program: Program, hr: Any, client_of: Any) -> None:
    client, page = client_of(hr), reverse("planning:detail", args=[program.pk])
    text = client.get(page).content.decode()
    assert "Stage 1 is over: may it end?" in text and address(program) in text and "Stage 2 is over" not in text
    form = client.get(address(program)).content.decode()
    assert "Heads held the talk" in form and form.count('type="checkbox"') == 3
    refused = client.post(address(program), {"met": ["0", "2"], "note": " "})
    assert refused.status_code == 422 and "although not everything is met" in refused.content.decode()
    assert refused.content.decode().count("checked") == 2 and not StageExit.objects.exists()
    client.post(address(program), {"met": ["0", "2"], "note": "Two heads do it on Monday."})
    made = StageExit.objects.get()
    assert (made.by, made.on, made.kind, made.all_met) == (hr, clock.today(), "information", False)
    assert [(one["text"], one["met"]) for one in made.met] == [
        ("9 of 10 have read the charter", True), ("Heads held the talk", False), ("Every team has a date", True),
    ]  # fmt: skip
    assert AuditEntry.objects.get(verb="closed stage").detail == {"kind": "information", "met": 2, "of": 3}
    text = client.get(page).content.decode()
    assert "closed, not all met" in text and "Stage 1 is over" not in text and "· closed" in text
    signed = client.get(address(program)).content.decode()
    assert hr.name in signed and "Two heads do it on Monday." in signed and 'name="note"' not in signed


def test_what_was_signed_stays_also_when_the_program_is_amended(program: Program, hr: Any) -> None:
    today = clock.today()
    stage_exits.close(by=hr, program=program, kind="information", met=[0, 1, 2], note="", on=today, today=today)
    programs.write_stages(program, states.stages_of(program))
    Stage.objects.filter(program=program, kind="information").update(exit_criteria="Others")
    [first, *_rest] = stage_exits.standings(Program.objects.get(pk=program.pk), today)
    assert first.exit is not None and first.exit.all_met and len(first.exit.met) == 3 and not first.open
    with pytest.raises(ValidationError, match="closed already"):
        stage_exits.close(by=hr, program=program, kind="information", met=[], note="Again", on=today, today=today)
    with pytest.raises(IntegrityError), transaction.atomic():
        StageExit.objects.create(program=program, kind="information", on=today, by=hr)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"on": -1}, "neither past nor to come"),
        ({"on": 1}, "neither past nor to come"),
        ({"kind": "behaviour"}, "has not begun"),
        ({"kind": "nothing"}, "no such stage"),
        ({"met": [0, 7]}, "changed meanwhile"),
        ({"met": [], "note": ""}, "although not everything"),
        ({"note": "x" * 1001}, "At most 1000"),
    ],
)
def test_what_cannot_be_signed(program: Program, hr: Any, changed: dict[str, Any], why: str) -> None:
    today = clock.today()
    given = {"kind": "information", "met": [0, 1, 2], "note": "", **changed}
    given["on"] = today + changed.get("on", 0) * DAY
    with pytest.raises(ValidationError, match=why):
        stage_exits.close(by=hr, program=program, today=today, **given)
    assert not StageExit.objects.exists()


def test_without_criteria_it_is_said_in_words(program: Program, hr: Any) -> None:
    Stage.objects.filter(program=program).update(exit_criteria="")
    today = clock.today()
    with pytest.raises(ValidationError, match="Say why it may end"):
        stage_exits.close(by=hr, program=program, kind="attitude", met=[], note="", on=today, today=today)
    made = stage_exits.close(by=hr, program=program, kind="attitude", met=[], note="Seen.", on=today, today=today)
    assert made.met == [] and made.all_met


def test_over_or_unknown(program: Program, hr: Any, employee: Any, client_of: Any) -> None:
    assert client_of(employee).get(address(program)).status_code == 403
    assert client_of(None).get(address(program)).status_code == 302
    client = client_of(hr)
    assert client.get(address(program, "nothing")).status_code == 404
    assert "has not begun" in client.get(address(program, "culture")).content.decode()
    Program.objects.filter(pk=program.pk).update(state=Program.State.FINISHED, finished_on=clock.today())
    assert client.post(address(program), {"met": ["0", "1", "2"]}).status_code == 422
    assert "nobody closed this stage" in client.get(address(program)).content.decode()
    Program.objects.filter(pk=program.pk).update(state=Program.State.DRAFT, finished_on=None)
    assert client.get(address(program)).status_code == 404
