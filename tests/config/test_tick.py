"""The tick: one room that fails does not stop the others, and its error tells nothing."""

import logging
from typing import Any

import pytest

from config import celery


@pytest.mark.django_db
def test_a_failing_room_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    class Room:
        def __init__(self, name: str) -> None:
            self.name = name

        def tick(self, *, now: Any) -> None:
            done.append(self.name)
            if self.name == "a.tick":
                raise ValueError("what somebody wrote")

    done: list[str] = []
    monkeypatch.setattr(celery, "rooms_with_tick", lambda: ["a", "b"])
    monkeypatch.setattr(celery.importlib, "import_module", Room)
    with caplog.at_level(logging.ERROR):
        assert celery.run_tick() == ["a"]
    assert done == ["a.tick", "b.tick"]
    assert "ValueError" in caplog.text
    assert "somebody" not in caplog.text


@pytest.mark.django_db
def test_nothing_due_nothing_fails() -> None:
    assert celery.run_tick() == []


def test_rooms_are_found() -> None:
    assert "surveys.waves" in celery.rooms_with_tick()
