"""Action plans and promises: of the units one leads, and of one's own unit for everybody in it."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from culture.access.permissions import Permission, can, require, visible_units
from culture.framework.models import Requirement
from culture.people.models import Employee, Unit
from programs.planning import actions, judging
from programs.planning.action_models import Action
from surveys.waves.models import Wave

PAGE = 50
LATEST_WAVES = 6
WEEKS = dt.timedelta(weeks=8)
# state of the filter → the words of its tab
TABS = {
    "open": pgettext_lazy("actions", "Open"),
    "overdue": gettext_lazy("Overdue"),
    "promised": gettext_lazy("Promised to us"),
    "ended": gettext_lazy("Ended"),
}


class ActionForm(forms.Form):
    """``units``: those the reader plans for."""

    unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=Unit.objects.none())
    what = forms.CharField(
        label=gettext_lazy("What will be done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    number = forms.CharField(
        label=gettext_lazy("Who sees to it (employee number)"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty: you."),
    )
    due_on = forms.DateField(
        label=gettext_lazy("By when"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    promised_to = forms.ModelChoiceField(
        label=gettext_lazy("Promised to"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody: it is our own plan"),
        help_text=gettext_lazy(
            "A unit you serve. Its people read it, and when it is late; after its day the next survey asks them "
            "whether it was kept."
        ),
    )
    requirement = forms.ModelChoiceField(
        label=gettext_lazy("Which requirement it serves"), queryset=Requirement.objects.none(), required=False
    )
    wave = forms.ModelChoiceField(
        label=gettext_lazy("Which results it answers"), queryset=Wave.objects.none(), required=False
    )

    def __init__(
        self,
        data: Any,
        *,
        units: QuerySet[Unit],
        user: Employee,
        today: dt.date,
        promised_to: Unit | None = None,
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self.user, self.today = user, today
        # A promise stays with whom it was made, also when that unit was closed since.
        kept = Q(pk=promised_to.pk) if promised_to else Q()
        choices: dict[str, QuerySet[Any]] = {
            "unit": units.order_by("path"),
            "promised_to": Unit.objects.filter(Q(until__isnull=True) | kept).order_by("path"),
            "requirement": Requirement.objects.active(),
            "wave": Wave.objects.filter(
                pk__in=Wave.objects.filter(state=Wave.State.RELEASED).order_by("-closes_on").values("pk")[:LATEST_WAVES]
            ).select_related("series"),
        }
        labels = {
            "unit": lambda unit: unit.path,
            "promised_to": lambda unit: unit.path,
            "wave": lambda wave: f"{wave.series.name}, {wave.closes_on:%Y-%m-%d}",
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            if name in labels:
                self.fields[name].label_from_instance = labels[name]  # type: ignore[attr-defined]

    def clean_number(self) -> Employee:
        number = self.cleaned_data["number"].strip()
        if not number:
            return self.user
        found = Employee.objects.here(self.today).filter(number=number).first()
        if found is None:
            raise ValidationError(_("Nobody who works here has the number “%(number)s”.") % {"number": number})
        return found

    def plan(self) -> actions.Plan:
        data = dict(self.cleaned_data)
        return actions.Plan(owner=data.pop("number"), **data)

    def refuse(self, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for key, texts in error.message_dict.items():
            field = "number" if key == "owner" else key
            self.add_error(field if field in self.fields else None, texts)  # type: ignore[arg-type]


@require(Permission.DO_TRAINING)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Of the units one plans for; for everybody else of the own unit. What is late stands first."""
    today, units = timezone.localdate(), _read(request)
    rows = actions.of_units(units)
    tab = request.GET.get("show", "open")
    tab = tab if tab in TABS else "open"
    mine = _mine(request)
    late = actions.overdue(rows, today).count()
    shown = _tab(rows, tab, units, today)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    judged = judging.of(_me(request), page.object_list)
    told = [(row, judged.get(row.pk)) for row in page.object_list]
    context = {
        "tab": tab,
        "tabs": TABS.items(),
        "page": page,
        "told": told,
        "late": late,
        "today": today,
        "soon": today + actions.SOON,
        "can_plan": mine.exists(),
        "planned_for": {*mine.values_list("pk", flat=True), *actions.merged_into(mine)},
        "any": rows.exists(),
    }
    return render(request, "programs/planning/actions.html", context)


@require(Permission.DO_TRAINING)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One action or promise, with what those it was promised to say of it; for who reads it in the list."""
    action = get_object_or_404(actions.of_units(_read(request)), pk=pk)
    hr = can(_me(request), Permission.MANAGE_SURVEYS)
    judged = judging.of(_me(request), [action]).get(action.pk)
    asked_as = next(iter(judged.text.values()), "") if judged else ""
    context = {
        "action": action,
        "judged": judged,
        "asked_as": asked_as,
        "changed": judged is not None and (asked_as, judged.due_on) != (action.what, action.due_on),
        "today": timezone.localdate(),
        "soon": timezone.localdate() + actions.SOON,
        "plans": _mine(request).filter(pk=actions.became(action.unit).pk).exists(),  # type: ignore[union-attr]
        "names": judging.names_in({action.pk: action.what}).get(action.pk) if hr and action.promised_to_id else None,
    }
    return render(request, "programs/planning/action.html", context)


def _tab(rows: QuerySet[Action], tab: str, units: QuerySet[Unit], today: dt.date) -> QuerySet[Action]:
    if tab == "overdue":
        return actions.overdue(rows, today)
    if tab == "promised":
        return rows.filter(actions.among(units, "promised_to"))
    if tab == "ended":
        return rows.exclude(state=Action.State.OPEN).order_by("-ended_on", "-pk")
    return rows.filter(state=Action.State.OPEN)


@require(Permission.PLAN_ACTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    start = {"due_on": timezone.localdate() + WEEKS, "unit": request.GET.get("unit"), "wave": request.GET.get("wave")}
    if not start["unit"]:
        start["unit"] = str(_me(request).unit_id or "")
    return _edit(request, None, start)


@require(Permission.PLAN_ACTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    action = _own(request, pk)
    start = {
        "unit": actions.became(action.unit),
        "what": action.what,
        "number": action.owner.number,
        "due_on": action.due_on,
        "promised_to": actions.became(action.promised_to),
        "requirement": action.requirement,
        "wave": action.wave,
    }
    return _edit(request, action, start)


def _edit(request: HttpRequest, action: Action | None, start: dict[str, Any]) -> HttpResponse:
    today = timezone.localdate()
    data = request.POST if request.method == "POST" else None
    kept = start.get("promised_to")
    form = ActionForm(data, units=_mine(request), user=_me(request), today=today, initial=start, promised_to=kept)
    if request.method == "POST" and form.is_valid():
        try:
            if action is None:
                actions.plan(by=_me(request), plan=form.plan(), today=today)
            else:
                actions.change(by=_me(request), action=action, plan=form.plan(), today=today)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Everybody in the unit can read it."))
            _warn_of_names(request, form)
            return redirect("planning:actions")
    context = {"form": form, "action": action}
    return render(request, "programs/planning/action_edit.html", context, status=422 if form.errors else 200)


def _warn_of_names(request: HttpRequest, form: ActionForm) -> None:
    """Those a promise was made to are asked about it in its words."""
    what = form.cleaned_data["what"]
    if form.cleaned_data["promised_to"] is not None and (found := judging.names_in({0: what}).get(0)):
        text = _("It seems to name %(names)s. The next survey asks about it in these words: better name no person.")
        messages.warning(request, text % {"names": ", ".join(found)})


@require(Permission.PLAN_ACTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Done, with what came of it; or dropped, with the reason."""
    action = _own(request, pk)
    problems: list[str] = []
    if request.method == "POST":
        done, outcome = request.POST.get("do") == "done", request.POST.get("outcome", "")[:300]
        try:
            actions.end(by=_me(request), action=action, done=done, outcome=outcome, today=timezone.localdate())
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, _("Done.") if done else _("Dropped; your reason stands beside it."))
            return redirect("planning:actions")
    context = {"action": action, "problems": problems, "outcome": request.POST.get("outcome", "")}
    return render(request, "programs/planning/action_end.html", context, status=422 if problems else 200)


def _mine(request: HttpRequest) -> QuerySet[Unit]:
    """The open units the reader plans for."""
    if not can(_me(request), Permission.PLAN_ACTIONS):
        return Unit.objects.none()
    return visible_units(request.user, Permission.PLAN_ACTIONS).filter(until__isnull=True)


def _read(request: HttpRequest) -> QuerySet[Unit]:
    """The units whose plans the reader sees: those he plans for, and his own."""
    own = Unit.objects.filter(pk=_me(request).unit_id)
    if not can(_me(request), Permission.PLAN_ACTIONS):
        return own
    planned = visible_units(request.user, Permission.PLAN_ACTIONS).order_by().values("pk")
    return Unit.objects.filter(pk__in=planned) | own


def _own(request: HttpRequest, pk: int) -> Action:
    units = visible_units(request.user, Permission.PLAN_ACTIONS).order_by()
    rows = Action.objects.filter(actions.among(units, "unit"))
    return get_object_or_404(rows.select_related("unit", "owner", "promised_to", "requirement", "wave"), pk=pk)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
