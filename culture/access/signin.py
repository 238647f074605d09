"""Second factors, sessions and one-time links: what sign-in asks of whom, and who ends what."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit, signin_locks
from culture.access.models import Grant
from culture.access.organisation_models import SignInLink
from culture.access.permissions import Permission, can
from culture.access.token_models import ApiToken
from culture.people.models import Employee, Unit

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
LINK_LIFE = dt.timedelta(hours=24)


# -- second factor ---------------------------------------------------------------------------------------------------


def has_second_factor(user: Employee) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def must_have_second_factor(user: Employee) -> bool:
    """HR admins, and whoever may enter Django's admin; nobody in demo mode."""
    return not settings.DEMO and (user.is_staff or can(user, Permission.MANAGE_PEOPLE))


def lacks_second_factor(user: Employee) -> bool:
    return must_have_second_factor(user) and not has_second_factor(user)


@transaction.atomic
def reset_second_factor(employee: Employee, *, by: Employee | None) -> int:
    """Remove all factors and recovery codes of somebody who lost them, and end his sessions. Returns how many went."""
    removed = Authenticator.objects.filter(user=employee).delete()[0]
    signin_locks.release("factor", str(employee.pk))
    end_sessions(employee, by=by)
    ApiToken.objects.filter(employee=employee, ended_at=None).update(ended_at=timezone.now())
    audit.record(by, "mfa.reset", employee, removed=removed)
    return removed


# -- who, from where -------------------------------------------------------------------------------------------------


def has_left(user: Employee) -> bool:
    return user.left_on is not None and user.left_on < timezone.localdate()


def account_name(user: Employee) -> str:
    """How the locks know an account: by what is typed to sign in, so that unknown addresses are treated alike."""
    return user.email or f"#{user.pk}"


def network(address: str) -> str:
    """All a list of sessions keeps of an address: the first 24 bits of IPv4, 48 of IPv6."""
    found = ipaddress.ip_address(address)
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False).network_address)


BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """``Firefox on Windows``; empty when nothing is recognised."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return f"{browser} on {system}" if browser and system else browser or system


def whereby(request: HttpRequest | None) -> dict[str, str]:
    """The detail an audit entry has of the device; the network it notes by itself."""
    found = device(request.META.get("HTTP_USER_AGENT", "")) if request is not None else ""
    return {"device": found} if found else {}


def forget_old_addresses(email: str) -> None:
    """allauth keeps addresses of its own; HR's import is what counts. One that is nobody's any more opens nothing."""
    if email:
        EmailAddress.objects.filter(email__iexact=email).exclude(user__email__iexact=email).delete()


# -- sessions --------------------------------------------------------------------------------------------------------


def sessions_of(user: Employee, *, current: str | None) -> list[dict[str, Any]]:
    """The living sessions, this one first, then the newest."""
    found = _living(user)
    rows = [
        {
            "pk": session.pk,
            "device": device(session.user_agent),
            "since": session.created_at,
            "seen": session.last_seen_at,
            "network": _shown(session.ip),
            "current": session.session_key == current,
        }
        for session in found
    ]
    return sorted(rows, key=lambda row: (not row["current"], -row["since"].timestamp()))


def _living(user: Employee) -> list[UserSession]:
    """Those that still open something; the rows of the others go. Three queries, however many there are.

    allauth asks the session store for each by itself; sessions lie in the database (SESSION_ENGINE).
    """
    rows = list(UserSession.objects.filter(user=user))
    kept = Session.objects.filter(pk__in=[row.session_key for row in rows], expire_date__gt=timezone.now())
    hashes = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    alive = set()
    for session in kept:
        held = session.get_decoded()
        if held.get("_auth_user_id") == str(user.pk) and held.get("_auth_user_hash") in hashes:
            alive.add(session.pk)
    dead = [row.pk for row in rows if row.session_key not in alive]
    if dead:
        UserSession.objects.filter(pk__in=dead).delete()
    return [row for row in rows if row.session_key in alive]


def _shown(address: str) -> str:
    return address.rpartition(".")[0] + ".*" if "." in address else f"{address.rstrip(':')}:*"


@transaction.atomic
def end_sessions(user: Employee, *, by: Employee | None, only: int | None = None, keep: str | None = None) -> int:
    """End the sessions of ``user``: one of them, or all but the one with the key ``keep``. Returns how many ended."""
    found = UserSession.objects.filter(user=user)
    if only is not None:
        found = found.filter(pk=only)
    if keep:
        found = found.exclude(session_key=keep)
    keys = list(found.values_list("session_key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    ended = found.filter(session_key__in=keys).delete()[0]
    if ended:
        audit.record(by, "sessions.ended", user, sessions=ended)
    return ended


# -- one-time links --------------------------------------------------------------------------------------------------


@transaction.atomic
def one_time_link(employee: Employee, *, by: Employee | None) -> str:
    """An address that signs ``employee`` in once, within 24 hours; a new one replaces the last.

    For people without e-mail. HR (``by``) cannot make one for whoever has an e-mail address or more rights than an
    employee: it would be a way to act as somebody else. Raises ValidationError with the reason.
    """
    if not employee.is_active or has_left(employee):
        raise ValidationError(_("%(name)s is not here any more.") % {"name": employee.name})
    if by is not None:
        if not _manages(by, employee):
            raise ValidationError(_("%(name)s is not among the people you manage.") % {"name": employee.name})
        if employee.email:
            raise ValidationError(
                _("%(name)s has an e-mail address: the sign-in page sends a code there.") % {"name": employee.name}
            )
        if Grant.objects.filter(employee=employee).exists() or employee.is_staff or employee.is_superuser:
            raise ValidationError(
                _("%(name)s has more rights than an employee: only the server's operator can make a link.")
                % {"name": employee.name}
            )
    now, secret = timezone.now(), secrets.token_urlsafe(18)
    SignInLink.objects.filter(employee=employee).delete()
    SignInLink.objects.create(
        employee=employee, digest=_digest(secret), created_by=by, created_at=now, expires_at=now + LINK_LIFE
    )
    audit.record(by, "sign-in.link_made", employee)
    return settings.BASE_URL + reverse("account_once", args=[secret])


def _manages(by: Employee, employee: Employee) -> bool:
    place: Unit | int | None = employee.unit_id
    return can(by, Permission.MANAGE_PEOPLE, place) if place else can(by, Permission.MANAGE_PEOPLE)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def owner_of_link(secret: str) -> Employee | None:
    """Whom the link would sign in, while it counts."""
    found = SignInLink.objects.filter(digest=_digest(secret), used_at=None, expires_at__gt=timezone.now())
    link = found.select_related("employee").first()
    if link is None or not link.employee.is_active or has_left(link.employee):
        return None
    return link.employee


def use_link(secret: str) -> Employee | None:
    """Use the link up; of two at once one gets the employee, the other nothing."""
    employee = owner_of_link(secret)
    if employee is None:
        return None
    used = SignInLink.objects.filter(digest=_digest(secret), used_at=None).update(used_at=timezone.now())
    return employee if used else None


def unlock(employee: Employee, *, by: Employee | None) -> None:
    """Let a locked account try again at once."""
    signin_locks.release("account", account_name(employee))
    signin_locks.release("factor", str(employee.pk))
    audit.record(by, "sign-in.unlocked", employee)
