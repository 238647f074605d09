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
from django.utils.html import escape

from culture.access import organisation
from culture.access.days import date_text
from surveys.waves import keys, smtp
from surveys.waves.message_models import Signature
from surveys.waves.texts_mail import words

# Private-use characters: they stand for the person while the rest is rendered.
NAME, LINK = "\ue000", "\ue001"
PLACES = re.compile(f"([{NAME}{LINK}])")
# Their places in what is ready to be sent, where no other NUL can be.
TEXT_NAME, HTML_NAME, LINK_HERE = b"\0t", b"\0h", b"\0l"
# Where a link's own part stands in its address.
TOKEN = "T" * 40
# Ends a line for the wire only: quoted-printable allows 76 characters, and a link has more.
SOFT = b"=\r\n"
# In no part: quoted-printable has no "=_".
LINE = "=_trivium"


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
    # He has another address than when the wave opened: another link, and no word about whether he has answered.
    moved: bool = False

    @property
    def is_again(self) -> bool:
        """Whether it may say that he has not answered yet."""
        return self.kind == "reminder" and not self.moved


@dataclass(frozen=True)
class Form:
    """One kind of mail in one language, ready for the wire but for the person."""

    subject: str
    head: str
    body: bytes


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
    """Writes the mails of one batch; what they share is rendered and encoded once."""

    def __init__(self) -> None:
        self._forms: dict[tuple[Any, ...], Form] = {}
        self._keys: dict[int, keys.WaveKeys] = {}
        now = organisation.current()
        self.sender, self.name = now.sender, now.name
        self.signatures = dict(Signature.objects.values_list("language", "text"))
        self.envelope = settings.EMAIL_BOUNCES or self.sender
        self.bounces_to = sanitize_address(parseaddr(self.envelope)[1], "utf-8")
        self.host = parseaddr(self.sender)[1].rpartition("@")[2] or "trivium.local"
        self.date = formatdate()
        before, _token, after = reverse("answering:start", args=[TOKEN]).partition(TOKEN)
        self._before, self._after = settings.BASE_URL + before, after

    def keys_of(self, wave_id: int) -> keys.WaveKeys:
        """Raises KeyMissing."""
        if wave_id not in self._keys:
            self._keys[wave_id] = keys.load(wave_id)
        return self._keys[wave_id]

    def link(self, letter: Letter) -> str:
        secrets = self.keys_of(letter.wave_id)
        visit = keys.address_visit(secrets, letter.email) if letter.moved else ""
        return self._before + keys.token_of(secrets, letter.wave_id, letter.invitation_id, visit) + self._after

    def signature(self, language: str) -> str:
        """HR's own in that language, else in English, else the organisation's name."""
        return self.signatures.get(language) or self.signatures.get("en") or self.name

    def form(self, letter: Letter) -> Form:
        key = (letter.wave_id, letter.kind, letter.language, letter.moved, letter.series, letter.k, letter.closes_on)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = self._render(letter)
        return form

    def _context(self, letter: Letter) -> dict[str, Any]:
        """What the templates of a mail take, with places for the person."""
        language, text = words(letter.language)
        with translation.override(language):
            values = {"name": NAME, "date": date_text(letter.closes_on, "DATE_FORMAT"), "k": letter.k}
        filled = {key: value.format(**values) for key, value in text.items()}
        return {
            "text": filled,
            "ask": filled["again" if letter.is_again else "ask"],
            "moved": letter.moved,
            "subject": filled[letter.kind],
            "language": language,
            "series": PLACES.sub("", letter.series),
            "signature": PLACES.sub("", self.signature(language)),
            "link": LINK,
        }

    def _render(self, letter: Letter) -> Form:
        context = self._context(letter)
        subject, language = context["subject"], context["language"]
        _name, sender = forbid_multi_line_headers("From", self.sender, "utf-8")
        encoded = Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n")
        head = (
            f"From: {sender}\r\nSubject: {encoded}\r\n"
            f"Date: {self.date}\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
            f"Content-Language: {language}\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            f'Content-Type: multipart/alternative; boundary="{LINE}"\r\n\r\n'
        )
        body = _part("plain", render_to_string("surveys/waves/mail.txt", context), TEXT_NAME)
        body += _part("html", render_to_string("surveys/waves/mail.html", context), HTML_NAME)
        return Form(subject, head, body + f"--{LINE}--\r\n".encode())

    def shown(self, letter: Letter) -> dict[str, str]:
        """How the mail reads: subject, text, html; with an address that leads nowhere."""
        context = self._context(letter)
        link = self._before + "\u2026" + self._after
        found = {"subject": str(context["subject"])}
        for kind, name in (("text", letter.given_name), ("html", escape(letter.given_name))):
            made = render_to_string(f"surveys/waves/mail.{'txt' if kind == 'text' else 'html'}", context)
            found[kind] = made.replace(NAME, name).replace(LINK, link)
        return found

    def write(self, letter: Letter) -> Mail:
        """The mail. Its Message-ID is the same at every attempt: a second copy is recognised.

        Raises ValueError for an address that is none, KeyMissing.
        """
        form, link = self.form(letter), self.link(letter)
        address = letter.email if smtp.PLAIN.match(letter.email) else sanitize_address(letter.email, "utf-8")
        if any(sign in address for sign in "\r\n\0"):
            raise ValueError("The address is broken.")
        name = letter.given_name
        if not name.isprintable() or PLACES.search(name):
            name = "".join(sign for sign in name if sign.isprintable() and sign not in (NAME, LINK))
        mark = keys.message_mark(self.keys_of(letter.wave_id), letter.message_id)
        message_id = f"<{letter.message_id}.{letter.wave_id}.{mark}@{self.host}>"
        mail = Mail(form.subject, "", self.envelope, [address], headers={"Message-ID": message_id})
        head = f"To: {address}\r\nMessage-ID: {message_id}\r\nList-Unsubscribe: <{link}leave/>\r\n{form.head}"
        body = form.body.replace(LINK_HERE, _quoted(link)).replace(TEXT_NAME, _quoted(name))
        mail.raw = head.encode() + body.replace(HTML_NAME, _quoted(escape(name)))
        return mail


def _part(kind: str, content: str, name: bytes) -> bytes:
    """One part with the places of the person, each between soft line ends: what will stand there has any length."""
    head = (
        f"--{LINE}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    marks = {NAME: SOFT + name + SOFT, LINK: SOFT + LINK_HERE + SOFT}
    pieces = [marks.get(piece) or _quoted(piece) for piece in PLACES.split(content)]
    return head.encode() + b"".join(pieces) + b"\r\n"


def _quoted(content: str) -> bytes:
    return b2a_qp(content.replace("\r\n", "\n").encode(), istext=True).replace(b"\n", b"\r\n")


def sample(letter: Letter) -> dict[str, str]:
    """See :meth:`Writer.shown`."""
    return Writer().shown(letter)
