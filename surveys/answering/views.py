"""The pages of questions behind a personal link. A GET changes nothing: mail scanners follow links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from surveys.answering import drafts, limits, screener, search, tabs
from surveys.answering import pages as rules
from surveys.answering.batches import kept
from surveys.answering.doors import Refused, door
from surveys.answering.end_pages import check, send, thanks
from surveys.answering.languages import known
from surveys.answering.pages import BadAnswer, Flat, Page
from surveys.answering.questions import question, services
from surveys.answering.start_pages import lost, start, without_slash
from surveys.answering.visits import Visit, enter, heading, see_other, settled

__all__ = ["check", "lost", "page", "start", "thanks", "without_slash"]

LONGEST_SHOWN_AGAIN = 10_000


@door
def page(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """One page of questions. POST keeps what was answered in the encrypted draft and goes where asked."""
    visit = enter(request, token)
    if done := settled(visit):
        return done
    asked = visit.page(number)
    if asked is None:
        if 1 <= number <= len(visit.all_pages) + visit.wave.rules.get("max_providers", 3):
            # Of a department added in one tab and taken away in another.
            return see_other(visit.first + visit.query)
        raise Refused("lost", 404, visit.language)
    if request.method == "POST":
        if not limits.link_may_save(token):
            raise Refused("too_fast", 429, visit.language)
        return _answer(visit, asked)
    if (current := visit.now(number)) is None:
        return see_other(visit.after(number) + visit.query)
    both = ("", visit.w["both_kept"]) if "both" in request.GET else ("", "")
    return _show(visit, current, visit.answers, marked="open" in request.GET, error=both)


def read(visit: Visit, current: Page) -> Flat:
    """What was posted for a page. Raises BadAnswer."""
    posted = dict(visit.request.POST.lists())
    if current.screener is None:
        return rules.read(current, posted)
    if any(name.startswith(("own.", "p.", "c.", "k.")) for name in posted):
        raise BadAnswer("", "bad_value")
    allowed = [unit for unit, _name in visit.addable]
    return screener.read(current.screener.asked_ids, allowed, current.screener.most, posted)


def _answer(visit: Visit, current: Page) -> HttpResponse:
    posted = visit.request.POST
    chosen = known(posted.get("lang")) or known(visit.request.GET.get("lang"))
    try:
        typed = tabs.touched(current, read(visit, current), posted.get(tabs.SHOWN))
        settle = tabs.settling(dict(posted.lists()))
        if _is_all(visit, current, typed) and settle(visit.answers, typed) == typed:
            return send(visit, typed)
        visit.keep(typed, chosen, settle)
    except BadAnswer as bad:
        text = visit.w[bad.reason].format(**bad.values)
        if visit.is_autosave:
            return JsonResponse({"message": text}, status=400)
        asked = visit.now(current.number) or current
        return _show(visit, asked, _typed(visit, current), status=400, error=(bad.field, text))
    except drafts.Closed:
        raise Refused("over", 410, visit.language) from None
    except drafts.NotAsked:
        visit.invitation.refresh_from_db(fields=["state"])
        done = settled(visit)
        return done if done is not None else see_other(visit.url("start"))
    if visit.is_autosave:
        return kept(visit, typed)
    if tabs.put_together(typed, visit.saved.answers):
        return see_other(visit.url("page", current.number) + "?both#error")
    if not chosen and current.screener and (term := search.wanted(posted)):
        return _show(visit, visit.now(current.number) or current, visit.answers, term=term)
    return _go_on(visit, current.number, posted.get("go", "next"), stay=bool(posted.get("lang")))


def _go_on(visit: Visit, number: int, go: str, *, stay: bool) -> HttpResponse:
    if stay or go == "add":
        return see_other(visit.url("page", number) + ("#services" if go == "add" else ""))
    if go == "back":
        return see_other(visit.before(number))
    here = visit.now(number)
    if go != "skip" and here and not here.complete(visit.answers):
        return see_other(visit.url("page", number) + "?open#open")
    return see_other(visit.after(number))


def _is_all(visit: Visit, current: Page, typed: Flat) -> bool:
    """Whether the one page of a short questionnaire is sent, and nothing on it open: no draft is written."""
    if visit.is_autosave or visit.request.POST.get("go") != "send" or len(visit.all_pages) != 1:
        return False
    return current.complete(rules.merge(visit.answers, typed))


def _typed(visit: Visit, current: Page) -> Flat:
    """The draft with what was typed on this page over it, as far as it can be shown again."""
    posted, typed = dict(visit.request.POST.lists()), Flat()
    if current.screener:
        known = {str(unit): unit for unit, _name in (*current.screener.asked, *current.screener.added)}
        ticked = [known[value] for value in posted.get(screener.USED, ()) if value in known]
        if ticked:
            typed[screener.USED] = [unit for unit in ticked if unit in current.screener.asked_ids]
            typed[screener.ADDED] = [unit for unit in ticked if unit not in current.screener.asked_ids]
    for field in current.fields:
        try:
            typed.update(field.read(posted))
        except BadAnswer as bad:
            if bad.reason in {"too_long", "bad_number"}:
                typed[field.name] = rules.clean(max(posted[field.name])[:LONGEST_SHOWN_AGAIN])
    return rules.merge(visit.answers, typed)


def _show(
    visit: Visit,
    current: Page,
    answers: Flat,
    *,
    status: int = 200,
    marked: bool = False,
    error: tuple[str, str] = ("", ""),
    term: str = "",
) -> HttpResponse:
    more = visit.addable if current.screener else []
    return visit.render(
        "page",
        status=status,
        search=search.found(more, term, visit.w),
        any=bool(visit.saved.answers),
        shown=tabs.shown(current, visit.answers),
        **look(current, visit.pages, answers, visit.language, visit.w, marked=marked, error=error, more=more),
    )


def look(
    current: Page,
    pages: list[Page],
    answers: Flat,
    language: str,
    w: Mapping[str, str],
    *,
    marked: bool = False,
    error: tuple[str, str] = ("", ""),
    more: list[tuple[int, str]] | None = None,
) -> dict[str, Any]:
    """What page.html shows of ``current``, one of ``pages``. ``more``: whom he may add where the screener asks."""
    title, lead = heading(current, language, w)
    number = next((at for at, page in enumerate(pages, 1) if page.number == current.number), 1)
    opened = sum(field.missing(answers) for field in current.fields)
    opened += int(current.screener is not None and not current.complete(answers))
    left = bool(rules.missing(pages, answers))
    return {
        "title": f"{title} {current.provider_name}".strip(),
        "heading": title,
        "page": current,
        "lead": lead,
        "place": w["page_of"].format(n=number, pages=len(pages)),
        "minutes": w["left"].format(n=rules.minutes_left(pages, answers)) if left else w["all_answered"],
        "bar": [(page.complete(answers), page.number == current.number) for page in pages],
        "questions": [
            question(field, answers, language, w, provider=current.provider_name, marked=marked)
            for field in current.fields
        ],
        "services": services(current.screener, answers, more or [], language, w, marked=marked)
        if current.screener
        else None,
        "opened": w["still_open"].format(n=opened) if opened and marked else "",
        "error_field": error[0],
        "error": error[1],
        "last": number == len(pages),
        "alone": len(pages) == 1,
    }
