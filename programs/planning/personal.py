"""What planning holds about a person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from culture.people import rights
from culture.people.models import Employee
from culture.people.rights import FOR_EVER, Fate, Group, Holding, Row


def _enrolment(row: Any, person: Employee) -> Row:
    return {
        _("Program"): row.program.name,
        _("Cohort"): row.cohort.name,
        _("From"): row.since,
        _("Until"): row.until,
    }


def _action(row: Any, person: Employee) -> Row:
    return {
        _("What"): row.what,
        _("Unit"): row.unit.name,
        _("Promised to"): row.promised_to.name if row.promised_to else "",
        _("By when"): row.due_on,
        _("State"): row.get_state_display(),
        _("What came of it"): row.outcome,
    }


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="programs.Enrolment",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Enrolments in programs"),
            kept=FOR_EVER,
            seen_by=_("You and HR"),
            after=_("Stays for counts; it points at “a former colleague”."),
            fate=Fate.KEPT,
            show=_enrolment,
            related=("program", "cohort"),
        )
    )
    rights.hold(
        Holding(
            model="programs.Action",
            fields=("owner",),
            group=Group.PROGRAM,
            title=_("Actions you see to"),
            kept=FOR_EVER,
            seen_by=_("Your unit, whom it is promised to, those who plan for them"),
            after=_("Stays; it points at “a former colleague”."),
            fate=Fate.KEPT,
            show=_action,
            related=("unit", "promised_to"),
        )
    )
    rights.authored("programs.Action", "created_by", title=_("Actions planned"), name="what")
    rights.authored("programs.Program", "created_by", title=_("Programs created"), name="name")
