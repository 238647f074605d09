"""People who answer, for `bench answering` and `drill answering`: HTTP as a browser speaks it. Imports no Django.

A visitor has a connection of his own and keeps cookies; he reads the forms of the pages he gets and posts what a
browser would: hidden fields, one choice of each list, the button that stands out.
"""

from __future__ import annotations

import html
import random
import re
import resource
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT = 20.0
MOST_STEPS = 60
_TAG = re.compile(r"<(input|button|textarea)\b([^>]*)>([^<]*)")
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_LINK = re.compile(r"<a\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


class Unanswered(OSError):
    """The connection ended before the answer came: nobody knows whether the request was done."""


class Stopped(Exception):
    """A page answered what nobody expected of it."""


@dataclass(frozen=True)
class Answer:
    """``seconds`` from the first byte sent to the last one read."""

    status: int
    headers: dict[str, str]
    body: str
    seconds: float


class Visitor:
    """One browser: a keep-alive connection (opened when needed) and its cookies."""

    def __init__(self, host: str, port: int, timeout: float = TIMEOUT) -> None:
        self.host, self.port, self.timeout = host, port, timeout
        self.cookies: dict[str, str] = {}
        self.bytes = 0
        self._socket: socket.socket | None = None
        self._reader: Any = None

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> Answer:
        return self.request("POST", path, urlencode(fields).encode())

    def request(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Raises :class:`Unanswered`; what is sent is never sent again by itself."""
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Accept-Language: en"]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            head += [f"Origin: http://{self.host}:{self.port}"]
        begun = time.perf_counter()
        try:
            self._connect().sendall("\r\n".join([*head, "", ""]).encode() + body)
            status, headers, content = self._read()
        except (OSError, ValueError) as error:
            self.leave()
            raise Unanswered(str(error)) from None
        seconds = time.perf_counter() - begun
        if headers.get("connection", "").lower() == "close":
            self.leave()
        return Answer(status, headers, content, seconds)

    def _connect(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection((self.host, self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._reader = self._socket.makefile("rb")
        return self._socket

    def _read(self) -> tuple[int, dict[str, str], str]:
        first = self._reader.readline()
        if not first.startswith(b"HTTP/1.1 "):
            raise OSError("no answer")
        headers: dict[str, str] = {}
        while (line := self._reader.readline()) not in (b"\r\n", b"\n"):
            if not line:
                raise OSError("half an answer")
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower() == "set-cookie":
                cookie, _, rest = value.strip().partition(";")[0].partition("=")
                self.cookies[cookie] = rest
            headers[name.lower()] = value.strip()
        body = self._body(headers)
        self.bytes += len(body)
        return int(first.split()[1]), headers, body.decode()

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(self._reader.readline().split(b";")[0], 16):
                parts.append(self._exactly(size))
                self._reader.readline()
            self._reader.readline()
            return b"".join(parts)
        return self._exactly(int(headers.get("content-length", 0)))

    def _exactly(self, size: int) -> bytes:
        body: bytes = self._reader.read(size)
        if len(body) < size:
            raise OSError("half an answer")
        return body

    def leave(self) -> None:
        for one in (self._reader, self._socket):
            if one is not None:
                try:
                    one.close()
                except OSError:
                    pass
        self._socket = self._reader = None


# -- reading pages ---------------------------------------------------------------------------------------------------


def attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def begin_link(page: str) -> str:
    """The address of the link that stands out; '' without one."""
    for text in _LINK.findall(page):
        if "button-primary" in text:
            return attributes(text).get("href", "")
    return ""


@dataclass
class Form:
    """``choices``: the values of each list; ``fixed``: what is posted as it stands; ``texts``: names of boxes."""

    action: str
    fixed: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    texts: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    button: tuple[str, str] = ("", "")

    def filled(self, chance: random.Random, comment: str) -> list[tuple[str, str]]:
        fields = list(self.fixed)
        for name, values in self.choices.items():
            fields.append((name, chance.choice(values)))
        fields += [(name, comment) for name in self.texts]
        return [*fields, self.button] if self.button[0] else fields


def form_of(page: str) -> Form | None:
    """The form whose button stands out."""
    for opening, inside in _FORM.findall(page):
        if "button-primary" not in inside:
            continue
        form = Form(attributes(opening).get("action", "."))
        for kind, text, content in _TAG.findall(inside):
            _read_tag(form, kind, attributes(text), html.unescape(content))
        return form
    return None


def _read_tag(form: Form, kind: str, has: dict[str, str], content: str) -> None:
    name, value, look = has.get("name", ""), has.get("value", ""), has.get("type", "text")
    if kind == "button":
        if "button-primary" in has.get("class", "") and not form.button[0]:
            form.button = (name, value)
    elif kind == "textarea":
        form.texts.append(name)
        form.chosen[name] = content.removeprefix("\n")
    elif look == "radio":
        form.choices[name].append(value)
        if "checked" in has:
            form.chosen[name] = value
    elif look == "hidden" or (look == "text" and value):
        form.fixed.append((name, value))


def resolve(base: str, address: str) -> str:
    """The path of ``address`` on the page ``base``: ours are whole paths, ``.`` or a query."""
    parts = urlsplit(address)
    path = parts.path if parts.path.startswith("/") else base.partition("?")[0]
    return path + (f"?{parts.query}" if parts.query else "")


# -- an interview ----------------------------------------------------------------------------------------------------


def interview(visitor: Visitor, path: str, chance: random.Random, comment: str = "") -> Iterator[tuple[str, float]]:
    """(step, seconds) of every request from ``path`` to the page of thanks; follows where it is sent.

    ``path`` may be the first page or the first page of questions. Raises :class:`Stopped` and :class:`Unanswered`.
    """
    answer = visitor.get(path)
    yield _step("GET", path), answer.seconds
    for _ in range(MOST_STEPS):
        if answer.status != 200:
            raise Stopped(f"{_step('GET', path)} answered {answer.status}")
        if (form := form_of(answer.body)) is not None:
            target = resolve(path, form.action)
            posted = visitor.post(target, form.filled(chance, comment))
            if posted.status != 303:
                raise Stopped(f"{_step('POST', target)} answered {posted.status}")
            last = "/thanks/" in posted.headers["location"]
            yield "submit" if last else _step("POST", target), posted.seconds
            path = resolve(target, posted.headers["location"])
        elif link := begin_link(answer.body):
            path, last = resolve(path, link), False
        else:
            raise Stopped(f"{_step('GET', path)} leads nowhere")
        answer = visitor.get(path)
        yield _step("GET", path), answer.seconds
        if last:
            if answer.status != 200:
                raise Stopped(f"thanks answered {answer.status}")
            return
    raise Stopped("the pages do not end")


def short_interview(
    visitor: Visitor, path: str, chance: random.Random, comment: str = ""
) -> Iterator[tuple[str, float]]:
    """The page and the POST that sends it."""
    answer = visitor.get(path)
    yield "page", answer.seconds
    form = form_of(answer.body)
    if answer.status != 200 or form is None:
        raise Stopped(f"page answered {answer.status}")
    posted = visitor.post(resolve(path, form.action), form.filled(chance, comment))
    if posted.status != 303 or "/thanks/" not in posted.headers["location"]:
        raise Stopped(f"submit answered {posted.status} to {posted.headers.get('location', '')[-8:]}")
    yield "submit", posted.seconds


def _step(method: str, path: str) -> str:
    place = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    if place.isdecimal():
        return "page" if method == "GET" else "save"
    if place in {"check", "thanks"}:
        return place if method == "GET" else "submit"
    return "open"


# -- many at once ----------------------------------------------------------------------------------------------------

KINDS: dict[str, Callable[..., Iterator[tuple[str, float]]]] = {"whole": interview, "short": short_interview}


@dataclass
class Load:
    """What one process measured. ``cpu``: its own seconds of processor, the price of the client."""

    done: int = 0
    failed: list[str] = field(default_factory=list)
    begun: float = float("inf")
    ended: float = 0.0
    cpu: float = 0.0
    bytes: int = 0
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def run_load(pipe: Any, port: int, kind: str, links: list[str], threads: int, most_seconds: float) -> None:
    """Answer behind ``links`` with so many people at a time, for so long; sends a :class:`Load` through ``pipe``."""
    load, waiting, lock = Load(), deque(links), threading.Lock()
    pipe.send("ready")
    pipe.recv()
    until, before = time.perf_counter() + most_seconds, processor()

    def person(number: int) -> None:
        chance = random.Random(number)
        while time.perf_counter() < until:
            try:
                link = waiting.popleft()
            except IndexError:
                return
            with _counted(load, lock) as steps, _visit(port, load) as visitor:
                steps += KINDS[kind](visitor, link, chance)

    people = [threading.Thread(target=person, args=(number,)) for number in range(threads)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    load.cpu = processor() - before
    pipe.send(load.__dict__ | {"seconds": dict(load.seconds)})


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def _visit(port: int, load: Load) -> Iterator[Visitor]:
    visitor = Visitor("127.0.0.1", port)
    try:
        yield visitor
    finally:
        visitor.leave()
        load.bytes += visitor.bytes


@contextmanager
def _counted(load: Load, lock: threading.Lock) -> Iterator[list[tuple[str, float]]]:
    steps: list[tuple[str, float]] = []
    begun = time.perf_counter()
    try:
        yield steps
    except (Stopped, Unanswered) as error:
        with lock:
            load.failed.append(f"{type(error).__name__}: {error}")
        return
    with lock:
        load.done += 1
        load.begun, load.ended = min(load.begun, begun), max(load.ended, time.perf_counter())
        for step, seconds in steps:
            load.seconds[step].append(seconds)
