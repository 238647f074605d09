"""Periods: set by HR within limits, shown before anything goes, enforced by the tick in batches, stopped by holds."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.people import retention
from culture.people.import_models import ImportEffect, PeopleImport
from culture.people.models import Employee, Unit
from culture.people.rights_models import Erasure, LegalHold, PlannedErasure, RetentionPause, RetentionRule
from tests.conftest import make_person

NOW = timezone.now()
PAGE = "/people/retention/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def gone(employee: Employee) -> Employee:
    """Left three years ago: the usual two years are over."""
    Employee.objects.filter(pk=employee.pk).update(
        left_on=NOW.date() - 1095 * DAY, given_name="Lia", family_name="Gone"
    )
    employee.refresh_from_db()
    return employee


def sessions(count: int, days_ago: int) -> None:
    Session.objects.bulk_create(
        Session(session_key=f"{days_ago}-{n}", session_data="", expire_date=NOW - days_ago * DAY) for n in range(count)
    )


def kind(key: str) -> retention.Kind:
    found = retention.find(key)
    assert found is not None
    return found


@pytest.mark.django_db
def test_a_name_goes_only_after_it_was_announced(gone: Employee) -> None:
    retention.tick(now=NOW)
    planned = PlannedErasure.objects.get()
    assert planned.due_on == timezone.localdate(NOW) + 14 * DAY
    retention.tick(now=NOW + 13 * DAY)
    assert not Erasure.objects.exists()
    retention.tick(now=NOW + 14 * DAY)
    done = Erasure.objects.get()
    assert (done.employee_id, done.by, done.why) == (gone.pk, None, "period")
    assert not PlannedErasure.objects.exists()
    retention.tick(now=NOW + 15 * DAY)
    assert Erasure.objects.count() == 1


@pytest.mark.django_db
def test_a_corrected_last_day_takes_it_back(gone: Employee) -> None:
    retention.tick(now=NOW)
    Employee.objects.filter(pk=gone.pk).update(left_on=None)
    retention.tick(now=NOW + 14 * DAY)
    assert not PlannedErasure.objects.exists() and not Erasure.objects.exists()


@pytest.mark.django_db
def test_a_hold_keeps_everything_of_him(gone: Employee, hr: Employee) -> None:
    done = PeopleImport.objects.create(by=hr, file_name="f", sha256="0" * 64)
    PeopleImport.objects.update(at=NOW - 400 * DAY)
    for person in (gone, hr, None):
        ImportEffect.objects.create(done=done, kind="changed", employee=person)
    retention.tick(now=NOW - DAY)
    hold = retention.place_hold(employee=gone, reason="A dispute", by=hr)
    assert not PlannedErasure.objects.exists()
    ImportEffect.objects.create(done=done, kind="changed", employee=gone)
    ImportEffect.objects.create(done=done, kind="changed", employee=None)
    retention.tick(now=NOW + 20 * DAY)
    assert list(ImportEffect.objects.values_list("employee", flat=True)) == [gone.pk]
    assert not Erasure.objects.exists()
    retention.lift_hold(hold=hold, by=hr)
    assert retention.lift_hold(hold=hold, by=hr) is False
    retention.tick(now=NOW + 21 * DAY)
    retention.tick(now=NOW + 40 * DAY)
    assert Erasure.objects.get().employee_id == gone.pk
    assert not ImportEffect.objects.exists()
    verbs = AuditEntry.objects.filter(subject=f"employee:{gone.pk}").values_list("verb", flat=True)
    assert {"hold.placed", "hold.lifted", "employee.erase"} <= set(verbs)


@pytest.mark.django_db
def test_expired_rows_go_in_batches_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    sessions(5, days_ago=20)
    sessions(1, days_ago=3)
    for left, minutes in ((4, 0), (2, 1), (1, 2), (1, 3)):
        retention.tick(now=NOW + dt.timedelta(minutes=minutes))
        assert Session.objects.count() == left
    rule = RetentionRule.objects.get(kind="sessions")
    assert rule.next_run_at is not None and rule.next_run_at > NOW + dt.timedelta(minutes=30)
    assert AuditEntry.objects.filter(verb="retention.expired", subject="sessions").count() == 3


@pytest.mark.django_db
def test_one_claims_and_others_do_nothing() -> None:
    assert retention._claim(kind("sessions"), NOW) is True
    assert retention._claim(kind("sessions"), NOW) is False
    assert retention._claim(kind("sessions"), NOW + dt.timedelta(minutes=61)) is True


@pytest.mark.django_db
def test_a_kind_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions(1, days_ago=20)
    broken = retention.Kind(
        key="aaa",
        title="x",
        counted_from="x",
        reason="x",
        default=1,
        minimum=1,
        maximum=1,
        due=lambda before: 1 / 0,  # type: ignore[arg-type,return-value]
    )
    monkeypatch.setitem(retention._kinds, "aaa", broken)
    retention.tick(now=NOW)
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_pause_stops_all(hr: Employee, gone: Employee) -> None:
    sessions(1, days_ago=20)
    retention.pause(by=hr, reason="Audit")
    retention.tick(now=NOW)
    assert Session.objects.exists() and not PlannedErasure.objects.exists()
    with pytest.raises(ValidationError):
        retention.pause(by=hr, reason="Again")
    assert retention.resume(by=hr) is True and retention.resume(by=hr) is False
    retention.tick(now=NOW)
    assert not Session.objects.exists() and PlannedErasure.objects.exists()


@pytest.mark.django_db
def test_the_room_ticks(gone: Employee) -> None:
    importlib.import_module("culture.people.tick").tick(now=NOW)
    assert PlannedErasure.objects.filter(employee=gone).exists()


@pytest.mark.django_db
def test_the_database_keeps_the_rules(hr: Employee, employee: Employee) -> None:
    for make in (
        lambda: LegalHold.objects.create(employee=employee, reason=""),
        lambda: RetentionPause.objects.create(reason=""),
        lambda: PlannedErasure.objects.create(employee=employee, noticed_on=NOW.date(), due_on=NOW.date()),
        lambda: [LegalHold.objects.create(employee=employee, reason="x") for _ in range(2)],
        lambda: [RetentionPause.objects.create(reason="x") for _ in range(2)],
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


@pytest.mark.django_db
def test_hr_sees_what_goes_next(gone: Employee, hr: Employee, client_of: Callable[..., Client]) -> None:
    page = client_of(hr).get(PAGE).content.decode()
    assert "1 name is erased within 30 days" in page and "Lia Gone" in page
    assert "Points ledger" in page and "Audit trail" in page
    Employee.objects.filter(pk=gone.pk).update(left_on=None)
    assert "No name is erased within" in client_of(hr).get(PAGE).content.decode()


@pytest.mark.django_db
def test_a_shorter_period_is_shown_before_it_is_saved(
    hr: Employee, employee: Employee, client_of: Callable[..., Client]
) -> None:
    Employee.objects.filter(pk=employee.pk).update(left_on=NOW.date() - 200 * DAY)
    client, address = client_of(hr), f"{PAGE}period/leavers/"
    refused = client.post(address, {"days": 100})
    assert refused.status_code == 409 and "Nothing is saved yet" in refused.content.decode()
    assert not RetentionRule.objects.filter(days=100).exists()
    shown = client.get(address, {"days": 100}).content.decode()
    assert 'name="seen" value="1"' in shown
    assert client.post(address, {"days": 100, "seen": 1}).status_code == 302
    assert retention.days_of(kind("leavers")) == 100
    entry = AuditEntry.objects.get(verb="retention.period")
    assert (entry.subject, entry.detail) == ("leavers", {"before": 730, "after": 100})
    assert client.post(address, {"days": 1000}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("days", ["", "29", "3651", "-1", "many", "99999999999"])
def test_periods_outside_the_limits_are_refused(days: str, hr: Employee, client_of: Callable[..., Client]) -> None:
    answer = client_of(hr).post(f"{PAGE}period/leavers/", {"days": days})
    assert answer.status_code == 422
    assert f'value="{days}"' in answer.content.decode() or not days
    assert not RetentionRule.objects.filter(days__isnull=False).exists()


@pytest.mark.django_db
def test_holds_on_the_page(hr: Employee, gone: Employee, client_of: Callable[..., Client]) -> None:
    client, address = client_of(hr), f"{PAGE}holds/"
    assert "No holds" in client.get(address).content.decode()
    assert f'value="{gone.number}"' in client.get(address, {"number": gone.number}).content.decode()
    wrong = client.post(address, {"number": "nobody", "reason": "kept as typed"})
    assert wrong.status_code == 422 and "kept as typed" in wrong.content.decode()
    assert client.post(address, {"number": gone.number, "reason": ""}).status_code == 422
    assert client.post(address, {"number": gone.number, "reason": "Case 1"}).status_code == 302
    assert client.post(address, {"number": gone.number, "reason": "Case 2"}).status_code == 422
    assert "Lia Gone" in client.get(address).content.decode()
    assert client.post(f"{address}{LegalHold.objects.get().pk}/lift/").status_code == 302
    assert not LegalHold.objects.filter(lifted_at__isnull=True).exists()


@pytest.mark.django_db
def test_pause_on_the_page(hr: Employee, client_of: Callable[..., Client]) -> None:
    client = client_of(hr)
    assert client.post(f"{PAGE}pause/", {"reason": " "}).status_code == 422
    assert client.post(f"{PAGE}pause/", {"reason": "Audit of the year"}).status_code == 302
    assert "Audit of the year" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}pause/", {"reason": "Again"}).status_code == 422
    assert client.post(f"{PAGE}resume/").status_code == 302
    assert "Nothing expires" not in client.get(PAGE).content.decode()


@pytest.mark.django_db
def test_others_may_not(
    manager: Employee, executive: Employee, stranger: Employee, units: dict[str, Unit], client_of: Callable[..., Client]
) -> None:
    part = make_person("HR2", units["Retail"])
    Grant.objects.create(employee=part, role=Role.HR_ADMIN, unit=units["Retail"])
    addresses = ("", "pause/", "holds/", "period/leavers/")
    for person in (manager, executive, stranger, part):
        for address in addresses:
            assert client_of(person).get(PAGE + address).status_code == 403, (person, address)
        for address in ("resume/", "holds/1/lift/", "pause/", "holds/"):
            assert client_of(person).post(PAGE + address, {"reason": "x"}).status_code == 403, (person, address)
    assert client_of(None).get(PAGE).status_code == 302
    assert not RetentionPause.objects.exists()


@pytest.mark.django_db
def test_unknown_kinds_and_holds_are_not_found(hr: Employee, client_of: Callable[..., Client]) -> None:
    assert client_of(hr).get(f"{PAGE}period/nothing/").status_code == 404
    assert client_of(hr).post(f"{PAGE}holds/12345/lift/").status_code == 404


@pytest.mark.django_db
def test_queries_of_the_pages(hr: Employee, gone: Employee, client_of: Callable[..., Client]) -> None:
    client = client_of(hr)
    for number in ("A1", "A2", "A3"):
        person = Employee.objects.get(number=number)
        Employee.objects.filter(pk=person.pk).update(left_on=gone.left_on)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as three:
        client.get(PAGE)
    Employee.objects.filter(number__in=["A2", "A3"]).update(left_on=None)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    assert len(three) == len(one)
