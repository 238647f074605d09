"""What may be given without asking: set by HR by unit, role and currency."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from culture.access import audit, reach
from culture.people.models import Employee, Unit
from programs.practices import limit_rules
from programs.practices.limit_rules import Rule
from programs.practices.models import Limit, RecoveryRule

HOURS = 48


@dataclass(frozen=True)
class Terms:
    """A limit as HR enters it."""

    kind: str
    unit: Unit | None
    job_family: str
    currency: str
    own: Decimal
    manager: Decimal | None


def money(value: Decimal, currency: str) -> str:
    """“EUR 25.00”; whole amounts without decimals."""
    places = 0 if value == value.to_integral_value() else 2
    return f"{currency} {number_format(value, places, force_grouping=True)}".strip()


def of(person: Employee, kind: str) -> dict[str, Rule]:
    """Currency → the rule that counts for ``person`` today. Two queries."""
    rules: dict[str, list[Rule]] = defaultdict(list)
    for row in Limit.objects.filter(kind=kind):
        rules[row.currency].append(Rule(row.unit_id, row.job_family, row.own, row.manager))  # type: ignore[attr-defined]
    if not rules:
        return {}
    above = _above(person.unit_id)
    found = {code: limit_rules.fitting(some, above, person.job_family) for code, some in rules.items()}
    return {code: rule for code, rule in sorted(found.items()) if rule is not None}


def _above(unit_id: int | None) -> list[int]:
    """The unit and those over it, the nearest first."""
    if unit_id is None:
        return []
    parents = dict(reach.above(unit_id).order_by().values_list("pk", "parent_id"))
    chain: list[int] = []
    at: int | None = unit_id
    while at is not None and at in parents and at not in chain:
        chain.append(at)
        at = parents[at]
    return chain


def level(person: Employee, kind: str, value: Decimal, currency: str) -> tuple[str, Rule | None]:
    """Who decides on ``value`` for ``person``, and by which rule."""
    rule = of(person, kind).get(currency) if value else None
    led = person.manager is not None and person.manager.is_active and person.manager.left_on is None
    if kind == Limit.Kind.IDEA:
        # Permission is asked beforehand even for what costs nothing.
        found = limit_rules.level(rule, value, led=led)
        return (limit_rules.MANAGER if led else limit_rules.HR) if found == limit_rules.OWN else found, rule
    return limit_rules.level(rule, value, led=led), rule


@transaction.atomic
def save(*, terms: Terms, by: Employee) -> Limit:
    """Add a limit. Raises ``ValidationError`` in words where there is one for the same people."""
    if terms.manager is not None and terms.manager < terms.own:
        told = _("The manager’s limit must not be lower than that of who serves.")
        raise ValidationError({"manager": told})
    own = Decimal(0) if terms.kind == Limit.Kind.IDEA else terms.own
    try:
        with transaction.atomic():
            made = Limit.objects.create(
                kind=terms.kind,
                unit=terms.unit,
                job_family=terms.job_family,
                currency=terms.currency,
                own=own,
                manager=terms.manager,
            )
    except IntegrityError as error:
        told = _("There is a limit for these people in this currency already: remove it first.")
        raise ValidationError(told) from error
    audit.record(by, "limit.set", made, **_detail(made))
    return made


@transaction.atomic
def remove(*, limit: Limit, by: Employee) -> None:
    """What was opened under it keeps the limit it was opened with."""
    audit.record(by, "limit.removed", limit, **_detail(limit))
    limit.delete()


def _detail(row: Limit) -> dict[str, object]:
    unit = row.unit_id  # type: ignore[attr-defined]
    return {"kind": row.kind, "unit": unit, "role": row.job_family, "currency": row.currency, "own": row.own,
            "manager": row.manager}  # fmt: skip


def hours() -> int:
    """Within how many hours a complaint is to be made good."""
    return RecoveryRule.objects.values_list("hours", flat=True).first() or HOURS


@transaction.atomic
def set_hours(*, hours: int, by: Employee, now: dt.datetime) -> RecoveryRule:
    made = RecoveryRule.objects.create(hours=hours, by=by, at=now)
    audit.record(by, "recovery.hours", made, hours=hours)
    return made
