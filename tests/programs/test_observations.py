"""Behaviour seen: signed off in a tap by who leads, read by whom it is about, never overwritten."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, Requirement
from culture.people import rights
from programs.training import granting, observed, observing, standing_slots
from programs.training.models import Assignment, Course
from programs.training.observation_models import Observation, ShownBy, SightingRule
from programs.training.path_rules import StepPlan
from programs.training.slots import Needed, Slot
from tests.conftest import make_person
from tests.programs.path_world import make_path

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


def attitude(code: str = "A1") -> Behaviour:
    return Behaviour.objects.get(code=code)


def note(by: Any, of: Any, what: str = "seen", on: dt.date = TODAY, code: str = "A1", **more: Any) -> Observation:
    return observing.observe(by=by, employee=of, behaviour=attitude(code), what=what, on=on, now=NOW, **more)


def granted(employee: Any, code: str = "A1", today: dt.date = TODAY) -> dt.date | None:
    return next(row for row in observed.of_person(employee, today) if row.behaviour.code == code).shown.granted_on


def test_a_manager_signs_off_in_one_tap(manager: Any, employee: Any, client_of: Any) -> None:
    client, url = client_of(manager), reverse("training:person", args=[employee.pk])
    assert url in client.get(reverse("training:team")).content.decode()
    page = client.get(url).content.decode()
    assert 'value="A1:seen"' in page and "not seen yet" in page
    told = client.post(url, {"tap": "A1:seen", "note": "", "on": ""}, follow=True).content.decode()
    assert "Noted:" in told and "seen 1 of 2 times, by 1 of 2" in told
    row = Observation.objects.get()
    assert (row.employee, row.observer, row.on) == (employee, manager, timezone.localdate())
    client.post(url, {"tap": "A1:seen"})
    assert Observation.objects.count() == 1
    again = client.post(url, {"tap": "A1:not_yet"})
    assert again.status_code == 422 and "withdraw that first" in again.content.decode()


def test_nothing_tapped_notes_nothing_and_keeps_the_words(manager: Any, employee: Any, client_of: Any) -> None:
    url = reverse("training:person", args=[employee.pk])
    answer = client_of(manager).post(url, {"tap": "", "note": "He waited for the guest."})
    assert answer.status_code == 422 and "He waited for the guest." in answer.content.decode()
    assert "Tap what you saw" in answer.content.decode() and not Observation.objects.exists()


def test_two_people_must_see_it_and_then_it_stays(manager: Any, hr: Any, employee: Any) -> None:
    note(manager, employee, on=TODAY - dt.timedelta(days=9))
    note(manager, employee)
    assert granted(employee) is None
    note(hr, employee)
    assert granted(employee) == TODAY
    note(hr, employee, what="not_yet", on=TODAY - dt.timedelta(days=1))
    row = next(row for row in observed.of_person(employee, TODAY) if row.behaviour.code == "A1")
    assert row.granted and row.shown.disputed
    assert granted(employee, today=TODAY + dt.timedelta(days=400)) == TODAY
    assert observed.granted_counts([employee], TODAY) == {employee.pk: 1}


def test_hr_says_how_often_it_must_be_seen(hr: Any, manager: Any, employee: Any, client_of: Any) -> None:
    client, url = client_of(hr), reverse("training:sighting_rules")
    page = client.get(url)
    form = page.context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    own = f"b{attitude('A2').pk}"
    sent |= {"all_sightings": "1", "all_observers": "1", "all_days": "30"}
    sent |= {f"{own}_sightings": "3", f"{own}_observers": "2", f"{own}_days": "60"}
    assert client.post(url, sent).status_code == 302
    assert observing.rules()[None] == Needed(1, 1, 30)
    today = timezone.localdate()

    def sees(code: str) -> None:
        observing.observe(by=manager, employee=employee, behaviour=attitude(code), what="seen", on=today)

    sees("A1")
    sees("A2")
    assert granted(employee, today=today) == today and granted(employee, "A2", today) is None
    client.post(url, {**sent, f"{own}_sightings": "", f"{own}_observers": "", f"{own}_days": ""})
    # What was seen is judged by the rule of its day; what is seen from now on by the new one.
    assert granted(employee, "A2", today) is None and observing.rules() == {None: Needed(1, 1, 30)}
    observing.observe(by=hr, employee=employee, behaviour=attitude("A2"), what="seen", on=today)
    assert granted(employee, "A2", today) == today


def test_what_was_granted_stays_granted(hr: Any, manager: Any, employee: Any, client_of: Any) -> None:
    """As the page says when HR asks for more: for what was shown already, also as it stood on past days."""
    today, client = timezone.localdate(), client_of(hr)
    url, person = reverse("training:sighting_rules"), reverse("training:person", args=[employee.pk])
    for who in (manager, hr):
        observing.observe(by=who, employee=employee, behaviour=attitude(), what="seen", on=today)
        observing.observe(by=manager, employee=employee, behaviour=attitude("A2"), what="seen", on=today)
    before = observed.granted_counts([employee], today)
    course = Course.objects.create(name="At the counter", requirements=["K1"])
    Assignment.objects.create(course=course, employee=employee, assigned_on=today, due_on=today)
    ShownBy.objects.create(requirement=Requirement.objects.get(code="K1")).behaviours.set([attitude()])
    for needed in ("4", "1", "4"):
        sent = {"all_sightings": needed, "all_observers": "1" if needed == "1" else "4", "all_days": "90"}
        told = client.post(url, sent, follow=True).content.decode()
        assert "What was granted stays granted" in told
        assert granted(employee, today=today) == today and granted(employee, "A2", today) is None
        assert observed.granted_counts([employee], today) == before == {employee.pk: 1}
        (row,) = standing_slots.of_people([employee], today, manager)[employee.pk]
        assert row.evidence[Slot.CAN].met
        assert "of 4 times" in client_of(manager).get(person).content.decode() or needed == "1"
    assert SightingRule.objects.filter(ended_at=None).count() == 1 and SightingRule.objects.count() == 3
    # The same once more is no change.
    client.post(url, sent)
    assert SightingRule.objects.count() == 3


def test_granted_by_hand_counts_as_shown_until_it_is_revoked(
    hr: Any, manager: Any, employee: Any, client_of: Any
) -> None:
    today = timezone.localdate()
    plan = StepPlan(kind="observation", subject=attitude().pk, due_days=9)
    make_path(hr, plan, today=today - dt.timedelta(days=20))
    row = Assignment.objects.get(employee=employee)
    person = reverse("training:person", args=[employee.pk])
    assert granted(employee, today=today) is None
    on = today - dt.timedelta(days=2)
    made = granting.by_hand(by=hr, assignment=row, done_on=on, evidence="The trainer of the other house")
    assert granted(employee, today=today) == on and granted(employee, today=on - dt.timedelta(days=1)) is None
    assert observed.granted_counts([employee], today) == {employee.pk: 1}
    page = client_of(manager).get(person).content.decode()
    assert "1 of" in page
    course = Course.objects.create(name="At the counter", requirements=["K1"])
    Assignment.objects.create(course=course, employee=employee, assigned_on=today, due_on=today)
    ShownBy.objects.create(requirement=Requirement.objects.get(code="K1")).behaviours.set([attitude()])
    slots = standing_slots.of_people([employee], today, manager)[employee.pk][0].evidence
    assert (slots[Slot.CAN].met, slots[Slot.CAN].on, slots[Slot.KEEP].met) == (True, on, None)
    granting.revoke(by=hr, granted=made, reason="It was somebody else")
    assert granted(employee, today=today) is None and observed.granted_counts([employee], today) == {}
    assert standing_slots.of_people([employee], today, manager)[employee.pk][0].evidence[Slot.CAN].met is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"all_observers": "3"}, "can never be met"),
        ({"all_sightings": "0"}, "greater than or equal to 1"),
        ({"all_days": ""}, "This field is required"),
        ({"own_sightings": "2"}, "Fill in all three"),
    ],
)
def test_a_rule_nobody_can_meet_is_refused(hr: Any, client_of: Any, changed: dict[str, str], told: str) -> None:
    sent = {"all_sightings": "2", "all_observers": "2", "all_days": "90"}
    sent |= {key.replace("own", f"b{attitude('A2').pk}"): value for key, value in changed.items()}
    answer = client_of(hr).post(reverse("training:sighting_rules"), sent)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert observing.rules() == {None: Needed()}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"on": TODAY + dt.timedelta(days=1)}, "still to come"),
        ({"on": TODAY - dt.timedelta(days=32)}, "within the last 31 days"),
        ({"code": "N1"}, "not among those to show"),
    ],
)
def test_what_cannot_be_witnessed_is_refused(manager: Any, employee: Any, fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        note(manager, employee, **fields)


def test_nobody_signs_off_himself(manager: Any) -> None:
    with pytest.raises(ValidationError, match="his own behaviour"):
        note(manager, manager)
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.create(
            employee=manager, observer=manager, behaviour=attitude(), on=TODAY, what="seen", at=NOW
        )


def test_a_slip_is_withdrawn_and_stays_on_record(manager: Any, hr: Any, employee: Any, client_of: Any) -> None:
    row = observing.observe(
        by=manager, employee=employee, behaviour=attitude(), what="seen", on=timezone.localdate(), note="Oops"
    )
    url = reverse("training:withdraw", args=[employee.pk, row.pk])
    assert client_of(hr).post(url).status_code == 404
    page = client_of(manager).post(url, follow=True).content.decode()
    assert "it no longer counts" in page and "Oops" in page and "withdrawn" in page and "not seen yet" in page
    old = note(manager, employee, on=TODAY - dt.timedelta(days=3))
    with pytest.raises(ValidationError, match="within 24 hours"):
        observing.withdraw(by=manager, observation=old, now=NOW + dt.timedelta(hours=25))


def test_the_database_refuses_to_change_what_was_seen(manager: Any, employee: Any) -> None:
    row = note(manager, employee, note="Good")
    for change in ({"what": "not_yet"}, {"note": "Better"}, {"on": TODAY - dt.timedelta(days=1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Observation.objects.filter(pk=row.pk).update(**change)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM programs_observation")
        assert cursor.fetchone() == ("Good",)


def test_the_employee_reads_every_note_and_takes_it_along(
    manager: Any, employee: Any, stranger: Any, client_of: Any
) -> None:
    page = client_of(employee).get(reverse("training:my_behaviours")).content.decode()
    assert "Nobody has noted anything yet" in page
    note(manager, employee, note="Offered a chair at once")
    page = client_of(employee).get(reverse("training:my_behaviours")).content.decode()
    assert "Offered a chair at once" in page and manager.name in page
    assert "Offered a chair" not in client_of(stranger).get(reverse("training:my_behaviours")).content.decode()
    shown = [row for one in rights.holdings() if one.model == "programs.Observation" for row in one.shown(employee)]
    assert any("Offered a chair at once" in row.values() for row in shown)


def test_who_may(manager: Any, employee: Any, stranger: Any, hr: Any, client_of: Any) -> None:
    page = reverse("training:person", args=[employee.pk])
    assert client_of(employee).get(page).status_code == 403
    assert client_of(None).get(page).status_code == 302
    assert client_of(manager).get(reverse("training:person", args=[stranger.pk])).status_code == 404
    assert client_of(manager).get(reverse("training:person", args=[manager.pk])).status_code == 404
    foreign = reverse("training:person", args=[stranger.pk])
    assert client_of(manager).post(foreign, {"tap": "A1:seen"}).status_code == 404
    for who, status in ((hr, 200), (manager, 403), (employee, 403), (None, 302)):
        assert client_of(who).get(reverse("training:sighting_rules")).status_code == status


def test_api(manager: Any, employee: Any, stranger: Any, client_of: Any) -> None:
    client, url = client_of(manager), "/api/v1/observations/"
    made = client.post(url, {"employee": employee.pk, "behaviour": "A1", "what": "seen"}, "application/json")
    assert made.status_code == 201, made.content
    assert client.get(url).json()["results"][0]["behaviour"] == "A1"
    for wrong in (
        {"employee": stranger.pk, "behaviour": "A1", "what": "seen"},
        {"employee": employee.pk, "behaviour": "A1", "what": "great"},
        {"employee": employee.pk, "behaviour": "A1", "what": "not_yet"},
        {"employee": employee.pk, "behaviour": "A1", "what": "seen", "on": "2099-01-01"},
    ):
        assert client.post(url, wrong, "application/json").status_code == 400, wrong
    assert client_of(employee).get(url).status_code == 403
    assert client_of(employee).post(url, {}, "application/json").status_code == 403
    assert Observation.objects.count() == 1


def test_queries_do_not_grow(manager: Any, hr: Any, employee: Any, client_of: Any) -> None:
    client = client_of(manager)
    pages = [reverse("training:person", args=[employee.pk]), reverse("training:team"), "/api/v1/observations/"]
    note(manager, employee)
    counted = [_count(client, page) for page in pages]
    for number, code in enumerate(["A2", "A3"]):
        note(hr, employee, code=code, note=f"{number}")
    others = [make_person(f"Z{number}", employee.unit, manager=manager) for number in range(3)]
    for other in others:
        note(manager, other)
    assert [_count(client, page) for page in pages] == counted


def _count(client: Any, page: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(page).status_code == 200
    return len(caught)
