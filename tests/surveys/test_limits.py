"""Scripts are slowed down, people are not; the cache learns no address and no link."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from surveys.answering import guesses, limits
from surveys.waves import codes, keys
from surveys.waves.models import Invitation
from tests.surveys.results_world import World, open_wave, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(hr, executive, manager, stranger, units) -> World:
    people(units)
    cache.clear()
    limits._resting_until = 0.0
    world = open_wave(units)
    # Open for as long as the clock of the tests says.
    type(world.wave).objects.filter(pk=world.wave.pk).update(closes_on="2200-01-01")
    world.wave.refresh_from_db()
    return world


def link(world: World, at: int = 0) -> str:
    return keys.link_token(world.wave.pk, Invitation.objects.filter(wave=world.wave).order_by("pk")[at].pk)


def save(token: str) -> int:
    return Client().post(f"/s/{token}/1/", {"own.W1": "4", "go": "skip"}).status_code


def test_a_loop_over_one_link_is_stopped_and_only_that_link(world, monkeypatch):
    monkeypatch.setattr(limits, "LINK_SAVES", 5)
    mine, other = link(world), link(world, 1)
    assert [save(mine) for _ in range(7)] == [303] * 5 + [429] * 2
    assert save(other) == 303
    page = Client().post(f"/s/{mine}/1/?lang=it", {"own.W1": "4"}).content.decode()
    assert "Troppe volte in poco tempo" in page
    assert Client().get(f"/s/{mine}/1/").status_code == 200, "reading and sending go on"


def test_a_person_who_clicks_fast_is_not_slowed_down(world):
    assert 2 * len(world.wave.snapshot["items"]) <= limits.LINK_SAVES


def test_a_code_opens_few_visits_an_hour(world, monkeypatch, hr):
    monkeypatch.setattr(limits, "CODE_VISITS", 3)
    invitation = Invitation.objects.filter(wave=world.wave).first()
    (code,) = codes.print_for(world.wave, [invitation.pk], by=hr, unit=invitation.employee.unit).values()
    told = [Client().post("/c/", {"code": code}).status_code for _ in range(5)]
    assert told == [303, 303, 303, 429, 429]


def test_without_a_cache_answers_are_saved_all_the_same(world, monkeypatch):
    def gone(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(limits.cache, "add", gone)
    assert save(link(world)) == 303
    assert limits._resting_until > 0, "it is left alone for a while"
    limits._resting_until = 0.0


def test_the_cache_learns_no_address_no_link_and_no_code(world, hr):
    token = link(world)
    save(token)
    invitation = Invitation.objects.filter(wave=world.wave).first()
    (code,) = codes.print_for(world.wave, [invitation.pk], by=hr, unit=invitation.employee.unit).values()
    Client(REMOTE_ADDR="203.0.113.77").post("/c/", {"code": code})
    Client(REMOTE_ADDR="203.0.113.77").post("/c/", {"code": "00000000"})
    held = repr(cache._cache) + repr(getattr(cache, "_expire_info", ""))
    assert "limit:link:" in held and "limit:code:" in held and "guess:n:" in held
    for secret in (token, token[:20], code, "203.0.113", "00000000"):
        assert secret not in held


def test_how_likely_a_guessed_code_is():
    """The reckoning of codes.py, with the limits as they are: of 5,000 codes one is found in 14 days in 1 of 1,000."""
    tries = guesses.OF_A_WAVE * 24 * 14 * 3600 // guesses.WAVE_SECONDS
    space = len(codes.ALPHABET) ** codes.LENGTH
    assert space == 2**40
    assert tries * 5_000 / space < 0.001
    assert tries * 100_000 / space < 0.02
    # From one network alone, which is all a single person has.
    alone = guesses.OF_A_NETWORK * 24 * 14 * 3600 // guesses.NETWORK_SECONDS
    assert alone * 100_000 / space < 0.006


def test_ten_thousand_wrong_codes(world):
    """Refused with words, and counted: the door is shut long before the end."""
    client, told = Client(REMOTE_ADDR="198.51.100.9"), []
    for n in range(60):
        told.append(client.post("/c/", {"code": f"ZZZZ{n:04d}"}).status_code)
    assert told == [404] * guesses.OF_A_NETWORK + [429] * (60 - guesses.OF_A_NETWORK)
    # Other networks go on until the wave itself has heard enough.
    for n in range(guesses.OF_A_WAVE):
        Client(REMOTE_ADDR=f"10.{n // 250}.{n % 250}.1").post("/c/", {"code": f"YYYY{n:04d}"})
    assert Client(REMOTE_ADDR="192.0.2.1").post("/c/", {"code": "XXXX0000"}).status_code == 429
