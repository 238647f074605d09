"""An SMTP server that counts: for benches and drills, in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import smtplib
import socket
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from django.core.management.base import CommandError

QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)


class Got(NamedTuple):
    """``seconds`` from the first mail to the last, ``by`` recipient."""

    mails: int
    seconds: float
    by: dict[str, int]


class SinkProcess:
    """``pause``: seconds each mail takes, as a mail server somewhere else would."""

    def __init__(self, *, pause: float = 0.0) -> None:
        try:
            import aiosmtpd  # noqa: F401 - a development requirement
        except ImportError:
            raise CommandError("This needs aiosmtpd: pip install -r requirements-dev.txt.") from None
        context = multiprocessing.get_context("spawn")
        self._own, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, pause), daemon=True)
        self._process.start()
        self.port = int(self._own.recv())
        self.url = f"smtp://127.0.0.1:{self.port}"

    def got(self) -> Got:
        self._own.send("got")
        return Got(*self._own.recv())

    def count(self) -> int:
        self._own.send("count")
        return int(self._own.recv())

    def clear(self) -> None:
        self._own.send("clear")
        self._own.recv()

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()


class _Handler:
    def __init__(self, pause: float) -> None:
        self.pause, self.by = pause, Counter[str]()
        self.clear()

    def clear(self) -> None:
        self.by.clear()
        self.first = self.last = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.pause:
            await asyncio.sleep(self.pause)
        self.last = time.perf_counter()
        self.first = self.first or self.last
        self.by.update(envelope.rcpt_tos)
        return "250 OK"


def _serve(pipe: Connection, pause: float) -> None:
    asyncio.run(_run(pipe, pause))


async def _run(pipe: Connection, pause: float) -> None:
    from aiosmtpd.smtp import SMTP

    class Quick(SMTP):
        """Without these a delayed acknowledgement costs 40 ms a mail and hides what is measured."""

        def connection_made(self, transport: Any) -> None:
            self._raw = transport.get_extra_info("socket")
            self._raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().connection_made(transport)

        def data_received(self, data: bytes) -> None:
            if QUICK_ACK is not None:  # not sticky: asked for again each time
                self._raw.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
            super().data_received(data)

    handler = _Handler(pause)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Quick(handler, loop=loop), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])

    def answer() -> None:
        asked = pipe.recv()
        if asked == "clear":
            handler.clear()
        told = sum(handler.by.values())
        pipe.send((told, handler.last - handler.first, dict(handler.by)) if asked == "got" else told)

    loop.add_reader(pipe.fileno(), answer)
    await asyncio.Event().wait()


def push(port: int, raw: bytes, count: int) -> None:
    """Send the same ready-made mail ``count`` times over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _ in range(count):
            server.sendmail("bench@bench.example", ["somebody@bench.example"], raw)
