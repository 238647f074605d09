"""Reads the mailbox that undeliverable mail comes back to."""

from __future__ import annotations

import imaplib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.waves import bounces


class Command(BaseCommand):
    help = "Read bounced mail from BOUNCES_URL or a maildir, and mark what did not arrive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", default="", help="imaps://user:password@host/INBOX or a maildir")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"] or settings.BOUNCES_URL
        if not source:
            raise CommandError("Say where: --from PATH-OF-A-MAILDIR, or set BOUNCES_URL.")
        try:
            outcome = bounces.read(source)
        except (OSError, imaplib.IMAP4.error) as error:
            # The text of an IMAP error may hold the password's line: the class is enough.
            raise CommandError(f"The mailbox cannot be read ({type(error).__name__}).") from None
        self.stdout.write(f"{outcome.read} mails read, {outcome.bounced} bounced, {outcome.dead} addresses dead.")
