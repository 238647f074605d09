"""The service map as HR meets it: page, matrix, import, proposals, API; and who may not."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.instruments.loading import load_library
from surveys.waves import links, series
from surveys.waves.models import LinkProposal, ServiceLink
from tests.conftest import make_unit
from tests.flows.looking import violations

pytestmark = pytest.mark.django_db
PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in
TODAY = timezone.localdate()


@pytest.fixture
def it(units):
    return make_unit("IT", units["Meridian"])


@pytest.fixture
def link(hr, units, it):
    return links.add(by=hr, customer=units["Retail"], provider=it, kind="Laptops")


@pytest.fixture
def proposal(hr, units, it):
    planned = series.create(
        by=hr,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=TODAY,
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=[],
    )
    values = {"customer": units["Services"], "provider": it, "change": LinkProposal.Change.NEW}
    return LinkProposal.objects.create(wave=planned.waves.get(), **values)


# -- doors -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/service-map/"),
        ("get", "/service-map/matrix/"),
        ("get", "/service-map/import/"),
        ("get", "/service-map/export/"),
        ("get", "/service-map/{link}/"),
        ("post", "/service-map/{link}/remove/"),
        ("post", "/service-map/proposals/{proposal}/"),
    ],
)
def test_the_map_is_hrs_alone(method, path, link, proposal, hr, manager, executive, employee, stranger, client_of):
    address = path.format(link=link.pk, proposal=proposal.pk)
    for other in (manager, executive, employee, stranger):
        assert getattr(client_of(other), method)(address).status_code == 403
    assert getattr(client_of(None), method)(address)["Location"].startswith("/accounts/login/")
    assert ServiceLink.objects.filter(pk=link.pk, until=None).exists()
    assert getattr(client_of(hr), method)(address).status_code == (200 if method == "get" else 302)


@pytest.mark.parametrize("path", ["/service-map/", "/service-map/matrix/"])
def test_queries_do_not_grow_with_the_map(path, link, hr, units, it, client_of):
    client = client_of(hr)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(path)
    for name in ("Branch A", "Services"):
        links.add(by=hr, customer=units[name], provider=make_unit(f"Support {name}", units["Meridian"]))
    with CaptureQueriesContext(connection) as three:
        client.get(path)
    assert len(one) == len(three) <= 20, [query["sql"] for query in three]


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_draws_the_map_and_tells_it_as_a_table(link, hr, client_of):
    page = client_of(hr).get("/service-map/").content.decode()
    assert page.count('class="map-picture"') == 2 and "<title" in page and "<desc" in page
    assert "Show as table" in page and "Laptops" in page and "always" in page


def test_the_map_as_of_a_day(link, hr, client_of):
    links.change(by=hr, link=link, kind="Laptops", since=dt.date(2021, 1, 1), until=dt.date(2022, 1, 1))
    client = client_of(hr)
    now, then, before = (
        client.get(f"/service-map/?on={day}").content.decode() for day in (TODAY, "2021-06-01", "2020-06-01")
    )
    assert "Laptops" in then and "Add a link" not in then and "/remove/" not in then
    assert "Laptops" not in now and "The map was empty on this day" in before
    assert client.get("/service-map/?on=2021-99-99&page=x").status_code == 200


def test_links_are_found_by_words(link, hr, client_of):
    client = client_of(hr)
    assert "Laptops" in client.get("/service-map/?q=retAIL").content.decode()
    assert "No link with these words" in client.get("/service-map/?q=zzz").content.decode()


def test_a_link_is_changed_and_what_cannot_be_is_told_and_kept_typed(link, hr, client_of):
    client, address = client_of(hr), f"/service-map/{link.pk}/"
    wrong = client.post(address, {"kind": "Phones", "since": "2026-02-01", "until": "2026-01-01"})
    assert (
        wrong.status_code == 400 and "Phones" in wrong.content.decode() and "before the first" in wrong.content.decode()
    )
    assert client.post(address, {"kind": "Phones", "since": "2026-01-01", "until": ""}).status_code == 302
    link.refresh_from_db()
    assert (link.kind, link.since, link.until) == ("Phones", dt.date(2026, 1, 1), None)
    assert client.get("/service-map/999999/").status_code == 404


def test_links_to_come_are_shown_apart(hr, units, it, client_of):
    links.add(by=hr, customer=units["Retail"], provider=it, since=TODAY + dt.timedelta(days=9))
    page = client_of(hr).get("/service-map/").content.decode()
    assert "Later" in page and "No links yet" in page


# -- the matrix --------------------------------------------------------------------------------------------------------


def test_the_matrix_changes_only_what_was_changed_on_it(link, hr, units, it, client_of):
    client = client_of(hr)
    page = client.get("/service-map/matrix/").content.decode()
    pair = f"{units['Retail'].pk}-{it.pk}"
    assert f'value="{pair}" checked' in page and "through Retail" in page
    new = f"{units['Services'].pk}-{it.pk}"
    meanwhile = links.add(by=hr, customer=units["Branch B"], provider=it)
    sent = {"was": pair, "pair": [new], "since": "2026-01-01", "kind": "Phones"}
    assert client.post("/service-map/matrix/?page=1", sent)["Location"] == "/service-map/matrix/?page=1"
    assert not ServiceLink.objects.filter(pk=link.pk).exists()
    made = ServiceLink.objects.get(customer=units["Services"])
    assert (made.provider, made.kind, made.since) == (it, "Phones", dt.date(2026, 1, 1))
    assert ServiceLink.objects.filter(pk=meanwhile.pk).exists(), "somebody else's link is left alone"


@pytest.mark.parametrize("sent", [{"pair": ["x"]}, {"was": "1-2,,y"}, {"since": "soon"}, {"pair": ["{self}"]}])
def test_a_matrix_that_cannot_be_taken_keeps_its_ticks(sent, hr, units, it, client_of):
    own = f"{units['Retail'].pk}-{units['Retail'].pk}"
    tick = f"{units['Services'].pk}-{it.pk}"
    pairs = [own if pair == "{self}" else pair for pair in sent.get("pair", [])]
    answer = client_of(hr).post("/service-map/matrix/", {**sent, "pair": [*pairs, tick]})
    assert answer.status_code == 400 and not ServiceLink.objects.exists()
    if "x" not in pairs:
        assert f'value="{tick}" checked' in answer.content.decode()


def test_the_matrix_of_a_part(hr, units, it, client_of):
    client = client_of(hr)
    page = client.get(f"/service-map/matrix/?unit={units['Retail'].pk}&among={units['Services'].pk}").content.decode()
    assert f"{units['Branch A'].pk}-{units['Services'].pk}" in page
    assert f"{units['Services'].pk}-{it.pk}" not in page and f"{units['Branch A'].pk}-{it.pk}" not in page
    assert client.get("/service-map/matrix/?unit=x&page=99&providers=-1").status_code == 200


def test_a_crowded_matrix_is_paged(hr, units, client_of):
    for n in range(200):
        make_unit(f"{n} The department of very long names and responsibilities {n}", units["Retail"])
    page = client_of(hr).get("/service-map/matrix/")
    assert page.content.decode().count('type="checkbox"') <= 40 * 12
    assert 'aria-label="Pages"' in page.content.decode() and len(page.content) < 400_000


# -- import ------------------------------------------------------------------------------------------------------------


def test_a_file_is_shown_then_written(hr, units, it, client_of):
    client = client_of(hr)
    text = "customer,provider,kind,since,until\r\nMeridian > Retail,Meridian > IT,Laptops,,\r\nx,y,,,\r\n"
    shown = client.post("/service-map/import/", {"file": SimpleUploadedFile("map.csv", text.encode())})
    page = shown.content.decode()
    assert "nothing is written yet" in page and "No open unit has the path" in page
    assert not ServiceLink.objects.exists()
    assert client.post("/service-map/import/", {"text": shown.context["text"]}).status_code == 302
    assert ServiceLink.objects.get().kind == "Laptops"
    again = client.post("/service-map/import/", {"file": SimpleUploadedFile("map.csv", text.encode())})
    assert "There is nothing to write" in again.content.decode()
    exported = b"".join(client.get("/service-map/export/").streaming_content).decode()
    assert exported.splitlines()[1] == "Meridian > Retail,Meridian > IT,Laptops,,"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"file": SimpleUploadedFile("map.csv", b"")},
        {"file": SimpleUploadedFile("map.csv", b"\xff\xfe1")},
        {"file": SimpleUploadedFile("map.csv", b"a,b\n1,2\n")},
        {"text": "a,b"},
    ],
)
def test_a_file_that_is_none_is_told_so(sent, hr, client_of):
    answer = client_of(hr).post("/service-map/import/", sent)
    assert answer.status_code == 400 and 'role="alert"' in answer.content.decode()


# -- proposals ---------------------------------------------------------------------------------------------------------


def test_hr_takes_over_a_proposal_or_leaves_it(proposal, hr, client_of):
    client, address = client_of(hr), f"/service-map/proposals/{proposal.pk}/"
    assert "Meridian &gt; Services uses Meridian &gt; IT" in client.get("/service-map/").content.decode()
    client.post(address, {"answer": "yes"})
    assert ServiceLink.objects.get().customer == proposal.customer
    assert "already" in client.post(address, {"answer": "no"}, follow=True).content.decode()
    proposal.refresh_from_db()
    assert proposal.state == LinkProposal.State.ACCEPTED
    assert "Learned from the answers" not in client.get("/service-map/").content.decode()


def test_a_proposal_the_map_has_no_room_for_stays_open(proposal, hr, client_of):
    links.add(by=hr, customer=proposal.customer, provider=proposal.provider)
    page = client_of(hr).post(f"/service-map/proposals/{proposal.pk}/", {"answer": "yes"}, follow=True)
    assert "there already" in page.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == LinkProposal.State.OPEN


# -- API ---------------------------------------------------------------------------------------------------------------


def test_the_api_reads_and_writes_for_hr(hr, units, it, client_of):
    client, address = client_of(hr), "/api/v1/service-links/"
    sent = {"customer": units["Retail"].pk, "provider": it.pk, "kind": "Laptops", "since": "2026-01-01"}
    made = client.post(address, sent, content_type="application/json")
    assert made.status_code == 201 and made.json()["customer_path"] == "Meridian > Retail"
    twice = client.post(address, sent, content_type="application/json")
    assert twice.status_code == 400 and "provider" in twice.json()["error"]["fields"]
    one = f"{address}{made.json()['id']}/"
    changed = client.patch(one, {"until": "2026-02-01"}, content_type="application/json")
    assert (changed.json()["until"], changed.json()["kind"]) == ("2026-02-01", "Laptops")
    moved = client.patch(one, {"provider": units["Services"].pk}, content_type="application/json")
    assert moved.status_code == 400
    assert client.get(f"{address}?on=2026-01-15").json()["count"] == 1
    assert client.get(f"{address}?on=2026-03-15").json()["count"] == 0
    assert client.get(f"{address}?on=soon").status_code == 400
    assert client.delete(one).status_code == 204 and not ServiceLink.objects.exists()


def test_the_api_is_shut_to_everybody_else(link, manager, executive, stranger, client_of):
    for other in (manager, executive, stranger, None):
        client = client_of(other)
        for address in ("/api/v1/service-links/", f"/api/v1/service-links/{link.pk}/"):
            assert client.get(address).status_code in {401, 403}
        assert client.delete(f"/api/v1/service-links/{link.pk}/").status_code in {401, 403}
    assert ServiceLink.objects.filter(pk=link.pk).exists()


# -- in the browser ----------------------------------------------------------------------------------------------------


def _look(page, name):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (320, 390, 768, 1360) if PICTURES else (320, 390, 1360):
            page.set_viewport_size({"width": width, "height": 900})
            if width in (390, 1360):
                found = violations(page, scheme)
                assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_map_in_a_browser(page, sign_in, link, proposal, hr, units):
    for n in range(13):
        make_unit(f"Information technology support office {n}", units["Meridian"])
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, hr)
    page.goto("/service-map/")
    _look(page, "map")
    page.goto(f"/service-map/{link.pk}/")
    _look(page, "link")
    page.goto("/service-map/import/")
    page.set_input_files("input[type=file]", {"name": "m.csv", "mimeType": "text/csv", "buffer":
                         b"customer,provider\nMeridian > Services,Meridian > IT\nx,y\n"})  # fmt: skip
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_text("nothing is written yet").wait_for()
    _look(page, "import")
    page.goto("/service-map/matrix/")
    _look(page, "matrix")
    page.set_viewport_size({"width": 1360, "height": 900})
    page.goto(f"/service-map/matrix/?among={units['Services'].pk}")
    box = page.locator(f'input[value="{units["Branch A"].pk}-{units["Services"].pk}"]')
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert page.locator(f'input[value="{units["Branch B"].pk}-{units["Services"].pk}"]').is_checked()
    page.get_by_role("button", name="Save this page").click()
    page.get_by_text("1 link was added.").wait_for()
    assert ServiceLink.objects.filter(customer=units["Branch B"], provider=units["Services"]).exists()
    assert problems == []
