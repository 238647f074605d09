"""Mail that comes back: by mailbox, by a mail service; forged reports; and mail servers that misbehave."""

from __future__ import annotations

import datetime as dt
import json
import mailbox
import socket
import threading
import time
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from culture.people.models import Employee
from surveys.waves import bounces, delivery, keys, reach, senders, sending, tasks, webhooks
from surveys.waves.mails import Writer
from surveys.waves.message_models import DeadAddress, MailSender
from surveys.waves.models import Invitation, Message, Wave
from surveys.waves.routing import letter_of
from tests.surveys.channels_world import open_wave

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def wave(hr, manager) -> Wave:
    return open_wave(hr)


@pytest.fixture
def sent(wave, employee, smtp_sink) -> str:
    """The Message-ID of the employee's invitation, which has been sent."""
    delivery.send_due(now=timezone.now())
    (mail,) = [mail for mail in smtp_sink.messages if mail["To"] == employee.email]
    return str(mail["Message-ID"])


def report(message_id: str, recipient: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """As Postfix writes it."""
    return f"""From: MAILER-DAEMON@mail.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: trivium@meridian.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1/x"

--B1/x
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1/x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
X-Postfix-Queue-ID: 4F2A
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0100

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.meridian.test
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B1/x
Content-Type: text/rfc822-headers

From: Trivium <trivium@meridian.example>
To: {recipient}
Message-ID: {message_id}

--B1/x--
""".replace("\n", "\r\n").encode()


def state_of(person: Employee) -> str:
    return Message.objects.get(invitation__employee=person, kind="invitation").state


def test_a_hard_bounce_is_marked_and_the_address_gets_no_more(sent, wave, employee, smtp_sink):
    (bounce,) = bounces.parse(report(sent, employee.email))
    assert bounces.apply(bounce) == (True, True)
    assert bounces.apply(bounce) == (False, False), "twice changes nothing"
    assert state_of(employee) == "bounced" and DeadAddress.objects.get().employee == employee
    assert employee in reach.unreachable(Employee.objects.all())
    smtp_sink.messages.clear()
    Message.objects.filter(kind="reminder").update(due_at=timezone.now() - MINUTE)
    delivery.send_due(now=timezone.now())
    mine = Message.objects.get(invitation__employee=employee, kind="reminder")
    assert mine.state == "skipped" and mine.error == "address dead"
    assert reach.mail_counts(wave)["bounced"] == 1


@pytest.mark.parametrize(("status", "dead"), [("5.1.1", True), ("5.2.1", True), ("5.2.2", False), ("5.7.1", False)])
def test_only_an_address_that_is_none_is_given_up(status, dead, sent, employee):
    (bounce,) = bounces.parse(report(sent, employee.email, status=status))
    assert bounces.apply(bounce) == (True, dead)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_delay_is_no_bounce(action, sent, employee):
    assert bounces.parse(report(sent, employee.email, status="4.4.1", action=action)) == []


def test_a_mail_returned_whole_is_understood(sent, employee):
    whole = report(sent, employee.email).replace(b"text/rfc822-headers", b"message/rfc822")
    (bounce,) = bounces.parse(whole)
    assert bounces.apply(bounce)[0]


def test_a_forged_report_marks_nobody(sent, employee):
    """Anybody can write to the bounce address; without our mark in the Message-ID nothing is believed."""
    pk = Message.objects.get(invitation__employee=employee, kind="invitation").pk
    other = Message.objects.exclude(invitation__employee=employee).filter(kind="invitation").first()
    ours = sent.strip("<>")
    mark, wave_id = ours.split("@")[0].split(".")[2], ours.split(".")[1]
    forged = [
        f"<{pk}.{wave_id}.{'0' * 20}@x>",
        f"<{other.pk}.{wave_id}.{mark}@x>",
        f"<{pk}.999.{mark}@x>",
        "<random@x>",
        "",
        f"<{pk}.{wave_id}.{mark[:-1]}@x>",
        f"<{'9' * 18}.{wave_id}.{mark}@x>",
    ]
    for message_id in forged:
        for bounce in bounces.parse(report(message_id, employee.email)):
            assert bounces.apply(bounce) == (False, False)
    assert not Message.objects.filter(state="bounced").exists()


def test_a_new_address_is_not_blamed_for_the_old_one(sent, employee):
    (bounce,) = bounces.parse(report(sent, employee.email))
    Employee.objects.filter(pk=employee.pk).update(email="new@meridian.test")
    assert bounces.apply(bounce) == (True, False) and not DeadAddress.objects.exists()


@given(st.binary(max_size=400))
def test_whatever_comes_is_read_without_failing(raw):
    assert isinstance(bounces.parse(raw), list)
    assert bounces.parse(b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n" + raw) == []


def test_a_maildir_is_read_once(sent, employee, tmp_path, capsys):
    box = mailbox.Maildir(tmp_path / "box")
    box.add(report(sent, employee.email))
    box.add(b"From: a@b\r\nSubject: Out of office\r\n\r\nBack on Monday.")
    call_command("read_bounces", source=str(tmp_path / "box"))
    assert "2 mails read, 1 bounced, 1 addresses dead" in capsys.readouterr().out
    call_command("read_bounces", source=str(tmp_path / "box"))
    assert "0 mails read" in capsys.readouterr().out
    assert state_of(employee) == "bounced"


@pytest.mark.parametrize("source", ["/nowhere/at/all", "imaps://u:secret@127.0.0.1:1/INBOX", "ftp://x/y", ""])
def test_a_mailbox_that_cannot_be_read_is_said(source, settings):
    settings.BOUNCES_URL = ""
    with pytest.raises(CommandError) as refused:
        call_command("read_bounces", source=source)
    assert "secret" not in str(refused.value)


# -- reports of a mail service ---------------------------------------------------------------------------------------

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def call(client, content: object, *, secret: str = SECRET, at: dt.datetime | None = None):
    body = json.dumps(content).encode()
    stamp = int((at or timezone.now()).timestamp())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(stamp),
        "webhook-signature": webhooks.sign(secret, "msg_1", stamp, body),
    }
    return client.post("/hooks/bounces/", body, content_type="application/json", headers=headers)


def test_a_mail_service_reports_a_bounce(sent, employee, settings, client_of):
    settings.BOUNCES_SECRET = SECRET
    data = {"message_id": sent, "status": "5.1.1", "recipient": employee.email}
    assert call(client_of(), {"type": "email.bounced", "data": data}).json() == {"marked": 1}
    assert call(client_of(), {"type": "email.bounced", "data": [data]}).json() == {"marked": 0}
    assert call(client_of(), {"type": "email.opened", "data": data}).json() == {"marked": 0}
    assert state_of(employee) == "bounced" and DeadAddress.objects.count() == 1


def test_the_hook_refuses_what_is_not_signed(sent, employee, settings, client_of):
    data = {"type": "email.bounced", "data": {"message_id": sent, "status": "5.1.1"}}
    assert call(client_of(), data).status_code == 404, "without a secret it is not there"
    settings.BOUNCES_SECRET = SECRET
    assert call(client_of(), data, secret="whsec_" + "A" * 32).status_code == 401
    assert call(client_of(), data, at=timezone.now() - 6 * MINUTE).status_code == 401
    assert client_of().post("/hooks/bounces/", data, content_type="application/json").status_code == 401
    assert client_of().get("/hooks/bounces/").status_code == 405
    for shape in ([], {"type": "email.bounced"}, {"type": "email.bounced", "data": {}}, 7, None):
        assert call(client_of(), shape).status_code == 400
    assert state_of(employee) == "sent"


# -- mail servers that misbehave -------------------------------------------------------------------------------------


class Rude:
    """An SMTP server that does as told with each connection."""

    def __init__(self, settings, talk: Callable[[socket.socket], None]) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = self.server.getsockname()
        settings.EMAIL_TIMEOUT = 0.5
        self.connections = 0

        def serve() -> None:
            while True:
                try:
                    one, _ = self.server.accept()
                except OSError:
                    return
                self.connections += 1
                threading.Thread(target=talk, args=(one,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()


def hang(one: socket.socket) -> None:
    one.sendall(b"220 hello\r\n")
    time.sleep(5)


def hang_up(one: socket.socket) -> None:
    one.close()


def closing(one: socket.socket) -> None:
    one.sendall(b"421 4.3.2 closing for maintenance\r\n")
    one.close()


def garbage(one: socket.socket) -> None:
    one.sendall(b"\x00\xff nonsense\r\n" * 3)
    one.close()


@pytest.mark.parametrize("talk", [hang, hang_up, closing, garbage])
def test_a_server_that_hangs_or_hangs_up_costs_nobody_his_mail(talk, wave, settings):
    rude, begun = Rude(settings, talk), time.monotonic()
    outcome = delivery.send_due(now=timezone.now())
    assert outcome.sent == outcome.failed == 0 and outcome.later == 13
    assert time.monotonic() - begun < 4 and rude.connections <= 2, "one try, then the batch waits"
    assert set(Message.objects.filter(kind="invitation").values_list("state", flat=True)) == {"due"}
    rude.server.close()


def test_greylisting_is_waited_out_with_ever_longer_pauses(wave, employee, smtp_sink):
    smtp_sink.refuse = lambda address: "450 4.2.0 greylisted" if address == employee.email else None
    now, waits = timezone.now(), []
    for _ in range(4):
        delivery.send_due(now=now)
        row = Message.objects.get(invitation__employee=employee, kind="invitation")
        waits.append(round((row.retry_at - now) / MINUTE))
        now = row.retry_at
    assert waits == [5, 10, 20, 40]
    smtp_sink.refuse = lambda address: None
    delivery.send_due(now=now)
    assert state_of(employee) == "sent" and len(smtp_sink.messages) == 13


def test_a_refused_mailbox_is_dead_but_a_refused_sender_is_not(wave, employee, manager, smtp_sink):
    answers = {employee.email: "550 5.1.1 no such user", manager.email: "550 5.7.1 relaying denied"}
    smtp_sink.refuse = answers.get
    delivery.send_due(now=timezone.now())
    assert state_of(employee) == state_of(manager) == "failed"
    assert [row.employee for row in DeadAddress.objects.all()] == [employee]


# -- what a mail looks like ------------------------------------------------------------------------------------------


def test_a_mail_carries_what_receivers_want(wave, employee, smtp_sink, settings):
    settings.EMAIL_BOUNCES = "bounces@meridian.example"
    Employee.objects.filter(pk=employee.pk).update(given_name="<b>Zoë & Co</b>")
    delivery.send_due(now=timezone.now())
    (mail,) = [mail for mail in smtp_sink.messages if mail["To"] == employee.email]
    invitation = Invitation.objects.get(employee=employee)
    link = f"{settings.BASE_URL}/s/{keys.link_token(wave.pk, invitation.pk)}/"
    assert mail["List-Unsubscribe"] == f"<{link}leave/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mail["X-MailFrom"] in (None, settings.EMAIL_BOUNCES) and mail["Date"]
    html, text = mail.get_body(("html",)).get_content(), mail.get_body(("plain",)).get_content()
    assert "&lt;b&gt;Zoë &amp; Co&lt;/b&gt;" in html and "<b>Zoë" not in html and "<b>Zoë & Co</b>" in text
    assert link in html and link in text
    body = composed_of(employee).raw.partition(b"\r\n\r\n")[2]
    assert max(len(line) for line in body.split(b"\r\n")) <= 76 and b"\n" not in body.replace(b"\r\n", b"")


def composed_of(employee):
    return delivery.compose(Message.objects.get(invitation__employee=employee, kind="invitation"))


def test_a_mail_with_a_broken_address_fails_alone(wave, employee, smtp_sink):
    Employee.objects.filter(pk=employee.pk).update(email="a b@\r\nBcc: x@y")
    assert delivery.send_due(now=timezone.now()).sent == 12
    assert state_of(employee) == "failed" and not any("x@y" in one for one in smtp_sink.recipients)


@given(st.text(max_size=40))
def test_whatever_somebody_is_called_the_mail_is_one_mail(name):
    person = Employee(given_name=name, email="a@b.example", language="fr")
    letter = {
        "message_id": 7, "invitation_id": 8, "wave_id": 9, "kind": "reminder", "series": name, "k": 5,
        "closes_on": dt.date(2026, 12, 1), "given_name": person.given_name, "email": person.email, "language": "fr",
    }  # fmt: skip
    from surveys.waves.mails import Letter

    writer = Writer()
    writer._keys[9] = keys.WaveKeys(b"p" * 32, b"s" * 32)
    parsed = writer.write(Letter(**letter)).message().parsed()
    assert [part.get_content_type() for part in parsed.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert parsed["To"] == "a@b.example" and parsed.get_all("Message-ID") and len(parsed.get_all("From")) == 1


def test_compose_is_what_leaves(wave, employee, smtp_sink):
    row = Message.objects.get(invitation__employee=employee, kind="invitation")
    composed = delivery.compose(row)
    delivery.send_due(now=timezone.now())
    (mail,) = [mail for mail in smtp_sink.messages if mail["To"] == employee.email]
    assert mail["Message-ID"] == composed.extra_headers["Message-ID"]
    ready = composed.message().parsed()
    for kind in ("plain", "html"):
        assert ready.get_body((kind,)).get_content().split() == mail.get_body((kind,)).get_content().split()
    assert letter_of(row).email == employee.email


# -- hands and pace --------------------------------------------------------------------------------------------------


def test_no_more_send_at_a_time_than_may(db, settings):
    settings.MAIL_SENDERS = 2
    now = timezone.now()
    assert [senders.take(now), senders.take(now), senders.take(now)] == [0, 1, None]
    senders.give_back(1)
    assert senders.take(now) == 1
    assert senders.take(now + senders.LEASE) == 0, "a dead sender's slot comes free"


def test_the_rate_limit_holds_over_all_senders(db, settings):
    settings.MAIL_SENDERS, settings.MAIL_PER_MINUTE = 2, 101
    now = timezone.now()
    slots = [senders.take(now), senders.take(now)]
    taken = [senders.allowance(slot, now, 40) for slot in slots for _ in range(3)]
    assert taken == [40, 11, 0, 40, 10, 0]
    assert senders.allowance(0, now + MINUTE, 200) == 51
    assert senders.allowance(0, now - MINUTE, 200) == 51, "a clock set back stops nothing"
    settings.MAIL_PER_MINUTE = 0
    assert senders.allowance(0, now, 200) == 200 and MailSender.objects.count() == 2


def test_the_task_sends_all_and_gives_its_slot_back(wave, smtp_sink, settings):
    settings.MAIL_PER_MINUTE = 8
    tasks.send_messages()
    assert len(smtp_sink.messages) == 4, "the slot's share of a minute"
    settings.MAIL_PER_MINUTE = 0
    tasks.send_messages()
    assert len(smtp_sink.messages) == 13
    assert not MailSender.objects.exclude(lease_until=None).exists()


def test_a_tick_with_nothing_due_asks_little(wave, smtp_sink, django_assert_max_num_queries):
    tasks.send_messages()
    with django_assert_max_num_queries(6):
        sending.tick(now=timezone.now())
