"""Does this installation keep the promise? One line per finding; exit code 1 when one gives something away."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config import confidentiality


class Command(BaseCommand):
    help = (
        "Look at PostgreSQL's settings, server-side binding, the log formats, the rights of the keys and where copies "
        "lie, and say what to change. Exit code 0: nothing gives anybody away (warnings may remain); 1: something "
        "does; 2: it could not be looked at."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = confidentiality.findings()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer ({type(error).__name__}).", returncode=2) from None
        bad = any(one.is_error for one in found)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not bad, "findings": [one.as_dict() for one in found]}))
        else:
            for one in found:
                self.stdout.write(str(one))
            if not found:
                self.stdout.write("Nothing found: PostgreSQL, binding, logs and keys are as the promise needs them.")
        if bad:
            sys.exit(1)
