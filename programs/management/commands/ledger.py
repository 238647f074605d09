"""``manage.py ledger check``: every kept balance is the sum of its entries, or this says where not and fails."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programs.recognition import queries
from programs.recognition.models import Account, LedgerEntry


class Command(BaseCommand):
    help = "Proves that the kept balances of the points ledger are what its entries say."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = queries.ledger_drifts()
        for drift in wrong:
            self.stderr.write(f"account {drift.account}: kept {drift.kept}, the ledger says {drift.derived}")
        if wrong:
            raise CommandError(f"{len(wrong)} balances are not what the ledger says.")
        self.stdout.write(
            f"Right: {Account.objects.count()} balances, {LedgerEntry.objects.count()} ledger entries, no difference."
        )
