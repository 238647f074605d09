"""Which milestones are announced, from when, with how many points: HR's choice, and its budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition.milestone_models import MOST_POINTS, MilestoneKind, MilestoneRules
from programs.recognition.models import Account
from programs.recognition.posting import Place
from surveys.waves import hours
from surveys.waves.hours import Blackout
from surveys.waves.models import Series

PURSE = Place(Account.Kind.AWARD, label="milestones")
MOST_YEARS = 60


def current() -> MilestoneRules:
    """The rules in force; nothing is announced until HR says so."""
    return MilestoneRules.objects.filter(pk=1).first() or MilestoneRules(pk=1)


def since_of(rules: MilestoneRules, kind: str) -> dt.date | None:
    """From which day milestones of ``kind`` are announced; None: they are not."""
    day = rules.since.get(kind)
    return dt.date.fromisoformat(day) if day else None


def free_days() -> list[Blackout]:
    """Days on which nothing is announced: those on which the organisation's survey series ask nothing."""
    found: dict[tuple[Any, ...], Blackout] = {}
    for stored in Series.objects.values_list("blackout", flat=True):
        for one in hours.read_blackouts(stored or []):
            found[one.first, one.last, one.yearly] = one
    return sorted(found.values(), key=lambda one: one.first)


@transaction.atomic
def save(
    *,
    kinds: Collection[str],
    points: Mapping[str, int],
    years: Collection[int],
    beyond: Collection[str],
    by: Employee,
    today: dt.date,
) -> MilestoneRules:
    """What is switched on now is announced from ``today`` on; nothing older is dug out. Raises by field."""
    errors: dict[str, Any] = {}
    if not set(kinds) <= set(MilestoneKind.values):
        errors["kinds"] = _("Choose milestones of the list.")
    if any(not 0 <= one <= MOST_POINTS for one in points.values()):
        errors["points"] = _("Points are between 0 and %(most)d.") % {"most": MOST_POINTS}
    if any(not 0 <= one <= MOST_YEARS for one in years):
        errors["years"] = _("Years are between 0 and %(most)d.") % {"most": MOST_YEARS}
    known = set(Behaviour.objects.filter(kind=Behaviour.Kind.ATTITUDE).values_list("code", flat=True))
    if not set(beyond) <= known or (MilestoneKind.MEMORABLE in kinds and not beyond):
        errors["beyond"] = _("Choose at least one attitude that goes beyond the expected.")
    if errors:
        raise ValidationError(errors)
    MilestoneRules.objects.get_or_create(pk=1)
    row = MilestoneRules.objects.select_for_update().get(pk=1)
    row.since = {kind: row.since.get(kind) or today.isoformat() for kind in sorted(kinds)}
    row.points = {kind: points.get(kind, 0) for kind in sorted(kinds)}
    row.years, row.beyond = sorted(set(years)), sorted(set(beyond))
    row.save()
    audit.record(by, "milestones.rules", "milestones", kinds=sorted(kinds), points=row.points)
    return row
