"""Through the door: passwords, codes by mail, second factors, locks, sessions, one-time links."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from culture.access import signin_locks, signin_mail
from culture.access.models import AuditEntry
from culture.access.organisation_models import SignInLock
from culture.people.models import Employee
from tests.conftest import PASSWORD, service_environment

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _no_requests_yet() -> None:
    cache.clear()


def enter(email: str | None, password: str = PASSWORD, client: Client | None = None, **more: Any) -> tuple[Client, Any]:
    client = client or Client(HTTP_USER_AGENT=FIREFOX)
    return client, client.post("/accounts/login/", {"login": email, "password": password}, **more)


def inside(client: Client) -> bool:
    return client.get("/accounts/security/").status_code == 200


def verbs(**filters: Any) -> list[str]:
    return list(AuditEntry.objects.filter(**filters).order_by("pk").values_list("verb", flat=True))


def code_now(secret: str, shift: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def add_app(client: Client) -> str:
    """Set an authenticator app up through its pages; returns the secret."""
    page = client.get("/accounts/2fa/totp/activate/")
    if page.status_code == 302:
        client.post(page["Location"], {"password": PASSWORD})
        page = client.get("/accounts/2fa/totp/activate/")
    secret = re.search(r'id="authenticator_secret">(\w+)<', page.content.decode())
    assert secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret[1])})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret[1]


# -- in and out ------------------------------------------------------------------------------------------------------


def test_in_and_out_is_recorded_with_the_network_and_the_device(employee: Employee) -> None:
    client, answer = enter(employee.email, REMOTE_ADDR="203.0.113.77")
    assert answer.status_code == 302
    assert inside(client)
    client.post("/accounts/logout/", REMOTE_ADDR="203.0.113.77")
    assert not inside(client)
    entries = AuditEntry.objects.filter(verb__startswith="sign-").order_by("pk")
    assert [(e.verb, e.actor_id, e.address) for e in entries] == [
        ("sign-in", employee.pk, "203.0.113.0/24"),
        ("sign-out", employee.pk, "203.0.113.0/24"),
    ]
    assert entries[0].detail == {"method": "password", "device": "Firefox on Windows"}
    assert "203.0.113.77" not in str(list(AuditEntry.objects.values()))


def test_who_left_does_not_get_in_and_is_put_out(employee: Employee) -> None:
    client, _answer = enter(employee.email)
    Employee.objects.filter(pk=employee.pk).update(left_on=timezone.localdate() - dt.timedelta(days=1))
    assert client.get("/my/training/")["Location"] == "/accounts/inactive/"
    assert "/login/" in client.get("/accounts/security/")["Location"]
    _client, answer = enter(employee.email)
    assert answer["Location"] == "/accounts/inactive/"
    assert inside(enter(employee.email)[0]) is False


def test_the_same_answer_for_an_address_nobody_has(employee: Employee) -> None:
    employee.set_unusable_password()
    employee.save()
    texts = []
    for address in (employee.email, "nobody@meridian.test"):
        answer = enter(address, "wrong-password")[1]
        texts.append(re.sub(r"csrfmiddlewaretoken.*?>|value=\"[^\"]*\"", "", answer.content.decode()))
        client = Client()
        answer = client.post("/accounts/login/code/", {"email": address})
        assert answer["Location"] == "/accounts/login/code/confirm/"
        answer = Client().post("/accounts/password/reset/", {"email": address})
        assert answer["Location"] == "/accounts/password/reset/done/"
    assert texts[0] == texts[1]
    signin_mail.wait()
    assert {m.to[0] for m in mail.outbox} == {employee.email}


def test_a_code_by_mail_for_who_has_no_password(employee: Employee) -> None:
    employee.set_unusable_password()
    employee.save()
    client = Client()
    client.post("/accounts/login/code/", {"email": employee.email})
    signin_mail.wait()
    [sent] = mail.outbox
    assert sent.from_email == django_settings.DEFAULT_FROM_EMAIL
    code = re.search(r"^([A-Z0-9-]{6,})$", sent.body, re.M)
    assert code, sent.body
    assert client.post("/accounts/login/code/confirm/", {"code": "WRONG1"}).status_code == 200
    assert verbs(subject=f"employee:{employee.pk}") == ["sign-in.failed"]
    client.post("/accounts/login/code/confirm/", {"code": code[1]})
    assert inside(client)
    assert AuditEntry.objects.get(verb="sign-in").detail["method"] == "code"
    # It works once.
    other = Client()
    other.post("/accounts/login/code/confirm/", {"code": code[1]})
    assert not inside(other)


def test_a_mail_server_that_is_down_tells_nothing(employee: Employee, settings: Any, caplog: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client = Client()
    assert client.post("/accounts/login/code/", {"email": employee.email}).status_code == 302
    signin_mail.wait()
    assert "ConnectionRefusedError" in caplog.text
    assert employee.email and employee.email not in caplog.text


def test_an_address_hr_took_away_opens_nothing(employee: Employee) -> None:
    EmailAddress.objects.create(user=employee, email="old@meridian.test", verified=True, primary=True)
    for path, field in (("/accounts/login/code/", "email"), ("/accounts/password/reset/", "email")):
        EmailAddress.objects.update_or_create(user=employee, email="old@meridian.test", defaults={"verified": True})
        Client().post(path, {field: "old@meridian.test"})
    signin_mail.wait()
    assert mail.outbox == []
    EmailAddress.objects.create(user=employee, email="old@meridian.test", verified=True, primary=True)
    assert not inside(enter("old@meridian.test")[0])


# -- locks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dt.timedelta]]:
    """``clock[0]`` is how far the locks' clock is ahead."""
    ahead = [dt.timedelta()]
    real = timezone.now

    class Moved:
        now = staticmethod(lambda: real() + ahead[0])

        def __getattr__(self, name: str) -> Any:
            return getattr(timezone, name)

    for module in ("config.accounts", "culture.access.signin_forms"):
        monkeypatch.setattr(f"{module}.timezone", Moved())
    yield ahead


def test_five_wrong_passwords_lock_the_account_for_a_while(employee: Employee, clock: list[dt.timedelta]) -> None:
    for n in range(5):
        answer = enter(employee.email, f"wrong-{n}", REMOTE_ADDR=f"10.0.{n}.1")[1]
        assert "not correct" in answer.content.decode()
    client, answer = enter(employee.email, REMOTE_ADDR="10.9.9.9")
    assert "Too many failed attempts. Try again in 15 minutes" in answer.content.decode()
    assert f'value="{employee.email}"' in answer.content.decode()
    assert not inside(client)
    assert verbs(subject=f"employee:{employee.pk}") == ["sign-in.failed"] * 5 + ["sign-in.locked"]
    clock[0] = dt.timedelta(minutes=14)
    assert "in 1 minute" in enter(employee.email)[1].content.decode()
    clock[0] = dt.timedelta(minutes=16)
    assert inside(enter(employee.email)[0])
    assert not SignInLock.objects.filter(key=signin_locks.key_of("account", employee.email or "")).exists()


def test_the_second_lock_lasts_twice_as_long(employee: Employee, clock: list[dt.timedelta]) -> None:
    for n in range(5):
        enter(employee.email, f"wrong-{n}")
    clock[0] = dt.timedelta(minutes=16)
    for n in range(5):
        enter(employee.email, f"wrong-{n}")
    assert "Try again in 30 minutes" in enter(employee.email)[1].content.decode()


def test_an_address_nobody_has_is_locked_alike_and_leaves_no_trace() -> None:
    for n in range(5):
        enter("nobody@meridian.test", f"wrong-{n}")
    assert "Too many failed attempts" in enter("nobody@meridian.test")[1].content.decode()
    assert "nobody" not in str(list(SignInLock.objects.values())) + str(list(AuditEntry.objects.values()))


def test_a_network_that_guesses_at_many_accounts_is_locked(employee: Employee, monkeypatch: Any) -> None:
    monkeypatch.setitem(signin_locks.LIMITS, "network", 6)
    for n in range(6):
        enter(f"guess{n}@meridian.test", "wrong", REMOTE_ADDR="198.51.100.7")
    assert "from your network" in enter(employee.email, REMOTE_ADDR="198.51.100.7")[1].content.decode()
    assert inside(enter(employee.email, REMOTE_ADDR="198.51.100.8")[0])
    assert verbs(verb="sign-in.network_locked") == ["sign-in.network_locked"]


def test_own_good_sign_ins_do_not_wash_a_networks_guesses_away(employee: Employee, monkeypatch: Any) -> None:
    monkeypatch.setitem(signin_locks.LIMITS, "network", 4)
    for n in range(4):
        enter(f"guess{n}@meridian.test", "wrong")
        enter(employee.email)
    assert "from your network" in enter(employee.email)[1].content.decode()


def test_behind_a_proxy_the_visitor_is_locked_not_the_proxy(
    employee: Employee, settings: Any, monkeypatch: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setitem(signin_locks.LIMITS, "network", 2)
    for n in range(2):
        enter(f"guess{n}@meridian.test", "wrong", HTTP_X_FORWARDED_FOR="192.0.2.1, 198.51.100.7")
    assert "network" in enter(employee.email, HTTP_X_FORWARDED_FOR="9.9.9.9, 198.51.100.7")[1].content.decode()
    assert inside(enter(employee.email, HTTP_X_FORWARDED_FOR="198.51.100.7, 198.51.100.9")[0])


@pytest.mark.django_db(transaction=True)
def test_processes_share_one_lock(employee: Employee) -> None:
    """Two other processes fail at the door, and this one finds it locked."""
    script = (
        "import os,django;django.setup();from django.test import Client;"
        f"[Client().post('/accounts/login/',{{'login':'{employee.email}','password':'wrong'}}) for n in range(3)]"
    )
    environment = service_environment(SECRET_KEY=django_settings.SECRET_KEY, DEMO="yes", DEBUG="yes")
    running = [
        subprocess.Popen([sys.executable, "-c", script], env=environment, cwd=django_settings.BASE_DIR)
        for _n in range(2)
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert "Too many failed attempts" in enter(employee.email)[1].content.decode()
    assert verbs(verb="sign-in.failed") == ["sign-in.failed"] * 5


def test_a_lock_ends_by_command_and_by_a_new_password(employee: Employee, capsys: Any) -> None:
    for n in range(5):
        enter(employee.email, f"wrong-{n}")
    call_command("sign_in_link", employee.number, "--unlock")
    assert inside(enter(employee.email)[0])
    for n in range(5):
        enter(employee.email, f"wrong-{n}")
    Client().post("/accounts/password/reset/", {"email": employee.email})
    signin_mail.wait()
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link
    client = Client()
    page = client.get(link[1])["Location"]
    client.post(page, {"password1": "another-long-one", "password2": "another-long-one"})
    assert inside(enter(employee.email, "another-long-one")[0])
    assert "password.reset" in verbs(subject=f"employee:{employee.pk}")


# -- second factor ---------------------------------------------------------------------------------------------------


def test_an_authenticator_app_and_its_recovery_codes(
    employee: Employee, django_capture_on_commit_callbacks: Any
) -> None:
    client, _answer = enter(employee.email)
    with django_capture_on_commit_callbacks(execute=True):
        secret = add_app(client)
    stored = Authenticator.objects.get(user=employee, type="totp").data["secret"]
    assert secret not in stored, "the secret must not lie open in the database"
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    assert len(codes) == 10
    other, answer = enter(employee.email)
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert not inside(other)
    assert "Incorrect code" in other.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    other.post("/accounts/2fa/authenticate/", {"code": code_now(secret, 1)})
    assert inside(other)
    for n, works in ((0, True), (0, False), (1, True)):
        again, _answer = enter(employee.email)
        again.post("/accounts/2fa/authenticate/", {"code": codes[n]})
        assert inside(again) is works
    assert verbs(verb__startswith="mfa") == ["mfa.added", "mfa.added"]
    methods = [entry.detail["method"] for entry in AuditEntry.objects.filter(verb="sign-in").order_by("pk")]
    assert methods == ["password", "password + totp", "password + recovery_codes", "password + recovery_codes"]
    signin_mail.wait()
    assert [m.to for m in mail.outbox] == [[employee.email]], "told by mail that a second factor was added"


def test_wrong_codes_lock_the_second_factor(employee: Employee, clock: list[dt.timedelta]) -> None:
    client, _answer = enter(employee.email)
    secret = add_app(client)
    for _n in range(5):
        other, _answer = enter(employee.email)
        other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = other.post("/accounts/2fa/authenticate/", {"code": code_now(secret, 1)})
    assert "Too many wrong codes. Try again in 15 minutes" in answer.content.decode()
    assert not inside(other)
    assert "sign-in.locked" in verbs(subject=f"employee:{employee.pk}")
    clock[0] = dt.timedelta(minutes=16)
    other, _answer = enter(employee.email)
    other.post("/accounts/2fa/authenticate/", {"code": code_now(secret, 1)})
    assert inside(other)


def test_after_a_changed_secret_key_codes_are_wrong_and_nothing_breaks(employee: Employee, settings: Any) -> None:
    client, _answer = enter(employee.email)
    secret = add_app(client)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" * 8
    other, _answer = enter(employee.email)
    assert "Incorrect" in other.post("/accounts/2fa/authenticate/", {"code": code_now(secret, 1)}).content.decode()
    settings.SECRET_KEY_FALLBACKS = [old]
    other, _answer = enter(employee.email)
    other.post("/accounts/2fa/authenticate/", {"code": code_now(secret, 1)})
    assert inside(other)


def test_an_hr_admin_without_second_factor_sees_nothing_but_its_page(hr: Employee, settings: Any) -> None:
    client, _answer = enter(hr.email)
    assert client.get("/people/").status_code == 200, "optional in demo mode"
    settings.DEMO = False
    for path in ("/", "/people/", "/audit/", "/organisation/", "/admin/"):
        assert client.get(path)["Location"] == "/accounts/security/", path
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "second_factor_missing"
    assert b"One thing first: a second factor" in client.get("/accounts/security/").content
    secret = add_app(client)
    assert client.get("/people/").status_code == 200
    # The last one cannot be switched off.
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert b"It has to stay" in answer.content
    assert Authenticator.objects.filter(user=hr, type="totp").exists()
    other, _answer = enter(hr.email)
    assert other.get("/people/").status_code == 302
    other.post("/accounts/2fa/authenticate/", {"code": code_now(secret, 1)})
    assert other.get("/people/").status_code == 200


def test_others_need_no_second_factor(hr: Employee, employee: Employee, manager: Employee, settings: Any) -> None:
    settings.DEMO = False
    for person in (employee, manager):
        client, _answer = enter(person.email)
        assert client.get("/my/training/").status_code == 200
