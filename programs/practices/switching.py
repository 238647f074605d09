"""In which programs practices are kept, and for whom."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from culture.access import audit
from culture.people.models import Employee
from programs.planning.models import Enrolment, Program
from programs.practices.models import PracticeSwitch


def is_on(program: Program) -> bool:
    return PracticeSwitch.objects.filter(program=program, on=True).exists()


def programs() -> QuerySet[Program]:
    """Running programs in which practices are kept."""
    return Program.objects.running().filter(practices__on=True)


def enrolments(day: dt.date) -> QuerySet[Enrolment]:
    """Who keeps practices on the day, program by program."""
    return Enrolment.objects.filter(program__in=programs()).on(day).order_by()


def keeps(person: Employee, day: dt.date) -> bool:
    """Whether ``person`` is in a program in which practices are kept. One query."""
    return enrolments(day).filter(employee=person).exists()


@transaction.atomic
def turn(*, program: Program, on: bool, by: Employee, today: dt.date) -> bool:
    """Switch practices of ``program`` on or off; False: they were so already. What was written stays."""
    Program.objects.select_for_update().get(pk=program.pk)
    if is_on(program) == on:
        return False
    PracticeSwitch.objects.update_or_create(program=program, defaults={"on": on, "changed_on": today})
    audit.record(by, "practices.on" if on else "practices.off", program)
    return True
