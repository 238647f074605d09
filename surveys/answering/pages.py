"""The pages of one questionnaire and the rules of its answers. Pure: no database, no clock.

While answering, answers are flat: ``{"own.W1": 4, "p.17.p_effort": None, "c.comment": "…"}``. A missing key is an open
question; None is "I can't judge this". The sealed form, which the other rooms read, is nested (see :func:`nest`).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CANNOT_JUDGE = "none"
COMMENT_LIMIT = 2000
SCALE = range(1, 6)
PER_PAGE = 4
DIMENSIONS = ("want", "know", "can")
SECONDS = {"agreement": 7, "outcome": 8, "comment": 25}

Flat = dict[str, Any]
Nested = dict[str, Any]


class BadAnswer(ValueError):
    """An answer that no honest form sends, or a comment that is too long. ``reason`` is a key of words.py."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


@dataclass(frozen=True)
class Field:
    """One question on one page. ``name`` is its name in the form and in the draft."""

    name: str
    code: str
    kind: str
    text: Mapping[str, str]
    provider: int | None = None
    required: bool = True
    cannot_judge: bool = True

    @property
    def is_comment(self) -> bool:
        return self.kind == "comment"

    def read(self, value: str) -> Any:
        """What was posted, as an answer: a number of the scale, None, or text. Raises :class:`BadAnswer`."""
        if self.is_comment:
            text = clean(value)
            if len(text) > COMMENT_LIMIT:
                raise BadAnswer(self.name, "too_long")
            return text
        if value == CANNOT_JUDGE and self.cannot_judge:
            return None
        if len(value) == 1 and value in "12345":
            return int(value)
        raise BadAnswer(self.name, "bad_value")

    def answered(self, answers: Flat) -> bool:
        return self.name in answers

    def missing(self, answers: Flat) -> bool:
        return self.required and not self.is_comment and self.name not in answers


@dataclass(frozen=True)
class Page:
    """``kind``: want, know, can, other, provider or end. ``part`` of ``parts`` where a kind takes several pages."""

    number: int
    kind: str
    fields: tuple[Field, ...]
    part: int = 1
    parts: int = 1
    provider: int | None = None
    provider_name: str = ""

    def complete(self, answers: Flat) -> bool:
        asked = [field for field in self.fields if not field.is_comment]
        return all(field.answered(answers) for field in asked if field.required)


def clean(text: str) -> str:
    """Without control and half characters (PostgreSQL and JSON readers choke on some), line ends as ``\\n``."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def _field(item: Mapping[str, Any], provider: int | None = None) -> Field:
    part = f"p.{provider}" if provider is not None else ("c" if item["kind"] == "comment" else "own")
    return Field(
        name=f"{part}.{item['code']}",
        code=item["code"],
        kind=item["kind"],
        text=item.get("text") or {},
        provider=provider,
        required=bool(item.get("required", True)),
        cannot_judge=bool(item.get("cannot_judge", True)),
    )


def _evenly(fields: Sequence[Field]) -> list[tuple[Field, ...]]:
    """Pages of at most PER_PAGE, as equal as possible: nine questions are 3 + 3 + 3, not 4 + 4 + 1."""
    count = math.ceil(len(fields) / PER_PAGE)
    size, rest = divmod(len(fields), count) if count else (0, 0)
    cut, chunks = 0, []
    for index in range(count):
        upto = cut + size + (index < rest)
        chunks.append(tuple(fields[cut:upto]))
        cut = upto
    return chunks


def build(items: Iterable[Mapping[str, Any]], providers: Sequence[tuple[int, str]]) -> list[Page]:
    """Own questions by dimension, one page per provider, and the end: outcome and comment."""
    own: dict[str, list[Field]] = {kind: [] for kind in (*DIMENSIONS, "other", "end")}
    about: list[Mapping[str, Any]] = []
    for item in items:
        if item.get("about") == "provider":
            if item["kind"] != "comment":
                about.append(item)
            continue
        dimension = item.get("dimension") if item.get("dimension") in DIMENSIONS else "other"
        own["end" if item["kind"] in {"outcome", "comment"} else str(dimension)].append(_field(item))
    pages: list[Page] = []
    for kind in (*DIMENSIONS, "other"):
        chunks = _evenly(own[kind])
        for part, chunk in enumerate(chunks, 1):
            pages.append(Page(len(pages) + 1, kind, chunk, part, len(chunks)))
    for part, (provider, name) in enumerate(providers if about else (), 1):
        fields = tuple(_field(item, provider) for item in about)
        pages.append(Page(len(pages) + 1, "provider", fields, part, len(providers), provider, name))
    if own["end"]:
        pages.append(Page(len(pages) + 1, "end", tuple(sorted(own["end"], key=lambda field: field.is_comment))))
    return pages


def fields_of(pages: Iterable[Page]) -> list[Field]:
    return [field for page in pages for field in page.fields]


def read(page: Page, posted: Mapping[str, str]) -> Flat:
    """The answers posted for ``page``; those of other questions are refused. Raises :class:`BadAnswer`."""
    known = {field.name: field for field in page.fields}
    answers: Flat = {}
    for name, value in posted.items():
        if not name.startswith(("own.", "p.", "c.")):
            continue
        if name not in known:
            raise BadAnswer("", "bad_value")
        answers[name] = known[name].read(value)
    return answers


def merge(before: Flat, new: Flat) -> Flat:
    """``before`` with ``new`` over it; an emptied comment is no comment."""
    return {name: value for name, value in {**before, **new}.items() if value != ""}


def known_only(pages: Iterable[Page], answers: Flat) -> Flat:
    names = {field.name for field in fields_of(pages)}
    return {name: value for name, value in answers.items() if name in names}


def missing(pages: Iterable[Page], answers: Flat) -> list[tuple[Page, Field]]:
    return [(page, field) for page in pages for field in page.fields if field.missing(answers)]


def minutes(fields: Iterable[Field]) -> int:
    """About how long ``fields`` take, rounded up."""
    return max(1, math.ceil(sum(SECONDS.get(field.kind, 7) for field in fields) / 60))


def minutes_left(pages: Iterable[Page], answers: Flat) -> int:
    return minutes(field for field in fields_of(pages) if not field.answered(answers))


def nest(pages: Sequence[Page], answers: Flat) -> Nested:
    """The flat answers in the form that is sealed; an open question that is not required counts as not answered."""
    nested: Nested = {"own": {}, "providers": {}, "comment": {}}
    for field in fields_of(pages):
        if field.is_comment:
            if answers.get(field.name):
                nested["comment"][field.code] = answers[field.name]
        elif field.missing(answers):
            continue
        elif field.provider is not None:
            nested["providers"].setdefault(str(field.provider), {})[field.code] = answers.get(field.name)
        else:
            nested["own"][field.code] = answers.get(field.name)
    return nested


def check(pages: Sequence[Page], nested: Mapping[str, Any], *, complete: bool = True) -> Nested:
    """``nested`` with nothing foreign in it, every value on its scale; ``complete``: nothing required open.

    Raises :class:`BadAnswer`. What is not answered comes back as None.
    """
    flat: Flat = {}
    flat.update({f"own.{code}": value for code, value in nested.get("own", {}).items()})
    flat.update({f"c.{code}": value for code, value in nested.get("comment", {}).items()})
    for provider, answers in nested.get("providers", {}).items():
        flat.update({f"p.{provider}.{code}": value for code, value in answers.items()})
    known = {field.name: field for field in fields_of(pages)}
    for name, value in list(flat.items()):
        field = known.get(name)
        if field is None:
            raise BadAnswer("", "bad_value")
        if field.is_comment:
            flat[name] = field.read(value or "")
        elif value is None and field.cannot_judge:
            continue
        elif type(value) is not int or value not in SCALE:
            raise BadAnswer(name, "bad_value")
    for name, field in known.items():
        if complete and field.missing(flat):
            raise BadAnswer(name, "missing")
        if not field.is_comment:
            flat.setdefault(name, None)
    return nest(pages, flat)
