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

from surveys.answering import screener
from surveys.answering.fields import (
    CANNOT_JUDGE,
    COMMENT_LIMIT,
    EMPTIED,
    SERVICE_COMMENT_LIMIT,
    BadAnswer,
    Field,
    Flat,
    Posted,
    clean,
)
from surveys.answering.screener import Screener
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
    """``kind``: want, know, can, other, services, provider, promises, end, or section (``title``, ``intro`` its own).

    *services* has no fields but a ``screener``. ``number`` is the page's address and stays whatever is shown or not;
    ``part`` of ``parts`` where a kind takes several pages; of a provider's page: which provider of how many.
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
    screener: Screener | None = None

    def complete(self, answers: Flat) -> bool:
        if self.screener:
            return self.screener.answered(answers)
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
    asks_used: Screener | None = None,
    promises: Sequence[Field] = (),
) -> list[Page]:
    """The pages of somebody who is asked about ``providers``, in order, whatever rules will hide.

    By ``sections`` where the questionnaire has them (``seed`` decides the order of shuffled ones, the same for the same
    seed), otherwise own questions by dimension, one page per provider, and the end: outcome and comment. With
    ``asks_used`` the question whose service he used comes before the first provider; whom he added, after the others.
    ``promises``, judged after the providers.
    """
    asked = [*providers, *(asks_used.added if asks_used else ())]
    make = _by_section if sections else _by_dimension
    pages = make(list(items), asked, sections, seed)
    first = next((at for at, page in enumerate(pages) if page.kind == "provider"), None)
    if asks_used and first is not None:
        pages.insert(first, Page(0, "services", (), screener=asks_used, section=pages[first].section))
    if promises:
        pages.insert(_after_providers(pages), Page(0, "promises", tuple(promises)))
    return _addressed(_numbered(pages), {unit for unit, _name in asks_used.added} if asks_used else set())


def _after_providers(pages: Sequence[Page]) -> int:
    """Where the page about promises stands: after the last provider's, else before the end."""
    providers = [at for at, page in enumerate(pages, 1) if page.kind == "provider"]
    ends = [at for at, page in enumerate(pages) if page.kind == "end"]
    return max(providers, default=min(ends, default=len(pages)))


def _addressed(pages: Sequence[Page], added: set[int]) -> list[Page]:
    """Addresses in order, those of added providers last: adding one moves no other page."""
    fixed = [page for page in pages if page.provider not in added]
    order = [*fixed, *(page for page in pages if page.provider in added)]
    number = {id(page): at for at, page in enumerate(order, 1)}
    return [replace(page, number=number[id(page)]) for page in pages]


def _by_dimension(
    items: list[Mapping[str, Any]],
    providers: Sequence[tuple[int, str]],
    sections: Sequence[Mapping[str, Any]],
    seed: str,
) -> list[Page]:
    own: dict[str, list[Field]] = {kind: [] for kind in (*DIMENSIONS, "other", "end")}
    about = [item for item in items if item.get("about") == "provider"]
    for item in items:
        if item.get("about") == "provider":
            continue
        dimension = item.get("dimension") if item.get("dimension") in DIMENSIONS else "other"
        own["end" if item["kind"] in {"outcome", "comment"} else str(dimension)].append(_field(item))
    pages = [Page(0, kind, chunk) for kind in (*DIMENSIONS, "other") for chunk in _evenly(own[kind])]
    pages += _of_providers(about, providers)
    if own["end"]:
        pages.append(Page(0, "end", tuple(sorted(own["end"], key=lambda one: one.is_comment))))
    return pages


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
        pages += [Page(0, "section", chunk, **words) for chunk in _evenly(own)]
        pages += _of_providers([item for item in mine if item.get("about") == "provider"], providers, **words)
    return pages


def _of_providers(about: Sequence[Mapping[str, Any]], providers: Sequence[tuple[int, str]], **words: Any) -> list[Page]:
    """The pages of each provider, a comment at the end of his last one."""
    pages: list[Page] = []
    for part, (provider, name) in enumerate(providers if about else (), 1):
        fields = [_field(item, provider) for item in about]
        chunks = _evenly([one for one in fields if not one.is_comment], PER_PROVIDER_PAGE) or [()]
        chunks[-1] += tuple(one for one in fields if one.is_comment)
        pages += [Page(0, "provider", chunk, part, len(providers), provider, name, **words) for chunk in chunks]
    return pages


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


def rated(pages: Iterable[Page], answers: Flat) -> set[int]:
    """The providers that are rated: all the pages are about, but for those the person did not use."""
    found = list(pages)
    for page in found:
        if page.screener:
            return set(page.screener.rated(answers))
    return {page.provider for page in found if page.provider is not None}


def shown(pages: Sequence[Page], answers: Flat, person: rules.Person = NOBODY) -> list[Page]:
    """The pages with the questions that are shown to ``person`` after these answers; pages without any are left out."""
    used = rated(pages, answers)
    pages = [page for page in pages if page.provider is None or page.provider in used]
    if not any(one.show_if for page in pages for one in page.fields):
        return _numbered(pages)
    scales = {one.code: one.scale for page in pages for one in page.fields if not one.is_comment}
    known: dict[tuple[int | None, str], int] = {}
    result = []
    for page in pages:
        fields = tuple(one for one in page.fields if _is_shown(one, known, scales, person))
        for one in fields:
            if not one.is_comment and one.answered(answers) and (value := one.value(answers)) is not None:
                known[one.provider, one.code] = value
        if fields or page.screener:
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
    if any(name.startswith(("own.", "p.", "c.", "s.", "k.")) and name not in known for name in posted):
        raise BadAnswer("", "bad_value")
    answers: Flat = {}
    for one in page.fields:
        answers.update(one.read(posted))
    return answers


def merge(before: Flat, new: Flat) -> Flat:
    """``before`` with ``new`` over it; an emptied answer is none."""
    return {name: value for name, value in {**before, **new}.items() if value != EMPTIED}


def known_only(pages: Iterable[Page], answers: Flat) -> Flat:
    names = {name for field in fields_of(pages) for name in field.names} | set(screener.NAMES)
    return {name: value for name, value in answers.items() if name in names}


def missing(pages: Iterable[Page], answers: Flat) -> list[tuple[Page, Field]]:
    return [(page, field) for page in pages for field in page.fields if field.missing(answers)]


def minutes(fields: Iterable[Field]) -> int:
    """About how long ``fields`` take, rounded up."""
    return timing.minutes_of(field.kind for field in fields)


def minutes_left(pages: Iterable[Page], answers: Flat) -> int:
    return minutes(field for field in fields_of(pages) if not field.answered(answers))


def nest(pages: Sequence[Page], answers: Flat) -> Nested:
    """The flat answers in the form that is sealed; an open question that is not required counts as not answered.

    ``about`` holds comments on providers; ``services`` what the screener was answered, which is not sealed;
    ``promises``, only where some are asked about, whether each was kept.
    """
    nested: Nested = {"own": {}, "providers": {}, "comment": {}, "about": {}}
    if screener.USED in answers:
        nested["services"] = {"used": answers[screener.USED], "added": answers.get(screener.ADDED) or []}
    for one in fields_of(pages):
        if one.is_comment:
            if not answers.get(one.name):
                continue
            home = nested["comment"] if one.provider is None else nested["about"].setdefault(str(one.provider), {})
            home[one.code] = answers[one.name]
            continue
        if one.missing(answers):
            continue
        value = one.value(answers) if one.answered(answers) else None
        if one.promise is not None:
            nested.setdefault("promises", {})[str(one.promise)] = value
        elif one.provider is not None:
            nested["providers"].setdefault(str(one.provider), {})[one.code] = value
        else:
            nested["own"][one.code] = value
    return nested


def check(
    pages: Sequence[Page], nested: Mapping[str, Any], *, complete: bool = True, person: rules.Person = NOBODY
) -> Nested:
    """``nested`` with nothing foreign in it, every value on its scale; ``complete``: nothing required open.

    Answers to questions that are not shown are left out. Raises :class:`BadAnswer`. What is not answered comes back as
    None: so does every question about a provider whose service was not used.
    """
    flat = _flat(pages, nested)
    visible = shown(pages, flat, person)
    open_ = missing(visible, flat)
    if complete and open_:
        raise BadAnswer(open_[0][1].name, "missing")
    found = nest(visible, flat)
    found.pop("services", None)
    asks = next((page.screener for page in pages if page.screener), None)
    counted = rated(pages, flat) | set(asks.asked_ids if asks else ())
    for one in fields_of(pages):
        if one.is_comment or (one.provider is not None and one.provider not in counted):
            continue
        if one.promise is not None:
            found.setdefault("promises", {}).setdefault(str(one.promise), None)
            continue
        home = found["own"] if one.provider is None else found["providers"].setdefault(str(one.provider), {})
        home.setdefault(one.code, None)
    return found


def _flat(pages: Sequence[Page], nested: Mapping[str, Any]) -> Flat:
    """The inverse of :func:`nest`. Raises :class:`BadAnswer` for unknown questions and values off their scale."""
    given: Flat = {}
    given.update({f"own.{code}": value for code, value in nested.get("own", {}).items()})
    given.update({f"c.{code}": value for code, value in nested.get("comment", {}).items()})
    given.update({f"k.{promise}": value for promise, value in nested.get("promises", {}).items()})
    for part in ("providers", "about"):
        for provider, answers in nested.get(part, {}).items():
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
    asks = next((page.screener for page in pages if page.screener), None)
    if asks:
        flat.update(screener.check(nested.get("services"), asks.asked_ids, [unit for unit, _ in asks.added]))
    elif nested.get("services"):
        raise BadAnswer("", "bad_value")
    return flat


# Of an envelope or a draft without its comments: some 200 answers with their names.
BESIDES = 4096
BYTES = 4  # of a character in UTF-8, at most


def room(items: Iterable[Mapping[str, Any]], providers: int, promises: int = 0) -> int:
    """Bytes that hold whatever anybody may answer to ``items``: so long are all envelopes and drafts of a wave."""
    found = list(items)
    own = sum(item["kind"] == "comment" and item.get("about") != "provider" for item in found)
    about = sum(item["kind"] == "comment" and item.get("about") == "provider" for item in found)
    answers = sum(providers if item.get("about") == "provider" else 1 for item in found) * 40
    answers += promises * 40
    return BYTES * (own * COMMENT_LIMIT + about * providers * SERVICE_COMMENT_LIMIT) + max(BESIDES, answers)
