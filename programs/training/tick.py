"""What falls due by itself: whoever joins a cohort gets the cohort's courses; the night's work; mails."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from culture.access import audit
from programs.training import assigning, night, progress, tasks, telling
from programs.training.models import Assignment
from programs.training.path_models import Path


def tick(*, now: datetime) -> None:
    """Idempotent: one assignment per person and course, held by a unique constraint."""
    today = timezone.localdate(now)
    given = Assignment.objects.filter(cohort__program__ends_on__gte=today, step__isnull=True, version__isnull=True)
    for course, cohort in given.order_by().values_list("course", "cohort").distinct():
        _joiners(course, cohort, today)
    if night.is_due(now):
        tasks.run_night.delay_on_commit()
    if Path.objects.filter(evaluate=True, state=Path.State.RUNNING, starts_on__lte=today).exists():
        tasks.evaluate_changed.delay_on_commit()
    if telling.anything_due(now):
        tasks.send_training_mails.delay_on_commit()


@transaction.atomic
def _joiners(course: int, cohort: int, today: date) -> None:
    people = assigning.without(course, cohort, today)
    # A joiner's own later due day must not become everybody's: the cohort's is the earliest assignment's.
    mine = Assignment.objects.filter(course=course, cohort=cohort, step__isnull=True, version__isnull=True)
    first = mine.order_by("assigned_on", "due_on").first()
    rows = [
        Assignment(
            course_id=course,
            cohort_id=cohort,
            employee_id=pk,
            assigned_on=today,
            due_on=progress.joiner_due(assigned_on=first.assigned_on, due_on=first.due_on, joined=today),
        )
        for pk in people
        if first
    ]
    if rows:
        Assignment.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
        audit.record(None, "assigned course to joiners", f"course:{course}", cohort=cohort, people=len(rows))
