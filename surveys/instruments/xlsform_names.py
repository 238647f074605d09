"""What an XLSForm calls things, both ways: languages, lists of the fixed scales, names that are ours. Data.

What XLSForm has no word for stands in columns of our own of the sheet *survey* (:data:`OWN_COLUMNS`) and in the sheet
*trivium*; other tools leave both alone.
"""

from __future__ import annotations

import re

LANGUAGE_NAMES = {"en": "English", "it": "Italiano", "ro": "Română", "zh-hans": "简体中文", "fr": "Français"}
# How other people's files write a language.
KNOWN_AS = {
    "english": "en",
    "italian": "it",
    "italiano": "it",
    "romanian": "ro",
    "română": "ro",
    "romana": "ro",
    "chinese": "zh-hans",
    "简体中文": "zh-hans",
    "中文": "zh-hans",
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
}
OWN_COLUMNS = (
    "kind", "points", "reversed", "about", "cannot_judge", "section", "shuffled", "requirements", "dimension", "facet",
)  # fmt: skip
PROVIDER, UNIT = "trivium_provider", "trivium_unit"
JOB_FAMILY, CUSTOMER_FACING = "trivium_job_family", "trivium_customer_facing"
OURS = (PROVIDER, UNIT, JOB_FAMILY, CUSTOMER_FACING)
SECTION = "section_"
NONE = "none"  # the choice "I can't judge this"
LISTS = {
    "frequency": "frequency",
    "satisfaction": "satisfaction",
    "effort": "effort",
    "outcome": "outcome",
    "lost_time": "lost_time",
    "yes_no": "yes_no",
    "recommendation": "recommendation",
}
TYPES = {
    "number": ("integer", "range"),
    "comment": ("text",),
    "multiple": ("select_multiple",),
    "pair": ("begin_group",),
}  # of every other kind: select_one
IGNORED = {
    "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit",
    "calculate", "hidden", "start-geopoint", "background-audio", "xml-external", "csv-external",
}  # fmt: skip


def language_header(column: str, code: str) -> str:
    return f"{column}::{LANGUAGE_NAMES.get(code, code)} ({code})"


def language_code(written: str) -> str:
    """The code of ``English (en)``, ``english`` or ``en``; '' for a language that is not ours."""
    plain = written.strip().lower()
    if found := re.search(r"\(([a-z-]+)\)\s*$", plain):
        plain = found.group(1)
    plain = KNOWN_AS.get(plain, plain)
    return plain if plain in LANGUAGE_NAMES else ""


def list_of(kind: str, points: int) -> str:
    """The list of choices of a fixed scale."""
    return f"agreement{points}" if kind in {"agreement", "pair"} else LISTS[kind]
