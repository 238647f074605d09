"""A release as a job: frozen, corrected by further ones, repeatable, whatever was answered."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from culture.access.models import AuditEntry
from surveys.results import correcting, queries, releasing, repeats, sealing
from surveys.results.comment_models import ReleasedComment
from surveys.results.correcting import CannotCorrect, Correction, Withdrawal, correct
from surveys.results.disclosure import HIDDEN
from surveys.results.models import CellGroup, Release
from surveys.waves.models import Wave
from tests.surveys.results_world import LATER, NOW, TOLD, answer, open_wave, people

WHY = "Two questions were translated wrongly in Branch B."


@pytest.fixture
def world(db, hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    answer(world)
    return world


@pytest.fixture
def released(world):
    releasing.close_wave(world.wave, now=LATER)
    world.wave.refresh_from_db()
    return world


def group(wave, name, family="tree"):
    return CellGroup.objects.shown().get(release__wave=wave, family=family, name=name)


def texts(wave, unit):
    """What is shown of the comments at a group."""
    return list(ReleasedComment.objects.shown().filter(release__wave=wave, unit=unit).values_list("text", flat=True))


# -- frozen ----------------------------------------------------------------------------------------------------------


def test_the_database_keeps_released_cells_as_they_are(released):
    row = group(released.wave, "Branch B")
    for change in (
        lambda: CellGroup.objects.filter(pk=row.pk).update(cells={}),
        lambda: ReleasedComment.objects.update(text="other"),
        lambda: Release.objects.update(rules={}),
        lambda: Release.objects.update(replaced_at=NOW, rules_hash="x"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_a_release_names_what_it_was_made_with(released):
    made = Release.objects.get(wave=released.wave)
    assert made.instrument and made.formula_version == releasing.FORMULA_VERSION
    assert made.rules["k"] == 5 and len(made.rules_hash) == 64 and made.number == 1


def test_releasing_again_changes_nothing(released):
    before = CellGroup.objects.count()
    assert not releasing.release(released.wave, now=LATER)
    assert (CellGroup.objects.count(), Release.objects.count()) == (before, 1)


def test_how_far_it_is_can_be_read_while_it_works(world, monkeypatch):
    seen = []
    real = releasing._tell
    monkeypatch.setattr(releasing, "_tell", lambda wave, doing: (seen.append(doing), real(wave, doing)))
    wave = releasing.close_wave(world.wave, now=LATER)
    assert seen == list(releasing.STEPS) and wave.progress == {}


def test_the_wave_page_says_how_far_it_is(world, client_of, hr):
    releasing.refuse_answers(world.wave, now=LATER)
    releasing._tell(world.wave, "services")
    url = reverse("waves:detail", args=[world.wave.pk])
    page = client_of(hr).get(url).content.decode()
    part = client_of(hr).get(url, headers={"HX-Request": "true"}).content.decode()
    for text in (page, part):
        assert "what colleagues say of the service" in text
    assert "<html" in page and "<html" not in part
    releasing.close_wave(world.wave, now=LATER)
    assert client_of(hr).get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.django_db(transaction=True)
def test_two_releases_started_at_once_are_one(hr, executive, manager, stranger, units, transactional_db):
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.refuse_answers(world.wave, now=LATER)
    sealing.seal(world.wave)
    gate, done = threading.Barrier(2), []

    def work():
        try:
            gate.wait()
            done.append(releasing.release(world.wave, now=LATER))
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(done) == [False, True] and Release.objects.count() == 1


# -- corrected -------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_release_that_says_what_and_why(released, hr):
    row = group(released.wave, "Branch B")
    assert row.cells["want"]["shown"] and TOLD in texts(released.wave, row.unit)
    change = Correction(
        withdraw=[Withdrawal("tree", row.unit, measure="want")],
        names={("tree", row.unit, None): "Branch Beta"},
        words=["told"],
    )
    made = correct(released.wave, change, why=WHY, now=LATER + dt.timedelta(days=2), by=hr)
    assert (made.number, made.why) == (2, WHY)
    assert {one["what"] for one in made.changes} == {"withdrawn", "renamed", "words masked"}
    new = group(released.wave, "Branch Beta")
    assert new.cells["want"] == HIDDEN and new.cells["can"] == row.cells["can"]
    said = texts(released.wave, new.unit)
    assert said and all(TOLD not in text and correcting.MASK in text for text in said)
    # The first one is still there, unchanged, and shown no more.
    row.refresh_from_db()
    assert row.cells["want"]["shown"] and row.release.replaced_at is not None
    assert queries.release_of(released.wave, hr) == made
    assert AuditEntry.objects.filter(verb="results.corrected").exists()


def test_what_a_correction_shows_was_shown_before(released, hr):
    """Jointly with the old release it tells nothing new: every shown number is one of the old numbers."""
    before = {
        (g.family, g.unit, g.other): g.cells for g in CellGroup.objects.shown().filter(release__wave=released.wave)
    }
    row = group(released.wave, "Retail")
    correct(released.wave, Correction(withdraw=[Withdrawal("tree", row.unit)]), why=WHY, now=LATER, by=hr)
    after = {
        (g.family, g.unit, g.other): g.cells for g in CellGroup.objects.shown().filter(release__wave=released.wave)
    }
    assert before.keys() == after.keys()
    for key, cells in after.items():
        for measure, cell in cells.items():
            assert cell == before[key][measure] or cell == HIDDEN
    assert not any(cell.get("shown") for cell in after["tree", row.unit, None].values())


@pytest.mark.parametrize(
    "change,why,told",
    [
        (Correction(words=["nobody wrote this"]), WHY, "changes nothing"),
        (Correction(withdraw=[Withdrawal("tree", 99999)]), WHY, "no"),
        (Correction(names={("tree", 99999, None): "x"}), WHY, "no group"),
        (Correction(words=["told"]), "  ", "Say why"),
        (Correction(words=["told"]), "x" * 501, "too long"),
    ],
)
def test_a_correction_that_cannot_be_writes_nothing(released, hr, change, why, told):
    with pytest.raises(CannotCorrect, match=told):
        correct(released.wave, change, why=why, now=LATER, by=hr)
    assert Release.objects.count() == 1 and Release.objects.get().replaced_at is None


def test_a_wave_without_results_cannot_be_corrected(world, hr):
    with pytest.raises(CannotCorrect, match="no results"):
        correct(world.wave, Correction(words=["told"]), why=WHY, now=LATER, by=hr)


# -- the same question asked again -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "earlier,later,together",
    [
        (dt.date(2026, 2, 1), dt.date(2026, 5, 1), False),  # a quarter, 89 days
        (dt.date(2026, 1, 1), dt.date(2026, 3, 31), True),
        (dt.date(2026, 6, 1), dt.date(2026, 8, 30), False),  # 90 days
        (dt.date(2026, 3, 1), dt.date(2026, 3, 1), True),
    ],
)
def test_what_lies_within_90_days(earlier, later, together):
    assert repeats.inside(earlier, later) is together


def again(world, days, **series):
    """The second wave of the series, opened so many days after the first."""
    second = world.wave.series.waves.get(number=2)
    for field, value in series.items():
        setattr(second.series, field, value)
    second.series.save()
    at = NOW + dt.timedelta(days=days)
    later = open_wave(world.units, Wave.objects.get(pk=second.pk), now=at)
    answer(later, seed=5)
    releasing.close_wave(later.wave, now=at + dt.timedelta(days=15))
    return Wave.objects.get(pk=second.pk)


def shown_keys(wave):
    cells = group(wave, "Meridian").cells
    return {key for key, cell in cells.items() if cell.get("shown")}


def test_the_same_people_asked_the_same_soon_again_could_be_subtracted(released):
    """62 people answered both times: too few for two rounded numbers to hide whoever left between."""
    assert "want" in shown_keys(released.wave)
    soon = shown_keys(again(released, 30))
    assert not soon & {"want", "know", "can", "W1", "barrier", "served"}
    assert "participation" in soon


def test_a_quarter_later_all_is_shown_again(released):
    assert {"want", "know", "can", "W1"} <= shown_keys(again(released, 92))


def test_large_groups_may_be_asked_again_at_any_time():
    cells = {"want": {"shown": True, "n": 100}, "can": {"shown": True, "n": 99}, "K1": {"shown": True, "n": "8–11"}}
    assert repeats.least_people({"k": 5}) == 100
    kept = repeats.hide(cells, {"want", "can"}, 100)
    assert kept == {"want": cells["want"], "can": HIDDEN, "K1": cells["K1"]}


def test_how_the_same_answers_spread_is_told_again_of_many_people_only():
    """Score, thirds and five shares are nine roundings of the same answers: of two waves together, they leave four
    people of some hundred a quarter of the scale, where the score alone leaves them half (linear programmes)."""
    score = {"shown": True, "n": 400, "index": 60, "low": 58, "high": 62}
    whole = {**score, "fav": 50, "neu": 30, "unf": 20, "fav_low": 45, "fav_high": 55, "dist": [10, 10, 30, 30, 20]}
    shares = {"shown": True, "n": 400, "shares": {"want": 40, "know": 30, "can": 20, "none": 10, "unclassified": 0}}
    assert repeats.hide({"W1": whole, "barrier": shares}, {"W1", "barrier"}, 100) == {"W1": score, "barrier": HIDDEN}
    many = {"W1": {**whole, "n": 800}, "barrier": {**shares, "n": 800}}
    assert repeats.hide(many, {"W1", "barrier"}, 100) == many


# -- bad input -------------------------------------------------------------------------------------------------------


def test_a_wave_nobody_answered(db, hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    wave = releasing.close_wave(world.wave, now=LATER)
    assert wave.state == Wave.State.RELEASED
    cells = [
        cell
        for g in CellGroup.objects.filter(release__wave=wave)
        for k, cell in g.cells.items()
        if k != "participation"
    ]
    assert cells and not any(cell.get("shown") for cell in cells)


def test_everybody_answered_the_same(world, monkeypatch):
    import random

    monkeypatch.setattr(random.Random, "randint", lambda self, low, high: high)
    second = again(world, 0) if False else world
    releasing.close_wave(second.wave, now=LATER)
    for g in CellGroup.objects.filter(release__wave=world.wave, family="tree"):
        for key, cell in g.cells.items():
            if cell.get("shown") and "index" in cell and "band" not in cell:
                assert cell["index"] < 100, (g.name, key)


def test_nothing_but_cannot_judge(db, hr, executive, manager, stranger, units):
    from surveys.answering import submitting
    from surveys.waves.models import Invitation

    people(units)
    world = open_wave(units)
    empty = {"own": {}, "providers": {}, "comment": {}}
    submitting.submit_many(world.wave, [(pk, empty) for pk in Invitation.objects.values_list("pk", flat=True)])
    wave = releasing.close_wave(world.wave, now=LATER)
    rows = CellGroup.objects.filter(release__wave=wave, family="tree")
    assert not any(cell.get("shown") for g in rows for key, cell in g.cells.items() if key != "participation")


def test_many_units_of_one_person_and_a_single_unit():
    """Pure: the rules hold for a company without any unit of k people, and for one unit alone."""
    import random as chance

    from tests.surveys.attacker import smallest_support
    from tests.surveys.protection_world import Shape, build, rows

    for shape in (Shape(units=60, size=1, depth=1), Shape(units=1, size=30, depth=1), Shape(units=0, size=4)):
        world = build(chance.Random(1), shape)
        assert smallest_support(rows(world), 5) is None
