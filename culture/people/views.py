"""Employees, units, and the import of an HR export."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from culture.access.permissions import Permission, require, sees_everything, visible_units
from culture.people import waiting
from culture.people.forms import UploadForm
from culture.people.importing import ImportPlan, Refused, Stale, Stopped, apply, plan, read_file
from culture.people.models import Employee, PeopleImport
from culture.people.units import headcounts, tree

PER_PAGE = 50
SHOWN_REJECTS = 200
SHOWN_CHANGES = 100


def visible_employees(request: HttpRequest) -> QuerySet[Employee]:
    """Everybody for HR, the own branch for a manager, nobody for others."""
    if sees_everything(request.user, Permission.SEE_TEAM_TRAINING):
        return Employee.objects.all()
    return Employee.objects.filter(unit__in=visible_units(request.user, Permission.SEE_TEAM_TRAINING))


@require_GET
@require(Permission.SEE_TEAM_TRAINING)
def employees(request: HttpRequest) -> HttpResponse:
    """A searchable list."""
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    people = visible_employees(request).select_related("unit", "manager")
    if request.GET.get("left") != "1":
        people = people.filter(Q(left_on__isnull=True) | Q(left_on__gte=timezone.localdate()))
    for word in search.split()[:6]:
        people = people.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(number__icontains=word)
            | Q(email__icontains=word)
            | Q(job_title__icontains=word)
            | Q(site__icontains=word)
            | Q(unit__path__icontains=word)
        )
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "culture/people/employees.html",
        {
            "page": page,
            "search": search,
            "today": timezone.localdate(),
            "with_left": request.GET.get("left") == "1",
            "can_import": sees_everything(request.user, Permission.MANAGE_PEOPLE),
        },
    )


@require_GET
@require(Permission.SEE_RESULTS)
def units(request: HttpRequest) -> HttpResponse:
    """The tree, with how many people work in each unit and below it."""
    visible = set(visible_units(request.user, Permission.SEE_RESULTS).values_list("pk", flat=True))
    here = headcounts(timezone.localdate())
    nodes = tree()
    below = {node.pk: here.get(node.pk, 0) for node in nodes}
    for node in reversed(nodes):  # children come after their parents, so backwards they are complete
        if node.parent_id:
            below[node.parent_id] += below[node.pk]
    shown = [node for node in nodes if node.pk in visible]
    top = min((node.tree_depth for node in shown), default=0)
    rows = [
        {"unit": node, "depth": node.tree_depth - top, "here": here.get(node.pk, 0), "below": below[node.pk]}
        for node in shown
    ]
    total = sum(row["here"] for row in rows)
    return render(request, "culture/people/units.html", {"rows": rows, "total": total})


def _only_whole(request: HttpRequest) -> Employee:
    """An import may touch every unit, so it needs the right for the whole organisation."""
    if not isinstance(request.user, Employee) or not sees_everything(request.user, Permission.MANAGE_PEOPLE):
        raise PermissionDenied
    return request.user


def _upload_page(request: HttpRequest, form: UploadForm, refused: str = "", status: int = 200) -> HttpResponse:
    history = PeopleImport.objects.select_related("by")[:10]
    context = {"form": form, "refused": refused, "history": history}
    return render(request, "culture/people/import.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_PEOPLE)
def import_(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is read, kept, and shown as a preview."""
    user = _only_whole(request)
    if request.method == "GET":
        return _upload_page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, form, status=422)
    file, encoding = form.cleaned_data["file"], form.cleaned_data["encoding"] or None
    content = file.read()
    try:
        planned = plan(
            read_file(io.BytesIO(content), file.name, encoding=encoding),
            number_width=form.cleaned_data["number_width"],
        )
        if planned.stops:
            raise Stopped(" ".join(planned.stops))
    except (Refused, Stopped) as error:
        return _upload_page(request, form, refused=str(error), status=422)
    kept = waiting.keep(
        content=content,
        name=file.name,
        by=user.pk,
        encoding=encoding,
        number_width=form.cleaned_data["number_width"],
    )
    return redirect("people:preview", token=kept.token)


def _waiting(request: HttpRequest, token: str) -> tuple[waiting.Waiting, ImportPlan]:
    kept = waiting.find(token, by=_only_whole(request).pk)
    if kept is None:
        raise Http404
    return kept, plan(
        read_file(kept.path, kept.name, encoding=kept.encoding),
        number_width=kept.number_width,
    )


def _preview_page(request: HttpRequest, kept: waiting.Waiting, planned: ImportPlan, status: int = 200) -> HttpResponse:
    order = {"left": 0, "moved": 1, "changed": 2, "joined": 3}
    changes = sorted(planned.changes, key=lambda change: (order[change.kind], change.person.line))
    context = {
        "waiting": kept,
        "plan": planned,
        "tiles": [
            (_("Joined"), planned.counts["joined"]),
            (_("Left"), planned.counts["left"]),
            (_("Moved"), planned.counts["moved"]),
            (_("Changed"), planned.counts["changed"]),
            (_("Unchanged"), planned.counts["unchanged"]),
            (_("Rejected"), planned.counts["rejected"]),
        ],
        "changes": changes[:SHOWN_CHANGES],
        "more_changes": max(0, len(changes) - SHOWN_CHANGES),
        "rejects": planned.rejects[:SHOWN_REJECTS],
        "more_rejects": max(0, len(planned.rejects) - SHOWN_REJECTS),
        "fingerprint": _fingerprint(planned),
    }
    return render(request, "culture/people/preview.html", context, status=status)


def _fingerprint(planned: ImportPlan) -> str:
    """What was shown, so that nobody confirms something else."""
    return f"{planned.basis}:" + ":".join(str(number) for number in planned.counts.values())


@require_GET
@require(Permission.MANAGE_PEOPLE)
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """What the file would change; nothing is written yet."""
    return _preview_page(request, *_waiting(request, token))


@require_GET
@require(Permission.MANAGE_PEOPLE)
def rejects(request: HttpRequest, token: str) -> HttpResponse:
    """The rejected rows as a file, with the reasons beside them."""
    kept, planned = _waiting(request, token)
    table = read_file(kept.path, kept.name, encoding=kept.encoding)
    cells_of = {row.line: row.cells for row in table.rows}
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rejected-rows.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=table.delimiter or ",")
    writer.writerow([*table.headings.values(), _("Row"), _("Column"), _("Reason"), _("What to do")])
    for reject in planned.rejects:
        cells = cells_of[reject.line]
        line = [*(cells[name] for name in table.headings), reject.line, reject.column, reject.reason, reject.remedy]
        writer.writerow([_harmless(str(cell)) for cell in line])
    return response


def _harmless(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@require_POST
@require(Permission.MANAGE_PEOPLE)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Write what the preview showed; when the people changed since, show the preview again."""
    user = _only_whole(request)
    kept, planned = _waiting(request, token)
    try:
        if request.POST.get("fingerprint") != _fingerprint(planned):
            raise Stale(_("The people changed since this preview. Look at it again and confirm."))
        apply(planned, by=user, file_name=kept.name, sha256=kept.sha256)
    except (Stale, Stopped) as error:
        messages.error(request, str(error))
        return _preview_page(request, *_waiting(request, token), status=409)
    waiting.drop(kept)
    written = len(planned.changes)
    messages.success(
        request,
        ngettext("Imported. %(count)d person was written.", "Imported. %(count)d people were written.", written)
        % {"count": written},
    )
    return redirect("people:employees")


@require_POST
@require(Permission.MANAGE_PEOPLE)
def discard(request: HttpRequest, token: str) -> HttpResponse:
    """Throw the uploaded file away."""
    kept = waiting.find(token, by=_only_whole(request).pk)
    if kept:
        waiting.drop(kept)
        messages.info(request, _("The file was discarded; nothing was imported."))
    return redirect("people:import")
