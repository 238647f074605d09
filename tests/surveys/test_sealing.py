"""Closing: nothing acknowledged is lost, nothing links rows, and a crash anywhere changes nothing."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection

from culture.access.models import AuditEntry
from surveys.answering.models import Draft, InboxEnvelope
from surveys.results import releasing, tasks, tick
from surveys.results.models import CellGroup, Release, SealedComment, SealedOwn, SealedRating
from surveys.waves import keys, partitions
from surveys.waves.models import Invitation, Message, Wave
from tests.surveys.results_world import LATER, NOW, PLANTED, TOLD, answer, open_wave, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    answer(world)
    return world


def cells(wave) -> dict:
    groups = CellGroup.objects.filter(release__wave=wave)
    return {(g.family, g.unit, g.other): (g.name, g.parent, g.cells, sorted(g.comments)) for g in groups}


def test_closing_releases_and_forgets(world):
    envelopes = InboxEnvelope.objects.filter(wave_id=world.wave.pk).count()
    wave = releasing.close_wave(world.wave, now=LATER)
    assert (wave.state, wave.closed_at, wave.released_at) == (Wave.State.RELEASED, LATER, LATER)
    assert SealedOwn.objects.filter(wave_id=wave.pk).count() == envelopes
    assert not partitions.exists("surveys_inboxenvelope", wave.pk)
    assert not keys.exists(wave.pk)
    left = (Invitation.objects.count(), Message.objects.count(), Draft.objects.count())
    assert left == (0, 0, 0)
    assert wave.answered <= wave.invited * 0.9
    assert list(AuditEntry.objects.filter(verb__in=["wave.closed", "wave.released"]).values_list("verb", flat=True))


def test_nothing_links_the_rows(world):
    wave = releasing.close_wave(world.wave, now=LATER)
    own = set(SealedOwn.objects.values_list("id", flat=True))
    ratings = set(SealedRating.objects.values_list("id", flat=True))
    comments = set(SealedComment.objects.values_list("id", flat=True))
    assert own and ratings and comments
    assert not own & ratings and not own & comments and not ratings & comments
    columns = {}
    with connection.cursor() as cursor:
        for model in releasing.SEALED:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} LIMIT 0")
            columns[model] = {column.name for column in cursor.description}
    assert columns[SealedOwn] == {"wave_id", "id", "block", "answers"}
    assert columns[SealedRating] == {"wave_id", "id", "provider", "customer_block", "answers"}
    # A comment of a block too small to be its home keeps no place at all.
    assert set(SealedComment.objects.filter(text=PLANTED).values_list("home", flat=True)) == {0}
    assert 0 not in SealedComment.objects.filter(text=TOLD).values_list("home", flat=True)
    assert "answers" not in json.dumps(wave.snapshot["sealed"])


def test_the_order_of_writing_tells_nothing(world, monkeypatch):
    """Each kind of row is shuffled by itself, after the envelopes were."""
    shuffled = []

    class Chance(releasing.SystemRandom):
        def shuffle(self, rows):
            shuffled.append(len(rows))
            super().shuffle(rows)

    monkeypatch.setattr(releasing, "SystemRandom", Chance)
    releasing.close_wave(world.wave, now=LATER)
    assert len(shuffled) == 4


CRASHES = [
    (releasing.keys, "check"),
    (releasing, "_open_envelopes"),
    (releasing.partitions, "create"),
    (releasing, "_raters"),
    (releasing.partitions, "drop"),
    (releasing.computing, "compute"),
    (releasing, "rules_hash"),
    (releasing, "_told_answered"),
    (releasing.keys, "destroy"),
    (releasing.Draft.objects, "filter"),
]


class Crash(Exception):
    pass


@pytest.mark.parametrize("place,name", CRASHES, ids=[name for _, name in CRASHES])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_anywhere_resumes_with_the_same_result(world, monkeypatch, place, name, after):
    # What an undisturbed closing gives is computed from the same envelopes in a transaction that is rolled back.
    expected = undisturbed(world.wave, monkeypatch)
    real = getattr(place, name)

    def crash(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(place, name, crash)
        with pytest.raises(Crash):
            releasing.close_wave(world.wave, now=LATER)
    assert [wave.pk for wave in tick.due(LATER)] == [world.wave.pk]
    wave = releasing.close_wave(world.wave, now=LATER + dt.timedelta(minutes=1))
    assert cells(wave) == expected
    assert wave.closed_at == LATER
    assert not keys.exists(wave.pk) and not Invitation.objects.exists()
    assert tick.due(LATER) == []


def undisturbed(wave, monkeypatch) -> dict:
    from django.db import transaction

    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr(releasing.keys, "destroy", lambda wave_id: None)
        found = cells(releasing.close_wave(Wave.objects.get(pk=wave.pk), now=LATER))
        transaction.set_rollback(True)
    return found


def test_closing_twice_changes_nothing(world):
    first = cells(releasing.close_wave(world.wave, now=LATER))
    wave = releasing.close_wave(world.wave, now=LATER + dt.timedelta(days=1))
    assert (cells(wave), Release.objects.count(), wave.released_at) == (first, 1, LATER)


def test_a_lost_key_stops_the_closing_and_loses_nothing(world):
    envelopes = InboxEnvelope.objects.count()
    keys.destroy(world.wave.pk)
    with pytest.raises(keys.KeyMissing):
        releasing.close_wave(world.wave, now=LATER)
    assert InboxEnvelope.objects.count() == envelopes
    assert Wave.objects.get(pk=world.wave.pk).state == Wave.State.CLOSED


def test_junk_in_the_inbox_stops_nothing(world):
    InboxEnvelope(wave_id=world.wave.pk, sealed=b"junk").save(force_insert=True)
    wave = releasing.close_wave(world.wave, now=LATER)
    assert wave.snapshot["sealed"]["unreadable"] == 1


def test_a_scheduled_wave_cannot_be_closed(world):
    other = world.wave.series.waves.get(number=2)
    with pytest.raises(releasing.CannotClose):
        releasing.close_wave(other, now=LATER)


def test_the_tick_closes_what_is_over(world, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(tasks.close_wave, "delay", sent.append)
    last = dt.datetime.combine(world.wave.closes_on, dt.time(12), tzinfo=dt.UTC)
    with django_capture_on_commit_callbacks(execute=True):
        tick.tick(now=NOW)
        tick.tick(now=last)  # the last day is a day to answer
    assert sent == []
    with django_capture_on_commit_callbacks(execute=True):
        tick.tick(now=last + dt.timedelta(days=1))
    assert sent == [world.wave.pk]


def test_a_wave_closed_by_hand_closes_at_once(world):
    Wave.objects.filter(pk=world.wave.pk).update(closes_on=NOW.date() + dt.timedelta(days=3), closing=True)
    assert tick.due(NOW + dt.timedelta(days=3)) == [world.wave]
