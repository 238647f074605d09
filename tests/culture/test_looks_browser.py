"""Every page of culture's rooms, by who comes there, in a crowded organisation: axe, two schemes, nothing sideways."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from culture.access import grants
from culture.access.models import Grant, Role
from culture.framework import charter, profiles, readiness, tailoring
from culture.framework.loading import load_catalogue
from culture.framework.models import Condition
from culture.people import leaves, memberships, retention, structure
from culture.people.models import Employee, Unit
from tests.conftest import make_person, make_unit
from tests.culture.test_charter import publish
from tests.flows.looking import problems, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)
LONG_UNITS = (
    "Customer operations and after-sales coordination, northern and eastern region, second shift",
    "Direcția de relații cu clienții persoane juridice și administrarea contractelor de mentenanță",
    "客户服务与售后支持中心华东区第二运营组客户服务与售后支持中心",
)
LONG_NAME = {"given_name": "Maximiliana-Alexandrina", "family_name": "von und zu Hohenlohe-Waldenburg-Schillingsfürst"}
FILE = "employee_number,given_name,family_name,email,unit_path,hired_on\n"


@pytest.fixture
def world(hr: Employee, executive: Employee, manager: Employee, stranger: Employee, units: dict[str, Unit]) -> Any:
    """Long names in three languages, plans, roles, leaves, leavers, two charters, two assessments, an import begun."""
    today = timezone.localdate()
    load_catalogue()
    crowd = [make_unit(f"{LONG_UNITS[n % 3]} {n}", units["Retail"]) for n in range(30)]
    person = make_person("LONG1", crowd[1], **LONG_NAME, job_title="Regional coordinator for after-sales relations")
    gone, held = (make_person(f"GONE{n}", crowd[n]) for n in range(2))
    lead = make_person("UH1", units["Retail"], given_name="Ugo", family_name="Retail")
    auditor = make_person("AU1", units["Services"], given_name="Aida", family_name="Auditor")
    roles = [
        grants.give(employee=lead, role=Role.HR_ADMIN, unit=units["Retail"], by=hr),
        grants.give(employee=auditor, role=Role.AUDITOR, by=hr, reason="Agreed with the works council " * 5),
        grants.give(employee=person, role=Role.PROGRAM_LEAD, unit=crowd[1], by=hr, since=today + 20 * DAY),
    ]
    leaves.start(person, since=today, by=hr)
    for one in (gone, held):
        memberships.record_leaving(one, last_day=today - DAY, by=hr)
    retention.place_hold(employee=held, reason="Claim before the labour court. " * 8, by=hr)
    structure.rename(crowd[1], name="Direcția nouă", on=today + 30 * DAY, by=hr)
    structure.merge(crowd[2], into=crowd[3], on=today, by=hr)
    profile = profiles.create(job_family="Customer service representatives, inbound telephony", copy_of=None, by=hr)
    own = tailoring.Wording(text={"en": "Tells customers about delays before they ask, even embarrassing ones"})
    tailoring.add(kind="requirements", group="want", wording=own, by=hr, reason="Asked for by the works council")
    tailoring.switch_off(entry=tailoring.find("requirements", "K3"), by=hr)  # type: ignore[arg-type]
    publish(hr)
    publish(hr, mission="We serve each other. " * 20)
    charter.draft(by=hr)
    done = readiness.open(by=hr, on=today - 40 * DAY, sponsors=[hr, executive], today=today)
    said = {code: (n % 5, "Seen. " * 20) for n, code in enumerate(Condition.objects.values_list("code", flat=True))}
    for sponsor in (hr, executive):
        readiness.hand_in(by=sponsor, assessment=done, judgments=said)
    readiness.close(by=hr, assessment=done)
    opened = readiness.open(by=hr, on=today, sponsors=[hr, executive], today=today)
    people = {"hr": hr, "unit_hr": lead, "manager": manager, "auditor": auditor, "executive": executive}
    return {
        **{"person": person, "gone": gone, "held": held, "unit": crowd[1], "merged": crowd[2], "role": roles[0]},
        **{"profile": profile, "done": done, "opened": opened, "day": today - 10 * DAY},
        "who": {**people, "employee": Employee.objects.get(number="A1"), "nobody": None},
    }


def uploaded(client: Any) -> str:
    rows = "N1,Ana,Pop,ana@meridian.test,Meridian > Retail > New,2026-01-01\nN2,,,not an address,,31.31.2026\n"
    answer = client.post("/people/import/", {"file": SimpleUploadedFile("people.csv", (FILE + rows).encode())})
    return answer["Location"]


def addresses(world: Any, who: str) -> list[str]:
    person, unit, gone = (world[name].pk for name in ("person", "unit", "gone"))
    changes = [f"/units/{unit}/do/{kind}/" for kind in ("rename", "move", "merge", "split", "close")]
    acts = [f"/people/{person}/do/{act}/" for act in ("move", "manager", "leave", "return", "correct", "leaving")]
    ready = [f"/readiness/{world['opened'].pk}/{rest}" for rest in ("judge/", "sponsors/", "end/")]
    readers = [f"/charter/2/{rest}" for rest in ("", "changes/", "readers/", "readers/unread/")]
    return {
        "hr": [
            *("/people/", "/people/?only=left", "/people/?q=qqqq", "/people/new/", f"/people/{person}/", *acts),
            *(f"/people/{gone}/", f"/people/{gone}/do/rehire/", "/people/imports/"),
            *("/units/", f"/units/?on={world['day']}", "/units/?on=2001-01-01", "/units/?q=customer", "/units/new/"),
            *(f"/units/{unit}/", f"/units/{world['merged'].pk}/", *changes),
        ],
        "hr-rights": [
            *("/people/erasure/", f"/people/erasure/{gone}/", f"/people/erasure/{world['held'].pk}/"),
            *("/people/retention/", "/people/retention/pause/", "/people/retention/holds/"),
            *(
                "/access/?state=all",
                "/access/people/?q=person",
                f"/access/people/{person}/",
                "/audit/",
                "/organisation/",
            ),
            *(f"/access/people/{person}/give/", f"/access/{world['role'].pk}/end/", "/organisation/"),
            "/accounts/security/",
        ],
        "hr-framework": [
            *("/charter/manage/", "/charter/draft/", "/charter/draft/publish/", "/charter/draft/discard/", *readers),
            *("/readiness/", f"/readiness/{world['done'].pk}/", "/readiness/rule/", *ready),
            *("/framework/compare/", "/framework/profiles/", f"/framework/profiles/{world['profile'].pk}/"),
            *("/framework/requirements/WX1/", "/framework/requirements/K3/edit/", "/framework/requirements/add/"),
            *("/framework/figures/FG5/", "/framework/history/"),
            *("/framework/profiles/add/", "/framework/behaviours/add/"),
        ],
        "unit_hr": ["/people/", "/units/", f"/units/{unit}/", "/access/", "/access/people/", readers[2]],
        "manager": ["/people/", "/units/", "/access/roles/", "/my/access/", "/language/"],
        "auditor": ["/access/", f"/access/people/{person}/", "/audit/?q=zzzz", "/access/roles/"],
        "executive": ["/readiness/", "/units/", ready[0]],
        "employee": ["/charter/", "/framework/", "/framework/requirements/W2/", "/my/access/", "/me/data/"],
        "nobody": ["/accounts/login/", "/accounts/password/reset/", "/accounts/login/code/", "/accounts/once/wrong/"],
    }[who]


@pytest.mark.parametrize(
    "who",
    ["hr", "hr-rights", "hr-framework", "unit_hr", "manager", "auditor", "executive", "employee", "nobody"],
)
def test_every_page_looks_right(who: str, world: Any, browser: Any, live_server: Any, client_of: Any) -> None:
    person = world["who"][who.partition("-")[0]]
    found: list[tuple[str, ...]] = []
    with visit(browser, live_server, client_of, person) as page:
        page.on("pageerror", lambda error: found.append((page.url, str(error))))
        imported = [uploaded(client_of(person))] if who == "hr" else []
        for url in addresses(world, who) + imported:
            found += problems(page, url, widths=(1360, 390), status=410 if "wrong" in url else 200)
            assert person is None or "/accounts/login" not in page.url, url
    assert not found, "\n".join(map(str, found))


def test_all_rooms_of_hr_fit_beside_the_page(world: Any, browser: Any, live_server: Any, client_of: Any) -> None:
    """Down to the window of a small laptop no open room hides below the edge; folded ones are one click away."""
    with visit(browser, live_server, client_of, world["who"]["hr"]) as page:
        for height in (1080, 900, 768, 660):
            page.set_viewport_size({"width": 1360, "height": height})
            page.goto("/units/")
            assert page.locator(".sidebar li").count() >= 20 > page.locator(".sidebar li:visible").count()
            inside, outside, lowest = page.evaluate(
                "(() => { const s = document.querySelector('.sidebar');"
                " return [s.scrollHeight, s.clientHeight,"
                " Math.min(...[...s.querySelectorAll('a, button, summary')].filter((e) => e.checkVisibility())"
                ".map((e) => e.getBoundingClientRect().height))] })()"
            )
            assert inside <= outside, height
            assert lowest >= 24, height
        page.locator(".sidebar summary", has_text="Administration").click()
        assert page.locator(".sidebar a", has_text="Audit").is_visible()
    assert Grant.objects.filter(employee=world["who"]["hr"]).exists()
