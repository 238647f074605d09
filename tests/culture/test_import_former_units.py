"""Files that name units as they were once called, and the undo of big imports by the worker."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from culture.people import former, structure, tasks, undoing
from culture.people.import_models import ImportDraft, PeopleImport
from culture.people.models import Employee, Unit
from tests.culture.import_world import confirm, preview, text

ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def renamed(hr: Employee, units: dict[str, Unit], manager: Employee) -> dict[str, Unit]:
    """Retail is called Shops since yesterday."""
    structure.rename(units["Retail"], name="Shops", on=timezone.localdate() - DAY, by=hr)
    return units


def test_former_paths_lead_to_what_they_are_today(renamed, hr) -> None:
    today = timezone.localdate()
    assert former.successors(["Meridian > Retail > Branch A", "Meridian > Elsewhere", "Nowhere > At all"]) == {
        "Meridian > Retail > Branch A": "Meridian > Shops > Branch A"
    }
    # A new branch of the renamed unit lies below its new name.
    assert former.successors(["Meridian > Retail > Branch C"]) == {
        "Meridian > Retail > Branch C": "Meridian > Shops > Branch C"
    }
    structure.merge(renamed["Branch B"], into=renamed["Branch A"], on=today, by=hr)
    assert former.successors(["Meridian > Retail > Branch B"]) == {
        "Meridian > Retail > Branch B": "Meridian > Shops > Branch A"
    }
    # Moved: its former place is known, too.
    structure.move(renamed["Branch A"], parent=renamed["Services"], on=today, by=hr)
    assert former.successors(["Meridian > Shops > Branch A"]) == {
        "Meridian > Shops > Branch A": "Meridian > Services > Branch A"
    }


def test_what_may_be_two_units_is_nobodys_former_path(hr, units) -> None:
    today = timezone.localdate()
    structure.rename(units["Branch A"], name="North", on=today - 2 * DAY, by=hr)
    structure.rename(units["Branch B"], name="Branch A", on=today - DAY, by=hr)
    structure.rename(units["Branch B"], name="South", on=today, by=hr)
    assert former.successors(["Meridian > Retail > Branch A"]) == {}


def test_the_preview_asks_about_a_former_name(renamed, hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, text("A1,Person,A1,a1@meridian.test,Meridian > Retail > Branch A,M1,2020-01-01,\n"))
    page = client.get(address).content.decode()
    assert "Meridian &gt; Retail &gt; Branch A → <strong>Meridian &gt; Shops &gt; Branch A</strong>" in page
    assert "/confirm/" not in page
    assert client.post(address + "reading/", {"former_units": "perhaps"}).status_code == 422

    client.post(address + "reading/", {"former_units": "same"})
    page = client.get(address).content.decode()
    assert "There is nothing to import" in page
    assert not Unit.objects.filter(path__startswith="Meridian > Retail").exists()

    client.post(address + "reading/", {"former_units": "new"})
    confirm(client, address)
    assert Employee.objects.get(number="A1").unit.path == "Meridian > Retail > Branch A"
    assert PeopleImport.objects.get().about["former_units"] == "new"


def test_the_command_asks_about_a_former_name(renamed, tmp_path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(text("A1,Person,A1,a1@meridian.test,Meridian > Retail > Branch A,M1,2020-01-01,\n"))
    with pytest.raises(CommandError, match="former name or place"):
        call_command("import_people", str(file), stdout=io.StringIO())
    told = io.StringIO()
    call_command("import_people", str(file), "--former-units", "same", stdout=told)
    assert "unchanged 1" in told.getvalue()
    assert Employee.objects.get(number="A1").unit == renamed["Branch A"]


# -- undo by the worker ------------------------------------------------------------------------------------------------


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every undo is for the worker; returns the imports handed to it."""
    found: list[int] = []
    monkeypatch.setattr(undoing, "BIG", 0)
    monkeypatch.setattr("culture.people.tasks.undo_import.delay_on_commit", found.append)
    return found


def imported(client: Client) -> str:
    confirm(client, preview(client, text("N1,Ann,One,,New unit,,,\nN2,Bob,Two,,New unit,N1,,\n")))
    assert not ImportDraft.objects.exists()
    return f"/people/imports/{PeopleImport.objects.get().pk}/"


def test_the_worker_undoes_a_big_import_once(hr, client_of: ClientOf, handed: list[int]) -> None:
    client, people = client_of(hr), Employee.objects.count()
    address = imported(client)
    page = client.post(address + "undo/", {"sure": "on"}, follow=True).content.decode()
    assert "The worker puts everybody back" in page
    assert 'name="sure"' not in page
    assert Employee.objects.count() == people + 2
    client.post(address + "undo/", {"sure": "on"})
    assert len(handed) == 1

    tasks.undo_import(handed[0])
    assert Employee.objects.count() == people
    assert not Unit.objects.filter(path="New unit").exists()
    done = PeopleImport.objects.get()
    assert (done.undone, done.undone_by) == (True, hr)
    assert "Everybody is as before" in client.get(address).content.decode()
    tasks.undo_import(handed[0])  # the queue may deliver twice


def test_a_worker_that_is_refused_says_why_and_changes_nothing(hr, client_of: ClientOf, handed: list[int]) -> None:
    client = client_of(hr)
    address = imported(client)
    client.post(address + "undo/", {"sure": "on"})
    Employee.objects.filter(number="N1").update(given_name="Anna")
    tasks.undo_import(handed[0])
    page = client.get(address).content.decode()
    assert "Ann One (N1) was changed since: Given name" in page
    assert 'name="sure"' in page
    assert Employee.objects.filter(number="N2").exists()


def test_the_tick_hands_out_what_a_dead_worker_left(hr, client_of: ClientOf, handed: list[int]) -> None:
    address = imported(client_of(hr))
    client_of(hr).post(address + "undo/", {"sure": "on"})
    now = timezone.now()
    PeopleImport.objects.update(undo_claimed_at=now - DAY)
    tasks.hand_out(now=now)
    assert len(handed) == 2
    PeopleImport.objects.update(undo_claimed_at=now)
    tasks.hand_out(now=now)
    assert len(handed) == 2
