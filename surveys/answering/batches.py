"""Answers of several pages that arrive together: what a phone kept while it had no network."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse

from surveys.answering import drafts, limits, screener, submitting, tabs
from surveys.answering import pages as rules
from surveys.answering.doors import Refused, door
from surveys.answering.fields import BadAnswer, Flat, Posted
from surveys.answering.pages import Page
from surveys.answering.visits import Visit, enter, settled


@door
def answers(request: HttpRequest, token: str) -> HttpResponse:
    """Keep in the draft what was answered on any pages: nothing of it if one value is bad (400 says which)."""
    visit = enter(request, token)
    if request.method != "POST":
        raise Refused("lost", 405, visit.language)
    if done := settled(visit):
        return done
    if not limits.link_may_save(token):
        raise Refused("too_fast", 429, visit.language)
    posted = dict(request.POST.lists())
    try:
        typed = read(visit, posted)
        visit.keep(typed, settle=tabs.settling(posted))
    except BadAnswer as bad:
        return JsonResponse({"message": visit.w[bad.reason].format(**bad.values)}, status=400)
    except drafts.Closed:
        raise Refused("over", 410, visit.language) from None
    except drafts.NotAsked:
        visit.invitation.refresh_from_db(fields=["state"])
        return settled(visit) or HttpResponse(status=409)
    return kept(visit, typed)


def kept(visit: Visit, typed: Flat) -> HttpResponse:
    """204; or, where a text of another window stood already, how the two were put together."""
    both = tabs.put_together(typed, visit.saved.answers)
    if not both:
        return HttpResponse(status=204)
    return JsonResponse({"kept": both, "message": visit.w["both_kept"]})


def read(visit: Visit, posted: Posted) -> Flat:
    """The answers, those whose service was used first: they decide which others there are. Raises BadAnswer."""
    asks = next((page.screener for page in visit.all_pages if page.screener), None)
    of_screener = {name: values for name, values in posted.items() if name in (screener.USED, screener.ADD)}
    typed: Flat = {}
    if of_screener and asks is None:
        raise BadAnswer("", "bad_value")
    if asks is not None:
        allowed: Sequence[int] = [unit for unit, _name in visit.addable] if of_screener else ()
        typed = screener.read(asks.asked_ids, allowed, asks.most, of_screener)
    added = screener.ids(typed.get(screener.ADDED, visit.saved.answers.get(screener.ADDED)))
    asked = visit.invitation
    pages = submitting.pages_of(visit.wave, asked.providers, seed=visit.token, added=added, promises=asked.promises)
    # Of departments that he added and then took away again.
    others = visit.addable if any(name.startswith("p.") for name in posted) else ()
    dropped = tuple(f"p.{unit}." for unit, _name in others if unit not in added)
    rest = {name: values for name, values in posted.items() if name not in of_screener and not name.startswith(dropped)}
    return {**typed, **rules.read(Page(0, "all", tuple(rules.fields_of(pages))), rest)}
