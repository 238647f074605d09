"""Writing mails, many a second: each kind and language is rendered once per batch, then filled in by hand."""

from __future__ import annotations

import datetime as dt
import re
from binascii import b2a_qp
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import Header
from email.message import Message as Parsed
from email.utils import formatdate, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers, sanitize_address
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import escape

from culture.access import organisation
from surveys.waves import keys
from surveys.waves.texts_mail import words

# Private-use characters: they stand for the person while the rest is rendered.
NAME, LINK = "\ue000", "\ue001"
# Most addresses; the others are looked at by Django, which takes a hundred times as long.
PLAIN = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")


@dataclass(frozen=True)
class Letter:
    """What a mail is made of."""

    message_id: int
    invitation_id: int
    wave_id: int
    kind: str
    series: str
    k: int
    closes_on: dt.date
    given_name: str
    email: str
    language: str


@dataclass(frozen=True)
class Form:
    """One kind of mail in one language, with places for the person."""

    subject: str
    text: str
    html: str
    head: str


class Wire:
    """A finished mail as Django's mail backends take it: bytes that nothing parses and writes again."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        return self.raw if linesep == "\r\n" else self.raw.replace(b"\r\n", linesep.encode())

    def as_string(self, unixfrom: bool = False, linesep: str = "\n") -> str:
        return self.as_bytes(linesep=linesep).decode()

    def get_charset(self) -> None:
        return None

    def parsed(self) -> Parsed:
        return message_from_bytes(self.raw, policy=policy.default)


class Mail(EmailMultiAlternatives):
    raw: bytes

    def message(self) -> Wire:  # type: ignore[override]
        return Wire(self.raw)


class Writer:
    """Writes the mails of one batch; what they share is rendered once."""

    def __init__(self) -> None:
        self._forms: dict[tuple[Any, ...], Form] = {}
        self._keys: dict[int, keys.WaveKeys] = {}
        now = organisation.current()
        self.sender, self.signature = now.sender, now.name
        self.envelope = settings.EMAIL_BOUNCES or self.sender
        self.bounces_to = sanitize_address(parseaddr(self.envelope)[1], "utf-8")
        self.host = parseaddr(self.sender)[1].rpartition("@")[2] or "trivium.local"
        self.date = formatdate()
        self.own = settings.BASE_URL

    def keys_of(self, wave_id: int) -> keys.WaveKeys:
        """Raises KeyMissing."""
        if wave_id not in self._keys:
            self._keys[wave_id] = keys.load(wave_id)
        return self._keys[wave_id]

    def link(self, letter: Letter) -> str:
        token = keys.token_of(self.keys_of(letter.wave_id), letter.wave_id, letter.invitation_id)
        return self.own + reverse("answering:start", args=[token])

    def form(self, letter: Letter) -> Form:
        language, text = words(letter.language)
        key = (letter.series, letter.k, letter.closes_on, letter.kind, language)
        if key not in self._forms:
            self._forms[key] = self._render(letter, language, text)
        return self._forms[key]

    def _render(self, letter: Letter, language: str, text: dict[str, str]) -> Form:
        with translation.override(language):
            values = {"name": NAME, "date": date_format(letter.closes_on, "DATE_FORMAT"), "k": letter.k}
        filled = {key: value.format(**values) for key, value in text.items()}
        subject = filled[letter.kind]
        context = {
            "text": filled,
            "ask": filled["again" if letter.kind == "reminder" else "ask"],
            "subject": subject,
            "language": language,
            "series": letter.series,
            "signature": self.signature,
            "link": LINK,
        }
        _name, sender = forbid_multi_line_headers("From", self.sender, "utf-8")
        encoded = Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n")
        head = (
            f"From: {sender}\r\nSubject: {encoded}\r\n"
            f"Date: {self.date}\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
            f"Content-Language: {language}\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        )
        html = render_to_string("surveys/waves/mail.html", context)
        return Form(subject, render_to_string("surveys/waves/mail.txt", context), html, head)

    def write(self, letter: Letter) -> Mail:
        """The mail. Its Message-ID is the same at every attempt: a second copy is recognised.

        Raises ValueError for an address that is none, KeyMissing.
        """
        form, link = self.form(letter), self.link(letter)
        address = letter.email if PLAIN.match(letter.email) else sanitize_address(letter.email, "utf-8")
        if any(sign in address for sign in "\r\n\0"):
            raise ValueError("The address is broken.")
        name = "".join(sign for sign in letter.given_name if sign.isprintable() and sign not in (NAME, LINK))
        text = form.text.replace(LINK, link).replace(NAME, name)
        html = form.html.replace(LINK, link).replace(NAME, escape(name))
        mark = keys.message_mark(self.keys_of(letter.wave_id), letter.message_id)
        message_id = f"<{letter.message_id}.{letter.wave_id}.{mark}@{self.host}>"
        mail = Mail(form.subject, text, self.envelope, [address], headers={"Message-ID": message_id})
        mail.attach_alternative(html, "text/html")
        line = f"=_{mark}"
        head = (
            f"To: {address}\r\nMessage-ID: {message_id}\r\nList-Unsubscribe: <{link}leave/>\r\n{form.head}"
            f'Content-Type: multipart/alternative; boundary="{line}"\r\n\r\n'
        )
        mail.raw = b"".join(
            (head.encode(), _part(line, "plain", text), _part(line, "html", html), f"--{line}--\r\n".encode())
        )
        return mail


def _part(line: str, kind: str, content: str) -> bytes:
    head = (
        f"--{line}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    body = content.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    return head.encode() + b2a_qp(body, istext=True) + b"\r\n"
