"""What the pages about questionnaires show: questions by section, in one language, with what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from culture.framework.texts import pick
from culture.people.models import Unit
from surveys.instruments import timing
from surveys.instruments.checking import Finding, missing, texts_of
from surveys.instruments.content import asked_order
from surveys.instruments.findings import words
from surveys.instruments.models import Item
from surveys.instruments.rule_words import in_words
from surveys.instruments.rules import Rule
from surveys.instruments.scale_labels import EXPECTED, PERCEIVED, in_language
from surveys.instruments.scales import COMMENT, SCALES, scale_of

LANGUAGES: dict[str, str] = dict(settings.LANGUAGES)
KINDS: dict[str, Any] = dict(Item.Kind.choices)


def language_of(request: HttpRequest) -> str:
    """``?language=`` if it is one of ours, else the reader's own."""
    asked = request.GET.get("language", "")
    if asked in LANGUAGES:
        return asked
    active = get_language() or ""
    return active if active in LANGUAGES else settings.LANGUAGE_CODE


def _own_groups() -> dict[str, str]:
    return {
        "want": _("Want"),
        "know": _("Know"),
        "can": _("Can"),
        "provider": _("About each department"),
        "other": _("Own work"),
        "end": _("To finish"),
    }


@dataclass(frozen=True)
class Shown:
    """One question as a line. ``fallback``: it has no words in this language, so another one's are shown."""

    code: str
    kind: str
    text: str
    help: str = ""
    answers: Sequence[str] = ()
    rule: str = ""
    provider: bool = False
    required: bool = True
    cannot_judge: bool = True
    measures: str = ""
    fallback: bool = False
    findings: Sequence[tuple[str, str]] = ()

    @property
    def kind_name(self) -> str:
        return str(KINDS.get(self.kind, self.kind))


@dataclass
class Group:
    key: str
    title: str
    intro: str = ""
    shuffled: bool = False
    own: bool = False
    items: list[Shown] = field(default_factory=list)
    findings: Sequence[tuple[str, str]] = ()


def unit_names(content: Mapping[str, Any]) -> dict[int, str]:
    """Names of the units that rules look at."""
    ids = rule_units(content)
    return dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def rule_units(content: Mapping[str, Any]) -> set[int]:
    return {unit for item in content["items"] for unit in _units(item["show_if"])}


def _units(rule: Rule) -> set[int]:
    own = set(rule.get("in", ())) if rule.get("who") == "unit" else set[int]()
    return own.union(*(_units(part) for part in (*rule.get("all", ()), *rule.get("any", ()))))


def groups(content: Mapping[str, Any], language: str, found: Sequence[Finding] = ()) -> list[Group]:
    """The questions in the order asked: by section, or as pages are made by themselves."""
    by_code: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        by_code.setdefault(one.code, []).append((one.level, words(one)))
    items = {item["code"]: item for item in content["items"]}
    units = unit_names(content)
    made: dict[str, Group] = {}
    for one in content["sections"]:
        title, intro = pick(one["title"], language), pick(one.get("intro") or {}, language)
        findings = by_code.get(one["key"], ())
        made[one["key"]] = Group(one["key"], title, intro, bool(one.get("shuffled")), True, findings=findings)
    titles = _own_groups()
    for item in asked_order(content) if not made else content["items"]:
        key = item["section"] if made and content["sections"] else _group(item)
        if key not in made:
            made[key] = Group(key, titles.get(key, _("In no section")))
        line = shown(item, language, items, units, by_code.get(item["code"], ()))
        made[key].items.append(line)
    return list(made.values())


def _group(item: Mapping[str, Any]) -> str:
    if item["about"] == "provider":
        return "provider"
    if item["kind"] in {"outcome", COMMENT}:
        return "end"
    return item["dimension"] or "other"


def shown(
    item: Mapping[str, Any],
    language: str,
    items: Mapping[str, Mapping[str, Any]],
    units: Mapping[int, str],
    findings: Sequence[tuple[str, str]] = (),
) -> Shown:
    measures = [*item["requirements"], item["facet"]]
    return Shown(
        code=item["code"],
        kind=item["kind"],
        text=pick(item["text"], language),
        help=pick(item["help"], language),
        answers=answers(item, language),
        rule=in_words(item["show_if"], items, units, language),
        provider=item["about"] == "provider",
        required=item["required"] and item["kind"] != COMMENT,
        cannot_judge=item["cannot_judge"] and item["kind"] != COMMENT,
        measures=", ".join(one for one in measures if one),
        fallback=not item["text"].get(language),
        findings=findings,
    )


def answers(item: Mapping[str, Any], language: str) -> list[str]:
    """The answers to choose in the order offered; of a number its range, of a comment none."""
    if item["kind"] not in SCALES:
        return []
    scale = scale_of(item)
    if scale.kind == "number":
        return [_("%(low)s to %(high)s") % {"low": scale.low, "high": scale.label(scale.high, language)}]
    labels = [label for _value, label in scale.choices(language)]
    if scale.kind == "pair":
        halves = f"{in_language(EXPECTED, language)} / {in_language(PERCEIVED, language)}"
        return [f"{halves}: {labels[-1]} … {labels[0]}"]
    return labels


def facts(content: Mapping[str, Any]) -> dict[str, Any]:
    items = content["items"]
    providers = any(item["about"] == "provider" for item in items)
    return {
        "questions": len(items),
        "minutes": timing.minutes(items),
        "per_provider": timing.USUAL_PROVIDERS if providers else 0,
    }


def completeness(content: Mapping[str, Any]) -> dict[str, Any]:
    """Which text is there in which language: rows to show, and how much of each language is done."""
    texts = texts_of(content)
    rows = [
        {
            "code": code,
            "what": what,
            "text": pick(found),
            "there": [(language, bool(found.get(language))) for language in LANGUAGES],
            "whole": all(found.get(language) for language in LANGUAGES),
        }
        for code, what, found in texts
    ]
    gaps = {language: len(found) for language, found in missing(content, list(LANGUAGES))}
    done = [
        {"code": code, "name": name, "missing": gaps.get(code, 0), "done": len(texts) - gaps.get(code, 0)}
        for code, name in LANGUAGES.items()
    ]
    return {"rows": rows, "done": done, "total": len(texts)}
