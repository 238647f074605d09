"""Published reports: never changed, numbered, sealed; who may read which; ordered, claimed, made once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from programs.planning.models import Program
from programs.reports import publishing, report_access, report_building, report_problems, scorecard
from programs.reports.report_model import digest, from_json
from programs.reports.report_models import PublishedReport, ReportFile, ReportOrder, ReportProblem, SlideTemplate
from programs.reports.report_sections import section
from surveys.results import places, queries
from surveys.results.models import CellGroup
from surveys.waves.models import Wave
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import DAY, program_of, share

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def quick(monkeypatch):
    """Files that take no time; the model is the real one."""

    def make(report: Any, kind: str, **_more: Any) -> bytes:
        return f"{kind} {report.number} {report.language} {report.title}".encode()

    monkeypatch.setattr(publishing, "rendered", make)


def publish(program, by=None, unit=None, languages=("en",), now=NOW, **more) -> PublishedReport:
    return publishing.publish(by=by, program=program, unit=unit, languages=languages, now=now, **more)


# -- what it says ----------------------------------------------------------------------------------------------------


def test_every_number_is_a_released_cell_and_nothing_hidden_is_told(program):
    """Each fact of the survey is looked up in the cell it names; what has no shown cell is told as hidden."""
    report = report_building.build(program, None, "en", now=NOW)
    assert not report.problems
    told = [fact for fact in report.facts if fact.cell.startswith("wave:")]
    assert len([fact for fact in told if fact.value is not None]) > 30
    for fact in told:
        parts = dict(part.split(":", 1) for part in fact.cell.split() if ":" in part and not part.startswith("barrier"))
        key = fact.cell.rsplit(" ", 1)[1]
        group = CellGroup.objects.shown().filter(family="tree", release__wave=parts["wave"])
        group = group.get(parent=None) if parts["tree"] == "top" else group.get(unit=parts["tree"])
        cell = group.cells[key.split(":")[0]]
        assert cell["shown"], fact
        expected = cell["shares"].get(key.split(":")[1], 0) if key.startswith("barrier") else cell["index"]
        assert fact.value == expected and (fact.low, fact.high) in [(cell.get("low"), cell.get("high")), (None, None)]
    for fact in report.facts:
        assert fact.value is not None or fact.note, "no number without a cell, no gap without a word"
    small = [row for row in report.facts if row.section == "look" and "Branch C" in row.group and "+" not in row.group]
    assert all(fact.value is None for fact in small)


def test_tables_tell_no_number_that_is_no_fact(program):
    report = report_building.build(program, None, "en", now=NOW)
    for part in report.sections:
        known = {round(fact.value) for fact in part.facts if fact.value is not None}
        for table in part.tables:
            for row in table.rows:
                for column, value in zip(table.columns, row, strict=True):
                    if column.kind == "heat" and isinstance(value, int):
                        assert value in known, (part.key, column.key, value)


def test_the_report_says_what_the_scorecard_says(program):
    card = scorecard.build(program, now=NOW)
    report = report_building.build(program, None, "en", now=NOW)
    assert report.sections[0].lead == (str(card.headline) if card.headline else "")
    assert report.frozen_on == card.frozen_on and str(card.wave.number) in report.facts_line
    chart = next((chart for chart in report.sections[0].charts), None)
    assert chart is None, "one wave draws no line"


def test_waves_that_are_not_shared_yet_are_not_in_it(program, hr, units):
    share(program, hr, leaders=0, managers=5)
    assert report_building.build(program, None, "en", now=NOW).waves
    part = report_building.build(program, units["Retail"], "en", now=NOW)
    assert part.waves == [] and "no survey results" in part.sections[0].lead
    share(program, hr, leaders=3)
    assert report_building.build(program, None, "en", now=NOW).waves == []


def test_a_unit_is_told_of_itself_and_below(program, units):
    report = report_building.build(program, units["Branch B"], "en", now=NOW)
    names = {fact.group for fact in report.facts if fact.unit}
    assert names and not any("Branch A" in name and "Branch B" not in name for name in names)
    assert "Meridian" not in names


@pytest.mark.parametrize("charter", ["", "# Why\n\n- We serve."])
def test_without_wave_and_charter_the_report_says_so(hr, units, charter, quick):
    program = program_of(hr, units, None, charter=charter, name="New")
    for language in ("en", "zh-hans"):
        report = report_building.build(program, None, language, now=NOW)
        assert [part.key for part in report.sections][:2] == ["stand", "why"] and not report.problems
    assert (
        "No reason was written" in report_building.build(program, None, "en", now=NOW).sections[1].paragraphs[0]
    ) == (not charter)
    assert publish(program).number == 1


def test_all_hidden(program, monkeypatch):
    rows = queries.tree_rows

    course = places.course

    def hide(row: Any) -> None:
        row.cells = {key: {"shown": False, "why": "hidden for privacy"} for key in row.cells}

    def hidden(wave: Wave, ids: Any) -> list[Any]:
        found = rows(wave, ids)
        for row in found:
            hide(row)
        return found

    def bare(waves: Any, unit: int | None) -> list[Any]:
        found = course(waves, unit)
        for _wave, row in found:
            hide(row)
        return found

    monkeypatch.setattr(queries, "tree_rows", hidden)
    monkeypatch.setattr(places, "course", bare)
    report = report_building.build(program, None, "fr", now=NOW)
    assert "masqués" in report.sections[0].lead and not report.problems
    survey = [fact for fact in report.facts if not fact.cell.startswith("program:")]
    assert survey and all(fact.value is None for fact in survey)


def test_a_section_that_fails_is_named_and_the_rest_goes_out(program, hr, quick, monkeypatch):
    from programs.reports import report_sections

    monkeypatch.setattr(report_sections, "_made", dict(report_sections._made))

    @section("wrong", 12)
    def wrong(scope: Any) -> None:
        Program.objects.filter(pk="no number").exists()

    row = publish(program, by=hr)
    report = publishing.shown(row, "en")
    assert "could not be made" in next(part.lead for part in report.sections if part.key == "wrong")
    assert len(report.sections) > 8 and row.problems == ["wrong: ValueError"]
    assert ReportProblem.objects.get().kind == "part"


# -- immutable -------------------------------------------------------------------------------------------------------


def test_published_for_good(program, hr):
    """Real files; three years later byte for byte the same, and neither the ORM nor SQL changes them."""
    row = publish(program, by=hr, languages=("en", "it"))
    kept = {(file.language, file.format): bytes(file.content) for file in row.files.all()}
    assert {kind for _code, kind in kept} == {"json", "pdf", "pptx", "xlsx"} and len(kept) == 8
    assert row.number == 1 and row.by == hr and row.cells and row.waves and publishing.intact(row)
    assert from_json(kept["it", "json"]).number == 1
    assert b"Hanna" not in b"".join(content for (_c, kind), content in kept.items() if kind in ("json", "xlsx"))
    program.name = "Another name"
    program.save()
    again = PublishedReport.objects.get(number=1)
    later = {(file.language, file.format): publishing.content(file) for file in again.files.all()}
    assert later == kept and publishing.intact(again)
    assert AuditEntry.objects.get(verb="report.published").detail["sha256"] == row.sha256
    for act in (
        lambda: PublishedReport.objects.filter(pk=row.pk).update(title="x"),
        lambda: ReportFile.objects.filter(report=row).update(size=F("size")),
        lambda: ReportFile.objects.filter(report=row)._raw_delete("default"),
        lambda: _sql("TRUNCATE programs_reportfile"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def _sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(text)


def test_what_was_changed_behind_our_back_is_noticed(program, hr, executive, quick, client_of):
    row = publish(program, by=hr)
    _sql("ALTER TABLE programs_reportfile DISABLE TRIGGER append_only_row")
    ReportFile.objects.filter(report=row, format="pdf").update(content=b"%PDF forged")
    _sql("ALTER TABLE programs_reportfile ENABLE TRIGGER append_only_row")
    assert not publishing.intact(row)
    client = client_of(executive)
    assert client.get("/reports/1/en/pdf/").status_code == 500
    assert "no longer have the fingerprint" in client.get("/reports/1/").content.decode()
    _sql("ALTER TABLE programs_reportfile DISABLE TRIGGER append_only_row")
    file = row.files.get(format="pdf")
    ReportFile.objects.filter(pk=file.pk).update(sha256=digest(b"%PDF forged"))
    assert not publishing.intact(row), "nor with a fingerprint to go with it"


def test_numbers_have_no_gaps(program, hr, quick):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish(program, by=hr)
        1 / 0  # noqa: B018
    assert [publish(program, by=hr).number for _ in range(2)] == [1, 2]


def test_a_correction_is_a_new_report_that_names_the_old(program, hr, executive, client_of, quick):
    publish(program, by=hr)
    client = client_of(hr)
    page = client.post("/reports/1/correct/", {"why": "", "languages": ["en"], "paper": "a4"})
    assert page.status_code == 200 and not ReportOrder.objects.exists()
    answer = client.post("/reports/1/correct/", {"why": "Wave 1 was\ncorrected", "languages": ["en"], "paper": "a4"})
    assert answer.status_code == 302 and publishing.make_due(now=timezone.now()) == 1
    new = PublishedReport.objects.get(number=2)
    assert new.corrects.number == 1 and new.why == "Wave 1 was corrected"
    assert "corrects no. 1: Wave 1 was corrected" in client.get("/reports/2/").content.decode()
    old = client_of(executive).get("/reports/1/").content.decode()
    assert "was corrected by" in old and "/reports/2/" in old
    again = client.post("/reports/1/correct/", {"why": "Once more", "languages": ["en"], "paper": "a4"})
    assert "corrected by no. 2 already" in again.content.decode()


# -- access ----------------------------------------------------------------------------------------------------------


def test_who_may_read_which(program, hr, executive, manager, employee, stranger, units, client_of, quick):
    """Whole: executives and HR. Branch A: its manager, too. Nobody else; and nothing in the list that is not open."""
    for unit in (None, units["Branch A"], units["Branch B"]):
        publish(program, by=hr, unit=unit)
    expected = {hr: [1, 2, 3], executive: [1, 2, 3], manager: [2]}
    for who, numbers in expected.items():
        client = client_of(who)
        listed = client.get("/reports/").content.decode()
        assert sorted({int(n) for n in re.findall(r'href="/reports/(\d+)/"', listed)}) == numbers
        for number in (1, 2, 3):
            status = 200 if number in numbers else 404
            for page in (f"/reports/{number}/", f"/reports/{number}/en/xlsx/"):
                assert client.get(page).status_code == status, (who, page)
    for who in (employee, stranger):
        assert client_of(who).get("/reports/").status_code == client_of(who).get("/reports/2/").status_code == 403
    assert client_of(None).get("/reports/").status_code == 302
    assert client_of(manager).get("/reports/publish/").status_code == 403
    assert client_of(executive).get("/reports/publish/").status_code == 403


def test_a_wave_that_is_taken_back_closes_its_reports_to_all_but_hr(program, hr, executive, manager, units, quick):
    publish(program, by=hr)
    publish(program, by=hr, unit=units["Branch A"])
    assert report_access.readable(executive).count() == 2 and report_access.readable(manager).count() == 1
    share(program, hr)
    assert report_access.readable(executive).count() == report_access.readable(manager).count() == 0
    assert report_access.readable(hr).count() == 2
    share(program, hr, leaders=0)
    assert report_access.readable(executive).count() == 2 and report_access.readable(manager).count() == 0


def test_a_role_held_elsewhere_does_not_open_what_was_taken_back_from_managers(program, hr, manager, units, quick):
    publish(program, by=hr, unit=units["Branch A"])
    publish(program, by=hr, unit=units["Branch B"])
    Grant.objects.create(employee=manager, role=Role.EXECUTIVE, unit=units["Branch B"])
    mine = type(manager).objects.get(pk=manager.pk)
    assert set(report_access.readable(mine).values_list("unit__name", flat=True)) == {"Branch A", "Branch B"}
    share(program, hr, leaders=0)
    assert list(report_access.readable(mine).values_list("unit__name", flat=True)) == ["Branch B"]


def test_the_preview_is_for_who_sees_the_unit(program, executive, manager, employee, units, client_of):
    client = client_of(manager)
    assert client.get("/reports/preview/").status_code == 200, "his own unit"
    for unit, status in ((units["Branch B"], 403), (units["Branch A"], 200)):
        assert client.get(f"/reports/preview/?unit={unit.pk}").status_code == status
        assert client.get(f"/reports/preview/xlsx/?unit={unit.pk}").status_code == status
    body = client.get("/reports/preview/").content.decode()
    assert "Branch A" in body and "Branch B" not in re.sub(r"Branch A[^<]*Branch B[^<]*", "", body)
    found = client_of(executive).get("/reports/preview/", {"scope": 1, "program": program.pk, "unit": "Branch B"})
    assert found["Location"].endswith(f"unit={units['Branch B'].pk}")
    wrong = client_of(executive).get("/reports/preview/", {"scope": 1, "program": program.pk, "unit": "Nowhere"})
    assert "no such unit" in wrong.content.decode() and 'value="Nowhere"' in wrong.content.decode()
    for bad in ("?program=999999", "?unit=x", "?unit=99999999999999999999", "?program=0"):
        assert client_of(executive).get(f"/reports/preview/{bad}").status_code == 404
    assert client_of(executive).get("/reports/preview/exe/").status_code == 404
    assert client_of(employee).get("/reports/preview/").status_code == 403


def test_an_executive_of_a_part_reads_reports_of_the_part(program, hr, stranger, units, client_of, quick):
    publish(program, by=hr)
    publish(program, by=hr, unit=units["Branch B"])
    Grant.objects.create(employee=stranger, role=Role.EXECUTIVE, unit=units["Branch B"])
    client = client_of(stranger)
    assert client.get("/reports/1/").status_code == 404 and client.get("/reports/2/").status_code == 200


def test_the_list_costs_the_same_at_one_and_at_three(program, hr, executive, client_of, quick):
    counts = []
    for n in (1, 3):
        while PublishedReport.objects.count() < n:
            publish(program, by=hr)
        client = client_of(executive)
        client.get("/reports/")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get("/reports/")
        counts.append(len(caught))
    assert counts[0] == counts[1] < 32


# -- ordered ---------------------------------------------------------------------------------------------------------


def test_hr_orders_and_a_worker_makes_it_once(program, hr, client_of, quick):
    client = client_of(hr)
    form = {"program": program.pk, "unit": "", "languages": ["en", "ro"], "paper": "us-letter"}
    assert "This field is required" in client.post("/reports/publish/", {**form, "languages": []}).content.decode()
    assert client.post("/reports/publish/", form).status_code == 302
    assert "being made" in client.get("/reports/").content.decode()
    assert "being made already" in client.post("/reports/publish/", form).content.decode()
    assert publishing.make_due(now=timezone.now()) == 1 and publishing.make_due(now=timezone.now()) == 0
    row = PublishedReport.objects.get()
    assert {file.language for file in row.files.all()} == {"en", "ro"}
    assert client.get("/reports/being-made/")["HX-Refresh"] == "true"
    ro = client.get("/reports/1/?language=ro").content.decode()
    assert "Unde suntem" in ro and 'lang="ro"' in ro


def test_an_order_whose_worker_died_is_made_after_all(program, hr, quick):
    order = publishing.order(by=hr, program=program, unit=None, languages=["en"], paper="a4", now=NOW)
    assert publishing._claim(NOW).pk == order.pk and publishing._claim(NOW) is None
    later = NOW + publishing.STALE + dt.timedelta(seconds=1)
    assert publishing.anything_due(later) and publishing.make_due(now=later) == 1
    assert PublishedReport.objects.count() == 1


def test_an_order_that_kills_its_workers_is_given_up_and_told_to_hr(program, hr, units, client_of, quick):
    order = publishing.order(by=hr, program=program, unit=None, languages=["en"], paper="a4", now=NOW)
    now = NOW
    for _worker in range(publishing.MOST_ATTEMPTS):
        publishing._bury(now)
        assert publishing._claim(now).pk == order.pk, "and then it is killed"
        assert not ReportProblem.objects.exists()
        now += publishing.STALE + dt.timedelta(seconds=1)
    other = publishing.order(by=hr, program=program, unit=units["Branch A"], languages=["en"], paper="a4", now=now)
    assert publishing.make_due(now=now) == 1 and not publishing.anything_due(now + DAY)
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.state, order.error, other.state) == ("failed", publishing.DIED, "done")
    assert ReportProblem.objects.get().detail == publishing.DIED
    page = client_of(hr).get("/reports/").content.decode()
    assert "The report could not be made" in page and "is being made" not in page
    assert publishing.order(by=hr, program=program, unit=None, languages=["en"], paper="a4", now=now)


def test_who_was_overtaken_tells_hr_of_nothing(program, hr, quick):
    order = publishing.order(by=hr, program=program, unit=None, languages=["en"], paper="a4", now=NOW)
    ReportOrder.objects.filter(pk=order.pk).update(attempts=publishing.MOST_ATTEMPTS - 1)
    slow = publishing._claim(NOW)
    ReportOrder.objects.filter(pk=order.pk).update(state="done", report=publish(program, by=hr))
    publishing._make(slow, NOW)
    assert not ReportProblem.objects.exists() and PublishedReport.objects.count() == 1


def test_what_cannot_be_made_is_tried_again_and_told_to_hr_only(program, hr, executive, client_of, monkeypatch):
    monkeypatch.setattr(publishing, "publish", lambda **_more: 1 / 0)
    order = publishing.order(by=hr, program=program, unit=None, languages=["en"], paper="a4", now=NOW)
    now = NOW
    for _attempt in range(publishing.MOST_ATTEMPTS):
        assert not ReportProblem.objects.exists()
        publishing.make_due(now=now)
        now += DAY
    order.refresh_from_db()
    assert order.state == "failed" and order.error == "ZeroDivisionError"
    told = ReportProblem.objects.get()
    assert told.kind == "report" and told.detail == "ZeroDivisionError"
    assert "The report could not be made" in client_of(hr).get("/reports/").content.decode()
    assert "problem with reports" in client_of(hr).get("/").content.decode()
    assert "could not be made" not in client_of(executive).get("/reports/").content.decode()
    assert client_of(executive).post(f"/reports/problems/{told.pk}/settle/").status_code == 403
    assert client_of(hr).post(f"/reports/problems/{told.pk}/settle/").status_code == 302
    assert not report_problems.unsettled().exists()


def test_who_lost_the_right_meanwhile_publishes_nothing(program, hr, quick):
    publishing.order(by=hr, program=program, unit=None, languages=["en"], paper="a4", now=NOW)
    Grant.objects.filter(employee=hr).update(ended_at=NOW)
    publishing.make_due(now=timezone.now())
    assert not PublishedReport.objects.exists() and ReportOrder.objects.get().state == "failed"


def test_no_language_no_order(program, hr):
    with pytest.raises(ValidationError):
        publishing.order(by=hr, program=program, unit=None, languages=[], paper="a4", now=NOW)


# -- pages -----------------------------------------------------------------------------------------------------------


def test_before_the_first_program_every_page_says_so(hr, executive, client_of):
    Program.objects.all().delete()
    for who in (hr, executive):
        for page in ("/reports/", "/reports/preview/", "/reports/subscribe/"):
            assert "No program yet" in client_of(who).get(page).content.decode()


def test_hr_gives_the_slides(program, hr, executive, client_of):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.programs.test_report_files import own_slides

    client = client_of(hr)
    assert client_of(executive).get("/reports/slides/").status_code == 403
    bad = client.post("/reports/slides/", {"file": SimpleUploadedFile("x.pptx", b"no slides")})
    assert "no PowerPoint file" in bad.content.decode() and not SlideTemplate.objects.exists()
    for name in ("one.pptx", "two.pptx"):
        assert client.post("/reports/slides/", {"file": SimpleUploadedFile(name, own_slides())}).status_code == 302
    assert SlideTemplate.objects.get(in_use=True).name == "two.pptx" and SlideTemplate.objects.count() == 2
    assert "two.pptx" in client.get("/reports/slides/").content.decode()
    client.post("/reports/slides/", {"drop": "1"})
    assert publishing.template_in_use() is None
