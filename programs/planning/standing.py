"""How many are in a program on a day, of how many, and in which words. No figure goes out without what it is of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.days import date_text
from culture.people.models import Employee, Leave
from programs.planning.models import CohortPerson, Enrolment, EnrolmentQuerySet, Program


@dataclass(frozen=True)
class Standing:
    """On ``on``: ``enrolled`` (begun and not ended), of them ``away`` on leave; ``waiting`` begin later; ``ended`` had
    been enrolled before and are no longer (leavers, moved away, taken out)."""

    on: dt.date
    enrolled: int = 0
    away: int = 0
    waiting: int = 0
    ended: int = 0

    @property
    def active(self) -> int:
        """Who can be expected to do something: the denominator of what is being done."""
        return self.enrolled - self.away

    @property
    def words(self) -> str:
        """“1,448 enrolled on 14 November 2026, 31 of them on leave”."""
        values = {"n": number_format(self.enrolled, force_grouping=True), "day": date_text(self.on, "j F Y")}
        told = _("%(n)s enrolled on %(day)s") % values
        if self.away:
            away = number_format(self.away, force_grouping=True)
            told += ngettext(", %(n)s of them on leave", ", %(n)s of them on leave", self.away) % {"n": away}
        if self.waiting:
            waiting = number_format(self.waiting, force_grouping=True)
            told += ngettext("; %(n)s starts later", "; %(n)s start later", self.waiting) % {"n": waiting}
        return told


def _counts(on: dt.date) -> dict[str, Count]:
    begun = Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))
    return {
        "enrolled": Count("pk", filter=begun),
        "away": Count("pk", filter=begun & Q(on_leave=True)),
        "waiting": Count("pk", filter=Q(since__gt=on)),
        "ended": Count("pk", filter=Q(until__lt=on)),
    }


def _rows(on: dt.date) -> EnrolmentQuerySet:
    leave = Leave.objects.on(on).filter(employee=OuterRef("employee"))
    return Enrolment.objects.annotate(on_leave=Exists(leave)).order_by()


def of_programs(programs: Iterable[Program | int], on: dt.date) -> dict[int, Standing]:
    """Program id → its standing, in one query; a program nobody is in is left out."""
    ids = [one if isinstance(one, int) else one.pk for one in programs]
    return _standings(_rows(on).filter(program__in=ids), "program", on)


def of_program(program: Program, on: dt.date) -> Standing:
    return of_programs([program], on).get(program.pk, Standing(on))


def of_cohorts(program: Program, on: dt.date) -> dict[int, Standing]:
    """Cohort id → its standing, in one query."""
    return _standings(_rows(on).filter(program=program), "cohort", on)


def _standings(rows: EnrolmentQuerySet, key: str, on: dt.date) -> dict[int, Standing]:
    counts = _counts(on)
    found = rows.values(key).annotate(**counts).values_list(key, *counts)
    return {row[0]: Standing(on, *row[1:]) for row in found}


def enrolled(program: Program, on: dt.date, *, away: bool = True) -> EnrolmentQuerySet:
    """The enrolments that held on the day; without those on leave if ``away`` is false."""
    rows = Enrolment.objects.filter(program=program).on(on)
    return rows if away else rows.exclude(employee__in=Leave.objects.on(on).values("employee"))


@dataclass(frozen=True)
class Stray:
    """Enrolled people of a unit that belongs to no cohort any more."""

    unit: int
    name: str
    people: int


def strays(program: Program, home: Iterable[int], on: dt.date, most: int = 5) -> tuple[int, list[Stray]]:
    """How many enrolled people work in units outside every cohort without being named, and in which, most first."""
    rows = (
        Enrolment.objects.filter(program=program, until__isnull=True, since__lte=on)
        .exclude(employee__unit__in=list(home))
        .filter(~Exists(CohortPerson.objects.filter(program=program, employee=OuterRef("employee"))))
        .values(unit=F("employee__unit"), name=F("employee__unit__name"))
        .annotate(people=Count("pk"))
        .order_by("-people", "name")
    )
    found = [Stray(row["unit"] or 0, row["name"] or "–", row["people"]) for row in rows]
    return sum(one.people for one in found), found[:most]


def outside(program: Program, on: dt.date) -> int:
    """How many people employed on the day are not in the program, now or later."""
    inside = Enrolment.objects.filter(program=program, employee=OuterRef("pk")).filter(
        Q(until__isnull=True) | Q(until__gte=on)
    )
    return Employee.objects.here(on).filter(~Exists(inside)).count()
