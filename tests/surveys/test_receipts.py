"""Receipts: off by default; a code that proves to its holder that his envelope arrived, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import SealedBox

from culture.people.models import Employee
from surveys.answering import submitting
from surveys.answering.models import InboxEnvelope
from surveys.answering.words_receipts import RECEIPTS
from surveys.instruments.loading import load_library
from surveys.results import receipt_pages, releasing
from surveys.results.receipt_models import ReceiptList
from surveys.waves import keys, opening, receipts, series
from surveys.waves.models import Invitation, Series, Wave
from tests.flows.looking import violations
from tests.surveys.results_world import World, answer, people
from tests.surveys.test_waves import typed

PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}\b")
LATER = dt.timedelta(days=30)


@pytest.fixture
def world(hr, executive, manager, stranger, units) -> World:
    people(units)
    return opened(units, receipts=True)


def opened(units, **more) -> World:
    today = timezone.localdate()
    made = series.create(
        by=None,
        name="Service culture",
        instrument=load_library(),
        first_opens_on=today,
        every_months=3,
        occurrences=2,
        open_days=14,
        reminder_days=(5,),
        **more,
    )
    wave = made.waves.get(number=1)
    opening.open_wave(wave, now=timezone.now())
    return World(Wave.objects.get(pk=wave.pk), units)


def invited(world: World, at: int = 0) -> Invitation:
    return Invitation.objects.filter(wave=world.wave).select_related("wave").order_by("pk")[at]


def send(invitation: Invitation, token: str = "") -> str:
    """Everything answered by the link; the thank-you page."""
    token = token or keys.link_token(invitation.wave_id, invitation.pk)
    client = Client()
    for page in submitting.pages_of(invitation.wave, invitation.providers, seed=token):
        given = {one.name: "" if one.is_comment else "4" for one in page.fields}
        assert client.post(f"/s/{token}/{page.number}/", given).status_code == 303
    assert client.post(f"/s/{token}/check/").status_code == 303
    return client.get(f"/s/{token}/thanks/").content.decode()


def close(world: World) -> Wave:
    return releasing.close_wave(world.wave, now=timezone.now() + LATER)


# -- pure ------------------------------------------------------------------------------------------------------------


def test_a_code_has_a_hundred_bits():
    assert len(receipts.ALPHABET) ** receipts.LENGTH == 2**receipts.BITS
    assert receipts.code_of(b"\xff" * 13) == "Z" * 20 and receipts.code_of(b"\0" * 13) == "0" * 20


@given(st.binary(min_size=13, max_size=13))
def test_a_typed_code_is_read_as_it_was_meant(raw):
    code = receipts.code_of(raw)
    assert receipts.clean(receipts.grouped(code)) == code
    assert receipts.clean(f" {receipts.grouped(code).lower()} ") == code
    assert receipts.clean(code.replace("1", "I").replace("0", "O")) == code


@given(st.text(max_size=100))
def test_what_is_no_code_is_none(text):
    assert receipts.clean(text) in ("", text[:80].upper().translate(receipts.MISREAD))


def test_digests_differ_by_wave_and_code():
    assert len({receipts.digest(w, c) for w in (1, 2, 11) for c in ("A" * 20, "B" * 20, "1" + "A" * 19)}) == 9


@given(st.sets(st.binary(min_size=16, max_size=16), max_size=40), st.binary(min_size=16, max_size=16))
def test_a_list_holds_what_is_in_it(digests, other):
    found = ReceiptList(digests=b"".join(sorted(digests)))
    assert len(found) == len(digests) and found.all() == sorted(one.hex() for one in digests)
    assert all(found.holds(one) for one in digests)
    assert found.holds(other) == (other in digests)


def test_every_word_in_five_languages():
    assert all(len(row) == 5 and all(row) for row in RECEIPTS.values())
    for row in RECEIPTS.values():
        assert len({frozenset(re.findall(r"\{\w+\}", text)) for text in row}) == 1


# -- from the form to the page ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_off_by_default(hr, executive, manager, stranger, units):
    people(units)
    world = opened(units)
    assert not Series.objects.get().receipts and "receipts" not in world.wave.rules
    page = send(invited(world))
    assert not CODE.search(page) and "receipt" not in page.lower()
    token = keys.link_token(world.wave.pk, invited(world, 1).pk)
    assert "receipt" not in Client().get(f"/s/{token}/").content.decode().lower()
    box = SealedBox(keys.private_key(world.wave.pk))
    assert all(b"receipt" not in box.decrypt(bytes(one.sealed)) for one in InboxEnvelope.objects.all())
    close(world)
    assert not ReceiptList.objects.exists()
    assert Client().get(f"/r/{world.wave.pk}/").status_code == 404


@pytest.mark.django_db
def test_from_the_thank_you_to_the_published_list(world):
    token = keys.link_token(world.wave.pk, invited(world).pk)
    assert "you get a receipt code" in Client().get(f"/s/{token}/").content.decode()
    page = send(invited(world))
    (code,) = set(CODE.findall(page))
    assert f"/r/{world.wave.pk}/" in page
    assert CODE.findall(Client().get(f"/s/{token}/").content.decode()) == [code], "whoever comes back sees it again"
    (envelope,) = InboxEnvelope.objects.filter(wave=world.wave)
    content = json.loads(SealedBox(keys.private_key(world.wave.pk)).decrypt(bytes(envelope.sealed)))
    assert content["receipt"] == receipts.digest(world.wave.pk, receipts.clean(code)).hex()
    early = Client().get(f"/r/{world.wave.pk}/")
    assert early.status_code == 404 and "when the survey is over" in early.content.decode()
    answer(world)
    count = InboxEnvelope.objects.filter(wave=world.wave).count()
    wave = close(world)
    published = Client().get(f"/r/{wave.pk}/").content.decode()
    assert f"{count} envelopes of" in published
    yes = Client().post(f"/r/{wave.pk}/", {"code": code.lower().replace("-", " ")})
    assert yes.status_code == 200 and "arrived and was counted" in yes.content.decode()
    other = receipts.grouped(receipts.code_of(random.Random(1).randbytes(13)))
    assert (
        "No envelope of this survey has this code" in Client().post(f"/r/{wave.pk}/", {"code": other}).content.decode()
    )
    short = Client().post(f"/r/{wave.pk}/", {"code": "7KQ2 <b>"})
    assert short.status_code == 400 and "7KQ2 &lt;b&gt;" in short.content.decode()
    lines = Client().get(f"/r/{wave.pk}/list.txt").content.decode().splitlines()
    assert lines == sorted(lines) and len(lines) == count
    assert receipts.digest(wave.pk, receipts.clean(code)).hex() in lines


@pytest.mark.django_db
def test_nothing_on_the_page_leads_to_anybody(world):
    answer(world)
    wave = close(world)
    response = Client().get(f"/r/{wave.pk}/")
    body = response.content.decode()
    assert not response.cookies and response["Cache-Control"] == "no-store, private"
    assert not any(person.family_name in body for person in Employee.objects.exclude(family_name=""))
    # The secret is gone: nobody can work out whose a code was.
    with pytest.raises(keys.KeyMissing):
        keys.receipt_code(keys.link_token(wave.pk, 1))


@pytest.mark.django_db
def test_a_short_list_is_not_published(world):
    """Counts under 20 are told as classes only."""
    for at in range(3):
        send(invited(world, at))
    wave = close(world)
    assert len(ReceiptList.objects.get()) == 3 < receipt_pages.LEAST
    for address in (f"/r/{wave.pk}/", f"/r/{wave.pk}/list.txt", "/r/999999/"):
        told = Client().get(address)
        assert told.status_code == 404 and "fewer than 20 receipts" in told.content.decode()


@pytest.mark.django_db
def test_a_visit_gets_a_code_of_its_own_that_tells_nothing(world):
    """Two visits and the mailed link of one person: three codes, and the page is the same whoever sent first."""
    person = invited(world)
    mailed = send(person)
    visits = [keys.visit_token(world.wave.pk, person.pk) for _ in range(2)]
    pages = [send(person, token) for token in visits]
    codes = [set(CODE.findall(page)) for page in (mailed, *pages)]
    assert [len(one) for one in codes] == [1, 1, 1] and len(set().union(*codes)) == 3
    assert InboxEnvelope.objects.filter(wave=world.wave).count() == 1


@pytest.mark.django_db
def test_a_forged_receipt_in_an_answer_is_not_taken(world):
    """The digest comes from the link, not from what a browser posts."""
    token = keys.link_token(world.wave.pk, invited(world).pk)
    client = Client()
    answered = send(invited(world), token)
    assert client.post(f"/s/{token}/check/", {"receipt": "00" * 16}).status_code in (200, 303)
    (envelope,) = InboxEnvelope.objects.filter(wave=world.wave)
    content = json.loads(SealedBox(keys.private_key(world.wave.pk)).decrypt(bytes(envelope.sealed)))
    (code,) = set(CODE.findall(answered))
    assert content["receipt"] == receipts.digest(world.wave.pk, receipts.clean(code)).hex()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "La tua busta è arrivata?"),
        ("ro", "A ajuns plicul tău?"),
        ("zh-hans", "您的信封送达了吗？"),
        ("fr", "arrivée"),
    ],
)
def test_the_page_speaks_five_languages(world, language, words):
    answer(world)
    wave = close(world)
    assert words in Client().get(f"/r/{wave.pk}/?lang={language}").content.decode()


# -- HR --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_hr_turns_it_on_before_opening_and_not_after(hr, executive, manager, stranger, units, client_of):
    people(units)
    world = opened(units)
    page = client_of(hr).get(f"/waves/series/{world.wave.series_id}/edit/").content.decode()
    assert "Give receipts" in page and "a boss could demand it" in page and 'name="receipts" checked' not in page
    new = client_of(hr).post("/waves/new/", typed(timezone.localdate()) | {"receipts": "on"})
    assert new.status_code == 302
    assert Series.objects.order_by("pk").last().receipts
    series.change(world.wave.series, by=hr, today=timezone.localdate(), receipts=True)
    assert "receipts" not in Wave.objects.get(pk=world.wave.pk).rules, "an open wave keeps its frozen rules"
    assert opening.rules_for(Series.objects.get(pk=world.wave.series_id))["receipts"] is True


# -- in the browser --------------------------------------------------------------------------------------------------


def look(page, name: str) -> None:
    """Axe in both schemes on a phone and a desk; pictures when asked for."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (320, 390, 1360):
            page.set_viewport_size({"width": width, "height": 844})
            found = violations(page, scheme)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)


@pytest.mark.browser
def test_a_person_keeps_the_code_and_checks_it(page, world):
    answer(world)
    person = Invitation.objects.filter(wave=world.wave, state="asked").order_by("pk").first()
    token = keys.link_token(world.wave.pk, person.pk)
    page.goto(f"/s/{token}/")
    look(page, "receipt-start")
    send(person, token)
    page.goto(f"/s/{token}/")
    code = page.locator(".receipt-code").inner_text()
    look(page, "receipt-thanks")
    wave = close(world)
    page.goto(f"/r/{wave.pk}/")
    look(page, "receipt-page")
    page.get_by_label("Receipt code").fill(code)
    page.get_by_role("button", name="Check").click()
    page.get_by_text("arrived and was counted").wait_for()
    look(page, "receipt-found")
    page.get_by_label("Receipt code").fill(code[:-1] + ("A" if code[-1] != "A" else "B"))
    page.keyboard.press("Enter")
    page.get_by_text("No envelope of this survey has this code").wait_for()
    look(page, "receipt-not-found")
    page.goto(f"/r/{wave.pk}/?lang=zh-hans")
    look(page, "receipt-chinese")
