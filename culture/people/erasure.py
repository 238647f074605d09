"""Erasing a leaver: his identity goes, the counts stay true. What each kind of data becomes is said by the rooms.

Decided here, once: rows that count (memberships, enrolments, completions, the points ledger) stay and point at the same
employee row, which names nobody any more. Append-only tables and released cells are not touched. Texts about him go;
texts he wrote about others stay, with his name covered. It cannot be undone: a later import of the old number makes a
new person, and a trigger keeps the neutral values of the erased row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.access.days import date_text
from culture.access.models import Grant
from culture.people import erasure_search, returning, rights
from culture.people.models import Employee
from culture.people.rights_models import Erasure, LegalHold, PlannedErasure

NEUTRAL: dict[str, Any] = {
    "given_name": "Former",
    "family_name": "colleague",
    "email": None,
    "manager": None,
    "job_family": "",
    "job_title": "",
    "site": "",
    "language": "en",
    "last_login": None,
    "is_staff": False,
    "is_superuser": False,
    "is_active": False,
}
# Columns a room may add to the employee's row that stay because counts need them, or say nothing about him.
STAY = {"id", "password", "number", "unit", "time_zone", "kind", "customer_facing", "hired_on", "left_on"}


def neutral_number(person: Employee) -> str:
    return f"erased-{person.pk}"


def is_erased(person: Employee) -> bool:
    return Erasure.objects.filter(employee=person).exists()


def refusal(person: Employee, *, today: dt.date, by: Employee | None = None) -> str:
    """Why ``person`` cannot be erased now, in words; '' when he can."""
    if is_erased(person):
        return _("This person was erased already.")
    if person.left_on is None or person.left_on >= today:
        return _(
            "%(name)s has not left. Only who has left can be erased: record the last day first, by import or on the "
            "page of the person; the day after it, come back."
        ) % {"name": person.name}
    if (back := returning.ahead(person)) is not None:
        return _("%(name)s comes back on %(day)s. Cancel the planned return first.") % {
            "name": person.name,
            "day": date_text(back.since, "DATE_FORMAT"),
        }
    if held := LegalHold.objects.filter(employee=person, lifted_at__isnull=True).first():
        return _("Nothing of %(name)s may be erased: a legal hold was placed (%(reason)s). Lift it first.") % {
            "name": person.name,
            "reason": held.reason,
        }
    if by is not None and by.pk == person.pk:
        return _("Nobody erases himself. Ask another HR admin.")
    if _last_hr_admin(person, today):
        return _("%(name)s holds the last HR admin role. Grant it to somebody who works here first.") % {
            "name": person.name
        }
    return ""


def _last_hr_admin(person: Employee, today: dt.date) -> bool:
    admins = Grant.objects.in_force(today).hr_admins()
    if not admins.filter(employee=person).exists():
        return False
    others = Employee.objects.here(today).filter(is_active=True, grants__in=admins).exclude(pk=person.pk)
    return not others.exists()


@dataclass(frozen=True)
class Line:
    """One line of the preview."""

    title: Any
    count: int
    fate: str
    word: Any
    after: Any


def preview(person: Employee) -> list[Line]:
    """What erasing would do to each kind of data held about ``person``. Writes nothing."""
    lines = []
    for one in rights.holdings():
        if count := one.rows(person).count():
            lines.append(Line(one.title, count, one.fate, rights.FATES[one.fate], one.after))
    for scrub in rights.scrubs():
        if count := scrub.count(person):
            lines.append(Line(scrub.title, count, rights.Fate.REMOVED, rights.FATES[rights.Fate.REMOVED], scrub.after))
    if count := erasure_search.mentions(person):
        word = _("name covered")
        after = _("Texts by others that carry the full name, number or address: “a former colleague” stands there.")
        lines.append(Line(_("Mentions in texts"), count, rights.Fate.CLEARED, word, after))
    order = list(rights.Fate)
    return sorted(lines, key=lambda line: order.index(rights.Fate(line.fate)))


@transaction.atomic
def erase(*, employee: Employee, by: Employee | None, today: dt.date, why: str = Erasure.Why.REQUEST) -> Erasure:
    """Remove the identity of ``employee``. Raises ValidationError when :func:`refusal` has a reason."""
    person = Employee.objects.select_for_update().get(pk=employee.pk)
    if reason := refusal(person, today=today, by=by):
        raise ValidationError(reason)
    # Read before anything is changed.
    wanted = erasure_search.needles_of(person)
    counts: dict[str, int] = {}
    for one in rights.holdings():
        if removed := one.remove(person):
            counts[one.model] = counts.get(one.model, 0) + removed
    for scrub in rights.scrubs():
        if removed := scrub.erase(person):
            counts[scrub.key] = removed
    _neutralise(person)
    PlannedErasure.objects.filter(employee=person).delete()
    for label, changed in erasure_search.cover_mentions(wanted).items():
        counts[f"texts of {label}"] = changed
    done = Erasure.objects.create(employee=person, by=by, why=why, counts=counts)
    # The id only: the trail is append-only, so whatever is written here stays.
    record(by, "employee.erase", person, why=str(why), counts=counts)
    return done


def _neutralise(person: Employee) -> None:
    """Neutral values in every column of the employee's row, also in columns other rooms added."""
    values: dict[str, Any] = {**NEUTRAL, "number": neutral_number(person), "password": make_password(None)}
    for field in Employee._meta.concrete_fields:
        if field.name in values or field.name in STAY or field.generated:
            continue
        values[field.name] = None if field.null else field.get_default()
    person.groups.clear()
    person.user_permissions.clear()
    Employee.objects.filter(pk=person.pk).update(**values)
