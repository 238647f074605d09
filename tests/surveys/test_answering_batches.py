"""Answers that arrive together after a tunnel, texts written in two windows, the script that opens a link without a
network, and a search among many departments."""

# ruff: noqa: F811  (fixtures of answering_room)
from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from culture.people.models import Unit
from surveys.answering import ahead, search, shelf, tabs
from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments import rules
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_unit
from tests.surveys.answering_room import client, fill, invitation, link, questionnaire, state, wave  # noqa: F401

SCRIPT = {"X-Autosave": "1"}


def answers(link: str) -> dict[str, list[str]]:
    return Client().get(f"{link}ahead/").json()["answers"]


def test_answers_of_many_pages_arrive_at_once_and_in_any_order(
    client: Client, link: str, invitation: Invitation
) -> None:
    services, branch = (str(unit) for unit in invitation.providers)
    given = {
        f"p.{services}.p_effort": "2",
        "c.comment": "later first",
        "own.W1": "5",
        "s.used": ["", services],
        "own.talk": "none",
    }
    assert client.post(f"{link}answers/", given, headers=SCRIPT).status_code == 204
    kept = {f"p.{services}.p_effort": ["2"], "c.comment": ["later first"], "own.W1": ["5"], "own.talk": ["none"]}
    assert answers(link) == {**kept, "s.used": [services]}
    assert branch not in answers(link)["s.used"]


def test_what_was_answered_of_a_department_that_was_taken_away_again_is_left_out(
    client: Client, link: str, invitation: Invitation, many: list[Unit]
) -> None:
    gone, asked = many[3].pk, str(invitation.providers[0])
    given = {"own.W1": "3", f"p.{gone}.p_effort": "2", "s.used": ["", asked]}
    assert client.post(f"{link}answers/", given, headers=SCRIPT).status_code == 204
    assert answers(link) == {"own.W1": ["3"], "s.used": [asked]}
    given["s.used"] = ["", asked, str(gone)]
    assert client.post(f"{link}answers/", given, headers=SCRIPT).status_code == 204
    assert answers(link)[f"p.{gone}.p_effort"] == ["2"]


@pytest.mark.parametrize(
    "bad",
    [{"own.W1": "9"}, {"own.XX": "1"}, {"p.999999.p_effort": "1"}, {"s.used": "999999"}, {"c.comment": "x" * 2001}],
)
def test_one_bad_value_writes_nothing_of_the_batch(client: Client, link: str, bad: dict[str, str]) -> None:
    response = client.post(f"{link}answers/", {"own.W2": "3", **bad}, headers=SCRIPT)
    assert response.status_code == 400 and response.json()["message"]
    assert not Draft.objects.exists()


def test_a_batch_after_sending_declining_or_closing_is_refused(
    client: Client, link: str, invitation: Invitation, wave: Wave
) -> None:
    client.post(link, {"go": "decline"})
    assert client.post(f"{link}answers/", {"own.W1": "3"}, headers=SCRIPT).status_code == 409
    client.post(link, {"go": "rejoin"})
    fill(client, link, invitation)
    client.post(f"{link}check/")
    for path in ("answers/", "answers/"):
        assert client.post(link + path, {"own.W1": "3"}, headers=SCRIPT).status_code == 409
    assert client.get(f"{link}ahead/").status_code == 409
    assert (state(invitation), InboxEnvelope.objects.count(), Draft.objects.count()) == ("answered", 1, 0)
    assert client.get(f"{link}answers/").status_code == 405
    assert client.post(f"{link}ahead/").status_code == 405


def test_a_batch_that_comes_after_closing_is_refused(client: Client, link: str, wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
    response = client.post(f"{link}answers/", {"own.W1": "3"}, headers=SCRIPT)
    assert response.status_code == 410 and "closed" in response.json()["message"]


def test_the_coming_pages_are_light_change_nothing_and_ask_the_database_twice(
    client: Client, link: str, invitation: Invitation
) -> None:
    client.post(f"{link}1/", {"own.W1": "2", "go": "skip"})
    client.get(f"{link}ahead/")
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"{link}ahead/", headers={"Accept-Encoding": "gzip"})
    assert len(queries) == 2 and all(q["sql"].startswith("SELECT") for q in queries)
    assert len(response.content) < 20_000
    told = json.loads(gzip.decompress(response.content))
    assert [page["number"] for page in told["pages"]] == [page.number for page in questionnaire(invitation)]
    assert told["answers"] == {"own.W1": ["2"]} and " checked" not in json.dumps(told["pages"])
    assert response["Cache-Control"].startswith("no-store") and not response.cookies


def test_what_a_device_may_keep_depends_on_who_may_hold_the_link(link: str, invitation: Invitation) -> None:
    secrets, pk = keys.load(invitation.wave_id), invitation.pk
    mailed = keys.token_of(
        secrets, invitation.wave_id, pk, keys.address_visit(secrets, invitation.employee.email or "")
    )
    other = keys.token_of(secrets, invitation.wave_id, pk, keys.address_visit(secrets, "else@meridian.test"))
    for path, kept in ((link, "device"), (f"/s/{mailed}/", "device"), (f"/s/{other}/", "tab")):
        assert f'data-keep="{kept}"' in Client().get(path).content.decode()
    code = f"/s/{keys.visit_token(invitation.wave_id, pk)}/"
    body = Client().get(code).content.decode()
    assert 'data-keep="tab"' in body and "Whoever types a code again begins anew" in body


def test_worker_and_empty_page_know_nothing_and_stay_under_their_addresses(client: Client) -> None:
    script = client.get("/s/worker.js")
    assert script["Content-Type"].startswith("text/javascript") and "'unsafe" not in script["Content-Security-Policy"]
    kept = re.findall(r'"(/[^"]+)"', script.content.decode())
    assert kept[0] == "/s/offline/" and len(set(kept)) == 1 + len(shelf.ASSETS)
    page = client.get("/s/offline/").content.decode()
    assert page.count("<h1>") == 5 and "data-root" not in page and "data-shell" in page
    assert not client.get("/s/worker.js").cookies


# -- two windows -----------------------------------------------------------------------------------------------------


def test_two_windows_without_script_keep_both_texts_and_say_so(
    client: Client, link: str, invitation: Invitation
) -> None:
    last = f"{link}{len(questionnaire(invitation))}/"
    shown = ""  # both pages were opened before anything was typed
    client.post(last, {"shown": shown, "c.comment": "From the first window.", "go": "skip"})
    response = client.post(last, {"shown": shown, "c.comment": "From the second.", "own.talk": "3", "go": "skip"})
    assert response["Location"] == f"{last}?both#error"
    body = client.get(f"{last}?both").content.decode()
    assert "You wrote something else here in another window" in body
    assert "From the first window.\n\nFrom the second." in body
    assert answers(link)["own.talk"] == ["3"]


def test_two_windows_with_script_are_told_and_neither_text_is_lost(client: Client, link: str) -> None:
    def post(text: str, *was: str) -> Any:
        return client.post(f"{link}answers/", {"c.comment": text, "was.c.comment": list(was)}, headers=SCRIPT)

    assert post("One", "").status_code == 204
    told = post("Two", "").json()
    assert told["kept"] == {"c.comment": "One\n\nTwo"} and "Both texts are kept" in told["message"]
    assert post("One more", "One").json()["kept"] == {"c.comment": "One more\n\nTwo"}
    assert post("", "One more\n\nTwo").status_code == 204, "who saw all may empty it"
    assert post("x" * 1500, "").status_code == 204
    too_long = post("y" * 1500, "")
    assert too_long.status_code == 400 and "in another window" in too_long.json()["message"]
    assert answers(link)["c.comment"] == ["x" * 1500]


def test_an_answer_lost_on_its_way_back_is_no_other_window(client: Client, link: str) -> None:
    client.post(f"{link}answers/", {"c.comment": "abc", "was.c.comment": [""]}, headers=SCRIPT)
    again = client.post(f"{link}answers/", {"c.comment": "xyz", "was.c.comment": ["", "abc"]}, headers=SCRIPT)
    assert again.status_code == 204 and answers(link)["c.comment"] == ["xyz"]


TEXTS = st.text(alphabet="ab \n", max_size=6).map(str.strip)


@given(TEXTS, TEXTS, TEXTS)
def test_no_text_is_lost_whatever_two_windows_hold(here: str, began: str, new: str) -> None:
    kept = tabs.both(here, began, new)
    assert new in kept or (began and new.startswith(began) and new[len(began) :] in kept)
    assert here in kept or (began and here.startswith(began) and here[len(began) :] in kept)


# -- rules, as the browser gets them ---------------------------------------------------------------------------------

LEAF = st.one_of(
    st.builds(lambda values: {"item": "a", "in": values}, st.lists(st.integers(1, 3), min_size=1, max_size=2)),
    st.just({"item": "b", "answered": True}),
    st.builds(lambda values: {"who": "unit", "in": values}, st.lists(st.integers(1, 3), min_size=1, max_size=2)),
    st.builds(lambda value: {"who": "customer_facing", "is": value}, st.booleans()),
)
RULES = st.recursive(
    LEAF,
    lambda inner: st.builds(
        lambda key, parts: {key: parts}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=5,
)


@given(RULES, st.dictionaries(st.sampled_from("ab"), st.integers(1, 3)), st.booleans(), st.sets(st.integers(1, 3)))
def test_a_rule_says_the_same_after_the_person_is_decided(rule: Any, given_: Any, facing: bool, units: Any) -> None:
    person = rules.Person(frozenset(units), "", facing)

    def holds(left: Any) -> bool:
        if isinstance(left, bool):
            return left
        for key, of in (("all", all), ("any", any)):
            if key in left:
                return of(holds(part) for part in left[key])
        assert "who" not in left
        return rules.holds(left, given_.get, {}, rules.Person())

    assert holds(ahead.decided(rule, person)) == rules.holds(rule, given_.get, {}, person)


# -- many departments ------------------------------------------------------------------------------------------------


@pytest.fixture
def many(wave: Wave, units: dict[str, Any], employee: Any) -> list[Unit]:
    """Two hundred who serve anybody, two of them with one name in different places."""
    made = [make_unit(f"Workshop {n:03}", units["Services"]) for n in range(198)]
    made += [make_unit("Post room", units["Retail"]), make_unit("Post room", units["Services"])]
    known = [
        {"id": unit.pk, "name": unit.name, "parent": unit.parent_id, "block": 1} for unit in (*units.values(), *made)
    ]
    wave.snapshot |= {"units": known, "providers": [unit.pk for unit in made]}
    wave.save()
    return made


def test_one_of_two_hundred_departments_is_found_without_a_script(
    client: Client, link: str, invitation: Invitation, many: list[Unit]
) -> None:
    number = next(page.number for page in questionnaire(invitation) if page.screener)
    here, ticked = f"{link}{number}/", str(invitation.providers[0])
    body = client.get(here).content.decode()
    assert body.count("<option") == 201 and "Search by name" in body
    assert "Post room (Retail)" in body and "Post room (Services)" in body
    found = client.post(here, {"s.used": ["", ticked], "s.find": "shop 07", "go": "find"})
    body = found.content.decode()
    assert found.status_code == 200 and body.count("<option") == 13 and "Found: 12" in body
    assert f'value="{ticked}" checked' in body, "what was ticked stays"
    one = client.post(here, {"s.used": ["", ticked], "s.find": "WORKSHOP 077"}).content.decode()
    assert f'<option value="{many[77].pk}" selected>' in one, "Enter looks for it, too"
    none = client.post(here, {"s.used": ["", ticked], "s.find": "kitchen <b>", "go": "find"}).content.decode()
    assert "No department is called that" in none and "kitchen &lt;b&gt;" in none
    on = client.post(here, {"s.used": ["", ticked], "s.find": "kitchen", "s.found": "kitchen", "go": "next"})
    assert on.status_code == 303 and on["Location"] != here, "who was told that there is none may go on"
    added = client.post(here, {"s.used": ["", ticked], "s.add": str(many[77].pk), "s.find": "077", "go": "add"})
    assert added["Location"] == f"{here}#services"
    assert f'value="{many[77].pk}" checked' in client.get(here).content.decode()


def test_few_departments_need_no_search() -> None:
    assert search.found([(n, f"Unit {n}") for n in range(search.MANY)], "", {}) == {}
