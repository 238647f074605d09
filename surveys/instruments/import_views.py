"""Bringing in an XLSForm: all of it into a draft, or nothing and a list of what to repair."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from culture.access.permissions import Permission, require
from culture.people.models import Employee, Unit
from surveys.instruments import editing, showing, xlsform_check, xlsform_import
from surveys.instruments.content import MOST_ITEMS
from surveys.instruments.edit_views import back, by
from surveys.instruments.forms import ImportForm
from surveys.instruments.models import Instrument
from surveys.instruments.xlsform_import import Brought
from surveys.instruments.xlsform_sheets import Problem, Unusable

NOTES_SHOWN = 8


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read()
        try:
            brought = xlsform_import.bring(data)
        except Unusable as unusable:
            form.add_error("file", str(unusable))
        else:
            problems = brought.problems or _checked(data, brought)
            if not problems:
                instrument = _keep(by(request), brought, form.cleaned_data["into"])
                _tell(request, brought)
                return back(instrument)
    status = 400 if form.errors or problems else 200
    context = {"form": form, "problems": problems, "refused": len(problems)}
    return render(request, "surveys/instruments/import.html", context, status=status)


def _checked(data: bytes, brought: Brought) -> list[Problem]:
    if len(brought.content["items"]) > MOST_ITEMS:
        return [Problem(_("A questionnaire holds at most %(most)s questions.") % {"most": MOST_ITEMS}, "survey")]
    wanted = showing.rule_units(brought.content)
    gone = wanted - set(Unit.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if gone:
        told = _("A question is shown to people of unit %(unit)s, which does not exist here. Change “relevant”.")
        return [Problem(told % {"unit": unit}, "survey", 0, "relevant") for unit in sorted(gone)]
    return xlsform_check.check(data)


@transaction.atomic
def _keep(by_: Employee, brought: Brought, into: Instrument | None) -> Instrument:
    if into is None:
        return editing.create(
            by=by_,
            name=brought.name,
            purpose=brought.purpose,
            sources=brought.sources,
            content=brought.content,
            key=brought.key,
        )
    editing.draft(into, by=by_)
    editing.change(into, by=by_, what="import", edit=lambda _held: brought.content)
    return into


def _tell(request: HttpRequest, brought: Brought) -> None:
    n = len(brought.content["items"])
    told = ngettext("%(n)s question is imported, as a draft.", "%(n)s questions are imported, as a draft.", n)
    messages.success(request, told % {"n": n})
    for one in brought.notes[:NOTES_SHOWN]:
        row = _("row %(n)s") % {"n": one.row} if one.row else ""
        place = ", ".join(part for part in (one.sheet, row, one.column) if part)
        messages.warning(request, f"{place}: {one.text}")
    if len(brought.notes) > NOTES_SHOWN:
        rest = len(brought.notes) - NOTES_SHOWN
        messages.warning(request, _("… and %(n)s more of this kind. The editor shows what is missing.") % {"n": rest})
