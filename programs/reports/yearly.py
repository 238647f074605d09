"""One year of a program: what was promised at launch against what came. From what was frozen then, wherever it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.access.permissions import personas
from culture.access.table import Persona
from culture.framework import charter
from culture.framework.charter_models import CharterVersion
from culture.people.models import Employee
from programs.planning.models import Program, Stage
from programs.planning.plan_models import Amendment, Duty, StageExit
from programs.reports import effects, readings, report_access, yearly_plans
from programs.reports.cost_models import CostEstimate
from programs.reports.effect_models import EffectEstimate
from programs.reports.effects import Effect
from programs.reports.reading_models import DayReading
from programs.reports.scorecard_place import Place, Stand
from programs.reports.yearly_models import LONGEST_COMMENT, YearComment
from programs.reports.yearly_plans import Aim, Launched


@dataclass(frozen=True)
class StageCame:
    """A stage as promised at launch, as planned now, and how it ended by the review's day."""

    kind: str
    promised: yearly_plans.PlannedStage | None
    now: Stage | None
    exit: StageExit | None

    def state(self, by: dt.date) -> str:
        """``signed``, ``unsigned`` (past its day), ``running`` or ``coming``."""
        if self.exit is not None:
            return "signed"
        first = self.now.starts_on if self.now else self.promised.starts_on if self.promised else None
        last = self.now.ends_on if self.now else self.promised.ends_on if self.promised else None
        if last is not None and last < by:
            return "unsigned"
        return "running" if first is not None and first <= by else "coming"


@dataclass(frozen=True)
class Counted:
    """An indicator as it was kept first and last in the year."""

    key: str
    first: DayReading
    last: DayReading


@dataclass
class Year:
    """Everything told of ``program`` in ``year``, as of ``by``: its last day, or today while it runs."""

    program: Program
    year: int
    by: dt.date
    over: bool
    place: Place = field(repr=False)

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 1, 1)

    @cached_property
    def plan(self) -> Launched:
        return yearly_plans.launched(self.program)

    @cached_property
    def charters(self) -> tuple[CharterVersion | None, CharterVersion | None]:
        """The organisation's charter in force at launch, and on the review's day."""
        day = self.program.launched_on or self.program.starts_on
        return charter.in_force(day), charter.in_force(self.by)

    @cached_property
    def stages(self) -> list[StageCame]:
        exits = {one.kind: one for one in self.program.exits.filter(on__lte=self.by)}
        now = {one.kind: one for one in self.program.stages.all()}
        promised = {one.kind: one for one in self.plan.stages}
        return [
            StageCame(kind, promised.get(kind), now.get(kind), exits.get(kind))
            for kind in Stage.Kind.values
            if kind in now or kind in promised
        ]

    @cached_property
    def aims(self) -> list[Aim]:
        return yearly_plans.aims(self.program, self.plan, first=self.first, by=self.by, over=self.over)

    @cached_property
    def coming(self) -> int:
        """How many milestones fall due in what is left of the year."""
        return len(yearly_plans.coming(self.program, self.by, dt.date(self.year, 12, 31)))

    @cached_property
    def removed(self) -> int:
        return yearly_plans.removed(self.program, self.first, self.by)

    @cached_property
    def amendments(self) -> list[Amendment]:
        return list(self.program.amendments.filter(on__gte=self.first, on__lte=self.by).order_by("on", "pk"))

    @cached_property
    def counted(self) -> list[Counted]:
        """Two queries."""
        rows = DayReading.objects.filter(program=self.program, on__gte=self.first, on__lte=self.by)
        first = {row.key: row for row in rows.order_by("key", "on").distinct("key")}
        last = {row.key: row for row in rows.order_by("key", "-on").distinct("key")}
        return [Counted(key, first[key], last[key]) for key in readings.names() if key in first]

    @cached_property
    def effect(self) -> Effect | None:
        """What had been found by then, of waves that leaders see today."""
        rows = EffectEstimate.objects.filter(program=self.program, made_at__date__lte=self.by).defer("inputs")
        rows = rows.order_by("outcome", "-number").distinct("outcome")
        shared = {wave.pk for wave in self.place.waves}
        told = effects._told([effects._read(row) for row in rows], shared)
        return next((one for one in told if one.main), None)

    @cached_property
    def cost(self) -> CostEstimate | None:
        rows = CostEstimate.objects.filter(program=self.program, made_at__date__lte=self.by)
        return rows.order_by("-number").first()

    @cached_property
    def comments(self) -> list[YearComment]:
        return list(YearComment.objects.filter(program=self.program, year=self.year).order_by("at", "pk"))


def years(program: Program, today: dt.date) -> list[int]:
    """Those there is a review of: from its launch to today or its end, the newest first."""
    first = program.launched_on or program.starts_on
    last = min(today, program.finished_on or program.ends_on)
    return list(range(max(last, first).year, first.year - 1, -1)) if first <= today else []


def of(program: Program, year: int, today: dt.date) -> Year:
    end = dt.date(year, 12, 31)
    over = end < today or program.finished_on is not None
    by = min(end, today, program.finished_on or end)
    return Year(program, year, by, over, Place(program))


def stands(year: Year, language: str) -> list[Stand]:
    """What was released by the review's day, oldest first, in the words of ``language``."""
    return [one for one in year.place.in_language(language) if _released(one) <= year.by]


def of_the_year(year: Year, found: Sequence[Stand]) -> list[Stand]:
    """The last wave before the year, and those of the year."""
    inside = [one for one in found if _released(one) >= year.first]
    before = [one for one in found if _released(one) < year.first]
    return [*before[-1:], *inside]


def _released(stand: Stand) -> dt.date:
    moment = stand.wave.released_at
    return timezone.localdate(moment) if moment else stand.wave.closes_on


# -- comments --------------------------------------------------------------------------------------------------------


def role_of(user: Employee, program: Program) -> str:
    """As what ``user`` may comment on a year: "sponsor", "executive", or "" for who may not."""
    if not report_access.may_see_whole(user):
        return ""
    if Duty.objects.filter(program=program, sponsor=user).exists():
        return "sponsor"
    return "executive" if Persona.EXECUTIVE in personas(user) else ""


@transaction.atomic
def comment(*, by: Employee, program: Program, year: int, text: str, now: dt.datetime) -> YearComment:
    """Sign a comment; for good. Raises ValidationError by field, PermissionError for who is none of the sponsors."""
    role = role_of(by, program)
    if not role:
        raise PermissionError
    told = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not told:
        raise ValidationError({"text": _("Write what you want to say of this year.")})
    if len(told) > LONGEST_COMMENT:
        raise ValidationError({"text": _("At most %(n)s characters.") % {"n": LONGEST_COMMENT}})
    if year not in years(program, timezone.localdate(now)):
        raise ValidationError(_("There is no review of that year."))
    row = YearComment.objects.create(program=program, year=year, text=told, role=role, by=by, at=now)
    audit.record(by, "year.commented", program, year=year, comment=row.pk)
    return row
