"""What changed from one edition to the next. A question's code is its identity, so its trend goes on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORDING, SCALE, RULE, NEW, REMOVED, MEANING = "wording", "scale", "rule", "new", "removed", "meaning"
Item = Mapping[str, Any]
# Which answers there are, and which of them are the better ones; not their words.
OF_SCALE = ("points", "reversed", "min", "max")
OF_MEANING = ("about", "requirements", "dimension", "facet", "required", "cannot_judge")


@dataclass(frozen=True)
class Change:
    """``kinds``: what is different. Figures before and after *scale* or *meaning* must not be compared as they are."""

    code: str
    kinds: tuple[str, ...]
    before: Item | None
    after: Item | None
    languages: tuple[str, ...] = ()

    @property
    def comparable(self) -> bool:
        return not {NEW, REMOVED, SCALE} & set(self.kinds)


def compare(before: Sequence[Item], after: Sequence[Item]) -> list[Change]:
    """Every question that is not the same, in the order of ``after``; removed ones last."""
    earlier = {item["code"]: item for item in before}
    later = {item["code"] for item in after}
    found = []
    for item in after:
        old = earlier.get(item["code"])
        if old is None:
            found.append(Change(item["code"], (NEW,), None, item))
        elif kinds := _kinds(old, item):
            found.append(Change(item["code"], kinds, old, item, tuple(reworded(old, item))))
    return found + [Change(item["code"], (REMOVED,), item, None) for item in before if item["code"] not in later]


def _kinds(old: Item, new: Item) -> tuple[str, ...]:
    tests = (
        (SCALE, _scale(old) != _scale(new)),
        (WORDING, bool(reworded(old, new))),
        (RULE, (old.get("show_if") or {}) != (new.get("show_if") or {})),
        (MEANING, any((old.get(key) or None) != (new.get(key) or None) for key in OF_MEANING)),
    )
    return tuple(kind for kind, true in tests if true)


def _scale(item: Item) -> tuple[Any, ...]:
    options = item.get("options") or {}
    values = frozenset(choice["value"] for choice in options.get("choices") or ())
    return (item["kind"], values, *(options.get(key) or None for key in OF_SCALE))


def reworded(old: Item, new: Item) -> list[str]:
    """The languages in which somebody reads other words than before. A first translation is no rewording."""
    before, after = list(_words(old)), dict(_words(new))
    found = {
        language
        for place, texts in before
        for language, text in texts.items()
        if text and place in after and after[place].get(language) != text
    }
    gone = {place for place, _ in before} - set(after)
    added = [texts for place, texts in after.items() if place not in dict(before)]
    for texts in (*(dict(before)[place] for place in gone), *added):
        found.update(language for language, text in texts.items() if text)
    return sorted(found)


def _words(item: Item) -> Iterable[tuple[str, Mapping[str, str]]]:
    options = item.get("options") or {}
    yield "text", item.get("text") or {}
    if item.get("help"):
        yield "help", item["help"]
    if options.get("unit"):
        yield "unit", options["unit"]
    for choice in options.get("choices") or ():
        yield f"choice {choice['value']}", choice.get("text") or {}
