"""In which language somebody reads a course: asked for, his own, the browser's, the organisation's, the main one."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

from culture.access import organisation
from culture.people.models import Employee
from programs.training.models import CourseVersion

CHOSEN = "course_language"


def name(code: str) -> str:
    """A language by its own name."""
    known = {**{key: info.get("name_local", "") for key, info in LANG_INFO.items()}, **dict(settings.LANGUAGES)}
    return known.get(code) or known.get(code.split("-")[0]) or code


def names(codes: Iterable[str]) -> str:
    return ", ".join(name(code) for code in codes)


def nearest(wish: str | None, has: Iterable[str]) -> str:
    """The one of ``has`` that serves ``wish``: itself, else its kin (``it-ch``, ``zh-cn``); '' if there is none."""
    wanted = (wish or "").lower().replace("_", "-")
    offered = list(has)
    if not wanted or wanted in offered:
        return wanted
    return next((code for code in offered if code.split("-")[0] == wanted.split("-")[0]), "")


def first_of(version: CourseVersion, *wishes: str | None) -> str:
    """The first of ``wishes`` that ``version`` has, else its main language."""
    return next((code for wish in wishes if (code := nearest(wish, version.languages))), version.language)


def of_reader(request: HttpRequest, version: CourseVersion) -> str:
    """The chain person → browser → organisation; ``?lang=`` comes first and is remembered while one is signed in."""
    asked = nearest(request.GET.get("lang"), version.languages)
    if asked and request.session.get(CHOSEN) != asked:
        request.session[CHOSEN] = asked
    person = request.user.language if isinstance(request.user, Employee) else ""
    browser = get_language_from_request(request)
    return first_of(version, asked, request.session.get(CHOSEN), person, browser, organisation.current().language)


def of_person(person: Employee, version: CourseVersion) -> str:
    """Where there is no browser to ask: mails and certificates."""
    return first_of(version, person.language, organisation.current().language)


def asked(request: HttpRequest, version: CourseVersion) -> str:
    """For who writes courses: the main language, unless another is asked for."""
    return nearest(request.GET.get("lang"), version.languages) or version.language


def menu(version: CourseVersion) -> list[tuple[str, str]]:
    """(code, own name) of what the version speaks; nothing to choose when there is one."""
    return [(code, name(code)) for code in version.languages] if len(version.languages) > 1 else []
