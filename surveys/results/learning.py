"""What a wave tells the service map: which blocks rated which providers, and which hardly anybody used."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from surveys.results.computing import reporting_tree
from surveys.results.models import CellGroup
from surveys.waves import links_learning
from surveys.waves.models import Wave


def hardly_used(contents: Iterable[Mapping[str, Any]], k: int) -> list[list[int]]:
    """[block, provider] pairs of opened envelopes; the sums themselves are kept nowhere.

    Who was to rate a provider has it among his ``providers``; whose answers about it are all empty did not use it.
    """
    asked: Counter[tuple[int, int]] = Counter()
    used: Counter[tuple[int, int]] = Counter()
    for one in contents:
        for provider, answers in one.get("providers", {}).items():
            cell = one["block"], int(provider)
            asked[cell] += 1
            used[cell] += any(answer is not None for answer in answers.values())
    return sorted([*cell] for cell, n in asked.items() if links_learning.hardly_used(asked=n, used=used[cell], k=k))


def rated(wave: Wave) -> list[tuple[int, int]]:
    """(block, provider): a shown cell of the matrix says that at least k people of the block rated the provider.

    A cell whose provider is a block of several units says nothing: nobody knows which of them was meant.
    """
    blocks = {block["id"]: block["units"] for block in wave.snapshot["blocks"]}
    nodes = {node.id: node.block for node in reporting_tree(wave.snapshot)}
    groups = CellGroup.objects.filter(release__wave=wave, release__replaced_at=None, family="matrix")
    found = []
    for group in groups.order_by("pk"):
        customer = nodes.get(group.other or 0)
        provider = _unit_of(group.unit, nodes, blocks)
        if customer is not None and provider is not None and any(c.get("shown") for c in group.cells.values()):
            found.append((customer, provider))
    return found


def _unit_of(node: int, nodes: Mapping[int, int | None], blocks: Mapping[int, Sequence[int]]) -> int | None:
    """The one unit a node of the reporting tree stands for."""
    block = nodes.get(node)
    if block is None:
        return node if node in nodes else None
    units = blocks[block]
    return units[0] if len(units) == 1 else None


def learn_from(wave: Wave, *, today: dt.date) -> int:
    """Give the map what a released wave teaches; how many new proposals wait for HR."""
    pairs = (wave.snapshot.get("sealed") or {}).get("unused", ())
    unused = [(block, provider) for block, provider in pairs]
    return links_learning.learn_from(wave, used=rated(wave), unused=unused, today=today)
