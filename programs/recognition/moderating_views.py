"""Reporting a thank-you, and HR's desk for what was reported of thanks and news."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import feed, moderating, post_moderating, posts, queries
from programs.recognition.feed_models import LONGEST_NOTE, KudosModeration, KudosReport
from programs.recognition.models import Kudos
from programs.recognition.post_models import PostModeration, PostReport

PAGE = 20


class ReportForm(forms.Form):
    why = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=KudosReport.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is wrong with it.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What should HR know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_NOTE,
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GIVE_KUDOS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever sees a thank-you can ask HR to look at it."""
    assert isinstance(request.user, Employee)
    kudos = get_object_or_404(queries.visible_to(request.user).exclude(giver=request.user), pk=pk)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moderating.report(kudos=kudos, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("HR looks at it. Who gave the thanks does not learn who reported them."))
            return redirect("recognition:feed")
    context = {"form": form, "one": feed.dress([pk], request.user)[0]}
    return render(request, "programs/recognition/report.html", context, status=400 if form.errors else 200)


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def reports(request: HttpRequest) -> HttpResponse:
    """What was reported and waits, or (``?show=decided``) what was decided; never what the reader is part of."""
    assert isinstance(request.user, Employee)
    return render(request, "programs/recognition/reports.html", _desk(request))


@dataclass(frozen=True)
class Row:
    """Thanks (``one``) or news (``post``) on the desk, who reported it and why, and what was decided so far."""

    one: Any
    post: Any
    reports: list[Any]
    history: list[Any]

    @property
    def pk(self) -> int:
        return int((self.post or self.one.kudos).pk)

    @property
    def hidden(self) -> bool:
        return (self.post or self.one.kudos).hidden_at is not None

    @property
    def own_choice(self) -> bool:
        """Whom the news is about took it down: nobody shows it again."""
        return bool(self.post and self.post.employee_id and self.post.hidden_by_id == self.post.employee_id)


def _desk(request: HttpRequest) -> dict[str, Any]:
    assert isinstance(request.user, Employee)
    decided = request.GET.get("show") == "decided"
    waiting = [moderating.waiting(request.user), post_moderating.waiting(request.user)]
    counts = [rows.count() for rows in waiting]
    shown = [moderating.decided(request.user), post_moderating.decided(request.user)] if decided else waiting
    both = [(last, pk, news) for news, rows in enumerate(shown) for pk, last in rows.values_list("pk", "last")]
    page = Paginator(sorted(both, reverse=decided), PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "rows": _rows(request.user, [(pk, bool(news)) for _last, pk, news in page]),
        "decided": decided,
        "open_count": sum(counts),
        "open_news": counts[1],
    }


def _rows(hr: Employee, wanted: list[tuple[int, bool]]) -> list[Row]:
    """In that order; two queries for what was reported and decided of each kind, and those of the feed."""
    thanks, news = ([pk for pk, is_news in wanted if is_news == kind] for kind in (False, True))
    ones = {one.kudos.pk: one for one in feed.dress(thanks, hr, every_amount=True)} if thanks else {}
    found = {post.pk: post for post in posts.dress(posts.with_people().filter(pk__in=news), hr)} if news else {}
    told: dict[tuple[int, bool], list[Any]] = {key: [] for key in wanted}
    steps: dict[tuple[int, bool], list[Any]] = {key: [] for key in wanted}
    of_thanks = KudosReport.objects.filter(kudos__in=thanks).select_related("reporter__unit").order_by("at", "pk")
    of_news = PostReport.objects.filter(post__in=news).select_related("reporter__unit").order_by("at", "pk")
    for one in of_thanks if thanks else ():
        told[one.kudos_id, False].append(one)
    for other in of_news if news else ():
        told[other.post_id, True].append(other)
    for step in KudosModeration.objects.filter(kudos__in=thanks).select_related("by") if thanks else ():
        steps[step.kudos_id, False].append(step)
    for act in PostModeration.objects.filter(post__in=news).select_related("by") if news else ():
        steps[act.post_id, True].append(act)
    return [
        Row(None if key[1] else ones[key[0]], found[key[0]] if key[1] else None, told[key], steps[key])
        for key in wanted
    ]


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, Employee)
    kudos = get_object_or_404(Kudos.objects.filter(reports__isnull=False).distinct(), pk=pk)
    decided = partial(moderating.decide, kudos=kudos, by=request.user, now=timezone.now())
    return answer(request, decided, hidden=_("Hidden. Giver and receivers still see it, with your reason."))


def answer(request: HttpRequest, decide: Callable[..., Any], *, hidden: str) -> HttpResponse:
    """Do what HR decided on something reported (``decide(decision=…)``), and say so; back to the reports."""
    decision = moderating.Decision(request.POST.get("act", ""), request.POST.get("reason", ""))
    try:
        made = decide(decision=decision)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        told = {
            moderating.Act.HIDE: hidden,
            moderating.Act.KEEP: _("Left as it is. Your words are kept."),
            moderating.Act.RESTORE: _("Shown again."),
        }
        messages.success(request, told[moderating.Act(made.act)])
    show = "?show=decided" if request.POST.get("show") == "decided" else ""
    return redirect(reverse("recognition:reports") + show)
