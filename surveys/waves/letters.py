"""What all mails of the house share: sender, headers, signature, and a Message-ID by which a second copy is known."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

from culture.access import organisation
from surveys.waves.message_models import Signature


def one_line(text: str) -> str:
    """Fit for a header: no line breaks, nothing unprintable."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def headers(mark: str, language: str) -> dict[str, str]:
    """``mark`` is the same at every attempt to send the same mail."""
    host = parseaddr(organisation.current().sender)[1].rpartition("@")[2] or "trivium.local"
    return {
        "Message-ID": f"<{mark}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    }


def plain(*, mark: str, to: str, language: str, subject: str, lines: list[str]) -> EmailMessage:
    """A mail of text alone, under it the organisation's name."""
    house = organisation.current()
    body = "\n".join(lines) + f"\n\n-- \n{house.name}\n"
    return EmailMessage(one_line(subject), body, house.sender, [to], headers=headers(mark, language))


def signatures() -> dict[str, str]:
    """HR's own, by language."""
    return dict(Signature.objects.values_list("language", "text"))


def rich(
    *, mark: str, to: str, language: str, subject: str, template: str, context: dict[str, Any], signed: dict[str, str]
) -> EmailMultiAlternatives:
    """A mail of text and HTML from ``template``.txt and .html; signed as HR chose (see ``signatures``)."""
    house = organisation.current()
    signature = signed.get(language) or signed.get("en") or house.name
    values = {**context, "language": language, "subject": subject, "signature": signature}
    body = render_to_string(f"{template}.txt", values)
    mail = EmailMultiAlternatives(one_line(subject), body, house.sender, [to], headers=headers(mark, language))
    mail.attach_alternative(render_to_string(f"{template}.html", values), "text/html")
    return mail
