"""A lesson as a page shows it: in one language, with its pictures, film, downloads and reading time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.safestring import SafeString

from culture.framework import markdown
from programs.training import languages
from programs.training.interchange import media
from programs.training.models import CourseVersion, Lesson

# Adults read some 200 to 250 words a minute, and slower what they want to keep (Brysbaert 2019: 238 in English);
# Chinese is read at some 260 characters a minute.
WORDS_A_MINUTE, SIGNS_A_MINUTE = 180, 260
_han = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Captions:
    """What is said in a film, to read along; ``language`` by its code."""

    url: str
    language: str
    name: str


@dataclass(frozen=True)
class Film:
    """``url`` plays in the page when ``own``; else it leads to ``host``. ``warning``: what its author should know."""

    url: str
    own: bool
    sound: bool
    host: str
    captions: tuple[Captions, ...] = ()
    warning: str = ""


@dataclass(frozen=True)
class Page:
    """``language``: the one the words are in, which may not be the one wished for."""

    lesson: Lesson
    language: str
    title: str
    body: SafeString
    reflect: str
    minutes: int
    film: Film | None
    downloads: list[tuple[str, str]]


def minutes_of(text: str) -> int:
    """Reading time, at least one minute."""
    signs = len(_han.findall(text))
    words = len(_han.sub(" ", text).split())
    return max(1, ceil(words / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE))


def lesson_minutes(lesson: Lesson, language: str) -> int:
    return lesson.minutes or minutes_of(lesson.text_in(language).body)


def titled(rows: Iterable[dict[str, Any]], version: CourseVersion, language: str) -> list[dict[str, Any]]:
    """Rows with a ``lesson``, with what a list of lessons says of it: ``title``, ``minutes``, ``language``."""
    return [
        {
            **row,
            "title": row["lesson"].text_in(language).title,
            "minutes": lesson_minutes(row["lesson"], language),
            "language": language if row["lesson"].speaks(language, version.language) else version.language,
        }
        for row in rows
    ]


def file_url(version: CourseVersion, name: str) -> str:
    return reverse("training:file", args=[version.course_id, version.pk, name])  # type: ignore[attr-defined]


def page(lesson: Lesson, language: str, *, below: int = 1) -> Page:
    """``language``: what the reader wishes; the whole lesson falls back to the main one when it is not there.

    ``below``: the level of the heading it stands under; its own begin one deeper, whatever they were written with.
    """
    version, text = lesson.version, lesson.text_in(language)

    def resolve(address: str) -> str:
        name = media.file_of(address)
        return file_url(version, name) if name else address

    return Page(
        lesson=lesson,
        language=language if lesson.speaks(language, version.language) else version.language,
        title=text.title,
        body=markdown.render(text.body, below=below + 1 - media.first_level(text.body), images=True, resolve=resolve),
        reflect=text.reflect,
        minutes=lesson_minutes(lesson, language),
        film=_film(lesson.video, version, language),
        downloads=_downloads(text.body, version),
    )


def _film(address: str, version: CourseVersion, language: str) -> Film | None:
    if not address:
        return None
    if name := media.file_of(address):
        sound = media.content_type(name).startswith("audio/")
        names = [] if sound else [file.name for file in version.files.all()]
        told = "" if sound else media.uncaptioned(address, names)
        return Film(file_url(version, name), True, sound, "", _captions(address, names, version, language), told)
    return Film(address, own=False, sound=False, host=urlsplit(address).hostname or address)


def _captions(address: str, names: list[str], version: CourseVersion, language: str) -> tuple[Captions, ...]:
    """The reader's language first: it is the one a browser offers before the others."""
    found = {code or version.language: name for code, name in media.captions(address, names).items()}
    order = sorted(found, key=lambda code: (code != language, code != version.language, code))
    return tuple(Captions(file_url(version, found[code]), code, languages.name(code)) for code in order)


def _downloads(body: str, version: CourseVersion) -> list[tuple[str, str]]:
    """(name, address) of the course's own files a lesson links to, each once."""
    linked = [media.file_of(address) for kind, address, _line, _alt in media.references(body) if kind == "link"]
    return [(name, file_url(version, name)) for name in dict.fromkeys(linked) if name]
