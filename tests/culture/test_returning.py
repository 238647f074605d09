"""Somebody who left and will come back: planned by hand and by import, cancelled, carried out by the tick."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from culture.access.models import AuditEntry
from culture.people import erasure, importing, memberships, retention, returning, settling, undoing
from culture.people.models import Employee, Membership, Reporting, Unit

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Employee | None], Client]
TODAY = dt.date.today()
HEAD = "employee_number,given_name,family_name,email,unit_path,manager_number,hired_on,left_on\n"


def day(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def gone(employee: Employee, hr: Employee) -> Employee:
    """Left ten days ago."""
    memberships.record_leaving(employee, last_day=day(-10), by=hr)
    employee.refresh_from_db()
    return employee


def plan_by_page(client: Client, person: Employee, on: dt.date, unit: str = "Services", manager: str = "") -> Any:
    return client.post(f"/people/{person.pk}/do/rehire/", {"unit": unit, "on": on.isoformat(), "manager": manager})


def test_a_return_is_planned_and_happens_on_the_day(
    hr: Employee, gone: Employee, units: dict[str, Unit], client_of: ClientOf
) -> None:
    client = client_of(hr)
    assert plan_by_page(client, gone, day(30), manager="HR1").status_code == 302
    gone.refresh_from_db()
    assert (gone.left_on, gone.unit) == (day(-10), units["Branch A"]), "nothing of it holds yet"
    page = client.get(f"/people/{gone.pk}/").content.decode()
    assert "Comes back to Services" in page and "Cancel the return" in page
    settling.follow_dates(today=day(29))
    settling.settle(on=day(29))
    gone.refresh_from_db()
    assert gone.left_on == day(-10)
    for _twice in range(2):
        settling.follow_dates(today=day(30))
    gone.refresh_from_db()
    assert (gone.left_on, gone.unit, gone.manager, gone.is_active) == (None, units["Services"], hr, True)
    spells = list(Membership.objects.filter(employee=gone).order_by("since").values_list("since", "until"))
    assert spells[-2][1] == day(-10) and spells[-1] == (day(30), None)
    verbs = list(AuditEntry.objects.filter(subject=f"employee:{gone.pk}").order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["employee.rehire_planned", "employee.came_back"]


def test_a_tick_that_was_away_brings_him_back_late(hr: Employee, gone: Employee, units: dict[str, Unit]) -> None:
    memberships.rehire(gone, unit=units["Services"], on=day(3), by=hr)
    settling.follow_dates(today=day(50))
    gone.refresh_from_db()
    assert gone.left_on is None


def test_it_can_be_cancelled_and_planned_once_only(hr: Employee, gone: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    plan_by_page(client, gone, day(30), manager="HR1")
    again = plan_by_page(client, gone, day(40))
    assert again.status_code == 422 and "planned already" in again.content.decode()
    client.post(f"/people/{gone.pk}/cancel-move/")
    assert returning.ahead(gone) is None and not Reporting.objects.filter(employee=gone, since__gt=TODAY).exists()
    settling.follow_dates(today=day(31))
    gone.refresh_from_db()
    assert gone.left_on == day(-10)
    assert plan_by_page(client, gone, day(40)).status_code == 302


def test_who_leaves_next_week_may_come_back_later(hr: Employee, employee: Employee, units: dict[str, Unit]) -> None:
    memberships.record_leaving(employee, last_day=day(7), by=hr)
    employee.refresh_from_db()
    memberships.rehire(employee, unit=units["Services"], on=day(90), by=hr)
    with pytest.raises(ValidationError, match="A return on"):
        memberships.record_leaving(employee, last_day=day(9), by=hr)
    settling.follow_dates(today=day(8))
    employee.refresh_from_db()
    assert employee.left_on == day(7) and not employee.is_here(day(8))
    settling.follow_dates(today=day(90))
    employee.refresh_from_db()
    assert employee.left_on is None and employee.is_here(day(90))


@pytest.mark.parametrize("on", [-11, -10, 5000])
def test_days_nobody_can_mean_are_refused(hr: Employee, gone: Employee, client_of: ClientOf, on: int) -> None:
    answer = plan_by_page(client_of(hr), gone, day(on))
    assert answer.status_code == 422
    assert returning.ahead(gone) is None


def test_who_comes_back_is_not_erased(hr: Employee, gone: Employee, units: dict[str, Unit]) -> None:
    memberships.rehire(gone, unit=units["Services"], on=day(30), by=hr)
    assert "comes back on" in erasure.refusal(gone, today=TODAY)
    far = day(900)
    assert retention.plan_leavers(today=far, days=30) == 0
    assert gone not in [person for person, _day in retention.upcoming_leavers(today=far, days=30)]
    memberships.cancel_move(gone, by=hr)
    assert erasure.refusal(gone, today=TODAY) == ""


def test_a_move_and_a_leaving_on_one_day_bring_nobody_back(hr: Employee, employee: Employee, units: Any) -> None:
    """An import that says who moved today left yesterday leaves a membership behind that begins after the last day."""
    Membership.objects.filter(employee=employee).update(until=day(-1))
    Membership.objects.create(employee=employee, unit=units["Services"], since=TODAY, until=TODAY)
    Employee.objects.filter(pk=employee.pk).update(left_on=day(-1))
    settling.follow_dates(today=TODAY)
    employee.refresh_from_db()
    assert employee.left_on == day(-1)


# -- by import -------------------------------------------------------------------------------------------------------


def row(
    person: Employee, hired: dt.date, unit: str = "Meridian > Services", manager: str = "HR1", left: str = ""
) -> str:
    who = f"{person.number},{person.given_name},{person.family_name},{person.email}"
    return f"{who},{unit},{manager},{hired:%Y-%m-%d},{left}\n"


def planned(text: str, today: dt.date = TODAY) -> importing.ImportPlan:
    return importing.plan(importing.read_file(io.BytesIO((HEAD + text).encode()), "people.csv"), today=today)


def take(text: str, by: Employee, today: dt.date = TODAY) -> Any:
    return importing.apply(planned(text, today), by=by, file_name="p.csv", sha256="x")


def test_an_import_plans_a_return_once(hr: Employee, gone: Employee, units: dict[str, Unit]) -> None:
    found = planned(row(gone, day(20)))
    assert found.counts["changed"] == 1 and not found.stops
    assert found.changes[0].fields == {"back_on": (None, day(20))}
    take(row(gone, day(20)), hr)
    gone.refresh_from_db()
    assert gone.left_on == day(-10) and gone.hired_on == dt.date(2020, 1, 1)
    back = returning.ahead(gone)
    assert back and (back.since, back.unit) == (day(20), units["Services"])
    assert Reporting.objects.get(employee=gone, since=day(20)).manager == hr
    assert planned(row(gone, day(20))).counts["unchanged"] == 1
    # Another day, unit and manager later: one return is planned, the newer one.
    take(row(gone, day(25), unit="Meridian > Retail", manager=""), hr)
    back = returning.ahead(gone)
    assert back and (back.since, back.unit) == (day(25), units["Retail"])
    assert not Reporting.objects.filter(employee=gone, since__gt=TODAY).exists()
    settling.follow_dates(today=day(25))
    gone.refresh_from_db()
    assert (gone.left_on, gone.unit) == (None, units["Retail"])


def test_the_preview_and_the_record_name_it(hr: Employee, gone: Employee, client_of: ClientOf) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_of(hr)
    file = SimpleUploadedFile("p.csv", (HEAD + row(gone, day(20))).encode())
    answer = client.post("/people/import/", {"file": file, "mode": "changes"}, follow=True)
    page = client.get(answer.redirect_chain[-1][0] + "?show=changed").content.decode()
    assert "Comes back on" in page
    done = take(row(gone, day(20)), hr)
    assert "Comes back on" in client.get(f"/people/imports/{done.pk}/?show=changed").content.decode()


def test_an_import_that_brings_him_back_now_replaces_the_plan(
    hr: Employee, gone: Employee, units: dict[str, Unit]
) -> None:
    take(row(gone, day(20)), hr)
    take(row(gone, dt.date(2020, 1, 1), unit="Meridian > Retail"), hr)
    gone.refresh_from_db()
    assert (gone.left_on, gone.unit) == (None, units["Retail"])
    assert not Membership.objects.filter(employee=gone, since__gt=TODAY).exists()
    assert Membership.objects.on(TODAY).get(employee=gone).unit == units["Retail"]  # type: ignore[attr-defined]


def test_the_undo_takes_the_plan_back(hr: Employee, gone: Employee) -> None:
    done = take(row(gone, day(20)), hr)
    undoing.undo(done, by=hr)
    gone.refresh_from_db()
    assert returning.ahead(gone) is None and gone.left_on == day(-10)


def test_a_snapshot_leaves_the_plan_alone(hr: Employee, gone: Employee) -> None:
    take(row(gone, day(20)), hr)
    old = row(gone, dt.date(2020, 1, 1), unit="Meridian > Retail > Branch A", manager="M1", left=str(day(-10)))
    found = planned(old)
    assert found.counts["unchanged"] + found.counts["changed"] == 1
    importing.apply(found, by=hr, file_name="p.csv", sha256="x")
    assert returning.ahead(gone) is not None


def test_who_came_back_meanwhile_makes_the_preview_stale(hr: Employee, gone: Employee, units: Any) -> None:
    found = planned(row(gone, day(20)))
    memberships.rehire(gone, unit=units["Services"], on=TODAY, by=hr)
    with pytest.raises(importing.Stale):
        importing.apply(found, by=hr, file_name="p.csv", sha256="x")
