"""The organisation's languages: what is offered, what an import says of others, and what people fall back on."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from culture.access import organisation
from culture.framework.texts import pick
from culture.people import importing
from culture.people.models import Employee, Unit

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Employee | None], Client]
HEAD = "employee_number,given_name,family_name,email,unit_path,language\n"


@pytest.fixture(autouse=True)
def italian() -> Any:
    """An organisation that speaks Italian and French."""
    usual = organisation.current()
    organisation.remember(
        organisation.Settings("Casa", ("it", "fr"), "it", usual.time_zone, usual.sender_name, usual.sender_address, 5)
    )
    yield
    organisation.remember()


def options(page: str, name: str) -> list[str]:
    part = page[page.index(f'name="{name}"') :]
    part = part[: part.index("</select>")]
    return [piece.split('"')[0] for piece in part.split('<option value="')[1:]]


def test_the_form_offers_them_and_what_somebody_has(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    assert options(client.get("/people/new/").content.decode(), "language") == ["it", "fr"]
    Employee.objects.filter(pk=employee.pk).update(language="de")
    address = f"/people/{employee.pk}/do/correct/"
    assert options(client.get(address).content.decode(), "language") == ["it", "fr", "de"]
    sent = {
        "number": employee.number, "given_name": "Petra", "family_name": "Klein", "email": employee.email or "",
        "hired_on": "2020-01-01", "language": "de", "time_zone": "Europe/Rome", "kind": "employee",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    employee.refresh_from_db()
    assert (employee.given_name, employee.language) == ("Petra", "de")
    answer = client.post(address, {**sent, "language": "es"})
    # In the organisation's language: hers, English, is not among them.
    assert answer.status_code == 422 and "Scegli un&#x27;opzione valida" in answer.content.decode()


def plan(text: str) -> importing.ImportPlan:
    return importing.plan(importing.read_file(io.BytesIO((HEAD + text).encode()), "people.csv"))


def test_an_import_keeps_another_language_and_says_so(units: dict[str, Unit], hr: Employee) -> None:
    found = plan("1,Ana,Pop,a@x.it,Meridian,ro\n2,Jan,Kos,b@x.it,Meridian,de\n3,Li,Wu,c@x.it,Meridian,it\n")
    assert found.counts["joined"] == 3 and found.counts["rejected"] == 0
    (note,) = [note for note in found.notes if "language" in note]
    assert "2 people" in note and "de, ro" in note and "Italiano" in note
    importing.apply(found, by=hr, file_name="p.csv", sha256="x")
    assert Employee.objects.get(number="2").language == "de"


def test_an_empty_cell_is_the_main_language_and_changes_nobody(units: dict[str, Unit], hr: Employee) -> None:
    importing.apply(
        plan("1,Ana,Pop,a@x.it,Meridian,\n2,Jan,Kos,b@x.it,Meridian,fr\n"), by=hr, file_name="p", sha256="x"
    )
    assert dict(Employee.objects.filter(number__in="12").values_list("number", "language")) == {"1": "it", "2": "fr"}
    again = plan("1,Ana,Pop,a@x.it,Meridian,\n2,Jan,Kos,b@x.it,Meridian,\n")
    assert again.counts["unchanged"] == 2 and not [note for note in again.notes if "language" in note]


def test_a_word_that_is_no_language_is_still_refused(units: dict[str, Unit]) -> None:
    found = plan("1,Ana,Pop,a@x.it,Meridian,Klingon\n")
    assert found.counts["rejected"] == 1 and found.rejects[0].value == "Klingon"


def test_texts_fall_back_on_the_main_language() -> None:
    texts = {"en": "Good day", "it": "Buongiorno"}
    assert pick(texts, "de") == "Buongiorno" and pick(texts, "en") == "Good day"
    assert pick({"en": "Good day"}, "de") == "Good day"
    with translation.override("fr"):
        assert pick(texts) == "Buongiorno"


def test_the_charter_is_written_in_them(hr: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    client.post("/charter/draft/begin/")
    page = client.get("/charter/draft/", follow=True).content.decode()
    assert "Français" in page and "Italiano" in page and "Română" not in page
