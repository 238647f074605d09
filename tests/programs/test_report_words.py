"""The words of reports: the same finding as the scorecard's, in five languages; the model kept and read again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.bench_report_files import model
from programs.reports import findings, report_words, texts_findings, texts_report
from programs.reports.findings import Change, Score
from programs.reports.report_model import Hidden, as_json, cut, from_json, seal, text_of
from programs.reports.report_sections import plain

HOLES = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("table", [texts_report._ROWS, texts_findings._ROWS])
def test_all_languages_fill_in_the_same(table):
    for key, row in table.items():
        assert len(row) == 5 and all(row), key
        assert all(set(HOLES.findall(text)) == set(HOLES.findall(row[0])) for text in row), key


def changes():
    few = st.builds(Change, st.integers(-20, 20).map(float), st.just(False), few=st.just(True))
    return st.none() | few | st.builds(Change, st.integers(-20, 20).map(float), st.booleans())


scores = st.builds(Score, st.integers(20, 95).map(float), st.none(), st.none(), changes(), changes())
shown = st.fixed_dictionaries({}, optional={name: scores for name in findings.DIMENSIONS})
points = st.lists(st.fixed_dictionaries({name: scores for name in findings.DIMENSIONS}) | shown, max_size=5)


@settings(max_examples=200)
@given(points, st.sets(st.sampled_from(findings.DIMENSIONS)))
def test_every_language_says_the_finding_of_the_latest_wave(history, unasked):
    found = findings.headline(history, unasked)
    hidden = not history or (not history[-1] and unasked != set(findings.DIMENSIONS))
    assert (found is None) == hidden
    for language in texts_report.LANGUAGES:
        told = texts_findings.headline(history, language, unasked)
        assert bool(told) == bool(found)
        text = str(told or "")
        assert "{" not in text and "\0" not in text
        if told and told.dimension:
            assert told.dimension in history[-1] and told.word in text


@settings(max_examples=200)
@given(points)
def test_nothing_stands_still_that_was_not_compared(history):
    found = findings.headline(history)
    if found is None or found.moved is None:
        return
    last = history[-1][found.dimension].last
    assert found.moved[0].startswith("still_") <= (last is not None and last.still)
    whole = findings.standstill([point.get(found.dimension) for point in history])
    compared = [point.get(found.dimension) for point in history[len(history) - whole + 1 :]]
    assert all(one is not None and one.last is not None and one.last.still for one in compared)


def test_the_model_is_kept_and_read_again():
    report = model(units=30, charts=3, language="ro")
    kept = as_json(report)
    assert as_json(from_json(kept)) == kept
    assert from_json(kept).sections[-1].tables[0].rows == report.sections[-1].tables[0].rows
    assert from_json(kept).cells == report.cells and len(report.cells) == 120


def test_the_seal_covers_words_and_files():
    files = [("a.pdf", "pdf", "1" * 64), ("a.xlsx", "xlsx", "2" * 64)]
    first = seal({"number": 1}, files)
    assert seal({"number": 1}, reversed(files)) == first
    assert seal({"number": 2}, files) != first
    assert seal({"number": 1}, files[:1]) != first


def test_values_in_words():
    given_ = ((None, "text"), (63.6, "heat"), (40, "percent"), (2.5, "text"))
    assert [text_of(value, kind) for value, kind in given_] == ["–", "64", "40\u00a0%", "2.5"]
    assert text_of(Hidden("hidden"), "heat") == "hidden"
    assert cut([1, 2, 3], 2) == ([1, 2], 1)


@given(st.text(alphabet="abcăș 客", max_size=200))
@settings(max_examples=60)
def test_breaking_long_words_loses_no_letter(text):
    told = report_words.breakable(text)
    assert told.replace("\u200b", "").split() == text.split()
    assert all(len(piece) <= 22 for word in told.split() for piece in word.split("\u200b"))


def test_a_charter_in_markdown_becomes_plain_paragraphs():
    text = "# Why\n\nWe *serve* <b>all</b> & sundry.\n\n- **one**\n- two\n\n<script>alert(1)</script>"
    assert plain(text)[:4] == ["Why", "We serve <b>all</b> & sundry.", "• one", "• two"]
    assert plain("") == []
