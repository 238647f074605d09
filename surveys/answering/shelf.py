"""What a page tells its script about where unsent answers may wait. Every page behind a link has it in its body tag."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import reverse

from surveys.waves import keys

if TYPE_CHECKING:
    from surveys.answering.visits import Visit

# What stays in a browser that is never opened again is thrown away there some days after the survey has closed.
KEPT_DAYS = 7
ASSETS = ("answering.css", "answering.js", "answering_ahead.js")


def whereabouts(visit: Visit) -> dict[str, Any]:
    """Empty on a shared tablet, where nothing may stay."""
    if visit.kiosk:
        return {}
    return {
        "root": visit.url("start"),
        "worker": reverse("answering:worker"),
        "version": version(visit),
        "keep": keep(visit),
        "until": until(visit),
    }


def keep(visit: Visit) -> str:
    """``device``, or ``tab``: gone when it is closed."""
    return "device" if is_own(visit) else "tab"


def is_own(visit: Visit) -> bool:
    """Whether the link came by mail or by the person's own account: his device may keep what is not yet sent.

    A link by code, or one that HR showed, may be open on anybody's device: there only the tab keeps it.
    """
    if not visit.is_quiet:
        return True
    address = visit.invitation.employee.email
    wanted = keys.address_visit(keys.load(visit.invitation.wave_id), address) if address else ""
    return bool(wanted) and hmac.compare_digest(visit.token.partition(".")[2], wanted)


def until(visit: Visit) -> int:
    """Milliseconds since 1970, as scripts count."""
    last = dt.datetime.combine(visit.wave.closes_on + dt.timedelta(days=KEPT_DAYS), dt.time(), dt.UTC)
    return int(last.timestamp() * 1000)


def version(visit: Visit) -> str:
    """Changes with whatever the pages follow from, but for the answers."""
    wave, person = visit.wave, visit.person
    who = sorted(person.units), person.job_family, person.customer_facing
    frozen = getattr(wave, "row_versions", ""), wave.pk, visit.invitation.providers, visit.language
    made = (frozen, who, [static(name) for name in ASSETS])
    return hashlib.blake2b(repr(made).encode(), digest_size=9).hexdigest()
