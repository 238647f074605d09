"""What the demo's program promises of itself, one amendment of it, and a draft of the next one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from culture.framework.models import Requirement
from culture.people.models import Employee
from programs.planning import drafts, milestones, programs, rules, stage_exits, states
from programs.planning.models import Program, Stage

WEEK = dt.timedelta(weeks=1)
# kind → goal, when it may end
STAGES = {
    "information": ("Everybody can say what we promise and why", "9 of 10 have read the charter; heads held the talk"),
    "attitude": ("Most people want it: it is worth the trouble", "“Want” rose clearly in two waves running"),
    "behaviour": ("Customers notice it, inside and outside", "Each team was seen doing it, by two observers"),
    "culture": ("It is how things are done when nobody looks", "No reminder for half a year, and nothing slips"),
}
# title, weeks from today, stage, leading, target, lagging, target
MILESTONES = [
    ("The branches do what they promised", 4, "behaviour", "planning.actions", 20, "planning.promises", 20),
    ("Everybody knows how", -6, "attitude", "training.done", 80, "results.know", 75),
    ("People are free to decide", 26, "behaviour", "observed.seen", 60, "results.can", 70),
    ("Logistics and Services have begun", 12, "behaviour", "planning.begun", 95, "results.served", 60),
]
# what, likelihood, impact, answer, weeks until the next look
RISKS = [
    ("Small complaints still need three signatures", 3, 3, "The board decides on a limit of 100 euro for everybody", 2),
    ("Logistics hears of it last and feels blamed", 2, 3, "Its heads tell it first; a visit to a branch for each", 5),
    ("Christmas trade leaves no time for training", 3, 2, "No new course between 1 December and 10 January", -1),
]
DUTIES = [
    ("Opens the next wave in person, in the warehouse", 6),
    ("Spends a Saturday at a till in the South and tells of it", 10),
    ("Answers ten comments in the staff magazine", -2),
]
CLOSED_WITH = "In Logistics the heads hold the talk after the move; they have a date for it."
FOCUS = ("W2", "K3", "C1", "C3")
MOVED = "The warehouse moves to the new hall in December; nobody could attend a course before."


def furnish(*, program: Program, by: Employee, sponsor: Employee, today: dt.date) -> None:
    """Goals, milestones, risks, duties, an amendment made in summer, and the draft that follows."""
    for kind, (goal, criteria) in STAGES.items():
        Stage.objects.filter(program=program, kind=kind).update(goal=goal, exit_criteria=criteria)
    Program.objects.filter(pk=program.pk).update(launched_on=program.starts_on - 2 * WEEK)
    _close(program, by, today)
    program.focus.set(Requirement.objects.filter(code__in=FOCUS))
    _promise(program, by, sponsor, today)
    _amend(program, by, today)
    _draft(program, by, today)


def _close(program: Program, by: Employee, today: dt.date) -> None:
    """The first stage was closed with its last week, one criterion of two met; those after it wait for somebody."""
    stage = program.stages.get(kind="information")
    day = stage.ends_on
    if day < today:
        stage_exits.close(by=by, program=program, kind=stage.kind, met=[0], note=CLOSED_WITH, on=day, today=day)


def _promise(program: Program, by: Employee, sponsor: Employee, today: dt.date) -> None:
    for title, weeks, stage, leading, ahead, lagging, after in MILESTONES:
        day = min(max(today + weeks * WEEK, program.starts_on), program.ends_on)
        aim = milestones.Aim(title, day, by, leading, Decimal(ahead), lagging, Decimal(after), stage)
        milestones.save(by=by, program=program, aim=aim)
    for what, likelihood, impact, answer, weeks in RISKS:
        milestones.save_risk(
            by=by, program=program, what=what, likelihood=likelihood, impact=impact, owner=by, answer=answer,
            review_on=today + weeks * WEEK, today=min(today, today + weeks * WEEK),
        )  # fmt: skip
    for what, weeks in DUTIES:
        day = today + weeks * WEEK
        milestones.save_duty(by=by, program=program, what=what, sponsor=sponsor, due_on=day, today=min(today, day))


def _amend(program: Program, by: Employee, today: dt.date) -> None:
    """The last cohort starts two weeks later than planned."""
    program = Program.objects.get(pk=program.pk)
    plans = states.plans_of(program)
    last = max(plans, key=lambda plan: plan.starts_on)
    if last.starts_on <= today:
        return
    later = rules.CohortPlan(last.name, last.starts_on + 2 * WEEK, last.units, last.pk)
    programs.change(
        by=by, program=program, name=program.name, charter=program.charter, starts_on=program.starts_on,
        ends_on=program.ends_on, stages=states.stages_of(program),
        cohorts=[later if plan.pk == last.pk else plan for plan in plans], series=program.series, today=today,
        reason=MOVED,
    )  # fmt: skip


def _draft(program: Program, by: Employee, today: dt.date) -> None:
    """Somebody has begun to plan what comes after, and drew the order by lot."""
    made = drafts.copy(
        by=by, source=program, name="Service First, second round", starts_on=program.ends_on + dt.timedelta(days=1),
        today=today,
    )  # fmt: skip
    drafts.draw(by=by, program=made, cohorts=made.cohorts.values_list("pk", flat=True), seed="meridian")
    drafts.confirm(by=by, program=made, step="charter", today=today)
    drafts.confirm(by=by, program=made, step="stages", today=today)
