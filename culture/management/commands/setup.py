"""``manage.py setup``: a new link for the first start. Earlier links end, also one under way."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from culture.access import organisation, setup


class Command(BaseCommand):
    help = "Print a new one-time link to set this Trivium up; earlier ones end."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError("Demo mode needs no setting up. Set DEMO=no for a real installation.")
        try:
            if organisation.is_set_up():
                raise CommandError("This Trivium is set up already. HR changes its settings at /organisation/.")
            address = setup.new_link(now=timezone.now())
        except DatabaseError as error:
            raise CommandError(
                f"The database does not answer as it should ({type(error).__name__}): run manage.py setup_data first."
            ) from None
        self.stdout.write("Open this link within 24 hours; it works once and ends all earlier ones:")
        self.stdout.write(address)
