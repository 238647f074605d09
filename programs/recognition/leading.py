"""Leading indicators of recognition for milestones and reports: who is thanked, and for what the program aims at.

Only public thanks count. With private ones, whoever takes off what the feed shows would know how many were thanked in
private, and in a small program who.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access import clock
from culture.framework.models import Requirement
from programs.planning import indicators, standing
from programs.planning.indicators import LEADING, Indicator, Reading
from programs.planning.models import Program
from programs.recognition.models import Kudos, KudosReceiver

# Thanks that a share is made of; fewer are an accident.
LEAST_THANKS = 10


@dataclass(frozen=True)
class Quarter:
    """``recognised`` of ``people`` were publicly thanked at least once from ``begins`` to ``ends`` (last day)."""

    begins: dt.date
    ends: dt.date
    recognised: int
    people: int

    @property
    def share(self) -> float | None:
        """Percent; None for fewer people than may be told of."""
        return 100 * self.recognised / self.people if self.people >= indicators.LEAST else None


@dataclass(frozen=True)
class Aim:
    """How many public thanks stood for one requirement; ``aimed``: the program's focus names it."""

    code: str
    label: str
    thanks: int
    aimed: bool


def _thanks(people: Collection[int] | QuerySet, first: dt.date, last: dt.date) -> QuerySet[KudosReceiver]:
    zone = clock.zone()
    since = dt.datetime.combine(first, dt.time(), zone)
    until = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
    found = KudosReceiver.objects.filter(
        receiver__in=people, kudos__at__gte=since, kudos__at__lt=until, kudos__public=True, kudos__hidden_at=None
    )
    return found.exclude(kudos__state=Kudos.State.WITHDRAWN).order_by()


def quarter(people: Collection[int] | QuerySet, day: dt.date) -> Quarter:
    """The calendar quarter of ``day``, so far. ``people``: ids of employees. Two queries."""
    begins = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    ends = min(day, begins + relativedelta(months=3) - dt.timedelta(days=1))
    whole = people.count() if isinstance(people, QuerySet) else len(people)
    recognised = _thanks(people, begins, ends).values("receiver").distinct().count()
    return Quarter(begins, ends, recognised, whole)


def quarters(people: Collection[int] | QuerySet, today: dt.date, count: int = 4) -> list[Quarter]:
    """The last ``count`` quarters that are over, the oldest first: a trend for reports. Two queries each."""
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    ends = [first - relativedelta(months=3 * back) - dt.timedelta(days=1) for back in range(count - 1, -1, -1)]
    return [quarter(people, one) for one in ends]


def aims(program: Program, people: Collection[int] | QuerySet, first: dt.date, last: dt.date) -> list[Aim]:
    """What those ``people`` were thanked for, requirement by requirement: those aimed at first, then by number."""
    rows = _thanks(people, first, last).exclude(kudos__requirement=None).values("kudos__requirement")
    counts = dict(rows.annotate(n=Count("kudos", distinct=True)).values_list("kudos__requirement", "n"))
    focus = set(program.focus.values_list("pk", flat=True))
    known = Requirement.objects.filter(Q(pk__in=counts) | Q(pk__in=focus))
    found = [Aim(one.code, one.label, counts.get(one.pk, 0), one.pk in focus) for one in known]
    return sorted(found, key=lambda one: (not one.aimed, -one.thanks, one.code))


def aimed_share(program: Program, people: Collection[int] | QuerySet, first: dt.date, last: dt.date) -> Reading:
    """Of the public thanks to ``people``: percent that stood for what the program aims at."""
    found = aims(program, people, first, last)
    if not any(one.aimed for one in found):
        return Reading(None, _("The program names no requirement it aims at."), last)
    hit, whole = sum(one.thanks for one in found if one.aimed), sum(one.thanks for one in found)
    words = _("%(part)s of %(whole)s thanks stood for what the program aims at")
    return indicators.share(hit, whole, words, last, least=LEAST_THANKS)


def _active(program: Program, on: dt.date) -> QuerySet:
    return standing.enrolled(program, on, away=False).order_by().values("employee").distinct()


THANKED = gettext_lazy("%(part)s of %(whole)s people were thanked in the last full quarter")


def _recognised(program: Program, on: dt.date) -> Reading:
    """Of those active in the program: publicly thanked in the last quarter that was over on the day."""
    found = quarters(_active(program, on), on, 1)[0]
    counted = (found.recognised, found.people)
    return indicators.of_people(program, on, counted, str(THANKED), people=found.people, until=found.ends)


def thanked_by_unit(program: Program, on: dt.date) -> dict[int, int]:
    """The same by unit (0: none): how many were thanked. One query."""
    last = on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1) - dt.timedelta(days=1)
    first = last.replace(day=1) - relativedelta(months=2)
    rows = _thanks(_active(program, on), first, last).values("receiver__unit")
    counted = rows.annotate(n=Count("receiver", distinct=True)).values_list("receiver__unit", "n")
    return {unit or 0: n for unit, n in counted}


def _aimed(program: Program, on: dt.date) -> Reading:
    people = _active(program, on)
    last = on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1) - dt.timedelta(days=1)
    return aimed_share(program, people, last.replace(day=1) - relativedelta(months=2), last)


def register() -> None:
    """Called when the apps are ready."""
    leading = frozenset({LEADING})
    indicators.register(
        Indicator("recognition.people", gettext_lazy("People thanked in a quarter"), leading, _recognised)
    )
    indicators.register(
        Indicator("recognition.aimed", gettext_lazy("Thanks for what the program aims at"), leading, _aimed)
    )
