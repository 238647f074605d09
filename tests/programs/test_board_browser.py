"""An executive reads the board view and signs a comment on a year, HR keeps public figures: in a real browser, by axe.

Crowded: forty programs with long names, two hundred figures.
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from programs.reports import readings
from programs.reports.benchmark_models import Benchmark
from programs.reports.yearly_models import YearComment
from tests.flows.looking import problems, visit
from tests.programs.report_world import released
from tests.programs.test_benchmarks import add, posted, sheet
from tests.programs.test_board import crowd, furnish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_board_year_and_figures(browser, live_server, client_of, hr, executive, manager, stranger, units, tmp_path):
    program = released(hr, units)
    year = timezone.localdate().year
    furnish(program, hr)
    crowd(hr, program, 40)
    readings.keep(program, timezone.localdate())
    found = []
    with visit(browser, live_server, client_of, hr) as page:
        page.goto("/benchmarks/")
        page.click("main >> text=Write one down >> nth=0")
        page.fill("input[name=value]", "61.5")
        page.click("main button:has-text('Write it down')")
        assert "This field is required." in page.locator("main").inner_text() and not Benchmark.objects.exists()
        found += problems(page, "/benchmarks/new/")
        page.goto("/benchmarks/new/")
        for name in ("value", "population", "source", "link", "licence"):
            page.fill(f"input[name={name}]", posted()[name])
        page.click("main button:has-text('Write it down')")
        assert "beside our number" in page.locator("main").inner_text() and Benchmark.objects.count() == 1
        file = tmp_path / "figures.csv"
        file.write_bytes(sheet({**posted(value="abc"), "entry": "", "why": ""}))
        page.goto("/benchmarks/import/")
        page.set_input_files("input[type=file]", str(file))
        page.click("main button:has-text('Take the file')")
        assert "“abc” is not a number." in page.locator("main").inner_text()
        for n in range(200):
            add(hr, population=f"Employees of an organisation with a very long name in a far country, number {n} " * 2)
        found += problems(page, "/benchmarks/import/")
        for address in ("/benchmarks/", "/benchmarks/1/", "/benchmarks/1/correct/", "/board/publish/"):
            found += problems(page, address)
    with visit(browser, live_server, client_of, executive) as page:
        page.goto(f"/scorecard/{program.pk}/year/{year}/")
        page.fill("textarea[name=text]", "We owe them leave to decide.")
        page.click("main button:has-text('Sign')")
        assert "We owe them leave to decide." in page.locator("#comments").inner_text()
        assert YearComment.objects.get().by_id == executive.pk
        for address in (f"/scorecard/{program.pk}/year/{year}/", f"/scorecard/{program.pk}/number/want/"):
            found += problems(page, address)
        page.goto("/board/")
        page.select_option("select[name=sort]", "name")
        page.click("main button:has-text('Sort')")
        assert "sort=name" in page.url
        for address in ("/board/", "/board/report/"):
            found += problems(page, address)
    assert found == []
