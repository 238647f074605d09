"""What is measured: indices and the items they are built from, and how each kind of answer is counted. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.instruments.scales import SCALES, Scale, scale_of
from surveys.results import disclosure, scoring
from surveys.results.disclosure import LeafScores, Look
from surveys.results.scoring import Tally

Items = Sequence[Mapping[str, Any]]
# What a colleague says of the service itself; the rest (what he tells others, hours lost, choices) stands for itself.
SERVICE_KINDS = frozenset({"agreement", "frequency", "satisfaction", "effort", "pair"})


@dataclass(frozen=True)
class Measure:
    """An index with the ``codes`` it is built from, or (no codes) the single item ``item``.

    ``half``: of a pair, the expectation; its perception goes by the item's own key.
    """

    key: str
    codes: tuple[str, ...] = ()
    item: str = ""
    half: bool = False


def item_lists(snapshot: Mapping[str, Any]) -> tuple[list[dict], list[dict]]:
    """Own and provider items that are stored as numbers, in the frozen order of the stored arrays.

    One whose kind nobody knows (any more) has no scale: its answers cannot be told, and must not hold up the others.
    """
    items = [item for item in snapshot["items"] if item["kind"] in SCALES]
    own = [item for item in items if item["about"] == "own"]
    return own, [item for item in items if item["about"] == "provider"]


def scales_of(items: Items) -> dict[str, Scale]:
    return {item["code"]: scale_of(item) for item in items}


def own_measures(items: Items) -> list[Measure]:
    """An index per dimension over its items that have a better and a worse; every other item for itself."""
    measures = []
    scales = scales_of(items)
    for dimension in scoring.DIMENSIONS:
        mine = [item["code"] for item in items if item.get("dimension") == dimension]
        if codes := tuple(code for code in mine if scales[code].ordered):
            measures.append(Measure(dimension, codes))
    return measures + _single(items, measures)


def service_measures(items: Items) -> list[Measure]:
    """*served* over the items that judge the service; every other item for itself."""
    codes = tuple(item["code"] for item in items if item["kind"] in SERVICE_KINDS)
    measures = [Measure("served", codes)] if codes else []
    return measures + _single(items, measures)


def _single(items: Items, built: Sequence[Measure]) -> list[Measure]:
    inside = {code for measure in built for code in measure.codes}
    talk = next((item["code"] for item in items if item["kind"] == "outcome" and item["about"] == "own"), "")
    found = []
    for item in items:
        code = item["code"]
        if code not in inside:
            found.append(Measure("talk" if code == talk else code, item=code))
        if item["kind"] == "pair":
            found.append(Measure(f"{code}:expected", item=code, half=True))
    return found


def look_of(measure: Measure, scales: Mapping[str, Scale]) -> Look:
    """How the answers of a measure are told. An index is told on five points."""
    if measure.codes:
        return Look()
    return _look(scales[measure.item], talk=measure.key == "talk")


def item_look(scale: Scale) -> Look:
    """How an item that is shown beside its index is told."""
    return _look(scale)


def _look(scale: Scale, talk: bool = False) -> Look:
    if scale.kind == "number":
        return Look(thirds=None)
    return Look(bottom=-100.0 if talk else 0.0, steps=max(1, scale.categories - 1), thirds=scale.thirds())


def classes_of(measure: Measure, scales: Mapping[str, Scale]) -> int:
    """How many classes the tally of a measure has."""
    return 5 if measure.codes else max(1, scales[measure.item].categories)


def add_index(at: LeafScores, given: Mapping[str, int | None], scales: Mapping[str, Scale]) -> float | None:
    """Count one person's answers to the items of an index; returns his mean on the scale 1–5, if he has one."""
    answered = {code: answer for code, answer in given.items() if answer is not None}
    if answered:
        at.patterns[frozenset(answered)] += 1
    indices: list[float | None] = [None] * (len(given) - len(answered))
    for code, answer in answered.items():
        scale = scales[code]
        index = scale.index(answer)
        assert index is not None
        at.items.setdefault(code, Tally(scale.categories)).add(index, scale.category(answer))
        indices.append(scoring.five_points(index))
    mean = scoring.person_mean(indices)
    if mean is not None:
        at.index.add(scoring.to_index(mean), scoring.dimension_category(mean))
    return mean


def add_single(at: LeafScores, measure: Measure, answer: int, scale: Scale) -> None:
    """Count one person's answer to an item that stands for itself."""
    if scale.kind == "multiple":
        at.index.n += 1
        for option in scale.chosen(answer):
            at.index.counts[scale.values.index(option)] += 1
    elif scale.kind == "single":
        at.index.add(0.0, scale.category(answer))
    elif scale.kind == "number":
        at.index.add((answer - scale.low) / (scale.high - scale.low) * 100, 0)
    elif scale.kind == "pair":
        part = scale.parts(answer)[0 if measure.half else 1]
        at.index.add(scale.index(part) or 0.0, scale.category(part))
    elif measure.key == "talk":
        at.index.add(scoring.talk_score(answer), scale.category(answer))
    else:
        at.index.add(scale.index(answer) or 0.0, scale.category(answer))


def cell_of(measure: Measure, tally: Tally, n: int, rules: Mapping[str, int], spread: float, scales: Any) -> dict:
    """The released cell of a measure in a shown group."""
    scale = None if measure.codes else scales[measure.item]
    if scale is not None and scale.kind in {"single", "multiple"}:
        names = [str(value) for value in scale.values]
        told = disclosure.shares_cell if scale.kind == "single" else disclosure.picks_cell
        return told(tally, n, rules, names)
    cell = disclosure.score_cell(tally, n, rules, spread, look_of(measure, scales))
    if scale is not None and scale.kind == "number" and "index" in cell:
        cell["mean"] = round(scale.low + cell["index"] / 100 * (scale.high - scale.low), 1)
    return cell
