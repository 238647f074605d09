"""The pages of one questionnaire and the rules of its answers. Pure: no database, no clock.

While answering, answers are flat (see fields.py). A missing key is an open question. The sealed form, which the other
rooms read, is nested (see :func:`nest`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from surveys.answering.fields import CANNOT_JUDGE, COMMENT_LIMIT, EMPTIED, BadAnswer, Field, Flat, Posted, clean
from surveys.instruments import rules, timing
from surveys.instruments.scales import Scale

__all__ = ["CANNOT_JUDGE", "COMMENT_LIMIT", "BadAnswer", "Field", "Flat", "Page", "build", "check", "clean", "nest"]

PER_PAGE = 4
PER_PROVIDER_PAGE = 8
NOBODY = rules.Person()
DIMENSIONS = ("want", "know", "can")

Nested = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """``kind``: want, know, can, other, provider, end, or section (then ``title`` and ``intro`` are its own).

    ``number`` is the page's address and stays whatever is shown or not; ``part`` of ``parts`` where a kind takes
    several pages; of a provider's page: which provider of how many.
    """

    number: int
    kind: str
    fields: tuple[Field, ...]
    part: int = 1
    parts: int = 1
    provider: int | None = None
    provider_name: str = ""
    section: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    intro: Mapping[str, str] = field(default_factory=dict)

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
        show_if=item.get("show_if") or {},
    )


def _evenly(fields: Sequence[Field], at_most: int = PER_PAGE) -> list[tuple[Field, ...]]:
    """Pages of at most ``at_most``, as equal as possible: nine questions are 3 + 3 + 3, not 4 + 4 + 1.

    A question that looks at another one comes on a later page, so that it is known in time whether it is shown.
    """
    chunks: list[tuple[Field, ...]] = []
    for run in _runs(fields):
        count = math.ceil(len(run) / at_most)
        size, rest = divmod(len(run), count)
        cut = 0
        for index in range(count):
            upto = cut + size + (index < rest)
            chunks.append(tuple(run[cut:upto]))
            cut = upto
    return chunks


def _runs(fields: Sequence[Field]) -> list[list[Field]]:
    runs: list[list[Field]] = []
    for one in fields:
        looked_at = rules.items_in(one.show_if)
        if not runs or any(before.code in looked_at for before in runs[-1]):
            runs.append([])
        runs[-1].append(one)
    return runs


def build(
    items: Iterable[Mapping[str, Any]],
    providers: Sequence[tuple[int, str]],
    sections: Sequence[Mapping[str, Any]] = (),
    seed: str = "",
) -> list[Page]:
    """The pages of somebody who is asked about ``providers``, in order, whatever rules will hide.

    By ``sections`` where the questionnaire has them (``seed`` decides the order of shuffled ones, the same for the same
    seed), otherwise own questions by dimension, one page per provider, and the end: outcome and comment.
    """
    if sections:
        return _by_section(list(items), providers, sections, seed)
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
        for chunk in _evenly(own[kind]):
            pages.append(Page(len(pages) + 1, kind, chunk))
    for part, (provider, name) in enumerate(providers if about else (), 1):
        for chunk in _evenly([_field(item, provider) for item in about], PER_PROVIDER_PAGE):
            pages.append(Page(len(pages) + 1, "provider", chunk, part, len(providers), provider, name))
    if own["end"]:
        pages.append(Page(len(pages) + 1, "end", tuple(sorted(own["end"], key=lambda one: one.is_comment))))
    return _numbered(pages)


def _by_section(
    items: list[Mapping[str, Any]],
    providers: Sequence[tuple[int, str]],
    sections: Sequence[Mapping[str, Any]],
    seed: str,
) -> list[Page]:
    pages: list[Page] = []
    for section in sections:
        mine = [item for item in items if item.get("section") == section["key"]]
        if section.get("shuffled"):
            random.Random(f"{seed}/{section['key']}").shuffle(mine)
        words = {"section": section["key"], "title": section.get("title") or {}, "intro": section.get("intro") or {}}
        own = [_field(item) for item in mine if item.get("about") != "provider"]
        for chunk in _evenly(own):
            pages.append(Page(len(pages) + 1, "section", chunk, **words))
        about = [item for item in mine if item.get("about") == "provider" and item["kind"] != "comment"]
        for part, (provider, name) in enumerate(providers if about else (), 1):
            for chunk in _evenly([_field(item, provider) for item in about], PER_PROVIDER_PAGE):
                pages.append(Page(len(pages) + 1, "provider", chunk, part, len(providers), provider, name, **words))
    return _numbered(pages)


def _numbered(pages: Sequence[Page]) -> list[Page]:
    """``part`` and ``parts`` anew: pages of one kind (and section) in a row, but for providers', who are counted."""
    result: list[Page] = []
    for (kind, _), group in groupby(pages, key=lambda page: (page.kind, page.section)):
        alike = list(group)
        if kind == "provider":
            result += alike
        else:
            result += [replace(page, part=at, parts=len(alike)) for at, page in enumerate(alike, 1)]
    return result


def shown(pages: Sequence[Page], answers: Flat, person: rules.Person = NOBODY) -> list[Page]:
    """The pages with the questions that are shown to ``person`` after these answers; pages without any are left out."""
    if not any(one.show_if for page in pages for one in page.fields):
        return list(pages)
    scales = {one.code: one.scale for page in pages for one in page.fields if not one.is_comment}
    known: dict[tuple[int | None, str], int] = {}
    result = []
    for page in pages:
        fields = tuple(one for one in page.fields if _is_shown(one, known, scales, person))
        for one in fields:
            if not one.is_comment and one.answered(answers) and (value := one.value(answers)) is not None:
                known[one.provider, one.code] = value
        if fields:
            result.append(replace(page, fields=fields))
    return _numbered(result)


def _is_shown(
    one: Field, known: Mapping[tuple[int | None, str], int], scales: Mapping[str, Scale], person: rules.Person
) -> bool:
    def answer(code: str) -> int | None:
        return known.get((one.provider, code), known.get((None, code)))

    return rules.holds(one.show_if, answer, scales, person)


def fields_of(pages: Iterable[Page]) -> list[Field]:
    return [field for page in pages for field in page.fields]


def read(page: Page, posted: Posted) -> Flat:
    """The answers posted for ``page``; those of other questions are refused. Raises :class:`BadAnswer`."""
    known = {name for field in page.fields for name in field.names}
    if any(name.startswith(("own.", "p.", "c.")) and name not in known for name in posted):
        raise BadAnswer("", "bad_value")
    answers: Flat = {}
    for one in page.fields:
        answers.update(one.read(posted))
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
    return timing.minutes_of(field.kind for field in fields)


def minutes_left(pages: Iterable[Page], answers: Flat) -> int:
    return minutes(field for field in fields_of(pages) if not field.answered(answers))


def nest(pages: Sequence[Page], answers: Flat) -> Nested:
    """The flat answers in the form that is sealed; an open question that is not required counts as not answered."""
    nested: Nested = {"own": {}, "providers": {}, "comment": {}}
    for one in fields_of(pages):
        if one.is_comment:
            if answers.get(one.name):
                nested["comment"][one.code] = answers[one.name]
            continue
        if one.missing(answers):
            continue
        value = one.value(answers) if one.answered(answers) else None
        if one.provider is not None:
            nested["providers"].setdefault(str(one.provider), {})[one.code] = value
        else:
            nested["own"][one.code] = value
    return nested


def check(
    pages: Sequence[Page], nested: Mapping[str, Any], *, complete: bool = True, person: rules.Person = NOBODY
) -> Nested:
    """``nested`` with nothing foreign in it, every value on its scale; ``complete``: nothing required open.

    Answers to questions that are not shown are left out. Raises :class:`BadAnswer`. What is not answered comes back as
    None.
    """
    flat = _flat(pages, nested)
    visible = shown(pages, flat, person)
    open_ = missing(visible, flat)
    if complete and open_:
        raise BadAnswer(open_[0][1].name, "missing")
    found = nest(visible, flat)
    for one in fields_of(pages):
        if not one.is_comment:
            home = found["own"] if one.provider is None else found["providers"].setdefault(str(one.provider), {})
            home.setdefault(one.code, None)
    return found


def _flat(pages: Sequence[Page], nested: Mapping[str, Any]) -> Flat:
    """The inverse of :func:`nest`. Raises :class:`BadAnswer` for unknown questions and values off their scale."""
    given: Flat = {}
    given.update({f"own.{code}": value for code, value in nested.get("own", {}).items()})
    given.update({f"c.{code}": value for code, value in nested.get("comment", {}).items()})
    for provider, answers in nested.get("providers", {}).items():
        given.update({f"p.{provider}.{code}": value for code, value in answers.items()})
    known = {one.name: one for one in fields_of(pages)}
    if any(name not in known for name in given):
        raise BadAnswer("", "bad_value")
    flat: Flat = {}
    for name, value in given.items():
        one = known[name]
        if one.is_comment:
            flat.update(one.read({name: [value or ""]}))
        elif value is not None or one.required:
            if not one.holds(value):
                raise BadAnswer(name, "bad_value")
            flat.update(one.spread(value))
    return flat
