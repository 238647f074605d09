"""The ready-made courses of the catalogue: short, in English, to be used as they are or as a first draft."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from culture.people.models import Employee
from programs.training import courses
from programs.training.models import Course, CourseVersion

CATALOGUE = Path(__file__).parent / "catalogue"


def catalogue() -> list[dict[str, Any]]:
    """Every course in the catalogue, as ``courses.publish`` takes it."""
    found = []
    for path in sorted(CATALOGUE.glob("*.json")):
        course = json.loads(path.read_text(encoding="utf-8"))
        # Lines rather than one long string: a text somebody can read and compare in the file.
        course["lessons"] = [(lesson["title"], "\n".join(lesson["body"])) for lesson in course["lessons"]]
        found.append(course)
    return found


def absent() -> list[dict[str, Any]]:
    """The ready-made courses the organisation does not have yet (by name)."""
    there = set(Course.objects.values_list("name", flat=True))
    return [course for course in catalogue() if course["name"] not in there]


@transaction.atomic
def load_courses(by: Employee | None) -> list[CourseVersion]:
    """Publish each course that is not there yet; one the organisation has (by name) is left as it is."""
    return [courses.publish(by=by, **course) for course in absent()]
