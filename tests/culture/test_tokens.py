"""Keys of the API: behind the second factor, for a time, of their owner, and never a fresh sign-in."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from culture.access import signin, tokens
from culture.access.models import AuditEntry, Grant, Role
from culture.access.token_models import ApiToken
from culture.people.models import Employee
from tests.culture.test_signin import add_app, code_now, enter, verbs

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Employee | None], Client]
MINE, NEW = "/accounts/security/keys/", "/accounts/security/keys/new/"
FORM = {"name": "Monthly report", "days": "30"}


@pytest.fixture(autouse=True)
def _no_requests_yet() -> None:
    cache.clear()


def make(client: Client, **more: Any) -> str:
    answer = client.post(NEW, {**FORM, **more})
    found = re.search(r'id="key">(trv_[\w-]+)<', answer.content.decode())
    assert found, answer.content.decode()[-1500:]
    return found[1]


def ask(
    secret: str, path: str = "/api/v1/my-assignments/", method: str = "get", scheme: str = "Bearer", **more: Any
) -> Any:
    return getattr(Client(), method)(path, headers={"authorization": f"{scheme} {secret}"}, **more)


# -- making, using, ending -------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_used_and_ended(employee: Employee, client_of: ClientOf) -> None:
    client = client_of(employee)
    secret = make(client)
    assert ask(secret).status_code == 200 and ask(secret, scheme="Token").status_code == 200
    page = client.get(MINE).content.decode()
    assert "Monthly report" in page and secret not in page and f"…{secret[-4:]}" in page
    row = ApiToken.objects.get()
    assert secret not in str(list(ApiToken.objects.values()) + list(AuditEntry.objects.values()))
    assert row.last_used_at is not None
    client.post(f"/accounts/security/keys/{row.pk}/end/")
    assert ask(secret).status_code == 403
    assert "No key" in client.get(MINE).content.decode()
    assert verbs(verb__startswith="token.") == ["token.made", "token.ended"]


def test_a_key_is_its_owners(employee: Employee, stranger: Employee, client_of: ClientOf) -> None:
    secret = make(client_of(employee))
    row = ApiToken.objects.get()
    other = client_of(stranger)
    assert "Monthly report" not in other.get(MINE).content.decode()
    assert other.post(f"/accounts/security/keys/{row.pk}/end/").status_code == 404
    assert Client().post(f"/accounts/security/keys/{row.pk}/end/").status_code == 302
    assert ask(secret).status_code == 200
    assert client_of(employee).get(f"/accounts/security/keys/{row.pk}/end/").status_code == 405


def test_a_key_expires(employee: Employee) -> None:
    now = timezone.now()
    token, secret = tokens.make(employee=employee, name="x", days=7, may_change=False, second_factor=False, now=now)
    assert tokens.owner(secret, now=now + dt.timedelta(days=6, hours=23)) == token
    assert tokens.owner(secret, now=now + dt.timedelta(days=7)) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(expires_at=now + dt.timedelta(days=400))


@pytest.mark.parametrize(
    ("sent", "told"),
    [({"name": ""}, "This field is required"), ({"name": "\0"}, ""), ({"days": "9999"}, "Select a valid choice"),
     ({"name": "x" * 61}, "at most 60")],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(
    employee: Employee, client_of: ClientOf, sent: dict[str, str], told: str
) -> None:
    answer = client_of(employee).post(NEW, {**FORM, **sent})
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_there_are_ten_at_most(employee: Employee, client_of: ClientOf) -> None:
    client = client_of(employee)
    for _n in range(10):
        make(client)
    answer = client.post(NEW, FORM)
    assert answer.status_code == 422 and "10 keys already" in answer.content.decode()
    assert "more are not allowed" in client.get(MINE).content.decode()


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer trv_", "Bearer trv_a b", "Bearer trv_é", "Token abc"])
def test_nonsense_opens_nothing(employee: Employee, client_of: ClientOf, header: str) -> None:
    client = client_of(employee)
    answer = client.get("/api/v1/my-assignments/", headers={"authorization": header.encode().decode("latin-1")})
    assert answer.status_code == 403, "and the session beside it does not stand in"
    assert answer.json()["error"]["code"] == "authentication_failed"


def test_a_key_reads_only_unless_it_was_made_to_change(hr: Employee, units: Any, client_of: ClientOf) -> None:
    reading, changing = make(client_of(hr)), make(client_of(hr), may_change="on")
    sent = {"customer": units["Branch A"].pk, "provider": units["Services"].pk}
    answer = ask(reading, "/api/v1/service-links/", "post", data=sent)
    assert answer.status_code == 403 and "only read" in answer.json()["error"]["message"]
    assert ask(changing, "/api/v1/service-links/", "post", data=sent).status_code == 201


# -- the second factor -----------------------------------------------------------------------------------------------


def test_hr_needs_the_second_factor_for_a_key(hr: Employee, client_of: ClientOf, settings: Any) -> None:
    settings.DEMO = False
    client = client_of(hr)
    answer = client.get(NEW)
    assert answer.status_code == 403 and "Second factor first" in answer.content.decode()
    assert client.post(NEW, FORM).status_code == 403 and not ApiToken.objects.exists()
    client, _answer = enter(hr.email)
    secret = add_app(client)
    # Set up is not passed: a stolen password alone could set one up.
    answer = client.get(NEW)
    way = re.search(r'href="(/accounts/2fa/reauthenticate/[^"]+)"', answer.content.decode())
    assert answer.status_code == 403 and way
    assert client.post(way[1], {"code": code_now(secret, 1)})["Location"] == NEW
    key = make(client)
    assert ask(key, "/api/v1/employees/").status_code == 200
    # Without the factor the key is worth nothing; neither is one made before it was required.
    Authenticator.objects.filter(user=hr).delete()
    assert ask(key, "/api/v1/employees/").status_code == 403


def test_who_became_hr_makes_a_new_key(employee: Employee, client_of: ClientOf, settings: Any) -> None:
    key = make(client_of(employee))
    settings.DEMO = False
    Grant.objects.create(employee=employee, role=Role.HR_ADMIN)
    Authenticator.objects.create(user=employee, type=Authenticator.Type.TOTP, data={})
    assert ask(key).status_code == 403


def test_who_set_a_factor_up_himself_passes_it_too(employee: Employee, client_of: ClientOf) -> None:
    Authenticator.objects.create(user=employee, type=Authenticator.Type.TOTP, data={})
    assert client_of(employee).get(NEW).status_code == 403
    with pytest.raises(ValidationError):
        tokens.make(employee=employee, name="x", days=7, may_change=False, second_factor=False)


def test_a_session_left_open_makes_no_key(employee: Employee, client_of: ClientOf) -> None:
    client = client_of(employee)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    answer = client.get(NEW)
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(NEW, FORM).status_code == 302 and not ApiToken.objects.exists()


# -- what it never opens ---------------------------------------------------------------------------------------------


def test_a_key_opens_no_page_and_nothing_that_asks_who_sits_there(hr: Employee, settings: Any) -> None:
    settings.DEMO = True
    _token, secret = tokens.make(employee=hr, name="x", days=7, may_change=True, second_factor=True)
    assert ask(secret, "/api/v1/employees/").status_code == 200
    pages = ("/me/data/my-data.json", "/people/", "/people/export/", "/access/", NEW, MINE, "/accounts/security/")
    for path in pages:
        answer = ask(secret, path)
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), path


def test_what_ends_keys(employee: Employee, hr: Employee) -> None:
    """A reset of the password or of the second factor: somebody else may have made them."""
    _one, first = tokens.make(employee=employee, name="x", days=7, may_change=False, second_factor=False)
    signin.reset_second_factor(employee, by=hr)
    assert ask(first).status_code == 403
    _two, second = tokens.make(employee=employee, name="x", days=7, may_change=False, second_factor=False)
    Employee.objects.filter(pk=employee.pk).update(is_active=False)
    assert ask(second).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(
    employee: Employee, client_of: ClientOf, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(employee)
    make(client)
    client.get(MINE)
    with django_assert_max_num_queries(12) as one:
        client.get(MINE)
    asked = len(one)
    make(client)
    make(client)
    with django_assert_num_queries(asked):
        client.get(MINE)


# -- the last factor -------------------------------------------------------------------------------------------------


def passed(client: Client) -> Client:
    """A session that gave its second factor just now."""
    session = client.session
    records = session["account_authentication_methods"]
    given = {"method": "mfa", "type": "webauthn", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [*records, given]
    session.save()
    return client


def passkey(user: Employee) -> Authenticator:
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "phone", "credential": {}, "passwordless": True}
    )


def test_the_last_passkey_of_hr_is_replaced_never_removed(hr: Employee, client_of: ClientOf, settings: Any) -> None:
    settings.DEMO = False
    only = passkey(hr)
    client = passed(client_of(hr))
    address = reverse("mfa_remove_webauthn", args=[only.pk])
    page = client.get(address)
    assert (
        page.status_code == 200 and "has to stay" in page.content.decode() and ">Remove<" not in page.content.decode()
    )
    assert client.post(address).status_code == 422
    assert Authenticator.objects.filter(pk=only.pk).exists()
    another = passkey(hr)
    assert ">Remove<" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert not Authenticator.objects.filter(pk=only.pk).exists()
    assert client.post(reverse("mfa_remove_webauthn", args=[another.pk])).status_code == 422


def test_an_employee_may_remove_his_last_passkey(employee: Employee, client_of: ClientOf) -> None:
    only = passkey(employee)
    assert passed(client_of(employee)).post(reverse("mfa_remove_webauthn", args=[only.pk])).status_code == 302
    assert not Authenticator.objects.filter(user=employee).exists()


def test_recovery_codes_are_no_second_factor(hr: Employee, client_of: ClientOf, settings: Any) -> None:
    settings.DEMO = False
    only = passkey(hr)
    Authenticator.objects.create(user=hr, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0})
    assert passed(client_of(hr)).post(reverse("mfa_remove_webauthn", args=[only.pk])).status_code == 422
