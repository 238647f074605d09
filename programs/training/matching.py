"""Whom the rules of a path name today, and what a change of them would do. Reads only."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from culture.access.reach import BELOW
from culture.people import asof
from culture.people.models import Employee, Membership, Unit
from programs.planning.models import Enrolment, Program
from programs.training import path_rules
from programs.training.path_models import Path, PathRule
from programs.training.path_rules import Conditions

NAMES = 40


def conditions(rule: PathRule) -> Conditions:
    return Conditions(
        everybody=rule.everybody,
        program=rule.program_id,  # type: ignore[attr-defined]
        cohort=rule.cohort_id,  # type: ignore[attr-defined]
        unit=rule.unit_id,  # type: ignore[attr-defined]
        job_family=rule.job_family,
        language=rule.language,
        joined_after=rule.joined_after,
    )


def named(rule: PathRule, today: dt.date) -> Q:
    """The condition of one rule on employees; the same as ``Conditions.names``, in the database."""
    here = conditions(rule)
    if here.empty:
        return Q(pk__in=[])
    found = Q()
    enrolled = Enrolment.objects.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
    if here.program is not None:
        found &= Q(pk__in=enrolled.filter(program=here.program).values("employee"))
    if here.cohort is not None:
        found &= Q(pk__in=enrolled.filter(cohort=here.cohort).values("employee"))
    if here.unit is not None:
        found &= Q(unit_id__in=RawSQL(BELOW, [[here.unit]]))
    if here.job_family:
        found &= Q(job_family=here.job_family)
    if here.language:
        found &= Q(language=here.language)
    if here.joined_after is not None:
        found &= Q(hired_on__gt=here.joined_after)
    return found


def giving(rules: Iterable[PathRule]) -> list[PathRule]:
    """Those that put new people on a path: a program that is paused (or a draft) gives nothing new."""
    return [
        rule
        for rule in rules
        if (program := rule.program or (rule.cohort.program if rule.cohort else None)) is None
        or program.state == Program.State.RUNNING
    ]


def people(rules: Iterable[PathRule], today: dt.date) -> QuerySet[Employee]:
    """Everybody here today whom one of the rules names."""
    rules = list(rules)
    if not rules:
        return Employee.objects.none()
    any_of = Q(pk__in=[])
    for rule in rules:
        any_of |= named(rule, today)
    if any(conditions(rule) == Conditions(everybody=True) for rule in rules):
        return Employee.objects.here(today)
    return Employee.objects.here(today).filter(any_of)


def in_force(path: Path) -> list[PathRule]:
    return list(
        path.rules.filter(ended_on__isnull=True).select_related("program", "cohort__program", "unit").order_by("pk")
    )


# -- units that were merged or closed --------------------------------------------------------------------------------


def closed(rules: Iterable[PathRule], today: dt.date) -> list[PathRule]:
    """Those about a unit that is no more. They name nobody, which takes nobody off a path: HR says for whom it is."""
    return [rule for rule in rules if rule.unit and rule.unit.until is not None and rule.unit.until < today]


def followed(rules: Sequence[PathRule], today: dt.date) -> list[PathRule]:
    """The rules, those about a merged unit by unsaved ones about what it became. No query where nothing was closed."""
    gone = {rule.pk: rule for rule in closed(rules, today)}
    if not gone:
        return list(rules)
    into = asof.successors()
    heirs = {unit.pk: unit for unit in Unit.objects.filter(pk__in=into.values())}
    known = [conditions(rule) for rule in rules if rule.pk not in gone]
    found = []
    for rule in rules:
        heir = heirs.get(into.get(rule.unit_id or 0, 0)) if rule.pk in gone else None  # type: ignore[attr-defined]
        if heir is None or (heir.until is not None and heir.until < today):
            found.append(rule)
            continue
        wanted = replace(conditions(rule), unit=heir.pk)
        if wanted not in known:
            known.append(wanted)
            found.append(_about(rule, heir, today))
    return found


def _about(rule: PathRule, unit: Unit, today: dt.date) -> PathRule:
    fields = ("path", "everybody", "program", "cohort", "job_family", "language", "joined_after")
    return PathRule(unit=unit, since=today, **{name: getattr(rule, name) for name in fields})


@dataclass(frozen=True)
class Start:
    """Somebody whom the rules name and who is not on the path yet."""

    employee_id: int
    cohort_id: int | None
    begins_on: dt.date


def starts(path: Path, rules: Sequence[PathRule], employees: QuerySet[Employee], today: dt.date) -> list[Start]:
    """From when on each of ``employees`` is on the path: by the rule that gives the earliest day."""
    found: dict[int, Start] = {}
    for rule in rules:
        for start in _by_rule(path, rule, employees, today):
            before = found.get(start.employee_id)
            if before is None or start.begins_on < before.begins_on:
                found[start.employee_id] = start
    return list(found.values())


def _by_rule(path: Path, rule: PathRule, employees: QuerySet[Employee], today: dt.date) -> Iterable[Start]:
    enrolled = Enrolment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), employee=OuterRef("pk"), since__lte=today
    ).order_by("since")
    by_cohort = rule.program_id or rule.cohort_id  # type: ignore[attr-defined]
    if rule.program_id:  # type: ignore[attr-defined]
        enrolled = enrolled.filter(program=rule.program_id)  # type: ignore[attr-defined]
    if rule.cohort_id:  # type: ignore[attr-defined]
        enrolled = enrolled.filter(cohort=rule.cohort_id)  # type: ignore[attr-defined]
    member = Membership.objects.filter(employee=OuterRef("pk"), until__isnull=True).order_by("-since")
    rows = employees.filter(named(rule, today)).order_by()
    rows = rows.annotate(
        cohort_since=Subquery(enrolled.values("since")[:1]) if by_cohort else RawSQL("NULL::date", []),
        of_cohort=Subquery(enrolled.values("cohort")[:1]) if by_cohort else RawSQL("NULL::bigint", []),
        unit_since=Subquery(member.values("since")[:1]) if rule.unit_id else RawSQL("NULL::date", []),  # type: ignore[attr-defined]
    )
    for pk, hired_on, since, cohort, moved in rows.values_list(
        "pk", "hired_on", "cohort_since", "of_cohort", "unit_since"
    ):
        yield Start(
            pk,
            cohort,
            path_rules.begins(
                starts_on=path.starts_on,
                rule_since=rule.since,
                today=today,
                evaluated_on=path.evaluated_on,
                hired_on=hired_on,
                enrolled_on=since,
                here_since=moved,
            ),
        )


# -- the preview of a change -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touched:
    """Who would come or go: how many, by unit, and the first names of each."""

    count: int
    by_unit: list[tuple[str, int]]
    names: list[Employee]

    @property
    def more(self) -> int:
        return self.count - len(self.names)


@dataclass(frozen=True)
class Preview:
    """What changing the rules would do tonight. Who stays keeps his days and all that was done."""

    joining: Touched
    leaving: Touched
    staying: int


def preview(path: Path, proposed: Sequence[PathRule], today: dt.date) -> Preview:
    """``proposed``: all rules as they would be (saved or not)."""
    proposed = followed(proposed, today)
    now = set(path.enrolments.filter(ended_on__isnull=True).values_list("employee", flat=True))
    open_to_all = today <= path.ends_on
    then = set(people(proposed, today).values_list("pk", flat=True))
    new = set(people(giving(proposed), today).values_list("pk", flat=True)) - now if open_to_all else set()
    gone = set() if closed(proposed, today) else now - then
    return Preview(_touched(new), _touched(gone), len(now - gone))


def _touched(pks: set[int]) -> Touched:
    if not pks:
        return Touched(0, [], [])
    rows = Employee.objects.filter(pk__in=pks)
    units: Counter[str] = Counter()
    for name in rows.order_by().values_list("unit__name", flat=True):
        units[name or _("No unit")] += 1
    first = list(rows.select_related("unit").order_by("unit__name", "sort_name", "pk")[:NAMES])
    return Touched(len(pks), sorted(units.items(), key=lambda row: (-row[1], row[0])), first)
