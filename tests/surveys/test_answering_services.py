"""Whose service did you use: skipping, adding one, and what comes of it; comments about a department."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import SealedBox

from culture.people.models import Unit
from surveys.answering import pages, screener, submitting
from surveys.answering.fields import BadAnswer
from surveys.answering.models import InboxEnvelope
from surveys.answering.screener import Screener
from surveys.instruments.models import Instrument, InstrumentVersion, Item
from surveys.results import comments, releasing
from surveys.results.models import CellGroup
from surveys.waves import keys, opening, series
from surveys.waves.models import Invitation, ServiceLink, Wave
from tests.conftest import make_person, make_unit
from tests.surveys import results_world as world

SAID = "PLANTED: the form asks twice"


def instrument() -> Instrument:
    made = Instrument.objects.create(key="served", name={"en": "Served"})
    version = InstrumentVersion.objects.create(instrument=made, number=1)
    rows = [("W1", "own", "agreement"), ("kind", "provider", "agreement"), ("words", "provider", "comment")]
    Item.objects.bulk_create(
        Item(
            version=version,
            code=code,
            position=at,
            section="s",
            kind=kind,
            about=about,
            text={"en": f"{code} {{provider}}?" if about == "provider" else f"{code}?"},
        )
        for at, (code, about, kind) in enumerate(rows)
    )
    return made


@pytest.fixture
def wave(units: dict[str, Any]) -> Wave:
    """Branch A to C use Services; Services uses Depot, which may be added by the branches."""
    world.people(units)
    units["Depot"] = make_unit("Depot", units["Meridian"])
    for n in range(6):
        make_person(f"D{n}", units["Depot"])
    ServiceLink.objects.create(customer=units["Services"], provider=units["Depot"])
    made = series.create(
        by=None,
        name="Served",
        instrument=instrument(),
        first_opens_on=world.NOW.date(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    wave = made.waves.get()
    opening.open_wave(wave, now=world.NOW)
    Wave.objects.filter(pk=wave.pk).update(closes_on="2100-01-01")
    wave.refresh_from_db()
    return wave


@pytest.fixture
def invitation(wave: Wave, units: dict[str, Unit]) -> Invitation:
    return Invitation.objects.filter(wave=wave, employee__unit=units["Branch B"]).order_by("pk")[0]


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


@pytest.fixture
def client() -> Client:
    return Client()


def walk(client: Client, link: str, used: list[str], add: str = "", comment: str = "") -> list[str]:
    """From page to page, giving fours; the headings seen on the way."""
    seen, url = [], f"{link}1/"
    for _ in range(20):
        if url.endswith("check/"):
            return seen
        body = client.get(url).content.decode()
        seen += re.findall(r'<h1>([^<]+?)(?: <span class="who">([^<]+)</span>)?(?: <span.*?</span>)?</h1>', body)
        posted: dict[str, Any] = {name: "4" for name in re.findall(r'type="radio" name="([^"]+)"', body)}
        posted |= {name: comment for name in re.findall(r'<textarea id="([^"]+)"', body)}
        if "s.used" in body:
            posted |= {"s.used": ["", *used], "s.add": add}
        response = client.post(url, posted | {"go": "next"})
        assert response.status_code == 303, response.content.decode()
        assert "open" not in response["Location"], (url, body)
        url = response["Location"]
    raise AssertionError("no end")


def envelope(wave: Wave) -> dict[str, Any]:
    row = InboxEnvelope.objects.get(wave=wave)
    found: dict[str, Any] = json.loads(SealedBox(keys.private_key(wave.pk)).decrypt(bytes(row.sealed)))
    return found


def headings(seen: list[Any]) -> list[str]:
    return [who or title for title, who in seen]


def test_who_used_nobody_is_asked_about_nobody(
    client: Client, link: str, invitation: Invitation, wave: Wave, units: dict[str, Unit]
) -> None:
    assert invitation.providers == [units["Services"].pk]
    seen = headings(walk(client, link, ["none"]))
    assert seen[-1] == "Whose service did you use?" and "Services" not in seen
    assert "none of these" in client.get(f"{link}check/").content.decode()
    assert client.post(f"{link}check/").status_code == 303
    # As after "I can't judge this" to everything: that is what the map learns from.
    assert envelope(wave)["providers"] == {str(units["Services"].pk): {"kind": None}}
    assert "services" not in envelope(wave)


def test_one_is_added_and_rated(client: Client, link: str, wave: Wave, units: dict[str, Unit]) -> None:
    depot, services = units["Depot"].pk, units["Services"].pk
    seen = headings(walk(client, link, [str(services)], add=str(depot), comment=SAID))
    assert seen[-2:] == ["Services", "Depot"]
    assert f"Services · {units['Depot'].name}" in client.get(f"{link}check/").content.decode()
    client.post(f"{link}check/")
    found = envelope(wave)
    assert found["providers"] == {str(services): {"kind": 4}, str(depot): {"kind": 4}}
    assert found["about"] == {str(services): {"words": SAID}, str(depot): {"words": SAID}}


def test_what_was_said_of_who_is_skipped_afterwards_is_left_out(
    client: Client, link: str, invitation: Invitation, wave: Wave
) -> None:
    services = str(invitation.providers[0])
    walk(client, link, [services], comment=SAID)
    page = next(page for page in submitting.pages_of(wave, invitation.providers) if page.screener)
    client.post(f"{link}{page.number}/", {"s.used": ["", "none"]})
    client.post(f"{link}check/")
    assert envelope(wave)["providers"] == {services: {"kind": None}}
    assert envelope(wave)["about"] == {}


def test_nothing_ticked_stays_open_and_then_all_are_asked(client: Client, link: str, invitation: Invitation) -> None:
    page = next(page for page in submitting.pages_of(invitation.wave, invitation.providers) if page.screener)
    at = f"{link}{page.number}/"
    assert client.post(at, {"s.used": ""})["Location"] == f"{at}?open#open"
    assert "Still open on this page: 1" in client.get(f"{at}?open").content.decode()
    assert client.post(at, {"s.used": "", "go": "skip"})["Location"] == f"{link}{page.number + 1}/"
    client.post(at, {"s.used": ["", str(invitation.providers[0])]}, headers={"X-Autosave": "1"})
    assert " checked" in client.get(at).content.decode()
    client.post(at, {"s.used": ""}, headers={"X-Autosave": "1"})
    assert " checked" not in client.get(at).content.decode(), "the last box can be unticked"


def test_add_keeps_the_page_and_ticks_what_was_added(client: Client, link: str, units: dict[str, Unit]) -> None:
    depot = str(units["Depot"].pk)
    response = client.post(f"{link}2/", {"s.used": "", "s.add": depot, "go": "add"})
    assert response["Location"] == f"{link}2/#services"
    body = client.get(f"{link}2/").content.decode()
    assert f'name="s.used" value="{depot}" checked' in body
    assert f'<option value="{depot}">' not in body
    client.post(f"{link}2/", {"s.used": ["", str(units["Services"].pk)]})
    assert f'value="{depot}" checked' not in client.get(f"{link}2/").content.decode()


@pytest.mark.parametrize(
    "language, words", [("en", "Untick one first"), ("ro", "Debifează"), ("zh-hans", "请先取消一个")]
)
def test_more_than_are_rated_is_refused_in_words(
    client: Client, link: str, wave: Wave, units: dict[str, Unit], language: str, words: str
) -> None:
    wave.rules["max_providers"] = 1
    wave.save(update_fields=["rules"])
    posted = {"s.used": ["", str(units["Services"].pk)], "s.add": str(units["Depot"].pk)}
    response = client.post(f"{link}2/?lang={language}", posted)
    assert response.status_code == 400 and words in response.content.decode()
    assert f'value="{units["Services"].pk}" checked' in response.content.decode(), "what was ticked stays ticked"


@pytest.mark.parametrize("posted", ["own unit", "above", "unknown", "not a number", "none and one", "other questions"])
def test_nobody_adds_whom_he_may_not(client: Client, link: str, units: dict[str, Unit], posted: str) -> None:
    forms: dict[str, dict[str, Any]] = {
        "own unit": {"s.used": "", "s.add": str(units["Branch B"].pk)},
        "above": {"s.used": "", "s.add": str(units["Retail"].pk)},
        "unknown": {"s.used": ["", "999999"]},
        "not a number": {"s.used": ["", "٣"], "s.add": "1" * 50},
        "none and one": {"s.used": ["", "none", str(units["Services"].pk)]},
        "other questions": {"s.used": ["", "none"], "own.W1": "4"},
    }
    response = client.post(f"{link}2/", forms[posted])
    assert response.status_code == 400 and 'role="alert"' in response.content.decode()
    assert " checked" not in client.get(f"{link}2/").content.decode()


def test_a_submit_that_adds_whom_he_may_not_is_refused(invitation: Invitation, units: dict[str, Unit]) -> None:
    at = {"used": [], "added": [units["Branch B"].pk]}
    answers = {"own": {"W1": 3}, "providers": {}, "comment": {}, "services": at}
    with pytest.raises(BadAnswer):
        submitting.submit(invitation=invitation, answers=answers, now=submitting.timezone.now())
    assert not InboxEnvelope.objects.exists()


def test_comments_about_a_department_are_shown_there_alone_and_only_if_enough_rated_it(
    wave: Wave, units: dict[str, Unit], client_of: Any, hr: Any, stranger: Any
) -> None:
    services, given = units["Services"].pk, []
    for one in Invitation.objects.filter(wave=wave).order_by("pk"):
        texts = {unit: SAID if unit == services else "PLANTED: nobody may read this" for unit in one.providers}
        about = {str(unit): {"words": text} for unit, text in texts.items()}
        providers = {str(unit): {"kind": 4} for unit in one.providers}
        given.append((one.pk, {"own": {"W1": 4}, "providers": providers, "comment": {}, "about": about}))
    submitting.submit_many(wave, given)
    releasing.close_wave(wave, now=world.LATER)
    wave.refresh_from_db()
    node = CellGroup.objects.get(release__wave=wave, family="tree", name="Services").unit
    told = comments.of_unit(wave, hr, node)
    assert told.about_count > 10 and {one.text for one in told.about} == {SAID} and not told.own_count
    assert not comments.of_unit(wave, stranger, node).about_count
    assert set(comments.readable(wave, hr).filter(text=SAID).values_list("unit", "family")) == {(node, "said")}
    assert SAID not in json.dumps(list(CellGroup.objects.filter(release__wave=wave).values_list("cells", flat=True)))
    page = client_of(hr).get(f"/results/{wave.pk}/unit/{node}/")
    assert page.status_code == 200 and SAID in page.content.decode()
    assert client_of(stranger).get(f"/results/{wave.pk}/unit/{node}/").status_code == 403


# -- pure ------------------------------------------------------------------------------------------------------------

UNITS = st.integers(1, 9)


@given(
    asked=st.lists(UNITS, unique=True, min_size=1, max_size=3),
    allowed=st.lists(st.integers(10, 19), unique=True, max_size=4),
    posted=st.lists(st.sampled_from(["", "none", *map(str, range(1, 20)), "x"]), max_size=5),
    add=st.lists(st.sampled_from(["", "10", "11", "3"]), max_size=1),
)
def test_whatever_is_posted_only_the_allowed_are_rated_and_never_too_many(
    asked: list[int], allowed: list[int], posted: list[str], add: list[str]
) -> None:
    try:
        flat = screener.read(asked, allowed, 3, {"s.used": posted, "s.add": add})
    except BadAnswer:
        return
    added = tuple((unit, str(unit)) for unit in screener.ids(flat.get("s.added")))
    one = Screener(tuple((unit, str(unit)) for unit in asked), added, 3)
    kept = pages.merge({}, flat)
    rated = one.rated(kept)
    assert len(rated) <= 3 and set(rated) <= {*asked, *allowed}
    if screener.USED in kept:
        assert {str(unit) for unit in rated} == {value for value in (*posted, *add) if value not in {"", "none"}}
    else:
        assert list(rated) == asked


ITEMS = [
    {"code": "a", "kind": "agreement", "about": "own", "dimension": "want"},
    {"code": "b", "kind": "agreement", "about": "provider"},
    {"code": "c", "kind": "comment", "about": "provider"},
    {"code": "z", "kind": "comment", "about": "own"},
]


def test_adding_and_skipping_moves_no_other_page() -> None:
    asked = ((1, "One"), (2, "Two"))
    plain = pages.build(ITEMS, asked, asks_used=Screener(asked))
    more = pages.build(ITEMS, asked, asks_used=Screener(asked, ((7, "Seven"),)))
    where = {(page.kind, page.provider): page.number for page in plain}
    after = {(page.kind, page.provider): page.number for page in more}
    assert {**after, **where} == after
    assert [page.provider for page in more if page.kind == "provider"] == [1, 2, 7]
    assert [page.kind for page in more] == ["want", "services", "provider", "provider", "provider", "end"]
    shown = pages.shown(more, {"s.used": [2], "s.added": [7]})
    assert [page.provider for page in shown if page.kind == "provider"] == [2, 7]
    comment = more[2].fields[-1]
    assert comment.name == "p.1.c" and comment.limit == 600


def test_every_envelope_of_a_wave_is_equally_long_however_much_is_written() -> None:
    room = pages.room(ITEMS, 3)
    long = {
        "comment": {"z": "客" * 2000},
        "about": {str(unit): {"c": "👩" * 600} for unit in (1, 2, 3)},
        "own": {"a": 5},
        "providers": {str(unit): {"b": 5} for unit in (1, 2, 3)},
    }
    assert len(submitting.pad({"block": 1, **long}, room)) == len(submitting.pad({"block": 1}, room))
