"""Signing off behaviour: the manager's or trainer's page of one person, one's own page, and HR's rules."""

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

from culture.access.permissions import Permission, require, visible_units
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training import observed, observing, queries, slot_words, standing_slots
from programs.training.observation_models import Observation
from programs.training.slots import Needed

MOST = {"sightings": 20, "observers": 20, "days": 730}


class ObservationForm(forms.Form):
    """One tap notes a behaviour for today; the day and a note can be given with it."""

    behaviour = forms.ModelChoiceField(
        queryset=Behaviour.objects.all(),
        to_field_name="code",
        error_messages={"required": gettext_lazy("Tap what you saw of which behaviour.")},
    )
    what = forms.ChoiceField(
        choices=Observation.What.choices,
        error_messages={"required": gettext_lazy("Tap Seen, Not yet or Not applicable.")},
    )
    on = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=gettext_lazy("What you saw, if you want to say it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The person reads it, and so do those who lead or train him."),
    )


@require(Permission.SEE_TEAM_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What was seen of somebody in one's own units; three buttons for each behaviour."""
    who = _of_mine(request, pk)
    form = ObservationForm(_tapped(request) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _note(request, who, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            told = _("Noted: %(behaviour)s, %(what)s.")
            words = {"behaviour": made.behaviour.label, "what": made.get_what_display()}
            messages.success(request, told % words)
            return redirect("training:person", pk)
    today = timezone.localdate()
    rows = observed.of_person(who, today)
    context = {
        "person": who,
        "rows": rows,
        "granted": sum(row.granted for row in rows),
        "form": form,
        "choices": Observation.What.choices,
        "mine": {note.pk for row in rows for note in row.notes if _may_withdraw(request, note)},
        **slot_words.told(standing_slots.of_people([who], today, _me(request))[who.pk]),
    }
    return render(request, "programs/training/person.html", context, status=422 if form.errors else 200)


def _tapped(request: HttpRequest) -> dict[str, str]:
    """A button carries behaviour and verdict in one, ``A1:seen``, so that one tap is enough."""
    behaviour, _mark, what = request.POST.get("tap", "").partition(":")
    return {**request.POST.dict(), "behaviour": behaviour, "what": what}


def _note(request: HttpRequest, who: Employee, data: dict[str, Any]) -> Observation:
    return observing.observe(
        by=_me(request),
        employee=who,
        behaviour=data["behaviour"],
        what=data["what"],
        on=data["on"] or timezone.localdate(),
        note=data["note"],
    )


def _may_withdraw(request: HttpRequest, note: Observation) -> bool:
    fresh = timezone.now() - note.at <= observing.REGRET
    return fresh and note.withdrawn_at is None and note.observer == request.user


@require(Permission.SEE_TEAM_TRAINING)
@require_POST
def withdraw(request: HttpRequest, pk: int, observation_pk: int) -> HttpResponse:
    who = _of_mine(request, pk)
    row = get_object_or_404(Observation, pk=observation_pk, employee=who, observer=_me(request))
    try:
        observing.withdraw(by=_me(request), observation=row)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Withdrawn: it no longer counts."))
    return redirect("training:person", pk)


@require(Permission.DO_TRAINING)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What others saw of oneself, with every note."""
    rows = observed.of_person(_me(request), timezone.localdate())
    context = {"rows": rows, "granted": sum(row.granted for row in rows), "any": any(row.notes for row in rows)}
    return render(request, "programs/training/my_behaviours.html", context)


@require(Permission.WRITE_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """How often, by how many and within how many days a behaviour must be seen."""
    form = RulesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        observing.set_rules(by=_me(request), needed=form.needed())
        messages.success(request, _("Saved. What was granted stays granted."))
        return redirect("training:sighting_rules")
    return render(request, "programs/training/sighting_rules.html", {"form": form}, status=422 if form.errors else 200)


class RulesForm(forms.Form):
    """Three numbers for all behaviours (``all_…``), and for each that shall differ (``b<id>_…``, else empty)."""

    def __init__(self, data: Any = None) -> None:
        known = observing.rules()
        self.behaviours = list(Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE))
        self.keys: dict[str, int | None] = {"all": None, **{f"b{one.pk}": one.pk for one in self.behaviours}}
        initial = {
            f"{prefix}_{part}": getattr(known[key], part)
            for prefix, key in self.keys.items()
            if key in known
            for part in MOST
        }
        super().__init__(data, initial=initial)
        labels = {
            "sightings": _("Times seen"),
            "observers": _("By at least so many"),
            "days": _("Within so many days"),
        }
        for prefix, key in self.keys.items():
            for part, most in MOST.items():
                made = forms.IntegerField(label=labels[part], min_value=1, max_value=most, required=key is None)
                made.needed_when_used = True  # type: ignore[attr-defined]
                self.fields[f"{prefix}_{part}"] = made

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for prefix in self.keys:
            values = {part: data.get(f"{prefix}_{part}") for part in MOST}
            empty = [part for part, value in values.items() if not value]
            if empty and len(empty) < len(MOST) and f"{prefix}_{empty[0]}" not in self.errors:
                self.add_error(f"{prefix}_{empty[0]}", _("Fill in all three, or none of them."))
            elif not empty and (values["observers"] or 0) > (values["sightings"] or 0):
                self.add_error(f"{prefix}_observers", _("More observers than times seen can never be met."))
        return data

    def needed(self) -> dict[int | None, Needed | None]:
        data = self.cleaned_data
        return {
            key: Needed(*(data[f"{prefix}_{part}"] for part in MOST)) if data[f"{prefix}_sightings"] else None
            for prefix, key in self.keys.items()
        }

    def rows(self) -> list[dict[str, Any]]:
        """For the page: the behaviour and its three fields."""
        return [{"behaviour": one, "fields": [self[f"b{one.pk}_{part}"] for part in MOST]} for one in self.behaviours]

    def for_all(self) -> list[forms.BoundField]:
        return [self[f"all_{part}"] for part in MOST]


def _of_mine(request: HttpRequest, pk: int) -> Employee:
    units = visible_units(request.user, Permission.SEE_TEAM_TRAINING)
    return get_object_or_404(queries.team(units, _me(request), timezone.localdate()), pk=pk)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
