"""Sessions and their end, one-time links, and the pages that are not ours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from culture.access import signin, signin_mail
from culture.access.models import AuditEntry
from culture.access.organisation_models import SignInLink
from culture.people.models import Employee
from tests.conftest import PASSWORD, make_person
from tests.culture.test_signin import add_app, enter, inside, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_requests_yet() -> None:
    cache.clear()


# -- sessions --------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_by_their_owner_only(employee: Employee, stranger: Employee) -> None:
    here, _answer = enter(employee.email)
    there, _answer = enter(employee.email, client=Client(HTTP_USER_AGENT="iPhone Safari/1"), REMOTE_ADDR="203.0.113.9")
    page = here.get("/accounts/security/").content.decode()
    assert "Firefox on Windows" in page and "Safari on iPhone" in page and "203.0.113.*" in page
    assert "203.0.113.9" not in page + str(list(UserSession.objects.values()))
    session = UserSession.objects.get(user=employee, ip="203.0.113.0")
    other, _answer = enter(stranger.email)
    assert other.post(f"/accounts/security/sessions/{session.pk}/end/").status_code == 404
    assert other.post("/accounts/security/sessions/end-others/").status_code == 302
    assert inside(there)
    here.post(f"/accounts/security/sessions/{session.pk}/end/")
    assert not inside(there) and inside(here)
    assert here.get(f"/accounts/security/sessions/{session.pk}/end/").status_code == 405


def test_the_list_asks_the_database_alike_for_one_and_three(
    employee: Employee, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    here, _answer = enter(employee.email)
    here.get("/accounts/security/")
    with django_assert_max_num_queries(20) as context:
        here.get("/accounts/security/")
    one = len(context)
    others = [enter(employee.email)[0] for _n in range(3)]
    with django_assert_num_queries(one):
        assert here.get("/accounts/security/").content.count(b"Firefox on Windows") >= 4
    assert all(inside(client) for client in others)


def test_a_session_that_opens_nothing_more_is_not_listed(employee: Employee) -> None:
    here, _answer = enter(employee.email)
    gone, _answer = enter(employee.email)
    gone.session.flush()
    stale, _answer = enter(employee.email)
    session = stale.session
    session["_auth_user_hash"] = "of another password"
    session.save()
    late, _answer = enter(employee.email)
    Session.objects.filter(pk=late.session.session_key).update(expire_date=timezone.now())
    rows = signin.sessions_of(employee, current=here.session.session_key)
    assert [row["current"] for row in rows] == [True]
    assert UserSession.objects.filter(user=employee).count() == 1


def test_a_new_password_ends_the_sessions_elsewhere(employee: Employee) -> None:
    here, _answer = enter(employee.email)
    there, _answer = enter(employee.email)
    fields = {"oldpassword": PASSWORD, "password1": "a-quite-new-password", "password2": "a-quite-new-password"}
    answer = here.post("/accounts/password/change/", fields)
    assert answer["Location"] == "/accounts/security/"
    assert inside(here) and not inside(there)
    assert UserSession.objects.filter(user=employee).count() == 1
    assert "password.changed" in verbs(actor=employee.pk)
    signin_mail.wait()
    assert [m.to for m in mail.outbox] == [[employee.email]]


def test_a_session_notes_when_it_was_last_used_by_the_quarter_hour(employee: Employee) -> None:
    client, _answer = enter(employee.email)
    UserSession.objects.update(last_seen_at=timezone.localtime() - dt.timedelta(days=3))
    client.get("/accounts/security/")
    assert UserSession.objects.get().last_seen_at > timezone.now() - dt.timedelta(minutes=1)
    UserSession.objects.update(last_seen_at=timezone.localtime() - dt.timedelta(days=3))
    client.get("/accounts/security/")
    assert UserSession.objects.get().last_seen_at < timezone.localtime() - dt.timedelta(days=2)


# -- one-time links --------------------------------------------------------------------------------------------------


@pytest.fixture
def without_mail(units: Any) -> Employee:
    person = make_person("Z1", units["Branch A"], given_name="Zoe", family_name="Nomail")
    Employee.objects.filter(pk=person.pk).update(email=None)
    person.refresh_from_db()
    person.set_unusable_password()
    person.save()
    return person


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_a_one_time_link_signs_in_once(hr: Employee, without_mail: Employee) -> None:
    path = path_of(signin.one_time_link(without_mail, by=hr))
    assert b"Hello Zoe" in Client().get(path).content
    client = Client()
    client.get(path)
    client.post(path)
    assert inside(client)
    assert b"So that you can come back" in client.get("/accounts/security/").content
    late = Client()
    assert late.post(path).status_code == 410
    assert not inside(late)
    assert path.split("/")[-2] not in str(list(SignInLink.objects.values()) + list(AuditEntry.objects.values()))
    assert verbs(subject=f"employee:{without_mail.pk}") == ["sign-in.link_made", "sign-in"]


def test_a_link_runs_out_and_is_replaced(hr: Employee, without_mail: Employee) -> None:
    first = path_of(signin.one_time_link(without_mail, by=hr))
    second = path_of(signin.one_time_link(without_mail, by=hr))
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    SignInLink.objects.update(
        created_at=timezone.now() - dt.timedelta(hours=25), expires_at=timezone.now() - dt.timedelta(seconds=1)
    )
    assert Client().post(second).status_code == 410


def test_whom_hr_cannot_make_a_link_for(
    hr: Employee, manager: Employee, employee: Employee, without_mail: Employee, executive: Employee
) -> None:
    for by, whom in ((hr, employee), (hr, executive), (manager, without_mail), (employee, without_mail)):
        with pytest.raises(ValidationError):
            signin.one_time_link(whom, by=by)
    Employee.objects.filter(pk=executive.pk).update(email=None)
    executive.refresh_from_db()
    with pytest.raises(ValidationError, match="more rights"):
        signin.one_time_link(executive, by=hr)
    Employee.objects.filter(pk=without_mail.pk).update(left_on=dt.date(2021, 1, 1))
    without_mail.refresh_from_db()
    with pytest.raises(ValidationError, match="not here any more"):
        signin.one_time_link(without_mail, by=hr)
    assert not SignInLink.objects.exists()


def test_the_operator_helps_who_lost_the_second_factor(hr: Employee, capsys: Any) -> None:
    client, _answer = enter(hr.email)
    add_app(client)
    call_command("sign_in_link", hr.number, "--reset-second-factor")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert not Authenticator.objects.filter(user=hr).exists()
    assert not inside(client)
    fresh = Client()
    fresh.post(path_of(link))
    assert inside(fresh)
    with pytest.raises(CommandError, match="Nobody employed"):
        call_command("sign_in_link", "no-such-number")


# -- the rest --------------------------------------------------------------------------------------------------------


def test_pages_of_allauth_that_are_not_ours_lead_to_ours(employee: Employee) -> None:
    client, _answer = enter(employee.email)
    for path in ("/accounts/email/", "/accounts/2fa/", "/accounts/2fa/webauthn/"):
        assert client.get(path)["Location"] == "/accounts/security/", path
    assert client.post("/accounts/email/", {"email": "x@x.example", "action_add": ""}).status_code in {302, 405}
    assert not EmailAddress.objects.filter(email="x@x.example").exists()


def test_too_many_requests_for_codes_are_refused_in_words(employee: Employee) -> None:
    answers = [Client().post("/accounts/login/code/", {"email": employee.email}) for _n in range(6)]
    assert [a.status_code for a in answers[:5]] == [302] * 5
    assert "Too many attempts. Try again in ten minutes." in answers[5].content.decode()
