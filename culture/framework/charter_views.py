"""The charter as everybody reads it: in force, older, coming; what changed; and "I have read it"."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from culture.access import clock
from culture.access.permissions import Permission, can, require
from culture.framework import charter, charter_diff, markdown
from culture.framework.charter_models import CharterVersion
from culture.people.models import Employee

LANGUAGES = dict(settings.LANGUAGES)


def shown(version: CharterVersion, language: str | None = None) -> dict[str, Any]:
    """The parts and standards for a reader; ``lang`` is the language a text is in, ``foreign`` its name if another."""
    wanted = (language or get_language() or "en").lower()

    def text(texts: dict[str, str]) -> dict[str, Any]:
        words, found = charter.chosen(texts, wanted)
        other = LANGUAGES.get(found, found) if found and found.split("-")[0] != wanted.split("-")[0] else ""
        return {"text": words, "lang": found, "foreign": other}

    parts = []
    for part in charter.PARTS:
        found = text(getattr(version, part))
        html = markdown.render(found["text"], below=2, images=False)
        parts.append({"key": part, "name": charter.PART_NAMES[part], "html": html, **found})
    standards: list[dict[str, Any]] = [
        {"text": text(standard.text), "measure": text(standard.measure), "promise": charter.promise(standard)}
        for standard in version.standards.all()
    ]
    texts = [*parts, *(s[name] for s in standards for name in ("text", "measure"))]
    foreign = sorted({found["foreign"] for found in texts if found["foreign"]})
    return {"parts": parts, "standards": standards, "foreign": foreign}


def compared(old: CharterVersion | None, new: CharterVersion, language: str) -> dict[str, Any]:
    """What ``new`` says otherwise than ``old`` to a reader of ``language``."""
    parts = []
    for part in charter.PARTS:
        words = [charter.chosen(getattr(version, part), language)[0] if version else "" for version in (old, new)]
        pieces = charter_diff.words(*words)
        lang = charter.chosen(getattr(new, part), language)[1]
        changed = charter_diff.differs(pieces)
        parts.append({"name": charter.PART_NAMES[part], "pieces": pieces, "changed": changed, "lang": lang})
    promises = charter_diff.standards(_promises(old, language), _promises(new, language))
    changed = any(part["changed"] for part in parts) or any(one.state != "same" for one in promises)
    return {"parts": parts, "standards": promises, "changed": changed, "language": language}


def _promises(version: CharterVersion | None, language: str) -> list[charter_diff.Promise]:
    return [
        charter_diff.Promise(
            key=str(standard.key),
            text=charter.chosen(standard.text, language)[0],
            measure=charter.chosen(standard.measure, language)[0],
            target=charter.promise(standard),
        )
        for standard in (version.standards.all() if version else ())
    ]


def spoken(request: HttpRequest) -> str:
    """The language asked for by ``?language=``, else the reader's, among those the site speaks."""
    wanted = request.GET.get("language", "")
    if wanted in LANGUAGES:
        return wanted
    active = (get_language() or "en").lower()
    return active if active in LANGUAGES else "en"


def manages(request: HttpRequest) -> bool:
    return can(request.user, Permission.MANAGE_FRAMEWORK)


@require_safe
@require(Permission.DO_TRAINING)
def read(request: HttpRequest) -> HttpResponse:
    """The version in force."""
    version = charter.in_force(clock.today())
    if version is None:
        later = charter.coming(clock.today())
        context = {"coming": later, "manages": manages(request)}
        return render(request, "culture/framework/charter_none.html", context)
    return _page(request, version)


@require_safe
@require(Permission.DO_TRAINING)
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Any published version, also one that is not in force yet."""
    return _page(request, get_object_or_404(CharterVersion.objects.published(), number=number))


def _page(request: HttpRequest, version: CharterVersion, status: int = 200, moved_on: bool = False) -> HttpResponse:
    today = clock.today()
    versions = list(CharterVersion.objects.published())
    me = cast(Employee, request.user)
    read_at = dict(me.charter_acknowledgements.values_list("version_id", "at"))  # type: ignore[attr-defined]
    standing = charter.standing(version, versions, today)
    later = charter.coming(today) if standing == "in_force" else None
    context = {
        "version": version,
        "standing": standing,
        "read_at": read_at.get(version.pk),
        "asks": standing == "in_force" and version.pk not in read_at,
        "read_before": max((v.number or 0 for v in versions if v.pk in read_at), default=0),
        "has_before": any((v.number or 0) < (version.number or 0) for v in versions),
        "versions": [_row(v, versions, read_at, today) for v in versions],
        "coming": later,
        "manages": manages(request),
        "sees_people": can(request.user, Permission.MANAGE_PEOPLE),
        "moved_on": moved_on,
        **shown(version),
    }
    return render(request, "culture/framework/charter.html", context, status=status)


def _row(
    version: CharterVersion, versions: list[CharterVersion], read_at: dict[int, Any], on: dt.date
) -> dict[str, Any]:
    return {"version": version, "standing": charter.standing(version, versions, on), "read_at": read_at.get(version.pk)}


@require_safe
@require(Permission.DO_TRAINING)
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """What a published version says otherwise than the one before."""
    new = get_object_or_404(CharterVersion.objects.published(), number=number)
    old = charter.before(new)
    if old is None:
        raise Http404
    found = compared(old, new, spoken(request))
    context = {"version": new, "old": old, "comparison": found, "languages": settings.LANGUAGES}
    return render(request, "culture/framework/charter_changes.html", context)


@require_POST
@require(Permission.DO_TRAINING)
def acknowledge(request: HttpRequest) -> HttpResponse:
    """ "I have read it": once; again changes nothing. A version no longer in force is answered with the new one."""
    number = request.POST.get("number", "")
    try:
        first = charter.acknowledge(
            by=cast(Employee, request.user),
            number=int(number) if number.isdigit() and len(number) < 9 else 0,
            today=clock.today(),
        )
    except charter.Stale:
        now = charter.in_force(clock.today())
        return _page(request, now, status=409, moved_on=True) if now else redirect("framework:charter")
    if first:
        messages.success(request, _("Thank you. It is noted that you have read version %(n)s.") % {"n": number})
    else:
        messages.info(request, _("You had already acknowledged version %(n)s.") % {"n": number})
    return redirect("framework:charter")
