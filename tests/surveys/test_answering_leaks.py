"""What the answering pages never do: leave traces in rows, cookies, logs; grow heavy; ask the database more."""

# ruff: noqa: F811  (fixtures of answering_room)
from __future__ import annotations

import gzip
import logging
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.people.models import Employee
from surveys.answering import shelf
from surveys.answering.models import Draft, InboxEnvelope
from surveys.waves.models import Invitation
from tests.surveys.answering_room import client, envelopes, fill, invitation, link, questionnaire, state, wave  # noqa: F401


def test_rows_are_unreadable_and_all_equally_long(client: Client, link: str, invitation: Invitation) -> None:
    client.post(f"{link}1/", {"own.W1": "3"})
    short = bytes(Draft.objects.get().sealed)
    fill(client, link, invitation, comment="PLANTED " + "客" * 1900)
    full = Draft.objects.get()
    assert len(short) == len(bytes(full.sealed))
    client.post(f"{link}check/")
    sealed = bytes(InboxEnvelope.objects.get().sealed)
    assert (len(sealed) - 48) % 4096 == 0
    for blob in (bytes(full.sealed), bytes(full.key), sealed):
        assert b"PLANTED" not in blob
        assert b'"providers"' not in blob


def test_get_changes_nothing_and_no_cookie_is_set(client: Client, link: str, invitation: Invitation) -> None:
    for path in ("", "?lang=it", "1/", "1/?lang=it", "check/", "thanks/", "nothing/"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(link + path)
        assert all(q["sql"].startswith("SELECT") for q in queries)
        assert not response.cookies
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"].startswith("no-store")
        assert "'unsafe" not in response["Content-Security-Policy"]
    assert not client.post(f"{link}1/", {"own.W1": "1"}).cookies
    assert state(invitation) == "asked"


def test_works_without_csrf_cookie_and_in_a_signed_in_browser(link: str, client_of: Any, hr: Employee) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{link}1/", {"own.W1": "1", "go": "skip"}).status_code == 303
    assert client_of(hr).get(link).status_code == 200


def test_logs_learn_neither_link_nor_answer(
    client: Client, link: str, invitation: Invitation, caplog: Any, monkeypatch: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    for logger in ("django.request", "django.server", "surveys.answering.doors"):
        monkeypatch.setattr(logging.getLogger(logger), "propagate", True)
    client.get(f"{link}nothing/")
    client.post(f"{link}1/", {"own.W1": "PLANTED"})

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("PLANTED")

    monkeypatch.setattr("surveys.answering.drafts.save", broken)
    assert client.post(f"{link}1/", {"own.W1": "1"}).status_code == 500
    assert "An answering page failed: RuntimeError" in caplog.text
    assert "PLANTED" not in caplog.text
    assert link not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))


def test_pages_are_light(client: Client, link: str, invitation: Invitation) -> None:
    """Style and scripts packed, as they are served; a page as it is, since nothing packs it; and the coming pages."""
    static = Path(django_settings.BASE_DIR) / "config/static"
    assets = sum(len(gzip.compress((static / name).read_bytes())) for name in shelf.ASSETS)
    ahead = len(client.get(f"{link}ahead/?lang=zh-hans", headers={"Accept-Encoding": "gzip"}).content)
    heaviest = max(len(client.get(f"{link}{page.number}/?lang=zh-hans").content) for page in questionnaire(invitation))
    assert heaviest + assets + ahead < 60_000
    assert len(client.get(link).content) + assets + ahead < 60_000


def test_queries_do_not_grow_with_providers(client: Client, link: str, invitation: Invitation) -> None:
    client.get(f"{link}check/")  # what the wave froze is read once per process
    counts = []
    for providers in (invitation.providers[:1], invitation.providers):
        Invitation.objects.filter(pk=invitation.pk).update(providers=providers)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{link}check/")
        counts.append(len(queries))
    assert counts == [2, 2]
