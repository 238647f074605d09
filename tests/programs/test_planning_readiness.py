"""A program below the threshold of readiness starts only with a stated reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from culture.access import clock
from culture.access.models import AuditEntry
from culture.framework import readiness
from culture.framework.loading import load_catalogue
from programs.planning import drafts, rules
from programs.planning.models import Program
from tests.culture.test_readiness import all_at, judged, text_of
from tests.programs.test_planning import amended, make_program

pytestmark = pytest.mark.django_db
NEW = reverse("planning:new")


def draft(by: Any, units: Any) -> Program:
    """A draft that lacks nothing, to begin in two months."""
    today = clock.today()
    first = today + dt.timedelta(days=60)
    last = first + dt.timedelta(days=1000)
    program = drafts.begin(by=by, name="Next", charter="Why", starts_on=first, ends_on=last, today=today)
    plan = rules.CohortPlan("Branches", first, frozenset({units["Retail"].pk}))
    drafts.set_cohorts(by=by, program=program, cohorts=[plan], today=today)
    return program


def review(program: Program) -> str:
    return reverse("planning:step", args=[program.pk, "review"])


@pytest.fixture
def below(hr: Any, executive: Any) -> Any:
    """S4 is judged 1, the threshold is 2."""
    load_catalogue()
    return judged(hr, (executive, all_at(3, S4=1)))


def test_without_an_assessment_it_is_said_and_nothing_is_blocked(hr: Any, units: Any, client_of: Any) -> None:
    client = client_of(hr)
    assert "Readiness has never been judged" in text_of(client.get(NEW))
    program = draft(hr, units)
    assert "readiness_reason" not in text_of(client.get(review(program)))
    assert client.post(review(program)).status_code == 302
    program.refresh_from_db()
    assert (program.state, program.readiness_below, program.readiness_reason) == ("running", [], "")


def test_above_the_threshold_no_reason_is_asked_for(hr: Any, executive: Any, units: Any, client_of: Any) -> None:
    load_catalogue()
    judged(hr, (executive, all_at(2)))
    assert "The organisation is ready enough" in text_of(client_of(hr).get(NEW))
    program = draft(hr, units)
    assert client_of(hr).post(review(program), {"readiness_reason": "unasked"}).status_code == 302
    assert Program.objects.get().readiness_reason == ""


def test_below_it_starts_only_with_a_reason(hr: Any, units: Any, below: Any, client_of: Any) -> None:
    client, program = client_of(hr), draft(hr, units)
    assert "not ready in every respect" in text_of(client.get(NEW))
    page = text_of(client.get(review(program)))
    assert "It is tailor-made: no recipe, no copy: <strong>1</strong>" in page
    for reason in ("", "   "):
        answer = client.post(review(program), {"readiness_reason": reason})
        assert answer.status_code == 422 and "although S4 is below" in text_of(answer)
    program.refresh_from_db()
    assert program.is_draft and not program.enrolments.exists()
    assert client.post(review(program), {"readiness_reason": "The pilot <b>tailors</b> it."}).status_code == 302
    program.refresh_from_db()
    on = below.on.isoformat()
    assert program.readiness_below == [{"code": "S4", "median": 1.0, "threshold": 2.0, "on": on}]
    page = text_of(client.get(reverse("planning:detail", args=[program.pk])))
    assert "Started below the threshold of readiness" in page
    assert "S4 (1, threshold 2)" in page
    assert "The pilot &lt;b&gt;tailors&lt;/b&gt; it." in page
    entry = AuditEntry.objects.get(verb="readiness.exception")
    assert (entry.actor, entry.detail) == (hr, {"below": ["S4"], "reason": "The pilot <b>tailors</b> it."})


def test_the_service_refuses_too(hr: Any, units: Any, below: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        make_program(hr, units)
    assert list(caught.value.message_dict) == ["readiness_reason"]
    assert "although S4 is below" in caught.value.message_dict["readiness_reason"][0]
    make_program(hr, units, readiness_reason="Because.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.update(readiness_reason="")


def test_before_its_first_day_a_program_answers_to_a_new_assessment(
    hr: Any, executive: Any, units: Any, client_of: Any
) -> None:
    client, program = client_of(hr), draft(hr, units)
    assert client.post(review(program)).status_code == 302
    edit = reverse("planning:edit", args=[program.pk])
    load_catalogue()
    judged(hr, (executive, all_at(3, S4=1)))
    assert client.post(edit, amended(program)).status_code == 422
    page = text_of(client.post(edit, amended(program, readiness_reason="Half a reason", add_cohort="1")))
    assert "Half a reason" in page
    known = {"readiness_reason": "Known and taken on."}
    assert client.post(edit, amended(program, **known)).status_code == 302
    program.refresh_from_db()
    assert program.readiness_reason == "Known and taken on."
    assert "Known and taken on." in text_of(client.get(edit))
    assert client.post(edit, amended(program, **known)).status_code == 302
    assert AuditEntry.objects.filter(verb="readiness.exception").count() == 1


def test_a_running_program_keeps_what_was_said_at_its_start(
    hr: Any, executive: Any, units: Any, below: Any, client_of: Any
) -> None:
    program = make_program(hr, units, readiness_reason="Because.")
    readiness.set_rule(by=hr, threshold=4, scope="all")  # type: ignore[arg-type]
    sent = amended(program, charter="New words", readiness_reason="Rewritten")
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent)
    assert answer.status_code == 302
    program.refresh_from_db()
    assert (program.charter, program.readiness_reason) == ("New words", "Because.")
    assert [row["code"] for row in program.readiness_below] == ["S4"]


@pytest.mark.parametrize("day", ["2026-02-31", "x", ""])
def test_an_impossible_first_day_is_told(day: str, hr: Any, units: Any, below: Any, client_of: Any) -> None:
    program = make_program(hr, units, readiness_reason="Because.")
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), amended(program, starts_on=day))
    assert answer.status_code == 422
