"""Every result page in Chromium, with long names: axe, two schemes, nothing sideways; to why by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from culture.people.models import Employee, Unit
from surveys.results import queries, releasing
from surveys.results.models import CellGroup, Release
from surveys.waves.models import ServiceLink
from tests.flows.looking import problems, visit
from tests.surveys.results_world import LATER, answer, open_wave, people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Direcția de relații cu clienții persoane juridice și administrarea contractelor de mentenanță {}"


def test_every_result_page_looks_right(
    hr: Any, executive: Any, manager: Any, stranger: Any, units: Any, browser: Any, live_server: Any, client_of: Any
) -> None:
    people(units)
    Employee.objects.update(site="Milan")
    Employee.objects.filter(unit=units["Branch B"]).update(site="Rome")
    ServiceLink.objects.create(customer=units["Services"], provider=units["Branch B"])
    Unit.objects.filter(pk=units["Services"].pk).update(name=LONG.format(""))
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    wave, release = world.wave.pk, Release.objects.get(wave=world.wave)
    tree = queries.tree_rows(world.wave, None)
    ids = {row.name.split(" + ")[0]: row.unit for row in tree}
    source = next(row for row in tree if row.unit == ids["Branch B"])
    CellGroup.objects.bulk_create(
        CellGroup(release=release, family="tree", unit=10_000 + n, name=LONG.format(n), parent=ids["Retail"], depth=2,
                  cells=source.cells)
        for n in range(80)
    )  # fmt: skip

    def at(name: str, *args: Any, query: str = "") -> str:
        return reverse(f"results:{name}", args=[wave, *args]) + query

    one, other = f"tree:{ids['Branch B']}", f"tree:{ids['Retail']}"
    walks = {
        hr: [at("wave"), at("heatmap", query=f"?by=want&open={ids['Meridian']},{ids['Retail']}"), at("services"),
             at("services", query="?look=matrix"), at("services", query="?look=both"), at("cuts"), at("cut", "site"),
             at("category", "site", 1), at("findings"), at("compare", query=f"?one={one}&other={other}"),
             at("why", query=f"?family=tree&unit={ids['Branch C']}&of=want"), at("method"), at("export_about"),
             at("unit", ids["Retail"]), at("trend", ids["Retail"])],
        manager: [at("wave"), at("heatmap"), at("unit", ids["Branch A"]), at("compare")],
    }  # fmt: skip
    found: list[tuple[str, ...]] = []
    for person, urls in walks.items():
        with visit(browser, live_server, client_of, person) as page:
            page.on("pageerror", lambda error: found.append(("script", str(error))))
            for url in urls:
                found.extend(problems(page, url, widths=(1360, 390)))
            if person is manager:
                page.goto(at("heatmap"))
                page.locator(".hidden-cell a").first.focus()
                page.keyboard.press("Enter")
                assert page.locator("h1").inner_text() == "Why is this hidden?"
    assert not found, "\n".join(map(str, found))
