"""The pages of units: the tree on any day, a unit, and every change of it with its preview."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from culture.access.models import Grant, Role
from culture.people import structure
from culture.people.models import Employee, PlannedChange, Unit
from tests.conftest import make_person, make_unit

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def two_steps(client: Client, address: str, **fields: object):
    """Fill in the form, look at the preview, confirm it."""
    preview = client.post(address, fields)
    assert preview.status_code == 200, text(preview)
    seen = re.search(r'name="seen" value="([^"]+)"', preview.content.decode())
    assert seen, text(preview)
    return preview, client.post(address, {**fields, "seen": seen[1]}, follow=True)


@pytest.fixture
def unit_hr(units) -> Employee:
    """HR of Retail and everything below, of nothing else."""
    person = make_person("UH1", units["Retail"], given_name="Ugo", family_name="Retail")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN, unit=units["Retail"])
    return person


def test_who_may_change_units(units, hr, manager, executive, employee, stranger, unit_hr, client_of) -> None:
    inside, outside = f"/units/{units['Branch A'].pk}/do/rename/", f"/units/{units['Services'].pk}/do/rename/"
    for person, first, second in (
        (hr, 200, 200), (unit_hr, 200, 404), (manager, 403, 403), (executive, 403, 403), (employee, 403, 403),
        (stranger, 403, 403),
    ):  # fmt: skip
        client = client_of(person)
        assert (client.get(inside).status_code, client.get(outside).status_code) == (first, second), person
        assert client.post(f"/units/{units['Branch A'].pk}/reopen/").status_code == (302 if first == 200 else 403)
    assert client_of(None).get(inside).status_code == 302


def test_who_may_see_a_unit(units, hr, manager, executive, employee, client_of) -> None:
    own, other = f"/units/{units['Branch A'].pk}/", f"/units/{units['Services'].pk}/"
    assert [client_of(hr).get(one).status_code for one in (own, other)] == [200, 200]
    assert [client_of(executive).get(one).status_code for one in (own, other)] == [200, 200]
    assert [client_of(manager).get(one).status_code for one in (own, other)] == [200, 404]
    assert client_of(employee).get(own).status_code == 403
    # Names of people are for who may see the team, numbers for whoever may see the unit.
    assert "A11" in text(client_of(manager).get(own))
    assert "A11" not in text(client_of(executive).get(own))
    assert "12 people" in text(client_of(executive).get(own))


def test_a_trainer_finds_his_tree(units, client_of) -> None:
    person = make_person("T1", units["Services"])
    Grant.objects.create(employee=person, role=Role.TRAINER, unit=units["Retail"])
    page = text(client_of(person).get("/units/"))
    assert "Retail" in page
    assert "Services" not in page


def test_rename_shows_what_will_happen_before_it_does(units, hr, manager, client_of) -> None:
    client, today = client_of(hr), timezone.localdate()
    address = f"/units/{units['Retail'].pk}/do/rename/"
    preview = client.post(address, {"name": "Shops", "on": today.isoformat()})
    assert "12 people are concerned" in text(preview)
    assert "2 subunits go along" in text(preview)
    assert Unit.objects.get(pk=units["Retail"].pk).name == "Retail"
    _preview, done = two_steps(client, address, name="Shops", on=today.isoformat())
    assert "Done." in text(done)
    assert "Renamed from Retail to Shops" in text(done)
    assert Unit.objects.get(pk=units["Branch A"].pk).path == "Meridian > Shops > Branch A"


def test_only_what_was_previewed_is_done(units, hr, client_of) -> None:
    client, today = client_of(hr), timezone.localdate().isoformat()
    address = f"/units/{units['Retail'].pk}/do/rename/"
    preview = client.post(address, {"name": "Shops", "on": today}).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', preview)[1]
    again = client.post(address, {"name": "Stores", "on": today, "seen": seen})
    assert again.status_code == 200
    assert "Stores" in text(again)
    assert Unit.objects.get(pk=units["Retail"].pk).name == "Retail"


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(units, hr, manager, client_of) -> None:
    address = f"/units/{units['Branch A'].pk}/do/close/"
    answer = client_of(hr).post(address, {"on": timezone.localdate().isoformat(), "units_to": "Branch B"})
    assert answer.status_code == 422
    assert "12 people belong to it. Say where they go." in text(answer)
    assert (
        'value="Meridian &gt; Retail &gt; Branch B"' in answer.content.decode() or "Branch B" in answer.content.decode()
    )
    answer = client_of(hr).post(address, {"on": "yesterday", "people_to": "Nowhere"})
    assert answer.status_code == 422
    assert "There is no open unit called “Nowhere” here." in text(answer)
    assert Unit.objects.get(pk=units["Branch A"].pk).until is None


def test_merge_split_move_close_reopen_by_page(units, hr, manager, client_of) -> None:
    client, today = client_of(hr), timezone.localdate().isoformat()
    branch = units["Branch A"].pk
    chosen = list(Employee.objects.filter(number__in=["A1", "A2"]).values_list("pk", flat=True))
    two_steps(client, f"/units/{branch}/do/split/", name="Branch C", people=chosen, on=today)
    new = Unit.objects.get(name="Branch C")
    assert Employee.objects.filter(unit=new).count() == 2
    two_steps(client, f"/units/{new.pk}/do/move/", target="Services", on=today)
    assert Unit.objects.get(pk=new.pk).path == "Meridian > Services > Branch C"
    preview, _done = two_steps(client, f"/units/{branch}/do/merge/", target="Branch B", on=today)
    assert "10 people are concerned" in text(preview)
    assert Unit.objects.get(pk=branch).merged_into == units["Branch B"]
    page = text(client.get(f"/units/{branch}/"))
    assert "was merged into Branch B" in page
    client.post(f"/units/{branch}/reopen/")
    assert Unit.objects.get(pk=branch).until is None
    assert client.get(f"/units/{new.pk}/do/nothing/").status_code == 404


def test_a_new_unit_and_who_may_put_it_at_the_top(units, hr, unit_hr, client_of) -> None:
    today = timezone.localdate().isoformat()
    _preview, done = two_steps(client_of(hr), "/units/new/", name="Board", on=today)
    assert Unit.objects.get(name="Board").parent is None
    assert "Board" in text(done)
    assert client_of(unit_hr).post("/units/new/", {"name": "Mine", "on": today}).status_code == 403
    two_steps(client_of(unit_hr), "/units/new/", name="Branch D", target="Retail", on=today)
    answer = client_of(unit_hr).post("/units/new/", {"name": "X", "target": "Services", "on": today})
    assert "no open unit called “Services”" in text(answer)


def test_what_is_planned_is_shown_and_cancelled(units, hr, unit_hr, client_of) -> None:
    client, ahead = client_of(hr), timezone.localdate() + dt.timedelta(days=30)
    two_steps(client, f"/units/{units['Services'].pk}/do/rename/", name="Help", on=ahead.isoformat())
    planned = PlannedChange.objects.get()
    assert "Services is renamed Help" in text(client.get("/units/"))
    assert "Services is renamed Help" in text(client.get(f"/units/{units['Services'].pk}/"))
    assert "Services is renamed Help" not in text(client_of(unit_hr).get("/units/"))
    assert client_of(unit_hr).post(f"/units/planned/{planned.pk}/cancel/").status_code == 404
    client.post(f"/units/planned/{planned.pk}/cancel/")
    planned.refresh_from_db()
    assert planned.status == "cancelled"


def test_the_tree_as_it_was(units, hr, client_of) -> None:
    today = timezone.localdate()
    structure.rename(units["Retail"], name="Shops", on=today, by=hr)
    client, before = client_of(hr), today - dt.timedelta(days=1)
    assert "Shops" in text(client.get("/units/"))
    page = text(client.get(f"/units/?on={before.isoformat()}"))
    assert "Units as they were on" in page
    assert "Retail" in page
    assert "Shops" not in page
    assert "Shops" in text(client.get("/units/?on=nonsense"))
    assert "No units on that day" in text(client.get("/units/?on=1900-01-01")) or "Meridian" in text(
        client.get("/units/?on=1900-01-01")
    )


def test_units_are_found_without_accents(units, hr, client_of) -> None:
    make_unit("Servicii București", units["Services"])
    page = client_of(hr).get("/units/?q=bucuresti")
    assert "1 unit found" in text(page)
    assert "No unit found" in text(client_of(hr).get("/units/?q=zzz"))
    values = client_of(hr).get("/units/suggest/?q=bucur").json()["values"]
    assert values == ["Meridian > Services > Servicii București"]


def test_a_large_tree_comes_level_by_level(units, hr, client_of) -> None:
    for area in range(8):
        parent = make_unit(f"Area {area}", units["Services"])
        Unit.objects.bulk_create(
            [Unit(name=f"Team {area}-{n}", path=f"{parent.path} > Team {area}-{n}", parent=parent) for n in range(50)]
        )
    client = client_of(hr)
    page = client.get("/units/")
    assert "Team 3-7" not in text(page)
    assert len(page.content) < 120_000
    part = text(client.get(f"/units/{units['Services'].pk}/children/"))
    assert "Area 3" in part
    assert "Team 3-7" not in part
    assert "Team 3-7" in text(client.get(f"/units/{Unit.objects.get(name='Area 3').pk}/children/"))


def test_subunits_are_sorted_by_buttons(units, hr, manager, client_of) -> None:
    retail, second = units["Retail"].pk, units["Branch B"].pk
    assert client_of(manager).post(f"/units/{retail}/sort/", {"child": second, "to": "up"}).status_code == 403
    client_of(hr).post(f"/units/{retail}/sort/", {"child": second, "to": "up"})
    assert [unit.name for unit in Unit.objects.filter(parent=retail)] == ["Branch B", "Branch A"]
    client_of(hr).post(f"/units/{retail}/sort/", {"child": "nonsense", "to": "up"})
    assert [unit.name for unit in Unit.objects.filter(parent=retail)] == ["Branch B", "Branch A"]


@pytest.mark.parametrize("address", ["/units/", "/units/{services}/", "/units/?q=a", "/units/{services}/do/move/"])
def test_queries_do_not_grow_with_units(address, units, hr, client_of, django_assert_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, address = client_of(hr), address.format(services=units["Services"].pk)
    make_person("B0", make_unit("B0", units["Services"]))
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert client.get(address).status_code == 200
    for n in range(3):
        make_person(f"C{n}", make_unit(f"C{n}", units["Services"]))
    with django_assert_num_queries(len(one)):
        client.get(address)


def test_the_api_tells_trees_lineage_and_history(units, hr, manager, client_of) -> None:
    today = timezone.localdate()
    structure.rename(units["Branch A"], name="Branch One", on=today, by=hr)
    before = (today - dt.timedelta(days=1)).isoformat()
    tree = client_of(manager).get(f"/api/v1/units/tree/?on={before}").json()
    assert [(row["name"], row["people"]) for row in tree] == [("Branch A", 12)]
    (fate,) = client_of(manager).get(f"/api/v1/units/lineage/?from={before}").json()
    assert (fate["name"], fate["new_name"], fate["renamed"]) == ("Branch A", "Branch One", True)
    history = client_of(hr).get(f"/api/v1/units/{units['Branch A'].pk}/history/").json()
    assert [row["name"] for row in history] == ["Branch A", "Branch One"]
    assert client_of(manager).get(f"/api/v1/units/{units['Services'].pk}/history/").status_code == 404
    wrong = client_of(hr).get("/api/v1/units/tree/?on=yesterday")
    assert wrong.status_code == 400
    assert wrong.json()["error"]["fields"]["on"] == ["Write the day as YYYY-MM-DD."]
