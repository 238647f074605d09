"""Confirm on the server that a changed e-mail address is the person's: for when no second HR admin can."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from culture.access import addresses
from culture.people.models import Employee


class Command(BaseCommand):
    help = "Confirm the changed e-mail address of an employee who holds a role, so that codes by mail work again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the employee's number")

    def handle(self, *args: Any, number: str, **options: Any) -> None:
        person = Employee.objects.filter(number=number).first()
        if person is None:
            raise CommandError(f"Nobody has the employee number {number}.")
        change = addresses.open_change(person)
        if change is None:
            raise CommandError(f"No change of the address of {person.name} waits for a confirmation.")
        try:
            addresses.confirm(change, by=None)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(f"The address of {person.name} ({person.email or 'none'}) is confirmed.")
