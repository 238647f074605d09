"""The steps of the guided set-up, and the review before the launch: what is there, what is missing, what is unwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from culture.framework.models import RequirementProfile
from culture.people.models import Employee
from programs.planning import drafts, reach, rules, setup_parts, states
from programs.planning.models import Enrolment, Program
from programs.planning.setup_parts import Offer
from surveys.waves.models import Wave

# step → (its name, a line about it)
STEPS: dict[str, tuple[Any, Any]] = {
    "charter": (gettext_lazy("Charter"), gettext_lazy("Its name, why it is there, from when until when.")),
    "stages": (
        gettext_lazy("Stages"),
        gettext_lazy("First people hear of it, then want it, then do it; then it stays."),
    ),
    "cohorts": (gettext_lazy("Cohorts"), gettext_lazy("Who starts when. Later ones show what the program does.")),
    "profiles": (gettext_lazy("Requirements"), gettext_lazy("What it aims at, and what is expected of whom.")),
    "paths": (gettext_lazy("Training"), gettext_lazy("What people learn, and by when.")),
    "series": (gettext_lazy("Survey"), gettext_lazy("What shows whether it works.")),
    "recognition": (gettext_lazy("Recognition"), gettext_lazy("How people are thanked.")),
    "review": (gettext_lazy("Review and launch"), gettext_lazy("Everything at a glance, then it begins.")),
}
SMALL = 10


@dataclass(frozen=True)
class Step:
    """One line of the list of steps; ``state``: done, wrong, open."""

    key: str
    name: Any
    state: str
    current: bool = False


@dataclass(frozen=True)
class Warning:
    """What is unwise, and the step where it can be changed."""

    text: str
    step: str


@dataclass
class Review:
    """``problems`` keep it from being launched, ``warnings`` do not; ``counts``: cohort, its people on the day."""

    problems: list[Warning] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    counts: list[tuple[Any, int]] = field(default_factory=list)
    people: int = 0
    away: int = 0
    employed: int = 0
    paths: list[Offer] = field(default_factory=list)
    recognition: list[Offer] = field(default_factory=list)

    @property
    def outside(self) -> int:
        return max(0, self.employed - self.people)


def step_of(problem: str) -> str:
    """The step where the field of a problem is."""
    if problem.startswith("stage"):
        return "stages"
    if problem.startswith("cohort"):
        return "cohorts"
    return "charter"


def steps(program: Program | None, current: str) -> list[Step]:
    """The list beside each step. What is wrong is told where it is, so that a change of dates shows what it broke."""
    wrong = {step_of(key) for key in states.problems(program)} if program is not None else set()
    done = set(program.setup) if program is not None else set()
    return [
        Step(key, name, "wrong" if key in wrong and key in done else "done" if key in done else "open", key == current)
        for key, (name, _line) in STEPS.items()
    ]


def next_step(program: Program) -> str:
    """Where to go on: the first that nobody has confirmed."""
    return next((key for key in STEPS if key not in program.setup), "review")


def after(step: str) -> str:
    keys = list(STEPS)
    return keys[min(keys.index(step) + 1, len(keys) - 1)]


def review(program: Program, today: dt.date) -> Review:
    """Counts as they would be if it were launched today."""
    counts = reach.expected(program, today)
    cohorts = list(program.cohorts.prefetch_related("units"))
    found = Review(
        counts=[(cohort, counts.get(cohort.pk, 0)) for cohort in cohorts],
        people=sum(counts.values()),
        employed=Employee.objects.here(today).count(),
        paths=setup_parts.offers("paths", program, today),
        recognition=setup_parts.offers("recognition", program, today),
    )
    reached = reach.people(program, today)
    found.away = reached.on_leave(today).count()
    for key, texts in states.problems(program).items():
        number = key.split("_")[1] if key.startswith("cohort_") else ""
        about = f"{cohorts[int(number)].name}: " if number.isdigit() and int(number) < len(cohorts) else ""
        if key.startswith("stage_"):
            about = f"{rules.stage_name(key.split('_')[1])}: "
        found.problems += [Warning(about + text, step_of(key)) for text in texts]
    found.warnings += _of_dates(program, today)
    found.warnings += _of_cohorts(program, found, today)
    found.warnings += _of_measures(program, reached)
    for step, offers in (("paths", found.paths), ("recognition", found.recognition)):
        found.warnings += [Warning(text, step) for offer in offers for text in offer.warnings]
    return found


def _of_dates(program: Program, today: dt.date) -> list[Warning]:
    found = []
    if program.starts_on < today:
        day = rules.day(program.starts_on)
        found.append(
            Warning(_("Its first day, %(day)s, is past: people count as enrolled from then.") % {"day": day}, "charter")
        )
    bare = [s.get_kind_display() for s in program.stages.all() if not s.goal or not s.exit_criteria]
    if bare:
        text = _("Without a goal or a word on when it may end: %(names)s.") % {"names": ", ".join(map(str, bare))}
        found.append(Warning(text, "stages"))
    return found


def _of_cohorts(program: Program, found: Review, today: dt.date) -> list[Warning]:
    told = []
    days = [cohort.starts_on for cohort, _people in found.counts]
    if len(days) > 1 and len(set(days)) == 1:
        text = _("All cohorts start on the same day: nothing will show what the program itself does.")
        told.append(Warning(text, "cohorts"))
    elif len(days) == 1:
        text = _("There is one cohort: with a second one that starts later you could see what the program does.")
        told.append(Warning(text, "cohorts"))
    draw, holds, _times = drafts.drawn(program)
    if draw is not None and not holds:
        text = _("The order was drawn by lot, but the cohorts or their days were changed since: draw again.")
        told.append(Warning(text, "cohorts"))
    elif draw is None and len(set(days)) > 1:
        text = _("The order was chosen, not drawn by lot: a comparison of early and late cohorts will prove less.")
        told.append(Warning(text, "cohorts"))
    for cohort, people in found.counts:
        if not people:
            told.append(Warning(_("Nobody works in “%(name)s” today.") % {"name": cohort.name}, "cohorts"))
        elif people < SMALL:
            text = ngettext(
                "“%(name)s” has only %(n)s person: nothing about it alone will be shown.",
                "“%(name)s” has only %(n)s people: little about it alone will be shown.",
                people,
            )
            told.append(Warning(text % {"name": cohort.name, "n": people}, "cohorts"))
    return told


def _of_measures(program: Program, reached: QuerySet[Employee]) -> list[Warning]:
    told = []
    twice = Enrolment.objects.filter(employee__in=reached, until__isnull=True).exclude(program=program)
    alive = [Program.State.RUNNING, Program.State.PAUSED]
    others = twice.filter(
        program__state__in=alive, program__ends_on__gte=program.starts_on, program__starts_on__lte=program.ends_on
    )
    if count := others.values("employee").distinct().count():
        text = ngettext(
            "%(n)s person is in another running program, too.",
            "%(n)s people are in another running program, too.",
            count,
        )
        told.append(Warning(text % {"n": count}, "cohorts"))
    if not program.focus.exists():
        told.append(Warning(_("It aims at no requirement in particular."), "profiles"))
    if not RequirementProfile.objects.exists():
        text = _("No requirement profile exists, so nothing is expected of anybody yet.")
        told.append(Warning(text, "profiles"))
    if program.series_id is None:  # type: ignore[attr-defined]
        told.append(Warning(_("No survey will show whether it works."), "series"))
    elif (first := program.cohorts.order_by("starts_on").first()) is not None:
        before = Wave.objects.filter(series=program.series_id, closes_on__lt=first.starts_on)  # type: ignore[attr-defined,misc]
        if not before.exclude(state=Wave.State.CANCELLED).exists():
            text = _("No wave closes before the first cohort starts, on %(day)s: there will be no “before”.")
            told.append(Warning(text % {"day": rules.day(first.starts_on)}, "series"))
    if not program.milestones.exists():
        told.append(Warning(_("It has no milestone yet; you can add them on its page after the launch."), "review"))
    return told


def profiles(program: Program, today: dt.date) -> list[dict[str, Any]]:
    """The job families of who would be enrolled: ``{"name", "people", "profile"}`` (None: the default one)."""
    rows = (
        reach.people(program, today)
        .exclude(job_family="")
        .values("job_family")
        .annotate(people=Count("pk"))
        .order_by("-people", "job_family")
    )
    own = {p.job_family.lower(): p for p in RequirementProfile.objects.filter(is_default=False)}
    return [
        {"name": row["job_family"], "people": row["people"], "profile": own.get(row["job_family"].strip().lower())}
        for row in rows
    ]


def waves_of(program: Program) -> list[Wave]:
    """The next waves of the program's series."""
    if program.series_id is None:  # type: ignore[attr-defined]
        return []
    waves = Wave.objects.filter(series=program.series_id).defer("snapshot").order_by("opens_on")  # type: ignore[attr-defined,misc]
    return list(waves.filter(Q(state__in=[Wave.State.DRAFT, Wave.State.SCHEDULED, Wave.State.OPEN]))[:6])
