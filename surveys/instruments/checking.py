"""What keeps a draft from being asked (errors), and what its author should think about (warnings, hints). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.instruments import rules, scales, timing
from surveys.instruments.content import CODE, asked_order

ERROR, WARNING, HINT = "error", "warning", "hint"
LONG_TEXT = 200
PIPES = re.compile(r"\{[^{}]*\}?|\}")
# Two questions in one statement cannot be answered with one answer.
TWO_IN_ONE = {
    "en": re.compile(r"\b(and|or)\b", re.IGNORECASE),
    "it": re.compile(r"\b(e|ed|o|oppure)\b", re.IGNORECASE),
    "ro": re.compile(r"\b(și|sau|ori)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(et|ou)\b", re.IGNORECASE),
    "zh-hans": re.compile("并且|以及|或者"),
}


@dataclass(frozen=True)
class Finding:
    """``reason``: a key of findings.py; ``code``: which question (or section), '' for the whole."""

    level: str
    reason: str
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def findings(content: Mapping[str, Any], languages: Sequence[str]) -> list[Finding]:
    """Errors first, then warnings, then hints; within each in the order asked."""
    items = asked_order(content)
    found = _whole(content, items)
    for item in content["items"]:
        found += _text(item)
        found += [Finding(ERROR, f"options_{reason}", item["code"]) for _, reason in _options(item)]
    found += _rules(content, items)
    for one in missing(content, languages):
        found.append(Finding(WARNING, "language", values={"language": one[0], "n": len(one[1])}))
    return sorted(found, key=lambda one: (ERROR, WARNING, HINT).index(one.level))


def errors(content: Mapping[str, Any]) -> list[Finding]:
    return [one for one in findings(content, ()) if one.level == ERROR]


def _whole(content: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[Finding]:
    found: list[Finding] = []
    if not content["items"]:
        found.append(Finding(ERROR, "no_items"))
    elif all(item["kind"] == scales.COMMENT for item in content["items"]):
        found.append(Finding(ERROR, "only_comments"))
    keys = [one["key"] for one in content["sections"]]
    if keys:
        lost = [item["code"] for item in content["items"] if item["section"] not in keys]
        found += [Finding(ERROR, "no_section", code) for code in lost]
        used = {item["section"] for item in content["items"]}
        found += [Finding(WARNING, "empty_section", key) for key in keys if key not in used]
        found += [
            Finding(ERROR, "section_title", one["key"]) for one in content["sections"] if not any(one["title"].values())
        ]
    took = timing.minutes(items)
    if took > timing.LONGEST_MINUTES:
        values = {"n": took, "providers": timing.USUAL_PROVIDERS, "most": timing.LONGEST_MINUTES}
        found.append(Finding(WARNING, "too_long", values=values))
    return found


def _text(item: Mapping[str, Any]) -> list[Finding]:
    code, found = item["code"], []
    if not CODE.match(code):
        found.append(Finding(ERROR, "bad_code", code))
    texts = [text for text in item["text"].values() if text]
    if not texts:
        found.append(Finding(ERROR, "no_text", code))
    pipes = {pipe for text in (*texts, *item["help"].values()) for pipe in PIPES.findall(text)}
    if pipes - {"{provider}"}:
        found.append(Finding(ERROR, "bad_pipe", code, {"pipe": sorted(pipes - {"{provider}"})[0]}))
    elif pipes and item["about"] != "provider":
        found.append(Finding(ERROR, "pipe_in_own", code))
    if any(len(text) > LONG_TEXT for text in texts):
        found.append(Finding(HINT, "long_text", code, {"most": LONG_TEXT}))
    if item["kind"] in {"agreement", "frequency", "satisfaction", "yes_no"} and _two_in_one(item["text"]):
        found.append(Finding(HINT, "two_in_one", code))
    return found


def _two_in_one(texts: Mapping[str, str]) -> bool:
    """By its first language alone: words for *and* are too common in some to count them in all."""
    language = next((one for one in TWO_IN_ONE if texts.get(one)), "")
    return bool(language and TWO_IN_ONE[language].search(texts[language]))


def _options(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    if item["kind"] not in scales.KINDS:
        return [("kind", "unknown_kind")]
    return scales.problems(item["kind"], item["options"])


def _rules(content: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[Finding]:
    found = [
        Finding(ERROR, f"rule_{one.reason}", one.code, {"about": one.about}) for one in rules.problems(_checked(items))
    ]
    shuffled = {one["key"] for one in content["sections"] if one.get("shuffled")}
    home = {item["code"]: item["section"] for item in items}
    named = {(one.code, one.values.get("about")) for one in found}
    for item in items:
        if item["section"] in shuffled and isinstance(item["show_if"], Mapping) and (item["code"], "") not in named:
            for code in sorted(rules.items_in(item["show_if"])):
                if home.get(code) == item["section"] and (item["code"], code) not in named:
                    found.append(Finding(ERROR, "rule_shuffled", item["code"], {"about": code}))
    return found


def _checked(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Items whose own options are sound enough to make a scale of; of the others only what rules need of them."""
    return [item if not _options(item) else {**item, "kind": scales.COMMENT} for item in items]


def missing(content: Mapping[str, Any], languages: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Per language what has no words in it: (language, [(code of question or section, which text)]), if anything."""
    found = []
    for language in languages:
        gaps = [(code, what) for code, what, texts in texts_of(content) if not texts.get(language)]
        if gaps:
            found.append((language, gaps))
    return found


def texts_of(content: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, str]]]:
    """Everything that is translated, if it has words in any language: (code, what, texts).

    ``what``: text, help, unit, choice N, or title and intro of a section.
    """
    found: list[tuple[str, str, Mapping[str, str]]] = []
    for one in content["sections"]:
        found += [(one["key"], "title", one["title"]), (one["key"], "intro", one.get("intro") or {})]
    for item in asked_order(content):
        found += [(item["code"], "text", item["text"]), (item["code"], "help", item["help"])]
        if item["kind"] == "number":
            found.append((item["code"], "unit", item["options"].get("unit") or {}))
        if item["kind"] in {"single", "multiple"}:
            choices = item["options"].get("choices") or []
            found += [(item["code"], f"choice {one.get('value')}", one.get("text") or {}) for one in choices]
    return [one for one in found if any(one[2].values())]
