"""``manage.py demo``: the demo organisation, for trying Trivium and for showing it."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.demo import building
from culture.people.models import Employee

PERSONAS = ("hr", "manager", "employee", "executive")


class Command(BaseCommand):
    help = "Loads Meridian: a retailer in the second year of its program. Only into an empty, demo-mode installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--employees", type=int, default=600)
        parser.add_argument("--waves", type=int, default=6)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demo's passwords are public. Set DEMO=yes to load it, and never where real people are."
            )
        if not 60 <= options["employees"] <= 20_000:
            raise CommandError("--employees must be between 60 and 20000.")
        if not 1 <= options["waves"] <= 12:
            raise CommandError("--waves must be between 1 and 12.")
        if Employee.objects.filter(email__in=[f"{name}@meridian.example" for name in PERSONAS]).exists():
            self.stdout.write("The demo is here already; nothing was changed.")
            return
        if Employee.objects.exists():
            raise CommandError("There are people here already. Load the demo into an empty database.")
        begun = time.monotonic()
        chosen = {name: options[name] for name in ("employees", "waves", "seed")}
        building.build(**chosen, now=timezone.now(), say=lambda line: self.stdout.write(f"  {line}"))
        self.stdout.write(f"Demo loaded in {time.monotonic() - begun:.0f} s. Sign in, password “trivium”, as:")
        for name in PERSONAS:
            self.stdout.write(f"  {name}@meridian.example")
