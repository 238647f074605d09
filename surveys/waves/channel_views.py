"""HR's pages for everybody mail does not reach: hand-out sheets and links, shared tablets, chat tools."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people import names
from culture.people.models import Employee, Unit
from surveys.waves import handing, keys, kiosks, reach, webhooks
from surveys.waves.channel_forms import EndpointForm, KioskForm
from surveys.waves.message_models import DeadAddress, Endpoint, Kiosk
from surveys.waves.models import Wave

PER_PAGE = 50


def _open_wave(pk: int) -> Wave:
    return get_object_or_404(Wave.objects.select_related("series"), pk=pk, state=Wave.State.OPEN)


def _by(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


# -- to hand out -----------------------------------------------------------------------------------------------------


@require(Permission.MANAGE_SURVEYS)
@require_safe
def hand_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Units with how many are asked there and how many of them no mail reaches."""
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=pk)
    people = reach.invited(wave)
    missing = dict(_per_unit(reach.unreachable(people)))
    every = dict(_per_unit(people))
    units = Unit.objects.filter(pk__in=every).order_by("path")
    wanted = request.GET.get("show")
    if wanted != "all":
        units = units.filter(pk__in=missing)
    page = Paginator(units, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "wave": wave,
        "open": wave.state == Wave.State.OPEN,
        "everywhere": wanted == "all",
        "rows": [_unit_row(unit, every[unit.pk], missing.get(unit.pk, 0)) for unit in page],
        "page": page,
        "total": sum(missing.values()),
        "counts": reach.mail_counts(wave),
    }
    return render(request, "surveys/waves/hand_out.html", context)


def _unit_row(unit: Unit, asked: int, missing: int) -> dict[str, Any]:
    return {"unit": unit, "above": unit.path.rpartition(" > ")[0], "asked": asked, "missing": missing}


def _per_unit(people: QuerySet[Employee]) -> list[tuple[int, int]]:
    counted = people.order_by().values("unit").annotate(people=Count("pk"))
    return [(row["unit"], row["people"]) for row in counted if row["unit"]]


@require(Permission.MANAGE_SURVEYS)
@require_safe
def hand_out_unit(request: HttpRequest, pk: int, unit: int) -> HttpResponse:
    wave, place = _open_wave(pk), get_object_or_404(Unit, pk=unit)
    missing = reach.unreachable(reach.invited(wave).filter(unit=place)).order_by(
        names.sort_column(get_language()), "pk"
    )
    page = Paginator(missing, PER_PAGE).get_page(request.GET.get("page"))
    dead = {row.employee_id: row for row in DeadAddress.objects.filter(employee__in=[one.pk for one in page])}
    context = {
        "wave": wave,
        "unit": place,
        "page": page,
        "rows": [{"person": one, "dead": dead.get(one.pk) if one.email else None} for one in page],
        "asked": reach.invited(wave).filter(unit=place).count(),
    }
    return render(request, "surveys/waves/hand_out_unit.html", context)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def print_sheet(request: HttpRequest, pk: int, unit: int) -> HttpResponse:
    """The PDF; the codes on it are shown this once."""
    wave, place = _open_wave(pk), get_object_or_404(Unit, pk=unit)
    try:
        made = handing.sheet(wave, place, everybody=request.POST.get("whom") == "all", by=_by(request))
    except keys.KeyMissing:
        messages.error(request, _("The keys of this wave are missing on the server, so no codes can be made."))
        return redirect("waves:hand_out_unit", pk, unit)
    if made is None:
        messages.error(request, _("Nobody there needs a sheet."))
        return redirect("waves:hand_out_unit", pk, unit)
    response = HttpResponse(made, content_type="application/pdf")
    name = slugify(place.name) or f"unit-{place.pk}"
    response["Content-Disposition"] = f'attachment; filename="codes-{name}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


@require(Permission.MANAGE_SURVEYS)
@require_POST
def show_link(request: HttpRequest, pk: int, employee: int) -> HttpResponse:
    """One personal link, to hand over: shown once, and noted in the audit trail."""
    wave = _open_wave(pk)
    person = get_object_or_404(reach.unreachable(reach.invited(wave)).select_related("unit"), pk=employee)
    try:
        link = handing.link(wave, person, by=_by(request))
    except keys.KeyMissing:
        messages.error(request, _("The keys of this wave are missing on the server, so no link can be made."))
        return redirect("waves:hand_out_unit", pk, person.unit_id)
    context = {"wave": wave, "person": person, "link": link, "qr": handing.qr(link)}
    response = render(request, "surveys/waves/hand_out_link.html", context)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require(Permission.MANAGE_SURVEYS)
@require_POST
def try_again(request: HttpRequest, pk: int, employee: int) -> HttpResponse:
    person = get_object_or_404(reach.invited(_open_wave(pk)), pk=employee)
    if reach.try_again(person, by=_by(request)):
        messages.success(request, _("The next mail goes to this address again."))
    return redirect("waves:hand_out_unit", pk, person.unit_id)


# -- shared tablets --------------------------------------------------------------------------------------------------


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk_list(request: HttpRequest, pk: int) -> HttpResponse:
    wave = _open_wave(pk)
    form = KioskForm(wave, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kiosks.add(by=_by(request), wave=wave, **form.arguments())
        except ValidationError as error:
            form.add_error(None, _on_form(error, {"asks": "who"}))
        else:
            messages.success(request, _("The tablet is set up. Open its address there."))
            return redirect("waves:kiosks", pk)
    rows = [_kiosk_row(one) for one in Kiosk.objects.filter(wave=wave).select_related("unit")[:200]]
    context = {"wave": wave, "form": form, "rows": rows}
    return render(request, "surveys/waves/kiosks.html", context, status=400 if form.errors else 200)


def _kiosk_row(kiosk: Kiosk) -> dict[str, Any]:
    try:
        address = "" if kiosk.ended else kiosks.address(kiosk)
    except keys.KeyMissing:
        address = ""
    asks = " + ".join(str(kiosks.ATTRIBUTES.get(name, name)) for name in kiosk.asks)
    return {"kiosk": kiosk, "address": address, "asks": asks}


def _on_form(error: ValidationError, names: dict[str, str]) -> ValidationError:
    return ValidationError({names.get(key, key): value for key, value in error.message_dict.items()})


@require(Permission.MANAGE_SURVEYS)
@require_POST
def end_kiosk(request: HttpRequest, pk: int, kiosk: int) -> HttpResponse:
    if kiosks.end(by=_by(request), kiosk=get_object_or_404(Kiosk, pk=kiosk, wave=pk)):
        messages.success(request, _("The tablet takes no answers any more."))
    return redirect("waves:kiosks", pk)


# -- chat tools ------------------------------------------------------------------------------------------------------


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint_list(request: HttpRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            webhooks.add(by=_by(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The chat tool was added. Send it a test."))
            return redirect("waves:endpoints")
    every = Endpoint.objects.annotate(
        sent=Count("announcements", filter=Q(announcements__state="sent")),
        failed=Count("announcements", filter=Q(announcements__state="failed")),
    )
    rows = [{"endpoint": one, "secret": webhooks.secret_of(one)} for one in every[:100]]
    context = {"form": form, "rows": rows}
    return render(request, "surveys/waves/endpoints.html", context, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def test_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    try:
        webhooks.send_test(endpoint)
    except webhooks.Undelivered as error:
        Endpoint.objects.filter(pk=pk).update(problem=error.reason[:200])
        messages.error(request, _("The test did not arrive. %(reason)s") % {"reason": error.reason})
    else:
        Endpoint.objects.filter(pk=pk).update(problem="")
        messages.success(request, _("The test arrived at %(name)s.") % {"name": endpoint.name})
    return redirect(reverse("waves:endpoints"))


@require(Permission.MANAGE_SURVEYS)
@require_POST
def remove_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    webhooks.remove(by=_by(request), endpoint=get_object_or_404(Endpoint, pk=pk))
    messages.success(request, _("The chat tool was removed."))
    return redirect("waves:endpoints")
