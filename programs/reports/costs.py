"""Estimates of what poor service costs: made, kept, read again; and what the organisation itself already knows."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.access.days import date_text
from culture.people.models import Employee
from programs.planning.models import Program
from programs.reports.cost import model
from programs.reports.cost.factors import BY_KEY, Figure
from programs.reports.cost.model import Driver, Input, Range, Result
from programs.reports.cost_models import CostEstimate
from surveys.instruments.scales import HOURS
from surveys.results import queries as results
from surveys.results.insight import services
from surveys.waves import link_map

SEED = 2026
SURE = 1.96


@transaction.atomic
def save(
    program: Program, *, inputs: Mapping[str, Input], currency: str, note: str, by: Employee, now: dt.datetime
) -> CostEstimate:
    """Estimate and keep it under the next number of the program. Raises ValidationError when nothing can be counted."""
    Program.objects.select_for_update().only("pk").get(pk=program.pk)
    result = model.estimate(inputs, seed=SEED)
    if result.total is None:
        raise ValidationError(_("Nothing can be counted yet. Fill in all lines of at least one part, see below."))
    last = CostEstimate.objects.filter(program=program).aggregate(last=Max("number"))["last"] or 0
    made = CostEstimate.objects.create(
        program=program,
        number=last + 1,
        currency=currency,
        note=note,
        inputs={key: asdict(one) for key, one in inputs.items()},
        result=as_json(result),
        seed=SEED,
        draws=model.DRAWS,
        method=model.METHOD,
        by=by,
        made_at=now,
    )
    record(by, "cost.estimated", program, number=made.number, currency=currency, middle=round(result.total.middle))
    return made


def latest(program: Program) -> CostEstimate | None:
    """What the scorecard and reports tell."""
    return CostEstimate.objects.filter(program=program).order_by("-number").first()


def as_json(result: Result) -> dict[str, Any]:
    return {
        "total": asdict(result.total) if result.total else None,
        "parts": [{"key": key, **asdict(one)} for key, one in result.parts],
        "left_out": [{"key": key, "missing": missing} for key, missing in result.left_out],
        "drivers": [asdict(driver) for driver in result.drivers],
        "one_in_ten": asdict(result.one_in_ten) if result.one_in_ten else None,
    }


def read(estimate: CostEstimate) -> Result:
    """What was kept, not worked out again."""
    told = estimate.result
    return Result(
        total=Range(**told["total"]),
        parts=[(row["key"], Range(row["low"], row["middle"], row["high"])) for row in told["parts"]],
        left_out=[(row["key"], row["missing"]) for row in told["left_out"]],
        drivers=[Driver(**row) for row in told["drivers"]],
        one_in_ten=Range(**told["one_in_ten"]) if told["one_in_ten"] else None,
    )


def inputs_of(estimate: CostEstimate) -> dict[str, Input]:
    """In the order of the form: the database keeps none."""
    return {key: Input(**estimate.inputs[key]) for key in BY_KEY if key in estimate.inputs}


# -- known here ------------------------------------------------------------------------------------------------------


def known(program: Program, today: dt.date) -> dict[str, list[Figure]]:
    """Figures for inputs that the organisation's own data give, each with where it is from."""
    found = {"people": _people(today), "interfaces": _interfaces(today), "lost_hours": _lost_hours(program)}
    return {key: [figure] for key, figure in found.items() if figure is not None}


def _people(today: dt.date) -> Figure | None:
    here = float(Employee.objects.here(today).filter(is_active=True).count())
    if not here:
        return None
    source = _("People list, %(day)s; each counted as one") % {"day": date_text(today, "j M Y")}
    return Figure(here, here, here, source)


def _interfaces(today: dt.date) -> Figure | None:
    """How many units serve the unit somebody works in: quarter, half and three quarters of the people."""
    serve = link_map.on_day(today)
    here = Employee.objects.here(today).filter(is_active=True, unit__in=list(serve))
    people = sorted(
        (len(serve[unit]), count) for unit, count in here.order_by().values_list("unit").annotate(n=Count("pk"))
    )
    whole = sum(count for _links, count in people)
    if not whole:
        return None
    low, middle, high = (float(_at(people, whole * share)) for share in (0.25, 0.5, 0.75))
    source = _("Service map, %(day)s: a quarter, half, three quarters of the people have so many or fewer")
    return Figure(low, middle, high, source % {"day": date_text(today, "j M Y")})


def _at(people: list[tuple[int, int]], wanted: float) -> int:
    seen = 0
    for links, count in people:
        seen += count
        if seen >= wanted:
            return links
    return people[-1][0]


def _lost_hours(program: Program) -> Figure | None:
    """Of the latest wave that leaders may see, as it was released; with its 95 % interval."""
    if program.series_id is None:
        return None
    wave = results.shared_with_leaders(program.series_id).order_by("-number").first()
    if wave is None:
        return None
    item = next((item for item in results.items_of(wave) if item["kind"] == "lost_time"), None)
    cell = results.company_cells(wave).get(item["code"]) if item else None
    lost = services.lost_time(item, cell, cell) if item else None
    if item is None or cell is None or lost is None or not cell.get("dist"):
        return None
    half = _half_width(cell["dist"], lost.per_person, cell["n"])
    source = _("Survey, wave %(number)s, released %(day)s: %(n)s people, 95 %% interval") % {
        "number": wave.number,
        "day": date_text(timezone.localdate(wave.released_at), "j M Y"),
        "n": cell["n"],
    }
    return Figure(max(0.0, round(lost.per_person - half, 1)), lost.per_person, round(lost.per_person + half, 1), source)


def _half_width(dist: list[int], mean: float, n: Any) -> float:
    """Half the 95 % interval of a mean over bands of hours (the cell's classes begin with the worst)."""
    whole = sum(dist) or 1
    spread = sum(share * (hour - mean) ** 2 for share, hour in zip(dist, HOURS[::-1], strict=True)) / whole
    return SURE * math.sqrt(spread / n) if isinstance(n, int) and n > 1 else mean


# -- told ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Money:
    """An amount as people say it: two figures count, the rest would be pretended."""

    amount: float
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {self.words}"

    @property
    def words(self) -> str:
        value = rounded(self.amount)
        for size, word in ((1e9, _("%s billion")), (1e6, _("%s million"))):
            if value >= size:
                return word % f"{value / size:.2g}" if value < 100 * size else word % f"{value / size:,.0f}"
        return f"{value:,.0f}"


def rounded(value: float) -> float:
    """To two significant figures."""
    if value == 0:
        return 0.0
    return round(value, 1 - math.floor(math.log10(abs(value))))
