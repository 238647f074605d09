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
from programs.recognition import giving, settling
from programs.recognition.models import Kudos
from programs.recognition.point_models import AllowanceRule, PointRules
from tests.programs.thanks import LATER, thank


@pytest.fixture(autouse=True)
def catalogue(db):
    load_catalogue()


def form(*receivers, **changes):
    behaviour = Behaviour.objects.get(code="A1").pk
    to = [one.pk for one in receivers]
    filled = {"to": to, "behaviour": behaviour, "story": "Found my parcel.", "points": 10, "public": "yes"}
    return {**filled, "key": str(uuid.uuid4()), **changes}


def test_employee_thanks_a_colleague_and_everybody_reads_it(client_of, employee, stranger):
    answer = client_of(employee).post("/thanks/new/", form(stranger), follow=True)
    assert answer.status_code == 200
    assert "Thank you sent to Sven Other. You can withdraw it for 15 minutes." in answer.content.decode()
    assert "Found my parcel." in client_of(stranger).get("/thanks/").content.decode()
    assert giving.balance(stranger) == 0, "still on their way"
    settling.settle(now=timezone.now() + LATER)
    assert giving.balance(stranger) == 10
    assert Kudos.objects.get().requirement.code == "W9", "what this attitude usually shows"


def test_several_are_thanked_at_once_and_each_gets_the_points(client_of, employee, stranger, manager, hr):
    client = client_of(employee)
    page = client.get("/thanks/new/", {"to": [stranger.pk], "more": "1", "q": "Marco"}).content.decode()
    assert f"?to={stranger.pk}&amp;to={manager.pk}" in page and "Go on with 1 person" in page
    assert "Thank 3 people" in client.get("/thanks/new/", {"to": [stranger.pk, manager.pk, hr.pk]}).content.decode()
    answer = client.post("/thanks/new/", form(stranger, manager, hr, points=25), follow=True)
    page = answer.content.decode()
    assert "Thank you sent to Sven Other, Marco Neri, Hanna Rossi." in page
    assert giving.left(employee, timezone.now()) == 25
    answer = client.post("/thanks/new/", form(stranger, manager, points=13))
    assert answer.status_code == 400
    assert "Your points are enough for 12 to each of 2 people." in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"points": "-4"}, "Points cannot be taken away."),
        ({"points": "51"}, "at most 50 points"),
        ({"points": "2.5"}, "Write a whole number."),
        ({"points": "many"}, "Write a whole number."),
        ({"story": "  "}, "Tell what happened."),
        ({"behaviour": ""}, "Choose the attitude you saw."),
        ({"behaviour": "999999"}, "not one of the available choices"),
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


def test_with_an_empty_allowance_thanks_go_without_points(client_of, employee, stranger):
    for _ in range(2):
        thank(employee, stranger, points=45)
    client = client_of(employee)
    answer = client.post("/thanks/new/", form(stranger, points=11))
    assert answer.status_code == 400
    assert "You have 10 points left. Give that many or fewer." in answer.content.decode()
    thank(employee, stranger, points=10)
    assert "Thanks without points arrive all the same." in client.get(f"/thanks/new/?to={stranger.pk}").content.decode()
    assert client.post("/thanks/new/", form(stranger, points=1)).status_code == 400
    assert client.post("/thanks/new/", form(stranger, points=0)).status_code == 302
    assert Kudos.objects.count() == 4


def test_not_to_oneself_and_not_to_who_left(client_of, employee, stranger):
    client = client_of(employee)
    answer = client.post("/thanks/new/", form(employee))
    assert answer.status_code == 400
    assert "You cannot thank yourself" in answer.content.decode()
    assert client.post("/thanks/new/", form(stranger, employee)).status_code == 400
    Employee.objects.filter(pk=stranger.pk).update(left_on=dt.date(2024, 1, 31))
    assert client.post("/thanks/new/", form(stranger)).status_code == 404
    for wrong in ("abc", "999999", "²", "9" * 40):
        assert client.get("/thanks/new/", {"to": wrong}).status_code == 404
    assert not Kudos.objects.exists()


def test_search_finds_by_every_word_and_offers_the_team(client_of, employee, stranger):
    client = client_of(employee)
    assert "your team" in client.get("/thanks/new/").content.decode()
    found = client.get("/thanks/new/", {"q": "sven branch"}).content.decode()
    assert f"?to={stranger.pk}" in found
    assert "Nobody matches" in client.get("/thanks/new/", {"q": "<b>nobody"}).content.decode()


def test_withdrawn_in_time_it_was_never_seen(client_of, employee, stranger):
    kudos = thank(employee, stranger, story="Too hasty words.", points=40)
    mine = client_of(employee)
    assert f"/thanks/{kudos.pk}/withdraw/" in mine.get("/thanks/received/?show=given").content.decode()
    assert client_of(stranger).post(f"/thanks/{kudos.pk}/withdraw/").status_code == 404
    answer = mine.post(f"/thanks/{kudos.pk}/withdraw/", follow=True)
    assert "its points are yours to give again" in answer.content.decode()
    assert giving.left(employee, timezone.now()) == 100
    for page in ("/thanks/", "/thanks/received/"):
        assert "Too hasty words." not in client_of(stranger).get(page).content.decode()
    assert client_of(stranger).get("/api/v1/kudos/").json()["results"] == []
    settling.settle(now=timezone.now() + LATER)
    assert giving.balance(stranger) == 0


def test_too_late_to_withdraw(client_of, employee, stranger):
    kudos = thank(employee, stranger, points=40, arrived=True)
    answer = client_of(employee).post(f"/thanks/{kudos.pk}/withdraw/", follow=True)
    assert "Thanks can be withdrawn for 15 minutes. These have arrived." in answer.content.decode()
    assert giving.balance(stranger) == 40


def test_a_manager_gives_from_his_budget_to_his_own_people_only(client_of, manager, employee, stranger):
    AllowanceRule.objects.create(purse="budget", whom="managers", base=20, per_report=10, every="quarter")
    client = client_of(manager)
    assert "From which points?" in client.get(f"/thanks/new/?to={employee.pk}").content.decode()
    assert "From which points?" not in client_of(employee).get(f"/thanks/new/?to={stranger.pk}").content.decode()
    assert client.post("/thanks/new/", form(employee, points=30, purse="budget")).status_code == 302
    assert giving.left(manager, timezone.now()) == 100
    assert giving.left(manager, timezone.now(), "budget") == 20 + 11 * 10 - 30
    answer = client.post("/thanks/new/", form(stranger, points=30, purse="budget"))
    assert answer.status_code == 400
    assert "does not report to you" in answer.content.decode()


def test_the_caps_of_the_organisation_are_told(client_of, employee, stranger):
    PointRules.objects.create(pk=1, per_gift=10, pair_points=15, pair_gifts=3)
    client = client_of(employee)
    assert client.post("/thanks/new/", form(stranger, points=10)).status_code == 302
    answer = client.post("/thanks/new/", form(stranger, points=6))
    assert "You can give Sven Other at most 5 more points this month" in answer.content.decode()
    assert client.post("/thanks/new/", form(stranger, points=5)).status_code == 302
    answer = client.post("/thanks/new/", form(stranger, points=1))
    assert "You can give Sven Other at most 0 more points this month; 0 always goes." in answer.content.decode()
    assert client.post("/thanks/new/", form(stranger, points=0)).status_code == 302
    answer = client.post("/thanks/new/", form(stranger, points=0))
    assert answer.status_code == 400
    assert "You have thanked Sven Other 3 times this month" in answer.content.decode()


def test_fifty_to_three_people_take_a_hundred_and_fifty(client_of, employee, stranger, manager, hr):
    AllowanceRule.objects.create(base=160)
    assert client_of(employee).post("/thanks/new/", form(stranger, manager, hr, points=50)).status_code == 302
    assert giving.left(employee, timezone.now()) == 10
    answer = client_of(employee).post("/thanks/new/", form(stranger, manager, hr, points=4))
    assert "Your points are enough for 3 to each of 3 people." in answer.content.decode()


def test_whose_month_it_is_and_whose_moment(client_of, employee, stranger, monkeypatch):
    """At noon of 30 November in London it is December in Auckland; a moment that is posted counts for nothing."""
    edge = dt.datetime(2026, 11, 30, 12, 0, tzinfo=dt.UTC)
    Employee.objects.filter(pk=employee.pk).update(time_zone="Pacific/Auckland")
    monkeypatch.setattr(timezone, "now", lambda: edge)
    for giver, to, month in ((employee, stranger, 12), (stranger, employee, 11)):
        filled = form(to, points=50, at="2027-01-01", now="2027-01-01", period="2027-01-01")
        # Signed in and saved long ago: the clock of this test stands still.
        giving_form = client_of(giver)
        assert giving_form.post("/thanks/new/", filled).status_code == 302
        kudos = Kudos.objects.get(giver=giver)
        assert (kudos.at, kudos.period) == (edge, dt.date(2026, month, 1))


def test_private_thanks_stay_between_the_two(client_of, employee, stranger, hr):
    thank(stranger, employee, story="Planted secret words.", public=False)
    for reader in (employee, stranger, hr):
        assert "Planted secret words." not in client_of(reader).get("/thanks/").content.decode()
    assert "Planted secret words." in client_of(employee).get("/thanks/received/").content.decode()
    assert "Planted secret words." in client_of(stranger).get("/thanks/received/?show=given").content.decode()
    assert "Planted secret words." not in client_of(hr).get("/thanks/received/").content.decode()
    assert client_of(hr).get("/api/v1/kudos/").json()["results"] == []
    assert len(client_of(employee).get("/api/v1/kudos/").json()["results"]) == 1


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
    thank(employee, stranger, arrived=True)
    call_command("ledger", "check")
