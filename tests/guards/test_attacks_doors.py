"""Attacks from outside and on what is left open: old sessions and keys, headers, redirects, stored texts, the admin."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from culture.access import signin, tokens
from culture.access.address_models import AddressChange
from culture.access.token_models import ApiToken
from culture.people.models import Employee, Unit
from surveys.waves import models as waves
from tests.conftest import PASSWORD, make_person

ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db
FILES = ("my-data.json", "my-data.html", "my-data.zip")


def left_open(client: Client) -> Client:
    """The session as it is an hour later."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    return client


# -- a session left open ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_my_data_asks_who_sits_there(employee: Employee, client_of: ClientOf, name: str) -> None:
    client, address = left_open(client_of(employee)), f"/me/data/{name}"
    answer = client.get(address)
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(answer["Location"], {"password": "wrong"}).status_code == 200
    assert client.get(address).status_code == 302
    back = client.post(answer["Location"], {"password": PASSWORD})
    assert back["Location"] == address
    file = client.get(address)
    assert file.status_code == 200
    assert "no-store" in file["Cache-Control"] and "attachment" in file["Content-Disposition"]


def test_who_has_no_password_signs_in_anew(employee: Employee, client_of: ClientOf) -> None:
    employee.set_unusable_password()
    employee.save()
    client = left_open(client_of(employee))
    answer = client.get("/me/data/my-data.json")
    assert answer["Location"] == "/accounts/login/?next=/me/data/my-data.json"
    assert client.get("/me/data/").status_code == 302, "the session is over"


def test_who_has_no_address_either_keeps_his_session(employee: Employee, client_of: ClientOf) -> None:
    employee.set_unusable_password()
    employee.email = None
    employee.save()
    client = left_open(client_of(employee))
    answer = client.get("/me/data/my-data.json", follow=True)
    assert answer.redirect_chain[-1][0] == "/me/data/"
    assert "Ask HR for a new sign-in link" in answer.content.decode()


# -- somebody who left -----------------------------------------------------------------------------------------------


def test_a_leaver_has_nothing_left(employee: Employee, client_of: ClientOf) -> None:
    """Session, API token and one-time link of yesterday."""
    employee.email = None
    employee.save()
    old, link = client_of(employee), signin.one_time_link(employee, by=None)
    _token, secret = tokens.make(employee=employee, name="x", days=7, may_change=True, second_factor=True)
    header = {"authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/my-assignments/", headers=header).status_code == 200
    employee.left_on = dt.date.today() - dt.timedelta(days=1)
    employee.save()
    assert Client().get("/api/v1/my-assignments/", headers=header).status_code == 403
    assert Client().get("/api/v1/schema/", headers=header).status_code == 403
    assert old.get("/me/data/").status_code == 302
    assert Client().get("/" + link.split("/", 3)[3]).status_code == 410
    assert Client().post("/" + link.split("/", 3)[3]).status_code == 410


def test_a_guess_costs_the_same_whether_the_account_exists_or_is_closed(
    employee: Employee, stranger: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing is what takes the time: once for each attempt, whoever is named."""
    stranger.is_active = False
    stranger.save()
    hasher, hashed = MD5PasswordHasher.encode, []

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return hasher(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs, told = set(), set()
    for email in (employee.email, stranger.email, "nobody@meridian.test"):
        hashed.clear()
        answer = Client().post("/accounts/login/", {"login": email, "password": "a-wrong-guess"})
        costs.add(hashed.count("a-wrong-guess"))
        told.add((answer.status_code, "not correct" in answer.content.decode()))
    assert costs == {1} and len(told) == 1
    # Who knows the password of a closed account is told so, and is not let in.
    answer = Client().post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/inactive/"


# -- the admin of a superuser ----------------------------------------------------------------------------------------


def test_the_admin_hands_out_no_identity_and_no_answer() -> None:
    """Tokens and addresses would let a superuser act as anybody; answers and who gave them are in no admin."""
    registered = set(admin.site._registry)
    assert not registered & {ApiToken, AddressChange, EmailAddress}
    assert not [model for model in registered if model._meta.app_label == "surveys"]
    assert waves.Invitation not in registered


def test_a_superuser_sees_no_results_and_makes_nobody_else(units: dict[str, Unit], client_of: ClientOf) -> None:
    root = make_person("ROOT1", units["Services"], is_staff=True, is_superuser=True)
    client = client_of(root)
    for address in ("/results/", "/people/", "/access/", "/audit/", "/api/v1/employees/", "/api/v1/results/"):
        assert client.get(address).status_code in {403, 404}, address
    for address in ("/admin/culture/apitoken/", "/admin/account/emailaddress/", "/admin/mfa/authenticator/"):
        assert client.get(address).status_code == 404, address
    change = f"/admin/culture/employee/{root.pk}/change/"
    page = client.get(change).content.decode()
    assert 'name="given_name"' in page
    for name in ("password", "email", "is_superuser", "unit", "left_on", "user_permissions"):
        assert f'name="{name}"' not in page
    assert client.get("/admin/culture/employee/add/").status_code == 403


# -- headers ---------------------------------------------------------------------------------------------------------

PAGES = ("/", "/accounts/login/", "/me/data/", "/api/v1/my-assignments/", "/api/v1/docs/", "/nowhere/", "/people/",
         "/healthz", "/accounts/security/", "/charter/")  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_tells_the_browser_what_it_may(employee: Employee, client_of: ClientOf, address: str) -> None:
    answer = client_of(employee).get(address)
    policy = answer["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "unsafe" not in scripts and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "<script>" not in answer.content.decode()


def test_the_stricter_policy_of_the_answering_pages_stays() -> None:
    answer = Client().get("/s/wrong-token/")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")


def test_cookies_are_for_this_site_and_not_for_scripts(employee: Employee) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": employee.email, "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_exports_are_kept_nowhere(hr: Employee, client_of: ClientOf) -> None:
    for address in ("/people/export/", "/audit/export.csv"):
        answer = client_of(hr).get(address)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"], address


# -- forged requests and redirects -----------------------------------------------------------------------------------


def test_a_foreign_site_cannot_act(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(hr, backend="allauth.account.auth_backends.AuthenticationBackend")
    addresses = (
        f"/people/{employee.pk}/do/leaving/", "/people/import/", "/api/v1/service-links/", "/accounts/logout/",
        "/people/retention/pause/",
    )  # fmt: skip
    for address in addresses:
        assert forged.post(address, {}).status_code == 403, address


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "/\\evil.test/", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(employee: Employee, target: str) -> None:
    answer = Client().post("/accounts/login/", {"login": employee.email, "password": PASSWORD, "next": target})
    assert answer.status_code == 302 and answer["Location"] == "/"


# -- stored texts ----------------------------------------------------------------------------------------------------

EVIL = "<img src=x onerror=alert(1)>"


def test_names_of_people_and_units_run_nowhere(
    hr: Employee, units: dict[str, Unit], client_of: ClientOf, settings: Any
) -> None:
    unit = Unit.objects.create(name=EVIL, path=f"Meridian > {EVIL}", parent=units["Meridian"])
    boss = make_person("X1", unit, given_name=EVIL, family_name="'\"><script>alert(2)</script>")
    make_person("X2", unit, given_name=EVIL, family_name="Two", manager=boss, job_title=EVIL, site=EVIL)
    addresses = (
        "/people/", f"/people/{boss.pk}/", "/units/", f"/units/{unit.pk}/", f"/access/people/?q={EVIL}",
        f"/access/people/{boss.pk}/", "/people/erasure/", f"/people/{boss.pk}/do/move/", f"/thanks/new/?q={EVIL}",
        "/team/training/", f"/people/?q={EVIL}&unit={EVIL}", f"/units/?q={EVIL}", f"/audit/?q={EVIL}", "/me/data/",
    )  # fmt: skip
    shown = 0
    for who in (hr, boss):
        for address in addresses:
            answer = client_of(who).get(address)
            if answer.status_code == 200:
                shown += 1
                page = answer.content.decode()
                assert "<img src=x" not in page and "<script>alert" not in page, address
    assert shown > 10
    page = client_of(boss).get("/me/data/my-data.html").content.decode()
    assert "<img src=x" not in page and "<script>alert" not in page
