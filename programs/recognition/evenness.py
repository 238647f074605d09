"""The quarterly release of how evenly people are recognised: read once, long enough after the quarter, and kept.

It is never worked out again. Of two computations of the same quarter with a thank-you moderated or a person erased in
between, the difference would tell.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.db.models import Case, F, IntegerField, Q, When
from django.utils.translation import gettext_lazy as _

from culture.access import clock
from culture.framework.models import Requirement
from culture.people import asof
from culture.people.models import Employee, Leave, Membership
from programs.recognition import equity
from programs.recognition.equity import Person, Thanks, Unit
from programs.recognition.equity_models import EquityRelease
from programs.recognition.models import Kudos, KudosReceiver
from programs.training.models import Completion
from surveys.waves import cuts as survey_cuts

# Until then everything has arrived and most of what is reported has been looked at.
RIPE = dt.timedelta(days=14)
QUARTERS_BACK = 4
NAMES = {"site": _("Site"), "tenure": _("Time in the company"), "language": _("Language"), "contract": _("Contract")}
DAY = dt.timedelta(days=1)


def due(*, today: dt.date) -> list[dt.date]:
    """First days of the quarters that are over and ripe and not released, the oldest first."""
    last = equity.quarter_of(today - RIPE)
    wanted = [last - relativedelta(months=3 * back) for back in range(QUARTERS_BACK, 0, -1)]
    done = set(EquityRelease.objects.filter(quarter__in=wanted).values_list("quarter", flat=True))
    first = Kudos.objects.order_by("at").values_list("at", flat=True).first()
    begun = first.date() if first else today
    return [quarter for quarter in wanted if quarter not in done and quarter + relativedelta(months=3) > begun]


def release(quarter: dt.date, *, now: dt.datetime) -> EquityRelease | None:
    """Release one quarter; None when somebody else did meanwhile."""
    ends = quarter + relativedelta(months=3) - DAY
    people = _people(quarter, ends)
    units = [Unit(node.pk, node.name, node.parent_id) for node in asof.tree(ends)]
    names = {key: str(name) for key, name in NAMES.items()}
    groups = equity.release(people, units, (ends - quarter).days + 1, names)
    told = [one.kept() for one in groups]
    try:
        with transaction.atomic():
            return EquityRelease.objects.create(
                quarter=quarter,
                made_at=now,
                rules=dict(equity.RULES),
                groups=told,
                requirements=_requirements(quarter, ends),
            )
    except IntegrityError:
        return None


def _bounds(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    zone = clock.zone()
    return dt.datetime.combine(first, dt.time(), zone), dt.datetime.combine(last + DAY, dt.time(), zone)


def _people(first: dt.date, last: dt.date) -> list[Person]:
    """Everybody employed on the quarter's last day, where he was then. Four queries."""
    units = dict(Membership.objects.on(last).order_by().values_list("employee", "unit"))  # type: ignore[attr-defined]
    away = _days_away(first, last)
    thanks = _thanks(first, last)
    rows = Employee.objects.here(last).order_by("pk").values_list("pk", "unit", "hired_on", "site", "language", "kind")
    found = []
    for pk, unit, hired_on, site, language, kind in rows.iterator(chunk_size=5000):
        home = units.get(pk, unit)
        if home is None:
            continue
        began = max(first, hired_on) if hired_on else first
        days = (last - began).days + 1 - away.get(pk, 0)
        traits = (site, survey_cuts.tenure(hired_on, last), language, kind)
        found.append(Person(home, max(0, days), tuple(str(one) for one in traits), tuple(thanks.get(pk, ()))))
    return found


def _days_away(first: dt.date, last: dt.date) -> dict[int, int]:
    rows = Leave.objects.filter(Q(until__isnull=True) | Q(until__gte=first), since__lte=last)
    found: dict[int, int] = defaultdict(int)
    for person, since, until in rows.order_by().values_list("employee", "since", "until"):
        found[person] += (min(until or last, last) - max(since, first)).days + 1
    return found


def _given(first: dt.date, last: dt.date) -> Iterable[tuple]:
    since, until = _bounds(first, last)
    rows = KudosReceiver.objects.filter(kudos__at__gte=since, kudos__at__lt=until, kudos__hidden_at=None)
    rows = rows.exclude(kudos__state=Kudos.State.WITHDRAWN).order_by()
    # In thanks to a whole team the points may have passed over this one.
    points = Case(When(without_points=True, then=0), default=F("kudos__points"), output_field=IntegerField())
    fields = ("receiver", "kudos__public", points, "kudos__story", "kudos__customer", "kudos__requirement")
    return rows.values_list(*fields).iterator(chunk_size=5000)


def _thanks(first: dt.date, last: dt.date) -> dict[int, list[Thanks]]:
    found: dict[int, list[Thanks]] = defaultdict(list)
    for receiver, public, points, story, customer, requirement in _given(first, last):
        found[receiver].append(Thanks(public, points, story, bool(customer), requirement is not None))
    return found


def _requirements(first: dt.date, last: dt.date) -> list[dict]:
    """For each requirement: of the trained, how many were publicly thanked for it in the quarter; and the other way.

    Public thanks only: a share of both kinds less what the feed tells would be the private ones. Three queries.
    """
    here = set(Employee.objects.here(last).order_by().values_list("pk", flat=True))
    done = Completion.objects.filter(revocation__isnull=True, done_on__lte=last).exclude(
        version__course__requirements=[]
    )
    trained: dict[str, set[int]] = defaultdict(set)
    for person, codes in done.order_by().values_list("employee", "version__course__requirements").distinct():
        if person in here:
            for code in codes:
                trained[code].add(person)
    since, until = _bounds(first, last)
    rows = KudosReceiver.objects.filter(
        kudos__at__gte=since, kudos__at__lt=until, kudos__hidden_at=None, kudos__public=True
    ).exclude(kudos__state=Kudos.State.WITHDRAWN)
    thanked: dict[str, set[int]] = defaultdict(set)
    pairs = rows.exclude(kudos__requirement=None).order_by().values_list("receiver", "kudos__requirement__code")
    for person, code in pairs.distinct():
        if person in here:
            thanked[code].add(person)
    found = []
    for code in Requirement.objects.active().values_list("code", flat=True):
        both = len(trained[code] & thanked[code])
        found.append(
            {
                "code": code,
                "trained": equity.share(both, len(trained[code])),
                "recognised": equity.share(both, len(thanked[code])),
            }
        )
    return found
