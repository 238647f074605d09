"""What HR and the clock do with the waves of a series, and what the database refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.celery import app  # noqa: F401 - binds the tasks to our application
from culture.access import clock
from culture.access.models import AuditEntry
from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.loading import load_library
from surveys.results.tick import due
from surveys.waves import keys, opening, partitions, running
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Message, Series, UnitMerge, Wave
from surveys.waves.tick import due_to_open, tick
from tests.conftest import make_person
from tests.surveys.test_waves import plan

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today() -> dt.date:
    return clock.today()


def make(today: dt.date, **changed) -> Wave:
    series = series_service.create(by=None, name="Pulse", **plan(today, **changed))
    return series.waves.get(number=1)


# -- what HR does with a wave ----------------------------------------------------------------------------------------


@pytest.fixture
def open_wave(manager, today) -> Wave:
    wave = make(today)
    opening.open_wave(wave, now=timezone.now())
    return wave


def test_extending_keeps_it_open_and_adds_a_reminder(open_wave, hr, client_of, today):
    Series.objects.update(reminder_days=[], reminder_most=5, reminder_every=4)
    reminders = Message.objects.filter(kind="reminder").count()
    client, url = client_of(hr), f"/waves/{open_wave.pk}/extend/"
    for day, says in (
        (open_wave.closes_on, "Choose a day after"),
        (today + 130 * DAY, "at most"),
        (today + 93 * DAY, "Choose an earlier day"),
        ("soon", "valid date"),
    ):
        answer = client.post(url, {"closes_on": str(day)})
        assert answer.status_code == 400 and says in answer.content.decode()
    assert client.post(url, {"closes_on": str(today + 40 * DAY)}).status_code == 302
    before = list(open_wave.reminders)
    open_wave.refresh_from_db()
    assert open_wave.closes_on == today + 40 * DAY and len(open_wave.reminders) == 5
    assert open_wave.reminders[: len(before)] == before
    assert Message.objects.filter(kind="reminder").count() == reminders + Invitation.objects.count() * (5 - len(before))
    assert AuditEntry.objects.filter(verb="wave.extended", actor=hr).exists()


def test_closing_early_within_the_extension_closes_at_once(open_wave, hr, today):
    later = open_wave.closes_on
    running.extend(open_wave, by=hr, closes_on=later + 10 * DAY, today=today)
    now = timezone.localtime() + (later + 3 * DAY - today)
    assert due(now) == []
    assert running.close_early(open_wave, by=hr, today=later + 3 * DAY)
    assert due(now) == [open_wave]
    assert not running.close_early(open_wave, by=hr, today=later + 3 * DAY), "twice"


def test_mails_pause_and_go_on(open_wave, hr, client_of):
    client = client_of(hr)
    client.post(f"/waves/{open_wave.pk}/pause/")
    open_wave.refresh_from_db()
    assert open_wave.mails_paused and "Mails are paused" in client.get(f"/waves/{open_wave.pk}/").content.decode()
    assert "has changed meanwhile" in client.post(f"/waves/{open_wave.pk}/pause/", follow=True).content.decode()
    client.post(f"/waves/{open_wave.pk}/resume/")
    open_wave.refresh_from_db()
    assert not open_wave.mails_paused
    assert AuditEntry.objects.filter(verb__in=["wave.mails_paused", "wave.mails_resumed"]).count() == 2


def test_a_wave_held_back_does_not_open_until_it_is_scheduled_again(manager, hr, client_of, today):
    wave = make(today)
    client = client_of(hr)
    client.post(f"/waves/{wave.pk}/hold/")
    assert due_to_open(timezone.now()) == []
    assert "is on hold" in client.get(f"/waves/{wave.pk}/").content.decode()
    wave.refresh_from_db()
    running.unhold(wave, by=hr, today=today + 5 * DAY)
    wave.refresh_from_db()
    assert wave.state == Wave.State.SCHEDULED and wave.opens_on == today + 5 * DAY
    assert wave.closes_on == wave.opens_on + 14 * DAY


def test_cancelling_an_open_wave_destroys_everything_and_needs_a_reason(open_wave, hr, client_of):
    invitation = open_wave.invitations.first()
    InboxEnvelope.objects.create(wave=open_wave, sealed=b"sealed")
    Draft.objects.create(wave=open_wave, key=b"key", sealed=b"draft")
    client, url = client_of(hr), f"/waves/{open_wave.pk}/cancel/"
    assert client.post(url, {"reason": " "}).status_code == 400
    open_wave.refresh_from_db()
    assert open_wave.state == Wave.State.OPEN and invitation
    assert "destroyed unread" in client.get(url).content.decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda do, **kwargs: do())
        client.post(url, {"reason": "The wrong questionnaire"})
    open_wave.refresh_from_db()
    assert open_wave.state == Wave.State.CANCELLED and open_wave.public_key is None
    assert not Invitation.objects.exists() and not Message.objects.exists() and not Draft.objects.exists()
    assert not partitions.exists(partitions.INBOX, open_wave.pk) and not keys.exists(open_wave.pk)
    page = client.get(f"/waves/{open_wave.pk}/").content.decode()
    assert "was cancelled" in page and "The wrong questionnaire" in page
    assert "it cannot be cancelled any more" in client.post(url, {"reason": "Again"}, follow=True).content.decode()


def test_the_tick_finishes_a_cancellation_that_a_crash_cut_off(open_wave, hr, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False):
        running.cancel(open_wave, by=hr, reason="Stop")
    assert keys.exists(open_wave.pk), "the crash came before the keys went"
    with django_capture_on_commit_callbacks(execute=True):
        tick(now=timezone.now())
    assert not keys.exists(open_wave.pk) and Wave.objects.get(pk=open_wave.pk).public_key is None


def test_units_are_merged_by_one_click_for_this_wave_and_all_later_ones(hr, manager, units, client_of, today):
    for n in range(6):
        make_person(f"B{n}", units["Branch B"])
    wave = make(today)
    client = client_of(hr)
    made = client.get(f"/waves/{wave.pk}/").context["forecast"]
    small = next(row for row in made.rows if row.name.startswith("Branch B"))
    assert small.verdict == "hidden" and any("Branch B" in " ".join(one.names) for one in made.suggestions)
    units_of = "-".join(str(unit) for unit in made.suggestions[0].units)
    page = client.post(f"/waves/{wave.pk}/merge/", {"units": units_of}, follow=True).content.decode()
    assert "reported together from now on" in page and "Separate again" in page
    assert not client.get(f"/waves/{wave.pk}/").context["forecast"].hidden
    opening.open_wave(wave, now=timezone.now())
    a, b = units["Branch A"].pk, units["Branch B"].pk
    assert any({a, b} <= set(block["units"]) for block in wave.snapshot["blocks"])
    client.post(f"/waves/{wave.pk}/merge/{UnitMerge.objects.get().pk}/separate/")
    assert not UnitMerge.objects.exists()
    for bad in ("", "1", "x-y", "9" * 30, f"{a}"):
        client.post(f"/waves/{wave.pk}/merge/", {"units": bad})
    assert not UnitMerge.objects.exists()


# -- what the database refuses ---------------------------------------------------------------------------------------

S = Wave.State


@pytest.mark.parametrize(
    ("was", "becomes", "may"),
    [
        (S.DRAFT, S.SCHEDULED, True),
        (S.SCHEDULED, S.DRAFT, True),
        (S.OPENING, S.SCHEDULED, True),
        (S.SCHEDULED, S.OPENING, True),
        (S.OPEN, S.CLOSED, True),
        (S.OPEN, S.CANCELLED, True),
        (S.OPEN, S.SCHEDULED, False),
        (S.CLOSED, S.OPEN, False),
        (S.CLOSED, S.CANCELLED, False),
        (S.RELEASED, S.OPEN, False),
        (S.RELEASED, S.CLOSED, False),
        (S.CANCELLED, S.SCHEDULED, False),
        (S.CANCELLED, S.OPEN, False),
    ],
)
def test_a_wave_never_goes_back(was, becomes, may, hr, today):
    series = make(today).series
    days = {"opens_on": today, "closes_on": today + DAY}
    wave = Wave.objects.create(series=series, number=9, state=was, cancel_reason="x", **days)
    waves = Wave.objects.filter(pk=wave.pk)
    if may:
        assert waves.update(state=becomes) == 1
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            waves.update(state=becomes)


def test_two_waves_of_a_series_are_never_open_at_once(open_wave, hr, client_of):
    second = open_wave.series.waves.get(number=2)
    assert not opening.open_wave(second, now=timezone.now())
    page = client_of(hr).post(f"/waves/{second.pk}/open/", follow=True).content.decode()
    assert "is still open. Close it first" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Wave.objects.filter(pk=second.pk).update(state=Wave.State.OPEN)


def test_a_second_worker_leaves_an_opening_alone_until_the_first_is_dead(manager, today):
    wave = make(today)
    opening.claim(wave)
    Wave.objects.filter(pk=wave.pk).update(opening_since=timezone.now())
    assert not opening.open_wave(wave, now=timezone.now())
    Wave.objects.filter(pk=wave.pk).update(opening_since=timezone.now() - opening.LEASE - dt.timedelta(seconds=1))
    assert opening.open_wave(wave, now=timezone.now()) and wave.opening_since is None


def test_the_page_shows_how_far_an_opening_is(manager, hr, client_of, today):
    wave = make(today)
    opening.claim(wave)
    client = client_of(hr)
    assert "Waiting for a worker" in client.get(f"/waves/{wave.pk}/").content.decode()
    Wave.objects.filter(pk=wave.pk).update(progress={"step": 3, "of": 4, "people": 13})
    part = client.get(f"/waves/{wave.pk}/", headers={"HX-Request": "true"})
    assert "Writing 13 invitations" in part.content.decode() and "<html" not in part.content.decode()
    assert opening.open_wave(wave, now=timezone.now())
    assert client.get(f"/waves/{wave.pk}/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_opening_takes_the_same_few_statements_whatever_the_size(manager, units, today):
    load_library()
    counted = []
    for _round in range(3):
        wave = make(today, panel=2)
        with CaptureQueriesContext(connection) as captured:
            opening.open_wave(wave, now=timezone.now())
        counted.append(len(captured))
        for n in range(40):
            make_person(f"Q{wave.pk}-{n}", units["Branch B"])
    assert counted[1] == counted[2] < 60, "the first one freezes the questionnaire, too"


def test_a_tick_with_nothing_due_takes_the_same_few_queries(open_wave, units):
    Message.objects.update(state=Message.State.SENT)
    counted = []
    for _round in range(3):
        tick(now=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            tick(now=timezone.now())
        counted.append(len(captured))
        for n in range(3):
            series_service.create(by=None, name="Later", **plan(clock.today() + 30 * DAY))
            make_person(f"T{_round}{n}", units["Branch B"])
    assert counted[0] == counted[1] == counted[2] <= 12
