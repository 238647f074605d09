"""The audit trail as a page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from culture.access.models import AuditEntry
from culture.access.permissions import Permission, require

PER_PAGE = 50


@require_GET
@require(Permission.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what when, newest first; searched by verb, subject or the actor's name."""
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    entries = AuditEntry.objects.select_related("actor").order_by("-at", "-pk")
    if search:
        entries = entries.matching(search)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "culture/access/audit.html", {"page": page, "search": search})
