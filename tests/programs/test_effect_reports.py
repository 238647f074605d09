"""What reports say of an effect: the words and reasons its page has, in five languages and every format."""

from __future__ import annotations

import inspect
import io
import re

import pytest
from django.utils import timezone, translation
from pptx import Presentation
from python_calamine import CalamineWorkbook

from config.bench_effect_world import Place, plant_wave, score, series
from config.bench_effect_world import program as plant_program
from culture.people.models import Unit
from programs.planning.models import Program
from programs.reports import report_building, report_kinds, report_worth, sheets, slides, texts_effect
from programs.reports.effect import judging, words
from programs.reports.effect_models import EffectEstimate
from programs.reports.effects import latest
from programs.reports.report_kinds import About
from programs.reports.report_model import Report, every_text
from programs.reports.report_models import ReportKind
from programs.reports.texts_report import LANGUAGES, say
from surveys.results.sharing_models import Sharing
from tests.conftest import make_unit
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import DAY, share

NOW = timezone.now()


def found(program: Program, hr, word: str, why: list[str]) -> None:
    wave = share(program, hr, leaders=0)
    result = {"why": why, "wave_ids": [wave.pk], "begun": 11, "planned": 12, "cohorts": 12, "started": 11}
    EffectEstimate.objects.create(
        program=program, outcome="served", number=1, main=True, made_at=NOW, method="m", inputs_hash="x" * 64,
        inputs={}, result=result, word=word, points=6.2, low=1.4, high=11.0,
    )  # fmt: skip


def reports(program: Program, language: str) -> list[Report]:
    year = timezone.localdate(NOW).year
    return [
        report_building.build(program, None, language, now=NOW),
        report_kinds.build(About(ReportKind.BOARD, None, None, None), language, now=NOW),
        report_kinds.build(About(ReportKind.YEAR, program, None, year), language, now=NOW),
    ]


def test_every_reason_has_words_and_the_pages_in_english():
    codes = {key.removeprefix("why:") for key in texts_effect.ROWS}
    assert codes == set(words.WHY)
    written = set(re.findall(r'"([a-z_]+)"', inspect.getsource(judging))) & set(words.WHY)
    assert {"moved_before", "rebound", "rest_before", "few_cohorts", "wide", "many"} <= written
    for code in codes:
        with translation.override("en"):
            assert say(f"why:{code}", "en") == str(words.WHY[code][0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("word", "why"), [("early", ["moved_before", "wide"]), ("likely", ["rebound"]), ("clear", [])])
@pytest.mark.django_db
def test_each_report_says_why_it_is_no_clearer(program, hr, language, word, why):
    """Twelve cohorts that moved before: not “too little to compare”."""
    found(program, hr, word, why)
    one = latest(program)
    for report in reports(program, language):
        told = list(every_text(report))
        reasons = [say(f"why:{code}", language) for code in why]
        assert report_worth.finding(one, language) in " ".join(told)
        assert all(reason in told for reason in reasons), report.title
        assert not [
            text for text in told for code in words.WHY if code not in why and say(f"why:{code}", language) in text
        ]
        if reasons:
            assert reasons[0] in on_slides(report) and reasons[0] in in_sheet(report)


def on_slides(report: Report) -> str:
    show = Presentation(io.BytesIO(slides.made(report)))
    return "\n".join(s.text_frame.text for slide in show.slides for s in slide.shapes if s.has_text_frame)


def in_sheet(report: Report) -> str:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets.made(report)))
    return "\n".join(str(value) for row in book.get_sheet_by_index(2).to_python() for value in row)


# -- told of with others -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_unit_told_of_with_others_says_so_wherever_its_figures_stand(db):
    top = make_unit("Meridian")
    teams = [make_unit(f"Team {n}", top) for n in range(4)]
    of, first = series("Planted"), timezone.localdate() - 700 * DAY
    together = [Place((teams[0], teams[1]), 6), *(Place((team,), 20) for team in teams[2:])]
    for number, places in ((1, [Place((team,), 20) for team in teams]), (2, together), (3, together)):
        opens = first + 60 * number * DAY
        plant_wave(of, number=number, opens_on=opens, tree=[top, *teams], places=places, tell=lambda *_: score(50))
    Sharing.objects.filter(wave__series=of).update(managers_on=first, leaders_on=first)
    program = plant_program(of, {"One": (first, teams)}, name="Planted")
    report = report_building.build(program, Unit.objects.get(name="Team 0"), "en", now=NOW)
    parts = {section.key: section for section in report.sections}
    notice = "Team 0 was told of together with others: the survey figures are of “Team 0 + Team 1”."
    assert notice in parts["stand"].paragraphs[0]
    groups = {fact.wave: fact.group for fact in parts["moved"].facts if fact.value is not None}
    assert groups == {1: "Team 0", 2: "Team 0 + Team 1", 3: "Team 0 + Team 1"}
    assert [row[0] for row in parts["moved"].tables[0].rows] == [1, "2*", "3*"]
    assert "* In wave 2, 3 Team 0 was told of together with others" in parts["moved"].paragraphs[0]
    assert "* In wave 2 Team 0 was told" in parts["stand"].paragraphs[1], "the picture shows that wave, too"
    show = Presentation(io.BytesIO(slides.made(report)))
    for key in ("stand", "moved"):
        pages = [
            text
            for slide in show.slides
            if parts[key].heading in (text := "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame))
        ]
        assert pages and all("together with others" in page for page in pages), key
    assert notice in in_sheet(report)
