"""The organisation's own settings as everybody reads them, and their change.

``current()`` is read on every page and for every mail: one small query per process every ``FRESH`` seconds. A process
that saves sees its change at once, the others within ``FRESH`` seconds.
"""

from __future__ import annotations

import time
import zoneinfo
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from culture.access import audit
from culture.access.models import Grant
from culture.access.organisation_models import K_CHOICES, LONGEST_NAME, Organisation
from culture.people.models import Employee

FRESH = 10.0
FIELDS = ("name", "languages", "language", "time_zone", "sender_name", "sender_address", "k")


@dataclass(frozen=True)
class Settings:
    """What holds now: what the organisation chose, else the installation's settings."""

    name: str
    languages: tuple[str, ...]
    language: str
    time_zone: str
    sender_name: str
    sender_address: str
    k: int

    @property
    def sender(self) -> str:
        """``Name <address>`` as a mail's From takes it."""
        return formataddr((self.sender_name, self.sender_address))


@dataclass
class _Known:
    value: Settings | None = None
    until: float = 0.0
    set_up: bool = False


_known = _Known()


def _of(row: Organisation | None) -> Settings:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    every = tuple(code for code, _name in settings.LANGUAGES)
    if row is None:
        return Settings("Trivium", every, settings.LANGUAGE_CODE, settings.TIME_ZONE, name, address, K_CHOICES[0])
    return Settings(
        name=row.name or "Trivium",
        languages=tuple(code for code in row.languages if code in every) or every,
        language=row.language,
        time_zone=row.time_zone,
        sender_name=row.sender_name if row.sender_address else name,
        sender_address=row.sender_address or address,
        k=row.k,
    )


def current() -> Settings:
    """The settings that hold now; never fails for want of a row."""
    if _known.value is None or time.monotonic() >= _known.until:
        remember(_of(Organisation.objects.first()), FRESH)
    assert _known.value is not None
    return _known.value


def language_choices(*also: str) -> list[tuple[str, str]]:
    """(code, own name) of the organisation's languages, its main one first; then ``also``: what is in use."""
    house = current()
    ordered = dict.fromkeys((house.language, *house.languages, *(code for code in also if code)))
    names = {**{code: info["name_local"] for code, info in LANG_INFO.items() if "name_local" in info}}
    names |= dict(settings.LANGUAGES)
    return [(code, names.get(code) or names.get(code.split("-")[0]) or code) for code in ordered]


def remember(value: Settings | None = None, seconds: float = float("inf")) -> None:
    """Keep ``value`` (default: what holds without a row) for ``seconds`` in this process."""
    _known.value, _known.until = value or _of(None), time.monotonic() + seconds


def forget() -> None:
    """Read again at the next use."""
    _known.value, _known.until, _known.set_up = None, 0.0, False


def is_set_up() -> bool:
    """Whether the first start is over: somebody finished it, or there ever was an HR admin (older installations)."""
    if settings.DEMO or _known.set_up:
        return True
    _known.set_up = Organisation.objects.exclude(set_up_at=None).exists() or Grant.objects.hr_admins().exists()
    return _known.set_up


def check(values: dict[str, Any]) -> None:
    """Raise ValidationError, keyed by field, for settings that cannot hold."""
    errors: dict[str, str] = {}
    known = {code for code, _name in settings.LANGUAGES}
    if "name" in values and not 1 <= len(values["name"].strip()) <= LONGEST_NAME:
        errors["name"] = _("Give the organisation a name of at most %(most)s letters.") % {"most": LONGEST_NAME}
    if "languages" in values:
        if not values["languages"] or not set(values["languages"]) <= known:
            errors["languages"] = _("Choose at least one of the languages.")
        elif values.get("language") not in values["languages"]:
            errors["language"] = _("The main language must be one of the languages chosen above.")
    if "time_zone" in values and values["time_zone"] not in zoneinfo.available_timezones():
        errors["time_zone"] = _("Choose a time zone of the list, such as Europe/Rome.")
    if "k" in values and values["k"] not in K_CHOICES:
        errors["k"] = _("The smallest group shown must be 5, 7 or 10 people.")
    for field in ("name", "sender_name"):
        if any(sign in str(values.get(field, "")) for sign in "\r\n\0"):
            errors[field] = _("Write it on one line.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def save(*, by: Employee | None, step: str = "", **values: Any) -> Organisation:
    """Change some of FIELDS; ``step`` marks a step of the first start as done. Raises ValidationError by field."""
    assert set(values) <= set(FIELDS), values
    check(values)
    Organisation.objects.get_or_create(pk=1, defaults=_first_values())
    row = Organisation.objects.select_for_update().get(pk=1)
    changed = {}
    for field, value in values.items():
        value = value.strip() if isinstance(value, str) else value
        if getattr(row, field) != value:
            changed[field] = [getattr(row, field), value]
            setattr(row, field, value)
    if step and step not in row.steps_done:
        row.steps_done = [*row.steps_done, step]
    row.save()
    if changed:
        audit.record(by, "organisation.changed", row, **changed)
    transaction.on_commit(forget)
    return row


def _first_values() -> dict[str, Any]:
    start = _of(None)
    return {
        "languages": list(start.languages),
        "language": start.language,
        "time_zone": start.time_zone,
        "k": start.k,
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """Template variable ``organisation``; worked out only by pages that show it."""
    return {"organisation": SimpleLazyObject(current)}
