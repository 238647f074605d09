"""Which requirements and behaviours matter for whom: the rules, the matrix, and what an employee sees of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.access.models import AuditEntry
from culture.framework import profiles, tailoring
from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, ProfileLine, Requirement, RequirementProfile, TailoringChange
from culture.framework.tailoring import Wording
from culture.people.models import Employee

ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def default(catalogue: None) -> RequirementProfile:
    return RequirementProfile.objects.get(is_default=True)


@pytest.fixture
def retail(hr: Employee, default: RequirementProfile) -> RequirementProfile:
    return profiles.create(job_family="Retail", copy_of=default, by=hr)


def put(profile: RequirementProfile, by: Employee, **levels: int) -> list[profiles.Cell]:
    now = profiles.levels_of([profile])[profile.pk]
    return profiles.set_levels(
        changes={(profile.pk, code): (now.get(code, 0), level) for code, level in levels.items()}, by=by
    )


def save(client: Client, group: str = "want", **typed: str) -> Any:
    """Send the matrix back with some cells changed; keys are cells such as ``12:W1``."""
    address = f"/framework/profiles/?group={group}"
    context = client.get(address).context
    data = {cell["name"]: cell["value"] for row in context["rows"] for cell in row["cells"]}
    changed = {f"level-{cell}": value for cell, value in typed.items()}
    return client.post(address, {**data, "seen": context["seen"], **changed})


def test_a_family_of_its_own_or_everybody_else(hr: Employee, employee: Employee, retail: RequirementProfile) -> None:
    put(retail, hr, W1=4, K7=0, N1=1)
    employee.job_family = " RETAIL"
    mine = profiles.for_employee(employee)
    assert mine.profile == retail
    assert (mine.levels["W1"], mine.levels["N1"], "K7" in mine.levels) == (4, 1, False)
    assert [one.code for one in mine.requirements][:2] == ["W1", "W2"]
    assert mine.behaviours[-1].level_name == "Information"
    for family in ("", "Nobody's"):
        employee.job_family = family
        assert profiles.for_employee(employee).levels["K7"] == 3


def test_without_any_profile_nothing_is_expected(employee: Employee, default: RequirementProfile) -> None:
    default.delete()
    assert profiles.for_employee(employee).levels == {}


def test_what_is_switched_off_is_not_expected(hr: Employee, employee: Employee) -> None:
    tailoring.switch_off(entry=Requirement.objects.get(code="W1"), by=hr)
    assert "W1" not in profiles.for_employee(employee).levels
    assert ProfileLine.objects.filter(requirement__code="W1").exists()


def test_for_employee_takes_two_queries(employee: Employee) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert profiles.for_employee(employee).levels
    assert len(captured) == 2


def test_copying_replaces_every_level(hr: Employee, retail: RequirementProfile) -> None:
    target = profiles.create(job_family="Logistics", copy_of=None, by=hr)
    put(target, hr, B1=2)
    put(retail, hr, W1=4)
    assert profiles.copy(source=retail, target=target, by=hr) == 30
    both = profiles.levels_of([retail, target])
    assert both[retail.pk] == both[target.pk]
    assert profiles.copy(source=retail, target=target, by=hr) == 0
    with pytest.raises(ValidationError, match="onto itself"):
        profiles.copy(source=retail, target=retail, by=hr)


def test_one_profile_per_family(hr: Employee, retail: RequirementProfile, default: RequirementProfile) -> None:
    for name in ("retail", "  Retail "):
        with pytest.raises(ValidationError, match="has a profile already"):
            profiles.create(job_family=name, copy_of=None, by=hr)
    for broken in ({"job_family": "RETAIL"}, {"is_default": True}, {"is_default": True, "job_family": "x"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RequirementProfile.objects.create(**broken)
    with pytest.raises(ValidationError, match="stays"):
        profiles.remove(profile=default, by=hr)


def test_the_database_refuses_nonsense(retail: RequirementProfile) -> None:
    w1, a1 = Requirement.objects.get(code="W1"), Behaviour.objects.get(code="A1")
    for broken in ({}, {"requirement": w1, "behaviour": a1}, {"requirement": w1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProfileLine.objects.create(profile=retail, level=1, **broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileLine.objects.update(level=5)


def test_every_change_is_noted(hr: Employee, retail: RequirementProfile) -> None:
    put(retail, hr, W1=4, W2=0, W3=3)
    change = TailoringChange.objects.filter(kind="profiles", code="Retail").first()
    assert change is not None
    assert (change.by, change.before, change.after) == (hr, {"W1": 3, "W2": 3}, {"W1": 4, "W2": 0})
    assert AuditEntry.objects.filter(verb="framework.profile", actor=hr).count() == 2


# -- the matrix in the browser ---------------------------------------------------------------------------------------


def test_the_matrix_saves_what_was_changed(hr: Employee, retail: RequirementProfile, client_of: ClientOf) -> None:
    client = client_of(hr)
    answer = save(client, **{f"{retail.pk}:W1": "4", f"{retail.pk}:W9": "0"})
    assert answer.status_code == 302
    levels = profiles.levels_of([retail])[retail.pk]
    assert (levels["W1"], "W9" in levels, levels["W2"], levels["K1"]) == (4, False, 3, 3)
    noted = TailoringChange.objects.count()
    assert save(client).status_code == 302
    assert TailoringChange.objects.count() == noted


def test_two_people_at_once_do_not_overwrite(hr: Employee, retail: RequirementProfile, client_of: ClientOf) -> None:
    client = client_of(hr)
    page = client.get("/framework/profiles/?group=want").context
    put(retail, hr, W1=1)
    cell = f"{retail.pk}:W1"
    other = f"{retail.pk}:W2"
    late = client.post(
        "/framework/profiles/?group=want", {"seen": page["seen"], f"level-{cell}": "4", f"level-{other}": "2"}
    )
    assert late.status_code == 409
    assert "Retail: W1" in late.content.decode()
    assert profiles.levels_of([retail])[retail.pk]["W2"] == 3
    cells = {c["name"]: c["value"] for row in late.context["rows"] for c in row["cells"]}
    assert (cells[f"level-{cell}"], cells[f"level-{other}"]) == ("4", "2")
    client.post("/framework/profiles/?group=want", {"seen": late.context["seen"], **cells})
    assert profiles.levels_of([retail])[retail.pk]["W1"] == 4


@pytest.mark.parametrize(
    "broken",
    [
        {"seen": ""}, {"seen": "[]"}, {"seen": '{"x":1}'}, {"seen": '{"1:W1":"a"}'}, {"seen": "[" * 5000}, {},
        {"level": "7"}, {"level": "-1"}, {"level": "x"}, {"cell": "999999:W1"}, {"cell": "99999999999999999999:W1"},
        {"code": "Z9"}, {"code": "a\0"},
    ],
)  # fmt: skip
def test_a_broken_form_writes_nothing(
    broken: dict, hr: Employee, retail: RequirementProfile, client_of: ClientOf
) -> None:
    cell = broken.get("cell", f"{retail.pk}:{broken.get('code', 'W1')}")
    data = {"seen": json.dumps({cell: 3}), f"level-{cell}": broken.get("level", "2")}
    if "seen" in broken or not broken:
        data = dict(broken)
    before = profiles.levels_of([retail])
    answer = client_of(hr).post("/framework/profiles/", data)
    assert answer.status_code == 409
    assert "nothing was saved" in answer.content.decode().lower()
    assert profiles.levels_of([retail]) == before


def test_thirty_job_families_fit(hr: Employee, default: RequirementProfile, client_of: ClientOf) -> None:
    for n in range(30):
        profiles.create(job_family=f"Very long job family name number {n:02} of many", copy_of=default, by=hr)
    client = client_of(hr)
    page = client.get("/framework/profiles/?group=sign")
    assert len(page.context["rows"]) == 31
    assert len(page.content) < 400_000
    fields = {cell["name"]: "4" for row in page.context["rows"] for cell in row["cells"]}
    assert len(fields) == 31 * 15
    assert client.post("/framework/profiles/?group=sign", {"seen": page.context["seen"], **fields}).status_code == 302
    assert ProfileLine.objects.filter(behaviour__kind="sign", level=4).count() == 31 * 15
    found = client.get("/framework/profiles/?q=number+07").context["rows"]
    assert [row["profile"].job_family for row in found] == ["Very long job family name number 07 of many"]


def test_the_matrix_costs_the_same_for_one_and_three(
    hr: Employee, default: RequirementProfile, client_of: ClientOf
) -> None:
    client = client_of(hr)

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    for address in ("/framework/profiles/", "/api/v1/requirement-profiles/"):
        cost(address)
        first = cost(address)
        for n in range(2):
            profiles.create(job_family=f"{address} {n}", copy_of=default, by=hr)
        assert cost(address) == first


def test_a_profile_is_added_copied_and_removed(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    Employee.objects.filter(pk=employee.pk).update(job_family="Retail & Sales")
    client = client_of(hr)
    everybody = Employee.objects.count()
    assert [row["people"] for row in client.get("/framework/profiles/").context["rows"]] == [everybody]
    assert "Give Retail &amp; Sales a profile" in client.get("/framework/profiles/").content.decode()
    empty = client.post("/framework/profiles/add/", {"job_family": " ", "copy_of": ""})
    assert empty.status_code == 422
    assert client.post("/framework/profiles/add/", {"job_family": "x" * 121}).status_code == 422
    answer = client.post("/framework/profiles/add/", {"job_family": "Retail & Sales", "copy_of": ""})
    assert answer["Location"] == "/framework/profiles/?q=Retail+%26+Sales"
    made = RequirementProfile.objects.get(job_family="Retail & Sales")
    default = RequirementProfile.objects.get(is_default=True)
    assert client.post(f"/framework/profiles/{made.pk}/copy/", {"source": "nobody"}).status_code == 422
    assert client.post(f"/framework/profiles/{made.pk}/copy/", {"source": made.pk}).status_code == 422
    client.post(f"/framework/profiles/{made.pk}/copy/", {"source": default.pk})
    page = client.get(f"/framework/profiles/{made.pk}/").content.decode()
    assert "29 things expected" in page
    assert "1 person" in page
    client.post(f"/framework/profiles/{made.pk}/remove/")
    assert not RequirementProfile.objects.filter(pk=made.pk).exists()
    assert client.post(f"/framework/profiles/{default.pk}/remove/").status_code == 422
    assert client.get("/framework/profiles/999999/").status_code == 404


def test_others_may_not_change_profiles(employee: Employee, manager: Employee, default, client_of: ClientOf) -> None:  # type: ignore[no-untyped-def]
    for person in (employee, manager):
        client = client_of(person)
        assert client.get(f"/framework/profiles/{default.pk}/").status_code == 403
        for address in ("", "add/", f"{default.pk}/copy/", f"{default.pk}/remove/"):
            assert client.post(f"/framework/profiles/{address}", {}).status_code == 403


# -- readers ---------------------------------------------------------------------------------------------------------


def test_an_employee_sees_what_matters_for_him(hr: Employee, employee: Employee, retail, client_of: ClientOf) -> None:  # type: ignore[no-untyped-def]
    put(retail, hr, **{code: 0 for code in profiles.levels_of([retail])[retail.pk] if code != "W1"})
    Employee.objects.filter(pk=employee.pk).update(job_family="Retail")
    page = client_of(employee).get("/framework/?mine=1").content.decode()
    assert ">W1<" in page
    assert ">W2<" not in page
    assert "asked of you: Behaviour (3 of 4)" in page
    own = client_of(employee).get("/api/v1/requirement-profiles/mine/").json()
    assert (own["job_family"], own["lines"]) == (
        "Retail", [{"code": "W1", "label": "Sees value created for oneself", "level": 3}]
    )  # fmt: skip
    assert client_of(None).get("/api/v1/requirement-profiles/").status_code in (401, 403)


def test_an_own_requirement_can_be_expected(hr: Employee, retail: RequirementProfile, client_of: ClientOf) -> None:
    made = tailoring.add(kind="requirements", group="want", wording=Wording({"en": "Ours"}), by=hr)
    save(client_of(hr), **{f"{retail.pk}:{made.code}": "2"})
    assert profiles.levels_of([retail])[retail.pk]["WX1"] == 2
