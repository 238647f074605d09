"""Which questions are shown: by earlier answers and by who is asked. Pure; rules are data, never code.

A rule is ``{}`` (always), one condition, ``{"all": [rules]}`` or ``{"any": [rules]}``. A condition is one of

- ``{"item": code, "in": [values]}``: an earlier question was answered with one of these (of *multiple*: one is ticked);
- ``{"item": code, "answered": true}``: it has an answer that is not "I can't judge this";
- ``{"who": "unit", "in": [unit ids]}``: works there or below;
- ``{"who": "job_family", "in": [names]}``; ``{"who": "customer_facing", "is": true or false}``.

A question about a provider may look at earlier questions about the same provider and at own ones; an own question at
own ones only. What looks at a question that is not shown itself is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.instruments.scales import COMMENT, SCALES, Scale, scale_of

Rule = Mapping[str, Any]
Lookup = Callable[[str], int | None]
DEEPEST = 3
WHO = ("unit", "job_family", "customer_facing")


@dataclass(frozen=True)
class Person:
    """What rules may look at. ``units``: the person's own and all above it."""

    units: frozenset[int] = field(default_factory=frozenset)
    job_family: str = ""
    customer_facing: bool = False


def holds(rule: Rule, answer: Lookup, scales: Mapping[str, Scale], person: Person) -> bool:
    """Whether a question with this rule is shown. ``answer``: the stored value of a shown question that has one."""
    if not rule:
        return True
    if "all" in rule:
        return all(holds(part, answer, scales, person) for part in rule["all"])
    if "any" in rule:
        return any(holds(part, answer, scales, person) for part in rule["any"])
    if "who" in rule:
        return _is_who(rule, person)
    value = answer(rule["item"])
    if value is None:
        return False
    if rule.get("answered"):
        return True
    scale = scales.get(rule["item"])
    if scale is not None and scale.kind == "multiple":
        return bool(set(scale.chosen(value)) & set(rule["in"])) or (value == 0 and 0 in rule["in"])
    return value in rule["in"]


def _is_who(rule: Rule, person: Person) -> bool:
    if rule["who"] == "unit":
        return bool(person.units & set(rule["in"]))
    if rule["who"] == "job_family":
        return person.job_family in rule["in"]
    return person.customer_facing is rule["is"]


def items_in(rule: Rule) -> set[str]:
    """The codes of the questions a rule looks at."""
    parts = [*rule.get("all", ()), *rule.get("any", ())]
    own = {rule["item"]} if "item" in rule else set()
    return own.union(*(items_in(part) for part in parts))


@dataclass(frozen=True)
class Problem:
    """``code``: whose rule is wrong; ``reason``: a key of the editor's messages, ``about`` what it names."""

    code: str
    reason: str
    about: str = ""


def problems(items: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """What is wrong with the rules of these questions, given in the order in which they are asked."""
    at = {item["code"]: number for number, item in enumerate(items)}
    found: list[Problem] = []
    for number, item in enumerate(items):
        rule = item.get("show_if") or {}
        if not _well_formed(rule):
            found.append(Problem(item["code"], "malformed"))
            continue
        for code in sorted(items_in(rule)):
            if code not in at:
                found.append(Problem(item["code"], "unknown", code))
            elif at[code] >= number:
                found.append(Problem(item["code"], "later", code))
            elif items[at[code]]["kind"] == COMMENT:
                found.append(Problem(item["code"], "comment", code))
            elif items[at[code]].get("about") == "provider" and item.get("about") != "provider":
                found.append(Problem(item["code"], "of_provider", code))
        found += [Problem(item["code"], "off_scale", code) for code in _off_scale(rule, items, at)]
    return found


def _well_formed(rule: Any, depth: int = 0) -> bool:
    if not isinstance(rule, Mapping) or depth > DEEPEST:
        return False
    if not rule:
        return depth == 0
    keys = set(rule)
    if keys in ({"all"}, {"any"}):
        parts = next(iter(rule.values()))
        return isinstance(parts, list) and bool(parts) and all(_well_formed(part, depth + 1) for part in parts)
    if keys == {"item", "answered"}:
        return isinstance(rule["item"], str) and rule["answered"] is True
    if keys == {"item", "in"}:
        return isinstance(rule["item"], str) and _list_of(rule["in"], int)
    if keys == {"who", "in"}:
        return rule["who"] in {"unit", "job_family"} and _list_of(rule["in"], int if rule["who"] == "unit" else str)
    return keys == {"who", "is"} and rule["who"] == "customer_facing" and isinstance(rule["is"], bool)


def _list_of(values: Any, kind: type) -> bool:
    return isinstance(values, list) and bool(values) and all(type(value) is kind for value in values)


def _off_scale(rule: Rule, items: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> Iterable[str]:
    for part in (*rule.get("all", ()), *rule.get("any", ())):
        yield from _off_scale(part, items, at)
    asked = items[at[rule["item"]]] if rule.get("item") in at and "in" in rule else None
    if asked is None or asked["kind"] not in SCALES:
        return
    scale = scale_of(asked)
    # Of several choices a rule names single options, 0 for "none of these".
    options = {0, *scale.values}
    if not all(value in options if scale.kind == "multiple" else scale.valid(value) for value in rule["in"]):
        yield rule["item"]
