"""One formula of the method page, and a part of that page. Pure."""

from __future__ import annotations

from dataclasses import dataclass

FRAMEWORK = "Service-culture framework"


@dataclass(frozen=True)
class Formula:
    """``key``: its anchor on the page. ``code``: the function that computes it."""

    key: str
    title: str
    words: str
    formula: str = ""
    source: str = ""
    code: str = ""


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    formulas: tuple[Formula, ...]
