"""The first start of an installation: a one-time link leads one browser through it; until then nothing else answers.

A link is known by its digest only. It is taken by one browser, which may leave and come back until it expires. A new
link from ``manage.py setup`` ends all earlier ones; a new one at the start of a process only those nobody took.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit, grants, organisation
from culture.access.models import Grant, Role
from culture.access.organisation_models import Organisation, SetupLink
from culture.people.models import Employee

LIFE = dt.timedelta(hours=24)
STEPS = ("organisation", "mail", "privacy", "admin")
SAME_START = dt.timedelta(seconds=60)  # several processes of one start: one link
_LOCK = 7_310_003  # an advisory lock's number, nobody else's
log = logging.getLogger("trivium.setup")


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def new_link(*, now: dt.datetime, end_all: bool = True) -> str:
    """The address of a new link. ``end_all``: also the browser that is under way must begin with the new one."""
    old = SetupLink.objects.all() if end_all else SetupLink.objects.filter(taken_at=None)
    old.delete()
    secret = secrets.token_urlsafe(32)
    SetupLink.objects.create(digest=digest(secret), created_at=now, expires_at=now + LIFE)
    return settings.BASE_URL + reverse("setup:link", args=[secret])


def announce() -> str:
    """At the start of a web process: log a new link while nothing is set up. Returns it, or nothing."""
    try:
        if organisation.is_set_up():
            return ""
        now = timezone.now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
            if SetupLink.objects.filter(taken_at=None, created_at__gt=now - SAME_START).exists():
                return ""
            address = new_link(now=now, end_all=False)
    except DatabaseError as error:
        log.warning("No link for the first start: the database does not answer (%s).", type(error).__name__)
        return ""
    log.warning("Trivium is not set up yet. Open this link within 24 hours, it works once: %s", address)
    return address


def find(secret: str, *, now: dt.datetime) -> SetupLink | None:
    """The link, while nobody took it and it has not expired."""
    return SetupLink.objects.filter(digest=digest(secret), taken_at=None, expires_at__gt=now).first()


@transaction.atomic
def take(secret: str, *, now: dt.datetime) -> str:
    """Bind the link to one browser; returns the secret that browser keeps, or nothing when the link is dead."""
    visit = secrets.token_urlsafe(32)
    taken = SetupLink.objects.filter(digest=digest(secret), taken_at=None, expires_at__gt=now).update(
        taken_at=now, visit_digest=digest(visit)
    )
    if not taken:
        return ""
    SetupLink.objects.exclude(digest=digest(secret)).delete()
    return visit


def under_way(visit: str, *, now: dt.datetime) -> bool:
    """Whether this browser took the link that counts."""
    return bool(visit) and SetupLink.objects.filter(visit_digest=digest(visit), expires_at__gt=now).exists()


def next_step() -> str:
    """The first step that is not done yet."""
    row = Organisation.objects.first()
    done = row.steps_done if row else []
    return next(step for step in STEPS if step not in done or step == STEPS[-1])


@transaction.atomic
def finish(
    *, visit: str, now: dt.datetime, given_name: str, family_name: str, number: str, email: str, password: str
) -> Employee:
    """The first HR admin, and the end of the first start. Somebody imported with this address becomes HR admin.

    Raises ValidationError: keyed by field, or general when the link is dead or the first start is over.
    """
    link = SetupLink.objects.select_for_update().filter(visit_digest=digest(visit), expires_at__gt=now).first()
    row = Organisation.objects.select_for_update().first()
    if link is None or organisation.is_set_up():
        raise ValidationError(_("This link does not count any more. Nothing was changed."))
    if row is None or set(STEPS[:-1]) - set(row.steps_done):
        raise ValidationError(_("Some steps before this one are still open. Go back and finish them."))
    employee = Employee.objects.filter(email__iexact=email).first()
    if employee is None:
        number = number or "HR-1"
        if Employee.objects.filter(number=number).exists():
            raise ValidationError({"number": _("Somebody else has this employee number already.")})
        names = {"given_name": given_name, "family_name": family_name}
        zone = {"language": row.language, "time_zone": row.time_zone}
        employee = Employee.objects.create_user(number=number, email=email, password=password, **names, **zone)
    else:
        if not employee.is_active or (employee.left_on and employee.left_on < timezone.localdate(now)):
            raise ValidationError({"email": _("The person with this address has left. Choose somebody who is here.")})
        employee.set_password(password)
        employee.save(update_fields=["password"])
    if not Grant.objects.hr_admins().in_force().filter(employee=employee).exists():
        grants.give(employee=employee, role=Role.HR_ADMIN, by=None, reason="setup")
    row.set_up_at = now
    row.save()
    SetupLink.objects.all().delete()
    audit.record(employee, "setup.finished", row, name=row.name)
    transaction.on_commit(organisation.forget)
    return employee
