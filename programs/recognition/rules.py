"""The organisation's rules for points, and what they allow one person on one day."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from culture.access import reach
from culture.people.models import Employee
from programs.recognition import ledger
from programs.recognition.ledger import Caps, Every
from programs.recognition.point_models import AllowanceRule, PointRules
from programs.recognition.posting import Place


def current() -> PointRules:
    """The rules in force; the defaults until HR sets some."""
    return PointRules.objects.filter(pk=1).first() or PointRules(pk=1)


def caps(rules: PointRules) -> Caps:
    return Caps(rules.per_gift, rules.pair_points, rules.pair_gifts, rules.team_share)


@dataclass(frozen=True)
class Purse:
    """What one person may give in one period: the account it lies in and what is issued to it."""

    place: Place
    ends: dt.date
    points: int


# Both tables are a handful of rows of plain numbers and words, which JSON carries as they are.
RULES = """
    SELECT (SELECT to_jsonb(p) - 'changed_at' FROM programs_pointrules p WHERE p.id = 1),
           (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position, a.id) FROM programs_allowancerule a)
"""


class Book:
    """All the rules as one request reads them, by one query, when something first asks for them.

    Kept for one request and never longer: what HR changes holds from the next one on.
    """

    @cached_property
    def _read(self) -> tuple[PointRules, list[AllowanceRule]]:
        with connection.cursor() as cursor:
            cursor.execute(RULES)
            points, allowances = (json.loads(told or "null") for told in cursor.fetchone())
        return PointRules(**(points or {"id": 1})), [AllowanceRule(**told) for told in allowances or ()]

    @property
    def points(self) -> PointRules:
        return self._read[0]

    @property
    def allowances(self) -> list[AllowanceRule]:
        return self._read[1]

    @cached_property
    def caps(self) -> Caps:
        return caps(self.points)

    def purse(self, giver: Employee, day: dt.date, kind: str = AllowanceRule.Purse.ALLOWANCE) -> Purse | None:
        return purse(giver, day, kind, self)


def purse(
    giver: Employee, day: dt.date, kind: str = AllowanceRule.Purse.ALLOWANCE, book: Book | None = None
) -> Purse | None:
    """``giver``'s allowance or budget of the period of ``day``; None when no rule gives him one.

    Without any rule for allowances everybody has ``ledger.MONTHLY_ALLOWANCE`` a month; budgets need a rule.
    """
    rule = _rule(giver, kind, book or Book())
    if rule is None:
        return None
    every = Every(rule.every)
    begins = ledger.period_of(day, every)
    ends = ledger.period_end(begins, every)
    reports = _reports(giver, day) if rule.per_report else 0
    points = ledger.allowance(
        base=rule.base,
        per_report=rule.per_report,
        reports=reports,
        begins=begins,
        ends=ends,
        joined=giver.hired_on,
    )
    return Purse(Place(kind, giver.pk, begins), ends, points)


def _rule(giver: Employee, kind: str, book: Book) -> AllowanceRule | None:
    rules = [rule for rule in book.allowances if rule.purse == kind]
    if not rules:
        plain = AllowanceRule(purse=kind, base=ledger.MONTHLY_ALLOWANCE)
        return plain if kind == AllowanceRule.Purse.ALLOWANCE else None
    above: set[int] | None = None
    leads: bool | None = None
    for rule in rules:
        if rule.whom == AllowanceRule.Whom.MANAGERS:
            leads = Employee.objects.filter(manager=giver, left_on=None).exists() if leads is None else leads
            if not leads:
                continue
        if rule.unit_id is not None:
            if above is None:
                above = _above(giver)
            if rule.unit_id not in above:
                continue
        return rule
    return None


def _above(person: Employee) -> set[int]:
    return set(reach.above(person.unit_id).order_by().values_list("pk", flat=True)) if person.unit_id else set()


def _reports(giver: Employee, day: dt.date) -> int:
    return Employee.objects.here(day).filter(manager=giver).count()
