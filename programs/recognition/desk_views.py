"""The desk of rewards: who waits for what, handing over, the catalogue, the file for the payroll."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import audit, clock
from culture.access.permissions import Permission, require
from culture.people.exporting import harmless
from culture.people.models import Employee
from programs.recognition import catalogue, countries, redeeming
from programs.recognition.reward_forms import CodesForm, DecisionForm, RewardForm
from programs.recognition.reward_models import Redemption, RedemptionStep, Reward, RewardCode

PAGE = 30
State = Redemption.State
TABS: dict[str, tuple[Any, list[str]]] = {
    "waiting": (gettext_lazy("To approve"), [State.RESERVED]),
    "handing": (gettext_lazy("To hand over"), [State.TO_FULFIL]),
    "done": (gettext_lazy("Handed over"), [State.FULFILLED]),
    "refused": (gettext_lazy("Rejected or cancelled"), [State.REJECTED, State.CANCELLED]),
}
ACTS = {"approve": redeeming.approve, "fulfil": redeeming.fulfil, "reject": redeeming.reject}


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def desk(request: HttpRequest) -> HttpResponse:
    """Redemptions by what is to be done with them, the oldest first; what is decided newest first."""
    return _desk(request)


def _desk(request: HttpRequest, opened: int = 0, code: str = "") -> HttpResponse:
    tab = "done" if opened else request.GET.get("show", "waiting")
    tab = tab if tab in TABS else "waiting"
    rows = Redemption.objects.filter(state__in=TABS[tab][1]).select_related("employee__unit")
    rows = rows.annotate(may_open=Exists(_handed_over_by(request.user)))
    rows = rows.order_by("at", "pk") if tab in {"waiting", "handing"} else rows.order_by("-at", "-pk")
    counted = Redemption.objects.aggregate(
        **{key: Count("pk", Q(state__in=states)) for key, (_, states) in TABS.items()}
    )
    context = {
        "page": Paginator(rows.prefetch_related("steps__by"), PAGE).get_page(request.GET.get("page")),
        "tab": tab,
        "tabs": [(key, words, counted[key]) for key, (words, _states) in TABS.items()],
        "any": any(counted.values()) or Reward.objects.exists(),
        "payroll": PayrollForm(initial=_last_month()),
        "opened": opened,
        "code": code,
    }
    return render(request, "programs/recognition/desk.html", context)


def _handed_over_by(user: Any) -> QuerySet[RewardCode]:
    """Codes of a redemption that ``user`` himself handed over: only those he may look at."""
    steps = RedemptionStep.objects.filter(redemption=OuterRef("redemption"), state=State.FULFILLED, by=user)
    return RewardCode.objects.filter(Exists(steps), redemption=OuterRef("pk"))


@require_POST
@never_cache
@require(Permission.MANAGE_RECOGNITION)
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code of a voucher, for who handed it over (and must tell it somebody); each look is recorded."""
    assert isinstance(request.user, Employee)
    redemption = get_object_or_404(Redemption, pk=pk)
    try:
        shown = redeeming.show_code(redemption=redemption, by=request.user)
    except ValidationError as refused:
        messages.error(request, f"{redemption.employee.name}: {' '.join(refused.messages)}")
        return redirect(f"{reverse('recognition:desk')}?show=done")
    return _desk(request, redemption.pk, shown)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, hand over or reject one redemption."""
    assert isinstance(request.user, Employee)
    redemption = get_object_or_404(Redemption, pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what to do with it; a note has at most 300 characters."))
        return redirect("recognition:desk")
    act = form.cleaned_data["act"]
    back = "handing" if redemption.state == State.TO_FULFIL else "waiting"
    try:
        done = ACTS[act](redemption=redemption, by=request.user, now=timezone.now(), note=form.cleaned_data["note"])
    except ValidationError as refused:
        messages.error(request, f"{redemption.employee.name}: {' '.join(refused.messages)}")
    else:
        words = {"name": done.employee.name, "state": done.get_state_display()}
        messages.success(request, _("%(name)s: %(state)s.") % words)
    return redirect(f"{reverse('recognition:desk')}?show={back}")


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def rewards(request: HttpRequest) -> HttpResponse:
    """The catalogue as HR keeps it."""
    page = Paginator(catalogue.managed(), PAGE).get_page(request.GET.get("page"))
    return render(request, "programs/recognition/reward_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a reward."""
    assert isinstance(request.user, Employee)
    reward = get_object_or_404(Reward, pk=pk) if pk else None
    form = RewardForm(request.POST or None, initial=RewardForm.filled(reward) if reward else None)
    if request.method == "POST" and form.is_valid():
        units = list(form.cleaned_data["units"])
        terms, shown = form.terms(), form.cleaned_data["stock_shown"]
        saved = catalogue.save(terms=terms, units=units, by=request.user, reward=reward, shown=shown)
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved.label})
        if saved.stock is not None and saved.stock != terms.stock:
            messages.info(request, _("The stock changed meanwhile: %(n)d are left.") % {"n": saved.stock})
        return redirect("recognition:reward_list")
    context = {"form": form, "reward": reward, "codes": CodesForm() if reward else None, **_pool(reward)}
    return render(request, "programs/recognition/reward_edit.html", context, status=400 if form.errors else 200)


def _pool(reward: Reward | None) -> dict[str, int]:
    if reward is None or reward.kind != Reward.Kind.VOUCHER:
        return {}
    return reward.codes.aggregate(free=Count("pk", Q(redemption=None)), handed=Count("redemption"))


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Add codes to a voucher's pool."""
    assert isinstance(request.user, Employee)
    reward = get_object_or_404(Reward, pk=pk)
    form = CodesForm(request.POST)
    if form.is_valid():
        try:
            added, known = catalogue.add_codes(reward=reward, text=form.cleaned_data["codes"], by=request.user)
        except ValidationError as refused:
            form.add_error("codes", refused.messages)
        else:
            words = _("%(added)d codes added, %(known)d were there already.") % {"added": added, "known": known}
            messages.success(request, words)
            return redirect("recognition:reward_edit", reward.pk)
    context = {"form": RewardForm(initial=RewardForm.filled(reward)), "reward": reward, "codes": form, **_pool(reward)}
    return render(request, "programs/recognition/reward_edit.html", context, status=400)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a reward no more, or again."""
    assert isinstance(request.user, Employee)
    reward = get_object_or_404(Reward, pk=pk)
    if reward.retired_at is None:
        catalogue.retire(reward=reward, by=request.user, now=timezone.now())
        messages.success(
            request, _("“%(name)s” is not offered any more. What is open goes on.") % {"name": reward.label}
        )
    else:
        catalogue.offer_again(reward=reward, by=request.user)
        messages.success(request, _("“%(name)s” is offered again.") % {"name": reward.label})
    return redirect("recognition:reward_list")


class PayrollForm(forms.Form):
    since = forms.DateField(label=gettext_lazy("Handed over from"), widget=forms.DateInput)
    until = forms.DateField(label=pgettext_lazy("day", "To"), widget=forms.DateInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("The last day is before the first one."))
        return data


def _last_month() -> dict[str, dt.date]:
    last = clock.today().replace(day=1) - dt.timedelta(days=1)
    return {"since": last.replace(day=1), "until": last}


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def payroll(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What was handed over in some days, with its value and how it is taxed, as CSV; the download is recorded."""
    form = PayrollForm(request.GET)
    if not form.is_valid():
        messages.error(request, _("Choose two days, the first before the last."))
        return redirect("recognition:desk")
    days = form.cleaned_data
    audit.record(request.user, "reward.payroll", "rewards", **days)  # type: ignore[arg-type]
    response = StreamingHttpResponse(_lines(_handed(**days)), content_type="text/csv; charset=utf-8")
    name = f"rewards-{days['since']:%Y-%m-%d}-{days['until']:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _handed(since: dt.date, until: dt.date) -> QuerySet[Any]:
    zone = clock.zone()
    begins = dt.datetime.combine(since, dt.time(), zone)
    ends = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), zone)
    done = RedemptionStep.objects.filter(redemption=OuterRef("pk"), state=State.FULFILLED).order_by("at")
    rows = Redemption.objects.filter(state=State.FULFILLED).annotate(handed=Subquery(done.values("at")[:1]))
    rows = rows.filter(handed__gte=begins, handed__lt=ends)
    return rows.select_related("employee__unit").order_by("handed", "pk")


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(rows: QuerySet[Any]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())  # type: ignore[arg-type]
    head = [_("Employee number"), pgettext("person", "Name"), _("Unit"), _("Site"), _("Country"), _("Reward"),
            _("Kind"), _("Handed over"), _("Points"), _("Value"), _("Currency"), _("Note for the payroll")]  # fmt: skip
    known = countries.of_sites()
    yield "\ufeff" + writer.writerow(head)
    for row in rows.iterator(chunk_size=1000):
        who, country = row.employee, row.country_of(known)
        texts = [who.number, who.name, who.unit.name if who.unit else "", who.site, country, row.label]
        day = timezone.localdate(row.handed, clock.zone()).isoformat()
        value = "" if row.value is None else row.value
        kind, tax = str(row.get_kind_display()), harmless(row.tax_note(country))
        yield writer.writerow([*map(harmless, texts), kind, day, row.price, value, row.currency, tax])
