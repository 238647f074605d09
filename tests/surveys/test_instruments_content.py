"""Edits of a draft as plain functions, what checking finds, what comparing sees."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.instruments import checking, comparing, content, library, timing
from surveys.instruments.content import Refused, complete, section
from surveys.instruments.section_titles import SECTION_TITLES
from tests.surveys.instrument_contents import contents

QUIET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def item(code: str, **more: Any) -> dict[str, Any]:
    return complete({"code": code, "kind": "agreement", "text": {"en": f"About {code}"}, **more})


def held(*items: dict[str, Any], sections: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"sections": [section(key, {"en": key}) for key in sections], "items": list(items)}


def codes(made: dict[str, Any]) -> list[str]:
    return [one["code"] for one in made["items"]]


@QUIET
@given(contents(), st.data())
def test_no_edit_loses_or_doubles_a_question(made: dict[str, Any], data: Any) -> None:
    before = copy.deepcopy(made)
    code = data.draw(st.sampled_from(codes(made)))
    for step in (-1, 1):
        assert sorted(codes(content.move(made, code, step))) == sorted(codes(made))
    twin = content.duplicate(made, code)
    assert len(set(codes(twin))) == len(codes(made)) + 1
    for one in made["sections"]:
        assert sorted(codes(content.move_section(made, one["key"], 1))) == sorted(codes(made))
        left = content.remove_section(made, one["key"])
        keys = {each["key"] for each in left["sections"]}
        assert sorted(codes(left)) == sorted(codes(made))
        assert all(each["section"] in keys for each in left["items"] if keys)
    assert made == before, "an edit must not touch what it was given"


@QUIET
@given(contents())
def test_what_can_be_asked_has_no_errors(made: dict[str, Any]) -> None:
    assert [one for one in checking.errors(made) if one.reason not in {"only_comments", "pipe_in_own"}] == []


def test_up_and_down_cross_sections() -> None:
    made = held(item("a", section="x"), item("b", section="x"), item("c", section="y"), sections=("x", "y"))
    assert codes(content.move(made, "b", -1)) == ["b", "a", "c"]
    crossed = content.move(made, "b", 1)
    assert [(one["code"], one["section"]) for one in crossed["items"]] == [("a", "x"), ("b", "y"), ("c", "y")]
    assert content.move(made, "a", -1) == made and content.move(made, "c", 1) == made


def test_a_new_code_is_followed_by_rules() -> None:
    made = held(item("a"), item("b", show_if={"any": [{"item": "a", "in": [1]}, {"item": "a", "answered": True}]}))
    renamed = content.put(made, item("z"), instead_of="a")
    assert renamed["items"][1]["show_if"] == {"any": [{"item": "z", "in": [1]}, {"item": "z", "answered": True}]}


def test_refused_edits_say_why() -> None:
    made = held(item("a"), item("b", show_if={"item": "a", "answered": True}))
    for reason, edit in (
        ("looked_at", lambda: content.remove(made, "a")),
        ("taken", lambda: content.put(made, item("a"))),
        ("gone", lambda: content.move(made, "nobody", 1)),
        ("gone", lambda: content.duplicate(made, "nobody")),
        ("too_many", lambda: content.put(held(*(item(f"q{n}") for n in range(content.MOST_ITEMS))), item("one_more"))),
        ("taken", lambda: content.put_section(held(sections=("x",)), section("x", {"en": "X"}))),
    ):
        with pytest.raises(Refused) as refused:
            edit()
        assert refused.value.reason == reason


def test_sections_made_of_what_pages_had_by_themselves_keep_the_order() -> None:
    whole = library.entry("service-culture").content
    made = content.by_dimension(whole, SECTION_TITLES)
    assert [one["key"] for one in made["sections"]] == ["want", "know", "can", "provider", "end"]
    assert content.asked_order(made) == made["items"] and codes(made) == codes(whole)


@pytest.mark.parametrize(
    "made, reason",
    [
        (held(), "no_items"),
        (held(item("a", kind="comment")), "only_comments"),
        (held(item("a", text={})), "no_text"),
        (held(item("1a")), "bad_code"),
        (held(item("a", text={"en": "How is {provider}?"})), "pipe_in_own"),
        (held(item("a", about="provider", text={"en": "How is {department}?"})), "bad_pipe"),
        (held(item("a", kind="agreement", options={"points": 6})), "options_five_or_seven"),
        (held(item("a", kind="single")), "options_how_many"),
        (held(item("a", kind="number", options={"min": 5, "max": 5})), "options_range"),
        (held(item("a", kind="guess")), "unknown_kind"),
        (held(item("a", section="y"), sections=("x",)), "no_section"),
        (held(item("a", show_if={"item": "a", "answered": True})), "rule_later"),
        (held(item("a", show_if={"item": "b", "in": [1]}), item("b")), "rule_later"),
        (held(item("a", show_if={"item": "gone", "in": [1]})), "rule_unknown"),
        (held(item("a"), item("b", show_if={"item": "a", "in": [9]})), "rule_off_scale"),
        (held(item("a", show_if={"eval": "1"})), "rule_malformed"),
        (held(item("a", about="provider"), item("b", show_if={"item": "a", "in": [1]})), "rule_later"),
    ],
)
def test_errors_are_found_where_they_are(made: dict[str, Any], reason: str) -> None:
    found = [one.reason for one in checking.errors(made)]
    assert reason in {*found, *(one.removeprefix("options_") for one in found)}


def test_a_circle_over_two_questions_and_a_shuffled_section_are_refused() -> None:
    circle = held(item("a", show_if={"item": "b", "in": [1]}), item("b", show_if={"item": "a", "in": [1]}))
    assert [one.reason for one in checking.errors(circle)] == ["rule_later"]
    made = held(item("a", section="x"), item("b", section="x", show_if={"item": "a", "in": [1]}), sections=("x",))
    assert checking.errors(made) == []
    made["sections"][0]["shuffled"] = True
    assert [(one.reason, one.code) for one in checking.errors(made)] == [("rule_shuffled", "b")]


def test_warnings_and_hints() -> None:
    long = held(*(item(f"q{n}") for n in range(50)))
    assert "too_long" in [one.reason for one in checking.findings(long, ["en"])]
    two = held(item("a", text={"en": "It is fast and friendly."}))
    assert [one.reason for one in checking.findings(two, ["en"])] == ["two_in_one"]
    assert [(one.reason, one.values) for one in checking.findings(held(item("a")), ["en", "it"])] == [
        ("language", {"language": "it", "n": 1})
    ]


def test_minutes_count_a_department_s_questions_for_each() -> None:
    once = [item("a", kind="multiple")]
    assert timing.minutes(once) == 1
    assert timing.minutes([item("a", kind="comment", about="provider")], providers=5) == 3


def test_what_changed_between_editions() -> None:
    before = [item("a"), item("b"), item("c"), item("d"), item("gone")]
    after = [
        item("a", text={"en": "Other words", "it": "Prima traduzione"}),
        item("b", options={"points": 7}),
        item("c", text={"en": "About c", "it": "Su c"}),  # a first translation is no rewording
        item("d", facet="effort"),
        item("new"),
    ]
    found = {one.code: one for one in comparing.compare(before, after)}
    assert {code: one.kinds for code, one in found.items()} == {
        "a": ("wording",), "b": ("scale",), "d": ("meaning",), "new": ("new",), "gone": ("removed",),
    }  # fmt: skip
    assert found["a"].languages == ("en",)
    assert found["a"].comparable and not found["b"].comparable


@QUIET
@given(contents())
def test_an_edition_is_the_same_as_itself(made: dict[str, Any]) -> None:
    assert comparing.compare(made["items"], copy.deepcopy(made["items"])) == []
