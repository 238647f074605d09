"""Mails about thanks: once, in one's language, at most one a day, only what arrived, and only whoever wants them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from culture.framework.loading import load_catalogue
from culture.people.models import Employee
from programs.recognition import choices, settling, telling, tick
from programs.recognition.feed_models import ThanksMail, ThanksMailLine
from programs.recognition.models import Kudos
from programs.recognition.thanks_words import MAIL
from surveys.waves import reach
from tests.programs.thanks import LATER, thank

pytestmark = pytest.mark.django_db
# A Tuesday, ten in the morning in Rome.
NOW = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


def arrive(giver: Employee, *to: Employee, at: dt.datetime = NOW, **more: Any) -> Kudos:
    kudos = thank(giver, *to, now=at - LATER, **more)
    settling.settle(now=at)
    return kudos


def words_of(mail: Any) -> str:
    return mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("language", list(MAIL))
def test_in_the_language_of_who_was_thanked(employee: Any, stranger: Any, smtp_sink: Any, language: str) -> None:
    Employee.objects.filter(pk=stranger.pk).update(language=language)
    arrive(employee, stranger, story="You found\nmy parcel.")
    assert telling.send_due(now=NOW) == 1 and telling.send_due(now=NOW) == 0
    (mail,) = smtp_sink.messages
    assert str(mail["Subject"]) == MAIL[language]["subject_one"].format(name="Person A1")
    text = words_of(mail)
    assert "You found my parcel." in text and "/thanks/received/" in text and "/thanks/choices/" in text
    assert mail["Content-Language"] == language and "{" not in text and MAIL[language]["why"] in text
    assert "You found my parcel." in mail.get_body(("html",)).get_content()
    assert smtp_sink.recipients == [stranger.email]


def test_only_what_arrived_and_is_still_shown(employee: Any, stranger: Any, manager: Any, smtp_sink: Any) -> None:
    thank(employee, stranger, now=NOW, story="Still on its way.")
    settling.settle(now=NOW + dt.timedelta(minutes=10))
    assert not ThanksMail.objects.exists()
    hidden = arrive(employee, stranger, story="Hidden words.")
    arrive(manager, stranger, story="Private words.", public=False)
    Kudos.objects.filter(pk=hidden.pk).update(hidden_at=NOW)
    assert telling.send_due(now=NOW) == 1
    text = words_of(smtp_sink.messages[0])
    assert "Private words." not in text and "Marco Neri" in text and "private: you read it on the site" in text
    assert "Hidden words." not in text and "on its way" not in text


def test_one_mail_a_day_tells_of_all(employee: Any, stranger: Any, manager: Any, hr: Any, smtp_sink: Any) -> None:
    for giver in (employee, manager):
        arrive(giver, stranger)
    assert telling.send_due(now=NOW) == 1
    assert str(smtp_sink.messages[0]["Subject"]) == "2 colleagues thanked you"
    arrive(hr, stranger, at=NOW + dt.timedelta(hours=1), story="An hour later.")
    assert telling.send_due(now=NOW + dt.timedelta(hours=2)) == 0
    assert telling.send_due(now=NOW + DAY) == 1
    assert "An hour later." in words_of(smtp_sink.messages[1]) and "Stayed late" not in words_of(smtp_sink.messages[1])
    assert ThanksMailLine.objects.count() == 3
    settling.settle(now=NOW + 2 * DAY)
    assert telling.note([one.receipt_id for one in ThanksMailLine.objects.all()], now=NOW) == 0, "each once"


def test_whom_no_mail_is_for(employee: Any, stranger: Any, manager: Any, hr: Any, smtp_sink: Any) -> None:
    choices.save(employee=hr, hide_amounts=False, no_events=False, no_mail=True)
    Employee.objects.filter(pk=manager.pk).update(email=None)
    arrive(employee, stranger, manager, hr)
    assert list(ThanksMail.objects.values_list("employee", flat=True)) == [stranger.pk]
    choices.save(employee=stranger, hide_amounts=False, no_events=False, no_mail=True)
    assert telling.send_due(now=NOW) == 0 and not smtp_sink.messages
    assert ThanksMail.objects.get().state == "skipped"
    other = Employee.objects.get(number="A2")
    reach.mark_dead(other, code="550", since=NOW.date())
    arrive(employee, other)
    assert telling.send_due(now=NOW) == 0 and ThanksMail.objects.get(employee=other).error == "address dead"


def test_at_night_it_waits_for_the_morning(employee: Any, stranger: Any, smtp_sink: Any) -> None:
    Employee.objects.filter(pk=stranger.pk).update(time_zone="America/New_York")
    arrive(employee, stranger)
    assert ThanksMail.objects.get().due_at == dt.datetime(2026, 3, 10, 13, 0, tzinfo=dt.UTC), "nine in New York"
    assert telling.send_due(now=NOW) == 0
    assert telling.send_due(now=NOW + 5 * dt.timedelta(hours=1)) == 1


def test_refused_for_now_and_for_good(employee: Any, stranger: Any, smtp_sink: Any) -> None:
    arrive(employee, stranger)
    smtp_sink.refuse = lambda address: "450 later"
    assert telling.send_due(now=NOW) == 0
    mail = ThanksMail.objects.get()
    assert (mail.state, mail.error) == ("due", "450") and mail.due_at > NOW
    smtp_sink.refuse = lambda address: "550 nobody"
    assert telling.send_due(now=mail.due_at) == 0
    assert ThanksMail.objects.get().state == "failed"


def test_a_dead_worker_loses_nothing(employee: Any, stranger: Any, manager: Any, smtp_sink: Any) -> None:
    arrive(employee, stranger, story="First.")
    assert len(telling.claim(NOW, 10)) == 1 and telling.claim(NOW, 10) == []
    arrive(manager, stranger, story="Second.", at=NOW + dt.timedelta(minutes=1))
    assert ThanksMail.objects.count() == 2 and telling.send_due(now=NOW + dt.timedelta(minutes=2)) == 0
    later = NOW + dt.timedelta(minutes=20)
    assert telling.anything_due(later) and telling.send_due(now=later) == 1
    text = words_of(smtp_sink.messages[0])
    assert "First." in text and "Second." in text and ThanksMail.objects.count() == 1


def test_after_half_a_year_they_are_forgotten(employee: Any, stranger: Any, smtp_sink: Any) -> None:
    arrive(employee, stranger)
    telling.send_due(now=NOW)
    assert telling.sweep(now=NOW + 179 * DAY) == 0 and telling.sweep(now=NOW + 181 * DAY) > 0
    assert not ThanksMail.objects.exists() and not ThanksMailLine.objects.exists()


def test_the_tick_asks_for_the_task(employee: Any, stranger: Any, monkeypatch: Any) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(tick.tasks.send_thanks_mails, "delay_on_commit", lambda: asked.append(True))
    tick.tick(now=NOW)
    assert not asked
    arrive(employee, stranger)
    tick.tick(now=NOW)
    assert asked == [True]
