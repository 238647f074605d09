"""Judging readiness: opening an assessment, the sponsors' judgments, closing it, the rule for programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.access.days import date_text
from culture.access.models import Grant, Role
from culture.framework import readiness_profile as profile
from culture.framework.models import Condition
from culture.framework.readiness_models import (
    ReadinessAssessment,
    ReadinessJudgement,
    ReadinessRule,
    ReadinessSponsor,
)
from culture.people.models import Employee

SPONSOR_ROLES = (Role.EXECUTIVE, Role.HR_ADMIN)
MOST_SPONSORS = 30
OLDEST = dt.timedelta(days=366)
LONGEST = 4000


class Closed(Exception):
    """The assessment is not open (any more)."""


@dataclass(frozen=True)
class Standing:
    """What the last assessment says to a program that wants to start; ``assessment`` None: never judged."""

    assessment: ReadinessAssessment | None
    threshold: float
    below: tuple[profile.Line, ...] = ()

    @property
    def stored(self) -> list[dict[str, object]]:
        """``below`` as a program keeps it."""
        on = self.assessment.on.isoformat() if self.assessment else ""
        return [
            {"code": line.code, "median": line.median, "threshold": self.threshold, "on": on} for line in self.below
        ]


# -- reading ---------------------------------------------------------------------------------------------------------


def candidates(on: dt.date) -> QuerySet[Employee]:
    """Who may be a sponsor: executives and HR admins of the whole organisation who can sign in."""
    granted = Grant.objects.in_force(on).filter(role__in=SPONSOR_ROLES, unit=None).values("employee")
    return (
        Employee.objects.here(on)
        .filter(pk__in=granted, is_active=True, email__isnull=False)
        .order_by("family_name", "given_name", "number")
    )


def _said(assessments: Sequence[ReadinessAssessment]) -> dict[int, dict[int, list[profile.Judgment]]]:
    """Assessment id → condition id → what was handed in."""
    found: dict[int, dict[int, list[profile.Judgment]]] = {}
    judgements = (
        ReadinessJudgement.objects.filter(
            sponsor__assessment__in=assessments, sponsor__handed_in_at__isnull=False, level__isnull=False
        )
        .select_related("sponsor__employee")
        .order_by("sponsor__handed_in_at", "sponsor_id")
    )
    for one in judgements:
        name = one.sponsor.employee.name if one.sponsor.employee else _("somebody who left")
        by_condition = found.setdefault(one.sponsor.assessment_id, {})  # type: ignore[attr-defined]
        judgment = profile.Judgment(name, one.level or 0, one.evidence, one.sponsor_id)  # type: ignore[attr-defined]
        by_condition.setdefault(one.condition_id, []).append(judgment)  # type: ignore[attr-defined]
    return found


def profiles(newest: int) -> list[tuple[ReadinessAssessment, list[profile.Line]]]:
    """The ``newest`` closed assessments with their profiles, newest first; each knows the one before it."""
    assessments = list(ReadinessAssessment.objects.closed()[: newest + 1])
    said, conditions = _said(assessments), list(Condition.objects.all())
    rows: list[tuple[ReadinessAssessment, list[profile.Line]]] = []
    earlier: dict[str, float] = {}
    for assessment in reversed(assessments):
        here = said.get(assessment.pk, {})
        lines = [
            profile.Line(c.code, c.kind, c.label, tuple(here[c.pk]), earlier.get(c.code))
            for c in conditions
            if c.pk in here
        ]
        earlier = dict(profile.medians(lines))
        rows.append((assessment, lines))
    return rows[::-1][:newest]


def lines(assessment: ReadinessAssessment, earlier: ReadinessAssessment | None = None) -> list[profile.Line]:
    """The profile by the catalogue's order: what was handed in, beside the medians of the assessment ``earlier``."""
    said = _said([assessment, earlier] if earlier else [assessment])
    here, there = said.get(assessment.pk, {}), said.get(earlier.pk, {}) if earlier else {}
    return [
        profile.Line(
            c.code,
            c.kind,
            c.label,
            tuple(here[c.pk]),
            profile.Line(c.code, c.kind, "", tuple(there[c.pk])).median if c.pk in there else None,
        )
        for c in Condition.objects.filter(pk__in=here)
    ]


def last_closed() -> ReadinessAssessment | None:
    return ReadinessAssessment.objects.closed().first()


def before(assessment: ReadinessAssessment) -> ReadinessAssessment | None:
    """The closed assessment before this one."""
    return ReadinessAssessment.objects.closed().filter(on__lt=assessment.on).first()


def rule() -> ReadinessRule:
    """The rule as it is kept, or as it ships."""
    return ReadinessRule.objects.filter(pk=1).first() or ReadinessRule(pk=1)


def standing() -> Standing:
    """Whether a program that starts now needs a stated reason."""
    kept, last = rule(), last_closed()
    threshold = float(kept.threshold)
    if last is None or kept.scope == ReadinessRule.Scope.NONE:
        return Standing(last, threshold)
    kinds = {Condition.Kind.SUCCESS.value}
    if kept.scope == ReadinessRule.Scope.ALL:
        kinds.add(Condition.Kind.DUTY.value)
    return Standing(last, threshold, tuple(profile.below(lines(last), threshold, frozenset(kinds))))


# -- writing ---------------------------------------------------------------------------------------------------------


def _open(assessment: ReadinessAssessment) -> ReadinessAssessment:
    """The same row, locked; ``Closed`` when it does not take judgments any more."""
    found = ReadinessAssessment.objects.select_for_update().filter(pk=assessment.pk).first()
    if found is None or found.state != ReadinessAssessment.State.OPEN:
        raise Closed
    return found


def _refuse_sponsors(sponsors: Sequence[Employee], today: dt.date) -> None:
    if not sponsors:
        raise ValidationError({"sponsors": [_("Choose at least one sponsor.")]})
    if len(sponsors) > MOST_SPONSORS:
        raise ValidationError({"sponsors": [_("Choose at most %(n)s sponsors.") % {"n": MOST_SPONSORS}]})
    allowed = set(candidates(today).values_list("pk", flat=True))
    if wrong := [person.name for person in sponsors if person.pk not in allowed]:
        raise ValidationError(
            {"sponsors": [_("Only executives and HR admins can judge: %(names)s.") % {"names": ", ".join(wrong)}]}
        )


@transaction.atomic
def open(*, by: Employee, on: dt.date, sponsors: Sequence[Employee], today: dt.date) -> ReadinessAssessment:
    """A new assessment as of the day ``on``, judged by ``sponsors``."""
    problems: dict[str, list[str]] = {}
    if on > today:
        problems["on"] = [_("Nobody can judge a day to come. Choose today or an earlier day.")]
    elif on < today - OLDEST:
        problems["on"] = [_("This is more than a year ago. Choose a later day.")]
    elif ReadinessAssessment.objects.filter(on=on).exists():
        problems["on"] = [_("There is an assessment of %(day)s already.") % {"day": day(on)}]
    if ReadinessAssessment.objects.filter(state=ReadinessAssessment.State.OPEN).exists():
        problems.setdefault("on", []).append(_("Another assessment is still open. Close or cancel it first."))
    if not Condition.objects.active().exists():
        problems.setdefault("on", []).append(_("The catalogue of conditions is not loaded, so nothing can be judged."))
    if problems:
        raise ValidationError(problems)
    _refuse_sponsors(sponsors, today)
    made = ReadinessAssessment.objects.create(on=on, opened_by=by)
    ReadinessSponsor.objects.bulk_create(ReadinessSponsor(assessment=made, employee=person) for person in sponsors)
    record(by, "readiness.open", made, on=on, sponsors=len(sponsors))
    return made


@transaction.atomic
def choose_sponsors(
    *, by: Employee, assessment: ReadinessAssessment, sponsors: Sequence[Employee], today: dt.date
) -> None:
    """Who judges in an open assessment. Who has handed in stays; who is taken out loses what he had begun."""
    found = _open(assessment)
    here = {row.employee_id: row for row in found.sponsors.all()}  # type: ignore[attr-defined]
    wanted = {person.pk: person for person in sponsors}
    done = [row for pk, row in here.items() if pk not in wanted and row.handed_in_at]
    if done:
        names = ", ".join(row.employee.name if row.employee else "?" for row in done)
        raise ValidationError({"sponsors": [_("%(names)s has handed in already and stays.") % {"names": names}]})
    joining = [person for pk, person in wanted.items() if pk not in here]
    if joining or not wanted:
        _refuse_sponsors(joining, today)
    found.sponsors.filter(employee__in=[pk for pk in here if pk not in wanted]).delete()
    ReadinessSponsor.objects.bulk_create(
        ReadinessSponsor(assessment=found, employee=person) for pk, person in wanted.items() if pk not in here
    )
    record(by, "readiness.sponsors", found, sponsors=len(wanted))


def _sponsor(assessment: ReadinessAssessment, employee: Employee) -> ReadinessSponsor:
    found = _open(assessment)
    return found.sponsors.select_for_update().get(employee=employee)


def _write(sponsor: ReadinessSponsor, judgments: Mapping[str, tuple[int | None, str]]) -> None:
    conditions = Condition.objects.active().in_bulk(field_name="code")
    for code, (level, evidence) in judgments.items():
        if code in conditions:
            ReadinessJudgement.objects.update_or_create(
                sponsor=sponsor,
                condition=conditions[code],
                defaults={"level": level, "evidence": evidence.strip()[:LONGEST]},
            )


@transaction.atomic
def save(*, by: Employee, assessment: ReadinessAssessment, judgments: Mapping[str, tuple[int | None, str]]) -> None:
    """Keep what ``by`` has judged so far, half-filled or not: code → (level or None, evidence).

    Raises ``Closed``; a judgment handed in before counts no longer until it is handed in again.
    """
    sponsor = _sponsor(assessment, by)
    _write(sponsor, judgments)
    if sponsor.handed_in_at:
        sponsor.handed_in_at = None
        sponsor.save()
        record(by, "readiness.take_back", sponsor.assessment)


@transaction.atomic
def hand_in(*, by: Employee, assessment: ReadinessAssessment, judgments: Mapping[str, tuple[int | None, str]]) -> None:
    """Count the judgments of ``by``; every condition needs a level and its evidence, else nothing is handed in."""
    sponsor = _sponsor(assessment, by)
    problems = unfinished({**_kept(sponsor), **judgments})
    if problems:
        raise ValidationError(problems)
    _write(sponsor, judgments)
    sponsor.handed_in_at = timezone.now()
    sponsor.save()
    record(by, "readiness.hand_in", sponsor.assessment)


def _kept(sponsor: ReadinessSponsor) -> dict[str, tuple[int | None, str]]:
    return {j.condition.code: (j.level, j.evidence) for j in sponsor.judgements.select_related("condition")}


def unfinished(judgments: Mapping[str, tuple[int | None, str]]) -> dict[str, list[str]]:
    """What is missing, by form field: ``S1_level``, ``S1_evidence`` …"""
    problems: dict[str, list[str]] = {}
    for code in Condition.objects.active().values_list("code", flat=True):
        level, evidence = judgments.get(code, (None, ""))
        if level is None:
            problems[f"{code}_level"] = [_("Choose how far this is met.")]
        if not evidence.strip():
            problems[f"{code}_evidence"] = [_("Say what your judgment rests on.")]
    return problems


@transaction.atomic
def close(*, by: Employee, assessment: ReadinessAssessment) -> ReadinessAssessment:
    """From now on it counts and stays as it is. Who has not handed in is left out."""
    found = _open(assessment)
    handed_in = found.sponsors.filter(handed_in_at__isnull=False).count()
    if not handed_in:
        raise ValidationError(_("Nobody has handed in yet, so there is nothing to close."))
    left_out = found.sponsors.filter(handed_in_at__isnull=True).count()
    found.state, found.closed_at, found.closed_by = ReadinessAssessment.State.CLOSED, timezone.now(), by
    found.save()
    record(by, "readiness.close", found, handed_in=handed_in, left_out=left_out)
    return found


@transaction.atomic
def cancel(*, by: Employee, assessment: ReadinessAssessment) -> None:
    """Remove an open assessment with everything judged in it."""
    found = _open(assessment)
    record(by, "readiness.cancel", found, on=found.on)
    found.delete()


@transaction.atomic
def set_rule(*, by: Employee, threshold: Decimal, scope: str) -> ReadinessRule:
    """When a program needs a stated reason; programs made before keep what they were asked."""
    kept, _made = ReadinessRule.objects.update_or_create(pk=1, defaults={"threshold": threshold, "scope": scope})
    record(by, "readiness.rule", kept, threshold=float(threshold), scope=scope)
    return kept


def day(value: dt.date) -> str:
    return date_text(value, "j F Y")
