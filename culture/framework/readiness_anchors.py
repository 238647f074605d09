"""What 0, 1, 2, 3 and 4 mean for each condition, in plain words and five languages (``readiness_anchors.json``)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from culture.framework.texts import pick

FILE = Path(__file__).resolve().parent / "readiness_anchors.json"
ANY = "*"  # for a condition the organisation added itself
LEVELS = range(5)


@lru_cache(maxsize=1)
def read() -> dict[str, list[dict[str, str]]]:
    """Code → five texts, each ``{language: text}``."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def anchors(code: str) -> list[str]:
    """What each level means for this condition, in the active language; index is the level."""
    known = read()
    return [pick(texts) for texts in known.get(code, known[ANY])]
