"""The words of the answering pages: all there in five languages, with the same gaps to fill."""

from __future__ import annotations

import string

import pytest

from surveys.answering.languages import LANGUAGES, known, languages_of, words
from surveys.answering.words import WORDS
from surveys.answering.words_doors import DOORS

ALL = {**WORDS, **DOORS}


def gaps(text: str) -> set[str | None]:
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", ALL)
def test_each_is_said_in_every_language_with_the_same_gaps(key: str) -> None:
    row = ALL[key]
    assert len(row) == len(LANGUAGES) and all(text.strip() for text in row)
    assert len({frozenset(gaps(text)) for text in row}) == 1, row


@pytest.mark.parametrize(
    "reason", ["bad_value", "too_long", "bad_number", "either_or", "too_many_services", "used_or_none", "lost", "over"]
)
def test_a_refusal_is_not_said_in_english_to_others(reason: str) -> None:
    assert len({words(language)[reason] for language in LANGUAGES}) == len(LANGUAGES)


def test_languages_of_a_questionnaire() -> None:
    assert languages_of([{"text": {"en": "Who?", "ro": ""}}, {"text": {"it": "Chi?"}}]) == ["en", "it"]
    assert languages_of([{"text": {}}]) == list(LANGUAGES)
    assert [known(one) for one in ("zh-CN", "IT_it", "de", "", None, "ar-xb")] == ["zh-hans", "it", "", "", "", ""]
