"""Writing, publishing and acknowledging the charter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from culture.access import organisation
from culture.access.audit import record
from culture.access.days import date_text
from culture.framework.charter_models import CharterAcknowledgement, CharterVersion, ServiceStandard
from culture.framework.texts import FALLBACK
from culture.people.models import Employee

PARTS = ("mission", "philosophy", "strategy")
PART_NAMES = {
    "mission": gettext_lazy("Mission"),
    "philosophy": gettext_lazy("Philosophy"),
    "strategy": gettext_lazy("Strategy"),
}
MOST_STANDARDS = 40
FURTHEST = dt.timedelta(days=5 * 366)


class Stale(Exception):
    """What the page was made from has changed meanwhile."""


@dataclass(frozen=True)
class StandardInput:
    """A service standard as one language's form gives it; ``key`` None: a new one."""

    key: UUID | None
    text: str
    measure: str
    direction: str
    target: Decimal | None
    unit: str


# -- reading ---------------------------------------------------------------------------------------------------------


def in_force(on: dt.date) -> CharterVersion | None:
    """The version that counts on ``on``: the newest published one whose day has come."""
    return CharterVersion.objects.effective(on).first()


def coming(on: dt.date) -> CharterVersion | None:
    """The next version that will come into force after ``on``."""
    now = in_force(on)
    later = CharterVersion.objects.published().filter(effective_on__gt=on, number__gt=now.number if now else 0)
    return later.order_by("effective_on", "-number").first()


def standing(version: CharterVersion, versions: Sequence[CharterVersion], on: dt.date) -> str:
    """``in_force``, ``coming``, ``replaced`` or ``never`` (a newer one came first) among the published ``versions``."""
    number = version.number or 0
    newer = [other for other in versions if (other.number or 0) > number]
    first_day = version.effective_on or on
    if any((other.effective_on or on) <= first_day for other in newer):
        return "never"
    if first_day > on:
        return "coming"
    return "replaced" if any((other.effective_on or on) <= on for other in newer) else "in_force"


def to_acknowledge(employee: Employee, on: dt.date) -> CharterVersion | None:
    """The version in force, when ``employee`` has not said yet that he read it."""
    version = in_force(on)
    if version is None or version.acknowledgements.filter(employee=employee).exists():
        return None
    return version


def before(version: CharterVersion) -> CharterVersion | None:
    """The version published before; for a draft, the newest published one."""
    published = CharterVersion.objects.published()
    return (published.filter(number__lt=version.number) if version.number else published).first()


def chosen(texts: Mapping[str, str], language: str | None = None) -> tuple[str, str]:
    """The text for a reader of ``language`` (default: the active one) and the language it is in; ('', '') if none."""
    wanted = (language or get_language() or FALLBACK).lower()
    for code in (wanted, wanted.split("-")[0], FALLBACK, *texts):
        if texts.get(code):
            return texts[code], code
    return "", ""


def promise(standard: ServiceStandard) -> str:
    """``at most 10 seconds``, in the active language; '' while there is no target."""
    if standard.target is None:
        return ""
    whole = standard.target == standard.target.to_integral_value()
    number = number_format(int(standard.target) if whole else standard.target.normalize())
    count = int(standard.target) if whole else 2
    units = {
        "percent": "%",
        "seconds": ngettext("second", "seconds", count),
        "minutes": ngettext("minute", "minutes", count),
        "hours": ngettext("hour", "hours", count),
        "days": ngettext("day", "days", count),
        "times": ngettext("time", "times", count),
        "points": ngettext("point", "points", count),
    }
    words = _("at most %(n)s %(unit)s") if standard.direction == "at_most" else _("at least %(n)s %(unit)s")
    return words % {"n": number, "unit": units[standard.unit]}


def languages(version: CharterVersion) -> list[tuple[str, str]]:
    """(code, name) of those it is written in: the organisation's, and what it holds a text in already."""
    every = dict(settings.LANGUAGES)
    written = {code for part in PARTS for code, text in getattr(version, part).items() if text and code in every}
    return organisation.language_choices(*sorted(written))


def missing(version: CharterVersion) -> dict[str, list[str]]:
    """Language → what has no text in it, named as the page names it; complete languages are left out."""
    standards = list(version.standards.all())
    found: dict[str, list[str]] = {}
    for language, _name in languages(version):
        gaps = [str(PART_NAMES[part]) for part in PARTS if not getattr(version, part).get(language)]
        for number, standard in enumerate(standards, start=1):
            if not (standard.text.get(language) and standard.measure.get(language)):
                gaps.append(_("Standard %(n)s") % {"n": number})
        if gaps:
            found[language] = gaps
    return found


def hindrances(version: CharterVersion) -> list[str]:
    """Why a draft cannot be published yet; empty when it can."""
    found = []
    standards = list(version.standards.all())
    if not standards:
        found.append(_("Add at least one service standard: a promise that can be measured."))
    for number, standard in enumerate(standards, start=1):
        if standard.target is None:
            found.append(_("Standard %(n)s has no target, so nobody could tell whether it is kept.") % {"n": number})
    gaps = missing(version)
    if len(gaps) == len(languages(version)):
        nearest = min(gaps, key=lambda language: len(gaps[language]))
        found.append(
            _("One language must be complete. Nearest is %(language)s, where these are missing: %(parts)s.")
            % {"language": dict(languages(version))[nearest], "parts": ", ".join(gaps[nearest])}
        )
    earlier = before(version)
    if earlier is not None and _content(earlier) == _content(version):
        found.append(_("Nothing differs from version %(n)s.") % {"n": earlier.number})
    return found


def _content(version: CharterVersion) -> tuple[object, ...]:
    rows = [
        (s.key, s.text, s.measure, s.direction, None if s.target is None else Decimal(s.target), s.unit)
        for s in version.standards.all()
    ]
    return (*(getattr(version, part) for part in PARTS), rows)


# -- writing ---------------------------------------------------------------------------------------------------------


def _draft() -> CharterVersion | None:
    return CharterVersion.objects.select_for_update(of=("self",)).filter(state=CharterVersion.State.DRAFT).first()


@transaction.atomic
def draft(*, by: Employee) -> CharterVersion:
    """The one draft; made from the newest published version (or empty) when there is none."""
    found = _draft()
    if found is not None:
        return found
    base = CharterVersion.objects.published().first()
    try:
        with transaction.atomic():
            made = CharterVersion.objects.create(
                changed_by=by, **{part: getattr(base, part) for part in PARTS if base is not None}
            )
    except IntegrityError:  # somebody else began one at this moment
        return CharterVersion.objects.get(state=CharterVersion.State.DRAFT)
    for standard in base.standards.all() if base else ():
        standard.pk, standard.version = None, made
        standard.save(force_insert=True)
    record(by, "charter.draft", made, based_on=base.number if base else None)
    return made


def _merged(texts: Mapping[str, str], language: str, text: str) -> dict[str, str]:
    kept = {code: value for code, value in texts.items() if code != language and value}
    return {**kept, language: text.strip()} if text.strip() else kept


@transaction.atomic
def save_draft(
    *,
    by: Employee,
    revision: int,
    language: str,
    texts: Mapping[str, str],
    standards: Sequence[StandardInput],
) -> CharterVersion:
    """Write one language of the draft; other languages stay. Standards left out go. Raises ``Stale``."""
    version = _draft()
    if version is None or version.revision != revision:
        raise Stale
    for part in PARTS:
        setattr(version, part, _merged(getattr(version, part), language, texts[part]))
    version.revision = F("revision") + 1  # type: ignore[assignment]
    version.changed_by = by
    version.save()
    known = {standard.key: standard for standard in version.standards.all()}
    kept = {given.key for given in standards}
    version.standards.exclude(key__in=[key for key in kept if key]).delete()
    for position, given in enumerate(standards[:MOST_STANDARDS], start=1):
        row = known.get(given.key) if given.key else None
        row = row or ServiceStandard(version=version)
        row.position, row.direction, row.target, row.unit = position, given.direction, given.target, given.unit
        row.text = _merged(row.text, language, given.text)
        row.measure = _merged(row.measure, language, given.measure)
        row.save()
    version.refresh_from_db()
    record(by, "charter.save", version, language=language, revision=version.revision)
    return version


@transaction.atomic
def discard(*, by: Employee) -> None:
    """Throw the draft away; published versions stay."""
    version = _draft()
    if version is not None:
        record(by, "charter.discard", version, revision=version.revision)
        version.delete()


@transaction.atomic
def publish(*, by: Employee, revision: int, effective_on: dt.date, today: dt.date) -> CharterVersion:
    """Make the draft the next version, in force from ``effective_on``; from then on nothing in it changes.

    Raises ``Stale`` when the draft is no longer what was looked at, ``ValidationError`` when it is not ready.
    """
    version = _draft()
    if version is None or version.revision != revision:
        raise Stale
    if problems := hindrances(version):
        raise ValidationError(problems)
    if effective_on < today:
        raise ValidationError({"effective_on": [_("It cannot come into force in the past. Choose today or later.")]})
    if effective_on > today + FURTHEST:
        raise ValidationError({"effective_on": [_("This is more than five years away. Choose an earlier day.")]})
    newest = CharterVersion.objects.aggregate(newest=Max("number"))["newest"] or 0
    version.number, version.state = newest + 1, CharterVersion.State.PUBLISHED
    version.effective_on, version.published_at, version.published_by = effective_on, timezone.now(), by
    version.save()
    record(by, "charter.publish", version, number=version.number, effective_on=effective_on)
    return version


@transaction.atomic
def acknowledge(*, by: Employee, number: int, today: dt.date) -> bool:
    """``by`` has read version ``number``, which must be in force (else ``Stale``). Whether this was the first time."""
    version = in_force(today)
    if version is None or version.number != number:
        raise Stale
    return _acknowledge(version, by, by)


def _acknowledge(version: CharterVersion, employee: Employee, by: Employee) -> bool:
    other = by if by != employee else None
    _row, new = CharterAcknowledgement.objects.get_or_create(
        version=version, employee=employee, defaults={"recorded_by": other}
    )
    if new:
        detail = {"number": version.number, **({"for": employee, "on_paper": True} if other else {})}
        record(by, "charter.acknowledge", version, **detail)
    return new


@transaction.atomic
def record_paper(*, by: Employee, number: int, people: Sequence[Employee], today: dt.date) -> int:
    """Note that ``people``, who have no e-mail, signed version ``number`` on paper; how many were noted newly."""
    version = CharterVersion.objects.effective(today).filter(number=number).first()
    if version is None:
        raise Stale
    if wrong := [person.name for person in people if person.email]:
        raise ValidationError(
            _("%(names)s can sign in and acknowledge in person.") % {"names": ", ".join(sorted(wrong)[:3])}
        )
    return sum(_acknowledge(version, person, by) for person in people)


def day(value: dt.date) -> str:
    return date_text(value, "j F Y")
