"""Which requirements and behaviours matter for whom, and at which level.

A profile belongs to a job family; one default profile is for everybody whose family has none. Writes are audited and
noted in the history of the framework.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.framework.models import (
    AskedEntry,
    Behaviour,
    Level,
    ProfileLine,
    Requirement,
    RequirementProfile,
    TailoringChange,
)
from culture.people.models import Employee

START = Level.BEHAVIOUR  # the default profile expects every requirement and attitude to be seen in behaviour


@dataclass(frozen=True)
class Expected:
    """One active requirement or behaviour, with the level (1–4) expected."""

    entry: AskedEntry
    level: int

    @property
    def code(self) -> str:
        return self.entry.code

    @property
    def label(self) -> str:
        return self.entry.label

    @property
    def level_name(self) -> str:
        return str(Level(self.level).label)


@dataclass(frozen=True)
class Expectations:
    """What matters for one person: ``profile`` is None while none exists; then nothing is expected yet."""

    profile: RequirementProfile | None
    requirements: list[Expected] = field(default_factory=list)
    behaviours: list[Expected] = field(default_factory=list)

    @property
    def levels(self) -> dict[str, int]:
        """``{code: level}`` of all of them."""
        return {one.code: one.level for one in (*self.requirements, *self.behaviours)}


def profile_of(employee: Employee) -> RequirementProfile | None:
    """The profile of the employee's job family, else the default one."""
    mine = RequirementProfile.objects.filter(
        Q(is_default=True) | Q(job_family__iexact=employee.job_family.strip() or "\x01")
    )
    return mine.order_by("is_default").first()


def for_employee(employee: Employee) -> Expectations:
    """What matters for ``employee``, without what is switched off. Two queries."""
    return expectations(profile_of(employee))


def expectations(profile: RequirementProfile | None) -> Expectations:
    """The active lines of a profile, in the order of the framework."""
    if profile is None:
        return Expectations(None)
    lines = profile.lines.select_related("requirement", "behaviour")
    found = [Expected(line.entry, line.level) for line in lines if line.entry.is_active]
    found.sort(key=lambda one: (one.entry.position, one.code))
    return Expectations(
        profile,
        [one for one in found if isinstance(one.entry, Requirement)],
        [one for one in found if isinstance(one.entry, Behaviour)],
    )


def choosable() -> dict[str, AskedEntry]:
    """``{code: entry}`` of all that a profile may name."""
    requirements, behaviours = Requirement.objects.active(), Behaviour.objects.active()
    return {entry.code: entry for entry in (*requirements, *behaviours)}


def levels_of(profiles: Iterable[RequirementProfile]) -> dict[int, dict[str, int]]:
    """``{profile id: {code: level}}`` in one query."""
    found: dict[int, dict[str, int]] = {profile.pk: {} for profile in profiles}
    for line in ProfileLine.objects.filter(profile__in=list(found)).select_related("requirement", "behaviour"):
        found[line.profile_id][line.entry.code] = line.level
    return found


def create_default() -> RequirementProfile:
    """The default profile; made once, with every requirement and attitude, and left alone afterwards."""
    profile, created = RequirementProfile.objects.get_or_create(is_default=True, job_family="")
    if created:
        attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
        _write(profile, {entry.code: int(START) for entry in (*Requirement.objects.active(), *attitudes)})
    return profile


def _write(profile: RequirementProfile, levels: Mapping[str, int]) -> None:
    """Set these codes' levels (0: not expected); others stay."""
    entries = {
        **Requirement.objects.in_bulk(levels, field_name="code"),
        **Behaviour.objects.in_bulk(levels, field_name="code"),
    }
    ProfileLine.objects.filter(profile=profile).filter(
        Q(requirement__code__in=levels) | Q(behaviour__code__in=levels)
    ).delete()
    ProfileLine.objects.bulk_create(
        ProfileLine(
            profile=profile,
            requirement=entry if isinstance(entry, Requirement) else None,
            behaviour=entry if isinstance(entry, Behaviour) else None,
            level=levels[code],
        )
        for code, entry in entries.items()
        if levels[code]
    )
    profile.updated_at = timezone.now()
    profile.save(update_fields=["updated_at"])


def _noted(profile: RequirementProfile, by: Employee, before: dict, after: dict, reason: str = "") -> None:
    TailoringChange.objects.create(
        by=by,
        verb=TailoringChange.Verb.PROFILE,
        kind="profiles",
        code=profile.job_family or "*",
        before=before,
        after=after,
        reason=reason,
    )
    record(by, "framework.profile", profile, job_family=profile.job_family, before=before, after=after)


@transaction.atomic
def create(*, job_family: str, copy_of: RequirementProfile | None, by: Employee) -> RequirementProfile:
    """A profile for a job family, empty or with the levels of another. Raises ValidationError by field."""
    job_family = " ".join(job_family.split())
    if not job_family:
        raise ValidationError({"job_family": _("Name the job family, as the employees’ data spell it.")})
    if RequirementProfile.objects.filter(job_family__iexact=job_family).exists():
        raise ValidationError({"job_family": _("%(name)s has a profile already.") % {"name": job_family}})
    profile = RequirementProfile.objects.create(job_family=job_family)
    levels = levels_of([copy_of])[copy_of.pk] if copy_of else {}
    _write(profile, levels)
    _noted(profile, by, {}, levels)
    return profile


@transaction.atomic
def copy(*, source: RequirementProfile, target: RequirementProfile, by: Employee) -> int:
    """Give ``target`` exactly the levels of ``source``; how many changed."""
    if source.pk == target.pk:
        raise ValidationError({"source": _("A profile cannot be copied onto itself: choose another one.")})
    target = RequirementProfile.objects.select_for_update().get(pk=target.pk)
    both = levels_of([source, target])
    old, new = both[target.pk], both[source.pk]
    changed = {code: new.get(code, 0) for code in {*old, *new} if old.get(code, 0) != new.get(code, 0)}
    if changed:
        _write(target, changed)
        _noted(target, by, {code: old.get(code, 0) for code in changed}, changed)
    return len(changed)


@transaction.atomic
def remove(*, profile: RequirementProfile, by: Employee) -> None:
    """Its job family falls under the default profile from now on. The default one stays."""
    if profile.is_default:
        raise ValidationError(_("The profile for everybody else stays: every job family without its own needs it."))
    before = levels_of([profile])[profile.pk]
    _noted(profile, by, before, {}, _("profile removed"))
    profile.delete()


Cell = tuple[int, str]
"""(profile id, code)"""


@transaction.atomic
def set_levels(*, changes: Mapping[Cell, tuple[int, int]], by: Employee) -> list[Cell]:
    """Write cells of the matrix. ``changes``: cell → (level seen, level wanted), 0 for not expected.

    All or nothing: returns the cells that somebody else changed since they were seen, and then writes none.
    """
    ids = sorted({profile for profile, _code in changes})
    profiles = {p.pk: p for p in RequirementProfile.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    known, stored = choosable(), levels_of(profiles.values())
    for (owner, code), (_seen, wanted) in changes.items():
        if owner not in profiles or code not in known or not 0 <= wanted <= max(Level.values):
            raise ValidationError(_("Choose levels from 1 to 4 for what the page shows; nothing was saved."))
    conflicts = [
        cell for cell, (seen, wanted) in changes.items() if stored[cell[0]].get(cell[1], 0) not in (seen, wanted)
    ]
    if conflicts:
        return conflicts
    for pk, profile in profiles.items():
        before = {code: stored[pk].get(code, 0) for owner, code in changes if owner == pk}
        after = {code: wanted for (owner, code), (_seen, wanted) in changes.items() if owner == pk}
        after = {code: level for code, level in after.items() if level != before[code]}
        if after:
            _write(profile, after)
            _noted(profile, by, {code: before[code] for code in after}, after)
    return []


def families(today: dt.date) -> list[dict[str, Any]]:
    """Every job family people work in today: ``{"name", "people", "profile"}``, the largest first."""
    here = Employee.objects.here(today).exclude(job_family="")
    rows = here.values("job_family").annotate(people=Count("pk")).order_by()
    own = {p.job_family.lower(): p for p in RequirementProfile.objects.filter(is_default=False)}
    merged: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not (name := row["job_family"].strip()):
            continue
        one = merged.setdefault(name.lower(), {"name": name, "people": 0, "profile": own.get(name.lower())})
        one["people"] += row["people"]
    return sorted(merged.values(), key=lambda one: (-one["people"], one["name"]))


def without_family(today: dt.date) -> int:
    """How many people's data name no job family."""
    return Employee.objects.here(today).filter(job_family__regex=r"^\s*$").count()
