"""Looking after the keys of open waves: noticed when lost, copied apart, put back, renewed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from config import heartbeats
from culture.access.models import AuditEntry
from surveys.answering.models import InboxEnvelope
from surveys.results import releasing
from surveys.results.models import SealedOwn
from surveys.waves import keeping, keys, opening, series
from surveys.waves.models import Wave
from tests.surveys.results_world import LATER, NOW, World, answer, open_wave, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(hr, executive, manager, stranger, units) -> World:
    people(units)
    return open_wave(units)


@pytest.fixture
def copies(tmp_path) -> Path:
    return tmp_path / "copies"


def run(capsys, *arguments: str) -> str:
    call_command("keys", *arguments)
    return capsys.readouterr().out


def ready() -> dict:
    cache.clear()
    heartbeats._last.clear()
    heartbeats.beat("worker")
    heartbeats.beat("beat")
    answer = Client().get("/readyz")
    return {"status": answer.status_code, **answer.json()}


# -- noticed ---------------------------------------------------------------------------------------------------------


def test_all_is_well(world, capsys):
    assert keeping.troubles() == [] and keeping.store_problem() == ""
    assert f"wave {world.wave.pk} (open): good" in run(capsys, "check")
    assert ready()["keys"] == {"ok": True}


LOSSES = {
    "gone": lambda path: path.unlink(),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:50]),
    "another's": lambda path: path.write_text(json.dumps({**json.loads(path.read_text()), "private": "ab" * 32})),
    "another wave's": lambda path: path.write_text(json.dumps({**json.loads(path.read_text()), "wave": 10**6})),
}


@pytest.mark.parametrize("loss", LOSSES, ids=list(LOSSES))
def test_a_lost_key_is_told_everywhere_long_before_closing(world, capsys, client_of, hr, settings, loss):
    LOSSES[loss](Path(settings.KEYS_DIR) / f"wave-{world.wave.pk}.json")
    (trouble,) = keeping.troubles()
    assert trouble.wave_id == world.wave.pk and "keys restore" in trouble.what_to_do
    with pytest.raises(SystemExit):
        call_command("keys", "check")
    assert "keys restore" in capsys.readouterr().out
    told = ready()
    assert told["status"] == 503 and told["keys"]["ok"] is False and told["keys"]["waves"] == [world.wave.pk]
    page = client_of(hr).get(f"/waves/{world.wave.pk}/").content.decode()
    assert "The keys of this wave are lost or damaged" in page and "keys restore" in page


def test_a_wave_without_keys_does_not_open_and_says_why(hr, executive, manager, stranger, units, settings, client_of):
    people(units)
    settings.KEYS_DIR.write_text("a file where the folder should be")
    with pytest.raises(opening.CannotOpen, match="keys of this wave cannot be made"):
        open_wave(units)
    wave = Wave.objects.order_by("number").first()
    assert wave.state == Wave.State.SCHEDULED and wave.public_key is None
    told = ready()
    assert told["status"] == 503 and "must be a folder" in told["keys"]["next"]
    page = client_of(hr).get(f"/waves/{wave.pk}/").content.decode()
    assert "must be a folder" in page
    settings.KEYS_DIR.unlink()
    assert opening.open_wave(wave, now=NOW)


def test_a_wave_that_is_over_needs_no_keys(world):
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    assert keeping.needed() == [] and ready()["keys"] == {"ok": True}


# -- copies apart ----------------------------------------------------------------------------------------------------


def test_copied_lost_and_put_back(world, copies, settings, capsys):
    answer(world)
    assert f"copied: {world.wave.pk}" in run(capsys, "backup", str(copies))
    assert f"kept: {world.wave.pk}" in run(capsys, "backup", str(copies))
    (copy,) = copies.iterdir()
    assert copy.stat().st_mode & 0o777 == 0o600 and copies.stat().st_mode & 0o777 == 0o700
    (settings.KEYS_DIR / copy.name).write_text("damaged")
    assert f"restored: {world.wave.pk}" in run(capsys, "restore", str(copies))
    assert f"good: {world.wave.pk}" in run(capsys, "restore", str(copies))
    wave = releasing.close_wave(world.wave, now=LATER)
    assert wave.state == Wave.State.RELEASED and SealedOwn.objects.filter(wave_id=wave.pk).exists()


def test_copies_of_waves_that_are_over_are_destroyed(world, copies, settings):
    keeping.backup(copies)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    assert keeping.leftovers(copies) == [world.wave.pk]
    assert keeping.backup(copies)["destroyed"] == [world.wave.pk]
    assert list(copies.iterdir()) == []


def test_a_copy_that_is_another_waves_restores_nothing(world, copies, settings):
    keeping.backup(copies)
    (copy,) = copies.iterdir()
    copy.write_text(json.dumps({**json.loads(copy.read_text()), "private": "cd" * 32}))
    keys.destroy(world.wave.pk)
    with pytest.raises(SystemExit):
        call_command("keys", "restore", str(copies))
    assert keeping.restore(copies)["missing"] == [world.wave.pk]
    assert not keys.exists(world.wave.pk)


def test_a_key_that_works_is_never_overwritten(world, copies, settings):
    keeping.backup(copies)
    before = (settings.KEYS_DIR / f"wave-{world.wave.pk}.json").read_bytes()
    keeping.rotate(world.wave, by=None)
    after = (settings.KEYS_DIR / f"wave-{world.wave.pk}.json").read_bytes()
    assert before != after
    assert keeping.restore(copies)["good"] == [world.wave.pk]
    assert (settings.KEYS_DIR / f"wave-{world.wave.pk}.json").read_bytes() == after


@pytest.mark.parametrize(("name", "start"), [("trivium.dump", b"PGDMP\x01\x0f"), ("PG_VERSION", b"18\n")])
def test_keys_are_not_copied_beside_the_database(world, copies, name, start):
    (copies / "monday").mkdir(parents=True)
    (copies / "monday" / name).write_bytes(start)
    with pytest.raises(CommandError, match="copy of the database"):
        call_command("keys", "backup", str(copies))
    assert [path.name for path in copies.iterdir()] == ["monday"]


def test_a_lost_key_is_not_copied_as_if_it_were_there(world, copies):
    keys.destroy(world.wave.pk)
    with pytest.raises(CommandError, match="restore"):
        call_command("keys", "backup", str(copies))
    assert not copies.exists()


def test_the_folder_of_the_keys_is_no_backup(world, settings):
    with pytest.raises(CommandError, match="another disk"):
        call_command("keys", "backup", str(settings.KEYS_DIR))


def test_without_a_folder_the_command_says_which(world):
    with pytest.raises(CommandError, match="KEYS_BACKUP_DIR"):
        call_command("keys", "backup", "")


# -- a new pair ------------------------------------------------------------------------------------------------------


def test_answers_before_and_after_a_new_pair_all_arrive(world, capsys):
    answer_half(world, first=True)
    before = InboxEnvelope.objects.count()
    assert "sealed for a new key" in run(capsys, "rotate", str(world.wave.pk))
    world.wave.refresh_from_db()
    assert len(world.wave.earlier_keys) == 1
    answer_half(world, first=False)
    total = InboxEnvelope.objects.count()
    assert 0 < before < total
    assert AuditEntry.objects.filter(verb="wave.keys_renewed").count() == 1
    wave = releasing.close_wave(world.wave, now=LATER)
    assert wave.snapshot["sealed"]["unreadable"] == 0
    assert sum(n for _block, n in wave.snapshot["sealed"]["respondents"]) == total
    assert (wave.public_key, wave.earlier_keys) == (None, [])


def answer_half(world: World, *, first: bool) -> None:
    """Everybody below, or from, the middle of the invitations."""
    from surveys.answering import submitting
    from surveys.waves.models import Invitation

    ids = list(Invitation.objects.filter(wave=world.wave).order_by("pk").values_list("pk", flat=True))
    half = ids[: len(ids) // 2] if first else ids[len(ids) // 2 :]
    submitting.submit_many(Wave.objects.get(pk=world.wave.pk), [(pk, {"own": {}}) for pk in half])


def test_a_lost_earlier_pair_stops_the_sealing(world, settings):
    """Not only today's key is tried: what was sealed for the earlier one would be dropped as unreadable."""
    answer_half(world, first=True)
    keeping.rotate(world.wave, by=None)
    path = settings.KEYS_DIR / f"wave-{world.wave.pk}.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "earlier": []}))
    assert [one.wave_id for one in keeping.troubles()] == [world.wave.pk]
    envelopes = InboxEnvelope.objects.count()
    with pytest.raises(keys.KeyMissing):
        releasing.close_wave(world.wave, now=LATER)
    assert InboxEnvelope.objects.count() == envelopes


def test_a_crash_between_file_and_database_loses_nothing(world, monkeypatch):
    answer_half(world, first=True)
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "record", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            keeping.rotate(world.wave, by=None)
    assert keeping.troubles() == []
    answer_half(world, first=False)
    wave = releasing.close_wave(world.wave, now=LATER)
    assert wave.snapshot["sealed"]["unreadable"] == 0


def test_only_an_open_wave_is_renewed(world):
    with pytest.raises(CommandError, match="no wave"):
        call_command("keys", "rotate", "999999")
    following = series.Wave.objects.filter(state=Wave.State.SCHEDULED).first()
    with pytest.raises(CommandError, match="Only an open wave"):
        call_command("keys", "rotate", str(following.pk))


def test_hr_is_told_of_envelopes_that_no_key_opened(world, hr, client_of):
    client, address = client_of(hr), f"/waves/{world.wave.pk}/"
    InboxEnvelope(wave_id=world.wave.pk, sealed=b"junk").save(force_insert=True)
    wave = releasing.close_wave(world.wave, now=LATER)
    assert keeping.unreadable(wave) == 1
    body = client.get(address).content.decode()
    assert "1 envelope could not be opened at closing and is not in the results." in body
    Wave.objects.filter(pk=wave.pk).update(snapshot=wave.snapshot | {"sealed": {"unreadable": 0}})
    assert "could not be opened at closing" not in client.get(address).content.decode()
