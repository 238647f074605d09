"""A path, its people and its days, for the tests of training paths."""

from __future__ import annotations

import datetime as dt
from typing import Any

from culture.people.models import Employee
from programs.training import courses, paths
from programs.training.models import Completion, CourseVersion
from programs.training.path_models import Path
from programs.training.path_rules import Conditions, StepPlan

DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def make_course(by: Any, name: str = "Seven sins", **fields: Any) -> CourseVersion:
    return courses.publish(by=by, name=name, **{"lessons": [("One", "Text")], "quiz": [], **fields})


def step(version: CourseVersion, **fields: Any) -> StepPlan:
    return StepPlan(**{"kind": "course", "subject": version.course_id, "due_days": 10, **fields})  # type: ignore[attr-defined]


def make_path(
    by: Employee, *steps: StepPlan, today: dt.date, name: str = "Beginning well", start: bool = True, **fields: Any
) -> Path:
    """``rules``: the conditions; everybody unless given."""
    rules = fields.pop("rules", [Conditions(everybody=True)])
    values = {"starts_on": today, "ends_on": today + 900 * DAY, **fields}
    path = paths.save(by=by, name=name, steps=steps, today=today, **values)
    for rule in rules:
        paths.change_rules(by=by, path=path, add=rule, today=today)
    return paths.start(by=by, path=path, today=today) if start else path


def complete(employee: Employee, version: CourseVersion, on: dt.date) -> Completion:
    return Completion.objects.create(employee=employee, version=version, done_on=on)
