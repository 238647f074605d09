"""``manage.py erase NUMBER``: remove the identity of somebody who left."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from culture.access import clock
from culture.people import erasure
from culture.people.models import Employee


class Command(BaseCommand):
    help = "Erase a leaver: show what goes and what stays, ask for the number again, then do it. It cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the employee number")
        parser.add_argument("--dry-run", action="store_true", help="show what would go; change nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, number: str, dry_run: bool, yes: bool, **options: Any) -> None:
        person = Employee.objects.filter(number=number).first()
        if person is None:
            raise CommandError(f"Nobody has the number “{number}”. An erased number is gone for good.")
        today = clock.today()
        if refused := erasure.refusal(person, today=today):
            raise CommandError(refused)
        for line in erasure.preview(person):
            self.stdout.write(f"{line.count:7d}  {line.word:20}  {line.title}: {line.after}")
        if dry_run:
            self.stdout.write("Nothing was changed.")
            return
        if not yes and input("Type the employee number to confirm: ").strip() != number:
            raise CommandError("That is another number. Nothing was changed.")
        try:
            done = erasure.erase(employee=person, by=None, today=today)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(self.style.SUCCESS(f"Erased. The row {done.employee_id} names nobody any more."))
