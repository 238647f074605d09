"""``{% asked q %}``: one question of an answering page, rendered once for each state its choices may be in.

What is kept follows from the question alone (its words, its choices, which one is chosen): whoever looks at the same
gets the same. Boxes for text and numbers, which hold what somebody typed, are never kept.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from surveys.answering.questions import Question

register = template.Library()
MOST = 6000  # some 15 MB
KEPT = {"list", "row", "boxes", "pair"}
_kept: dict[Hashable, SafeString] = {}


@register.simple_tag(takes_context=True)
def asked(context: template.Context, q: Question) -> SafeString:
    """The markup of ``q`` in the page's language; ``hr`` and ``error_field`` of the page count, too."""
    language, hr, wrong = context["language"], context.get("hr"), context.get("error_field") == q.name
    if q.look not in KEPT or wrong:
        return _render(context, q)
    key = (language, hr, state(q))
    found = _kept.get(key)
    if found is None:
        found = _render(context, q)
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = found
    return found


def _render(context: template.Context, q: Question) -> SafeString:
    names = ("w", "language", "hr", "error_field")
    return render_to_string("surveys/answering/_question.html", {"q": q, **{n: context.get(n) for n in names}})


def state(q: Question) -> Hashable:
    """All that the markup of a question with choices follows from."""
    groups = tuple((group.name, group.label, tuple(group.choices)) for group in q.groups)
    return (q.name, q.text, q.help, q.look, q.optional, q.open, q.fallback, groups, q.extra)


def forget() -> None:
    """Render everything again (tests that change words or templates)."""
    _kept.clear()


def kept() -> dict[str, Any]:
    """How much is kept, for the bench."""
    return {"questions": len(_kept), "bytes": sum(len(one) for one in _kept.values())}
