"""Scales: what may be answered, stored and counted, for every kind of item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.instruments.scales import HOURS, KINDS, LARGEST, SCALES, SMALLEST, BadValue, Scale, problems, scale_of

CHOICES = [{"value": value, "text": {"en": f"Option {value}", "it": f"Opzione {value}"}} for value in (1, 2, 4, 15)]
OPTIONS = {
    "single": {"choices": CHOICES},
    "multiple": {"choices": CHOICES},
    "number": {"min": -5, "max": 40, "unit": {"en": "hours"}},
}
ITEMS = [{"kind": kind, "options": OPTIONS.get(kind, {})} for kind in SCALES]
ITEMS += [{"kind": "agreement", "options": {"points": 7, "reversed": True}}, {"kind": "pair", "options": {"points": 5}}]
items = st.sampled_from(ITEMS)


def storable(scale: Scale) -> list[int]:
    return [value for value in range(-40, 20000) if scale.valid(value)]


STORABLE = {id(item): storable(scale_of(item)) for item in ITEMS}


@given(items, st.data())
def test_whatever_may_be_stored_can_be_posted_and_worded(item: dict, data: st.DataObject) -> None:
    scale = scale_of(item)
    value = data.draw(st.sampled_from(STORABLE[id(item)]))
    assert scale.read(scale.posted(value)) == value
    assert SMALLEST <= value <= LARGEST
    for language in ("en", "it", "ro", "zh-hans", "fr", "eo"):
        assert scale.label(value, language)


@given(items, st.lists(st.text(max_size=8), max_size=4))
def test_nothing_else_can_be_posted(item: dict, posted: list[str]) -> None:
    scale = scale_of(item)
    try:
        value = scale.read(posted)
    except BadValue:
        return
    assert scale.valid(value)


@given(items)
def test_the_best_answer_is_100_and_in_the_highest_class(item: dict) -> None:
    scale = scale_of(item)
    if not scale.ordered:
        assert scale.index(STORABLE[id(item)][0]) is None
        return
    ranked = sorted(STORABLE[id(item)], key=lambda value: scale.index(value) or 0)
    assert scale.index(ranked[0]) == 0 and scale.index(ranked[-1]) == 100
    classes = [scale.category(value) for value in ranked]
    assert classes == sorted(classes) and classes[0] == 0 and classes[-1] == scale.categories - 1
    good, bad = scale.thirds()
    assert scale.categories - 1 in good and 0 in bad and not good & bad


@pytest.mark.parametrize(
    "kind, good, bad",
    [
        ("agreement", {3, 4}, {0, 1}),
        ("recommendation", {9, 10}, {0, 1, 2, 3, 4, 5, 6}),
        ("effort", {4, 5, 6}, {0, 1, 2}),
        ("yes_no", {1}, {0}),
    ],
)
def test_favourable_and_unfavourable(kind: str, good: set[int], bad: set[int]) -> None:
    assert scale_of({"kind": kind}).thirds() == (good, bad)


def test_a_pair_keeps_both_answers() -> None:
    scale = scale_of({"kind": "pair", "options": {"points": 7}})
    assert scale.read(["7", "3"]) == 73
    assert scale.parts(73) == (7, 3)
    assert scale.index(73) == pytest.approx(100 / 3)
    for wrong in (["7"], ["8", "1"], ["0", "1"], ["7", "3", "3"]):
        with pytest.raises(BadValue):
            scale.read(wrong)


def test_several_choices_are_one_number() -> None:
    scale = scale_of({"kind": "multiple", "options": OPTIONS["multiple"]})
    assert scale.read(["1", "4"]) == 0b1001
    assert scale.label(0b1001, "it") == "Opzione 1, Opzione 4"
    assert scale.read(["0"]) == 0 and scale.label(0, "fr") == "Aucun de ces choix"
    assert scale.read(["15"]) == 1 << 14
    for wrong in (["3"], ["1", "1"], ["0", "1"], []):
        with pytest.raises(BadValue):
            scale.read(wrong)
    assert not scale.valid(0b100)


def test_lost_time_has_hours_for_every_band() -> None:
    scale = scale_of({"kind": "lost_time"})
    assert len(HOURS) == len(scale.values)
    assert scale.index(0) == 100


@pytest.mark.parametrize(
    "kind, options, wrong",
    [
        ("agreement", {"points": 6}, "points"),
        ("single", {"choices": CHOICES[:1]}, "choices"),
        ("multiple", {"choices": [*CHOICES, {"value": 16, "text": {"en": "x"}}]}, "choices"),
        ("single", {"choices": [CHOICES[0], CHOICES[0]]}, "choices"),
        ("single", {"choices": [CHOICES[0], {"value": 2, "text": {}}]}, "choices"),
        ("number", {"min": 3, "max": 3}, "max"),
        ("number", {"min": 0, "max": 40000}, "max"),
    ],
)
def test_broken_options_are_named(kind: str, options: dict, wrong: str) -> None:
    assert [name for name, _ in problems(kind, options)] == [wrong]


def test_every_kind_has_a_scale_but_the_comment() -> None:
    assert set(KINDS) - set(SCALES) == {"comment"}
    with pytest.raises(KeyError):
        scale_of({"kind": "comment"})
