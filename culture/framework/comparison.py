"""What differs between two texts, by word (by character where a script has no spaces). Pure."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

# A run of letters and digits, a single character of a script written without spaces, or one of anything else.
TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\s+|[^\w\s]"
)
Part = tuple[str, str]
"""("same" | "gone" | "new", text)"""


def parts(old: str, new: str) -> list[Part]:
    """``new`` with what left ``old`` in its place: joined without "gone" it is ``new``, without "new" it is ``old``."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    found: list[Part] = []
    gone = new = ""
    for operation, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, came = "".join(before[i:j]), "".join(after[k:m])
        # A lone space between two changes belongs to both: whole phrases read better than words.
        if operation == "equal" and (left.strip() or not (gone or new)):
            found += [*_changed(gone, new), ("same", left)]
            gone = new = ""
        else:
            gone, new = gone + left, new + came
    return found + _changed(gone, new)


def _changed(gone: str, new: str) -> list[Part]:
    """What is the same at both ends (a space, mostly) does not count as changed."""
    end = ""
    while gone and new and gone[-1] == new[-1] and gone[-1].isspace():
        end, gone, new = gone[-1] + end, gone[:-1], new[:-1]
    found = [("gone", gone), ("new", new), ("same", end)]
    return [(kind, text) for kind, text in found if text]


def folded(text: str) -> str:
    """For searching: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))
