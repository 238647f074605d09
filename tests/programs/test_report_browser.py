"""HR publishes a report and reads it, an executive subscribes: in a real browser; every page looked at by axe."""

from __future__ import annotations

import pytest
from django.utils import timezone

from programs.reports import publishing
from programs.reports.report_models import PublishedReport, ReportOrder, Subscription
from tests.flows.looking import problems, visit
from tests.programs.report_world import released

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_publish_read_and_subscribe(
    browser, live_server, client_of, hr, executive, manager, stranger, units, monkeypatch
):
    monkeypatch.setattr(publishing, "rendered", lambda report, kind, **more: f"{kind} {report.number}".encode())
    monkeypatch.setattr("programs.reports.report_tasks.make_reports.delay_on_commit", lambda: None)
    released(hr, units)
    found = []
    with visit(browser, live_server, client_of, hr) as page:
        page.goto("/reports/")
        page.click("main >> text=Publish a report")
        page.check("text=Română")
        page.click("main button:has-text('Publish')")
        assert page.locator("#being-made").inner_text().startswith("Being made")
        found += problems(page, "/reports/")
        assert publishing.make_due(now=timezone.now()) == 1 and ReportOrder.objects.get().state == "done"
        page.goto("/reports/")
        page.click("text=No. 1")
        assert "checked just now: unchanged" in page.locator("main").inner_text()
        with page.expect_download() as download:
            page.click("a[download]:has-text('Spreadsheet') >> nth=0")
        assert download.value.suggested_filename == PublishedReport.objects.get().files.get(
            language="en", format="xlsx"
        ).name  # fmt: skip
        for address in ("/reports/1/?language=ro", "/reports/publish/", "/reports/1/correct/", "/reports/slides/"):
            found += problems(page, address)
    with visit(browser, live_server, client_of, executive) as page:
        page.goto("/reports/subscribe/")
        page.select_option("select[name=every]", "quarter")
        page.click("main button:has-text('Subscribe')")
        assert "receives this report" in page.locator("main").inner_text()
        row = Subscription.objects.get()
        for address in ("/reports/", "/reports/preview/", "/reports/subscribe/", f"/reports/subscriptions/{row.pk}/"):
            found += problems(page, address)
    assert found == []
