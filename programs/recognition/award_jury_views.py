"""Judging awards: a juror's ballots, the chair's (or HR's) decision on a round, a manager's on one candidate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, can, require
from programs.recognition import award_deciding, award_near, award_queries, award_seats
from programs.recognition.award_jury_forms import OneForm, VerdictForm, VoteForm
from programs.recognition.award_models import AwardCandidate, AwardRound
from programs.recognition.award_rules import Near
from programs.recognition.award_views import HERE, me, show


@require_safe
@require(Permission.GIVE_KUDOS)
def jury(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the reader's judgement."""
    return _jury(request, None, 200)


def _jury(request: HttpRequest, wrong: tuple[int, OneForm] | None, status: int) -> HttpResponse:
    person = me(request)
    rows = list(award_queries.to_decide(person, everybody=can(person, Permission.MANAGE_RECOGNITION)))
    _tell_gone(request, wrong, [one.pk for one in rows])
    place = award_near.place_of(person) if rows else None
    forms = []
    for one in rows:
        ties = award_near.all_near(one, place) if place else []
        form = wrong[1] if wrong and wrong[0] == one.pk else _one_form(one)
        forms.append((one, form, _bar(ties), not award_near.OWN.isdisjoint(ties)))
    return render(
        request, f"{HERE}_jury.html", {"ballots": award_queries.ballots(person), "rows": forms}, status=status
    )


def _tell_gone(request: HttpRequest, wrong: tuple[int, Any] | None, shown: list[int]) -> None:
    """What was refused of a candidate that is not on the page any more is told on top of it."""
    if wrong and wrong[0] not in shown:
        for errors in wrong[1].errors.values():
            messages.error(request, " ".join(errors))


def _one_form(one: AwardCandidate, data: Any = None) -> OneForm:
    return OneForm(data, prefix=f"c{one.pk}", initial={"points": one.round.points})


def _bar(ties: list[Near]) -> str:
    own = next((one for one in ties if one in award_near.OWN), None)
    if own is not None:
        return str(award_deciding.BARS[own])
    return _("You nominated: HR decides in your place.") if Near.NOMINATOR in ties else ""


@require_safe
@require(Permission.GIVE_KUDOS)
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """The shortlist of a round before one of its jury."""
    return _ballot(request, _round_of_jury(request, pk), None, 200)


def _round_of_jury(request: HttpRequest, pk: int) -> AwardRound:
    found = get_object_or_404(AwardRound.objects.select_related("award"), pk=pk)
    if not award_deciding.is_juror(found.award, me(request)):
        raise PermissionDenied
    return found


def _ballot(request: HttpRequest, found: AwardRound, wrong: tuple[int, VoteForm] | None, status: int) -> HttpResponse:
    rows = award_queries.ballot(found, me(request))
    _tell_gone(request, wrong, [row.candidate.pk for row in rows])
    forms = [(row, wrong[1] if wrong and wrong[0] == row.candidate.pk else _vote_form(row)) for row in rows]
    context = {
        "round": found,
        "rows": forms,
        "waiting": sum(row.open for row in rows),
        "may_decide": award_deciding.may_decide(found, me(request)),
    }
    return render(request, f"{HERE}_ballot.html", context, status=status)


def _vote_form(row: award_queries.Judged) -> VoteForm:
    start = {"score": row.vote.score, "note": row.vote.note} if row.vote else None
    return VoteForm(prefix=f"c{row.candidate.pk}", initial=start)


@require_POST
@require(Permission.GIVE_KUDOS)
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    candidate = get_object_or_404(AwardCandidate.objects.select_related("round__award"), pk=pk)
    found = _round_of_jury(request, candidate.round_id)
    form = VoteForm(request.POST, prefix=f"c{pk}")
    if form.is_valid():
        try:
            award_deciding.vote(candidate=candidate, juror=me(request), now=timezone.now(), **form.cleaned_data)
        except ValidationError as refused:
            show(form, refused)
        except IntegrityError:  # he moved into the candidate's unit just now: the database refuses
            form.add_error(None, _("You are too near to this candidate: others judge."))
        else:
            messages.success(request, _("Your vote on %(name)s is kept.") % {"name": candidate.name})
            return redirect(f"{reverse('recognition:award_ballot', args=[found.pk])}#c{pk}")
    return _ballot(request, found, (pk, form), 400)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GIVE_KUDOS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The chair or HR decides a round: who wins, with how many points, and why not the others."""
    found = get_object_or_404(AwardRound.objects.select_related("award"), pk=pk)
    if not award_deciding.may_decide(found, me(request)):
        raise PermissionDenied
    if found.state != AwardRound.State.VOTING:
        words = _("This round is not to be decided: %(state)s.") % {"state": found.get_state_display()}
        messages.info(request, words)
        return redirect("recognition:award_round", pk)
    if words := award_deciding.why_not(found, me(request)):
        # Before anything is read: the page shows every juror's score and note.
        messages.error(request, words)
        return redirect("recognition:award_round", pk)
    scores = award_queries.scores(found)
    listed = [one.candidate for one in scores]
    form = VerdictForm(request.POST or None, listed=listed, points=found.points)
    if request.method == "POST" and form.is_valid():
        verdict = award_deciding.Verdict(
            winners=form.winners(),
            why=form.cleaned_data["why"],
            why_not=form.cleaned_data["why_not"],
            own_words=form.own_words(),
        )
        try:
            award_deciding.decide(round_=found, verdict=verdict, by=me(request), now=timezone.now())
        except ValidationError as refused:
            show(form, refused)
        else:
            messages.success(request, _("Decided. The winners are announced, and whoever nominated is told."))
            return redirect("recognition:award_round", pk)
    rows = [
        (one, form[f"win_{one.candidate.pk}"], form[f"points_{one.candidate.pk}"], form[f"own_{one.candidate.pk}"])
        for one in scores
    ]
    context = {"round": found, "form": form, "rows": rows, "jury": award_seats.of(found.award, found)}
    return render(request, f"{HERE}_decide.html", context, status=400 if form.errors else 200)


@require_POST
@require(Permission.GIVE_KUDOS)
def decide_one(request: HttpRequest, pk: int) -> HttpResponse:
    """The nominee's manager, or HR, approves or declines one candidate."""
    candidate = get_object_or_404(AwardCandidate.objects.select_related("round__award", "employee", "unit"), pk=pk)
    if not award_deciding.decides_alone(candidate, me(request)):
        raise PermissionDenied
    form = _one_form(candidate, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        points = candidate.round.points if data["points"] is None else data["points"]
        try:
            done = award_deciding.decide_one(
                candidate=candidate,
                win=data["act"] == "win",
                points=points,
                reason=data["reason"],
                by=me(request),
                now=timezone.now(),
            )
        except ValidationError as refused:
            show(form, refused)
        else:
            messages.success(
                request, _("%(name)s: %(state)s.") % {"name": done.name, "state": done.get_state_display()}
            )
            return redirect("recognition:award_jury")
    return _jury(request, (pk, form), 400)
