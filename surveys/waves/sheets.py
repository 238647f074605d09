"""The printed sheet of a unit: for each person a slip with a QR and the code. Typeset by Typst."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from culture.access import organisation
from culture.access.days import date_text
from culture.people.models import Employee, Unit
from surveys.waves import codes
from surveys.waves.models import Wave
from surveys.waves.texts_mail import words
from surveys.waves.texts_sheet import SHEET

TEMPLATE = Path(__file__).parent / "sheet.typ"


def pdf(wave: Wave, unit: Unit, people: Sequence[Employee], code_of: Mapping[int, str], note: str) -> bytes:
    """A4 pages of eight slips. ``code_of``: employee id → code; ``note`` stands on top of each page."""
    data = {
        "title": wave.series.name,
        "unit": unit.path,
        "organisation": organisation.current().name,
        "note": note,
        "slips": [_slip(wave, person, code_of[person.pk]) for person in people if person.pk in code_of],
    }
    return bytes(typst.compile(TEMPLATE.read_bytes(), sys_inputs={"data": json.dumps(data)}))


def _slip(wave: Wave, person: Employee, code: str) -> dict[str, Any]:
    language, _mail = words(person.language)
    text = SHEET[language]
    with translation.override(language):
        day = date_text(wave.closes_on, "DATE_FORMAT")
    return {
        "name": person.name,
        "number": person.number,
        "unit": person.unit.name if person.unit else "",
        "code": codes.grouped(code),
        "qr": _qr(settings.BASE_URL + reverse("answering:code_filled", args=[code])),
        "address": (settings.BASE_URL + reverse("answering:code")).split("://", 1)[-1],
        "lang": language.split("-")[0],
        "scan": text["scan"],
        "until": text["until"].format(date=day),
        "promise": text["promise"].format(k=wave.rules.get("k", 5)),
        "private": text["private"],
    }


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=True)
    return out.getvalue().decode()
