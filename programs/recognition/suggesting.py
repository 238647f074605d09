"""With whom somebody probably worked: the service map, his team, and between whom thanks went lately.

Never from answers of a survey. Deterministic: the same day gives the same people, each with the reason; where there
are many to choose from, others come each week.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from django.db.models import CharField, F, Q, Value, Window
from django.db.models.functions import MD5, Cast, Concat, RowNumber
from django.utils.translation import gettext as _

from culture.access import reach
from culture.people.models import Employee, Unit
from programs.recognition import finding
from programs.recognition.models import Kudos, KudosReceiver
from surveys.waves.link_models import ServiceLink

LATELY = dt.timedelta(days=90)
OF_A_UNIT = 3
OF_THE_TEAM = 6
PARTNERS = 20
MOST = 500


@dataclass(frozen=True)
class Suggestion:
    """``why``: in words, why this person is offered."""

    person: Employee
    why: str


def suggestions(giver: Employee, today: dt.date, most: int = 12) -> list[Suggestion]:
    """At most ``most`` people, of each source in turn: who thanked him, served units, serving units, team, thanked.

    Four queries.
    """
    to_me, by_me = _partners(giver, today)
    serving, served = _linked(giver, today)
    units = dict.fromkeys([*serving, *served])
    people = _people(giver, today, [*to_me, *by_me], units)
    by_unit: dict[int | None, list[Employee]] = defaultdict(list)
    for person in people.values():
        by_unit[person.unit_id].append(person)
    team = [one for one in people.values() if giver.unit_id is not None and one.unit_id == giver.unit_id]
    reports = [one for one in people.values() if one.manager_id == giver.pk]
    boss = people.get(giver.manager_id or 0)
    sources = [
        _said((people[pk] for pk in to_me if pk in people), _("thanked you lately")),
        _said((boss,) if boss else (), _("your manager")) + _said(reports, _("reports to you")),
        _of_units(serving, by_unit, _("%(unit)s serves your unit")),
        _of_units(served, by_unit, _("your unit serves %(unit)s")),
        _said(team, _("your team")),
        _said((people[pk] for pk in by_me if pk in people), _("you thanked lately")),
    ]
    return _in_turn(sources, most)


def _said(people: Iterable[Employee], why: str) -> list[Suggestion]:
    return [Suggestion(person, why) for person in people]


def _of_units(units: Iterable[int], by_unit: dict[int | None, list[Employee]], why: str) -> list[Suggestion]:
    """The first of each unit, then the second of each."""
    columns = [by_unit.get(unit, [])[:OF_A_UNIT] for unit in units]
    rows = [one for row in zip_longest(*columns) for one in row if one is not None]
    return [Suggestion(one, why % {"unit": one.unit.name if one.unit else ""}) for one in rows]


def _in_turn(sources: list[list[Suggestion]], most: int) -> list[Suggestion]:
    found: dict[int, Suggestion] = {}
    for row in zip_longest(*sources):
        for one in row:
            if one is not None:
                found.setdefault(one.person.pk, one)
    return list(found.values())[:most]


def _partners(giver: Employee, today: dt.date) -> tuple[list[int], list[int]]:
    """(who thanked ``giver`` lately, whom he thanked lately), newest first."""
    since = dt.datetime.combine(today - LATELY, dt.time.min, dt.UTC)
    rows = KudosReceiver.objects.filter(kudos__at__gte=since, kudos__hidden_at=None, kudos__team=None)
    told = rows.exclude(kudos__state=Kudos.State.WITHDRAWN).order_by("-kudos_id").values_list("giver", "receiver")
    # Two looks into two indexes; either of both at once would be a walk through all thanks.
    pairs = list(told.filter(receiver=giver)[:PARTNERS].union(told.filter(giver=giver)[:PARTNERS], all=True))
    to_me = dict.fromkeys(one for one, to in pairs if to == giver.pk)
    by_me = dict.fromkeys(to for one, to in pairs if one == giver.pk)
    return list(to_me), list(by_me)


def _linked(giver: Employee, today: dt.date) -> tuple[list[int], list[int]]:
    """(units that serve his, units his serves) by the service map; a link holds for everything below its units."""
    if giver.unit_id is None:
        return [], []
    above = set(reach.above(giver.unit_id).order_by().values_list("pk", flat=True))
    links = ServiceLink.objects.on(today).filter(Q(customer__in=above) | Q(provider__in=above)).order_by("pk")
    serving, served = [], []
    for customer, provider in links.values_list("customer", "provider"):
        if customer in above and provider not in above:
            serving.append(provider)
        elif provider in above and customer not in above:
            served.append(customer)
    return list(dict.fromkeys(serving)), list(dict.fromkeys(served))


def _people(giver: Employee, today: dt.date, named: list[int], units: Iterable[int]) -> dict[int, Employee]:
    """The named, his manager and reports, and a few of each unit by lot, however large the units are."""
    year, week, _day = today.isocalendar()
    seed = Value(f"/{giver.pk}/{year}/{week}")
    by_lot = MD5(Concat(Cast("pk", CharField()), seed, output_field=CharField()))
    place = Window(RowNumber(), partition_by=F("unit"), order_by=by_lot.asc())
    near = [*units, *([giver.unit_id] if giver.unit_id else [])]
    known = Q(pk__in=[*named, *([giver.manager_id] if giver.manager_id else [])]) | Q(manager=giver)
    wanted = finding.colleagues(giver, today).filter(known | Q(unit__in=near)).annotate(place=place)
    few = wanted.filter(known | Q(place__lte=OF_THE_TEAM)).select_related("unit").order_by("place", "pk")
    return {person.pk: person for person in few[:MOST]}


def units_near(giver: Employee, today: dt.date) -> list[Unit]:
    """Units of the service map that serve his or that his serves, by name."""
    serving, served = _linked(giver, today)
    return list(Unit.objects.open().filter(pk__in={*serving, *served}).order_by("name", "pk"))
