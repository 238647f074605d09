"""What the site needs before it starts: the translations, and in the database tables, catalogue and questions."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from config import words
from culture.framework.loading import load_catalogue
from surveys.instruments.loading import load_library


class Command(BaseCommand):
    help = "Migrate the database, load the catalogue and the library of instruments. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        words.compile_catalogues()
        call_command("migrate", interactive=False, verbosity=0)
        if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
            call_command("createcachetable", verbosity=0)
        load_catalogue()
        load_library()
        if options["verbosity"]:
            self.stdout.write("The database is ready: tables, catalogue and library are in place.")
