"""One request by a good link while its wave is open, and what every page behind a link has in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation

from culture.access.days import date_text
from culture.framework.texts import pick
from surveys.answering import aftermath, drafts, frozen, languages, receipts, shelf, submitting
from surveys.answering import pages as rules
from surveys.answering.doors import Refused, markup, render, speak
from surveys.answering.languages import known, words
from surveys.answering.pages import Flat, Page
from surveys.answering.screener import ADDED, ids
from surveys.answering.submitting import takes_answers
from surveys.instruments.rules import Person
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave


@dataclass
class Visit:
    """One request by a good link while the wave is open."""

    request: HttpRequest
    token: str
    invitation: Invitation

    @property
    def wave(self) -> Wave:
        return self.invitation.wave

    @property
    def is_answered(self) -> bool:
        """And it may be told (see is_quiet)."""
        return self.invitation.state == Invitation.State.ANSWERED and not self.is_quiet

    @cached_property
    def saved(self) -> drafts.Saved:
        return drafts.Saved() if self.is_answered else drafts.load(self.token)

    @cached_property
    def has(self) -> list[str]:
        """The languages of the questionnaire."""
        wave = self.wave
        return frozen.once(wave, "languages", lambda: languages.languages_of(wave.snapshot.get("items") or []))

    @cached_property
    def language(self) -> str:
        wishes = (self.saved.language, self.invitation.employee.language)
        return languages.first_of(self.has, self.request, *wishes) or speak(self.request)

    @cached_property
    def all_pages(self) -> list[Page]:
        # Known to the holder of the link alone, and the same at every visit.
        added = ids(self.saved.answers.get(ADDED)) if self.invitation.providers else ()
        asked = self.invitation
        return submitting.pages_of(self.wave, asked.providers, seed=self.token, added=added, promises=asked.promises)

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

    @cached_property
    def addable(self) -> list[tuple[int, str]]:
        """Whom he may add to those he is asked about, by name."""
        found = submitting.addable(self.wave, self.invitation.employee.unit_id, self.invitation.providers)
        known = submitting.told_apart(self.wave, found)
        return sorted(known.items(), key=lambda one: (one[1].casefold(), one[0]))

    @property
    def is_quiet(self) -> bool:
        """By a link that somebody else may hold, too: no page tells whether he has answered or declined."""
        return keys.is_visit(self.token)

    @property
    def query(self) -> str:
        """Carries a language chosen by ?lang= along until a POST keeps it in the draft."""
        return f"?lang={self.language}" if known(self.request.GET.get("lang")) else ""

    @property
    def w(self) -> Mapping[str, str]:
        return words(self.language)

    @property
    def kiosk(self) -> dict[str, Any]:
        """What a page on a shared tablet must know (see kiosk.py); empty elsewhere."""
        found: dict[str, Any] = getattr(self.request, "kiosk", {})
        return found

    @property
    def is_autosave(self) -> bool:
        """Asked by the page's script, which wants an answer of one line instead of a page."""
        return bool(self.request.headers.get("X-Autosave"))

    def url(self, name: str, *args: Any) -> str:
        if self.kiosk:
            # The personal link never stands in a shared tablet's history.
            return reverse(f"answering:kiosk_{name}", args=(self.kiosk["key"], *args))
        return reverse(f"answering:{name}", args=(self.token, *args))

    @property
    def first(self) -> str:
        return self.url("page", self.pages[0].number) if self.pages else self.url("check")

    @property
    def last(self) -> str:
        return self.url("page", self.pages[-1].number) if self.pages else self.url("start")

    def page(self, number: int) -> Page | None:
        """The page with this address, shown or not."""
        return next((page for page in self.all_pages if page.number == number), None)

    def now(self, number: int) -> Page | None:
        """The page with this address, if it is shown after the answers so far."""
        return next((page for page in self.pages if page.number == number), None)

    def after(self, number: int) -> str:
        """The address of the page that follows the one with this address; after the last the summary."""
        order = [page.number for page in self.all_pages]
        rest = set(order[order.index(number) + 1 :]) if number in order else set()
        later = next((page for page in self.pages if page.number in rest), None)
        return self.url("page", later.number) if later else self.url("check")

    def before(self, number: int) -> str:
        """The address of the page before the one with this address; before the first the start."""
        order = [page.number for page in self.all_pages]
        done = set(order[: order.index(number)]) if number in order else set()
        earlier = next((page for page in reversed(self.pages) if page.number in done), None)
        return self.url("page", earlier.number) if earlier else self.url("start")

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        return render(self.language, template, status=status, **self._frame(context))

    def piece(self, template: str, **context: Any) -> str:
        """A page without its frame, for a script to put into one."""
        return markup(self.language, template, piece=True, **self._frame(context))

    def _frame(self, context: dict[str, Any]) -> dict[str, Any]:
        k = self.wave.rules.get("k", self.wave.series.k)
        context |= {"query": self.query, "k": k, "short_promise": self.w["short_promise"].format(k=k)}
        context |= {"count": len(self.pages), "start_url": self.url("start"), "kiosk": self.kiosk}
        stays = "pause_kiosk" if self.kiosk else "saved" if shelf.is_own(self) else "pause_code"
        context |= {"here": shelf.whereabouts(self), "kept_note": self.w[stays]}
        return context | {"languages": languages.menu(self.wave.snapshot.get("items") or [], self.language)}

    def keep(self, answers: Flat, language: str = "", settle: drafts.Settle | None = None) -> None:
        self.saved = drafts.save(
            token=self.token,
            wave_id=self.wave.pk,
            invitation_id=self.invitation.pk,
            answers=answers,
            language=language,
            room=submitting.room_of(self.wave),
            settle=settle,
        )
        self.forget_pages()

    def contents(self, saved: drafts.Saved) -> rules.Nested:
        """What ``saved`` answers, nested: the draft as it is now, whatever was read before."""
        self.saved = saved
        self.forget_pages()
        return rules.nest(self.pages, self.answers)

    def forget_pages(self) -> None:
        """What follows from the draft is worked out again."""
        for name in ("answers", "pages", "all_pages"):
            self.__dict__.pop(name, None)


def heading(page: Page, language: str, w: Mapping[str, str]) -> tuple[str, str]:
    """A page's heading and what stands below it."""
    if page.screener:
        return w["services"], w["services_lead"]
    own, intro = pick(page.title, language) if page.title else "", pick(page.intro, language)
    if page.kind == "section":
        return own, intro
    if page.kind == "provider":
        return w["provider"], intro.replace("{provider}", page.provider_name) or w["provider_lead"]
    return w[page.kind], w[f"{page.kind}_lead"]


def day(date: dt.date, language: str) -> str:
    with translation.override(languages.spoken(language)):
        return date_text(date, "DATE_FORMAT")


def enter(request: HttpRequest, token: str) -> Visit:
    """The visit behind a link; raises :class:`Refused` for anything that is not one of an open wave."""
    found = keys.resolve_token(token)
    if found is None:
        raise Refused("lost", 404)
    invitation = frozen.invitation(*found)
    if invitation is None:
        raise Refused("over", 410)
    wave, visit = invitation.wave, Visit(request, token, invitation)
    if wave.state in {Wave.State.DRAFT, Wave.State.SCHEDULED, Wave.State.OPENING}:
        raise Refused("early", 404, visit.language, date=day(wave.opens_on, visit.language))
    if not visit.is_answered and not takes_answers(wave, timezone.now()):
        raise Refused("over", 410, visit.language)
    return visit


def see_other(url: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = url
    return response


def settled(visit: Visit) -> HttpResponse | None:
    """The page of somebody who has answered or declined; None if he may go on, or if it is not told here."""
    if visit.is_quiet:
        return None
    if visit.invitation.state == Invitation.State.ANSWERED:
        if visit.is_autosave:
            return JsonResponse({"message": visit.w["thanks_already"]}, status=409)
        return thank(visit, already=True)
    if visit.invitation.state == Invitation.State.DECLINED:
        if visit.is_autosave:
            return JsonResponse({"message": visit.w["declined"]}, status=409)
        return declined(visit)
    return None


def declined(visit: Visit) -> HttpResponse:
    note = visit.w["declined_note"].format(date=day(visit.wave.closes_on, visit.language))
    return visit.render("declined", note=note)


def thank(visit: Visit, *, already: bool) -> HttpResponse:
    closes = day(visit.wave.closes_on, visit.language)
    note = visit.w["thanks_next"].format(date=closes)
    proof = receipts.context(visit, closes)
    if (results_on := aftermath.results_day(visit.wave.pk)) is not None:
        note = visit.w["thanks_results"].format(date=closes, day=day(results_on, visit.language))
    return visit.render("thanks", already=already, note=note, results_on=results_on, **_last_time(visit), **proof)


def _last_time(visit: Visit) -> dict[str, Any]:
    """What became of the survey before: when its results came out, and what was done in the person's units since."""
    waves = Wave.objects.filter(series_id=visit.wave.series_id, number__lt=visit.wave.number, answered__gt=0)
    before = waves.filter(state=Wave.State.RELEASED, invited__gte=10).order_by("-number")
    row = before.values_list("opens_on", "released_at", "invited", "answered").first()
    if row is None or row[1] is None:
        return {}
    asked, out, invited, answered = row
    # A published tally, in steps of 5 points with its ends censored.
    share = round(answered / invited * 20) * 5
    told = {"month": day(asked, visit.language), "date": day(timezone.localdate(out), visit.language), "share": share}
    deeds = aftermath.deeds(submitting.line_of(visit.wave, visit.invitation.employee), timezone.localdate(out))
    return {"earlier": visit.w["last_time"].format(**told), "deeds": [(deed, _did(visit, deed)) for deed in deeds]}


def _did(visit: Visit, deed: aftermath.Deed) -> str:
    words = visit.w["promise_kept"].format(unit=deed.by) if deed.by else visit.w["done_here"]
    return f"{words} · {day(deed.on, visit.language)}"
