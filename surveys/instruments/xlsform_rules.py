"""Display rules as XLSForm's *relevant* expressions and back. Pure.

Written and read: ``${q} = '1'``, ``selected(${q}, '1')``, ``${q} != ''``, ``and``, ``or``, brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.instruments.rules import Rule
from surveys.instruments.xlsform_names import CUSTOMER_FACING, JOB_FAMILY, NONE, UNIT

TOKEN = re.compile(
    r"\s*(?:\$\{(?P<name>[^}]+)\}|'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<number>-?\d+)"
    r"|(?P<word>selected|and|or)\b|(?P<sign>!=|=|\(|\)|,))"
)


class Unreadable(ValueError):
    """``at``: the part of the expression that cannot be understood."""

    def __init__(self, at: str) -> None:
        super().__init__(at)
        self.at = at


# -- writing


def expression(rule: Rule, items: Mapping[str, Mapping[str, Any]], halves: Callable[[str], tuple[str, str]]) -> str:
    """``rule`` as a *relevant* expression. ``halves``: the names of a pair's two questions."""
    if not rule:
        return ""
    for mode, word in (("all", "and"), ("any", "or")):
        if mode in rule:
            parts = [expression(part, items, halves) for part in rule[mode]]
            return f" {word} ".join(f"({part})" if " " in part and len(parts) > 1 else part for part in parts)
    if "who" in rule:
        return _who(rule)
    code, kind = rule["item"], items.get(rule["item"], {}).get("kind", "")
    if rule.get("answered"):
        names = halves(code) if kind == "pair" else (code,)
        told = [f"${{{name}}} != ''" for name in names]
        if kind not in {"pair", "number"} and items.get(code, {}).get("cannot_judge"):
            told.append(f"${{{code}}} != '{NONE}'")
        return " and ".join(told)
    return _either([_equals(code, value, kind, halves) for value in rule["in"]])


def _equals(code: str, value: int, kind: str, halves: Callable[[str], tuple[str, str]]) -> str:
    if kind == "pair":
        parts = zip(halves(code), divmod(value, 10), strict=True)
        return "(" + " and ".join(f"${{{name}}} = '{part}'" for name, part in parts) + ")"
    if kind == "multiple":
        return f"selected(${{{code}}}, '{value}')"
    return f"${{{code}}} = {value}" if kind == "number" else f"${{{code}}} = '{value}'"


def _who(rule: Rule) -> str:
    if rule["who"] == "customer_facing":
        return f"${{{CUSTOMER_FACING}}} = '{'yes' if rule['is'] else 'no'}'"
    if rule["who"] == "unit":
        return _either([f"selected(${{{UNIT}}}, '{unit}')" for unit in rule["in"]])
    return _either([f"${{{JOB_FAMILY}}} = {_quoted(name)}" for name in rule["in"]])


def _either(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else " or ".join(parts)


def _quoted(text: str) -> str:
    # XPath has no escape: what holds both kinds of quotes is written with an entity.
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "&quot;") + '"'


# -- reading


@dataclass(frozen=True)
class Leaf:
    name: str
    sign: str  # =, != or selected
    value: str


@dataclass(frozen=True)
class Node:
    mode: str  # all or any
    parts: list[Any] = field(default_factory=list)


def read(
    text: str,
    value_of: Callable[[str, str], int],
    pair_of: Callable[[str], tuple[str, int] | None],
) -> dict[str, Any]:
    """The rule of a *relevant* expression. Raises :class:`Unreadable`.

    ``value_of(code, choice)``: the stored value of a choice's name (raises KeyError); ``pair_of(name)``: the pair and
    which half (0, 1) a question's name belongs to.
    """
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise Unreadable(text[at : at + 30])
        tokens.append(match)
        at = match.end()
    reader = _Reader(tokens)
    tree = reader.either()
    if reader.at != len(tokens):
        raise Unreadable(text[tokens[reader.at].start() :][:30].strip())
    return _rule(tree, value_of, pair_of)


class _Reader:
    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self.tokens, self.at = tokens, 0

    def _is(self, group: str, text: str = "") -> bool:
        if self.at >= len(self.tokens):
            return False
        found = self.tokens[self.at].group(group)
        return found is not None and (not text or found == text)

    def _take(self, group: str, text: str = "") -> str:
        if not self._is(group, text):
            rest = self.tokens[self.at].group(0).strip() if self.at < len(self.tokens) else "…"
            raise Unreadable(rest)
        self.at += 1
        return str(self.tokens[self.at - 1].group(group))

    def either(self) -> Any:
        return self._joined("or", "any", lambda: self._joined("and", "all", self._one))

    def _joined(self, word: str, mode: str, inner: Callable[[], Any]) -> Any:
        parts = [inner()]
        while self._is("word", word):
            self._take("word")
            parts.append(inner())
        return parts[0] if len(parts) == 1 else Node(mode, parts)

    def _one(self) -> Any:
        if self._is("sign", "("):
            self._take("sign")
            inner = self.either()
            self._take("sign", ")")
            return inner
        if self._is("word", "selected"):
            self._take("word")
            self._take("sign", "(")
            name = self._take("name")
            self._take("sign", ",")
            leaf = Leaf(name, "selected", self._value())
            self._take("sign", ")")
            return leaf
        name = self._take("name")
        sign = self._take("sign")
        if sign not in {"=", "!="}:
            raise Unreadable(sign)
        return Leaf(name, sign, self._value())

    def _value(self) -> str:
        if self._is("single"):
            return self._take("single")
        if self._is("double"):
            return self._take("double").replace("&quot;", '"')
        return self._take("number")


def _rule(tree: Any, value_of: Callable[[str, str], int], pair_of: Callable[[str], Any]) -> dict[str, Any]:
    if isinstance(tree, Leaf):
        return _of_leaf(tree, value_of, pair_of)
    if tree.mode == "all" and (whole := _of_pair(tree, value_of, pair_of) or _of_answered(tree, pair_of)):
        return whole
    parts = [_rule(part, value_of, pair_of) for part in tree.parts]
    if tree.mode == "any" and (merged := _merged(parts)):
        return merged
    return {tree.mode: parts}


def _of_leaf(leaf: Leaf, value_of: Callable[[str, str], int], pair_of: Callable[[str], Any]) -> dict[str, Any]:
    if leaf.name == CUSTOMER_FACING and leaf.sign == "=" and leaf.value in {"yes", "no"}:
        return {"who": "customer_facing", "is": leaf.value == "yes"}
    if leaf.name == JOB_FAMILY and leaf.sign == "=":
        return {"who": "job_family", "in": [leaf.value]}
    if leaf.name == UNIT and leaf.sign != "!=" and leaf.value.isdigit():
        return {"who": "unit", "in": [int(leaf.value)]}
    if leaf.sign == "!=" and leaf.value == "":
        pair = pair_of(leaf.name)
        return {"item": pair[0] if pair else leaf.name, "answered": True}
    if leaf.sign == "!=" or pair_of(leaf.name):
        raise Unreadable(f"${{{leaf.name}}} {leaf.sign} '{leaf.value}'")
    try:
        return {"item": leaf.name, "in": [value_of(leaf.name, leaf.value)]}
    except KeyError:
        raise Unreadable(f"${{{leaf.name}}} {leaf.sign} '{leaf.value}'") from None


def _of_pair(tree: Node, value_of: Callable[[str, str], int], pair_of: Callable[[str], Any]) -> dict[str, Any] | None:
    """Both halves of one pair given: one value of the pair."""
    leaves = [part for part in tree.parts if isinstance(part, Leaf) and part.sign == "="]
    if len(leaves) != 2 or len(tree.parts) != 2:
        return None
    pairs = [pair_of(leaf.name) for leaf in leaves]
    if None in pairs or pairs[0][0] != pairs[1][0] or {pairs[0][1], pairs[1][1]} != {0, 1}:
        return None
    by_half = {pair[1]: int(leaf.value) for pair, leaf in zip(pairs, leaves, strict=True) if leaf.value.isdigit()}
    return {"item": pairs[0][0], "in": [10 * by_half[0] + by_half[1]]} if len(by_half) == 2 else None


def _of_answered(tree: Node, pair_of: Callable[[str], Any]) -> dict[str, Any] | None:
    """``${q} != '' and ${q} != 'none'``, or both halves of a pair not empty."""
    leaves = [part for part in tree.parts if isinstance(part, Leaf) and part.sign == "!="]
    if len(leaves) != 2 or len(tree.parts) != 2 or leaves[0].value != "":
        return None
    first, second = (pair_of(leaf.name) for leaf in leaves)
    if first and second and first[0] == second[0] and leaves[1].value == "":
        return {"item": first[0], "answered": True}
    if leaves[0].name == leaves[1].name and leaves[1].value == NONE:
        return {"item": leaves[0].name, "answered": True}
    return None


def _merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Several answers to one question (or units, or job families) as one condition."""
    for key in ("item", "who"):
        if all(set(part) == {key, "in"} for part in parts) and len({part[key] for part in parts}) == 1:
            values = list(dict.fromkeys(value for part in parts for value in part["in"]))
            return {key: parts[0][key], "in": values}
    return None
