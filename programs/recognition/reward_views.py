"""Rewards for everybody: what there is, redeeming, one's own redemptions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import catalogue, giving, lots, redeeming
from programs.recognition.reward_forms import RedeemForm
from programs.recognition.reward_models import Redemption, Reward

PAGE = 30


@require_safe
@require(Permission.GIVE_KUDOS)
def rewards(request: HttpRequest) -> HttpResponse:
    """What the reader can have, dearest last; what he cannot have at all is not shown."""
    assert isinstance(request.user, Employee)
    person = redeeming.standing(request.user)
    offers = [one for one in catalogue.offered() if not person.barred(one)]
    context = {
        "page": Paginator(offers, PAGE).get_page(request.GET.get("page")),
        "own": giving.balance(request.user),
        "soon": lots.soon(request.user, timezone.localdate()),
    }
    return render(request, "programs/recognition/rewards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GIVE_KUDOS)
def reward(request: HttpRequest, pk: int) -> HttpResponse:
    """One reward, and redeeming it."""
    assert isinstance(request.user, Employee)
    offer = get_object_or_404(Reward, pk=pk)
    reason = redeeming.why_not(offer, request.user)
    form = RedeemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = redeeming.redeem(employee=request.user, reward=offer, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
            offer.refresh_from_db()
        else:
            messages.success(request, _told(done))
            return redirect("recognition:my_rewards")
    own = giving.balance(request.user)
    context = {"reward": offer, "form": form, "reason": reason, "own": own, "after": own - offer.price}
    context["missing"] = offer.price - own
    return render(request, "programs/recognition/reward.html", context, status=400 if form.errors else 200)


def _told(done: Redemption) -> str:
    if done.state == Redemption.State.FULFILLED:
        return _("Here it is: tap “Show the code” below when you need it.")
    if done.state == Redemption.State.TO_FULFIL:
        return _("Redeemed. It will be handed over to you.")
    return _("Redeemed. Your points are reserved until somebody has approved it.")


def _cancelled(done: Redemption, late: int) -> str:
    """``late``: how many of the points came back after their day."""
    if not late:
        return _("Cancelled. Your points are yours again.")
    words = _("Cancelled. %(back)d points are yours again; %(gone)d lapsed, because their day was over.")
    return words % {"back": done.price - late, "gone": late}


@require_safe
@require(Permission.GIVE_KUDOS)
def my_rewards(request: HttpRequest) -> HttpResponse:
    """The reader's redemptions with their steps, and his codes."""
    return _mine(request)


def _mine(request: HttpRequest, opened: int = 0, code: str = "") -> HttpResponse:
    assert isinstance(request.user, Employee)
    mine = Redemption.objects.filter(employee=request.user).select_related("voucher").defer("voucher__sealed")
    page = Paginator(mine.prefetch_related("steps"), PAGE).get_page(request.GET.get("page"))
    late = redeeming.too_late([one for one in page if one.state in Redemption.OPEN], timezone.localdate())
    for one in page:
        one.too_late = late.get(one.pk, 0)  # type: ignore[attr-defined]
    context = {"page": page, "own": giving.balance(request.user), "opened": opened, "code": code}
    return render(request, "programs/recognition/my_rewards.html", context)


@require_POST
@never_cache
@require(Permission.GIVE_KUDOS)
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code of one's own voucher; each look is recorded, so it is no plain link."""
    assert isinstance(request.user, Employee)
    redemption = get_object_or_404(Redemption, pk=pk, employee=request.user)
    try:
        shown = redeeming.show_code(redemption=redemption, by=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("recognition:my_rewards")
    return _mine(request, redemption.pk, shown)


@require_POST
@require(Permission.GIVE_KUDOS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """The redeemer takes it back while it is open."""
    assert isinstance(request.user, Employee)
    redemption = get_object_or_404(Redemption, pk=pk, employee=request.user)
    try:
        late = redeeming.too_late([redemption], timezone.localdate()).get(redemption.pk, 0)
        done = redeeming.cancel(redemption=redemption, by=request.user, now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _cancelled(done, late))
    return redirect("recognition:my_rewards")
