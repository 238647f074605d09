"""Saying thanks, in two plain steps and without a script: to whom, then what for; and taking it back in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from culture.access.permissions import Permission, require
from culture.people.models import Employee, Unit
from programs.recognition import aims, capping, finding, giving, ledger, queries, rules, settling, suggesting
from programs.recognition.forms import GiveForm, SearchForm
from programs.recognition.models import Kudos
from programs.recognition.point_models import AllowanceRule

FOUND = 12
NAMED = 5
SHORT = 8
NEAR_UNITS = 20


@dataclass(frozen=True)
class Whom:
    """The people an address names; ``missing``: one of them, or the team, is not there."""

    people: list[Employee]
    team: Unit | None = None
    missing: bool = False

    @property
    def told(self) -> str:
        if self.team:
            return self.team.name
        names = [one.name for one in self.people]
        if len(names) <= NAMED:
            return ", ".join(names)
        return ngettext("%(n)d person", "%(n)d people", len(names)) % {"n": len(names)}


@require(Permission.GIVE_KUDOS)
def give(request: HttpRequest) -> HttpResponse:
    """Two plain steps, without a script: find the people, then say what for."""
    assert isinstance(request.user, Employee)
    whom = _whom(request)
    if whom.missing or not whom.people or "more" in request.GET:
        return _search(request, whom)
    book = rules.Book(request.user)
    form = _form(request, whom, book)
    if request.method == "POST" and form.is_valid():
        try:
            kudos = giving.give(giver=request.user, gift=_gift(form, whom), now=timezone.now(), book=book)
        except ValidationError as refused:
            _show(form, refused)
        else:
            return _sent(request, kudos, whom, book)
    to_oneself = request.user in whom.people
    context = {
        "form": form,
        "whom": whom,
        "receivers": whom.people,
        "to_oneself": to_oneself,
        **_room(request, whom, form, book),
        "near_units": suggesting.units_near(request.user, _today(request))[:NEAR_UNITS],
        **points_of(request.user, book),
    }
    status = 400 if form.errors or to_oneself else 200
    return render(request, "programs/recognition/give.html", context, status=status)


def _room(request: HttpRequest, whom: Whom, form: GiveForm, book: rules.Book) -> dict[str, Any]:
    """Of a whole team those who have less room left under this month's limit than the giver could pay to each."""
    assert isinstance(request.user, Employee)
    if whom.team is None:
        return {}
    month = ledger.period_of(_today(request))
    pairs = capping.room(request.user, whom.people, month, book)
    paid = sum(1 for _one, most in pairs if most) + len(whom.people) - len(pairs)
    each = max(form.left, form.budget) // max(1, paid)
    found = [pair for pair in pairs if pair[1] < each]
    return {"little_room": found[:SHORT], "little_room_more": max(0, len(found) - SHORT)}


def _gift(form: GiveForm, whom: Whom) -> giving.Gift:
    data = {**form.cleaned_data, "language": form.cleaned_data["language"] or translation.get_language() or ""}
    return giving.Gift(receivers=whom.people, team=whom.team, **data)


def _form(request: HttpRequest, whom: Whom, book: rules.Book) -> GiveForm:
    assert isinstance(request.user, Employee)
    giver, now = request.user, timezone.now()
    return GiveForm(
        request.POST or None,
        request.FILES or None,
        giver=giver,
        caps=book.caps,
        left=lambda: giving.left(giver, now, book=book),
        budget=lambda: giving.left(giver, now, AllowanceRule.Purse.BUDGET, book),
        people=len(whom.people),
        aimed=lambda: aims.focus(giver, giving.day_of(giver, now)),
    )


def _sent(request: HttpRequest, kudos: Kudos, whom: Whom, book: rules.Book) -> HttpResponse:
    told = {"name": whom.told, "minutes": book.points.withdraw_minutes}
    if kudos.state == Kudos.State.PENDING and told["minutes"]:
        words = _("Thank you sent to %(name)s. You can withdraw it for %(minutes)s minutes.")
    else:
        words = _("Thank you sent to %(name)s.")
    messages.success(request, words % told)
    if kudos.team_id and kudos.points and (without := _without(kudos)):
        messages.info(request, without)
    if kudos.public:
        return redirect("recognition:feed")
    return redirect(f"{reverse('recognition:received')}?show=given")


def _without(kudos: Kudos) -> str:
    """Whom of a whole team the points passed over, in words; empty where nobody."""
    names = [one.receiver.name for one in queries.without_points(kudos)]
    if not names:
        return ""
    if len(names) > NAMED:
        words = _("%(n)d people of the team are thanked without points: you have reached this month's limit with them.")
        return words % {"n": len(names)}
    words = ngettext(
        "%(names)s is thanked without points: you have reached this month's limit between the two of you.",
        "%(names)s are thanked without points: you have reached this month's limit with each of them.",
        len(names),
    )
    return words % {"names": ", ".join(names)}


@require_POST
@require(Permission.GIVE_KUDOS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The giver takes his gift back while it is on its way."""
    assert isinstance(request.user, Employee)
    kudos = get_object_or_404(queries.given(request.user), pk=pk)
    try:
        settling.withdraw(kudos=kudos, by=request.user, now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Withdrawn. Nobody sees it any more, and its points are yours to give again."))
    return redirect(f"{reverse('recognition:received')}?show=given")


# -- to whom ---------------------------------------------------------------------------------------------------------


def _whom(request: HttpRequest) -> Whom:
    assert isinstance(request.user, Employee)
    asked = request.POST if request.method == "POST" else request.GET
    if team := asked.get("team"):
        unit = Unit.objects.open().filter(pk=_number(team) or 0).first()
        people = finding.members(request.user, unit, _today(request)) if unit else []
        return Whom(people, unit, not people)
    wanted = list(dict.fromkeys(asked.getlist("to")))
    people = _people(wanted, _today(request))
    return Whom(people, None, len(people) < len(wanted))


def _today(request: HttpRequest) -> dt.date:
    """Where the giver is, as ``giving`` counts."""
    assert isinstance(request.user, Employee)
    return giving.day_of(request.user, timezone.now())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _people(wanted: Sequence[str], today: dt.date) -> list[Employee]:
    """The people of ``wanted`` that work here, in that order; what is no number, or nobody, is left out."""
    numbers = [number for one in wanted if (number := _number(one)) is not None]
    people = Employee.objects.here(today).filter(is_active=True)
    found = people.in_bulk(numbers[: giving.RECEIVERS + 1])
    return [found[number] for number in numbers if number in found]


def _search(request: HttpRequest, whom: Whom) -> HttpResponse:
    """Who was searched for; without a search who was probably worked with."""
    assert isinstance(request.user, Employee)
    form = SearchForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"].replace("\0", "").strip() if form.is_bound and form.is_valid() else ""
    today, giver = _today(request), request.user
    chosen = [] if whom.team else whom.people
    taken = {one.pk for one in chosen}
    if words:
        people = finding.people(giver, words, today, translation.get_language(), FOUND + 1 + len(taken))
        found = [(one, "") for one in people if one.pk not in taken]
        teams = finding.teams(giver, words, today)
    else:
        near = suggesting.suggestions(giver, today, FOUND + len(taken))
        found = [(one.person, one.why) for one in near if one.person.pk not in taken]
        own = finding.team(giver, giver.unit, today)
        teams = [own] if own else []
    context = {
        "form": form,
        "words": words,
        "people": found[:FOUND],
        "teams": [] if chosen else teams,
        "chosen": chosen,
        "so_far": "".join(f"to={one.pk}&" for one in chosen),
        "more": len(found) > FOUND,
        "missing": whom.missing,
        **points_of(giver),
    }
    return render(request, "programs/recognition/find.html", context, status=404 if whom.missing else 200)


def _show(form: GiveForm, refused: ValidationError) -> None:
    """Put each message where the person is looking; what has no field of its own goes on top."""
    places = {"customer_unit": "unit"}
    for name, errors in refused.message_dict.items():
        field = places.get(name, name)
        form.add_error(field if field in form.fields and field != "key" else None, errors)


def points_of(person: Employee, book: rules.Book | None = None) -> dict[str, Any]:
    """What he may still give, and what he holds."""
    return giving.standing(person, timezone.now(), book)._asdict()
