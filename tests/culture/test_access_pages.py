"""The pages of access: who finds what on them, giving and ending through them, what they cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.access import clock
from culture.access.models import Grant, Role
from culture.people.models import Employee, Unit
from programs.planning import programs
from programs.planning.models import Program
from programs.training import assigning, courses
from tests.conftest import make_person

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Employee | None], Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def hr_of_retail(units: dict[str, Unit]) -> Employee:
    person = make_person("UH", units["Services"], given_name="Ugo", family_name="Retailer")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN, unit=units["Retail"])
    return person


@pytest.fixture
def auditor(units: dict[str, Unit]) -> Employee:
    person = make_person("AU", units["Services"], given_name="Aldo", family_name="Bianchi")
    Grant.objects.create(employee=person, role=Role.AUDITOR)
    return person


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_list_shows_each_what_is_his(hr, executive, stranger, auditor, hr_of_retail, units, client_of) -> None:
    Grant.objects.create(employee=stranger, role=Role.TRAINER, unit=units["Branch B"])
    for person in (hr, auditor):
        page = text(client_of(person).get("/access/"))
        assert "Sven Other" in page and "Elena Xu" in page and "Ugo Retailer" in page
    page = text(client_of(hr_of_retail).get("/access/"))
    assert "Sven Other" in page and "Ugo Retailer" in page
    assert "Elena Xu" not in page and "Hanna Rossi" not in page
    assert "/end/" not in text(client_of(auditor).get("/access/"))
    assert client_of(stranger).get("/access/").status_code == 403


def test_the_list_is_searched(hr, executive, stranger, units, client_of) -> None:
    today = clock.today()
    Grant.objects.create(employee=stranger, role=Role.TRAINER, unit=units["Branch B"], since=today + DAY)
    client = client_of(hr)
    assert "Sven" not in text(client.get("/access/"))
    assert "Sven" in text(client.get("/access/?state=planned"))
    assert "Sven" in text(client.get("/access/?state=all&q=branch%20b"))
    assert "Elena" not in text(client.get("/access/?state=all&role=trainer"))
    assert "No such role" in text(client.get("/access/?q=zzz"))
    assert client.get("/access/?role=god").status_code == 422
    assert client.get("/access/?q=zzz\0").status_code == 422


def test_a_role_is_given_through_the_page(hr, stranger, units, client_of) -> None:
    client, today = client_of(hr), clock.today()
    found = text(client.get("/access/people/?for=give&q=other"))
    address = f"/access/people/{stranger.pk}/give/"
    assert address in found
    said = {"role": "trainer", "scope": "unit", "unit": "Branch", "since": today, "reason": "Teaches"}
    several = client.post(address, said)
    assert several.status_code == 422
    assert "Which of these?" in text(several) and "Teaches" in text(several)
    assert not Grant.objects.filter(employee=stranger).exists()
    done = client.post(address, {**said, "unit_choice": units["Branch B"].pk}, follow=True)
    assert "is now Trainer" in text(done)
    grant = Grant.objects.get(employee=stranger)
    assert (grant.unit, grant.granted_by, grant.reason) == (units["Branch B"], hr, "Teaches")
    again = client.post(address, {**said, "unit": "branch b"})
    assert again.status_code == 422
    assert "holds this role there already" in text(again)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"role": "god"}, "not one of the available choices"),
        ({"unit": "Mars"}, "No unit of yours is called"),
        ({"unit": ""}, "Type the unit"),
        ({"scope": "whole"}, "You typed a unit, too"),
        ({"until": "2020-01-01"}, "before the first one"),
        ({"since": "2020-01-01"}, "today or later"),
        ({"since": "yesterday"}, "valid date"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_kept(wrong, told, hr, stranger, client_of) -> None:
    said = {"role": "trainer", "scope": "unit", "unit": "Branch B", "since": clock.today(), "reason": "Keep me"}
    answer = client_of(hr).post(f"/access/people/{stranger.pk}/give/", {**said, **wrong})
    assert answer.status_code == 422
    assert told in text(answer)
    assert "Keep me" in text(answer) or "reason" in wrong
    assert not Grant.objects.filter(employee=stranger).exists()


def test_hr_of_a_unit_gives_to_its_people_only(hr, hr_of_retail, stranger, units, client_of) -> None:
    client = client_of(hr_of_retail)
    assert client.get(f"/access/people/{hr.pk}/give/").status_code == 404
    assert client.get(f"/access/people/{hr.pk}/").status_code == 404
    page = text(client.get(f"/access/people/{stranger.pk}/give/"))
    assert "Program lead" not in page and "whole organisation" not in page.split("Which role?")[0]
    said = {"role": "trainer", "scope": "whole", "unit": "", "since": clock.today(), "reason": "x"}
    assert client.post(f"/access/people/{stranger.pk}/give/", said).status_code == 422
    said = {**said, "scope": "unit", "unit": "Services"}
    assert "No unit of yours" in text(client.post(f"/access/people/{stranger.pk}/give/", said))
    assert client.post(f"/access/people/{stranger.pk}/give/", {**said, "unit": "Branch B"}).status_code == 302


def test_a_role_is_ended_through_the_page(hr, stranger, auditor, hr_of_retail, client_of) -> None:
    grant = Grant.objects.get(employee=auditor)
    assert client_of(auditor).get(f"/access/{grant.pk}/end/").status_code == 403
    assert client_of(hr_of_retail).get(f"/access/{grant.pk}/end/").status_code == 404
    client = client_of(hr)
    assert client.post(f"/access/{grant.pk}/end/", {"reason": ""}).status_code == 422
    assert "The role is ended" in text(client.post(f"/access/{grant.pk}/end/", {"reason": "Done"}, follow=True))
    assert "already ended" in text(client.post(f"/access/{grant.pk}/end/", {"reason": "Done"}))
    mine = Grant.objects.get(employee=hr)
    last = client.post(f"/access/{mine.pk}/end/", {"reason": "Off"})
    assert last.status_code == 422
    assert "is the last HR admin" in text(last)
    mine.refresh_from_db()
    assert mine.ended_at is None


def test_what_can_this_person_see(hr, auditor, manager, executive, client_of) -> None:
    client = client_of(auditor)
    page = text(client.get(f"/access/people/{manager.pk}/"))
    assert "11 people report directly" in page
    assert "Team training" in page and "Branch A" in page
    assert "There is no page and no file of answers" in page
    page = text(client.get(f"/access/people/{hr.pk}/"))
    assert "HR admin of the whole organisation since" in page
    assert "Audit" in page
    Employee.objects.filter(pk=executive.pk).update(left_on="2024-01-31")
    page = text(client.get(f"/access/people/{executive.pk}/"))
    assert "may do nothing here any more" in page
    assert "Scorecard" not in page.split("</nav>")[-2]
    assert client_of(manager).get(f"/access/people/{manager.pk}/").status_code == 403


def test_who_sees_what_of_me(employee, manager, hr, auditor, hr_of_retail, stranger, units, client_of) -> None:
    Grant.objects.create(employee=stranger, role=Role.TRAINER, unit=units["Services"])
    page = text(client_of(employee).get("/my/access/"))
    assert "Nobody sees your answers" in page
    assert "Marco Neri" in page
    assert "HR admin of a unit" in page and "Auditor" in page
    assert "Hanna Rossi" not in page  # roles are told by role
    assert "Trainer" not in page  # not his unit
    alone = text(client_of(stranger).get("/my/access/"))
    assert "Marco Neri" not in alone


def test_everybody_may_read_what_a_role_may(employee, client_of) -> None:
    page = text(client_of(employee).get("/access/roles/"))
    assert "What may a manager see?" in page and "HR admin of a unit" in page
    assert client_of(None).get("/access/roles/").status_code == 302


@pytest.mark.parametrize(
    "address", ["/access/?state=all", "/access/people/?q=person", "/my/access/", "/access/people/{pk}/"]
)
def test_queries_do_not_grow(address, hr, units, client_of) -> None:
    def asked() -> int:
        client = client_of(hr)
        client.get(address.format(pk=hr.pk))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address.format(pk=hr.pk)).status_code == 200
        return len(captured)

    Grant.objects.create(
        employee=make_person("G0", units["Retail"], manager=hr), role=Role.TRAINER, unit=units["Retail"], granted_by=hr
    )
    one = asked()
    for number in range(1, 4):
        person = make_person(f"G{number}", units["Services"], manager=hr)
        Grant.objects.create(employee=person, role=Role.TRAINER, unit=units["Services"], granted_by=hr)
    assert asked() <= one


# -- other wings: a role of one unit opens that unit -----------------------------------------------------------------


def program(name: str, unit: Unit, by: Employee) -> Program:
    today = clock.today()
    kinds = ("information", "attitude", "behaviour", "culture")
    stages = [(kind, today + n * 30 * DAY, today + (n * 30 + 29) * DAY) for n, kind in enumerate(kinds)]
    last = today + 119 * DAY
    return programs.create(
        by=by, name=name, charter="x", starts_on=today, ends_on=last, stages=stages, cohorts=[(name, today, [unit.pk])]
    )


def test_a_program_lead_of_a_unit_reaches_its_programs_only(hr, units, stranger, client_of) -> None:
    make_person("R1", units["Branch A"])
    mine, other = program("Mine", units["Branch A"], hr), program("Other", units["Services"], hr)
    Grant.objects.create(employee=stranger, role=Role.PROGRAM_LEAD, unit=units["Retail"])
    client = client_of(stranger)
    page = text(client.get("/programs/"))
    assert "Mine" in page and "Other" not in page.replace("Sven Other", "")
    assert client.get(f"/programs/{mine.pk}/").status_code == 200
    assert client.get(f"/programs/{other.pk}/").status_code == 404
    assert client.get(f"/programs/{other.pk}/edit/").status_code == 404
    form = text(client.get(f"/programs/{mine.pk}/edit/"))
    tree = form.split('<form method="post" class="form form-wide stack"')[1]
    assert "Branch A" in tree and "Services" not in tree
    assert [row["name"] for row in client.get("/api/v1/programs/").json()["results"]] == ["Mine"]
    assert client.get(f"/api/v1/programs/{other.pk}/").status_code == 404
    # Of launched programs he reads what was released of his unit, and of no other.
    assert client.get(f"/scorecard/{other.pk}/unit/{units['Retail'].pk}/").status_code == 200
    closed = (f"/scorecard/{other.pk}/", f"/scorecard/{other.pk}/unit/{units['Services'].pk}/")
    for address in ("/waves/", "/framework/history/", *closed):
        assert client.get(address).status_code == 403, address


def test_a_trainer_of_a_unit_assigns_there_and_writes_nothing(hr, units, stranger, client_of) -> None:
    make_person("R1", units["Branch A"])
    make_person("R2", units["Services"])
    near, far = program("Near", units["Branch A"], hr), program("Far", units["Services"], hr)
    course = courses.publish(by=hr, name="Course", lessons=[("One", "Text")]).course
    today = clock.today()
    assigning.assign(by=hr, course=course, cohort=far.cohorts.get(), due_on=today, today=today)
    Grant.objects.create(employee=stranger, role=Role.TRAINER, unit=units["Retail"])
    client = client_of(stranger)
    page = text(client.get(f"/courses/{course.pk}/"))
    assert "Near" in page and "Far" not in page
    assert "Write a new version" not in page
    assert "assigned to nobody yet" in text(client.get("/courses/"))
    for address in ("/courses/new/", f"/courses/{course.pk}/edit/"):
        assert client.get(address).status_code == 403
    said = {"due_on": today + DAY}
    assert client.post(f"/courses/{course.pk}/assign/", {**said, "cohort": far.cohorts.get().pk}).status_code == 422
    assert client.post(f"/courses/{course.pk}/assign/", {**said, "cohort": near.cohorts.get().pk}).status_code == 302


def test_hr_of_a_unit_finds_no_pages_of_the_whole_in_the_navigation(hr_of_retail, client_of) -> None:
    page = text(client_of(hr_of_retail).get("/access/"))
    for gone in ("/people/import/", "/people/retention/", "/audit/", "/waves/", "/board/", "/programs/"):
        assert f'href="{gone}"' not in page, gone
    assert 'href="/people/"' in page
    assert "HR admin of a unit" in page
