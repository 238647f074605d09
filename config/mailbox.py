"""The demo's mailbox: mails of the demo mode land in files and are read here. Outside demo mode there is none."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SHOWN = 100
SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend writes it between mails
LINK = re.compile(r"(https?://[^\s<>\"]+)")


class Mail(NamedTuple):
    to: str
    subject: str
    date: str
    body: SafeString


def _linked(text: str) -> SafeString:
    parts = LINK.split(text)
    # Split by one group: every second part is a link.
    linked = (format_html('<a href="{0}">{0}</a>', part) if n % 2 else part for n, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in linked))


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    return str(body.get_content()).strip() if body else ""


def read(address: str = "") -> list[Mail]:
    """The newest mails first, those whose recipient contains ``address``."""
    if not settings.MAIL_DIR.is_dir():
        return []
    mails: list[Mail] = []
    for file in sorted(settings.MAIL_DIR.glob("*.log"), key=lambda found: found.stat().st_mtime, reverse=True):
        for raw in reversed(file.read_bytes().split(SEPARATOR)):
            if not raw.strip():
                continue
            message = message_from_bytes(raw.lstrip(b"\n"), policy=policy)
            to = str(message["to"] or "")
            if address.lower() in to.lower():
                subject, date = str(message["subject"] or ""), str(message["date"] or "")
                mails.append(Mail(to, subject, date, _linked(_text(message))))
            if len(mails) >= SHOWN:
                return mails
    return mails


@login_not_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails of the demo, newest first; ``?to=`` finds one person's."""
    if not settings.DEMO:
        raise Http404
    address = request.GET.get("to", "").strip()[:200]
    return render(request, "config/mailbox.html", {"mails": read(address), "to": address, "shown": SHOWN})
