"""The Celery application and the one beat task."""

import importlib
import importlib.util
import logging
import os
import warnings
from typing import Any

from celery import Celery, signals
from celery.platforms import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("trivium")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Running as root is a choice of whoever starts it (a container, a fresh machine); one paragraph a start says too much.
warnings.filterwarnings("ignore", category=SecurityWarning)
log = logging.getLogger("trivium.tick")

# In the order in which one's outcome may be due work for the next.
ROOMS = (
    "culture.people",
    "culture.access",
    "programs.planning",
    "surveys.waves",
    "surveys.answering",
    "surveys.results",
    "programs.training",
    "programs.recognition",
    "programs.practices",
    "programs.reports",
)


def rooms_with_tick() -> list[str]:
    return [room for room in ROOMS if importlib.util.find_spec(f"{room}.tick")]


def run_tick() -> list[str]:
    """Each room does what is due; returns the rooms that failed. One that fails does not stop the others."""
    from django.db import close_old_connections
    from django.utils import timezone

    failed = []
    for room in rooms_with_tick():
        try:
            importlib.import_module(f"{room}.tick").tick(now=timezone.now())
        except Exception as error:
            # The class only: an error's text may quote what somebody wrote.
            log.error("The tick of %s failed: %s", room, type(error).__name__)
            failed.append(room)
            close_old_connections()
    return failed


@app.task(name="config.celery.tick", ignore_result=True, expires=120)
def tick() -> None:
    """Once a minute: find whatever is due by date and state, in every room."""
    run_tick()


@signals.task_prerun.connect
def _in_the_organisations_zone(**kwargs: Any) -> None:
    from django.utils import timezone

    from culture.access import clock

    timezone.activate(clock.zone())


@signals.worker_ready.connect
def _worker_ready(**kwargs: Any) -> None:
    from config import heartbeats

    heartbeats.beat("worker")
    # What became due while nothing ran is done now, not in a minute.
    tick.delay()


@signals.heartbeat_sent.connect
def _worker_alive(**kwargs: Any) -> None:
    from config import heartbeats

    heartbeats.beat("worker", every=10)


@signals.beat_init.connect
def _beat_ready(**kwargs: Any) -> None:
    from config import heartbeats

    heartbeats.beat("beat")

    def published(sender: str | None = None, **more: Any) -> None:
        heartbeats.beat("beat")

    # Connected in beat's process only: others publish too.
    signals.before_task_publish.connect(published, weak=False)
