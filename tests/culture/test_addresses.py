"""An address somebody else changed: the old one is told, sessions end, and no mail to the new one opens a role."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from culture.access import address_mail, addresses, signin, signin_mail
from culture.access import tick as access_tick
from culture.access.address_models import AddressChange
from culture.access.models import AuditEntry, Grant, Role
from culture.people import importing, memberships, undoing
from culture.people.models import Employee, Unit
from tests.conftest import PASSWORD, make_person
from tests.culture.test_signin import enter, inside, verbs

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Employee | None], Client]


@pytest.fixture(autouse=True)
def _no_requests_yet() -> None:
    cache.clear()


@pytest.fixture
def second(units: dict[str, Unit]) -> Employee:
    """Another HR admin, for a month already."""
    person = make_person("HR2", units["Services"], given_name="Henri", family_name="Blanc")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    Grant.objects.update(granted_at=timezone.localtime() - dt.timedelta(days=30))
    return person


def details(person: Employee, **more: Any) -> dict[str, Any]:
    """The form “Correct data” as it stands, with ``more``."""
    return {
        "number": person.number, "given_name": person.given_name, "family_name": person.family_name,
        "email": person.email or "", "hired_on": "2020-01-01", "language": person.language,
        "time_zone": person.time_zone, "kind": person.kind, **more,
    }  # fmt: skip


def change(client: Client, person: Employee, email: str) -> None:
    answer = client.post(f"/people/{person.pk}/do/correct/", details(person, email=email))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    person.refresh_from_db()
    assert (person.email or "") == email


def ask_for_code(email: str) -> tuple[Client, str]:
    """What the sign-in page says, and the code that came by mail ('' for none)."""
    mail.outbox.clear()
    client = Client()
    answer = client.post("/accounts/login/code/", {"email": email})
    assert answer.status_code == 302 and answer["Location"] == "/accounts/login/code/confirm/"
    signin_mail.wait()
    found = re.search(r"^([A-Z0-9-]{5,})$", mail.outbox[0].body, re.M) if mail.outbox else None
    return client, found[1] if found else ""


# -- the old address -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "was changed"), ("it", "è stato cambiato"), ("ro", "a fost schimbată"), ("zh-hans", "已更改"),
     ("fr", "a été modifiée"), ("de", "was changed"), ("zh-hant", "已更改")],
)  # fmt: skip
def test_the_old_address_is_told_in_the_persons_language(
    hr: Employee, second: Employee, employee: Employee, client_of: ClientOf, language: str, words: str
) -> None:
    Employee.objects.filter(pk=employee.pk).update(language=language)
    employee.refresh_from_db()
    old = employee.email
    change(client_of(hr), employee, "new@meridian.test")
    mail.outbox.clear()
    access_tick.tick(now=timezone.now())
    access_tick.tick(now=timezone.now())
    (notice,) = mail.outbox
    assert notice.to == [old] and words in notice.subject
    assert "Hanna Rossi" in notice.body, "who did it"
    assert "Henri Blanc <hr2@meridian.test>" in notice.body, "whom to ask: not only who did it"
    assert "<hr1@meridian.test>" not in notice.body
    assert "new@meridian.test" not in notice.subject + notice.body
    assert not re.search(r"[{}]", notice.body)
    row = AddressChange.objects.get()
    assert (row.notice, row.old_address) == ("sent", old), "kept while somebody has to judge the change"


def test_an_old_address_is_not_kept_for_ever(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    change(client_of(hr), employee, "new@meridian.test")
    now = timezone.now()
    access_tick.tick(now=now)
    access_tick.tick(now=now + dt.timedelta(days=89))
    assert AddressChange.objects.get().old_address
    access_tick.tick(now=now + dt.timedelta(days=91))
    row = AddressChange.objects.get()
    assert (row.old_address, row.settled) == ("", ""), "should he get a role, the address still has to be confirmed"


def test_an_address_that_bounces_is_tried_no_more_and_a_busy_server_again(
    hr: Employee, employee: Employee, client_of: ClientOf, smtp_sink: Any
) -> None:
    change(client_of(hr), employee, "new@meridian.test")
    now = timezone.now()
    smtp_sink.refuse = lambda address: "451 later"
    access_tick.tick(now=now)
    row = AddressChange.objects.get()
    assert row.notice == "due" and row.notice_after and row.notice_after > now
    smtp_sink.refuse = lambda address: "550 nobody here"
    access_tick.tick(now=now + dt.timedelta(hours=1))
    row.refresh_from_db()
    assert row.notice == "failed" and smtp_sink.messages == []


def test_a_notice_waits_while_the_mail_server_is_away(
    hr: Employee, employee: Employee, client_of: ClientOf, settings: Any
) -> None:
    change(client_of(hr), employee, "new@meridian.test")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    now = timezone.now()
    access_tick.tick(now=now)
    assert AddressChange.objects.get().notice == "due"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    access_tick.tick(now=now)
    assert AddressChange.objects.get().notice == "due", "claimed for a while"
    access_tick.tick(now=now + dt.timedelta(minutes=16))
    assert AddressChange.objects.get().notice == "sent"


# -- what ends at once -----------------------------------------------------------------------------------------------


def test_sessions_and_links_end_and_the_trail_says_it(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    there, _answer = enter(employee.email)
    assert inside(there)
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": employee.email})
    signin_mail.wait()
    reset = re.search(r"https?://\S+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert reset
    waiting, code = ask_for_code(employee.email or "")
    assert code
    change(client_of(hr), employee, "new@meridian.test")
    assert not inside(there)
    assert "used already or is too old" in Client().get(reset[1], follow=True).content.decode()
    waiting.post("/accounts/login/code/confirm/", {"code": code})
    assert not inside(waiting), "the code went to the old address"
    told = verbs(subject=f"employee:{employee.pk}")
    assert "address.changed" in told and "sessions.ended" in told
    entry = AuditEntry.objects.get(verb="address.changed")
    assert entry.actor_id == hr.pk and "@" not in str(entry.detail)
    # Without a role a code to the new address works as before, and so does the password.
    client, code = ask_for_code("new@meridian.test")
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert inside(client)
    assert inside(enter("new@meridian.test")[0])


def test_a_one_time_link_of_before_opens_nothing(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    Employee.objects.filter(pk=employee.pk).update(email=None)
    employee.refresh_from_db()
    link = "/" + signin.one_time_link(employee, by=hr).split("/", 3)[3]
    change(client_of(hr), employee, "new@meridian.test")
    assert Client().post(link).status_code == 410
    assert AddressChange.objects.get().notice == "none", "there was no address to tell"


def test_other_corrections_change_nothing_of_it(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    there, _answer = enter(employee.email)
    sent = details(employee, job_title="Clerk", email=(employee.email or "").upper())
    assert client_of(hr).post(f"/people/{employee.pk}/do/correct/", sent).status_code == 302
    assert inside(there) and not AddressChange.objects.exists()


# -- a role ----------------------------------------------------------------------------------------------------------


def test_hr_cannot_become_the_executive_by_typing(hr: Employee, executive: Employee, client_of: ClientOf) -> None:
    change(client_of(hr), executive, "mine@evil.test")
    client, code = ask_for_code("mine@evil.test")
    assert code == ""
    assert [m.subject for m in mail.outbox] == ["This address cannot sign you in yet"]
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "mine@evil.test"})
    signin_mail.wait()
    assert [m.subject for m in mail.outbox] == ["This address cannot sign you in yet"]
    # Nor by the links HR may make, nor by taking the address away first.
    change(client_of(hr), executive, "")
    answer = client_of(hr).post(f"/people/{executive.pk}/sign-in/", {"do": "link"}, follow=True)
    assert "more rights than an employee" in answer.content.decode()
    change(client_of(hr), executive, "mine@evil.test")
    assert ask_for_code("mine@evil.test")[1] == ""
    # Nor by confirming what one typed.
    row = addresses.open_change(executive)
    assert row
    answer = client_of(hr).post(f"/access/addresses/{row.pk}/confirm/", follow=True)
    assert "You changed it" in answer.content.decode()
    assert ask_for_code("mine@evil.test")[1] == ""


def test_a_role_given_later_counts_too(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    change(client_of(hr), employee, "mine@evil.test")
    waiting, code = ask_for_code("mine@evil.test")
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "mine@evil.test"})
    signin_mail.wait()
    reset = re.search(r"https?://\S+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert reset and code
    Grant.objects.create(employee=employee, role=Role.AUDITOR)
    answer = waiting.post("/accounts/login/code/confirm/", {"code": code}, follow=True)
    assert not inside(waiting) and "does not sign you in" in answer.content.decode()
    assert "used already or is too old" in Client().get(reset[1], follow=True).content.decode()
    assert ask_for_code("mine@evil.test")[1] == ""


def test_the_person_confirms_after_a_password(hr: Employee, executive: Employee, client_of: ClientOf) -> None:
    change(client_of(hr), executive, "elena@meridian.test")
    client, _answer = enter("elena@meridian.test", PASSWORD)
    page = client.get("/accounts/security/").content.decode()
    assert "Is this your e-mail address?" in page and "Hanna Rossi changed it" in page
    access_tick.tick(now=timezone.now())
    client.post("/accounts/security/address/")
    assert "Is this your e-mail address?" not in client.get("/accounts/security/").content.decode()
    assert ask_for_code("elena@meridian.test")[1]
    row = AddressChange.objects.get()
    assert (row.settled, row.settled_by, row.old_address) == ("person", executive, "")
    assert verbs(subject=f"employee:{executive.pk}")[-2:] != [] and "address.confirmed" in verbs()


def test_a_session_that_came_by_a_link_confirms_nothing(executive: Employee, hr: Employee, client_of: ClientOf) -> None:
    change(client_of(hr), executive, "elena@meridian.test")
    client = client_of(executive)
    session = client.session
    session["account_authentication_methods"] = [{**session["account_authentication_methods"][0], "method": "link"}]
    session.save()
    assert "sign in with your password or a passkey" in client.get("/accounts/security/").content.decode()
    client.post("/accounts/security/address/")
    assert addresses.held(executive)


def test_a_second_hr_admin_confirms(hr: Employee, second: Employee, executive: Employee, client_of: ClientOf) -> None:
    change(client_of(hr), executive, "elena@meridian.test")
    page = client_of(second).get("/access/addresses/").content.decode()
    assert "Elena Xu" in page and "elena@meridian.test" in page and "I asked: it is right" in page
    assert "I asked: it is right" not in client_of(hr).get("/access/addresses/").content.decode()
    row = AddressChange.objects.get()
    assert client_of(executive).post(f"/access/addresses/{row.pk}/confirm/").status_code == 403
    assert Client().post(f"/access/addresses/{row.pk}/confirm/").status_code == 302
    client_of(second).post(f"/access/addresses/{row.pk}/confirm/")
    assert ask_for_code("elena@meridian.test")[1]
    assert "Nothing to confirm" in client_of(second).get("/access/addresses/").content.decode()
    answer = client_of(second).post(f"/access/addresses/{row.pk}/confirm/", follow=True)
    assert "confirmed already" in answer.content.decode()


def test_an_hr_admin_made_for_it_confirms_nothing(
    hr: Employee, stranger: Employee, executive: Employee, client_of: ClientOf
) -> None:
    change(client_of(hr), executive, "mine@evil.test")
    Grant.objects.create(employee=stranger, role=Role.HR_ADMIN, granted_by=hr)
    row = AddressChange.objects.get()
    answer = client_of(stranger).post(f"/access/addresses/{row.pk}/confirm/", follow=True)
    assert "only after the change" in answer.content.decode() and addresses.held(executive)


def test_an_hr_admin_does_not_confirm_his_own_on_the_list(hr: Employee, second: Employee, client_of: ClientOf) -> None:
    """There a session that came by a mailed link would do."""
    change(client_of(hr), second, "henri@meridian.test")
    row = AddressChange.objects.get()
    answer = client_of(second).post(f"/access/addresses/{row.pk}/confirm/", follow=True)
    assert "confirm it under Sign-in and security" in answer.content.decode() and addresses.held(second)


def test_only_the_newest_change_is_confirmed(
    hr: Employee, second: Employee, executive: Employee, client_of: ClientOf
) -> None:
    change(client_of(hr), executive, "one@meridian.test")
    first = AddressChange.objects.get()
    change(client_of(hr), executive, "two@meridian.test")
    answer = client_of(second).post(f"/access/addresses/{first.pk}/confirm/", follow=True)
    assert "changed again since" in answer.content.decode() and addresses.held(executive)


def test_typed_back_it_is_as_before(hr: Employee, executive: Employee, client_of: ClientOf) -> None:
    old = executive.email or ""
    change(client_of(hr), executive, "typo@meridian.test")
    assert addresses.held(executive)
    change(client_of(hr), executive, old)
    assert not addresses.held(executive) and ask_for_code(old)[1]


def test_ones_own_address_waits_for_nobody(hr: Employee, client_of: ClientOf) -> None:
    old = hr.email
    change(client_of(hr), hr, "hanna@meridian.test")
    assert not addresses.held(hr) and ask_for_code("hanna@meridian.test")[1]
    mail.outbox.clear()
    access_tick.tick(now=timezone.now())
    assert [m.to for m in mail.outbox] == [[old]], "a session left open must not do it quietly"


def test_the_server_confirms_for_the_only_hr_admin(hr: Employee, executive: Employee, client_of: ClientOf) -> None:
    change(client_of(hr), executive, "elena@meridian.test")
    call_command("confirm_address", executive.number)
    assert not addresses.held(executive)
    assert AddressChange.objects.get().settled == "operator"


# -- imports ---------------------------------------------------------------------------------------------------------


def sheet(*people: Employee, **emails: str) -> bytes:
    rows = ["employee_number,given_name,family_name,email,unit_path"]
    for person in people:
        assert person.unit
        email = emails.get(person.number, person.email)
        rows.append(f"{person.number},{person.given_name},{person.family_name},{email},{person.unit.path}")
    return "\n".join(rows).encode()


def test_an_import_tells_all_and_its_undo_restores(hr: Employee, executive: Employee, employee: Employee) -> None:
    there, _answer = enter(employee.email)
    data = sheet(executive, employee, EX1="elena@new.test", A1="a1@new.test")
    plan = importing.plan(importing.read_file(io.BytesIO(data), "people.csv"))
    assert not plan.stops, plan.stops
    done = importing.apply(plan, by=hr, file_name="people.csv", sha256="x")
    assert AddressChange.objects.filter(notice="due", by=hr).count() == 2
    assert not inside(there)
    executive.refresh_from_db()
    assert addresses.held(executive)
    mail.outbox.clear()
    address_mail.send_due(now=timezone.now())
    assert {m.to[0] for m in mail.outbox} == {"ex1@meridian.test", "a1@meridian.test"}
    undoing.undo(done, by=hr)
    executive.refresh_from_db()
    assert executive.email == "ex1@meridian.test" and not addresses.held(executive)


def test_many_addresses_cost_the_same_number_of_queries(
    hr: Employee, employee: Employee, django_assert_max_num_queries: Any
) -> None:
    people = list(Employee.objects.filter(number__startswith="A"))
    moves = [addresses.Moved(one.pk, one.email or "", f"new{one.pk}@x.test") for one in people]
    with django_assert_max_num_queries(12) as one:
        addresses.changed(moves[:1], by=hr)
    with django_assert_max_num_queries(12) as many:
        addresses.changed(moves[1:], by=hr)
    assert len(one) == len(many) > 3


def test_a_unit_hr_learns_of_nobody_elses_address(hr: Employee, employee: Employee, units: dict[str, Unit]) -> None:
    local = make_person("UH", units["Retail"])
    Grant.objects.create(employee=local, role=Role.HR_ADMIN, unit=units["Retail"])
    for by, told in ((local, "somebody else"), (hr, "Hanna Rossi")):
        with pytest.raises(Exception, match=told):
            memberships.correct(employee, by=by, email="hr1@meridian.test")
    with pytest.raises(Exception, match="Somebody else has this number"):
        memberships.correct(employee, by=local, number="HR1")
