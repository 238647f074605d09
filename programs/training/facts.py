"""What people have done by a day: completions of courses, and what else was attained. Nothing is judged here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from programs.training.models import Assignment, Completion
from programs.training.path_models import Attained, Step, subject_of

Key = tuple[int, str, int]  # employee, kind, id of the course or behaviour


def counted(rows: QuerySet[Any], day: dt.date) -> QuerySet[Any]:
    """Completions (or ``Attained``) that counted on the day: done by then, and not revoked by then."""
    return rows.filter(Q(revocation__isnull=True) | Q(revocation__on__gt=day), done_on__lte=day)


@dataclass
class Facts:
    """What some people have done by a day. ``versions``: (employee, version) → day, for what was added to a course."""

    days: dict[Key, list[dt.date]] = field(default_factory=lambda: defaultdict(list))
    times: dict[Key, list[tuple[int, dt.date]]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[tuple[int, int], list[tuple[int, dt.date]]] = field(default_factory=lambda: defaultdict(list))

    def of(self, row: Assignment) -> tuple[dt.date, ...]:
        """The days on which what ``row`` asks for was done, in order."""
        employee, step = row.employee_id, row.step  # type: ignore[attr-defined]
        if row.version is not None:
            done = self.versions[employee, row.course_id or 0]  # type: ignore[attr-defined]
            return tuple(day for number, day in done if number >= row.version.number)
        if step is None:
            return tuple(self.days[employee, "course", row.course_id or 0])  # type: ignore[attr-defined]
        kind, about = subject_of(step)
        if kind == Step.Kind.SESSION:
            return tuple(day for times, day in self.times[employee, kind, about] if times >= row.times)
        return tuple(self.days[employee, kind, about])


def facts(employees: Collection[int], day: dt.date) -> Facts:
    """Two queries."""
    found = Facts()
    done = counted(Completion.objects.filter(employee__in=employees), day).order_by("done_on", "pk")
    for employee, course, number, on in done.values_list("employee", "version__course", "version__number", "done_on"):
        found.days[employee, "course", course].append(on)
        found.versions[employee, course].append((number, on))
    rows = counted(Attained.objects.filter(employee__in=employees), day).order_by("done_on", "pk")
    for employee, kind, course, behaviour, times, on in rows.values_list(
        "employee", "kind", "course", "behaviour", "times", "done_on"
    ):
        key = (employee, kind, course or behaviour)
        found.days[key].append(on)
        found.times[key].append((times, on))
    return found
