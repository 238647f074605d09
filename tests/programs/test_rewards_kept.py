"""Rewards that change while people redeem them: stock, price, terms, units; and points whose day passes meanwhile."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from culture.framework.loading import load_catalogue
from culture.people import structure
from culture.people.models import Employee
from programs.recognition import catalogue, correcting, giving, lots, proving, redeeming
from programs.recognition.point_models import Lot, PointRules
from programs.recognition.reward_models import Redemption, Reward, SiteCountry
from tests.programs.ledger_world import DAY, NOW, has, people, redeem, reward

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def rich(employee: Employee, hr: Employee) -> Employee:
    correcting.correct(employee=employee, points=100, note="for the test", by=hr, now=timezone.now())
    return employee


def hidden(page: str, name: str) -> str:
    (field,) = re.findall(rf'<input type="hidden" name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', field)
    return found[1] if found else ""


# -- the stock -------------------------------------------------------------------------------------------------------


def filled(item: Reward, page: str, **changes: Any) -> dict[str, Any]:
    told = {"name_en": item.label, "kind": item.kind, "price": item.price, "per_person": 0, "approval": "on"}
    stock = "" if item.stock is None else item.stock
    return {**told, "stock": stock, "stock_shown": hidden(page, "stock_shown"), **changes}


def test_what_is_redeemed_while_hr_writes_stays_redeemed(client_of: Any, hr: Any, rich: Any) -> None:
    item, clerk = reward(stock=1, price=5), client_of(hr)
    address = f"/rewards/catalogue/{item.pk}/"
    page = clerk.get(address).content.decode()
    redeem(rich, item, now=timezone.now())
    answer = clerk.post(address, filled(item, page, name_en="Mugs"), follow=True).content.decode()
    item.refresh_from_db()
    assert (item.label, item.stock) == ("Mugs", 0)
    assert "The stock changed meanwhile: 0 are left." in answer
    page = clerk.get(address).content.decode()
    answer = clerk.post(address, filled(item, page, stock="3"), follow=True).content.decode()
    item.refresh_from_db()
    assert item.stock == 3 and "meanwhile" not in answer


NUMBER = st.none() | st.integers(0, 9)


@given(there=NUMBER, shown=NUMBER, wanted=NUMBER)
def test_of_the_stock_only_the_difference_is_applied(there: int | None, shown: int | None, wanted: int | None) -> None:
    left = catalogue.stock_now(there=there, shown=shown, wanted=wanted)
    assert left is None or left >= 0
    if there == shown:
        assert left == wanted, "nobody was quicker"
    if wanted == shown:
        assert left == there, "he did not touch it"
    if there is not None and shown is not None and wanted is not None and left:
        assert left - there == wanted - shown


# -- the price -------------------------------------------------------------------------------------------------------


def test_never_more_is_taken_than_the_page_said(client_of: Any, rich: Any) -> None:
    item, mine = reward(price=40), client_of(rich)
    address = f"/rewards/{item.pk}/"
    shown = hidden(mine.get(address).content.decode(), "price")
    assert shown == "40"
    Reward.objects.update(price=60)
    sent = {"key": str(uuid.uuid4()), "note": "the blue one"}
    answer = mine.post(address, sent | {"price": shown})
    page = answer.content.decode()
    assert answer.status_code == 400 and "The price has changed: it is now 60 points." in page
    assert "Redeem for 60 points" in page and "the blue one" in page and hidden(page, "price") == "60"
    assert not Redemption.objects.exists()
    Reward.objects.update(price=50)
    assert mine.post(address, sent | {"price": "60"}).status_code == 302
    assert Redemption.objects.get().price == 50 and giving.balance(rich) == 50


def test_the_price_over_a_thousand_is_a_plain_number(client_of: Any, rich: Any) -> None:
    item = reward(price=2500)
    Employee.objects.filter(pk=rich.pk).update(language="it")
    answer = client_of(rich).post(f"/rewards/{item.pk}/", {"key": str(uuid.uuid4()), "price": "2500"})
    assert hidden(answer.content.decode(), "price") == "2500"


def test_a_program_may_say_the_most_it_pays(client_of: Any, rich: Any) -> None:
    item, client = reward(price=40), client_of(rich)

    def asked(key: str, **more: Any) -> Any:
        body = {"reward": item.pk, **more}
        return client.post(f"{API}/redemptions/", body, "application/json", headers={"Idempotency-Key": key})

    answer = asked("a", price=39)
    assert answer.status_code == 400 and "it is now 40 points" in answer.content.decode()
    assert asked("a", price=40).status_code == 201


# -- what the payroll is told ----------------------------------------------------------------------------------------


def test_the_payroll_is_told_what_was_redeemed_then(client_of: Any, rich: Any, hr: Any) -> None:
    terms = {"value": "20.00", "currency": "EUR", "tax_notes": {"*": "taxed", "IT": "free"}}
    item = reward(approval=False, **terms)
    SiteCountry.objects.create(site="Rome", country="IT")
    Employee.objects.filter(pk=rich.pk).update(site="Rome")
    rich.refresh_from_db()
    done = redeem(rich, item, now=timezone.now())
    changed = catalogue.Terms(kind="experience", name={"en": "Weekend"}, price=900, value=None, tax_notes={"*": "no"})
    catalogue.save(terms=changed, units=[], by=hr, reward=item)
    SiteCountry.objects.update(country="FR")
    redeeming.fulfil(redemption=done, by=hr, now=timezone.now())
    today = timezone.localdate()
    answer = client_of(hr).get(f"/rewards/desk/payroll.csv?since={today}&until={today}")
    _head, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert row[4:7] == ["IT", "Mug", "Goods"] and row[8:] == ["40", "20.00", "EUR", "free"]
    told = client_of(rich).get(f"{API}/redemptions/").json()["results"][0]
    expected = {"reward_name": "Mug", "kind": "goods", "country": "IT", "payroll_note": "free"}
    assert {name: told[name] for name in expected} == expected
    assert "Mug" in client_of(rich).get("/rewards/mine/").content.decode()
    assert "Mug" in client_of(hr).get("/rewards/desk/?show=done").content.decode()


def test_a_country_that_was_unknown_then_is_that_of_the_site_by_now(rich: Any, hr: Any) -> None:
    Employee.objects.filter(pk=rich.pk).update(site="Rome")
    rich.refresh_from_db()
    done = redeem(rich, reward(tax_notes={"*": "taxed", "IT": "free"}), now=timezone.now())
    assert done.tax_note(done.country_of({"Rome": "IT"})) == "free"


def test_what_was_redeemed_before_is_filled_from_its_reward(rich: Any) -> None:
    Employee.objects.filter(pk=rich.pk).update(site="Rome")
    SiteCountry.objects.create(site="Rome", country="IT")
    done = redeem(rich, reward(value="20.00", currency="EUR", tax_notes={"*": "taxed"}), now=timezone.now())
    blank = {"name": {}, "kind": "", "value": None, "currency": "", "tax_notes": {}, "country": ""}
    Redemption.objects.update(**blank)
    migration = importlib.import_module("programs.migrations.0025_recognition_kept_value")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    done.refresh_from_db()
    assert [str(getattr(done, name)) for name in ("label", "kind", "value", "currency", "country")] == [
        "Mug", "goods", "20.00", "EUR", "IT",
    ]  # fmt: skip
    assert done.tax_note("IT") == "taxed"


# -- units that are no more ------------------------------------------------------------------------------------------


def test_a_reward_for_a_merged_unit_is_for_the_unit_it_became(
    client_of: Any, hr: Any, units: Any, employee: Any, stranger: Any
) -> None:
    item = reward(stock=None)
    item.units.add(units["Branch B"])
    structure.merge(units["Branch B"], into=units["Services"], on=timezone.localdate(), by=hr)
    stranger.refresh_from_db()
    assert redeeming.why_not(item, stranger) == ""
    assert "in your unit" in redeeming.why_not(item, employee)
    clerk, address = client_of(hr), f"/rewards/catalogue/{item.pk}/"
    chosen = units["Services"].pk
    page = clerk.get(address).content.decode()
    assert f'<option value="{chosen}" selected>' in page
    assert clerk.post(address, filled(item, page, units=[chosen], name_en="Mugs")).status_code == 302
    assert list(item.units.all()) == [units["Services"]]


def test_a_reward_for_a_closed_unit_never_becomes_one_for_everybody(
    client_of: Any, hr: Any, units: Any, employee: Any, stranger: Any
) -> None:
    item = reward(stock=None)
    item.units.add(units["Branch B"])
    structure.close(units["Branch B"], on=timezone.localdate(), by=hr, people_to=units["Services"])
    clerk, address = client_of(hr), f"/rewards/catalogue/{item.pk}/"
    page = clerk.get(address).content.decode()
    assert f'<option value="{units["Branch B"].pk}" selected>Meridian &gt; Retail &gt; Branch B (closed)' in page
    clerk.post(address, filled(item, page, units=[units["Branch B"].pk], name_en="Mugs"))
    item.refresh_from_db()
    assert item.label == "Mugs" and list(item.units.all()) == [units["Branch B"]]
    for who in (employee, Employee.objects.get(pk=stranger.pk)):
        assert "in your unit" in redeeming.why_not(item, who)


# -- the day of the points -------------------------------------------------------------------------------------------


def test_redeeming_and_cancelling_keeps_no_points_beyond_their_day() -> None:
    PointRules.objects.create(pk=1, lot_months=1)
    ann, bob = people(2)
    has(ann, 30)
    last = NOW + 30 * DAY
    waits = redeem(ann, reward(price=30, stock=None), now=last)
    assert lots.expire(now=last + DAY) == 0, "reserved points do not lapse"
    assert redeeming.too_late([waits], last.date()) == {}
    assert redeeming.too_late([waits], (last + DAY).date()) == {waits.pk: 30}
    redeeming.cancel(redemption=waits, by=ann, now=last + DAY)
    assert giving.balance(ann) == 0 and Lot.objects.get().expires_on == last.date()
    with pytest.raises(ValidationError, match="you hold 0"):
        redeem(ann, reward(price=30), now=last + DAY)
    assert proving.findings() == []


def test_cancelled_in_time_nothing_changes() -> None:
    PointRules.objects.create(pk=1, lot_months=1)
    (ann,) = people(1)
    has(ann, 30)
    waits = redeem(ann, reward(price=30), now=NOW + 30 * DAY)
    redeeming.cancel(redemption=waits, by=ann, now=NOW + 30 * DAY)
    assert giving.balance(ann) == 30
    assert lots.expire(now=NOW + 31 * DAY) == 30


def test_the_page_says_before_what_cancelling_costs(client_of: Any, rich: Any) -> None:
    waits, mine = redeem(rich, reward(), now=timezone.now()), client_of(rich)
    assert "If you cancel" not in mine.get("/rewards/mine/").content.decode()
    Lot.objects.update(expires_on=timezone.localdate() - dt.timedelta(days=1), earned_on=dt.date(2020, 1, 1))
    page = mine.get("/rewards/mine/").content.decode()
    assert "40 of these points could be spent until a day that is over. If you cancel, they lapse." in page
    answer = mine.post(f"/rewards/mine/{waits.pk}/cancel/", follow=True).content.decode()
    assert "0 points are yours again; 40 lapsed" in answer
    assert "If you cancel" not in answer and giving.balance(rich) == 0
