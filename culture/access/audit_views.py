"""The audit trail as a page and as a file."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from culture.access import audit as trail_of
from culture.access import clock, trail
from culture.access.forms import AuditFilter
from culture.access.models import AuditQuerySet
from culture.access.permissions import Permission, require

PER_PAGE = 50


def _found(form: AuditFilter) -> AuditQuerySet:
    """What the filter asks for; an error in it (a bad date) leaves that part out."""
    form.is_valid()
    data = form.cleaned_data
    return trail.search(
        text=data.get("q", ""), topic=data.get("topic", ""), since=data.get("since"), until=data.get("until")
    )


@require_safe
@require(Permission.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what when, from where, newest first."""
    form = AuditFilter(request.GET)
    page = Paginator(_found(form), PER_PAGE).get_page(request.GET.get("page"))
    asked = any(request.GET.get(name) for name in form.fields)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"form": form, "page": page, "rows": trail.rows(list(page)), "asked": asked, "query": kept.urlencode()}
    return render(request, "culture/access/audit.html", context, status=422 if form.errors else 200)


@require_safe
@require(Permission.SEE_AUDIT)
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the page's filter finds, as CSV, however much it is; the download is itself recorded."""
    form = AuditFilter(request.GET)
    entries = _found(form)
    if form.errors:
        page = Paginator(entries, PER_PAGE).get_page(1)
        context = {"form": form, "page": page, "rows": trail.rows(list(page)), "asked": True, "query": ""}
        return render(request, "culture/access/audit.html", context, status=422)
    days = {"since": form.cleaned_data["since"], "until": form.cleaned_data["until"]}
    newest = trail_of.record(request.user, "audit.exported", "audit trail", **days)  # type: ignore[arg-type]
    response = StreamingHttpResponse(
        trail.as_csv(entries.filter(pk__lt=newest.pk)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="audit-trail-{clock.today():%Y-%m-%d}.csv"'
    return response
