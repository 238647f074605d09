"""Promises and what those they were made to say of them: what a wave asks about, and what may be told of the answers.

What the maker says of a promise (done, dropped) stays apart from what its customers say (kept or not). Theirs comes
from released cells only, through the gate of the results: a reader sees it where he sees results of either side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Q

from culture.people import asof
from culture.people.models import Employee, Unit
from culture.people.units import descendants
from programs.planning import actions
from programs.planning.action_models import Action
from surveys.results import kept, masking
from surveys.results.kept import Judgement, Pooled
from surveys.waves import asked_promises
from surveys.waves.asked_promises import Offer

# What was due longer ago nobody remembers well enough to judge.
OLDEST = dt.timedelta(days=400)
UNKNOWN = "en"
MOST = 5


def due(today: dt.date) -> list[Offer]:
    """Promises whose day has come, or that are said to be kept, and that nobody withdrew. Two queries.

    Of units that were merged what they became is asked, unless it would judge itself.
    """
    promised = Action.objects.filter(promised_to__isnull=False, due_on__gte=today - OLDEST)
    come = Q(state=Action.State.OPEN, due_on__lte=today) | Q(state=Action.State.DONE, ended_on__lte=today)
    rows = promised.filter(come).order_by("due_on", "pk")
    fields = ("pk", "unit", "promised_to", "what", "due_on", "created_by__language")
    into = asof.successors()
    offered = [
        Offer(pk, into.get(provider, provider), into.get(customer, customer), {language or UNKNOWN: what}, day)
        for pk, provider, customer, what, day, language in rows.values_list(*fields)
    ]
    return [one for one in offered if one.provider != one.customer]


def register() -> None:
    """Called when the apps are ready."""
    asked_promises.register(due)


def of(user: Employee, planned: Iterable[Action]) -> dict[int, Judgement]:
    """What became of those of the actions that are promises, as ``user`` may see it."""
    promises = [one.pk for one in planned if one.promised_to_id is not None]
    return kept.judgements(user, promises) if promises else {}


def between_departments(waves: Iterable[int], units: Iterable[int] | None = None) -> Pooled:
    """For scorecards: of promises between departments that were judged in these waves, how many say they were kept.

    ``units``: promises of these only. Waves that are not shared with leaders by today tell nothing.
    """
    return kept.pooled(waves, units)


# -- names -----------------------------------------------------------------------------------------------------------


def names_in(texts: Mapping[int, str]) -> dict[int, list[str]]:
    """Which of these texts seem to name a person who works here, and how. One query, none without capital letters.

    It only hints: words that are a name and a thing ("Rosa") are found, too, and misspelt names are not.
    """
    large = {
        piece.text
        for text in texts.values()
        for piece in masking.pieces(text)
        if piece.number is not None and not piece.text[:1].islower()
    }
    if not large:
        return {}
    people = Employee.objects.filter(Q(family_name__in=large) | Q(given_name__in=large), is_active=True)
    known = masking.names(people.order_by().values_list("given_name", "family_name").distinct())
    found = {}
    for key, text in texts.items():
        if spans := masking.suggest(text, known):
            found[key] = [text[start:end] for start, end in spans]
    return found


def naming(today: dt.date) -> list[tuple[Action, list[str]]]:
    """Promises that wait to be judged and seem to name a person: whoever is asked would read it. Three queries."""
    waiting = asked_promises.waiting(today)
    found = names_in({one.id: next(iter(one.text.values())) for one in waiting})
    rows = Action.objects.filter(pk__in=found).select_related("unit", "promised_to").order_by("due_on", "pk")
    return [(row, found[row.pk]) for row in rows] if found else []


def of_unit(unit: Unit, today: dt.date) -> list[Action]:
    """What a unit and those below it promised others lately."""
    mine = actions.among(Unit.objects.filter(pk__in=descendants([unit.pk])), "unit")
    rows = Action.objects.filter(mine, promised_to__isnull=False, due_on__gte=today - OLDEST)
    return list(rows.select_related("unit", "promised_to").order_by("-due_on", "-pk")[:MOST])
