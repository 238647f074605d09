"""A mailbox behind a socket that speaks as much IMAP (RFC 3501) as reading bounces needs."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

FETCH = re.compile(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)\Z")
STORE = re.compile(r"STORE (\d+) \+FLAGS \(?\\Seen\)?\Z")


class Mailbox:
    """``mails`` in the inbox, ``seen`` their numbers; ``hang_up_at``: the connection breaks at that command."""

    def __init__(self, *mails: bytes) -> None:
        self.mails, self.seen, self.said = list(mails), set[int](), list[str]()
        self.user, self.password, self.hang_up_at = "bounces@meridian.test", "pa ss/w@rd", ""
        self.port = 0

    @property
    def url(self) -> str:
        return f"imap://bounces%40meridian.test:pa%20ss%2Fw%40rd@127.0.0.1:{self.port}/INBOX"


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def say(self, *lines: bytes) -> None:
        self.wfile.write(b"".join(line + b"\r\n" for line in lines))

    def handle(self) -> None:
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, _blank, command = line.decode().strip().partition(" ")
            box = self.server.box
            box.said.append(command)
            if box.hang_up_at and command.startswith(box.hang_up_at):
                return
            self.say(*self.answer(command), tag.encode() + b" " + self.verdict(command))
            if command == "LOGOUT":
                return

    def verdict(self, command: str) -> bytes:
        box, word = self.server.box, command.partition(" ")[0]
        if word == "LOGIN" and command != f'LOGIN {box.user} "{box.password}"':
            return b"NO [AUTHENTICATIONFAILED] wrong"
        if word == "SELECT" and command not in {"SELECT INBOX", 'SELECT "INBOX"'}:
            return b"NO no such mailbox"
        known = {"CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH", "STORE", "LOGOUT"}
        return b"OK done" if word in known else b"BAD what?"

    def answer(self, command: str) -> list[bytes]:
        box = self.server.box
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1"]
        if command.startswith("SELECT"):
            return [b"* %d EXISTS" % len(box.mails), b"* FLAGS (\\Seen)"]
        if command == "SEARCH UNSEEN":
            return [b" ".join([b"* SEARCH", *(b"%d" % n for n in range(1, len(box.mails) + 1) if n not in box.seen)])]
        if found := FETCH.match(command):
            raw = box.mails[int(found[1]) - 1][: int(found[2])]
            return [b"* %s FETCH (BODY[]<0> {%d}" % (found[1].encode(), len(raw)), raw + b")"]
        if found := STORE.match(command):
            box.seen.add(int(found[1]))
            return [b"* %s FETCH (FLAGS (\\Seen))" % found[1].encode()]
        return [b"* BYE"] if command == "LOGOUT" else []


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    box: Mailbox


@contextmanager
def served(box: Mailbox) -> Iterator[Mailbox]:
    """The mailbox behind a port of this machine."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.box, box.port = box, server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
