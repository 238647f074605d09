"""Series and waves as HR meets them: planning, opening, the monitor, the service map."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.celery import app  # noqa: F401 - binds the tasks to our application
from culture.access.models import AuditEntry
from culture.people.models import Employee
from surveys.instruments.loading import load_library
from surveys.instruments.models import Instrument, InstrumentVersion
from surveys.waves import keys, links, opening, partitions
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Message, Series, ServiceLink, Wave
from surveys.waves.tick import due_to_open, tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def wave(hr, today) -> Wave:
    made = series_service.create(by=hr, name="Pulse", **plan(today))
    return made.waves.get(number=1)


def plan(today, **changed):
    return {
        "instrument": load_library(),
        "first_opens_on": today,
        "every_months": 3,
        "occurrences": 2,
        "open_days": 14,
        "reminder_days": [4, 9],
        **changed,
    }


def typed(today, **changed):
    return {
        "name": "Pulse",
        "instrument": load_library().pk,
        "who": "all",
        "first_opens_on": today.isoformat(),
        "repeat": "m3",
        "lasts": "1",
        "open_days": 14,
        "opens_hour": 8,
        "time_zone": "Europe/Rome",
        "weekends": "on",
        "reminders": "days",
        "reminder_days": "4, 9",
        "panel": 1,
        "k": 5,
        "max_providers": 3,
        **changed,
    }


# -- access ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/open/", "{pk}/close/"])
def test_only_hr_sees_waves(path, wave, hr, manager, executive, stranger, client_of):
    url = "/waves/" + path.format(pk=wave.pk)
    assert client_of(hr).get(url).status_code == 200
    for other in (manager, executive, stranger):
        assert client_of(other).get(url).status_code == 403
    assert client_of(None).get(url).status_code == 302


@pytest.mark.parametrize(
    "path", ["/waves/{pk}/open/", "/waves/{pk}/close/", "/service-map/", "/service-map/suggestions/"]
)
def test_others_change_nothing(path, wave, manager, client_of):
    assert client_of(manager).post(path.format(pk=wave.pk)).status_code == 403
    wave.refresh_from_db()
    assert wave.state == Wave.State.SCHEDULED and not ServiceLink.objects.exists()


@pytest.mark.parametrize("path", ["series", "waves"])
def test_api_is_for_hr_and_shows_no_answer_count(path, wave, hr, stranger, client_of):
    assert client_of(stranger).get(f"/api/v1/{path}/").status_code == 403
    assert client_of(None).get(f"/api/v1/{path}/").status_code in (401, 403)
    answer = client_of(hr).get(f"/api/v1/{path}/")
    assert answer.status_code == 200
    assert all("answered" not in row for row in answer.json()["results"])
    assert client_of(hr).post(f"/api/v1/{path}/", {}).status_code == 405


# -- planning --------------------------------------------------------------------------------------------------------


def test_empty_page_names_the_first_step(hr, client_of):
    page = client_of(hr).get("/waves/").content.decode()
    assert "No survey is planned yet" in page and "/waves/new/" in page


def test_hr_plans_a_series(hr, client_of, today):
    answer = client_of(hr).post("/waves/new/", typed(today), follow=True)
    series = Series.objects.get()
    assert series.reminder_days == [4, 9] and series.audience == [] and series.opens_hour == 8
    assert series.waves.count() == 4
    assert "Wave 1" in client_of(hr).get("/waves/").content.decode()
    assert answer.redirect_chain[-1][0] == f"/waves/{series.waves.get(number=1).pk}/"
    assert AuditEntry.objects.filter(verb="series.created", actor=hr).count() == 1


ALL_DAYS = {"free-TOTAL_FORMS": "1", "free-0-first": "2026-01-01", "free-0-last": "2026-12-31", "free-0-yearly": "on"}


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"name": " "}, "name", "required"),
        ({"who": "units"}, "audience", "at least one unit"),
        ({"who": "units", "audience": ["999999"]}, "audience", "valid choice"),
        ({"who": "units", "audience": ["x"]}, "audience", "not a valid value"),
        ({"who": "units", "audience": "Branch B"}, "audience", "Nobody who works here now"),
        ({"who": "list", "numbers": ""}, "numbers", "at least one employee number"),
        ({"who": "list", "numbers": "HR1, nobody, 77"}, "numbers", "nobody, 77"),
        ({"customer_facing": "on"}, "who", "Nobody who works here now"),
        ({"first_opens_on": "2020-01-01"}, "first_opens_on", "over"),
        ({"first_opens_on": "soon"}, "first_opens_on", "valid date"),
        ({"first_opens_on": "9999-12-31"}, "first_opens_on", "ten years"),
        ({"repeat": "m4"}, "repeat", "valid choice"),
        ({"repeat": "m1", "open_days": 40}, "repeat", "Ask less often"),
        ({"repeat": "rule", "rule": ""}, "rule", "Write a rule"),
        ({"repeat": "rule", "rule": "FREQ=MINUTELY"}, "rule", "opens on a day"),
        ({"repeat": "rule", "rule": "FREQ=DAILY"}, "rule", "Ask less often"),
        ({"repeat": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule", "never happens"),
        ({"repeat": "rule", "rule": "every quarter"}, "rule", "not known here"),
        ({"lasts": "9"}, "lasts", "valid choice"),
        ({"open_days": -1}, "open_days", "greater than or equal to 1"),
        ({"reminder_days": "20"}, "reminder_days", "before the close"),
        ({"reminder_days": "0"}, "reminder_days", "after the opening"),
        ({"reminder_days": "four"}, "reminder_days", "whole numbers"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "time zone of the list"),
        ({"minutes_budget": 0}, "minutes_budget", "greater than or equal to 1"),
        ({"matters": 0}, "matters", "greater than or equal to 1"),
        ({"barrier_at": "5"}, "barrier_at", "less than or equal to 4"),
        ({"quadrant_at": "high"}, "quadrant_at", "Enter a number"),
        ({"panel": 5}, "panel", "valid choice"),
        ({"k": 3}, "k", "valid choice"),
        ({"k": 4}, "k", "valid choice"),
        ({"instrument": 0}, "instrument", "valid choice"),
        (ALL_DAYS, "__all__", "leave no day at all"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(changed, field, says, hr, client_of, today, units):
    if changed.get("audience") == "Branch B":
        changed = {**changed, "audience": [str(units["Branch B"].pk)]}
    answer = client_of(hr).post("/waves/new/", typed(today, **changed))
    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert list(errors) == [field] and says in " ".join(errors[field])
    assert 'value="4, 9"' in answer.content.decode() or field == "reminder_days"
    assert not Series.objects.exists() and not Wave.objects.exists()


def test_a_questionnaire_without_questions_is_refused_where_it_is_chosen(hr, client_of, today):
    empty = Instrument.objects.create(key="empty", name={"en": "Empty"})
    InstrumentVersion.objects.create(instrument=empty, number=1)
    answer = client_of(hr).post("/waves/new/", typed(today, instrument=empty.pk))
    assert answer.status_code == 400 and "no questions yet" in str(answer.context["form"].errors["instrument"])


def test_series_refuses_k_under_five_for_any_caller(hr, today):
    for k in (0, 1, 4, 6):
        with pytest.raises(ValidationError) as refused:
            series_service.create(by=hr, name="Pulse", **plan(today, k=k))
        assert list(refused.value.message_dict) == ["k"]


def test_waves_keep_the_day_of_the_month():
    dates = series_service.wave_dates(dt.date(2027, 1, 31), 1, 3, 10)
    assert [opens for opens, _ in dates] == [dt.date(2027, 1, 31), dt.date(2027, 2, 28), dt.date(2027, 3, 31)]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(count, hr, client_of, today, django_assert_num_queries):
    for n in range(count):
        series_service.create(by=hr, name=f"Pulse {n}", **plan(today))
    client = client_of(hr)
    client.get("/waves/")
    with django_assert_num_queries(QUERIES_OF_LIST):
        client.get("/waves/")


QUERIES_OF_LIST = 7


# -- opening ---------------------------------------------------------------------------------------------------------


def test_opening_freezes_everything(wave, hr, manager, today):
    assert opening.open_wave(wave, now=timezone.now(), by=hr)
    assert wave.state == Wave.State.OPEN and wave.invited == 13
    assert Invitation.objects.filter(wave=wave).count() == 13
    assert Message.objects.filter(kind="invitation", due_at=wave.opened_at).count() == 13
    assert Message.objects.filter(kind="reminder").count() == 13 * len(wave.reminders) and wave.reminders
    assert all(day.weekday() < 5 for day in wave.reminders), "never at a weekend"
    assert wave.version.frozen_at
    assert [item["code"] for item in wave.snapshot["items"]][:2] == ["W1", "W2"]
    assert bytes(wave.public_key) == bytes(keys.private_key(wave.pk).public_key)
    assert partitions.exists("surveys_inboxenvelope", wave.pk)
    assert wave.rules["k"] == 5 and wave.rules["score_detail_from"] == 8


def test_opening_twice_does_nothing_twice(wave, manager):
    assert opening.open_wave(wave, now=timezone.now())
    assert not opening.open_wave(wave, now=timezone.now())
    assert Invitation.objects.filter(wave=wave).count() == 13
    assert AuditEntry.objects.filter(verb="wave.opened").count() == 1


def test_a_crash_while_opening_is_taken_up_again(wave, manager, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "_write_messages", crash)
        with pytest.raises(RuntimeError):
            opening.open_wave(wave, now=timezone.now())
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENING and not Invitation.objects.exists()
    first_key = keys.load(wave.pk).public
    assert due_to_open(timezone.now()) == [wave.pk]
    assert opening.open_wave(wave, now=timezone.now())
    assert bytes(wave.public_key) == first_key
    assert Invitation.objects.filter(wave=wave).count() == 13


def test_a_wave_nobody_belongs_to_stays_scheduled(hr, units, today):
    series = series_service.create(by=hr, name="Empty", **plan(today, audience=[units["Branch B"].pk]))
    wave = series.waves.get(number=1)
    with pytest.raises(opening.CannotOpen):
        opening.open_wave(wave, now=timezone.now())
    wave.refresh_from_db()
    assert wave.state == Wave.State.SCHEDULED


def test_the_audience_and_who_is_employed_today(hr, manager, stranger, units, today):
    Employee.objects.filter(number="A1").update(left_on=today - dt.timedelta(days=1))
    Employee.objects.filter(number="A2").update(hired_on=today + dt.timedelta(days=1))
    Employee.objects.filter(number="A3").update(is_active=False)
    series = series_service.create(by=hr, name="Retail", **plan(today, audience=[units["Retail"].pk]))
    wave = series.waves.get(number=1)
    opening.open_wave(wave, now=timezone.now())
    numbers = set(wave.invitations.values_list("employee__number", flat=True))
    assert numbers == {"M1", "S1", *(f"A{n}" for n in range(4, 12))}


def test_late_opening_keeps_the_length(wave, manager, today):
    later = timezone.localtime() + dt.timedelta(days=30)
    opening.open_wave(wave, now=later)
    assert (wave.opens_on, wave.closes_on) == (today + dt.timedelta(days=30), today + dt.timedelta(days=44))


def test_linked_providers_are_asked_about(wave, hr, manager, units):
    links.add(by=hr, customer=units["Retail"], provider=units["Services"])
    opening.open_wave(wave, now=timezone.now())
    assert wave.invitations.get(employee=manager).providers == [units["Services"].pk]
    assert wave.invitations.get(employee=hr).providers == []


def test_open_now_by_hand(wave, hr, manager, client_of):
    client = client_of(hr)
    assert "13 people are invited" in client.get(f"/waves/{wave.pk}/open/").content.decode()
    wave.refresh_from_db()
    assert wave.state == Wave.State.SCHEDULED, "looking changes nothing"
    page = client.post(f"/waves/{wave.pk}/open/", follow=True).content.decode()
    assert "is being opened" in page
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENING
    assert "no longer waiting" in client.post(f"/waves/{wave.pk}/open/", follow=True).content.decode()


def test_close_now_by_hand(wave, hr, manager, client_of, today):
    client = client_of(hr)
    assert "not open" in client.post(f"/waves/{wave.pk}/close/", follow=True).content.decode()
    opening.open_wave(wave, now=timezone.now())
    assert "Close the wave" in client.get(f"/waves/{wave.pk}/close/").content.decode()
    client.post(f"/waves/{wave.pk}/close/")
    wave.refresh_from_db()
    assert wave.closes_on == today
    assert AuditEntry.objects.filter(verb="wave.close_asked", actor=hr).count() == 1
    assert "being closed" in client.get(f"/waves/{wave.pk}/").content.decode()


def test_unknown_waves_are_not_found(hr, client_of):
    for path in ("", "open/", "close/"):
        assert client_of(hr).get(f"/waves/999999/{path}").status_code == 404


def test_tick_hands_due_waves_to_the_workers(wave, manager, monkeypatch, today, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr("surveys.waves.tasks.open_wave.delay_on_commit", asked.append)
    tick(now=timezone.localtime() - dt.timedelta(days=1))
    assert asked == []
    tick(now=timezone.now())
    assert asked == [wave.pk]
    Series.objects.update(active=False)
    tick(now=timezone.now())
    assert asked == [wave.pk]
