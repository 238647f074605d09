"""What the employee of the demo has made of a ready-made course: a certificate, a view of her own, questions again."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from culture.framework.models import Requirement
from culture.people.models import Employee
from programs.training import certificates, courses, importing, refreshing, self_views, thinking
from programs.training.models import Assignment, Course

DAY = dt.timedelta(days=1)
DONE, NEXT = "fifteen-signs", "five-steps-four-skills"
# In the employee's language; who reads the demo sees that nobody else does.
THOUGHT = "Ieri ho risposto senza alzare gli occhi dallo schermo. Domani lo chiudo quando qualcuno si avvicina."
NOTE = "Mi aiuterebbe poter decidere da sola sui piccoli reclami."


def keep(*, learner: Employee, now: dt.datetime) -> None:
    """One course done a good week ago, the next one ahead, with the colleagues of the unit."""
    today = timezone.localdate(now)
    done, ahead = (Course.objects.filter(slug=slug).first() for slug in (DONE, NEXT))
    version = importing.published(done) if done else None
    if done is None or ahead is None or version is None:
        return
    near = list(Employee.objects.filter(unit=learner.unit, left_on__isnull=True).order_by("pk")[:12])
    for course, begun, due in ((done, -30, -3), (ahead, -5, 25)):
        Assignment.objects.bulk_create(
            (
                Assignment(course=course, employee=person, assigned_on=today + begun * DAY, due_on=today + due * DAY)
                for person in {learner, *near}
            ),
            ignore_conflicts=True,
        )
    others = [(one.pk, 80, now - 10 * DAY) for one in near[1::2] if one != learner]
    courses.record_history(version=version, done=[(learner.pk, 90, now - 8 * DAY), *others])
    completion = learner.completions.filter(version=version).latest("done_on")  # type: ignore[attr-defined]
    refreshing.offer(today=today)
    lesson = version.lessons.first()
    if lesson is not None:
        thinking.keep(by=learner, lesson=lesson, text=THOUGHT, now=now)
    requirement = Requirement.objects.filter(code__in=done.requirements).first()
    if requirement is not None:
        scores = {"want": 5, "know": 4, "can": 2}
        share = learner.manager is not None
        self_views.keep(
            by=learner, requirement=requirement, scores=scores, note=NOTE, share=share, today=today - 2 * DAY, now=now
        )
    certificates.issue(by=learner, completion=completion, shows=certificates.USUAL, now=now)
