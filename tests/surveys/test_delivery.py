"""Mails through a real SMTP server: language, link, once each, refusals, crashes, reminders."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.utils import timezone

from culture.people.models import Employee
from surveys.instruments.loading import load_library
from surveys.waves import delivery, keys, opening
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Message, Wave
from surveys.waves.texts_mail import MAIL, words

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


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
        (token,) = re.findall(re.escape(settings.BASE_URL) + r"/s/([\w-]+)/", plain)
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


def test_who_has_no_address_is_skipped_and_counted(wave, employee, hr, now, smtp_sink, client_of):
    Employee.objects.filter(pk=employee.pk).update(email=None)
    delivery.send_due(now=now)
    assert states() == {"sent": 12, "skipped": 1}
    assert client_of(hr).get(f"/waves/{wave.pk}/").context["mails"] == {
        "sent": 12,
        "waiting": 0,
        "failed": 0,
        "without": 1,
    }


def test_reminders_only_on_their_day_and_only_who_has_not_answered(wave, employee, now, smtp_sink):
    delivery.send_due(now=now)
    smtp_sink.messages.clear()
    delivery.send_due(now=now + 3 * DAY)
    assert smtp_sink.messages == []
    Invitation.objects.filter(employee=employee).update(state=Invitation.State.ANSWERED)
    delivery.send_due(now=now + 4 * DAY)
    assert len(smtp_sink.messages) == 12
    assert employee.email not in {mail["To"] for mail in smtp_sink.messages}


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
    delivery.send_due(now=now + 9 * DAY)
    assert len(smtp_sink.messages) == 13
    assert states("reminder") == {"sent": 13, "skipped": 13}


def test_nothing_leaves_once_closed(wave, hr, now, smtp_sink):
    Wave.objects.update(state=Wave.State.CLOSED)
    delivery.send_due(now=now)
    Wave.objects.update(state=Wave.State.OPEN)
    series_service.close_early(wave, by=hr, today=timezone.localdate(now))
    delivery.send_due(now=now)
    assert smtp_sink.messages == []


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
    saved = {path: path.read_bytes() for path in keys._path(wave.pk).parent.iterdir()}
    keys.destroy(wave.pk)
    for minutes in (0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500):
        delivery.send_due(now=now + dt.timedelta(minutes=minutes))
    assert states() == {"due": 13}
    for path, content in saved.items():
        path.write_bytes(content)
    delivery.send_due(now=now + 13 * DAY)
    assert states() == {"sent": 13}


def test_a_worker_killed_after_the_server_took_a_mail_sends_at_most_that_one_twice(wave, now, smtp_sink, monkeypatch):
    marked = []
    original = delivery._mark

    def killed_at_the_fifth(message, *args):
        if len(marked) == 4:
            raise KeyboardInterrupt
        marked.append(message.pk)
        original(message, *args)

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_mark", killed_at_the_fifth)
        with pytest.raises(KeyboardInterrupt):
            delivery.send_due(now=now)
    assert states() == {"sent": 4, "claimed": 9}
    delivery.send_due(now=now + dt.timedelta(minutes=5))
    assert len(smtp_sink.messages) == 5, "its claims are still its own"
    delivery.send_due(now=now + dt.timedelta(minutes=11))
    assert states() == {"sent": 13}
    ids = [mail["Message-ID"] for mail in smtp_sink.messages]
    assert len(ids) == 14 and len(set(ids)) == 13


def test_a_slow_worker_does_not_send_what_another_took_over(wave, now, smtp_sink):
    ids = delivery.claim(now, 5)
    stale = list(Message.objects.select_related("invitation__employee", "invitation__wave__series").filter(pk__in=ids))
    delivery.send_due(now=now + dt.timedelta(minutes=11))
    assert len(smtp_sink.messages) == 13
    report = delivery.Report()
    for message in stale:
        delivery._deliver(message, delivery.get_connection(), report, claimed_at=now, now=now)
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
