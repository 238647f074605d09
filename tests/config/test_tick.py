"""The tick: one room that fails does not stop the others, and its error tells nothing."""

import datetime as dt
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config import celery
from culture.access import organisation
from programs.training import my_views

BASE = Path(__file__).resolve().parents[2]
WINGS = ("culture", "surveys", "programs")


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


def test_no_room_that_ticks_is_left_out() -> None:
    here = {".".join(path.relative_to(BASE).parts[:-1]) for wing in WINGS for path in (BASE / wing).glob("*/tick.py")}
    assert set(celery.rooms_with_tick()) == here


@pytest.mark.django_db
def test_today_is_the_organisations(monkeypatch: pytest.MonkeyPatch, client_of: Any, employee: Any) -> None:
    """Half past six in the evening of the 15th in New York: on the server it is the 16th."""
    client, seen = client_of(employee), []
    organisation.remember(replace(organisation.current(), time_zone="America/New_York"))
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 2, 15, 23, 30, tzinfo=dt.UTC))
    monkeypatch.setattr(my_views, "queries", Noting(my_views.queries, seen))
    assert client.get("/my/training/").status_code == 200
    assert set(seen) == {dt.date(2026, 2, 15)} and timezone.localdate() == dt.date(2026, 2, 16)
    celery.signals.task_prerun.send(sender=None)
    assert timezone.localdate() == dt.date(2026, 2, 15)


class Noting:
    """``module``, noting the days its functions are called with."""

    def __init__(self, module: Any, days: list[dt.date]) -> None:
        self.module, self.days = module, days

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.module, name)

        def noted(*given: Any, **named: Any) -> Any:
            self.days += [one for one in (*given, *named.values()) if type(one) is dt.date]
            return found(*given, **named)

        return noted if callable(found) else found
