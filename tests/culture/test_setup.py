"""The first start: nothing answers until one browser went through it by the link."""

from __future__ import annotations

import datetime as dt
import smtplib
import socket
import ssl
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from culture.access import organisation, setup, setup_mail, signin
from culture.access.models import AuditEntry, Grant, Role
from culture.access.organisation_models import Organisation, SetupLink
from culture.access.signin_checks import signin_is_safe
from culture.people.models import Employee
from surveys.waves.forms import SeriesForm

pytestmark = pytest.mark.django_db
ABOUT = {"name": "Aurora Hotels", "languages": ["it", "fr"], "language": "it", "time_zone": "Europe/Paris"}
SENDER = {"sender_name": "Aurora", "sender_address": "people@aurora.example", "to": "me@aurora.example"}
ADMIN = {
    "given_name": "Ada",
    "family_name": "Rossi",
    "email": "Ada@Aurora.example",
    "number": "",
    "password1": "a-long-first-password",
    "password2": "a-long-first-password",
}


@pytest.fixture(autouse=True)
def _real(settings: Any) -> None:
    settings.DEMO = False
    organisation.forget()


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def taken(client: Client | None = None) -> Client:
    client = client or Client()
    answer = client.post(path_of(setup.new_link(now=timezone.now())))
    assert answer["Location"] == "/setup/"
    return client


def through_to(step: str) -> Client:
    client = taken()
    organisation.save(by=None, step="organisation", **ABOUT)
    if step in {"privacy", "admin"}:
        organisation.save(by=None, step="mail", sender_name="Aurora", sender_address="people@aurora.example")
    if step == "admin":
        organisation.save(by=None, step="privacy", k=7)
    organisation.forget()
    return client


def test_until_then_nothing_else_answers() -> None:
    client = Client()
    for path in ("/", "/accounts/login/", "/people/", "/s/abc/", "/admin/", "/demo/mailbox/", "/setup/", "/nowhere"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert b"This Trivium is not set up yet" in answer.content
        assert answer["Retry-After"] == "600" if path != "/setup/" else True
    answer = client.post("/api/v1/waves/", {})
    assert answer.status_code == 503
    assert answer.json() == {
        "error": {"code": "not_set_up", "message": "This Trivium is not set up yet.", "fields": {}}
    }
    assert client.get("/healthz").status_code == 200
    assert "database" in client.get("/readyz").json()
    assert client.post("/accounts/login/", {"login": "a@b.example", "password": "x"}).status_code == 503


def test_demo_mode_and_installations_with_an_hr_admin_are_set_up(settings: Any, hr: Employee) -> None:
    assert organisation.is_set_up()
    assert Client().get("/accounts/login/").status_code == 200
    Grant.objects.update(ended_at=timezone.now())
    organisation.forget()
    assert organisation.is_set_up(), "an installation whose HR admin's role ended is not free for the taking"
    Grant.objects.all().delete()
    organisation.forget()
    assert not organisation.is_set_up()
    settings.DEMO = True
    assert organisation.is_set_up()


def test_a_link_works_once_and_a_look_does_not_use_it() -> None:
    link = setup.new_link(now=timezone.now())
    path = path_of(link)
    assert path.split("/")[-2] not in str(list(SetupLink.objects.values()))
    for _n in range(3):
        assert b"Begin" in Client().get(path).content
    first, second = Client(), Client()
    assert first.post(path)["Location"] == "/setup/"
    assert second.post(path).status_code == 410
    assert second.get("/setup/organisation/").status_code == 503
    assert first.get("/setup/organisation/").status_code == 200
    # Coming back to the link in the browser that took it goes on.
    assert first.get(path)["Location"] == "/setup/"


def test_a_link_runs_out_and_a_new_one_ends_the_old() -> None:
    old = path_of(setup.new_link(now=timezone.now()))
    new = path_of(setup.new_link(now=timezone.now()))
    assert Client().post(old).status_code == 410
    late = path_of(setup.new_link(now=timezone.now() - dt.timedelta(hours=25)))
    assert Client().post(new).status_code == 410
    assert Client().post(late).status_code == 410
    assert b"does not count any more" in Client().get(late).content


def test_a_start_offers_a_new_link_but_does_not_interrupt(caplog: Any) -> None:
    first = setup.announce()
    assert first in caplog.text
    assert setup.announce() == "", "several processes of one start log one link"
    client = Client()
    client.post(path_of(first))
    SetupLink.objects.update(created_at=timezone.now() - dt.timedelta(minutes=5))
    second = setup.announce()
    assert second and client.get("/setup/organisation/").status_code == 200
    Client().post(path_of(second))
    assert client.get("/setup/organisation/").status_code == 503


def test_the_command_prints_a_link_and_ends_all_others(capsys: Any, hr: Employee, settings: Any) -> None:
    with pytest.raises(CommandError, match="set up already"):
        call_command("setup")
    Grant.objects.all().delete()
    organisation.forget()
    under_way = taken()
    call_command("setup")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert under_way.get("/setup/organisation/").status_code == 503
    assert Client().post(path_of(link)).status_code == 302
    settings.DEMO = True
    with pytest.raises(CommandError, match="Demo mode"):
        call_command("setup")


def test_the_whole_way(smtp_sink: Any) -> None:
    client = taken()
    assert client.get("/setup/")["Location"] == "/setup/organisation/"
    assert client.post("/setup/organisation/", ABOUT)["Location"] == "/setup/mail/"
    assert client.post("/setup/mail/", {"action": "next"})["Location"] == "/setup/mail/"
    client.post("/setup/mail/", {**SENDER, "action": "test"})
    assert b"took the test mail to me@aurora.example" in client.get("/setup/mail/").content
    assert smtp_sink.recipients == ["me@aurora.example"]
    assert smtp_sink.messages[0]["from"] == "Aurora <people@aurora.example>"
    assert client.post("/setup/mail/", {"action": "next"})["Location"] == "/setup/privacy/"
    # Left and resumed.
    assert client.get("/setup/")["Location"] == "/setup/privacy/"
    assert client.post("/setup/privacy/", {"k": "7"})["Location"] == "/setup/admin/"
    answer = client.post("/setup/admin/", ADMIN)
    assert answer["Location"] == "/accounts/security/"
    ada = Employee.objects.get(email="ada@aurora.example")
    assert (ada.number, ada.language, ada.time_zone) == ("HR-1", "it", "Europe/Paris")
    assert Grant.objects.hr_admins().in_force().get().employee == ada
    # Signed in, and nothing but the second factor is open; the password need not be typed again for it.
    assert client.get("/people/")["Location"] == "/accounts/security/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    assert not SetupLink.objects.exists()
    assert client.get("/setup/").status_code == 302 and Client().get("/setup/admin/")["Location"] == "/accounts/login/"
    html = Client().get("/accounts/login/").content.decode()
    assert "Aurora Hotels" in html
    assert list(AuditEntry.objects.filter(verb="setup.finished").values_list("actor", flat=True)) == [ada.pk]


def test_steps_keep_what_was_typed_and_say_what_is_wrong() -> None:
    client = taken()
    answer = client.post("/setup/organisation/", {**ABOUT, "language": "en", "time_zone": "Mars/Base"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "must be one of the languages chosen above" in html and "Aurora Hotels" in html
    assert not Organisation.objects.exists()
    client = through_to("admin")
    answer = client.post("/setup/admin/", {**ADMIN, "password2": "different-password"})
    assert "not the same" in answer.content.decode() and 'value="Ada"' in answer.content.decode()
    answer = client.post("/setup/admin/", {**ADMIN, "password1": "short", "password2": "short"})
    assert "too short" in answer.content.decode()
    assert not Employee.objects.exists()
    assert client.post("/setup/privacy/", {"k": "3"}).status_code == 422


def test_the_last_step_does_not_come_first() -> None:
    client = taken()
    assert client.post("/setup/admin/", ADMIN)["Location"] == "/setup/organisation/"
    assert not Employee.objects.exists()


def test_a_failed_test_mail_is_explained_and_may_be_passed_by_a_decision(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    client = through_to("mail")
    client.post("/setup/mail/", {**SENDER, "action": "test"})
    html = client.get("/setup/mail/").content.decode()
    assert "Nobody listens at 127.0.0.1:1" in html
    assert "me@aurora.example" in html and "people@aurora.example" in html
    assert client.post("/setup/mail/", {"action": "next"})["Location"] == "/setup/mail/"
    assert client.post("/setup/mail/", {"action": "without"})["Location"] == "/setup/privacy/"


def test_a_refusing_mail_server_is_quoted(smtp_sink: Any) -> None:
    smtp_sink.refuse = lambda address: "550 No such user here"
    said = setup_mail.send_test(to="x@y.example", sender="a@b.example", name="Aurora")
    assert "refused the address" in said and "550 No such user here" in said


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 bad credentials"), "user name and password"),
        (smtplib.SMTPSenderRefused(553, b"not yours", "a@b.example"), "does not let us write as this sender"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), "smtps://"),
        (smtplib.SMTPServerDisconnected("gone"), "ended the connection"),
        (smtplib.SMTPDataError(554, b"spam"), "554 spam"),
        (socket.gaierror(-2, "unknown"), "no server named"),
        (TimeoutError(), "did not answer in time"),
        (ssl.SSLCertVerificationError("self-signed"), "certificate"),
        (OSError("unreachable"), "cannot be reached"),
    ],
)
def test_what_goes_wrong_with_mail_in_words(error: Exception, says: str, settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.aurora.example", 587
    assert says in setup_mail.explain(error)


def test_somebody_imported_before_becomes_hr_admin(units: Any, stranger: Employee) -> None:
    client = through_to("admin")
    answer = client.post("/setup/admin/", {**ADMIN, "email": stranger.email.upper() if stranger.email else ""})
    assert answer["Location"] == "/accounts/security/"
    assert Grant.objects.get(role=Role.HR_ADMIN).employee == stranger
    assert Employee.objects.count() == 1
    stranger.refresh_from_db()
    assert stranger.check_password(ADMIN["password1"])


def test_a_leaver_or_a_taken_number_is_refused(stranger: Employee) -> None:
    client = through_to("admin")
    answer = client.post("/setup/admin/", {**ADMIN, "number": stranger.number})
    assert "has this employee number already" in answer.content.decode()
    Employee.objects.filter(pk=stranger.pk).update(left_on=dt.date(2021, 1, 1))
    answer = client.post("/setup/admin/", {**ADMIN, "email": stranger.email})
    assert "has left" in answer.content.decode()
    assert not Grant.objects.exists() and not organisation.is_set_up()


def test_of_two_who_finish_one_does(units: Any) -> None:
    client = through_to("admin")
    visit = client.session["setup_visit"]
    data = {"given_name": "A", "family_name": "B", "number": "", "email": "a@aurora.example", "password": "x" * 12}
    setup.finish(visit=visit, now=timezone.now(), **data)
    with pytest.raises(Exception, match="does not count any more"):
        setup.finish(visit=visit, now=timezone.now(), **{**data, "email": "b@aurora.example"})
    assert Employee.objects.count() == 1


# -- the page for later ----------------------------------------------------------------------------------------------

LATER = {**ABOUT, "sender_name": "Aurora", "sender_address": "people@aurora.example", "k": "10"}


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True


def test_hr_changes_the_settings_and_it_is_recorded(demo: None, hr: Employee, client_of: Any, smtp_sink: Any) -> None:
    client = client_of(hr)
    assert client.get("/organisation/").status_code == 200
    answer = client.post("/organisation/", {**LATER, "action": "test"}, follow=True)
    assert b"took the test mail" in answer.content and b"Aurora Hotels" in answer.content
    assert smtp_sink.messages[0]["from"] == "Aurora <people@aurora.example>"
    entry = AuditEntry.objects.get(verb="organisation.changed")
    assert entry.actor_id == hr.pk and entry.detail["k"] == [5, 10]
    client.post("/organisation/", LATER)
    assert AuditEntry.objects.filter(verb="organisation.changed").count() == 1, "nothing changed, nothing noted"


def test_a_wrong_setting_changes_nothing(demo: None, hr: Employee, client_of: Any) -> None:
    answer = client_of(hr).post("/organisation/", {**LATER, "name": "", "k": "4"})
    assert answer.status_code == 422
    assert b"people@aurora.example" in answer.content
    assert not Organisation.objects.exists()
    too_long = client_of(hr).post("/organisation/", {**LATER, "name": "x" * 121})
    assert too_long.status_code == 422


def test_who_may_not(demo: None, manager: Employee, executive: Employee, units: Any, client_of: Any) -> None:
    for person in (manager, executive):
        assert client_of(person).get("/organisation/").status_code == 403
        assert client_of(person).post("/organisation/", LATER).status_code == 403
    Grant.objects.create(employee=manager, role=Role.HR_ADMIN, unit=units["Retail"])
    assert client_of(manager).post("/organisation/", LATER).status_code == 403
    assert "/login/" in client_of(None).get("/organisation/")["Location"]
    assert not Organisation.objects.exists()


def test_new_series_propose_the_organisations_k(demo: None, hr: Employee) -> None:
    organisation.save(by=hr, k=7)
    organisation.forget()
    assert SeriesForm(today=timezone.localdate())["k"].value() == 7


def test_settings_are_read_once_for_many_pages(demo: None, django_assert_num_queries: Any) -> None:
    organisation.forget()
    with django_assert_num_queries(1):
        for _n in range(20):
            organisation.current()


def test_the_database_keeps_one_row_with_an_allowed_k() -> None:
    for wrong in ({"pk": 2}, {"k": 4}, {"set_up_at": timezone.now()}):
        with pytest.raises(Exception, match="organisation_"):
            with transaction.atomic():
                Organisation.objects.create(**wrong)


def test_the_checks_for_a_deployment(settings: Any) -> None:
    settings.DEMO, settings.BASE_URL = True, "http://localhost:8000"
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN, settings.ALLAUTH_TRUSTED_PROXY_COUNT = True, 0
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "mail.aurora.example", False, False
    found = {message.id for message in signin_is_safe(None)}
    assert {"trivium.E001", "trivium.E002", "trivium.W001", "trivium.W002", "trivium.W003", "trivium.W004"} == found
    settings.DEMO, settings.BASE_URL, settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False, "https://t.example", False
    settings.ALLAUTH_TRUSTED_PROXY_COUNT, settings.EMAIL_USE_TLS = 1, True
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    assert signin_is_safe(None) == []


def test_who_must_have_a_second_factor(settings: Any, hr: Employee, employee: Employee) -> None:
    assert signin.must_have_second_factor(hr) and not signin.must_have_second_factor(employee)
    employee.is_staff = True
    assert signin.must_have_second_factor(employee)
    settings.DEMO = True
    assert not signin.must_have_second_factor(hr)
