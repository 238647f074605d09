"""What `bench answering` and `drill answering` share: open waves, and the site as `manage.py up` runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from config import proof
from config.bench_wave import planned_wave
from config.embedded import die_with_parent
from surveys.instruments import loading
from surveys.instruments.models import Instrument, InstrumentVersion
from surveys.waves import keys, opening
from surveys.waves.models import Invitation, Message, Series, Wave

PAGES = 4


def open_wave(size: int) -> Wave:
    """A wave of ``size`` people on four pages, the last with a comment, all of whose mails have left."""
    wave = planned_wave(size)
    return _opened(wave, four_pages())


def one_page_wave(wave: Wave) -> Wave:
    """Another one of the same people, on one page."""
    series = Series.objects.get(pk=wave.series_id)
    series.pk, series.name = None, "Bench, one page"
    series.instrument = one_page().instrument
    series.save()
    other = Wave(series=series, number=1, opens_on=wave.opens_on, closes_on=wave.closes_on, planned_on=wave.opens_on)
    other.save()
    return _opened(other, one_page())


def _opened(wave: Wave, version: InstrumentVersion) -> Wave:
    Series.objects.filter(pk=wave.series_id).update(instrument=version.instrument)
    wave = Wave.objects.get(pk=wave.pk)
    if not opening.open_wave(wave, now=timezone.now()):
        raise CommandError("The wave did not open.")
    Message.objects.filter(invitation__wave=wave).update(state=Message.State.SENT)
    wave.refresh_from_db()
    return wave


def four_pages() -> InstrumentVersion:
    """Twelve questions of the library, a page each for want, know and can, and the end."""
    items = loading.frozen_items(_library())
    asked = [one for n in ("want", "know", "can") for one in [i for i in items if i["dimension"] == n][:PAGES]]
    outcome = [one for one in items if one["kind"] == "outcome"][:1]
    comment = [one for one in items if one["kind"] == "comment"][:1]
    return _edition("bench-four", [*asked, *outcome, *comment], [])


def one_page() -> InstrumentVersion:
    """Three questions and a comment on one page."""
    items = loading.frozen_items(_library())
    asked = [*[one for one in items if one["dimension"]][:3], *[one for one in items if one["kind"] == "comment"][:1]]
    section = {"key": "all", "title": {"en": "Today"}, "intro": {}, "shuffled": False}
    return _edition("bench-one", [{**one, "section": "all"} for one in asked], [section])


def _library() -> InstrumentVersion:
    found = loading.latest_version(loading.load_library())
    assert found is not None
    return found


def _edition(key: str, items: list[dict], sections: list[dict]) -> InstrumentVersion:
    instrument, made = Instrument.objects.get_or_create(key=key, defaults={"name": {"en": key}})
    version = loading.latest_version(instrument)
    if version is None or made:
        version = InstrumentVersion.objects.create(instrument=instrument, number=1)
        loading.store(version, {"items": items, "sections": sections})
    return version


def links(wave: Wave) -> list[str]:
    """The personal links of a wave, as paths."""
    wave_keys = keys.load(wave.pk)
    people = Invitation.objects.filter(wave=wave).order_by("pk").values_list("pk", flat=True)
    return [f"/s/{keys.token_of(wave_keys, wave.pk, person)}/" for person in people]


# -- the site --------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """`manage.py up` on the services of this run: the same web server, worker and beat that users get."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--no-demo", "--port", str(self.port), "--host", "127.0.0.1"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=sys.stderr,
            stderr=sys.stderr,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )

    def wait(self, seconds: float = 120) -> None:
        """Until it is ready. Raises CommandError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise CommandError("The site did not become ready.")

    def web_masters(self) -> list[int]:
        """The web server's parent process, which `up` watches."""
        return [pid for pid in _direct_children(self.process.pid) if b"granian" in _file(pid, "cmdline")]

    def web_processes(self) -> list[int]:
        """The processes that answer requests: granian's children."""
        workers = [child for master in self.web_masters() for child in _direct_children(master)]
        return [pid for pid in workers if b"resource_tracker" not in _file(pid, "cmdline")]

    def web_memory(self) -> float:
        """Megabytes that these processes hold for themselves."""
        return sum(_own_memory(pid) for pid in self.web_processes())

    def processor(self) -> dict[str, float]:
        """Seconds of processor used so far by the web server, and by PostgreSQL where it is our own."""
        found = {"web": sum(_processor(pid) for pid in [*self.web_masters(), *self.web_processes()])}
        pid_file = Path(settings.DATA_DIR) / "postgres" / "postmaster.pid"
        if pid_file.exists():
            postmaster = int(pid_file.read_text().split("\n", 1)[0])
            found["database"] = _processor(postmaster, ended=True) + sum(map(_processor, _direct_children(postmaster)))
        return found

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                proof.progress("answering: the site did not end in time")
                self.process.kill()
                self.process.wait()


def _file(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _direct_children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            pass
    return found


def _processor(pid: int, ended: bool = False) -> float:
    """``ended``: with the children that ended."""
    figures = _file(pid, "stat").rpartition(b")")[2].split()
    return sum(map(int, figures[11 : 15 if ended else 13])) / os.sysconf("SC_CLK_TCK")


def _own_memory(pid: int) -> float:
    lines = _file(pid, "smaps_rollup").decode().splitlines()
    private = [line.split()[1] for line in lines if line.startswith(("Private_Clean", "Private_Dirty"))]
    return sum(map(int, private)) / 1024
