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
from programs.planning import forms
from programs.planning.models import Program
from tests.culture.test_readiness import all_at, judged, text_of
from tests.programs.test_planning import make_program, typed

pytestmark = pytest.mark.django_db
NEW = reverse("planning:new")


def future(units: Any, **changed: Any) -> dict[str, Any]:
    """What HR would send for a program that begins next year."""
    first = clock.today() + dt.timedelta(days=60)
    last = first + dt.timedelta(days=1000)
    stages = {key: day.isoformat() for key, day in forms.stage_values(first, last).items()}
    dates = {"starts_on": first.isoformat(), "ends_on": last.isoformat(), "cohort_0_starts_on": first.isoformat()}
    return typed(units, **{**stages, **dates, **changed})


@pytest.fixture
def below(hr: Any, executive: Any) -> Any:
    """S4 is judged 1, the threshold is 2."""
    load_catalogue()
    return judged(hr, (executive, all_at(3, S4=1)))


def test_without_an_assessment_it_is_said_and_nothing_is_blocked(hr: Any, units: Any, client_of: Any) -> None:
    client = client_of(hr)
    page = text_of(client.get(NEW))
    assert "Readiness has never been judged" in page
    assert "readiness_reason" not in page
    assert client.post(NEW, typed(units)).status_code == 302
    program = Program.objects.get()
    assert (program.readiness_below, program.readiness_reason) == ([], "")


def test_above_the_threshold_no_reason_is_asked_for(hr: Any, executive: Any, units: Any, client_of: Any) -> None:
    load_catalogue()
    judged(hr, (executive, all_at(2)))
    page = text_of(client_of(hr).get(NEW))
    assert "The organisation is ready enough" in page
    assert client_of(hr).post(NEW, typed(units, readiness_reason="unasked")).status_code == 302
    assert Program.objects.get().readiness_reason == ""


def test_below_it_starts_only_with_a_reason(hr: Any, units: Any, below: Any, client_of: Any) -> None:
    client = client_of(hr)
    page = text_of(client.get(NEW))
    assert "not ready in every respect" in page
    assert "It is tailor-made: no recipe, no copy: <strong>1</strong>" in page
    for reason in ("", "   "):
        answer = client.post(NEW, typed(units, readiness_reason=reason))
        assert answer.status_code == 422
        assert "Service First" in text_of(answer)
    assert not Program.objects.exists()
    assert client.post(NEW, typed(units, readiness_reason="The pilot <b>tailors</b> it.")).status_code == 302
    program = Program.objects.get()
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


def test_the_page_that_only_grows_keeps_the_reason(hr: Any, units: Any, below: Any, client_of: Any) -> None:
    page = text_of(client_of(hr).post(NEW, typed(units, readiness_reason="Half a reason", add_cohort="1")))
    assert "Half a reason" in page


def test_before_its_first_day_a_program_answers_to_a_new_assessment(
    hr: Any, executive: Any, units: Any, client_of: Any
) -> None:
    client = client_of(hr)
    assert client.post(NEW, future(units)).status_code == 302
    program = Program.objects.get()
    edit = reverse("planning:edit", args=[program.pk])
    cohort = {"cohort_0_id": program.cohorts.get().pk}
    load_catalogue()
    judged(hr, (executive, all_at(3, S4=1)))
    assert client.post(edit, future(units, **cohort)).status_code == 422
    assert client.post(edit, future(units, **cohort, readiness_reason="Known and taken on.")).status_code == 302
    program.refresh_from_db()
    assert program.readiness_reason == "Known and taken on."
    assert "Known and taken on." in text_of(client.get(edit))
    assert client.post(edit, future(units, **cohort, readiness_reason="Known and taken on.")).status_code == 302
    assert AuditEntry.objects.filter(verb="readiness.exception").count() == 1


def test_a_running_program_keeps_what_was_said_at_its_start(
    hr: Any, executive: Any, units: Any, below: Any, client_of: Any
) -> None:
    program = make_program(hr, units, readiness_reason="Because.")
    readiness.set_rule(by=hr, threshold=4, scope="all")  # type: ignore[arg-type]
    ids = list(program.cohorts.values_list("pk", flat=True))
    sent = typed(
        units, cohort_0_id=ids[0], cohort_1_id=ids[1], cohort_1_name="Rest", cohort_1_starts_on="2026-12-01",
        cohort_1_units=[units["Services"].pk], charter="New words", readiness_reason="Rewritten",
    )  # fmt: skip
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), sent)
    assert answer.status_code == 302
    program.refresh_from_db()
    assert (program.charter, program.readiness_reason) == ("New words", "Because.")
    assert [row["code"] for row in program.readiness_below] == ["S4"]


@pytest.mark.parametrize("day", ["2026-02-31", "x", ""])
def test_an_impossible_first_day_is_told(day: str, hr: Any, units: Any, below: Any, client_of: Any) -> None:
    program = make_program(hr, units, readiness_reason="Because.")
    answer = client_of(hr).post(reverse("planning:edit", args=[program.pk]), typed(units, starts_on=day))
    assert answer.status_code == 422
