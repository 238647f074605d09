"""Pages that show thanks: everybody's, the team's, one's own; the signs and words others add, pictures, own choices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, can, require
from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.recognition import aims, posts, queries, reacting, rules, views
from programs.recognition import choices as choosing
from programs.recognition import feed as feeding
from programs.recognition.award_models import FeedPost
from programs.recognition.feed_models import KudosPicture, ThanksChoice
from programs.recognition.models import Kudos


@require_safe
@require(Permission.GIVE_KUDOS)
def feed(request: HttpRequest) -> HttpResponse:
    """Public thanks, newest first: everybody's, or (``?show=team``) those to the reader's team."""
    assert isinstance(request.user, Employee)
    team = request.GET.get("show") == "team"
    book, before = rules.Book(request.user), feeding.cursor(request.GET.get("before"))
    attitudes = list(Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE).defer(*aims.UNREAD))
    chosen = None if team else next((b for b in attitudes if b.code == request.GET.get("behaviour")), None)
    if team:
        units = feeding.teams_of(request.user)
        ids = feeding.of_team(units, before)
        page = feeding.page(ids, request.user, before, book)
        items = _with_news(request.user, page, before, units=Unit.objects.filter(pk__in=units))
    else:
        ids = feeding.everybody(chosen.pk if chosen else None, before)
        page = feeding.page(ids, request.user, before, book)
        items = _with_news(request.user, page, before) if chosen is None else list(page.rows)
    context = {
        "tab": "team" if team else "everybody",
        "attitudes": [] if team else attitudes,
        "chosen": chosen,
        **_context(request, page, items, book),
    }
    return render(request, "programs/recognition/feed.html", context)


@require_safe
@require(Permission.GIVE_KUDOS)
def received(request: HttpRequest) -> HttpResponse:
    """What the reader was thanked for, and (``?show=given``) what he thanked for."""
    assert isinstance(request.user, Employee)
    show_given = request.GET.get("show") == "given"
    book, before = rules.Book(request.user), feeding.cursor(request.GET.get("before"))
    ids = feeding.given(request.user, before) if show_given else feeding.received(request.user, before)
    page = feeding.page(ids, request.user, before, book)
    items = list(page.rows) if show_given else _with_news(request.user, page, before, about=request.user)
    context = {"tab": "mine", "show_given": show_given, **_context(request, page, items, book)}
    return render(request, "programs/recognition/received.html", context)


def _context(request: HttpRequest, page: feeding.Page, items: Sequence[Any], book: rules.Book) -> dict[str, Any]:
    assert isinstance(request.user, Employee)
    desk = can(request.user, Permission.MANAGE_RECOGNITION)
    return {
        "page": page,
        "items": items,
        "back": request.get_full_path(),
        "sees_reports": desk,
        "may_hide_posts": desk,
        **views.points_of(request.user, book),
    }


def _with_news(reader: Employee, page: feeding.Page, before: int | None, **which: Any) -> list[Any]:
    """The thanks of the page, and the news between them by their moments; each piece stands on one page."""
    newer = page.rows[-1].kudos.at if page.rows and page.older else None
    older = None
    if before is not None:
        older = Kudos.objects.filter(pk=before).values_list("at", flat=True).first()
    found: list[Any] = [*page.rows, *posts.between(reader=reader, newer=newer, older=older, **which)]
    return sorted(found, key=lambda one: one.at if isinstance(one, FeedPost) else one.kudos.at, reverse=True)


# -- what others add -------------------------------------------------------------------------------------------------


def _visible(request: HttpRequest, pk: int) -> Kudos:
    """The thank-you, for whoever sees it somewhere; for others it is not there."""
    assert isinstance(request.user, Employee)
    return get_object_or_404(queries.visible_to(request.user), pk=pk)


def back(request: HttpRequest, place: str) -> HttpResponse:
    """To the page the form stood on, at the thank-you or the news (``place``) it stood below."""
    asked = request.POST.get("back", "")
    safe = asked.startswith("/thanks/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return redirect(f"{asked if safe else reverse('recognition:feed')}#{place}")


@require_POST
@require(Permission.GIVE_KUDOS)
def react(request: HttpRequest, pk: int) -> HttpResponse:
    """One sign a person; the same again takes it back."""
    assert isinstance(request.user, Employee)
    kudos = _visible(request, pk)
    try:
        reacting.react(kudos=kudos, by=request.user, kind=request.POST.get("kind", ""), now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return back(request, f"kudos-{pk}")


@require_POST
@require(Permission.GIVE_KUDOS)
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A few words back from somebody who was thanked; no words take them back."""
    assert isinstance(request.user, Employee)
    kudos = _visible(request, pk)
    try:
        made = reacting.reply(kudos=kudos, by=request.user, text=request.POST.get("text", ""), now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Your answer stands below the thanks.") if made else _("Your answer is gone."))
    return back(request, f"kudos-{pk}")


@require_safe
@require(Permission.GIVE_KUDOS)
def picture(request: HttpRequest, pk: int, name: uuid.UUID) -> HttpResponse:
    """The picture, for whoever sees its thank-you; and for HR, while somebody has reported it."""
    assert isinstance(request.user, Employee)
    seen = queries.visible_to(request.user).filter(pk=pk).exists()
    if not seen and can(request.user, Permission.MANAGE_RECOGNITION):
        seen = Kudos.objects.filter(pk=pk, reports__isnull=False).exclude(state=Kudos.State.WITHDRAWN).exists()
    if not seen:
        raise Http404
    found = get_object_or_404(KudosPicture, pk=name, kudos=pk)
    # A picture of that name never changes; whether one may see it is asked each time.
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{name}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponseNotModified(headers=headers)
    answer = HttpResponse(bytes(found.content), content_type="image/jpeg", headers=headers)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


# -- own choices -----------------------------------------------------------------------------------------------------


class ChoicesForm(forms.ModelForm):
    class Meta:
        model = ThanksChoice
        fields = ("hide_amounts", "no_events", "no_mail")
        labels = {
            "hide_amounts": gettext_lazy("Hide how many points my thanks carry"),
            "no_events": gettext_lazy("Leave out my anniversaries and milestones"),
            "no_mail": gettext_lazy("No mails about thanks"),
        }
        help_texts = {
            "hide_amounts": gettext_lazy("Thanks I give and get: only giver and receivers see the number."),
            "no_events": gettext_lazy("Joining, completing, certificates and the like are not told to others."),
            "no_mail": gettext_lazy("My thanks wait for me on my home page all the same."),
        }


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GIVE_KUDOS)
def choices(request: HttpRequest) -> HttpResponse:
    """What the reader wants others to see, and to be told."""
    assert isinstance(request.user, Employee)
    posted = request.POST if request.method == "POST" else None
    form = ChoicesForm(posted, instance=choosing.of(request.user))
    if form.is_valid():
        choosing.save(employee=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. It holds at once, for older thanks, too."))
        return redirect("recognition:choices")
    return render(request, "programs/recognition/choices.html", {"form": form, "tab": "choices"})
