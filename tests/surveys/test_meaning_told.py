"""What released cells are told to mean: services, findings, words, trends. Pure."""

from __future__ import annotations

import re
from typing import Any

import pytest

from surveys.instruments import library
from surveys.results import showing
from surveys.results.insight import change, findings, services, trends, words


def cell(index: int, half: int = 4, n: int | str = 50, **more: Any) -> dict:
    return {"shown": True, "n": n, "index": index, "low": index - half, "high": index + half, **more}


HIDDEN = {"shown": False, "why": "hidden for privacy"}
BANDED = {"shown": True, "n": "5–7", "index": 65, "band": "60–69"}


def item(code: str, facet: str, kind: str = "agreement", **more: Any) -> dict:
    return {
        "code": code,
        "facet": facet,
        "kind": kind,
        "about": "provider",
        "options": {},
        "text": {"en": code},
        **more,
    }


# -- services --------------------------------------------------------------------------------------------------------

TWO = [item("t", "treatment"), item("c", "competence"), item("c2", "competence")]


@pytest.mark.parametrize(
    "treatment,competence,code", [(40, 40, "Q1"), (80, 40, "Q2"), (40, 80, "Q3"), (80, 80, "Q4"), (63, 62, "Q2")]
)
def test_the_quadrant_of_a_provider(treatment, competence, code):
    found = services.quadrant(TWO, {"t": cell(treatment), "c": cell(competence), "c2": cell(competence)})
    assert found is not None and found.code == code


def test_a_quadrant_says_when_it_is_close_and_is_none_when_half_is_hidden():
    assert services.quadrant(TWO, {"t": cell(80), "c": cell(80), "c2": cell(70)}).clear  # competence 75, from 71
    assert not services.quadrant(TWO, {"t": cell(64), "c": cell(80), "c2": cell(80)}).clear
    for gone in (HIDDEN, BANDED):
        assert services.quadrant(TWO, {"t": cell(80), "c": cell(80), "c2": gone}) is None
    assert services.quadrant(TWO, {"t": cell(70), "c": cell(70), "c2": cell(70)}, at=4.5).code == "Q1"


def test_basics_are_repaired_before_extras_grow():
    items = [item(code, facet) for code, facet in (("a", "satisfier"), ("b", "dissatisfier"), ("c", "dissatisfier"),
                                                    ("d", "dissatisfier"), ("e", "satisfier"))]  # fmt: skip
    shown = {"a": cell(30), "b": cell(45), "c": cell(20), "d": cell(80), "e": HIDDEN}
    found = [(one.code, one.action) for one in services.two_factors(items, shown)]
    assert found == [("c", "repair"), ("b", "repair"), ("a", "grow"), ("d", "keep")]


def test_gaps_by_facet_the_widest_shortfall_first():
    items = [item("a", "empathy", "pair"), item("b", "empathy", "pair"), item("c", "reliability", "pair"),
             item("d", "tangibles", "pair")]  # fmt: skip
    shown = {"a": cell(50), "a:expected": cell(80), "b": cell(60), "b:expected": cell(70), "c": cell(75),
             "c:expected": cell(70), "d": cell(40), "d:expected": HIDDEN}  # fmt: skip
    found = services.gaps(items, shown)
    # √(4² + 4²) on either side, rounded outwards; averaged over questions of the same people.
    assert found == [("empathy", -20, -26, -14, 50), ("reliability", 5, -1, 11, 50)]
    few = {"a": cell(50, n="12–15"), "a:expected": cell(80, n=20)}
    assert services.gaps(items[:1], few)[0].n == "12–15"


def test_incidence_is_a_lower_bound_per_hundred_encounters():
    items = [item("times", "encounters", "number", options={"min": 0, "max": 40}), item("sins", "sin", "multiple")]
    shown = {
        "times": {"shown": True, "n": 40, "index": 10, "mean": 12.0},
        "sins": {"shown": True, "n": 40, "shares": {"1": 30, "2": 6, "7": 6}},
    }
    assert services.incidence(items, shown, "sin") == [("1", 30, 2.4), ("2", 6, 0.4), ("7", 6, 0.4)]
    # 12.0 may be anything up to 12.2: what is told stays a lower bound.
    assert services.told_to(items[0]) == 0.4
    # Wilson's interval of 12 of 40; and as if of 20 people where people of one unit answer alike.
    assert services.share_range(30, shown["sins"]) == (18, 46)
    assert services.share_range(30, {**shown["sins"], "effect": 2.0}) == (14, 52)
    assert services.share_range(30, {"n": "12–15"}) is None
    assert services.incidence(items, {**shown, "times": HIDDEN}, "sin") == []
    assert services.incidence(items, {**shown, "times": {**shown["times"], "mean": 0.4}}, "sin") == []


def test_hours_lost_from_the_distribution_and_estimated_below_twenty():
    lost = item("lost", "lost time", "lost_time")
    whole = cell(60, n=200, dist=[10, 10, 10, 20, 25, 25], fav=50, neu=20, unf=30)
    exact = services.lost_time(lost, whole, None)
    # 10 % of 24, 12 and 5.5 hours, 20 % of 2, 25 % of half an hour, 25 % of none.
    assert (exact.per_person, exact.together, exact.estimated) == (4.7, 935, False)
    assert (exact.low, exact.high, exact.n) == (3.7, 5.7, 200)
    small = cell(50, n="8–11", fav=40, neu=20, unf=40)
    found = services.lost_time(lost, small, whole)
    assert (found.per_person, found.together, found.estimated) == (6.0, None, True)
    assert (found.low, found.high, found.n) == (None, None, "8–11")
    assert services.lost_time(lost, small, HIDDEN) is None and services.lost_time(lost, BANDED, whole) is None


def test_the_memorable_share_needs_a_distribution():
    assert services.memorable(cell(40, dist=[5, 10, 25, 40, 20])) == 20
    assert services.memorable(cell(40)) is None and services.memorable(HIDDEN) is None


# -- findings --------------------------------------------------------------------------------------------------------


def test_findings_of_a_unit_each_with_its_cells():
    moved = {"delta": 9, "low": 3, "high": 15, "word": "rose", "since": 2}
    unit = {
        "want": cell(60), "know": cell(66), "can": cell(54), "served": cell(42),
        "W1": cell(70), "W2": cell(55, change=moved), "C1": cell(40, change={**moved, "word": "no clear change"}),
        "barrier": {"shown": True, "n": 50, "shares": {"want": 20, "know": 10, "can": 40, "none": 30}},
    }  # fmt: skip
    found = findings.of_unit(unit, ["W1", "W2", "C1"])
    assert [(one.kind, one.about, one.rests_on) for one in found] == [
        ("barrier", "can", ("barrier",)),
        ("rose", "W2", ("W2",)),
        ("below", "served", ("served", "want", "know", "can")),
        ("strongest", "W1", ("W1", "W2", "C1")),
        ("weakest", "C1", ("W1", "W2", "C1")),
    ]
    assert all(set(one.rests_on) <= set(unit) for one in found)
    texts = {"W1": "Good.", "W2": "Better.", "C1": "Tools."}
    assert words.told(found[1], "en", texts) == "The biggest clear change: “Better” rose by 9 points (3 to 15)."
    assert words.told(found[2], "fr", texts).endswith("42 sur 100 pour son service, 60 à ses yeux.")


def test_a_fall_is_told_without_signs():
    fell = {"delta": -9, "low": -15, "high": -3, "word": "fell", "since": 2}
    [one] = findings.of_unit({"W1": cell(50, change=fell)}, ["W1"])
    assert words.told(one, "en", {"W1": "Good."}) == "The biggest clear change: “Good” fell by 9 points (3 to 15)."


def test_what_is_not_clear_is_not_found():
    level = {"want": cell(60, 6), "know": cell(66, 6), "can": cell(62, 6), "served": cell(52, 12)}
    [one] = findings.of_unit(level, [])
    assert (one.kind, one.values) == ("level", {"low": 60, "high": 66})
    hidden = {"want": HIDDEN, "know": BANDED, "can": HIDDEN, "served": cell(10), "barrier": HIDDEN}
    assert findings.of_unit(hidden, ["W1"]) == []
    few = {"barrier": {"shown": True, "n": 50, "shares": {"want": 19, "know": 10, "can": 11, "none": 60}}}
    assert findings.of_unit(few, []) == []


# -- words -----------------------------------------------------------------------------------------------------------


def test_every_word_is_there_in_five_languages_with_the_same_gaps():
    for key, row in words.WORDS.items():
        assert len(row) == len(words.LANGUAGES) == 5 and all(text.strip() for text in row), key
        gaps = [sorted(re.findall(r"\{(\w+)\}", text)) for text in row]
        assert all(found == gaps[0] for found in gaps), key
        assert len(set(row)) >= 4, key


@pytest.mark.parametrize("language", ["en", "it", "ro", "zh-hans", "zh-cn", "fr", "fr-ch", "de"])
def test_findings_are_told_in_each_language(language):
    found = [
        findings.Finding("barrier", "know", {"share": 30}),
        findings.Finding("fell", "can", {"delta": -9, "low": -15, "high": -3}),
        findings.Finding("above", "served", {"served": 80, "own": 60}),
        findings.Finding("strongest", "W1", {"index": 70}),
        findings.Finding("level", "", {"low": 50, "high": 52}),
    ]
    told = [words.told(one, language, {"W1": "Ça va."}) for one in found]
    assert all(text and "{" not in text for text in told) and len(set(told)) == 5
    assert "30" in told[0] and "Ça va" in told[3]
    assert words.told_change(change.Change(12, 7, 17, "rose"), language).endswith("+12 (+7 to +17)")


def test_every_facet_of_the_library_has_its_words():
    facets = {
        one["facet"] for key in library.ORDER for one in library.entry(key).content["items"] if one["kind"] == "pair"
    }
    assert facets and all(f"facet:{facet}" in words.WORDS for facet in facets)
    assert words.pick("facet:our own", "it") == "our own"


# -- trust -----------------------------------------------------------------------------------------------------------


def test_who_did_not_answer_is_told_as_censored_as_who_did():
    assert showing.silent({"shown": True, "percent": 70, "words": "70 %"}) == "30 %"
    assert showing.silent({"shown": True, "percent": 90, "words": "over 90 %"}) == "under 10 %"
    assert showing.silent({"shown": True, "percent": 10, "words": "under 10 %"}) == "over 90 %"
    assert showing.silent(HIDDEN) == ""


# -- trends ----------------------------------------------------------------------------------------------------------

TREE = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3}
ASKED = [{"code": "W1", "kind": "agreement", "options": {}, "text": {"en": "One."}, "about": "own"}]


def wave(number: int, units: dict[int, set[int]], scores: dict[int, Any], tree=TREE, items=ASKED) -> trends.Wave:
    cells = {group: {"want": found if isinstance(found, dict) else cell(found)} for group, found in scores.items()}
    return trends.Wave(number, {group: frozenset(inside) for group, inside in units.items()}, cells, tree, items)


GROUPS = {1: {1, 2, 3, 4, 5, 6}, 4: {4}, 5: {5}, 2: {2, 4, 5}, 6: {6, 3}}


def test_as_it_was_follows_the_name():
    moved = {**TREE, 5: 3}
    waves = [
        wave(1, GROUPS, {2: 50, 4: 40, 5: 60}),
        wave(2, {**GROUPS, 2: {2, 4}}, {2: 44, 4: 44}, tree=moved),
    ]
    points = trends.trend(waves, 2, "want", trends.WAS)
    assert [(point.index, point.same) for point in points] == [(50, False), (44, True)]
    gone = trends.trend([wave(1, {1: {1}}, {1: 50}), waves[1]], 2, "want", trends.WAS)
    assert [(point.index, point.why) for point in gone] == [(None, "not there"), (44, "")]


def test_as_it_is_now_follows_the_units():
    moved = {**TREE, 5: 3}
    now = wave(2, {**GROUPS, 2: {2, 4}}, {2: 44, 4: 44}, tree=moved)
    whole = trends.trend([wave(1, {**GROUPS, 2: {2, 4}}, {2: 40}), now], 2, "want", trends.NOW)
    assert [point.index for point in whole] == [40, 44]
    mixed = trends.trend([wave(1, {1: GROUPS[1], 2: {2, 4, 5}}, {2: 40, 1: 50}), now], 2, "want", trends.NOW)
    assert [(point.index, point.why) for point in mixed] == [(None, "hidden"), (44, "")]
    parts = {1: GROUPS[1], 4: {4}, 12: {2}}
    pieces = trends.trend([wave(1, parts, {4: 40, 12: 60}), now], 2, "want", trends.NOW)
    assert [point.index for point in pieces] == [50, 44]  # 50 people each
    hidden = trends.trend([wave(1, parts, {4: 40, 12: HIDDEN}), now], 2, "want", trends.NOW)
    assert hidden[0].index is None  # never the rest of what is shown


def test_common_units_only():
    one = wave(1, GROUPS, {1: 50, 2: 50, 4: 40, 5: 60})
    two = wave(2, {**GROUPS, 2: {2, 4, 5, 7}}, {1: 55, 2: 55, 4: 46, 5: 64})
    points = trends.trend([one, two], 2, "want", trends.COMMON)
    assert [point.index for point in points] == [50, 55]  # 4 and 5, not the grown 2
    none = trends.trend([one, wave(2, {2: {2, 4, 5, 7}}, {2: 55})], 2, "want", trends.COMMON)
    assert [point.why for point in none] == ["nothing in common"] * 2


def test_new_words_and_new_scales_are_marked():
    reworded = [{**ASKED[0], "text": {"en": "Another."}}]
    longer = [{**ASKED[0], "options": {"points": 7}}]
    waves = [wave(1, GROUPS, {2: 50}), wave(2, GROUPS, {2: 50}, items=reworded), wave(3, GROUPS, {2: 50}, items=longer)]
    points = trends.trend(waves, 2, "want", codes=["W1"])
    assert [point.changed for point in points] == ["", "wording", "scale"]
    assert [point.changed for point in trends.trend(waves, 2, "want", codes=["K1"])] == ["", "", ""]


def test_groups_of_other_units_and_questions_of_another_scale_are_not_compared():
    longer = [{**ASKED[0], "options": {"points": 7}}]
    found = trends.comparable(wave(1, GROUPS, {2: 50}), wave(2, {**GROUPS, 2: {2, 4}}, {2: 50}, items=longer))
    assert 4 in found.groups and 2 not in found.groups
    assert not found.measure("want", ("W1", "W2")) and not found.measure("W1", ()) and found.measure("talk", ("talk",))
