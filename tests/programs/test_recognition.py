"""Thanks through the pages: who may, what is refused, what others can see."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import giving
from programs.recognition.models import Kudos


@pytest.fixture(autouse=True)
def catalogue(db):
    load_catalogue()


def thank(giver, receiver, story="Stayed late for us.", public=True, points=5):
    behaviour = Behaviour.objects.get(code="A5")
    fields = {"points": points, "public": public, "key": uuid.uuid4(), "now": timezone.now()}
    return giving.give(giver=giver, receiver=receiver, behaviour=behaviour, story=story, **fields)


def form(receiver, **changes):
    behaviour = Behaviour.objects.get(code="A1").pk
    filled = {"to": receiver.pk, "behaviour": behaviour, "story": "Found my parcel.", "points": 10, "public": "yes"}
    return {**filled, "key": str(uuid.uuid4()), **changes}


def test_employee_thanks_a_colleague_and_everybody_reads_it(client_of, employee, stranger):
    answer = client_of(employee).post("/thanks/new/", form(stranger), follow=True)
    assert answer.status_code == 200
    assert "Thank you sent to Sven Other" in answer.content.decode()
    assert "Found my parcel." in client_of(stranger).get("/thanks/").content.decode()
    assert giving.balance(stranger, timezone.now()) == 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"points": "0"}, "Give at least 1 point."),
        ({"points": "-4"}, "Give at least 1 point."),
        ({"points": "51"}, "at most 50 points"),
        ({"points": "many"}, "Write a whole number."),
        ({"story": "  "}, "Tell what happened."),
        ({"behaviour": ""}, "Choose the attitude you saw."),
        ({"key": "nonsense"}, "UUID"),
    ],
)
def test_bad_input_is_told_and_kept(client_of, employee, stranger, changes, message):
    filled = form(stranger, story="A story worth keeping.") | changes
    answer = client_of(employee).post("/thanks/new/", filled)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert message in page
    if "story" not in changes:
        assert "A story worth keeping." in page
    assert not Kudos.objects.exists()


def test_beyond_the_allowance(client_of, employee, stranger):
    for _ in range(2):
        thank(employee, stranger, points=45)
    answer = client_of(employee).post("/thanks/new/", form(stranger, points=11))
    assert answer.status_code == 400
    assert "You have 10 points left this month" in answer.content.decode()
    assert Kudos.objects.count() == 2


def test_not_to_oneself_and_not_to_who_left(client_of, employee, stranger):
    client = client_of(employee)
    answer = client.post("/thanks/new/", form(employee))
    assert answer.status_code == 400
    assert "You cannot thank yourself" in answer.content.decode()
    Employee.objects.filter(pk=stranger.pk).update(left_on=dt.date(2024, 1, 31))
    assert client.post("/thanks/new/", form(stranger)).status_code == 404
    for wrong in ("abc", "999999", "²", "9" * 40):
        assert client.get("/thanks/new/", {"to": wrong}).status_code == 404
    assert not Kudos.objects.exists()


def test_search_finds_by_every_word_and_offers_the_team(client_of, employee, stranger):
    client = client_of(employee)
    assert "Person A2" in client.get("/thanks/new/").content.decode()
    found = client.get("/thanks/new/", {"q": "sven branch"}).content.decode()
    assert f"?to={stranger.pk}" in found
    assert "Nobody matches" in client.get("/thanks/new/", {"q": "<b>nobody"}).content.decode()


def test_private_thanks_stay_between_the_two(client_of, employee, stranger, hr):
    thank(stranger, employee, story="Planted secret words.", public=False)
    for reader in (employee, stranger, hr):
        assert "Planted secret words." not in client_of(reader).get("/thanks/").content.decode()
    assert "Planted secret words." in client_of(employee).get("/thanks/received/").content.decode()
    assert "Planted secret words." in client_of(stranger).get("/thanks/received/?show=given").content.decode()
    assert "Planted secret words." not in client_of(hr).get("/thanks/received/").content.decode()
    assert client_of(hr).get("/api/v1/kudos/").json()["count"] == 0
    assert client_of(employee).get("/api/v1/kudos/").json()["count"] == 1


def test_nobody_without_signing_in(client_of):
    for page in ("/thanks/", "/thanks/new/", "/thanks/received/"):
        assert client_of(None).get(page).status_code == 302
    assert client_of(None).get("/api/v1/kudos/").status_code in {401, 403}


def test_feed_is_filtered_by_behaviour_and_empty_says_so(client_of, employee, stranger):
    client = client_of(employee)
    assert "Nobody has said thanks here yet" in client.get("/thanks/").content.decode()
    thank(employee, stranger)
    assert "Stayed late" in client.get("/thanks/?behaviour=A5").content.decode()
    assert "Stayed late" not in client.get("/thanks/?behaviour=A1").content.decode()
    assert client.get("/thanks/?behaviour=zz&page=banana").status_code == 200


@pytest.mark.parametrize("page", ["/thanks/", "/thanks/received/", "/api/v1/kudos/"])
def test_queries_do_not_grow_with_the_list(client_of, employee, stranger, page):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            thank(stranger, employee)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client_of(employee).get(page).status_code == 200
        counts.append(len([q for q in caught if "session" not in q["sql"] and "SAVEPOINT" not in q["sql"]]))
    assert counts[0] == counts[1]


def test_ledger_is_right_after_all_that(employee, stranger):
    thank(employee, stranger)
    call_command("ledger", "check")
