"""``course.toml`` and the front matter of lessons: read with the line of whatever is wrong. Pure."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from programs.training.interchange.plans import CoursePlan, Problem, Reading
from programs.training.quizzes import MOST_HOURS, Rules

Check = Callable[[Any], bool]
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_slug = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_where = re.compile(r"\(at line (\d+), column \d+\)")
LONGEST_TITLE = 200


def _whole(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def _text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and len(value.strip()) <= longest and "\0" not in value


def _texts(pattern: re.Pattern[str]) -> Check:
    return lambda value: (
        isinstance(value, list) and all(isinstance(one, str) and bool(pattern.fullmatch(one)) for one in value)
    )


def _words(longest: int) -> Check:
    sound = _text(longest)
    return lambda value: (
        isinstance(value, dict) and all(LANGUAGE.fullmatch(code) and sound(text) for code, text in value.items())
    )


# key → whether a value will do, and what it must be.
HEAD_KEYS: dict[str, tuple[Check, str]] = {
    "slug": (
        lambda value: isinstance(value, str) and len(value) <= 60 and bool(_slug.fullmatch(value)),
        "a-short-name",
    ),
    "language": (lambda value: isinstance(value, str) and bool(LANGUAGE.fullmatch(value)), '"en", "zh-hans" …'),
    "languages": (_texts(LANGUAGE), '["en", "it"]'),
    "requirements": (_texts(re.compile(r"[A-Z][A-Z0-9]{0,7}")), '["K1", "W2"]'),
    "minutes": (_whole(0, 1000), "0 … 1000"),
    "pass_mark": (_whole(0, 100), "0 … 100"),
    "draw": (_whole(0, 500), "0 … 500"),
    "tries": (_whole(0, 20), "0 … 20"),
    "cooldown_hours": (_whole(0, MOST_HOURS), f"0 … {MOST_HOURS}"),
    "shuffled": (lambda value: type(value) is bool, "true / false"),
    "sessions": (_whole(0, 50), "0 … 50"),
    "refresh_days": (lambda value: isinstance(value, list) and all(map(_whole(1, 1000), value)), "[7, 30, 90]"),
    "refresh_questions": (_whole(1, 10), "1 … 10"),
    "name": (_words(LONGEST_TITLE), '[name] en = "…"'),
    "summary": (_words(2000), '[summary] en = "…"'),
}
LESSON_KEYS: dict[str, tuple[Check, str]] = {
    "title": (_text(LONGEST_TITLE), '"…"'),
    "minutes": (_whole(0, 240), "0 … 240"),
    "reflect": (_text(1000), '"…"'),
    "video": (_text(500), '"https://…", "files/….mp4"'),
}


def toml(text: str, keys: Mapping[str, tuple[Check, str]], found: Reading, file: str, first: int = 1) -> dict[str, Any]:
    """The values that are as they should be; everything else becomes a problem. ``first``: line the text begins on."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _where.search(str(error))
        line = int(where.group(1)) if where else len(text.splitlines()) or 1
        reason = _where.sub("", str(error)).strip()
        found.refuse(file, line + first - 1, _("This is not TOML: %(reason)s") % {"reason": reason})
        return {}
    kept = {}
    for key, value in given.items():
        line = _line_of(text, key) + first - 1
        if key not in keys:
            near = difflib.get_close_matches(key, keys, 1)
            told = (
                _("“%(key)s” is not known here. Did you mean “%(near)s”?")
                if near
                else _("“%(key)s” is not known here.")
            )
            found.refuse(file, line, told % {"key": key, "near": near[0] if near else ""})
        elif not keys[key][0](value):
            told = _("“%(key)s” must be like this: %(shape)s")
            found.refuse(file, line, told % {"key": key, "shape": keys[key][1]})
        else:
            kept[key] = value
    return kept


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"^\s*(?:\[\s*)?[\"']?{re.escape(key)}[\"']?\s*(?:=|\]|\.)")
    return next((n for n, line in enumerate(text.splitlines(), start=1) if pattern.match(line)), 1)


def course(text: str, found: Reading, file: str) -> CoursePlan:
    """What ``course.toml`` says; problems go to ``found``."""
    given = toml(text, HEAD_KEYS, found, file)
    names = {code: value.strip() for code, value in given.get("name", {}).items() if value.strip()}
    languages = list(dict.fromkeys(given.get("languages") or names or ["en"]))
    main = given.get("language") or ("en" if "en" in languages else languages[0])
    if main not in languages:
        told = _("The main language “%(code)s” is not among the languages.")
        found.refuse(file, _line_of(text, "language"), told % {"code": main})
    for table in ("name", "summary"):
        for code in given.get(table, {}):
            if code not in languages:
                told = _("“%(code)s” of [%(table)s] is not among the languages.")
                found.refuse(file, _line_of(text, code), told % {"code": code, "table": table})
    if not names.get(main) and not found.problems:
        found.refuse(file, _line_of(text, "name"), _("The course has no name in “%(code)s”.") % {"code": main})
    if "slug" not in given and not found.problems:
        found.refuse(
            file, 1, _("There is no slug: a short name such as seven-sins, by which the course is known again.")
        )
    if given.get("tries") and not given.get("cooldown_hours"):
        told = _("Say after how many hours one may try again (cooldown_hours): nobody is locked out for good.")
        found.refuse(file, _line_of(text, "tries"), told)
    plan = CoursePlan(language=main, languages=languages, names=names)
    plan.slug = given.get("slug", "")
    plan.summaries = {code: value.strip() for code, value in given.get("summary", {}).items() if value.strip()}
    for code in languages:
        if not names.get(code) and code != main:
            told = _("The course has no name in “%(code)s”.") % {"code": code}
            found.missing.append(Problem(file, _line_of(text, "name"), told))
    plan.requirements = list(dict.fromkeys(given.get("requirements", [])))
    for key in ("minutes", "pass_mark", "sessions", "refresh_questions"):
        setattr(plan, key, given.get(key, getattr(plan, key)))
    plan.refresh_days = sorted(set(given.get("refresh_days", plan.refresh_days)))
    plan.rules = Rules(
        given.get("draw", 0), given.get("tries", 0), given.get("cooldown_hours", 0), given.get("shuffled", True)
    )
    return plan
