"""A real test mail, and what went wrong with it in plain words."""

from __future__ import annotations

import smtplib
import socket
import ssl

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _


def send_test(*, to: str, sender: str, name: str) -> str:
    """Send one mail now. Returns "" when the mail server took it, else the reason and the remedy in words."""
    mail = EmailMessage(
        subject=_("Trivium: test mail"),
        body=_(
            "This is the test mail of Trivium for %(name)s.\n\nIf you read it, invitations and sign-in codes will "
            "arrive, too. Look at its sender: that is what everybody will see."
        )
        % {"name": name},
        from_email=sender,
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send(fail_silently=False)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return explain(error)
    return ""


def explain(error: Exception) -> str:
    """Reason and remedy of a failed attempt to send; quotes the mail server's own answer where there is one."""
    server = f"{getattr(settings, 'EMAIL_HOST', '')}:{getattr(settings, 'EMAIL_PORT', '')}"
    values = {"server": server, "answer": _answer(error)}
    if isinstance(error, smtplib.SMTPAuthenticationError):
        text = _("The mail server %(server)s refused user name and password. Correct them in EMAIL_URL and restart.")
    elif isinstance(error, smtplib.SMTPSenderRefused):
        text = _("The mail server does not let us write as this sender. Use an address of a domain it is in charge of.")
    elif isinstance(error, smtplib.SMTPRecipientsRefused):
        text = _("The mail server refused the address the test went to. Check it, or try another one.")
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        text = _(
            "The mail server %(server)s cannot do what EMAIL_URL asks: try smtp:// or smtps:// instead of smtp+tls://."
        )
    elif isinstance(error, smtplib.SMTPServerDisconnected):
        text = _("The mail server %(server)s ended the connection. Check port and kind of encryption in EMAIL_URL.")
    elif isinstance(error, smtplib.SMTPException):
        text = _("The mail server %(server)s did not take the mail.")
    elif isinstance(error, ssl.SSLError):
        text = _(
            "No safe connection to %(server)s: its certificate is not valid, or the port expects another encryption."
        )
    elif isinstance(error, socket.gaierror):
        text = _("There is no server named %(server)s. Check the host in EMAIL_URL.")
    elif isinstance(error, TimeoutError):
        text = _("The mail server %(server)s did not answer in time. Is the port open in the firewall?")
    elif isinstance(error, ConnectionRefusedError):
        text = _("Nobody listens at %(server)s. Check host and port in EMAIL_URL, and that the mail server runs.")
    elif isinstance(error, ValueError):
        text = _("Sender or address cannot be written into a mail: use one line and one address.")
    else:
        text = _("The mail server %(server)s cannot be reached.")
    words = text % values
    return f"{words} {_('It answered: %(answer)s') % values}" if values["answer"] else words


def _answer(error: Exception) -> str:
    code: int
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(text.split())}"[:200].strip()
