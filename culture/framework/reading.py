"""The framework as readers see it: in which language, what matches a search, what the history says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from culture.framework import sections
from culture.framework.comparison import Part, folded, parts
from culture.framework.models import AskedEntry, CatalogueEntry, Figure, Level, TailoringChange
from culture.framework.tailoring import CIRCUMSTANCES
from culture.framework.texts import pick

LANGUAGES: dict[str, str] = dict(settings.LANGUAGES)
LONGEST_SEARCH = 80


def language_of(request: HttpRequest) -> str:
    """``?language=`` when it is one of ours, else the reader's own."""
    asked = request.GET.get("language", "").lower()
    if asked in LANGUAGES:
        return asked
    active = (get_language() or settings.LANGUAGE_CODE).lower()
    return next((one for one in (active, active.split("-")[0]) if one in LANGUAGES), settings.LANGUAGE_CODE)


def search_of(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]


@dataclass(frozen=True)
class Line:
    """An entry in one language. ``level``: what is expected of the reader, None for nothing."""

    entry: CatalogueEntry
    kind: str
    language: str
    level: int | None = None

    @property
    def label(self) -> str:
        return pick(self.entry.words, self.language)

    @property
    def explanation(self) -> str:
        return pick(self.entry.explanations, self.language)

    @property
    def level_name(self) -> str:
        return str(Level(self.level).label) if self.level else ""

    @property
    def amount(self) -> str:
        """``68 %``, ``10 people``; empty for what is not a figure."""
        if not isinstance(self.entry, Figure):
            return ""
        return f"{self.entry.amount.normalize():f} {self.entry.get_unit_display()}"

    @property
    def haystack(self) -> str:
        """What a search looks in: code, own language and English, without accents."""
        english = f"{pick(self.entry.words, 'en')} {pick(self.entry.explanations, 'en')}"
        return folded(f"{self.entry.code} {self.label} {self.explanation} {english}")


def layout(
    language: str, search: str = "", levels: dict[str, int] | None = None, *, only_mine: bool = False
) -> tuple[list[dict[str, Any]], int]:
    """Sections with their groups of active entries, and how many entries there are. Six queries."""
    entries, words, mine, count = sections.everything(), folded(search).split(), levels or {}, 0
    found = []
    for section in sections.SECTIONS:
        groups = []
        for group in section.groups:
            lines = [
                Line(entry, group.kind, language, mine.get(entry.code))
                for entry in sections.of_group(group, entries[group.kind])
                if entry.is_active and (not only_mine or entry.code in mine)
            ]
            lines = [line for line in lines if all(word in line.haystack for word in words)] if words else lines
            if lines:
                count += len(lines)
                groups.append({"group": group, "lines": lines})
        if groups:
            found.append({"section": section, "groups": groups})
    return found, count


def circumstances(entry: CatalogueEntry, language: str) -> dict[str, str]:
    """``{"who", "moment", "before"}`` in one language."""
    return {key: pick(getattr(entry, key, {}), language) for key in CIRCUMSTANCES}


# -- comparison ------------------------------------------------------------------------------------------------------

SHOWN = ("ours", "newer", "off", "own", "all")


@dataclass(frozen=True)
class Pair:
    """The catalogue's words and the organisation's, in one language, with what differs."""

    entry: CatalogueEntry
    kind: str
    language: str

    @property
    def catalogue(self) -> str:
        return pick(self.entry.text, self.language)

    @property
    def ours(self) -> str:
        return pick(self.entry.words, self.language)

    @property
    def difference(self) -> list[Part]:
        return parts(self.catalogue, self.ours)

    @property
    def detail_difference(self) -> list[Part]:
        old, new = pick(self.entry.detail, self.language), pick(self.entry.explanations, self.language)
        return parts(old, new) if old != new else []

    @property
    def languages(self) -> list[str]:
        """Names of the languages in which the organisation said something else."""
        said = {*self.entry.tailored_text, *self.entry.tailored_detail}
        return [name for code, name in LANGUAGES.items() if code in said]

    @property
    def since_then(self) -> list[Part]:
        """How the catalogue's text changed since the organisation reworded it."""
        if not self.entry.has_newer:
            return []
        then = pick(self.entry.tailored_base.get("text", {}), self.language)
        then_detail = pick(self.entry.tailored_base.get("detail", {}), self.language)
        changed = parts(then, self.catalogue) if then != self.catalogue else []
        now_detail = pick(self.entry.detail, self.language)
        if then_detail != now_detail:
            changed = [*changed, *([("same", " · ")] if changed else []), *parts(then_detail, now_detail)]
        return changed

    @property
    def additions(self) -> list[str]:
        found = [text for text in circumstances(self.entry, self.language).values() if text]
        if isinstance(self.entry, AskedEntry) and self.entry.prerequisites:
            found.append(_("after %(codes)s") % {"codes": ", ".join(self.entry.prerequisites)})
        if isinstance(self.entry, Figure) and self.entry.tailored_value is not None:
            found.append(f"{self.entry.value.normalize():f} → {self.entry.tailored_value.normalize():f}")
        return found


def pairs(show: str, language: str) -> tuple[list[Pair], dict[str, int]]:
    """What ``show`` asks for, and how many there are of each."""
    every = [
        Pair(entry, group.kind, language)
        for entries in [sections.everything()]
        for group in sections.GROUPS
        for entry in sections.of_group(group, entries[group.kind])
    ]
    tests: dict[str, Any] = {
        "ours": lambda entry: entry.is_tailored,
        "newer": lambda entry: entry.has_newer,
        "off": lambda entry: not entry.is_active,
        "own": lambda entry: entry.own,
        "all": lambda entry: True,
    }
    counts = {name: sum(1 for one in every if test(one.entry)) for name, test in tests.items()}
    return [one for one in every if tests[show](one.entry)], counts


# -- history ---------------------------------------------------------------------------------------------------------


def told(changes: Iterable[TailoringChange]) -> list[dict[str, Any]]:
    """Changes with their lines ``{"what", "old", "new"}``, for the history."""
    return [{"change": change, "lines": _lines(change)} for change in changes]


def _lines(change: TailoringChange) -> list[dict[str, str]]:
    names = {
        "text": _("Text"), "detail": _("Explanation"), "who": _("Who"), "moment": _("When"),
        "before": _("What must come before"), "prerequisites": _("After"), "value": pgettext("amount", "Number"),
    }  # fmt: skip
    found: list[dict[str, str]] = []
    for key in dict.fromkeys((*change.before, *change.after)):
        old, new = change.before.get(key), change.after.get(key)
        if key == "off":
            continue
        if isinstance(old, dict) or isinstance(new, dict):
            for language in dict.fromkeys((*(old or {}), *(new or {}))):
                a, b = (old or {}).get(language, ""), (new or {}).get(language, "")
                if a != b:
                    what = f"{names.get(key, key)}, {LANGUAGES.get(language, language)}"
                    found.append({"what": what, "old": a, "new": b, "language": language})
        elif old != new and (old or new):
            found.append({"what": names.get(key, key), "old": _plain(old), "new": _plain(new), "language": ""})
    return found


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, int):
        return str(Level(value).label) if value in Level.values else _("not expected")
    return str(value or "")
