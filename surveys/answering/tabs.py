"""What a form changed, when the same page is open twice (two tabs, two devices). Pure.

A page tells in a hidden field which answers it showed. A form sends all its controls, the untouched ones, too; an
untouched one must not undo what was answered elsewhere since. Of what was touched in both the later one stands.
"""

from __future__ import annotations

import hashlib
from typing import Any

from surveys.answering.fields import CANNOT_JUDGE, EMPTIED, Flat
from surveys.answering.pages import Page

SHOWN = "shown"  # the hidden field's name


def shown(page: Page, answers: Flat) -> str:
    """The hidden field: ``own.W1=4 own.W2=none c.comment=3f…``, of a text a digest."""
    names = [name for field in page.fields for name in field.names if name in answers]
    return " ".join(f"{name}={_short(answers[name])}" for name in names)


def touched(page: Page, typed: Flat, posted: str | None) -> Flat:
    """``typed`` without the questions that stand as the page showed them; all of it if the form does not tell."""
    if posted is None:
        return typed
    before = dict(part.rpartition("=")[::2] for part in posted.split())
    same = {
        name
        for field in page.fields
        if all(before.get(name, "") == _short(typed[name]) for name in field.names if name in typed)
        for name in field.names
    }
    return {name: value for name, value in typed.items() if name not in same}


def _short(value: Any) -> str:
    if value == EMPTIED:
        return ""
    if value is None:
        return CANNOT_JUDGE
    if isinstance(value, str):
        return hashlib.blake2b(value.encode(), digest_size=8).hexdigest()
    return str(value)
