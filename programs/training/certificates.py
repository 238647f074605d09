"""Certificates: a PDF for the holder, and a public link that shows what he allows, as long as he wants.

The link carries 128 bits from the operating system's generator: at a thousand tries a second against a million links,
finding one takes some 1e22 years on average, so that the rate limit only keeps the page from being a burden.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from culture.access import audit, organisation
from culture.people.models import Employee
from programs.training import cycles, facts
from programs.training.certificate_texts import LANGUAGES, words
from programs.training.content_models import Certificate
from programs.training.languages import nearest
from programs.training.models import Assignment, Completion
from programs.training.path_models import Step

TEMPLATE = Path(__file__).parent / "certificate.typ"
# Comes with the typst wheel, so it is pinned with it; it has all Latin letters, Romanian ș and ț included.
LATIN = "Libertinus Serif"
CHINESE = (
    "Noto Serif CJK SC",
    "Noto Sans CJK SC",
    "Noto Serif SC",
    "Noto Sans SC",
    "Source Han Serif SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Songti SC",
    "PingFang SC",
    "SimSun",
    "Microsoft YaHei",
)
SYSTEM_FONTS = True
# What stands on the page as text, besides the lines.
SHOWN = ("organisation", "certificate", "that", "name", "completed", "course", "verify", "no_link")
Part = Certificate.Part
USUAL = [Part.NAME.value, Part.COURSE.value, Part.DAY.value, Part.UNTIL.value]


@dataclass(frozen=True)
class Proof:
    """What the public page says. ``state``: valid, lapsed or revoked; the rest is None unless the holder allows it."""

    state: str
    revoked_on: dt.date | None
    organisation: str
    name: str | None = None
    course: Mapping[str, str] | None = None
    day: dt.date | None = None
    until: dt.date | None = None
    shows_until: bool = False
    score: int | None = None


@dataclass(frozen=True)
class Printed:
    """``missing``: letters no font of this machine has; they are boxes on the page."""

    pdf: bytes
    missing: str


@transaction.atomic
def issue(*, by: Employee, completion: Completion, shows: Iterable[str], now: dt.datetime) -> Certificate:
    """A new public link for one's own completion; an earlier one leads nowhere from now on."""
    _own(by, completion)
    if hasattr(completion, "revocation"):
        raise ValidationError({"__all__": [_("This completion was revoked: there is nothing to certify.")]})
    Completion.objects.select_for_update(no_key=True, of=("self",)).get(pk=completion.pk)
    completion.certificates.filter(ended_at__isnull=True).update(ended_at=now)
    made = Certificate.objects.create(
        completion=completion, token=secrets.token_urlsafe(16), shows=_sound(shows), made_at=now
    )
    audit.record(by, "made certificate link", by, course=completion.version.course.name)
    return made


@transaction.atomic
def show(*, by: Employee, certificate: Certificate, shows: Iterable[str]) -> None:
    """Change what the link shows; it stays the same link."""
    _own(by, certificate.completion)
    certificate.shows = _sound(shows)
    certificate.save(update_fields=["shows"])


@transaction.atomic
def end(*, by: Employee, certificate: Certificate, now: dt.datetime) -> None:
    """The link leads nowhere any more; printed certificates cannot be verified by it either."""
    _own(by, certificate.completion)
    Certificate.objects.filter(pk=certificate.pk, ended_at__isnull=True).update(ended_at=now)
    audit.record(by, "ended certificate link", by, course=certificate.completion.version.course.name)


def _own(by: Employee, completion: Completion) -> None:
    if completion.employee_id != by.pk:  # type: ignore[attr-defined]
        raise ValidationError({"__all__": [_("This is somebody else's.")]})


def _sound(shows: Iterable[str]) -> list[str]:
    chosen = set(shows)
    return [part for part in Part.values if part in chosen]


def of(completion: Completion) -> Certificate | None:
    return completion.certificates.filter(ended_at__isnull=True).first()


def until(completion: Completion) -> dt.date | None:
    """The last day it is valid, by what was asked of its holder when it was granted; None: for good.

    Nothing later changes it: neither a renewal, which has its own, nor another path, nor that he leaves.
    """
    rule = _worth(completion)
    if not rule.months:
        return None
    course, day = completion.version.course_id, completion.done_on  # type: ignore[attr-defined]
    every = Completion.objects.filter(employee=completion.employee, version__course=course)
    days = {day, *facts.counted(every, day).values_list("done_on", flat=True)}
    valid = cycles.validity(sorted(days), rule)
    return valid.until if valid else None


def _worth(completion: Completion) -> cycles.Rule:
    """As it was kept with it; of the past, when it was not kept: the strictest of what was asked on its day."""
    if completion.months is not None:
        return cycles.Rule(completion.months, completion.window or 0)
    course, day = completion.version.course_id, completion.done_on  # type: ignore[attr-defined]
    asked = Assignment.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=day),
        employee=completion.employee,
        step__course=course,
        step__kind=Step.Kind.COURSE,
        months__gt=0,
    )
    if completion.granted_by_id is None:  # type: ignore[attr-defined]
        asked = asked.filter(assigned_on__lte=day)
    # What was granted by hand was done before it was asked, and granted because of that.
    found = asked.order_by("months", "-window").values_list("months", "window").first()
    return cycles.Rule(*found) if found else cycles.Rule()


def verify(token: str, today: dt.date) -> Proof | None:
    """What may be told about the certificate at this link; None when there is none (any more)."""
    rows = Certificate.objects.select_related("completion__version__course", "completion__employee")
    found = rows.filter(token=token, ended_at__isnull=True).first()
    if found is None:
        return None
    completion, shows = found.completion, set(found.shows)
    last = until(completion)
    revocation = getattr(completion, "revocation", None)
    state = "revoked" if revocation and revocation.on <= today else "lapsed" if last and last < today else "valid"
    course = completion.version.course
    return Proof(
        state=state,
        revoked_on=revocation.on if state == "revoked" and revocation else None,
        organisation=organisation.current().name,
        name=completion.employee.get_full_name() if Part.NAME in shows else None,
        course={**course.names, "": course.name} if Part.COURSE in shows else None,
        day=completion.done_on if Part.DAY in shows else None,
        until=last if Part.UNTIL in shows else None,
        shows_until=Part.UNTIL in shows,
        score=completion.score if Part.SCORE in shows else None,
    )


def link(certificate: Certificate) -> str:
    return settings.BASE_URL + reverse("training:verify", args=[certificate.token])


def language_of(person: Employee) -> str:
    """The one of the five a person's certificate is in."""
    return nearest(person.language, LANGUAGES) or nearest(organisation.current().language, LANGUAGES) or "en"


def printed(completion: Completion, *, language: str) -> Printed:
    """The certificate as PDF/A, in ``language``, with the link when there is one."""
    return rendered(_data(completion, language))


def rendered(data: Mapping[str, Any]) -> Printed:
    """``data`` as certificate.typ takes it, as PDF/A where the fonts have every letter."""
    inputs = {"data": json.dumps(data)}
    try:
        return Printed(_compiled(TEMPLATE.read_bytes(), inputs, archivable=True), "")
    except typst.TypstError:
        # An archivable PDF refuses letters without a glyph; the plain one shows them as boxes.
        shown = [*(str(data[key]) for key in SHOWN), *data["lines"]]
        return Printed(_compiled(TEMPLATE.read_bytes(), inputs, archivable=False), lacking("".join(shown)))


def _compiled(source: bytes, inputs: Mapping[str, str], *, archivable: bool) -> bytes:
    compiler = typst.Compiler(source, ignore_system_fonts=not SYSTEM_FONTS, sys_inputs=dict(inputs))
    made = compiler.compile(pdf_standards="a-2u" if archivable else [])
    return bytes(made)  # type: ignore[arg-type]


def _data(completion: Completion, language: str) -> dict[str, Any]:
    said, version = words(language), completion.version
    certificate, last = of(completion), until(completion)
    with translation.override(language):
        lines = [said["on"].format(day=day_in(completion.done_on))]
        if last:
            lines.append(said["until"].format(day=day_in(last)))
    if completion.score is not None:
        lines.append(said["score"].format(score=completion.score))
    course = version.course
    address = link(certificate) if certificate else ""
    return {
        "title": f"{said['certificate']}: {course.names.get(language) or course.name}",
        "organisation": organisation.current().name,
        "lang": language.split("-")[0],
        "fonts": [LATIN, *(family for family in CHINESE if family in families())],
        "name": completion.employee.get_full_name(),
        "course": course.names.get(language) or course.name,
        "lines": lines,
        "link": address,
        "qr": _qr(address) if address else "",
        **{key: said[key] for key in ("certificate", "that", "completed", "verify", "no_link")},
    }


def day_in(day: dt.date) -> str:
    """A day in the active language, the month as a word; English without the American order."""
    if (translation.get_language() or "en").startswith("en"):
        return date_format(day, "j F Y")
    # Django writes Romanian months with a capital, as nobody does.
    return date_format(day, "DATE_FORMAT").lower()


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False, svgns=True)
    return out.getvalue().decode()


@functools.cache
def families() -> frozenset[str]:
    """The fonts Typst finds: its own and the machine's."""
    return frozenset(typst.Fonts().families())


def speaks_chinese() -> bool:
    return any(family in families() for family in CHINESE)


def lacking(text: str) -> str:
    """The letters of ``text`` no font here has, each once."""
    return "".join(letter for letter in dict.fromkeys(text) if not letter.isspace() and not _has_glyph(letter))


@functools.lru_cache(maxsize=4096)
def _has_glyph(letter: str) -> bool:
    fonts = ", ".join(json.dumps(family) for family in (LATIN, *CHINESE) if family in families())
    source = f'#set document(title: "x")\n#set text(font: ({fonts},))\n#text({json.dumps(letter, ensure_ascii=False)})'
    try:
        _compiled(source.encode(), {}, archivable=True)
    except typst.TypstError:
        return False
    return True
