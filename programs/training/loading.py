"""The ready-made courses of the catalogue: folders in five languages, to be used as they are or as a first draft."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from pathlib import Path

from django.db import transaction

from culture.framework import loading as framework
from culture.people.models import Employee
from programs.training import importing
from programs.training.interchange import archive, folder, head
from programs.training.interchange.plans import CoursePlan, Problem, Reading
from programs.training.models import Course, CourseVersion

CATALOGUE = Path(__file__).parent / "catalogue"
_log = logging.getLogger(__name__)


def folders() -> list[Path]:
    """Every course folder of the catalogue."""
    return sorted(path.parent for path in CATALOGUE.glob(f"*/{archive.HEAD}"))


@functools.cache
def heads() -> tuple[tuple[Path, CoursePlan], ...]:
    """What ``course.toml`` says of each, without reading the lessons; the files do not change while we run."""
    found = []
    for path in folders():
        reading = Reading()
        plan = head.course((path / archive.HEAD).read_text(encoding="utf-8"), reading, archive.HEAD)
        if reading.problems:
            _log.error("catalogue course %s: %s", path.name, reading.problems[0])
        else:
            found.append((path, plan))
    return tuple(found)


def absent() -> list[CoursePlan]:
    """The ready-made courses the organisation does not have yet (by short name, or by name)."""
    return [plan for _path, plan in _absent()]


def _absent() -> list[tuple[Path, CoursePlan]]:
    rows = Course.objects.values_list("slug", "name")
    slugs, names = {slug for slug, _name in rows}, {name.casefold() for _slug, name in rows}
    return [(path, plan) for path, plan in heads() if plan.slug not in slugs and plan.name.casefold() not in names]


@transaction.atomic
def load_courses(by: Employee | None, now: dt.datetime | None = None) -> list[CourseVersion]:
    """Publish each course that is not there yet; one the organisation has is left as it is."""
    made = []
    for path, _plan in _absent():
        reading = read(path)
        if reading.problems:
            raise archive.Unreadable(f"{path.name}: {reading.problems[0]}")
        made.append(importing.take(by=by, plan=reading.course, publish=True, now=now))
    return made


def read(path: Path) -> Reading:
    return folder.read(archive.from_folder(path))


def unknown_requirements(plan: CoursePlan) -> list[Problem]:
    """Requirements that the catalogue of the framework does not have either."""
    known = {str(entry["code"]) for entry in framework.read("requirements")}
    return importing.unknown_problems(plan, known)
