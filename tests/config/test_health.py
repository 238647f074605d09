"""Alive and ready."""

import datetime as dt
import logging.config

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from config import heartbeats

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()
    heartbeats._last.clear()


def test_alive_without_account() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_not_ready_without_worker_and_beat() -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    body = answer.json()
    assert body["ready"] is False
    assert body["database"] == {"ok": True}
    assert body["broker"] == {"ok": True}
    assert body["worker"] == {"ok": False, "age": None}


def test_ready_when_both_were_seen() -> None:
    heartbeats.beat("worker")
    heartbeats.beat("beat")
    answer = Client().get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["work"] == {"ok": True, "oldest_due": None}


def test_an_old_heartbeat_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeats.beat("worker")
    cache.set("heartbeat:beat", dt.datetime.now().timestamp() - 1000, timeout=None)
    assert Client().get("/readyz").status_code == 503


def test_a_missing_broker_is_told(settings) -> None:  # type: ignore[no-untyped-def]
    settings.BROKER_URL = "redis+socket:///nowhere/redis.sock"
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"]["ok"] is False


def test_a_not_ready_answer_writes_no_error_line(capfd: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(settings.LOGGING)  # bound to the captured stderr
    Client().get("/readyz")
    assert capfd.readouterr().err == ""
    logging.getLogger("django.request").error("x", extra={"status_code": 500})
    assert "status 500" in capfd.readouterr().err
