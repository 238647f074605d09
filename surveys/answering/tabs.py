"""What a form changed, when the same page is open twice (two tabs, two devices). Pure.

A page tells in a hidden field which answers it showed. A form sends all its controls, the untouched ones, too; an
untouched one must not undo what was answered elsewhere since. Of a choice made in both the later one stands; of texts
written in both, both do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from surveys.answering.fields import (
    CANNOT_JUDGE,
    COMMENT_LIMIT,
    EMPTIED,
    SERVICE_COMMENT_LIMIT,
    BadAnswer,
    Flat,
    Posted,
    clean,
)
from surveys.answering.pages import Page

SHOWN = "shown"  # the hidden field's name
WAS = "was."


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


def settling(posted: Posted) -> Callable[[Flat, Flat], Flat]:
    """What is laid over a draft: of a comment that was written elsewhere meanwhile, both texts.

    The form tells the text it began with: itself (``was.<name>``: the script; what it sent since without being told
    that it arrived, after it), or as a digest in the field ``shown``. One that tells neither has its way. Raises
    BadAnswer where both together are too long.
    """
    told = dict(part.rpartition("=")[::2] for value in posted.get(SHOWN, ()) for part in value.split())

    def settle(saved: Flat, typed: Flat) -> Flat:
        found = dict(typed)
        for name, new in typed.items():
            here = saved.get(name)
            if not here or not isinstance(here, str) or not isinstance(new, str):
                continue  # nothing stands there, or it is no comment
            began = [clean(text) for text in posted.get(f"{WAS}{name}", ())]
            if here in began or (not began and told.get(name, "" if SHOWN in posted else None) in (_short(here), None)):
                continue
            found[name] = both(here, next(iter(began), ""), new)
            if len(found[name]) > (limit := limit_of(name)):
                raise BadAnswer(name, "both_too_long", n=limit)
        return found

    return settle


def both(here: str, began: str, new: str) -> str:
    """``here`` (what stands) and ``new`` put together; ``began``: what ``new`` was made of, as far as that is known."""
    if here in new:
        return new
    if new in here:
        return here
    if began and here.startswith(began):
        return new + here[len(began) :]
    if began and new.startswith(began):
        return here + new[len(began) :]
    return f"{here}\n\n{new}"


def put_together(typed: Flat, saved: Flat) -> dict[str, str]:
    """The comments that stand otherwise than they were typed."""
    stands = {name: saved.get(name, "") for name, value in typed.items() if isinstance(value, str)}
    return {name: text for name, text in stands.items() if isinstance(text, str) and text != typed[name]}


def limit_of(name: str) -> int:
    return COMMENT_LIMIT if name.startswith("c.") else SERVICE_COMMENT_LIMIT


def _short(value: Any) -> str:
    if value == EMPTIED:
        return ""
    if value is None:
        return CANNOT_JUDGE
    if isinstance(value, str):
        return hashlib.blake2b(value.encode(), digest_size=8).hexdigest()
    return str(value)
