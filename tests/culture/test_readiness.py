"""Readiness: judged by sponsors, half-filled and resumed, closed for good, the weakest condition first."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from culture.access import clock
from culture.access.models import AuditEntry, Grant, Role
from culture.framework import readiness
from culture.framework import readiness_profile as profile
from culture.framework.loading import load_catalogue
from culture.framework.models import Condition
from culture.framework.readiness_anchors import ANY, anchors, read
from culture.framework.readiness_models import ReadinessAssessment, ReadinessJudgement, ReadinessSponsor
from culture.framework.readiness_views import finding
from culture.people.models import Employee
from tests.conftest import make_person

ClientOf = Callable[[Employee | None], Client]


def today() -> dt.date:
    return clock.today()


def all_at(level: int, **other: int) -> dict[str, tuple[int | None, str]]:
    """Judgments for every condition; ``S3=0`` for one that differs."""
    codes = Condition.objects.values_list("code", flat=True)
    return {code: (other.get(code, level), f"Seen: {code}") for code in codes}


def judged(hr: Employee, *each: tuple[Employee, dict[str, tuple[int | None, str]]], days_ago: int = 0) -> Any:
    """A closed assessment."""
    made = readiness.open(
        by=hr, on=today() - dt.timedelta(days=days_ago), sponsors=[person for person, _j in each], today=today()
    )
    for person, judgments in each:
        readiness.hand_in(by=person, assessment=made, judgments=judgments)
    return readiness.close(by=hr, assessment=made)


def typed(judgments: dict[str, tuple[int | None, str]], **more: str) -> dict[str, str]:
    values = {f"{code}_evidence": words for code, (_level, words) in judgments.items()}
    values |= {f"{code}_level": str(level) for code, (level, _words) in judgments.items() if level is not None}
    return {**values, **more}


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def second(units: Any) -> Employee:
    person = make_person("EX2", units["Meridian"], given_name="Ugo", family_name="Bo")
    Grant.objects.create(employee=person, role=Role.EXECUTIVE)
    return person


# -- pure ------------------------------------------------------------------------------------------------------------


def line(code: str, *levels: int, kind: str = "success", before: float | None = None) -> profile.Line:
    return profile.Line(code, kind, code, tuple(profile.Judgment("x", level) for level in levels), before)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=9), st.floats(0, 4))
def test_median_spread_and_change(levels: list[int], before: float) -> None:
    one = line("S1", *levels, before=before)
    assert one.median == median(levels)
    assert one.low <= one.median <= one.high
    assert one.spread == max(levels) - min(levels)
    assert one.disagreed == (one.spread >= 2)
    assert one.change == one.median - before


@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=4), min_size=1, max_size=14))
def test_the_weakest_comes_first(rows: list[list[int]]) -> None:
    lines = [line(f"S{n}", *levels) for n, levels in enumerate(rows)]
    ranked = profile.ranked(lines)
    assert sorted(ranked, key=lambda one: one.code) == sorted(lines, key=lambda one: one.code)
    assert [one.median for one in ranked] == sorted(one.median for one in lines)
    weakest = profile.weakest(lines)
    assert ranked[0] in weakest
    assert all(one.median == ranked[0].median for one in weakest)


def test_below_looks_at_its_kinds_and_at_what_was_judged() -> None:
    lines = [line("S1", 1, 2), line("S2", 2), line("S3"), line("H1", 0, kind="duty")]
    assert [one.code for one in profile.below(lines, 2.0, frozenset({"success"}))] == ["S1"]
    assert [one.code for one in profile.below(lines, 2.0, frozenset({"success", "duty"}))] == ["H1", "S1"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "Nothing is judged yet"),
        ([line("S1", 1), line("S2", 3)], "Weakest, at 1 of 4: S1"),
        ([line("S1", 1, 2), line("S2", 3)], "Weakest, at 1.5 of 4: S1"),
        ([line("S1", 1), line("S2", 1), line("S3", 2)], "Weakest, at 1 of 4: S1; S2"),
        ([line("S1", 1), line("S2", 1), line("S3", 1), line("S4", 2)], "Weakest, at 1 of 4: S1; S2; and 1 more"),
        ([line("S1", 2), line("S2", 2)], "All 2 conditions stand alike, at 2 of 4"),
        ([line("S1", 4), line("S2", 4)], "Every condition is fully met"),
    ],
)
def test_the_heading_says_the_finding(lines: list[profile.Line], words: str) -> None:
    assert finding(lines) == words


def test_every_level_of_every_condition_has_words_in_five_languages() -> None:
    known = read()
    assert set(known) == {*(f"S{n}" for n in range(1, 11)), *(f"H{n}" for n in range(1, 5)), ANY}
    for code, levels in known.items():
        assert len(levels) == 5, code
        for language in ("en", "it", "ro", "zh-hans", "fr"):
            words = [texts[language] for texts in levels]
            assert all(words), (code, language)
            assert len(set(words)) == 5, (code, language)
    assert anchors("SX1") == anchors(ANY)


# -- judging ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestJudging:
    def test_half_is_saved_and_resumed_then_handed_in(self, hr, executive, catalogue, client_of: ClientOf) -> None:
        made = readiness.open(by=hr, on=today(), sponsors=[hr, executive], today=today())
        client, address = client_of(executive), f"/readiness/{made.pk}/judge/"
        assert "Judge now" in text_of(client.get("/readiness/"))
        half = {"S1_level": "3", "S1_evidence": "Budget approved", "S2_evidence": "Half a thought", "save": "1"}
        assert client.post(address, half).status_code == 302
        page = text_of(client.get(address))
        assert "1 of 14 conditions judged" in page
        assert 'name="S1_level" value="3" checked' in page
        assert "Half a thought" in page
        assert "Go on judging" in text_of(client.get("/readiness/"))
        answer = client.post(address, {**half, "S3_level": "2", "hand_in": "1"})
        assert answer.status_code == 422
        page = text_of(answer)
        assert "Choose how far this is met." in page
        assert "Say what your judgment rests on." in page
        assert "saved, but not handed in" in page
        assert ReadinessJudgement.objects.get(condition__code="S3").level == 2
        assert client.post(address, typed(all_at(3), hand_in="1")).status_code == 302
        assert ReadinessSponsor.objects.get(employee=executive).handed_in_at is not None
        assert "Change my judgments" in text_of(client.get("/readiness/"))
        client.post(address, typed(all_at(2), save="1"))
        assert ReadinessSponsor.objects.get(employee=executive).handed_in_at is None

    def test_evidence_is_needed(self, hr, executive, catalogue) -> None:
        made = readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
        with pytest.raises(ValidationError) as caught:
            readiness.hand_in(by=executive, assessment=made, judgments={**all_at(3), "S4": (3, "  ")})
        assert list(caught.value.message_dict) == ["S4_evidence"]

    @pytest.mark.parametrize("wrong", [{"S1_level": "5"}, {"S1_level": "-1"}, {"S1_evidence": "x" * 4001}])
    def test_bad_input_writes_nothing(self, wrong, hr, executive, catalogue, client_of: ClientOf) -> None:
        made = readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
        answer = client_of(executive).post(f"/readiness/{made.pk}/judge/", {"S2_evidence": "typed", **wrong})
        assert answer.status_code == 422
        assert "typed" in text_of(answer)
        assert not ReadinessJudgement.objects.exists()

    def test_who_is_no_sponsor_does_not_judge(self, hr, executive, second, catalogue, client_of: ClientOf) -> None:
        made = readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
        assert client_of(second).get(f"/readiness/{made.pk}/judge/").status_code == 404
        assert client_of(second).post(f"/readiness/{made.pk}/judge/", typed(all_at(4))).status_code == 404
        assert not ReadinessJudgement.objects.exists()

    def test_nobody_sees_the_judgments_of_others_before_the_end(
        self, hr, executive, second, catalogue, client_of: ClientOf
    ) -> None:
        made = readiness.open(by=hr, on=today(), sponsors=[executive, second], today=today())
        secret = {code: (1, "A secret view") for code in all_at(0)}
        readiness.hand_in(by=executive, assessment=made, judgments=secret)
        for person in (hr, second):
            for address in ("/readiness/", f"/readiness/{made.pk}/end/"):
                assert "A secret view" not in text_of(client_of(person).get(address))
        assert client_of(second).get(f"/readiness/{made.pk}/").status_code == 404
        assert client_of(second).get(f"/api/v1/readiness/{made.pk}/").status_code == 404
        readiness.close(by=hr, assessment=made)
        assert "A secret view" in text_of(client_of(second).get("/readiness/"))

    def test_a_condition_switched_off_is_not_judged(self, hr, executive, catalogue) -> None:
        Condition.objects.filter(code="S6").update(off_since="2026-01-01T00:00Z")
        made = readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
        readiness.hand_in(by=executive, assessment=made, judgments=all_at(3))
        assert len(readiness.lines(made)) == 13


# -- running ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestRunning:
    def test_through_the_pages(self, hr, executive, second, catalogue, client_of: ClientOf) -> None:
        client = client_of(hr)
        assert "Start the first assessment" in text_of(client.get("/readiness/"))
        sent = {"on": today().isoformat(), "sponsors": [executive.pk]}
        assert client.post("/readiness/open/", sent).status_code == 302
        made = ReadinessAssessment.objects.get()
        address = f"/readiness/{made.pk}/sponsors/"
        client.post(address, {"sponsors": [executive.pk, second.pk]})
        assert made.sponsors.count() == 2
        readiness.hand_in(by=executive, assessment=made, judgments=all_at(2))
        answer = client.post(address, {"sponsors": [second.pk]})
        assert answer.status_code == 422
        assert "Elena Xu has handed in already and stays." in text_of(answer)
        assert "1 sponsor has not handed in yet" in text_of(client.get(f"/readiness/{made.pk}/end/"))
        client.post(f"/readiness/{made.pk}/end/", {"close": "1"})
        assert "All 14 conditions stand alike, at 2 of 4" in text_of(client.get("/readiness/"))
        verbs = list(AuditEntry.objects.filter(verb__startswith="readiness.").values_list("verb", flat=True))
        assert sorted(verbs) == ["readiness.close", "readiness.hand_in", "readiness.open", "readiness.sponsors"]

    @pytest.mark.parametrize(("days", "says"), [(1, "Nobody can judge a day to come"), (-400, "more than a year ago")])
    def test_a_day_that_cannot_be(self, days, says, hr, executive, catalogue, client_of: ClientOf) -> None:
        day = today() + dt.timedelta(days=days)
        answer = client_of(hr).post("/readiness/open/", {"on": day.isoformat(), "sponsors": [executive.pk]})
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert not ReadinessAssessment.objects.exists()

    def test_only_executives_and_hr_judge(self, hr, executive, stranger, units, catalogue, client_of: ClientOf) -> None:
        unit_hr = make_person("HR2", units["Services"])
        Grant.objects.create(employee=unit_hr, role=Role.HR_ADMIN, unit=units["Services"])
        assert set(readiness.candidates(today())) == {hr, executive}
        for person in (stranger, unit_hr):
            answer = client_of(hr).post("/readiness/open/", {"on": today().isoformat(), "sponsors": [person.pk]})
            assert answer.status_code == 422
            with pytest.raises(ValidationError, match="Only executives and HR admins"):
                readiness.open(by=hr, on=today(), sponsors=[person], today=today())
        with pytest.raises(ValidationError, match="at least one sponsor"):
            readiness.open(by=hr, on=today(), sponsors=[], today=today())

    def test_one_at_a_time_and_one_a_day(self, hr, executive, catalogue) -> None:
        judged(hr, (executive, all_at(2)))
        with pytest.raises(ValidationError, match="already"):
            readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
        readiness.open(by=hr, on=today() - dt.timedelta(days=1), sponsors=[executive], today=today())
        with pytest.raises(ValidationError, match="still open"):
            readiness.open(by=hr, on=today() - dt.timedelta(days=2), sponsors=[executive], today=today())
        with pytest.raises(IntegrityError), transaction.atomic():
            ReadinessAssessment.objects.create(on=today() - dt.timedelta(days=3))

    def test_without_the_catalogue_nothing_can_be_judged(self, hr, executive) -> None:
        with pytest.raises(ValidationError, match="not loaded"):
            readiness.open(by=hr, on=today(), sponsors=[executive], today=today())

    def test_closing_needs_somebody_who_handed_in(self, hr, executive, catalogue, client_of: ClientOf) -> None:
        made = readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
        answer = client_of(hr).post(f"/readiness/{made.pk}/end/", {"close": "1"}, follow=True)
        assert "Nobody has handed in yet" in text_of(answer)
        client_of(hr).post(f"/readiness/{made.pk}/end/", {"cancel": "1"})
        assert not ReadinessAssessment.objects.exists()
        assert AuditEntry.objects.filter(verb="readiness.cancel").count() == 1

    def test_too_late_is_told(self, hr, executive, catalogue, client_of: ClientOf) -> None:
        made = judged(hr, (executive, all_at(2)))
        page = client_of(executive).post(f"/readiness/{made.pk}/judge/", typed(all_at(4), hand_in="1"), follow=True)
        assert "closed or cancelled meanwhile" in text_of(page)
        for call in (
            lambda: readiness.save(by=executive, assessment=made, judgments=all_at(4)),
            lambda: readiness.close(by=hr, assessment=made),
            lambda: readiness.cancel(by=hr, assessment=made),
        ):
            with pytest.raises(readiness.Closed):
                call()
        assert {one.median for one in readiness.lines(made)} == {2.0}

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE culture_readinessjudgement SET level = 4",
            "UPDATE culture_readinessjudgement SET evidence = 'other'",
            "DELETE FROM culture_readinessjudgement",
            "UPDATE culture_readinesssponsor SET handed_in_at = NULL",
            "DELETE FROM culture_readinesssponsor",
            "UPDATE culture_readinessassessment SET state = 'open', closed_at = NULL",
            "UPDATE culture_readinessassessment SET \"on\" = '2020-01-01'",
            "INSERT INTO culture_readinesssponsor (assessment_id) SELECT id FROM culture_readinessassessment",
        ],
    )
    def test_a_closed_one_stays(self, statement: str, hr, executive, catalogue) -> None:
        judged(hr, (executive, all_at(2)))
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_an_erased_sponsor_loses_the_name_only(self, hr, executive, catalogue, client_of: ClientOf) -> None:
        judged(hr, (executive, all_at(2)))
        ReadinessSponsor.objects.update(employee=None)
        page = text_of(client_of(hr).get("/readiness/"))
        assert "somebody who left" in page
        assert "Elena Xu" not in page

    def test_a_level_out_of_range_is_refused(self, hr, executive, catalogue) -> None:
        readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
        row = ReadinessSponsor.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            ReadinessJudgement.objects.create(sponsor=row, condition=Condition.objects.get(code="S1"), level=5)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_wins(hr, executive, catalogue) -> None:
    made = readiness.open(by=hr, on=today(), sponsors=[executive], today=today())
    readiness.hand_in(by=executive, assessment=made, judgments=all_at(2))
    outcomes: list[str] = []

    def close() -> None:
        try:
            readiness.close(by=hr, assessment=made)
            outcomes.append("closed")
        except readiness.Closed:
            outcomes.append("late")
        connection.close()

    threads = [threading.Thread(target=close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["closed", "late", "late", "late"]
