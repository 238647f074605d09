"""A whole interview in one answer, so that a phone goes on from page to page without a network.

The browser shows it as the server would (static answering_ahead.js): the pages carry no answers, those of the draft
come beside them, and which pages and questions are shown follows there from the same rules. Whatever somebody answers
offline is checked here again when it arrives (batches.py, submitting.py): the browser decides only what it shows.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from culture.framework.texts import pick
from surveys.answering import pages as rules
from surveys.answering import shelf, submitting
from surveys.answering.doors import Refused, door
from surveys.answering.fields import CANNOT_JUDGE, Field, Flat
from surveys.answering.languages import direction
from surveys.answering.pages import Page
from surveys.answering.screener import ADDED, NOBODY, USED, ids
from surveys.answering.start_pages import first_page
from surveys.answering.views import look
from surveys.answering.visits import Visit, enter, heading, settled
from surveys.instruments import rules as display
from surveys.instruments import timing

# Stands for any department that somebody adds himself; no unit's id is so long (screener.LONGEST).
ANY_ID, ANY_NAME = 99_999_999_999, "{provider}"
WORDS = (
    "about_minutes",
    "begin",
    "questions_n",
    "resume",
    "resume_note",
    "page_of",
    "left",
    "all_answered",
    "still_open",
    "still_open_note",
    "open_mark",
    "next",
    "review",
    "go_on",
    "send",
    "check",
    "check_lead",
    "check_open",
    "check_open_lead",
    "change",
    "answered_of",
    "answer_open",
    "your_comment",
    "services_none_used",
    "too_many_services",
    "away",
    "away_tab",
    "needs_network",
    "seen_later",
    "waits_n",
)
PACK = 4  # gzip's level: 100 kB in a millisecond or two


@door
def ahead(request: HttpRequest, token: str) -> HttpResponse:
    """The interview as JSON. A GET changes nothing."""
    visit = enter(request, token)
    if request.method == "POST":
        raise Refused("lost", 405, visit.language)
    if done := settled(visit):
        done.status_code = 409
        return done
    return _packed(request, json.dumps(interview(visit), ensure_ascii=False, separators=(",", ":")).encode())


def _packed(request: HttpRequest, content: bytes) -> HttpResponse:
    # Nobody but the reader puts text into it, so that its packed length cannot be used to guess at it (BREACH).
    pack = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(gzip.compress(content, PACK, mtime=0) if pack else content, content_type="application/json")
    if pack:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    return response


def interview(visit: Visit) -> dict[str, Any]:
    """Everything the script needs to show any page of this person's interview (``posted`` answers by name)."""
    pages = _pages(visit)
    screener = next((page.screener for page in pages if page.screener), None)
    return {
        "version": shelf.version(visit),
        "until": shelf.until(visit),
        "keep": shelf.keep(visit),
        "language": visit.language,
        "direction": direction(visit.language),
        "asked": list(screener.asked_ids) if screener else [],
        "most": screener.most if screener else 0,
        "names": dict((*screener.asked, *visit.addable)) if screener else {},
        "any": {"id": ANY_ID, "name": ANY_NAME},
        "next": max((page.number for page in pages if page.provider != ANY_ID), default=0) + 1,
        "pages": [_page(visit, page, pages) for page in pages],
        "start": visit.piece("start", **first_page(visit)),
        "check": visit.piece("check", heading="", lead="", rows=[], back_url=".", bar=[(False, False)]),
        "words": {name: visit.w[name] for name in WORDS},
        "answers": posted(rules.fields_of(visit.all_pages), visit.saved.answers),
    }


def _pages(visit: Visit) -> list[Page]:
    """All pages, shown or not, as nobody has answered them, with one department more for whichever he may add."""
    stand_in = ((ANY_ID, ANY_NAME),) if visit.addable else ()
    asked = visit.invitation
    return submitting.pages_with(visit.wave, asked.providers, stand_in, visit.token, asked.promises)


def _page(visit: Visit, page: Page, pages: list[Page]) -> dict[str, Any]:
    title, _lead = heading(page, visit.language, visit.w)
    name, more = page.provider_name, visit.addable if page.screener else []
    blank = look(page, pages, {}, visit.language, visit.w, more=more)
    return {
        "number": page.number,
        "group": f"{page.kind} {page.section}",
        "provider": page.provider,
        "screener": page.screener is not None,
        "title": f"{title} {name}".strip(),
        "row": name or (visit.w["services_short"] if page.screener else title),
        "html": visit.piece("page", shown="", any=True, **blank),
        "fields": [_field(visit, one, name) for one in page.fields],
    }


def _field(visit: Visit, one: Field, provider: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": one.name,
        "code": one.code,
        "kind": one.kind,
        "text": pick(one.text, visit.language).replace("{provider}", provider),
        "seconds": timing.seconds(one.kind),
        "halves": list(one.halves),
        "required": one.required and not one.is_comment,
    }
    if one.is_comment:
        told |= {"limit": one.limit, "wrong": visit.w["too_long"].format(n=one.limit)}
    elif one.kind == "number":
        limits = {"low": one.scale.low, "high": one.scale.high}
        told |= {**limits, "wrong": visit.w["bad_number"].format(**limits)}
    if one.show_if:
        told["rule"] = decided(one.show_if, visit.person)
    return told


def decided(rule: display.Rule, person: display.Person) -> Any:
    """``rule`` with what it asks of the person decided: true, false, or a rule that looks at answers alone."""
    for key in ("all", "any"):
        if key in rule:
            return {key: [decided(part, person) for part in rule[key]]}
    if not display.items_in(rule):
        return display.holds(rule, lambda _code: None, {}, person)
    return dict(rule)


def posted(fields: Iterable[Field], answers: Flat) -> dict[str, list[str]]:
    """A draft's answers as a form would post them."""
    found: dict[str, list[str]] = {}
    for one in fields:
        found.update({name: _values(one, answers[name]) for name in one.names if name in answers})
    if USED in answers:
        ticked = [str(unit) for unit in (*ids(answers[USED]), *ids(answers.get(ADDED)))]
        found[USED] = ticked or [NOBODY]
    return found


def _values(one: Field, value: Any) -> list[str]:
    if value is None:
        return [CANNOT_JUDGE]
    if one.kind == "multiple" and type(value) is int:
        return [str(part) for part in one.scale.chosen(value)] or ["0"]
    return [str(value)]
