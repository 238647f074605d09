"""Memorable ideas: the library, one idea, proposing, deciding, "I did it"."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import reach
from culture.access.permissions import Permission, require
from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.practices import approving, figures, ideas, limits, switching
from programs.practices.forms import DecideIdeaForm, IdeaForm, LibraryForm
from programs.practices.ideas import Words
from programs.practices.models import Idea, IdeaMark, Limit
from programs.practices.views import HERE, me, show

PAGE = 20


@require_safe
@require(Permission.DO_TRAINING)
def library(request: HttpRequest) -> HttpResponse:
    """What is approved, by unit and attitude; those of the reader's own unit first."""
    person = me(request)
    approved = Idea.objects.library()
    used = approved.filter(unit=OuterRef("pk")).order_by()
    form = LibraryForm(
        request.GET or None,
        units=Unit.objects.filter(Exists(used)).order_by("path"),
        behaviours=Behaviour.objects.filter(Exists(approved.filter(behaviour=OuterRef("pk")).order_by())),
    )
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = _chosen(approved, chosen).select_related("proposer", "behaviour", "unit__merged_into")
    page = Paginator(ideas.with_marks(rows.order_by("-decided_at", "-pk"), person), PAGE)
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page.get_page(request.GET.get("page")),
        "any": bool(chosen) or approved.exists(),
        "on": switching.keeps(person, figures.today_of(timezone.now())),
    }
    return render(request, f"{HERE}/ideas.html", context)


def _chosen(rows: QuerySet[Idea], chosen: dict[str, Any]) -> QuerySet[Idea]:
    for word in (chosen.get("q") or "").replace("\0", "").split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(what__icontains=word) | Q(phrases__icontains=word))
    if unit := chosen.get("unit"):
        # What a unit brought along when it was merged is its ideas, too.
        inside = reach.below([unit.pk])
        rows = rows.filter(Q(unit__in=inside) | Q(unit__merged_into__in=inside))
    if behaviour := chosen.get("behaviour"):
        rows = rows.filter(behaviour=behaviour)
    return rows


@require_safe
@require(Permission.DO_TRAINING)
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's own, whatever became of them."""
    rows = Idea.objects.filter(proposer=me(request)).select_related("decided_by", "behaviour")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, f"{HERE}/ideas_mine.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.DO_TRAINING)
def propose(request: HttpRequest) -> HttpResponse:
    person, now = me(request), timezone.now()
    day = figures.today_of(now)
    rules = limits.of(person, Limit.Kind.IDEA)
    form = IdeaForm(request.POST or None, initial={"currency": next(iter(rules), "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            idea = ideas.propose(
                by=person,
                words=words_of(data),
                key=data["key"],
                named=data["named"],
                language=translation.get_language() or "",
                now=now,
                today=day,
            )
        except ValidationError as refused:
            show(form, refused)
        else:
            messages.success(request, _("Your idea waits for permission. You will see here what is decided."))
            return redirect("practices:idea", idea.pk)
    context = {
        "form": form,
        "on": switching.keeps(person, day),
        "rules": [(code, rule.manager) for code, rule in rules.items() if rule.manager is not None],
        "manager": person.manager,
    }
    return render(request, f"{HERE}/idea_edit.html", context, status=400 if form.errors else 200)


def words_of(data: dict[str, Any]) -> Words:
    names = ("title", "what", "phrases", "cost", "currency", "behaviour")
    return Words(**{name: data[name] for name in names})


def _seen(request: HttpRequest, pk: int) -> Idea:
    rows = ideas.visible_to(me(request)).select_related("proposer__unit", "decided_by", "behaviour", "unit")
    return get_object_or_404(ideas.with_marks(rows, me(request)), pk=pk)


@require_safe
@require(Permission.DO_TRAINING)
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """One idea: what one does and says, how often it was done, and whose it is."""
    person, found = me(request), _seen(request, pk)
    day = figures.today_of(timezone.now())
    own = found.proposer == person
    context = {
        "idea": found,
        "own": own,
        "named": found.named or own,
        "done_today": IdeaMark.objects.filter(idea=found, employee=person, on=day).exists(),
        "may_decide": found.state == Idea.State.PROPOSED
        and approving.may_decide(person, level=found.level, person=found.proposer),
        "may_retire": ideas.may_retire(found, person),
        "phrases": [line.strip() for line in found.phrases.splitlines() if line.strip()],
    }
    return render(request, f"{HERE}/idea.html", context)


@require_POST
@require(Permission.DO_TRAINING)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """``did``: I did it, or not after all; ``withdraw``: one's own; ``retire``: out of the library."""
    found, person = _seen(request, pk), me(request)
    try:
        told = _act(found, person, request.POST.get("act", ""), request.POST.get("reason", ""))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, told)
    return (
        redirect("practices:idea", pk)
        if ideas.visible_to(person).filter(pk=pk).exists()
        else redirect("practices:ideas")
    )


def _act(found: Idea, person: Employee, what: str, reason: str) -> str:
    if what == "did":
        stands = ideas.did(idea=found, by=person, today=figures.today_of(timezone.now()))
        return _("Well done. It is in your own log only.") if stands else _("Taken back.")
    if what == "withdraw":
        ideas.withdraw(idea=found, by=person)
        return _("Taken back. Nobody decides on it any more.")
    if what == "retire":
        ideas.retire(idea=found, by=person, reason=reason[:500])
        return _("It is no longer offered.")
    raise ValidationError(_("Choose what to do."))


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.DO_TRAINING)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve as it is, approve altered, or decline; who may not decide on it does not find it."""
    found, person = _seen(request, pk), me(request)
    if not approving.may_decide(person, level=found.level, person=found.proposer):
        raise Http404
    if found.state != Idea.State.PROPOSED:
        return render(request, f"{HERE}/idea_decided.html", {"idea": found}, status=409)
    form = DecideIdeaForm(request.POST or None, initial=DecideIdeaForm.filled(found))
    if request.method == "POST" and form.is_valid():
        try:
            done = _decide(found, person, form.cleaned_data)
        except ValidationError as refused:
            show(form, refused)
        else:
            words = {"title": done.title, "state": done.get_state_display()}
            messages.success(request, _("%(title)s: %(state)s.") % words)
            return redirect("practices:team")
    return render(
        request, f"{HERE}/idea_decide.html", {"form": form, "idea": found}, status=400 if form.errors else 200
    )


def _decide(found: Idea, person: Employee, data: dict[str, Any]) -> Idea:
    now = timezone.now()
    if data["act"] == "decline":
        return ideas.decline(idea=found, by=person, now=now, reason=data["reason"])
    if data["act"] != "approve":
        raise ValidationError(_("Choose whether to approve or to decline."))
    return ideas.approve(idea=found, by=person, now=now, words=words_of(data), reason=data["reason"])
