"""Reading released comments: through the gate, each in its one home. Search, counts by question, unit and theme.

Everything here is counted over comments the reader may read, so no count tells more than they do themselves; there are
no counts over homes he does not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func, QuerySet, Window
from django.db.models.functions import RowNumber

from surveys.instruments.scales import text_in
from surveys.results import queries, themes
from surveys.results.comment_models import ReleasedComment
from surveys.results.comment_release import SAID, TREE
from surveys.results.models import CellGroup, Release
from surveys.waves.models import Wave

FEW = 5
WORDS, EXACT = "words", "exact"


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. ``unit`` with ``below``: the groups under it, too. '' and None: all."""

    query: str = ""
    way: str = WORDS
    family: str = ""
    item: str = ""
    unit: int | None = None
    theme: str = ""

    @property
    def is_any(self) -> bool:
        return bool(self.query or self.family or self.item or self.unit is not None or self.theme)


def readable(wave: Wave, user: queries.User, release: Release | None = None) -> QuerySet[ReleasedComment]:
    """The comments of a released wave that ``user`` may read: about their own work, then about the service; question
    by question, each in an order of chance that stays. ``release``: what the gate gave him already."""
    release = release or queries.release_of(wave, user)
    found = ReleasedComment.objects.none()
    if release is None:
        return found
    found = ReleasedComment.objects.filter(release=release).order_by("-family", "item", "id")
    nodes = queries.seen_nodes(wave, user, comments=True)
    return found if nodes is None else found.filter(unit__in=nodes)


def narrowed(found: QuerySet[ReleasedComment], wanted: Wanted, but: str = "") -> QuerySet[ReleasedComment]:
    """Those that are looked for; ``but``: one filter left out (item, unit, theme or family), for its own counts."""
    for word in themes.wanted(wanted.query) if wanted.way != EXACT else []:
        found = found.filter(folded__contains=word)
    if wanted.way == EXACT and (phrase := themes.wanted_exactly(wanted.query)):
        found = found.filter(folded__contains=phrase)
    if wanted.query.strip() and not themes.fold(wanted.query):
        return found.none()
    chosen = {"family": wanted.family, "item": wanted.item, "unit": wanted.unit}
    for name, value in chosen.items():
        if value not in ("", None) and name != but:
            found = found.filter(**{name: value})
    if wanted.theme and but != "theme":
        found = found.filter(themes__contains=[wanted.theme])
    return found


@dataclass(frozen=True)
class Choice:
    """One line of a filter: what stands in the address, its words, how many comments."""

    value: str
    words: str
    count: int
    chosen: bool


def by_theme(found: QuerySet[ReleasedComment], wanted: Wanted) -> list[Choice]:
    """The themes that occur, the most frequent first."""
    each = narrowed(found, wanted, but="theme").annotate(theme=Func(F("themes"), function="unnest"))
    counts = dict(each.order_by().values_list("theme").annotate(n=Count("pk")))
    lines = [
        Choice(name, str(words), counts.get(name, 0), name == wanted.theme)
        for name, words in themes.THEMES.items()
        if counts.get(name) or name == wanted.theme
    ]
    return sorted(lines, key=lambda line: -line.count)


def by_item(found: QuerySet[ReleasedComment], wanted: Wanted, texts: Mapping[str, str]) -> list[Choice]:
    """The questions that comments answer, as they were asked."""
    rows = narrowed(found, wanted, but="item").order_by().values_list("item").annotate(n=Count("pk"))
    counts = dict(rows)
    known = [code for code in texts if code in counts or code == wanted.item]
    return [Choice(code, texts[code], counts.get(code, 0), code == wanted.item) for code in known]


def by_unit(found: QuerySet[ReleasedComment], wanted: Wanted, wave: Wave) -> list[Choice]:
    """The groups that have comments the reader may read, in the order of the tree."""
    counts = dict(narrowed(found, wanted, but="unit").order_by().values_list("unit").annotate(n=Count("pk")))
    groups = CellGroup.objects.shown().filter(release__wave=wave, family="tree", unit__in=[*counts])
    names = groups.order_by("pk").values_list("unit", "name")
    return [Choice(str(unit), name, counts[unit], unit == wanted.unit) for unit, name in names]


def by_family(found: QuerySet[ReleasedComment], wanted: Wanted) -> dict[str, int]:
    return dict(narrowed(found, wanted, but="family").order_by().values_list("family").annotate(n=Count("pk")))


def questions(wave: Wave, language: str) -> dict[str, str]:
    """The questions that take comments, by code; {provider} in words."""
    items = Wave.objects.values_list("snapshot__items", flat=True).get(pk=wave.pk) or []
    return {
        item["code"]: text_in(item["text"], language).replace("{provider}", "…")
        for item in items
        if item["kind"] == "comment"
    }


@dataclass(frozen=True)
class Here:
    """The comments at one group: the first ones of each kind, and how many there are."""

    own: list[ReleasedComment]
    own_count: int
    about: list[ReleasedComment]
    about_count: int


def of_unit(wave: Wave, user: queries.User, unit: int, most: int = FEW, release: Release | None = None) -> Here:
    """What a group's page shows of its comments. One query."""
    found = readable(wave, user, release).filter(unit=unit)
    ranked = found.annotate(
        place=Window(RowNumber(), partition_by="family", order_by=["item", "id"]),
        whole=Window(Count("pk"), partition_by="family"),
    )
    rows = list(ranked.filter(place__lte=most).order_by("family", "place"))
    kinds = {family: [row for row in rows if row.family == family] for family in (TREE, SAID)}
    counts = {family: mine[0].whole if mine else 0 for family, mine in kinds.items()}  # type: ignore[attr-defined]
    return Here(kinds[TREE], counts[TREE], kinds[SAID], counts[SAID])


def lines(wave: Wave, found: QuerySet[ReleasedComment], language: str) -> Iterator[list[Any]]:
    """Each comment as a line of a file: home, what it is about, question, themes, text."""
    groups = CellGroup.objects.shown().filter(release__wave=wave, family="tree")
    names, texts = dict(groups.values_list("unit", "name")), questions(wave, language)
    words = {name: str(title) for name, title in themes.THEMES.items()}
    for row in found.iterator(chunk_size=500):
        about = "service" if row.family == SAID else "own work"
        told = "; ".join(words[name] for name in row.themes if name in words)
        yield [names.get(row.unit, ""), about, row.item, texts.get(row.item, ""), told, row.masked, row.text]
