"""Wiring that needs Django to be ready: the promise is looked at by ``manage.py check --deploy``, too."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DatabaseError


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        checks.register(check_confidentiality, "confidentiality", deploy=True)


def check_confidentiality(**kwargs: Any) -> list[checks.CheckMessage]:
    from config import confidentiality  # its models can be imported only when the apps are ready

    try:
        found = confidentiality.findings()
    except DatabaseError:
        # An image is built and checked without a database; `manage.py check_confidentiality` insists on one.
        text = "The database does not answer: its settings were not looked at."
        return [checks.Info(text, hint="Run manage.py check_confidentiality where it does.", id="trivium.I001")]
    return [
        (checks.Error if one.is_error else checks.Warning)(
            f"{one.name}: {one.problem}.", hint=one.change, id="trivium.E001" if one.is_error else "trivium.W001"
        )
        for one in found
    ]
