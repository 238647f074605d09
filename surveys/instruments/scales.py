"""What an item's answers may be, how they are stored, worded and counted. Pure: no database, no clock.

Every answer but a comment is one whole number that fits a smallint:

========================  =====================================================================================
agreement                 1–5 or 1–7 (``options["points"]``), the highest agrees
frequency, satisfaction   1–5
effort                    1–7, 7 = very easy
recommendation            0–10
outcome                   1–5, 5 = something great
yes_no                    0, 1
lost_time                 0–5: none, under 1, 1–3, 3–8, 8–16, over 16 hours (see :data:`HOURS`)
pair                      ``10 × expectation + perception``, each 1–5 or 1–7
single                    the ``value`` of the chosen option
multiple                  sum of ``2 ** (value − 1)`` of the chosen options; 0 = none of these
number                    itself, within ``options["min"]`` … ``options["max"]``
========================  =====================================================================================

``options`` also holds ``reversed`` (agreement, frequency, yes_no: low values are the good ones), ``choices``
(``[{"value", "text": {language: text}}]``; a value is never used again for another text) and ``unit`` (number).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.instruments import scale_labels as labels

COMMENT = "comment"
SMALLEST, LARGEST = -32768, 32767
MOST_CHOICES, MOST_MULTIPLE = 30, 15
# Hours of each band of lost time, its middle; the open band counts as 24 (three days), a cautious figure.
HOURS = (0.0, 0.5, 2.0, 5.5, 12.0, 24.0)


class BadValue(ValueError):
    """Not an answer of this scale."""


@dataclass(frozen=True)
class Scale:
    """The answers of one item.

    ``values``: all storable values from low to high; empty where they are too many to list (multiple, number).
    ``rows``: the words of the values. ``ordered``: whether there is a worse and a better. ``reversed``: whether the low
    values are the better ones.
    """

    kind: str
    values: tuple[int, ...] = ()
    texts: tuple[Mapping[str, str], ...] = ()
    ordered: bool = True
    reversed: bool = False
    low: int = 0
    high: int = 0
    unit: Mapping[str, str] = field(default_factory=dict)

    def valid(self, value: Any) -> bool:
        """Whether ``value`` may be stored for this item."""
        if type(value) is not int:
            return False
        if self.kind == "number":
            return self.low <= value <= self.high
        if self.kind == "multiple":
            return 0 <= value <= self._mask and value & ~self._mask == 0
        if self.kind == "pair":
            return self.low <= value // 10 <= self.high and self.low <= value % 10 <= self.high
        return value in self.values

    @property
    def _mask(self) -> int:
        return sum(1 << (value - 1) for value in self.values)

    def read(self, posted: Sequence[str]) -> int:
        """The answer in what a form posted (one text per control). Raises :class:`BadValue`."""
        try:
            numbers = [_whole(text) for text in posted]
        except ValueError:
            raise BadValue from None
        if self.kind == "multiple":
            value = _mask_of(numbers, self.values)
        elif self.kind == "pair":
            if len(numbers) != 2 or not all(self.low <= number <= self.high for number in numbers):
                raise BadValue
            value = 10 * numbers[0] + numbers[1]
        elif len(numbers) == 1:
            value = numbers[0]
        else:
            raise BadValue
        if not self.valid(value):
            raise BadValue
        return value

    def posted(self, value: int) -> list[str]:
        """What a form must post to give ``value``: the inverse of :meth:`read`."""
        if self.kind == "multiple":
            return [str(number) for number in self.chosen(value)] or ["0"]
        if self.kind == "pair":
            return [str(value // 10), str(value % 10)]
        return [str(value)]

    def chosen(self, value: int) -> list[int]:
        """The options in an answer of *multiple*."""
        return [number for number in self.values if value & (1 << (number - 1))]

    def parts(self, value: int) -> tuple[int, int]:
        """(expectation, perception) of a pair."""
        return divmod(value, 10)

    def choices(self, language: str) -> list[tuple[int, str]]:
        """(value, label) as a form offers them: the better first on ordered scales of words, options as written."""
        pairs = [(value, text_in(text, language)) for value, text in zip(self.values, self.texts, strict=True)]
        upwards = not self.ordered or self.kind in {"recommendation", "lost_time", "frequency"}
        return pairs if upwards else pairs[::-1]

    def label(self, value: int, language: str) -> str:
        """``value`` in words."""
        if self.kind == "number":
            unit = text_in(self.unit, language)
            return f"{value} {unit}".strip()
        if self.kind == "multiple":
            words = dict(zip(self.values, self.texts, strict=True))
            chosen = [text_in(words[number], language) for number in self.chosen(value)]
            return ", ".join(chosen) or labels.in_language(labels.NONE_OF_THESE, language)
        if self.kind == "pair":
            by_value = dict(zip(self.values, self.texts, strict=True))
            return " / ".join(text_in(by_value[part], language) for part in self.parts(value))
        return text_in(dict(zip(self.values, self.texts, strict=True))[value], language)

    def index(self, value: int) -> float | None:
        """``value`` as 0–100, 100 the best; None where the scale has no better and worse.

        Linear between the ends of the scale. Of a pair: the perception.
        """
        if not self.ordered:
            return None
        if self.kind == "pair":
            value %= 10
        low, high = self.low, self.high
        share = (value - low) / (high - low)
        return 100.0 * (1 - share if self.reversed else share)

    @property
    def categories(self) -> int:
        """How many classes :meth:`category` has; 0 where answers are not counted by class (number)."""
        return 0 if self.kind == "number" else len(self.values)

    def category(self, value: int) -> int:
        """The class of an answer: 0 the worst (ordered scales) or the first option. Of a pair: the perception's."""
        if self.kind == "pair":
            value %= 10
        at = self.values.index(value)
        return len(self.values) - 1 - at if self.ordered and self.reversed else at

    def thirds(self) -> tuple[frozenset[int], frozenset[int]]:
        """The classes that count as favourable, and as unfavourable; the rest is neutral. Empty without order.

        Recommendation as the Net Promoter Score has it: 9–10 and 0–6. Effort: 5–7 easy, 1–3 hard. Otherwise the classes
        above and below the middle one.
        """
        if not self.ordered or self.kind == "number":
            return frozenset(), frozenset()
        if self.kind == "recommendation":
            return frozenset({9, 10}), frozenset(range(7))
        if self.kind == "lost_time":
            return frozenset({4, 5}), frozenset({0, 1, 2})
        n = self.categories
        return frozenset(range((n + 1) // 2, n)), frozenset(range(n // 2))


def _whole(text: str) -> int:
    """A whole number as people and forms write it: ASCII digits, perhaps a minus. Raises ValueError."""
    plain = text.strip()
    digits = plain[1:] if plain[:1] == "-" else plain
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise ValueError(text)
    return int(plain)


def _mask_of(numbers: Sequence[int], values: Sequence[int]) -> int:
    if not numbers or len(set(numbers)) != len(numbers):
        raise BadValue
    if list(numbers) == [0]:
        return 0
    if any(number not in values for number in numbers):
        raise BadValue
    return sum(1 << (number - 1) for number in numbers)


def text_in(texts: Mapping[str, str], language: str) -> str:
    """``texts`` in ``language``, else in English, else in whatever there is."""
    return texts.get(language) or texts.get("en") or next((text for text in texts.values() if text), "")


def _fixed(kind: str, rows: Sequence[labels.Row], first: int = 1, **more: Any) -> Scale:
    values = tuple(range(first, first + len(rows)))
    texts = tuple(labels.as_texts(row) for row in rows)
    return Scale(kind, values, texts, low=values[0], high=values[-1], **more)


def _agreement(options: Mapping[str, Any], kind: str = "agreement") -> Scale:
    rows = labels.AGREEMENT_7 if options.get("points") == 7 else labels.AGREEMENT_5
    return _fixed(kind, rows, reversed=bool(options.get("reversed")))


def _recommendation(options: Mapping[str, Any]) -> Scale:
    texts: list[Mapping[str, str]] = [{"en": str(value)} for value in range(11)]
    for at, row in ((0, labels.RECOMMENDATION_ENDS[0]), (10, labels.RECOMMENDATION_ENDS[1])):
        texts[at] = {language: f"{at} · {text}" for language, text in labels.as_texts(row).items()}
    return Scale("recommendation", tuple(range(11)), tuple(texts), low=0, high=10)


def _options(kind: str) -> Callable[[Mapping[str, Any]], Scale]:
    def make(options: Mapping[str, Any]) -> Scale:
        choices = options.get("choices") or []
        values = tuple(int(choice["value"]) for choice in choices)
        return Scale(kind, values, tuple(choice.get("text") or {} for choice in choices), ordered=False)

    return make


def _number(options: Mapping[str, Any]) -> Scale:
    low, high = int(options.get("min", 0)), int(options.get("max", 100))
    return Scale("number", low=low, high=high, ordered=False, unit=options.get("unit") or {})


SCALES: Mapping[str, Callable[[Mapping[str, Any]], Scale]] = {
    "agreement": _agreement,
    "frequency": lambda options: _fixed("frequency", labels.FREQUENCY, reversed=bool(options.get("reversed"))),
    "satisfaction": lambda options: _fixed("satisfaction", labels.SATISFACTION),
    "recommendation": _recommendation,
    "effort": lambda options: _fixed("effort", labels.EFFORT),
    "outcome": lambda options: _fixed("outcome", labels.OUTCOME),
    "pair": lambda options: _agreement({"points": options.get("points", 7)}, kind="pair"),
    "single": _options("single"),
    "multiple": _options("multiple"),
    "lost_time": lambda options: _fixed("lost_time", labels.LOST_TIME, first=0, reversed=True),
    "number": _number,
    "yes_no": lambda options: _fixed("yes_no", labels.YES_NO, first=0, reversed=bool(options.get("reversed"))),
}
KINDS = (*SCALES, COMMENT)


def scale_of(item: Mapping[str, Any]) -> Scale:
    """The scale of a frozen item (``kind`` and ``options``). Raises KeyError for a comment or an unknown kind."""
    return SCALES[item["kind"]](item.get("options") or {})


def problems(kind: str, options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What keeps ``options`` from making a scale, as (option, reason); reasons are keys for the editor's messages."""
    found: list[tuple[str, str]] = []
    if kind in {"agreement", "pair"} and options.get("points", 5) not in (5, 7):
        found.append(("points", "five_or_seven"))
    if kind in {"single", "multiple"}:
        found += _choice_problems(options.get("choices") or [], MOST_MULTIPLE if kind == "multiple" else MOST_CHOICES)
    if kind == "number":
        low, high = options.get("min", 0), options.get("max", 100)
        if type(low) is not int or type(high) is not int or not SMALLEST <= low < high <= LARGEST:
            found.append(("max", "range"))
    return found


def _choice_problems(choices: Sequence[Mapping[str, Any]], most: int) -> list[tuple[str, str]]:
    values = [choice.get("value") for choice in choices]
    if not 2 <= len(choices) <= most:
        return [("choices", "how_many")]
    if any(type(value) is not int or not 1 <= value <= most for value in values) or len(set(values)) != len(values):
        return [("choices", "values")]
    if any(not any((choice.get("text") or {}).values()) for choice in choices):
        return [("choices", "empty")]
    return []
