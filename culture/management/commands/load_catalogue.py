"""``manage.py load_catalogue``: the framework's data files into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from culture.framework.loading import load_catalogue


class Command(BaseCommand):
    help = "Load the service-culture catalogue (requirements, behaviours, conditions, practices). Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(", ".join(f"{name} {number}" for name, number in load_catalogue().items()))
