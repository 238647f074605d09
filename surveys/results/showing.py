"""What a unit's page says beyond scores: findings in words, how far to trust them, drivers, its service. Pure.

Everything is read off released cells; nothing here needs more than a page may show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from surveys.instruments.scales import scale_of, text_in
from surveys.results.insight import barriers, findings, intervals, reliability, trends, words

Cell = Mapping[str, Any]
Cells = Mapping[str, Cell]
Items = Sequence[Mapping[str, Any]]
INDICES = (*barriers.DIMENSIONS, "served")
GOOD, FAIR = 0.8, 0.7
MOST_FIRST = 8
WEAK_ITEM = reliability.WEAK_ITEM


def texts_of(items: Items, language: str, name: str) -> dict[str, str]:
    """The questions by code, in ``language``, about the unit ``name``."""
    return {item["code"]: text_in(item["text"], language).replace("{provider}", name) for item in items}


@dataclass(frozen=True)
class Rest:
    """A released cell that a finding rests on: its key (the unit's page has an anchor of it), its words, its number."""

    key: str
    words: str
    told: str


@dataclass(frozen=True)
class Said:
    """A finding as a sentence; ``rests_on``: five cells at most, ``more`` left out."""

    kind: str
    sentence: str
    rests_on: Sequence[Rest]
    more: int = 0


def findings_of(cells: Cells, items: Items, language: str, name: str) -> list[Said]:
    """What stands out, in words."""
    texts = texts_of(items, language, name)
    # The talk index runs from −100 to 100 and is no question like the others.
    own = [item["code"] for item in items if item["about"] == "own" and scored(item)]
    found = []
    for one in findings.of_unit(cells, [code for code in own if code in cells]):
        rests = [
            Rest(key, words.named(key, language, texts), _told(cells[key], language))
            for key in one.rests_on
            if key in cells
        ]
        found.append(Said(one.kind, words.told(one, language, texts), rests[:5], max(0, len(rests) - 5)))
    return found


def scored(item: Mapping[str, Any]) -> bool:
    """Whether a question has a score: a better and a worse, and no index of its own."""
    return item["kind"] not in ("comment", "outcome") and scale_of(item).ordered


def _told(cell: Cell, language: str) -> str:
    """A released cell in few words."""
    if "shares" in cell:
        return ", ".join(f"{words.pick(name, language)} {share} %" for name, share in cell["shares"].items())
    if cell.get("band"):
        return str(cell["band"])
    if cell.get("low") is not None and "index" in cell:
        return f"{cell['index']} ({cell['low']}–{cell['high']}), n {cell['n']}"
    return str(cell.get("index", "–"))


# -- trend ---------------------------------------------------------------------------------------------------------

WAYS = (
    (trends.WAS, gettext_lazy("As it was")),
    (trends.NOW, gettext_lazy("As it is now")),
    (trends.COMMON, gettext_lazy("Common units only")),
)


def measures(cells: Cells, items: Items, language: str, name: str) -> list[tuple[str, str]]:
    """The scores a unit has, (key, words): indices first, then the questions in order."""
    texts = texts_of(items, language, name)
    first = [key for key in (*INDICES, "talk") if key in cells]
    questions = [item["code"] for item in items if item["code"] not in first and _ordered(item)]
    told = [(key, _capital(words.pick(key, language))) for key in first]
    return told + [(code, texts[code]) for code in questions if code in cells]


def _ordered(item: Mapping[str, Any]) -> bool:
    return item["kind"] != "comment" and scale_of(item).ordered


def inside(finding: str) -> str:
    """A finding as it stands in the middle of a line."""
    return finding[:1].lower() + finding[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def bottom(key: str) -> int:
    """Where the scale of a score begins."""
    return -100 if key == "talk" else 0


# -- barriers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Below:
    """How many people fall short in one dimension; per cent with its interval."""

    key: str
    cell: Cell

    @property
    def measure(self) -> str:
        return f"below:{self.key}"


def below(cells: Cells) -> list[Below]:
    """The share at or below the threshold in each dimension; empty where none is released."""
    found = [Below(name, cells.get(f"below:{name}") or {}) for name in barriers.DIMENSIONS]
    return found if any(one.cell.get("shown") for one in found) else []


# -- trust -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Index:
    """How far an index hangs together: alpha in words, and the questions that do not go with the others."""

    key: str
    name: str
    cell: Cell
    word: str
    weak: Sequence[tuple[str, str, float]]
    questions: Sequence[Sequence[Any]]
    here: tuple[int, int] | None


@dataclass(frozen=True)
class Trust:
    """How far the numbers of a unit can be trusted. ``silent``: who did not answer, in words; "" where hidden."""

    indices: Sequence[Index]
    straight: Cell
    silent: str


def trust(cells: Cells, items: Items, language: str, name: str) -> Trust | None:
    """None where nothing of it is released (a wave of before, or a unit too small)."""
    texts = texts_of(items, language, name)
    participation = cells.get("participation") or {}
    found = [
        Index(
            key,
            words.pick(key, language),
            cell,
            words.pick(_word(cell["alpha"]), language),
            [(code, texts.get(code, code), rest) for code, _, rest in _questions(cell) if rest < WEAK_ITEM],
            _questions(cell),
            intervals.of_these_people(cells.get(key) or {}, participation),
        )
        for key in INDICES
        if (cell := cells.get(f"reliability:{key}")) and cell.get("shown")
    ]
    straight = cells.get("straight") or {}
    if not found and not straight.get("shown"):
        return None
    return Trust(found, straight, silent(participation))


def _questions(cell: Cell) -> Sequence[Sequence[Any]]:
    """What a cell tells of each question. Releases of formulas before the fourth left a place empty where all had
    answered alike: that is passed over, with the places beside it."""
    items: Sequence[Sequence[Any]] = cell["items"]
    return items if all(rest is not None for _code, _dropped, rest in items) else []


def trust_hidden(cells: Cells) -> str:
    """The measure by which "why is this hidden?" explains that nothing of it is shown; "" where it was not computed."""
    return next((key for key in (*(f"reliability:{index}" for index in INDICES), "straight") if key in cells), "")


def silent(participation: Cell) -> str:
    """Per cent who did not answer, from the participation as released: where that is censored, its other end."""
    if not participation.get("shown"):
        return ""
    ends = {"under": "over 90 %", "over": "under 10 %"}
    return ends.get(str(participation["words"]).split(" ")[0], f"{100 - participation['percent']} %")


def _word(alpha: float) -> str:
    if alpha < 0:
        return "alpha:contrary"
    return "alpha:good" if alpha >= GOOD else "alpha:fair" if alpha >= FAIR else "alpha:weak"


# -- drivers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Driver:
    """``sign``: +1 goes with more of the outcome, −1 with less, 0 neither clearly. ``clear``: above pure noise."""

    code: str
    text: str
    weight: int
    lmg: int | None
    sign: int
    clear: bool
    suppressor: bool


@dataclass(frozen=True)
class Drivers:
    """What goes with ``outcome``. ``of``: the group above, where the unit itself is too small."""

    outcome: str
    n: int
    r2: int
    rows: Sequence[Driver]
    of: str = ""
    lmg: bool = False

    @property
    def clear(self) -> Sequence[Driver]:
        return [one for one in self.rows if one.clear]

    @property
    def first(self) -> Sequence[Driver]:
        """What the page shows at once: the strongest eight; all, where these are nearly all."""
        return self.rows if len(self.rows) <= MOST_FIRST + 2 else self.rows[:MOST_FIRST]

    @property
    def rest(self) -> Sequence[Driver]:
        return self.rows[len(self.first) :]


def drivers(cell: Cell | None, items: Items, language: str, name: str, of: str = "") -> Drivers | None:
    """A released drivers cell with the words of its questions."""
    if not cell or not cell.get("shown"):
        return None
    texts = texts_of(items, language, name)
    rows = [Driver(code, texts.get(code, code), *rest) for code, *rest in cell["items"]]
    has_lmg = any(row.lmg is not None for row in rows)
    return Drivers(texts.get(cell["outcome"], cell["outcome"]), cell["n"], cell["r2"], rows, of, has_lmg)
