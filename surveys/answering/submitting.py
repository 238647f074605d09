"""Sealing: answers become an envelope that only the wave's private key opens, and the invitation is marked."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from nacl.public import PublicKey, SealedBox

from culture.people.models import Employee, Unit
from surveys.answering import drafts, frozen, pages, promised
from surveys.answering.drafts import Closed, pad
from surveys.answering.models import InboxEnvelope
from surveys.answering.screener import Screener
from surveys.instruments.rules import Person
from surveys.waves import assignment, keys, receipts
from surveys.waves.assignment import used_by
from surveys.waves.models import Invitation, Wave

__all__ = ["Closed", "Outcome", "decline", "pages_of", "rejoin", "send", "submit", "submit_many", "takes_answers"]


class Outcome(Enum):
    SENT = "sent"
    ALREADY = "already sent"
    DECLINED = "declined before"


def takes_answers(wave: Wave, now: dt.datetime) -> bool:
    """Open, and its last day not over (the job that closes it may be a little late)."""
    return wave.state == Wave.State.OPEN and timezone.localdate(now) <= wave.closes_on


def items_of(wave: Wave) -> list[dict[str, Any]]:
    return wave.snapshot.get("items") or []


def pages_of(
    wave: Wave,
    providers: Iterable[int],
    seed: str = "",
    added: Iterable[int] = (),
    promises: Iterable[int] = (),
) -> list[pages.Page]:
    """The questionnaire of somebody who is asked about ``providers``; names as they were when the wave opened.

    ``added``: further ones he wants to rate, allowed by :func:`addable`. ``promises``: those he judges.
    """
    wanted = tuple(dict.fromkeys(providers))
    more = tuple(unit for unit in dict.fromkeys(added) if unit not in wanted)
    judged = tuple(promises)
    if any(section.get("shuffled") for section in wave.snapshot.get("sections") or ()):
        return _build(wave, wanted, more, judged, seed)
    # A copy of the list: its pages are frozen, and shared by everybody who is asked the same.
    return list(frozen.once(wave, ("pages", wanted, more, judged), lambda: _build(wave, wanted, more, judged, "")))


def _build(
    wave: Wave, wanted: tuple[int, ...], more: tuple[int, ...], judged: tuple[int, ...], seed: str
) -> list[pages.Page]:
    names = {unit["id"]: unit["name"] for unit in wave.snapshot.get("units", []) if unit["id"] in {*wanted, *more}}
    if absent := [unit for unit in wanted if unit not in names]:
        names.update(Unit.objects.filter(pk__in=absent).values_list("pk", "name"))
    known = [(unit, names[unit]) for unit in wanted if unit in names]
    extra = tuple((unit, names[unit]) for unit in more if unit in names)
    return _build_of(wave, known, extra, judged, seed)


def _build_of(
    wave: Wave, known: list[tuple[int, str]], extra: tuple[tuple[int, str], ...], judged: Iterable[int], seed: str
) -> list[pages.Page]:
    most = most_providers(wave, [unit for unit, _name in known])
    asks_used = Screener(tuple(known), extra, most) if known else None
    sections = wave.snapshot.get("sections") or ()
    return pages.build(items_of(wave), known, sections, seed, asks_used, promised.fields(wave, judged))


def pages_with(
    wave: Wave,
    providers: Iterable[int],
    extra: tuple[tuple[int, str], ...],
    seed: str,
    promises: Sequence[int] = (),
) -> list[pages.Page]:
    """As :func:`pages_of`, with somebody added who need not be a unit of the wave."""
    plain = pages_of(wave, providers, seed, promises=promises)
    asked = next((page.screener for page in plain if page.screener), None)
    return _build_of(wave, list(asked.asked), extra, promises, seed) if asked and extra else plain


def told_apart(wave: Wave, units: Iterable[int]) -> dict[int, str]:
    """The names of ``units``; of those that share one, with the unit above, so that nobody rates the wrong one."""
    known = {unit["id"]: unit["name"] for unit in wave.snapshot.get("units", [])}
    wanted = [unit for unit in units if unit in known]
    parents, often = _parents(wave), Counter(known[unit] for unit in wanted)
    return {
        unit: f"{known[unit]} ({known[above]})"
        if often[known[unit]] > 1 and (above := parents.get(unit)) in known
        else known[unit]
        for unit in wanted
    }


def most_providers(wave: Wave, providers: Collection[int]) -> int:
    """How many somebody who is asked about ``providers`` rates at most."""
    return max(wave.rules.get("max_providers", 3), len(providers))


def addable(wave: Wave, unit: int | None, providers: Collection[int]) -> list[int]:
    """Whom somebody of ``unit`` may add to ``providers``: who serves anybody, but not his own line."""
    parents = _parents(wave)
    served = wave.snapshot.get("providers") or ()
    found = used_by(unit, parents, {unit: served}) if unit is not None and served else ()
    return [one for one in found if one not in providers]


def added_by(wave: Wave, invitation: Invitation, answers: Mapping[str, Any]) -> list[int]:
    """The providers that ``answers`` (see pages.nest) add; those he may not add are left out, and then refused."""
    wanted = (answers.get("services") or {}).get("added") or ()
    if not wanted:
        return []
    allowed = addable(wave, invitation.employee.unit_id, invitation.providers)
    return [unit for unit in allowed if unit in wanted]


def person_of(wave: Wave, employee: Employee) -> Person:
    """What display rules may look at: the units as they were when the wave opened."""
    return Person(frozenset(line_of(wave, employee)), employee.job_family, employee.customer_facing)


def line_of(wave: Wave, employee: Employee) -> list[int]:
    """The person's unit and those above it when the wave opened, nearest first."""
    return assignment.line_of(employee.unit_id, _parents(wave)) if employee.unit_id is not None else []


def _parents(wave: Wave) -> dict[int, int | None]:
    units = wave.snapshot.get("units", [])
    return frozen.once(wave, "parents", lambda: {unit["id"]: unit["parent"] for unit in units})


def asks_who(wave: Wave) -> bool:
    """Whether a rule of the questionnaire looks at who is asked."""
    return frozen.once(
        wave, "asks who", lambda: '"who"' in json.dumps([item.get("show_if") for item in items_of(wave)])
    )


def room_of(wave: Wave) -> int:
    """So long are all drafts and envelopes of the wave, whatever was answered."""
    return frozen.once(wave, "room", lambda: pages.room(items_of(wave), most_providers(wave, ()), promised.most(wave)))


def _seal(box: SealedBox, wave: Wave, invitation: Invitation, answers: pages.Nested) -> InboxEnvelope:
    home = {"block": invitation.block, "cuts": invitation.cuts}
    return InboxEnvelope(wave_id=wave.pk, sealed=box.encrypt(pad({**home, **answers}, room_of(wave))))


def _receipt(wave: Wave, token: str) -> dict[str, str]:
    """What proves that this envelope arrived, to whoever was shown the code (see waves/receipts.py)."""
    given = wave.rules.get("receipts")
    return {"receipt": receipts.digest(wave.pk, keys.receipt_code(token)).hex()} if given else {}


@transaction.atomic
def submit(
    *,
    answers: Mapping[str, Any],
    now: dt.datetime,
    invitation: Invitation | None = None,
    token: str | None = None,
) -> Outcome:
    """Seal ``answers`` (see pages.nest) of an invitation given by itself or by its link; done once, whoever repeats it.

    Raises :class:`Closed`, or :class:`pages.BadAnswer`; then nothing is written. One transaction: whoever holds the
    invitation first wins.
    """
    if invitation is None:
        found = keys.resolve_token(token or "")
        invitation = Invitation.objects.select_related("wave").get(pk=found[1], wave_id=found[0]) if found else None
    if invitation is None:
        raise Closed
    wave = invitation.wave
    if invitation.state == Invitation.State.ANSWERED:
        return Outcome.ALREADY
    if not takes_answers(wave, now):
        raise Closed
    person = person_of(wave, invitation.employee) if asks_who(wave) else pages.NOBODY
    added = added_by(wave, invitation, answers)
    asked = pages_of(wave, invitation.providers, added=added, promises=invitation.promises)
    content = pages.check(asked, answers, person=person)
    if outcome := _settled(invitation):
        return outcome
    _store(invitation, content, token or keys.link_token(wave.pk, invitation.pk))
    return Outcome.SENT


@transaction.atomic
def send(
    *,
    token: str,
    invitation: Invitation,
    now: dt.datetime,
    contents: Callable[[drafts.Saved], pages.Nested],
    typed: pages.Flat | None = None,
) -> Outcome:
    """Seal what the draft of this link holds, ``typed`` laid over it; ``contents`` nests it (see pages.nest).

    The draft is read while the invitation is held: what another tab was told to be saved is in the envelope. A visit is
    not told that somebody declined: sending takes part after all. Raises as :func:`submit`; then nothing is written,
    ``typed`` included.
    """
    wave = invitation.wave
    if invitation.state == Invitation.State.ANSWERED:
        return Outcome.ALREADY
    if not takes_answers(wave, now):
        raise Closed
    if outcome := _settled(invitation, visit=keys.is_visit(token)):
        return outcome
    saved = drafts.load(token)
    saved.answers = pages.merge(saved.answers, typed or {})
    answers = contents(saved)
    person = person_of(wave, invitation.employee) if asks_who(wave) else pages.NOBODY
    added = added_by(wave, invitation, answers)
    asked = pages_of(wave, invitation.providers, added=added, promises=invitation.promises)
    _store(invitation, pages.check(asked, answers, person=person), token)
    return Outcome.SENT


def _settled(invitation: Invitation, *, visit: bool = False) -> Outcome | None:
    """Hold the invitation and its wave; what became of it meanwhile, None while its answers may be stored."""
    try:
        state = drafts.lock(invitation.wave_id, invitation.pk)
    except drafts.NotAsked:
        raise Closed from None
    if state == Invitation.State.ASKED or (visit and state == Invitation.State.DECLINED):
        return None
    return Outcome.DECLINED if state == Invitation.State.DECLINED else Outcome.ALREADY


def _store(invitation: Invitation, content: pages.Nested, token: str) -> None:
    """Mark, envelope, and the draft's end, of an invitation that is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE surveys_invitation SET state = %s WHERE id = %s AND state <> %s",
            [Invitation.State.ANSWERED.value, invitation.pk, Invitation.State.ANSWERED.value],
        )
        assert cursor.rowcount == 1
    box = SealedBox(PublicKey(bytes(invitation.wave.public_key or b"")))
    content = {**content, **_receipt(invitation.wave, token)}
    _seal(box, invitation.wave, invitation, content).save(force_insert=True)
    drafts.delete(token)


@transaction.atomic
def submit_many(wave: Wave, answers: Iterable[tuple[int, Mapping[str, Any]]]) -> int:
    """Many at once, for the demo and for trials: the same envelopes and marks as :func:`submit`. Returns how many.

    What is left out of ``answers`` counts as "I can't judge this".
    """
    drafts.lock_open_wave(wave.pk)
    given = dict(answers)
    asked = Invitation.objects.select_for_update(of=("self",)).select_related("employee")
    asked = asked.filter(wave=wave, pk__in=given, state=Invitation.State.ASKED)
    look = asks_who(wave)
    box = SealedBox(PublicKey(bytes(wave.public_key or b"")))
    envelopes, done = [], []
    questionnaires: dict[tuple[tuple[int, ...], tuple[int, ...]], list[pages.Page]] = {}
    for invitation in asked:
        about = (tuple(invitation.providers), tuple(invitation.promises))
        if about not in questionnaires:
            questionnaires[about] = pages_of(wave, about[0], promises=about[1])
        person = person_of(wave, invitation.employee) if look else pages.NOBODY
        content = pages.check(questionnaires[about], given[invitation.pk], complete=False, person=person)
        content = {**content, **_receipt(wave, keys.link_token(wave.pk, invitation.pk))}
        envelopes.append(_seal(box, wave, invitation, content))
        done.append(invitation.pk)
    secrets.SystemRandom().shuffle(envelopes)
    InboxEnvelope.objects.bulk_create(envelopes, batch_size=500)
    Invitation.objects.filter(pk__in=done).update(state=Invitation.State.ANSWERED)
    return len(done)


@transaction.atomic
def decline(*, invitation: Invitation, token: str) -> bool:
    """Not to take part: no reminders, and the draft is gone. False if it was answered or declined before."""
    drafts.lock_open_wave(invitation.wave_id)
    asked = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.ASKED)
    if not asked.update(state=Invitation.State.DECLINED):
        return False
    drafts.delete(token)
    return True


@transaction.atomic
def rejoin(*, invitation: Invitation) -> bool:
    """To take part after all, while the wave is open."""
    drafts.lock_open_wave(invitation.wave_id)
    declined = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.DECLINED)
    return bool(declined.update(state=Invitation.State.ASKED))
