"""Pages of thanks: the feed, saying thanks, what one has received, and taking a gift back in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from culture.access.permissions import Permission, require
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import giving, queries, rules, settling
from programs.recognition.forms import GiveForm, SearchForm
from programs.recognition.models import Kudos
from programs.recognition.point_models import AllowanceRule

PAGE = 20
FOUND = 12


@require(Permission.GIVE_KUDOS)
def feed(request: HttpRequest) -> HttpResponse:
    """Public thanks, newest first."""
    attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
    chosen = next((b for b in attitudes if b.code == request.GET.get("behaviour")), None)
    thanks = Paginator(queries.feed(chosen.code if chosen else ""), PAGE).get_page(request.GET.get("page"))
    context = {"thanks": thanks, "attitudes": attitudes, "chosen": chosen, **_points(request)}
    context["amounts_hidden"] = rules.current().amounts_hidden
    return render(request, "programs/recognition/feed.html", context)


@require(Permission.GIVE_KUDOS)
def received(request: HttpRequest) -> HttpResponse:
    """What the reader was thanked for, and what he thanked for."""
    assert isinstance(request.user, Employee)
    show_given = request.GET.get("show") == "given"
    thanks = queries.given(request.user) if show_given else queries.received(request.user)
    page = Paginator(thanks, PAGE).get_page(request.GET.get("page"))
    context = {"thanks": page, "show_given": show_given, **_points(request)}
    return render(request, "programs/recognition/received.html", context)


@require(Permission.GIVE_KUDOS)
def give(request: HttpRequest) -> HttpResponse:
    """Two plain steps, without a script: find the people, then say what for."""
    assert isinstance(request.user, Employee)
    wanted = list(dict.fromkeys(request.POST.getlist("to") or request.GET.getlist("to")))
    receivers = _people(wanted)
    if len(receivers) < len(wanted) or not receivers or "more" in request.GET:
        return _search(request, receivers, missing=len(receivers) < len(wanted))
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            gift = giving.Gift(receivers=receivers, language=translation.get_language() or "", **form.cleaned_data)
            kudos = giving.give(giver=request.user, gift=gift, now=timezone.now())
        except ValidationError as refused:
            _show(form, refused)
        else:
            names = {"name": ", ".join(one.name for one in receivers), "minutes": rules.current().withdraw_minutes}
            if kudos.state == Kudos.State.PENDING and names["minutes"]:
                words = _("Thank you sent to %(name)s. You can withdraw it for %(minutes)s minutes.")
            else:
                words = _("Thank you sent to %(name)s.")
            messages.success(request, words % names)
            return redirect("recognition:feed")
    to_oneself = request.user in receivers
    context = {"form": form, "receivers": receivers, "to_oneself": to_oneself, **_points(request)}
    status = 400 if form.errors or to_oneself else 200
    return render(request, "programs/recognition/give.html", context, status=status)


def _form(request: HttpRequest) -> GiveForm:
    assert isinstance(request.user, Employee)
    now = timezone.now()
    return GiveForm(
        request.POST or None,
        caps=rules.caps(rules.current()),
        left=giving.left(request.user, now),
        budget=giving.left(request.user, now, AllowanceRule.Purse.BUDGET),
    )


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
    return redirect("recognition:received")


def _search(request: HttpRequest, chosen: Sequence[Employee], *, missing: bool) -> HttpResponse:
    assert isinstance(request.user, Employee)
    form = SearchForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    found = queries.colleagues(request.user, words, timezone.localdate())
    people = list(found.exclude(pk__in=[one.pk for one in chosen])[: FOUND + 1])
    context = {
        "form": form,
        "words": words,
        "people": people[:FOUND],
        "chosen": chosen,
        "so_far": "".join(f"to={one.pk}&" for one in chosen),
        "more": len(people) > FOUND,
        "missing": missing,
        **_points(request),
    }
    return render(request, "programs/recognition/find.html", context, status=404 if missing else 200)


def _people(wanted: Sequence[str]) -> list[Employee]:
    """The people of ``wanted`` that work here, in that order; what is no number, or nobody, is left out."""
    numbers = [int(one) for one in wanted if one.isascii() and one.isdigit() and len(one) < 18]
    people = Employee.objects.here(timezone.localdate()).filter(is_active=True).select_related("unit")
    found = people.in_bulk(numbers[: giving.RECEIVERS + 1])
    return [found[number] for number in numbers if number in found]


def _show(form: GiveForm, refused: ValidationError) -> None:
    """Put each message where the person is looking; what has no field of its own goes on top."""
    for field, errors in refused.message_dict.items():
        form.add_error(field if field in form.fields and field != "key" else None, errors)


def _points(request: HttpRequest) -> dict[str, Any]:
    assert isinstance(request.user, Employee)
    now = timezone.now()
    return {"left": giving.left(request.user, now), "own": giving.balance(request.user)}
