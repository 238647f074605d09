"""The endpoints of practices: one's own log, ideas; deny by default, one error shape, twice is once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.practices.models import Idea, PracticeNote
from tests.programs.practice_world import note, running

NOTES, IDEAS = "/api/v1/practice-notes/", "/api/v1/practice-ideas/"


@pytest.fixture
def program(hr: Employee, manager: Employee, stranger: Employee, units: dict[str, Unit]) -> Program:
    return running(hr, units["Retail"])


def post(client: Client, url: str, data: dict[str, Any], key: str = "k1") -> Any:
    return client.post(url, data, content_type="application/json", headers={"Idempotency-Key": key})


def test_the_own_log_is_written_read_and_removed(
    client_of: Any, employee: Employee, stranger: Employee, program: Program
) -> None:
    client, other = client_of(employee), client_of(stranger)
    for _twice in range(2):
        made = post(client, NOTES, {"kind": "apology", "many": 2, "note": "Planted"})
        assert made.status_code == 201
    note(stranger)
    (row,) = client.get(NOTES).json()["results"]
    assert (row["kind"], row["many"], row["note"], row["customer"]) == ("apology", 2, "Planted", "outside")
    assert "Planted" not in other.get(NOTES).content.decode()
    assert other.delete(f"{NOTES}{row['id']}/").status_code == 404
    assert client.delete(f"{NOTES}{row['id']}/").status_code == 204
    assert client.delete(f"{NOTES}nothing/").status_code == 404
    assert PracticeNote.objects.count() == 1


def test_wrong_notes_say_which_field(client_of: Any, employee: Employee, program: Program) -> None:
    client = client_of(employee)
    for wrong, field in (
        ({"kind": "shout"}, "kind"),
        ({"kind": "thanks", "many": 10}, "many"),
        ({"kind": "thanks", "on": "2020-01-01"}, "on"),
        ({"kind": "thanks", "note": "ann@example.com"}, "note"),
    ):
        answer = post(client, NOTES, wrong)
        assert answer.status_code == 400 and field in answer.json()["error"]["fields"], answer.json()
    answer = client.post(NOTES, {"kind": "thanks"}, content_type="application/json")
    assert answer.status_code == 400 and "Idempotency-Key" in answer.json()["error"]["fields"]
    assert Client().get(NOTES).status_code in (401, 403) and not PracticeNote.objects.exists()


def test_off_nothing_is_written(client_of: Any, employee: Employee, db: None) -> None:
    answer = post(client_of(employee), NOTES, {"kind": "thanks"})
    assert answer.status_code == 400 and "not switched on" in str(answer.json()["error"])
    assert post(client_of(employee), IDEAS, {"title": "T", "what": "W"}).status_code == 400


def test_ideas_are_proposed_and_read(client_of: Any, employee: Employee, stranger: Employee, program: Program) -> None:
    client = client_of(employee)
    sent = {"title": "The chair", "what": "Bring a chair", "behaviour": "A5", "cost": "2.50", "currency": "EUR"}
    for _twice in range(2):
        assert post(client, IDEAS, sent).status_code == 201
    (row,) = client.get(IDEAS).json()["results"]
    assert (row["state"], row["behaviour"], row["cost"], row["done"]) == ("proposed", "A5", "2.50", 0)
    assert client_of(stranger).get(IDEAS).json()["results"] == [], "what waits is between two people"
    answer = post(client, IDEAS, {**sent, "currency": ""}, key="k2")
    assert answer.status_code == 400 and "currency" in answer.json()["error"]["fields"]
    assert client.delete(f"{IDEAS}{row['id']}/").status_code in (404, 405)
    assert Idea.objects.count() == 1
