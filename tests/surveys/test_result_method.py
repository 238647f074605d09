"""What the method page says of a formula is what its code says. Pure."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from surveys.results import method_rules, method_words

RULES = {"k": 5, "band_to": 7, "comment_home": 10, "score_detail_from": 8, "distribution_from": 20}
FORMULAS = [one for part in method_words.parts(RULES) for one in part.formulas]


def found(path: str):
    """The function (or module) a dotted path names."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _dot, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("one", FORMULAS, ids=lambda one: one.key)
def test_each_formula_is_computed_where_it_says_and_by_its_source(one):
    code = found(one.code)
    assert inspect.getdoc(code)
    if one.source and not one.source.startswith(method_words.FRAMEWORK):
        text = Path(inspect.getsourcefile(code)).read_text(encoding="utf-8")
        for source in one.source.split("; "):
            name = re.search(r"[A-ZÖ][a-zö]{3,}", source)
            assert name and name[0] in text, (one.key, source)
            for year in re.findall(r"\b(?:19|20)\d\d\b", source):
                assert year in text, (one.key, year)


def test_keys_are_anchors_of_their_own():
    keys = [one.key for one in FORMULAS] + [part.key for part in method_words.parts(RULES)] + ["rules", "never"]
    assert len(keys) == len(set(keys))


def test_every_caption_leads_to_an_anchor_that_is_there():
    known = {one.key for one in FORMULAS} | {part.key for part in method_words.parts(RULES)} | {"rules", "never"}
    folder = Path(get_template("surveys/results/method.html").origin.name).parent
    asked = [
        key for page in folder.glob("*.html") for key in re.findall(r'_how.html" with at="([\w-]+)"', page.read_text())
    ]
    assert len(asked) > 15 and set(asked) <= known


def test_the_figures_are_those_of_the_wave():
    text = " ".join(one.words for part in method_words.parts({**RULES, "k": 7, "comment_home": 12, "matters": 4})
                    for one in part.formulas)  # fmt: skip
    assert "at least 7 people" in text and "groups of at least 12" in text and "4 points could hide" in text
    assert "%(" not in text and "%%" not in text


def test_every_rule_has_words_and_unknown_ones_are_not_left_out():
    told = method_rules.rule_words({**RULES, "something": 3})
    assert {key for _words, key, _value in told} == {*RULES, "something"}
    assert all(words != key for words, key, _value in told if key in RULES)
    assert len(method_rules.never()) > 8
