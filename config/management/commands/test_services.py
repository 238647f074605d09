"""PostgreSQL and Redis in a temporary folder, for trying things by hand."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from config import embedded
from config.proof import temporary_folder


class Command(BaseCommand):
    help = "Start PostgreSQL and Redis in a temporary folder, print their addresses, end them with Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with temporary_folder() as folder:
            services = embedded.Embedded(folder, fast=True)
            services.start()
            self.stdout.write(f"export DATABASE_URL='{embedded.database_url(folder)}'")
            self.stdout.write(f"export BROKER_URL='{embedded.broker_url(folder)}'")
            try:
                signal.pause()
            except KeyboardInterrupt:
                services.stop()
