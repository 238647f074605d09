"""The five slots beyond their pages: what shows a requirement, refreshers that keep it, the API, the file for HR."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training import showing, standing_slots
from programs.training.content_models import Refresher
from programs.training.models import Course, CourseVersion, Lesson
from programs.training.observation_models import ShownBy
from programs.training.path_models import Revocation
from programs.training.slots import Evidence, Slot
from tests.conftest import make_person
from tests.programs.test_progress import DAYS, complete, give, looked, read, saw

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def course(db: None) -> Course:
    """Teaches K1, which A3 shows, and W4, which no behaviour shows."""
    load_catalogue()
    made = Course.objects.create(name="At the counter", requirements=["K1", "W4"])
    version = CourseVersion.objects.create(course=made, number=1, published_at=timezone.now())
    Lesson.objects.create(version=version, position=1, title="Why", body="Because.")
    return made


def evidence(person: Employee, reader: Employee | None, code: str, day: dt.date | None = None) -> dict[Slot, Evidence]:
    rows = standing_slots.of_people([person], day or timezone.localdate(), reader)[person.pk]
    return next(row for row in rows if row.requirement.code == code).evidence


def refreshed(course: Course, person: Employee, days_ago: int, right: int = 2) -> Refresher:
    completion = person.completions.get(version__course=course)  # type: ignore[attr-defined]
    # Local time keeps its hour across the change of the clocks, so that so many days are so many dates.
    at, number = timezone.localtime() - days_ago * DAYS, Refresher.objects.count() + 1
    return Refresher.objects.create(
        employee=person, completion=completion, number=number, due_on=timezone.localdate(at), asked=["q1", "q2", "q3"],
        answers=[[0], [0], [0]], right=right, done_at=at,
    )  # fmt: skip


# -- refreshers ------------------------------------------------------------------------------------------------------


def test_a_refresher_answered_well_keeps_what_nobody_needs_to_see(course: Course, employee: Any) -> None:
    give(course, employee)
    complete(course, employee, 200)
    assert Slot.KEEP not in evidence(employee, employee, "W4")
    refreshed(course, employee, 190, right=1)  # badly: says nothing
    assert Slot.KEEP not in evidence(employee, employee, "W4")
    refreshed(course, employee, 100)
    today = timezone.localdate()
    keep = evidence(employee, employee, "W4")[Slot.KEEP]
    assert (keep.met, keep.on) == (True, today - 100 * DAYS)
    # It fades, and never speaks against anybody: then there is simply nothing. Nor was there before it was answered.
    assert Slot.KEEP not in evidence(employee, employee, "W4", today + 80 * DAYS)
    assert Slot.KEEP not in evidence(employee, employee, "W4", today - 101 * DAYS)


def test_a_refresher_is_no_substitute_for_being_seen(course: Course, manager: Any, hr: Any, employee: Any) -> None:
    give(course, employee)
    complete(course, employee, 250)
    refreshed(course, employee, 2)
    assert evidence(employee, employee, "K1")[Slot.KEEP].met is None  # nobody saw him do it
    saw(manager, employee, 31)
    saw(hr, employee, 30)
    assert evidence(employee, employee, "K1")[Slot.CAN].met
    assert evidence(employee, employee, "K1")[Slot.KEEP].on == timezone.localdate() - 2 * DAYS
    # What was seen again and lasts longer stays as it is.
    saw(hr, employee, 0)
    assert evidence(employee, employee, "K1")[Slot.KEEP].on == timezone.localdate()


def test_nobody_else_sees_how_a_refresher_went(
    course: Course, manager: Any, hr: Any, employee: Any, client_of: Any
) -> None:
    """Pages, file and API are the same before and after it, for whoever looks."""
    give(course, employee)
    read(course, employee, 250)
    complete(course, employee, 250)
    saw(manager, employee, 231)
    saw(hr, employee, 230)
    assert "still knew it when asked again" in client_of(employee).get(reverse("training:my_progress")).content.decode()
    before = _seen_by_others(employee, manager, hr, client_of)
    assert evidence(employee, employee, "K1")[Slot.KEEP].state == "faded"
    refreshed(course, employee, 2, right=3)
    assert evidence(employee, employee, "K1")[Slot.KEEP].state == "met"
    assert _seen_by_others(employee, manager, hr, client_of) == before
    assert evidence(employee, None, "K1")[Slot.KEEP].state == "faded"
    assert all("asked again" not in page for page in before)


def _seen_by_others(employee: Any, manager: Any, hr: Any, client_of: Any) -> list[str]:
    pages = [reverse("training:person", args=[employee.pk]), reverse("training:team_progress"), "/"]
    pages += [reverse("training:team_progress") + "?by=requirements", f"{API}/slots/?employee={employee.pk}"]
    found = [client_of(who).get(page).content.decode() for who in (manager, hr) for page in pages]
    file = b"".join(client_of(hr).get(reverse("training:progress_csv")).streaming_content).decode()
    # What differs from one page to the next by itself.
    return [re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text) for text in [*found, file]]


def test_the_managers_page_of_a_person_says_what_is_private(
    course: Course, manager: Any, employee: Any, client_of: Any
) -> None:
    give(course, employee)
    read(course, employee)
    looked(employee, 1)
    url = reverse("training:person", args=[employee.pk])
    page = client_of(manager).get(url).content.decode()
    assert f"How far {employee.name} is; most often missing: Know" in page and ">private<" in page
    looked_at = employee.self_views.get()  # type: ignore[attr-defined]
    looked_at.shared_with, looked_at.shared_at = manager, timezone.now()
    looked_at.save()
    assert "not enough yet" in client_of(manager).get(url).content.decode()


# -- what shows a requirement ----------------------------------------------------------------------------------------


def test_hr_says_what_shows_a_requirement(course: Course, hr: Any, manager: Any, employee: Any, client_of: Any) -> None:
    client, url = client_of(hr), reverse("training:shown_by")
    page = client.get(url).content.decode()
    assert "What shows a requirement" in page and "Back to what is suggested" not in page
    ids = {one.code: str(one.pk) for one in Behaviour.objects.all()}
    before = {row.requirement.code: [str(one.pk) for one in row.shown] for row in showing.rows()}
    answer = client.post(url, {**before, "K1": [ids["A1"], ids["A8"]], "W4": [ids["A2"]], "C1": []}, follow=True)
    told = answer.content.decode()
    assert "Saved: 3 requirements changed." in told and "Back to what is suggested" in told
    now = {code: [one.code for one in some] for code, some in showing.shown_by().items()}
    assert (now["K1"], now["W4"], now["C1"], now["K2"]) == (["A1", "A8"], ["A2"], [], ["A6"])
    give(course, employee)
    complete(course, employee)
    assert Slot.CAN in evidence(employee, manager, "W4")
    assert AuditEntry.objects.filter(verb="set what shows requirements").count() == 1
    # What equals the suggestion follows the framework again.
    client.post(url, {**before, "W4": [ids["A2"]]})
    assert [row.requirement.code for row in ShownBy.objects.select_related("requirement")] == ["W4"]
    assert "Nothing changed" in client.post(url, {**before, "W4": [ids["A2"]]}, follow=True).content.decode()
    client.post(url, {"do": "suggest"})
    assert not ShownBy.objects.exists() and Slot.CAN not in evidence(employee, manager, "W4")


def test_the_framework_is_asked_before_the_catalogue(course: Course) -> None:
    Behaviour.objects.filter(code="A4").update(prerequisites=["K1"])
    assert [one.code for one in showing.shown_by()["K1"]] == ["A4"]


def test_a_forged_attitude_changes_nothing(course: Course, hr: Any, client_of: Any) -> None:
    sin = Behaviour.objects.get(code="N1")
    for forged in (str(sin.pk), "x", "99999999999999999999"):
        answer = client_of(hr).post(reverse("training:shown_by"), {"K1": [forged]})
        assert answer.status_code == 422 and "Select a valid choice" in answer.content.decode()
    assert not ShownBy.objects.exists()


def test_who_may_say_it(course: Course, manager: Any, employee: Any, units: Any, client_of: Any) -> None:
    scoped = make_person("UH", units["Services"])
    Grant.objects.create(employee=scoped, role=Role.HR_ADMIN, unit=units["Services"])
    for user in (manager, employee, scoped):
        assert client_of(user).get(reverse("training:shown_by")).status_code == 403


# -- the API ---------------------------------------------------------------------------------------------------------


def test_the_teams_slots_without_what_is_private(
    course: Course, manager: Any, employee: Any, stranger: Any, hr: Any, client_of: Any
) -> None:
    give(course, employee, stranger)
    read(course, employee)
    looked(employee, 1, shared_with=manager)  # even shared: the API has no private slots
    rows = client_of(manager).get(f"{API}/slots/?employee={employee.pk}").json()["results"]
    assert [(row["employee"], row["number"]) for row in rows] == [(employee.pk, employee.number)]
    k1 = next(one for one in rows[0]["requirements"] if one["requirement"] == "K1")
    assert set(k1["slots"]) == {"why", "know", "can", "keep"} and k1["barrier"] == "know"
    assert k1["slots"]["why"]["state"] == "met" and k1["slots"]["know"] == {
        "state": "unknown",
        "on": None,
        "until": None,
    }
    own = client_of(employee).get(f"{API}/my-slots/").json()["results"]
    mine = next(one for one in own if one["requirement"] == "K1")
    assert mine["barrier"] == "want" and mine["slots"]["want"]["state"] == "unmet"
    before = str(timezone.localdate() - 3 * DAYS)
    past = client_of(manager).get(f"{API}/slots/?employee={employee.pk}&on={before}").json()["results"]
    assert past[0]["requirements"][0]["barrier"] == "why"
    # Only those of one's own units; and nothing without the permission.
    assert client_of(manager).get(f"{API}/slots/?employee={stranger.pk}").json()["results"] == []
    assert stranger.pk in {
        r["employee"] for r in client_of(hr).get(f"{API}/slots/?employee={stranger.pk}").json()["results"]
    }
    assert client_of(employee).get(f"{API}/slots/").status_code == 403
    for odd in ("on=never", "employee=x", "employee=-1", "employee=99999999999999999999"):
        answer = client_of(manager).get(f"{API}/slots/?{odd}")
        assert answer.status_code == 400 and answer.json()["error"]["fields"]


def test_the_api_asks_as_little_for_many(course: Course, manager: Any, client_of: Any) -> None:
    people, counts, client = list(Employee.objects.filter(manager=manager)[:3]), [], client_of(manager)
    client.get(f"{API}/slots/")
    for some in (people[:1], people):
        give(course, *(one for one in some if not one.assignments.exists()))  # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{API}/slots/").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 24


# -- the file --------------------------------------------------------------------------------------------------------


def test_hr_takes_the_slots_as_a_file(
    course: Course, hr: Any, manager: Any, employee: Any, units: Any, client_of: Any
) -> None:
    give(course, employee)
    Employee.objects.filter(pk=employee.pk).update(given_name="=cmd()")
    read(course, employee, 10)
    looked(employee, 5)
    day = timezone.localdate() - 4 * DAYS
    url = reverse("training:progress_csv")
    assert url in client_of(hr).get(reverse("training:team_progress")).content.decode()
    assert url not in client_of(manager).get(reverse("training:team_progress")).content.decode()
    answer = client_of(hr).get(url, {"on": str(day)})
    assert answer["Content-Disposition"] == f'attachment; filename="progress-{day}.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    mine = next(row for row in rows if row["employee_number"] == employee.number and row["requirement"] == "K1")
    assert (mine["why"], mine["know"], mine["can"], mine["first_missing"]) == ("met", "unknown", "unknown", "know")
    assert "want" not in text.splitlines()[0] and ",'=cmd() " in text
    assert AuditEntry.objects.filter(verb="took progress").count() == 1
    assert client_of(manager).get(url).status_code == 403 == client_of(employee).get(url).status_code
    # HR of a unit takes his own people only.
    scoped = make_person("UH", units["Services"])
    Grant.objects.create(employee=scoped, role=Role.HR_ADMIN, unit=units["Branch B"])
    theirs = b"".join(client_of(scoped).get(url).streaming_content).decode("utf-8-sig")
    assert employee.number + "," not in theirs


def test_a_revoked_completion_takes_its_refreshers_along(course: Course, hr: Any, employee: Any) -> None:
    give(course, employee)
    made = complete(course, employee, 30)
    refreshed(course, employee, 3)
    assert evidence(employee, employee, "W4")[Slot.KEEP].met
    Revocation.objects.create(completion=made, on=timezone.localdate(), reason="Forged", by=hr, at=timezone.now())
    assert Slot.KEEP not in evidence(employee, employee, "W4")
