"""Waves that went wrong or are odd, through the pages: they are released all the same, or say what to do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from culture.people.models import Unit
from surveys.answering import submitting
from surveys.results import comment_release, releasing, sharing
from surveys.results.comment_models import ReleasedComment
from surveys.results.models import CellGroup, Release
from surveys.results.sharing_models import Sharing
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_person
from tests.surveys.results_world import LATER, answer, open_wave, people
from tests.surveys.test_sharing import walk

pytestmark = pytest.mark.django_db
CELLS = ("want", "know", "can", "W1", "served")


@pytest.fixture
def world(hr, executive, manager, stranger, units):
    people(units)
    return open_wave(units)


def read(client, wave) -> str:
    """Every page of the wave opens; the overview's text."""
    pages = walk(client, wave)
    assert {status for status, _body in pages.values()} <= {200, 302, 404}
    return pages[reverse("results:wave", args=[wave.pk])][1]


def close(world) -> Wave:
    releasing.close_wave(world.wave, now=LATER)
    return Wave.objects.get(pk=world.wave.pk)


def test_a_wave_nobody_answered_opens_everywhere_and_shows_nothing(world, client_of, hr):
    wave = close(world)
    page = read(client_of(hr), wave)
    assert wave.state == Wave.State.RELEASED and "hidden" in page
    for row in CellGroup.objects.filter(release__wave=wave):
        assert not any((row.cells.get(key) or {}).get("shown") for key in CELLS)


def test_everybody_gave_the_same_answer(world, client_of, hr):
    """Nobody learns that all said the same: neither end of the scale is ever reached."""
    items = [item for item in world.wave.snapshot["items"] if item["kind"] != "comment" and item["about"] == "own"]
    given = {"own": {item["code"]: 5 for item in items}, "providers": {}, "comment": {}}
    ids = Invitation.objects.filter(wave=world.wave).values_list("pk", flat=True)
    submitting.submit_many(world.wave, [(pk, given) for pk in ids])
    wave = close(world)
    read(client_of(hr), wave)
    top = CellGroup.objects.get(release__wave=wave, family="tree", parent=None).cells
    assert top["want"]["shown"] and top["want"]["index"] < 100 and top["W1"]["fav"] < 100


def test_everybody_could_not_judge(world, client_of, hr):
    empty = {"own": {}, "providers": {}, "comment": {}}
    ids = Invitation.objects.filter(wave=world.wave).values_list("pk", flat=True)
    submitting.submit_many(world.wave, [(pk, empty) for pk in ids])
    wave = close(world)
    page = read(client_of(hr), wave)
    assert "hidden" in page and not CellGroup.objects.get(release__wave=wave, parent=None).cells["want"]["shown"]


def test_an_organisation_of_one_unit(hr, units, client_of):
    Unit.objects.exclude(pk=units["Services"].pk).filter(parent__parent__isnull=False).delete()
    for n in range(30):
        make_person(f"ONE{n}", units["Services"])
    world = open_wave(units)
    answer(world)
    wave = close(world)
    assert read(client_of(hr), wave)
    rows = CellGroup.objects.filter(release__wave=wave, family="tree")
    assert rows.count() == 1 and rows.get().cells["want"]["shown"]


@pytest.mark.parametrize("item", [{"kind": "gone"}, {"kind": "single", "options": {}}])
def test_a_question_whose_scale_is_missing_is_told_as_not_there(world, client_of, hr, item):
    """Such a questionnaire cannot be published today; one frozen by an older version must not hold a wave back."""
    answer(world)
    wave = Wave.objects.get(pk=world.wave.pk)
    broken = next(one for one in wave.snapshot["items"] if one["code"] == "W1")
    broken.update(item)
    wave.save(update_fields=["snapshot"])
    wave = close(world)
    read(client_of(hr), wave)
    assert wave.state == Wave.State.RELEASED
    cells = CellGroup.objects.get(release__wave=wave, family="tree", parent=None).cells
    assert not (cells.get("W1") or {}).get("shown") and cells["K1"]["shown"]


@pytest.mark.parametrize("where", ["comments", "sharing"])
def test_a_crash_in_the_middle_of_a_release_leaves_nothing_and_goes_on(world, client_of, hr, monkeypatch, where):
    answer(world)

    def crash(*args, **kwargs):
        raise OSError("the disk is full")

    module, name = (comment_release, "_insert") if where == "comments" else (sharing, "begin")
    with monkeypatch.context() as patch:
        patch.setattr(module, name, crash)
        with pytest.raises(OSError, match="disk"):
            releasing.close_wave(world.wave, now=LATER)
    assert not Release.objects.exists() and not ReleasedComment.objects.exists() and not Sharing.objects.exists()
    assert client_of(hr).get(reverse("results:wave", args=[world.wave.pk])).status_code == 404
    wave = close(world)
    assert wave.state == Wave.State.RELEASED and ReleasedComment.objects.count() == 24
    assert releasing.close_wave(wave, now=LATER + dt.timedelta(days=1)).released_at == LATER
    assert (Release.objects.count(), Sharing.objects.count(), ReleasedComment.objects.count()) == (1, 1, 24)
