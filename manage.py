#!/usr/bin/env python
"""Trivium's command line.

When ``DATABASE_URL`` or ``BROKER_URL`` is unset, a command that needs the services finds the embedded ones under
``DATA_DIR``: started when they do not run, stopped again when nobody uses them any more.
"""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config import embedded

# These need no database; `up`, `bench` and `drill` start services themselves.
WITHOUT_SERVICES = {
    "", "help", "version", "--version", "--help", "-h", "bench", "check", "collectstatic", "compilemessages",
    "diffsettings", "drill", "findstatic", "makemessages", "makemigrations", "spectacular", "startapp", "startproject",
    "test_services", "up", "words",
}  # fmt: skip


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        with_services(arguments)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(f"Trivium: {error}")


def with_services(arguments: list[str]) -> None:
    command = arguments[1] if len(arguments) > 1 else ""
    needs = command not in WITHOUT_SERVICES and not {"-h", "--help"} & set(arguments)
    services = None
    if needs and not (os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL")):
        from config import settings  # reads the environment; says what is wrong with it before anything starts

        services = embedded.Embedded(settings.DATA_DIR)
        services.start()
    try:
        execute_from_command_line(arguments)
    finally:
        if services:
            services.stop()


if __name__ == "__main__":
    main(sys.argv)
