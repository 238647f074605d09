"""Give somebody a role: how the first HR admin of an installation comes to be."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from culture.access import clock, grants
from culture.access.models import Grant, Role
from culture.people.models import Employee, Unit


class Command(BaseCommand):
    help = "Grant a role to an employee, for one unit with everything below it or for the whole organisation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", help="e-mail address or employee number")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--unit", default="", help="the unit's path, such as 'Meridian > Retail'")

    def handle(self, *args: Any, who: str, role: str, unit: str, **options: Any) -> None:
        employee = self.find(who)
        place = None
        if unit and (place := Unit.objects.filter(path=unit).first()) is None:
            raise CommandError(f"No unit has the path “{unit}”. The page /units/ shows them.")
        today = clock.today()
        held = Grant.objects.filter(employee=employee, role=role, unit=place).in_force(today)
        grant = held.first()
        new = grant is None
        if grant is None:
            try:
                grant = grants.give(employee=employee, role=role, unit=place, by=None, reason="manage.py grant")
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from None
        where = place.path if place else "the whole organisation"
        self.stdout.write(
            f"{employee.name} {'is now' if new else 'was already'} {grant.get_role_display()} of {where}."
        )
        if not employee.has_usable_password():
            self.stdout.write("He has no password yet: he signs in with “E-mail me a code instead”.")

    def find(self, who: str) -> Employee:
        lookup = {"email__iexact": who} if "@" in who else {"number": who}
        employee = Employee.objects.here(clock.today()).filter(**lookup).first()
        if employee is None:
            raise CommandError(f"Nobody employed today has the address or number “{who}”. Import people first.")
        return employee
