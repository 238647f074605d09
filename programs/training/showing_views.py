"""HR says which attitudes show a requirement to others: what *can* and *keep* rest on."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.training import showing


class ShowingForm(forms.Form):
    """One field of boxes for each requirement, named after its code."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.shown = showing.rows()
        self.attitudes = showing.attitudes()
        choices = [(str(one.pk), one.label) for one in self.attitudes]
        for row in self.shown:
            field = forms.MultipleChoiceField(choices=choices, required=False, label=row.requirement.label)
            self.fields[row.requirement.code] = field

    def wanted(self) -> dict[str, set[int]]:
        return {code: {int(pk) for pk in self.cleaned_data[code]} for code in self.fields}

    def rows(self) -> list[dict[str, Any]]:
        """For the page: the requirement, and for each attitude whether it is ticked and whether it is suggested."""
        found = []
        for row in self.shown:
            code = row.requirement.code
            ticked = {str(one.pk) for one in row.shown}
            if self.is_bound:
                ticked = set(self.data.getlist(code))  # type: ignore[attr-defined]
            cells = [(one, str(one.pk) in ticked, one in row.suggested) for one in self.attitudes]
            found.append({"requirement": row.requirement, "decided": row.decided, "cells": cells, "any": bool(ticked)})
        return found


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def shown_by(request: HttpRequest) -> HttpResponse:
    """Which attitudes show each requirement; back to the suggestion at once."""
    if request.method == "POST" and request.POST.get("do") == "suggest":
        suggested = {row.requirement.code: {one.pk for one in row.suggested} for row in showing.rows()}
        return _decided(request, suggested)
    form = ShowingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _decided(request, form.wanted())
    context = {"form": form, "rows": form.rows(), "attitudes": form.attitudes}
    context["decided"] = sum(row.decided for row in form.shown)
    return render(request, "programs/training/shown_by.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, wanted: dict[str, set[int]]) -> HttpResponse:
    count = showing.decide(by=cast(Employee, request.user), wanted=wanted)
    told = ngettext("Saved: %(n)s requirement changed.", "Saved: %(n)s requirements changed.", count) % {"n": count}
    messages.success(request, told if count else _("Saved. Nothing changed."))
    return redirect("training:shown_by")
