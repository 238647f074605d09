"""Trying a questionnaire out as somebody else: the pages people answer, and nothing stored."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments import editing
from surveys.instruments.models import Instrument


@pytest.fixture
def training(db: Any) -> Instrument:
    return editing.take_from_library(by=None, key="after-training")


def carried(body: str) -> dict[str, str]:
    """The hidden fields of a preview page, as its form would post them."""
    found = re.findall(r'<input type="hidden" name="(so_far|at|spoken)" value="([^"]*)">', body)
    return {name: html.unescape(value) for name, value in found}


def test_answers_decide_what_comes_next_and_leave_no_trace(hr: Any, client_of: Any, training: Instrument) -> None:
    client, address = client_of(hr), f"/questionnaires/{training.key}/preview/page/"
    body = client.get(address).content.decode()
    assert "How satisfied are you" in body and "Nothing is stored." in body
    seen: list[str] = []
    for _ in range(12):
        names = set(re.findall(r'name="(own\.[a-z_]+)"', body))
        seen += sorted(names)
        given = {name: "0" if name == "own.t_used" else "1" for name in names}
        body = client.post(address, {**carried(body), **given, "go": "next"}).content.decode()
        if "That was all" in body:
            break
    assert "That was all" in body
    assert "own.t_why_not" in seen and "own.t_often" not in seen
    assert not Draft.objects.exists() and not InboxEnvelope.objects.exists()


def test_what_is_open_and_what_is_wrong_is_told_as_to_people(hr: Any, client_of: Any, training: Instrument) -> None:
    client, address = client_of(hr), f"/questionnaires/{training.key}/preview/page/"
    body = client.get(address).content.decode()
    assert "Still open on this page" in client.post(address, {**carried(body), "go": "next"}).content.decode()
    wrong = client.post(address, {**carried(body), "own.t_useful": "9", "go": "next"})
    assert wrong.status_code == 400 and 'role="alert"' in wrong.content.decode()
    assert client.post(address, {"at": "x", "so_far": "[broken"}).status_code == 200
    assert client.post(address, {"own.t_useful": "1"}, headers={"X-Autosave": "1"}).status_code == 204


def test_as_another_person_in_another_language(hr: Any, client_of: Any, units: Any) -> None:
    made = editing.take_from_library(by=None, key="internal-service")
    client, address = client_of(hr), f"/questionnaires/{made.key}/preview/page/"
    form = client.get(f"/questionnaires/{made.key}/preview/").content.decode()
    assert units["Retail"].name in form and 'name="provider"' in form
    who = f"?language=it&provider={units['Retail'].pk}&unit={units['Services'].pk}"
    body = client.get(address + who).content.decode()
    assert "Di quali servizi ti sei avvalso?" in body and units["Retail"].name in body
    used = {"s.used": ["", str(units["Retail"].pk)], "go": "next"}
    body = client.post(address + who, {**carried(body), **used}).content.decode()
    assert f"{units['Retail'].name} ci tratta con gentilezza" in body and "Anteprima" in body
    french = client.post(address + who, {**carried(body), "lang": "fr"}).content.decode()
    assert "nous traite avec gentillesse" in french


def test_whose_service_was_not_used_is_not_asked_about_here_either(hr: Any, client_of: Any, units: Any) -> None:
    made = editing.take_from_library(by=None, key="internal-service")
    client = client_of(hr)
    address = f"/questionnaires/{made.key}/preview/page/?provider={units['Retail'].pk}"
    body = client.get(address).content.decode()
    none = client.post(address, {**carried(body), "s.used": ["", "none"], "go": "next"}).content.decode()
    assert f"{units['Retail'].name} treats" not in none
    more = client.post(
        address, {**carried(body), "s.used": ["", "none"][:1], "s.add": units["Services"].pk, "go": "next"}
    ).content.decode()
    assert f"{units['Services'].name} treats" in more and f"{units['Retail'].name} treats" not in more


def test_what_is_not_translated_is_marked_for_its_author(hr: Any, client_of: Any) -> None:
    made = editing.take_from_library(by=None, key="after-training")
    editing.draft(made, by=None)

    def without_romanian(held: Any) -> Any:
        for item in held["items"]:
            item["text"].pop("ro", None)
        return held

    editing.change(made, by=None, what="text", edit=without_romanian)
    address = f"/questionnaires/{made.key}/preview/page/?language=ro"
    assert "netradus" in client_of(hr).get(address).content.decode()
    assert "not translated" not in client_of(hr).get(address + "&language=en").content.decode()


def test_a_rule_about_who_is_asked(hr: Any, client_of: Any, units: Any) -> None:
    made = editing.take_from_library(by=None, key="after-training")
    editing.draft(made, by=None)

    def only_for_customers(held: Any) -> Any:
        for item in held["items"]:
            if item["code"] == "t_examples":
                item["show_if"] = {"all": [{"who": "customer_facing", "is": True}, {"who": "unit", "in": [top]}]}
        return held

    top = units["Meridian"].pk if "Meridian" in units else units["Retail"].pk
    editing.change(made, by=None, what="rule", edit=only_for_customers)
    client, address = client_of(hr), f"/questionnaires/{made.key}/preview/page/"
    assert "work like mine" not in client.get(address).content.decode()
    given = {"customer_facing": "yes", "unit": units["Retail"].pk}
    assert "work like mine" in client.get(address, given).content.decode()


def test_only_hr_previews(manager: Any, client_of: Any, training: Instrument) -> None:
    for path in ("preview/", "preview/page/"):
        assert client_of(manager).get(f"/questionnaires/{training.key}/{path}").status_code == 403
        assert client_of(None).get(f"/questionnaires/{training.key}/{path}").status_code == 302
    assert client_of(manager).post(f"/questionnaires/{training.key}/preview/page/").status_code == 403
