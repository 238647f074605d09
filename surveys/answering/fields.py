"""One question of a questionnaire: what a form posts for it, what a draft keeps, when it counts as answered. Pure.

A draft keeps flat answers: ``{"own.W1": 4, "p.17.p_effort": None, "c.comment": "…"}``; None is "I can't judge this".
The two halves of a pair are kept apart (``own.x.e``, ``own.x.p``), so that one may be given before the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from surveys.instruments.rules import Rule
from surveys.instruments.scales import BadValue, Scale, scale_of

CANNOT_JUDGE = "none"
EMPTIED = ""  # what a form posts for a question that it shows and nobody answered
COMMENT_LIMIT = 2000
# About a department less is said, and three of them must not make an envelope much longer.
SERVICE_COMMENT_LIMIT = 600
# Their forms post an empty value beside the controls: boxes that are all unticked post nothing themselves.
WITH_HIDDEN = frozenset({"multiple", "number"})

Flat = dict[str, Any]
Posted = Mapping[str, Sequence[str]]


class BadAnswer(ValueError):
    """An answer that no honest form sends, a number out of range, or a comment that is too long.

    ``reason`` is a key of words.py, ``values`` what its words leave open.
    """

    def __init__(self, field: str, reason: str, **values: int) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason
        self.values = {"n": COMMENT_LIMIT, **values}


def clean(text: str) -> str:
    """Without control and half characters (PostgreSQL and JSON readers choke on some), line ends as ``\\n``."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


@dataclass(frozen=True)
class Field:
    """One question on one page. ``name`` is its name in the form and in the draft.

    ``promise``: it asks whether this promise was kept (see promised.py).
    """

    name: str
    code: str
    kind: str
    text: Mapping[str, str]
    provider: int | None = None
    required: bool = True
    cannot_judge: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    show_if: Rule = field(default_factory=dict)
    promise: int | None = None

    @property
    def is_comment(self) -> bool:
        return self.kind == "comment"

    @property
    def limit(self) -> int:
        """The most characters of a comment."""
        return COMMENT_LIMIT if self.provider is None else SERVICE_COMMENT_LIMIT

    @cached_property
    def scale(self) -> Scale:
        return scale_of({"kind": self.kind, "options": self.options})

    @property
    def halves(self) -> tuple[str, ...]:
        """The names of a pair's two questions: what is expected, what is experienced."""
        return (f"{self.name}.e", f"{self.name}.p") if self.kind == "pair" else ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names under which forms and drafts hold something of this question."""
        return (self.name, *self.halves)

    def read(self, posted: Posted) -> Flat:
        """What ``posted`` says about this question, as entries of a draft ('' empties one). Raises BadAnswer."""
        if self.is_comment:
            return {self.name: self._comment(posted[self.name])} if self.name in posted else {}
        if self.kind == "pair":
            return self._pair(posted)
        if self.name not in posted:
            return {}
        given = [value for value in posted[self.name] if value != EMPTIED]
        if not given:
            if self.kind not in WITH_HIDDEN:
                raise BadAnswer(self.name, "bad_value")
            return {self.name: EMPTIED}
        if CANNOT_JUDGE in given:
            self._cannot_judge(given)
            return {self.name: None}
        return {self.name: self._number(given)}

    def _comment(self, values: Sequence[str]) -> str:
        text = clean(values[0]) if values else ""
        if len(text) > self.limit:
            raise BadAnswer(self.name, "too_long", n=self.limit)
        return text

    def _pair(self, posted: Posted) -> Flat:
        """The box "I can't judge this" wins over the radios beside it, which a browser cannot empty."""
        if CANNOT_JUDGE in posted.get(self.name, ()):
            self._cannot_judge([CANNOT_JUDGE])
            return {self.name: None, **dict.fromkeys(self.halves, EMPTIED)}
        if any(value != EMPTIED for value in posted.get(self.name, ())):
            raise BadAnswer(self.name, "bad_value")
        found: Flat = {}
        for half in self.halves:
            given = [value for value in posted.get(half, ()) if value != EMPTIED]
            if given:
                found[half] = self._half(given)
        if found or self.name in posted:
            found[self.name] = EMPTIED
        return found

    def _half(self, given: Sequence[str]) -> int:
        points = {str(value): value for value in self.scale.values}
        if len(given) != 1 or given[0] not in points:
            raise BadAnswer(self.name, "bad_value")
        return points[given[0]]

    def _cannot_judge(self, given: Sequence[str]) -> None:
        if not self.cannot_judge:
            raise BadAnswer(self.name, "bad_value")
        # A number beside the ticked box gives way to it; two ticks in one list contradict each other.
        if self.kind != "number" and len(given) > 1:
            raise BadAnswer(self.name, "either_or")

    def _number(self, given: Sequence[str]) -> int:
        if self.kind == "multiple" and "0" in given and len(given) > 1:
            raise BadAnswer(self.name, "either_or")
        try:
            return self.scale.read(given)
        except BadValue:
            if self.kind == "number":
                raise BadAnswer(self.name, "bad_number", low=self.scale.low, high=self.scale.high) from None
            raise BadAnswer(self.name, "bad_value") from None

    def value(self, answers: Flat) -> Any:
        """The answer as it is stored: a number, None, text; raises KeyError while the question is open."""
        if not self.halves or self.name in answers:
            return answers[self.name]
        expected, experienced = (answers[half] for half in self.halves)
        return 10 * expected + experienced

    def spread(self, value: Any) -> Flat:
        """A stored answer as entries of a draft: the inverse of :meth:`value`."""
        if not self.halves or type(value) is not int:
            return {self.name: value}
        return dict(zip(self.halves, self.scale.parts(value), strict=True))

    def holds(self, value: Any) -> bool:
        """Whether ``value`` may be stored as this question's answer."""
        if self.is_comment:
            return isinstance(value, str)
        return self.cannot_judge if value is None else self.scale.valid(value)

    def answered(self, answers: Flat) -> bool:
        try:
            return self.holds(self.value(answers))
        except KeyError:
            return False

    def missing(self, answers: Flat) -> bool:
        return self.required and not self.is_comment and not self.answered(answers)
