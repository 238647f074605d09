"""Complaints made good: within the own limit at once, above it by permission, closed with an outcome, not booked."""

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
from culture.people import erasure
from culture.people.models import Employee, Unit
from programs.planning import indicators
from programs.planning.models import Program
from programs.practices import approving, figures, limits, recoveries
from programs.practices.models import Limit, Recovery
from programs.recognition.models import LedgerEntry
from programs.reports.cost_models import CostEstimate
from tests.programs.practice_world import complaint, gone, limit, monday, running, today

PLANTED = "Planted: the delivery came late."
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def program(hr: Employee, manager: Employee, stranger: Employee, units: dict[str, Unit]) -> Program:
    made = running(hr, units["Retail"])
    limit(hr)
    return made


def case(**changes: Any) -> dict[str, Any]:
    form = {"key": str(uuid.uuid4()), "what": PLANTED, "customer": "outside", "happened_on": today().isoformat(),
            "apologised": "on", "amends": "discount", "value": "20", "currency": "EUR"}  # fmt: skip
    return {**form, **changes}


def page(client: Any, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def test_within_the_limit_nobody_is_asked(
    client_of: Any, employee: Employee, manager: Employee, hr: Employee, program: Program
) -> None:
    client = client_of(employee)
    assert "Up to EUR 25 you decide alone" in page(client, "/practices/complaints/new/")
    form = case()
    for _twice in range(2):
        answer = client.post("/practices/complaints/new/", form, follow=True)
    assert "Within your limit: go ahead" in answer.content.decode()
    found = Recovery.objects.get()
    assert (found.state, found.level, found.limit) == ("open", "own", 25)
    assert found.due_at - found.at == dt.timedelta(hours=48)
    url = f"/practices/complaints/{found.pk}/"
    for other in (manager, hr, Employee.objects.get(number="A2")):
        page(client_of(other), url, 404)
        assert PLANTED not in page(client_of(other), "/practices/complaints/")
    assert PLANTED not in page(client_of(manager), "/practices/team/")
    assert client.post(f"{url}close/", {"outcome": ""}).status_code == 400
    client.post(f"{url}close/", {"outcome": "stayed", "learnt": "Look at the calendar."})
    told = page(client, url)
    assert "The customer stayed" in told and "Look at the calendar." in told
    assert "No customer waits" in page(client, "/practices/complaints/")
    assert not LedgerEntry.objects.exists() and not CostEstimate.objects.exists()


def test_above_the_limit_the_manager_allows_on_his_phone(
    client_of: Any, employee: Employee, manager: Employee, program: Program
) -> None:
    mine, boss = client_of(employee), client_of(manager)
    answer = mine.post("/practices/complaints/new/", case(value="40", apologised=""), follow=True)
    assert "above your limit: your manager is asked" in answer.content.decode()
    found = Recovery.objects.get()
    url = f"/practices/complaints/{found.pk}/"
    assert "1 amends wait for your permission" in page(boss, "/")
    told = page(boss, "/practices/team/")
    assert PLANTED in told and "EUR 40" in told and "not apologised yet" in told
    for value, reason, words in (("41", "", "Not more than was asked for"), ("30", "", "Say why it is less")):
        answer = boss.post(f"{url}decide/", {"act": "allow", "value": value, "reason": reason}, follow=True)
        assert words in answer.content.decode()
    for wrong in ({"act": "allow", "value": "much"}, {"act": "shout"}):
        assert "Write an amount" in boss.post(f"{url}decide/", wrong, follow=True).content.decode()
    boss.post(f"{url}decide/", {"act": "allow", "value": "30", "reason": "Enough for one day."})
    found.refresh_from_db()
    assert (found.state, found.value, found.asked, found.decided_by) == ("open", 30, 40, manager)
    assert "Your amends were allowed" in page(mine, "/")
    told = page(mine, url)
    assert "EUR 40 was asked for" in told and "Enough for one day." in told and "I have apologised" in told
    mine.post(f"{url}apologise/")
    found.refresh_from_db()
    assert found.apologised_at is not None
    answer = boss.post(f"{url}decide/", {"act": "refuse", "reason": "Too late"})
    assert answer.status_code == 404, "decided: it is the colleague's own again"
    assert {"recovery.opened", "recovery.allowed"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_refused_something_else_is_offered(
    client_of: Any, employee: Employee, manager: Employee, program: Program
) -> None:
    found = complaint(employee, "40")
    mine, boss = client_of(employee), client_of(manager)
    url = f"/practices/complaints/{found.pk}/"
    boss.post(f"{url}decide/", {"act": "refuse", "reason": " "})
    found.refresh_from_db()
    assert found.state == "waiting"
    boss.post(f"{url}decide/", {"act": "refuse", "reason": "Offer the repair."})
    assert "offer something else" in page(mine, "/") and "Offer the repair." in page(mine, url)
    wrong = mine.post(f"{url}offer/", {"amends": "none", "value": "5", "currency": "EUR"})
    assert wrong.status_code == 400 and "The apology alone costs nothing" in wrong.content.decode()
    mine.post(f"{url}offer/", {"amends": "service", "value": "20", "currency": "EUR"})
    found.refresh_from_db()
    assert (found.state, found.level, found.amends, found.reason) == ("open", "own", "service", "")


def test_hr_decides_above_the_managers_limit_and_nobody_on_his_own(
    client_of: Any, employee: Employee, manager: Employee, hr: Employee, stranger: Employee, program: Program
) -> None:
    dear, foreign, own = complaint(employee, "101"), complaint(stranger, "30"), complaint(manager, "90")
    assert [one.level for one in (dear, foreign, own)] == ["hr", "hr", "hr"], "without a manager HR decides"
    for one in (dear, own):
        with pytest.raises(ValidationError, match="not yours to decide"):
            recoveries.allow(recovery=one, by=manager, now=timezone.now())
    assert page(client_of(manager), "/practices/team/").count('value="allow"') == 0
    assert page(client_of(hr), "/practices/team/").count('value="allow"') == 3
    client_of(hr).post(f"/practices/complaints/{own.pk}/decide/", {"act": "allow", "value": "", "reason": ""})
    own.refresh_from_db()
    assert own.state == "open" and own.decided_by == hr
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.filter(pk=own.pk).update(decided_by=manager)


def test_what_a_manager_leaves_lying_goes_to_hr_too(employee: Employee, hr: Employee, program: Program) -> None:
    complaint(employee, "40")
    assert not approving.recoveries(hr).exists()
    late = complaint(employee, "40", at=timezone.now() - 49 * HOUR)
    assert list(approving.recoveries(hr)) == [late]


def test_another_currency_has_no_limit_and_is_asked_for(employee: Employee, hr: Employee, program: Program) -> None:
    case_ = recoveries.Case(PLANTED, today(), "outside", True, recoveries.Offer("refund", Decimal(5), "RON"))
    made = recoveries.open(by=employee, case=case_, key=uuid.uuid4(), now=timezone.now(), today=today())
    assert (made.state, made.level, made.limit) == ("waiting", "manager", None)
    recoveries.close(recovery=made, by=employee, outcome="left", now=timezone.now())
    assert (made.amends, Recovery.objects.get().value) == ("refund", 0), "nothing allowed, nothing given"


def test_past_due_the_manager_helps(client_of: Any, employee: Employee, manager: Employee, program: Program) -> None:
    before = AuditEntry.objects.count()
    found = complaint(employee, at=timezone.now() - 49 * HOUR)
    assert AuditEntry.objects.count() == before, "without a value it is nobody's business"
    assert "A customer still waits for amends" in page(client_of(employee), "/")
    boss = client_of(manager)
    assert "1 complaint in your team is past due" in page(boss, "/")
    assert employee.name in page(boss, "/practices/team/")
    page(client_of(Employee.objects.get(number="A2")), f"/practices/complaints/{found.pk}/", 404)
    url = f"/practices/complaints/{found.pk}/"
    assert PLANTED in page(boss, url)
    boss.post(f"{url}offer/", {"amends": "none"})
    boss.post(f"{url}close/", {"outcome": "unknown"})
    found.refresh_from_db()
    assert found.state == "closed"
    page(boss, url, 404)
    assert PLANTED not in page(boss, "/practices/team/")


def test_wrong_complaints_are_kept_on_the_page(client_of: Any, employee: Employee, program: Program) -> None:
    client = client_of(employee)
    long_ago, ahead = (today() + dt.timedelta(days=n) for n in (-61, 1))
    for wrong, told in (
        ({"what": ""}, "This field is required"),
        ({"what": "She is at 081 555 12 34"}, "Take out “081 555 12 34”"),
        ({"happened_on": long_ago.isoformat()}, "a day of the last 60"),
        ({"happened_on": ahead.isoformat()}, "a day of the last 60"),
        ({"value": "ten"}, "Enter a number"),
        ({"currency": ""}, "Say in which currency"),
        ({"amends": "gold"}, "gold is not one of"),
    ):
        answer = client.post("/practices/complaints/new/", case(**wrong))
        assert answer.status_code == 400 and told in answer.content.decode(), wrong
    assert not Recovery.objects.exists()


# -- HR ---------------------------------------------------------------------------------------------------------------


def test_hr_sets_limits_by_unit_role_and_currency(
    client_of: Any, employee: Employee, manager: Employee, hr: Employee, program: Program, units: dict[str, Unit]
) -> None:
    desk = client_of(hr)
    for person in (employee, manager):
        assert client_of(person).get("/practices/desk/").status_code == 403
        assert client_of(person).post("/practices/desk/hours/", {"hours": "2"}).status_code == 403
    form = {"kind": "recovery", "unit": str(units["Branch A"].pk), "job_family": "Front desk", "currency": "eur",
            "own": "60", "manager": "50"}  # fmt: skip
    answer = desk.post("/practices/desk/limits/", form)
    assert answer.status_code == 400 and "Nobody works as “Front desk”" in answer.content.decode()
    Employee.objects.filter(number="A2").update(job_family="Front desk")
    answer = desk.post("/practices/desk/limits/", form)
    assert answer.status_code == 400 and "must not be lower" in answer.content.decode()
    assert desk.post("/practices/desk/limits/", {**form, "manager": ""}).status_code == 302
    answer = desk.post("/practices/desk/limits/", {**form, "manager": ""})
    assert answer.status_code == 400 and "already: remove it first" in answer.content.decode()
    assert "Front desk" in page(desk, "/practices/desk/")
    assert complaint(employee, "50").level == "manager"
    Employee.objects.filter(pk=employee.pk).update(job_family="front Desk")
    employee.refresh_from_db()
    assert complaint(employee, "60").level == "own"
    made = Limit.objects.get(job_family="Front desk")
    desk.post(f"/practices/desk/limits/{made.pk}/remove/")
    assert complaint(employee, "60").level == "manager"
    assert desk.post("/practices/desk/hours/", {"hours": "721"}).status_code == 400
    desk.post("/practices/desk/hours/", {"hours": "24"})
    found = complaint(employee)
    assert limits.hours() == 24 and found.due_at - found.at == 24 * HOUR
    assert {"limit.set", "limit.removed", "recovery.hours"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_what_was_given_is_told_of_ten_cases_and_more(
    client_of: Any, employee: Employee, hr: Employee, program: Program
) -> None:
    now = timezone.now()

    def close(value: str, count: int) -> None:
        for _n in range(count):
            row = complaint(employee, value)
            recoveries.close(recovery=row, by=employee, outcome="stayed", now=now)

    close("10", 9)
    assert figures.given(timezone.now()) == []
    close("10", 1)
    close("0", 3)
    (told,) = figures.given(timezone.now())
    assert (told.cases, told.value, told.stayed) == (10, "EUR 100", 10)
    assert "EUR 100" in page(client_of(hr), "/practices/desk/")


def test_the_indicator_counts_what_was_made_good_in_time(manager: Employee, hr: Employee, program: Program) -> None:
    """Ten complaints of ten people; of one person alone they are his own."""
    at = figures.begins(today()) - dt.timedelta(days=20)
    team = list(Employee.objects.filter(unit=manager.unit).order_by("pk"))

    def cases(people: list[Employee]) -> indicators.Reading:
        Recovery.objects.all().delete()
        for n, person in enumerate(people):
            row = complaint(person, at=at)
            if n < 8:
                recoveries.close(recovery=row, by=person, outcome="stayed", now=at + (47 if n < 6 else 49) * HOUR)
        monday(again=True)
        return indicators.read("practices.recoveries", program, today())

    assert cases([team[0]] * 10).value is None and cases(team[:9]).value is None
    read = cases(team[:10])
    assert read.value == 60 and read.words == "about 60 % of 10 or more complaints were made good in time"


def test_the_pages_cost_the_same_for_one_and_for_three(
    client_of: Any, employee: Employee, manager: Employee, program: Program
) -> None:
    def cost(person: Employee, url: str) -> int:
        client = client_of(person)
        page(client, url)
        with CaptureQueriesContext(connection) as asked:
            page(client, url)
        return len(asked)

    complaint(employee, "50")
    asked = [(employee, "/practices/complaints/"), (manager, "/practices/team/")]
    before = [cost(*one) for one in asked]
    for _n in range(2):
        complaint(employee, "50")
    assert [cost(*one) for one in asked] == before


def test_erased_the_words_go_and_the_count_stays(employee: Employee, hr: Employee, program: Program) -> None:
    row = complaint(employee)
    recoveries.close(recovery=row, by=employee, outcome="stayed", now=timezone.now(), learnt="Planted lesson")
    gone(employee)
    erasure.erase(employee=employee, by=hr, today=today())
    kept = Recovery.objects.get()
    assert (kept.what, kept.learnt, kept.outcome) == ("", "", "stayed")
