"""Pages of thanks: the feed, saying thanks, and what one has received."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.permissions import Permission, require
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import giving, queries
from programs.recognition.forms import GiveForm, SearchForm

PAGE = 20
FOUND = 12


@require(Permission.GIVE_KUDOS)
def feed(request: HttpRequest) -> HttpResponse:
    """Public thanks, newest first."""
    attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
    chosen = next((b for b in attitudes if b.code == request.GET.get("behaviour")), None)
    thanks = Paginator(queries.feed(chosen.code if chosen else ""), PAGE).get_page(request.GET.get("page"))
    context = {"thanks": thanks, "attitudes": attitudes, "chosen": chosen, **_points(request)}
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
    """Two plain steps, without a script: find the person, then say what for."""
    assert isinstance(request.user, Employee)
    wanted = request.POST.get("to") or request.GET.get("to", "")
    receiver = _person(wanted)
    if receiver is None:
        return _search(request, missing=bool(wanted))
    form = GiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            giving.give(giver=request.user, receiver=receiver, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refused:
            _show(form, refused)
        else:
            messages.success(request, _("Thank you sent to %(name)s.") % {"name": receiver.name})
            return redirect("recognition:feed")
    context = {"form": form, "receiver": receiver, "to_oneself": receiver == request.user, **_points(request)}
    status = 400 if form.errors or context["to_oneself"] else 200
    return render(request, "programs/recognition/give.html", context, status=status)


def _search(request: HttpRequest, *, missing: bool) -> HttpResponse:
    assert isinstance(request.user, Employee)
    form = SearchForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    people = list(queries.colleagues(request.user, words, timezone.localdate())[: FOUND + 1])
    context = {
        "form": form,
        "words": words,
        "people": people[:FOUND],
        "more": len(people) > FOUND,
        "missing": missing,
        **_points(request),
    }
    return render(request, "programs/recognition/find.html", context, status=404 if missing else 200)


def _person(wanted: str) -> Employee | None:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 18):
        return None
    people = Employee.objects.here(timezone.localdate()).filter(is_active=True).select_related("unit")
    return people.filter(pk=int(wanted)).first()


def _show(form: GiveForm, refused: ValidationError) -> None:
    """Put each message where the person is looking; what has no field of its own goes on top."""
    for field, errors in refused.message_dict.items():
        form.add_error(field if field in form.fields and field != "key" else None, errors)


def _points(request: HttpRequest) -> dict[str, int]:
    assert isinstance(request.user, Employee)
    now = timezone.now()
    return {"left": giving.allowance(request.user, now), "own": giving.balance(request.user, now)}
