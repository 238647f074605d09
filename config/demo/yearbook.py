"""What the board reads in the demo: an earlier pilot, last year's review with a word of its sponsor, public figures.

No public figure is invented: those of the framework's own texts are given with their source, and the examples that
stand beside the demo's numbers say of themselves that they are made up.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.urls import reverse

from culture.framework.models import Figure
from culture.people.models import Employee, Unit
from programs.planning import programs, rules, states
from programs.planning.models import Program
from programs.reports import benchmarks, publishing, yearly_plans
from programs.reports.benchmark_measures import NONE
from programs.reports.benchmark_models import Answers, Statistic
from programs.reports.report_models import ReportKind
from programs.reports.yearly_models import KeptPlan, YearComment

DAY = dt.timedelta(days=1)
PILOT = "Till pilot"
PILOT_CHARTER = "Two branches try for nine months whether a greeting within ten seconds changes anything."
PILOT_UNITS = ("Branch Naples", "Branch Bari")
PILOT_ENDED = "The pilot is over: what it taught went into the program that followed."
WORD = (
    "People now know what we promise. What I owe them is leave to act on it: the limit for amends is on my desk, and "
    "it will be decided before the next wave."
)
MADE_UP = "Example of this demo, made up: not a public figure"
# measure, statistic, answers, figure
EXAMPLES = (
    ("want", Statistic.INDEX, Answers.AGREEMENT_5, "61"),
    ("can", Statistic.INDEX, Answers.AGREEMENT_5, "57"),
    ("talk", Statistic.FAVOURABLE, Answers.OUTCOME_5, "44"),
    ("served", Statistic.FAVOURABLE, Answers.SATISFACTION_5, "52"),
)
# Figures of the framework's texts that tell of service as it is met.
QUOTED = ("FG13", "FG14", "FG16")
NO_YEAR = "The text names neither the year nor the people asked; the year given is that of this list."


def furnish(*, program: Program, by: Employee, sponsor: Employee, today: dt.date, now: dt.datetime) -> int:
    """Returns how many public figures were written down."""
    # The demo dates the launch back after it was made.
    program = Program.objects.select_related("series").get(pk=program.pk)
    _pilot(program, by)
    _remember(program, today)
    last = today.year - 1
    if (program.launched_on or program.starts_on).year <= last:
        at = now.replace(month=1, day=20, hour=9)
        YearComment.objects.create(program=program, year=last, text=WORD, role="sponsor", by=sponsor, at=at)
        languages = publishing.default_languages()
        publishing.publish(
            by=by, program=program, unit=None, languages=languages, now=now, kind=ReportKind.YEAR, year=last
        )
    return _figures(by, today, now)


def _pilot(program: Program, by: Employee) -> None:
    last = program.starts_on - 30 * DAY
    first = last - 270 * DAY
    units = list(Unit.objects.filter(name__in=PILOT_UNITS))
    if not units:
        return
    pilot = programs.create(
        by=by,
        name=f"{PILOT} {first.year}",
        charter=PILOT_CHARTER,
        starts_on=first,
        ends_on=last,
        stages=[(stage.kind, stage.starts_on, stage.ends_on) for stage in rules.suggest_stages(first, last)],
        cohorts=[("Two branches", first, units)],
        today=first,
        readiness_reason="It is small and short: it shows whether the idea carries.",
    )
    states.finish(by=by, program=pilot, reason=PILOT_ENDED, today=last)


def _remember(program: Program, today: dt.date) -> None:
    """The plan as it is kept by the first night after a launch, and when a year begins."""
    launched = program.launched_on or program.starts_on
    plan = yearly_plans.taken(program)
    rows = [KeptPlan(program=program, year=None, on=launched, plan=plan)]
    rows += [
        KeptPlan(program=program, year=year, on=max(launched, dt.date(year, 1, 1)), plan=plan)
        for year in range(launched.year, today.year + 1)
    ]
    KeptPlan.objects.bulk_create(rows, ignore_conflicts=True)


def _figures(by: Employee, today: dt.date, now: dt.datetime) -> int:
    until = dt.date(today.year + 2, 12, 31)
    made = 0
    for measure, statistic, answers, value in EXAMPLES:
        fields: dict[str, Any] = {
            "measure": measure, "statistic": str(statistic), "answers": str(answers), "value": Decimal(value),
            "population": "Made up: staff of an imaginary retailer", "country": "", "sector": "Retail",
            "year": today.year - 1, "source": MADE_UP, "link": reverse("reports:benchmarks"),
            "licence": "Nobody's: it is made up",
            "note": "Replace it with a figure you have a source for.", "until": until,
        }  # fmt: skip
        benchmarks.add(by=by, fields=fields, today=today, now=now)
        made += 1
    for one in Figure.objects.filter(code__in=QUOTED):
        fields = {
            "measure": NONE, "statistic": str(Statistic.SHARE), "answers": str(Answers.OTHER), "value": one.value,
            "population": f"Customers: {one.label}"[:200], "country": "", "sector": "", "year": today.year,
            "source": f"Framework, section 6, figure {one.code} ({one.source})",
            "link": reverse("framework:catalogue"), "licence": "Quoted with its source", "note": NO_YEAR,
            "until": until,
        }  # fmt: skip
        benchmarks.add(by=by, fields=fields, today=today, now=now)
        made += 1
    first = benchmarks.newest().first()
    if first is not None:
        changed = {**benchmarks.fields_of(first), "value": first.value + 1}
        why = "A typing error: it was one point too low."
        benchmarks.correct(by=by, entry=first.entry, seen=first.version, fields=changed, why=why, today=today, now=now)
    return made
