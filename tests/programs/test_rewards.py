"""Rewards through the pages: what one can have, redeeming, the desk, the catalogue, the rules, corrections."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.framework.loading import load_catalogue
from programs.recognition import catalogue, codes, correcting, countries, giving, proving, redeeming
from programs.recognition.models import LedgerEntry
from programs.recognition.point_models import AllowanceRule, PointRules
from programs.recognition.reward_models import Redemption, Reward, RewardCode
from tests.conftest import make_person

pytestmark = pytest.mark.django_db
State = Redemption.State


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def rich(employee: Any, hr: Any) -> Any:
    """The employee holds 100 points."""
    correcting.correct(employee=employee, points=100, note="for the test", by=hr, now=timezone.now())
    return employee


@pytest.fixture
def desk(units: Any) -> Any:
    """A second HR admin, who decides what the first one redeems."""
    from culture.access.models import Grant, Role

    person = make_person("HR2", units["Services"], given_name="Dora", family_name="Desk")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    return person


def reward(**changes: Any) -> Reward:
    return Reward.objects.create(**{"kind": "goods", "name": {"en": "Warm mug"}, "price": 40, "stock": 3, **changes})


def page(client: Any, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def test_an_employee_redeems_and_hr_hands_over(client_of: Any, rich: Any, hr: Any) -> None:
    item = reward()
    mine, clerk = client_of(rich), client_of(hr)
    assert "You have 100 points to spend" in page(mine, "/rewards/") and "Warm mug" in page(mine, "/rewards/")
    assert "You have 100 points; 60 stay." in page(mine, f"/rewards/{item.pk}/")
    filled = {"key": str(uuid.uuid4()), "note": "the blue one"}
    for _twice in range(2):
        assert mine.post(f"/rewards/{item.pk}/", filled).status_code == 302
    redemption = Redemption.objects.get()
    shown = page(clerk, "/rewards/desk/")
    assert "1 redemption waits for you" in shown and "the blue one" in shown and "Person A1" in shown
    clerk.post(f"/rewards/desk/{redemption.pk}/", {"act": "approve", "note": ""})
    assert "To hand over (1)" in page(clerk, "/rewards/desk/?show=handing")
    clerk.post(f"/rewards/desk/{redemption.pk}/", {"act": "fulfil", "note": "on your desk"})
    assert "on your desk" in page(mine, "/rewards/mine/")
    assert giving.balance(rich) == 60 and proving.findings() == []
    answer = mine.post(f"/rewards/mine/{redemption.pk}/cancel/", follow=True)
    assert "This is decided already: Handed over." in answer.content.decode()


def test_rejected_with_a_reason_that_the_person_reads(client_of: Any, rich: Any, hr: Any) -> None:
    redemption = redeeming.redeem(employee=rich, reward=reward(), key=uuid.uuid4(), now=timezone.now())
    clerk = client_of(hr)
    answer = clerk.post(f"/rewards/desk/{redemption.pk}/", {"act": "reject", "note": " "}, follow=True)
    assert "Say why: the person reads it." in answer.content.decode()
    clerk.post(f"/rewards/desk/{redemption.pk}/", {"act": "reject", "note": "Not made any more"})
    assert "Not made any more" in page(client_of(rich), "/rewards/mine/")
    assert giving.balance(rich) == 100
    answer = clerk.post(f"/rewards/desk/{redemption.pk}/", {"act": "approve", "note": ""}, follow=True)
    assert "This is decided already: Rejected." in answer.content.decode()
    assert clerk.post(f"/rewards/desk/{redemption.pk}/", {"act": "burn"}, follow=True).status_code == 200


def test_nobody_decides_on_his_own(client_of: Any, hr: Any, desk: Any) -> None:
    correcting.correct(employee=hr, points=50, note="for the test", by=desk, now=timezone.now())
    redemption = redeeming.redeem(employee=hr, reward=reward(), key=uuid.uuid4(), now=timezone.now())
    own = client_of(hr)
    assert "Yours: a second person decides on it." in page(own, "/rewards/desk/")
    answer = own.post(f"/rewards/desk/{redemption.pk}/", {"act": "approve"}, follow=True)
    assert "Nobody decides on his own redemption." in answer.content.decode()
    client_of(desk).post(f"/rewards/desk/{redemption.pk}/", {"act": "approve"})
    redemption.refresh_from_db()
    assert redemption.state == State.TO_FULFIL


def test_too_dear_sold_out_or_not_for_him_is_told(client_of: Any, rich: Any, stranger: Any, units: Any) -> None:
    client = client_of(rich)
    dear, gone = reward(name={"en": "Weekend"}, price=400), reward(name={"en": "Umbrella"}, stock=0)
    other, led = reward(name={"en": "Elsewhere"}), reward(name={"en": "For leaders"}, managers_only=True)
    other.units.add(units["Branch B"])
    shown = page(client, "/rewards/")
    assert "Weekend" in shown and "Umbrella" in shown and "nothing left" in shown
    assert "Elsewhere" not in shown and "For leaders" not in shown
    assert "Elsewhere" in page(client_of(stranger), "/rewards/")
    assert "300 are missing" in page(client, f"/rewards/{dear.pk}/")
    for one, words in ((gone, "Nothing is left"), (other, "not offered in your unit"), (led, "leads a team")):
        assert words in page(client, f"/rewards/{one.pk}/")
        answer = client.post(f"/rewards/{one.pk}/", {"key": str(uuid.uuid4())})
        assert answer.status_code == 400 and words in answer.content.decode()
    answer = client.post(f"/rewards/{dear.pk}/", {"key": str(uuid.uuid4())})
    assert answer.status_code == 400 and "you hold 100" in answer.content.decode()
    assert client.post(f"/rewards/{dear.pk}/", {"key": "x"}).status_code == 400
    assert not Redemption.objects.exists() and giving.balance(rich) == 100


def test_a_code_is_shown_to_nobody_but_whom_it_was_handed_to(client_of: Any, rich: Any, hr: Any, stranger: Any) -> None:
    voucher = reward(kind="voucher", stock=None, approval=False, price=10)
    clerk = client_of(hr)
    answer = clerk.post(f"/rewards/catalogue/{voucher.pk}/codes/", {"codes": "PLANTED-1\n\nPLANTED-2\nPLANTED-1\n"})
    assert answer.status_code == 302 and RewardCode.objects.count() == 2
    answer = clerk.post(f"/rewards/catalogue/{voucher.pk}/codes/", {"codes": "PLANTED-2\n" + "x" * 201})
    assert answer.status_code == 400 and "Line 2 is longer than 200" in answer.content.decode()
    client_of(rich).post(f"/rewards/{voucher.pk}/", {"key": str(uuid.uuid4())})
    mine, redemption = client_of(rich), Redemption.objects.get()
    assert "PLANTED" not in page(mine, "/rewards/mine/"), "a look at it is a deed of its own"
    shown = mine.post(f"/rewards/mine/{redemption.pk}/code/")
    assert "PLANTED-1" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert AuditEntry.objects.filter(verb="reward.code_shown", actor=rich).count() == 1
    for who in (hr, stranger):
        assert client_of(who).post(f"/rewards/mine/{redemption.pk}/code/").status_code == 404
    answer = clerk.post(f"/rewards/desk/{redemption.pk}/code/", follow=True)
    assert "Only who redeemed it, and who handed it over" in answer.content.decode()
    places = ("/rewards/", "/rewards/mine/", "/rewards/desk/?show=done", "/rewards/catalogue/")
    for who, urls in ((hr, (*places, f"/rewards/catalogue/{voucher.pk}/")), (stranger, places[:2])):
        for url in urls:
            assert "PLANTED" not in page(client_of(who), url), (who, url)
    assert client_of(stranger).post(f"/rewards/mine/{Redemption.objects.get().pk}/cancel/").status_code == 404


def test_hr_keeps_the_catalogue(client_of: Any, hr: Any, units: Any, rich: Any) -> None:
    client = client_of(hr)
    assert "Add the first reward" in page(client, "/rewards/catalogue/")
    filled = {
        "name_en": "Half a day off", "name_it": "Mezza giornata", "kind": "timeoff", "price": "300", "per_person": "2",
        "approval": "on", "units": [units["Retail"].pk], "value": "80.50", "currency": "eur", "tax_note": "IT: exempt",
    }  # fmt: skip
    for changes, words in (
        ({"name_en": ""}, "This field is required"),
        ({"price": "0"}, "greater than or equal to 1"),
        ({"currency": ""}, "Say in which currency."),
        ({"sites": "Atlantis"}, "Nobody works at “Atlantis”"),
    ):
        answer = client.post("/rewards/catalogue/new/", filled | changes)
        assert answer.status_code == 400 and words in answer.content.decode(), changes
        assert "Mezza giornata" in answer.content.decode()
    assert client.post("/rewards/catalogue/new/", filled).status_code == 302
    made = Reward.objects.get()
    assert (made.price, made.currency, made.stock, made.name["it"]) == (300, "EUR", None, "Mezza giornata")
    client.post(f"/rewards/catalogue/{made.pk}/", filled | {"price": "90", "stock": "1"})
    redemption = redeeming.redeem(employee=rich, reward=made, key=uuid.uuid4(), now=timezone.now())
    client.post(f"/rewards/catalogue/{made.pk}/", filled | {"price": "500", "stock": "0"})
    client.post(f"/rewards/catalogue/{made.pk}/retire/")
    assert "Half a day off" not in page(client_of(rich), "/rewards/")
    assert "not offered" in page(client, "/rewards/catalogue/")
    redeeming.reject(redemption=redemption, by=hr, now=timezone.now(), note="sorry")
    assert giving.balance(rich) == 100, "at the price of that day, though the reward is gone"


def test_the_file_for_the_payroll(client_of: Any, rich: Any, hr: Any) -> None:
    item = reward(approval=False, value="20.00", currency="EUR", tax_notes={"*": "=taxed"})
    done = redeeming.redeem(employee=rich, reward=item, key=uuid.uuid4(), now=timezone.now())
    redeeming.redeem(employee=rich, reward=item, key=uuid.uuid4(), now=timezone.now())
    redeeming.fulfil(redemption=done, by=hr, now=timezone.now())
    client, today = client_of(hr), timezone.localdate()
    answer = client.get(f"/rewards/desk/payroll.csv?since={today}&until={today}")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][:2] == ["A1", "Person A1"] and rows[1][8:] == ["40", "20.00", "EUR", "'=taxed"]
    yesterday = today - dt.timedelta(days=1)
    assert client.get(f"/rewards/desk/payroll.csv?since={today}&until={yesterday}").status_code == 302


def test_hr_sets_the_rules(client_of: Any, hr: Any, employee: Any) -> None:
    client = client_of(hr)
    assert "Everybody has 100 points a month" in page(client, "/thanks/rules/")
    limits = {"per_gift": 10, "pair_points": 15, "pair_gifts": 3, "team_share": 0, "lot_months": 12}
    answer = client.post("/thanks/rules/", limits | {"withdraw_minutes": 5, "team_share": 101})
    assert answer.status_code == 400
    assert client.post("/thanks/rules/", limits | {"withdraw_minutes": 5, "amounts_hidden": "on"}).status_code == 302
    assert (PointRules.objects.get().per_gift, PointRules.objects.get().amounts_hidden) == (10, True)
    rule = {"purse": "allowance", "whom": "everybody", "base": 30, "per_report": 0, "every": "month", "position": 1}
    assert client.post("/thanks/rules/allowances/", rule | {"base": -1}).status_code == 400
    assert client.post("/thanks/rules/allowances/", rule).status_code == 302
    assert giving.left(employee, timezone.now()) == 30
    assert client.post(f"/thanks/rules/allowances/{AllowanceRule.objects.get().pk}/remove/").status_code == 302
    assert giving.left(employee, timezone.now()) == 100


def test_hr_corrects_points_with_a_reason(client_of: Any, hr: Any, rich: Any) -> None:
    client = client_of(hr)
    filled = {"number": "A1", "points": "-30", "note": "Counted twice in May"}
    for changes, words in (
        ({"number": "NOBODY"}, "Nobody has the number"),
        ({"points": "-101"}, "holds 100 points: no more can be taken"),
        ({"note": ""}, "This field is required"),
        ({"number": "HR1"}, "Nobody corrects his own points"),
    ):
        answer = client.post("/thanks/ledger/correct/", filled | changes)
        assert answer.status_code == 400 and words in answer.content.decode(), changes
    assert client.post("/thanks/ledger/correct/", filled).status_code == 302
    assert "Correction: Counted twice in May" in page(client, "/thanks/ledger/")
    assert LedgerEntry.objects.filter(reason="correction", by=hr).count() == 2
    assert giving.balance(rich) == 70


HR_ONLY = [
    "/thanks/rules/",
    "/thanks/ledger/correct/",
    "/rewards/desk/",
    "/rewards/catalogue/",
    "/rewards/catalogue/new/",
    "/rewards/desk/countries/",
]


def test_who_may(client_of: Any, employee: Any, manager: Any, executive: Any, hr: Any) -> None:
    for url in HR_ONLY:
        for who in (employee, manager, executive):
            assert client_of(who).get(url).status_code == 403, (who, url)
        assert client_of(None).get(url).status_code == 302
        page(client_of(hr), url)


@pytest.mark.parametrize("url", ["/rewards/", "/rewards/mine/", "/rewards/desk/", "/rewards/catalogue/"])
def test_queries_do_not_grow(client_of: Any, rich: Any, hr: Any, url: str) -> None:
    counts = []
    for more in (1, 2):
        for _n in range(more):
            item = reward(price=5)
            redeeming.redeem(employee=rich, reward=item, key=uuid.uuid4(), now=timezone.now())
        with CaptureQueriesContext(connection) as caught:
            page(client_of(hr if "desk" in url or "catalogue" in url else rich), url)
        counts.append(len([q for q in caught if "session" not in q["sql"] and "SAVEPOINT" not in q["sql"]]))
    assert counts[0] == counts[1]


# -- codes at rest ---------------------------------------------------------------------------------------------------


def test_a_copy_of_the_database_tells_no_code(rich: Any, hr: Any, settings: Any) -> None:
    voucher, other = (reward(kind="voucher", stock=None, approval=False, price=10) for _ in range(2))
    catalogue.add_codes(reward=voucher, text="PLANTED-1\nP", by=hr)
    catalogue.add_codes(reward=other, text="PLANTED-1", by=hr)
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM programs_rewardcode r")
        stored = [row[0] for row in cursor.fetchall()]
    assert len(stored) == 3 and len(set(stored)) == 3
    assert not any("PLANTED" in row or b"PLANTED".hex() in row for row in stored)
    rows = RewardCode.objects.order_by("pk")
    assert len({len(bytes(row.sealed)) for row in rows}) == 1, "nor how long it is"
    assert len({row.mark for row in rows}) == 3
    with pytest.raises(codes.Unreadable):
        codes.unseal(other.pk, rows[0].sealed)
    done = redeeming.redeem(employee=rich, reward=voucher, key=uuid.uuid4(), now=timezone.now())
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another one, as long as it has to be, and then some more"
    with pytest.raises(ValidationError, match="another SECRET_KEY"):
        redeeming.show_code(redemption=done, by=rich)
    with pytest.raises(CommandError):
        call_command("ledger", "reseal")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert redeeming.show_code(redemption=done, by=rich) == "PLANTED-1"
    call_command("ledger", "reseal", stdout=io.StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    assert redeeming.show_code(redemption=done, by=rich) == "PLANTED-1"
    assert catalogue.add_codes(reward=voucher, text="PLANTED-1", by=hr) == (0, 1)


def test_who_handed_a_code_over_may_look_at_it_and_nobody_else(client_of: Any, rich: Any, hr: Any, desk: Any) -> None:
    voucher = reward(kind="voucher", stock=None, price=10)
    catalogue.add_codes(reward=voucher, text="PLANTED-3", by=desk)
    redemption = redeeming.redeem(employee=rich, reward=voucher, key=uuid.uuid4(), now=timezone.now())
    redeeming.approve(redemption=redemption, by=hr, now=timezone.now())
    shown = client_of(hr).post(f"/rewards/desk/{redemption.pk}/code/")
    assert "PLANTED-3" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert "Show the code you handed over" in page(client_of(hr), "/rewards/desk/?show=done")
    assert "Show the code you handed over" not in page(client_of(desk), "/rewards/desk/?show=done")
    answer = client_of(desk).post(f"/rewards/desk/{redemption.pk}/code/", follow=True)
    assert "PLANTED" not in answer.content.decode()
    entry = AuditEntry.objects.get(verb="reward.code_shown")
    assert (entry.actor_id, entry.detail) == (hr.pk, {"own": False})


# -- countries -------------------------------------------------------------------------------------------------------


def test_a_reward_of_one_country_and_its_note_for_the_payroll(client_of: Any, rich: Any, hr: Any) -> None:
    rich.site = "Rome"
    rich.save()
    clerk = client_of(hr)
    shown = page(clerk, "/rewards/desk/countries/")
    assert "Say in which country" in shown and "suggested by their time zone" in shown
    filled = {
        "name_en": "Lunch", "kind": "custom", "price": "10", "value": "8", "currency": "EUR", "countries": ["IT", "FR"],
        "tax_note": "taxed in full\nIT: free up to 258 €\nFR: free", "stock": "3", "per_person": "0",
    }  # fmt: skip
    for changes, words in (
        ({"countries": ["XX"]}, "Select a valid choice"),
        ({"tax_note": "ZZ: free"}, "“ZZ” is no country"),
        ({"tax_note": "IT: " + "x" * 301}, "at most 300 characters"),
    ):
        answer = clerk.post("/rewards/catalogue/new/", filled | changes)
        assert answer.status_code == 400 and words in answer.content.decode(), changes
    assert clerk.post("/rewards/catalogue/new/", filled).status_code == 302
    lunch = Reward.objects.get()
    assert lunch.tax_notes == {"*": "taxed in full", "IT": "free up to 258 €", "FR": "free"}
    assert "IT: free up to 258 €" in page(clerk, f"/rewards/catalogue/{lunch.pk}/")
    assert "Lunch" not in page(client_of(rich), "/rewards/"), "nobody has said where Rome is"
    assert "not offered in your country" in page(client_of(rich), f"/rewards/{lunch.pk}/")
    sites = [site for site, *_rest in countries.sites()]
    places = {f"site_{at}": "IT" if site == "Rome" else "" for at, site in enumerate(sites)}
    assert clerk.post("/rewards/desk/countries/", places | {f"site_{sites.index('Rome')}": "XX"}).status_code == 400
    assert clerk.post("/rewards/desk/countries/", places).status_code == 302
    assert countries.of_site("Rome") == "IT" and "Lunch" in page(client_of(rich), "/rewards/")
    lunch.approval = False
    lunch.save()
    done = redeeming.redeem(employee=rich, reward=lunch, key=uuid.uuid4(), now=timezone.now())
    redeeming.fulfil(redemption=done, by=hr, now=timezone.now())
    today = timezone.localdate()
    answer = clerk.get(f"/rewards/desk/payroll.csv?since={today}&until={today}")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][4] == "IT" and rows[1][-1] == "free up to 258 €"
    for who in (rich, None):
        assert client_of(who).get("/rewards/desk/countries/").status_code in {302, 403}


# -- who approves ----------------------------------------------------------------------------------------------------


def test_the_manager_approves_where_the_reward_leaves_it_to_him(
    client_of: Any, rich: Any, manager: Any, stranger: Any, hr: Any
) -> None:
    own, hrs = reward(approver="manager"), reward(price=5)
    redemption = redeeming.redeem(employee=rich, reward=own, key=uuid.uuid4(), now=timezone.now())
    other = redeeming.redeem(employee=rich, reward=hrs, key=uuid.uuid4(), now=timezone.now())
    client = client_of(manager)
    assert "1 reward waits for you" in page(client, "/thanks/team/")
    assert "You approve it" in client.get("/", follow=True).content.decode()
    for who, pk in ((stranger, redemption.pk), (manager, other.pk), (hr, redemption.pk), (rich, redemption.pk)):
        assert client_of(who).post(f"/thanks/team/rewards/{pk}/", {"act": "approve"}).status_code == 404
    client.post(f"/thanks/team/rewards/{redemption.pk}/", {"act": "fulfil"})
    redemption.refresh_from_db()
    assert redemption.state == State.RESERVED, "handing over is HR's"
    answer = client.post(f"/thanks/team/rewards/{redemption.pk}/", {"act": "reject", "note": ""}, follow=True)
    assert "Say why: the person reads it." in answer.content.decode()
    client.post(f"/thanks/team/rewards/{redemption.pk}/", {"act": "approve", "note": "well earned"})
    redemption.refresh_from_db()
    assert redemption.state == State.TO_FULFIL and redemption.steps.get(state=State.TO_FULFIL).by == manager
    assert client.post(f"/thanks/team/rewards/{redemption.pk}/", {"act": "reject", "note": "no"}).status_code == 404
