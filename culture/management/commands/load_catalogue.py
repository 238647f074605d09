"""``manage.py load_catalogue``: the framework's data files into the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from culture.framework import loading


class Command(BaseCommand):
    help = (
        "Load the service-culture catalogue and print how many entries there are of each kind. "
        "Safe to repeat; what the organisation tailored stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only look for contradictions in the data files")
        parser.add_argument("--stamp", metavar="NOTE", help="record changed data files as the catalogue's next version")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["stamp"]:
                number = loading.stamp(options["stamp"], timezone.localdate())
                self.stdout.write(f"The data files are version {number} now.")
                return
            if problems := loading.check():
                raise CommandError("\n".join(problems))
            if options["check"]:
                self.stdout.write(f"The data files agree: version {loading.versions()[-1]['number']}.")
                return
            counts = loading.load_catalogue()
        except loading.CatalogueError as error:
            raise CommandError(str(error)) from error
        version = loading.versions()[-1]["number"]
        told = ", ".join(f"{name} {number}" for name, number in counts.items())
        self.stdout.write(f"Catalogue version {version}: {told}")
