"""What was changed of a launched program, by whom and why: recorded once, never rewritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from culture.access.days import date_text
from culture.people.models import Employee
from programs.planning.models import Program, Stage
from programs.planning.plan_models import Amendment

REASON_MOST = 1000
# key → what it is about; %(about)s is a stage or a cohort.
WORDS = {
    "name": gettext_lazy("Name"),
    "charter": gettext_lazy("Charter"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "series": gettext_lazy("Survey series"),
    "state": gettext_lazy("State"),
    "stage.starts_on": gettext_lazy("Stage “%(about)s”, from"),
    "stage.ends_on": gettext_lazy("Stage “%(about)s”, until"),
    "stage.goal": gettext_lazy("Stage “%(about)s”, goal"),
    "stage.exit_criteria": gettext_lazy("Stage “%(about)s”, when it may end"),
    "cohort.name": gettext_lazy("Cohort “%(about)s”, name"),
    "cohort.starts_on": gettext_lazy("Cohort “%(about)s”, first day"),
    "cohort.units": gettext_lazy("Cohort “%(about)s”, units"),
    "cohort.people": gettext_lazy("Cohort “%(about)s”, people named"),
    "unit.closed": gettext_lazy("Cohort “%(about)s”: a unit was closed"),
    "focus": gettext_lazy("Requirements it aims at"),
}


@dataclass(frozen=True)
class Change:
    """``about``: the stage's kind or the cohort's name. Values are texts, ISO days, lists of names or of ids."""

    key: str
    about: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Told:
    """One line of an amendment in words."""

    what: str
    before: str
    after: str


Snapshot = Mapping[tuple[str, str], tuple[str, Any]]


def snapshot(program: Program) -> Snapshot:
    """Everything an amendment may change: (key, identity) → (about, value). Five queries."""
    found: dict[tuple[str, str], tuple[str, Any]] = {
        ("name", ""): ("", program.name),
        ("charter", ""): ("", program.charter),
        ("starts_on", ""): ("", program.starts_on.isoformat()),
        ("ends_on", ""): ("", program.ends_on.isoformat()),
        ("series", ""): ("", program.series.name if program.series else ""),
        ("focus", ""): ("", sorted(program.focus.values_list("code", flat=True))),
    }
    for stage in program.stages.all():
        for name in ("starts_on", "ends_on", "goal", "exit_criteria"):
            value = getattr(stage, name)
            found[f"stage.{name}", stage.kind] = (
                stage.kind,
                value.isoformat() if isinstance(value, dt.date) else value,
            )
    for cohort in program.cohorts.prefetch_related("units", "people_named"):
        one = str(cohort.pk)
        found["cohort.name", one] = (cohort.name, cohort.name)
        found["cohort.starts_on", one] = (cohort.name, cohort.starts_on.isoformat())
        found["cohort.units", one] = (cohort.name, sorted(unit.name for unit in cohort.units.all()))
        found["cohort.people", one] = (cohort.name, sorted(row.employee_id for row in cohort.people_named.all()))  # type: ignore[attr-defined]
    return found


def differences(before: Snapshot, after: Snapshot) -> list[Change]:
    """In the order of what is there now, then what is gone."""
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        about, old = before.get(key, ("", ""))
        name, new = after.get(key, (about, ""))
        if old != new and not (old in ("", []) and new in ("", [])):
            changes.append(Change(key[0], name, old, new))
    return changes


def required(reason: str) -> str:
    """The reason, tidied. Raises ``ValidationError`` under ``reason``."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": [_("Say why: it stands beside the change for as long as the program does.")]})
    if len(reason) > REASON_MOST:
        raise ValidationError({"reason": [_("At most %(most)s characters.") % {"most": REASON_MOST}]})
    return reason


def record(
    program: Program, *, by: Employee | None, reason: str, changes: Sequence[Change], today: dt.date
) -> Amendment | None:
    """Write it; nothing when nothing changed."""
    if not changes:
        return None
    rows = [asdict(change) for change in changes]
    return Amendment.objects.create(program=program, by=by, reason=reason, changes=rows, on=today)


def told(amendment: Amendment) -> list[Told]:
    """The changes of an amendment as they are read."""
    lines = []
    for row in amendment.changes:
        key, about = row["key"], row["about"]
        if key.startswith("stage."):
            about = dict(Stage.Kind.choices).get(about, about)
        what = str(WORDS.get(key, key)) % {"about": about} if "." in key else str(WORDS.get(key, key))
        lines.append(Told(what, _value(key, row["before"]), _value(key, row["after"])))
    return lines


def _value(key: str, value: Any) -> str:
    if key == "state":
        return str(dict(Program.State.choices).get(value, value))
    if key == "cohort.people" and isinstance(value, list):
        return ngettext("%(n)s person", "%(n)s people", len(value)) % {"n": len(value)} if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key.endswith(("starts_on", "ends_on")) and (day := parse_date(str(value))):
        return date_text(day, "j F Y")
    return str(value)
