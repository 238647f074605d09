"""The power of three: a line of one's own diary. Only who wrote it reads it.

Nothing of it goes into the audit trail: that is read by HR and auditors, and would be the diary of everybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from culture.people.models import Employee
from programs.practices import counting, switching
from programs.practices.models import PracticeNote

# What is asked for each working day; more is welcome, and nothing happens to who writes fewer.
WANTED = 3
MOST_A_DAY = 30
BACK = dt.timedelta(days=1)
WEEKS = 8


@dataclass(frozen=True)
class Entry:
    """``many`` customers followed up ``on`` a day, each with a note of ``kind``; ``note``: private words."""

    kind: str
    customer: str
    many: int
    on: dt.date
    key: UUID
    note: str = ""


@dataclass(frozen=True)
class Day:
    """One day of the reader's own week."""

    on: dt.date
    many: int
    is_today: bool
    is_ahead: bool


@dataclass(frozen=True)
class Own:
    """What somebody sees of himself: today's sum, the week, in how many of the last eight weeks he wrote."""

    today: int
    week: list[Day]
    weeks: int
    of_weeks: int = WEEKS
    wanted: int = WANTED

    @property
    def in_week(self) -> int:
        return sum(day.many for day in self.week)


@transaction.atomic
def log(*, by: Employee, entry: Entry, today: dt.date, now: dt.datetime) -> PracticeNote:
    """Keep it; the same ``key`` again gives the first one back. Raises ``ValidationError`` in words.

    Only today and yesterday: figures of a week stand when it is over.
    """
    if earlier := PracticeNote.objects.filter(employee=by, key=entry.key).first():
        return earlier
    if not switching.keeps(by, today):
        raise ValidationError(_("Practices are not switched on in a program of yours."))
    if not today - BACK <= entry.on <= today:
        raise ValidationError({"on": _("Only today and yesterday can be written down.")})
    written = of_day(by, entry.on)
    if written + entry.many > MOST_A_DAY:
        told = _("%(n)s notes are written down for this day already; %(most)s is the most.")
        raise ValidationError({"many": told % {"n": written, "most": MOST_A_DAY}})
    made, _created = PracticeNote.objects.get_or_create(
        employee=by,
        key=entry.key,
        defaults={
            "kind": entry.kind,
            "customer": entry.customer,
            "many": entry.many,
            "on": entry.on,
            "note": entry.note.replace("\0", "").strip()[:300],
            "at": now,
        },
    )
    return made


def remove(*, by: Employee, pk: int) -> bool:
    """Take a line of one's own diary out; False: there is none of that number."""
    return bool(PracticeNote.objects.filter(employee=by, pk=pk).delete()[0])


def mine(person: Employee) -> QuerySet[PracticeNote]:
    """One's own, the newest first."""
    return PracticeNote.objects.filter(employee=person)


def of_day(person: Employee, day: dt.date) -> int:
    return mine(person).filter(on=day).order_by().aggregate(n=Sum("many"))["n"] or 0


def own(person: Employee, today: dt.date) -> Own:
    """The reader's own week and weeks. One query."""
    since = counting.week(today)[0] - dt.timedelta(days=7 * (WEEKS - 1))
    rows: Sequence[tuple[dt.date, int]] = list(
        mine(person).filter(on__gte=since).order_by().values("on").annotate(n=Sum("many")).values_list("on", "n")
    )
    sums = dict(rows)
    days = [Day(day, sums.get(day, 0), day == today, day > today) for day in counting.week(today)]
    return Own(sums.get(today, 0), days, counting.weeks_with(sums, today, WEEKS))
