"""Claims that run out, a database that restarts, waves that end: no mail is lost and none is sent twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone

from surveys.waves import delivery, routing, sending
from surveys.waves.models import Message, Wave
from tests.surveys.channels_world import open_wave

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def wave(hr, manager) -> Wave:
    """Thirteen people, all invited."""
    return open_wave(hr)


def waiting() -> int:
    return Message.objects.filter(kind="invitation", state__in=["due", "claimed"]).count()


def test_a_slow_worker_renews_the_claims_of_the_rest(wave, smtp_sink):
    now = timezone.now()
    parcels = routing.parcels(delivery.claim(now, 13), now)
    report = delivery.Report()
    batch = delivery.Batch(report, now, renewed=now - 3 * MINUTE)
    delivery._send(parcels, batch)
    assert report.sent == 13 == len(smtp_sink.messages) and batch.claimed_at is not None
    assert not Message.objects.exclude(claimed_at=None).exists()


def test_renewing_takes_nothing_back_that_another_worker_has_taken(wave, smtp_sink):
    now = timezone.now()
    parcels = routing.parcels(delivery.claim(now, 13), now)
    lost = [parcel.message_id for parcel in parcels[:5]]
    Message.objects.filter(pk__in=lost).update(claimed_at=now + MINUTE)
    report = delivery.Report()
    delivery._send(parcels, delivery.Batch(report, now, renewed=now - 3 * MINUTE))
    assert report.sent == 8 == len(smtp_sink.messages)
    assert set(Message.objects.filter(state="claimed").values_list("pk", flat=True)) == set(lost)


def test_one_statement_a_mail(wave, smtp_sink, monkeypatch):
    asked = []
    original = delivery.Batch._fetch
    monkeypatch.setattr(delivery.Batch, "_fetch", lambda self, values: asked.append(1) or original(self, values))
    delivery.send_due(now=timezone.now())
    assert len(asked) == len(smtp_sink.messages) == 13


@pytest.mark.django_db(transaction=True)
def test_marks_a_crash_of_the_database_took_along_are_written_again(wave, smtp_sink, monkeypatch):
    monkeypatch.setattr(delivery.time, "sleep", lambda seconds: None)
    original, calls = delivery.Batch._fetch, []

    def crash(self, values):
        calls.append(values)
        if len(calls) == 8:
            # Six were marked, and the disk never heard of the last four; the seventh was not marked yet.
            Message.objects.filter(pk__in=self.done[2:]).update(state="claimed", claimed_at=self.now)
            raise OperationalError("the database system is shutting down")
        return original(self, values)

    monkeypatch.setattr(delivery.Batch, "_fetch", crash)
    assert delivery.send_due(now=timezone.now()).sent == 13
    assert len(smtp_sink.messages) == 13 and not waiting()
    assert Message.objects.filter(kind="invitation", state="sent").count() == 13


def test_what_a_dead_worker_held_of_an_ended_wave_is_dropped_too(wave, smtp_sink):
    now = timezone.now()
    (held,) = delivery.claim(now, 1)
    Wave.objects.update(state=Wave.State.CLOSED)
    assert delivery.drop_ended() == Message.objects.exclude(pk=held).count()
    assert not Wave.objects.get().mails_dropped, "one is in somebody's hand"
    sending.tick(now=now + 11 * MINUTE)
    assert Message.objects.get(pk=held).state == "skipped" and Wave.objects.get().mails_dropped
    assert delivery.drop_ended() == 0


def test_nothing_is_due_of_a_paused_or_a_later_wave(wave, smtp_sink):
    now = timezone.now()
    assert delivery.anything_due(now) and not delivery.anything_due(now - MINUTE)
    Wave.objects.update(mails_paused=True)
    assert not delivery.anything_due(now) and delivery.claim(now, 5) == []
    Wave.objects.update(mails_paused=False)
    Message.objects.filter(kind="invitation").update(retry_at=now + MINUTE)
    assert not delivery.anything_due(now) and delivery.anything_due(now + MINUTE)
