"""``manage.py words``: gather what the interface says into the catalogues, and make them readable for Django."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import words


class Command(BaseCommand):
    help = "Extract the texts of the interface into the catalogues, say what lacks a translation, and compile them."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--compile", action="store_true", help="only make what Django reads, where it is not fresh")
        parser.add_argument("--lacking", metavar="LANGUAGE", help="also list the texts that lack this language")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["compile"]:
            for report in words.extract():
                done = report.total - report.lacking
                self.stdout.write(
                    f"{report.app:9} {report.language:8} {done:5} of {report.total} translated, "
                    f"{len(report.new)} new, {len(report.gone)} gone"
                )
        made = words.compile_catalogues()
        if not options["compile"] or options["verbosity"] > 1:
            self.stdout.write(f"{made} catalogues compiled.")
        if options["lacking"]:
            for app, message in words.lacking(options["lacking"]):
                self.stdout.write(f"{app}: {words.key(message)[0]}")
