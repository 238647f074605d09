"""Everything a database needs before the site can use it: tables, the catalogue, the library of questions."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from culture.framework.loading import load_catalogue
from surveys.instruments.loading import load_library


class Command(BaseCommand):
    help = "Migrate the database, load the catalogue and the library of instruments. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
            call_command("createcachetable", verbosity=0)
        load_catalogue()
        load_library()
        if options["verbosity"]:
            self.stdout.write("The database is ready: tables, catalogue and library are in place.")
