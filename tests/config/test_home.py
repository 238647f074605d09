"""The demo's mailbox exists in the demo only."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config import mailbox

pytestmark = pytest.mark.django_db


def test_mailbox_shows_the_newest_and_finds_one_person(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_DIR = tmp_path
    mail = "Subject: Hello {0}\nTo: {0}@meridian.example\n\nOpen https://localhost/s/abc/ <b>now</b>\n"
    end = "\n" + "-" * 79 + "\n"
    (tmp_path / "1.log").write_text(mail.format("ann") + end + mail.format("bob") + end)
    assert [m.subject for m in mailbox.read()] == ["Hello bob", "Hello ann"]
    assert [m.to for m in mailbox.read("ANN")] == ["ann@meridian.example"]
    assert '<a href="https://localhost/s/abc/">' in mailbox.read()[0].body
    assert "<b>" not in mailbox.read()[0].body
    answer = Client().get("/demo/mailbox/?to=ann")
    assert answer.status_code == 200
    assert b"Hello ann" in answer.content and b"Hello bob" not in answer.content


def test_no_mailbox_outside_the_demo(hr: Any, settings: Any) -> None:
    settings.DEMO = False
    assert Client().get("/demo/mailbox/").status_code == 404
