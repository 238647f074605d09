"""What the answers of a released wave say about the service map: proposals that HR takes over or leaves.

Somebody who was to rate a provider may leave it out: "I can't judge this" to everything about it, or, where the
questionnaire asks whose service he used in the last three months, not named there; and he may add one. Summed over a
reporting block that tells where the map is wrong. Only two things ever leave the sums, neither with a number:

* *used*: at least k people of the block rated the provider. That is what a released cell of the matrix says as well.
* *hardly used*: at least 2k people of the block were to rate it and answered, and at least 80 % of them left it out.
  That is a sentence about most of them; whether a few, or nobody, did use it, it does not tell.

The results room, which alone knows answers, applies them at closing and calls ``learn_from`` with pairs. Nothing is
changed by itself, and a pair that HR has decided upon is not proposed again for a year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.waves import link_map, links
from surveys.waves.assignment import line_of, used_by
from surveys.waves.link_models import LinkProposal, ServiceLink
from surveys.waves.models import Wave

SKIPPED_SHARE = 0.8
ASK_AGAIN_DAYS = 365


Pairs = Iterable[tuple[int, int]]  # (block id, provider's unit id)


@dataclass(frozen=True, order=True)
class Finding:
    customer: int
    provider: int
    change: str


def hardly_used(*, asked: int, used: int, k: int) -> bool:
    """Whether of ``asked`` (who answered) so few rated a provider that it may be said, and with k protected."""
    return asked >= 2 * k and asked - used >= max(k, SKIPPED_SHARE * asked)


def propose(
    *,
    used: Pairs,
    unused: Pairs,
    blocks: Mapping[int, Iterable[int]],
    parents: Mapping[int, int | None],
    map_then: Mapping[int, Iterable[int]],
    map_now: Mapping[int, Iterable[int]],
) -> list[Finding]:
    """Pure: where the answers and the map disagree. ``blocks``: block id → its unit ids.

    A block merged of several units gives a proposal for each of them that lacks the link, because nobody may know
    which of them it was. Only what stands in the map for exactly a unit can be taken back for it.
    """
    found: set[Finding] = set()
    for block, provider in used:
        for unit in _tops(blocks.get(block, ()), provider, parents):
            known = {*used_by(unit, parents, map_then), *used_by(unit, parents, map_now)}
            if provider not in known:
                found.add(Finding(unit, provider, LinkProposal.Change.NEW))
    for block, provider in unused:
        for unit in _tops(blocks.get(block, ()), provider, parents):
            if provider in map_then.get(unit, ()) and provider in map_now.get(unit, ()):
                found.add(Finding(unit, provider, LinkProposal.Change.UNUSED))
    return sorted(found)


def _tops(units: Iterable[int], provider: int, parents: Mapping[int, int | None]) -> list[int]:
    """Those of the units that may have a link with the provider, without what lies below another of them."""
    if provider not in parents:
        return []
    may = [unit for unit in units if unit in parents and used_by(unit, parents, {unit: [provider]})]
    return [unit for unit in may if not set(line_of(unit, parents)[1:]) & set(may)]


@transaction.atomic
def learn_from(wave: Wave, *, used: Pairs, unused: Pairs, today: dt.date) -> int:
    """Store what a released wave proposes; how many are new. A repeat adds nothing.

    Called by the results room after a release.
    """
    if wave.state != Wave.State.RELEASED:
        raise ValueError("Only a released wave may teach the map.")
    parents = links.parents_of_all()
    opened = wave.opens_on
    found = propose(
        used=used,
        unused=unused,
        blocks={block["id"]: block["units"] for block in wave.snapshot["blocks"]},
        parents=parents,
        map_then=link_map.on_day(opened),
        map_now=link_map.on_day(today),
    )
    since = opened - dt.timedelta(days=ASK_AGAIN_DAYS)
    decided = LinkProposal.objects.exclude(state=LinkProposal.State.OPEN).filter(wave__opens_on__gte=since)
    known = set(decided.values_list("customer_id", "provider_id"))
    waiting = LinkProposal.objects.filter(state=LinkProposal.State.OPEN)
    known |= set(waiting.values_list("customer_id", "provider_id"))
    is_open = set(Unit.objects.open().values_list("pk", flat=True))
    rows = [
        LinkProposal(wave=wave, customer_id=one.customer, provider_id=one.provider, change=one.change)
        for one in found
        if (one.customer, one.provider) not in known and {one.customer, one.provider} <= is_open
    ]
    LinkProposal.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def waiting() -> list[LinkProposal]:
    """Proposals HR has not decided upon, newest wave first."""
    rows = LinkProposal.objects.filter(state=LinkProposal.State.OPEN)
    related = rows.select_related("customer", "provider", "wave__series").defer("wave__snapshot")
    return list(related.order_by("-wave__opens_on", "customer__path", "provider__path"))


@transaction.atomic
def decide(*, by: Employee | None, proposal: LinkProposal, accept: bool, today: dt.date) -> bool:
    """Take a proposal over, or leave the map as it is; False if somebody decided before.

    Raises ValidationError when the map has no room for it any more.
    """
    state = LinkProposal.State.ACCEPTED if accept else LinkProposal.State.DECLINED
    waiting = LinkProposal.objects.filter(pk=proposal.pk, state=LinkProposal.State.OPEN)
    if not waiting.update(state=state):
        return False
    told = {"customer": proposal.customer.path, "provider": proposal.provider.path}
    if accept and proposal.change == LinkProposal.Change.NEW:
        links.add(by=by, customer=proposal.customer, provider=proposal.provider, since=today)
    elif accept:
        link = ServiceLink.objects.on(today).filter(customer=proposal.customer, provider=proposal.provider).first()
        if link is None:
            raise ValidationError(_("This link is not in the map any more. Leave the proposal."))
        links.remove(by=by, link=link, today=today)
    record(by, "service_link.proposal_taken" if accept else "service_link.proposal_left", proposal, **told)
    return True
