"""The questions whether promises were kept, as the pages ask them: made of what the wave froze."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation

from culture.access.days import date_text
from culture.framework.texts import pick
from surveys.answering import languages
from surveys.answering.fields import Field
from surveys.waves.asked_promises import MOST
from surveys.waves.models import Wave

# Stored answers; what is not answered with one of them is "I can't judge this".
KEPT, PARTLY, NOT_KEPT = 3, 2, 1
ORDER = ((KEPT, "promise_was_kept"), (PARTLY, "promise_was_partly"), (NOT_KEPT, "promise_was_not"))


def most(wave: Wave) -> int:
    """So many promises somebody of the wave is asked about at most."""
    return MOST if wave.snapshot.get("promises") else 0


def fields(wave: Wave, ids: Iterable[int]) -> tuple[Field, ...]:
    """One question for each of the promises ``ids`` the wave asks about."""
    wanted = set(ids)
    if not wanted:
        return ()
    names = {unit["id"]: unit["name"] for unit in wave.snapshot.get("units", ())}
    return tuple(_field(one, names) for one in wave.snapshot.get("promises") or () if one["id"] in wanted)


def _field(one: Mapping[str, Any], names: Mapping[int, str]) -> Field:
    spoken = list(languages.offered())
    choices = [
        {"value": value, "text": {code: languages.words(code)[word] for code in spoken}} for value, word in ORDER
    ]
    return Field(
        name=f"k.{one['id']}",
        code=f"promise.{one['id']}",
        kind="single",
        text={code: _text(one, names, code) for code in spoken},
        options={"choices": choices},
        promise=one["id"],
    )


def _text(one: Mapping[str, Any], names: Mapping[int, str], language: str) -> str:
    with translation.override(languages.spoken(language)):
        day = date_text(dt.date.fromisoformat(one["due_on"]), "DATE_FORMAT")
    return languages.words(language)["promise_asked"].format(
        provider=names.get(one["provider"], "…"),
        customer=names.get(one["customer"], "…"),
        text=pick(one["text"], language),
        date=day,
    )
