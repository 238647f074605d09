"""The pages of one questionnaire and the rules of its answers. Pure: no database, no clock.

While answering, answers are flat (see fields.py). A missing key is an open question. The sealed form, which the other
rooms read, is nested (see :func:`nest`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.answering.fields import CANNOT_JUDGE, COMMENT_LIMIT, EMPTIED, BadAnswer, Field, Flat, Posted, clean

__all__ = ["CANNOT_JUDGE", "COMMENT_LIMIT", "BadAnswer", "Field", "Flat", "Page", "build", "check", "clean", "nest"]

PER_PAGE = 4
DIMENSIONS = ("want", "know", "can")
SECONDS = {"agreement": 7, "outcome": 8, "pair": 12, "single": 9, "multiple": 12, "number": 10, "comment": 25}

Nested = dict[str, Any]


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
        options=item.get("options") or {},
        help=item.get("help") or {},
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


def read(page: Page, posted: Posted) -> Flat:
    """The answers posted for ``page``; those of other questions are refused. Raises :class:`BadAnswer`."""
    known = {name for field in page.fields for name in field.names}
    if any(name.startswith(("own.", "p.", "c.")) and name not in known for name in posted):
        raise BadAnswer("", "bad_value")
    answers: Flat = {}
    for field in page.fields:
        answers.update(field.read(posted))
    return answers


def merge(before: Flat, new: Flat) -> Flat:
    """``before`` with ``new`` over it; an emptied answer is none."""
    return {name: value for name, value in {**before, **new}.items() if value != EMPTIED}


def known_only(pages: Iterable[Page], answers: Flat) -> Flat:
    names = {name for field in fields_of(pages) for name in field.names}
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
            continue
        if field.missing(answers):
            continue
        value = field.value(answers) if field.answered(answers) else None
        if field.provider is not None:
            nested["providers"].setdefault(str(field.provider), {})[field.code] = value
        else:
            nested["own"][field.code] = value
    return nested


def check(pages: Sequence[Page], nested: Mapping[str, Any], *, complete: bool = True) -> Nested:
    """``nested`` with nothing foreign in it, every value on its scale; ``complete``: nothing required open.

    Raises :class:`BadAnswer`. What is not answered comes back as None.
    """
    given: Flat = {}
    given.update({f"own.{code}": value for code, value in nested.get("own", {}).items()})
    given.update({f"c.{code}": value for code, value in nested.get("comment", {}).items()})
    for provider, answers in nested.get("providers", {}).items():
        given.update({f"p.{provider}.{code}": value for code, value in answers.items()})
    known = {field.name: field for field in fields_of(pages)}
    if any(name not in known for name in given):
        raise BadAnswer("", "bad_value")
    flat: Flat = {}
    for name, field in known.items():
        if field.is_comment:
            flat.update(field.read({name: [given.get(name) or ""]}))
        elif name in given and (given[name] is not None or field.required):
            if not field.holds(given[name]):
                raise BadAnswer(name, "bad_value")
            flat.update(field.spread(given[name]))
        elif complete and field.required:
            raise BadAnswer(name, "missing")
    found = nest(pages, flat)
    for field in known.values():
        if not field.is_comment:
            home = found["own"] if field.provider is None else found["providers"].setdefault(str(field.provider), {})
            home.setdefault(field.code, None)
    return found
