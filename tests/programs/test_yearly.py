"""The yearly review: what was promised at launch against what came, as it was frozen; comments; published for good."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.access.models import AuditEntry
from programs.planning import milestones, programs, stage_exits, states
from programs.planning.milestones import Aim
from programs.planning.models import Program, Stage
from programs.planning.plan_models import Duty, Milestone
from programs.planning.programs import StageRow
from programs.reports import board_words, publishing, report_access, report_kinds, yearly, yearly_plans
from programs.reports.reading_models import DayReading
from programs.reports.report_kinds import About
from programs.reports.report_model import Report, every_text, from_json
from programs.reports.report_models import PublishedReport, ReportKind
from programs.reports.yearly_models import KeptPlan, YearComment
from surveys.waves.models import Wave
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import DAY, share

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")


def review(program: Program, year: int | None = None, language: str = "en") -> Report:
    return report_kinds.build(About(ReportKind.YEAR, program, None, year or TODAY.year), language, now=NOW)


def part(report: Report, key: str) -> Any:
    return next(one for one in report.sections if one.key == key)


def table(report: Report, key: str) -> list[tuple[Any, ...]]:
    return list(part(report, key).tables[-1].rows)


def since(program: Program, day: dt.date) -> Program:
    """As if it had been launched on ``day``."""
    Program.objects.filter(pk=program.pk).update(launched_on=day)
    return Program.objects.select_related("series").get(pk=program.pk)


def aim(program: Program, by: Any, title: str, due_on: dt.date, **more: Any) -> Milestone:
    given = Aim(title, due_on, by, "planning.begun", Decimal(80), "results.know", Decimal(60), **more)
    return milestones.save(by=by, program=program, aim=given)


def amend(program: Program, by: Any, reason: str, **changed: Any) -> None:
    stages: list[StageRow] = [(s.kind, s.starts_on, s.ends_on, s.goal, s.exit_criteria) for s in program.stages.all()]
    given = {
        "name": program.name, "charter": program.charter, "starts_on": program.starts_on, "ends_on": program.ends_on,
        "stages": stages, "cohorts": states.plans_of(program), "series": program.series,
    }  # fmt: skip
    programs.change(by=by, program=program, today=TODAY, reason=reason, **{**given, **changed})


# -- by rule ---------------------------------------------------------------------------------------------------------

D = dt.date


@pytest.mark.parametrize(
    "first, due_on, reached_on, told",
    [
        (D(2026, 3, 1), D(2026, 3, 1), D(2026, 3, 1), "on_time"),
        (D(2026, 3, 1), D(2026, 3, 1), D(2026, 3, 2), "late"),
        (D(2026, 3, 1), D(2026, 6, 1), D(2026, 5, 1), "moved"),
        (D(2026, 3, 1), D(2026, 3, 1), None, "missed"),
        (D(2026, 3, 1), D(2027, 3, 1), None, "put_off"),
        (D(2027, 3, 1), D(2027, 3, 1), None, "open"),
        (D(2026, 3, 1), D(2026, 3, 1), D(2027, 1, 2), "missed"),
    ],
)
def test_a_milestone_is_held_against_the_day_first_promised(first, due_on, reached_on, told):
    by = D(2026, 12, 31)
    assert yearly_plans.outcome(first=first, due_on=due_on, reached_on=reached_on, by=by, over=True) == told


days = st.dates(D(2025, 1, 1), D(2028, 1, 1))


@settings(max_examples=80, deadline=None)
@given(days, days, st.none() | days, days, st.booleans())
def test_putting_a_milestone_off_never_makes_it_punctual(first, later, reached_on, by, over):
    told = yearly_plans.outcome(first=first, due_on=later, reached_on=reached_on, by=by, over=over)
    if told == "on_time":
        assert reached_on is not None and reached_on <= first and reached_on <= by
    if reached_on is None or reached_on > by:
        assert told in ("missed", "put_off", "open")
        last = by if over else by - DAY
        assert (told == "open") is (first > last and later > last)


# -- what was promised -----------------------------------------------------------------------------------------------


def test_the_launch_is_told_from_the_amendments_where_no_plan_was_kept(program, hr):
    program = since(program, TODAY - 90 * DAY)
    before = {one.kind: one for one in program.stages.all()}
    Stage.objects.filter(program=program, kind="culture").update(goal="At launch nobody said so")
    charter = program.charter
    stages = [(s.kind, s.starts_on, s.ends_on, "Said later", s.exit_criteria) for s in program.stages.all()]
    amend(
        program, hr, "We know more by now", charter="Another charter", ends_on=program.ends_on + 10 * DAY, stages=stages
    )
    amend(Program.objects.get(pk=program.pk), hr, "And once more", charter="A third one")
    found = yearly_plans.launched(Program.objects.get(pk=program.pk))
    assert not found.kept and found.charter == charter and found.ends_on == program.ends_on
    promised = {one.kind: one for one in found.stages}
    assert promised["culture"].goal == "At launch nobody said so" and promised["information"].goal == ""
    assert promised["culture"].starts_on == before["culture"].starts_on
    report = review(Program.objects.get(pk=program.pk))
    assert "The plan was not kept on the day of the launch" in " ".join(part(report, "promised").notes)
    rows = table(report, "amended")
    assert {row[4] for row in rows} == {"We know more by now", "And once more"}
    assert any(row[1] == "Charter" and row[2] == "Another charter" and row[3] == "A third one" for row in rows)


def test_the_plan_kept_at_launch_is_told_whatever_became_of_it(program, hr):
    program = since(program, TODAY)
    row = aim(program, hr, "Everybody knows", TODAY + 5 * DAY)
    assert yearly_plans.keep(today=TODAY) == 2 and yearly_plans.keep(today=TODAY) == 0
    Program.objects.filter(pk=program.pk).update(charter="Rewritten behind its back")
    Milestone.objects.filter(pk=row.pk).update(due_on=TODAY + 50 * DAY, leading_target=Decimal(10))
    found = yearly_plans.launched(Program.objects.get(pk=program.pk))
    assert found.kept and found.charter == "C"
    told = yearly_plans.aims(program, found, first=TODAY, by=TODAY + 20 * DAY, over=False)
    assert [(one.first, one.only_today, one.outcome) for one in told] == [(TODAY + 5 * DAY, False, "put_off")]
    assert told[0].promised is not None and told[0].promised["leading_target"] == "80.0"
    with pytest.raises(DatabaseError), transaction.atomic():
        KeptPlan.objects.update(plan={})


def test_the_tick_keeps_each_launched_program_once_a_year_and_no_draft(program, hr):
    draft = Program.objects.create(name="Draft", starts_on=TODAY, ends_on=TODAY + 300 * DAY)
    yearly_plans.keep(today=TODAY)
    yearly_plans.keep(today=D(TODAY.year + 1, 1, 1))
    assert not KeptPlan.objects.filter(program=draft).exists()
    assert sorted(str(one.year) for one in KeptPlan.objects.all()) == [str(TODAY.year), str(TODAY.year + 1), "None"]


def test_a_milestone_moved_before_any_plan_was_kept_is_told_from_the_record(program, hr):
    program = since(program, TODAY - 90 * DAY)
    row = aim(program, hr, "Everybody knows", TODAY + 3 * DAY)
    given = Aim("Everybody knows", TODAY + 30 * DAY, hr, "planning.begun", Decimal(80), "results.know", Decimal(60))
    milestones.save(by=hr, program=program, aim=given, milestone=row)
    gone = aim(program, hr, "Thought better of", TODAY + 9 * DAY)
    milestones.remove(by=hr, row=gone)
    found = yearly.of(program, TODAY.year, TODAY)
    told = yearly_plans.aims(program, found.plan, first=found.first, by=TODAY + 4 * DAY, over=False)
    assert [(one.first, one.only_today, one.outcome) for one in told] == [(TODAY + 3 * DAY, False, "put_off")]
    if TODAY.month < 12:
        assert found.removed == 1
        assert "Milestones taken off the plan in the year: 1." in part(review(program), "milestones").paragraphs
    bare = Milestone.objects.create(
        program=program, title="Nobody recorded it", due_on=TODAY, owner=hr, leading="planning.begun",
        leading_target=50, lagging="results.can", lagging_target=50,
    )  # fmt: skip
    marked = {row[0]: row[1] for row in table(review(program), "milestones")}
    assert marked[bare.title].endswith("*")


# -- what came -------------------------------------------------------------------------------------------------------


def test_a_year_tells_only_what_was_frozen_by_its_end(program, hr):
    share(program, hr, leaders=0)
    program = since(program, D(TODAY.year - 1, 3, 1))
    key = "planning.begun"
    last = D(TODAY.year - 1, 12, 30)
    for day, value in ((D(TODAY.year - 1, 4, 1), 40.0), (last, 55.0), (D(TODAY.year, 1, 2), 99.0)):
        DayReading.objects.create(program=program, key=key, on=day, value=value, words="w")
    found = review(program, TODAY.year - 1)
    row = next(row for row in table(found, "counted") if row[0] == "People who have begun")
    assert "40" in row[1] and "55" in row[2] and "99" not in str(row)
    assert "No wave was released by the end" in part(found, "survey").lead
    assert found.waves == [] and found.as_of == D(TODAY.year - 1, 12, 31)
    assert not part(found, "year").paragraphs  # the year is over
    assert "counted it today" not in str(list(every_text(found)))


def test_want_know_and_can_are_the_released_words_and_a_wave_not_shared_is_not_told(program, hr):
    share(program, hr, leaders=0)
    found = review(program)
    wave = Wave.objects.get(series=program.series_id, number=1)
    rows = table(found, "survey")
    assert [row[0] for row in rows] == ["1"] and found.waves == [wave.pk]
    place = yearly.of(program, TODAY.year, TODAY).place
    shown = place.course[-1].scores
    assert [row[2:] for row in rows] == [tuple(shown[name].told for name in ("want", "know", "can"))]
    for fact in part(found, "survey").facts:
        assert fact.cell.startswith(f"wave:{wave.pk} release:")
    share(program, hr, leaders=40)
    assert review(program).waves == [] and not part(review(program), "survey").tables


def test_a_stage_signed_late_and_one_nobody_signed_are_told_apart(program, hr):
    program = since(program, TODAY - 100 * DAY)
    first, second, *_rest = program.stages.all()
    Stage.objects.filter(pk=first.pk).update(ends_on=first.starts_on + 10 * DAY, exit_criteria="One\nTwo")
    stage_exits.close(by=hr, program=program, kind=first.kind, met=[0], note="Enough", on=TODAY, today=TODAY)
    Stage.objects.filter(pk=second.pk).update(starts_on=first.starts_on + 11 * DAY, ends_on=TODAY - DAY)
    rows = {row[0]: row[4] for row in table(review(Program.objects.get(pk=program.pk)), "stages")}
    assert "1 of 2 criteria met" in rows["information"] and rows["attitude"] == "past its day, not signed off"
    assert rows["culture"] == "to come"


def test_the_sentence_on_top_says_so_by_rule_in_five_languages(program, hr):
    share(program, hr, leaders=0)
    program = since(program, TODAY)
    Milestone.objects.create(
        program=program, title="M", due_on=TODAY, owner=hr, leading="planning.begun", leading_target=50,
        lagging="results.can", lagging_target=50, reached_on=TODAY, readings={"leading": {}, "lagging": {}},
    )  # fmt: skip
    leads = {language: part(review(program, language=language), "year").lead for language in LANGUAGES}
    told = f"Milestones due in {TODAY.year}: 1; reached: 1; by the day first promised: 1. Its first wave set the"
    assert leads["en"].startswith(told)
    assert len(set(leads.values())) == 5
    for language in LANGUAGES:
        report = review(program, language=language)
        assert not [text for text in every_text(report) if "{" in text or text.startswith("y:")]


def test_a_year_in_which_no_milestone_was_reached_counts_none_in_time(program, hr):
    program = since(program, TODAY - 60 * DAY)
    day = TODAY - 40 * DAY
    Milestone.objects.create(
        program=program, title="M", due_on=day, owner=hr, leading="planning.begun", leading_target=50,
        lagging="results.can", lagging_target=50,
    )  # fmt: skip
    leads = {language: part(review(program, day.year, language), "year").lead for language in LANGUAGES}
    assert leads["en"].startswith(f"Milestones due in {day.year}: 1; reached: none. ")
    assert len(set(leads.values())) == 5


def test_on_its_own_day_a_milestone_is_not_missed(program, hr):
    program = since(program, TODAY - 60 * DAY)
    row = Milestone.objects.create(
        program=program, title="Due today", due_on=TODAY, owner=hr, leading="planning.begun", leading_target=50,
        lagging="results.can", lagging_target=50,
    )  # fmt: skip
    report = review(program)
    assert [line[-1] for line in table(report, "milestones")] == ["not due yet"]
    assert f"No milestone was due in {TODAY.year}." in part(report, "year").lead
    Milestone.objects.filter(pk=row.pk).update(due_on=TODAY - DAY)
    assert [line[-1] for line in table(review(program), "milestones")] == ["not reached"]


def test_what_was_reached_after_the_year_is_no_fact_of_it(program, hr):
    year = TODAY.year - 1
    program = since(program, D(year, 2, 1))
    Milestone.objects.create(
        program=program, title="M", due_on=D(year, 11, 1), owner=hr, leading="planning.begun", leading_target=50,
        lagging="results.can", lagging_target=50, reached_on=D(TODAY.year, 1, 5),
        readings={"leading": {}, "lagging": {}},
    )  # fmt: skip
    found = part(review(program, year), "milestones")
    assert [fact.value for fact in found.facts] == [None]
    assert found.facts[0].note == f"not reached by the end of the year; reached on 5 January {TODAY.year}"


def test_it_says_on_which_day_it_was_published_and_of_which_its_figures_are(program):
    year = TODAY.year - 1
    program = since(program, D(year, 2, 1))
    about = About(ReportKind.YEAR, program, None, year)
    report = publishing._numbered(about, "en", NOW, 1, None, "")
    assert report.as_of == D(year, 12, 31)
    assert report.said.startswith(f"Published on {publishing.report_building.day(TODAY, 'en')}.")


def test_what_is_counted_and_amended_is_told_in_the_reports_language(program, hr):
    program = since(program, TODAY - 90 * DAY)
    words = "under 10 % of 120 people wrote a personal note in the last four full weeks"
    DayReading.objects.create(program=program, key="practices.people", on=TODAY - DAY, value=10, words=words)
    stages = [(s.kind, s.starts_on, s.ends_on, "Another goal", s.exit_criteria) for s in program.stages.all()]
    amend(program, hr, "Perché sì", stages=stages)
    report = review(program, language="it")
    [(label, begin, _end)] = table(report, "counted")
    assert label == "Persone che scrivono note personali" and begin.startswith("meno di 10 % (")
    assert [fact.value for fact in part(report, "counted").facts] == [None], "a bound is no value"
    assert "meno di 10 %" in part(report, "counted").facts[0].note
    assert {line[1].split(" ")[0] for line in table(report, "amended")} == {"Fase"}


def test_no_series_no_charter_no_milestone_still_makes_a_review(hr, program):
    bare = Program.objects.create(
        name="Bare",
        starts_on=TODAY - 10 * DAY,
        ends_on=TODAY + 300 * DAY,
        state="running",
        launched_on=TODAY - 10 * DAY,
    )
    report = review(bare, (TODAY - 10 * DAY).year)
    assert "Nothing was written on why it was begun." in part(report, "promised").paragraphs
    assert "No milestone was due" in part(report, "milestones").lead
    assert yearly.years(bare, TODAY - 20 * DAY) == []


# -- pages -----------------------------------------------------------------------------------------------------------


def test_executives_hr_and_leads_read_it_others_do_not(client_of, program, hr, executive, manager, employee):
    share(program, hr, leaders=0)
    url = f"/scorecard/{program.pk}/year/"
    assert client_of(executive).get(url)["Location"] == f"{url}{TODAY.year}/"
    for reader in (executive, hr):
        page = client_of(reader).get(f"{url}{TODAY.year}/")
        assert page.status_code == 200
        for heading in ("What was promised at launch", "Stages"):  # once, also above the section's only table
            assert page.content.decode().count(f">{heading}</h") == 1
    for reader in (manager, employee):
        for path in ("", f"{TODAY.year}/", f"{TODAY.year}/file/pdf/", f"{TODAY.year}/publish/"):
            assert client_of(reader).get(url + path).status_code == 403
    for path in (f"{TODAY.year - 9}/", f"{TODAY.year + 1}/", f"{TODAY.year}/file/exe/"):
        assert client_of(hr).get(url + path).status_code == 404
    assert client_of(executive).get(f"{url}{TODAY.year}/publish/").status_code == 403
    draft = Program.objects.create(name="Draft", starts_on=TODAY, ends_on=TODAY + DAY)
    assert client_of(hr).get(f"/scorecard/{draft.pk}/year/").status_code == 404


def test_a_program_to_be_launched_says_what_will_be_here(client_of, executive, program):
    later = since(program, TODAY + 9 * DAY)
    assert "has not begun" in client_of(executive).get(f"/scorecard/{later.pk}/year/").content.decode()


def test_each_file_is_made_from_the_page(client_of, executive, program, hr):
    share(program, hr, leaders=0)
    for kind, start in (("pdf", b"%PDF"), ("pptx", b"PK"), ("xlsx", b"PK")):
        answer = client_of(executive).get(f"/scorecard/{program.pk}/year/{TODAY.year}/file/{kind}/?language=zh-hans")
        assert answer.status_code == 200 and answer.content.startswith(start)


# -- comments --------------------------------------------------------------------------------------------------------


def test_a_sponsor_signs_for_good_and_others_cannot(client_of, program, hr, executive, manager):
    url = f"/scorecard/{program.pk}/year/{TODAY.year}/comment/"
    assert client_of(hr).post(url, {"text": "I run it, I do not sponsor it"}).status_code == 403
    assert client_of(manager).post(url, {"text": "x"}).status_code == 403
    empty = client_of(executive).post(url, {"text": "   "})
    assert empty.status_code == 422 and not YearComment.objects.exists()
    assert client_of(executive).post(url, {"text": "We owe them\nleave to decide."}).status_code == 302
    Duty.objects.create(program=program, what="Opens it", sponsor=executive, due_on=TODAY)
    assert client_of(executive).post(url, {"text": "A further word"}).status_code == 302
    found = YearComment.objects.order_by("pk")
    assert [(one.role, one.by_id) for one in found] == [("executive", executive.pk), ("sponsor", executive.pk)]
    page = client_of(hr).get(f"/scorecard/{program.pk}/year/{TODAY.year}/").content.decode()
    assert "leave to decide." in page and executive.name in page
    for change in (lambda: found.update(text="x"), lambda: found.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AuditEntry.objects.filter(verb="year.commented").count() == 2
    with pytest.raises(ValidationError):
        yearly.comment(by=executive, program=program, year=TODAY.year - 30, text="x", now=NOW)
    with pytest.raises(PermissionError):
        yearly.comment(by=hr, program=program, year=TODAY.year, text="x", now=NOW)


# -- published -------------------------------------------------------------------------------------------------------


def test_a_review_of_last_year_says_the_day_on_which_it_was_published(program, hr, monkeypatch):
    monkeypatch.setattr(publishing, "rendered", lambda report, kind, **_more: b"x")
    last = TODAY.year - 1
    since(program, dt.date(last, 2, 1))
    row = publishing.publish(by=hr, program=program, unit=None, languages=["en"], now=NOW, kind="year", year=last)
    kept = from_json(publishing.content(row.files.get(format="json")))
    assert row.as_of == kept.as_of == dt.date(last, 12, 31)
    assert kept.said.startswith(f"Published on {board_words.on(TODAY, 'en')}.")


def test_a_published_review_names_no_person_and_stays_what_it_was(client_of, program, hr, executive, monkeypatch):
    share(program, hr, leaders=0)
    yearly.comment(by=executive, program=program, year=TODAY.year, text="We owe them leave.", now=NOW)
    aim(program, hr, "Everybody knows", TODAY + 3 * DAY)

    def make(report: Any, kind: str, **_more: Any) -> bytes:
        return f"{kind} {report.number} {report.language} {report.subtitle}".encode()

    monkeypatch.setattr(publishing, "rendered", make)
    answer = client_of(hr).post(
        f"/scorecard/{program.pk}/year/{TODAY.year}/publish/", {"languages": ["en"], "paper": "a4"}
    )
    assert answer.status_code == 302
    assert publishing.make_due(now=timezone.now()) == 1
    row = PublishedReport.objects.get()
    assert (row.kind, row.year, row.program_id, row.place) == (
        "year",
        TODAY.year,
        program.pk,
        f"Yearly review {TODAY.year}",
    )
    assert publishing.intact(row)
    kept = from_json(publishing.content(row.files.get(format="json")))
    words = " ".join(every_text(kept))
    assert "We owe them leave." in words and "An executive" in words
    for person in (hr, executive):
        assert person.family_name not in words
    yearly.comment(by=executive, program=program, year=TODAY.year, text="Said afterwards", now=NOW)
    page = client_of(executive).get(f"/reports/{row.number}/").content.decode()
    assert "We owe them leave." in page and "Said afterwards" not in page
    listed = client_of(executive).get("/reports/").content.decode()
    assert f"Yearly review {TODAY.year}" in listed
    # A correction is of the same kind and year.
    order = publishing.order(
        by=hr, program=program, unit=None, languages=["en"], paper="a4", now=NOW, corrects=row, why="A day was wrong"
    )
    assert (order.kind, order.year) == ("year", TODAY.year)
    share(program, hr, leaders=40)
    assert not report_access.readable(executive).exists() and report_access.readable(hr).exists()
