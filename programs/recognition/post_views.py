"""News between the thanks: the signs and words others add, taking down, reporting; and what HR decided for each."""

from __future__ import annotations

from functools import partial
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, can, require
from culture.people.models import Employee
from programs.recognition import decisions, moderating, post_moderating, posts, reacting
from programs.recognition.award_models import FeedPost
from programs.recognition.feed_views import back
from programs.recognition.moderating_views import ReportForm, answer


def _seen(request: HttpRequest, pk: int) -> FeedPost:
    """The news, for whoever reads it on the page of everybody; for others it is not there."""
    return get_object_or_404(posts.seen_by(cast(Employee, request.user)), pk=pk)


@require_POST
@require(Permission.GIVE_KUDOS)
def react(request: HttpRequest, pk: int) -> HttpResponse:
    """One sign a person; the same again takes it back."""
    assert isinstance(request.user, Employee)
    post = _seen(request, pk)
    try:
        reacting.react_to_post(post=post, by=request.user, kind=request.POST.get("kind", ""), now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return back(request, f"post-{pk}")


@require_POST
@require(Permission.GIVE_KUDOS)
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A few words back from somebody it is about; no words take them back."""
    assert isinstance(request.user, Employee)
    post = _seen(request, pk)
    try:
        made = reacting.reply_to_post(post=post, by=request.user, text=request.POST.get("text", ""), now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Your answer stands below the news.") if made else _("Your answer is gone."))
    return back(request, f"post-{pk}")


@require_POST
@require(Permission.GIVE_KUDOS)
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take news down: one's own, or any by HR with a reason."""
    assert isinstance(request.user, Employee)
    desk = can(request.user, Permission.MANAGE_RECOGNITION)
    rows = FeedPost.objects.filter(hidden_at=None)
    post = get_object_or_404(rows if desk else rows.filter(employee=request.user), pk=pk)
    try:
        if post.employee_id == request.user.pk:
            posts.take_down(post=post, by=request.user, now=timezone.now())
            messages.success(request, _("Taken down. Nobody sees it any more."))
        else:
            decision = moderating.Decision(moderating.Act.HIDE, request.POST.get("why", ""))
            post_moderating.decide(post=post, by=request.user, decision=decision, now=timezone.now())
            messages.success(request, _("Taken down. Whom it is about still sees it, with your reason."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("recognition:feed")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GIVE_KUDOS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever reads news can ask HR to look at it, or at an answer below it."""
    assert isinstance(request.user, Employee)
    seen = posts.dress(posts.seen_by(request.user).filter(pk=pk), request.user)
    post = seen[0] if seen else _seen(request, pk)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            post_moderating.report(post=post, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("HR looks at it. Nobody else learns who reported it."))
            return redirect("recognition:feed")
    context = {"form": form, "post": post}
    return render(request, "programs/recognition/report.html", context, status=400 if form.errors else 200)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """HR decides on reported news."""
    assert isinstance(request.user, Employee)
    post = get_object_or_404(FeedPost, pk=pk)
    decided = partial(post_moderating.decide, post=post, by=request.user, now=timezone.now())
    return answer(request, decided, hidden=_("Hidden. Whom it is about still sees it, with your reason."))


@require_safe
@require(Permission.GIVE_KUDOS)
def told(request: HttpRequest) -> HttpResponse:
    """What HR decided on what the reader reported, and on thanks and news of his. Opening it marks it as read."""
    assert isinstance(request.user, Employee)
    context = {"reported": decisions.reported_by(request.user), "mine": decisions.on_mine(request.user)}
    if request.method == "GET":
        decisions.saw(request.user, timezone.now())
    return render(request, "programs/recognition/decisions.html", context)
