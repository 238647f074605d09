"""What HR hands out by hand: sheets with codes, single links. Each is in the audit trail."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.access.days import date_text
from culture.people.models import Employee, Unit
from surveys.waves import codes, keys, reach, sheets
from surveys.waves.models import Invitation, Wave


def sheet(wave: Wave, unit: Unit, *, everybody: bool, by: Employee) -> bytes | None:
    """The PDF for those of the unit whom no mail reaches, or for everybody; None if that is nobody.

    Whether somebody has answered makes no difference: a sheet without him would tell. Raises KeyMissing.
    """
    people = reach.invited(wave).filter(unit=unit)
    people = people if everybody else reach.unreachable(people)
    found = list(people.select_related("unit").order_by("sort_name", "pk"))
    if not found:
        return None
    pairs = Invitation.objects.filter(wave=wave, employee__in=found).values_list("pk", "employee_id")
    owner = dict(pairs)
    day = date_text(timezone.localdate(), "DATE_FORMAT")
    note = _("Printed on %(day)s. Codes printed earlier for the same people no longer work.") % {"day": day}
    with transaction.atomic():
        # If the typesetting fails, the old codes stay good.
        made = codes.print_for(wave, list(owner), by=by, unit=unit)
        return sheets.pdf(wave, unit, found, {owner[pk]: code for pk, code in made.items()}, note)


@transaction.atomic
def link(wave: Wave, employee: Employee, *, by: Employee) -> str:
    """A link for one visit of somebody asked: whoever shows it could follow it. Raises KeyMissing."""
    invitation = Invitation.objects.get(wave=wave, employee=employee)
    address = settings.BASE_URL + reverse("answering:start", args=[keys.visit_token(wave.pk, invitation.pk)])
    record(by, "wave.link_shown", wave, employee=employee)
    return address


def qr(address: str) -> SafeString:
    """An SVG that only holds the modules of the address."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=2, scale=5, xmldecl=False, dark="#000", light="#fff", title="QR"
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - made by segno of an address of our own
