"""Which encoding a file of names is in: sure, or a question with samples; never a guess that spoils names. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ENCODINGS = {
    "utf-8": gettext_lazy("UTF-8"),
    "cp1252": gettext_lazy("Windows-1252 (Western Europe)"),
    "cp1250": gettext_lazy("Windows-1250 (Central Europe)"),
    "iso8859-16": gettext_lazy("ISO-8859-16 (Romanian)"),
    "mac-roman": gettext_lazy("Mac Roman (old Macs)"),
    "cp850": gettext_lazy("DOS 850 (old programs)"),
    "gb18030": gettext_lazy("GB 18030 (simplified Chinese)"),
    "big5": gettext_lazy("Big5 (traditional Chinese)"),
    "utf-16": gettext_lazy("UTF-16"),
}
CANDIDATES = ("cp1252", "cp1250", "iso8859-16", "mac-roman", "cp850", "gb18030", "big5")
SAMPLES = 5
# Letters that Windows-1252 and Windows-1250 write with the same byte: reading them wrongly is impossible.
SHARED = frozenset("ÁÂÄÇÉËÍÎÓÔÖÚÜÝßáâäçéëíîóôöúüý")
MARKS = frozenset("’‘“”„–—…«»€°·´§©®\u00a0")
# Where Western languages put the others. Elsewhere (Dvoøák, Kuèera, Ionuþ) another encoding is likelier.
WESTERN = re.compile(
    r"""(?x) (?:
      [Èè](?=[bcdfgjlmnpqrstvxyz]{1,3}e|s?(?!\w)|g[nu]) | [ÀÙÒÌàùòì](?!\w) | [Êê](?=[a-z]) | [Ùù](?=s(?!\w))
      | [Ññ](?=[aeiouáéíóú]) | [Ãã](?=[oe]|s?(?!\w)) | [Õõ](?=es?(?!\w)) | [Ïï](?=[a-z]|(?!\w)) | [Ûû](?=t|$)
      | (?<![aeiouáéíóúýAEIOU])[Øø](?![áéíóúaeiou]) | [Åå](?=[a-zö]|(?!\w)) | [Ææ](?=[a-z]) | [Œœ](?=[a-z]) | ÿ(?!\w)
      | [ªº](?!\w) )"""
)
WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\x00-\x7f\w]*\w*", re.UNICODE)


@dataclass(frozen=True)
class Decoded:
    """The encoding to read with; ``candidates`` (encoding → samples) when somebody must choose."""

    encoding: str
    candidates: dict[str, list[str]]


def detect(raw: bytes) -> Decoded | None:
    """How ``raw`` is encoded; ``None`` when it is no text at all."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return Decoded(name, {}) if fits(raw, name) else Decoded("", {})
    if b"\0" in raw[:4000]:
        return _wide(raw)
    if fits(raw, "utf-8"):
        return Decoded("utf-8", {})
    if fits(raw, "cp1252") and _surely_western(raw):
        return Decoded("cp1252", {})
    return Decoded("", samples(raw))


def _wide(raw: bytes) -> Decoded | None:
    """UTF-16 without its mark: every other byte of the headings is zero."""
    head = raw[: min(len(raw), 400) // 2 * 2]
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > 0.8 * len(zeros) and fits(raw, name):
            return Decoded(name, {})
    return None


def fits(raw: bytes, encoding: str) -> bool:
    """Whether every byte of ``raw`` means something in ``encoding``."""
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return encoding == "utf-8" or not re.search(r"[\x80-\x9f\ue000-\uf8ff]", text)


def _surely_western(raw: bytes) -> bool:
    """Whether every letter that another encoding would show differently stands where Western languages put it."""
    for found in set(WORD.findall(raw.decode("cp1252"))):
        word = found.lower() if found.isupper() and len(found) > 1 else found
        letters = [char for char in word if ord(char) > 127 and char not in MARKS and char not in SHARED]
        if any(unicodedata.category(char)[0] not in "LM" for char in letters):
            return False
        if len(WESTERN.findall(word)) != len(letters):
            return False
        if re.search(r"[a-zß-ÿ][À-Þ]|[À-Þ]{2}", word):
            return False
    return True


def samples(raw: bytes) -> dict[str, list[str]]:
    """Encoding → a few pieces of ``raw`` that differ between the encodings, for a person to compare."""
    lines = [line for line in re.split(rb"[\r\n]+", raw) if re.search(rb"[\x80-\xff]", line)]
    found: dict[str, list[str]] = {}
    for name in CANDIDATES:
        if not fits(raw, name):
            continue
        words: dict[str, None] = {}
        for line in lines[:200]:
            for cell in re.split(r"[;,\t|]", line.decode(name)):
                if re.search(r"[^\x00-\x7f]", cell) and len(words) < SAMPLES:
                    words.setdefault(cell.strip().strip('"')[:60])
        if words and list(words) not in found.values():
            found[name] = list(words)
    return found


def unsure() -> str:
    return _(
        "The encoding of the file cannot be told for sure, and a wrong guess would spoil names. "
        "Choose the encoding below, or export the file again as UTF-8."
    )
