"""The pages behind a personal link. A GET changes nothing: mail scanners follow links."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from culture.framework.texts import pick
from surveys.answering import drafts, submitting
from surveys.answering import pages as rules
from surveys.answering.doors import Refused, door, render, speak
from surveys.answering.languages import known, words
from surveys.answering.pages import BadAnswer, Flat, Page
from surveys.answering.questions import question
from surveys.answering.submitting import Outcome, takes_answers
from surveys.instruments.rules import Person
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave

LONGEST_SHOWN_AGAIN = 10_000
OF_PERSON = ("language", "unit_id", "job_family", "customer_facing")
LAST = 10**6  # after every page


@dataclass
class Visit:
    """One request by a good link while the wave is open."""

    request: HttpRequest
    token: str
    invitation: Invitation
    saved: drafts.Saved
    language: str

    @property
    def wave(self) -> Wave:
        return self.invitation.wave

    @cached_property
    def all_pages(self) -> list[Page]:
        # Known to the holder of the link alone, and the same at every visit.
        return submitting.pages_of(self.wave, self.invitation.providers, seed=self.token)

    @cached_property
    def answers(self) -> Flat:
        return rules.known_only(self.all_pages, self.saved.answers)

    @cached_property
    def person(self) -> Person:
        wave = self.wave
        return submitting.person_of(wave, self.invitation.employee) if submitting.asks_who(wave) else rules.NOBODY

    @cached_property
    def pages(self) -> list[Page]:
        """Those that are shown after the answers so far."""
        return rules.shown(self.all_pages, self.answers, self.person)

    @property
    def is_quiet(self) -> bool:
        """By a link that somebody else may hold, too: no page tells whether he has answered or declined."""
        return keys.is_visit(self.token)

    @property
    def query(self) -> str:
        """Carries a language chosen by ?lang= along until a POST keeps it in the draft."""
        return f"?lang={self.language}" if known(self.request.GET.get("lang")) else ""

    @property
    def w(self) -> dict[str, str]:
        return words(self.language)

    @property
    def kiosk(self) -> dict[str, Any]:
        """What a page on a shared tablet must know (see kiosk.py); empty elsewhere."""
        found: dict[str, Any] = getattr(self.request, "kiosk", {})
        return found

    def url(self, name: str, *args: Any) -> str:
        if self.kiosk:
            # The personal link never stands in a shared tablet's history.
            return reverse(f"answering:kiosk_{name}", args=(self.kiosk["key"], *args))
        return reverse(f"answering:{name}", args=(self.token, *args))

    def after(self, number: int) -> str:
        """The address of the page after this number; after the last the summary."""
        later = next((page for page in self.pages if page.number > number), None)
        return self.url("page", later.number) if later else self.url("check")

    def before(self, number: float) -> str:
        """The address of the page before this number; before the first the start."""
        earlier = next((page for page in reversed(self.pages) if page.number < number), None)
        return self.url("page", earlier.number) if earlier else self.url("start")

    def heading(self, page: Page) -> tuple[str, str]:
        """A page's heading and what stands below it."""
        own, intro = pick(page.title, self.language) if page.title else "", pick(page.intro, self.language)
        if page.kind == "section":
            return own, intro
        if page.kind == "provider":
            return self.w["provider"], intro.replace("{provider}", page.provider_name) or self.w["provider_lead"]
        return self.w[page.kind], self.w[f"{page.kind}_lead"]

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        k = self.wave.rules.get("k", self.wave.series.k)
        context |= {"query": self.query, "k": k, "short_promise": self.w["short_promise"].format(k=k)}
        context |= {"count": len(self.pages), "start_url": self.url("start"), "kiosk": self.kiosk}
        return render(self.language, template, status=status, **context)

    def keep(self, answers: Flat, language: str = "") -> None:
        self.saved = drafts.save(
            token=self.token,
            wave_id=self.wave.pk,
            invitation_id=self.invitation.pk,
            answers=answers,
            language=language,
        )
        for name in ("answers", "pages"):
            self.__dict__.pop(name, None)


def _day(day: dt.date, language: str) -> str:
    with translation.override(language):
        return date_format(day, "DATE_FORMAT")


def _enter(request: HttpRequest, token: str) -> Visit:
    """The visit behind a link; raises :class:`Refused` for anything that is not one of an open wave."""
    found = keys.resolve_token(token)
    if found is None:
        raise Refused("lost", 404)
    related = Invitation.objects.select_related("wave__series__instrument", "employee")
    fields = ("wave", "block", "providers", "state", *(f"employee__{name}" for name in OF_PERSON))
    invitation = related.only(*fields).filter(pk=found[1], wave_id=found[0]).first()
    if invitation is None:
        raise Refused("over", 410)
    wave = invitation.wave
    answered = invitation.state == Invitation.State.ANSWERED and not keys.is_visit(token)
    saved = drafts.Saved() if answered else drafts.load(token)
    language = speak(request, saved.language, invitation.employee.language)
    if wave.state in {Wave.State.DRAFT, Wave.State.SCHEDULED, Wave.State.OPENING}:
        raise Refused("early", 404, language, date=_day(wave.opens_on, language))
    if not answered and not takes_answers(wave, timezone.now()):
        raise Refused("over", 410, language)
    return Visit(request, token, invitation, saved, language)


def _see_other(url: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = url
    return response


def _settled(visit: Visit) -> HttpResponse | None:
    """The page of somebody who has answered or declined; None if he may go on, or if it is not told here."""
    if visit.is_quiet:
        return None
    if visit.invitation.state == Invitation.State.ANSWERED:
        if visit.request.headers.get("X-Autosave"):
            return JsonResponse({"message": visit.w["thanks_already"]}, status=409)
        return _thanks(visit, already=True)
    if visit.invitation.state == Invitation.State.DECLINED:
        if visit.request.headers.get("X-Autosave"):
            return JsonResponse({"message": visit.w["declined"]}, status=409)
        return _declined(visit)
    return None


def _declined(visit: Visit) -> HttpResponse:
    note = visit.w["declined_note"].format(date=_day(visit.wave.closes_on, visit.language))
    return visit.render("declined", note=note)


def _thanks(visit: Visit, *, already: bool) -> HttpResponse:
    note = visit.w["thanks_next"].format(date=_day(visit.wave.closes_on, visit.language))
    return visit.render("thanks", already=already, note=note)


@door
def lost(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any address under /s/ that is not a whole link."""
    raise Refused("lost", 404)


@door
def without_slash(request: HttpRequest, token: str) -> HttpResponse:
    """The link without its last slash, as some mail programs leave it."""
    if keys.resolve_token(token) is None:
        raise Refused("lost", 404)
    return _see_other(reverse("answering:start", args=(token,)))


@door
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Why, how long, until when, what we promise; and the choice not to take part (POST)."""
    visit = _enter(request, token)
    if request.method == "POST":
        return _choose(visit)
    if page := _settled(visit):
        return page
    wave, w, fields = visit.wave, visit.w, rules.fields_of(visit.pages)
    asked = [field for field in fields if not field.is_comment]
    done = sum(field.answered(visit.answers) for field in asked)
    opened = rules.missing(visit.pages, visit.answers)
    first = visit.after(opened[0][0].number - 1 if opened else LAST)
    numbers = {"k": wave.rules.get("k", wave.series.k), "home": wave.rules.get("comment_home", 10)}
    promises = [w[f"promise_{key}"].format(**numbers) for key in ("nobody", "k", "sealed", "comment", "known")]
    return visit.render(
        "start",
        survey=wave.series.name,
        why=pick(wave.series.instrument.purpose, visit.language) or w["why"],
        minutes=w["about_minutes"].format(n=rules.minutes(fields)),
        questions=w["questions_n"].format(n=len(asked), pages=len(visit.pages)),
        closes=_day(wave.closes_on, visit.language),
        promises=promises,
        go_url=(first if visit.answers else visit.after(0)) + visit.query,
        resume=w["resume_note"].format(done=done, n=len(asked)) if visit.answers else "",
    )


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
        return _declined(visit)
    return _see_other(visit.url("start") + visit.query)


@door
def page(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """One page of questions. POST keeps what was answered in the encrypted draft and goes where asked."""
    visit = _enter(request, token)
    if settled := _settled(visit):
        return settled
    if not 1 <= number <= len(visit.all_pages):
        raise Refused("lost", 404, visit.language)
    if request.method == "POST":
        return _answer(visit, visit.all_pages[number - 1])
    if (current := _shown_now(visit, number)) is None:
        return _see_other(visit.after(number) + visit.query)
    return _show(visit, current, visit.answers, marked="open" in request.GET)


def _shown_now(visit: Visit, number: int) -> Page | None:
    return next((page for page in visit.pages if page.number == number), None)


def _answer(visit: Visit, current: Page) -> HttpResponse:
    posted = visit.request.POST
    chosen = known(posted.get("lang")) or known(visit.request.GET.get("lang"))
    autosave = bool(visit.request.headers.get("X-Autosave"))
    try:
        visit.keep(rules.read(current, dict(posted.lists())), chosen)
    except BadAnswer as bad:
        text = visit.w[bad.reason].format(**bad.values)
        if autosave:
            return JsonResponse({"message": text}, status=400)
        asked = _shown_now(visit, current.number) or current
        return _show(visit, asked, _typed(visit, current), status=400, error=(bad.field, text))
    except drafts.Closed:
        raise Refused("over", 410, visit.language) from None
    except drafts.NotAsked:
        visit.invitation.refresh_from_db(fields=["state"])
        settled = _settled(visit)
        return settled if settled is not None else _see_other(visit.url("start"))
    if autosave:
        return HttpResponse(status=204)
    if posted.get("lang"):
        return _see_other(visit.url("page", current.number))
    go = posted.get("go", "next")
    if go == "back":
        return _see_other(visit.before(current.number))
    here = _shown_now(visit, current.number)
    if go != "skip" and here and not here.complete(visit.answers):
        return _see_other(visit.url("page", current.number) + "?open#open")
    return _see_other(visit.after(current.number))


def _typed(visit: Visit, current: Page) -> Flat:
    """The draft with what was typed on this page over it, as far as it can be shown again."""
    posted, typed = dict(visit.request.POST.lists()), Flat()
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
) -> HttpResponse:
    w, (heading, lead) = visit.w, visit.heading(current)
    number = next((at for at, page in enumerate(visit.pages, 1) if page.number == current.number), 1)
    opened = sum(field.missing(answers) for field in current.fields) if marked else 0
    left = bool(rules.missing(visit.pages, answers))
    minutes = w["left"].format(n=rules.minutes_left(visit.pages, answers)) if left else w["all_answered"]
    return visit.render(
        "page",
        status=status,
        title=f"{heading} {current.provider_name}".strip(),
        heading=heading,
        page=current,
        any=bool(visit.saved.answers),
        lead=lead,
        place=w["page_of"].format(n=number, pages=len(visit.pages)),
        minutes=minutes,
        bar=[(p.complete(answers), p.number == current.number) for p in visit.pages],
        questions=[
            question(field, answers, visit.language, w, provider=current.provider_name, marked=marked)
            for field in current.fields
        ],
        opened=w["still_open"].format(n=opened) if opened else "",
        error_field=error[0],
        error=error[1],
        comment_help=w["comment_help"].format(n=rules.COMMENT_LIMIT),
        limit=rules.COMMENT_LIMIT,
        last=number == len(visit.pages),
    )


@door
def check(request: HttpRequest, token: str) -> HttpResponse:
    """The summary: what is open is named, with the way back to it. POST sends."""
    visit = _enter(request, token)
    if request.method != "POST":
        return _settled(visit) or _summary(visit)
    if visit.invitation.state == Invitation.State.DECLINED:
        if not visit.is_quiet:
            return _see_other(visit.url("start"))
        submitting.rejoin(invitation=visit.invitation)
        visit.invitation.refresh_from_db(fields=["state"])
    try:
        answers = rules.nest(visit.pages, visit.answers)
        outcome = submitting.submit(token=token, invitation=visit.invitation, answers=answers, now=timezone.now())
    except drafts.Closed:
        raise Refused("over", 410, visit.language) from None
    except BadAnswer:
        # Another tab may have sent, and taken the draft with it, between our reading of the one and the other.
        visit.invitation.refresh_from_db(fields=["state"])
        return _settled(visit) or _summary(visit, status=400)
    if outcome is Outcome.DECLINED:
        return _see_other(visit.url("start"))
    if outcome is Outcome.ALREADY and not visit.is_quiet:
        return _thanks(visit, already=True)
    return _see_other(f"{visit.url('thanks')}?lang={visit.language}")


def _summary(visit: Visit, status: int = 200) -> HttpResponse:
    w, rows = visit.w, []
    opened = rules.missing(visit.pages, visit.answers)
    for current in visit.pages:
        asked = [field for field in current.fields if not field.is_comment]
        done = sum(field.answered(visit.answers) for field in asked)
        title = visit.heading(current)[0] if current.kind != "provider" else current.provider_name
        rows.append(
            {
                "title": f"{title} ({current.part}/{current.parts})"
                if current.parts > 1 and not current.provider
                else title,
                "count": w["answered_of"].format(done=done, n=len(asked)) if asked else "",
                "complete": current.complete(visit.answers),
                "url": visit.url("page", current.number) + visit.query,
                "comments": [
                    visit.answers.get(f.name) for f in current.fields if f.is_comment and f.answered(visit.answers)
                ],
                "missing": [
                    (
                        f"{visit.url('page', current.number)}{visit.query}#q-{field.name}",
                        pick(field.text, visit.language).replace("{provider}", current.provider_name),
                    )
                    for page_, field in opened
                    if page_ is current
                ],
            }
        )
    first = f"{visit.url('page', opened[0][0].number)}?open" if opened else ""
    return visit.render(
        "check",
        status=status,
        heading=w["check_open"].format(n=len(opened)) if opened else w["check"],
        lead=w["check_open_lead"] if opened else w["check_lead"],
        rows=rows,
        first_open=first + (visit.query.replace("?", "&") if first else ""),
        back_url=visit.before(LAST) + visit.query,
        bar=[(p.complete(visit.answers), False) for p in visit.pages],
    )


@door
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    visit = _enter(request, token)
    if visit.invitation.state != Invitation.State.ANSWERED and not visit.is_quiet:
        return _see_other(visit.url("start"))
    return _thanks(visit, already=False)
