"""The desk of awards, for HR: setting them up, their budgets, and each round from the shortlist to its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import clock
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import award_near, award_queries, award_rounds, award_seats, awards
from programs.recognition.award_forms import AwardForm, FundForm
from programs.recognition.award_models import Award, AwardCandidate, AwardRound
from programs.recognition.award_views import HERE, me, show
from programs.recognition.milestone_models import TeamProposal

State = AwardRound.State
JURY_CHANGES = 8


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def manage(request: HttpRequest) -> HttpResponse:
    """Every award with its budget, its next round, and what its running rounds wait for."""
    today = clock.today()
    rows = []
    for award in award_queries.managed():
        held = awards.balance(awards.purse(award))
        days = awards.next_rounds(award, today, 1)
        rows.append(
            {
                "award": award,
                "rounds": award.running_rounds,  # type: ignore[attr-defined]
                "held": held,
                "next": days[0] if days else None,
                "short": max(0, award.winners * award.points - held) if days else 0,
            }
        )
    waits = sum(one.state in (State.SHORTLIST, State.VOTING) for row in rows for one in row["rounds"])
    proposals = TeamProposal.objects.filter(state=TeamProposal.State.OPEN).count()
    return render(request, f"{HERE}_manage.html", {"rows": rows, "waits": waits, "proposals": proposals})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change an award."""
    award = get_object_or_404(Award, pk=pk) if pk else None
    start = AwardForm.filled(award) if award else {"first_on": clock.today()}
    form = AwardForm(request.POST or None, initial=start, award=award)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = awards.save(
                terms=form.terms(),
                nominators=list(data["nominators"]),
                nominees=list(data["nominees"]),
                jury=data["jury"],
                why=data["jury_why"],
                by=me(request),
                award=award,
            )
        except ValidationError as refused:
            form.refuse(refused.message_dict)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved.label})
            return redirect("recognition:award_edit", saved.pk)
    return _edit_page(request, form, award, FundForm(), 400 if form.errors else 200)


def _edit_page(request: HttpRequest, form: AwardForm, award: Award | None, fund: FundForm, status: int) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "award": award, "fund": fund}
    if award is not None:
        running = award.rounds.filter(state__in=AwardRound.RUNNING)
        context |= {
            "held": awards.balance(awards.purse(award)),
            "reserved": sum(awards.balance(award_rounds.purse(one)) for one in running),
            "next": awards.next_rounds(award, clock.today()),
            "rounds": award_queries.rounds().filter(award=award)[:12],
            "needed": award.winners * award.points,
            "runs": running.exists(),
            "jury_stands": award.decides == Award.Decides.JURY and award_seats.stands(award),
            "jury_changes": award.jury_changes.select_related("employee", "by")[:JURY_CHANGES],
        }
    return render(request, f"{HERE}_edit.html", context, status=status)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    """Put points into an award's budget, or take free ones out."""
    award = get_object_or_404(Award, pk=pk)
    form = FundForm(request.POST)
    if form.is_valid():
        try:
            awards.fund(
                place=awards.purse(award), by=me(request), now=timezone.now(), subject=award, **form.cleaned_data
            )
        except ValidationError as refused:
            show(form, refused)
        else:
            held = awards.balance(awards.purse(award))
            messages.success(request, _("Done: %(points)d points are in the budget.") % {"points": held})
            return redirect("recognition:award_edit", pk)
    return _edit_page(request, AwardForm(initial=AwardForm.filled(award), award=award), award, form, 400)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """No further rounds, or again."""
    award = get_object_or_404(Award, pk=pk)
    if award.retired_at is None:
        awards.retire(award=award, by=me(request), now=timezone.now())
        messages.success(request, _("“%(name)s” has no further rounds. What runs goes on.") % {"name": award.label})
    else:
        awards.offer_again(award=award, by=me(request))
        messages.success(request, _("“%(name)s” is given again.") % {"name": award.label})
    return redirect("recognition:award_manage")


# -- a round ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def round_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """One round on HR's desk; POST: close nominations, shortlist, or call it off."""
    found = get_object_or_404(AwardRound.objects.select_related("award", "ended_by"), pk=pk)
    typed: dict[str, Any] = {}
    if request.method == "POST":
        try:
            words = _act(request, found)
        except ValidationError as refused:
            typed = {"errors": refused.messages, "act": request.POST.get("act"), "chosen": _ids(request)}
            typed |= {name: request.POST.get(name, "") for name in ("why_not", "reason")}
        else:
            messages.success(request, words)
            return redirect("recognition:award_desk_round", pk)
    rows = list(award_queries.candidates(found))
    listed = typed.get("chosen") or [one.pk for one in rows]
    own = _own(rows, me(request)) if found.running else set()
    context = {
        "round": found,
        "rows": [(one, one.pk in listed, one.pk in own) for one in rows],
        "own": own,
        "typed": typed,
        "reserved": awards.balance(award_rounds.purse(found)),
        "needed": found.winners * found.points,
        **_jury(found),
        "steps": _steps(found),
    }
    return render(request, f"{HERE}_desk.html", context, status=400 if typed else 200)


def _own(rows: list[AwardCandidate], person: Employee) -> set[int]:
    """The candidates that are ``person`` or his team: what was said of them is not shown to him while it is judged."""
    place = award_near.place_of(person)
    return {one.pk for one in rows if not award_near.OWN.isdisjoint(award_near.all_near(one, place))}


def _ids(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("chosen") if one.isascii() and one.isdigit() and len(one) < 18]


def _act(request: HttpRequest, found: AwardRound) -> str:
    act, now = request.POST.get("act", ""), timezone.now()
    if act == "close":
        done = award_rounds.close(round_=found, by=me(request), now=now)
        if done.state == State.EXPIRED:
            return _("Nobody was nominated: the round is over, its points are back in the budget.")
        return _("Nominations are closed.")
    if act == "shortlist":
        why_not = request.POST.get("why_not", "")
        award_rounds.shortlist(round_=found, chosen=_ids(request), why_not=why_not, by=me(request), now=now)
        return _("The vote is open. The jury is told by mail.")
    if act == "cancel":
        award_rounds.cancel(round_=found, reason=request.POST.get("reason", ""), by=me(request), now=now)
        return _("Called off. Whoever nominated is told why.")
    raise ValidationError(_("Choose what to do with the round."))


def _jury(found: AwardRound) -> dict[str, Any]:
    """Who judges, how many votes each gave (what they are is for who decides), and what is amiss with the jury."""
    if found.award.decides != Award.Decides.JURY:
        return {"jury": []}
    seats = award_seats.of(found.award, found)
    here = [one for one in seats if not one.gone]
    return {
        "jury": seats,
        "jury_gone": [one.name for one in seats if one.gone] if found.running else [],
        "jury_empty": found.running and not here,
        "chair_gone": found.running and not any(one.juror.chair for one in here),
        "jury_stands": any(one.votes for one in seats),
        "jury_changes": found.award.jury_changes.select_related("employee", "by")[:JURY_CHANGES],
    }


def _steps(found: AwardRound) -> list[tuple[str, str]]:
    """(words, state) of where a round stands; state: done, now or later."""
    jury = found.award.decides == Award.Decides.JURY
    order = [State.OPEN, *([State.SHORTLIST] if jury else []), State.VOTING, State.DECIDED]
    words = {
        State.OPEN: _("Nominations"),
        State.SHORTLIST: _("Shortlist"),
        State.VOTING: _("Vote") if jury else _("Managers decide"),
        State.DECIDED: _("Decided"),
    }
    if found.state not in order:
        return [(found.get_state_display(), "now")]
    at = order.index(State(found.state))
    return [(words[one], "done" if n < at else "now" if n == at else "later") for n, one in enumerate(order)]
