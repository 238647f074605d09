"""Days in sentences made by Python, in each language."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR

from config import words
from culture.access.days import date_text

DAY = dt.date(2026, 5, 3)


@pytest.mark.parametrize(
    "language, pattern, told",
    [
        ("en", "j F", "3 May"),
        ("it", "j F", "3 maggio"),
        ("ro", "j F Y", "3 mai 2026"),
        ("ro", None, "3 mai 2026"),
        ("fr", "j M Y", "3 mai 2026"),
        ("zh-hans", "j F", "5月3日"),
        ("zh-hans", "j F Y", "2026年5月3日"),
    ],
)
def test_a_day_is_written_as_the_language_does(language: str, pattern: str | None, told: str) -> None:
    with translation.override(language):
        assert date_text(DAY, pattern) == told
        shown = Template("{{ day|date:pattern }}" if pattern else "{{ day|date }}")
        assert shown.render(Context({"day": DAY, "pattern": pattern})) == told


def test_no_day_is_no_text() -> None:
    assert date_text(None, "j F Y") == ""


def test_no_text_of_ours_is_taken_for_the_name_of_a_day_or_month() -> None:
    """As "May", what somebody may do, was: every third of May read "3 può"."""
    with translation.override("en"):
        names = {str(name) for table in (MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR) for name in table.values()}
    for app in words.APPS:
        for code in words.LANGUAGES:
            ours = {message.id for message in words.read(words.catalogue_path(app, code), code) if not message.context}
            assert not names & {text for text in ours if isinstance(text, str)}, (app, code)
