"""The first page behind a personal link. A GET changes nothing: mail scanners follow links."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from culture.framework.texts import pick
from surveys.answering import drafts, receipts, shelf, submitting
from surveys.answering import pages as rules
from surveys.answering.doors import Refused, door
from surveys.answering.visits import Visit, day, declined, enter, see_other, settled
from surveys.waves import keys, promise


@door
def lost(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any address under /s/ that is not a whole link."""
    raise Refused("lost", 404)


@door
def without_slash(request: HttpRequest, token: str) -> HttpResponse:
    """The link without its last slash, as some mail programs leave it."""
    if keys.resolve_token(token) is None:
        raise Refused("lost", 404)
    return see_other(reverse("answering:start", args=(token,)))


@door
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Why, how long, until when, what we promise; and the choice not to take part (POST)."""
    visit = enter(request, token)
    if request.method == "POST":
        return _choose(visit)
    if page := settled(visit):
        return page
    return visit.render("start", **first_page(visit))


def first_page(visit: Visit) -> dict[str, Any]:
    w, wave, fields = visit.w, visit.wave, rules.fields_of(visit.pages)
    asked = [field for field in fields if not field.is_comment]
    done = sum(field.answered(visit.answers) for field in asked)
    opened = rules.missing(visit.pages, visit.answers)
    where = visit.url("page", opened[0][0].number) if opened else visit.url("check")
    return {
        "survey": wave.series.name,
        "why": pick(wave.series.instrument.purpose, visit.language) or w["why"],
        "minutes": w["about_minutes"].format(n=rules.minutes(fields)),
        "questions": w["questions_n"].format(n=len(asked), pages=len(visit.pages)),
        "pause": w["pause_kiosk" if visit.kiosk else "pause" if shelf.is_own(visit) else "pause_code"],
        "closes": day(wave.closes_on, visit.language),
        "promises": promises(visit),
        "go_url": (where if visit.answers else visit.first) + visit.query,
        "resume": w["resume_note"].format(done=done, n=len(asked)) if visit.answers else "",
    }


def promises(visit: Visit) -> list[str]:
    """The wave's frozen rules in plain words: what nobody sees, who sees what, from how many people on."""
    rules_, w = visit.wave.rules, visit.w
    k = rules_.get("k", visit.wave.series.k)
    numbers = {
        "k": k,
        "home": rules_.get("comment_home", 10),
        "band_to": rules_.get("band_to", 7),
        "spread_from": rules_.get("distribution_from", 20),
    }
    about = any(field.is_comment and field.provider is not None for field in rules.fields_of(visit.all_pages))
    shared = promise.shareable(rules_)
    names = ["nobody", "who", *(["shared"] if shared else []), "k", "rough", "sealed", "comment"]
    names += ["verdict"] if visit.invitation.promises else []
    names += [*(["about"] if about else []), *(["masked"] if shared else []), "known"]
    return [*(w[f"promise_{name}"].format(**numbers) for name in names), *receipts.promise(visit)]


def _choose(visit: Visit) -> HttpResponse:
    go = visit.request.POST.get("go")
    try:
        if go == "decline":
            submitting.decline(invitation=visit.invitation, token=visit.token)
        elif go == "rejoin":
            submitting.rejoin(invitation=visit.invitation)
    except drafts.Closed:
        raise Refused("over", 410, visit.language) from None
    if visit.is_quiet and go == "decline":
        return declined(visit)
    return see_other(visit.url("start") + visit.query)
