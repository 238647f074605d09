"""One mail over an open SMTP connection, without what the library does again for each: a quarter of its time.

And what an error of sending means: this mail's fault or the server's, for now or for good.
"""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass

# Most addresses. Anything else is left to the library, which parses each.
PLAIN = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
OK, FORWARDED, GO_ON, CLOSING = 250, 251, 354, 421
# The mailbox does not exist or takes nothing from anybody. Other 5xx answers speak of this mail, or of us.
NO_MAILBOX = {550, 551, 553}
SERVER_ERRORS = (
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPNotSupportedError,
)


class ServerDown(Exception):
    """The mail server takes nothing now: the fault is not this message's."""


@dataclass(frozen=True)
class Verdict:
    """What an error means. ``server``: it takes nothing now. ``for_good``: this mail will never be taken.
    ``no_mailbox``: nothing to this address will. ``text`` is never the server's own, which repeats the address.
    """

    code: int
    server: bool
    for_good: bool
    no_mailbox: bool
    text: str


def judge(error: Exception) -> Verdict:
    """Of whatever went wrong while a mail was handed over."""
    code = _code(error)
    smtp = isinstance(error, smtplib.SMTPException)
    # smtplib's own errors are OSErrors too; any other OSError is the network.
    network = isinstance(error, OSError) and not smtp
    server = network or isinstance(error, SERVER_ERRORS) or code == CLOSING
    # A mail that cannot even be written (a broken address, say) gives no code: it will not get better either.
    for_good = not server and (code >= 500 or not smtp)
    refused = isinstance(error, smtplib.SMTPRecipientsRefused) and code in NO_MAILBOX and not _is_policy(error)
    return Verdict(code, server, for_good, refused, f"{code or ''} {type(error).__name__}".strip())


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((answer[0] for answer in error.recipients.values()), default=0)
    return int(getattr(error, "smtp_code", 0) or 0)


def _is_policy(error: smtplib.SMTPRecipientsRefused) -> bool:
    """Whether the server refused us (5.7.x: relaying, blocklists) and not the mailbox."""
    answers = [answer[1] for answer in error.recipients.values()]
    return any(b"5.7." in (text if isinstance(text, bytes) else str(text).encode()) for text in answers)


def send(server: smtplib.SMTP, sender: str, to: str, raw: bytes) -> None:
    """Hand over ``raw``: lines ending in CRLF, the last one too, the first one a header.

    Raises as :meth:`smtplib.SMTP.sendmail` does.
    """
    if not (PLAIN.match(sender) and PLAIN.match(to)):
        server.sendmail(sender, [to], raw)
        return
    server.ehlo_or_helo_if_needed()
    size = f" size={len(raw)}" if server.does_esmtp and server.has_extn("size") else ""
    code, answer = server.docmd("MAIL", f"FROM:<{sender}>{size}")
    if code != OK:
        _end(server, code)
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    code, answer = server.docmd("RCPT", f"TO:<{to}>")
    if code not in (OK, FORWARDED):
        _end(server, code)
        raise smtplib.SMTPRecipientsRefused({to: (code, answer)})
    code, answer = server.docmd("DATA")
    if code == GO_ON:
        # A line that begins with a dot would end the mail.
        server.send(raw.replace(b"\n.", b"\n..") + b".\r\n")
        code, answer = server.getreply()
    if code != OK:
        _end(server, code)
        raise smtplib.SMTPDataError(code, answer)


def _end(server: smtplib.SMTP, code: int) -> None:
    """Ready for the next mail, or gone if the server is."""
    if code == CLOSING:
        server.close()
        return
    with suppress(smtplib.SMTPServerDisconnected):
        server.rset()
