"""Sealing: answers become an envelope that only the wave's private key opens, and the invitation is marked."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone
from nacl.public import PublicKey, SealedBox

from culture.people.models import Employee, Unit
from surveys.answering import drafts, pages
from surveys.answering.drafts import Closed, pad
from surveys.answering.models import InboxEnvelope
from surveys.instruments.rules import Person
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave

__all__ = ["Closed", "Outcome", "decline", "pages_of", "rejoin", "submit", "submit_many", "takes_answers"]


class Outcome(Enum):
    SENT = "sent"
    ALREADY = "already sent"
    DECLINED = "declined before"


def takes_answers(wave: Wave, now: dt.datetime) -> bool:
    """Open, and its last day not over (the job that closes it may be a little late)."""
    return wave.state == Wave.State.OPEN and timezone.localdate(now) <= wave.closes_on


def items_of(wave: Wave) -> list[dict[str, Any]]:
    return wave.snapshot.get("items") or []


def pages_of(wave: Wave, providers: Iterable[int], seed: str = "") -> list[pages.Page]:
    """The questionnaire of somebody who is asked about ``providers``; names as they were when the wave opened."""
    wanted = list(dict.fromkeys(providers))
    names = {unit["id"]: unit["name"] for unit in wave.snapshot.get("units", []) if unit["id"] in wanted}
    if absent := [unit for unit in wanted if unit not in names]:
        names.update(Unit.objects.filter(pk__in=absent).values_list("pk", "name"))
    known = [(unit, names[unit]) for unit in wanted if unit in names]
    return pages.build(items_of(wave), known, wave.snapshot.get("sections") or (), seed)


def person_of(wave: Wave, employee: Employee) -> Person:
    """What display rules may look at: the units as they were when the wave opened."""
    parents = {unit["id"]: unit["parent"] for unit in wave.snapshot.get("units", [])}
    above, at = set(), employee.unit_id
    while at is not None and at not in above:
        above.add(at)
        at = parents.get(at)
    return Person(frozenset(above), employee.job_family, employee.customer_facing)


def asks_who(wave: Wave) -> bool:
    """Whether a rule of the questionnaire looks at who is asked."""
    return '"who"' in json.dumps([item.get("show_if") for item in items_of(wave)])


def _seal(box: SealedBox, wave_id: int, block: int, answers: pages.Nested) -> InboxEnvelope:
    return InboxEnvelope(wave_id=wave_id, sealed=box.encrypt(pad({"block": block, **answers})))


@transaction.atomic
def submit(
    *,
    answers: Mapping[str, Any],
    now: dt.datetime,
    invitation: Invitation | None = None,
    token: str | None = None,
) -> Outcome:
    """Seal ``answers`` (see pages.nest) of an invitation given by itself or by its link; done once, whoever repeats it.

    Raises :class:`Closed`, or :class:`pages.BadAnswer`; then nothing is written. One transaction: the conditional
    UPDATE decides which of several submits wins.
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
    content = pages.check(pages_of(wave, invitation.providers), answers, person=person)
    drafts.lock_open_wave(wave.pk)
    mine = Invitation.objects.filter(pk=invitation.pk)
    if not mine.filter(state=Invitation.State.ASKED).update(state=Invitation.State.ANSWERED):
        state = mine.values_list("state", flat=True).first()
        return Outcome.DECLINED if state == Invitation.State.DECLINED else Outcome.ALREADY
    box = SealedBox(PublicKey(bytes(wave.public_key or b"")))
    _seal(box, wave.pk, invitation.block, content).save(force_insert=True)
    drafts.delete(token or keys.link_token(wave.pk, invitation.pk))
    return Outcome.SENT


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
    questionnaires: dict[tuple[int, ...], list[pages.Page]] = {}
    for invitation in asked:
        about = tuple(invitation.providers)
        if about not in questionnaires:
            questionnaires[about] = pages_of(wave, about)
        person = person_of(wave, invitation.employee) if look else pages.NOBODY
        content = pages.check(questionnaires[about], given[invitation.pk], complete=False, person=person)
        envelopes.append(_seal(box, wave.pk, invitation.block, content))
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
