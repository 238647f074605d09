"""The ledger of points for who checks it: entries, their totals, the proof that every balance is their sum, a file.

Whose points moved is told, except for private thanks: only the two of them know of each other, here too.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from culture.access import audit, clock
from culture.access.permissions import Permission, can, require
from culture.people.exporting import harmless
from programs.recognition import proving
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.point_models import Proof
from programs.recognition.posting import Reason

PER_PAGE = 50
# Beyond so many entries a page does not add all of them up: the night's proof does, and days may be chosen.
LARGE = 200_000
Kind = Account.Kind
ACCOUNTS: dict[str, Any] = {
    Kind.ISSUER: _("Organisation (issues points)"),
    Kind.ALLOWANCE: _("Allowance"),
    Kind.BUDGET: _("Manager's budget"),
    Kind.AWARD: _("Award budget"),
    Kind.PENDING: _("Gifts on their way"),
    Kind.PERSONAL: _("Personal points"),
    Kind.RESERVED: _("Reserved for rewards"),
    Kind.SPENT: _("Spent on rewards"),
    Kind.EXPIRED: _("Expired points"),
    Kind.WRITTEN_OFF: _("Written off"),
}
REASONS: dict[str, Any] = {
    Reason.ALLOWANCE: _("Allowance"),
    Reason.KUDOS: _("Thanks given"),
    Reason.ARRIVED: _("Thanks arrived"),
    Reason.WITHDRAWN: _("Thanks withdrawn"),
    Reason.LAPSED: _("Allowance not used in time"),
    Reason.EXPIRED: _("Points not used in time"),
    Reason.RESERVED: _("Reserved for a reward"),
    Reason.REFUND: _("Reward rejected or cancelled"),
    Reason.FULFILLED: _("Reward handed over"),
    Reason.AWARD_BUDGET: _("Budget of an award"),
    Reason.AWARD_RESERVED: _("Reserved for a round of an award"),
    Reason.AWARD_RETURNED: _("Not needed by a round of an award"),
    Reason.AWARD: _("Award"),
    Reason.CORRECTION: _("Correction"),
}
PRIVATE = gettext_lazy("private thanks")


class LedgerFilter(forms.Form):
    q = forms.CharField(label=_("Person"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("What moved"),
        required=False,
        choices=[
            ("", _("Everything")),
            ("issued", _("Points issued")),
            ("given", _("Points given")),
            ("other", _("Everything else")),
        ],
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput)
    until = forms.DateField(label=pgettext_lazy("day", "To"), required=False, widget=forms.DateInput)

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\0", "").strip()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("The last day is before the first one."))
        return data


@dataclass(frozen=True)
class Line:
    """One entry as it may be read. ``source`` and ``target``: (account, whose; '' for nobody or private)."""

    number: int
    day: dt.date
    source: tuple[str, str]
    target: tuple[str, str]
    amount: int
    reason: str
    private: bool


def entries(data: dict[str, Any]) -> QuerySet[LedgerEntry]:
    """What the filter asks for, newest first. A person's private thanks are not found by his name."""
    # The first thanks of a month issue the allowance in the same moment: beside private ones it would name the giver.
    spent = LedgerEntry.objects.filter(source=OuterRef("target"), at=OuterRef("at"), kudos__public=False)
    found = LedgerEntry.objects.annotate(beside_private=Exists(spent))
    found = found.select_related("source__employee", "target__employee", "kudos", "by")
    for word in data.get("q", "").split()[:6]:
        named = Q()
        for side in ("source", "target"):
            named |= Q(**{f"{side}__employee__given_name__icontains": word})
            named |= Q(**{f"{side}__employee__family_name__icontains": word})
            named |= Q(**{f"{side}__employee__number__iexact": word})
        found = found.filter(named, beside_private=False).exclude(kudos__public=False)
    if data.get("kind") == "issued":
        found = found.filter(source__kind=Kind.ISSUER)
    elif data.get("kind") == "given":
        found = found.filter(reason=Reason.KUDOS)
    elif data.get("kind") == "other":
        found = found.exclude(reason=Reason.KUDOS).exclude(source__kind=Kind.ISSUER)
    if data.get("since"):
        found = found.filter(at__gte=_midnight(data["since"]))
    if data.get("until"):
        found = found.filter(at__lt=_midnight(data["until"] + dt.timedelta(days=1)))
    return found.order_by("-at", "-pk")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.zone())


def line(entry: LedgerEntry) -> Line:
    """``entry`` as :func:`entries` found it."""
    private = (entry.kudos is not None and not entry.kudos.public) or entry.beside_private  # type: ignore[attr-defined]

    def side(account: Account) -> tuple[str, str]:
        whose = account.employee.name if account.employee and not private else ""
        return str(ACCOUNTS.get(account.kind, account.kind)), whose

    return Line(
        number=entry.pk,
        day=timezone.localdate(entry.at, clock.zone()),
        source=side(entry.source),
        target=side(entry.target),
        amount=entry.amount,
        reason=_reason(entry),
        private=private,
    )


def _reason(entry: LedgerEntry) -> str:
    words = str(REASONS.get(entry.reason, entry.reason))
    return f"{words}: {entry.note}" if entry.note else words


def totals(found: QuerySet[LedgerEntry]) -> dict[str, int]:
    """Of the entries found: how many, and the points issued, given and moved otherwise."""
    sums = found.order_by().aggregate(
        number=Count("pk"),
        issued=Sum("amount", filter=Q(source__kind=Kind.ISSUER)),
        given=Sum("amount", filter=Q(reason=Reason.KUDOS)),
        expired=Sum("amount", filter=Q(target__kind=Kind.EXPIRED)),
    )
    return {name: value or 0 for name, value in sums.items()}


def size() -> int:
    """How many entries there are, or somewhat more: the number of the newest."""
    return LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


class _Pages(Paginator):
    """``about``: how many rows there are, where counting them would take longer than reading the page."""

    def __init__(self, rows: Any, per_page: int, about: int | None) -> None:
        super().__init__(rows, per_page)
        self.about = about

    @functools.cached_property
    def count(self) -> int:
        return super().count if self.about is None else self.about


def _page(request: HttpRequest, form: LedgerFilter) -> HttpResponse:
    found = entries(form.cleaned_data)
    asked = any(request.GET.get(name) for name in form.fields)
    about = size()
    large = about > LARGE
    page = _Pages(found, PER_PAGE, about if large and not asked else None).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "lines": [line(entry) for entry in page],
        "totals": None if large and not asked else totals(found),
        "about": about,
        "drifts": [] if large else proving.drifts(),
        "checked_now": not large,
        "asked": asked,
        "query": kept.urlencode(),
        "may_correct": can(request.user, Permission.MANAGE_RECOGNITION),
        "proof": Proof.objects.filter(Q(done=True) | ~Q(findings=[])).first(),
    }
    return render(request, "programs/recognition/ledger.html", context, status=422 if form.errors else 200)


@require_safe
@require(Permission.SEE_LEDGER)
def ledger(request: HttpRequest) -> HttpResponse:
    """Which points moved when, from where to where, and why."""
    form = LedgerFilter(request.GET)
    form.is_valid()
    return _page(request, form)


@require_safe
@require(Permission.SEE_LEDGER)
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the page's filter finds, as CSV, however much it is; the download is itself recorded."""
    form = LedgerFilter(request.GET)
    if not form.is_valid():
        return _page(request, form)
    days = {"since": form.cleaned_data["since"], "until": form.cleaned_data["until"]}
    audit.record(request.user, "ledger.exported", "points ledger", **days)  # type: ignore[arg-type]
    response = StreamingHttpResponse(_rows(entries(form.cleaned_data)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="points-ledger-{clock.today():%Y-%m-%d}.csv"'
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _rows(found: QuerySet[LedgerEntry]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())  # type: ignore[arg-type]
    head = [_("Entry"), _("Day"), _("From account"), _("From whom"), _("To account"), _("To whom"), _("Points"),
            _("Reason")]  # fmt: skip
    yield "\ufeff" + writer.writerow([str(cell) for cell in head])
    for entry in found.iterator(chunk_size=2000):
        one = line(entry)
        reason = f"{one.reason} ({gettext('private thanks')})" if one.private else one.reason
        cells = [*one.source, *one.target]
        yield writer.writerow(
            [
                one.number,
                one.day.isoformat(),
                *map(harmless, cells[:2]),
                *map(harmless, cells[2:]),
                one.amount,
                harmless(reason),
            ]
        )
