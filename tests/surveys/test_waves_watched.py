"""What is shown of an open wave, and the service map in the list."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from config.celery import app  # noqa: F401 - binds the tasks to our application
from culture.people.models import Unit
from surveys.waves import links, opening, participation
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Message, Series, ServiceLink, Wave
from surveys.waves.tick import tick
from tests.conftest import make_person, make_unit
from tests.surveys.test_waves import plan

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MONITOR = 10


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def wave(hr, today) -> Wave:
    made = series_service.create(by=hr, name="Pulse", **plan(today))
    return made.waves.get(number=1)


# -- participation ---------------------------------------------------------------------------------------------------


def test_rounding_and_censored_ends():
    shares = [participation.rounded(n, 40) for n in range(41)]
    assert shares[:4] == ["under 10 %"] * 4 and shares[-4:] == ["over 90 %"] * 4
    assert participation.rounded(21, 40) == "about 50 %"


def tree(*sizes):
    units = [{"id": 1, "name": "Top", "parent": None}]
    blocks = []
    for n, _ in enumerate(sizes, 10):
        units.append({"id": n, "name": f"U{n}", "parent": 1})
        blocks.append({"id": n, "name": f"U{n}", "parent": 1})
    return {"units": units, "blocks": blocks}, {n: (size, size // 2) for n, size in enumerate(sizes, 10)}


def test_no_group_under_ten_is_shown_nor_left_over():
    def shown(*sizes):
        return [(row["name"], row["invited"]) for row in participation.groups(*tree(*sizes))]

    assert shown(9) == []
    assert shown(10, 10) == [("Top", 20), ("U10", 10), ("U11", 10)]
    assert shown(12, 20, 5) == [("Top", 37), ("U11", 20)], "Top minus both would leave five people"
    assert shown(12, 6, 5) == [("Top", 23), ("U10", 12)]
    assert shown(11, 5) == [("Top", 16)]


def test_figures_are_those_of_the_day(wave, manager, hr, client_of, today):
    opening.open_wave(wave, now=timezone.now())
    Message.objects.all().delete()
    tick(now=timezone.now())
    wave.refresh_from_db()
    assert wave.participation == {}, "nothing on the first day"
    tomorrow = timezone.localtime() + dt.timedelta(days=1)
    tick(now=tomorrow)
    wave.refresh_from_db()
    assert wave.participation["on"] == (today + dt.timedelta(days=1)).isoformat()
    first = wave.participation["groups"]
    # Of 13 nobody answered, of which no more is told than of two.
    assert first and {group["share"] for group in first} == {"about 15 %"} and first[0]["invited"] == 13
    Invitation.objects.update(state=Invitation.State.ANSWERED)
    tick(now=tomorrow)
    wave.refresh_from_db()
    assert wave.participation["groups"] == first, "an answer shows the next day"
    page = client_of(hr).get(f"/waves/{wave.pk}/").content.decode()
    assert "about 15 %" in page and "about 85 %" not in page
    tick(now=tomorrow + dt.timedelta(days=1))
    wave.refresh_from_db()
    assert {group["share"] for group in wave.participation["groups"]} == {"about 85 %"}


def test_the_monitor_names_nobody_and_counts_no_answers(wave, manager, hr, client_of):
    opening.open_wave(wave, now=timezone.now())
    client = client_of(hr)
    before = client.get(f"/waves/{wave.pk}/").content.decode()
    Invitation.objects.filter(employee=manager).update(state=Invitation.State.ANSWERED)
    Wave.objects.filter(pk=wave.pk).update(answered=7)
    after = client.get(f"/waves/{wave.pk}/").content.decode()
    assert manager.family_name not in after
    assert strip(before) == strip(after)


def strip(page: str) -> str:
    """Without the CSRF token, which changes with each page."""
    import re

    return re.sub(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", page)


def test_what_will_be_hidden_is_foretold(wave, hr, manager, client_of):
    Series.objects.update(k=10)
    page = client_of(hr).get(f"/waves/{wave.pk}/").content.decode()
    assert "13 people are asked; 1 of 1 groups is likely to stay hidden" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_monitor_takes_the_same_number_of_queries(
    count, hr, manager, units, client_of, today, django_assert_num_queries
):
    """Of units, of kinds of trouble, of earlier waves: all on one page."""
    for n in range(count):
        place = make_unit(f"Branch {n}", units["Retail"])
        for m in range(10):
            make_person(f"Q{n}-{m}", place)
    series = series_service.create(by=hr, name="Pulse", **plan(today - 200 * DAY, occurrences=8))
    old, now = list(series.waves.order_by("number")[:count]), series.waves.order_by("number")[4]
    for wave in old:
        Wave.objects.filter(pk=wave.pk).update(state="open", curve=[{"day": 1, "percent": 30}])
        Wave.objects.filter(pk=wave.pk).update(state="closed")
    opening.open_wave(now, now=timezone.now())
    errors = ["550 unknown", "552 full", "554 policy"][:count]
    for n, error in enumerate(errors):
        mine = Message.objects.filter(kind="invitation", invitation__employee__number=f"Q{n}-0")
        mine.update(state=Message.State.FAILED, error=error)
    participation.refresh(now, today=today + DAY)
    client = client_of(hr)
    client.get(f"/waves/{now.pk}/")
    with django_assert_num_queries(MONITOR):
        page = client.get(f"/waves/{now.pk}/")
    assert page.context["trouble"]["total"] == count and len(page.context["groups"]) > count


# -- service map -----------------------------------------------------------------------------------------------------


def test_links_are_added_and_removed(hr, units, client_of):
    client = client_of(hr)
    assert "No links yet" in client.get("/service-map/").content.decode()
    data = {"customer": units["Retail"].pk, "provider": units["Services"].pk, "kind": "Repairs"}
    assert client.post("/service-map/", data).status_code == 302
    link = ServiceLink.objects.get()
    assert "Repairs" in client.get("/service-map/").content.decode()
    assert client.post("/service-map/", data).status_code == 400, "twice"
    assert client.post(f"/service-map/{link.pk}/remove/").status_code == 302
    assert not ServiceLink.objects.exists()
    assert client.get(f"/service-map/{link.pk}/remove/").status_code == 405
    assert client.post(f"/service-map/{link.pk}/remove/").status_code == 404


@pytest.mark.parametrize(
    ("customer", "provider"), [("Retail", "Retail"), ("Retail", "Branch A"), ("Branch A", "Meridian")]
)
def test_no_link_to_oneself_nor_up_or_down(customer, provider, hr, units, client_of):
    answer = client_of(hr).post("/service-map/", {"customer": units[customer].pk, "provider": units[provider].pk})
    assert answer.status_code == 400 and "provider" in answer.context["form"].errors
    assert not ServiceLink.objects.exists()


def test_link_form_needs_both(hr, units, client_of):
    answer = client_of(hr).post("/service-map/", {"customer": "x"})
    assert answer.status_code == 400 and set(answer.context["form"].errors) == {"customer", "provider"}


def test_suggestions_link_operating_units_to_support(hr, units, client_of):
    top = units["Meridian"]
    it = Unit.objects.create(name="IT", path="Meridian > IT", parent=top)
    desk = Unit.objects.create(name="Help desk", path="Meridian > IT > Help desk", parent=it)
    pairs = {(customer.name, provider.name) for customer, provider in links.suggest()}
    assert pairs == {("Retail", "IT"), ("Services", "IT")}
    assert not any(desk in pair for pair in links.suggest())
    client_of(hr).post("/service-map/suggestions/")
    assert ServiceLink.objects.filter(provider=it).count() == 2
    assert links.suggest() == []
