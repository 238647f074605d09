"""An award, a round and nominations for tests; everybody who judges sits in another unit than who is nominated."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.recognition import award_nominating, award_rounds, awards
from programs.recognition.award_models import Award, AwardCandidate, AwardRound, Nomination
from tests.conftest import make_person, make_unit

DAY = dt.timedelta(days=1)
EVIDENCE = "On Friday evening she drove the part over herself."
CRITERIA = [{"key": "one", "text": {"en": "Something personal"}}, {"key": "two", "text": {"en": "Beyond expectation"}}]


def today() -> dt.date:
    return timezone.localdate()


def people(units: dict[str, Unit]) -> dict[str, Employee]:
    """Three jurors of a unit of their own, two who are nominated, two who nominate."""
    load_catalogue()
    jury, shop, desk = (make_unit(name, units["Meridian"]) for name in ("Jury", "Shop", "Desk"))
    found = {f"j{n}": make_person(f"J{n}", jury, given_name="Juno", family_name=f"Juror{n}") for n in range(3)}
    found |= {f"s{n}": make_person(f"SH{n}", shop, given_name="Sara", family_name=f"Shop{n}") for n in range(3)}
    found |= {f"d{n}": make_person(f"D{n}", desk, given_name="Dino", family_name=f"Desk{n}") for n in range(3)}
    return found


def award(
    by: Employee, jury: list[Employee], *, budget: int = 1000, now: dt.datetime | None = None, **terms: Any
) -> Award:
    """A monthly award of 100 points that opened yesterday, with points in its budget."""
    terms = {
        "name": {"en": "Best of the month", "it": "Il migliore del mese"},
        "criteria": CRITERIA,
        "first_on": today() - DAY,
        "rule": "FREQ=MONTHLY;INTERVAL=1",
        "points": 100,
        **terms,
    }
    nominators, nominees = terms.pop("nominators", ()), terms.pop("nominees", ())
    made = awards.save(terms=awards.Terms(**terms), jury=jury, by=by, nominators=nominators, nominees=nominees)
    if budget:
        at = now or timezone.now()
        awards.fund(place=awards.purse(made), points=budget, note="for the test", by=by, now=at, subject=made)
    return made


def opened(made: Award, now: dt.datetime | None = None) -> AwardRound:
    award_rounds.open_due(now=now or timezone.now())
    return made.rounds.get()


def nominate(
    round_: AwardRound, nominator: Employee, whom: Employee | Unit, now: dt.datetime | None = None, **more: Any
) -> Nomination:
    fields: dict[str, Any] = {"person": whom} if isinstance(whom, Employee) else {"team": whom}
    fields |= {"evidence": EVIDENCE, "criteria": ["one"], "key": uuid.uuid4(), **more}
    case = award_nominating.Case(behaviour=Behaviour.objects.get(code="A5"), **fields)
    return award_nominating.nominate(round_=round_, nominator=nominator, case=case, now=now or timezone.now())


def voting(round_: AwardRound, by: Employee, now: dt.datetime | None = None) -> list[AwardCandidate]:
    """Close the nominations and put everybody on the shortlist."""
    at = now or timezone.now()
    award_rounds.close(round_=round_, by=by, now=at)
    listed = list(round_.candidates.order_by("pk"))
    if round_.award.decides == Award.Decides.JURY:
        award_rounds.shortlist(round_=round_, chosen=[one.pk for one in listed], why_not="", by=by, now=at)
    return list(round_.candidates.order_by("pk"))
