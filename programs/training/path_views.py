"""HR's pages of paths: the list, the editor, for whom they are, who stands where, files."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from typing import Any, cast

import xlsxwriter
from dateutil.relativedelta import relativedelta
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import audit
from culture.access.permissions import Permission, can, require, sees_everything, visible_units
from culture.people.exporting import harmless
from culture.people.models import Employee, Unit
from programs.training import files_out, matching, path_forms, path_queries, paths
from programs.training.models import Course
from programs.training.path_models import Path, PathRule
from programs.training.path_rules import Conditions

PAGE = 50
TABS = {"step": gettext_lazy("By step"), "cohort": gettext_lazy("By cohort"), "unit": gettext_lazy("By unit")}
UNITS_SHOWN = 60


def my_units(request: HttpRequest) -> QuerySet[Unit] | None:
    """The units whose people the reader sees; None: all."""
    if sees_everything(request.user, Permission.MANAGE_TRAINING):
        return None
    return visible_units(request.user, Permission.MANAGE_TRAINING)


def asked_day(request: HttpRequest) -> dt.date:
    """The day a page is asked for, ``?on=``; today for none, for one to come, and for what is no day."""
    today = timezone.localdate()
    try:
        return min(dt.date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


@require(Permission.MANAGE_TRAINING)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    rows = path_queries.listed(my_units(request))
    context = {
        "rows": rows,
        "can_write": can(request.user, Permission.WRITE_COURSES),
        "risk": sum(row["counts"].risk for row in rows if row["path"].state == Path.State.RUNNING),
        "has_courses": Course.objects.filter(versions__published_at__isnull=False).exists(),
    }
    return render(request, "programs/training/paths_list.html", context)


@require(Permission.MANAGE_TRAINING)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    path = get_object_or_404(Path, pk=pk)
    today, day, units = timezone.localdate(), asked_day(request), my_units(request)
    tab = request.GET.get("by", "step")
    tab = tab if tab in TABS else "step"
    found = path_queries.overview(path, tab, today=today, day=day, units=units)
    page = Paginator(found.rows, UNITS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "path": path,
        "day": day,
        "is_today": day == today,
        "today": today,
        "tab": tab,
        "tabs": TABS.items(),
        "page": page,
        "found": found,
        "people": path_queries.held(path, day, units).count(),
        "steps": paths.plans(path),
        "rules": [(rule, path_queries.say(rule)) for rule in matching.in_force(path)],
        "can_write": can(request.user, Permission.WRITE_COURSES),
    }
    return render(request, "programs/training/paths_detail.html", context)


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Path, pk=pk))


def _edit(request: HttpRequest, path: Path | None) -> HttpResponse:
    today = timezone.localdate()
    start = (
        path_forms.saved(path, paths.plans(path)) if path else path_forms.blank(today, today + relativedelta(years=1))
    )
    if request.method != "POST":
        return _editor(request, path_forms.PathForm(initial=start), path)
    again = _shown_again(request)
    if again is not None:
        return _editor(request, path_forms.PathForm(initial=again), path)
    form = path_forms.PathForm(request.POST, initial=start)
    if form.is_valid():
        try:
            saved = _save(request, form, path)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The path is saved."))
            return redirect("training:path" if saved.rules.exists() else "training:path_rules", saved.pk)
    return _editor(request, form, path, status=422)


def _save(request: HttpRequest, form: path_forms.PathForm, path: Path | None) -> Path:
    data = form.cleaned_data
    return paths.save(
        by=_me(request),
        path=path,
        name=data["name"],
        summary=data["summary"],
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
        steps=form.steps(),
        also_under_way=data["also_under_way"],
    )


def _shown_again(request: HttpRequest) -> dict[str, Any] | None:
    """The values for a page whose steps only grow, shrink or move; None when the person saves."""
    data = request.POST
    if "add" in data:
        return path_forms.one_more(data)
    order = list(range(path_forms.count_of(data)))
    word, _mark, number = str(data.get("step", "")).partition(":")
    if not number.isdigit() or int(number) not in order:
        return None
    place = int(number)
    if word == "remove":
        order.remove(place)
    elif word == "up" and place > 0:
        order[place - 1], order[place] = order[place], order[place - 1]
    return path_forms.moved(data, order)


def _editor(request: HttpRequest, form: path_forms.PathForm, path: Path | None, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "path": path, "has_subjects": any(options for _g, options in form.choices[1:])}
    return render(request, "programs/training/paths_edit.html", context, status=status)


# -- for whom --------------------------------------------------------------------------------------------------------


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules; a new, changed or ended one is first shown with whom it would touch, and then applied."""
    path = get_object_or_404(Path, pk=pk)
    today = timezone.localdate()
    changing = _rule(request, path)
    form = path_forms.RuleForm(request.POST if request.method == "POST" else None, rule=changing)
    context: dict[str, Any] = {"path": path, "changing": changing, "today": today}
    status = 200
    if request.method == "POST":
        try:
            add = _wanted(request, form)
            if "apply" in request.POST:
                paths.change_rules(by=_me(request), path=path, add=add, drop=changing.pk if changing else None)
                messages.success(request, _("The rules are changed."))
                return redirect("training:path_rules", pk)
            proposed = paths.proposed(path, add=add, drop=changing.pk if changing else None, today=today)
            context["preview"] = matching.preview(path, proposed, today)
            context["dropping"] = add is None
            context["said"] = path_queries.say(proposed[-1]) if add is not None else path_queries.say(changing)  # type: ignore[arg-type]
        except ValidationError as error:
            status = 422
            _refuse(form, error)
    context["form"] = form
    context["rules"] = [(rule, path_queries.say(rule)) for rule in matching.in_force(path)]
    return render(request, "programs/training/paths_rules.html", context, status=status)


def _rule(request: HttpRequest, path: Path) -> PathRule | None:
    asked = request.POST.get("rule") or request.GET.get("rule") or ""
    if not asked:
        return None
    if not asked.isdigit() or len(asked) > 18:
        raise Http404
    return get_object_or_404(path.rules.filter(ended_on__isnull=True), pk=int(asked))


def _wanted(request: HttpRequest, form: path_forms.RuleForm) -> Conditions | None:
    """What the rule shall be; None: it shall end."""
    if "drop" in request.POST:
        return None
    if not form.is_valid():
        raise ValidationError([])
    conditions = form.conditions()
    if conditions.empty:
        raise ValidationError(_("Say for whom: at least one condition, or everybody."))
    if conditions.everybody and conditions != Conditions(everybody=True):
        raise ValidationError({"everybody": [_("Everybody, or those of the conditions: not both.")]})
    return conditions


def _refuse(form: Any, error: ValidationError) -> None:
    form.is_valid()
    if not hasattr(error, "error_dict"):
        for text in error.messages:
            form.add_error(None, text)
        return
    for key, texts in error.message_dict.items():
        form.add_error(key if key in form.fields else None, texts)


@require(Permission.WRITE_COURSES)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Start it, end it, or throw a draft away."""
    path = get_object_or_404(Path, pk=pk)
    try:
        told, where = _do(request, path, request.POST.get("do", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("training:path", pk)
    messages.success(request, told)
    return redirect("training:paths") if where is None else redirect("training:path", where)


def _do(request: HttpRequest, path: Path, what: str) -> tuple[str, int | None]:
    if what == "start":
        here = paths.start(by=_me(request), path=path)
        if here.evaluate:
            return _("It is running. Its people are put on it within a minute."), path.pk
        count = path.enrolments.filter(ended_on__isnull=True).count()
        return ngettext("%(n)s person is on it.", "%(n)s people are on it.", count) % {"n": count}, path.pk
    if what == "end":
        count = paths.end(by=_me(request), path=path)
        told = ngettext("It was ended for %(n)s person.", "It was ended for %(n)s people.", count) % {"n": count}
        return told + " " + _("What was done is kept."), path.pk
    if what == "delete":
        paths.delete(by=_me(request), path=path)
        return _("The draft is thrown away."), None
    raise ValidationError(_("Choose what to do with the path."))


# -- files -----------------------------------------------------------------------------------------------------------


@require(Permission.MANAGE_TRAINING)
@require_safe
def export(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """Each person and step on a day, as CSV (streamed) or XLSX."""
    path, day = get_object_or_404(Path, pk=pk), asked_day(request)
    if form not in {"csv", "xlsx"}:
        raise Http404
    rows = path_queries.export_rows(path, day, my_units(request))
    audit.record(_me(request), "path.exported", path, name=path.name, on=day)
    name = f"path-{path.pk}-{day:%Y-%m-%d}.{form}"
    if form == "xlsx":
        return FileResponse(_xlsx(rows), as_attachment=True, filename=name)
    return files_out.csv_response(name, path_queries.HEAD, rows)


def _xlsx(rows: Iterator[list[Any]]) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("path")
    style = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, cell in enumerate(path_queries.HEAD):
        sheet.write_string(0, column, cell, book.add_format({"bold": True}))
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time()), style)
            elif cell:
                sheet.write_string(number, column, harmless(str(cell)))
    sheet.freeze_panes(1, 3)
    sheet.set_column(0, len(path_queries.HEAD) - 1, 18)
    book.close()
    file.seek(0)
    return file


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
