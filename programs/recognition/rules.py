"""The organisation's rules for points, and what they allow one person on one day."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import Sum

from culture.people.models import Employee
from programs.recognition import belonging, ledger
from programs.recognition.ledger import Caps, Every
from programs.recognition.models import Account, LedgerEntry
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


@dataclass(frozen=True)
class Issued:
    """An allowance or budget somebody was given already: it counts for him until it ends."""

    account: int
    place: Place
    begins: dt.date
    ends: dt.date


# The rules are a handful of rows of plain numbers and words, which JSON carries as they are; of what was issued to the
# giver the newest: two kinds, at most three of each in a quarter, and one that has begun in another zone.
RULES = """
    SELECT (SELECT to_jsonb(p) - 'changed_at' FROM programs_pointrules p WHERE p.id = 1),
           (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position, a.id) FROM programs_allowancerule a),
           (SELECT jsonb_agg(jsonb_build_array(i.id, i.kind, i.label, i.period, i.ends)) FROM (
               SELECT id, kind, label, period, ends FROM programs_account
               WHERE employee_id = %s AND kind IN ('allowance', 'budget')
                 AND issued_at IS NOT NULL AND period IS NOT NULL AND ends IS NOT NULL
               ORDER BY period DESC LIMIT 8) i)
"""


class Book:
    """All the rules as one request reads them, by one query, when something first asks for them.

    Kept for one request and never longer: what HR changes holds from the next one on. ``giver``: of whom it also reads
    what was issued to him; for anybody else that is asked for apart.
    """

    def __init__(self, giver: Employee | None = None) -> None:
        self.giver = giver.pk if giver else None

    @cached_property
    def _read(self) -> tuple[PointRules, list[AllowanceRule], list[Issued]]:
        with connection.cursor() as cursor:
            cursor.execute(RULES, [self.giver])
            points, allowances, issued = (json.loads(told or "null") for told in cursor.fetchone())
        rules = [AllowanceRule(**told) for told in allowances or ()]
        return PointRules(**(points or {"id": 1})), rules, [_issued(self.giver, *told) for told in issued or ()]

    @property
    def points(self) -> PointRules:
        return self._read[0]

    @property
    def allowances(self) -> list[AllowanceRule]:
        return self._read[1]

    @cached_property
    def caps(self) -> Caps:
        return caps(self.points)

    def last_issued(self, giver: Employee, day: dt.date, kind: str) -> Issued | None:
        """The allowance or budget of ``giver`` that began last before or on ``day``, be it over or not."""
        told = self if giver.pk == self.giver else Book(giver)
        begun = [one for one in told._read[2] if one.place.kind == kind and one.begins <= day]
        return max(begun, key=lambda one: one.begins, default=None)

    def purse(self, giver: Employee, day: dt.date, kind: str = AllowanceRule.Purse.ALLOWANCE) -> Purse | None:
        return purse(giver, day, kind, self)


def _issued(giver: int | None, account: int, kind: str, label: str, period: str, ends: str) -> Issued:
    begins = dt.date.fromisoformat(period)
    return Issued(account, Place(kind, giver, begins, label), begins, dt.date.fromisoformat(ends))


def purse(
    giver: Employee, day: dt.date, kind: str = AllowanceRule.Purse.ALLOWANCE, book: Book | None = None
) -> Purse | None:
    """``giver``'s allowance or budget of the period of ``day``; None when no rule gives him one.

    Without any rule for allowances everybody has ``ledger.MONTHLY_ALLOWANCE`` a month; budgets need a rule. What was
    issued counts until it ends, whatever rule fits by then: a month and a quarter may begin on the same day, so where
    the length changes, the new rule's period begins only when the old one is over, with its share of the points.
    """
    book = book or Book(giver)
    rule, last = _rule(giver, kind, book), book.last_issued(giver, day, kind)
    running = last if last and day <= last.ends else None
    if rule is None:
        return Purse(running.place, running.ends, _issued_points(running)) if running else None
    every = Every(rule.every)
    begins = ledger.period_of(day, every)
    ends = ledger.period_end(begins, every)
    if running and (running.begins, running.ends) != (begins, ends):
        return Purse(running.place, running.ends, _issued_points(running))
    since = max(begins, last.ends + dt.timedelta(days=1)) if last and not running else begins
    reports = _reports(giver, day) if rule.per_report else 0
    points = ledger.allowance(
        base=rule.base,
        per_report=rule.per_report,
        reports=reports,
        begins=begins,
        ends=ends,
        joined=max(since, giver.hired_on or since),
    )
    return Purse(Place(kind, giver.pk, since), ends, points)


def _issued_points(one: Issued) -> int:
    """What was issued to an account at its beginning."""
    entries = LedgerEntry.objects.filter(target=one.account, source__kind=Account.Kind.ISSUER)
    return entries.aggregate(points=Sum("amount"))["points"] or 0


def _rule(giver: Employee, kind: str, book: Book) -> AllowanceRule | None:
    rules = [rule for rule in book.allowances if rule.purse == kind]
    if not rules:
        plain = AllowanceRule(purse=kind, base=ledger.MONTHLY_ALLOWANCE)
        return plain if kind == AllowanceRule.Purse.ALLOWANCE else None
    names: frozenset[int] | None = None
    leads: bool | None = None
    for rule in rules:
        if rule.whom == AllowanceRule.Whom.MANAGERS:
            leads = Employee.objects.filter(manager=giver, left_on=None).exists() if leads is None else leads
            if not leads:
                continue
        if rule.unit_id is not None:
            names = belonging.names(giver.unit_id) if names is None else names
            if rule.unit_id not in names:
                continue
        return rule
    return None


def _reports(giver: Employee, day: dt.date) -> int:
    return Employee.objects.here(day).filter(manager=giver).count()
