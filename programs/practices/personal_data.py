"""What looks like data of a customer in words that shall hold none: an address, a telephone or order number. Pure."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
# Seven digits and more, however they are grouped; dates (2026-11-22) and amounts (1,250.00) have fewer in a row.
NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ ./()-]?\d){6,}(?!\d)")
DATE = re.compile(r"\b(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})\b")


def found(text: str) -> str:
    """The first thing in ``text`` that a customer could be found by; empty when there is none."""
    bare = DATE.sub(" ", text)
    for pattern in (ADDRESS, NUMBER):
        if match := pattern.search(bare):
            return match[0].strip()
    return ""
