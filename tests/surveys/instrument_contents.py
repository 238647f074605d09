"""Generated questionnaires of every kind, for the tests of instruments."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from surveys.instruments.content import complete, section
from surveys.instruments.scales import COMMENT, KINDS, scale_of

LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
# What a cell of a workbook keeps as it is: no blank at the ends, nothing that reads as a placeholder.
words = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="${}\x00\u00a0\u2028"),
    min_size=1,
    max_size=30,
).filter(lambda text: text == text.strip() and text.isprintable() and not text.isspace())
texts = st.dictionaries(st.sampled_from(LANGUAGES), words, min_size=1)
maybe_texts = st.one_of(st.just({}), texts)


@st.composite
def options(draw: Any, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if kind in {"agreement", "pair"}:
        made["points"] = draw(st.sampled_from([5, 7]))
    if kind in {"agreement", "frequency", "yes_no"} and draw(st.booleans()):
        made["reversed"] = True
    if kind == "number":
        low = draw(st.integers(-32768, 32766))
        made |= {"min": low, "max": draw(st.integers(low + 1, 32767))}
        if unit := draw(maybe_texts):
            made["unit"] = unit
    if kind in {"single", "multiple"}:
        values = draw(st.lists(st.integers(1, 15), min_size=2, max_size=6, unique=True))
        made["choices"] = [{"value": value, "text": draw(texts)} for value in values]
    return made


@st.composite
def condition(draw: Any, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    what = draw(st.sampled_from(["unit", "job_family", "customer_facing", *(["item"] * 4 if earlier else [])]))
    if what == "customer_facing":
        return {"who": what, "is": draw(st.booleans())}
    if what == "unit":
        return {"who": what, "in": draw(st.lists(st.integers(1, 10**9), min_size=1, max_size=3, unique=True))}
    if what == "job_family":
        return {"who": what, "in": draw(st.lists(words, min_size=1, max_size=3, unique=True))}
    item = draw(st.sampled_from(earlier))
    if draw(st.booleans()):
        return {"item": item["code"], "answered": True}
    return {"item": item["code"], "in": draw(st.lists(values_of(item), min_size=1, max_size=3, unique=True))}


def values_of(item: dict[str, Any]) -> Any:
    scale = scale_of(item)
    if scale.kind == "number":
        return st.integers(scale.low, scale.high)
    if scale.kind == "pair":
        half = st.sampled_from(scale.values)
        return st.tuples(half, half).map(lambda both: 10 * both[0] + both[1])
    return st.sampled_from([0, *scale.values] if scale.kind == "multiple" else list(scale.values))


@st.composite
def rule(draw: Any, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    if draw(st.booleans()):
        return {}
    first = draw(condition(earlier))
    if draw(st.booleans()):
        return first
    return {draw(st.sampled_from(["all", "any"])): [first, draw(condition(earlier))]}


@st.composite
def contents(draw: Any, rules: bool = True) -> dict[str, Any]:
    """Questionnaires that can be asked: each rule looks at what is asked before it."""
    keys = draw(st.lists(st.sampled_from(["one", "two", "section_x"]), max_size=3, unique=True))
    sections = [section(key, draw(texts), draw(maybe_texts)) for key in keys]
    items: list[dict[str, Any]] = []
    for at in range(draw(st.integers(1, 7))):
        kind, code = draw(st.sampled_from(KINDS)), f"q{at}"
        comment = kind == COMMENT
        home = keys[min(at, len(keys) - 1)] if keys else draw(st.sampled_from(["", "want"]))
        # Without sections pages ask by dimension and outcomes last, which rules must respect.
        mine = [one for one in items if one["kind"] != COMMENT and (keys or one["kind"] != "outcome")]
        items.append(
            complete(
                {
                    "code": code,
                    "section": home,
                    "kind": kind,
                    "options": draw(options(kind)),
                    "text": draw(texts),
                    "help": draw(maybe_texts),
                    "show_if": draw(rule(mine)) if rules else {},
                    "required": not comment and draw(st.booleans()),
                    "cannot_judge": not comment and draw(st.booleans()),
                    "requirements": draw(st.lists(st.sampled_from(["W1", "K3", "C5", "S1"]), max_size=2, unique=True)),
                    "facet": draw(st.sampled_from(["", "effort", "lost time"])),
                }
            )
        )
    for item in items:
        item["dimension"] = item["dimension"] if keys else ""
    return {"sections": sections, "items": items}
