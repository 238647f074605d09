"""HR's pages of the service map: the picture and its links, the matrix, import and export, what waves propose."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from surveys.waves import link_forms, link_map, links, links_import, links_learning, links_matrix, links_picture
from surveys.waves.link_models import LinkProposal, ServiceLink

PER_PAGE = 50
HEAD_LETTERS = 42  # over a column of the matrix
SHOWN = 200  # rows of an import's preview


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def link_list(request: HttpRequest) -> HttpResponse:
    form = link_forms.LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            links.add(by=_employee(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The link was added."))
            return redirect("waves:links")
    look, day, words = link_forms.as_of(request.GET)
    today = timezone.localdate()
    every = link_map.lines(day)
    wanted = words.casefold()
    found = [line for line in every if wanted in f"{line.customer_path}\n{line.provider_path}".casefold()]
    context = {
        "form": form,
        "look": look,
        "day": day,
        "words": words,
        "now": day == today,
        "total": len(every),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "picture": _picture(found),
        "lost": link_map.lost(day) if day == today else [],
        "coming": _coming(today) if day == today else [],
        "suggestions": links.suggest() if day == today else [],
        "proposals": links_learning.waiting() if day == today else [],
    }
    return render(request, "surveys/waves/links.html", context, status=400 if form.errors else 200)


def _coming(today: dt.date) -> list[ServiceLink]:
    return list(ServiceLink.objects.filter(since__gt=today).select_related("customer", "provider").order_by("since"))


def _picture(lines: list[link_map.Line]) -> dict[str, Any] | None:
    """Two drawings (wide, narrow; CSS shows one) and the rows behind them."""
    if not lines:
        return None
    every = links_picture.bands_of(lines)
    bands = links_picture.top(every)
    title, heads = _("Who uses whose service"), (_("Provider"), _("Customer"))
    told = ngettext(
        "%(links)d link from a provider on the left to its customer on the right.",
        "%(links)d links from %(providers)d providers on the left to their customers on the right; "
        "the wider, the more people use the service.",
        len(bands),
    ) % {"links": len(bands), "providers": len({band.provider for band in bands})}
    drawn = [
        # Names are escaped where they are drawn.
        mark_safe(links_picture.draw(bands, size, title=title, description=told, heads=heads))  # noqa: S308
        for size in (links_picture.WIDE, links_picture.NARROW)
    ]
    return {"wide": drawn[0], "narrow": drawn[1], "bands": bands, "told": told, "more": len(every) - len(bands)}


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def link_edit(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(ServiceLink.objects.select_related("customer", "provider"), pk=pk)
    now = {"kind": link.kind, "since": link.since, "until": link.until}
    form = link_forms.DatesForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            links.change(by=_employee(request), link=link, **form.cleaned_data)
        except ValidationError as error:
            # The pair itself is no field here.
            form.add_error(None, error.messages[0])
        else:
            messages.success(request, _("The link was changed."))
            return redirect("waves:links")
    context = {"link": link, "form": form, "used": links.was_used(link)}
    return render(request, "surveys/waves/links_edit.html", context, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def remove_link(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(ServiceLink.objects.select_related("customer", "provider"), pk=pk)
    if links.remove(by=_employee(request), link=link):
        messages.success(request, _("The link ended yesterday; waves that asked by it keep it in their history."))
    else:
        messages.success(request, _("The link was removed."))
    return redirect("waves:links")


@require(Permission.MANAGE_SURVEYS)
@require_POST
def accept_suggestions(request: HttpRequest) -> HttpResponse:
    added = links.accept_suggestions(by=_employee(request))
    messages.success(request, _("%(count)s links were added.") % {"count": added})
    return redirect("waves:links")


@require(Permission.MANAGE_SURVEYS)
@require_POST
def decide_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(LinkProposal.objects.select_related("customer", "provider"), pk=pk)
    accept = request.POST.get("answer") == "yes"
    try:
        done = links_learning.decide(
            by=_employee(request), proposal=proposal, accept=accept, today=timezone.localdate()
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        if not done:
            messages.error(request, _("Somebody has decided this already."))
        elif accept:
            messages.success(request, _("The map was changed."))
        else:
            messages.success(request, _("The map stays as it is; this is not proposed again for a year."))
    return redirect("waves:links")


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def matrix(request: HttpRequest) -> HttpResponse:
    chosen = link_forms.MatrixFilter(request.GET)
    picked = chosen.cleaned_data if chosen.is_valid() else {}
    today = timezone.localdate()
    grid = links_matrix.Grid.of(picked.get("unit"), picked.get("among"), today)
    rows = Paginator(grid.customers, links_matrix.ROWS).get_page(request.GET.get("page"))
    columns = Paginator(grid.providers, links_matrix.COLUMNS).get_page(request.GET.get("providers"))
    form = link_forms.MatrixForm(request.POST or None)
    ticked = None
    if request.method == "POST":
        ticked, done = _send(request, form, today)
        if done:
            return redirect(f"{reverse('waves:matrix')}?{request.GET.urlencode()}".rstrip("?"))
    shown = grid.rows(list(rows), list(columns), ticked)
    heads = [(unit, links_picture.shortened(unit.name, HEAD_LETTERS)) for unit in columns]
    context = {
        "chosen": chosen,
        "form": form,
        "rows": rows,
        "columns": columns,
        "heads": heads,
        "shown": shown,
        "was": grid.ticked_text(shown) if ticked is None else request.POST.get("was", ""),
        "query": request.GET.urlencode(),
    }
    return render(request, "surveys/waves/map_matrix.html", context, status=400 if form.errors else 200)


def _send(request: HttpRequest, form: link_forms.MatrixForm, today: dt.date) -> tuple[set[tuple[int, int]], bool]:
    """Only what was changed on this page is sent on: two who work on the map at once do not undo each other."""
    ticked: set[tuple[int, int]] = set()
    try:
        ticked = link_forms.pairs(request.POST.getlist("pair"))
        if not form.is_valid():
            return ticked, False
        was = form.cleaned_data["was"]
        added, ended = links.set_pairs(
            by=_employee(request),
            add_pairs=ticked - was,
            end_pairs=was - ticked,
            today=today,
            since=form.cleaned_data["since"],
            kind=form.cleaned_data["kind"],
        )
    except ValidationError as error:
        form.is_valid()
        form.add_error(None, error.messages[0])
        return ticked, False
    told = [
        ngettext("%(n)d link was added.", "%(n)d links were added.", added) % {"n": added} if added else "",
        ngettext("%(n)d link was taken away.", "%(n)d links were taken away.", ended) % {"n": ended} if ended else "",
    ]
    messages.success(request, " ".join(filter(None, told)) or _("Nothing was changed."))
    return ticked, True


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_links(request: HttpRequest) -> HttpResponse:
    """The file goes back to the browser with its preview and comes again with the confirmation: none is kept."""
    context: dict[str, Any] = {"form": link_forms.UploadForm(), "shown": SHOWN}
    template, text = "surveys/waves/links_import.html", request.POST.get("text", "")
    if request.method != "POST":
        return render(request, template, context)
    try:
        if text:
            done = links_import.apply(by=_employee(request), text=links_import.decode(text.encode()))
            told = {"new": len(done.new), "changed": len(done.changed), "rejected": len(done.rejected)}
            messages.success(request, _("Added: %(new)d. Changed: %(changed)d. Left out: %(rejected)d.") % told)
            return redirect("waves:links")
        form = context["form"] = link_forms.UploadForm(request.POST, request.FILES)
        if form.is_valid():
            text = form.cleaned_data["file"]
            preview = links_import.preview(text)
            context |= {"preview": preview, "text": text, "name": getattr(request.FILES["file"], "name", "")}
            return render(request, template, context)
    except links_import.Refused as refused:
        context["refused"] = str(refused)
    return render(request, template, context, status=400)


@require(Permission.MANAGE_SURVEYS)
@require_safe
def export_links(request: HttpRequest) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(links_import.export(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="service-map.csv"'
    return answer


def _employee(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user
