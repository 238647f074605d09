"""What stands behind each number of the scorecard: what it says, of whom, who is left out, from which cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.framework.models import Requirement
from programs.planning import indicators
from programs.planning.models import Program
from programs.reports import readings, scorecard
from programs.reports.findings import DIMENSIONS
from surveys.results import queries as results
from surveys.results.insight import change, words
from surveys.waves.models import Wave

SURVEYED = (*DIMENSIONS, "served", "talk")
LABELS = {**scorecard.WORDS, "talk": gettext_lazy("What people would tell others")}
SAYS = {
    "want": gettext_lazy(
        "How much people want to give good service: mean of all answers to the questions on want, 0–100."
    ),
    "know": gettext_lazy("How well people know how: mean of all answers to the questions on know, 0–100."),
    "can": gettext_lazy("Whether people are allowed and equipped: mean of all answers to the questions on can, 0–100."),
    "served": gettext_lazy("How well colleagues say they are served by other departments, 0–100."),
    "talk": gettext_lazy("Share who would tell something good of the service less share who would tell something bad."),
}


@dataclass(frozen=True)
class Counted:
    """What an indicator that is counted says, of whom, and who is left out."""

    says: Any
    people: Any
    without: Any
    page: str = ""


ACTIVE = gettext_lazy("People enrolled in the program and not on leave that day.")
COUNTED = {
    "training.valid": Counted(
        gettext_lazy("Of what training asks of them: done, and not run out."),
        ACTIVE,
        gettext_lazy("Exemptions, what was revoked, people who left."),
        "training:courses",
    ),
    "training.done": Counted(
        gettext_lazy("Of the courses assigned to them: completed at least once."),
        ACTIVE,
        gettext_lazy("What was revoked, people who left. Completed long ago counts, too."),
        "training:courses",
    ),
    "observed.seen": Counted(
        gettext_lazy("A manager or trainer saw them show a behaviour of the program in the last 90 days."),
        ACTIVE,
        gettext_lazy("Observations that were withdrawn; “not yet” and “not applicable”."),
        "training:observation_rules",
    ),
    "recognition.people": Counted(
        gettext_lazy("Thanked in public at least once in the last full quarter."),
        ACTIVE,
        gettext_lazy("Private thanks, thanks that were withdrawn or hidden."),
        "recognition:feed",
    ),
    "recognition.aimed": Counted(
        gettext_lazy("Of the public thanks of the last full quarter: those for a requirement the program aims at."),
        ACTIVE,
        gettext_lazy("Private thanks, thanks that were withdrawn or hidden."),
        "recognition:feed",
    ),
    "planning.begun": Counted(
        gettext_lazy("Have begun, of all the program is planned for."),
        gettext_lazy("Everybody in one of its cohorts."),
        gettext_lazy("People who left."),
    ),
    "planning.actions": Counted(
        gettext_lazy("Of the actions of units that fell due since the program began: done by their day."),
        gettext_lazy("Units of people who are enrolled."),
        gettext_lazy("Promises to other units, which stand apart."),
        "planning:actions",
    ),
    "planning.promises": Counted(
        gettext_lazy("Of the promises to other units that fell due so far: done by their day, as their maker says."),
        gettext_lazy("Units of people who are enrolled."),
        gettext_lazy("What the other unit says of it, which stands apart."),
        "planning:actions",
    ),
    "planning.promises_kept": Counted(
        gettext_lazy("Of those who judged a promise another unit had made to theirs: they say it was kept."),
        gettext_lazy("Who answered a wave of the program's survey, of promises that may be shown."),
        gettext_lazy("Who could not judge it; promises that too few judged."),
        "planning:actions",
    ),
}


@dataclass(frozen=True)
class Point:
    """One wave: what was released of the number, and where its cell is. ``value`` None: hidden or not asked."""

    wave: Wave
    value: float | None
    interval: str
    people: str
    word: str
    why: str
    url: str


@dataclass
class Number:
    """Everything there is to say of one number. ``told``: the number itself, ``rows``: (heading, text)."""

    key: str
    label: Any
    told: str
    says: Any
    rows: list[tuple[Any, Any]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    course: list[tuple[dt.date, float]] = field(default_factory=list)
    unit: Any = ""
    links: list[tuple[str, Any]] = field(default_factory=list)


def about(program: Program, key: str, today: dt.date) -> Number | None:
    """None: there is no such number on a scorecard."""
    if key in COUNTED and indicators.get(key) and key in readings.names():
        return _counted(program, key, today)
    requirement = Requirement.objects.filter(code=key).first()
    if key in SURVEYED or requirement is not None:
        return _surveyed(program, key, requirement)
    return None


def _counted(program: Program, key: str, today: dt.date) -> Number | None:
    kept = readings.latest(program, today).get(key)
    if kept is None:
        return None
    known = COUNTED[key]
    number = Number(key, kept.label, "–" if kept.value is None else f"{kept.value:.0f} {kept.unit}", known.says)
    number.unit = kept.unit
    number.rows = [
        (_("It is"), kept.words),
        (_("Of whom"), known.people),
        (_("Left out"), known.without),
        (_("Counted"), _day(kept.on)),
        (_("Fewer than"), _("%(n)s people or cases are not told of.") % {"n": indicators.LEAST}),
        (
            _("Kind"),
            _("Leading: it moves first, and you can push it. It proves nothing by itself.")
            if key in readings.LEADING
            else _("Lagging: what the program is for."),
        ),
    ]
    if kept.until and kept.until != kept.on:
        number.rows.insert(4, (_("Its source reaches to"), _day(kept.until)))
    number.course = readings.course(program, key)
    if known.page:
        number.links = [(reverse(known.page), _("Where it comes from"))]
    return number


def _surveyed(program: Program, key: str, requirement: Requirement | None) -> Number | None:
    waves = scorecard.leaders_waves(program)
    found = results.company_courses([wave.pk for wave in waves], key) if waves else {}
    if requirement is not None and not found:
        return None
    label = LABELS.get(key) or f"{requirement.code} {requirement.label}"  # type: ignore[union-attr]
    says = SAYS.get(key) or _("How far people say this holds for them: mean of the answers, 0–100.")
    number = Number(key, label, "–", says)
    numbers = {wave.number for wave in waves}
    number.points = [_point(wave, found.get(wave.pk), numbers) for wave in waves]
    if not waves:
        number.rows = [(_("Frozen"), _("No wave is released yet."))]
        return number
    last, wave = number.points[-1], waves[-1]
    number.told = last.why if last.value is None else f"{last.value:.0f}"
    number.rows = [
        (
            _("Of whom"),
            _("Who was asked in wave %(n)s of “%(series)s” and answered.")
            % {"n": wave.number, "series": wave.series.name},
        ),
        (_("People"), last.people or "–"),
        (_("95 % interval"), last.interval or "–"),
        (_("Since the last wave"), last.word or "–"),
        (
            _("Left out"),
            _("Answers “I can't judge this”; people who did not answer. The unit pages say how many took part."),
        ),
        (_("Frozen"), _day(timezone.localdate(wave.released_at)) if wave.released_at else "–"),
        (
            _("Rules"),
            _("Shown from %(k)s people on, and only where no smaller group could be worked out from it.")
            % {"k": wave.rules.get("k", 5)},
        ),
    ]
    number.links = [
        (reverse("results:method", args=[wave.pk]), _("The formula and its source")),
        (reverse("results:wave", args=[wave.pk]), _("All results of this wave")),
        (reverse("results:compare", args=[wave.pk]), _("Compare units or waves")),
    ]
    return number


def _point(wave: Wave, cell: dict[str, Any] | None, numbers: set[int]) -> Point:
    url = reverse("results:wave", args=[wave.pk])
    if cell is None or not cell.get("shown") or cell.get("index") is None:
        asked = cell is not None and cell.get("why") != "not asked"
        return Point(wave, None, "", "", "", _("hidden for privacy") if asked else _("not asked"), url)
    interval = f"{cell['low']}–{cell['high']}" if cell.get("low") is not None else ""
    moved, since = change.read(cell), change.since(cell)
    word = ""
    if moved is not None and since in numbers:
        word = f"{words.pick(moved.word, 'en')} ({moved.delta:+d})".replace("-", "−")
    return Point(wave, float(cell["index"]), interval, str(cell.get("n", "")), word, "", url)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
