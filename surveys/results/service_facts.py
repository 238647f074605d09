"""What colleagues' answers say of the service a unit gives, beyond the score; each with n and interval. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.instruments.scales import scale_of
from surveys.results.insight import services, words
from surveys.results.showing import Cell, Cells, Items, texts_of


@dataclass(frozen=True)
class Share:
    """A share of people in words, with its interval where their number is told exactly."""

    words: str
    percent: int
    low: int | None
    high: int | None
    n: int | str

    @classmethod
    def of(cls, told: str, percent: int, cell: Cell) -> Share:
        low, high = services.share_range(percent, cell) or (None, None)
        return cls(told, percent, low, high, cell["n"])


@dataclass(frozen=True)
class Met:
    """A sin or a sign: who met it, and how often at least in 100 encounters."""

    kind: str
    share: Share
    per_hundred: float


@dataclass(frozen=True)
class Factor:
    """A basic or an extra with its score, and what to do about it."""

    text: str
    words: str
    action: str
    cell: Cell


@dataclass(frozen=True)
class Gap:
    """A facet's gap; ``told``: with its sign."""

    words: str
    gap: services.Gap

    @property
    def told(self) -> str:
        return signed(self.gap.points)

    @property
    def range(self) -> tuple[str, str]:
        return signed(self.gap.low), signed(self.gap.high)


def signed(points: int) -> str:
    return f"{points:+d}".replace("-", "−") if points else "0"


@dataclass(frozen=True)
class Service:
    """All of it; what was not asked, or may not be shown, is empty."""

    quadrant: services.Quadrant | None = None
    quadrant_words: str = ""
    factors: Sequence[Factor] = ()
    gaps: Sequence[Gap] = ()
    met: Sequence[Met] = ()
    encounters: float | None = None
    told_to: float = 0.0
    hours: services.LostTime | None = None
    memorable: Share | None = None

    @property
    def anything(self) -> bool:
        return bool(self.quadrant or self.factors or self.gaps or self.met or self.hours or self.memorable is not None)


def service(items: Items, cells: Cells, whole: Cells, rules: Mapping[str, Any], language: str, name: str) -> Service:
    """``whole``: the cells of the whole organisation, which split the classes of lost time in small groups."""
    provider = [item for item in items if item["about"] == "provider"]
    texts = texts_of(provider, language, name)
    quadrant = services.quadrant(provider, cells, float(rules.get("quadrant_at", services.QUADRANT_AT)))
    counted = next((item for item in provider if item.get("facet") == "encounters"), None)
    times = cells.get(counted["code"]) if counted else None
    return Service(
        quadrant=quadrant,
        quadrant_words=words.pick(quadrant.code, language) if quadrant else "",
        factors=[
            Factor(texts[one.code], words.pick(one.action, language), one.action, cells[one.code])
            for one in services.two_factors(provider, cells)
        ],
        gaps=[Gap(words.pick(f"facet:{one.facet}", language), one) for one in services.gaps(provider, cells)],
        met=list(_met(provider, cells, language)),
        encounters=(times or {}).get("mean"),
        told_to=services.told_to(counted) if counted else 0.0,
        hours=hours_of(provider, cells, whole),
        memorable=_memorable(provider, cells),
    )


@dataclass(frozen=True)
class Standing:
    """A provider's quadrant in words."""

    code: str
    words: str
    clear: bool


def standing(items: Items, cells: Cells, rules: Mapping[str, Any], language: str) -> Standing | None:
    """Which of the four kinds of service a provider gives; None where treatment or competence is hidden."""
    provider = [item for item in items if item["about"] == "provider"]
    found = services.quadrant(provider, cells, float(rules.get("quadrant_at", services.QUADRANT_AT)))
    return Standing(found.code, words.pick(found.code, language), found.clear) if found else None


def _met(provider: Items, cells: Cells, language: str) -> Iterable[Met]:
    """Sins and signs, those that most people met first."""
    found = []
    for kind in ("sin", "sign"):
        item = next((item for item in provider if item.get("facet") == kind and item["kind"] == "multiple"), None)
        if item is None:
            continue
        scale, cell = scale_of(item), cells.get(item["code"]) or {}
        for value, percent, per_hundred in services.incidence(provider, cells, kind):
            told = scale.label(1 << (int(value) - 1), language)
            found.append(Met(kind, Share.of(told, percent, cell), per_hundred))
    return sorted(found, key=lambda one: (-one.share.percent, one.share.words))


def lost_time_item(items: Items) -> Mapping[str, Any] | None:
    """The question how many hours a service costs, if there is one."""
    return next((item for item in items if item["about"] == "provider" and item["kind"] == "lost_time"), None)


def hours_of(items: Items, cells: Cells, whole: Cells) -> services.LostTime | None:
    item = lost_time_item(items)
    return services.lost_time(item, cells.get(item["code"]), whole.get(item["code"])) if item else None


def _memorable(provider: Items, cells: Cells) -> Share | None:
    talk = next((item["code"] for item in provider if item["kind"] == "outcome"), "")
    percent = services.memorable(cells.get(talk)) if talk else None
    return None if percent is None else Share.of("", percent, cells[talk])
