"""What a form changed, when the same page is open twice: pure."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from surveys.answering import pages, tabs

ITEMS: list[dict[str, Any]] = [
    {"code": "W1", "kind": "agreement", "dimension": "want"},
    {"code": "W2", "kind": "agreement", "dimension": "want"},
    {"code": "gap", "kind": "pair", "dimension": "want"},
    {"code": "say", "kind": "comment"},
]
PAGE = pages.Page(1, "own", tuple(field for page in pages.build(ITEMS, []) for field in page.fields))
VALUES = {
    "own.W1": st.sampled_from([None, 1, 3, 5]),
    "own.W2": st.sampled_from([None, 1, 3, 5]),
    "own.gap.e": st.sampled_from([1, 5]),
    "own.gap.p": st.sampled_from([1, 5]),
    "c.say": st.sampled_from(["", "a", "a b=c", "客 🚲"]),
}
ANSWERS = st.fixed_dictionaries({}, optional=VALUES).map(lambda found: {n: v for n, v in found.items() if v != ""})


def form(answers: dict[str, Any]) -> dict[str, Any]:
    """What pages.read makes of a form that stands so: every text box is posted, lists only when chosen."""
    typed = {"c.say": "", **answers}
    return {**typed, "own.gap": ""} if {"own.gap.e", "own.gap.p"} & set(typed) else typed


@given(ANSWERS)
def test_a_form_that_nobody_touched_changes_nothing(answers: dict[str, Any]) -> None:
    assert tabs.touched(PAGE, form(answers), tabs.shown(PAGE, answers)) == {}


@given(ANSWERS, ANSWERS, ANSWERS)
def test_what_was_touched_here_and_what_was_answered_elsewhere_both_stand(
    shown: dict[str, Any], here: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    """A browser's form cannot take a choice back, so what was shown is there unless another was chosen."""
    stands = {**{n: v for n, v in shown.items() if n != "c.say"}, **here}
    draft = pages.merge(shown, elsewhere)
    after = pages.merge(draft, tabs.touched(PAGE, form(stands), tabs.shown(PAGE, shown)))
    for name in ("own.W1", "own.W2"):
        untouched = stands.get(name, "") == shown.get(name, "")
        assert after.get(name, "") == (draft if untouched else stands).get(name, "")
    said = stands.get("c.say", "")
    assert after.get("c.say", "") == (draft.get("c.say", "") if said == shown.get("c.say", "") else said)


def test_a_pair_is_touched_as_a_whole() -> None:
    """Else the half that stands as it was shown would leave an "I can't judge this" of elsewhere above both."""
    shown = tabs.shown(PAGE, {"own.gap.e": 1, "own.gap.p": 1})
    typed = {"own.gap.e": 1, "own.gap.p": 5, "own.gap": ""}
    assert tabs.touched(PAGE, typed, shown) == typed


def test_a_form_that_tells_nothing_or_nonsense_is_taken_whole() -> None:
    assert tabs.touched(PAGE, {"own.W1": 3}, None) == {"own.W1": 3}
    for nonsense in ("", "=", "own.W1", "own.W1==3", "\0 x=y=z own.W1=4"):
        assert tabs.touched(PAGE, {"own.W1": 3}, nonsense) == {"own.W1": 3}


def test_the_field_holds_no_text() -> None:
    assert "secret" not in tabs.shown(PAGE, {"c.say": "secret", "own.W1": None})
