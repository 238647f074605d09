"""``manage.py sign_in_link WHO``: a way in for somebody who has none, and help for one who locked himself out."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from culture.access import signin
from culture.people.models import Employee


class Command(BaseCommand):
    help = "Print a link that signs an employee in once within 24 hours."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", help="e-mail address or employee number")
        parser.add_argument("--unlock", action="store_true", help="only end the lock after failed attempts")
        parser.add_argument("--reset-second-factor", action="store_true", help="first remove a lost second factor")

    def handle(self, *args: Any, who: str, unlock: bool, reset_second_factor: bool, **options: Any) -> None:
        lookup = {"email__iexact": who} if "@" in who else {"number": who}
        employee = Employee.objects.here(timezone.localdate()).filter(**lookup).first()
        if employee is None:
            raise CommandError(f"Nobody employed today has the address or number “{who}”.")
        signin.unlock(employee, by=None)
        if unlock:
            self.stdout.write(f"{employee.name} may try again.")
            return
        if reset_second_factor:
            signin.reset_second_factor(employee, by=None)
            self.stdout.write(f"The second factors and sessions of {employee.name} are gone.")
        try:
            self.stdout.write(signin.one_time_link(employee, by=None))
        except ValidationError as error:
            raise CommandError(error.messages[0]) from None
