"""Closing: nothing acknowledged is lost, nothing links rows, and a crash anywhere changes nothing."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter

import pytest
from django.db import connection, transaction

from culture.access.models import AuditEntry
from surveys.answering.models import Draft, InboxEnvelope
from surveys.results import placing, releasing, sealing, tasks, tick
from surveys.results.comment_models import ReleasedComment
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
    said = ReleasedComment.objects.filter(release__wave=wave).values_list("family", "unit", "item", "text")
    found: dict = {(g.family, g.unit, g.other): (g.name, g.parent, g.cells) for g in groups}
    return {**found, "said": sorted(said)}


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
    wave = closed(world.wave)
    sealing.seal(wave)
    wave.refresh_from_db()
    own = set(SealedOwn.objects.values_list("id", flat=True))
    ratings = set(SealedRating.objects.values_list("id", flat=True))
    comments = set(SealedComment.objects.values_list("id", flat=True))
    assert own and ratings and comments
    assert not own & ratings and not own & comments and not ratings & comments
    columns = {}
    with connection.cursor() as cursor:
        for model in sealing.SEALED:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} LIMIT 0")
            columns[model] = {column.name for column in cursor.description}
    assert columns[SealedOwn] == {"wave_id", "id", "block", "cuts", "answers"}
    assert columns[SealedRating] == {"wave_id", "id", "provider", "customer_block", "answers"}
    # A comment of a block too small to be its home keeps no place at all.
    assert set(SealedComment.objects.filter(text=PLANTED).values_list("home", flat=True)) == {0}
    assert 0 not in SealedComment.objects.filter(text=TOLD).values_list("home", flat=True)
    assert "answers" not in json.dumps(wave.snapshot["sealed"])


def test_the_order_of_writing_tells_nothing(world, monkeypatch):
    """Each kind of row is shuffled by itself, after the envelopes were."""
    shuffled = []

    class Chance(sealing.SystemRandom):
        def shuffle(self, rows):
            shuffled.append(len(rows))
            super().shuffle(rows)

    monkeypatch.setattr(sealing, "SystemRandom", Chance)
    sealing.seal(closed(world.wave))
    assert len(shuffled) == 4


CRASHES = [
    (sealing.keys, "check_all"),
    (sealing, "_open_envelopes"),
    (sealing.partitions, "create"),
    (sealing, "_write"),
    (sealing, "_raters"),
    (sealing.partitions, "drop"),
    (sealing, "_rewrite"),
    (sealing.keys, "destroy"),
    (sealing.Draft.objects, "filter"),
    (sealing, "_sweep"),
    (releasing, "seal"),
    (releasing, "release"),
    (releasing, "forget"),
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
    finish(world.wave, expected)


def finish(wave, expected) -> None:
    """What the next minute does, and what must be true then."""
    if due := tick.due(LATER):
        assert [one.pk for one in due] == [wave.pk]
    wave = releasing.close_wave(wave, now=LATER + dt.timedelta(minutes=1))
    assert everything(wave) == expected
    assert wave.closed_at == LATER
    assert not keys.exists(wave.pk) and not Invitation.objects.exists() and not Message.objects.exists()
    assert not partitions.exists("surveys_inboxenvelope", wave.pk)
    assert tick.due(LATER) == []


def everything(wave) -> dict:
    """All that sealing and the release leave behind, but for ids and order."""
    rows = {
        "own": Counter((row.block, *row.answers) for row in SealedOwn.objects.filter(wave_id=wave.pk)),
        "ratings": Counter(
            (row.provider, row.customer_block, *row.answers) for row in SealedRating.objects.filter(wave_id=wave.pk)
        ),
        "comments": Counter(
            (row.item, row.home, row.about_provider, row.text) for row in SealedComment.objects.filter(wave_id=wave.pk)
        ),
    }
    return {**rows, "sealed": wave.snapshot["sealed"], "cells": cells(wave), "releases": Release.objects.count()}


def undisturbed(wave, monkeypatch) -> dict:
    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr(sealing.keys, "destroy", lambda wave_id: None)
        found = everything(releasing.close_wave(Wave.objects.get(pk=wave.pk), now=LATER))
        transaction.set_rollback(True)
    return found


def test_a_crash_after_any_statement_resumes_with_the_same_result(world, monkeypatch):
    """Every statement of closing fails once: first the first, then the second, to the last."""
    expected = undisturbed(world.wave, monkeypatch)
    statements = counted(world.wave, monkeypatch)
    assert statements > 25
    for fatal in range(1, statements + 1):
        kept = keys.store().read(world.wave.pk)
        with transaction.atomic():  # each from the same beginning
            with pytest.raises(Crash), connection.execute_wrapper(Fatal(fatal)):
                releasing.close_wave(Wave.objects.get(pk=world.wave.pk), now=LATER)
            finish_quietly(world.wave, expected, fatal)
            transaction.set_rollback(True)
        keys.store().create(world.wave.pk, kept)


def is_frame(sql) -> bool:
    """What begins and ends the transactions of the test itself."""
    return str(sql).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))


class Fatal:
    """Fails the ``number``-th statement, after it was done by the server."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        self.left -= not is_frame(sql)
        if not self.left and not is_frame(sql):
            raise Crash(sql[:60])
        return done


def counted(wave, monkeypatch) -> int:
    seen = []

    def count(execute, sql, params, many, context):
        seen.extend([] if is_frame(sql) else [sql])
        return execute(sql, params, many, context)

    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr(sealing.keys, "destroy", lambda wave_id: None)
        with connection.execute_wrapper(count):
            releasing.close_wave(Wave.objects.get(pk=wave.pk), now=LATER)
        transaction.set_rollback(True)
    return len(seen)


def finish_quietly(wave, expected, fatal) -> None:
    try:
        done = releasing.close_wave(Wave.objects.get(pk=wave.pk), now=LATER + dt.timedelta(minutes=1))
        assert everything(done) == expected
        assert done.closed_at in (LATER, LATER + dt.timedelta(minutes=1))
        assert not keys.exists(done.pk) and not Invitation.objects.exists()
    except AssertionError as error:
        raise AssertionError(f"after statement {fatal}: {error}") from error


def closed(wave) -> Wave:
    releasing.refuse_answers(wave, now=LATER)
    return Wave.objects.get(pk=wave.pk)


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


def test_a_wave_somebody_is_closing_is_left_to_him(world):
    """As another worker process holds it, until it is done or dead."""
    Wave.objects.filter(pk=world.wave.pk).update(closes_on=NOW.date(), closing=True)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [tasks.CLOSING, world.wave.pk])
        tasks.close_wave(world.wave.pk)
        assert Wave.objects.get(pk=world.wave.pk).state == Wave.State.OPEN
    finally:
        other.close()  # as when its process was killed
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
    with connection.cursor() as cursor:
        while cursor.execute(held, [tasks.CLOSING]).fetchone() != (0,):
            time.sleep(0.01)  # the server notices a moment later
        tasks.close_wave(world.wave.pk)
        assert Wave.objects.get(pk=world.wave.pk).state == Wave.State.RELEASED
        assert cursor.execute(held, [tasks.CLOSING]).fetchone() == (0,)


def test_a_wave_closed_by_hand_closes_at_once(world):
    Wave.objects.filter(pk=world.wave.pk).update(closes_on=NOW.date() + dt.timedelta(days=3), closing=True)
    assert tick.due(NOW + dt.timedelta(days=3)) == [world.wave]


# -- how exactly a row says where it comes from ----------------------------------------------------------------------


def test_every_stored_row_fits_at_least_k_people_who_answered(world):
    """Of Branch C three of eight answered: with the marks of a backup their rows would be theirs among three."""
    wave, k = closed(world.wave), world.wave.rules["k"]
    contents, _unreadable = sealing._open_envelopes(wave)
    respondents = Counter(one["block"] for one in contents)
    assert min(respondents.values()) < k, "a case that needs it"
    sealing.seal(wave)
    rows = Counter(SealedOwn.objects.filter(wave_id=wave.pk).values_list("block", flat=True))
    assert sum(rows.values()) == len(contents)
    assert min(rows.values()) >= k
    told = Counter((row.block, tuple(row.cuts)) for row in SealedOwn.objects.filter(wave_id=wave.pk))
    assert min(told.values()) >= k
    pooled = [place for place in rows if place <= placing.POOLED]
    assert pooled and all(n >= k or block not in rows for block, n in respondents.items())
    cells = Counter(SealedRating.objects.filter(wave_id=wave.pk).values_list("provider", "customer_block"))
    assert cells and min(cells.values()) >= k
    assert placing.NOWHERE in {customer for _provider, customer in cells}


def test_rows_that_stay_fit_at_least_thirty(world):
    wave = releasing.close_wave(world.wave, now=LATER)
    own = Counter((row.block, tuple(row.cuts)) for row in SealedOwn.objects.filter(wave_id=wave.pk))
    ratings = Counter(SealedRating.objects.filter(wave_id=wave.pk).values_list("provider", "customer_block"))
    homes = set(SealedComment.objects.filter(wave_id=wave.pk).values_list("home", flat=True))
    assert own and min(own.values()) >= 30
    assert ratings and min(ratings.values()) >= 30
    assert homes == {0}, "no block of this organisation has thirty respondents"
    assert wave.snapshot["sealed"]["kept"] == 30
    assert sealing.coarsen(wave) is False


def test_upper_units_still_count_those_of_small_groups(world):
    """Pooled rows belong to the upper unit they were pooled at: its release is as if nothing had been pooled."""
    wave = closed(world.wave)
    contents, _unreadable = sealing._open_envelopes(wave)
    sealing.seal(wave)
    releasing.release(wave, now=LATER)
    top = CellGroup.objects.filter(release__wave=wave, family="tree", depth=0).get()
    assert top.cells["want"]["shown"] and top.cells["want"]["n"] == len(contents)


def test_nobody_is_counted_for_ratings_that_are_not_kept(world):
    """One group holds two providers: six people rated the one, four others the other, whose ratings are dropped."""
    items = [item["code"] for item in world.wave.snapshot["items"] if item["about"] == "provider"]
    provider, other = world.units["Services"].pk, world.units["Branch B"].pk
    block = next(b["id"] for b in world.wave.snapshot["blocks"] if world.units["Branch A"].pk in b["units"])
    rated = [provider] * 6 + [other] * 4
    contents = [{"block": block, "own": {}, "providers": {str(one): dict.fromkeys(items, 4)}} for one in rated]
    places = placing.rating_places({(provider, block): 6, (other, block): 4}, 5)
    counted = sealing._raters(world.wave, contents, places)
    tree = sealing.computing.reporting_tree(world.wave.snapshot)
    top = next(node.id for node in tree if node.parent is None)
    assert places[other, block] is None and counted[top] == 6


def test_comments_on_a_provider_carry_the_provider_only(world):
    wave = closed(world.wave)
    services = world.units["Services"].pk
    content = {"block": wave.snapshot["blocks"][0]["id"], "own": {}, "about": {str(services): {"said": " Quick. "}}}
    rows = sealing._comment_rows(wave, [content] * 3, {content["block"]: 3}, {(services, content["block"]): 3})
    assert {(row.home, row.about_provider, row.text) for row in rows} == {(0, True, "Quick.")}
    rows = sealing._comment_rows(wave, [content], {content["block"]: 1}, {(services, content["block"]): 12})
    assert {(row.home, row.about_provider) for row in rows} == {(services, True)}
