"""The same questions asked again soon: which two waves are protected together, and whichever is released first."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from surveys.instruments.loading import load_library
from surveys.results import releasing, repeats
from surveys.results.disclosure import HIDDEN
from surveys.results.models import CellGroup
from surveys.waves import opening, running, series
from surveys.waves.models import PanelPlace, Wave
from tests.surveys.results_world import NOW, World, answer, open_wave, people

pytestmark = pytest.mark.django_db
TOLD = {"want", "know", "can", "W1", "served"}


@pytest.fixture
def many(hr, executive, manager, stranger, units):
    people(units)
    return units


def planned(days=0, **values) -> Wave:
    """The first wave of a series of its own with the questions of the library."""
    made = series.create(
        by=None,
        name=f"After {days} days",
        instrument=load_library(),
        first_opens_on=NOW.date() + dt.timedelta(days=days),
        rule="FREQ=WEEKLY;INTERVAL=2;COUNT=6",
        open_days=13,
        **values,
    )
    return made.waves.get(number=1)


def opened(units, wave, days) -> World:
    world = open_wave(units, Wave.objects.get(pk=wave.pk), now=NOW + dt.timedelta(days=days))
    answer(world, seed=days)
    return world


def release(world: World, days: int) -> set[str]:
    """What the release of the wave shows of everybody."""
    releasing.close_wave(world.wave, now=NOW + dt.timedelta(days=days))
    top = CellGroup.objects.shown().get(release__wave=world.wave, family="tree", parent=None)
    return {key for key, cell in top.cells.items() if cell.get("shown")}


def test_whichever_of_two_waves_is_released_second_is_protected(many):
    """A long wave and a short one of another series within it: the short one is released while the long one is open."""
    long, short = opened(many, planned(), 0), opened(many, planned(14), 14)
    assert release(short, 30) >= TOLD
    assert not release(long, 60) & TOLD


def test_waves_that_were_open_at_the_same_time_are_near_however_early_one_began(many):
    long, short = opened(many, planned(), 0), opened(many, planned(84), 100)
    Wave.objects.filter(pk=long.wave.pk).update(closes_on=NOW.date() + dt.timedelta(days=110))
    assert release(short, 115) >= TOLD
    assert not release(long, 120) & TOLD


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_a_time_know_of_each_other(many, monkeypatch):
    """Both are worked out before either is written: the second sees the first all the same."""
    worlds = [opened(many, planned(), 0), opened(many, planned(14), 14)]
    for world in worlds:
        releasing.refuse_answers(world.wave, now=NOW + dt.timedelta(days=30))
        releasing.seal(world.wave)
    both, real = threading.Barrier(2), releasing._publish

    def together(*args, **values):
        both.wait(60)
        return real(*args, **values)

    monkeypatch.setattr(releasing, "_publish", together)

    def work(world):
        try:
            releasing.release(world.wave, now=NOW + dt.timedelta(days=30))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[world]) for world in worlds]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    tops = CellGroup.objects.shown().filter(family="tree", parent=None)
    assert sorted(bool(row.cells["want"]["shown"]) for row in tops) == [False, True]


def test_shares_are_told_again_of_many_people_only():
    """How many are at or below a threshold is the unfavourable share again: it goes where that goes."""
    below = {"shown": True, "n": 400, "percent": 37, "low": 30, "high": 44}
    cells = {"below:want": below, "straight": below, "participation": {"shown": True, "percent": 60, "words": "60 %"}}
    told = repeats.hide(cells, {"want", "straight"}, 100)
    assert told == {"below:want": HIDDEN, "straight": HIDDEN, "participation": cells["participation"]}
    large = {key: {**cell, "n": 800} for key, cell in cells.items()}
    assert repeats.hide(large, {"want", "straight"}, 100) == large


# -- panels ----------------------------------------------------------------------------------------------------------


def next_of(world: World) -> Wave:
    waiting = Wave.objects.filter(series=world.wave.series, state=Wave.State.SCHEDULED)
    return waiting.order_by("number").first()


def close(wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)


def test_the_next_part_of_a_panel_is_other_people(many):
    first = opened(many, planned(panel=2), 0)
    close(first.wave)
    second = opened(many, next_of(first), 14)
    assert first.wave.rules["panel_turn"] != second.wave.rules["panel_turn"]
    asked = [set(w.wave.invitations.values_list("employee", flat=True)) for w in (first, second)]
    assert not asked[0] & asked[1]
    assert release(first, 20) and repeats.near(second.wave) == []


def test_a_cancelled_wave_does_not_make_the_same_part_of_a_panel_another(many, hr):
    """The second wave never opened, so the fourth asks the part of the first or of the third, whatever its number."""
    first = opened(many, planned(panel=2), 0)
    waves = list(Wave.objects.filter(series=first.wave.series).order_by("number")[:4])
    running.cancel(waves[1], reason="Strike", by=hr)
    release(first, 14)
    third = opened(many, waves[2], 28)
    close(third.wave)
    fourth = opened(many, waves[3], 42)
    assert set(fourth.wave.invitations.values_list("employee", flat=True))
    assert [one.pk for one in repeats.near(fourth.wave)] == [first.wave.pk]
    assert repeats.near(third.wave) == []


def test_a_panel_that_was_begun_later_asks_people_of_before(many, hr):
    """Wave 1 asked everybody; then a panel of four was chosen: whoever is asked in wave 2 was asked in wave 1."""
    first = opened(many, planned(), 0)
    release(first, 13)
    series.change(first.wave.series, by=hr, today=NOW.date(), panel=4)
    second = opened(many, next_of(first), 14)
    assert second.wave.rules["panel"] == 4 and "panel" not in first.wave.rules
    assert [one.pk for one in repeats.near(second.wave)] == [first.wave.pk]


def test_places_dealt_anew_are_another_panel_though_it_has_the_same_size(many, hr):
    first = opened(many, planned(panel=2), 0)
    release(first, 13)
    for size in (3, 2):
        series.change(first.wave.series, by=hr, today=NOW.date(), panel=size)
    assert not PanelPlace.objects.filter(series=first.wave.series).exists()
    second = opened(many, next_of(first), 14)
    assert (first.wave.rules["panel_since"], second.wave.rules["panel_since"]) == (1, 2)
    assert [one.pk for one in repeats.near(second.wave)] == [first.wave.pk]


def test_a_panel_of_before_this_was_frozen_counts_as_the_same_people(many):
    first = opened(many, planned(panel=2), 0)
    release(first, 13)
    bare = {key: value for key, value in first.wave.rules.items() if not key.startswith("panel")}
    Wave.objects.filter(pk=first.wave.pk).update(rules=bare)
    second = next_of(first)
    opening.open_wave(second, now=NOW + dt.timedelta(days=14))
    second.refresh_from_db()
    assert [one.pk for one in repeats.near(second)] == [first.wave.pk]
