"""A questionnaire as somebody will see it, on the answering pages themselves; nothing is stored.

What was "answered" travels in the form from page to page, so that display rules can be tried out.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee, Unit
from surveys.answering import doors, pages, screener
from surveys.answering.fields import BadAnswer, Flat
from surveys.answering.languages import LANGUAGES, known, words
from surveys.answering.screener import Screener
from surveys.answering.views import look
from surveys.instruments.loading import content_of, draft_of, latest_version
from surveys.instruments.models import Instrument, InstrumentVersion
from surveys.instruments.rules import Person

LONGEST = 100_000
SEED = "preview"
MOST_PROVIDERS = 3
MOST_OTHERS = 200


def _version(request: HttpRequest, key: str) -> InstrumentVersion:
    instrument = get_object_or_404(Instrument, key=key)
    number = request.GET.get("edition", "")
    if number.isascii() and number.isdigit() and len(number) < 6:
        return get_object_or_404(instrument.versions.select_related("instrument"), number=int(number))
    version = draft_of(instrument) or latest_version(instrument)
    if version is None:
        raise Http404
    return version


@require(Permission.MANAGE_SURVEYS)
@require_safe
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """As whom? Unit, job family, language, and which departments are rated."""
    version = _version(request, key)
    families = Employee.objects.exclude(job_family="").order_by("job_family")
    units = list(Unit.objects.open().order_by("path").values_list("pk", "path"))
    context = {
        "instrument": version.instrument,
        "version": version,
        "units": units,
        "families": families.values_list("job_family", flat=True).distinct(),
        "languages": LANGUAGES,
        "language": known(get_language()) or "en",
        "asks": any(item["about"] == "provider" for item in content_of(version)["items"]),
        "first": [pk for pk, _path in units[-2:]],
    }
    return render(request, "surveys/answering/preview_as.html", context)


def _ids(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


class _Persona:
    """Who the preview pretends to be: from the address alone."""

    def __init__(self, request: HttpRequest) -> None:
        given = request.GET
        self.language = known(given.get("language")) or "en"
        unit = next(iter(Unit.objects.filter(pk__in=_ids([given.get("unit", "")]))), None)
        above = [] if unit is None else list(unit.ancestors(include_self=True))
        self.unit = unit.name if unit else ""
        self.person = Person(
            frozenset(one.pk for one in above), given.get("job_family", "")[:120], given.get("customer_facing") == "yes"
        )
        wanted = list(dict.fromkeys(_ids(given.getlist("provider"))))[:MOST_PROVIDERS]
        names = dict(Unit.objects.filter(pk__in=wanted).values_list("pk", "name"))
        self.providers = [(pk, names[pk]) for pk in wanted if pk in names]
        rest = Unit.objects.open().exclude(pk__in=wanted).order_by("name").values_list("pk", "name")
        self.others = list(rest[:MOST_OTHERS])


@csrf_exempt  # nothing is changed, and the answering pages' form has no token
@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def preview_page(request: HttpRequest, key: str) -> HttpResponse:
    """One page; a POST shows the one that follows. An autosave is thanked for and forgotten."""
    version = _version(request, key)
    persona = _Persona(request)
    if request.headers.get("X-Autosave"):
        return HttpResponse(status=204)
    view = _Preview(request, version, persona)
    response = view.answer() if request.method == "POST" else view.page(1, {})
    for name, value in doors.HEADERS.items():
        response[name] = value
    return response


class _Preview:
    def __init__(self, request: HttpRequest, version: InstrumentVersion, persona: _Persona) -> None:
        self.request, self.version, self.persona = request, version, persona
        self.content = content_of(version)
        self.built = self._build(())
        self.language = known(request.POST.get("lang") or request.POST.get("spoken")) or persona.language
        self.w = words(self.language)

    def _build(self, added: tuple[int, ...]) -> list[pages.Page]:
        asked = tuple(self.persona.providers)
        more = tuple(one for one in self.persona.others if one[0] in added)
        used = Screener(asked, more, MOST_PROVIDERS) if asked else None
        return pages.build(self.content["items"], asked, self.content["sections"], SEED, used)

    def _read(self, current: pages.Page, posted: dict[str, list[str]]) -> Flat:
        if current.screener is None:
            return pages.read(current, posted)
        others = [unit for unit, _name in self.persona.others]
        return screener.read(current.screener.asked_ids, others, current.screener.most, posted)

    def answer(self) -> HttpResponse:
        posted = dict(self.request.POST.lists())
        number, so_far = self._carried()
        current = next((page for page in self.built if page.number == number), None)
        if current is None:
            return self.page(1, {})
        try:
            answers = pages.merge(so_far, self._read(current, posted))
        except BadAnswer as bad:
            text = self.w[bad.reason].format(**bad.values)
            return self.page(number, so_far, error=(bad.field, text), status=400)
        self.built = self._build(screener.ids(answers.get(screener.ADDED)))
        go = self.request.POST.get("go")
        if self.request.POST.get("lang") or go == "add":
            return self.page(number, answers)
        order = [page.number for page in self.built]
        seen = pages.shown(self.built, answers, self.persona.person)
        shown = [page.number for page in seen]
        if go == "back":
            earlier = [one for one in shown if order.index(one) < order.index(number)]
            return self.page(earlier[-1] if earlier else number, answers)
        here = next((page for page in seen if page.number == number), None)
        if go != "skip" and here and not here.complete(answers):
            return self.page(number, answers, marked=True)
        later = next((one for one in shown if order.index(one) > order.index(number)), None)
        return self.page(later, answers) if later else self.end(answers)

    def _carried(self) -> tuple[int, Flat]:
        number = self.request.POST.get("at", "")
        try:
            so_far = json.loads(self.request.POST.get("so_far", "{}")[:LONGEST])
        except ValueError:
            so_far = {}
        plain = so_far if isinstance(so_far, dict) else {}
        whole: Flat = {k: v for k, v in plain.items() if v is None or type(v) is int or isinstance(v, str)}
        whole |= {name: list(screener.ids(plain[name])) for name in screener.NAMES if name in plain}
        self.built = self._build(screener.ids(whole.get(screener.ADDED)))
        return int(number) if number.isdigit() and len(number) < 6 else 0, pages.known_only(self.built, whole)

    def _context(self, answers: Flat) -> dict[str, Any]:
        return {
            "w": self.w,
            "so_far": json.dumps(answers),
            "choose_url": reverse("answering:preview", args=(self.version.instrument.key,))
            + f"?edition={self.version.number}",
            "again_url": self.request.get_full_path(),
            "unit": self.persona.unit,
            "short_promise": "",
        }

    def page(
        self,
        number: int,
        answers: Flat,
        *,
        marked: bool = False,
        error: tuple[str, str] = ("", ""),
        status: int = 200,
    ) -> HttpResponse:
        shown = pages.shown(self.built, answers, self.persona.person)
        if not shown:
            return self.end(answers)
        current = next((page for page in shown if page.number == number), shown[0])
        told = look(
            current,
            shown,
            answers,
            self.language,
            self.w,
            marked=marked,
            error=error,
            more=self.persona.others if current.screener else [],
        )
        told |= {
            "any": False,
            "minutes": self.w["about_minutes"].format(n=pages.minutes(pages.fields_of(shown))),
            "query": "?" + self.request.GET.urlencode(),
            "alone": False,
            # What people are shown in another language, silently, its author shall see.
            "hr": self.w["preview_fallback"],
        }
        return doors.render(self.language, "preview_page", status=status, **self._context(answers) | told)

    def end(self, answers: Flat) -> HttpResponse:
        return doors.render(self.language, "preview_end", **self._context(answers))
