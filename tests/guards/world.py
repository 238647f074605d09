"""One of everything, so that the guards can make real requests; and the people who make them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.framework import readiness
from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, RequirementProfile
from culture.people.models import Employee, Unit
from programs.planning import actions, milestones, programs
from programs.training import assigning, courses, paths, sessions
from programs.training.models import Assignment
from programs.training.path_rules import Conditions, StepPlan
from surveys.instruments import content, editing
from surveys.instruments.loading import load_library
from surveys.instruments.section_titles import SECTION_TITLES
from surveys.waves import links, running, series
from surveys.waves.models import LinkProposal
from tests.conftest import make_person, make_unit

ANONYMOUS = "anonymous"
PERSONAS = (
    ANONYMOUS,
    "employee",
    "manager",
    "executive",
    "hr",
    "unit_hr",
    "trainer",
    "lead",
    "auditor",
    "moderator",
    "root",
)


@dataclass
class World:
    people: dict[str, Employee | None]
    made: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["made"][name]
        except KeyError:
            raise AttributeError(name) from None


def build() -> World:
    """Meridian > Retail > Branch A: whoever has no role; Meridian > Services: the roles."""
    load_catalogue()
    top = make_unit("Meridian")
    retail, services = make_unit("Retail", top), make_unit("Services", top)
    branch = make_unit("Branch A", retail)
    people = _people(branch, services, retail)
    hr = people["hr"]
    today = timezone.localdate()
    survey = series.create(
        by=hr,
        name="Service culture",
        instrument=load_library(),
        first_opens_on=today + dt.timedelta(days=30),
        every_months=3,
        occurrences=2,
        open_days=14,
        reminder_days=(),
    )
    editing.draft(survey.instrument, by=hr)
    editing.change(
        survey.instrument, by=hr, what="sections", edit=lambda held: content.by_dimension(held, SECTION_TITLES)
    )
    days = [today + dt.timedelta(days=91 * number) for number in range(5)]
    stages = [
        (kind, days[number], days[number + 1] - dt.timedelta(days=1))
        for number, kind in enumerate(("information", "attitude", "behaviour", "culture"))
    ]
    program = programs.create(
        by=hr,
        name="Program",
        charter="Why",
        starts_on=days[0],
        ends_on=days[4] - dt.timedelta(days=1),
        stages=stages,
        cohorts=[("First", days[0], [branch.pk])],
        series=survey,
    )
    version = courses.publish(by=hr, name="Course", lessons=[("One", "Text")])
    cohort = program.cohorts.get()
    assigning.assign(by=hr, course=version.course, cohort=cohort, due_on=today + dt.timedelta(days=9), today=today)
    step = StepPlan(kind="course", subject=version.course_id, due_days=30)  # type: ignore[attr-defined]
    path = paths.save(by=hr, name="Path", starts_on=today, ends_on=days[4], steps=[step], today=today)
    paths.change_rules(by=hr, path=path, add=Conditions(unit=branch.pk), today=today)
    path = paths.start(by=hr, path=path, today=today)
    starts = timezone.localtime() + dt.timedelta(days=9)
    session = sessions.plan(
        by=hr,
        course=version.course,
        plan=sessions.Plan(starts, starts + dt.timedelta(hours=2), "Europe/Rome", "Room 1", capacity=3),
    )
    action = actions.plan(by=hr, plan=actions.Plan(branch, "Call back", hr, today + dt.timedelta(days=9)), today=today)
    link = links.add(by=hr, customer=branch, provider=services)
    proposal = LinkProposal.objects.create(
        wave=survey.waves.get(number=1), customer=retail, provider=services, change="new"
    )
    duty = milestones.save_duty(
        by=hr, program=program, today=today, what="Open each wave", sponsor=hr, due_on=today + dt.timedelta(days=9)
    )
    made = {
        "duty": duty,
        "proposal": proposal,
        "unit": branch,
        "retail": retail,
        "services": services,
        "colleague": Employee.objects.get(number="A2"),
        "series": survey,
        "wave": survey.waves.order_by("number").first(),
        "instrument": survey.instrument,
        "program": program,
        "course": version.course,
        "path": path,
        "assignment": Assignment.objects.get(employee__number="A2", enrolment__path=path),
        "session": session,
        "action": action,
        "link": link,
        "merge": running.merge(by=hr, units=[branch.pk, services.pk]),
        "profile": RequirementProfile.objects.create(job_family="Sales"),
        "readiness": readiness.open(by=hr, on=today, sponsors=[people["executive"]], today=today),
        "grant": Grant.objects.get(role=Role.EXECUTIVE),
        "behaviour": Behaviour.objects.order_by("pk").first(),
        "entry": AuditEntry.objects.order_by("pk").first(),
    }
    return World(people, made)


def _people(branch: Unit, services: Unit, retail: Unit) -> dict[str, Employee | None]:
    """Nobody of the roles works in or leads Branch A, except the manager and the employee."""
    manager = make_person("M1", branch, given_name="Marco", family_name="Neri")
    employee = make_person("A1", branch, manager=manager)
    make_person("A2", branch, manager=manager)
    people: dict[str, Employee | None] = {ANONYMOUS: None, "employee": employee, "manager": manager}
    for name, role, unit in (
        ("executive", Role.EXECUTIVE, None),
        ("hr", Role.HR_ADMIN, None),
        ("unit_hr", Role.HR_ADMIN, retail),
        ("trainer", Role.TRAINER, None),
        ("lead", Role.PROGRAM_LEAD, None),
        ("auditor", Role.AUDITOR, None),
    ):
        person = make_person(name.upper(), services)
        Grant.objects.create(employee=person, role=role, unit=unit)
        people[name] = person
    moderator = people["moderator"] = make_person("MODERATOR", services)
    until = timezone.localdate() + dt.timedelta(days=30)
    Grant.objects.create(employee=moderator, role=Role.MODERATOR, until=until)
    root = make_person("ROOT", services, is_staff=True, is_superuser=True)
    people["root"] = root
    return people
