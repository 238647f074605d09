"""``manage.py ledger check``: balances, reservations, pending gifts and lots agree with the ledger, or this fails.

``manage.py ledger reseal``: after SECRET_KEY has changed (the old one among SECRET_KEY_FALLBACKS), brings the codes of
vouchers under the new one.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programs.recognition import catalogue, codes, proving
from programs.recognition.models import Account, LedgerEntry


class Command(BaseCommand):
    help = "check: the kept balances are what the entries say; reseal: voucher codes under the present SECRET_KEY."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check", "reseal"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "reseal":
            self._reseal()
        else:
            self._check()

    def _reseal(self) -> None:
        try:
            done = catalogue.reseal()
        except codes.Unreadable:
            raise CommandError(
                "Some codes open with no key: put the old SECRET_KEY into SECRET_KEY_FALLBACKS. Nothing was changed."
            ) from None
        self.stdout.write(f"{done} codes of vouchers are sealed under the present SECRET_KEY.")

    def _check(self) -> None:
        wrong = proving.findings()
        for finding in wrong:
            self.stderr.write(str(finding))
        if wrong:
            raise CommandError(f"{len(wrong)} figures are not what the ledger says.")
        self.stdout.write(
            f"Right: {Account.objects.count()} balances, {LedgerEntry.objects.count()} ledger entries, no difference."
        )
