"""Sealing and forgetting: the two steps of closing that cut answers off from people. Each is repeatable.

:func:`seal` is one transaction: it opens the envelopes, separates what is in them into rows that nothing joins, writes
each kind once in an order of its own, and drops the inbox. :func:`forget` comes after the release: it makes the rows
coarser, destroys the wave's keys and deletes whatever says who was asked, reminded, or did not answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import SystemRandom
from typing import Any

from django.db import DatabaseError, connection, transaction
from nacl.public import SealedBox

from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.scales import scale_of
from surveys.results import computing, kept, learning, masking, measures, placing
from surveys.results.models import SealedComment, SealedOwn, SealedRating
from surveys.results.receipt_models import ReceiptList
from surveys.waves import cuts, keeping, keys, partitions, receipts
from surveys.waves.message_models import Code
from surveys.waves.models import Invitation, Message, Wave

SEALED = (SealedOwn, SealedRating, SealedComment)
Content = dict[str, Any]
# Where the ratings of (provider, customer block) are kept; None: nowhere.
Places = Mapping[tuple[int, int], tuple[int, int] | None]


def locked(wave: Wave) -> Wave:
    return Wave.objects.select_for_update().get(pk=wave.pk)


# -- sealing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def seal(wave: Wave) -> bool:
    """Open the envelopes, separate and shuffle what is in them, write it once, drop the inbox. One transaction."""
    wave = locked(wave)
    if "sealed" in wave.snapshot or wave.state != Wave.State.CLOSED:
        return False
    keys.check_all(wave.pk, keeping.publics(wave))
    contents, unreadable = _open_envelopes(wave)
    respondents = Counter(one["block"] for one in contents)
    raters = Counter(cell for one in contents for cell in _rated(one))
    places = placing.rating_places(raters, wave.rules["k"])
    kinds: list[tuple[Any, list[Any]]] = [
        (SealedOwn, _own_rows(wave, contents, respondents)),
        (SealedRating, _rating_rows(wave, contents, places)),
        (SealedComment, _comment_rows(wave, contents, respondents, raters)),
    ]
    for model, rows in kinds:
        partitions.create(model._meta.db_table, wave.pk)
        _write(model, rows)
    wave.snapshot["sealed"] = {
        "respondents": [[block, n] for block, n in sorted(respondents.items())],
        "raters": [[node, n] for node, n in sorted(_raters(wave, contents, places).items())],
        "unreadable": unreadable,
        "unused": learning.hardly_used(contents, wave.rules["k"]),
    }
    if verdicts := kept.tally(wave.snapshot, contents, wave.rules["k"]):
        wave.snapshot["sealed"]["verdicts"] = verdicts
    wave.save(update_fields=["snapshot"])
    _keep_receipts(wave, contents)
    partitions.drop(InboxEnvelope._meta.db_table, wave.pk)
    return True


def _open_envelopes(wave: Wave) -> tuple[list[Content], int]:
    """What is in the inbox. The keys were checked before, so what none opens was never sealed for this wave."""
    boxes = keys.boxes_of(keys.load(wave.pk))
    blocks = {block["id"] for block in wave.snapshot["blocks"]}
    contents, unreadable = [], 0
    for sealed in InboxEnvelope.objects.filter(wave_id=wave.pk).values_list("sealed", flat=True).iterator():
        content = _opened(boxes, bytes(sealed))
        if isinstance(content, dict) and content.get("block") in blocks and isinstance(content.get("own"), dict):
            contents.append(content)
        else:
            unreadable += 1
    SystemRandom().shuffle(contents)
    return contents, unreadable


def _opened(boxes: list[SealedBox], sealed: bytes) -> Any:
    plain = keys.opened(boxes, sealed)
    try:
        return json.loads(plain) if plain is not None else None
    except ValueError:
        return None


def _rated(one: Content) -> list[tuple[int, int]]:
    """(provider, customer block) of everything this person rated."""
    given = one.get("providers", {}).items()
    return [(int(unit), one["block"]) for unit, answers in given if any(a is not None for a in answers.values())]


def _own_rows(wave: Wave, contents: list[Content], respondents: Mapping[int, int]) -> list[SealedOwn]:
    items = measures.item_lists(wave.snapshot)[0]
    places = placing.own_places(computing.reporting_tree(wave.snapshot), respondents, wave.rules["k"])
    width = len(wave.snapshot.get("cuts", ()))
    where = [(places[one["block"]], _categories(one, width)) for one in contents]
    told = cuts.generalise(Counter(where), wave.rules["k"])
    return [
        SealedOwn(
            wave_id=wave.pk,
            block=place,
            cuts=list(told.take(place, categories)),
            answers=[_number(one["own"], item) for item in items],
        )
        for one, (place, categories) in zip(contents, where, strict=True)
        if place is not None
    ]


def _categories(one: Content, width: int) -> tuple[int, ...]:
    """The category of each cut; none is told where the envelope does not say."""
    given = tuple(one.get("cuts", ()))
    return given if len(given) == width else (cuts.NOT_TOLD,) * width


def _rating_rows(wave: Wave, contents: list[Content], places: Places) -> list[SealedRating]:
    items = measures.item_lists(wave.snapshot)[1]
    return [
        SealedRating(
            wave_id=wave.pk,
            provider=place[0],
            customer_block=place[1],
            answers=[_number(one["providers"][str(provider)], item) for item in items],
        )
        for one in contents
        for provider, customer in _rated(one)
        if (place := places[provider, customer]) is not None
    ]


def _comment_rows(
    wave: Wave, contents: list[Content], respondents: Mapping[int, int], raters: Mapping[tuple[int, int], int]
) -> list[SealedComment]:
    """A comment whose home is too small (too few answered) is kept without a place, and shown nowhere."""
    least = wave.rules["comment_home"]
    by_provider: Counter[int] = Counter()
    for (provider, _customer), n in raters.items():
        by_provider[provider] += n
    rows = []
    for one in contents:
        home = one["block"] if respondents[one["block"]] >= least else placing.NOWHERE
        said = [(code, home, False, text) for code, text in one.get("comment", {}).items()]
        for provider, texts in one.get("about", {}).items():
            at = int(provider) if by_provider[int(provider)] >= least else placing.NOWHERE
            said += [(code, at, True, text) for code, text in texts.items()]
        rows += [
            SealedComment(wave_id=wave.pk, item=code, home=at, about_provider=about, text=text.strip())
            for code, at, about, text in said
            if text and text.strip()
        ]
    return rows


def _write(model: Any, rows: list[Any]) -> None:
    _copy(model, [_values(model, row) for row in rows])


def _values(model: Any, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, field.attname) for field in model._meta.concrete_fields)


def _copy(model: Any, rows: list[tuple[Any, ...]]) -> None:
    # Rows lie in the table in the order of writing: each kind in an order of its own.
    SystemRandom().shuffle(rows)
    columns = ", ".join(field.column for field in model._meta.concrete_fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _number(answers: dict[str, Any], item: dict[str, Any]) -> int | None:
    answer = answers.get(item["code"])
    return answer if answer is not None and scale_of(item).valid(answer) else None


def _raters(wave: Wave, contents: list[Content], places: Places) -> Counter[int]:
    """Distinct people who rated something in each group: to be counted before ratings lose their person.

    Ratings that are not kept (``places`` None) are behind no number, so nobody is counted for them.
    """
    tree = computing.reporting_tree(wave.snapshot)
    place = computing.node_of_unit(wave.snapshot, tree)
    above = computing.ancestors(tree)
    items = [item for item in measures.item_lists(wave.snapshot)[1] if item["kind"] in measures.SERVICE_KINDS]
    found: Counter[int] = Counter()
    for one in contents:
        rated = {
            int(provider)
            for provider, answers in one.get("providers", {}).items()
            if 2 * sum(_number(answers, item) is not None for item in items) > len(items)
            and places.get((int(provider), one["block"])) is not None
        }
        found.update({node for provider in rated if provider in place for node in above[place[provider]]})
    return found


def _keep_receipts(wave: Wave, contents: list[Content]) -> None:
    """The sorted digests of the codes in the envelopes; their order and number say nothing of who sent which."""
    if not wave.rules.get("receipts"):
        return
    found = [bytes.fromhex(one["receipt"]) for one in contents if receipts.is_digest(one.get("receipt"))]
    ReceiptList.objects.create(wave=wave, digests=b"".join(sorted(set(found))))


# -- forgetting ------------------------------------------------------------------------------------------------------


def forget(wave: Wave) -> bool:
    """After the release: coarser rows, no keys, and nothing that names who was asked or did not answer."""
    state, public_key = Wave.objects.values_list("state", "public_key").get(pk=wave.pk)
    if state != Wave.State.RELEASED or public_key is None:
        return False
    coarsen(wave)
    keys.destroy(wave.pk)
    with transaction.atomic():
        Message.objects.filter(invitation__wave=wave).delete()
        Invitation.objects.filter(wave=wave).delete()
        Draft.objects.filter(wave=wave).delete()
        # The mark that nothing is left to do.
        Wave.objects.filter(pk=wave.pk).update(public_key=None, earlier_keys=[])
    _sweep()
    return True


@transaction.atomic
def coarsen(wave: Wave) -> bool:
    """Rewrite the sealed rows so that every combination of attributes they carry is shared by at least 30.

    What they told of smaller groups is in the released cells by now, shown or hidden.
    """
    wave = locked(wave)
    sealed = wave.snapshot.get("sealed")
    if not sealed or sealed.get("kept") == placing.KEPT or wave.state != Wave.State.RELEASED:
        return False
    tree = computing.reporting_tree(wave.snapshot)
    own, ratings = SealedOwn.objects.filter(wave_id=wave.pk), SealedRating.objects.filter(wave_id=wave.pk)
    where = Counter((block, tuple(of)) for block, of in own.values_list("block", "cuts"))
    people: Counter[int] = Counter()
    for (block, _cuts), n in where.items():
        people[block] += n
    own_places = placing.own_places(tree, people, placing.KEPT)
    pooled: Counter[tuple[int | None, tuple[int, ...]]] = Counter()
    for (block, of), n in where.items():
        pooled[own_places[block], of] += n
    told = cuts.generalise(pooled, placing.KEPT)
    cells = Counter(ratings.values_list("provider", "customer_block"))
    rating_places = placing.rating_places(cells, placing.KEPT)
    homes = Counter(dict(sealed["respondents"]))
    about: Counter[int] = Counter()
    for (provider, _customer), n in cells.items():
        about[provider] += n

    def new_own(row: SealedOwn) -> bool:
        place = own_places[row.block]
        row.cuts = list(told.take(place, tuple(row.cuts)))
        row.block = place if place is not None else placing.NOWHERE
        return place is not None

    def new_rating(row: SealedRating) -> bool:
        place = rating_places[row.provider, row.customer_block]
        row.provider, row.customer_block = place or (0, 0)
        return place is not None

    def new_comment(row: SealedComment) -> bool:
        people = about if row.about_provider else homes
        if people[row.home] < placing.KEPT:
            row.home = placing.NOWHERE
        # What was masked is gone for good.
        row.text, _masked = masking.applied(row.text, row.masks)
        row.masks = []
        return True

    for model, change in ((SealedOwn, new_own), (SealedRating, new_rating), (SealedComment, new_comment)):
        _rewrite(model, wave.pk, change)
    sealed["kept"] = placing.KEPT
    sealed.pop("verdicts", None)
    wave.save(update_fields=["snapshot"])
    return True


def _rewrite(model: Any, wave_id: int, change: Callable[[Any], bool]) -> None:
    """Every row anew: another id, another place on disk, another order; rows ``change`` refuses are left out."""
    rows = []
    for row in model.objects.filter(wave_id=wave_id).iterator():
        if change(row):
            row.id = model._meta.get_field("id").get_default()
            rows.append(_values(model, row))
    partitions.drop(model._meta.db_table, wave_id)
    partitions.create(model._meta.db_table, wave_id)
    _copy(model, rows)


def _sweep() -> None:
    """Take the deleted marks off the pages, too: until then they lie there as dead rows."""
    if connection.in_atomic_block:
        return  # a caller's transaction: VACUUM cannot run in one, autovacuum does it later
    # Autovacuum does it later, if this fails.
    with suppress(DatabaseError), connection.cursor() as cursor:
        for model in (Message, Invitation, Code, Draft):
            cursor.execute(f"VACUUM (TRUNCATE false) {model._meta.db_table}")
