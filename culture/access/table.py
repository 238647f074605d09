"""The one table that says which role may do what. Pure: no database, no clock.

| | HR admin | HR of a unit | Program lead | Trainer | Manager | Executive | Auditor | Moderator | Employee |
|---|---|---|---|---|---|---|---|---|---|
| manage_people      | ● | ○ | | | | | | | |
| manage_access      | ● | ○ | | | | | | | |
| see_access         | ● | ○ | | | | | ○ | | |
| manage_framework   | ● | | ● | | | | | | |
| manage_programs    | ● | | ○ | | | | | | |
| manage_surveys     | ● | | | | | | | | |
| see_participation  | ● | | ● | | | | | | |
| see_results        | ● | ○ | ○ | | ○ | ○ | | | |
| see_scorecard      | ● | | ● | | | ● | | | |
| write_courses      | ● | | | ● | | | | | |
| manage_training    | ● | ○ | | ○ | | | | | |
| see_team_training  | ● | ○ | | ○ | ○ | | | | |
| see_audit          | ● | | | | | | ● | | |
| see_ledger         | ● | | | | | | ● | | |
| manage_recognition | ● | | | | | | | | |
| moderate_comments  | ● | | | | | | | ● | |
| give_kudos, do_training | for everybody |

○ follows the grant: for a unit and everything below it, or everywhere when granted for the whole organisation.
● is of the whole organisation only, because what it opens has no unit (a survey, a course's text, the audit trail): a
grant for one unit does not carry it (``WHOLE_ONLY``).
There is no permission to read an answer, and there will be none: nobody has one.
"""

from __future__ import annotations

import enum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.access.models import Role


class Permission(enum.StrEnum):
    MANAGE_PEOPLE = "manage_people"
    MANAGE_ACCESS = "manage_access"
    SEE_ACCESS = "see_access"
    MANAGE_FRAMEWORK = "manage_framework"
    MANAGE_PROGRAMS = "manage_programs"
    MANAGE_SURVEYS = "manage_surveys"
    SEE_PARTICIPATION = "see_participation"
    SEE_RESULTS = "see_results"
    SEE_SCORECARD = "see_scorecard"
    WRITE_COURSES = "write_courses"
    PLAN_ACTIONS = "plan_actions"
    MANAGE_TRAINING = "manage_training"
    SEE_TEAM_TRAINING = "see_team_training"
    SEE_AUDIT = "see_audit"
    SEE_LEDGER = "see_ledger"
    MODERATE_COMMENTS = "moderate_comments"
    MANAGE_RECOGNITION = "manage_recognition"
    GIVE_KUDOS = "give_kudos"
    DO_TRAINING = "do_training"


class Persona(enum.StrEnum):
    """Roles as the table knows them: a manager follows from the tree, and everybody is an employee."""

    HR_ADMIN = Role.HR_ADMIN.value
    UNIT_HR = "unit_hr"
    PROGRAM_LEAD = Role.PROGRAM_LEAD.value
    TRAINER = Role.TRAINER.value
    MANAGER = "manager"
    EXECUTIVE = Role.EXECUTIVE.value
    AUDITOR = Role.AUDITOR.value
    MODERATOR = Role.MODERATOR.value
    EMPLOYEE = "employee"


P = Permission
WHOLE_ONLY: frozenset[Permission] = frozenset(
    {
        P.MANAGE_FRAMEWORK,
        P.MANAGE_SURVEYS,
        P.SEE_PARTICIPATION,
        P.SEE_SCORECARD,
        P.WRITE_COURSES,
        P.SEE_AUDIT,
        P.SEE_LEDGER,
        P.MODERATE_COMMENTS,
        P.MANAGE_RECOGNITION,
    }
)
FOR_EVERYBODY: frozenset[Permission] = frozenset({P.GIVE_KUDOS, P.DO_TRAINING})
TABLE: dict[Persona, frozenset[Permission]] = {
    Persona.HR_ADMIN: frozenset(set(Permission) - FOR_EVERYBODY),
    Persona.UNIT_HR: frozenset(
        {
            P.MANAGE_PEOPLE,
            P.MANAGE_ACCESS,
            P.SEE_ACCESS,
            P.SEE_RESULTS,
            P.PLAN_ACTIONS,
            P.MANAGE_TRAINING,
            P.SEE_TEAM_TRAINING,
        }
    ),
    Persona.PROGRAM_LEAD: frozenset(
        {P.MANAGE_FRAMEWORK, P.MANAGE_PROGRAMS, P.SEE_PARTICIPATION, P.SEE_RESULTS, P.SEE_SCORECARD, P.PLAN_ACTIONS}
    ),
    Persona.TRAINER: frozenset({P.WRITE_COURSES, P.MANAGE_TRAINING, P.SEE_TEAM_TRAINING}),
    Persona.MANAGER: frozenset({P.SEE_RESULTS, P.PLAN_ACTIONS, P.SEE_TEAM_TRAINING}),
    Persona.EXECUTIVE: frozenset({P.SEE_RESULTS, P.SEE_SCORECARD}),
    Persona.AUDITOR: frozenset({P.SEE_ACCESS, P.SEE_AUDIT, P.SEE_LEDGER}),
    Persona.MODERATOR: frozenset({P.MODERATE_COMMENTS}),
    Persona.EMPLOYEE: FOR_EVERYBODY,
}


def persona_of(role: str, unit_id: int | None) -> Persona:
    """The column of the table a grant of ``role`` stands for: an HR admin of a unit has a column of his own."""
    if role == Role.HR_ADMIN and unit_id is not None:
        return Persona.UNIT_HR
    return Persona(role)


def carried(persona: Persona, *, whole: bool) -> frozenset[Permission]:
    """What ``persona`` gives: for the whole organisation, or for a unit with everything below it."""
    return TABLE[persona] if whole else TABLE[persona] - WHOLE_ONLY


TITLES: dict[Persona, Any] = {
    Persona.HR_ADMIN: _("HR admin"),
    Persona.UNIT_HR: _("HR admin of a unit"),
    Persona.PROGRAM_LEAD: _("Program lead"),
    Persona.TRAINER: _("Trainer"),
    Persona.MANAGER: _("Manager"),
    Persona.EXECUTIVE: _("Executive"),
    Persona.AUDITOR: _("Auditor"),
    Persona.MODERATOR: _("Comment moderator"),
    Persona.EMPLOYEE: _("Employee"),
}
HOW: dict[Persona, Any] = {
    Persona.HR_ADMIN: _("Given by an HR admin, for the whole organisation."),
    Persona.UNIT_HR: _("Given by an HR admin, for one unit and everything below it."),
    Persona.PROGRAM_LEAD: _("Given by an HR admin, for the whole organisation or for a unit."),
    Persona.TRAINER: _("Given by an HR admin, for the whole organisation or for a unit."),
    Persona.MANAGER: _("Whoever has at least one direct report, for the own unit and everything below it. Not given."),
    Persona.EXECUTIVE: _("Given by an HR admin, for the whole organisation or for a unit."),
    Persona.AUDITOR: _("Given by an HR admin, usually for the whole organisation."),
    Persona.MODERATOR: _("Given by an HR admin to somebody trained for it, for a time, for the whole organisation."),
    Persona.EMPLOYEE: _("Everybody who works here. Not given."),
}
# A short name (a line of a table) and a sentence that goes on after "may".
NAMES: dict[Permission, Any] = {
    P.MANAGE_PEOPLE: _("People and units"),
    P.MANAGE_ACCESS: _("Giving roles"),
    P.SEE_ACCESS: _("Who may see what"),
    P.MANAGE_FRAMEWORK: _("Framework and charter"),
    P.MANAGE_PROGRAMS: _("Programs"),
    P.MANAGE_SURVEYS: _("Surveys"),
    P.SEE_PARTICIPATION: _("Participation"),
    P.SEE_RESULTS: _("Survey results"),
    P.SEE_SCORECARD: _("Scorecard"),
    P.WRITE_COURSES: _("Writing courses"),
    P.PLAN_ACTIONS: _("Action plans"),
    P.MANAGE_TRAINING: _("Assigning courses"),
    P.SEE_TEAM_TRAINING: _("Training of people"),
    P.SEE_AUDIT: _("Audit trail"),
    P.SEE_LEDGER: _("Points ledger"),
    P.MODERATE_COMMENTS: _("Names in comments"),
    P.MANAGE_RECOGNITION: _("Rewards and rules of points"),
    P.GIVE_KUDOS: _("Thanks"),
    P.DO_TRAINING: _("Own training"),
}
MAY: dict[Permission, Any] = {
    P.MANAGE_PEOPLE: pgettext_lazy("may", "see and change the records of people and units"),
    P.MANAGE_ACCESS: pgettext_lazy("may", "give and end roles"),
    P.SEE_ACCESS: pgettext_lazy("may", "see who holds which role, and what a person can see"),
    P.MANAGE_FRAMEWORK: pgettext_lazy("may", "adapt the framework, the charter and the readiness judgement"),
    P.MANAGE_PROGRAMS: pgettext_lazy("may", "set up and change programs"),
    P.MANAGE_SURVEYS: pgettext_lazy("may", "plan, open and close surveys and keep the service map"),
    P.SEE_PARTICIPATION: pgettext_lazy("may", "see how many have answered, rounded, in groups of 10 or more"),
    P.SEE_RESULTS: pgettext_lazy("may", "see released survey results of groups, never an answer"),
    P.SEE_SCORECARD: pgettext_lazy("may", "read the scorecard of the whole organisation"),
    P.WRITE_COURSES: pgettext_lazy("may", "write and publish courses"),
    P.PLAN_ACTIONS: pgettext_lazy("may", "plan what units do about their results, and what they promise others"),
    P.MANAGE_TRAINING: pgettext_lazy("may", "assign courses and see how far they are"),
    P.SEE_TEAM_TRAINING: pgettext_lazy("may", "see who works there and what training each has done"),
    P.SEE_AUDIT: pgettext_lazy("may", "read the audit trail, and what corrected results said before"),
    P.SEE_LEDGER: pgettext_lazy("may", "check the ledger of points"),
    P.MODERATE_COMMENTS: pgettext_lazy(
        "may", "mask names in comments before their release, without seeing who wrote them"
    ),
    P.MANAGE_RECOGNITION: pgettext_lazy("may", "set the rules of points, keep the rewards and hand them over"),
    P.GIVE_KUDOS: pgettext_lazy("may", "thank colleagues and read public thanks"),
    P.DO_TRAINING: pgettext_lazy("may", "do the own training and read the framework"),
}
