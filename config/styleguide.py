"""The living gallery of every component, for those who build pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import user_passes_test
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TODAY = dt.date(2026, 11, 22)
WAVES = ["Spring 24", "Autumn 24", "Spring 25", "Autumn 25", "Spring 26", "Autumn 26"]
SCORES = {"Want": [48, 50, 55, 60, 64, 68], "Know": [43, 49, 57, 63, 68, 72], "Can": [46, 47, 50, 51, 50, 51]}
STAGES = [
    ("Information", dt.date(2026, 1, 1), dt.date(2026, 8, 22)),
    ("Attitude", dt.date(2026, 8, 23), dt.date(2027, 7, 31)),
    ("Behaviour", dt.date(2027, 8, 1), dt.date(2028, 8, 31)),
    ("Culture", dt.date(2028, 9, 1), dt.date(2029, 12, 31)),
]
COHORTS = [
    ("Branches South", dt.date(2026, 3, 1)),
    ("Call centre", dt.date(2026, 6, 1)),
    ("Branches North", dt.date(2026, 9, 1)),
    ("Logistics", dt.date(2027, 2, 15)),
    ("Head office", dt.date(2027, 6, 1)),
]
UNITS: list[dict[str, Any]] = [
    {"unit": "Branches South", "answered": "88 %", "cells": [74, 77, 62, 69], "barrier": ""},
    {"unit": "Call centre", "answered": "84 %", "cells": [64, 73, 54, 59], "barrier": "can"},
    {"unit": "Branches North", "answered": "79 %", "cells": [70, 91, 43, 55], "barrier": "can"},
    {"unit": "Logistics", "answered": "76 %", "cells": [22, 63, 31, 44], "barrier": "want"},
    {"unit": "Legal", "answered": "–", "cells": [], "barrier": ""},
]
ANSWERS = ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"]
LESSON = """## Why a promise needs a date

People forgive *slow*; they do not forgive **not knowing**. Three habits:

1. Say when, even if it is a guess.
2. Call before the date, not after it.
3. If it slips, say what happens instead.

> "I will call you on Tuesday, whatever I know by then."
"""


class SampleForm(forms.Form):
    """One field of every kind, bound to something wrong, so that errors can be seen."""

    name = forms.CharField(label="Name of the program", help_text="People will see it on every page.")
    starts_on = forms.DateField(label="Starts on")
    people = forms.IntegerField(label="People", required=False)
    owner = forms.ChoiceField(label="Owner", choices=[("", "Choose…"), ("1", "Marta Rossi"), ("2", "K. Meyer")])
    story = forms.CharField(label="What happened?", widget=forms.Textarea, required=False)
    rhythm = forms.ChoiceField(
        label="How often do we ask?",
        choices=[("3", "Every 3 months"), ("6", "Every 6 months")],
        widget=forms.RadioSelect,
    )
    units = forms.MultipleChoiceField(
        label="Units", choices=[("1", "Retail"), ("2", "Services")], widget=forms.CheckboxSelectMultiple, required=False
    )
    sheet = forms.FileField(label="Spreadsheet", required=False, help_text="CSV or XLSX, up to 10 MB.")
    public = forms.BooleanField(label="Everybody may see it", required=False)


def trend() -> dict[str, Any]:
    """A line for each dimension, labelled at its end."""
    values = [
        {"wave": wave, "dimension": name, "index": scores[n]}
        for name, scores in SCORES.items()
        for n, wave in enumerate(WAVES)
    ]
    colour = {
        "field": "dimension",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(SCORES), "range": ["#c4510a", "#0b63a5", "#0a7d5a"]},
    }
    x = {"field": "wave", "type": "ordinal", "sort": None, "title": None}
    y = {"field": "index", "type": "quantitative", "title": "index", "scale": {"domain": [0, 100]}}
    last = f"datum.wave == '{WAVES[-1]}'"
    label = {"text": {"field": "dimension", "type": "nominal"}}
    return {
        "data": {"values": values},
        "encoding": {"x": x, "y": y, "color": colour},
        "layer": [
            {"mark": "line"},
            {"mark": "point", "transform": [{"filter": last}]},
            {"mark": {"type": "text", "align": "left", "dx": 8}, "transform": [{"filter": last}], "encoding": label},
        ],
    }


def _staff(user: Any) -> bool:
    if user.is_authenticated and not user.is_staff:
        raise PermissionDenied
    return bool(user.is_authenticated)


@user_passes_test(_staff)
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once, with invented data; staff only."""
    bound = SampleForm({"name": "Service First", "starts_on": "tomorrow-ish", "rhythm": "4", "owner": ""})
    context = {
        "stages": [{"label": label, "starts_on": start, "ends_on": end} for label, start, end in STAGES],
        "cohorts": [{"name": name, "starts_on": start} for name, start in COHORTS],
        "today": TODAY,
        "units": UNITS,
        "trend": trend(),
        "trend_table": [{"Wave": wave} | {name: SCORES[name][n] for name in SCORES} for n, wave in enumerate(WAVES)],
        "form": bound,
        "answers": ANSWERS,
        "lesson": LESSON,
        "page": Paginator(range(200), 10).page(7),
        "steps": ["Charter", "Stages", "Cohorts", "Training", "Surveys", "Review"],
        "swatches": [
            "paper",
            "card",
            "ink",
            "soft",
            "line",
            "brand",
            "brand-soft",
            "want",
            "know",
            "can",
            "bad",
            "warn",
        ],
        "icons": [
            "house",
            "users",
            "gauge",
            "heart-handshake",
            "graduation-cap",
            "audio-waveform",
            "chart-column",
            "lock",
            "circle-check",
        ],
    }
    return render(request, "styleguide.html", context)
