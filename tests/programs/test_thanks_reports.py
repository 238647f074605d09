"""Thanks somebody reports: who sees it, who decides, and what giver and receiver learn."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.framework.loading import load_catalogue
from culture.people import erasure
from culture.people.models import Employee
from programs.recognition import giving, moderating, settling
from programs.recognition.feed_models import KudosModeration, KudosReport
from programs.recognition.models import Kudos
from tests.conftest import make_person
from tests.programs.thanks import LATER, thank


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def second(hr: Employee) -> Employee:
    """Another HR admin."""
    person = make_person("HR2", hr.unit, given_name="Second", family_name="Desk")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    return person


def page(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def report(client: Any, kudos: Kudos, **changes: Any) -> Any:
    return client.post(f"/thanks/{kudos.pk}/report/", {"why": "inappropriate", "note": "Planted note.", **changes})


def test_reported_hidden_and_shown_again(client_of: Any, employee: Employee, stranger: Employee, hr: Employee) -> None:
    kudos = thank(employee, stranger, story="Rude words.", points=10)
    reader = Employee.objects.get(number="A2")
    assert "Rude words." in page(client_of(reader), f"/thanks/{kudos.pk}/report/")
    assert report(client_of(reader), kudos).status_code == 302
    desk = page(client_of(hr), "/thanks/reports/")
    assert (
        "1 thank-you was reported" in desk and "Planted note." in desk and reader.name in desk and "10 points" in desk
    )
    assert "1 reported thank-you waits for you" in page(client_of(hr), "/")
    assert "Rude words." in page(client_of(stranger), "/thanks/"), "nothing happens by itself"
    url = f"/thanks/reports/{kudos.pk}/"
    client_of(hr).post(url, {"act": "hide", "reason": " "})
    client_of(hr).post(url, {"act": "restore", "reason": "Never hidden"})
    assert not KudosModeration.objects.exists()
    answer = client_of(hr).post(url, {"act": "hide", "reason": "It mocks a customer."}, follow=True)
    assert "Hidden. Giver and receivers still see it" in answer.content.decode()
    for who in (reader, hr, stranger, employee):
        assert "Rude words." not in page(client_of(who), "/thanks/")
    assert report(client_of(hr), kudos).status_code == 404
    for who, mine in ((employee, "/thanks/received/?show=given"), (stranger, "/thanks/received/")):
        text = page(client_of(who), mine)
        assert "Rude words." in text and "It mocks a customer." in text
        assert "Planted note." not in text and reader.name not in text
        assert "HR has hidden thanks of yours" in page(client_of(who), "/")
    assert client_of(reader).post(f"/thanks/{kudos.pk}/react/", {"kind": "clap"}).status_code == 404
    settling.settle(now=timezone.now() + LATER)
    assert giving.balance(stranger) == 10, "points are another matter"
    decided = page(client_of(hr), "/thanks/reports/?show=decided")
    assert "It mocks a customer." in decided and "Show it again" in decided
    client_of(hr).post(url, {"act": "restore", "reason": "Read wrongly.", "show": "decided"})
    assert "Rude words." in page(client_of(reader), "/thanks/")
    verbs = AuditEntry.objects.filter(verb__startswith="kudos.").order_by("pk").values_list("verb", "detail")
    assert [verb for verb, _detail in verbs if verb != "kudos.given"] == ["kudos.hidden", "kudos.restored"]
    assert not re.search("mocks|wrongly|Planted", str(list(verbs))), (
        "the trail cannot be changed: no words about people"
    )


def test_left_as_it_is(client_of: Any, employee: Employee, stranger: Employee, hr: Employee) -> None:
    kudos = thank(employee, stranger, story="Fine words.")
    report(client_of(stranger), kudos, why="suspicious")
    client_of(hr).post(f"/thanks/reports/{kudos.pk}/", {"act": "keep", "reason": "Nothing wrong."})
    assert "Fine words." in page(client_of(hr), "/thanks/")
    assert "No thanks wait to be looked at" in page(client_of(hr), "/thanks/reports/")
    assert KudosReport.objects.get().state == "kept" and KudosReport.objects.get().decided_by == hr
    again = report(client_of(stranger), kudos)
    assert again.status_code == 400 and "You have reported these thanks before" in again.content.decode()


def test_who_is_part_of_it_neither_sees_nor_decides(
    client_of: Any, employee: Employee, hr: Employee, second: Employee
) -> None:
    for kudos in (thank(hr, employee, story="By HR."), thank(employee, hr, story="To HR.")):
        reader = Employee.objects.get(number="A2")
        report(client_of(reader), kudos)
        desk = page(client_of(hr), "/thanks/reports/")
        assert "No thanks wait" in desk and "Planted note." not in desk and reader.name not in desk
        assert "reported thank-you" not in page(client_of(hr), "/")
        url = f"/thanks/reports/{kudos.pk}/"
        answer = client_of(hr).post(url, {"act": "keep", "reason": "Mine is fine."}, follow=True)
        assert "a second person decides" in answer.content.decode() and not KudosModeration.objects.exists()
        assert "Planted note." in page(client_of(second), "/thanks/reports/")
        client_of(second).post(url, {"act": "hide", "reason": "No."})
        assert "Planted note." not in page(client_of(hr), "/thanks/reports/?show=decided")
        KudosModeration.objects.all().delete()


def test_private_thanks_are_read_by_hr_only_when_reported(
    client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    kudos = thank(employee, stranger, story="Between us.", public=False)
    assert report(client_of(hr), kudos).status_code == 404
    assert client_of(hr).post(f"/thanks/reports/{kudos.pk}/", {"act": "hide", "reason": "x"}).status_code == 404
    assert "only when you report them does HR read them" in page(client_of(stranger), f"/thanks/{kudos.pk}/report/")
    report(client_of(stranger), kudos)
    assert "Between us." in page(client_of(hr), "/thanks/reports/")
    assert "Between us." not in page(client_of(hr), "/thanks/")


def test_bad_input_and_strangers(client_of: Any, employee: Employee, stranger: Employee, manager: Employee) -> None:
    kudos = thank(employee, stranger)
    assert report(client_of(employee), kudos).status_code == 404, "one's own are withdrawn, not reported"
    for wrong in ({"why": ""}, {"why": "dislike"}, {"note": "x" * 501}):
        answer = report(client_of(stranger), kudos, **wrong)
        assert answer.status_code == 400 and ("x" * 501 in answer.content.decode()) == ("note" in wrong)
    for url in ("/thanks/reports/", f"/thanks/reports/{kudos.pk}/", f"/thanks/{kudos.pk}/report/"):
        assert client_of(None).get(url).status_code in {302, 405}
    for who in (employee, manager):
        assert client_of(who).get("/thanks/reports/").status_code == 403
        assert client_of(who).post(f"/thanks/reports/{kudos.pk}/", {"act": "hide", "reason": "x"}).status_code == 403
    assert not KudosReport.objects.exists()


def test_withdrawn_meanwhile_there_is_nothing_to_decide(
    client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    kudos = thank(employee, stranger)
    report(client_of(stranger), kudos)
    settling.withdraw(kudos=kudos, by=employee, now=timezone.now())
    assert "No thanks wait" in page(client_of(hr), "/thanks/reports/")
    answer = client_of(hr).post(f"/thanks/reports/{kudos.pk}/", {"act": "hide", "reason": "x"}, follow=True)
    assert "decided on it meanwhile" in answer.content.decode()


def test_an_erased_reporter_leaves_no_words(
    client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    kudos = thank(employee, hr)
    second = make_person("HR2", hr.unit)
    Grant.objects.create(employee=second, role=Role.HR_ADMIN)
    report(client_of(stranger), kudos)
    today = timezone.localdate()
    Employee.objects.filter(pk=stranger.pk).update(left_on=today - today.resolution)
    erasure.erase(employee=stranger, by=hr, today=today)
    assert KudosReport.objects.get().note == ""
    assert "Former colleague" in page(client_of(second), "/thanks/reports/")
    assert [one.pk for one in moderating.waiting(second)] == [kudos.pk]
