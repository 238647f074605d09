"""Printed codes: made once, kept as a hash, typed at the door, counted when wrong."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from culture.access.models import AuditEntry
from culture.people.models import Employee
from surveys.answering import guesses, submitting
from surveys.answering.models import InboxEnvelope
from surveys.waves import codes, handing, keys
from surveys.waves.message_models import Code
from surveys.waves.models import Invitation, Wave
from tests.surveys.channels_world import invitation_of, open_wave

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave(hr, manager) -> Wave:
    cache.clear()
    return open_wave(hr)


@pytest.fixture
def printed(wave, employee, hr) -> str:
    mine = invitation_of(wave, employee)
    return codes.print_for(wave, [mine.pk], by=hr, unit=employee.unit)[mine.pk]


@given(st.text(alphabet=codes.ALPHABET, min_size=8, max_size=8))
def test_a_code_is_understood_however_it_is_typed(code):
    typed = codes.grouped(code).lower().replace("1", "l").replace("0", "o")
    assert codes.clean(f" {typed} ") == code


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_code_or_nothing(text):
    clean = codes.clean(text)
    assert clean == "" or (len(clean) == 8 and set(clean) <= set(codes.ALPHABET))


def test_the_code_opens_the_questionnaire_and_looking_changes_nothing(wave, printed, employee, client_of):
    client = client_of()
    before = list(Invitation.objects.values_list("pk", "state"))
    assert printed[:4] in client.get(f"/c/{printed}/").content.decode()
    answer = client.post("/c/", {"code": codes.grouped(printed).lower()})
    assert answer.status_code == 303
    token = answer["Location"].split("/")[2]
    assert keys.resolve_token(token) == (wave.pk, invitation_of(wave, employee).pk)
    assert client.get(answer["Location"]).status_code == 200
    assert list(Invitation.objects.values_list("pk", "state")) == before


def test_the_database_keeps_no_code(wave, printed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM surveys_code c")
        rows = " ".join(row[0] for row in cursor.fetchall())
    assert rows and printed not in rows and printed.encode().hex() not in rows


def test_printing_again_makes_the_old_codes_void(wave, printed, employee, hr, client_of):
    mine = invitation_of(wave, employee)
    new = codes.print_for(wave, [mine.pk], by=hr, unit=employee.unit)[mine.pk]
    assert new != printed and Code.objects.count() == 1
    assert client_of().post("/c/", {"code": printed}).status_code == 404
    assert client_of().post("/c/", {"code": new}).status_code == 303


def test_codes_end_with_the_wave(wave, printed, client_of):
    Wave.objects.update(state=Wave.State.CLOSED)
    assert client_of().post("/c/", {"code": printed}).status_code == 404


@pytest.mark.parametrize("typed", ["", "abc", "7KQ2-M9X", "7KQ2-M9XD-22", "<script>", "'; DROP"])
def test_a_half_code_is_said_to_be_one_and_not_counted(typed, wave, client_of):
    for _ in range(guesses.OF_A_NETWORK + 1):
        answer = client_of().post("/c/", {"code": typed})
    assert answer.status_code == 400 and "eight" in answer.content.decode()


def test_wrong_codes_are_stopped_by_network_and_no_address_is_kept(wave, printed, client_of, monkeypatch):
    seen: list[str] = []
    original = cache.add
    monkeypatch.setattr(guesses.cache, "add", lambda key, *args: seen.append(key) or original(key, *args))
    for _ in range(guesses.OF_A_NETWORK):
        assert client_of().post("/c/", {"code": "ZZZZ-ZZZZ"}).status_code == 404
    assert client_of().post("/c/", {"code": printed}).status_code == 429, "even the right one, or nothing is limited"
    elsewhere = client_of().post("/c/", {"code": printed}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 303
    assert seen and not any("127.0" in key or "203.0" in key for key in seen)


def test_wrong_codes_are_stopped_for_a_wave_wherever_they_come_from(wave, printed, client_of, monkeypatch):
    monkeypatch.setattr(guesses, "OF_A_WAVE", 5)
    for n in range(5):
        answer = client_of().post("/c/", {"code": "ZZZZ-ZZZZ"}, REMOTE_ADDR=f"203.0.{n}.9")
        assert answer.status_code == 404
    assert client_of().post("/c/", {"code": printed}, REMOTE_ADDR="198.51.100.1").status_code == 429


def test_a_thousand_codes_are_all_different(wave, hr, employee):
    made = codes.print_for(wave, list(Invitation.objects.values_list("pk", flat=True)), by=hr, unit=employee.unit)
    assert len(set(made.values())) == len(made) == 13
    assert AuditEntry.objects.filter(verb="wave.codes_printed", detail__codes=13).exists()


def test_the_sheet_is_a_pdf_of_those_without_mail(wave, hr, employee, manager):
    Employee.objects.filter(pk=employee.pk).update(email=None, language="zh-hans", given_name="伟", family_name="王")
    some = handing.sheet(wave, employee.unit, everybody=False, by=hr)
    every = handing.sheet(wave, employee.unit, everybody=True, by=hr)
    assert some[:5] == every[:5] == b"%PDF-" and len(every) > len(some)
    assert Code.objects.count() == 12
    assert handing.sheet(wave, hr.unit, everybody=False, by=hr) is None


def test_if_typesetting_fails_the_old_codes_stay_good(wave, printed, hr, employee, client_of, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("typst")

    monkeypatch.setattr(handing.sheets, "pdf", broken)
    with pytest.raises(RuntimeError):
        handing.sheet(wave, employee.unit, everybody=True, by=hr)
    assert client_of().post("/c/", {"code": printed}).status_code == 303


def test_the_way_out_of_reminders(wave, employee, client_of):
    mine = invitation_of(wave, employee)
    address = f"/s/{keys.link_token(wave.pk, mine.pk)}/leave/"
    assert client_of().get(address).status_code == 303
    mine.refresh_from_db()
    assert mine.state == Invitation.State.ASKED, "a scanner that follows the link leaves nobody out"
    assert client_of().post(address, {"List-Unsubscribe": "One-Click"}).status_code == 303
    mine.refresh_from_db()
    assert mine.state == Invitation.State.DECLINED
    assert client_of().post("/s/nonsense/leave/").status_code == 404


def test_doors_set_no_cookie_and_keep_no_referrer(wave, printed, client_of):
    for answer in (client_of().get("/c/"), client_of().post("/c/", {"code": printed})):
        assert not answer.cookies and answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store, private"
    assert not re.search(r"src=.http", client_of().get("/c/").content.decode())


def test_whoever_printed_a_code_learns_nothing_by_it(wave, printed, employee, client_of):
    """The mailed link is not to be had from a code; neither its draft nor whether he has answered shows."""
    invitation = invitation_of(wave, employee)
    mailed = f"/s/{keys.link_token(wave.pk, invitation.pk)}/"
    his, hr = client_of(), client_of()
    his.post(f"{mailed}1/", {"own.W1": "2"})

    def look() -> tuple[list[str], str]:
        door = hr.post("/c/", {"code": printed})["Location"]
        token = door.split("/")[2]
        stolen = token.split(".")[0]
        assert keys.resolve_token(stolen) is None
        pages = [
            hr.get(door).content.decode(),
            hr.get(f"{door}1/").content.decode(),
            hr.get(f"{door}check/").content.decode(),
        ]
        return [page.replace(token, "TOKEN") for page in pages], door

    before, _door = look()
    assert " checked" not in before[1]
    submit(his, mailed, invitation)
    assert Invitation.objects.get(pk=invitation.pk).state == "answered"
    after, door = look()
    assert after == before
    hr.post(f"{door}1/", {"own.W1": "5", "go": "skip"})
    assert "checked" in hr.get(f"{door}1/").content.decode()
    assert hr.post(door, {"go": "decline"}).status_code == 200
    assert Invitation.objects.get(pk=invitation.pk).state == "answered"


def test_a_second_submit_by_code_is_thanked_and_counts_once(wave, printed, employee, client_of):
    invitation = invitation_of(wave, employee)
    submit(client_of(), f"/s/{keys.link_token(wave.pk, invitation.pk)}/", invitation)
    client = client_of()
    door = client.post("/c/", {"code": printed})["Location"]
    assert submit(client, door, invitation)["Location"].split("?")[0] == f"{door}thanks/"
    assert client.get(f"{door}thanks/").status_code == 200
    assert InboxEnvelope.objects.filter(wave_id=wave.pk).count() == 1


def test_who_declined_may_answer_by_code(wave, printed, employee, client_of):
    client, invitation = client_of(), invitation_of(wave, employee)
    door = client.post("/c/", {"code": printed})["Location"]
    client.post(door, {"go": "decline"})
    assert Invitation.objects.get(pk=invitation.pk).state == "declined"
    submit(client, client.post("/c/", {"code": printed})["Location"], invitation)
    assert Invitation.objects.get(pk=invitation.pk).state == "answered"


def submit(client, link, invitation):
    for page in submitting.pages_of(invitation.wave, invitation.providers):
        client.post(f"{link}{page.number}/", {one.name: "4" for one in page.fields if not one.is_comment})
    return client.post(f"{link}check/")
