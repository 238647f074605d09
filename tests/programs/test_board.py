"""The board view: several programs in the words and numbers of their own scorecards; what needs the board; a report."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.people.models import Unit
from programs.planning import states
from programs.planning.action_models import Action
from programs.planning.models import Program
from programs.planning.plan_models import Duty, Milestone, Risk
from programs.reports import (
    board,
    board_words,
    decisions,
    effects,
    publishing,
    readings,
    report_kinds,
    report_problems,
    scorecard,
)
from programs.reports.effect_models import EffectEstimate
from programs.reports.findings import Change, Score
from programs.reports.report_kinds import About
from programs.reports.report_model import every_text
from programs.reports.report_models import PublishedReport, ReportKind, ReportProblem
from surveys.results import places
from tests.conftest import make_unit
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import DAY, program_of, share

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")


def lines(*programs: Program) -> list[board.Line]:
    every = programs or tuple(Program.objects.launched().select_related("series"))
    return board.lines([Program.objects.select_related("series").get(pk=one.pk) for one in every], now=NOW)


def another(hr, units, name: str, series: Any = None) -> Program:
    return program_of(hr, units, series, name=name)


def crowd(hr: Any, program: Program, until: int) -> None:
    """Programs on the same series, each with a milestone, a risk, a duty and a day's readings."""
    for n in range(Program.objects.launched().count(), until):
        one = Program.objects.create(
            name=f"Program {n} with a name that goes on and on over several lines of any table",
            starts_on=TODAY - 50 * DAY, ends_on=TODAY + 500 * DAY, launched_on=TODAY - 50 * DAY, state="running",
            series=program.series, charter="C",
        )  # fmt: skip
        furnish(one, hr)


def furnish(program: Program, hr: Any) -> None:
    Milestone.objects.create(
        program=program, title="Everybody knows", due_on=TODAY - DAY, owner=hr, leading="planning.begun",
        leading_target=Decimal(90), lagging="results.know", lagging_target=Decimal(99),
    )  # fmt: skip
    Risk.objects.create(
        program=program, what="No time", likelihood=3, impact=3, owner=hr, answer="A", review_on=TODAY - DAY
    )
    Duty.objects.create(program=program, what="Speaks of it", sponsor=hr, due_on=TODAY - DAY)
    readings.keep(program, TODAY)


# -- the same as the scorecard ---------------------------------------------------------------------------------------


def test_each_word_and_number_is_that_of_the_scorecard(program, hr, units):
    share(program, hr, leaders=0)
    furnish(program, hr)
    furnish(another(hr, units, "Unmeasured"), hr)
    Program.objects.filter(pk=another(hr, units, "Says nowhere why").pk).update(charter=" ")
    for line in lines():
        card = scorecard.build(line.program, now=NOW)
        waiting = decisions.of(line.program, card)
        assert str(line.headline or "") == str(card.headline or "")
        assert line.cards == card.cards and line.frozen_on == card.frozen_on and line.wave == card.wave
        assert line.moved == card.moved
        assert [need.title for need in line.needs] == [need.title for need in waiting.needs]
        assert {key: line.milestones[key] for key in ("all", "reached", "late")} == {
            key: waiting.milestones[key] for key in ("all", "reached", "late")
        }
    assert board_words.headline(lines(program)[0], "en") == str(scorecard.build(program, now=NOW).headline)


def test_what_a_merged_unit_left_undone_waits_on_both_pages(program, hr, units):
    gone = make_unit("Old branch", units["Retail"])
    made = {"owner": hr, "created_by": hr, "created_on": TODAY - 60 * DAY}
    Action.objects.create(unit=gone, what="Mend the tills", due_on=TODAY - DAY, **made)
    Unit.objects.filter(pk=gone.pk).update(until=TODAY - DAY, merged_into=units["Branch A"])
    card = scorecard.build(program, now=NOW)
    told = [need.title for need in lines(program)[0].needs]
    assert told == [need.title for need in decisions.of(program, card).needs]
    assert "Action plan “Mend the tills” is overdue" in told


def test_the_effect_is_the_one_the_scorecard_tells_and_none_of_a_wave_not_shared(program, hr):
    wave = share(program, hr, leaders=0)
    result = {"why": [], "wave_ids": [wave.pk], "begun": 1, "planned": 2}
    EffectEstimate.objects.create(
        program=program, outcome="want", number=1, main=True, made_at=NOW, method="m", inputs_hash="x" * 64, inputs={},
        result=result, word="clear", points=-3.2, low=-5.0, high=-1.0,
    )  # fmt: skip
    line = lines(program)[0]
    assert line.effect == effects.latest(program) and line.effect is not None
    assert "Units that started stand worse" in board_words.ask(line.asks[0], "en")
    share(program, hr, leaders=30)
    assert lines(program)[0].effect is None


# -- what is not there -----------------------------------------------------------------------------------------------


def test_a_draft_is_never_shown_nor_counted(client_of, program, executive, hr):
    Program.objects.create(name="Secret draft", starts_on=TODAY, ends_on=TODAY + DAY)
    for reader in (executive, hr):
        page = client_of(reader).get("/board/").content.decode()
        assert "Secret draft" not in page and "1 program" in page
    report = report_kinds.build(About(ReportKind.BOARD), "en", now=NOW)
    assert "Secret draft" not in " ".join(every_text(report))


def test_no_program_says_what_will_be_here(client_of, executive, program):
    with transaction.atomic():
        Program.objects.update(state="draft", series=None)
        assert "No program yet" in client_of(executive).get("/board/").content.decode()
        report = report_kinds.build(About(ReportKind.BOARD), "en", now=NOW)
        assert report.sections[0].lead == "There is no program yet."
        transaction.set_rollback(True)


def test_without_a_wave_hidden_and_ended_each_says_so(client_of, program, executive, hr, units, monkeypatch):
    share(program, hr, leaders=30)
    page = client_of(executive).get("/board/").content.decode()
    assert "No results yet: its first wave is not released." in page
    share(program, hr, leaders=0)
    hidden = {"shown": False, "why": "hidden for privacy", "index": 71}
    course = places.course

    def all_hidden(*asked: Any) -> Any:
        found = course(*asked)
        for _wave, row in found:
            row.cells = {**row.cells, **dict.fromkeys(("want", "know", "can", "served"), hidden)}
        return found

    with monkeypatch.context() as patched:
        patched.setattr(places, "course", all_hidden)
        page = client_of(executive).get("/board/").content.decode()
        assert page.count("hidden-cell") == 3 and ">71<" not in page
        assert lines(program)[0].headline is None
        report = report_kinds.build(About(ReportKind.BOARD), "en", now=NOW)
        assert not [fact for fact in report.facts if fact.value == 71]
    bare = another(hr, units, "Ended early")
    states.finish(by=hr, program=bare, reason="Over", today=TODAY)
    furnish(bare, hr)
    line = next(one for one in lines() if one.program == bare)
    assert line.ended and line.asks == []
    assert ">ended<" in client_of(executive).get("/board/").content.decode()


def test_managers_and_employees_may_not(client_of, program, manager, employee, executive):
    for path in ("", "report/", "report/pdf/", "publish/"):
        for reader in (manager, employee):
            assert client_of(reader).get(f"/board/{path}").status_code == 403
    assert client_of(executive).get("/board/publish/").status_code == 403
    assert client_of(executive).get("/board/report/exe/").status_code == 404
    assert client_of(None).get("/board/").status_code == 302


# -- what needs the board --------------------------------------------------------------------------------------------


def test_what_needs_the_board_is_said_by_rule(program, hr, units):
    share(program, hr, leaders=0)
    told = {one.key for one in lines(program)[0].asks}
    assert "aimless" in told and "unmeasured" not in told
    furnish(program, hr)
    bare = another(hr, units, "Unmeasured")
    furnish(bare, hr)
    states.pause(by=hr, program=bare, reason="Wait", today=TODAY)
    first, second = lines(program, bare)
    assert {"late", "duty"} <= {one.key for one in first.asks} and "aimless" not in {one.key for one in first.asks}
    assert {"late", "duty", "paused", "unmeasured"} == {one.key for one in second.asks}
    found = board.ordered([first, second], "asks")
    assert found[0] is second
    assert board_words.top(found, "en").startswith("Programs that need the board: 2 of 2. First: Unmeasured.")


def test_a_dimension_that_stands_still_needs_the_board(program, hr):
    line = lines(program)[0]
    still = Score(30, last=Change(0, False, "no clear change"))
    point = {"want": Score(70), "know": Score(70), "can": still}
    line.__dict__["points"] = [point, point, point]
    line.place.__dict__["_course"] = []
    line.place.__dict__["top"] = type("Row", (), {"cells": {"can": {"shown": True, "index": 30}}})()
    for moved in (None, Change(0, False, "too few to tell", few=True)):
        unclear = {**point, "can": Score(30, last=moved)}
        line.__dict__["points"] = [point, point, unclear]
        assert "still" not in {one.key for one in board._asks(line, [])}, "nobody knows whether it stands still"
    line.__dict__["points"] = [point, point, point]
    asked = next(one for one in board._asks(line, []) if one.key == "still")
    assert board_words.ask(asked, "en") == "Can is furthest behind and has not clearly moved for 3 waves."
    assert len({board_words.ask(asked, language) for language in LANGUAGES}) == 5


def test_nothing_to_do_and_nothing_left_are_said_too(program, hr):
    share(program, hr, leaders=0)
    line = lines(program)[0]
    line.asks = []
    assert board_words.top([line], "en") == "Nothing in the program needs the board today."
    other = lines(program)[0]
    other.asks = []
    assert board_words.top([line, other], "fr") == "Aucun des 2 programmes ne demande la direction aujourd’hui."
    line.program.state = other.program.state = Program.State.FINISHED
    assert board_words.top([line, other], "en") == "Nothing runs: every program has ended."


# -- the page --------------------------------------------------------------------------------------------------------


def test_so_many_queries_for_one_program_as_for_three_and_forty(client_of, program, executive, hr):
    share(program, hr, leaders=0)
    furnish(program, hr)
    browser = client_of(executive)
    browser.get("/board/")
    counts = {}
    for until in (1, 3, 40):
        crowd(hr, program, until)
        with CaptureQueriesContext(connection) as caught:
            answer = browser.get("/board/")
        assert answer.status_code == 200 and len(answer.context["rows"]) == until
        counts[until] = len(caught)
    assert len(set(counts.values())) == 1 and counts[1] <= 32, counts
    assert AuditEntry.objects.filter(verb="scorecard.read", detail__board=True).count() == 1 + 1 + 3 + 40


@pytest.mark.parametrize("sort", [*board.SORTS, "nonsense", ""])
def test_it_can_be_put_in_order(client_of, program, executive, hr, units, sort):
    share(program, hr, leaders=0)
    another(hr, units, "Ärmel hoch")
    another(hr, units, "Zuletzt")
    answer = client_of(executive).get("/board/", {"sort": sort})
    names = [row["program"].name for row in answer.context["rows"]]
    assert len(names) == 3
    if sort in ("want", "know", "can"):
        assert names[0] == program.name  # the ones without a score come last
    if sort == "name":
        assert names[0] == program.name and names[1:] == ["Zuletzt", "Ärmel hoch"]


def test_the_api_tells_what_the_page_tells(client_of, program, executive, hr, manager):
    share(program, hr, leaders=0)
    furnish(program, hr)
    body = client_of(executive).get("/api/v1/board/").json()
    line = lines(program)[0]
    assert [row["program"] for row in body] == [program.pk]
    assert body[0]["headline"] == str(line.headline) and body[0]["decisions"] == len(line.needs)
    assert body[0]["scores"]["want"]["told"] == line.cards[0].score.told  # type: ignore[union-attr]
    assert client_of(manager).get("/api/v1/board/").status_code == 403


# -- as a report -----------------------------------------------------------------------------------------------------


def test_the_report_tells_each_program_in_five_languages_and_names_nobody(program, hr, executive):
    share(program, hr, leaders=0)
    furnish(program, hr)
    titles = set()
    for language in LANGUAGES:
        report = report_kinds.build(About(ReportKind.BOARD), language, now=NOW)
        titles.add(report.sections[0].lead)
        words = list(every_text(report))
        assert not [text for text in words if "{" in text or text.startswith(("b:", "ask:"))]
        assert hr.family_name not in " ".join(words) and executive.family_name not in " ".join(words)
        assert [one.key for one in report.sections] == ["board", f"program-{program.pk}"]
        cells = [fact.cell for fact in report.facts if fact.value is not None]
        assert any(cell.startswith("wave:") for cell in cells) and all(cells)
    assert len(titles) == 5


def test_each_file_is_made_also_of_forty_programs(client_of, program, executive, hr):
    share(program, hr, leaders=0)
    furnish(program, hr)
    crowd(hr, program, 40)
    for kind, start in (("pdf", b"%PDF"), ("pptx", b"PK"), ("xlsx", b"PK")):
        answer = client_of(executive).get(f"/board/report/{kind}/")
        assert answer.status_code == 200 and answer.content.startswith(start)
    assert client_of(executive).get("/board/report/?language=it").status_code == 200


def test_it_is_published_of_no_single_program_and_corrected_as_what_it_is(
    client_of, program, hr, executive, monkeypatch
):
    share(program, hr, leaders=0)

    def make(report: Any, kind: str, **_more: Any) -> bytes:
        report.problems = ["glyphs: x"] if kind == "pdf" else report.problems
        return f"{kind} {report.number} {report.language}".encode()

    monkeypatch.setattr(publishing, "rendered", make)
    assert client_of(hr).post("/board/publish/", {"languages": []}).status_code == 200
    assert client_of(hr).post("/board/publish/", {"languages": ["en"], "paper": "a4"}).status_code == 302
    again = client_of(hr).post("/board/publish/", {"languages": ["en"], "paper": "a4"})
    assert "This report is being made already" in again.content.decode()
    assert "Several programs" in client_of(hr).get("/reports/").content.decode()
    assert publishing.make_due(now=timezone.now()) == 1
    row = PublishedReport.objects.get()
    assert (row.kind, row.program_id, row.year, row.title) == ("board", None, None, "Board view")
    assert publishing.intact(row) and row.waves
    assert ReportProblem.objects.get().program is None
    assert "Several programs" in client_of(hr).get("/reports/").content.decode()
    assert list(report_problems.unsettled()) == [ReportProblem.objects.get()]
    assert client_of(executive).get(f"/reports/{row.number}/").status_code == 200
    assert f"/reports/{row.number}/" in client_of(executive).get("/board/").content.decode()
    answer = client_of(hr).post(
        f"/reports/{row.number}/correct/", {"languages": ["en"], "paper": "a4", "why": "A wrong name"}
    )
    assert answer.status_code == 302 and publishing.make_due(now=timezone.now()) == 1
    assert PublishedReport.objects.get(number=row.number + 1).kind == "board"
    with pytest.raises(DatabaseError), transaction.atomic():
        PublishedReport.objects.filter(pk=row.pk).update(kind="program")


def test_a_report_that_fits_no_kind_is_refused_by_the_database(program, hr):
    given = {"title": "t", "place": "", "audience": "leaders", "as_of": TODAY, "by": hr, "at": NOW, "sha256": "x" * 64}
    bad: list[dict[str, Any]] = [
        {"kind": "board", "program": program}, {"kind": "year", "program": program}, {"kind": "program"},
        {"kind": "year", "year": 2026}, {"kind": "other", "program": program},
    ]  # fmt: skip
    for n, one in enumerate(bad, start=900):
        with pytest.raises(DatabaseError), transaction.atomic():
            PublishedReport.objects.create(number=n, **given, **one)


def test_reports_published_before_there_were_kinds_keep_their_fingerprint(program, hr, monkeypatch):
    share(program, hr, leaders=0)
    monkeypatch.setattr(publishing, "rendered", lambda report, kind, **more: b"x")
    row = publishing.publish(by=hr, program=program, unit=None, languages=["en"], now=NOW)
    assert "kind" not in publishing._said(row) and publishing.intact(row)
    assert dt.date.fromisoformat(str(row.as_of)) == TODAY
