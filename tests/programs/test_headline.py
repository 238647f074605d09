"""The finding speaks of the latest wave, and no standstill is told where nothing was compared, wherever it stands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone

from config.bench_effect_world import HIDDEN, Place, plant_wave, program, score, series
from culture.people.models import Employee
from programs.reports import report_building, report_kinds
from programs.reports.report_kinds import About
from programs.reports.report_models import ReportKind
from programs.reports.texts_report import LANGUAGES
from surveys.waves.models import Series
from tests.programs.scorecard_pages import page, words

NOW = timezone.now()
BARE = {"shown": True, "n": "5–7", "index": 45, "band": "40–49"}
Told = Mapping[str, Mapping[str, Any]]


def moved(cell: Mapping[str, Any], delta: int, word: str, since: int, first: int | None = None) -> dict[str, Any]:
    one = {"delta": delta, "low": delta - 3, "high": delta + 3, "word": word, "since": since}
    return {**cell, "change": one | ({"first": {**one, "since": first}} if first else {})}


def three(want: float, know: float, can: float) -> dict[str, Any]:
    return {"want": score(want), "know": score(know), "can": score(can)}


def planted(units: Any, *waves: Told) -> Any:
    """A program whose waves tell of everybody what ``waves`` say, each change as its release decided it."""
    of, today = series(f"Pulsed {Series.objects.count()}"), timezone.localdate()
    for number, told in enumerate(waves, start=1):
        plant_wave(
            of, number=number, opens_on=today - dt.timedelta(days=90 * (len(waves) - number) + 30),
            tree=[units["Meridian"], units["Services"]], places=[Place((units["Services"],))],
            tell=lambda _node, key, told=told: told.get(key), more={"reliability:want": HIDDEN},
        )  # fmt: skip
    return program(of, {"A": (today - dt.timedelta(days=200), [units["Services"]])}, name=of.name)


def told_everywhere(client: Any, one: Any) -> str:
    """What page, board, API and report say, which is the same."""
    from_api = client.get(f"/api/v1/scorecards/{one.pk}/").json()["headline"]
    [row] = [row for row in client.get("/api/v1/board/").json() if row["program"] == one.pk]
    report = report_building.build(one, None, "en", now=NOW)
    lead = next(section.lead for section in report.sections if section.key == "stand")
    board = report_kinds.build(About(ReportKind.BOARD), "en", now=NOW)
    part = next(section.lead for section in board.sections if section.key == f"program-{one.pk}")
    assert row["headline"] == from_api
    assert {lead, part} == {from_api or "Too few people answered: the scores are hidden for privacy."}
    shown = words(page(client, "program", one.pk))
    assert not from_api or from_api.replace(" ", "") in shown.replace(" ", "")
    return from_api


PULSE = {"want": score(66), "can": moved(score(60), 12, "rose", 1)}


@pytest.mark.parametrize(
    ("latest", "sentence"),
    [
        (PULSE, "Of want, know and can this wave asked about want and can only: further behind is can, at 60."),
        ({**PULSE, "know": {"shown": False, "why": "not asked"}},
         "Of want, know and can this wave asked about want and can only: further behind is can, at 60."),
        ({**PULSE, "know": HIDDEN},
         "Of want, know and can only want and can may be shown for this wave: further behind is can, at 60."),
        ({"want": score(62), "can": score(60)},
         "Of want, know and can this wave asked about want and can only: the two lie close together."),
        ({"can": score(60)}, "Of want, know and can this wave asked about can only: it stands at 60."),
        ({"can": score(60), "know": HIDDEN},
         "Of want, know and can only can may be shown for this wave: it stands at 60."),
        ({"served": score(60)}, "This wave did not ask about want, know and can."),
        (dict.fromkeys(("want", "know", "can"), HIDDEN), ""),
        ({**dict.fromkeys(("want", "know", "can"), HIDDEN), "served": score(70)}, ""),
    ],
)  # fmt: skip
def test_of_a_wave_that_does_not_show_all_three(client_of, executive, units, latest, sentence):
    one = planted(units, three(70, 66, 48), latest)
    told = told_everywhere(client_of(executive), one)
    assert told == sentence and "starting point" not in told


def test_an_older_rise_is_none_since_the_last_wave(client_of, executive, units):
    rose = {**three(70, 70, 70), "know": moved(score(50), 6, "rose", 1)}
    one = planted(units, three(70, 44, 70), rose, {**three(70, 0, 70), "know": HIDDEN})
    assert "rose by 6" not in told_everywhere(client_of(executive), one)


@pytest.mark.parametrize(
    ("latest", "sentence", "moved_said"),
    [
        ({**three(70, 70, 70), "can": BARE},
         "What holds them back is permission: can cannot be compared with the last wave.",
         "This wave cannot be compared with the one before."),
        ({**three(70, 70, 70), "can": moved(score(45), -9, "too few to tell", 1)},
         "What holds them back is permission: too few answered to tell whether can moved since the last wave.",
         "Too few answered to tell whether anything rose or fell since the last wave."),
        ({**three(70, 70, 70), "can": moved(score(45), 1, "no clear change", 1)},
         "What holds them back is permission: can has not clearly moved since the last wave.",
         "Nothing clearly rose or fell since the last wave."),
    ],
)  # fmt: skip
def test_nothing_stands_still_that_was_not_compared(client_of, executive, units, latest, sentence, moved_said):
    one = planted(units, three(70, 70, 45), latest)
    client = client_of(executive)
    assert told_everywhere(client, one).endswith(sentence)
    assert moved_said in words(page(client, "program", one.pk))


def test_a_first_wave_has_nothing_to_compare_with(client_of, executive, units):
    client, one = client_of(executive), planted(units, three(70, 70, 45))
    shown = words(page(client, "program", one.pk))
    assert "What moved appears here after the second wave." in shown and "Nothing clearly rose" not in shown
    board = words(client.get("/board/").content.decode())
    assert "first wave" in board
    planted(units, three(70, 70, 45), {**three(70, 70, 70), "can": BARE})
    assert board.count("first wave") >= words(client.get("/board/").content.decode()).count("first wave")


def test_the_yearly_review_says_when_nothing_can_be_compared(units, hr):
    year = timezone.localdate().year

    def lead(one: Any, language: str = "en") -> str:
        about = About(ReportKind.YEAR, one, None, year)
        report = report_kinds.build(about, language, now=NOW)
        return next(section.lead for section in report.sections if section.key == "year")

    first = three(70, 70, 45)
    still = {key: moved(cell, 0, "no clear change", 1, 1) for key, cell in first.items()}
    few = {key: moved(cell, 9, "too few to tell", 1, 1) for key, cell in first.items()}
    said = {
        "Neither want, know nor can has clearly moved since the first wave.": still,
        "Not clearly moved since the first wave: Want, Know.": {**still, "can": BARE},
        "Too few answered to tell whether want, know or can moved since the first wave.": few,
        "Its last wave cannot be compared with the first.": {**three(70, 70, 70), "can": BARE},
        "Its last wave did not ask about want, know and can.": {"served": score(60)},
    }
    for sentence, latest in said.items():
        one = planted(units, first, latest)
        assert sentence in lead(one)
        assert len({lead(one, language) for language in LANGUAGES}) == 5


def test_in_another_language_the_word_keeps_its_colour(client_of, executive, units):
    Employee.objects.filter(pk=executive.pk).update(language="it")
    one = planted(units, three(70, 70, 45))
    shown = page(client_of(executive), "program", one.pk)
    assert '<span class="can">potere</span>, a 45.' in shown
    assert '<strong class="can">potere</strong>' in client_of(executive).get("/board/").content.decode()


@pytest.mark.parametrize("language", ["en", "it"])
def test_not_asked_is_told_apart_from_hidden_in_every_language(
    client_of: Any, executive: Any, units: Any, language: str
) -> None:
    one = planted(units, {**three(50, 52, 48), "know": {"shown": False, "why": "not asked"}}, {**PULSE, "know": HIDDEN})
    type(executive).objects.filter(pk=executive.pk).update(language=language)
    told = page(client_of(executive), "number", one.pk, "know")
    word = {"en": "not asked", "it": "non chiesto"}[language]
    assert re.search(rf'<td class="muted"[^>]*>{word}</td>', told), "not as hidden for privacy"
    assert 'class="hidden-cell' in told
