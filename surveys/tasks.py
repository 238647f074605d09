"""Gathers the tasks of surveys's rooms, where Celery looks for them."""

import contextlib
import importlib

from surveys.waves.tasks import open_wave, send_messages

__all__ = ["open_wave", "send_messages"]

# Rooms that come later in the order may have none yet.
for _room in ("answering", "results"):
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(f"surveys.{_room}.tasks")
