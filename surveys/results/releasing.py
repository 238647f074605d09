"""Closing a wave: refuse further answers → seal → release → forget. Each step is repeatable and leaves its mark.

A crash anywhere is healed by calling :func:`close_wave` again: a step is one transaction that begins by locking the
wave's row and looking whether it was done. Keys are destroyed only after the release is committed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from random import SystemRandom
from typing import Any

from django.db import transaction
from django.utils import timezone
from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from culture.access.audit import record
from culture.people.models import Employee
from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.scales import scale_of
from surveys.results import computing, learning, measures
from surveys.results.models import CellGroup, Release, SealedComment, SealedOwn, SealedRating
from surveys.results.scoring import FORMULA_VERSION
from surveys.waves import keys, partitions
from surveys.waves.models import Invitation, Message, Wave

SEALED = (SealedOwn, SealedRating, SealedComment)
BATCH = 2000


class CannotClose(Exception):
    """The wave is in no state to be closed."""


def close_wave(wave: Wave, *, now: dt.datetime, by: Employee | None = None) -> Wave:
    """Close, seal, release and forget; whatever was done before is not done again."""
    refuse_answers(wave, now=now, by=by)
    seal(wave)
    release(wave, now=now, by=by)
    forget(wave)
    wave.refresh_from_db()
    learning.learn_from(wave, today=timezone.localdate(now))
    return wave


def refuse_answers(wave: Wave, *, now: dt.datetime, by: Employee | None = None) -> bool:
    """Open → closed, by whoever comes first. Waits for submits under way: they hold the wave's row."""
    with transaction.atomic():
        claimed = Wave.objects.filter(pk=wave.pk, state=Wave.State.OPEN).update(state=Wave.State.CLOSED, closed_at=now)
        if claimed:
            record(by, "wave.closed", wave)
    state = Wave.objects.values_list("state", flat=True).get(pk=wave.pk)
    if state not in (Wave.State.CLOSED, Wave.State.RELEASED):
        raise CannotClose(f"Only an open wave can be closed; this one is {Wave.State(state).label.lower()}.")
    return bool(claimed)


@transaction.atomic
def seal(wave: Wave) -> bool:
    """Open the envelopes, separate and shuffle what is in them, write it once, drop the inbox. One transaction."""
    wave = _locked(wave)
    if "sealed" in wave.snapshot or wave.state != Wave.State.CLOSED:
        return False
    keys.check(wave.pk, bytes(wave.public_key or b""))
    contents, unreadable = _open_envelopes(wave)
    own_items, provider_items = measures.item_lists(wave.snapshot)
    own = [
        SealedOwn(wave_id=wave.pk, block=one["block"], answers=[_number(one["own"], item) for item in own_items])
        for one in contents
    ]
    ratings = [
        SealedRating(
            wave_id=wave.pk,
            provider=int(provider),
            customer_block=one["block"],
            answers=[_number(answers, item) for item in provider_items],
        )
        for one in contents
        for provider, answers in one.get("providers", {}).items()
        if any(answer is not None for answer in answers.values())
    ]
    comments = [
        SealedComment(wave_id=wave.pk, item=code, home=one["block"], about_provider=False, text=text.strip())
        for one in contents
        for code, text in one.get("comment", {}).items()
        if text and text.strip()
    ]
    # A comment whose block is no home (too few answered) is kept without a place, and shown nowhere.
    respondents = Counter(one["block"] for one in contents)
    for comment in comments:
        if respondents[comment.home] < wave.rules["comment_home"]:
            comment.home = 0
    kinds: list[tuple[Any, list[Any]]] = [(SealedOwn, own), (SealedRating, ratings), (SealedComment, comments)]
    for model, rows in kinds:
        partitions.create(model._meta.db_table, wave.pk)
        # Rows lie in the table in the order of writing: each kind in an order of its own.
        SystemRandom().shuffle(rows)
        model.objects.bulk_create(rows, batch_size=BATCH)
    wave.snapshot["sealed"] = {
        "respondents": [[block, n] for block, n in sorted(respondents.items())],
        "raters": [[node, n] for node, n in sorted(_raters(wave, contents).items())],
        "unreadable": unreadable,
        "unused": learning.hardly_used(contents, wave.rules["k"]),
    }
    wave.save(update_fields=["snapshot"])
    partitions.drop(InboxEnvelope._meta.db_table, wave.pk)
    return True


def _locked(wave: Wave) -> Wave:
    return Wave.objects.select_for_update().get(pk=wave.pk)


def _open_envelopes(wave: Wave) -> tuple[list[dict[str, Any]], int]:
    """What is in the inbox. The key was checked before, so what it cannot open was never sealed for this wave."""
    box = SealedBox(keys.private_key(wave.pk))
    blocks = {block["id"] for block in wave.snapshot["blocks"]}
    contents, unreadable = [], 0
    for sealed in InboxEnvelope.objects.filter(wave_id=wave.pk).values_list("sealed", flat=True).iterator():
        try:
            content = json.loads(box.decrypt(bytes(sealed)))
        except (CryptoError, ValueError):
            content = None
        if isinstance(content, dict) and content.get("block") in blocks and isinstance(content.get("own"), dict):
            contents.append(content)
        else:
            unreadable += 1
    SystemRandom().shuffle(contents)
    return contents, unreadable


def _number(answers: dict[str, Any], item: dict[str, Any]) -> int | None:
    answer = answers.get(item["code"])
    return answer if answer is not None and scale_of(item).valid(answer) else None


def _raters(wave: Wave, contents: list[dict[str, Any]]) -> Counter[int]:
    """Distinct people who rated something in each group: to be counted before ratings lose their person."""
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
        }
        found.update({node for provider in rated if provider in place for node in above[place[provider]]})
    return found


@transaction.atomic
def release(wave: Wave, *, now: dt.datetime, by: Employee | None = None) -> bool:
    """Compute every number that will ever be shown and publish it. One transaction."""
    wave = _locked(wave)
    if wave.state != Wave.State.CLOSED or "sealed" not in wave.snapshot:
        return False
    sealed = _sealed(wave)
    groups = computing.compute(wave.snapshot, wave.rules, sealed)
    made = Release.objects.create(
        wave=wave, formula_version=FORMULA_VERSION, rules=wave.rules, rules_hash=rules_hash(wave)
    )
    CellGroup.objects.bulk_create(
        (
            CellGroup(
                release=made,
                family=group.family,
                unit=group.unit,
                other=group.other,
                name=group.name[:400],
                parent=group.parent,
                depth=group.depth,
                cells=group.cells,
                comments=group.comments,
            )
            for group in groups
        ),
        batch_size=BATCH,
    )
    wave.invited = sum(sealed.invited.values())
    wave.answered = _told_answered(wave.invited, sum(sealed.respondents.values()))
    wave.state, wave.released_at = Wave.State.RELEASED, now
    wave.save(update_fields=["invited", "answered", "state", "released_at"])
    record(by, "wave.released", wave, groups=len(groups), rules=made.rules_hash)
    return True


def _sealed(wave: Wave) -> computing.Sealed:
    own = SealedOwn.objects.filter(wave_id=wave.pk).values_list("block", "answers")
    ratings = SealedRating.objects.filter(wave_id=wave.pk).values_list("provider", "customer_block", "answers")
    comments = SealedComment.objects.filter(wave_id=wave.pk).exclude(home=0).values_list("home", "text")
    invited: Counter[int] = Counter()
    about: set[int] = set()
    for block, providers in Invitation.objects.filter(wave=wave).values_list("block", "providers"):
        invited[block] += 1
        about.update(providers)
    return computing.Sealed(
        own=list(own),
        ratings=list(ratings),
        comments=list(comments),
        respondents=dict(wave.snapshot["sealed"]["respondents"]),
        raters=dict(wave.snapshot["sealed"]["raters"]),
        invited=invited,
        asked_about=frozenset(about),
    )


def rules_hash(wave: Wave) -> str:
    """One fingerprint over the rules, the frozen snapshot and the formulas."""
    snapshot = {key: value for key, value in wave.snapshot.items() if key != "sealed"}
    whole = {"rules": wave.rules, "snapshot": snapshot, "formula": FORMULA_VERSION}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _told_answered(invited: int, answered: int) -> int:
    """The tally as participation may be told: in steps of 5 points, its ends censored."""
    if invited < 10:
        return 0
    return round(invited * min(max(round(answered / invited * 20) * 5, 10), 90) / 100)


def forget(wave: Wave) -> bool:
    """Destroy the wave's keys, then delete whatever names who was asked, reminded, or did not answer."""
    state, public_key = Wave.objects.values_list("state", "public_key").get(pk=wave.pk)
    if state != Wave.State.RELEASED or public_key is None:
        return False
    keys.destroy(wave.pk)
    with transaction.atomic():
        Message.objects.filter(invitation__wave=wave).delete()
        Invitation.objects.filter(wave=wave).delete()
        Draft.objects.filter(wave=wave).delete()
        # The mark that nothing is left to do.
        Wave.objects.filter(pk=wave.pk).update(public_key=None)
    return True
