"""``manage.py ledger check``: balances, reservations, pending gifts and lots agree with the ledger, or this fails."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programs.recognition import proving
from programs.recognition.models import Account, LedgerEntry


class Command(BaseCommand):
    help = "Proves that the kept balances of the points ledger are what its entries say."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = proving.findings()
        for finding in wrong:
            self.stderr.write(str(finding))
        if wrong:
            raise CommandError(f"{len(wrong)} figures are not what the ledger says.")
        self.stdout.write(
            f"Right: {Account.objects.count()} balances, {LedgerEntry.objects.count()} ledger entries, no difference."
        )
