"""A shared tablet: who gets in, what it forgets, and that nobody sees another's answers on it."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError

from culture.people.models import Employee
from surveys.answering import guesses
from surveys.answering import kiosk as kiosk_views
from surveys.answering.models import Draft, InboxEnvelope
from surveys.waves import codes, keys, kiosks
from surveys.waves.message_models import Kiosk
from surveys.waves.models import Invitation, Wave
from tests.surveys.channels_world import invitation_of, open_wave

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave(hr, manager) -> Wave:
    cache.clear()
    return open_wave(hr)


@pytest.fixture
def by_code(wave, hr, units) -> Kiosk:
    return kiosks.add(by=hr, wave=wave, name="Staff room", unit=units["Retail"])


@pytest.fixture
def by_two(wave, hr, units) -> Kiosk:
    return kiosks.add(by=hr, wave=wave, name="Desk", unit=units["Retail"], asks=["number", "family_name"])


def at(kiosk: Kiosk) -> str:
    return f"/k/{keys.kiosk_token(kiosk.wave_id, kiosk.pk)}/"


def code_of(wave: Wave, person: Employee, hr: Employee) -> str:
    mine = invitation_of(wave, person)
    return codes.print_for(wave, [mine.pk], by=hr, unit=person.unit)[mine.pk]


def fill(client, address: str) -> None:
    """Answer everything on every page."""
    page = client.get(f"{address}survey/1/")
    for _ in range(30):
        visit = {}
        for name, values in _choices(page.content.decode()).items():
            visit[name] = values[0]
        step = client.post(page.request["PATH_INFO"], {**visit, "go": "skip"})
        if step["Location"].endswith("/check/"):
            return
        page = client.get(step["Location"])
    raise AssertionError("the questionnaire has no end")


def _choices(html: str) -> dict[str, list[str]]:
    import re

    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]+type=\"radio\"[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found.setdefault(name[1], []).append(value[1])
    return found


def test_by_code_from_door_to_thanks(wave, by_code, employee, hr, client_of):
    client, address = client_of(), at(by_code)
    assert client.get(address).status_code == 200
    entered = client.post(address, {"code": code_of(wave, employee, hr)})
    assert entered.status_code == 303 and entered["Location"] == f"{address}survey/"
    token = keys.link_token(wave.pk, invitation_of(wave, employee).pk)
    shown = client.get(entered["Location"]).content.decode()
    assert token not in shown and "/s/" not in shown and "kiosk.js" in shown
    cookie = client.cookies["kiosk"]
    assert token not in cookie.value and cookie["httponly"] and cookie["samesite"] == "Strict"
    assert cookie["path"] == address and cookie["max-age"] == kiosk_views.IDLE + kiosk_views.GRACE
    fill(client, address)
    sent = client.post(f"{address}survey/check/")
    assert sent.status_code == 303 and sent["Location"].startswith(f"{address}thanks/")
    assert InboxEnvelope.objects.count() == 1 and not Draft.objects.exists()
    assert client.get(sent["Location"]).status_code == 200
    assert client.cookies["kiosk"].value == ""
    assert client.get(f"{address}survey/1/")["Location"] == address, "the next person sees nothing of it"


def test_a_code_of_somebody_elsewhere_does_not_open_this_tablet(wave, by_code, hr, client_of):
    answer = client_of().post(at(by_code), {"code": code_of(wave, hr, hr)})
    assert answer.status_code == 404 and "kiosk" not in answer.cookies


def test_by_two_details(wave, by_two, employee, client_of):
    Employee.objects.filter(pk=employee.pk).update(family_name="Ștefănescu")
    good = {"number": employee.number.lower(), "family_name": " stefanescu "}
    client = client_of()
    assert client.post(at(by_two), good).status_code == 303
    for bad in ({"number": "A2"}, {"family_name": "Other"}, {"number": ""}, {"family_name": ""}):
        assert client_of().post(at(by_two), {**good, **bad}).status_code == 404


def test_by_two_details_nobody_sees_what_another_began(wave, by_two, employee, hr, client_of):
    details = {"number": employee.number, "family_name": employee.family_name}
    first, second, address = client_of(), client_of(), at(by_two)
    first.post(address, details)
    page = first.get(f"{address}survey/1/").content.decode()
    name, values = next(iter(_choices(page).items()))
    first.post(f"{address}survey/1/", {name: values[0], "go": "next"})
    assert Draft.objects.count() == 1 and "checked" in first.get(f"{address}survey/1/").content.decode()
    second.post(address, details)
    assert "checked" not in second.get(f"{address}survey/1/").content.decode()
    link = f"/s/{keys.link_token(wave.pk, invitation_of(wave, employee).pk)}/1/"
    assert "checked" not in client_of().get(link).content.decode()


def test_by_two_details_nobody_learns_who_has_answered(wave, by_two, employee, client_of):
    details = {"number": employee.number, "family_name": employee.family_name}
    Invitation.objects.filter(employee=employee).update(state=Invitation.State.ANSWERED)
    answered = client_of().post(at(by_two), details)
    unknown = client_of().post(at(by_two), {**details, "number": "nobody"})
    assert answered.status_code == unknown.status_code == 404
    same = unknown.content.decode().replace("nobody", employee.number)
    assert answered.content.decode() == same


def test_a_minute_without_a_touch_forgets(wave, by_code, employee, hr, client_of, monkeypatch):
    client, address = client_of(), at(by_code)
    client.post(address, {"code": code_of(wave, employee, hr)})
    begun = time.time()
    monkeypatch.setattr(kiosk_views.time, "time", lambda: begun + 50)
    assert client.post(f"{address}stay/", headers={"X-Autosave": "stay"}).status_code == 204
    monkeypatch.setattr(kiosk_views.time, "time", lambda: begun + 100)
    assert client.get(f"{address}survey/1/").status_code == 200
    monkeypatch.setattr(kiosk_views.time, "time", lambda: begun + 170)
    assert client.get(f"{address}survey/1/")["Location"] == f"{address}?idle"
    assert client.post(f"{address}stay/", headers={"X-Autosave": "stay"}).status_code == 410
    assert client.get(f"{address}?idle").status_code == 200


def test_leaving_forgets_at_once(wave, by_code, employee, hr, client_of):
    client, address = client_of(), at(by_code)
    client.post(address, {"code": code_of(wave, employee, hr)})
    client.get(f"{address}end/")
    assert client.get(f"{address}survey/")["Location"] == address


def test_a_cookie_opens_no_other_tablet(wave, by_code, by_two, employee, hr, client_of):
    client = client_of()
    client.post(at(by_code), {"code": code_of(wave, employee, hr)})
    client.cookies["kiosk"]["path"] = "/"
    assert client.get(f"{at(by_two)}survey/")["Location"] == at(by_two)
    client.cookies["kiosk"] = "nonsense"
    assert client.get(f"{at(by_code)}survey/")["Location"] == at(by_code)


def test_wrong_codes_are_limited_here_too(wave, by_code, employee, hr, client_of):
    for _ in range(guesses.OF_A_NETWORK):
        assert client_of().post(at(by_code), {"code": "ZZZZZZZZ"}).status_code == 404
    assert client_of().post(at(by_code), {"code": code_of(wave, employee, hr)}).status_code == 429


def test_an_ended_tablet_and_a_closed_wave_take_nobody(wave, by_code, employee, hr, client_of):
    client = client_of()
    client.post(at(by_code), {"code": code_of(wave, employee, hr)})
    assert kiosks.end(by=hr, kiosk=by_code) and not kiosks.end(by=hr, kiosk=by_code)
    assert client.get(f"{at(by_code)}survey/1/").status_code == 410
    for wrong in ("/k/1z1-000000000000000000000000/", "/k/x/", f"{at(by_code)[:-2]}/"):
        assert client.get(wrong).status_code == 404


@pytest.mark.parametrize(
    "asks", [["number"], ["number", "number"], ["family_name", "hired_on"], ["number", "password"]]
)
def test_details_that_do_not_single_out_are_refused(asks, wave, hr):
    with pytest.raises(ValidationError) as refused:
        kiosks.add(by=hr, wave=wave, name="Desk", asks=asks)
    assert "asks" in refused.value.message_dict and not Kiosk.objects.exists()


def test_a_tablet_for_nobody_is_refused(wave, hr):
    with pytest.raises(ValidationError) as refused:
        kiosks.add(by=hr, wave=wave, name="Desk", site="Atlantis")
    assert "unit" in refused.value.message_dict
