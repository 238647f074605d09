"""Memorable ideas: permission beforehand by who may give it, the library everybody learns from, "I did it"."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.framework.models import Behaviour
from culture.people import erasure, structure
from culture.people.models import Employee, Unit
from programs.planning import indicators
from programs.planning.models import Program
from programs.practices import figures, ideas
from programs.practices.models import Idea, IdeaMark
from tests.conftest import make_crowd
from tests.programs.practice_world import gone, idea, limit, monday, running, today

PLANTED = "Planted: walk along to the car"


@pytest.fixture
def program(hr: Employee, manager: Employee, stranger: Employee, units: dict[str, Unit]) -> Program:
    return running(hr, units["Retail"])


def proposal(**changes: Any) -> dict[str, Any]:
    form = {"key": str(uuid.uuid4()), "title": "The box", "what": PLANTED, "phrases": "May I?\nI was going that way.",
            "behaviour": "", "cost": "", "currency": "", "named": "on"}  # fmt: skip
    return {**form, **changes}


def page(client: Any, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def approved(found: Idea) -> Idea:
    return ideas.approve(idea=found, by=found.proposer.manager, now=timezone.now())  # type: ignore[arg-type]


def test_proposed_approved_learnt_and_done(
    client_of: Any, employee: Employee, manager: Employee, stranger: Employee, program: Program
) -> None:
    mine, boss, other = client_of(employee), client_of(manager), client_of(stranger)
    form = proposal(behaviour=str(Behaviour.objects.get(code="A5").pk))
    for _twice in range(2):
        assert mine.post("/practices/ideas/new/", form).status_code == 302
    found = Idea.objects.get()
    url = f"/practices/ideas/{found.pk}/"
    assert "Waits for permission" in page(mine, url)
    page(other, url, 404)
    page(other, f"{url}decide/", 404)
    assert PLANTED not in page(other, "/practices/ideas/")
    assert "1 idea waits for your permission" in page(boss, "/")
    assert PLANTED in page(boss, "/practices/team/") and PLANTED in page(boss, f"{url}decide/")
    data = {name: form[name] for name in ("title", "what", "phrases", "behaviour", "cost", "currency")}
    assert boss.post(f"{url}decide/", {**data, "act": "approve"}).status_code == 302
    assert "Your idea was approved: The box" in page(mine, "/")
    told = page(other, "/practices/ideas/")
    assert "1 memorable idea you may carry out" in told and PLANTED in told
    told = page(other, url)
    assert "I was going that way." in told and f"/thanks/new/?to={employee.pk}" in told
    other.post(f"{url}act/", {"act": "did"})
    assert "Done 1 time" in page(other, url) and "Not today after all" in page(other, url)
    assert "Done 1 time" in page(mine, url) and stranger.name not in page(mine, url)
    other.post(f"{url}act/", {"act": "did"})
    assert not IdeaMark.objects.exists()
    assert boss.get(f"{url}decide/").status_code == 409
    assert {"idea.proposed", "idea.approved"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_altered_with_a_reason_and_what_was_proposed_is_kept(
    client_of: Any, employee: Employee, manager: Employee, program: Program
) -> None:
    found = idea(employee)
    url = f"/practices/ideas/{found.pk}/"
    form = {"title": "The chair", "what": "Bring two chairs.", "phrases": "Please sit down.", "act": "approve",
            "behaviour": "", "cost": "3", "currency": "eur", "reason": " "}  # fmt: skip
    boss = client_of(manager)
    answer = boss.post(f"{url}decide/", form)
    assert answer.status_code == 400 and "Say why you change it" in answer.content.decode()
    assert "Bring two chairs." in answer.content.decode(), "what was typed is kept"
    boss.post(f"{url}decide/", {**form, "reason": "For couples, too."})
    found.refresh_from_db()
    assert (found.state, found.what, found.cost, found.currency) == ("approved", "Bring two chairs.", 3, "EUR")
    assert found.asked["what"] == "Bring a chair."
    told = page(client_of(employee), url)
    assert "approved with changes" in told and "For couples, too." in told and "Bring a chair." in told
    assert "For couples, too." not in page(client_of(Employee.objects.get(number="A2")), url)


def test_declined_with_a_reason_only(client_of: Any, employee: Employee, manager: Employee, program: Program) -> None:
    found = idea(employee)
    url = f"/practices/ideas/{found.pk}/decide/"
    form = {"title": "The chair", "what": "Bring a chair.", "phrases": "Please sit down.", "act": "decline"}
    boss = client_of(manager)
    assert boss.post(url, form).status_code == 400
    assert boss.post(url, {**form, "reason": "There are chairs."}).status_code == 302
    assert "There are chairs." in page(client_of(employee), "/practices/ideas/mine/")
    page(client_of(Employee.objects.get(number="A2")), f"/practices/ideas/{found.pk}/", 404)


def test_above_the_cost_hr_decides_and_nobody_on_his_own(
    client_of: Any, employee: Employee, manager: Employee, hr: Employee, program: Program
) -> None:
    limit(hr, kind="idea", own="0", manager="10")
    dear, cheap, lonely = idea(employee, "10.01"), idea(employee, "10"), idea(manager)
    assert (dear.level, cheap.level, lonely.level) == ("hr", "manager", "hr")
    url = f"/practices/ideas/{dear.pk}/decide/"
    page(client_of(manager), f"/practices/ideas/{dear.pk}/", 404)
    assert page(client_of(hr), "/practices/team/").count("Read and decide</a>") == 2
    assert "2 ideas wait for your permission" in page(client_of(hr), "/")
    words = ideas.Words("The chair", "Bring a chair.", "Please sit down.", Decimal("11"), "EUR")
    with pytest.raises(ValidationError, match="HR decides"):
        ideas.approve(idea=cheap, by=manager, now=timezone.now(), words=words, reason="More")
    for own in (lonely,):
        with pytest.raises(ValidationError, match="not yours"):
            ideas.approve(idea=own, by=manager, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.filter(pk=lonely.pk).update(decided_by=manager, decided_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.filter(pk=dear.pk).update(state="declined", decided_at=timezone.now())
    gone(manager)
    assert "3 ideas wait for your permission" in page(client_of(hr), "/")
    assert client_of(hr).get(url).status_code == 200


def test_decided_twice_only_the_first_counts(
    manager: Employee, hr: Employee, employee: Employee, program: Program
) -> None:
    found = idea(employee)
    ideas.decline(idea=found, by=hr, now=timezone.now(), reason="No")
    with pytest.raises(ValidationError, match="in the meantime: Declined"):
        ideas.approve(idea=found, by=manager, now=timezone.now())


def test_taken_back_and_taken_out(client_of: Any, employee: Employee, manager: Employee, program: Program) -> None:
    first, second = idea(employee), approved(idea(employee, title="Lasting"))
    mine, boss = client_of(employee), client_of(manager)
    url = f"/practices/ideas/{first.pk}/act/"
    assert client_of(Employee.objects.get(number="A2")).post(url, {"act": "withdraw"}).status_code == 404
    mine.post(url, {"act": "withdraw"})
    first.refresh_from_db()
    assert first.state == "withdrawn"
    url = f"/practices/ideas/{second.pk}/act/"
    mine.post(url, {"act": "retire", "reason": "Mine"})
    boss.post(url, {"act": "retire", "reason": ""})
    assert "Lasting" in page(mine, "/practices/ideas/")
    boss.post(url, {"act": "retire", "reason": "Chairs are gone."})
    assert "Lasting" not in page(mine, "/practices/ideas/")


def test_wrong_proposals_are_kept_on_the_page(client_of: Any, employee: Employee, program: Program) -> None:
    client = client_of(employee)
    for wrong, told in (
        ({"title": ""}, "This field is required"),
        ({"cost": "-1"}, "greater than or equal to 0"),
        ({"cost": "5"}, "Say in which currency"),
        ({"cost": "5", "currency": "E1"}, "three letters"),
        ({"what": "Ask ann@example.com first"}, "Take out “ann@example.com”"),
    ):
        answer = client.post("/practices/ideas/new/", proposal(**wrong))
        assert answer.status_code == 400 and told in answer.content.decode(), wrong
        assert "I was going that way." in answer.content.decode()
    assert not Idea.objects.exists()


def test_who_does_not_want_to_be_named_is_not(
    client_of: Any, employee: Employee, stranger: Employee, program: Program
) -> None:
    found = approved(idea(employee, named=False))
    told = page(client_of(stranger), f"/practices/ideas/{found.pk}/")
    assert employee.name not in told and "/thanks/new/" not in told
    listed = client_of(stranger).get("/api/v1/practice-ideas/").json()["results"]
    assert [(one["title"], one["proposer"]) for one in listed] == [("The chair", None)]


def test_the_library_follows_units_and_costs_the_same(
    client_of: Any, employee: Employee, hr: Employee, manager: Employee, program: Program, units: dict[str, Unit]
) -> None:
    approved(idea(employee))
    client = client_of(manager)

    def cost() -> int:
        page(client, "/practices/ideas/")
        with CaptureQueriesContext(connection) as asked:
            page(client, "/practices/ideas/")
        return len(asked)

    one = cost()
    for n in range(2):
        approved(idea(employee, title=f"Another {n}"))
    assert cost() == one
    retail, services = units["Retail"].pk, units["Services"].pk
    assert "Another 1" in page(client, f"/practices/ideas/?unit={units['Branch A'].pk}&q=chair")
    assert "No idea fits" in page(client, "/practices/ideas/?q=zzzz")
    structure.merge(units["Branch A"], into=units["Branch B"], on=today(), by=hr)
    assert "Branch B" in page(client, "/practices/ideas/")
    assert retail != services


def test_erased_his_idea_stays_without_his_name(
    client_of: Any, employee: Employee, hr: Employee, stranger: Employee, program: Program
) -> None:
    found = approved(idea(employee))
    IdeaMark.objects.create(idea=found, employee=employee, on=today())
    name = employee.name
    gone(employee)
    erasure.erase(employee=employee, by=hr, today=today())
    told = page(client_of(stranger), f"/practices/ideas/{found.pk}/")
    assert "Bring a chair." in told and name not in told
    assert not IdeaMark.objects.exists()


def test_the_indicator_counts_what_was_decided(manager: Employee, program: Program) -> None:
    """Ten ideas of ten people; of one person alone they are his own."""
    at = figures.begins(today()) - dt.timedelta(days=20)
    team = list(Employee.objects.filter(manager=manager).order_by("pk"))

    def decided(people: list[Employee]) -> indicators.Reading:
        Idea.objects.all().delete()
        for n, person in enumerate(people):
            found = idea(person, title=f"Idea {n}")
            ideas.approve(idea=found, by=manager, now=at) if n < 7 else ideas.decline(
                idea=found, by=manager, now=at, reason="No"
            )
        monday(again=True)
        return indicators.read("practices.ideas", program, today())

    assert decided([team[0]] * 10).value is None and decided(team[:9]).value is None
    read = decided(team[:10])
    assert read.value == 60 and read.words == "about 60 % of 10 or more ideas that were decided were approved"


def test_an_idea_without_a_name_tells_no_small_unit(
    client_of: Any, hr: Employee, manager: Employee, stranger: Employee, program: Program, units: dict[str, Unit]
) -> None:
    """Branch B is one person: of him only what unites ten is said, and of Branch A its twelve."""
    team = Employee.objects.filter(unit=units["Branch A"]).exclude(pk=manager.pk)
    Employee.objects.filter(pk=stranger.pk).update(manager=manager)
    stranger.refresh_from_db()
    assert "Branch B" in page(client_of(hr), f"/practices/ideas/{approved(idea(stranger, title='Mine')).pk}/")
    hidden = approved(idea(stranger, title="Whose", named=False))
    reader = client_of(team[1])
    assert "Branch B" not in page(reader, f"/practices/ideas/{hidden.pk}/")
    assert "Whose" not in page(reader, f"/practices/ideas/?unit={units['Branch B'].pk}")
    listed = {one["title"]: one["unit"] for one in reader.get("/api/v1/practice-ideas/").json()["results"]}
    assert listed == {"Mine": "Branch B", "Whose": None}, "Branch B is told of with Branch A alone, so neither is named"
    make_crowd([f"R{n}" for n in range(12)], units["Retail"])
    make_crowd([f"V{n}" for n in range(12)], units["Services"])
    assert idea(team[0], named=False, title="Of many").unit == units["Branch A"]
    assert idea(stranger, named=False, title="Again").unit == units["Retail"]
    assert idea(stranger, title="Named").unit == units["Branch B"]
