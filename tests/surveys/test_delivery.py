"""Mails through a real SMTP server: language, link, once each, refusals, crashes, reminders."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from culture.people.models import Employee, Leave
from surveys.instruments.loading import load_library
from surveys.waves import delivery, hours, keys, opening, reach, routing, running
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Message, Wave
from surveys.waves.texts_mail import MAIL, words

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def working(moment: dt.datetime) -> dt.datetime:
    """The next moment at which a reminder may leave."""
    found = hours.next_working(moment, "Europe/Rome")
    assert found is not None
    return found


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def wave(hr, manager, now) -> Wave:
    """Thirteen people, all invited."""
    series = series_service.create(
        by=hr,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=timezone.localdate(now),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=[4, 9],
    )
    one = series.waves.get()
    opening.open_wave(one, now=now)
    return one


def states(kind: str = "invitation") -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Message.objects.filter(kind=kind).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_everybody_gets_one_mail_with_a_link_of_his_own(wave, now, smtp_sink):
    delivery.send_due(now=now)
    delivery.send_due(now=now)
    addresses = set(Employee.objects.values_list("email", flat=True))
    assert len(smtp_sink.messages) == 13 and set(smtp_sink.recipients) == addresses
    found = {}
    for mail in smtp_sink.messages:
        plain = mail.get_body(("plain",)).get_content()
        html = mail.get_body(("html",)).get_content()
        (token,) = set(re.findall(re.escape(settings.BASE_URL) + r"/s/([\w-]+)/", plain))
        assert token in html
        _, invitation = keys.resolve_token(token)
        found[mail["To"]] = Invitation.objects.get(pk=invitation).employee.email
    assert all(to == owner for to, owner in found.items()) and len(found) == 13
    assert len({mail["Message-ID"] for mail in smtp_sink.messages}) == 13


def test_no_moment_is_kept_of_what_was_sent(wave, now, smtp_sink):
    delivery.send_due(now=now)
    for message in Message.objects.filter(state=Message.State.SENT):
        assert message.claimed_at is None and message.retry_at is None


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_mail_is_in_the_persons_language(language, wave, employee, now, smtp_sink):
    Employee.objects.filter(pk=employee.pk).update(language=language)
    delivery.send_due(now=now)
    (mail,) = [mail for mail in smtp_sink.messages if mail["To"] == employee.email]
    assert mail["Subject"].strip() == MAIL[language]["invitation"]
    assert mail["Content-Language"] == language
    assert MAIL[language]["promise"].format(k=5) in mail.get_body(("plain",)).get_content()


def test_every_language_has_every_word():
    assert all(set(text) == set(MAIL["en"]) for text in MAIL.values())
    assert [words(code)[0] for code in ("fr-CA", "zh-CN", "ZH-hans", "xx", "")] == [
        "fr",
        "zh-hans",
        "zh-hans",
        "en",
        "en",
    ]


def test_who_has_no_address_is_skipped_and_counted(wave, employee, hr, now, smtp_sink):
    Employee.objects.filter(pk=employee.pk).update(email=None)
    delivery.send_due(now=now)
    assert states() == {"sent": 12, "skipped": 1}
    assert reach.mail_counts(wave) == {"sent": 12, "waiting": 0, "failed": 0, "bounced": 0, "without": 1}


def remind(now: dt.datetime, number: int) -> dt.datetime:
    """When that reminder is due, in working hours."""
    due = Message.objects.filter(kind="reminder", number=number).order_by("due_at").values_list("due_at", flat=True)[0]
    return working(max(due, now) + dt.timedelta(minutes=1))


def test_reminders_only_on_their_day_and_only_who_has_not_answered(wave, employee, now, smtp_sink):
    delivery.send_due(now=now)
    smtp_sink.messages.clear()
    delivery.send_due(now=now + 2 * DAY)
    assert smtp_sink.messages == []
    Invitation.objects.filter(employee=employee).update(state=Invitation.State.ANSWERED)
    delivery.send_due(now=remind(now, 1))
    assert len(smtp_sink.messages) == 12
    assert employee.email not in {mail["To"] for mail in smtp_sink.messages}
    assert {mail["Subject"] for mail in smtp_sink.messages} == {MAIL["en"]["reminder"]}
    assert MAIL["en"]["again"] in smtp_sink.messages[0].get_body(("plain",)).get_content()


def test_reminders_wait_for_working_hours_of_each_ones_zone(wave, employee, now, smtp_sink):
    delivery.send_due(now=now)
    smtp_sink.messages.clear()
    Employee.objects.filter(pk=employee.pk).update(time_zone="Pacific/Auckland")
    moment = remind(now, 1)
    assert delivery.send_due(now=moment).moved in {0, 1}
    evening = moment.replace(hour=20)
    Message.objects.filter(kind="reminder", number=1).update(state="due", due_at=moment)
    smtp_sink.messages.clear()
    report = delivery.send_due(now=evening)
    # Twenty hours UTC is morning in Auckland and evening in Rome.
    auckland = hours.is_working(evening, "Pacific/Auckland")
    assert len(smtp_sink.messages) == int(auckland) and report.moved == 13 - int(auckland)
    due = set(Message.objects.filter(kind="reminder", number=1, state="due").values_list("due_at", flat=True))
    assert all(hours.is_working(at, "Europe/Rome") or hours.is_working(at, "Pacific/Auckland") for at in due)


def test_an_invitation_planned_for_the_morning_does_not_leave_at_night_after_an_outage(wave, now, smtp_sink):
    morning = working(now)
    Message.objects.filter(kind="invitation").update(due_at=morning)
    night = morning.replace(hour=22)
    assert delivery.send_due(now=night).moved == 13 and smtp_sink.messages == []
    assert delivery.send_due(now=working(night)).sent == 13


def test_blackout_days_are_free_of_reminders(wave, now, smtp_sink):
    delivery.send_due(now=now)
    smtp_sink.messages.clear()
    moment = remind(now, 1)
    day = moment.date()
    wave.series.blackout = [{"first": day.isoformat(), "last": day.isoformat(), "name": "Feast", "yearly": False}]
    wave.series.save()
    assert delivery.send_due(now=moment).moved == 13 and smtp_sink.messages == []


def test_who_is_away_is_not_reminded_and_who_left_gets_nothing(wave, employee, manager, now, smtp_sink):
    Leave.objects.create(employee=employee, since=timezone.localdate(now))
    delivery.send_due(now=now)
    assert employee.email in smtp_sink.recipients, "invited he is: he may answer"
    smtp_sink.recipients.clear()
    moment = remind(now, 1)
    Employee.objects.filter(pk=manager.pk).update(left_on=timezone.localdate(now))
    delivery.send_due(now=moment)
    assert len(smtp_sink.recipients) == 11
    assert not {employee.email, manager.email} & set(smtp_sink.recipients)
    reasons = set(Message.objects.filter(state="skipped").values_list("error", flat=True))
    assert reasons == {"on leave", "left"}


def test_a_paused_wave_sends_nothing_and_goes_on_where_it_was(wave, now, smtp_sink):
    Wave.objects.update(mails_paused=True)
    assert delivery.send_due(now=now) == delivery.Report() and not delivery.anything_due(now)
    Wave.objects.update(mails_paused=False)
    assert delivery.send_due(now=now).sent == 13


def test_a_pause_in_the_middle_of_a_batch_stops_it(wave, now, smtp_sink, monkeypatch):
    original = routing.parcels

    def then_paused(*args):
        found = original(*args)
        Wave.objects.update(mails_paused=True)
        return found

    monkeypatch.setattr(routing, "parcels", then_paused)
    delivery.send_due(now=now)
    assert smtp_sink.messages == [] and states() == {"due": 13}


def test_an_answer_after_the_claim_still_stops_the_mail(wave, employee, now, smtp_sink, monkeypatch):
    original = delivery.claim

    def claim_then_answer(*args):
        ids = original(*args)
        Invitation.objects.filter(employee=employee).update(state=Invitation.State.ANSWERED)
        return ids

    monkeypatch.setattr(delivery, "claim", claim_then_answer)
    delivery.send_due(now=now)
    assert employee.email not in smtp_sink.recipients and len(smtp_sink.messages) == 12


def test_after_an_outage_one_reminder_is_enough(wave, now, smtp_sink):
    delivery.send_due(now=now)
    smtp_sink.messages.clear()
    delivery.send_due(now=remind(now, 2))
    assert len(smtp_sink.messages) == 13
    assert states("reminder") == {"sent": 13, "skipped": 13}


def test_nothing_leaves_once_closed(wave, hr, now, smtp_sink):
    running.close_early(wave, by=hr, today=timezone.localdate(now))
    delivery.send_due(now=now)
    Wave.objects.update(state=Wave.State.CLOSED)
    delivery.send_due(now=now)
    assert smtp_sink.messages == []
    delivery.drop_ended()
    assert not Message.objects.filter(state="due").exists()


def test_a_permanent_refusal_fails_and_the_others_arrive(wave, employee, now, smtp_sink):
    smtp_sink.refuse = lambda address: "550 unknown here" if address == employee.email else None
    delivery.send_due(now=now)
    assert states() == {"sent": 12, "failed": 1}
    failed = Message.objects.get(state=Message.State.FAILED)
    assert failed.invitation.employee == employee and "550" in failed.error
    assert employee.email not in failed.error


def test_a_temporary_refusal_is_tried_again_later(wave, employee, now, smtp_sink):
    smtp_sink.refuse = lambda address: "451 try later" if address == employee.email else None
    delivery.send_due(now=now)
    assert states() == {"sent": 12, "due": 1}
    delivery.send_due(now=now + dt.timedelta(minutes=1))
    assert Message.objects.get(kind="invitation", state="due").attempts == 1, "not before its time"
    smtp_sink.refuse = lambda address: None
    delivery.send_due(now=now + dt.timedelta(minutes=6))
    assert states() == {"sent": 13} and len(smtp_sink.messages) == 13


def test_a_server_that_is_down_costs_nobody_his_mail(wave, now, smtp_sink, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    report = delivery.send_due(now=now)
    assert report.later == 13 and states() == {"due": 13}
    settings.EMAIL_PORT = port
    delivery.send_due(now=now + dt.timedelta(minutes=6))
    assert states() == {"sent": 13} and len(smtp_sink.messages) == 13


def test_a_lost_key_keeps_the_mails_waiting(wave, now, smtp_sink):
    saved = {path: path.read_bytes() for path in Path(settings.KEYS_DIR).iterdir()}
    keys.destroy(wave.pk)
    for minutes in (0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500):
        delivery.send_due(now=now + dt.timedelta(minutes=minutes))
    assert states() == {"due": 13}
    for path, content in saved.items():
        path.write_bytes(content)
    delivery.send_due(now=now + 13 * DAY)
    assert states() == {"sent": 13}


def test_a_worker_killed_after_the_server_took_a_mail_sends_at_most_that_one_twice(wave, now, smtp_sink, monkeypatch):
    original, calls = delivery.Batch.take, []

    def killed_at_the_sixth(self, parcel):
        calls.append(parcel)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return original(self, parcel)

    with monkeypatch.context() as patch:
        patch.setattr(delivery.Batch, "take", killed_at_the_sixth)
        with pytest.raises(KeyboardInterrupt):
            delivery.send_due(now=now)
    assert states() == {"sent": 4, "claimed": 9} and len(smtp_sink.messages) == 5
    delivery.send_due(now=now + dt.timedelta(minutes=3))
    assert len(smtp_sink.messages) == 5, "its claims are still its own"
    delivery.send_due(now=now + dt.timedelta(minutes=5))
    assert states() == {"sent": 13}
    ids = [mail["Message-ID"] for mail in smtp_sink.messages]
    assert len(ids) == 14 and len(set(ids)) == 13


def test_a_slow_worker_does_not_send_what_another_took_over(wave, now, smtp_sink):
    stale = routing.parcels(delivery.claim(now, 5), now)
    delivery.send_due(now=now + dt.timedelta(minutes=11))
    assert len(smtp_sink.messages) == 13
    report = delivery.Report()
    delivery._send(stale, delivery.Batch(report, now))
    assert report == delivery.Report() and len(smtp_sink.messages) == 13


def test_a_batch_is_limited(wave, now, smtp_sink):
    assert delivery.send_due(now=now, limit=5).sent == 5
    assert states() == {"sent": 5, "due": 8}


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same(wave, now):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def take(_: int) -> list[int]:
        try:
            return delivery.claim(now, 4)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for ids in pool.map(take, range(8)) for pk in ids]
    assert len(taken) == len(set(taken)) == 13
