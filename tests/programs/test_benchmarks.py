"""Public benchmarks: written down with a source, never changed, beside ours only where measured alike; their files."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.access.models import AuditEntry
from programs.reports import benchmark_files, benchmark_measures, benchmark_showing, benchmarks, report_building
from programs.reports.benchmark_models import Answers, Benchmark, Statistic
from programs.reports.scorecard_place import Place
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import share

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()


def fields(**changed: Any) -> dict[str, Any]:
    return {
        "measure": "want", "statistic": "index", "answers": "agreement5", "value": Decimal("61.5"), "low": None,
        "high": None, "people": 1200, "population": "Employees of hospitals", "country": "Norway", "sector": "Health",
        "year": TODAY.year - 1, "source": "Yearbook of service, p. 14", "link": "https://example.org/yearbook",
        "licence": "CC BY 4.0", "note": "", "until": TODAY + dt.timedelta(days=400), **changed,
    }  # fmt: skip


def posted(**changed: Any) -> dict[str, str]:
    return {key: "" if value is None else str(value) for key, value in fields(**changed).items()}


def add(by, **changed) -> Benchmark:
    return benchmarks.add(by=by, fields=fields(**changed), today=TODAY, now=NOW)


def correct(by, row, why="A typing error", **changed) -> Benchmark:
    return benchmarks.correct(
        by=by, entry=row.entry, seen=row.version, fields=fields(**changed), why=why, today=TODAY, now=NOW
    )


def sheet(*rows: dict[str, str], head: tuple[str, ...] = benchmark_files.HEAD) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, head, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


# -- who may ---------------------------------------------------------------------------------------------------------


def test_hr_writes_down_everybody_with_results_reads_and_nobody_else(client_of, hr, manager, executive, employee):
    row = add(hr)
    for reader in (hr, manager, executive):
        answer = client_of(reader).get("/benchmarks/")
        assert answer.status_code == 200 and "Yearbook of service" in answer.content.decode()
        assert ("Write one down" in answer.content.decode()) is (reader is hr)
        assert client_of(reader).get(f"/benchmarks/{row.entry}/").status_code == 200
        assert client_of(reader).get("/benchmarks/benchmarks.csv").status_code == 200
    for reader in (manager, executive, employee):
        for path in ("new", "import", f"{row.entry}/correct"):
            assert client_of(reader).get(f"/benchmarks/{path}/").status_code == 403
        assert client_of(reader).post(f"/benchmarks/{row.entry}/withdraw/", {"why": "x", "seen": 1}).status_code == 403
    assert client_of(employee).get("/benchmarks/").status_code == 403
    assert client_of(hr).get("/benchmarks/99999/").status_code == 404
    assert client_of(hr).get("/benchmarks/9999999999999/").status_code == 404


def test_an_empty_list_says_what_will_be_here(client_of, hr, manager):
    assert "No public figure was written down yet" in client_of(manager).get("/benchmarks/").content.decode()
    assert "Write one down" in client_of(hr).get("/benchmarks/").content.decode()


# -- writing ---------------------------------------------------------------------------------------------------------


def test_hr_writes_one_down_corrects_and_withdraws_it_in_the_browser(client_of, hr):
    browser = client_of(hr)
    answer = browser.post("/benchmarks/new/", posted())
    assert answer.status_code == 302, answer.context["form"].errors
    row = Benchmark.objects.get()
    assert (row.entry, row.version, row.value, row.by_id) == (1, 1, Decimal("61.50"), hr.pk)
    shown = browser.get("/benchmarks/1/correct/").content.decode()
    assert 'value="61.50"' in shown or 'value="61.5"' in shown
    same = browser.post("/benchmarks/1/correct/", {**posted(), "seen": 1, "why": "x"})
    assert "Nothing is different" in same.content.decode()
    answer = browser.post("/benchmarks/1/correct/", {**posted(value="62"), "seen": 1, "why": "Read wrongly"})
    assert answer.status_code == 302
    late = browser.post("/benchmarks/1/correct/", {**posted(value="63"), "seen": 1, "why": "Me too"})
    assert "Somebody corrected it meanwhile" in late.content.decode() and 'value="63"' in late.content.decode()
    page = browser.get("/benchmarks/1/").content.decode()
    assert "Read wrongly" in page and "61.5" in page and "62" in page
    assert browser.post("/benchmarks/1/withdraw/", {"why": "Retracted", "seen": 2}).status_code == 302
    assert [one.version for one in benchmarks.versions(1)] == [3, 2, 1]
    assert benchmarks.shown(["want"], TODAY) == []
    verbs = AuditEntry.objects.filter(verb__startswith="benchmark.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["benchmark.added", "benchmark.corrected", "benchmark.withdrawn"]


def test_nothing_written_is_ever_changed(hr):
    row = add(hr)
    for change in (
        lambda: Benchmark.objects.filter(pk=row.pk).update(value=99),
        lambda: Benchmark.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE programs_benchmark")
    assert Benchmark.objects.get().value == Decimal("61.50")


@pytest.mark.parametrize(
    "wrong, where",
    [
        ({"source": ""}, "source"), ({"link": ""}, "link"), ({"licence": ""}, "licence"),
        ({"population": ""}, "population"), ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "//evil.example"}, "link"), ({"link": "www.x.org"}, "link"),
        ({"value": "101"}, "value"), ({"value": "-1"}, "value"), ({"statistic": "net", "value": "-101"}, "value"),
        ({"low": "50"}, "high"), ({"low": "70", "high": "80"}, "value"), ({"people": "0"}, "people"),
        ({"year": str(TODAY.year + 1)}, "year"), ({"year": "1899"}, "year"), ({"measure": "X9"}, "measure"),
        ({"statistic": "median"}, "statistic"), ({"until": "31.31.2026"}, "until"), ({"value": "abc"}, "value"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_typed_text_stays(client_of, hr, wrong, where):
    answer = client_of(hr).post("/benchmarks/new/", {**posted(), **wrong})
    assert answer.status_code == 200
    assert where in answer.context["form"].errors
    assert "Yearbook" in answer.content.decode() or "source" in wrong
    assert not Benchmark.objects.exists()


def test_a_net_figure_may_be_below_zero_and_the_database_refuses_what_the_form_would(hr):
    assert add(hr, statistic="net", value=Decimal(-12)).figure == "-12"
    bad = {**benchmarks.tidy(fields()), "by": hr, "at": NOW, "entry": 9}
    for change in ({"source": ""}, {"value": 200}, {"low": 70, "high": 80}, {"people": 0}, {"version": 2, "why": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Benchmark.objects.create(**{**bad, **change})


# -- beside ours -----------------------------------------------------------------------------------------------------


ITEMS = [
    {"code": "W1", "kind": "agreement", "about": "own", "dimension": "want", "requirements": ["W1"], "options": {}},
    {"code": "W2", "kind": "agreement", "about": "own", "dimension": "want", "requirements": ["W2"], "options": {}},
    {"code": "K1", "kind": "agreement", "about": "own", "dimension": "know", "requirements": ["K1"],
     "options": {"points": 7}},
    {"code": "K2", "kind": "agreement", "about": "own", "dimension": "know", "requirements": ["K2"], "options": {}},
    {"code": "talk", "kind": "outcome", "about": "own", "dimension": "", "requirements": [], "options": {}},
]  # fmt: skip


def test_like_is_only_what_was_asked_and_worked_out_alike():
    want = benchmark_measures.ours("want", ITEMS)
    assert want is not None and want.like("agreement5", "index")
    assert not want.like("agreement7", "index") and not want.like("agreement5", "favourable")
    mixed = benchmark_measures.ours("know", ITEMS)
    assert mixed is not None and mixed.answers == Answers.MIXED and not mixed.like("agreement5", "index")
    one = benchmark_measures.ours("W1", ITEMS)
    assert one is not None and one.like("agreement5", "favourable")
    talk = benchmark_measures.ours("talk", ITEMS)
    assert talk is not None and talk.like("outcome5", "net") and not talk.like("outcome5", "index")
    assert benchmark_measures.ours("can", ITEMS) is None and benchmark_measures.ours("none", ITEMS) is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("want", "know", "can", "served", "talk", "W1", "none")),
    st.sampled_from(Answers.values),
    st.sampled_from(Statistic.values),
)
def test_no_figure_on_other_answers_or_arithmetic_is_ever_like(key, answers, statistic):
    found = benchmark_measures.ours(key, ITEMS)
    if found is not None and found.like(answers, statistic):
        assert answers == found.answers and statistic in found.statistics
        assert statistic not in (Statistic.OTHER, Statistic.SHARE)


def test_the_page_behind_a_number_shows_the_figure_its_source_and_no_verdict(
    client_of, hr, executive, manager, program
):
    share(program, hr, leaders=0, managers=0)
    add(hr)
    add(hr, answers="agreement7", value=Decimal(12), source="Another scale")
    add(hr, measure="can", source="Of another number")
    add(hr, source="Too old", until=TODAY - dt.timedelta(days=1))
    page = client_of(executive).get(f"/scorecard/{program.pk}/number/want/").content.decode()
    assert "Public benchmarks beside it" in page and "Yearbook of service" in page and "61.5" in page
    assert "A difference from ours says nothing by itself" in page
    for absent in ("Another scale", "Of another number", "Too old", "significant"):
        assert absent not in page
    assert "1 further public figure was measured unlike ours" in page
    card = client_of(executive).get(f"/scorecard/{program.pk}/").content.decode()
    assert "Public benchmark 61.5" in card
    listed = client_of(manager).get("/benchmarks/?old=1").content.decode()
    assert "other answers than ours" in listed and "ran out" in listed and "beside our number" in listed


def test_what_is_counted_stands_beside_figures_that_were_counted(client_of, hr, executive, program):
    add(hr, measure="planning.begun", statistic="share", answers="counted", value=Decimal(37))
    add(hr, measure="planning.begun", statistic="share", answers="agreement5", value=Decimal(12), source="Asked")
    page = client_of(executive).get(f"/scorecard/{program.pk}/number/planning.begun/")
    found = page.context["benchmarks"]
    assert [(one.row.value, one.ours) for one in found.like] == [(Decimal(37), page.context["number"].told)]
    assert found.unlike == 1 and "Asked" not in page.content.decode()


def test_a_hidden_number_of_ours_stays_hidden_beside_a_figure(hr, program):
    share(program, hr, leaders=0)
    add(hr)
    place = Place(program)
    cells = {"want": {"shown": False, "why": "hidden for privacy", "index": 77}}
    place.__dict__["top"] = type("Row", (), {"cells": cells})()
    found = benchmark_showing.number(place, "want", TODAY)
    assert [one.ours for one in found.like] == [""]
    banded = {"shown": True, "index": 65, "band": "60–69"}
    assert benchmark_measures.ours_of(banded, Statistic.INDEX) == "60–69"


def test_a_report_tells_the_figure_with_its_source_in_five_languages(hr, program):
    share(program, hr, leaders=0)
    row = add(hr, low=Decimal(58), high=Decimal(65))
    for language in ("en", "it", "ro", "zh-hans", "fr"):
        report = report_building.build(program, None, language, now=NOW)
        assert not report.problems
        part = next(one for one in report.sections if one.key == "benchmarks")
        assert part.tables[0].rows[0][1] == "61.5 (58–65)"
        assert any("https://example.org/yearbook" in note for note in part.notes)
        fact = part.facts[0]
        assert fact.cell == f"benchmark:{row.entry} version:1" and (fact.value, fact.n) == (61.5, "1200")
    benchmarks.withdraw(by=hr, entry=row.entry, seen=1, why="Retracted", now=NOW)
    report = report_building.build(program, None, "en", now=NOW)
    assert not [one for one in report.sections if one.key == "benchmarks"]


def test_the_list_costs_the_same_for_one_and_for_200(client_of, hr, program):
    share(program, hr, leaders=0)
    browser = client_of(hr)
    counts = []
    for until in (1, 30, 200):
        for n in range(Benchmark.objects.count(), until):
            add(hr, value=Decimal(n % 100), population=f"Branch {n} of a very long name of an employer " * 3)
        browser.get("/benchmarks/")
        with CaptureQueriesContext(connection) as caught:
            assert browser.get("/benchmarks/").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] == counts[2], counts
    assert browser.get("/benchmarks/?page=8").status_code == 200


def test_the_api_tells_what_counts_today(client_of, hr, manager, employee):
    add(hr)
    add(hr, source="Too old", until=TODAY - dt.timedelta(days=1))
    rows = client_of(manager).get("/api/v1/benchmarks/").json()
    assert [(row["entry"], row["value"], row["source"]) for row in rows] == [(1, "61.50", "Yearbook of service, p. 14")]
    assert client_of(employee).get("/api/v1/benchmarks/").status_code == 403


# -- files -----------------------------------------------------------------------------------------------------------


def test_what_is_exported_can_be_taken_again_and_changes_nothing(client_of, hr):
    add(hr, low=Decimal(58), high=Decimal(65), note="=1+1 is no formula, “quoted”; with a semicolon")
    add(hr, measure="none", statistic="share", answers="other", people=None, population="-5 below, 東京の従業員")
    add(hr, statistic="net", measure="talk", answers="outcome5", value=Decimal("-3.25"))
    gone = add(hr, measure="can")
    benchmarks.withdraw(by=hr, entry=gone.entry, seen=1, why="x", now=NOW)
    content = b"".join(client_of(hr).get("/benchmarks/benchmarks.csv").streaming_content)
    done = benchmark_files.take(by=hr, content=content, today=TODAY, now=NOW)
    assert (done.added, done.corrected, done.same, done.wrong) == (0, 0, 3, [])
    assert Benchmark.objects.count() == 5


def test_a_file_adds_and_corrects_as_a_whole(client_of, hr):
    row = add(hr)
    content = sheet(
        {**posted(value="64"), "entry": str(row.entry), "why": "The source was revised"},
        {**posted(measure="know"), "entry": "", "why": ""},
    )
    answer = client_of(hr).post("/benchmarks/import/", {"file": SimpleUploadedFile("b.csv", content)})
    assert answer.status_code == 302
    assert [(one.entry, one.version, one.measure) for one in benchmarks.newest()] == [(1, 2, "want"), (2, 1, "know")]


def test_one_wrong_line_and_nothing_is_taken_each_named_by_line_and_column(client_of, hr):
    content = sheet(
        {**posted(), "entry": "", "why": ""},
        {**posted(value="abc", until="31.12.2027"), "entry": "", "why": ""},
        {**posted(link="x.org", measure="Z1"), "entry": "77", "why": ""},
    )
    answer = client_of(hr).post("/benchmarks/import/", {"file": SimpleUploadedFile("b.csv", content)})
    assert answer.status_code == 422
    wrong = [(one.line, one.column) for one in answer.context["wrong"]]
    assert wrong == [(3, "value"), (3, "until"), (4, "measure"), (4, "link")]
    page = answer.content.decode()
    assert "“abc” is not a number." in page and "Nothing was taken" in page
    assert not Benchmark.objects.exists()


def test_what_only_the_database_knows_undoes_the_lines_before(hr):
    row = add(hr)
    lines = (
        {**posted(measure="can"), "entry": "", "why": ""},
        {**posted(value="70"), "entry": str(row.entry), "why": ""},
    )
    done = benchmark_files.take(by=hr, content=sheet(*lines), today=TODAY, now=NOW)
    assert [(one.line, one.column) for one in done.wrong] == [(3, "why")] and done.added == 0
    assert Benchmark.objects.count() == 1
    unknown = benchmark_files.take(by=hr, content=sheet({**posted(), "entry": "77", "why": "x"}), today=TODAY, now=NOW)
    assert [(one.line, one.column) for one in unknown.wrong] == [(2, "entry")]


@pytest.mark.parametrize(
    "content, told",
    [
        (b"", "empty"), (b"\xff\xfe\x00", "UTF-8"), (b"a,b\n1,2\n", "these are missing"),
        (b"PK\x03\x04\x00\x00", "not a CSV"),
        (sheet(head=(*benchmark_files.HEAD, "color")), "no column “color”"),
        (sheet(head=(*benchmark_files.HEAD, "value")), "twice"),
        (sheet() + b'1,"want\n', "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(client_of, hr, content, told):
    answer = client_of(hr).post("/benchmarks/import/", {"file": SimpleUploadedFile("b.csv", content)})
    assert answer.status_code == 422
    words = answer.content.decode()
    assert told in words or (content == b"" and "file" in answer.context["form"].errors)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content):
    head = ",".join(benchmark_files.HEAD).encode() + b"\n"
    for file in (content, head + content):
        try:
            lines, wrong = benchmark_files.read(file)
        except ValidationError:
            continue
        assert all(one.text for one in wrong) and all(line.number > 1 for line in lines)
