"""Pictures, films and downloads of a course: what is taken, and whether the lessons point at what is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from programs.training.interchange.plans import Problem, Reading

# ending → (content type, how such a file begins; empty: any way)
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", (b"RIFF",)),
    "svg": ("image/svg+xml", ()),
    "mp4": ("video/mp4", ()),
    "webm": ("video/webm", (b"\x1a\x45\xdf\xa3",)),
    "vtt": ("text/vtt", (b"WEBVTT", b"\xef\xbb\xbfWEBVTT")),
    "mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "m4a": ("audio/mp4", ()),
    "ogg": ("audio/ogg", (b"OggS",)),
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK",)),
    "odp": ("application/vnd.oasis.opendocument.presentation", (b"PK",)),
    "txt": ("text/plain; charset=utf-8", ()),
    "csv": ("text/csv; charset=utf-8", ()),
}
SHOWN = ("image/", "video/", "audio/", "text/vtt")
PICTURES = "image/"
_sound_name = re.compile(r"\w[\w.() -]{0,100}\.(\w{2,4})")
# A picture that runs something is refused; the page that serves it forbids it besides.
_script = re.compile(rb"<\s*(script|foreignObject|iframe|object|embed)|\son\w+\s*=|javascript:", re.I)
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
LONGEST_VIDEO = 500


def content_type(name: str) -> str:
    return KINDS[name.rsplit(".", 1)[-1].lower()][0]


def why_not(name: str, content: bytes) -> str:
    """Why a file is not taken, in words; empty when it is."""
    ending = name.rsplit(".", 1)[-1].lower()
    if not _sound_name.fullmatch(name) or "/" in name:
        return _("The name of a file has letters, digits, - and _ and an ending, and lies in files/ itself.")
    if ending not in KINDS:
        return _("Files of this kind are not taken. These are: %(kinds)s.") % {"kinds": ", ".join(KINDS)}
    if not content:
        return _("This file is empty.")
    if ending == "svg":
        if b"<svg" not in content[:2000]:
            return _("This is not an SVG picture.")
        return _("This picture contains a script, which is refused.") if _script.search(content) else ""
    begins = KINDS[ending][1]
    mp4 = ending in {"mp4", "m4a"} and content[4:8] != b"ftyp"
    if mp4 or (begins and not content.startswith(begins)):
        return _("Its content is not what its ending .%(ending)s says.") % {"ending": ending}
    return ""


def take(name: str, content: bytes, found: Reading) -> None:
    if told := why_not(name, content):
        found.refuse(f"files/{name}", 0, told)
    else:
        found.course.files = {**(found.course.files or {}), name: content}


def references(text: str) -> Iterator[tuple[str, str, int, str]]:
    """(``image`` or ``link``, address, line from 1, alternative text) of all pictures and links of a Markdown text."""
    for block in _markdown.parse(text):
        line = (block.map or [0])[0] + 1
        for token in block.children or []:
            yield from _reference(token, line)


def first_level(text: str) -> int:
    """The highest level of heading a Markdown text has: 1 for ``#``; 1 when it has none."""
    return min((int(block.tag[1]) for block in _markdown.parse(text) if block.type == "heading_open"), default=1)


def _reference(token: Token, line: int) -> Iterator[tuple[str, str, int, str]]:
    if token.type == "image":
        yield "image", str(token.attrs.get("src", "")), line, token.content
    elif token.type == "link_open":
        yield "link", str(token.attrs.get("href", "")), line, ""


def file_of(address: str) -> str:
    """The name of the course's own file an address points at; empty for anything else."""
    return unquote(address.removeprefix("./").removeprefix("files/")) if _is_own(address) else ""


def _is_own(address: str) -> bool:
    return address.removeprefix("./").startswith("files/")


def wrong_with(kind: str, address: str, alt: str, names: set[str]) -> str:
    """What is wrong with a picture or link of a lesson, in words; empty when nothing is."""
    name = file_of(address)
    if name and name not in names:
        return _("files/%(name)s is not there.") % {"name": name}
    if kind == "image" and not name:
        return _("Pictures from elsewhere are not shown (they would tell who reads): put it into files/.")
    return ""


def wrong_video(address: str, names: set[str]) -> str:
    """What is wrong with a lesson's film: an https address, or a file of the course."""
    if not address:
        return ""
    name = file_of(address)
    if name:
        if name not in names:
            return _("files/%(name)s is not there.") % {"name": name}
        return "" if content_type(name).startswith(("video/", "audio/")) else _("This file is not a film.")
    if not address.startswith("https://") or len(address) > LONGEST_VIDEO or any(sign.isspace() for sign in address):
        return _("A film is an address that begins with https://, or a file such as files/greeting.mp4.")
    return ""


def captions(address: str, names: Iterable[str]) -> dict[str, str]:
    """{language: file} of the captions of the course's own film; "" is the language the course was written in.

    They lie beside it and are named after it: ``greeting.mp4``, ``greeting.vtt``, ``greeting.it.vtt``.
    """
    film = file_of(address)
    if not film:
        return {}
    stem, found = film.rsplit(".", 1)[0], {}
    for name in sorted(names):
        if name == f"{stem}.vtt":
            found[""] = name
        elif name.startswith(f"{stem}.") and name.endswith(".vtt"):
            found[name[len(stem) + 1 : -4].lower().replace("_", "-")] = name
    return found


def is_film(address: str) -> bool:
    """Whether it is a film of the course's own, which can be given captions here."""
    name = file_of(address)
    return bool(name) and name.rsplit(".", 1)[-1].lower() in KINDS and content_type(name).startswith("video/")


def uncaptioned(address: str, names: Iterable[str]) -> str:
    """What to do about a film without any captions, in words; empty where it has some, or is none of the course's."""
    if not is_film(address) or captions(address, names):
        return ""
    film = file_of(address)
    told = _("The film %(film)s has no captions: who cannot hear it learns nothing from it. Add %(wanted)s (WebVTT).")
    return told % {"film": film, "wanted": f"{film.rsplit('.', 1)[0]}.vtt"}


def check(found: Reading, where: Sequence[Mapping[str, tuple[str, int]]]) -> None:
    """``where``: for each lesson and language, the file its text came from and the line it begins on."""
    names: set[str] = set(found.course.files or {})
    used: set[str] = set()
    for lesson, places in zip(found.course.lessons, where, strict=True):
        if told := wrong_video(lesson.video, names):
            found.refuse(places.get(found.course.language, ("", 0))[0], 2, told)
        used.add(file_of(lesson.video))
        used.update(captions(lesson.video, names).values())
        if not told and (hint := uncaptioned(lesson.video, names)):
            found.remarks.append(Problem(places.get(found.course.language, ("", 0))[0], 2, hint))
        for code, text in lesson.texts.items():
            file, begins = places[code]
            for kind, address, line, alt in references(text.body):
                used.add(file_of(address))
                place = begins + line - 1
                if told := wrong_with(kind, address, alt, names):
                    found.refuse(file, place, told)
                elif kind == "image" and not alt.strip():
                    told = _("Who cannot see this picture is told nothing: ![what it shows](%(address)s)")
                    found.remarks.append(Problem(file, place, told % {"address": address[:80]}))
    for name in sorted(names - used):
        found.remarks.append(Problem(f"files/{name}", 0, _("No lesson shows or links this file.")))
