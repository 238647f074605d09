"""A program with cohorts and released waves, planted as rows: for the bench of the effect and for its tests."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from culture.people.models import Unit
from programs.planning.models import Cohort, Program
from surveys.instruments.models import Instrument
from surveys.results.sharing_models import Sharing
from surveys.results.trees import reporting_tree
from surveys.waves.models import Series, Wave

KEYS = ("want", "know", "can", "served")
ITEMS: list[dict[str, Any]] = [
    {"code": f"Q{n}", "kind": "agreement", "about": about, "dimension": dimension, "facet": "", "requirements": [],
     "text": {"en": f"Question {n}"}, "section": "", "required": True, "cannot_judge": False}
    for n, (about, dimension) in enumerate((("own", "want"), ("own", "know"), ("own", "can"), ("provider", None)))
]  # fmt: skip
Cell = Mapping[str, Any]


def score(index: float, n: int = 20) -> dict[str, Any]:
    """A released score with its interval."""
    return {"shown": True, "n": n, "index": round(index), "low": round(index) - 5, "high": round(index) + 5}


HIDDEN = {"shown": False, "why": "hidden for privacy"}


@dataclass(frozen=True)
class Place:
    """A reporting block: its units (the first gives the name), how many people were invited."""

    units: tuple[Unit, ...]
    invited: int = 20


def series(name: str) -> Series:
    """A series without waves."""
    made, _new = Instrument.objects.get_or_create(key="planted", defaults={"name": {"en": "Planted"}})
    return Series.objects.create(name=name, instrument=made, first_opens_on=dt.date(2030, 1, 1))


def plant_wave(
    of: Series,
    *,
    number: int,
    opens_on: dt.date,
    tree: Iterable[Unit],
    places: Sequence[Place],
    tell: Callable[[int, str], Cell | None],
    shared: bool = True,
    items: Sequence[Mapping[str, Any]] = ITEMS,
    more: Mapping[str, Cell] | None = None,
) -> Wave:
    """One released wave. ``tell``: node of the reporting tree, measure → its cell (None: no such cell).

    ``more``: further cells of every node.
    """
    blocks = [
        {"id": place.units[0].pk, "name": " + ".join(unit.name for unit in place.units),
         "units": [unit.pk for unit in place.units], "parent": place.units[0].parent_id, "invited": place.invited}
        for place in places
    ]  # fmt: skip
    home = {unit.pk: place.units[0].pk for place in places for unit in place.units}
    units = [{"id": unit.pk, "name": unit.name, "parent": unit.parent_id, "block": home.get(unit.pk)} for unit in tree]
    snapshot = {"units": units, "blocks": blocks, "items": list(items), "cuts": []}
    now = timezone.now()
    wave = Wave.objects.create(
        series=of, number=number, opens_on=opens_on, closes_on=opens_on + dt.timedelta(days=13),
        state=Wave.State.RELEASED, rules={"k": 5}, snapshot=snapshot, opened_at=now, closed_at=now, released_at=now,
    )  # fmt: skip
    Sharing.objects.create(wave=wave, leaders_on=opens_on + dt.timedelta(days=14) if shared else None)
    rows: list[tuple[Any, ...]] = []
    for node in reporting_tree(snapshot):
        cells = {key: dict(cell) for key in KEYS if (cell := tell(node.id, key)) is not None}
        cells |= {key: dict(cell) for key, cell in (more or {}).items()}
        cells["participation"] = {"shown": True, "percent": 80, "words": "80 %"}
        rows.append(("tree", node.id, None, node.name, node.parent, node.depth, "", cells))
    release(wave, rows)
    return wave


def release(wave: Wave, rows: Iterable[tuple[Any, ...]], number: int = 1, why: str = "") -> None:
    """The released cells, as releasing writes them; a further ``number`` is a correction that replaces the one before.

    By SQL: only the room of results may know its models.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE surveys_release SET replaced_at = now() WHERE wave_id = %s", [wave.pk])
        cursor.execute(
            "INSERT INTO surveys_release (wave_id, number, at, formula_version, rules, rules_hash, why)"
            " VALUES (%s, %s, now(), 'planted', '{}', 'planted', %s) RETURNING id",
            [wave.pk, number, why],
        )
        made = cursor.fetchone()[0]
        columns = "release_id, family, unit, other, name, parent, depth, cut, cells"
        with cursor.copy(f"COPY surveys_cellgroup ({columns}) FROM STDIN") as copy:
            for *place, cells in rows:
                copy.write_row((made, *place, json.dumps(cells)))


def program(of: Series | None, cohorts: Mapping[str, tuple[dt.date, Sequence[Unit]]], *, name: str = "P") -> Program:
    """A running program with these cohorts."""
    first = min((day for day, _units in cohorts.values()), default=dt.date(2024, 1, 1))
    made = Program.objects.create(
        name=name, starts_on=first - dt.timedelta(days=30), ends_on=first + dt.timedelta(days=2000),
        state=Program.State.RUNNING, launched_on=first - dt.timedelta(days=30), series=of,
    )  # fmt: skip
    for title, (day, units) in cohorts.items():
        cohort = Cohort.objects.create(program=made, name=title, starts_on=day)
        cohort.units.set(units)
    return made
