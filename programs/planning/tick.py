"""What falls due by itself: joiners of a cohort's units are enrolled, leavers are released."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from culture.access import audit
from programs.planning import programs
from programs.planning.models import Program


def tick(*, now: datetime) -> None:
    """Idempotent: whoever is enrolled already is left alone."""
    today = timezone.localdate(now)
    for pk in Program.objects.filter(ends_on__gte=today).values_list("pk", flat=True):
        _one(pk, today)


@transaction.atomic
def _one(pk: int, today: date) -> None:
    # One tick at a time per program: a second one, started while the first is slow, passes by.
    program = Program.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if program is None:
        return
    left = programs.release_leavers(program, today=today)
    joined = sum(programs.enrol(cohort, today=today, joining=True) for cohort in program.cohorts.all())
    if left or joined:
        audit.record(None, "updated enrolment", program, joined=joined, left=left)
