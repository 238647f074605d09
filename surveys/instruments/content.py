"""What an edition holds, as plain data, and every edit of it as a function from content to content. Pure.

``{"sections": [{"key", "title", "intro", "shuffled"}], "items": [{see FIELDS}]}``, both in the order they are asked
(items of a section together). Without sections pages are made by themselves: own questions by dimension, then each
provider's, then the end.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from surveys.instruments.rules import items_in

Content = dict[str, Any]
Item = dict[str, Any]

FIELDS = (
    "code",
    "section",
    "kind",
    "options",
    "about",
    "text",
    "help",
    "show_if",
    "required",
    "cannot_judge",
    "requirements",
    "dimension",
    "facet",
)
DIMENSIONS = {"W": "want", "K": "know", "C": "can"}
MOST_ITEMS, MOST_SECTIONS = 200, 30
# As XLSForm and the names of form controls allow: no dot, no blank, a letter first.
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,49}\Z")
ALONE = ""  # the section of questions in a questionnaire without sections


class Refused(Exception):
    """An edit that cannot be done; ``reason`` is a key of findings.py."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def complete(item: Mapping[str, Any]) -> Item:
    """``item`` with every field, those left out as they usually are."""
    requirements = list(item.get("requirements") or [])
    dimension = item.get("dimension") or (DIMENSIONS.get(requirements[0][:1], "") if requirements else "")
    return {
        "code": item["code"],
        "section": item.get("section", ALONE),
        "kind": item["kind"],
        "options": item.get("options") or {},
        "about": item.get("about") or "own",
        "text": item.get("text") or {},
        "help": item.get("help") or {},
        "show_if": item.get("show_if") or {},
        "required": item.get("required", True),
        "cannot_judge": item.get("cannot_judge", True),
        "requirements": requirements,
        "dimension": dimension,
        "facet": item.get("facet", ""),
    }


def section(key: str, title: Mapping[str, str], intro: Mapping[str, str] | None = None, shuffled: bool = False) -> Item:
    return {"key": key, "title": dict(title), "intro": dict(intro or {}), "shuffled": shuffled}


def fingerprint(thing: Any) -> str:
    """A short mark of what somebody saw, so that two editors do not undo each other unnoticed."""
    return hashlib.sha256(json.dumps(thing, sort_keys=True).encode()).hexdigest()[:16]


def find(content: Mapping[str, Any], code: str) -> Item | None:
    return next((item for item in content["items"] if item["code"] == code), None)


def find_section(content: Mapping[str, Any], key: str) -> Item | None:
    return next((one for one in content["sections"] if one["key"] == key), None)


def asked_order(content: Mapping[str, Any]) -> list[Item]:
    """The questions in the order in which pages ask them."""
    items = content["items"]
    if content["sections"]:
        found = []
        for one in content["sections"]:
            mine = [item for item in items if item["section"] == one["key"]]
            found += [item for item in mine if item["about"] != "provider"]
            found += [item for item in mine if item["about"] == "provider"]
        return found
    return sorted(items, key=_place)


def _place(item: Mapping[str, Any]) -> int:
    if item["about"] == "provider":
        return 4
    if item["kind"] in {"outcome", "comment"}:
        return 6 if item["kind"] == "comment" else 5
    return {"want": 0, "know": 1, "can": 2}.get(item["dimension"], 3)


def free_code(wish: str, taken: Iterable[str]) -> str:
    """``wish`` as a code nobody has: its ASCII letters and figures, with a number where it is taken."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", wish).strip("_-")[:40]
    if not plain or not plain[0].isalpha():
        plain = f"q_{plain}".rstrip("_")
    used = set(taken)
    number, code = 2, plain
    while code in used:
        code, number = f"{plain}_{number}", number + 1
    return code


def put(content: Content, item: Item, *, instead_of: str = "") -> Content:
    """With ``item`` at the end of its section, or in the place of ``instead_of`` (whose rules' names follow it)."""
    made = copy.deepcopy(content)
    items = made["items"]
    if any(one["code"] == item["code"] and one["code"] != instead_of for one in items):
        raise Refused("taken")
    at = next((n for n, one in enumerate(items) if one["code"] == instead_of), None)
    if at is not None:
        items[at] = item
        if instead_of != item["code"]:
            for one in items:
                one["show_if"] = _renamed(one["show_if"], instead_of, item["code"])
        return _in_order(made)
    if len(items) >= MOST_ITEMS:
        raise Refused("too_many")
    items.append(item)
    return _in_order(made)


def _renamed(rule: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    made = dict(rule)
    if made.get("item") == old:
        made["item"] = new
    for mode in ("all", "any"):
        if mode in made:
            made[mode] = [_renamed(part, old, new) for part in made[mode]]
    return made


def remove(content: Content, code: str) -> Content:
    """Without this question; refused while another one looks at it."""
    if any(code in items_in(item["show_if"]) for item in content["items"]):
        raise Refused("looked_at")
    made = copy.deepcopy(content)
    made["items"] = [item for item in made["items"] if item["code"] != code]
    return made


def duplicate(content: Content, code: str) -> Content:
    """With a copy of this question right after it, under a code of its own."""
    made = copy.deepcopy(content)
    if len(made["items"]) >= MOST_ITEMS:
        raise Refused("too_many")
    at = next((n for n, item in enumerate(made["items"]) if item["code"] == code), None)
    if at is None:
        raise Refused("gone")
    twin = copy.deepcopy(made["items"][at])
    twin["code"] = free_code(code, (item["code"] for item in made["items"]))
    made["items"].insert(at + 1, twin)
    return made


def move(content: Content, code: str, step: int) -> Content:
    """This question one place up (−1) or down (1); past the end of its section into the next one."""
    made = _in_order(copy.deepcopy(content))
    items = made["items"]
    at = next((n for n, item in enumerate(items) if item["code"] == code), None)
    if at is None:
        raise Refused("gone")
    other, item = at + step, items[at]
    if 0 <= other < len(items) and items[other]["section"] == item["section"]:
        items[at], items[other] = items[other], items[at]
        return made
    keys = [one["key"] for one in made["sections"]]
    if item["section"] in keys and 0 <= keys.index(item["section"]) + step < len(keys):
        item["section"] = keys[keys.index(item["section"]) + step]
        items.insert(0 if step > 0 else len(items), items.pop(at))
        return _in_order(made)
    return made


def put_section(content: Content, one: Item, *, instead_of: str = "") -> Content:
    """With this section at the end, or in the place of ``instead_of``; the first one takes all questions there are."""
    made = copy.deepcopy(content)
    keys = [each["key"] for each in made["sections"]]
    if one["key"] in keys and one["key"] != instead_of:
        raise Refused("taken")
    if instead_of in keys:
        made["sections"][keys.index(instead_of)] = one
        for item in made["items"]:
            if item["section"] == instead_of:
                item["section"] = one["key"]
        return made
    if len(keys) >= MOST_SECTIONS:
        raise Refused("too_many_sections")
    if not keys:
        made["items"] = asked_order(made)
        for item in made["items"]:
            item["section"] = one["key"]
    made["sections"].append(one)
    return made


def move_section(content: Content, key: str, step: int) -> Content:
    made = copy.deepcopy(content)
    sections = made["sections"]
    at = next((n for n, one in enumerate(sections) if one["key"] == key), None)
    if at is None:
        raise Refused("gone")
    if 0 <= at + step < len(sections):
        sections[at], sections[at + step] = sections[at + step], sections[at]
    return _in_order(made)


def remove_section(content: Content, key: str) -> Content:
    """Without this section; its questions go to the one before it (after it, of the first)."""
    made = copy.deepcopy(content)
    keys = [one["key"] for one in made["sections"]]
    if key not in keys:
        raise Refused("gone")
    at = keys.index(key)
    home = keys[at - 1] if at else keys[1] if len(keys) > 1 else ALONE
    for item in made["items"]:
        if item["section"] == key:
            item["section"] = home
    made["sections"].pop(at)
    return _in_order(made)


def by_dimension(content: Content, titles: Mapping[str, Mapping[str, str]]) -> Content:
    """Of a questionnaire without sections, one with the sections that its pages have had by themselves."""
    made = copy.deepcopy(content)
    if made["sections"]:
        raise Refused("has_sections")
    made["items"] = asked_order(made)
    for item in made["items"]:
        item["section"] = ("want", "know", "can", "other", "provider", "end", "end")[_place(item)]
    used = list(dict.fromkeys(item["section"] for item in made["items"]))
    made["sections"] = [section(key, titles[key]) for key in used]
    return made


def _in_order(content: Content) -> Content:
    """Items of a section together, sections in their order; the order within stays."""
    places = {one["key"]: at for at, one in enumerate(content["sections"])}
    if places:
        content["items"].sort(key=lambda item: places.get(item["section"], len(places)))
    return content


def values_of(choices: Sequence[Mapping[str, Any]]) -> set[int]:
    return {choice["value"] for choice in choices if type(choice.get("value")) is int}
