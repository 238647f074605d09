"""One home page for each persona, fed by the rooms: what needs him today, and nothing he may not see."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.navigation import _current
from culture.access import grants, home_panels
from culture.access.home_panels import Card, Need, Place
from culture.access.models import Role
from culture.framework.loading import load_catalogue
from culture.people.models import Employee
from programs.planning.action_models import Action
from programs.recognition.reward_models import Redemption, Reward
from programs.training.models import Assignment, Course, CourseVersion
from programs.training.path_models import PathTally
from tests.conftest import make_person
from tests.culture.test_charter import publish
from tests.programs.path_world import make_course, make_path, step
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def page_of(client_of: Any, user: Employee) -> str:
    answer = client_of(user).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_room_gives_needs_and_cards_in_order(monkeypatch: Any, employee: Employee) -> None:
    monkeypatch.setattr(home_panels, "_tellers", [])

    @home_panels.contribute
    def one(user: Employee, now: dt.datetime) -> list[Need | Card]:
        later = Card("b.html", order=60, told="Later")
        return [Need("Small", "", weight=1), later, Card("a.html", order=5, told="First"), Need("Great", "", weight=9)]

    home_panels.contribute(one)
    home_panels.contribute(lambda user, now: [Card("side.html", place=Place.SIDE)])
    found = home_panels.home(employee, timezone.now())
    assert [need.title for need in found.needs] == ["Great", "Small"]
    assert [card.template for card in found.main] == ["a.html", "b.html"]
    assert ([card.template for card in found.side], found.top, found.told) == (["side.html"], [], "First")


def test_who_begins_where(hr: Any, manager: Any, employee: Any, executive: Any, units: Any, client_of: Any) -> None:
    for user in (hr, manager, employee):
        assert 'aria-current="page"' in page_of(client_of, user)
    assert client_of(executive).get("/")["Location"] == reverse("reports:scorecard")
    auditor = make_person("AU1", units["Services"])
    grants.give(employee=auditor, role=Role.AUDITOR, by=hr)
    assert client_of(auditor).get("/")["Location"] == reverse("access:audit")
    # Whoever leads programs beside reading the scorecard has work waiting at home.
    grants.give(employee=executive, role=Role.PROGRAM_LEAD, by=hr)
    assert client_of(executive).get("/").status_code == 200
    assert "/accounts/login/" in client_of(None).get("/")["Location"]
    assert client_of(employee).post("/").status_code == 405


def test_home_is_current_at_its_own_address_alone() -> None:
    class Line:
        def __init__(self, name: str, url: str) -> None:
            self.name, self.url = name, url

    entries: Any = [Line("home", "/"), Line("people", "/people/")]
    assert [_current(path, entries) for path in ("/", "/people/1/", "/accounts/x/")] == ["home", "people", ""]


def test_an_employee_finds_his_own(
    employee: Employee, manager: Employee, stranger: Employee, hr: Any, client_of: Any
) -> None:
    page = page_of(client_of, employee)
    assert "Welcome," in page and "Needs you" not in page and "Thank a colleague" in page
    load_catalogue()
    publish(hr)
    today = timezone.localdate()
    course = Course.objects.create(name="At the counter", requirements=["K1"])
    CourseVersion.objects.create(course=course, number=1, published_at=timezone.now())
    Assignment.objects.create(course=course, employee=employee, assigned_on=today - 30 * DAY, due_on=today - DAY)
    thank(manager, employee, story="You stayed late with me", points=0, public=False)
    thank(manager, stranger, story="This is not for you", points=0, public=False)
    unit: Any = employee.unit
    Action.objects.create(
        unit=unit, what="Call back within an hour", owner=employee, due_on=today - DAY, created_by=manager,
        created_on=today - 9 * DAY,
    )  # fmt: skip
    page = page_of(client_of, employee)
    assert "1 thing on your way is late" in page and "At the counter" in page and "Read the charter, version 1" in page
    assert "You stayed late" in page and "not for you" not in page and "Call back within an hour" in page
    assert "Who needs you today" not in page and "Needs you" in page
    other = page_of(client_of, stranger)
    assert "Call back within an hour" not in other and "You stayed late" not in other and "At the counter" not in other


def test_a_manager_sees_who_needs_him(manager: Employee, employee: Employee, units: Any, client_of: Any) -> None:
    load_catalogue()
    today = timezone.localdate()
    assert "Nobody of your people needs you today" in page_of(client_of, manager)
    course = Course.objects.create(name="At the counter", requirements=["K1"])
    CourseVersion.objects.create(course=course, number=1, published_at=timezone.now())
    far = make_person("Z1", units["Branch B"], given_name="Zoe", family_name="Far")
    for one in (employee, far):
        Assignment.objects.create(course=course, employee=one, assigned_on=today - 30 * DAY, due_on=today - DAY)
    page = page_of(client_of, manager)
    assert "1 of your people is late" in page and employee.name in page and "Zoe Far" not in page
    assert reverse("training:person", args=[employee.pk]) in page


def test_hr_sees_what_waits(hr: Employee, manager: Employee, employee: Employee, client_of: Any) -> None:
    page = page_of(client_of, hr)
    assert "No program is running" in page and "Nothing waits for you today." in page
    today = timezone.localdate()
    reward = Reward.objects.create(kind="custom", name={"en": "A day at the sea"}, price=120)
    for n in range(2):
        Redemption.objects.create(
            employee=employee, reward=reward, price=120, at=timezone.localtime() - n * DAY, idempotency_key=uuid.uuid4()
        )
    Employee.objects.filter(pk=employee.pk).update(hired_on=today - 2 * DAY)
    unit: Any = employee.unit
    Action.objects.create(
        unit=unit, what="Delegation limits", owner=manager, due_on=today - DAY, created_by=hr, created_on=today - DAY
    )
    page = page_of(client_of, hr)
    assert "2 reward requests wait for approval" in page and "240 points in all" in page
    assert "1 person joined in the last 7 days" in page and "Action plan “Delegation limits” is overdue" in page
    assert "3 things need you" in page
    assert "reward request" not in page_of(client_of, employee)


def test_late_steps_of_paths_by_who_looks_after_them(hr: Any, units: Any, employee: Any, client_of: Any) -> None:
    today = timezone.localdate()
    path = make_path(hr, step(make_course(hr), due_days=1), today=today - 20 * DAY, name="Beginning well")
    unit_hr = make_person("UH1", units["Services"], given_name="Ugo")
    grants.give(employee=unit_hr, role=Role.HR_ADMIN, unit=units["Services"], by=hr)
    made = path.steps.get()
    PathTally.objects.all().delete()
    PathTally.objects.create(step=made, cohort=None, unit=employee.unit, given=5, late=2, lapsed=1)
    page = page_of(client_of, hr)
    assert "3 steps are late on “Beginning well”" in page
    assert reverse("training:path_people", args=[path.pk]) + "?show=risk" in page
    assert "steps are late" not in page_of(client_of, unit_hr)
    assert "steps are late" not in page_of(client_of, employee)


def test_the_charter_is_asked_for_where_an_executive_begins(executive: Any, hr: Any, client_of: Any) -> None:
    load_catalogue()
    client, told = client_of(executive), "Read the charter, version 1"
    assert told not in client.get(reverse("reports:scorecard"), follow=True).content.decode()
    publish(hr)
    assert told in client.get("/", follow=True).content.decode()
    client.post(reverse("framework:charter_acknowledge"), {"number": 1})
    assert told not in client.get("/", follow=True).content.decode()


def test_queries_do_not_grow(manager: Employee, hr: Employee, client_of: Any) -> None:
    today, counts = timezone.localdate(), []
    unit: Any = manager.unit
    for group in (1, 2):
        for n in range(group):
            Action.objects.create(
                unit=unit,
                what=f"Thing {n}",
                owner=manager,
                due_on=today - DAY,
                created_by=hr,
                created_on=today - 2 * DAY,
            )
            Employee.objects.filter(number=f"A{group + n}").update(hired_on=today)
        for user in (manager, hr):
            client = client_of(user)
            client.get("/")
            with CaptureQueriesContext(connection) as caught:
                client.get("/")
            counts.append(len(caught))
    assert counts[:2] == counts[2:]
    assert counts[0] <= 42 and counts[1] <= 50
