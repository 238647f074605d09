"""The pages of thanks: whose, page by page, with signs and answers, and with what somebody would rather hide."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.people import erasure, rights
from culture.people.models import Employee
from programs.recognition import choices, feed, giving, proving, reacting
from programs.recognition.feed_models import KudosReaction, KudosReply, ThanksChoice
from programs.recognition.models import Kudos
from programs.recognition.point_models import PointRules
from tests.conftest import make_person
from tests.programs.thanks import thank


@pytest.fixture
def catalogue(db: None) -> None:
    load_catalogue()


def page(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_page_by_page_nothing_twice_and_nothing_left_out(
    catalogue: None, client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    for n in range(45):
        thank((employee, hr)[n % 2], stranger, story=f"Story {n}.", points=0, public=n != 30)
        PointRules.objects.update_or_create(pk=1, defaults={"pair_gifts": 0})
    client, seen, url, pages = client_of(stranger), [], "/thanks/", 0
    while url:
        text = page(client, url)
        seen += re.findall(r"Story (\d+)\.", text)
        following = re.search(r'href="(\?before=\d+)"', text.replace("&amp;", "&"))
        url, pages = f"/thanks/{following[1]}" if following else "", pages + 1
        if pages == 1:  # what comes meanwhile moves nothing
            thank(employee, stranger, story="Later.", points=0)
    assert [int(n) for n in seen] == [n for n in range(44, -1, -1) if n != 30] and pages == 3
    assert "Nothing older" in page(client, "/thanks/?before=1")
    for odd in ("x", "-5", "9" * 40, "²"):
        assert "Later." in page(client, f"/thanks/?before={odd}")


def test_team_and_mine(
    catalogue: None, client_of: Any, employee: Employee, manager: Employee, stranger: Employee, hr: Employee
) -> None:
    mate = Employee.objects.get(number="A2")
    thank(stranger, mate, story="To a mate.")
    thank(mate, stranger, story="From a mate.")
    thank(stranger, mate, story="Only for the mate.", public=False)
    thank(stranger, employee, story="To me.", public=False)
    team = page(client_of(employee), "/thanks/?show=team")
    assert "To a mate." in team
    assert not [words for words in ("From a mate.", "Only for", "To me.") if words in team]
    assert "To me." in page(client_of(employee), "/thanks/received/")
    # A manager from elsewhere sees the units of those who report to him.
    boss = make_person("BOSS", hr.unit)
    Employee.objects.filter(pk=mate.pk).update(manager=boss)
    assert "To a mate." in page(client_of(boss), "/thanks/?show=team")
    assert "Nobody of your team was thanked yet" in page(client_of(hr), "/thanks/?show=team")


def test_one_sign_each_changed_and_taken_back(
    catalogue: None, client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    kudos = thank(employee, stranger)
    url, client = f"/thanks/{kudos.pk}/react/", client_of(hr)
    answer = client.post(url, {"kind": "clap", "back": "/thanks/?show=team"})
    assert answer["Location"] == f"/thanks/?show=team#kudos-{kudos.pk}"
    client_of(stranger).post(url, {"kind": "clap"})
    pressed = r'value="clap" aria-pressed="true">.*?<strong class="num">2</strong>'
    assert re.search(pressed, page(client, "/thanks/"), re.S)
    client.post(url, {"kind": "heart"})
    assert sorted(KudosReaction.objects.values_list("employee", "kind")) == sorted(
        [(hr.pk, "heart"), (stranger.pk, "clap")]
    )
    client.post(url, {"kind": "heart"})
    assert KudosReaction.objects.filter(employee=hr).count() == 0
    for who, kind in ((employee, "clap"), (hr, "dance")):
        client_of(who).post(url, {"kind": kind})
    assert KudosReaction.objects.count() == 1, "neither one's own nor what is not offered"
    for evil in ("https://evil.test/", "//evil.test", "/thanks//../accounts", "/accounts/logout/"):
        assert client.post(url, {"kind": "clap", "back": evil})["Location"].startswith("/thanks/")


def test_signs_and_answers_are_for_who_sees_the_thanks(
    catalogue: None, client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    secret = thank(employee, stranger, public=False)
    for url in (f"/thanks/{secret.pk}/react/", f"/thanks/{secret.pk}/reply/"):
        assert client_of(hr).post(url, {"kind": "clap", "text": "Hm"}).status_code == 404
        assert client_of(hr).get(url).status_code == 405
        assert client_of(None).post(url).status_code == 302
    client_of(stranger).post(f"/thanks/{secret.pk}/react/", {"kind": "heart"})
    client_of(stranger).post(f"/thanks/{secret.pk}/reply/", {"text": "  It was\n a pleasure. "})
    assert KudosReply.objects.get().text == "It was a pleasure."
    assert "It was a pleasure." in page(client_of(employee), "/thanks/received/?show=given")
    client_of(employee).post(f"/thanks/{secret.pk}/reply/", {"text": "Mine?"})
    client_of(stranger).post(f"/thanks/{secret.pk}/reply/", {"text": "x" * 281})
    assert KudosReply.objects.get().text == "It was a pleasure."
    client_of(stranger).post(f"/thanks/{secret.pk}/reply/", {"text": " "})
    assert not KudosReply.objects.exists()
    client_of(employee).post(f"/thanks/{secret.pk}/withdraw/")
    assert client_of(stranger).post(f"/thanks/{secret.pk}/react/", {"kind": "clap"}).status_code == 404
    assert not KudosReaction.objects.exists()


def test_two_taps_at_once_leave_none_or_one(transactional_db: None, units: Any) -> None:
    load_catalogue()
    ann, bob = make_person("ANN", units["Branch A"]), make_person("BOB", units["Branch B"])
    kudos = thank(ann, bob)

    def tap(_n: int) -> bool:
        try:
            return reacting.react(kudos=kudos, by=bob, kind="clap", now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        stands = list(pool.map(tap, range(7)))
    assert sum(stands) == 4 and KudosReaction.objects.count() == 1


def test_amounts_hidden_by_choice_or_for_all(
    catalogue: None, client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    thank(employee, stranger, points=17)
    assert "17 points" in page(client_of(hr), "/thanks/")
    client = client_of(stranger)
    answer = client.post("/thanks/choices/", {"hide_amounts": "on"}, follow=True)
    assert "Saved." in answer.content.decode()
    assert "17 points" not in page(client_of(hr), "/thanks/")
    for party in (employee, stranger):
        assert "17 points" in page(client_of(party), "/thanks/")
    client.post("/thanks/choices/", {})
    assert "17 points" in page(client_of(hr), "/thanks/")
    PointRules.objects.create(pk=1, amounts_hidden=True)
    assert "17 points" not in page(client_of(hr), "/thanks/")
    assert "17 points" in page(client_of(employee), "/thanks/")


def test_choices_are_ones_own(catalogue: None, client_of: Any, employee: Employee, stranger: Employee) -> None:
    assert not choices.opted_out(employee)
    client_of(employee).post("/thanks/choices/", {"no_events": "on", "employee": stranger.pk})
    assert choices.opted_out(employee) and not choices.opted_out(stranger)
    assert choices.opted_out_ids([employee.pk, stranger.pk]) == {employee.pk}
    assert ThanksChoice.objects.count() == 1
    assert client_of(None).get("/thanks/choices/").status_code == 302


def test_the_erased_are_named_nowhere_and_the_books_stay(
    catalogue: None, client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    got = thank(employee, stranger, story="Sven Other found it.", arrived=True)
    gave = thank(stranger, employee, story="Thanks from Sven Other.", arrived=True)
    other = thank(employee, hr, story="For all of us.", arrived=True)
    reacting.react(kudos=other, by=stranger, kind="clap", now=timezone.now())
    reacting.reply(kudos=got, by=stranger, text="Sven Other says hello", now=timezone.now())
    reacting.react(kudos=gave, by=hr, kind="clap", now=timezone.now())
    choices.save(employee=stranger, hide_amounts=True, no_events=True, no_mail=True)
    held = {str(one.title) for group in rights.Group for one in rights.holdings(group) if one.shown(stranger)}
    assert {"Your signs to thanks", "Your answers to thanks", "Your choices about thanks"} <= held
    today = timezone.localdate()
    Employee.objects.filter(pk=stranger.pk).update(left_on=today - today.resolution)
    erasure.erase(employee=stranger, by=hr, today=today)
    text = page(client_of(hr), "/thanks/")
    assert "Sven" not in text and text.count("<strong>Former colleague</strong>") == 2
    assert not KudosReply.objects.exists() and not ThanksChoice.objects.exists()
    assert [one.employee_id for one in KudosReaction.objects.all()] == [hr.pk]
    assert proving.findings() == [] and giving.balance(stranger) == 5


def test_a_story_about_several_goes_with_the_last_of_them(
    catalogue: None, client_of: Any, employee: Employee, hr: Employee
) -> None:
    several = list(Employee.objects.filter(number__in=["A2", "A3"]).order_by("number"))
    thank(employee, *several, story="They carried it up.", arrived=True)
    today = timezone.localdate()
    for one, stays in zip(several, (True, False), strict=True):
        Employee.objects.filter(pk=one.pk).update(left_on=today - today.resolution)
        erasure.erase(employee=one, by=hr, today=today)
        assert ("They carried it up." in page(client_of(hr), "/thanks/")) is stays


@pytest.mark.parametrize("url", ["/thanks/", "/thanks/?show=team", "/thanks/received/", "/thanks/received/?show=given"])
def test_queries_are_as_many_for_one_as_for_three(
    catalogue: None, client_of: Any, employee: Employee, manager: Employee, stranger: Employee, url: str
) -> None:
    client, counts = client_of(employee), []
    for more in (1, 2):
        for n in range(more):
            for kudos in (thank(stranger, employee, manager), thank(employee, stranger)):
                by = Employee.objects.get(number=f"A{more + n + 1}")
                reacting.react(kudos=kudos, by=by, kind="clap", now=timezone.now())
                to = kudos.receipts.first().receiver  # type: ignore[attr-defined]
                reacting.reply(kudos=kudos, by=to, text="Gladly", now=timezone.now())
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            page(client, url)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 24, counts


def test_of_one_attitude_only(catalogue: None, client_of: Any, employee: Employee, stranger: Employee) -> None:
    thank(employee, stranger)
    assert "Stayed late" in page(client_of(stranger), "/thanks/?behaviour=A5")
    assert "Nobody was thanked for this yet" in page(client_of(stranger), "/thanks/?behaviour=A1")
    assert feed.everybody(before=Kudos.objects.get().pk) == []
