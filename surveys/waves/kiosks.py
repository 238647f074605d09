"""Shared tablets: who may answer on one, and how he says who he is."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access.audit import record
from culture.people.models import Employee, Unit
from culture.people.units import descendants
from surveys.waves import keys
from surveys.waves.message_models import Kiosk
from surveys.waves.models import Invitation, Wave

ATTRIBUTES = {
    "number": gettext_lazy("Employee number"),
    "family_name": gettext_lazy("Family name"),
    "hired_on": gettext_lazy("First day at work"),
    "email": gettext_lazy("E-mail"),
}
# One of the two must be nobody else's.
SINGLING = {"number", "email"}


def asked(kiosk: Kiosk) -> QuerySet[Invitation]:
    """The invitations of those who may answer on it."""
    invitations = Invitation.objects.filter(wave=kiosk.wave_id)
    if kiosk.unit_id:
        invitations = invitations.filter(employee__unit__in=sorted(descendants([kiosk.unit_id])))
    return invitations.filter(employee__site=kiosk.site) if kiosk.site else invitations


@transaction.atomic
def add(
    *,
    by: Employee,
    wave: Wave,
    name: str,
    unit: Unit | None = None,
    site: str = "",
    asks: Sequence[str] = (),
    language: str = "en",
) -> Kiosk:
    """Raises ValidationError keyed by field."""
    errors: dict[str, str] = {}
    if wave.state != Wave.State.OPEN:
        errors["name"] = _("A tablet can be set up once the wave is open.")
    if asks and (len(set(asks)) != 2 or not set(asks) <= set(ATTRIBUTES)):
        errors["asks"] = _("Choose two different details, or the printed code.")
    elif asks and not set(asks) & SINGLING:
        errors["asks"] = _("One of the two must be the employee number or the e-mail: the others fit several people.")
    kiosk = Kiosk(wave=wave, name=name.strip(), unit=unit, site=site.strip(), asks=list(asks), language=language)
    if not errors and not asked(kiosk).exists():
        errors["unit"] = _("Nobody there is asked in this wave. Choose another unit or site.")
    if errors:
        raise ValidationError(errors)
    kiosk.save()
    record(by, "kiosk.added", kiosk, wave=wave, unit=unit, site=kiosk.site, asks=list(asks))
    return kiosk


@transaction.atomic
def end(*, by: Employee, kiosk: Kiosk) -> bool:
    """The tablet takes nobody any more. False if it was ended before."""
    ended = Kiosk.objects.filter(pk=kiosk.pk, ended=False).update(ended=True)
    if ended:
        record(by, "kiosk.ended", kiosk, wave=kiosk.wave_id)
    return bool(ended)


def address(kiosk: Kiosk) -> str:
    """Raises KeyMissing."""
    return settings.BASE_URL + reverse("answering:kiosk", args=[keys.kiosk_token(kiosk.wave_id, kiosk.pk)])


def find(kiosk: Kiosk, given: Mapping[str, str]) -> Invitation | None:
    """The one invitation still open that fits both details; None for nobody, several, or one that is answered.

    All three look alike to whoever asks: a colleague's number must not tell whether he has answered.
    """
    wanted: dict[str, Any] = {}
    for name in kiosk.asks:
        text = unicodedata.normalize("NFC", given.get(name, "")).strip()[:200]
        if not text:
            return None
        wanted[name] = text
    people = asked(kiosk).filter(state=Invitation.State.ASKED)
    if "number" in wanted:
        people = people.filter(employee__number__iexact=wanted.pop("number"))
    if "email" in wanted:
        people = people.filter(employee__email__iexact=wanted.pop("email"))
    if "hired_on" in wanted:
        day = _day(wanted.pop("hired_on"))
        people = people.filter(employee__hired_on=day) if day else people.none()
    found = list(people.select_related("employee")[:20])
    if "family_name" in wanted:
        name = _plain(wanted["family_name"])
        found = [one for one in found if _plain(one.employee.family_name) == name]
    return found[0] if len(found) == 1 else None


def _plain(text: str) -> str:
    """Without accents, case and double blanks: nobody types those on a tablet."""
    bare = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join("".join(bare).casefold().split())


def _day(text: str) -> dt.date | None:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
