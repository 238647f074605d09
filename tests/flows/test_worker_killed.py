"""A real worker is killed with -9 while five hundred invitations go out: one mail each, one more per kill at most."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from config.bench_wave import planned_wave
from config.celery import app, run_tick
from surveys.waves import delivery, opening
from surveys.waves.message_models import MailSender
from surveys.waves.models import Invitation, Message
from tests.conftest import Sink, Worker

PEOPLE = 500
KILLS = 3


@pytest.mark.slow
def test_a_worker_killed_three_times_loses_nobody(transactional_db: None, smtp_sink: Sink, tmp_path: Path) -> None:
    app.control.purge()
    wave = planned_wave(PEOPLE)
    assert opening.open_wave(wave, now=timezone.now())
    # One sender at a time: a kill then takes at most one mail between "accepted" and the mark with it.
    worker = Worker(tmp_path / "worker.log", EMAIL_URL=smtp_sink.url, MAIL_SENDERS="1")  # type: ignore[attr-defined]
    worker.start()
    kills, deadline = 0, time.monotonic() + 240
    waiting = Message.objects.filter(kind="invitation").exclude(state=Message.State.SENT)
    try:
        while waiting.exists():
            assert time.monotonic() < deadline, f"{waiting.count()} invitations never left"
            if kills < KILLS and len(smtp_sink.messages) >= PEOPLE * (kills + 1) // (KILLS + 1):
                worker.kill()
                kills += 1
                _minutes_pass()
                worker.start()
            run_tick()
            time.sleep(0.3)
    finally:
        worker.stop()
    got = Counter(smtp_sink.recipients)
    assert kills == KILLS and len(got) == PEOPLE and Invitation.objects.filter(wave=wave).count() == PEOPLE
    assert sum(got.values()) - PEOPLE <= KILLS and max(got.values()) <= 2
    again = [str(mail["Message-ID"]) for mail in smtp_sink.messages]
    assert len(set(again)) == PEOPLE, "a second copy is recognised by its Message-ID"


def _minutes_pass() -> None:
    long_ago = timezone.now() - delivery.STALE - dt.timedelta(seconds=1)
    Message.objects.filter(state=Message.State.CLAIMED).update(claimed_at=long_ago)
    MailSender.objects.update(lease_until=None)
