"""Names in any script: what a search compares, and in which order a reader of some language expects them.

Pure: no ORM, no clock. The embedded PostgreSQL is built without ICU, so that the keys are made here and kept in columns
with the "C" collation: one for the languages whose alphabet is the plain Latin one, one for Romanian, one for Chinese.
"""

from __future__ import annotations

import re
import unicodedata
import zlib

LONGEST_WORD = 80
LONGEST_KEY = 400  # bytes of a B-tree entry are limited; 400 characters stay below it in every script
# Letters that no normalisation takes apart, though everybody types them without their stroke.
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
# Accents of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic. Vowel signs of Indic and Thai
# scripts are letters of their own and stay.
MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0640\u200b-\u200f\u00ad]")
IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002fa1f]")
# ă, â, î, ș, ț are letters after a, i, s, t in the Romanian alphabet. "\x7e" sorts after every plain letter.
ROMANIAN = str.maketrans(
    {"ă": "a\x7e", "â": "a\x7e\x7e", "î": "i\x7e", "ș": "s\x7e", "ş": "s\x7e", "ț": "t\x7e", "ţ": "t\x7e"}
)
COLUMNS = {"ro": "sort_ro", "zh": "sort_zh"}


def plain(text: str) -> str:
    """``text`` in small letters without accents: what two spellings of one name have in common."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold().translate(PLAIN)
    return unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFKD", folded)))


def words(text: str) -> list[str]:
    """The words of ``text`` as they are searched: plain, cut at everything that is no letter, digit or vowel sign."""
    folded = plain(text)
    if folded.isascii() and folded.isalnum():
        return [folded[:LONGEST_WORD]]
    kept = "".join(sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in folded)
    return [word[:LONGEST_WORD] for word in kept.split()]


def searchable(*, given_name: str, family_name: str, number: str, email: str | None) -> str:
    """All the words somebody may be looked for by, each once, joined by blanks.

    Chinese, Japanese and Korean names are written without blanks: they are found by the whole name in either order
    and from any of its characters on.
    """
    found = dict.fromkeys(words(given_name) + words(family_name) + words(number))
    if "-" in number or "/" in number or "." in number:
        found |= dict.fromkeys(words(re.sub(r"\W", "", number)))
    for part in (email or "").split("@"):
        found |= dict.fromkeys(words(part))
    if IDEOGRAPHS.search(family_name + given_name):
        for whole in (plain(family_name + given_name), plain(given_name + family_name), plain(given_name)):
            joined = "".join(words(whole))
            found |= dict.fromkeys(joined[start : start + LONGEST_WORD] for start in range(len(joined)))
    return " ".join(word for word in found if word)


def query(text: str) -> str:
    """``text`` as typed, as a tsquery: every word must begin a word of the person. Empty for nothing to look for."""
    return " & ".join(f"'{word}':*" for word in dict.fromkeys(words(text)[:8]))


def _chinese(text: str) -> str:
    """Han characters by their sound: the first level of GB 2312 is in the order of pinyin."""
    return "".join(_by_sound(sign) if IDEOGRAPHS.match(sign) else sign for sign in text)


def _by_sound(sign: str) -> str:
    try:
        first, second = sign.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return "\U000f0000" + sign
    return chr(0x4E00 + (first - 0xA1) * 94 + second - 0xA1)


def sort_keys(*, given_name: str, family_name: str) -> dict[str, str]:
    """Column → key. Equal letters with different accents keep an order: the name itself is the last part."""
    both = f"{family_name}\x01{given_name}"
    if both.isascii():
        key = both.lower()[:LONGEST_KEY]
        return {"sort_name": key, "sort_ro": key, "sort_zh": key}
    parts = [unicodedata.normalize("NFC", part).casefold() for part in (family_name, given_name)]
    latin = "\x01".join(plain(part) for part in parts)
    romanian = "\x01".join(plain(part.translate(ROMANIAN)) for part in parts)
    tail = f"\x01{both}"
    found = {"sort_name": latin + tail, "sort_ro": romanian + tail, "sort_zh": _chinese(latin) + tail}
    return {column: key[:LONGEST_KEY] for column, key in found.items()}


def keys(*, given_name: str, family_name: str, number: str, email: str | None) -> dict[str, str]:
    """All four columns (``search``, ``sort_name``, ``sort_ro``, ``sort_zh``) for whoever writes employees in bulk.

    ``sort_name`` ends in a checksum of what the keys were made from: a trigger sees by it whether they are fresh.
    """
    found = sort_keys(given_name=given_name, family_name=family_name)
    made_from = "\x01".join((given_name, family_name, number, email or "")).encode()
    found["sort_name"] += f"\x01{zlib.crc32(made_from):08x}"
    found["search"] = searchable(given_name=given_name, family_name=family_name, number=number, email=email)
    return found


def sort_column(language: str | None) -> str:
    """The column that puts people in the order of ``language`` (a code such as ``zh-hans``)."""
    return COLUMNS.get((language or "").split("-")[0].lower(), "sort_name")


def display(given_name: str, family_name: str) -> str:
    """The name as it is written in its script: Chinese, Japanese and Korean names begin with the family."""
    if family_name and IDEOGRAPHS.match(family_name) and (not given_name or IDEOGRAPHS.match(given_name)):
        return f"{family_name}{given_name}"
    return f"{given_name} {family_name}".strip()
