"""How evenly people are recognised: what was released of each quarter, for HR."""

from __future__ import annotations

from typing import Any

from django.conf.locale import LANG_INFO
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from culture.access.permissions import Permission, require
from culture.framework.models import Requirement
from culture.people.models import Employee
from programs.recognition import equity
from programs.recognition.equity import TREE
from programs.recognition.equity_models import EquityRelease

REQUIREMENTS = "requirements"
BY: dict[str, Any] = {
    "unit": gettext_lazy("Units"),
    "site": gettext_lazy("Sites"),
    "tenure": gettext_lazy("Time in the company"),
    "language": gettext_lazy("Languages"),
    "contract": gettext_lazy("Contracts"),
    REQUIREMENTS: gettext_lazy("Training and thanks"),
}
QUESTIONS: dict[str, Any] = {
    "often": gettext_lazy("How often"),
    "told": gettext_lazy("How well told"),
    "value": gettext_lazy("Points"),
}
SIDES: dict[str, Any] = {"public": gettext_lazy("Public thanks"), "private": gettext_lazy("Private thanks")}
FINDINGS: dict[str, tuple[Any, Any]] = {
    "often": (
        gettext_lazy("%(name)s: thanked less often than others"),
        gettext_lazy("%(name)s: thanked more often than others"),
    ),
    "told": (
        gettext_lazy("%(name)s: their thanks say less than others’"),
        gettext_lazy("%(name)s: their thanks say more than others’"),
    ),
    "value": (
        gettext_lazy("%(name)s: fewer points with their thanks than others"),
        gettext_lazy("%(name)s: more points with their thanks than others"),
    ),
}
# Percent of the trained that nobody thanked for it.
HARDLY = 90


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def equity_page(request: HttpRequest) -> HttpResponse:
    """One quarter, one question, one way to look at it. Only what was released is read here."""
    quarters = list(EquityRelease.objects.values_list("quarter", flat=True))
    asked = request.GET.get("quarter", "")
    chosen = next((one for one in quarters if one.isoformat() == asked), quarters[0] if quarters else None)
    by = request.GET.get("by", "unit")
    by = by if by in BY else "unit"
    question = request.GET.get("what", "often")
    question = question if question in QUESTIONS else "often"
    found = EquityRelease.objects.filter(quarter=chosen).first() if chosen else None
    context: dict[str, Any] = {
        "quarters": quarters, "chosen": chosen, "by": by, "ways": BY.items(), "release": found,
        "question": question, "questions": QUESTIONS.items(), "times": question == "often",
        "heated": question != "often",
    }  # fmt: skip
    if found is not None and by == REQUIREMENTS:
        lines = _lines(found)
        unthanked = sum(1 for one in lines if (one["not_thanked"] or 0) >= HARDLY)
        context |= {"lines": lines, "unthanked": unthanked}
    elif found is not None:
        whole = next((one for one in found.groups if one["family"] == TREE and one["depth"] == 0), None)
        rows = _groups(found, by)
        context |= {"columns": _columns(), "rows": [_row(one, by, question) for one in rows]}
        context["told"] = _told(rows, whole, by, question)
        context["whole"] = _row(whole, "unit", question) if whole and by != "unit" else None
    return render(request, "programs/recognition/equity.html", context)


def _groups(found: EquityRelease, by: str) -> list[dict[str, Any]]:
    if by == "unit":
        return [one for one in found.groups if one["family"] == TREE]
    return [one for one in found.groups if one["family"] == "cut" and one["cut"] == by]


def _columns() -> list[str]:
    return [str(words) for words in SIDES.values()]


def _row(group: dict[str, Any], by: str, question: str) -> dict[str, Any]:
    """``cells``: (index or None, times or None, what it is called) of each side; ``people`` as it may be told."""
    cells = []
    for side, words in SIDES.items():
        cell = group["cells"].get(f"{question}_{side}", {})
        index = cell.get("index") if cell.get("shown") else None
        cells.append((index, None if index is None else index / 25, str(words)))
    often = group["cells"].get("often_public", {})
    people = often.get("n", "") if often.get("shown") else ""
    return {"name": _name(group["name"], by), "depth": group["depth"], "people": people, "cells": cells}


def _name(words: str, by: str) -> str:
    if by == "language":
        known = LANG_INFO.get(words.lower()) or LANG_INFO.get(words.split("-")[0].lower())
        return str(known["name_local"]) if known and "name_local" in known else words
    if by == "contract" and words in Employee.Kind.values:
        return str(Employee.Kind(words).label)
    return words


def _told(rows: list[dict[str, Any]], whole: dict[str, Any] | None, by: str, question: str) -> str:
    """The finding, where one is sure; of public thanks, of which there are enough."""
    found = equity.apart([one for one in rows if one is not whole], whole, f"{question}_public")
    if found is None:
        return ""
    name, way = found
    less, more = FINDINGS[question]
    return str(less if way < 0 else more) % {"name": _name(name, by)}


def _lines(found: EquityRelease) -> list[dict[str, Any]]:
    """Requirements with, of the trained, the share that was not thanked for it, and the other way."""
    known = {one.code: one for one in Requirement.objects.all()}
    lines = []
    for one in found.requirements:
        requirement = known.get(one["code"])
        label = requirement.label if requirement else one["code"]
        trained, thanked = one["trained"], one["recognised"]
        lines.append(
            {
                "code": one["code"],
                "label": label,
                "trained": trained.get("n"),
                "not_thanked": trained["shares"]["no"] if trained.get("shown") else None,
                "thanked": thanked.get("n"),
                "not_trained": thanked["shares"]["no"] if thanked.get("shown") else None,
            }
        )
    return lines
