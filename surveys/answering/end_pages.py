"""The summary, sending, and the thanks behind a personal link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from culture.framework.texts import pick
from surveys.answering import drafts, receipts, submitting
from surveys.answering import pages as rules
from surveys.answering.doors import Refused, door
from surveys.answering.pages import BadAnswer, Flat, Page
from surveys.answering.submitting import Outcome
from surveys.answering.visits import Visit, day, enter, heading, see_other, settled, thank
from surveys.waves.models import Invitation


@door
def check(request: HttpRequest, token: str) -> HttpResponse:
    """The summary: what is open is named, with the way back to it. POST sends."""
    visit = enter(request, token)
    if request.method != "POST":
        return settled(visit) or summary(visit)
    return send(visit)


def send(visit: Visit, typed: Flat | None = None) -> HttpResponse:
    """Submit what the draft holds, ``typed`` over it, and say so; whoever repeats it is told that it was done."""
    if visit.invitation.state == Invitation.State.DECLINED and not visit.is_quiet:
        return _go(visit, visit.url("start"))
    try:
        outcome = submitting.send(
            token=visit.token,
            invitation=visit.invitation,
            now=timezone.now(),
            contents=visit.contents,
            typed=typed,
        )
    except drafts.Closed:
        raise Refused("over", 410, visit.language) from None
    except BadAnswer:
        if typed:
            visit.keep(typed)
        if visit.is_autosave:
            return settled(visit) or _go(visit, visit.url("check"))
        return settled(visit) or summary(visit, status=400)
    if outcome is Outcome.DECLINED:
        return _go(visit, visit.url("start"))
    if outcome is Outcome.ALREADY and not visit.is_quiet and not visit.is_autosave:
        return thank(visit, already=True)
    return _go(visit, f"{visit.url('thanks')}?lang={visit.language}")


def _go(visit: Visit, url: str) -> HttpResponse:
    """Where to go on; the page's script, which sends so that a dead network costs nothing, is told it in a line."""
    return JsonResponse({"url": url}) if visit.is_autosave else see_other(url)


def summary(visit: Visit, status: int = 200) -> HttpResponse:
    w = visit.w
    opened = rules.missing(visit.pages, visit.answers)
    first = f"{visit.url('page', opened[0][0].number)}?open" if opened else ""
    return visit.render(
        "check",
        status=status,
        heading=w["check_open"].format(n=len(opened)) if opened else w["check"],
        lead=w["check_open_lead"] if opened else w["check_lead"],
        rows=[_row(visit, current, opened) for current in visit.pages],
        first_open=first + (visit.query.replace("?", "&") if first else ""),
        back_url=visit.last + visit.query,
        bar=[(page.complete(visit.answers) or not opened, False) for page in visit.pages],
        # On a shared tablet nobody is known any more after sending.
        **(receipts.context(visit, day(visit.wave.closes_on, visit.language)) if visit.kiosk else {}),
    )


def _row(visit: Visit, current: Page, opened: list[tuple[Page, rules.Field]]) -> dict[str, Any]:
    asked = [field for field in current.fields if not field.is_comment]
    done = sum(field.answered(visit.answers) for field in asked)
    url = visit.url("page", current.number) + visit.query
    count = visit.w["answered_of"].format(done=done, n=len(asked)) if asked else ""
    if current.screener:
        used = current.screener.rated(visit.answers)
        names = dict((*current.screener.asked, *current.screener.added))
        count = " · ".join(names[unit] for unit in used) or visit.w["services_none_used"]
    return {
        "title": _title(visit, current),
        "count": count,
        # Unanswered, the question whose service he used means all he was asked about: nothing is missing then.
        "complete": current.complete(visit.answers) or (current.screener is not None and not opened),
        "url": url,
        "comments": [visit.answers.get(f.name) for f in current.fields if f.is_comment and visit.answers.get(f.name)],
        "missing": [
            (f"{url}#q-{field.name}", pick(field.text, visit.language).replace("{provider}", current.provider_name))
            for page, field in opened
            if page is current
        ],
    }


def _title(visit: Visit, current: Page) -> str:
    if current.provider is not None:
        return current.provider_name
    title = visit.w["services_short"] if current.screener else heading(current, visit.language, visit.w)[0]
    return f"{title} ({current.part}/{current.parts})" if current.parts > 1 else title


@door
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    visit = enter(request, token)
    if visit.invitation.state != Invitation.State.ANSWERED and not visit.is_quiet:
        return see_other(visit.url("start"))
    return thank(visit, already=False)
