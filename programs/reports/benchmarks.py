"""Public benchmarks: what HR writes down of others' figures, every wording kept; and what stands beside ours today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access import audit
from culture.framework.models import Requirement
from culture.people.models import Employee
from programs.planning import indicators
from programs.reports import readings
from programs.reports.benchmark_measures import NONE
from programs.reports.benchmark_models import Answers, Benchmark, Statistic
from programs.reports.findings import DIMENSIONS
from programs.reports.numbers import COUNTED, LABELS

# Any number that nobody else takes: entries are numbered one after the other.
LOCK = 0x62656E63686D
FIELDS = (
    "measure", "statistic", "answers", "value", "low", "high", "people", "population", "country", "sector", "year",
    "source", "link", "licence", "note", "until",
)  # fmt: skip
NEEDED = ("measure", "statistic", "answers", "value", "population", "year", "source", "link", "licence", "until")
PERCENTS = (Statistic.INDEX, Statistic.FAVOURABLE, Statistic.UNFAVOURABLE, Statistic.SHARE)
FIRST_YEAR = 1900
Fields = Mapping[str, Any]


# -- what it can be beside -------------------------------------------------------------------------------------------


def measures() -> list[tuple[str, str]]:
    """(key, label) of our numbers that have a page, and one for figures that are like none of them."""
    found = [(key, str(LABELS[key])) for key in (*DIMENSIONS, "served", "talk")]
    found += [(one.code, f"{one.code} {one.label}") for one in Requirement.objects.order_by("dimension", "position")]
    for key in readings.names():
        one = indicators.get(key)
        if key in COUNTED and one is not None:
            found.append((key, str(one.label)))
    return [*found, (NONE, str(gettext_lazy("None of our numbers")))]


# -- reading ---------------------------------------------------------------------------------------------------------


def newest() -> QuerySet[Benchmark]:
    """The version of each entry that counts."""
    return Benchmark.objects.order_by("entry", "-version").distinct("entry")


def counts(row: Benchmark, today: dt.date) -> bool:
    """Whether it is shown on ``today``; of the newest version of an entry."""
    return not row.withdrawn and row.until >= today


def shown(keys: Iterable[str], today: dt.date) -> list[Benchmark]:
    """Those that stand today beside ``keys``, the latest year first. One query."""
    wanted = set(keys)
    rows = [row for row in newest() if row.measure in wanted and counts(row, today)]
    return sorted(rows, key=lambda row: (-row.year, row.entry))


def versions(entry: int) -> list[Benchmark]:
    """Everything an entry ever said, the newest first."""
    return list(Benchmark.objects.filter(entry=entry).order_by("-version"))


# -- checking --------------------------------------------------------------------------------------------------------


def problems(fields: Fields, known: Iterable[str], today: dt.date) -> dict[str, list[str]]:
    """What is wrong with ``fields``, by field; values are of their types already, None or "" where nothing is said."""
    found: dict[str, list[str]] = {}
    for name in NEEDED:
        if fields.get(name) in (None, ""):
            found[name] = [_("This is needed.")]
    if fields.get("measure") and fields["measure"] not in set(known):
        found["measure"] = [_("There is no such number among ours.")]
    for name, kind in (("statistic", Statistic), ("answers", Answers)):
        if fields.get(name) and fields[name] not in kind.values:
            told = _("Choose one of: %(list)s.") % {"list": ", ".join(kind.values)}
            found[name] = [told]
    link = fields.get("link") or ""
    inside = link.startswith("/") and not link.startswith(("//", "/\\"))
    if link and not inside and not link.startswith(("https://", "http://")):
        found["link"] = [_("Give the address where the figure can be looked up; it begins with https://.")]
    found |= _numbers(fields)
    year = fields.get("year")
    if year is not None and not FIRST_YEAR <= year <= today.year:
        words = {"first": FIRST_YEAR, "last": today.year}
        found["year"] = [_("The year the figure is of, between %(first)s and %(last)s.") % words]
    return found


def _numbers(fields: Fields) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    value, low, high = (fields.get(name) for name in ("value", "low", "high"))
    least = 0 if fields.get("statistic") in [str(one) for one in PERCENTS] else -100
    for name, one in (("value", value), ("low", low), ("high", high)):
        if one is not None and not least <= one <= 100:
            found[name] = [_("Between %(least)s and 100, as our number is.") % {"least": str(least).replace("-", "−")}]
    if (low is None) != (high is None):
        found["low" if low is None else "high"] = [_("Give both ends of the interval, or none.")]
    elif value is not None and low is not None and high is not None and not low <= value <= high:
        found["value"] = [_("The figure lies outside its own interval.")]
    people = fields.get("people")
    if people is not None and people < 1:
        found["people"] = [_("How many people it is of: one or more.")]
    return found


def refuse(fields: Fields, today: dt.date) -> None:
    found = problems(fields, [key for key, _label in measures()], today)
    if found:
        raise ValidationError(found)


# -- writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add(*, by: Employee, fields: Fields, today: dt.date, now: dt.datetime) -> Benchmark:
    """A new entry. Raises ValidationError by field."""
    refuse(fields, today)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    entry = (Benchmark.objects.aggregate(last=Max("entry"))["last"] or 0) + 1
    row = _kept(entry, 1, fields, by, now)
    audit.record(by, "benchmark.added", f"benchmark:{entry}", entry=entry, measure=row.measure, year=row.year)
    return row


@transaction.atomic
def correct(
    *, by: Employee, entry: int, seen: int, fields: Fields, why: str, today: dt.date, now: dt.datetime
) -> Benchmark:
    """Another wording, which supersedes. ``seen``: the version it was made from. Raises ValidationError by field."""
    last, why = _last(entry, seen), " ".join(why.split())
    found = problems(fields, [key for key, _label in measures()], today)
    if not why:
        found["why"] = [_("Say what was wrong or has changed: it stands beside the figure.")]
    if found:
        raise ValidationError(found)
    if not last.withdrawn and same(last, fields):
        raise ValidationError(_("Nothing is different from what it says now."))
    row = _kept(entry, last.version + 1, fields, by, now, why=why)
    audit.record(by, "benchmark.corrected", f"benchmark:{entry}", entry=entry, version=row.version)
    return row


@transaction.atomic
def withdraw(*, by: Employee, entry: int, seen: int, why: str, now: dt.datetime) -> Benchmark:
    """It is shown no more; what it said stays to be read."""
    last, why = _last(entry, seen), " ".join(why.split())
    if last.withdrawn:
        raise ValidationError(_("It is withdrawn already."))
    if not why:
        raise ValidationError({"why": [_("Say why it is shown no more.")]})
    row = _kept(entry, last.version + 1, fields_of(last), by, now, why=why, withdrawn=True)
    audit.record(by, "benchmark.withdrawn", f"benchmark:{entry}", entry=entry, version=row.version)
    return row


def _last(entry: int, seen: int) -> Benchmark:
    # Of two corrections of the same version the second waits here, and is told.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = Benchmark.objects.filter(entry=entry).order_by("-version").first()
    if last is None:
        raise ValidationError(_("There is no such benchmark."))
    if last.version != seen:
        raise ValidationError(_("Somebody corrected it meanwhile: look at what it says now, then correct that."))
    return last


def _kept(
    entry: int, version: int, fields: Fields, by: Employee, now: dt.datetime, *, why: str = "", withdrawn: bool = False
) -> Benchmark:
    return Benchmark.objects.create(
        entry=entry, version=version, why=why, withdrawn=withdrawn, by=by, at=now, **tidy(fields)
    )


def tidy(fields: Fields) -> dict[str, Any]:
    """As they are kept: texts on one line, nothing left out."""
    found: dict[str, Any] = {}
    for name in FIELDS:
        value = fields.get(name)
        optional = name in ("low", "high", "people")
        if isinstance(value, str) or (value is None and not optional):
            value = " ".join(str(value or "").split())
        found[name] = value
    return found


def fields_of(row: Benchmark) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def same(row: Benchmark, fields: Fields) -> bool:
    return _plain(fields_of(row)) == _plain(tidy(fields))


def _plain(fields: Fields) -> dict[str, Any]:
    return {
        name: Decimal(value).normalize() if isinstance(value, int | Decimal) else value
        for name, value in fields.items()
    }
