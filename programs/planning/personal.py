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


def _planned(model: str, field: str, title: Any) -> Holding:
    def show(row: Any, person: Employee) -> Row:
        return {_("Program"): row.program.name, _("What"): getattr(row, "what", "") or getattr(row, "title", "")}

    return Holding(
        model=model,
        fields=(field,),
        group=Group.PROGRAM,
        title=title,
        kept=FOR_EVER,
        seen_by=_("You, and who leads the program"),
        after=_("Stays; it points at “a former colleague”."),
        fate=Fate.KEPT,
        show=show,
        related=("program",),
    )


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
    rights.hold(
        Holding(
            model="programs.CohortPerson",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Cohorts you are named in"),
            kept=_("As long as the program's plan names you"),
            seen_by=_("You and HR"),
            after=_("Removed: your enrolment, without your name, says you took part."),
            fate=Fate.REMOVED,
            show=lambda row, person: {_("Program"): row.program.name, _("Cohort"): row.cohort.name},
            related=("program", "cohort"),
        )
    )
    for model, field, title in (
        ("programs.Milestone", "owner", _("Milestones you see to")),
        ("programs.Risk", "owner", _("Risks you watch")),
        ("programs.Duty", "sponsor", _("What you took on as a sponsor")),
    ):
        rights.hold(_planned(model, field, title))
    rights.authored("programs.Amendment", "by", title=_("Programs amended"), name="reason")
    rights.authored("programs.StageExit", "by", title=_("Stages closed"), name="kind")
    rights.published(
        "programs.StageExit",
        reason="Who signed that a stage of a program may end, and on what grounds, is never rewritten.",
    )
    rights.authored("programs.Draw", "by", title=_("Orders of cohorts drawn by lot"))
    rights.published(
        "programs.Amendment", reason="The record of what was changed of a program and why is never rewritten."
    )
    rights.authored("programs.Action", "created_by", title=_("Actions planned"), name="what")
    rights.authored("programs.Program", "created_by", title=_("Programs created"), name="name")
