"""`manage.py bench training`: a large organisation on its training paths, through a night and on its pages."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from config import proof
from culture.access.models import Grant, Role
from culture.people.models import Employee, Membership, Unit
from programs.planning.models import Cohort, Enrolment, Program
from programs.training import courses, evaluating, night, paths
from programs.training.models import Assignment, Completion, Course, CourseVersion
from programs.training.path_models import Path, TrainingNight
from programs.training.path_rules import Conditions, StepPlan

DAY = dt.timedelta(days=1)
TEAM, AREA, COHORTS = 20, 25, 4
COURSES, PATHS, STEPS = 40, 4, 12
TIMES = 9
BATCH = 10000


def bench_training(size: int) -> Iterator[str]:
    """``size`` people, 40 courses, four paths; everybody is on one of twelve steps. Without a size, small."""
    size = size or 2000
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    hr = _people(size, today)
    proof.progress(f"training: {COURSES} courses and {PATHS} paths for {size} people")
    _courses(hr)
    yield from _first(hr, size, today)
    _histories(today)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    yield from _nights(size, today)
    call_command("collectstatic", interactive=False, verbosity=0)
    yield from _pages(hr, size)


# -- the organisation ------------------------------------------------------------------------------------------------


def _people(size: int, today: dt.date) -> Employee:
    top = Unit.objects.create(name="Bench", path="Bench")
    teams = (size + TEAM - 1) // TEAM
    areas = Unit.objects.bulk_create(
        Unit(name=f"Area {n}", path=f"Bench > Area {n}", parent=top) for n in range((teams + AREA - 1) // AREA)
    )
    units = Unit.objects.bulk_create(
        (
            Unit(name=f"Team {n}", path=f"{areas[n // AREA].path} > Team {n}", parent=areas[n // AREA])
            for n in range(teams)
        ),
        batch_size=BATCH,
    )
    hr = Employee.objects.create_user(number="HR", email="hr@bench.example", given_name="Hanna", family_name="Rossi")
    Grant.objects.create(employee=hr, role=Role.HR_ADMIN)
    people = Employee.objects.bulk_create((_person(n, units[n // TEAM]) for n in range(size)), batch_size=BATCH)
    for n, person in enumerate(people):
        person.manager = people[n // TEAM * TEAM] if n % TEAM else None
    Employee.objects.bulk_update([p for p in people if p.manager], ["manager"], batch_size=2000)
    since = dt.date(2020, 1, 1)
    Membership.objects.bulk_create(
        (Membership(employee=person, unit_id=person.unit_id, since=since) for person in people),  # type: ignore[attr-defined]
        batch_size=BATCH,
    )
    _cohorts(people, areas, today)
    return hr


def _person(n: int, unit: Unit) -> Employee:
    return Employee(
        number=str(100000 + n),
        given_name=f"Given{n % 977}",
        family_name=f"Family{n}",
        email=f"p{n}@bench.example",
        unit=unit,
        password="!",
        hired_on=dt.date(2020, 1, 1),
    )


def _cohorts(people: list[Employee], areas: list[Unit], today: dt.date) -> None:
    program = Program.objects.create(
        name="Bench program", charter="Why", starts_on=today - 400 * DAY, ends_on=today + 700 * DAY,
        state=Program.State.RUNNING,
    )  # fmt: skip
    cohorts = [
        Cohort.objects.create(program=program, name=f"Cohort {n}", starts_on=today - 380 * DAY) for n in range(COHORTS)
    ]
    for n, area in enumerate(areas):
        cohorts[n % COHORTS].units.add(area)
    Enrolment.objects.bulk_create(
        (
            Enrolment(
                program=program,
                cohort=cohorts[n // (TEAM * AREA) % COHORTS],
                employee=person,
                since=today - 380 * DAY,
            )
            for n, person in enumerate(people)
        ),
        batch_size=BATCH,
    )


def _courses(hr: Employee) -> None:
    for n in range(COURSES):
        courses.publish(by=hr, name=f"Course {n:02}", lessons=[("One", "Text"), ("Two", "Text")])


def _first(hr: Employee, size: int, today: dt.date) -> Iterator[str]:
    """Each cohort gets a path of twelve steps, two of them to be renewed; how long the first evaluation takes."""
    every, cohorts = list(Course.objects.order_by("name")), list(Cohort.objects.order_by("name"))
    began = today - 350 * DAY
    made = []
    for n in range(PATHS):
        mine = [every[(n * 9 + place) % COURSES] for place in range(STEPS)]
        steps = [
            StepPlan(
                kind="course",
                subject=course.pk,
                due_days=30 * (place + 1) - 3,
                months=12 if place < 2 else 0,
                window=30 if place < 2 else 0,
                after=(place,) if 0 < place < 3 else (),
            )
            for place, course in enumerate(mine)
        ]
        path = paths.save(by=hr, name=f"Path {n}", starts_on=began, ends_on=today + 500 * DAY, steps=steps, today=began)
        paths.change_rules(by=hr, path=path, add=Conditions(cohort=cohorts[n].pk), today=began)
        Path.objects.filter(pk=path.pk).update(state=Path.State.RUNNING, evaluate=True)
        made.append(path)
    begun = time.perf_counter()
    for path in made:
        evaluating.evaluate(path, today=began)
    seconds = time.perf_counter() - begun
    if (given := Assignment.objects.count()) != size * STEPS:
        raise CommandError(f"{given} assignments for {size} people.")
    yield proof.bench_line(
        name="training.first", value=seconds, unit="s", size=size, baseline=_bare_insert(), assignments=given
    )


def _bare_insert() -> float:
    """Seconds to copy as many rows of numbers and days into one bare table."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bare AS SELECT step_id, enrolment_id, employee_id, cohort_id, course_id,"
            " assigned_on, due_on FROM programs_assignment"
        )
        cursor.execute("DROP TABLE bare")
    return time.perf_counter() - begun


def _histories(today: dt.date) -> None:
    """Two thirds of what is asked is done, on days over the last year."""
    proof.progress("training: histories")
    rng = random.Random(7)
    versions = {v.course_id: v.pk for v in CourseVersion.objects.all()}  # type: ignore[attr-defined]
    rows: list[Completion] = []
    pairs = Assignment.objects.order_by("pk").values_list("employee", "course", "assigned_on")
    for employee, course, given in pairs.iterator(BATCH):
        if rng.random() < 0.67:
            on = given + rng.randint(1, 340) * DAY
            rows.append(Completion(employee_id=employee, version_id=versions[course], done_on=min(on, today)))
        if len(rows) >= BATCH:
            Completion.objects.bulk_create(rows)
            rows = []
    Completion.objects.bulk_create(rows)


def _nights(size: int, today: dt.date) -> Iterator[str]:
    """The first night counts and writes what is new; the second finds nothing changed."""
    now = timezone.now()
    TrainingNight.objects.create(day=today - DAY, done_at=now)
    for name in ("first", "unchanged"):
        proof.progress(f"training: night, {name}")
        TrainingNight.objects.filter(day=today).delete()
        begun = time.perf_counter()
        told = night.run(now=now)
        seconds = time.perf_counter() - begun
        if told is None or told["paths"] != PATHS:
            raise CommandError(f"The night did {told}.")
        yield proof.bench_line(
            name=f"training.night.{name}", value=seconds, unit="s", size=size, baseline=_bare_count(), **told
        )


def _bare_count() -> float:
    """Seconds of the bare question: of all assignments, how many have a completion, by step and unit."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.step_id, e.unit_id, count(*), count(c.employee_id) FROM programs_assignment a"
            " JOIN culture_employee e ON e.id = a.employee_id"
            " LEFT JOIN (SELECT DISTINCT c.employee_id, v.course_id FROM programs_completion c"
            " JOIN programs_courseversion v ON v.id = c.version_id) c"
            " ON c.employee_id = a.employee_id AND c.course_id = a.course_id GROUP BY 1, 2"
        )
        cursor.fetchall()
    return time.perf_counter() - begun


# -- pages -----------------------------------------------------------------------------------------------------------


def _pages(hr: Employee, size: int) -> Iterator[str]:
    path = Path.objects.order_by("pk").first()
    assert path is not None
    learner, lead = Employee.objects.get(number="100003"), Employee.objects.get(number="100000")
    overview = reverse("training:path", args=[path.pk])
    visits = [
        ("my_way", learner, reverse("training:my_training")),
        ("team", lead, reverse("training:team_due")),
        ("cohorts", hr, f"{overview}?by=cohort"),
        ("units", hr, f"{overview}?by=unit"),
        ("paths", hr, reverse("training:paths")),
        ("people", hr, reverse("training:path_people", args=[path.pk])),
        ("slots", lead, reverse("training:team_progress")),
        ("home_employee", learner, reverse("home")),
        ("home_manager", lead, reverse("home")),
    ]
    with override_settings(ALLOWED_HOSTS=["*"]):
        for name, who, url in visits:
            proof.progress(f"training: page {name}")
            yield _page(name, who, url, size)


def _page(name: str, who: Employee, url: str, size: int) -> str:
    """The page's median beside that of its own SQL statements, sent again without Django around them."""
    client = Client(headers={"host": "localhost"})
    client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    said: list = []

    def visit() -> None:
        if (status := client.get(url).status_code) != 200:
            raise CommandError(f"{url} answered {status}.")

    def note(execute: Callable, sql: str, params: object, many: bool, context: object) -> object:
        said.append((sql, params))
        return execute(sql, params, many, context)

    visit()
    with connection.execute_wrapper(note):
        visit()

    def bare() -> None:
        with connection.cursor() as cursor:
            for sql, params in said:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()

    return proof.bench_line(
        name=f"training.{name}", value=_median(visit), unit="ms", size=size, baseline=_median(bare), queries=len(said)
    )


def _median(what: Callable[[], None]) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        what()
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)[TIMES // 2]
