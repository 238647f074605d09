"""Pages and command of erasing: who may, who may not, what is refused, and that it has to be meant."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.people import erasure, retention
from culture.people.models import Employee, Unit
from culture.people.rights_models import Erasure
from tests.conftest import make_person

LIST = "/people/erasure/"


@pytest.fixture
def leaver(employee: Employee) -> Employee:
    Employee.objects.filter(pk=employee.pk).update(
        left_on=timezone.localdate() - dt.timedelta(days=40), given_name="Lia", family_name="Gone"
    )
    employee.refresh_from_db()
    return employee


def url(person: Employee) -> str:
    return f"{LIST}{person.pk}/"


@pytest.mark.django_db
def test_hr_erases_after_typing_the_number(hr: Employee, leaver: Employee, client_of: Callable[..., Client]) -> None:
    client = client_of(hr)
    assert "Lia Gone" in client.get(LIST).content.decode()
    page = client.get(url(leaver)).content.decode()
    assert "What will go, what stays, and why" in page and "Units, from when to when" in page
    answer = client.post(url(leaver), {"typed": leaver.number}, follow=True)
    text = answer.content.decode()
    assert "Erased. Nothing here names this person any more" in text and "Lia Gone" not in text
    done = Erasure.objects.get()
    assert (done.employee_id, done.by, done.why) == (leaver.pk, hr, "request")
    entry = AuditEntry.objects.get(verb="employee.erase")
    assert entry.subject == f"employee:{leaver.pk}" and "Gone" not in str(entry.detail)
    assert Employee.objects.get(pk=leaver.pk).name == "Former colleague"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "A", "a1", "A11"])
def test_a_slip_erases_nobody(typed: str, hr: Employee, leaver: Employee, client_of: Callable[..., Client]) -> None:
    answer = client_of(hr).post(url(leaver), {"typed": typed})
    assert answer.status_code == 422
    assert not Erasure.objects.exists()
    if typed:
        assert f'value="{typed}"' in answer.content.decode()


@pytest.mark.django_db
def test_who_has_not_left_is_refused(hr: Employee, employee: Employee, client_of: Callable[..., Client]) -> None:
    for left_on in (None, timezone.localdate(), timezone.localdate() + dt.timedelta(days=3)):
        Employee.objects.filter(pk=employee.pk).update(left_on=left_on)
        answer = client_of(hr).post(url(employee), {"typed": employee.number})
        assert answer.status_code == 409
        assert "has not left" in answer.content.decode()
    assert not Erasure.objects.exists()


@pytest.mark.django_db
def test_who_is_on_hold_is_refused(hr: Employee, leaver: Employee, client_of: Callable[..., Client]) -> None:
    retention.place_hold(employee=leaver, reason="Court case 12", by=hr)
    answer = client_of(hr).post(url(leaver), {"typed": leaver.number})
    assert answer.status_code == 409 and "Court case 12" in answer.content.decode()


@pytest.mark.django_db
def test_twice_is_refused(hr: Employee, leaver: Employee, client_of: Callable[..., Client]) -> None:
    erasure.erase(employee=leaver, by=hr, today=timezone.localdate())
    answer = client_of(hr).post(url(leaver), {"typed": f"erased-{leaver.pk}"})
    assert answer.status_code == 409 and "erased already" in answer.content.decode()
    assert Erasure.objects.count() == 1


@pytest.mark.django_db
def test_the_last_hr_admin_is_refused(leaver: Employee, units: dict[str, Unit]) -> None:
    left_on = leaver.left_on
    Employee.objects.filter(pk=leaver.pk).update(left_on=None)
    Grant.objects.create(employee=leaver, role=Role.HR_ADMIN)
    Employee.objects.filter(pk=leaver.pk).update(left_on=left_on)
    assert "last HR admin" in erasure.refusal(leaver, today=timezone.localdate())
    Grant.objects.create(employee=make_person("HR9", units["Services"]), role=Role.HR_ADMIN)
    assert erasure.refusal(leaver, today=timezone.localdate()) == ""


@pytest.mark.django_db
def test_others_may_not(
    manager: Employee, executive: Employee, stranger: Employee, leaver: Employee, units: dict[str, Unit],
    client_of: Callable[..., Client],
) -> None:  # fmt: skip
    part = make_person("HR2", units["Retail"])
    Grant.objects.create(employee=part, role=Role.HR_ADMIN, unit=units["Retail"])
    for person in (manager, executive, stranger, part):
        for address in (LIST, url(leaver)):
            assert client_of(person).get(address).status_code == 403, (person, address)
        assert client_of(person).post(url(leaver), {"typed": leaver.number}).status_code == 403
    assert client_of(None).get(LIST).status_code == 302
    assert not Erasure.objects.exists()


@pytest.mark.django_db
def test_unknown_person_is_not_found(hr: Employee, client_of: Callable[..., Client]) -> None:
    assert client_of(hr).get(f"{LIST}999999/").status_code == 404


@pytest.mark.django_db
def test_search_and_empty_states(hr: Employee, leaver: Employee, client_of: Callable[..., Client]) -> None:
    client = client_of(hr)
    assert "Lia Gone" in client.get(LIST, {"q": "gone a1"}).content.decode()
    assert "Nobody found among those who left" in client.get(LIST, {"q": "\0nobody"}).content.decode()
    Employee.objects.filter(pk=leaver.pk).update(left_on=None)
    assert "Nobody to erase" in client.get(LIST).content.decode()


@pytest.mark.django_db
def test_queries_of_the_list(hr: Employee, leaver: Employee, client_of: Callable[..., Client]) -> None:
    client = client_of(hr)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    Employee.objects.filter(number__in=["A2", "A3"]).update(left_on=leaver.left_on)
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)
    assert len(three) == len(one)


@pytest.mark.django_db
def test_preview_writes_nothing(leaver: Employee) -> None:
    before = Employee.objects.filter(pk=leaver.pk).values().get()
    lines = erasure.preview(leaver)
    assert {line.fate for line in lines} == {"cleared", "kept"}
    assert Employee.objects.filter(pk=leaver.pk).values().get() == before


@pytest.mark.django_db
def test_half_an_erasure_is_none(leaver: Employee, hr: Employee, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(wanted: list[str]) -> dict[str, int]:
        raise RuntimeError("the lights go out")

    monkeypatch.setattr("culture.people.erasure_search.cover_mentions", fail)
    with pytest.raises(RuntimeError):
        erasure.erase(employee=leaver, by=hr, today=timezone.localdate())
    assert Employee.objects.get(pk=leaver.pk).name == "Lia Gone"
    assert not Erasure.objects.exists()


@pytest.mark.django_db
def test_command(leaver: Employee, manager: Employee, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    call_command("erase", leaver.number, "--dry-run", stdout=out)
    assert "Nothing was changed" in out.getvalue() and "Units, from when to when" in out.getvalue()
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    with pytest.raises(CommandError, match="another number"):
        call_command("erase", leaver.number, stdout=out)
    with pytest.raises(CommandError, match="has not left"):
        call_command("erase", manager.number, "--yes", stdout=out)
    with pytest.raises(CommandError, match="Nobody has the number"):
        call_command("erase", "nobody", "--yes", stdout=out)
    assert not Erasure.objects.exists()
    monkeypatch.setattr("builtins.input", lambda prompt: leaver.number)
    call_command("erase", leaver.number, stdout=out)
    assert Erasure.objects.get().employee_id == leaver.pk
