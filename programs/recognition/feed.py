"""The pages of thanks: everybody's, the team's, one's own; by the number of the thank-you, so that none is skipped.

Each page is found by an index however many there are; all else is read for its twenty rows only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from culture.people.models import Employee
from programs.recognition import aims, choices, rules
from programs.recognition.feed_models import KudosModeration, KudosPicture, KudosReaction
from programs.recognition.models import Kudos, KudosReceiver

PAGE = 20
UNITS = 12
UNREAD = [f"{entry}__{name}" for entry in ("behaviour", "requirement") for name in aims.UNREAD]
OF_KUDOS = {"kudos__public": True, "kudos__hidden_at": None}


@dataclass(frozen=True)
class Page:
    """``older``: the number to go on before, None at the end. ``first``: nothing newer was left out."""

    rows: list[Shown]
    older: int | None
    first: bool


@dataclass
class Shown:
    """A thank-you as one reader sees it.

    ``reactions``: (kind, word, count, whether the reader's). ``people``: how many, where a whole team was thanked.
    ``receipt``: the reader's own, where he was thanked; ``without_points``: with his team, whose points passed him
    over; ``passed_over``: how many of the team they did, told to the giver alone. ``moderation``: what HR last did, for
    giver and receivers.
    """

    kudos: Kudos
    receipts: list[KudosReceiver]
    people: int = 0
    mine: bool = False
    receipt: KudosReceiver | None = None
    points: int = 0
    without_points: bool = False
    passed_over: int = 0
    picture: KudosPicture | None = None
    reactions: list[tuple[str, str, int, bool]] = field(default_factory=list)
    replies: list[KudosReceiver] = field(default_factory=list)
    moderation: KudosModeration | None = None


def cursor(text: str | None) -> int | None:
    """The number in ``?before=``; what is none counts as the beginning."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


# -- which -----------------------------------------------------------------------------------------------------------


def everybody(behaviour: int | None = None, before: int | None = None) -> list[int]:
    """Numbers of public thanks, newest first: a page and one more; with one ``behaviour`` (id) only those."""
    rows = Kudos.objects.filter(public=True, hidden_at=None).exclude(state=Kudos.State.WITHDRAWN)
    if behaviour is not None:
        rows = rows.filter(behaviour=behaviour)
    return list(_before(rows, "pk", before).order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])


def of_team(units: Sequence[int], before: int | None = None) -> list[int]:
    """Public thanks to people of ``units``, as they were that day."""
    # Each unit's newest by its own index, then the newest of those: one sort of a few, not of all.
    parts = [_newest(KudosReceiver.objects.filter(unit=unit, **OF_KUDOS), before) for unit in units]
    found: set[int] = set()
    for part in parts:
        found.update(part)
    return sorted(found, reverse=True)[: PAGE + 1]


def teams_of(reader: Employee) -> list[int]:
    """The reader's unit, and the units his direct reports work in."""
    led = Employee.objects.filter(manager=reader, left_on=None, unit__isnull=False).order_by("unit")
    units = dict.fromkeys([reader.unit_id, *led.values_list("unit", flat=True).distinct()[:UNITS]])
    return [unit for unit in units if unit is not None]


def received(reader: Employee, before: int | None = None) -> list[int]:
    """What the reader was thanked for, private and hidden ones, too."""
    return _newest(KudosReceiver.objects.filter(receiver=reader), before)


def given(reader: Employee, before: int | None = None) -> list[int]:
    """What he thanked for, withdrawn ones, too."""
    rows = _before(Kudos.objects.filter(giver=reader), "pk", before)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])


def _newest(receipts: QuerySet[KudosReceiver], before: int | None) -> list[int]:
    rows = _before(receipts, "kudos", before).exclude(kudos__state=Kudos.State.WITHDRAWN)
    return list(rows.order_by("-kudos_id").values_list("kudos_id", flat=True).distinct()[: PAGE + 1])


def _before(rows: QuerySet[Any], name: str, before: int | None) -> QuerySet[Any]:
    return rows if before is None else rows.filter(**{f"{name}__lt": before})


# -- how -------------------------------------------------------------------------------------------------------------


def page(ids: Sequence[int], reader: Employee, before: int | None, book: rules.Book | None = None) -> Page:
    """The page of ``ids`` (as found above) as ``reader`` sees it; a fixed number of queries."""
    shown = dress(ids[:PAGE], reader, book=book)
    return Page(shown, ids[PAGE - 1] if len(ids) > PAGE else None, before is None)


def dress(
    ids: Iterable[int], reader: Employee, *, every_amount: bool = False, book: rules.Book | None = None
) -> list[Shown]:
    """The thanks of ``ids`` with all that belongs to them, in that order; ``every_amount``: for who must judge them."""
    ids = list(ids)
    # Of a team's receivers only who is named on the page is read.
    named = Q(kudos__team=None) | Q(receiver=reader) | Q(reply__isnull=False)
    receipts = KudosReceiver.objects.filter(named).select_related("receiver__unit", "reply").order_by("pk")
    rows = Kudos.objects.select_related("giver", "behaviour", "requirement", "customer_unit", "team", "picture").defer(
        "picture__content", *UNREAD
    )
    found = rows.prefetch_related(Prefetch("receipts", receipts)).in_bulk(ids)
    thanks = [found[pk] for pk in ids if pk in found]
    hidden: set[int] = set()
    if not every_amount:
        hidden = choices.amounts_hidden(thanks, reader, everywhere=(book or rules.Book()).points.amounts_hidden)
    signs, counts = _reactions(found, reader), _team_counts(thanks)
    told = _moderations(pk for pk, one in found.items() if one.hidden_at)
    return [_shown(one, reader, hidden, signs, counts, told) for one in thanks]


def _shown(
    kudos: Kudos,
    reader: Employee,
    hidden: set[int],
    signs: dict[int, dict[str, tuple[int, bool]]],
    counts: dict[int, tuple[int, int]],
    told: dict[int, KudosModeration],
) -> Shown:
    receipts = list(kudos.receipts.all())  # type: ignore[attr-defined]
    mine = next((one for one in receipts if one.receiver_id == reader.pk), None)
    party = mine is not None or kudos.giver_id == reader.pk
    people, without = counts.get(kudos.pk, (0, 0))
    return Shown(
        kudos=kudos,
        receipts=[] if kudos.team_id else receipts,
        people=people,
        mine=kudos.giver_id == reader.pk,
        receipt=mine,
        points=0 if kudos.pk in hidden else kudos.points,
        without_points=bool(mine and mine.without_points),
        picture=getattr(kudos, "picture", None),
        passed_over=without if kudos.giver_id == reader.pk else 0,
        reactions=[
            (kind.value, str(kind.label), *signs[kudos.pk].get(kind.value, (0, False))) for kind in KudosReaction.Kind
        ],
        replies=[one for one in receipts if hasattr(one, "reply")],
        moderation=told.get(kudos.pk) if party else None,
    )


def _reactions(ids: Iterable[int], reader: Employee) -> dict[int, dict[str, tuple[int, bool]]]:
    rows = KudosReaction.objects.filter(kudos__in=list(ids)).order_by().values_list("kudos", "kind")
    counted = rows.annotate(all=Count("pk"), own=Count("pk", Q(employee=reader)))
    found: dict[int, dict[str, tuple[int, bool]]] = defaultdict(dict)
    for kudos, kind, every, own in counted:
        found[kudos][kind] = (every, bool(own))
    return found


def _team_counts(thanks: Sequence[Kudos]) -> dict[int, tuple[int, int]]:
    """Of thanks to teams: how many people, and how many of them without points."""
    ids = [one.pk for one in thanks if one.team_id]
    if not ids:
        return {}
    rows = KudosReceiver.objects.filter(kudos__in=ids).order_by().values_list("kudos")
    counted = rows.annotate(all=Count("pk"), without=Count("pk", Q(without_points=True)))
    return {kudos: (every, without) for kudos, every, without in counted}


def _moderations(ids: Iterable[int]) -> dict[int, KudosModeration]:
    """The last of each: they come in the order they were made."""
    wanted = list(ids)
    return {one.kudos_id: one for one in KudosModeration.objects.filter(kudos__in=wanted)} if wanted else {}
