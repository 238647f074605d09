"""Display rules in words, and as the flat list of conditions that the editor shows. No database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from culture.framework.texts import pick
from surveys.instruments.rules import Rule
from surveys.instruments.scales import COMMENT, SCALES, scale_of

SHORT = 60


def flat(rule: Rule) -> tuple[str, list[Rule]]:
    """("all" or "any", the conditions that are joined by it)."""
    if not rule:
        return "all", []
    for mode in ("all", "any"):
        if mode in rule:
            return mode, list(rule[mode])
    return "all", [rule]


def joined(mode: str, conditions: Sequence[Rule]) -> dict[str, Any]:
    """The inverse of :func:`flat`."""
    if not conditions:
        return {}
    return dict(conditions[0]) if len(conditions) == 1 else {mode: [dict(one) for one in conditions]}


def in_words(rule: Rule, items: Mapping[str, Mapping[str, Any]], units: Mapping[int, str], language: str) -> str:
    """``items`` by code, ``units``: names by id. '' for a question that is always shown."""
    if not rule:
        return ""
    for mode, word in (("all", _("and")), ("any", _("or"))):
        if mode in rule:
            parts = [in_words(part, items, units, language) for part in rule[mode]]
            return f" {word} ".join(f"({part})" if {"all", "any"} & set(inner) else part
                                    for part, inner in zip(parts, rule[mode], strict=True))  # fmt: skip
    if "who" in rule:
        return _who(rule, units)
    asked = items.get(rule["item"])
    text = _shortened(pick(asked["text"], language)) if asked else ""
    name = f"{rule['item']} “{text}”" if text else rule["item"]
    if rule.get("answered"):
        return _("%(question)s is answered") % {"question": name}
    answers = _(" or ").join(f"“{one}”" for one in _labels(rule["in"], asked, language))
    if asked and asked["kind"] == "multiple":
        return _("%(question)s includes %(answers)s") % {"question": name, "answers": answers}
    return _("%(question)s is %(answers)s") % {"question": name, "answers": answers}


def _who(rule: Rule, units: Mapping[int, str]) -> str:
    if rule["who"] == "unit":
        names = _(" or ").join(units.get(unit, _("a unit that is gone")) for unit in rule["in"])
        return _("the person works in %(units)s") % {"units": names}
    if rule["who"] == "job_family":
        names = _(" or ").join(f"“{name}”" for name in rule["in"])
        return _("the person's job family is %(names)s") % {"names": names}
    return _("the person serves customers") if rule["is"] else _("the person does not serve customers")


def _labels(values: Sequence[int], asked: Mapping[str, Any] | None, language: str) -> list[str]:
    if asked is None or asked["kind"] not in SCALES:
        return [str(value) for value in values]
    return [option_label(asked, value, language) for value in values]


def option_label(asked: Mapping[str, Any], value: int, language: str) -> str:
    """One value of a rule in the words of the question it looks at."""
    scale = scale_of(asked)
    if scale.kind == "multiple":
        words = dict(scale.choices(language))
        return words.get(value, scale.label(0, language) if value == 0 else str(value))
    try:
        return scale.label(value, language)
    except (KeyError, IndexError):
        return str(value)


def options_of(asked: Mapping[str, Any], language: str) -> list[tuple[int, str]]:
    """What a rule may look for in the answers to this question; empty where they are too many to list."""
    if asked["kind"] not in SCALES or asked["kind"] in {"number", "pair"}:
        return []
    scale = scale_of(asked)
    choices = scale.choices(language)
    return [*choices, (0, scale.label(0, language))] if scale.kind == "multiple" else choices


def looked_at(items: Sequence[Mapping[str, Any]], code: str) -> list[Mapping[str, Any]]:
    """The questions that come before ``code`` and may decide whether it is shown."""
    at = next((n for n, item in enumerate(items) if item["code"] == code), len(items))
    of_provider = at < len(items) and items[at]["about"] == "provider"
    return [item for item in items[:at] if item["kind"] != COMMENT and (of_provider or item["about"] != "provider")]


def _shortened(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"
