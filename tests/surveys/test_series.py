"""Series: who is asked by their rules, changing the plan, and its pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.celery import app  # noqa: F401 - binds the tasks to our application
from culture.access import clock
from culture.access.models import AuditEntry
from culture.people.models import Employee, Leave
from surveys.instruments.models import Instrument
from surveys.waves import audience, opening, running
from surveys.waves import series as series_service
from surveys.waves.models import Burden, PanelPlace, Series, Wave
from surveys.waves.tick import due_to_open, tick
from tests.conftest import make_person
from tests.surveys.test_waves import plan, typed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today() -> dt.date:
    return clock.today()


def make(today: dt.date, **changed) -> Wave:
    series = series_service.create(by=None, name="Pulse", **plan(today, **changed))
    return series.waves.get(number=1)


def asked(wave: Wave) -> set[str]:
    opening.open_wave(wave, now=timezone.now())
    return set(wave.invitations.values_list("employee__number", flat=True))


# -- who is asked ----------------------------------------------------------------------------------------------------


def test_who_is_away_or_joined_lately_is_left_out_and_counted(manager, today):
    Leave.objects.create(employee=Employee.objects.get(number="A1"), since=today - DAY)
    Leave.objects.create(employee=Employee.objects.get(number="A2"), since=today - 9 * DAY, until=today - DAY)
    Employee.objects.filter(number="A3").update(hired_on=today - dt.timedelta(weeks=3))
    Employee.objects.filter(number="A4").update(hired_on=today - dt.timedelta(weeks=4))
    wave = make(today, joined_weeks=4)
    found = asked(wave)
    assert "A1" not in found and "A3" not in found and {"A2", "A4"} <= found
    assert wave.left_out == {"leave": 1, "joined": 1} and wave.invited == len(found)


def test_only_job_families_people_with_customers_or_a_list(manager, today):
    Employee.objects.filter(number__in=["A1", "A2"]).update(job_family="Sales")
    Employee.objects.filter(number__in=["A2", "A3"]).update(customer_facing=True)
    assert asked(make(today, job_families=["Sales"])) == {"A1", "A2"}
    assert asked(make(today, customer_facing=True)) == {"A2", "A3"}
    assert asked(make(today, job_families=["Sales"], customer_facing=True)) == {"A2"}
    listed = list(Employee.objects.filter(number__in=["A5", "A6"]).values_list("pk", flat=True))
    assert asked(make(today, employees=listed)) == {"A5", "A6"}


def test_a_panel_asks_everybody_once_in_three_waves_even_when_people_join(manager, units, today):
    series = series_service.create(by=None, name="Panel", **plan(today, panel=3, occurrences=6))
    seen: list[str] = []
    for n, wave in enumerate(series.waves.order_by("number")[:3]):
        now = timezone.localtime() + n * dt.timedelta(days=91)
        opening.open_wave(wave, now=now)
        seen += wave.invitations.values_list("employee__number", flat=True)
        assert wave.left_out["panel"] == Employee.objects.exclude(unit=None).count() - wave.invited
        Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
        make_person(f"N{n}", units["Branch A"], hired_on=None)
    assert sorted(one for one in seen if not one.startswith("N")) == sorted(
        Employee.objects.exclude(number__startswith="N").values_list("number", flat=True)
    )
    assert len(seen) == len(set(seen)) and PanelPlace.objects.filter(series=series).count() >= 13


def test_nobody_is_asked_for_more_minutes_a_quarter_than_the_budget(manager, hr, today):
    first = make(today)
    minutes = audience.minutes_for(opening.frozen_items(opening.version_of(first)), first.series, {})
    everybody = asked(first)
    assert set(Burden.objects.values_list("minutes", flat=True)) == {minutes}
    Burden.objects.filter(employee=manager).delete()
    second = make(today, minutes_budget=2 * minutes - 1)
    assert asked(second) == {manager.number} and second.left_out == {"burden": len(everybody) - 1}
    third = make(today, minutes_budget=2 * minutes)
    assert asked(third) == everybody, "the limit itself is allowed"
    assert set(Burden.objects.values_list("minutes", flat=True)) == {2 * minutes}


def test_the_budget_is_of_a_quarter_and_forgotten_after_it(manager, today):
    asked(make(today))
    Burden.objects.update(quarter=audience.quarter_of(today) - 200 * DAY)
    wave = make(today, minutes_budget=20)
    assert len(asked(wave)) == 12 and wave.left_out == {}
    tick(now=timezone.now())
    assert set(Burden.objects.values_list("quarter", flat=True)) == {audience.quarter_of(today)}


def test_everybody_left_out_is_said_where_it_is_opened(manager, hr, client_of, today):
    wave = make(today)
    Leave.objects.bulk_create([Leave(employee=one, since=today) for one in Employee.objects.all()])
    page = client_of(hr).get(f"/waves/{wave.pk}/open/").content.decode()
    assert "Everybody this series asks is left out this time" in page and "Open and invite" not in page
    client_of(hr).post(f"/waves/{wave.pk}/open/")
    wave.refresh_from_db()
    assert wave.state == Wave.State.SCHEDULED
    with pytest.raises(opening.CannotOpen):
        opening.open_wave(wave, now=timezone.now())


# -- changing a series -----------------------------------------------------------------------------------------------


def dates(series: Series) -> list[tuple[int, dt.date, str]]:
    return list(series.waves.order_by("number").values_list("number", "opens_on", "state"))


def test_a_change_touches_only_waves_not_yet_open(hr, manager, today):
    wave = make(today, occurrences=4)
    opening.open_wave(wave, now=timezone.now())
    before = Wave.objects.filter(pk=wave.pk).values().get()
    series_service.change(wave.series, by=hr, today=today, rule="FREQ=MONTHLY;INTERVAL=6;COUNT=5", open_days=20, k=7)
    assert Wave.objects.filter(pk=wave.pk).values().get() == before
    found = dates(wave.series)
    assert [number for number, _, _ in found] == [1, 2, 3, 4, 5]
    assert all((later[1] - earlier[1]).days > 150 for earlier, later in zip(found, found[1:], strict=False))
    assert {(one.closes_on - one.opens_on).days for one in wave.series.waves.exclude(pk=wave.pk)} == {20}
    entry = AuditEntry.objects.get(verb="series.changed")
    assert entry.detail["fields"] == ["k", "open_days", "rule"] and "employees" not in entry.detail


def test_a_shorter_rule_drops_waves_and_a_cancelled_one_does_not_come_back(hr, manager, today):
    first = make(today + DAY, occurrences=6)
    series = first.series
    second = series.waves.get(number=2)
    running.cancel(second, by=hr, reason="Merger under way")
    kinds = series_service.changes(Series.objects.get(pk=series.pk), today=today)
    assert {one.kind for one in kinds} == {"same"} and len(kinds) == 5
    series_service.change(series, by=hr, today=today, rule=f"{series.rule.rsplit(';', 1)[0]};COUNT=3")
    assert [(number, state) for number, _, state in dates(series)] == [
        (1, "scheduled"),
        (2, "cancelled"),
        (3, "scheduled"),
    ]


def test_what_is_refused_changes_nothing(hr, today):
    wave = make(today + DAY)
    before = dates(wave.series)
    for values in ({"rule": "FREQ=DAILY"}, {"k": 3}, {"open_days": 0}, {"panel": 99}, {"audience": [10**9]}):
        with pytest.raises(ValidationError) as refused:
            series_service.change(wave.series, by=hr, today=today, **values)
        assert list(refused.value.message_dict) == list(values)
    assert dates(wave.series) == before and not AuditEntry.objects.filter(verb="series.changed").exists()


def test_a_paused_series_opens_nothing_and_takes_new_days_when_it_goes_on(hr, manager, client_of, today):
    wave = make(today, occurrences=3)
    client = client_of(hr)
    assert "No wave opens" in client.post(f"/waves/series/{wave.series_id}/pause/", follow=True).content.decode()
    assert due_to_open(timezone.now()) == []
    assert "is paused" in client.get(f"/waves/series/{wave.series_id}/").content.decode()
    series_service.resume(wave.series, by=hr, today=today + 30 * DAY)
    opens = [one.opens_on for one in Wave.objects.filter(series=wave.series).order_by("number")]
    assert all(day >= today + 30 * DAY for day in opens) and len(opens) == 2
    assert due_to_open(timezone.localtime() + 30 * DAY) == []


def test_a_series_without_end_is_planned_ahead_for_good(hr, today):
    wave = make(today, rule="FREQ=MONTHLY;INTERVAL=3")
    assert 8 <= wave.series.waves.count() <= 9
    assert series_service.plan_ahead(today) == 0
    later = today.replace(day=1) + 400 * DAY
    assert series_service.plan_ahead(later) >= 4 and series_service.plan_ahead(later) == 0
    numbers = list(wave.series.waves.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    planned = list(wave.series.waves.order_by("number").values_list("planned_on", flat=True))
    assert len(set(planned)) == len(planned) and planned == sorted(planned)


# -- pages -----------------------------------------------------------------------------------------------------------


def test_who_may_and_who_may_not(hr, manager, stranger, client_of, today):
    wave = make(today)
    reads = [f"/waves/series/{wave.series_id}/", f"/waves/series/{wave.series_id}/edit/", f"/waves/{wave.pk}/extend/"]
    writes = [
        f"/waves/{wave.pk}/cancel/",
        f"/waves/{wave.pk}/hold/",
        f"/waves/{wave.pk}/merge/",
        f"/waves/series/{wave.series_id}/pause/",
        "/waves/new/preview/",
    ]
    for url in reads:
        assert client_of(hr).get(url).status_code == 200
        assert client_of(manager).get(url).status_code == client_of(stranger).get(url).status_code == 403
        assert client_of(None).get(url).status_code == 302
    for url in writes:
        assert client_of(manager).post(url, {"reason": "x"}).status_code == 403
        assert client_of(None).post(url).status_code == 302
    wave.refresh_from_db()
    assert wave.state == Wave.State.SCHEDULED and Series.objects.get().active


def test_the_preview_tells_dates_reasons_and_people(hr, manager, client_of, today):
    first = dt.date(today.year + 1, 12, 28)
    data = typed(today, first_opens_on=first.isoformat(), lasts="1", weekends="")
    data.pop("weekends")
    data |= {"free-TOTAL_FORMS": "1", "free-0-first": "2026-12-23", "free-0-last": "2027-01-06"}
    data |= {"free-0-name": "Year end", "free-0-yearly": "on", "name": ""}
    page = client_of(hr).post("/waves/new/preview/", data).content.decode()
    assert "4 waves, 13 people each time" in page and "Year end" in page and "moved from" in page
    assert not Series.objects.exists(), "looking plans nothing"
    page = client_of(hr).post("/waves/new/preview/", {**data, "repeat": "rule", "rule": "FREQ=HOURLY"}).content.decode()
    assert "A wave opens on a day" in page
    whole = client_of(hr).post("/waves/new/", {**data, "name": "P", "look": "1"})
    assert whole.status_code == 200 and "4 waves, 13 people each time" in whole.content.decode()
    assert not Series.objects.exists()


def test_more_rows_without_javascript_keeps_what_was_typed(hr, client_of, today):
    data = typed(today, name="Kept", **{"free-TOTAL_FORMS": "2", "free-0-name": "Kept too", "more": "1"})
    answer = client_of(hr).post("/waves/new/", data)
    page = answer.content.decode()
    assert answer.status_code == 200 and 'value="Kept"' in page and 'value="Kept too"' in page
    assert 'name="free-3-first"' in page and not Series.objects.exists()


def test_editing_in_the_browser_starts_from_what_is_and_changes_it(hr, manager, client_of, today):
    client = client_of(hr)
    client.post("/waves/new/", typed(today))
    series = Series.objects.get()
    form = client.get(f"/waves/series/{series.pk}/edit/").context["form"]
    assert form.initial["repeat"] == "m3" and form.initial["lasts"] == "1" and form.initial["reminders"] == "days"
    data = typed(today, name="Renamed", lasts="2", first_opens_on=series.first_opens_on.isoformat())
    page = client.post(f"/waves/series/{series.pk}/edit/preview/", data).content.decode()
    assert "Wave 5 is added" in page
    answer = client.post(f"/waves/series/{series.pk}/edit/", data, follow=True)
    assert answer.redirect_chain[-1][0] == f"/waves/series/{series.pk}/"
    series.refresh_from_db()
    assert series.name == "Renamed" and series.waves.count() == 8
    assert client.post(f"/waves/series/{series.pk}/edit/", {**data, "open_days": 0}).status_code == 400
    assert client.get("/waves/series/999999/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_series_page_takes_the_same_number_of_queries(count, hr, client_of, today, django_assert_num_queries):
    wave = make(today, occurrences=count)
    client = client_of(hr)
    client.get(f"/waves/series/{wave.series_id}/")
    with django_assert_num_queries(7):
        client.get(f"/waves/series/{wave.series_id}/")


def test_the_form_of_a_series_that_opens_at_midnight_shows_its_dates(manager, hr, client_of, today):
    wave = make(today + 30 * DAY)
    assert wave.series.opens_hour == 0
    page = client_of(hr).get(f"/waves/series/{wave.series_id}/edit/")
    assert page.context["preview"].ready and len(page.context["preview"].occurrences) == 2


def test_a_questionnaire_of_the_library_is_taken_when_the_series_is_saved(manager, hr, client_of, today):
    client, chosen = client_of(hr), {"instrument": "library:internal-service"}
    assert "library:internal-service" in client.get("/waves/new/").content.decode()
    seen = client.post("/waves/new/preview/", typed(today, **chosen))
    assert seen.context["preview"].ready and seen.context["preview"].minutes
    assert client.post("/waves/new/", typed(today, **chosen, name="")).status_code == 400
    assert not Instrument.objects.filter(key="internal-service").exists(), "looking takes nothing, nor does a refusal"
    client.post("/waves/new/", typed(today, **chosen))
    series = Series.objects.get()
    assert series.instrument.key == series.instrument.library_key == "internal-service"
    assert AuditEntry.objects.filter(verb="instrument.created").exists()
    assert "library:internal-service" not in client.get("/waves/new/").content.decode(), "now it is among the own ones"
    for wrong in ("library:internal-service", "library:nothing", "library:", "x"):
        page = client.post("/waves/new/", typed(today, instrument=wrong))
        assert page.status_code == 400 and "instrument" in page.context["form"].errors
