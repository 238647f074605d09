"""A small organisation, a real wave asked and answered in it; used by the tests of results."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from culture.people.models import Employee, Unit
from surveys.answering import submitting
from surveys.instruments.loading import load_library
from surveys.waves import opening, series
from surveys.waves.models import Invitation, ServiceLink, Wave
from tests.conftest import make_person, make_unit

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 3, 20, 9, tzinfo=dt.UTC)
PLANTED = "PLANTED-in-a-small-unit"
TOLD = "TOLD-in-a-large-unit"


@dataclass
class World:
    wave: Wave
    units: dict[str, Unit]


def people(units: dict[str, Unit]) -> None:
    """Branch A 12 (with the manager fixture), Branch B 24, Branch C 8 of whom 3 answer; Services serves them all."""
    for name, size in (("Branch A", 12), ("Branch B", 24), ("Branch C", 8), ("Services", 15)):
        units.setdefault(name, make_unit(name, units["Retail"]))
        for n in range(size - Employee.objects.filter(unit=units[name]).count()):
            make_person(f"{name[-1]}x{n}", units[name])
    for name in ("Branch A", "Branch B", "Branch C"):
        ServiceLink.objects.create(customer=units[name], provider=units["Services"])


def open_wave(units: dict[str, Unit], wave: Wave | None = None, now: dt.datetime = NOW) -> World:
    if wave is None:
        made = series.create(
            by=None,
            name="Service culture",
            instrument=load_library(),
            first_opens_on=NOW.date(),
            every_months=3,
            occurrences=4,
            open_days=14,
            reminder_days=(5,),
        )
        wave = made.waves.get(number=1)
    opening.open_wave(wave, now=now)
    wave.refresh_from_db()
    return World(wave, units)


def answer(world: World, *, high: bool = False, seed: int = 1) -> None:
    """Everybody answers; of Branch C only three, one of whom leaves a comment that must never be seen."""
    chance = random.Random(seed)
    items = world.wave.snapshot["items"]
    given: list[tuple[int, dict]] = []
    in_c = 0
    for invitation in Invitation.objects.filter(wave=world.wave).select_related("employee__unit").order_by("pk"):
        unit = invitation.employee.unit.name
        in_c += unit == "Branch C"
        if unit == "Branch C" and in_c > 3:
            continue
        comment = {"Branch C": PLANTED, "Branch B": TOLD}.get(unit)

        def pick(item: dict) -> int:
            return chance.randint(4, 5) if high else chance.randint(2, 5) - (item.get("dimension") == "can")

        scored = [item for item in items if item["kind"] != "comment"]
        code = next(item["code"] for item in items if item["kind"] == "comment")
        given.append(
            (
                invitation.pk,
                {
                    "own": {item["code"]: pick(item) for item in scored if item["about"] == "own"},
                    "providers": {
                        str(unit_id): {item["code"]: pick(item) for item in scored if item["about"] == "provider"}
                        for unit_id in invitation.providers
                    },
                    "comment": {code: comment} if comment else {},
                },
            )
        )
    submitting.submit_many(world.wave, given)


def body_of(response: Any) -> str:
    """The text of an answer, streamed or not."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8-sig", errors="replace")
