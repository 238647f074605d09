"""Who is close to a candidate, and which units an award means today, when some were merged or closed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from culture.access import reach
from culture.people import asof
from culture.people.models import Employee, Membership, Unit
from programs.recognition import award_rules
from programs.recognition.award_models import AwardCandidate
from programs.recognition.award_rules import Near

# A candidate himself, or of the team that is one: what was said of him is not for his eyes while it is judged.
OWN = frozenset({Near.HIMSELF, Near.MEMBER})
# Who only works beside a candidate does not vote, but may decide: a nomination within HR could be decided by nobody.
STEERS = OWN | {Near.LINE, Near.NOMINATOR}


# -- units -----------------------------------------------------------------------------------------------------------


def above(unit: int | None) -> frozenset[int]:
    """The unit, all it lies in, and what was merged into any of them: who was meant by one of these still is."""
    if unit is None:
        return frozenset()
    here = set(reach.above(unit).order_by().values_list("pk", flat=True))
    return frozenset(here | {was for was, became in asof.successors().items() if became in here})


def below(units: Iterable[int]) -> QuerySet[Unit]:
    """What the ``units`` became, with everything below."""
    became = asof.successors()
    return reach.below({became.get(pk, pk) for pk in units})


def people_then(unit: Unit) -> QuerySet[Membership]:
    """The memberships that held on the last day of a unit that was merged or closed."""
    assert unit.until is not None
    return Membership.objects.on(unit.until).filter(unit=unit)


def _left_behind(person: Employee) -> frozenset[int]:
    """Units that ended while he worked in them."""
    rows = Membership.objects.filter(employee=person, since__lte=F("unit__until"))
    ended = rows.filter(Q(until__isnull=True) | Q(until__gte=F("unit__until")))
    return frozenset(ended.values_list("unit", flat=True))


# -- people ----------------------------------------------------------------------------------------------------------


def place_of(person: Employee) -> award_rules.Place:
    """Three queries."""
    units = above(person.unit_id) | _left_behind(person)
    return award_rules.Place(person.pk, person.unit_id, person.manager_id, units)


def all_near(candidate: AwardCandidate, place: award_rules.Place) -> list[Near]:
    """Everything that ties who stands at ``place`` to ``candidate`` (its nominations may be prefetched)."""
    judged, one = None, candidate.employee
    if one is not None:
        judged = award_rules.Place(one.pk, one.unit_id, one.manager_id)
    nominators = {row.nominator_id for row in candidate.nominations.all() if row.withdrawn_at is None}
    return award_rules.all_near(place, judged=judged, team=candidate.unit_id, nominators=nominators)


def near(candidate: AwardCandidate, juror: award_rules.Place) -> Near | None:
    """What keeps ``juror`` from voting on ``candidate``."""
    return next(iter(all_near(candidate, juror)), None)


def ties(candidates: Iterable[AwardCandidate], person: Employee) -> set[Near]:
    """Everything that ties ``person`` to one of ``candidates``."""
    place = place_of(person)
    return {reason for one in candidates for reason in all_near(one, place)}


def running_of(round_: int) -> QuerySet[AwardCandidate]:
    """The candidates of a round that are not decided, with what :func:`all_near` looks at."""
    rows = AwardCandidate.objects.filter(round=round_, state__in=AwardCandidate.OPEN)
    return rows.select_related("employee", "unit").prefetch_related("nominations").order_by("pk")


def is_candidate(round_: int, person: Employee) -> bool:
    """Whether ``person`` is a candidate of the round, alone or with his team."""
    return not OWN.isdisjoint(ties(running_of(round_), person))
