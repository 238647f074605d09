"""Pure: words, themes and masks of comments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results import masking, themes
from surveys.results.comment_release import masked_words

KNOWN = masking.names(
    [("Marco", "Rossi"), ("Li", "Murphy"), ("伟", "张"), ("Zoë", "D'Angelo"), ("Ana-Maria", "Ștefan")]
)


@pytest.mark.parametrize(
    "text,found",
    [
        ("We waited three days for an answer.", {"waiting", "information"}),
        ("I colleghi sono scortesi e in ritardo.", {"tone", "waiting", "together"}),
        ("Șeful nu ne ascultă; nu avem aprobare.", {"leadership", "permission"}),
        ("等了三天，态度很差", {"waiting", "tone"}),
        ("Merci à l'équipe, mais le logiciel est obsolète", {"thanks", "together", "tools"}),
        ("Blue curtains.", set()),
        ("", set()),
        ("😀😀", set()),
    ],
)
def test_what_a_comment_is_about(text: str, found: set[str]) -> None:
    assert set(themes.of(themes.fold(text))) == found


def test_every_word_of_the_themes_finds_its_theme() -> None:
    """A word that can never be met (accents, a stray sign) would be a dead one."""
    from surveys.results.theme_words import CHINESE, LATIN

    assert set(LATIN) == set(CHINESE) == set(themes.THEMES)
    for name, words in LATIN.items():
        for word in (one.strip() for line in words.strip().splitlines() for one in line.split("|")):
            assert word and name in themes.of(themes.fold(f"x {word} y")), (name, word)


def test_searching_finds_words_by_their_beginning_and_phrases_whole() -> None:
    folded = themes.fold("L'équipe répond trop tard.")
    assert all(word in folded for word in themes.wanted("EQUIP tard"))
    assert not all(word in folded for word in themes.wanted("quipe"))
    assert themes.wanted_exactly("Trop tard") in folded and themes.wanted_exactly("répond tard") not in folded
    assert themes.wanted_exactly("太慢") in themes.fold("流程太慢了")


@pytest.mark.parametrize(
    "text,shown",
    [
        ("Marco Rossi is rude.", "[name] is rude."),
        ("Ask marco: no name, small letters.", "Ask marco: no name, small letters."),
        ("Li Murphy and Mi piace; Li went.", "[name] and Mi piace; Li went."),
        ("我们的经理张伟很好。", "我们的经理[name]很好。"),
        ("Zoë D’Angelo or Ana-Maria Ștefan.", "[name] or [name]."),
        ("Mr. ROSSI", "Mr. [name]"),
    ],
)
def test_names_of_people_here_are_suggested(text: str, shown: str) -> None:
    masks = masking.write(masking.suggest(text, KNOWN))
    assert masking.applied(text, masks)[0] == shown


def test_typed_words_are_masked_everywhere_and_marks_stay_whole() -> None:
    assert masking.of_typed("Bob and bob", "BOB") == [(0, 3), (8, 11)]
    assert masked_words("told TOLD [name] untold", ["told"]) == ("[…] […] [name] un[…]", 3)
    assert masked_words("[name] was here", ["name"]) == ("[name] was here", 0)


@settings(max_examples=60)
@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=4))
def test_masking_keeps_all_but_what_is_masked(text: str, spans: list[tuple[int, int]]) -> None:
    """The pieces are the text; what a mask covers is gone, what it does not cover stays in order."""
    assert "".join(piece.text for piece in masking.pieces(text)) == text
    joined = masking.joined(text, spans)
    assert all(a[1] < b[0] for a, b in zip(joined, joined[1:], strict=False))
    shown, count = masking.applied(text, masking.write(joined))
    kept = [
        text[a:b] for a, b in zip([0, *(e for _s, e in joined)], [*(s for s, _e in joined), len(text)], strict=True)
    ]
    assert count == len(joined) and shown == masking.MASK.join(kept)
    for start, end in spans:
        assert start >= end or start >= len(text) or any(a <= start and min(end, len(text)) <= b for a, b in joined)
