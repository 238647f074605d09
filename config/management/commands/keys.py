"""The keys of waves: are they there, copies apart, and a new pair."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.waves import keeping
from surveys.waves.models import Wave


class Command(BaseCommand):
    help = (
        "The keys of open waves. check: are they there and do they work; backup FOLDER: copy them (never where copies "
        "of the database lie) and destroy the copies of waves that are over; prune FOLDER: only the latter; restore "
        "FOLDER: put back what is missing; rotate WAVE: a new key pair for what is answered from now on."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check")
        for name in ("backup", "prune", "restore"):
            one = actions.add_parser(name)
            one.add_argument("folder", nargs="?", default=settings.KEYS_BACKUP_DIR, help="default: KEYS_BACKUP_DIR")
        actions.add_parser("rotate").add_argument("wave", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"do_{options['action']}")(**options)
        except keeping.Refused as error:
            raise CommandError(str(error)) from None

    def say(self, text: str) -> None:
        self.stdout.write(text)

    def do_check(self, **options: Any) -> None:
        troubles = {one.wave_id: one for one in keeping.troubles()}
        for wave in keeping.needed():
            found = troubles.get(wave.pk)
            self.say(f"wave {wave.pk} ({wave.state}): {found.why if found else 'good'}")
        if problem := keeping.store_problem():
            self.say(f"the next wave: {problem}")
        if troubles:
            self.say(next(iter(troubles.values())).what_to_do)
        if troubles or problem:
            sys.exit(1)

    def do_backup(self, folder: str, **options: Any) -> None:
        self._tell(keeping.backup(_folder(folder)))

    def do_prune(self, folder: str, **options: Any) -> None:
        self._tell({"destroyed": keeping.prune(_folder(folder))})

    def do_restore(self, folder: str, **options: Any) -> None:
        done = keeping.restore(_folder(folder))
        self._tell(done)
        if done["missing"]:
            sys.exit(1)

    def do_rotate(self, wave: int, **options: Any) -> None:
        found = Wave.objects.filter(pk=wave).first()
        if found is None:
            raise CommandError(f"There is no wave {wave}.")
        keeping.rotate(found, by=None)
        self.say(f"wave {wave}: new answers are sealed for a new key. Run “manage.py keys backup” now.")

    def _tell(self, done: dict[str, list[int]]) -> None:
        for what, waves in done.items():
            self.say(f"{what}: {', '.join(map(str, waves)) or 'none'}")


def _folder(name: str) -> Path:
    if not name:
        raise CommandError("Say which folder, or set KEYS_BACKUP_DIR.")
    return Path(name)
