"""One's own view of want, know and can: looked at, kept, shared, taken back."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.framework.models import Requirement
from culture.people.models import Employee
from programs.training import self_views
from programs.training.content_models import LONGEST_NOTE

SCALE = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]


class SelfViewForm(forms.Form):
    want = forms.ChoiceField(label=self_views.WORDS["want"], choices=SCALE, widget=forms.RadioSelect)
    know = forms.ChoiceField(label=self_views.WORDS["know"], choices=SCALE, widget=forms.RadioSelect)
    can = forms.ChoiceField(label=self_views.WORDS["can"], choices=SCALE, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("What helps you, what holds you back"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    share = forms.BooleanField(required=False)

    def __init__(self, *args: Any, manager: Employee | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if manager is None:
            del self.fields["share"]
        else:
            self.fields["share"].label = _("Share it with %(name)s") % {"name": manager.name}


@require(Permission.DO_TRAINING)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    rows = self_views.of(_me(request))
    shared = sum(bool(row.now and row.now.shared_with_id) for row in rows)  # type: ignore[attr-defined]
    context = {"rows": rows, "seen": sum(row.now is not None for row in rows), "shared": shared}
    return render(request, "programs/training/self_views.html", context)


@require(Permission.DO_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    requirement = get_object_or_404(Requirement, code=code)
    me = _me(request)
    row = next((one for one in self_views.of(me) if one.requirement == requirement), None)
    last = row.now if row else None
    start = {slot: str(getattr(last, slot)) for slot in self_views.SLOTS} if last else {}
    share = bool(last and last.shared_with_id and last.shared_with_id == me.manager_id)  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else None
    initial = {**start, "note": last.note if last else "", "share": share}
    form = SelfViewForm(data, initial=initial, manager=me.manager)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            self_views.keep(
                by=me,
                requirement=requirement,
                scores={slot: int(given[slot]) for slot in self_views.SLOTS},
                note=given["note"],
                share=bool(given.get("share")),
                today=timezone.localdate(),
                now=timezone.now(),
            )
            told = _("Kept and shared.") if given.get("share") else _("Kept. Only you can read it.")
            messages.success(request, told)
            return redirect("training:self_views")
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "requirement": requirement,
        "form": form,
        "scales": [form[slot] for slot in self_views.SLOTS],
        "earlier": ([row.now, *row.earlier] if row and row.now else []),
        "manager": me.manager,
    }
    return render(request, "programs/training/self_view.html", context, status=422 if form.errors else 200)


@require(Permission.DO_TRAINING)
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """One requirement (``code``), or all that is shared."""
    code = request.POST.get("code", "")
    requirement = get_object_or_404(Requirement, code=code) if code else None
    self_views.take_back(by=_me(request), requirement=requirement)
    messages.success(request, _("Nobody else can read it any more."))
    return redirect("training:self_views")


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
