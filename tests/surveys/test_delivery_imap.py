"""Bounces come back through a mailbox behind a real, if little, IMAP server."""

from __future__ import annotations

import imaplib

import pytest
from django.core.management import CommandError, call_command

from culture.people.models import Employee
from surveys.waves import bounces, reach, tasks
from surveys.waves.message_models import DeadAddress, Message
from tests.surveys.imap_world import Mailbox, served
from tests.surveys.test_delivery_bounces import report, sent, wave  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOLIDAY = b"From: a@b.example\r\nSubject: I am away\r\n\r\nUntil Monday.\r\n"


def state_of(person: Employee) -> str:
    return Message.objects.get(invitation__employee=person, kind="invitation").state


@pytest.fixture
def box(sent, employee):  # noqa: F811
    with served(Mailbox(HOLIDAY, report(sent, employee.email), b"", b"\xff\x00 nonsense\r\n")) as one:
        yield one


def test_each_mail_is_read_once_and_marked_read(box, employee):
    assert bounces.read(box.url) == bounces.Outcome(read=4, bounced=1, dead=1)
    assert state_of(employee) == "bounced" and box.seen == {1, 2, 3, 4}
    assert bounces.read(box.url) == bounces.Outcome()
    assert box.said.count("LOGOUT") == 2


def test_the_task_and_the_command_read_it_too(box, employee, settings, capsys):
    settings.BOUNCES_URL = box.url
    tasks.read_bounces()
    assert DeadAddress.objects.get().employee == employee
    assert reach.is_dead(employee, DeadAddress.objects.get())
    call_command("read_bounces")
    assert "4" not in capsys.readouterr().out, "nothing is new"


def test_what_was_not_finished_is_read_again(box, employee):
    box.hang_up_at = "STORE 2"
    with pytest.raises((OSError, imaplib.IMAP4.error)):
        bounces.read(box.url)
    assert state_of(employee) == "bounced" and box.seen == {1}
    box.hang_up_at = ""
    assert bounces.read(box.url) == bounces.Outcome(read=3), "the same report twice changes nothing"
    assert box.seen == {1, 2, 3, 4}


def test_a_mail_of_any_size_is_read_as_far_as_its_report_goes(box, sent, employee):  # noqa: F811
    box.mails[1] = report(sent, employee.email) + b"x" * (2 * bounces.LARGEST)
    assert bounces.read(box.url).read == 4 and box.seen == {1, 2, 3, 4}


@pytest.mark.parametrize("broken", ["password", "mailbox", "LOGIN", "SEARCH", "FETCH 1"])
def test_what_fails_is_said_without_the_password(broken, box, settings):
    url = box.url
    if broken == "password":
        url = url.replace("w%40rd", "wrong")
    elif broken == "mailbox":
        url = url.replace("INBOX", "Nowhere")
    else:
        box.hang_up_at = broken
    settings.BOUNCES_URL = url
    with pytest.raises(CommandError) as error:
        call_command("read_bounces")
    assert "pa ss" not in str(error.value) and "pa%20ss" not in str(error.value)
    assert not box.seen and not Message.objects.filter(state=Message.State.BOUNCED).exists()
