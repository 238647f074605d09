"""Finding one department among hundreds, where somebody adds one to those he is asked about.

With the script the list shrinks while he types; without it the form comes back with what was found. Neither the term
nor what is chosen ever stands in an address, which servers log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.answering import screener

TERM, FOUND = "s.find", "s.found"
# As many as a phone shows at once.
MANY = 12
LONGEST = 80


def wanted(posted: Any) -> str:
    """What is to be looked for: by the button, or by Enter in the box, which presses the form's first button."""
    term = " ".join(posted.get(TERM, "").split())[:LONGEST]
    if not term or posted.get(screener.ADD) or posted.get("go", "next") not in ("find", "next"):
        return ""
    return term if posted.get("go") == "find" or term != posted.get(FOUND) else ""


def found(units: Sequence[tuple[int, str]], term: str, w: Mapping[str, str]) -> dict[str, Any]:
    """What the template needs: ``units`` whose name holds every word of ``term``; empty where there are few anyway."""
    if len(units) <= MANY:
        return {}
    words = term.casefold().split()
    hits = [unit for unit, name in units if all(word in name.casefold() for word in words)]
    told = w["services_found"].format(n=len(hits)) if hits else w["services_nowhere"]
    return {
        "term": term,
        "hits": hits if term else None,
        "only": hits[0] if term and len(hits) == 1 else None,
        "told": told if term else "",
    }
