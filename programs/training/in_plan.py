"""What training tells the plan: which paths and courses a program gives, and indicators its milestones may use."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from culture.people.models import Employee
from programs.planning import indicators, standing
from programs.planning.indicators import LAGGING, LEADING, Indicator, Reading
from programs.planning.models import Program
from programs.planning.setup_parts import Line, Offer, offer
from programs.training import queries
from programs.training.models import Assignment, Course
from programs.training.observation_models import Observation
from programs.training.path_models import Path, PathRule

SEEN_WITHIN = dt.timedelta(days=90)


def _done(program: Program, on: dt.date) -> Reading:
    """Of the courses assigned to those active in the program: completed, and not revoked."""
    people = standing.enrolled(program, on, away=False).order_by().values("employee")
    held = Assignment.objects.filter(
        queries.here(on), employee__in=people, course__isnull=False, version__isnull=True, ended_on__isnull=True
    )
    counted = queries.with_done(held).order_by().aggregate(whole=Count("pk"), part=Count("pk", filter=Q(done=True)))
    words = _("%(part)s of %(whole)s courses assigned to who is there are completed")
    return indicators.share(counted["part"], counted["whole"], words, on)


def _seen(program: Program, on: dt.date) -> Reading:
    """Of those active in the program: somebody saw them show a behaviour in the last 90 days."""
    seen = Observation.objects.filter(
        employee=OuterRef("pk"),
        what=Observation.What.SEEN,
        withdrawn_at=None,
        on__gt=on - SEEN_WITHIN,
        on__lte=on,
    )
    active = standing.enrolled(program, on, away=False).order_by().values("employee")
    people = Employee.objects.filter(pk__in=active)
    words = _("%(part)s of %(whole)s people were seen doing it in the last 90 days")
    return indicators.share(people.filter(Exists(seen)).count(), people.count(), words, on)


@offer("paths")
def _paths(program: Program, today: dt.date) -> Offer:
    cohorts = list(program.cohorts.values_list("pk", flat=True))
    mine = Q(program=program) | Q(cohort__in=cohorts)
    rules = PathRule.objects.filter(mine, ended_on=None).values("path")
    paths = list(Path.objects.filter(pk__in=rules).exclude(state=Path.State.ENDED))
    courses = list(Course.objects.filter(assignments__cohort__in=cohorts).distinct())
    lines = [Line(path.name, str(path.get_state_display()), _url("training:path", path.pk)) for path in paths]
    lines += [Line(str(course), _("assigned to a cohort"), _url("training:detail", course.pk)) for course in courses]
    told = (
        ngettext("%(n)s path or course is given", "%(n)s paths or courses are given", len(lines)) % {"n": len(lines)}
        if lines
        else _("Nothing to learn is given yet")
    )
    links = [
        (_url("training:paths"), _("Learning paths")),
        (_url("training:courses"), _("Courses")),
    ]
    warnings = [] if lines else [_("No path or course is given to its cohorts: people enrolled find nothing to do.")]
    return Offer(told, lines, [(url, words) for url, words in links if url], warnings)


def _url(name: str, *arguments: int) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def register() -> None:
    """Called when the apps are ready."""
    leading, both = frozenset({LEADING}), frozenset({LEADING, LAGGING})
    indicators.register(Indicator("training.done", gettext_lazy("Courses completed"), leading, _done))
    indicators.register(Indicator("observed.seen", gettext_lazy("People seen doing it"), both, _seen))
