"""Runs several processes under one: one prefixed log, restarts, an orderly end, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.embedded import die_with_parent

RESTARTS = 5  # a process that ends more often than this within WINDOW ends everything
WINDOW = 60.0
GRACE = 6.0  # seconds between asking all to end and killing them
COLOURS = {"web": 36, "worker": 33, "beat": 35, "up": 32}


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    begun: list[float] = field(default_factory=list)


class Supervisor:
    """``run`` blocks until SIGINT or SIGTERM, or until a process keeps failing; returns the exit status."""

    def __init__(self, commands: dict[str, list[str]], *, folder: Path, pids: Path) -> None:
        self.children = [Child(name, command) for name, command in commands.items()]
        self.folder, self.pids = folder, pids
        self.ending = threading.Event()
        self._print = threading.Lock()
        self._colour = sys.stdout.isatty()

    def say(self, name: str, line: str) -> None:
        prefix = f"{name:<7}|"
        if self._colour:
            prefix = f"\x1b[{COLOURS.get(name, 37)}m{prefix}\x1b[0m"
        with self._print:
            try:
                print(prefix, line, flush=True)
            except OSError:
                pass  # the terminal is gone; the processes go on until they are told to end

    def _pump(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        for line in process.stdout:
            self.say(child.name, line.decode(errors="replace").rstrip())

    def _start(self, child: Child) -> None:
        # Own sessions: Ctrl-C reaches this process only, which then ends them in order.
        child.process = subprocess.Popen(
            child.command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        child.begun.append(time.monotonic())
        threading.Thread(target=self._pump, args=(child, child.process), daemon=True).start()
        running = {c.name: [c.process.pid, _birth(c.process.pid)] for c in self.children if c.process}
        self.pids.write_text(json.dumps(running))

    def _end(self, signum: int, frame: FrameType | None) -> None:
        self.ending.set()

    def start(self) -> None:
        end_leftovers(self.pids)
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGHUP, self._end)
        for child in self.children:
            self._start(child)

    def run(self) -> int:
        status = 0
        while not self.ending.wait(0.2):
            for child in self.children:
                assert child.process
                if child.process.poll() is None:
                    continue
                now = time.monotonic()
                child.begun = [at for at in child.begun if now - at < WINDOW]
                if len(child.begun) >= RESTARTS:
                    self.say("up", f"{child.name} keeps ending (status {child.process.returncode}): giving up.")
                    self.ending.set()
                    status = 1
                    break
                self.say("up", f"{child.name} ended (status {child.process.returncode}): starting it again.")
                _kill_group(child.process.pid)
                time.sleep(min(2.0, 0.3 * len(child.begun)))
                self._start(child)
        self.stop()
        return status

    def stop(self) -> None:
        """All are asked in the order of their list, and killed after GRACE."""
        deadline = time.monotonic() + GRACE
        for child in self.children:
            if child.process and child.process.poll() is None:
                child.process.terminate()
        for child in self.children:
            if not child.process:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say("up", f"{child.name} did not end in {GRACE:.0f} s: killed.")
            _kill_group(child.process.pid)
            child.process.wait()
        self.pids.unlink(missing_ok=True)


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _birth(pid: int) -> str:
    """When a process started, in the kernel's ticks: with the number it names one process for ever."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def end_leftovers(pids: Path) -> None:
    """End what an earlier start, killed with -9, left behind."""
    try:
        known: dict[str, list] = json.loads(pids.read_text())
    except (OSError, ValueError):
        return
    for pid, birth in known.values():
        if birth and _birth(pid) == birth:
            _kill_group(pid)
    pids.unlink(missing_ok=True)
