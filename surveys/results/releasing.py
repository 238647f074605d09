"""Closing a wave: refuse further answers → seal → (comments are looked at for names) → release → forget.

Each step is repeatable and leaves its mark.
A crash anywhere is healed by calling :func:`close_wave` again: a step is one transaction that begins by locking the
wave's row and looking whether it was done. Keys are destroyed only after the release is committed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from culture.access.audit import record
from culture.people.models import Employee
from surveys.results import comment_release, computing, history, kept, learning, meaning, moderating, repeats, sharing
from surveys.results.groups import Group, Sealed
from surveys.results.models import Release, SealedOwn, SealedRating
from surveys.results.scoring import FORMULA_VERSION
from surveys.results.sealing import forget, locked, seal
from surveys.waves import turnout
from surveys.waves.models import Invitation, Wave

# Of the advisory lock under which releases are published.
LOCK = 7_310_017


class CannotClose(Exception):
    """The wave is in no state to be closed."""


def close_wave(wave: Wave, *, now: dt.datetime, by: Employee | None = None) -> Wave:
    """Close, seal, release and forget; whatever was done before is not done again. Comments may have to be looked at
    first (moderating.py): then the wave stays closed, and this is called again."""
    refuse_answers(wave, now=now, by=by)
    seal(wave)
    if moderating.waits(wave, now=now):
        wave.refresh_from_db()
        return wave
    release(wave, now=now, by=by)
    wave.refresh_from_db()
    try:
        # Before forgetting: after a crash nobody comes back to a wave that is forgotten.
        learning.learn_from(wave, today=timezone.localdate(now))
    finally:
        # Whatever becomes of that, the keys go.
        forget(wave)
    wave.refresh_from_db()
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


def release(wave: Wave, *, now: dt.datetime, by: Employee | None = None) -> bool:
    """Compute every number that will ever be shown and publish it.

    Sealed rows and the marks of a closed wave stay as they are, so the long part needs no lock; one transaction then
    writes it all, if nobody was quicker. A crash leaves nothing behind.
    """
    wave = Wave.objects.select_related("version__instrument").get(pk=wave.pk)
    if wave.state != Wave.State.CLOSED or "sealed" not in wave.snapshot:
        return False
    tell = partial(_tell, wave)
    sealed = _sealed(wave, tell)
    groups = computing.compute(wave.snapshot, wave.rules, sealed, tell)
    tell("meaning")
    before, first = history.before(wave), history.first(wave)
    groups = meaning.complete(groups, wave.snapshot, wave.rules, sealed, before=before, first=first)
    tell("writing")
    return _publish(wave, groups, sealed, now=now, by=by)


@transaction.atomic
def _publish(wave: Wave, groups: list[Group], sealed: Sealed, *, now: dt.datetime, by: Employee | None) -> bool:
    # One release after the other: what was released near it, before or meanwhile, is all known here.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    wave = locked(wave)
    if wave.state != Wave.State.CLOSED:
        return False
    groups = repeats.protect(wave, groups) + kept.groups(wave.snapshot, wave.rules)
    made = Release.objects.create(
        wave=wave,
        formula_version=FORMULA_VERSION,
        instrument=str(wave.version or "")[:120],
        rules=wave.rules,
        rules_hash=rules_hash(wave),
    )
    write_groups(made, groups)
    kept.note(wave, groups)
    comment_release.write(made, wave)
    sharing.begin(wave, now=now)
    wave.invited = sum(sealed.invited.values())
    wave.answered = _told_answered(wave.invited, sum(sealed.respondents.values()))
    wave.state, wave.released_at, wave.progress = Wave.State.RELEASED, now, {}
    wave.save(update_fields=["invited", "answered", "state", "released_at", "progress"])
    record(by, "wave.released", wave, groups=len(groups), rules=made.rules_hash)
    return True


def write_groups(made: Release, groups: Iterable[Group]) -> None:
    """The groups of a release, in one COPY."""
    columns = ("family", "unit", "other", "name", "parent", "depth", "cut", "cells")
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY surveys_cellgroup (release_id, {', '.join(columns)}) FROM STDIN") as copy,
    ):
        for one in groups:
            place = (one.family, one.unit, one.other, one.name[:400], one.parent, one.depth, one.cut)
            copy.write_row((made.pk, *place, json.dumps(one.cells)))


STEPS = ("reading", "own", "services", "meaning", "writing")


def _tell(wave: Wave, doing: str) -> None:
    """How far the release is, for the wave's page."""
    progress = {"step": STEPS.index(doing) + 1, "of": len(STEPS), "doing": doing}
    with transaction.atomic():
        Wave.objects.filter(pk=wave.pk, state=Wave.State.CLOSED).update(progress=progress)


def _sealed(wave: Wave, tell: Callable[[str], None]) -> Sealed:
    tell("reading")
    own = list(SealedOwn.objects.filter(wave_id=wave.pk).values_list("block", "answers", "cuts"))
    ratings = SealedRating.objects.filter(wave_id=wave.pk).values_list("provider", "customer_block", "answers")
    invited: Counter[int] = Counter()
    about: set[int] = set()
    for block, providers in Invitation.objects.filter(wave=wave).values_list("block", "providers"):
        invited[block] += 1
        about.update(providers)
    rated = list(ratings)
    return Sealed(
        own=[(block, answers) for block, answers, _cuts in own],
        ratings=rated,
        respondents=dict(wave.snapshot["sealed"]["respondents"]),
        raters=dict(wave.snapshot["sealed"]["raters"]),
        invited=invited,
        # Whom enough people added by themselves was asked about too.
        asked_about=frozenset(about | {provider for provider, _customer, _answers in rated}),
        own_cuts=[cuts for _block, _answers, cuts in own],
    )


def rules_hash(wave: Wave) -> str:
    """One fingerprint over the rules, the frozen snapshot and the formulas."""
    snapshot = {key: value for key, value in wave.snapshot.items() if key != "sealed"}
    whole = {"rules": wave.rules, "snapshot": snapshot, "formula": FORMULA_VERSION}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _told_answered(invited: int, answered: int) -> int:
    """The tally as participation may be told: in steps of 5 points, its ends censored."""
    return round(invited * turnout.percent(answered, invited) / 100) if invited >= turnout.SMALLEST else 0
