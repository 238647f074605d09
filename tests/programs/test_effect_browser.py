"""The pages on what a program changed, filled, empty and crowded: axe, two schemes, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from config import bench_effect_world as world
from culture.people.models import Employee, Unit
from programs.reports import effects
from tests.flows.looking import problems, visit
from tests.programs.effect_world import day, simple

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = (
    "Direcția de relații cu clienții persoane juridice și administrarea contractelor de mentenanță, schimbul al doilea"
)
STARTS = (1, 2, 3, None)


def gains(unit: str, wave: int, key: str) -> float | None:
    cohort, block = (int(part[1:]) for part in unit.split())
    if block > 4:
        return None
    start = STARTS[cohort]
    begun = start is not None and wave >= start and key != "can"
    return 40 + wave + (7 * block + 5 * wave + cohort * (wave + 3)) % 4 + (12 if begun else 0)


def test_pages_look_right(
    units: dict[str, Unit], executive: Employee, employee: Employee, browser: Any, live_server: Any, client_of: Any
) -> None:
    program, _made = simple(units["Meridian"], gains, starts=STARTS, blocks=30)
    program.cohorts.filter(name="Cohort 1").update(name=LONG)
    bare = world.program(None, {"One": (day(0), [units["Retail"]])}, name=LONG)
    for one in effects.due(now=timezone.now()):
        effects.compute(one, now=timezone.now())
    pages = ("/effect/", f"/effect/{program.pk}/", f"/effect/{program.pk}/can/", f"/effect/{bare.pk}/", "/effect/how/")
    found: list[tuple[str, ...]] = []
    with visit(browser, live_server, client_of, executive) as page:
        for url in pages:
            found += problems(page, url, widths=(1360, 390))
        page.goto(pages[1])
        page.get_by_text("Left out, and why").click()
        assert page.get_by_text("C3 U29", exact=False).is_visible()
        page.get_by_role("link", name="Know").click()
        assert (
            page.get_by_role("heading", level=1).inner_text() == "It works: “know” is higher where the program started"
        )
        page.get_by_role("link", name="All outcomes").click()
        assert page.url.endswith(pages[1])
    assert not found, "\n".join(map(str, found))
    with visit(browser, live_server, client_of, employee) as page:
        page.goto("/framework/")
        page.get_by_role("link", name="How we compare").first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "How we find out whether a program works"
