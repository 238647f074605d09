"""HR's pages of series: what recurs, planning and changing it with a live preview, pausing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from surveys.instruments import editing, library
from surveys.instruments.loading import frozen_items, latest_version, load_library
from surveys.instruments.models import Instrument
from surveys.waves import audience, forecast, hours, schedule, series_words
from surveys.waves import series as series_service
from surveys.waves.form_fields import rows_for, usual_blackouts
from surveys.waves.forms import SeriesForm, first_day, initial_of
from surveys.waves.models import Series, Wave
from surveys.waves.views import manages, with_tone

SHOWN = 6
CALENDAR = 60


@dataclass
class Preview:
    """What the typed series would do. ``errors`` stay with the form; here stands what can be told."""

    occurrences: list[dict[str, Any]] = field(default_factory=list)
    reminders: list[Any] = field(default_factory=list)
    people: int = 0
    each: int = 0
    minutes: int = 0
    words: str = ""
    more: int = 0
    changes: list[series_service.Change] = field(default_factory=list)
    ready: bool = False


@require(Permission.SEE_PARTICIPATION)
@require_safe
def wave_list(request: HttpRequest) -> HttpResponse:
    waves = Prefetch("waves", Wave.objects.defer("snapshot", "curve", "public_key").order_by("number"))
    every = Series.objects.select_related("instrument").prefetch_related(waves).order_by("-active", "name", "pk")
    page = Paginator(every, 20).get_page(request.GET.get("page"))
    rows = [_row(one) for one in page]
    return render(request, "surveys/waves/list.html", {"rows": rows, "page": page, "manages": manages(request)})


def _row(series: Series) -> dict[str, Any]:
    """The open wave, the next ones and the last ones: what a reader looks for; the rest is on the series' page."""
    waves = list(series.waves.all())
    upcoming = [wave for wave in waves if wave.state in series_service.WAITING]
    begun = [wave for wave in waves if wave.state not in series_service.WAITING]
    shown = [*begun[-(SHOWN // 2) :], *upcoming][:SHOWN]
    return {
        "series": series,
        "waves": [with_tone(wave) for wave in shown],
        "more": len(waves) - len(shown),
        "often": series_words.rule_words(series),
    }


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_series(request: HttpRequest) -> HttpResponse:
    if not Instrument.objects.exists():
        load_library()
    return _edit(request, None)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_series(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Series.objects.select_related("instrument"), pk=pk))


@require(Permission.MANAGE_SURVEYS)
@require_POST
def preview(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """The calendar beside the form, for htmx: what was typed so far."""
    series = get_object_or_404(Series, pk=pk) if pk else None
    form, rows = _typed(request, series)
    context = {"preview": _preview(form, rows, series), "form": form, "rows": rows, "series": series, "live": True}
    return render(request, "surveys/waves/_series_preview.html", context)


def _typed(request: HttpRequest, series: Series | None) -> tuple[SeriesForm, BaseFormSet]:
    today = series_service.today_here()
    form = SeriesForm(request.POST, today=today, changed=series)
    return form, rows_for([], request.POST, more="more" in request.POST)


def _untyped(series: Series | None) -> tuple[SeriesForm, BaseFormSet]:
    today = series_service.today_here()
    if series is None:
        initial: dict[str, Any] = {"first_opens_on": first_day(today)}
        return SeriesForm(today=today, initial=initial), rows_for(usual_blackouts(today))
    form = SeriesForm(today=today, changed=series, initial=initial_of(series))
    return form, rows_for(hours.read_blackouts(series.blackout))


def _edit(request: HttpRequest, series: Series | None) -> HttpResponse:
    if request.method != "POST":
        form, rows = _untyped(series)
        return _page(request, form, rows, series, _first_preview(form, rows, series))
    form, rows = _typed(request, series)
    sound = form.is_valid() and rows.is_valid()
    if "more" in request.POST or "look" in request.POST:
        seen = _preview(form, rows, series)
        if "more" in request.POST:
            # Nothing was to be judged yet.
            form.errors.clear()
        return _page(request, form, rows, series, seen, status=400 if form.errors else 200)
    if sound:
        try:
            with transaction.atomic():
                made = _save(request, form, rows, series)
        except ValidationError as error:
            form.refuse(_by_field(error))
        else:
            return made
    return _page(request, form, rows, series, _preview(form, rows, series), status=400)


def _save(request: HttpRequest, form: SeriesForm, rows: BaseFormSet, series: Series | None) -> HttpResponse:
    values = form.arguments(_blackouts(rows))
    if values["instrument"].pk is None:
        values["instrument"] = editing.take_from_library(by=_employee(request), key=values["instrument"].key)
    if series is not None:
        made = series_service.change(series, by=_employee(request), today=series_service.today_here(), **values)
        touched = sum(one.kind != "same" for one in made)
        told = _("The series is changed.") if touched else _("Saved. No date has changed.")
        messages.success(request, told)
        return redirect("waves:series", series.pk)
    new = series_service.create(by=_employee(request), **values)
    messages.success(request, _("“%(name)s” is planned. Check its first wave.") % {"name": new})
    return redirect("waves:detail", new.waves.order_by("number").values_list("pk", flat=True)[0])


def _by_field(error: ValidationError) -> dict[str, Any]:
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


def _page(
    request: HttpRequest,
    form: SeriesForm,
    rows: BaseFormSet,
    series: Series | None,
    seen: Preview,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "rows": rows, "series": series, "preview": seen}
    return render(request, "surveys/waves/new.html", context, status=status)


def _blackouts(rows: BaseFormSet) -> list[hours.Blackout]:
    return [found for row in rows.forms if (found := row.blackout())]


def _first_preview(form: SeriesForm, rows: BaseFormSet, series: Series | None) -> Preview:
    """The preview of an untouched form: as if its first values had been typed."""
    data = {name: form.get_initial_for_field(one, name) for name, one in form.fields.items()}
    data = {name: value for name, value in data.items() if value is not None and value is not False}
    if series is None:
        data["name"] = "-"
    if series is None and (first := Instrument.objects.order_by("key").first()):
        data["instrument"] = first.pk
    elif series is not None:
        data["instrument"] = series.instrument_id
    typed = SeriesForm(data, today=form.today, changed=form.changed)
    blackouts = usual_blackouts(form.today) if series is None else hours.read_blackouts(series.blackout)
    return _seen(typed, blackouts, series) if typed.is_valid() else Preview()


def _preview(form: SeriesForm, rows: BaseFormSet, series: Series | None) -> Preview:
    form.is_valid()
    # What a plan does not need may be missing still.
    needed = {"first_opens_on", "repeat", "lasts", "rule", "open_days", "instrument", "who", "audience", "numbers"}
    if set(form.errors) & needed or not rows.is_valid():
        return Preview()
    if set(form.errors) - {"name"}:
        return Preview()
    form.cleaned_data.setdefault("name", "-")
    return _seen(form, _blackouts(rows), series)


def _seen(form: SeriesForm, blackouts: list[hours.Blackout], series: Series | None) -> Preview:
    values = form.arguments(blackouts)
    values["name"] = values["name"] or "-"
    tried = Series.objects.get(pk=series.pk) if series else Series()
    for name, value in values.items():
        setattr(tried, name, value)
    if errors := series_service.check(tried):
        form.refuse(errors)
        return Preview()
    today = form.today
    ahead = [one for one in series_service.plan(tried, today=today) if one.closes >= today]
    first = next(iter(ahead), None)
    people = forecast.headcount(tried, max(today, tried.first_opens_on))
    items = _items_of(tried.instrument)
    links = audience.active_links(today)
    return Preview(
        occurrences=[{"at": one, "moved": series_words.moved_words(one)} for one in ahead[:CALENDAR]],
        more=max(0, len(ahead) - CALENDAR),
        reminders=schedule.reminder_days(
            first.opens,
            first.closes,
            every=tried.reminder_every,
            most=max(tried.reminder_most, len(tried.reminder_days)),
            days=tried.reminder_days,
            blackouts=blackouts,
        )
        if first and tried.reminder_most
        else [],
        people=people,
        each=-(-people // tried.panel),
        minutes=audience.minutes_for(items, tried, links),
        words=series_words.rule_words(tried),
        changes=series_service.changes(tried, today=today) if series else [],
        ready=True,
    )


def _items_of(instrument: Instrument) -> list[dict[str, Any]]:
    if instrument.pk is None:
        return library.entry(instrument.key).content["items"]
    version = latest_version(instrument)
    return frozen_items(version) if version else []


@require(Permission.SEE_PARTICIPATION)
@require_safe
def series_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole calendar of a series, with the reasons for moved days, and whom it asks how."""
    series = get_object_or_404(Series.objects.select_related("instrument"), pk=pk)
    waves = list(series.waves.defer("snapshot", "curve", "public_key").order_by("number"))
    for wave in waves:
        wave.series = series
    rows = [
        {
            **with_tone(wave),
            "moved": series_words.late_words(wave) if wave.state in series_service.WAITING else "",
        }
        for wave in waves
    ]
    next_wave = next((wave for wave in waves if wave.state in series_service.WAITING), None)
    context = {
        "series": series,
        "rows": rows,
        "next": next_wave,
        "open": next((wave for wave in waves if wave.state == Wave.State.OPEN), None),
        "often": series_words.rule_words(series),
        "blackouts": hours.read_blackouts(series.blackout),
        "people": forecast.headcount(series, series_service.today_here()),
        "units": list(_unit_names(series)),
        "zone": series_service.zone_of(series),
        "manages": manages(request),
    }
    return render(request, "surveys/waves/series.html", context)


def _unit_names(series: Series) -> list[str]:
    nodes = {node.id: node.name for node in audience.unit_nodes()} if series.audience else {}
    return [nodes[unit] for unit in series.audience if unit in nodes]


@require(Permission.MANAGE_SURVEYS)
@require_POST
def pause_series(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    series = get_object_or_404(Series, pk=pk)
    if verb == "pause":
        done = series_service.pause(series, by=_employee(request))
        told = _("No wave opens until you go on. An open one goes on.")
    else:
        done = series_service.resume(series, by=_employee(request), today=series_service.today_here())
        told = _("Waves open again on their days.")
    if done:
        messages.success(request, told)
    return redirect("waves:series", pk)


def _employee(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user
