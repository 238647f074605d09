"""The thief of confidentiality.md, section 4: with database, files, WAL, logs, queues and mails of a wave of 200,
while it is open and after it closed, he pairs answers with people no better than chance.

What he measures. Within a group of m people whose rows look alike, a blind pairing gets one right on average whatever m
is (the fixed points of a random permutation), so all groups together give about Poisson(number of groups). He tries
every order of people he can find against every order of rows, both ways, and must stay below the limit that chance
alone exceeds once in a million runs (thief.chance_limit, Bonferroni over all attacks). A deliberately leaky product,
in the same world with the same attacks, must be far above that limit: otherwise the test could not fail.
"""

from __future__ import annotations

import random
import uuid
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from nacl.public import PublicKey, SealedBox

from culture.people.models import Employee
from surveys.answering import drafts, submitting
from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.loading import load_library
from surveys.results import releasing, sealing, tick
from surveys.results.models import SealedComment, SealedOwn
from surveys.waves import delivery, keys, opening, series
from surveys.waves.models import Invitation, ServiceLink, Wave
from tests.conftest import make_person, make_unit
from tests.guards import thief
from tests.guards.thief import Attack, Wal, best, chance_limit, pair_by_rank
from tests.guards.thief_pairings import (
    FEW,
    LATER,
    PEOPLE,
    PLANTED,
    UNITS,
    World,
    attack_comments,
    attack_links,
    attack_own,
    attack_ratings,
    orders_of_people,
    orders_of_rows,
)


@pytest.fixture
def world(transactional_db: None, settings: Any) -> Iterator[World]:
    if thief.data_directory() is None:
        pytest.skip("The files of PostgreSQL are not on this machine, or not readable by this user.")
    top = make_unit("Meridian")
    units = {name: make_unit(name, top) for name in [*UNITS, "Services"]}
    for name, size in UNITS.items():
        for n in range(size):
            make_person(
                f"{name}{n}", units[name], site=["Rome", "Cluj"][n % 2], job_family=["Sales", "Care"][n % 3 == 0]
            )
        ServiceLink.objects.create(customer=units[name], provider=units["Services"])
    assert Employee.objects.count() == PEOPLE
    today = timezone.localdate()
    made = series.create(
        by=None,
        name="Thief",
        instrument=load_library(),
        first_opens_on=today,
        every_months=12,
        occurrences=1,
        open_days=14,
        reminder_days=(5,),
        receipts=True,
    )
    wal = Wal()
    wal.begin()
    wave = made.waves.get(number=1)
    try:
        opening.open_wave(wave, now=timezone.now())
        yield World(Wave.objects.get(pk=wave.pk), wal)
    finally:
        wal.end()


def answer_all(world: World) -> None:
    """Four in five answer by their link, page by page, in an order of chance; half of them comment."""
    chance = random.Random(11)
    invitations = list(Invitation.objects.filter(wave=world.wave).select_related("employee__unit").order_by("pk"))
    by_unit = defaultdict(list)
    for invitation in invitations:
        by_unit[invitation.employee.unit.name].append(invitation)
    going = [one for name, mine in by_unit.items() for one in mine[: {FEW: 2, "Attic": 0}.get(name, len(mine))]]
    chance.shuffle(going)
    for n, invitation in enumerate(going):
        token = keys.link_token(world.wave.pk, invitation.pk)
        comment = f"{PLANTED} {uuid.UUID(int=chance.getrandbits(128))}" if chance.random() < 0.5 else ""
        client, said = Client(REMOTE_ADDR=f"10.1.{n % 200}.9"), {"comment": comment, "own": {}, "ratings": {}}
        for page in submitting.pages_of(world.wave, invitation.providers, seed=token):
            given = {}
            for one in page.fields:
                given[one.name] = comment if one.is_comment else str(chance.randint(1, 5))
                if not one.is_comment:
                    part = said["own"] if one.provider is None else said["ratings"].setdefault(one.provider, {})
                    part[one.code] = int(given[one.name])
            assert client.post(f"/s/{token}/{page.number}/", given).status_code == 303
        assert client.post(f"/s/{token}/check/").status_code == 303
        world.answered.append(invitation.pk)
        world.said[invitation.pk] = said
    assert Invitation.objects.filter(state="answered").count() == len(going) > 150


# -- the test --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_thief_does_no_better_than_chance(world: World) -> None:
    deliver(world)
    answer_all(world)
    people, orders = world.people(), orders_of_people(world)
    secrets = [keys.load(world.wave.pk).private, keys.load(world.wave.pk).secret]
    open_still(world, secrets)
    leaky_products_are_caught(world, people, orders)
    closed_step_by_step(world, people, orders)
    nothing_is_left(world, secrets)


def deliver(world: World) -> None:
    for _ in range(40):
        if not delivery.send_due(now=timezone.now(), limit=50).progress:
            break
    world.mails += [f"{one.to} {one.subject} {one.body}" for one in mail.outbox]
    assert len(world.mails) == PEOPLE, "the thief has the mails, with everybody's link"


def planted(world: World) -> list[bytes]:
    """What must be nowhere: comments, in the forms databases and logs write text in."""
    found = [PLANTED.encode(), PLANTED.encode("utf-16-le"), PLANTED.encode().hex().encode()]
    return found + [PLANTED.encode().hex().upper().encode()]


def open_still(world: World, secrets: list[bytes]) -> None:
    """While it is open he knows whose envelope is whose, and that is all he knows."""
    inbox = f"surveys_inboxenvelope_{world.wave.pk}"
    sealed = {uid: bytes(content) for uid, content in thief.query(f"SELECT id::text, sealed FROM {inbox}")}
    assert len({len(one) for one in sealed.values()}) == 1, "no envelope is longer than another"
    joined = b"".join(sealed.values())
    assert len(zlib.compress(joined, 9)) > 0.99 * len(joined), "nothing to be seen in them"
    assert not Draft.objects.filter(wave=world.wave).exists()
    saves = thief.count_by_transaction(world.wal.records(), "surveys_draft")
    marked = {
        pk: int(x) for pk, x in thief.query("SELECT id, xmin::text FROM surveys_invitation WHERE state = 'answered'")
    }
    telling = thief.told_by_number(
        {pk: saves.get(tx, 0) for pk, tx in marked.items()}, [pk for pk in marked if world.said[pk]["comment"]]
    )
    assert 0.3 < telling < 0.7, "what a submit writes tells nothing of a comment"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(false, 'thief', 'control-4711')")
        cursor.execute("ANALYZE")
    everything = thief.everything_said(world.mails)
    everything |= {"WAL": world.wal.bytes()}
    for table in ("surveys_invitation", "surveys_draft", "surveys_message", inbox):
        everything[f"file of {table}"] = thief.relation_file(table).read_bytes()
    assert b"control-4711" in everything["WAL"], "what is in the WAL is found"
    for place, content in everything.items():
        for secret in planted(world):
            assert secret not in content, f"a comment stands in {place}"
        for secret in secrets:
            assert secret not in content and secret.hex().encode() not in content, f"a key stands in {place}"
    tokens = [keys.link_token(world.wave.pk, pk).encode() for pk in world.answered]
    for place, content in everything.items():
        if place != "mails":
            assert not any(token in content for token in tokens), f"a personal link stands in {place}"


def leaky_products_are_caught(world: World, people: dict, orders: dict) -> None:
    """The same attacks on products that leak: without these the test could not fail."""
    for name, leak in LEAKS.items():
        with pytest.MonkeyPatch.context() as patch, transaction.atomic():
            leak(patch)
            wave = Wave.objects.get(pk=world.wave.pk)
            releasing.refuse_answers(wave, now=timezone.now() + LATER)
            sealing.seal(wave)
            attacks, sizes = attack_own(world, people, orders)
            limit = chance_limit(len(sizes), len(attacks))
            assert best(attacks).right > 2 * limit, f"{name}: not caught, {best(attacks)} (limit {limit})"
            assert best(attacks).right > 0.9 * best(attacks).of, f"{name}: {best(attacks)}"
            transaction.set_rollback(True)
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        _small_groups(patch)
        releasing.refuse_answers(Wave.objects.get(pk=world.wave.pk), now=timezone.now() + LATER)
        sealing.seal(Wave.objects.get(pk=world.wave.pk))
        assert min(attack_own(world, people, orders)[1]) == 2, "two of the Lab answered: a coin says whose is whose"
        transaction.set_rollback(True)
    unpadded(world)


class Lazy:
    """A product that forgets to shuffle."""

    def shuffle(self, rows: list) -> None:
        return


def _ids_in_order(patch: Any) -> None:
    number = count(1)
    real = sealing._open_envelopes

    def in_order(wave: Wave) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(sealing, "SystemRandom", Lazy)
            return real(wave)

    patch.setattr(sealing, "_open_envelopes", in_order)
    patch.setattr(SealedOwn._meta.get_field("id"), "_get_default", lambda: uuid.UUID(int=next(number)))


def _small_groups(patch: Any) -> None:
    """A product that stores everybody's own block, however few of it answered."""
    patch.setattr(sealing.placing, "own_places", lambda tree, people, least: {block: block for block in people})


LEAKS = {
    "rows in the order of the envelopes": lambda patch: patch.setattr(sealing, "SystemRandom", Lazy),
    "ids in the order of the envelopes": _ids_in_order,
}


def unpadded(world: World) -> None:
    """An envelope as long as what is in it tells who commented."""
    box = SealedBox(PublicKey(bytes(world.wave.public_key or b"")))
    lengths = {pk: len(box.encrypt(repr(said).encode())) for pk, said in world.said.items()}
    assert thief.told_by_number(lengths, [pk for pk, said in world.said.items() if said["comment"]]) > 0.95
    padded = {pk: len(box.encrypt(drafts.pad(said, 12288))) for pk, said in world.said.items()}
    assert thief.told_by_number(padded, [pk for pk, said in world.said.items() if said["comment"]]) == 0.5


def closed_step_by_step(world: World, people: dict, orders: dict) -> None:
    """He comes after every step of closing; the copy he made while it was open is still his."""
    wave = Wave.objects.get(pk=world.wave.pk)
    later = timezone.now() + LATER
    tick.tick(now=later)  # its message lies in Redis
    releasing.refuse_answers(wave, now=later)
    sealing.seal(wave)
    world.wal.learn_names()
    attacks, sizes = attack_own(world, people, orders)
    stand(attacks, len(sizes))
    k = world.wave.rules["k"]
    assert min(sizes) >= k, "a row fits at least k people who answered, also with the marks of a copy in hand"
    assert FEW in {one["name"] for one in world.wave.snapshot["units"]} and sum(sizes) == len(world.answered)
    rated, cells = attack_ratings(world, people, orders)
    stand(rated, len(cells))
    assert min(cells) >= k
    said, _none = attack_comments(world, people, orders)
    stand(said, 1 + len({row.home for row in SealedComment.objects.filter(wave_id=wave.pk)}))
    stand(attack_links(world), len(UNITS))
    releasing.release(wave, now=later)
    sealing.coarsen(wave)
    own = Counter((row.block, tuple(row.cuts)) for row in SealedOwn.objects.filter(wave_id=wave.pk))
    assert min(own.values()) >= 30
    later_orders = orders_of_rows(SealedOwn, wave.pk)
    whole = [(list(people), list(later_orders["id of the row"]))]
    items = [item for item in world.wave.snapshot["items"] if item["kind"] != "comment" and item["about"] == "own"]
    whose = {tuple(one["own"].get(item["code"]) for item in items): pk for pk, one in world.said.items()}
    truth = {str(row.id): whose[tuple(row.answers)] for row in SealedOwn.objects.filter(wave_id=wave.pk)}
    stand(pair_by_rank(whole, orders, later_orders, truth), 1)
    sealing.forget(wave)


def stand(attacks: list[Attack], groups: int) -> None:
    limit = chance_limit(groups, len(attacks))
    print(f"{len(attacks)} pairings, {groups} groups, limit {limit}; best: {best(attacks)}")
    assert len(attacks) >= 20
    assert best(attacks).right <= limit, f"{best(attacks)}; chance gives at most {limit}"
    assert limit < 0.5 * best(attacks).of, "the limit is far below what a leak gives"


def nothing_is_left(world: World, secrets: list[bytes]) -> None:
    """After the release: no key, no mark, no reminder, neither in the tables nor as dead rows on their pages."""
    assert not keys.exists(world.wave.pk)
    assert (Invitation.objects.count(), Draft.objects.count(), InboxEnvelope.objects.count()) == (0, 0, 0)
    for table in ("surveys_invitation", "surveys_message"):
        assert thief.tuples_on_disk(table) == [], f"dead rows of {table} still say who did not answer"
    everything = thief.everything_said(world.mails)
    for place, content in everything.items():
        if place == "pg_stats":
            continue  # comments are in their table now, and so in its statistics: without a person
        assert not any(secret in content for secret in planted(world)), f"a comment stands in {place}"
        for secret in secrets:
            assert secret not in content and secret.hex().encode() not in content, f"a key stands in {place}"


# -- the instruments -------------------------------------------------------------------------------------------------


def test_a_blind_pairing_stays_below_the_limit_and_a_leak_does_not() -> None:
    chance = random.Random(3)
    groups, truth, moment = [], {}, {}
    for g in range(10):
        people = [f"p{g}-{n}" for n in range(20)]
        rows = [f"r{g}-{n}" for n in range(20)]
        groups.append((people, rows))
        truth |= dict(zip(rows, people, strict=True))
        moment |= {person: chance.random() for person in people}
    limit = chance_limit(len(groups), 40)
    assert 20 < limit < 60
    blind = [{row: chance.random() for row in truth} for _ in range(20)]
    honest = pair_by_rank(groups, {"moment": moment}, {str(n): one for n, one in enumerate(blind)}, truth)
    assert len(honest) == 40 and best(honest).right <= limit
    assert 5 < sum(one.right for one in honest) / 40 < 15, "about one a group"
    leak = pair_by_rank(groups, {"moment": moment}, {"order": {row: moment[who] for row, who in truth.items()}}, truth)
    assert best(leak).right == 200
    half = {row: moment[who] if chance.random() < 0.5 else chance.random() for row, who in truth.items()}
    assert best(pair_by_rank(groups[:1], {"m": moment}, {"half": half}, truth)).right < 20


def test_a_number_that_tells_and_one_that_does_not() -> None:
    assert thief.told_by_number({1: 5.0, 2: 5.0, 3: 1.0}, [1, 2]) == 1.0
    assert thief.told_by_number({1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}, [1, 2]) == 0.5
