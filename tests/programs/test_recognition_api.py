"""Recognition over the API: give, read, redeem, hand over, the ledger; twice under one key, and by the wrong one."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from culture.access.models import AuditEntry, Grant, Role
from culture.framework.loading import load_catalogue
from programs.recognition import catalogue, correcting, giving, proving, redeeming
from programs.recognition.models import Kudos
from programs.recognition.point_models import PointRules
from programs.recognition.reward_models import Redemption, Reward
from tests.conftest import make_person, make_unit
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def rich(employee: Any, hr: Any) -> Any:
    correcting.correct(employee=employee, points=100, note="for the test", by=hr, now=timezone.now())
    return employee


def send(client: Any, path: str, data: Any = None, key: str | None = "k1") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{API}{path}", data or {}, content_type="application/json", headers=headers)


def gift(*numbers: str, **changes: Any) -> dict[str, Any]:
    told = {"receivers": list(numbers), "behaviour": "A5", "requirement": "C1", "story": "Stayed late for us."}
    return {**told, "points": 5, **changes}


def reward(**changes: Any) -> Reward:
    return Reward.objects.create(**{"kind": "goods", "name": {"en": "Warm mug"}, "price": 40, "stock": 3, **changes})


# -- thanks ----------------------------------------------------------------------------------------------------------


def test_a_gift_under_one_key_is_given_once(client_of: Any, employee: Any, stranger: Any) -> None:
    client = client_of(employee)
    first, again = (send(client, "/kudos/", gift(stranger.number)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and first.json()["receivers"] == [stranger.name]
    assert Kudos.objects.count() == 1 and giving.left(employee, timezone.now()) == 95
    other = send(client, "/kudos/", gift(stranger.number, points=6))
    assert other.status_code == 409 and other.json()["error"]["code"] == "idempotency_mismatch"
    assert Kudos.objects.count() == 1
    # The same words of somebody else are another key.
    assert send(client_of(stranger), "/kudos/", gift(employee.number)).status_code == 201
    assert send(client, "/kudos/", gift(stranger.number), key="k2").status_code == 201
    assert proving.findings() == []


@pytest.mark.parametrize(
    ("changes", "key", "field"),
    [
        ({"receivers": ["NOBODY"]}, "k", "receivers"),
        ({"receivers": []}, "k", "receivers"),
        ({"behaviour": "N1"}, "k", "behaviour"),
        ({"behaviour": "Z9"}, "k", "behaviour"),
        ({"requirement": "Z9"}, "k", "requirement"),
        ({"story": " "}, "k", "story"),
        ({"points": -1}, "k", "points"),
        ({"points": 2.5}, "k", "points"),
        ({"points": 51}, "k", "points"),
        ({}, None, "Idempotency-Key"),
        ({}, "x" * 201, "Idempotency-Key"),
    ],
)
def test_what_cannot_be_given_says_where(
    client_of: Any, employee: Any, stranger: Any, changes: dict, key: str | None, field: str
) -> None:
    answer = send(client_of(employee), "/kudos/", gift(stranger.number, **changes), key=key)
    assert answer.status_code == 400 and field in answer.json()["error"]["fields"], answer.content
    assert not Kudos.objects.exists()


def test_oneself_and_who_left_are_refused(client_of: Any, employee: Any, stranger: Any) -> None:
    client = client_of(employee)
    assert send(client, "/kudos/", gift(employee.number)).status_code == 400
    stranger.left_on = timezone.localdate() - timezone.timedelta(days=1)
    stranger.save()
    assert send(client, "/kudos/", gift(stranger.number)).status_code == 400
    assert not Kudos.objects.exists()


def test_lists_by_index_private_ones_for_the_two_and_amounts_as_chosen(
    client_of: Any, employee: Any, stranger: Any, hr: Any
) -> None:
    secret = thank(employee, stranger, story="Between us.", public=False)
    thank(hr, stranger, story="For all.")
    found = client_of(hr).get(f"{API}/kudos/").json()["results"]
    assert [one["story"] for one in found] == ["For all."]
    assert client_of(hr).get(f"{API}/kudos/{secret.pk}/").status_code == 404
    assert len(client_of(stranger).get(f"{API}/kudos/?show=received").json()["results"]) == 2
    assert len(client_of(employee).get(f"{API}/kudos/?show=given").json()["results"]) == 1
    PointRules.objects.create(pk=1, amounts_hidden=True)
    assert client_of(employee).get(f"{API}/kudos/").json()["results"][0]["points"] is None
    assert client_of(stranger).get(f"{API}/kudos/").json()["results"][0]["points"] == 5
    assert client_of(None).get(f"{API}/kudos/").status_code in {401, 403}


def test_reacting_and_withdrawing(client_of: Any, employee: Any, stranger: Any, hr: Any) -> None:
    kudos = thank(employee, stranger)
    assert send(client_of(hr), f"/kudos/{kudos.pk}/react/", {"kind": "heart"}).json() == {"stands": True}
    assert send(client_of(hr), f"/kudos/{kudos.pk}/react/", {"kind": "heart"}).json() == {"stands": False}
    assert send(client_of(hr), f"/kudos/{kudos.pk}/react/", {"kind": "poke"}).status_code == 400
    assert send(client_of(employee), f"/kudos/{kudos.pk}/react/", {"kind": "clap"}).status_code == 400, "his own"
    assert send(client_of(stranger), f"/kudos/{kudos.pk}/withdraw/").status_code == 400, "only the giver"
    assert send(client_of(employee), f"/kudos/{kudos.pk}/withdraw/").json()["state"] == "withdrawn"
    assert giving.left(employee, timezone.now()) == 100


def test_a_whole_team_with_a_picture(client_of: Any, employee: Any, manager: Any, stranger: Any, units: Any) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#0d4f4f").save(out, "JPEG")
    client, told = client_of(employee), gift() | {"team": employee.unit_id, "alt": "At the counter"}
    del told["receivers"]

    def post(key: str = "t1", content: bytes = out.getvalue(), **changes: Any) -> Any:
        data = {**told, "picture": SimpleUploadedFile("a.jpg", content), **changes}
        return client.post(f"{API}/kudos/", data, headers={"Idempotency-Key": key})

    first, again = post(), post()
    assert (first.status_code, again.status_code) == (201, 200), first.content
    made = first.json()
    assert again.json() == made and Kudos.objects.count() == 1
    assert (made["team"], len(made["receivers"]), made["public"]) == ("Branch A", 11, True)
    assert employee.name not in made["receivers"] and manager.name in made["receivers"]
    assert (made["picture"]["alt"], made["picture"]["width"]) == ("At the counter", 60)
    assert client_of(manager).get(made["picture"]["url"])["Content-Type"] == "image/jpeg"
    assert giving.left(employee, timezone.now()) == 100 - 11 * 5
    for changes in ({"alt": "Another"}, {"team": stranger.unit_id}, {"points": 4}):
        assert post(**changes).status_code == 409, changes
    empty = make_unit("Nobody", units["Retail"])
    for field, changes in (
        ("picture", {"content": b"<svg/>"}),
        ("picture", {"content": b""}),
        ("receivers", {"receivers": [stranger.number]}),
        ("team", {"team": empty.pk}),
        ("team", {"team": 0}),
        ("points", {"points": 6}),
    ):
        answer = post(key=f"other {changes}", **changes)
        assert answer.status_code == 400 and field in answer.json()["error"]["fields"], (changes, answer.content)
    assert Kudos.objects.count() == 1 and proving.findings() == []


def test_json_takes_a_team_and_no_picture(client_of: Any, employee: Any, stranger: Any) -> None:
    client, told = client_of(employee), gift(team=stranger.unit_id)
    assert send(client, "/kudos/", told).status_code == 400, "neither receivers nor a team is empty"
    del told["receivers"]
    assert "picture" in send(client, "/kudos/", {**told, "picture": "aGVsbG8="}).json()["error"]["fields"]
    made = send(client, "/kudos/", told)
    assert made.status_code == 201 and made.json()["receivers"] == [stranger.name]
    assert (made.json()["picture"], made.json()["without_points"]) == (None, [])
    del told["team"]
    assert "receivers" in send(client, "/kudos/", told, key="none").json()["error"]["fields"]


def test_award_rounds_are_there_for_everybody(client_of: Any, employee: Any) -> None:
    assert client_of(employee).get(f"{API}/award-rounds/").json()["results"] == []
    assert client_of(None).get(f"{API}/award-rounds/").status_code in {401, 403}


# -- points and rewards ----------------------------------------------------------------------------------------------


def test_redeemed_and_handed_over(client_of: Any, rich: Any, hr: Any, stranger: Any) -> None:
    item = reward()
    mine, clerk = client_of(rich), client_of(hr)
    assert mine.get(f"{API}/points/").json()["balance"] == 100
    assert [one["name"] for one in mine.get(f"{API}/rewards/").json()["results"]] == ["Warm mug"]
    first, again = (send(mine, "/redemptions/", {"reward": item.pk, "note": "blue"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and Redemption.objects.count() == 1
    other = send(mine, "/redemptions/", {"reward": reward().pk})
    assert other.status_code == 409, "the same key for another reward"
    pk = first.json()["id"]
    for act in ("approve", "fulfil", "reject"):
        assert send(mine, f"/redemptions/{pk}/{act}/").status_code == 403
    assert send(clerk, f"/redemptions/{pk}/fulfil/").status_code == 400, "not approved yet"
    assert send(clerk, f"/redemptions/{pk}/approve/").json()["state"] == "to_fulfil"
    assert send(clerk, f"/redemptions/{pk}/approve/").status_code == 400, "approved twice"
    done = send(clerk, f"/redemptions/{pk}/fulfil/", {"note": "on your desk"}).json()
    assert done["state"] == "fulfilled" and done["steps"][-1]["note"] == "on your desk"
    assert send(mine, f"/redemptions/{pk}/cancel/").status_code == 400
    assert client_of(stranger).get(f"{API}/redemptions/{pk}/").status_code == 404
    assert client_of(stranger).get(f"{API}/redemptions/?all=1").status_code == 403
    assert len(clerk.get(f"{API}/redemptions/?all=1&state=fulfilled").json()["results"]) == 1
    assert clerk.get(f"{API}/redemptions/").json()["results"] == []
    assert giving.balance(rich) == 60 and proving.findings() == []


def test_what_cannot_be_redeemed(client_of: Any, rich: Any, hr: Any) -> None:
    mine = client_of(rich)
    dear, gone = reward(price=101), reward(retired_at=timezone.now())
    for at, data in enumerate([{"reward": dear.pk}, {"reward": gone.pk}, {"reward": 0}, {}]):
        assert send(mine, "/redemptions/", data, key=str(at)).status_code == 400
    assert send(mine, "/redemptions/", {"reward": dear.pk}, key=None).status_code == 400
    assert mine.get(f"{API}/rewards/{gone.pk}/").status_code == 404
    assert mine.get(f"{API}/rewards/x/").status_code == 404
    assert not Redemption.objects.exists()


def test_a_code_is_opened_by_its_owner_and_each_look_recorded(client_of: Any, rich: Any, hr: Any) -> None:
    voucher = reward(kind="voucher", approval=False, stock=None, price=10)
    catalogue.add_codes(reward=voucher, text="PLANTED-7", by=hr)
    mine = client_of(rich)
    made = send(mine, "/redemptions/", {"reward": voucher.pk})
    assert made.json()["state"] == "fulfilled" and "PLANTED" not in made.content.decode()
    opened = send(mine, f"/redemptions/{made.json()['id']}/code/")
    assert opened.json() == {"code": "PLANTED-7"} and opened["Cache-Control"] == "no-store"
    assert send(client_of(hr), f"/redemptions/{made.json()['id']}/code/").status_code == 404
    assert AuditEntry.objects.filter(verb="reward.code_shown").count() == 1


# -- the ledger ------------------------------------------------------------------------------------------------------


def test_the_ledger_is_for_auditors_and_names_nobody_of_private_thanks(
    client_of: Any, employee: Any, stranger: Any, hr: Any, units: Any
) -> None:
    thank(employee, stranger, public=False)
    thank(hr, stranger)
    auditor = make_person("AUD", units["Services"])
    Grant.objects.create(employee=auditor, role=Role.AUDITOR)
    answer = client_of(auditor).get(f"{API}/ledger/")
    rows = answer.json()["results"]
    assert len(rows) == 4 and sum(one["private"] for one in rows) == 2
    assert employee.name not in answer.content.decode() and hr.name in answer.content.decode()
    assert len(client_of(auditor).get(f"{API}/ledger/?kind=issued").json()["results"]) == 2
    assert client_of(auditor).get(f"{API}/ledger/?since=x").status_code == 400
    assert AuditEntry.objects.filter(verb="ledger.exported", actor=auditor).count() == 2
    for who in (employee, stranger):
        assert client_of(who).get(f"{API}/ledger/").status_code == 403
    assert client_of(auditor).post(f"{API}/ledger/").status_code == 405


@pytest.mark.parametrize("path", ["/kudos/", "/redemptions/", "/ledger/", "/rewards/"])
def test_queries_do_not_grow(client_of: Any, rich: Any, hr: Any, stranger: Any, path: str) -> None:
    counts = []
    for more in (1, 2):
        for _n in range(more):
            thank(rich, stranger)
            redeeming.redeem(employee=rich, reward=reward(price=5), key=uuid.uuid4(), now=timezone.now())
        client = client_of(hr if path == "/ledger/" else rich)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{API}{path}").json()["results"]
        counts.append(len([q for q in caught if "session" not in q["sql"] and "SAVEPOINT" not in q["sql"]]))
    assert counts[0] == counts[1]
