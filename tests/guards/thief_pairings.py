"""The thief's world and his pairings: what he puts in order, against what (see test_thief.py)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from surveys.results import sealing
from surveys.results.models import SealedComment, SealedOwn, SealedRating
from surveys.waves import cuts
from surveys.waves.models import Invitation, Wave
from tests.guards import thief
from tests.guards.thief import Attack, Wal, pair_by_rank

PEOPLE = 200
# Units and how many of each are asked; of the last but one only two answer, of the last nobody.
UNITS = {
    "North": 26,
    "South": 24,
    "East": 24,
    "West": 22,
    "Shop": 22,
    "Depot": 20,
    "Desk": 20,
    "Team": 18,
    "Lab": 12,
    "Attic": 12,
}
FEW = "Lab"
PLANTED = "planted-secret"
LATER = dt.timedelta(days=40)


@dataclass
class World:
    wave: Wave
    wal: Wal
    answered: list[int] = field(default_factory=list)  # invitations, in the order of sending
    said: dict[int, dict[str, Any]] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)

    def people(self) -> dict[int, tuple[int, list[int], list[int]]]:
        """What the marks of a backup say: who answered → (block, providers, cuts)."""
        rows = Invitation.objects.filter(wave=self.wave, state=Invitation.State.ANSWERED)
        return {
            pk: (block, about, told) for pk, block, about, told in rows.values_list("pk", "block", "providers", "cuts")
        }


# -- orders ----------------------------------------------------------------------------------------------------------


def orders_of_people(world: World) -> dict[str, dict[int, Any]]:
    """Everything the thief can put people in order by, while the wave is open: to be kept for later."""
    wal = world.wal
    wal.learn_names()
    records = wal.records()
    inbox = f"surveys_inboxenvelope_{world.wave.pk}"
    marked = {
        pk: int(xmin)
        for pk, xmin in thief.query("SELECT id, xmin::text FROM surveys_invitation WHERE state = 'answered'")
    }
    envelope = {
        int(xmin): (uid, ctid)
        for uid, xmin, ctid in thief.query(f"SELECT id::text, xmin::text, ctid::text FROM {inbox}")
    }
    assert set(marked.values()) == set(envelope), "mark and envelope lie in one transaction: he knows whose is whose"
    logged = thief.by_transaction(records, "surveys_invitation", ["UPDATE", "UPDATE+INIT", "HOT_UPDATE"])
    toasted = thief.by_transaction(records, f"toast of {inbox}", ["INSERT", "INSERT+INIT"])
    dead = {
        int.from_bytes(one.body[:8], "little"): one for one in thief.tuples_on_disk("surveys_invitation") if one.xmax
    }
    orders: dict[str, dict[int, Any]] = {
        "moment of the mark (xmin)": marked,
        "mark in the WAL": {pk: logged[tx] for pk, tx in marked.items() if tx in logged},
        "envelope's place on disk": {pk: _place(envelope[tx][1]) for pk, tx in marked.items()},
        "envelope's id": {pk: envelope[tx][0] for pk, tx in marked.items()},
        "envelope's pieces in the WAL": {pk: toasted[tx] for pk, tx in marked.items() if tx in toasted},
        "dead row on disk": {pk: (dead[pk].xmax, dead[pk].block, dead[pk].line) for pk in marked if pk in dead},
        "id of the invitation": {pk: pk for pk in marked},
    }
    assert len(orders["mark in the WAL"]) == len(marked), "pg_waldump was read"
    return orders


def _place(ctid: str) -> tuple[int, ...]:
    return tuple(int(part) for part in ctid.strip("()").split(","))


def orders_of_rows(model: Any, wave_id: int) -> dict[str, dict[str, Any]]:
    """Everything he can put the rows of a sealed table in order by."""
    table = f"{model._meta.db_table}_{wave_id}"
    rows = thief.query(f"SELECT id::text, ctid::text, xmin::text, cmin::text FROM {table}")
    orders: dict[str, dict[str, Any]] = {
        "place of the row (ctid)": {uid: _place(ctid) for uid, ctid, _xmin, _cmin in rows},
        "moment of the row (xmin, cmin)": {uid: (int(x), int(c), _place(ctid)) for uid, ctid, x, c in rows},
        "id of the row": {uid: uid for uid, *_rest in rows},
    }
    on_disk = {str(uuid.UUID(bytes=one.body[8:24])): (one.block, -one.offset) for one in thief.tuples_on_disk(table)}
    orders["bytes on the page"] = {uid: on_disk[uid] for uid, *_rest in rows if uid in on_disk}
    return orders


# -- pairings --------------------------------------------------------------------------------------------------------


def attack_own(world: World, people: dict, orders: dict, *, at: int | None = None) -> tuple[list[Attack], list[int]]:
    """All pairings of own-unit answers; the sizes of the groups in which he must guess."""
    items = [item for item in world.wave.snapshot["items"] if item["kind"] != "comment" and item["about"] == "own"]
    whose = {tuple(said["own"].get(item["code"]) for item in items): pk for pk, said in world.said.items()}
    rows = list(SealedOwn.objects.filter(wave_id=world.wave.pk))
    truth = {str(row.id): whose[tuple(row.answers)] for row in rows}
    pairs = _groups(world, people, rows)
    assert all(len(someone) == len(mine) for someone, mine in pairs), "he works the groups out by our own rules"
    alike = Counter((row.block, tuple(row.cuts)) for row in rows)
    return pair_by_rank(pairs, orders, orders_of_rows(SealedOwn, world.wave.pk), truth), list(alike.values())


def _groups(world: World, people: dict, rows: list[SealedOwn]) -> list[tuple[list[int], list[str]]]:
    """Who can have written which rows, as small as the marks allow, by the product's own rules applied to them."""
    tree = sealing.computing.reporting_tree(world.wave.snapshot)
    k = world.wave.rules["k"]
    home = sealing.placing.own_places(tree, Counter(block for block, _about, _told in people.values()), k)
    combos = Counter((home[block], tuple(told)) for block, _about, told in people.values())
    stored = cuts.generalise(combos, k)
    # Combinations of which some are stored alike cannot be told apart: one group.
    linked: dict[Any, set[Any]] = {}
    for (place, told), n in combos.items():
        mine = {("told", place, told)} | {("row", place, tuple(stored.take(place, told))) for _ in range(n)}
        for other in [linked[one] for one in mine if one in linked]:
            mine |= other
        linked.update(dict.fromkeys(mine, mine))
    groups: dict[int, tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
    for pk, (block, _about, told) in people.items():
        groups[id(linked["told", home[block], tuple(told)])][0].append(pk)
    for row in rows:
        groups[id(linked["row", row.block, tuple(row.cuts)])][1].append(str(row.id))
    return list(groups.values())


def attack_ratings(world: World, people: dict, orders: dict) -> tuple[list[Attack], list[int]]:
    items = [item for item in world.wave.snapshot["items"] if item["kind"] != "comment" and item["about"] == "provider"]
    whose: dict[tuple, int] = {}
    raters = defaultdict(list)
    for pk, said in world.said.items():
        for provider, given in said["ratings"].items():
            whose[provider, people[pk][0], tuple(given.get(item["code"]) for item in items)] = pk
            raters[provider, people[pk][0]].append(pk)
    cells = sealing.placing.rating_places({cell: len(mine) for cell, mine in raters.items()}, world.wave.rules["k"])
    candidates, of_rows, truth = defaultdict(list), defaultdict(list), {}
    for cell, mine in raters.items():
        if (place := cells[cell]) is not None:
            candidates[place] += mine
    by_answers = defaultdict(list)
    for (provider, block, given), pk in whose.items():
        by_answers[cells[provider, block], given].append(pk)
    for row in SealedRating.objects.filter(wave_id=world.wave.pk):
        place = (row.provider, row.customer_block)
        of_rows[place].append(str(row.id))
        truth[str(row.id)] = by_answers[place, tuple(row.answers)][0]
    pairs = [(candidates[place], mine) for place, mine in of_rows.items()]
    return pair_by_rank(pairs, orders, orders_of_rows(SealedRating, world.wave.pk), truth), [len(g) for g, _ in pairs]


def attack_comments(world: World, people: dict, orders: dict) -> tuple[list[Attack], list[int]]:
    """He is even told who commented."""
    whose = {said["comment"]: pk for pk, said in world.said.items() if said["comment"]}
    rows = list(SealedComment.objects.filter(wave_id=world.wave.pk, about_provider=False))
    truth = {str(row.id): whose[row.text] for row in rows}
    groups = defaultdict(lambda: ([], []))
    homes = {row.home for row in rows}
    for row in rows:
        groups[row.home][1].append(str(row.id))
    for pk in whose.values():
        groups[people[pk][0] if people[pk][0] in homes else 0][0].append(pk)
    return pair_by_rank(list(groups.values()), orders, orders_of_rows(SealedComment, world.wave.pk), truth), []


def attack_links(world: World) -> list[Attack]:
    """Rows of two kinds against each other: own answers and ratings of one block, by their orders."""
    own_items = [item for item in world.wave.snapshot["items"] if item["kind"] != "comment" and item["about"] == "own"]
    items = [item for item in world.wave.snapshot["items"] if item["kind"] != "comment" and item["about"] == "provider"]
    own_of = {tuple(said["own"].get(item["code"]) for item in own_items): pk for pk, said in world.said.items()}
    rated_by = {
        (provider, tuple(given.get(item["code"]) for item in items)): pk
        for pk, said in world.said.items()
        for provider, given in said["ratings"].items()
    }
    own, ratings, truth = defaultdict(list), defaultdict(list), {}
    person_of = {}
    for row in SealedOwn.objects.filter(wave_id=world.wave.pk):
        own[row.block].append(str(row.id))
        person_of[str(row.id)] = own_of[tuple(row.answers)]
    rows_of = {pk: uid for uid, pk in person_of.items()}
    for row in SealedRating.objects.filter(wave_id=world.wave.pk):
        ratings[row.customer_block].append(str(row.id))
        truth[str(row.id)] = rows_of[rated_by[row.provider, tuple(row.answers)]]
    pairs = [(own[block], ratings[block]) for block in own if len(own[block]) == len(ratings[block])]
    assert len(pairs) >= 3
    return pair_by_rank(
        pairs, orders_of_rows(SealedOwn, world.wave.pk), orders_of_rows(SealedRating, world.wave.pk), truth
    )
