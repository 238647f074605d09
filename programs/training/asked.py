"""Assignments with what pages say about them: their steps, courses, versions and cohorts, each read once.

A path of twelve steps is asked of thousands: joining the step, its course and its path to every assignment would build
the same rows thousands of times over, which was three quarters of a page's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from programs.planning.models import Cohort
from programs.training.models import Assignment, Course, CourseVersion
from programs.training.path_models import Step

# What only the page of a course itself shows of one.
HEAVY = ("quiz", "quiz_words")


def dressed(rows: Sequence[Assignment]) -> Sequence[Assignment]:
    """The same assignments with ``step`` (and its course, behaviour and path), ``course``, ``version`` and ``cohort``.

    ``step.first`` are the steps that come before it. One query where all are of paths, else up to four.
    """
    step_ids = {row.step_id for row in rows if row.step_id}  # type: ignore[attr-defined]
    steps = {step.pk: step for step in _steps(step_ids)} if step_ids else {}
    # A pair of the same course on two paths is one course: it is told by its words once.
    courses: dict[int, Course] = {step.course_id: step.course for step in steps.values() if step.course}  # type: ignore[attr-defined]
    by_hand = [row for row in rows if not row.step_id]  # type: ignore[attr-defined]
    wanted = {row.course_id for row in by_hand if row.course_id} - courses.keys()  # type: ignore[attr-defined]
    courses |= Course.objects.in_bulk(wanted) if wanted else {}
    version_ids = {row.version_id for row in by_hand if row.version_id}  # type: ignore[attr-defined]
    versions = CourseVersion.objects.defer(*HEAVY).in_bulk(version_ids) if version_ids else {}
    cohort_ids = {row.cohort_id for row in by_hand if row.cohort_id}  # type: ignore[attr-defined]
    cohorts = Cohort.objects.select_related("program").in_bulk(cohort_ids) if cohort_ids else {}
    for row in rows:
        found: dict[str, Any] = row._state.fields_cache
        found["step"] = steps.get(row.step_id)  # type: ignore[attr-defined]
        found["course"] = courses.get(row.course_id or 0)  # type: ignore[attr-defined]
        found["version"] = versions.get(row.version_id)  # type: ignore[attr-defined]
        if row.cohort_id in cohorts:  # type: ignore[attr-defined]
            found["cohort"] = cohorts[row.cohort_id]  # type: ignore[attr-defined]
    return rows


def _steps(pks: set[int]) -> list[Any]:
    through = Step.after.through.objects.filter(from_step=OuterRef("pk"), to_step__retired_on__isnull=True)
    before = ArraySubquery(through.order_by("to_step").values("to_step"))
    return list(Step.objects.filter(pk__in=pks).annotate(first=before).select_related("course", "behaviour", "path"))
