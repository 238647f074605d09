"""Action plans and promises: planned by who leads, read by everybody concerned, late where people look."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from culture.access.models import Grant, Role
from programs.planning import actions
from programs.planning.action_models import Action
from tests.conftest import make_person

LIST = "planning:actions"
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


def made(by: Any, unit: Any, on: dt.date | None = None, **more: Any) -> Action:
    on = on or today()
    given = {"what": "Call back within a day", "owner": by, "due_on": on + 30 * DAY, **more}
    return actions.plan(by=by, plan=actions.Plan(unit=unit, **given), today=on)


def typed(unit: Any, **changed: Any) -> dict[str, Any]:
    given = {"unit": unit.pk, "what": "Call back within a day", "number": "", "due_on": (today() + 9 * DAY).isoformat()}
    return {**given, "promised_to": "", "requirement": "", "wave": "", **changed}


def test_a_manager_plans_and_the_unit_reads(manager: Any, employee: Any, client_of: Any) -> None:
    client, new = client_of(manager), reverse("planning:action_new")
    assert "Plan the first action" in client.get(reverse(LIST)).content.decode()
    page = client.get(new).content.decode()
    assert f'<option value="{manager.unit_id}" selected' in page
    told = client.post(new, typed(manager.unit), follow=True).content.decode()
    assert "Call back within a day" in told and "Done or dropped" in told
    row = Action.objects.get()
    assert (row.owner, row.created_by, row.unit) == (manager, manager, manager.unit)
    page = client_of(employee).get(reverse(LIST)).content.decode()
    assert "Call back within a day" in page and manager.name in page
    assert "Done or dropped" not in page and "Plan an action" not in page


def test_what_is_late_is_the_heading(manager: Any, employee: Any, client_of: Any) -> None:
    made(manager, employee.unit, on=today() - 40 * DAY)
    made(manager, employee.unit, what="In time")
    page = client_of(employee).get(reverse(LIST)).content.decode()
    assert "1 action is overdue" in page and "overdue since" in page
    page = client_of(employee).get(reverse(LIST) + "?show=overdue").content.decode()
    assert "Call back within a day" in page and "In time" not in page


def test_a_promise_is_read_by_whom_it_was_made_to(
    hr: Any, manager: Any, employee: Any, stranger: Any, client_of: Any
) -> None:
    made(hr, stranger.unit, promised_to=employee.unit, what="Invoices within two days")
    made(hr, stranger.unit, what="Tidy our own shelf")
    page = client_of(employee).get(reverse(LIST) + "?show=promised").content.decode()
    assert "Invoices within two days" in page and "promised to" in page and "Tidy our own shelf" not in page
    assert "Tidy our own shelf" in client_of(stranger).get(reverse(LIST)).content.decode()


def test_it_ends_done_or_dropped_with_a_reason_and_for_good(manager: Any, employee: Any, client_of: Any) -> None:
    client, row = client_of(manager), made(manager, employee.unit)
    end = reverse("planning:action_end", args=[row.pk])
    assert client.get(end).status_code == 200
    refused = client.post(end, {"do": "dropped", "outcome": " "})
    assert refused.status_code == 422 and "Say why it is dropped" in refused.content.decode()
    client.post(end, {"do": "done", "outcome": "Nine of ten are called back."})
    row.refresh_from_db()
    assert (row.state, row.ended_on) == ("done", today())
    page = client_of(employee).get(reverse(LIST) + "?show=ended").content.decode()
    assert "Nine of ten are called back." in page
    again = client.post(end, {"do": "dropped", "outcome": "No"})
    assert again.status_code == 422 and "stays as it is" in again.content.decode()
    edit = client.post(reverse("planning:action_edit", args=[row.pk]), typed(employee.unit, what="Other"))
    assert edit.status_code == 422
    with pytest.raises(DatabaseError), transaction.atomic():
        Action.objects.filter(pk=row.pk).update(ended_on=None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"due_on": "2020-01-01"}, "This day is past"),
        ({"due_on": "2099-01-01"}, "Within three years"),
        ({"what": " "}, "This field is required"),
        ({"number": "NOBODY"}, "has the number"),
        ({"promised_to": "own"}, "made to another unit"),
    ],
)
def test_what_cannot_be_planned_is_refused_beside_its_field(
    manager: Any, client_of: Any, changed: dict[str, Any], told: str
) -> None:
    sent = {key: manager.unit_id if value == "own" else value for key, value in changed.items()}
    answer = client_of(manager).post(reverse("planning:action_new"), typed(manager.unit, **sent))
    assert answer.status_code == 422 and told in answer.content.decode() and not Action.objects.exists()


def test_a_day_that_is_past_may_stay_when_another_takes_over(manager: Any, employee: Any, client_of: Any) -> None:
    row = made(manager, employee.unit, on=today() - 40 * DAY)
    sent = typed(employee.unit, number=employee.number, due_on=row.due_on.isoformat())
    assert client_of(manager).post(reverse("planning:action_edit", args=[row.pk]), sent).status_code == 302
    row.refresh_from_db()
    assert row.owner == employee
    with pytest.raises(ValidationError, match="will have left"):
        employee.left_on = today()
        made(manager, employee.unit, owner=employee)


def test_who_may(hr: Any, manager: Any, employee: Any, stranger: Any, executive: Any, client_of: Any) -> None:
    row = made(hr, stranger.unit)
    for name, args in (("action_new", []), ("action_edit", [row.pk]), ("action_end", [row.pk])):
        page = reverse(f"planning:{name}", args=args)
        assert client_of(hr).get(page).status_code == 200
        assert client_of(employee).get(page).status_code == 403
        assert client_of(executive).get(page).status_code == 403
        assert client_of(None).get(page).status_code == 302
    for name in ("action_edit", "action_end"):
        assert client_of(manager).get(reverse(f"planning:{name}", args=[row.pk])).status_code == 404
    foreign = client_of(manager).post(reverse("planning:action_new"), typed(stranger.unit))
    assert foreign.status_code == 422 and Action.objects.count() == 1
    assert "Call back" not in client_of(employee).get(reverse(LIST)).content.decode()


def test_queries_do_not_grow(hr: Any, manager: Any, employee: Any, stranger: Any, client_of: Any) -> None:
    Grant.objects.create(employee=make_person("L1", stranger.unit), role=Role.PROGRAM_LEAD)
    client = client_of(manager)
    made(manager, employee.unit)
    made(hr, employee.unit, what="Promised", promised_to=stranger.unit)
    first = _count(client)
    for number in range(3):
        made(hr, employee.unit, what=f"More {number}", promised_to=stranger.unit)
    assert _count(client) == first


def _count(client: Any) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(reverse(LIST)).status_code == 200
    return len(caught)
