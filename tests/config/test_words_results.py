"""What managers read of a wave speaks their language; and one English word of two meanings is two words elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config import words
from culture.people.models import Employee, Unit
from surveys.results import queries, releasing
from surveys.waves import cuts
from tests.config.test_words import SAME, _shown
from tests.surveys.results_world import LATER, World, answer, open_wave, people

# Not the page about files: it describes their columns, which are English in every language.
PAGES = ("wave", "heatmap", "services", "findings", "comments", "cuts", "compare", "method")
# Two languages write these alike.
ALIKE = SAME | {"Service", "Services", "Format", "Alpha", "Score", "Scores", "Partner", "Question", "Corrections"}
# A wave keeps the names of its cuts as they were when it opened.
FROZEN = {str(name) for name in cuts.NAMES.values()}
# (English, context of the second meaning)
TWICE = [
    ("Open", "wave"),
    ("Open", "actions"),
    ("Report", "document"),
    ("Kept", "retention"),
    ("Closed", "day"),
    ("Read", "day"),
    ("Due", "mail"),
    ("Taken back", "day"),
    ("not asked", "survey"),
]


@pytest.fixture
def world(hr: Employee, manager: Employee, employee: Employee, units: dict[str, Unit]) -> World:
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    world.wave.refresh_from_db()
    return world


def _addresses(world: World) -> list[str]:
    wave = world.wave.pk
    unit = next(row.unit for row in queries.tree_rows(world.wave, None) if row.name.startswith("Branch A"))
    looks = [reverse("results:services", args=[wave]) + f"?look={look}" for look in ("matrix", "list", "both", "hours")]
    return [
        reverse("results:list"),
        *(reverse(f"results:{name}", args=[wave]) for name in PAGES),
        *looks,
        reverse("results:unit", args=[wave, unit]),
        reverse("results:trend", args=[wave, unit]),
        reverse("results:why", args=[wave]) + f"?family=tree&unit={unit}&of=nothing",
    ]


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_a_manager_reads_results_without_english(
    world: World, manager: Employee, client_of: Callable[[Employee], Client], code: str
) -> None:
    """What English pages say and the catalogue knows otherwise stands on no page in another language."""
    client, addresses = client_of(manager), _addresses(world)
    english = {piece for address in addresses for piece in _shown(client, address)}
    with translation.override(code):
        other = {piece: translation.gettext(piece) for piece in english if re.search("[A-Za-z]{3}", piece)}
    translated = {piece for piece, text in other.items() if text != piece} - ALIKE - FROZEN
    assert len(translated) > 200, "the pages show too little to tell"
    Employee.objects.filter(pk=manager.pk).update(language=code)
    for address in addresses:
        left = _shown(client, address) & translated
        assert not left, (address, left)


@pytest.mark.parametrize("code", words.LANGUAGES)
@pytest.mark.parametrize(("english", "context"), TWICE)
def test_a_second_meaning_has_a_word_of_its_own(code: str, english: str, context: str) -> None:
    with translation.override(code):
        second, first = translation.pgettext(context, english), translation.gettext(english)
    assert second not in (english, first)


def test_people_have_names_and_numbers_of_their_own_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert (translation.pgettext("person", "Name"), translation.gettext("Name")) == ("姓名", "名称")
        assert (translation.pgettext("person", "Number"), translation.gettext("Number")) == ("工号", "编号")
