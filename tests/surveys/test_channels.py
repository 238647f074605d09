"""HR's pages for whom mail does not reach, and chat tools: signed calls, refused addresses, retries."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.people.models import Employee
from surveys.waves import announcing, delivery, keys, reach, webhooks
from surveys.waves.message_models import Announcement, Endpoint, Kiosk
from surveys.waves.models import Invitation, Message, Wave
from tests.conftest import make_person
from tests.surveys.channels_world import invitation_of, open_wave

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def wave(hr, manager, employee) -> Wave:
    cache.clear()
    Employee.objects.filter(pk=employee.pk).update(email=None)
    return open_wave(hr)


class Tool:
    """A chat tool on this machine; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.status, self.got, self.location = 200, [], ""
        tool = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                tool.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(tool.status)
                if tool.location:
                    self.send_header("Location", tool.location)
                self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?channel=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def texts(self) -> list[str]:
        return [json.loads(body)["text"] for _headers, body in self.got]


@pytest.fixture
def tool(settings) -> Iterator[Tool]:
    settings.WEBHOOKS_PRIVATE = True
    one = Tool()
    yield one
    one.server.shutdown()
    one.server.server_close()


def endpoint(hr, tool, **more) -> Endpoint:
    values = {"name": "General", "announces": True, "personal": False, "language": "it"} | more
    return webhooks.add(by=hr, url=tool.url, **values)


# -- whom mail does not reach ----------------------------------------------------------------------------------------


def test_who_cannot_be_reached_is_listed_by_unit(wave, hr, employee, client_of):
    client = client_of(hr)
    page = client.get(f"/waves/{wave.pk}/hand-out/")
    assert page.context["total"] == 1
    assert [(row["unit"].name, row["asked"], row["missing"]) for row in page.context["rows"]] == [("Branch A", 12, 1)]
    every = client.get(f"/waves/{wave.pk}/hand-out/?show=all")
    assert {row["unit"].name for row in every.context["rows"]} == {"Branch A", "Services"}
    names = client.get(f"/waves/{wave.pk}/hand-out/{employee.unit_id}/").context["rows"]
    assert [row["person"] for row in names] == [employee]


def test_who_has_answered_is_listed_all_the_same(wave, hr, employee, client_of):
    Invitation.objects.filter(employee=employee).update(state=Invitation.State.ANSWERED)
    page = client_of(hr).get(f"/waves/{wave.pk}/hand-out/{employee.unit_id}/")
    assert [row["person"] for row in page.context["rows"]] == [employee]


@pytest.mark.parametrize("path", ["", "{unit}/", "tablets"])
def test_only_hr_sees_these_pages(path, wave, hr, manager, employee, executive, stranger, client_of):
    address = f"/waves/{wave.pk}/tablets/" if path == "tablets" else f"/waves/{wave.pk}/hand-out/{path}"
    address = address.format(unit=employee.unit_id)
    assert client_of(hr).get(address).status_code == 200
    for other in (manager, employee, executive, stranger):
        assert client_of(other).get(address).status_code in {403, 404}
    assert client_of().get(address).status_code == 302


def test_only_hr_may_print_show_end_and_test(wave, hr, manager, employee, stranger, client_of, tool):
    Kiosk.objects.create(wave=wave, name="Desk")
    hook = endpoint(hr, tool)
    addresses = [
        f"/waves/{wave.pk}/hand-out/{employee.unit_id}/sheet/",
        f"/waves/{wave.pk}/hand-out/link/{employee.pk}/",
        f"/waves/{wave.pk}/hand-out/try-again/{employee.pk}/",
        f"/waves/{wave.pk}/tablets/{Kiosk.objects.get().pk}/end/",
        f"/chat-tools/{hook.pk}/test/",
        f"/chat-tools/{hook.pk}/remove/",
    ]
    for address in addresses:
        for other in (manager, employee, stranger):
            assert client_of(other).post(address).status_code in {403, 404}, address
        assert client_of(hr).get(address).status_code == 405, address
    assert not tool.got and Endpoint.objects.exists() and not Kiosk.objects.get().ended
    for address in addresses:
        assert client_of(hr).post(address).status_code in {200, 302}, address


def test_the_lists_ask_the_same_number_of_queries_at_one_and_three(
    wave, hr, employee, client_of, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, address = client_of(hr), f"/waves/{wave.pk}/hand-out/{employee.unit_id}/"
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address)
    Employee.objects.filter(number__in=["A2", "A3"]).update(email=None)
    with CaptureQueriesContext(connection) as three:
        assert len(client.get(address).context["rows"]) == 3
    assert len(three) == len(one) <= 14


def test_a_link_is_shown_on_asking_and_noted(wave, hr, manager, employee, client_of):
    client = client_of(hr)
    mailed = keys.link_token(wave.pk, invitation_of(wave, employee).pk)
    assert "/s/" not in client.get(f"/waves/{wave.pk}/hand-out/{employee.unit_id}/").content.decode()
    page = client.post(f"/waves/{wave.pk}/hand-out/link/{employee.pk}/")
    shown = re.search(r"/s/([\w.-]+)/", page.content.decode())
    assert shown and "no-store" in page["Cache-Control"]
    assert keys.resolve_token(shown[1]) == (wave.pk, invitation_of(wave, employee).pk)
    # HR holds this link, too: it must not be the one in the mail.
    assert mailed not in page.content.decode()
    noted = AuditEntry.objects.get(verb="wave.link_shown")
    assert noted.actor == hr and noted.detail == {"employee": f"employee:{employee.pk}"}
    # Whom mail reaches gets his link by mail only.
    assert client.post(f"/waves/{wave.pk}/hand-out/link/{manager.pk}/").status_code == 404


def test_the_sheet_comes_as_pdf_and_says_when_nobody_needs_one(wave, hr, employee, client_of):
    client, address = client_of(hr), f"/waves/{wave.pk}/hand-out/{employee.unit_id}/sheet/"
    made = client.post(address, {"whom": "missing"})
    assert made["Content-Type"] == "application/pdf" and made.content.startswith(b"%PDF-")
    assert "no-store" in made["Cache-Control"] and "attachment" in made["Content-Disposition"]
    nobody = client.post(f"/waves/{wave.pk}/hand-out/{hr.unit_id}/sheet/", {"whom": "missing"}, follow=True)
    assert "Nobody there needs a sheet" in nobody.content.decode()


def test_lost_keys_are_said(wave, hr, employee, client_of):
    keys.destroy(wave.pk)
    for path in (f"{employee.unit_id}/sheet/", f"link/{employee.pk}/"):
        page = client_of(hr).post(f"/waves/{wave.pk}/hand-out/{path}", follow=True)
        assert "keys of this wave are missing" in page.content.decode()


def test_a_dead_address_counts_until_it_changes(wave, hr, manager, client_of):
    everybody = Employee.objects.all()
    before = reach.unreachable(everybody).count()
    reach.mark_dead(manager, code="5.1.1", since=wave.opens_on)
    assert reach.unreachable(everybody).count() == before + 1
    Employee.objects.filter(pk=manager.pk).update(email="New.Address@meridian.test")
    assert reach.unreachable(everybody).count() == before
    manager.refresh_from_db()
    reach.mark_dead(manager, code="5.1.1", since=wave.opens_on)
    client_of(hr).post(f"/waves/{wave.pk}/hand-out/try-again/{manager.pk}/")
    assert reach.unreachable(everybody).count() == before


def test_a_tablet_is_set_up_on_the_page(wave, hr, client_of):
    client, address = client_of(hr), f"/waves/{wave.pk}/tablets/"
    values = {"name": "Desk", "unit": "", "site": "", "who": "two", "first": "number", "second": "number"}
    wrong = client.post(address, {**values, "language": "en"})
    assert wrong.status_code == 400 and "Choose two different details" in wrong.content.decode()
    assert 'value="Desk"' in wrong.content.decode()
    client.post(address, {**values, "language": "en", "second": "hired_on"})
    kiosk = Kiosk.objects.get()
    assert kiosk.asks == ["number", "hired_on"]
    assert keys.kiosk_token(wave.pk, kiosk.pk) in client.get(address).content.decode()


# -- chat tools ------------------------------------------------------------------------------------------------------

REFUSED = [
    "http://example.com/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://10.1.2.3/",
    "https://192.168.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:0a00:0001::]/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://user:secret@1.1.1.1/",
    "ftp://1.1.1.1/",
    "https://nowhere.invalid/",
    "https:///",
    "https://1.1.1.1:99999/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_addresses_inside_are_refused(url, hr):
    with pytest.raises(ValidationError):
        webhooks.addresses_of(url)
    with pytest.raises(webhooks.Undelivered):
        webhooks.post(url, webhooks.PREFIX + base64.b64encode(b"x" * 32).decode(), "msg_1", {})


def test_the_address_that_was_checked_is_the_one_called(hr, tool, settings, monkeypatch):
    """A name that means something public while it is checked and something inside a moment later."""
    settings.WEBHOOKS_PRIVATE = False
    asked: list[str] = []
    port = tool.server.server_port

    def rebinding(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("192.0.2.55" if len(asked) == 1 else "127.0.0.1", port))]

    monkeypatch.setattr(webhooks.socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(webhooks, "_is_public", lambda address: address == "192.0.2.55")
    called: list[Any] = []

    def connect(address: Any, timeout: float) -> Any:
        called.append(address)
        raise OSError

    monkeypatch.setattr(webhooks.socket, "create_connection", connect)
    with pytest.raises(webhooks.Undelivered):
        webhooks.post(f"https://evil.example:{port}/", webhooks.PREFIX + "eA==", "msg_1", {})
    assert called == [("192.0.2.55", port)] and not tool.got


def test_redirects_are_not_followed(hr, tool):
    other = Tool()
    tool.status, tool.location = 302, other.url
    with pytest.raises(webhooks.Undelivered) as refused:
        webhooks.send_test(endpoint(hr, tool))
    assert refused.value.status == 302 and not refused.value.temporary and not other.got
    other.server.shutdown()
    other.server.server_close()


def test_calls_are_signed_as_standard_webhooks_has_it(hr, tool):
    one = endpoint(hr, tool)
    webhooks.send_test(one)
    headers, body = tool.got[0]
    key = base64.b64decode(webhooks.secret_of(one).removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    assert webhooks.is_signed(webhooks.secret_of(one), headers, body, timezone.now())
    assert not webhooks.is_signed(webhooks.secret_of(one), headers, body + b" ", timezone.now())
    assert not webhooks.is_signed(webhooks.secret_of(one), headers, body, timezone.now() + dt.timedelta(minutes=6))
    assert not webhooks.is_signed("", headers, body, timezone.now())


def test_the_published_example_of_standard_webhooks():
    """From the specification's reference libraries."""
    signed = webhooks.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_channel_hears_of_the_opening_and_of_the_close_once(wave, hr, tool):
    endpoint(hr, tool)
    now = timezone.now()
    for _ in range(3):
        announcing.plan(today=timezone.localdate(now))
        announcing.send(now=now)
    assert len(tool.texts) == 1 and "Pulse" in tool.texts[0]
    later = dt.datetime.combine(wave.closes_on - DAY, dt.time(10), dt.UTC)
    for _ in range(2):
        announcing.plan(today=timezone.localdate(later))
        announcing.send(now=later)
    assert len(tool.texts) == 2
    named = json.dumps([json.loads(body) for _headers, body in tool.got])
    assert not any(person.given_name + " " in named or (person.email or "@@") in named for person in [hr])


def test_a_tool_that_is_down_is_tried_again_and_one_that_refuses_is_not(wave, hr, tool):
    hook, now = endpoint(hr, tool), timezone.now()
    announcing.plan(today=timezone.localdate(now))
    tool.status = 503
    announcing.send(now=now)
    announcing.send(now=now)
    assert len(tool.got) == 1, "not before its time"
    announcing.send(now=now + dt.timedelta(minutes=3))
    assert len(tool.got) == 2
    hook.refresh_from_db()
    assert "503" in hook.problem
    tool.status = 404
    announcing.send(now=now + dt.timedelta(hours=1))
    assert Announcement.objects.get().state == Announcement.State.FAILED
    assert not announcing.waiting(now + 9 * DAY)


def test_personal_messages_reach_whom_no_mail_reaches(wave, hr, employee, tool, smtp_sink):
    endpoint(hr, tool, announces=False, personal=True)
    delivery.send_due(now=timezone.now())
    assert len(smtp_sink.messages) == 12 and len(tool.got) == 1
    content = json.loads(tool.got[0][1])
    assert content["data"]["employee_number"] == employee.number
    assert keys.link_token(wave.pk, invitation_of(wave, employee).pk) in content["data"]["link"]
    row = Message.objects.get(invitation__employee=employee, kind="invitation")
    assert row.state == Message.State.SENT and row.channel == Message.Channel.CHAT


@pytest.mark.parametrize(("status", "state"), [(503, "due"), (429, "due"), (400, "failed")])
def test_a_personal_message_is_retried_only_where_it_helps(status, state, wave, hr, employee, tool, smtp_sink):
    endpoint(hr, tool, announces=False, personal=True)
    tool.status = status
    report = delivery.send_due(now=timezone.now())
    assert report.sent == 12, "the others' mail does not suffer"
    assert Message.objects.get(invitation__employee=employee, kind="invitation").state == state


def test_the_page_adds_tests_and_removes(hr, tool, client_of):
    client = client_of(hr)
    values = {"name": "General", "url": tool.url, "announces": "on", "language": "en"}
    assert client.post("/chat-tools/", values).status_code == 302
    hook = Endpoint.objects.get()
    assert webhooks.secret_of(hook) in client.get("/chat-tools/").content.decode()
    done = client.post(f"/chat-tools/{hook.pk}/test/", follow=True)
    assert "The test arrived" in done.content.decode() and len(tool.got) == 1
    tool.status = 500
    failed = client.post(f"/chat-tools/{hook.pk}/test/", follow=True)
    assert "did not arrive" in failed.content.decode()
    client.post(f"/chat-tools/{hook.pk}/remove/")
    assert not Endpoint.objects.exists()


def test_the_page_refuses_addresses_inside_and_keeps_what_was_typed(hr, client_of):
    page = client_of(hr).post("/chat-tools/", {"name": "In", "url": "https://10.0.0.7/x", "language": "en"})
    assert page.status_code == 400 and "private network" in page.content.decode()
    assert 'value="https://10.0.0.7/x"' in page.content.decode() and not Endpoint.objects.exists()


def test_a_stranger_among_the_invited_is_not_made_by_a_new_colleague(wave, hr, units, client_of):
    """Who joined after the opening is not asked, so no sheet and no link can be made for him."""
    joiner = make_person("J1", units["Branch A"], email=None)
    assert client_of(hr).post(f"/waves/{wave.pk}/hand-out/link/{joiner.pk}/").status_code == 404
