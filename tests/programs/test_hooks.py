"""Web hooks: what is told to whom, signed, tried again and given up; never into a private network."""

from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.framework.loading import load_catalogue
from culture.people.models import Employee
from programs.recognition import choices, correcting, hooks, redeeming, settling, tick
from programs.recognition.hook_models import Hook, HookCall
from programs.recognition.models import Account, Kudos
from programs.recognition.point_models import PointRules
from programs.recognition.reward_models import Redemption, Reward, SiteCountry
from surveys.waves import webhooks
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db
FULFILLED, THANKS = "redemption.fulfilled", "thanks.arrived"
MINUTE = dt.timedelta(minutes=1)


class Receiver:
    """Another program on this machine; answers ``status``."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", "http://169.254.169.254/")
                self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def data(self) -> list[dict[str, Any]]:
        return [json.loads(body)["data"] for _headers, body in self.got]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_PRIVATE = True
    one = Receiver()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    load_catalogue()


def add(hr: Any, receiver: Receiver, *events: str) -> tuple[Hook, str]:
    return hooks.add(name="Payroll", url=receiver.url, events=events, by=hr, now=timezone.now())


def redeemed(person: Any, hr: Any, **changes: Any) -> Redemption:
    correcting.correct(employee=person, points=50, note="for the test", by=hr, now=timezone.now())
    told = {"kind": "goods", "name": {"en": "Mug"}, "price": 40, "approval": False, "value": "20.00", "currency": "EUR"}
    item = Reward.objects.create(**{**told, "tax_notes": {"*": "taxed", "IT": "free"}, **changes})
    return redeeming.redeem(employee=person, reward=item, key=uuid.uuid4(), now=timezone.now())


def test_a_signed_call_tells_the_payroll(hr: Any, employee: Any, receiver: Receiver) -> None:
    _hook, secret = add(hr, receiver, FULFILLED)
    SiteCountry.objects.create(site="Rome", country="IT")
    employee.site = "Rome"
    employee.save()
    redemption = redeemed(employee, hr)
    assert not HookCall.objects.exists(), "that was not asked for"
    redeeming.fulfil(redemption=redemption, by=hr, now=timezone.now())
    now = timezone.now()
    assert hooks.send(now=now) == 1 and hooks.send(now=now) == 0
    ((headers, body),) = receiver.got
    assert webhooks.is_signed(secret, headers, body, now)
    assert not webhooks.is_signed(secret, headers, body + b" ", now)
    assert not webhooks.is_signed(secret, headers, body, now + dt.timedelta(minutes=6)), "not to be played again"
    (data,) = receiver.data
    assert json.loads(body)["type"] == "recognition.redemption.fulfilled"
    assert (data["employee"]["employee_number"], data["value"], data["country"], data["payroll_note"]) == (
        employee.number, "20.00", "IT", "free",
    )  # fmt: skip
    assert HookCall.objects.get().state == "sent"


def test_public_thanks_are_told_when_they_have_arrived_and_nothing_of_private_or_hidden_ones(
    hr: Any, employee: Any, stranger: Any, receiver: Receiver
) -> None:
    add(hr, receiver, THANKS)
    thank(employee, stranger, story="For all.", arrived=True)
    thank(employee, stranger, story="Between us.", public=False, arrived=True)
    hidden = thank(hr, stranger, story="Oh no.", arrived=True)
    Kudos.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    withdrawn = thank(hr, employee, story="Not yet.")
    settling.withdraw(kudos=withdrawn, by=hr, now=timezone.now())
    hooks.send(now=timezone.now() + MINUTE)
    assert [one["story"] for one in receiver.data] == ["For all."]
    assert HookCall.objects.get(subject=hidden.pk).state == "dropped"


def test_points_are_told_no_more_widely_than_the_feed_shows_them(
    hr: Any, employee: Any, stranger: Any, manager: Any, receiver: Receiver
) -> None:
    add(hr, receiver, THANKS)
    for shy in (stranger, employee):
        choices.save(employee=shy, hide_amounts=True, no_events=False, no_mail=False)
    thank(hr, manager, story="Shown.", points=7, arrived=True)
    thank(hr, stranger, story="Its receiver is shy.", points=7, arrived=True)
    thank(employee, manager, story="Its giver is shy.", points=7, arrived=True)
    team = list(Employee.objects.filter(number__in=["A2", "A3"]))
    thank(hr, *team, story="To a team.", points=7, team=manager.unit, arrived=True)
    hooks.send(now=timezone.now() + MINUTE)
    told = {one["story"]: one["points"] for one in receiver.data}
    assert told == {"Shown.": 7, "Its receiver is shy.": None, "Its giver is shy.": None, "To a team.": None}
    PointRules.objects.create(pk=1, amounts_hidden=True)
    thank(hr, manager, story="Nobody’s.", points=4, arrived=True)
    hooks.send(now=timezone.now() + MINUTE)
    assert receiver.data[-1]["points"] is None


def test_tried_again_later_and_later_then_given_up_and_the_address_left_alone(
    hr: Any, employee: Any, receiver: Receiver
) -> None:
    hook, _secret = add(hr, receiver, "redemption.reserved")
    receiver.status = 503
    for _ in range(3):
        redeemed(employee, hr, price=5)
    now, waits = timezone.now() + MINUTE, []
    for _ in range(hooks.ATTEMPTS):
        assert hooks.send(now=now) == 0 and hooks.send(now=now) == 0, "not before its time"
        retry = HookCall.objects.order_by("pk")[0].retry_at
        waits.append(retry - now if retry else None)
        now = retry or now
    assert waits[:3] == [MINUTE, 2 * MINUTE, 4 * MINUTE] and waits[-1] is None
    assert len(receiver.got) == 3 * hooks.ATTEMPTS
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 3, "a repeated call can be known"
    hook.refresh_from_db()
    assert hook.disabled_at is not None and "503" in hook.problem
    assert AuditEntry.objects.filter(verb="hook.given_up", actor=None).count() == 1
    redeemed(employee, hr, price=5)
    assert HookCall.objects.count() == 3, "it is told nothing any more"
    hooks.start(hook=hook, by=hr, now=now)
    receiver.status = 200
    redeemed(employee, hr, price=5)
    assert hooks.send(now=now + 600 * MINUTE) == 1
    hook.refresh_from_db()
    assert (hook.failures, hook.problem, hook.disabled_at) == (0, "", None)


@pytest.mark.parametrize(("status", "stopped"), [(404, False), (410, True), (302, False)])
def test_what_is_refused_for_good_is_not_repeated(
    hr: Any, employee: Any, receiver: Receiver, status: int, stopped: bool
) -> None:
    hook, _secret = add(hr, receiver, "redemption.reserved")
    receiver.status = status
    redeemed(employee, hr)
    hooks.send(now=timezone.now() + MINUTE)
    hooks.send(now=timezone.now() + 99 * MINUTE)
    assert len(receiver.got) == 1 and HookCall.objects.get().state == "failed"
    hook.refresh_from_db()
    assert (hook.disabled_at is not None) == stopped


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://127.0.0.1/", "https://localhost/x", "https://10.0.0.8/", "https://[::1]/",
        "https://169.254.169.254/latest/", "https://[::ffff:10.0.0.1]/", "https://user:pw@example.org/", "ftp://x/",
        "https://0x7f.1/", "https://2130706433/",
    ],
)  # fmt: skip
def test_no_way_into_the_network_behind_the_server(hr: Any, settings: Any, url: str) -> None:
    settings.WEBHOOKS_PRIVATE = False
    with pytest.raises(ValidationError) as refused:
        hooks.add(name="X", url=url, events=[FULFILLED], by=hr, now=timezone.now())
    assert "url" in refused.value.message_dict and not Hook.objects.exists()


def test_a_name_that_comes_to_mean_a_private_address_is_not_called(
    hr: Any, employee: Any, receiver: Receiver, settings: Any
) -> None:
    add(hr, receiver, "redemption.reserved")
    settings.WEBHOOKS_PRIVATE = False
    redeemed(employee, hr)
    assert hooks.send(now=timezone.now() + MINUTE) == 0
    assert receiver.got == [] and HookCall.objects.get().state == "due"


def test_nothing_is_told_of_what_was_undone(hr: Any, employee: Any, receiver: Receiver) -> None:
    add(hr, receiver, "redemption.reserved")
    with pytest.raises(ValidationError):
        redeemed(employee, hr, price=500)
    assert not HookCall.objects.exists()


def test_a_ledger_that_does_not_add_up_is_told(hr: Any, employee: Any, stranger: Any, receiver: Receiver) -> None:
    add(hr, receiver, "books.wrong")
    thank(employee, stranger)
    Account.objects.filter(employee=employee, kind="allowance").update(balance=77)
    night = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)
    tick.prove(now=night)
    hooks.send(now=night)
    assert receiver.data[0]["findings"] == 1


def test_old_calls_are_forgotten(hr: Any, employee: Any, receiver: Receiver) -> None:
    add(hr, receiver, "redemption.reserved")
    redeemed(employee, hr)
    now = timezone.now() + MINUTE
    hooks.send(now=now)
    assert hooks.forget_old(now=now + dt.timedelta(days=89)) == 0
    assert hooks.forget_old(now=now + dt.timedelta(days=91)) == 1


# -- the pages -------------------------------------------------------------------------------------------------------


def test_hr_adds_tests_renews_stops_and_removes(client_of: Any, hr: Any, receiver: Receiver) -> None:
    client = client_of(hr)
    assert "Nobody else is told yet" in client.get("/rewards/desk/hooks/").content.decode()
    filled = {"name": "Payroll", "url": receiver.url, "events": [FULFILLED]}
    for changes, words in (
        ({"events": []}, "This field is required"),
        ({"url": "nowhere"}, "Enter a valid URL"),
        ({"events": ["secrets"]}, "Select a valid choice"),
    ):
        answer = client.post("/rewards/desk/hooks/", filled | changes)
        assert answer.status_code == 400 and words in answer.content.decode(), changes
    answer = client.post("/rewards/desk/hooks/", filled)
    hook = Hook.objects.get()
    secret = hooks.secret_of(hook)
    assert secret in answer.content.decode() and "no-store" in answer["Cache-Control"]
    for page in ("/rewards/desk/hooks/", f"/rewards/desk/hooks/{hook.pk}/"):
        assert secret not in client.get(page).content.decode(), "shown once"
    act = f"/rewards/desk/hooks/{hook.pk}/act/"
    assert "The test arrived" in client.post(act, {"act": "test"}, follow=True).content.decode()
    assert webhooks.is_signed(secret, *receiver.got[0], timezone.now())
    receiver.status = 500
    assert "did not arrive" in client.post(act, {"act": "test"}, follow=True).content.decode()
    assert hooks.secret_of(hook) not in client.post(act, {"act": "renew"}).content.decode()
    client.post(act, {"act": "stop"})
    assert "is told nothing" in client.get(f"/rewards/desk/hooks/{hook.pk}/?state=failed").content.decode()
    client.post(act, {"act": "start"})
    client.post(act, {"act": "nonsense"})
    client.post(act, {"act": "remove"})
    assert not Hook.objects.exists() and not HookCall.objects.exists()


def test_hooks_are_hrs(
    client_of: Any, hr: Any, employee: Any, manager: Any, executive: Any, receiver: Receiver
) -> None:
    hook, _secret = add(hr, receiver, FULFILLED)
    for who in (employee, manager, executive):
        for page in ("/rewards/desk/hooks/", f"/rewards/desk/hooks/{hook.pk}/"):
            assert client_of(who).get(page).status_code == 403
        assert client_of(who).post(f"/rewards/desk/hooks/{hook.pk}/act/", {"act": "remove"}).status_code == 403
    assert client_of(None).get("/rewards/desk/hooks/").status_code == 302
    assert Hook.objects.exists()
