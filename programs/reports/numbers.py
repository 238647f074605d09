"""What stands behind each number of the scorecard: what it says, of whom, who is left out, from which cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from culture.access.days import date_text
from culture.framework.models import Requirement
from programs.planning import indicators
from programs.planning.models import Program
from programs.practices import counting
from programs.practices import leading as practices
from programs.reports import readings, scorecard, scorecard_counted
from programs.reports.findings import DIMENSIONS
from programs.reports.scorecard_place import Place, score_of
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
    "served": gettext_lazy("How well it serves other departments, as their people say, 0–100."),
    "talk": gettext_lazy("Share who would tell something good of the service less share who would tell something bad."),
}


@dataclass(frozen=True)
class Counted:
    """What an indicator that is counted says, of whom, and who is left out."""

    says: Any
    people: Any
    without: Any
    page: str = ""
    least: int = indicators.LEAST


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
        "training:sighting_rules",
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
    "practices.people": Counted(
        gettext_lazy(
            "Wrote at least one personal note to a customer in the last four full weeks, by their own logs. In steps, "
            "wider ones of fewer people; very low and very high shares are not told more closely."
        ),
        gettext_lazy("People enrolled in the program and not on leave on the last Sunday."),
        gettext_lazy("Notes written down after that Sunday. Nobody but the writer sees who wrote."),
        least=counting.LEAST,
    ),
    "practices.recoveries": Counted(
        gettext_lazy("Of the complaints that fell due in the 13 weeks up to the last Sunday: closed by their time."),
        gettext_lazy("Complaints written down by people of the program, with or without amends."),
        gettext_lazy("Complaints that are not due yet. What the amends were worth is no part of it."),
        least=counting.LEAST,
    ),
    "practices.ideas": Counted(
        gettext_lazy("Of the ideas decided in the 13 weeks up to the last Sunday: approved, as they are or changed."),
        gettext_lazy("Ideas proposed by people of the program."),
        gettext_lazy("Ideas that still wait, and those taken back."),
        "practices:ideas",
        counting.LEAST,
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
    """One wave: what was released of the number, and where its cell is. ``value`` None: hidden, or not ``asked``.

    ``told``: the number as it may be told; ``name``: of the group, where it is not the unit alone.
    """

    wave: Wave
    value: float | None
    interval: str
    people: str
    word: str
    why: str
    url: str
    told: str = ""
    name: str = ""
    cell: str = ""
    asked: bool = True


@dataclass
class Number:
    """Everything there is to say of one number. ``told``: the number itself, ``rows``: (heading, text)."""

    key: str
    label: Any
    told: str
    says: Any
    rows: list[tuple[Any, Any]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    course: list[readings.Day] = field(default_factory=list)
    unit: Any = ""
    links: list[tuple[str, Any]] = field(default_factory=list)
    hidden: bool = False


def about(program: Program, key: str, today: dt.date, place: Place | None = None) -> Number | None:
    """None: there is no such number on the scorecard of the ``place`` (the whole program, where none is given)."""
    place = place or Place(program)
    if key in COUNTED and indicators.get(key) and key in readings.names():
        return _counted(program, key, today, place)
    requirement = Requirement.objects.filter(code=key).first()
    if key in SURVEYED or requirement is not None:
        return _surveyed(place, key, requirement)
    return None


def _counted(program: Program, key: str, today: dt.date, place: Place) -> Number | None:
    every = scorecard_counted.of_unit(place, today) if place.unit else readings.latest(program, today)
    kept = every.get(key)
    if kept is None:
        return None
    known = COUNTED[key]
    number = Number(key, kept.label, "–" if kept.value is None else f"{kept.value:.0f} {kept.unit}", known.says)
    number.unit = kept.unit
    number.rows = [
        (_("It is"), kept.told),
        (_("Of whom"), known.people if place.unit is None else _within(known.people, place.unit.name)),
        (_("Left out"), known.without),
        (_("Counted"), _day(today if place.unit else kept.on)),
        (_("Fewer than"), _("%(n)s people or cases are not told of.") % {"n": known.least}),
        (
            _("Kind"),
            _("Leading: it moves first, and you can push it. It proves nothing by itself.")
            if key in readings.LEADING
            else _("Lagging: what the program is for."),
        ),
    ]
    if place.unit is not None:
        number.hidden = kept.value is None and kept.words == str(scorecard_counted.HIDDEN)
        number.told = kept.words if number.hidden else number.told
        if key in scorecard_counted.by_unit():
            number.rows[4] = (_("Rules"), _rule())
        else:
            number.rows[4] = (_("Fewer than"), _("%(n)s cases are not told of.") % {"n": indicators.ACTIONS_LEAST})
    if key in practices.KEYS:
        if kept.rough is not None:
            number.told = kept.rough.told(get_language() or "en")
        number.rows.append((_("95 % interval"), _("None: all of them are counted, none is a sample.")))
    if kept.until and kept.until != kept.on:
        number.rows.insert(4, (_("Its source reaches to"), _day(kept.until)))
    if place.unit is None:
        number.course = readings.course(program, key)
    if known.page:
        number.links = [(reverse(known.page), _("Where it comes from"))]
    return number


def _within(people: Any, unit: str) -> str:
    return _("%(people)s Of these, who works in %(unit)s or below it today.") % {"people": people, "unit": unit}


def _rule() -> str:
    return _(
        "Told from %(n)s people on, and only where no smaller group could be worked out by taking units off each other."
    ) % {"n": scorecard_counted.LEAST}


def _surveyed(place: Place, key: str, requirement: Requirement | None) -> Number | None:
    waves = place.waves
    if requirement is not None and not any(key in stand.cells for stand in place.course):
        return None
    label = LABELS.get(key) or f"{requirement.code} {requirement.label}"  # type: ignore[union-attr]
    says = SAYS.get(key) or _("How far people say this holds for them: mean of the answers, 0–100.")
    number = Number(key, label, "–", says)
    if not waves:
        number.rows = [(_("Frozen"), _("No wave is released yet."))]
        return number
    number.points = _points(place, key)
    last, wave = number.points[-1], waves[-1]
    number.hidden = last.value is None
    number.told = last.why if last.value is None else last.told
    words = {"n": wave.number, "series": wave.series.name, "unit": last.name or (place.unit.name if place.unit else "")}
    who = (
        _("Who was asked in wave %(n)s of “%(series)s” and answered.")
        if place.unit is None
        else _("Who was asked in wave %(n)s of “%(series)s” in %(unit)s and answered.")
        if key != "served"
        else _("Who was asked in wave %(n)s of “%(series)s” about the service of %(unit)s and answered.")
    )
    number.rows = [
        (_("Of whom"), who % words),
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
    number.links = _links(place, wave, key, requirement)
    return number


def _links(place: Place, wave: Wave, key: str, requirement: Requirement | None) -> list[tuple[str, Any]]:
    found = [(reverse("results:method", args=[wave.pk]), _("The formula and its source"))]
    if place.top is not None:
        unit = place.top.unit
        found.append((reverse("results:unit", args=[wave.pk, unit]), _("All results in this wave")))
        found.append((reverse("results:trend", args=[wave.pk, unit]) + f"?score={key}", _("From wave to wave")))
        found.append((reverse("results:compare", args=[wave.pk]) + f"?one=tree:{unit}", _("Compare units or waves")))
    if key == "served":
        found.append((reverse("results:services", args=[wave.pk]), _("Who serves whom")))
    if requirement is not None:
        entry = reverse("framework:entry", args=["requirements", requirement.code])
        found.append((entry, _("The requirement in the framework")))
    return found


def _points(place: Place, key: str) -> list[Point]:
    """One for each wave; a wave that did not know the unit says so."""
    stands = {stand.wave.pk: stand for stand in place.course}
    numbers = {wave.number for wave in place.waves}
    found = []
    for wave in place.waves:
        stand = stands.get(wave.pk)
        if stand is None:
            url = reverse("results:wave", args=[wave.pk])
            found.append(Point(wave, None, "", "", "", pgettext("survey", "not asked"), url, asked=False))
            continue
        url = reverse("results:unit", args=[wave.pk, stand.group])
        name = "" if stand.alone else stand.name
        cells = place.told(stand.cells) if wave == place.wave else stand.cells
        found.append(_point(wave, cells.get(key), numbers, url, name, f"{stand.cell} {key}"))
    return found


def _point(wave: Wave, cell: dict[str, Any] | None, numbers: set[int], url: str, name: str, cited: str) -> Point:
    score = score_of(cell)
    if cell is None or score is None:
        asked = cell is not None and cell.get("why") != "not asked"
        why = _("hidden for privacy") if asked else pgettext("survey", "not asked")
        return Point(wave, None, "", "", "", why, url, name=name, asked=asked)
    interval = f"{score.low:.0f}–{score.high:.0f}" if score.low is not None and score.high is not None else ""
    moved, since = change.read(cell), change.since(cell)
    word = ""
    if moved is not None and since in numbers:
        word = f"{words.pick(moved.word, get_language() or 'en')} ({moved.delta:+d})".replace("-", "−")
    people = str(cell.get("n", ""))
    return Point(wave, float(score.index), interval, people, word, "", url, score.told, name, cited)


def _day(day: dt.date) -> str:
    return date_text(day, "j M Y")
