"""Closing while its process is killed with -9, again and again, at ever later moments: nothing lost, nothing twice."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from django.conf import settings

from surveys.answering.models import InboxEnvelope
from surveys.results import releasing
from surveys.results.models import Release, SealedOwn
from surveys.waves import keys, partitions
from surveys.waves.models import Invitation, Wave
from tests.conftest import service_environment
from tests.surveys.results_world import LATER, answer, open_wave, people

CLOSING = """
import datetime as dt, os, sys, django
django.setup()
from django.db import connection
from surveys.results import releasing
from surveys.waves.models import Wave
wave = Wave.objects.get(pk=int(sys.argv[1]))
print("go", flush=True)
releasing.close_wave(wave, now=dt.datetime.fromisoformat(sys.argv[2]))
print("done", flush=True)
"""
# Seconds after the beginning: later each time, so that one falls into every step of a closing that takes 0.3 s or 3.
MOMENTS = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.6)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_closing_that_is_killed_again_and_again(hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    answer(world)
    envelopes, killed = InboxEnvelope.objects.count(), []
    for moment in MOMENTS:
        process = subprocess.Popen(
            [sys.executable, "-c", CLOSING, str(world.wave.pk), LATER.isoformat()],
            env=service_environment(),
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None and process.stdout.readline() == "go\n"
        time.sleep(moment)
        process.kill()
        killed.append("done" not in process.stdout.read())
        process.wait()
        wave = Wave.objects.get(pk=world.wave.pk)
        sealed = "sealed" in wave.snapshot
        # At every moment the answers are in one place: all in the inbox, or all sealed.
        assert partitions.exists(partitions.INBOX, wave.pk) is not sealed
        if not sealed:
            assert InboxEnvelope.objects.count() == envelopes and keys.exists(wave.pk)
    assert any(killed), "at least one was killed in the middle"
    wave = releasing.close_wave(world.wave, now=LATER)
    assert wave.state == Wave.State.RELEASED and wave.closed_at == LATER
    assert sum(n for _block, n in wave.snapshot["sealed"]["respondents"]) == envelopes
    assert wave.snapshot["sealed"]["unreadable"] == 0
    assert SealedOwn.objects.filter(wave_id=wave.pk).count() == envelopes
    assert Release.objects.filter(wave=wave).count() == 1
    assert not keys.exists(wave.pk) and not Invitation.objects.exists()
