"""What is counted and what waits, in the reader's language and no closer than it may be told: pages, reports, API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from config import words as catalogues
from culture.people.models import Employee
from programs.planning.plan_models import Milestone, Risk
from programs.practices import switching
from programs.practices.counting import share
from programs.reports import decisions, kept_words, numbers, readings, report_building, report_kinds, scorecard
from programs.reports.effect import words as effect_words
from programs.reports.reading_models import DayReading
from programs.reports.report_kinds import About
from programs.reports.report_models import ReportKind
from programs.reports.texts_report import LANGUAGES
from tests.programs.report_fixtures import *  # noqa: F403
from tests.programs.report_world import DAY
from tests.programs.report_world import share as share_wave
from tests.programs.scorecard_pages import page, words

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
WROTE = " of 120 people wrote a personal note in the last four full weeks"


def keep(program: Any, words: str, value: float, back: int = 0) -> None:
    DayReading.objects.create(program=program, key="practices.people", on=TODAY - back * DAY, value=value, words=words)


@pytest.mark.parametrize(
    ("told", "value", "exact", "italian"),
    [
        ("under 10 %", 10, None, "meno di 10 %"),
        ("over 90 %", 90, None, "oltre 90 %"),
        ("about 35 %", 35, 35, "circa 35 %"),
        ("about 35 % (between 30 and 40)", 35, 35, "circa 35 % (tra 30 e 40)"),
    ],
)
def test_a_share_is_nowhere_told_closer_than_its_words(client_of, program, executive, hr, told, value, exact, italian):
    switching.turn(program=program, on=True, by=hr, today=TODAY)
    keep(program, told + WROTE, value)
    keep(program, "about 20 %" + WROTE, 20, 91)
    client = client_of(executive)
    shown = page(client, "program", program.pk)
    assert told + WROTE in words(shown)
    assert (f'value="{value}.0" aria-label="People who write personal notes"' in shown) is (exact is not None)
    assert ("in three months" in shown) is (exact is not None)
    assert f">{told}<" in page(client, "number", program.pk, "practices.people")
    rows = client.get(f"/api/v1/scorecards/{program.pk}/").json()["leading"]
    assert next(row["value"] for row in rows if row["key"] == "practices.people") == exact
    for language, expected in (("en", told), ("it", italian)):
        report = report_building.build(program, None, language, now=NOW)
        section = next(one for one in report.sections if one.key == "done")
        row = next(row for table in section.tables for row in table.rows if row[1] == expected)
        assert row[2] == "120"
        fact = next(fact for fact in section.facts if fact.measure == row[0])
        assert (fact.value, fact.note, fact.n) == (exact, expected, "120")


@given(st.integers(0, 300), st.integers(10, 300))
def test_every_share_that_practices_tell_is_read_as_it_was_told(part, whole):
    found = share(min(part, whole), whole)
    assert found is not None
    read = readings.rough(float(found.value), f"{found.words} of {whole} people wrote")
    assert read is not None and read.whole == str(whole)
    assert read.told("en") == found.words and read.end == found.end


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_kept_words_are_told_in_the_readers_language(language):
    filled = {name: "7" for name in ("n", "low", "high", "part", "whole", "people", "promises", "least")}
    filled["cases"] = "7 or more"
    for wording in (*kept_words.WORDINGS, *kept_words.FORMER):
        english = wording % {**filled, "share": "under 7 %"}
        with translation.override(language):
            assert kept_words.told(english) != english, wording
            assert kept_words.told("so says a test: 7") == "so says a test: 7"
        with translation.override("en"):
            assert kept_words.told(english) == english


def test_each_wording_is_that_of_a_room_that_counts():
    own = {"kept_words.py"}
    said = {
        text.singular
        for path in catalogues.sources("programs")
        if path.name not in own
        for text in catalogues.texts_of(path)
    }
    assert set(kept_words.WORDINGS) - said == {"It could not be counted that night."}


def test_what_waits_is_published_in_the_language_of_the_report(program, hr):
    share_wave(program, hr, leaders=0)
    Milestone.objects.create(
        program=program, title="Tutti", due_on=TODAY - DAY, owner=hr, leading="planning.begun",
        leading_target=Decimal(90), lagging="results.know", lagging_target=Decimal(99),
    )  # fmt: skip
    Risk.objects.create(
        program=program, what="Tempo", likelihood=3, impact=3, owner=hr, answer="A", review_on=TODAY - DAY
    )
    told = {}
    for language in LANGUAGES:
        report = report_kinds.build(About(ReportKind.BOARD), language, now=NOW)
        section = next(one for one in report.sections if one.key == f"program-{program.pk}")
        told[language] = tuple(row[0] for row in next(t for t in section.tables if t.key == "waits").rows)
    assert told["it"][:2] == ("Il traguardo «Tutti» è in ritardo", "Riesamina il rischio «Tempo»")
    assert len(set(told.values())) == 5


def test_the_scorecard_is_told_in_the_readers_language(client_of, program, executive, hr):
    """What the English page says and the catalogue knows otherwise stands on no page in another language."""
    share_wave(program, hr, leaders=0)
    readings.keep(program, TODAY)
    addresses = [("program", program.pk), ("number", program.pk, "want"), ("number", program.pk, "planning.begun")]
    for address in addresses:
        Employee.objects.filter(pk=executive.pk).update(language="en")
        english = words(page(client_of(executive), *address))
        for language in LANGUAGES[1:]:
            Employee.objects.filter(pk=executive.pk).update(language=language)
            other = words(page(client_of(executive), *address))
            left = [text for text in ("Where to look", "What moved", "Does the program work?", "What was done for it",
                    "95 % interval", "Of whom", "Left out", "people planned have begun", "Counted")
                    if text in english and text in other]  # fmt: skip
            assert not left, (address, language, left)


@pytest.mark.parametrize("module", [decisions, numbers, scorecard, effect_words])
def test_nothing_of_these_lacks_a_language(module):
    """Executives read them, and managers of their units; what is published cannot be corrected in place."""
    texts = catalogues.texts_of(catalogues.Path(module.__file__))
    for code in catalogues.LANGUAGES:
        known = {catalogues.key(one): one for one in catalogues.read(catalogues.catalogue_path("programs", code), code)}
        for text in texts:
            message = known.get((text.singular, text.context))
            assert message is not None and not catalogues.problems(message, code), (code, text.singular)
