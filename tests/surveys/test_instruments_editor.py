"""The editor as HR uses it: every step by an ordinary form, and back by Undo."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.framework.loading import load_catalogue
from surveys.instruments import editing, library
from surveys.instruments.loading import content_of, draft_of, frozen_items, latest_version, load_library
from surveys.instruments.models import EditStep, Instrument, InstrumentVersion, Item

HOME = "/questionnaires/service-culture/"


@pytest.fixture
def instrument(db: Any) -> Instrument:
    return load_library()


@pytest.fixture
def client(hr: Any, client_of: Any) -> Any:
    return client_of(hr)


def words(name: str, text: str, **more: str) -> dict[str, str]:
    return {f"{name}_en": text, **{f"{name}_{code}": other for code, other in more.items()}}


def question(text: str, **more: Any) -> dict[str, Any]:
    return {**words("text", text), "about": "own", "points": "5", "required": "on", "cannot_judge": "on", **more}


def save(client: Any, address: str, form: dict[str, Any]) -> Any:
    """Post the form of a question as somebody who has just opened it."""
    page = client.get(address)
    return client.post(address, {"seen": page.context["form"]["seen"].value(), **form})


def held(instrument: Instrument) -> dict[str, Any]:
    draft = draft_of(instrument)
    assert draft is not None
    return content_of(draft)


def do(client: Any, instrument: Instrument, what: str, code: str = "") -> Any:
    return client.post(f"/questionnaires/{instrument.key}/do/", {"do": what, "code": code}, follow=True)


def test_a_questionnaire_from_nothing_to_ready(client: Any) -> None:
    load_catalogue()
    answer = client.post("/questionnaires/new/", {**words("name", "Canteen", it="Mensa"), "sources": "One\nTwo"})
    made = Instrument.objects.get()
    assert (answer["Location"], made.key, made.sources) == ("/questionnaires/canteen/edit/", "canteen", ["One", "Two"])
    assert latest_version(made) is None, "no wave may ask a draft"
    base = f"/questionnaires/{made.key}/edit/"
    assert "No questions yet" in client.get(base).content.decode()
    assert "cannot be used yet" in do(client, made, "finish").content.decode()
    client.post(f"{base}add/agreement/", question("The food is good.", code="food", requirements=["W4"]))
    choices = {"choice_0_en": "Soup", "choice_1_en": "Rice", "choice_1_it": "Riso", "rows": "3"}
    client.post(f"{base}add/multiple/", question("What do you eat?", **choices))
    client.post(f"{base}add/number/", question("How often?", code="times", min="0", max="9", unit_en="times"))
    client.post(f"{base}add/comment/", {**words("text", "Anything else?"), "code": "more"})
    client.post(f"{base}section/", {**words("title", "Food"), "shuffled": "on"})
    found = held(made)
    assert [one["code"] for one in found["items"]] == ["food", "what_do_you_eat", "times", "more"]
    assert {one["section"] for one in found["items"]} == {"food"} and found["sections"][0]["shuffled"]
    assert found["items"][1]["options"]["choices"] == [
        {"value": 1, "text": {"en": "Soup"}},
        {"value": 2, "text": {"en": "Rice", "it": "Riso"}},
    ]
    assert found["items"][2]["options"] == {"min": 0, "max": 9, "unit": {"en": "times"}}
    assert not found["items"][3]["required"]
    assert "Edition 1 is ready" in do(client, made, "finish").content.decode()
    assert latest_version(made) is not None and draft_of(made) is None


def test_editing_begins_the_next_edition_and_leaves_the_one_in_use(client: Any, instrument: Instrument) -> None:
    first = instrument.versions.get()
    InstrumentVersion.objects.filter(pk=first.pk).update(frozen_at=timezone.now())
    before = frozen_items(first)
    do(client, instrument, "begin")
    do(client, instrument, "begin")
    assert instrument.versions.count() == 2
    save(client, f"{HOME}edit/question/W1/", question("Serving well is worth it to me.", code="W1"))
    assert frozen_items(first) == before and latest_version(instrument) == first
    do(client, instrument, "finish")
    second = latest_version(instrument)
    assert second is not None and second.number == 2
    assert second.items.get(code="W1").text == {"en": "Serving well is worth it to me."}
    page = client.get(f"{HOME}compare/").content.decode()
    assert "1 question changed" in page and "Serving well is worth it to me." in page and "wording" in page
    load_library()
    assert latest_version(instrument) == second, "the library must not take back what was edited here"


@pytest.mark.django_db
def test_the_database_itself_keeps_what_a_wave_uses(instrument: Instrument) -> None:
    version = instrument.versions.get()
    InstrumentVersion.objects.filter(pk=version.pk).update(frozen_at=timezone.now())
    items = Item.objects.filter(version=version)
    versions = InstrumentVersion.objects.filter(pk=version.pk)
    for change in (
        lambda: items.filter(code="W1").update(text={"en": "Other"}),
        lambda: items.filter(code="W1").delete(),
        lambda: Item.objects.create(version=version, code="new", position=99, section="", kind="comment"),
        lambda: versions.update(sections=[{"key": "x"}]),
        lambda: versions.update(frozen_at=None),
        lambda: versions.update(draft=True),
        lambda: version.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_one_draft_at_most(instrument: Instrument) -> None:
    editing.draft(instrument, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        InstrumentVersion.objects.create(instrument=instrument, number=9, draft=True)


@pytest.mark.parametrize(
    "steps",
    [
        [("up", "W2")],
        [("down", "W1")],
        [("copy", "p_effort")],
        [("remove", "W9")],
        [("sections", "")],
        [("sections", ""), ("section-down", "want"), ("section-remove", "know"), ("down", "W9"), ("up", "C1")],
    ],
)
def test_every_step_can_be_undone(client: Any, instrument: Instrument, steps: list[tuple[str, str]]) -> None:
    do(client, instrument, "begin")
    states = [held(instrument)]
    for what, code in steps:
        assert do(client, instrument, what, code).status_code == 200
        states.append(held(instrument))
        assert states[-1] != states[-2]
    for before in reversed(states[:-1]):
        do(client, instrument, "undo")
        assert held(instrument) == before
    assert "nothing to undo" in do(client, instrument, "undo").content.decode()
    assert not EditStep.objects.exists()


def test_what_another_question_looks_at_stays(client: Any) -> None:
    made = editing.take_from_library(by=None, key="after-training")
    do(client, made, "begin")
    assert "shown only after certain answers" in do(client, made, "remove", "t_used").content.decode()
    assert any(item["code"] == "t_used" for item in held(made)["items"])
    # Its answers change under a rule: told at the question that looks at it.
    save(client, f"/questionnaires/{made.key}/edit/question/t_used/?kind=comment", words("text", "What did you use?"))
    page = client.get(f"/questionnaires/{made.key}/edit/").content.decode()
    assert "has no answers to choose" in page and "cannot be used" not in page
    assert "cannot be used yet" in do(client, made, "finish").content.decode()


def test_a_rule_is_chosen_from_what_there_is(client: Any, units: Any) -> None:
    made = editing.take_from_library(by=None, key="after-training")
    do(client, made, "begin")
    address = f"/questionnaires/{made.key}/edit/question/t_manager/shown/"

    def rule() -> Any:
        return next(item for item in held(made)["items"] if item["code"] == "t_manager")["show_if"]

    page = client.get(address, {"look": "item:t_used"}).content.decode()
    assert "It is always shown" in page and 'value="answered"' in page
    client.post(address, {"do": "add", "look": "item:t_used", "value": ["1"]})
    assert rule() == {"item": "t_used", "in": [1]}
    client.post(address, {"do": "add", "look": "customer_facing", "value": ["yes"]})
    retail = units["Retail"].pk
    client.post(address, {"do": "add", "look": "unit", "value": [str(retail)]})
    assert rule() == {
        "all": [
            {"item": "t_used", "in": [1]},
            {"who": "customer_facing", "is": True},
            {"who": "unit", "in": [retail]},
        ]
    }
    client.post(address, {"do": "mode", "mode": "any"})
    assert set(rule()) == {"any"}
    assert "Retail" in client.get(address).content.decode()
    client.post(address, {"do": "take", "at": "0"})
    client.post(address, {"do": "take", "at": "0"})
    assert rule() == {"who": "unit", "in": [retail]}
    client.post(address, {"value": "answered", "look": "item:t_useful"})
    client.post(address, {"do": "clear"})
    assert rule() == {}


@pytest.mark.parametrize(
    "posted, told",
    [
        ({"look": "item:nothing", "value": ["1"]}, "Choose what to look at"),
        ({"look": "item:t_used", "value": ["7"]}, "no answer"),
        ({"look": "item:t_used"}, "at least one answer"),
        ({"look": "item:t_used", "value": ["many"]}, "whole numbers"),
        ({"look": "unit", "value": ["99999999"]}, "at least one unit"),
        ({"look": "job_family"}, "job family"),
        ({"look": "customer_facing", "value": ["perhaps"]}, "serve customers"),
        ({"look": "item:t_want", "value": ["5"]}, "asked later"),
        ({"look": "item:t_manager", "value": ["5"]}, "itself"),
        ({"do": "take", "at": "4"}, "not there any more"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused_where_it_is_made(client: Any, posted: dict[str, Any], told: str) -> None:
    made = editing.take_from_library(by=None, key="after-training")
    do(client, made, "begin")
    before = held(made)
    page = client.post(f"/questionnaires/{made.key}/edit/question/t_manager/shown/", {"do": "add", **posted})
    assert page.status_code == 400 and told in page.content.decode()
    assert held(made) == before


def test_the_number_of_an_option_is_never_used_again(client: Any) -> None:
    made = editing.take_from_library(by=None, key="after-training")
    do(client, made, "begin")
    form = question("Why not?", code="t_why_not", rows="3", choice_0_en="No time", choice_0_value="2")
    form |= {"choice_1_en": "A new reason", "choice_2_en": "Another's number", "choice_2_value": "17"}
    assert save(client, f"/questionnaires/{made.key}/edit/question/t_why_not/", form).status_code == 302
    item = next(item for item in held(made)["items"] if item["code"] == "t_why_not")
    assert [one["value"] for one in item["options"]["choices"]] == [2, 7, 8]


def test_two_editors_do_not_undo_each_other_unnoticed(client: Any, instrument: Instrument) -> None:
    do(client, instrument, "begin")
    address = f"{HOME}edit/question/W1/"
    seen = client.get(address).context["form"]["seen"].value()
    client.post(address, question("By the first.", code="W1", seen=seen))
    page = client.post(address, question("By the second.", code="W1", seen=seen))
    assert page.status_code == 400 and "Somebody changed this question meanwhile" in page.content.decode()
    again = page.context["form"]["seen"].value()
    assert client.post(address, question("By the second.", code="W1", seen=again)).status_code == 302
    assert held(instrument)["items"][0]["text"] == {"en": "By the second."}


def test_input_is_kept_and_told_what_is_wrong(client: Any, instrument: Instrument) -> None:
    do(client, instrument, "begin")
    for kind, form, told in (
        ("agreement", question("", text_it="Una domanda", code="no dots."), "Begin with a letter"),
        ("agreement", question("Again", code="W1"), "taken"),
        ("single", question("Which?", rows="3", choice_0_en="Only one"), "at least 2 options"),
        ("number", question("How many?", min="9", max="3"), "below the largest"),
        ("number", question("How many?", min="0", max="99999"), "32767"),
    ):
        page = client.post(f"{HOME}edit/add/{kind}/", form)
        assert page.status_code == 400 and told in page.content.decode(), kind
    assert (
        "Una domanda"
        in client.post(f"{HOME}edit/add/agreement/", question("", text_it="Una domanda", code="a.b")).content.decode()
    )
    rows = client.post(f"{HOME}edit/add/single/", question("Which?", rows="3", more="1", choice_0_en="Kept"))
    assert rows.status_code == 200 and "Kept" in rows.content.decode() and rows.context["form"].rows > 3
    assert held(instrument)["items"] == library.entry("service-culture").content["items"]


def test_duplicate_put_away_and_throw_away(client: Any, instrument: Instrument) -> None:
    do(client, instrument, "duplicate")
    copy = Instrument.objects.exclude(pk=instrument.pk).get()
    assert held(copy)["items"] == frozen_items(instrument.versions.get())
    assert "(copy)" in copy.name["en"]
    do(client, copy, "discard")
    assert not Instrument.objects.filter(pk=copy.pk).exists()
    do(client, instrument, "archive")
    assert not Instrument.objects.usable().exists()
    assert "put away" in client.get("/questionnaires/").content.decode()
    do(client, instrument, "archive")
    assert Instrument.objects.usable().get() == instrument
    do(client, instrument, "begin")
    do(client, instrument, "discard")
    assert draft_of(instrument) is None and instrument.versions.count() == 1
    assert "no draft any more" in do(client, instrument, "undo").content.decode()
    assert client.post(f"{HOME}do/", {"do": "burn"}).status_code == 400


def test_the_audit_trail_tells_who_edited(client: Any, hr: Any, instrument: Instrument) -> None:
    do(client, instrument, "begin")
    do(client, instrument, "remove", "W9")
    entry = AuditEntry.objects.get(verb="instrument.edited")
    assert (entry.actor, entry.detail["what"], entry.detail["code"]) == (hr, "removed", "W9")


def test_languages_missing_words_are_named(client: Any, instrument: Instrument) -> None:
    do(client, instrument, "begin")
    save(client, f"{HOME}edit/question/W1/", question("Only in English.", code="W1"))
    page = client.get(f"{HOME}languages/").content.decode()
    assert page.count("missing") >= 4 and 'href="/questionnaires/service-culture/edit/question/W1/"' in page
    assert "not translated" in client.get(f"{HOME}edit/?language=ro").content.decode()
    assert "not translated" not in client.get(f"{HOME}edit/?language=en").content.decode()
    assert "no words in" in client.get(f"{HOME}edit/").content.decode()


def test_on_paper(client: Any, instrument: Instrument) -> None:
    page = client.get(f"{HOME}print/?language=fr").content.decode()
    assert "paper-box" in page and library.entry("service-culture").name["fr"] in page


PAGES = ("edit/", "edit/add/", "edit/add/single/", "edit/question/W1/", "edit/question/W1/shown/", "edit/section/")
READING = ("languages/", "compare/", "print/", "names/", "preview/", "preview/page/")


@pytest.mark.parametrize("path", PAGES + READING)
def test_who_may(path: str, instrument: Instrument, hr: Any, manager: Any, employee: Any, client_of: Any) -> None:
    editing.draft(instrument, by=None)
    assert client_of(hr).get(HOME + path).status_code == 200
    assert client_of(manager).get(HOME + path).status_code == 403
    assert client_of(employee).get(HOME + path).status_code == 403
    assert client_of(None).get(HOME + path).status_code == 302
    assert client_of(employee).post(f"{HOME}do/", {"do": "remove", "code": "W1"}).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_without_a_draft_there_is_nothing_to_edit(path: str, client: Any, instrument: Instrument) -> None:
    assert client.get(HOME + path).status_code == 404


def test_the_list_needs_no_more_queries_for_more(client: Any, instrument: Instrument) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get("/questionnaires/").status_code == 200
        return len(seen)

    queries()
    once = queries()
    for key in ("readiness", "after-training"):
        editing.take_from_library(by=None, key=key)
    assert queries() == once


def test_the_api_reads_questionnaires_editions_and_questions(
    client: Any, instrument: Instrument, employee: Any, client_of: Any
) -> None:
    editing.draft(instrument, by=None)
    [one] = client.get("/api/v1/instruments/").json()["results"]
    assert (one["key"], one["edition"], one["library_key"]) == ("service-culture", 1, "service-culture")
    versions = client.get("/api/v1/instrument-versions/?draft=true").json()["results"]
    assert [one["number"] for one in versions] == [2]
    items = client.get(f"/api/v1/instrument-items/?version={versions[0]['id']}&kind=outcome").json()["results"]
    assert [item["code"] for item in items] == ["talk"]
    for path in ("instruments", "instrument-versions", "instrument-items"):
        assert client_of(employee).get(f"/api/v1/{path}/").status_code == 403
