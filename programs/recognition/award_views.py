"""Awards for everybody: what one can be nominated for, nominating, one's own, who won, the certificate."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import clock
from culture.access.permissions import Permission, can, require
from culture.people.models import Employee, Unit
from programs.recognition import (
    award_certificates,
    award_deciding,
    award_nominating,
    award_queries,
)
from programs.recognition.award_forms import NominateForm
from programs.recognition.award_models import AwardRound, AwardWinner, Nomination
from programs.recognition.forms import SearchForm
from programs.recognition.texts_awards import LANGUAGES
from programs.training import certificates, languages

PAGE = 20
FOUND = 12
HERE = "programs/recognition/awards"


def me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def show(form: Any, refused: ValidationError) -> None:
    """Put each message where the person is looking; what has no field of its own goes on top."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused.messages)
        return
    for field, errors in refused.message_dict.items():
        form.add_error(field if field in form.fields and field != "key" else None, errors)


@require_safe
@require(Permission.GIVE_KUDOS)
def awards(request: HttpRequest) -> HttpResponse:
    """What is open for nominations, what waits for the reader's judgement, who won lately."""
    person = me(request)
    everybody = can(person, Permission.MANAGE_RECOGNITION)
    context = {
        "open": award_queries.open_for(person, clock.today()),
        "ballots": award_queries.ballots(person),
        "to_decide": award_queries.to_decide(person, everybody=everybody).count(),
        "decided": award_queries.decided(),
        "manages": everybody,
    }
    return render(request, f"{HERE}.html", context)


@require_safe
@require(Permission.GIVE_KUDOS)
def my_awards(request: HttpRequest) -> HttpResponse:
    """What the reader won, and whom he nominated."""
    person = me(request)
    page = Paginator(award_queries.nominations_by(person), PAGE).get_page(request.GET.get("page"))
    return render(request, f"{HERE}_mine.html", {"won": list(award_queries.won_by(person)), "page": page})


@require_safe
@require(Permission.GIVE_KUDOS)
def award_round(request: HttpRequest, pk: int) -> HttpResponse:
    """One round as everybody sees it: while it runs how long, afterwards who won, and what was altered and why."""
    found = get_object_or_404(award_queries.rounds().prefetch_related("award__jury__employee"), pk=pk)
    altered = found.state == AwardRound.State.DECIDED and found.reason
    own = [one for one in found.won if one.points != found.points]  # type: ignore[attr-defined]
    context = {
        "round": found,
        "won": found.won,  # type: ignore[attr-defined]
        "altered": altered,
        "other_points": own,
        "may_decide": found.state == AwardRound.State.VOTING
        and award_deciding.may_decide(found, me(request))
        and not award_deciding.why_not(found, me(request)),
        "open": [one for one in award_queries.open_for(me(request), clock.today()) if one.pk == pk],
    }
    return render(request, f"{HERE}_round.html", context)


# -- nominating ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GIVE_KUDOS)
def nominate(request: HttpRequest, pk: int) -> HttpResponse:
    """Two plain steps, without a script: find whom, then say what for."""
    found = get_object_or_404(AwardRound.objects.select_related("award"), pk=pk)
    closed = _closed(found, me(request))
    if closed:
        return render(request, f"{HERE}_nominate.html", {"round": found, "closed": closed}, status=409)
    person, team = _nominee(request)
    if person is None and team is None:
        return _search(request, found)
    thanks = award_queries.thanks_to(person) if person else []
    form = NominateForm(request.POST or None, award=found.award, thanks=thanks)
    if request.method == "POST" and form.is_valid():
        try:
            _nominate(request, found, form, person, team)
        except ValidationError as refused:
            show(form, refused)
        else:
            return redirect("recognition:my_awards")
    context = {"round": found, "form": form, "person": person, "team": team, "himself": person == me(request)}
    status = 400 if form.errors or context["himself"] else 200
    return render(request, f"{HERE}_nominate.html", context, status=status)


def _closed(found: AwardRound, person: Employee) -> str:
    """Why nobody nominates here now, or not he; empty when he may."""
    if found.state != AwardRound.State.OPEN or not found.opens_on <= clock.today() <= found.closes_on:
        return _("Nominations for this round are closed.")
    return award_nominating.why_not(found.award, person)


def _nominate(
    request: HttpRequest, found: AwardRound, form: NominateForm, person: Employee | None, team: Unit | None
) -> None:
    data = form.cleaned_data
    case = award_nominating.Case(
        behaviour=data["behaviour"],
        requirement=data["requirement"],
        evidence=data["evidence"].replace("\0", ""),
        criteria=data.get("criteria", []),
        kudos=list(data.get("kudos", [])),
        key=data["key"],
        person=person,
        team=team,
        language=translation.get_language() or "",
    )
    made = award_nominating.nominate(round_=found, nominator=me(request), case=case, now=timezone.now())
    words = _("You nominated %(name)s for “%(award)s”. You will hear what was decided.")
    messages.success(request, words % {"name": made.candidate.name, "award": found.award.label})


def _nominee(request: HttpRequest) -> tuple[Employee | None, Unit | None]:
    """Who is named by ``to`` or ``team``; (None, None): nobody yet, or nobody who works here."""
    given = request.POST if request.method == "POST" else request.GET
    to, team = given.get("to", ""), given.get("team", "")
    if to.isascii() and to.isdigit() and len(to) < 18:
        people = Employee.objects.here(clock.today()).filter(is_active=True).select_related("unit")
        return people.filter(pk=int(to)).first(), None
    if team.isascii() and team.isdigit() and len(team) < 18:
        return None, Unit.objects.open().filter(pk=int(team)).first()
    return None, None


def _search(request: HttpRequest, found: AwardRound) -> HttpResponse:
    form = SearchForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    people = award_queries.found(found.award, me(request), words, clock.today())
    missing = bool(request.GET.get("to") or request.GET.get("team") or request.method == "POST")
    context = {
        "round": found,
        "words": words,
        "people": people[:FOUND],
        "more": len(people) > FOUND,
        "teams": award_queries.teams(found.award, words),
        "missing": missing,
    }
    return render(request, f"{HERE}_find.html", context, status=404 if missing else 200)


@require_POST
@require(Permission.GIVE_KUDOS)
def withdraw_nomination(request: HttpRequest, pk: int) -> HttpResponse:
    mine = get_object_or_404(Nomination.objects.select_related("candidate"), pk=pk, nominator=me(request))
    try:
        award_nominating.withdraw(nomination=mine, by=me(request), now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Taken back."))
    return redirect("recognition:my_awards")


# -- certificate and news --------------------------------------------------------------------------------------------


@require_safe
@require(Permission.GIVE_KUDOS)
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The winner's own certificate as PDF, in ``?lang=`` or his language."""
    rows = AwardWinner.objects.select_related("candidate__round__award", "candidate__unit", "employee")
    won = get_object_or_404(rows, pk=pk, employee=me(request))
    language = languages.nearest(request.GET.get("lang"), LANGUAGES) or certificates.language_of(me(request))
    made = award_certificates.printed(won, language=language)
    name = f"award-{won.candidate.round_id}-{won.pk}.pdf"
    return HttpResponse(
        made.pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
