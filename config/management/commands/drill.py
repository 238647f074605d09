"""Breaks things on purpose and counts what was lost: one JSON object per line, non-zero when something was."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import proof
from config.drill_answering import drill_answering
from config.drill_delivery import drill_delivery

# Each takes a size (0: small) and returns its counts; ``held`` says whether what must hold did.
DRILLS: dict[str, Callable[..., dict[str, Any]]] = {"delivery": drill_delivery, "answering": drill_answering}
# These last as long as --seconds says.
TIMED = {"answering"}


class Command(BaseCommand):
    help = "Break on purpose: " + ", ".join(DRILLS) + "."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(DRILLS))
        parser.add_argument("--size", type=int, default=0)
        parser.add_argument("--seconds", type=int, default=0, help="how long: " + ", ".join(TIMED))

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["names"] or list(DRILLS)
        if unknown := set(names) - set(DRILLS):
            raise CommandError(f"No drill is called {', '.join(sorted(unknown))}; there are {', '.join(DRILLS)}.")
        if not proof.apart():
            for name in names:
                numbers = [f"--{key}={options[key]}" for key in ("size", "seconds")]
                if status := proof.run_apart(["drill", name, *numbers]):
                    sys.exit(status)
            return
        for name in names:
            call_command("setup_data", verbosity=0)
            more = {"seconds": options["seconds"]} if name in TIMED else {}
            outcome = DRILLS[name](options["size"], **more)
            self.stdout.write(proof.drill_line(name=name, **outcome))
            if not outcome["held"]:
                sys.exit(1)
