"""Plans and promises of units that were merged: those who came from them read them, and see to them, where they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from culture.people import structure
from culture.people.models import Employee
from programs.planning import actions, judging
from programs.planning.action_models import Action
from tests.programs.test_actions import DAY, LIST, made, typed
from tests.programs.test_planning import make_program

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def merged(hr: Any, manager: Any, employee: Any, stranger: Any, units: Any) -> dict[str, Any]:
    """Branch A planned something, promised something to Services and was promised something; now it is Branch B."""
    branch, other = units["Branch A"], units["Services"]
    rows = {
        "own": made(manager, branch, what="Tidy the shelf"),
        "given": made(manager, branch, what="Call back", promised_to=other),
        "had": made(hr, other, what="Invoices in two days", promised_to=branch, on=today() - 40 * DAY),
        "inside": made(manager, branch, what="Share the desk", promised_to=units["Branch B"], on=today() - 40 * DAY),
    }
    structure.merge(branch, into=units["Branch B"], on=today(), by=hr)
    units["Branch B"].refresh_from_db()
    return rows


def test_its_people_read_them_where_they_are_now(
    manager: Any, employee: Any, stranger: Any, merged: dict[str, Action], client_of: Any
) -> None:
    for person in (employee, manager, stranger):
        person = Employee.objects.get(pk=person.pk)
        page = client_of(person).get(reverse(LIST)).content.decode()
        if person.pk == stranger.pk and person.unit.name != "Branch B":
            continue
        assert all(text in page for text in ("Tidy the shelf", "Call back", "Invoices in two days"))
        page = client_of(person).get(reverse(LIST) + "?show=promised").content.decode()
        assert "Invoices in two days" in page and "Tidy the shelf" not in page
        assert client_of(person).get(reverse("planning:action", args=[merged["had"].pk])).status_code == 200
    page = client_of(manager).get(reverse("people:unit", args=[Employee.objects.get(pk=employee.pk).unit_id]))
    assert "Tidy the shelf" in page.content.decode()


def test_whoever_leads_them_now_sees_to_them(manager: Any, hr: Any, merged: dict[str, Action], client_of: Any) -> None:
    row, heir = merged["given"], Employee.objects.get(pk=manager.pk).unit
    for person in (hr, manager):
        page = client_of(person).get(reverse(LIST)).content.decode()
        assert reverse("planning:action_edit", args=[row.pk]) in page
        page = client_of(person).get(reverse("planning:action", args=[row.pk])).content.decode()
        assert "Done or dropped" in page
    edit = reverse("planning:action_edit", args=[row.pk])
    assert f'<option value="{heir.pk}" selected' in client_of(manager).get(edit).content.decode()
    sent = typed(heir, what="Call back at once", promised_to=row.promised_to_id)  # type: ignore[attr-defined]
    assert client_of(manager).post(edit, sent).status_code == 302
    row.refresh_from_db()
    assert (row.what, row.unit) == ("Call back at once", heir)
    end = reverse("planning:action_end", args=[merged["own"].pk])
    assert client_of(manager).post(end, {"do": "done", "outcome": "Tidy"}).status_code == 302


@pytest.mark.parametrize("name", ["had", "inside"])
def test_a_promise_to_a_merged_unit_is_changed_and_stays_its(
    hr: Any, merged: dict[str, Action], units: Any, client_of: Any, name: str
) -> None:
    row = merged[name]
    kept, by = row.promised_to_id, actions.became(row.unit)  # type: ignore[attr-defined]
    edit = reverse("planning:action_edit", args=[row.pk])
    assert f'<option value="{units["Branch B"].pk}" selected' in client_of(hr).get(edit).content.decode()
    sent = typed(by, what="Said better", due_on=row.due_on.isoformat(), promised_to=units["Branch B"].pk)
    assert client_of(hr).post(edit, sent).status_code == 302
    row.refresh_from_db()
    assert (row.what, row.promised_to_id) == ("Said better", kept)  # type: ignore[attr-defined]
    other = client_of(hr).post(edit, {**sent, "promised_to": units["Retail"].pk})
    assert other.status_code == 422 and "stays with whom it was made" in other.content.decode()


def test_a_promise_to_a_closed_unit_can_still_be_worded_anew(
    hr: Any, units: Any, employee: Any, client_of: Any
) -> None:
    row = made(hr, units["Services"], promised_to=units["Branch A"])
    structure.close(units["Branch A"], on=today(), by=hr, people_to=units["Branch B"])
    sent = typed(units["Services"], what="Said better", promised_to=units["Branch A"].pk)
    assert client_of(hr).post(reverse("planning:action_edit", args=[row.pk]), sent).status_code == 302
    row.refresh_from_db()
    assert (row.what, row.promised_to) == ("Said better", units["Branch A"])


def test_a_program_tells_them_as_before(hr: Any, manager: Any, employee: Any, stranger: Any, units: Any) -> None:
    program = make_program(hr, units)
    row = made(manager, units["Branch A"])
    assert row in actions.of_program(program, today())
    structure.merge(units["Branch A"], into=units["Branch B"], on=today(), by=hr)
    assert row in actions.of_program(program, today())


def test_what_it_became_judges_and_is_judged(hr: Any, merged: dict[str, Action], units: Any) -> None:
    later = today() + 60 * DAY
    told = {one.id: (one.provider, one.customer) for one in judging.due(later)}
    branch, services = units["Branch B"].pk, units["Services"].pk
    assert told == {merged["had"].pk: (services, branch), merged["given"].pk: (branch, services)}
    assert [one.pk for one in judging.of_unit(units["Branch B"], today())][:1]
