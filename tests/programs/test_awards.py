"""Awards through the pages: set up, nominated, shortlisted, voted, decided, paid, announced, told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import (
    award_queries,
    award_rounds,
    award_tick,
    awards,
    giving,
    proving,
)
from programs.recognition.award_models import (
    Award,
    AwardCandidate,
    AwardWinner,
    Nomination,
)
from tests.programs import award_world
from tests.programs.award_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.award_fixtures import State, nomination, page, setup_form
from tests.programs.award_world import DAY, EVIDENCE, nominate, opened, today, voting
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db


def test_from_the_set_up_to_the_certificate(client_of: Any, folk: Any, hr: Any) -> None:
    clerk, mine = client_of(hr), client_of(folk["d0"])
    assert clerk.post("/awards/manage/new/", setup_form(folk)).status_code == 302
    award = Award.objects.get()
    assert [one.employee.number for one in award.jury.all()] == ["J0", "J1", "J2"] and award.jury.first().chair
    assert award.criteria[0]["text"] == {"en": "Something personal", "it": "Qualcosa di personale"}
    clerk.post(f"/awards/manage/{award.pk}/budget/", {"points": "500", "note": "this year"})
    award_tick.tick(now=timezone.now())
    award_tick.tick(now=timezone.now())
    round_ = award.rounds.get()
    assert awards.balance(awards.purse(award)) == 300 and awards.balance(award_rounds.purse(round_)) == 200

    url = f"/awards/rounds/{round_.pk}/nominate/"
    assert "Service of the quarter" in page(mine, "/awards/")
    assert "Sara Shop0" in page(mine, f"{url}?q=shop0")
    filled = nomination(folk["s0"], criteria=[award.criteria[0]["key"]])
    for _twice in range(2):
        assert mine.post(url, filled).status_code == 302
    other = nomination(folk["s0"], criteria=[award.criteria[1]["key"]], evidence="She taught all of us how to do it.")
    client_of(folk["d1"]).post(url, other)
    client_of(folk["d1"]).post(url, nomination(folk["s1"], criteria=[award.criteria[0]["key"]]))
    # Two nominations of one person are one candidate.
    assert AwardCandidate.objects.count() == 2 and Nomination.objects.count() == 3

    desk = f"/awards/manage/rounds/{round_.pk}/"
    clerk.post(desk, {"act": "close"})
    answer = clerk.post(desk, {"act": "shortlist"})
    assert answer.status_code == 400 and "Choose at least one" in answer.content.decode()
    first, second = AwardCandidate.objects.order_by("pk")
    clerk.post(desk, {"act": "shortlist", "chosen": [first.pk, second.pk]})
    for n, score in ((0, 5), (1, 4)):
        client_of(folk[f"j{n}"]).post(f"/awards/jury/candidates/{first.pk}/vote/", {f"c{first.pk}-score": score})
    chair = client_of(folk["j0"])
    assert "4.5" in page(chair, f"/awards/jury/{round_.pk}/decide/")
    verdict = {f"win_{first.pk}": "on", f"points_{first.pk}": "150", "why_not": "Told once only."}
    answer = chair.post(f"/awards/jury/{round_.pk}/decide/", verdict)
    assert answer.status_code == 400 and "This is not what was announced. Say why" in answer.content.decode()
    assert "checked" in answer.content.decode() and "Told once only." in answer.content.decode()
    answer = chair.post(f"/awards/jury/{round_.pk}/decide/", {**verdict, "why": "One stood out."})
    assert answer.status_code == 302

    shown = page(client_of(folk["d2"]), f"/awards/rounds/{round_.pk}/")
    assert "Announced: 2 winners; decided: 1." in shown and "150 instead of 100 points" in shown
    assert "One stood out." in shown and "Told once only." not in shown
    assert "won the award" in page(client_of(folk["d2"]), "/thanks/")
    assert "Told once only." in page(client_of(folk["d1"]), "/awards/mine/")
    assert giving.balance(folk["s0"]) == 150 and proving.findings() == []
    assert awards.balance(awards.purse(award)) == 350 and awards.balance(award_rounds.purse(round_)) == 0
    won = AwardWinner.objects.get()
    winner = client_of(folk["s0"])
    assert "She taught all of us" in page(winner, "/awards/mine/")
    for language in ("en", "it", "ro", "zh-hans", "fr"):
        answer = winner.get(f"/awards/won/{won.pk}/certificate.pdf?lang={language}")
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert client_of(folk["s1"]).get(f"/awards/won/{won.pk}/certificate.pdf").status_code == 404


WRONG_SETUPS: list[tuple[dict[str, Any], str]] = [
    ({"name_en": ""}, "This field is required"),
    ({"jury": ""}, "Name at least one person for the jury"),
    ({"jury": "Nobody Atall"}, "Line 1: nobody is called"),
    ({"jury": "Juno"}, "several people are called"),
    ({"repeat": "rule", "rule": "FREQ=HOURLY"}, "hours, minutes and seconds cannot be used"),
    ({"repeat": "rule", "rule": "nonsense"}, "is not known here"),
    ({"repeat": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "This rule never happens"),
    ({"repeat": "dates", "dates": ""}, "Write at least one day"),
    ({"repeat": "dates", "dates": "31.2.2027"}, "Line 1 is no day"),
    ({"winners": "0"}, "greater than or equal to 1"),
    ({"points": "10001"}, "less than or equal to 10000"),
    ({"points": "1.5"}, "whole number"),
    ({"criteria_it": "Una sola"}, "line by line the same ones"),
    ({"first_on": "soon"}, "valid date"),
]


def test_a_set_up_that_cannot_be_says_where_and_keeps_what_was_typed(client_of: Any, folk: Any, hr: Any) -> None:
    clerk = client_of(hr)
    for change, words in WRONG_SETUPS:
        answer = clerk.post("/awards/manage/new/", setup_form(folk, purpose_en="Kept as typed", **change))
        assert answer.status_code == 400 and words in answer.content.decode(), change
        assert "Kept as typed" in answer.content.decode() and not Award.objects.exists(), change


def test_rounds_by_days_and_a_changed_award(client_of: Any, folk: Any, hr: Any) -> None:
    client = client_of(hr)
    days = [today() - DAY, today() + 60 * DAY]
    form = setup_form(folk, repeat="dates", dates="\n".join(map(str, days)))
    assert client.post("/awards/manage/new/", form).status_code == 302
    award = Award.objects.get()
    award_rounds.open_due(now=timezone.now())
    assert [one.opens_on for one in award.rounds.all()] == [days[0]] and award.first_on == days[0]
    shown = page(client, f"/awards/manage/{award.pk}/")
    assert "Juno Juror0 (J0)" in shown and str(days[1]) in shown
    client.post(f"/awards/manage/{award.pk}/", setup_form(folk, points="30", winners="5"))
    award.refresh_from_db()
    assert (award.points, award.winners) == (30, 5) and award.rounds.get().points == 100
    client.post(f"/awards/manage/{award.pk}/retire/")
    assert awards.next_rounds(Award.objects.get(), today()) == []


WRONG_NOMINATIONS: list[tuple[dict[str, Any], str]] = [
    ({"evidence": "short"}, "Tell what happened"),
    ({"evidence": "x" * 2001}, "at most 2000 characters"),
    ({"criteria": []}, "Tick at least one criterion"),
    ({"criteria": ["other"]}, "Select a valid choice"),
    ({"behaviour": ""}, "Choose the attitude"),
    ({"behaviour": "999999"}, "Select a valid choice"),
    ({"key": "x"}, "valid UUID"),
]


def test_a_nomination_without_substance_is_refused(client_of: Any, folk: Any, made: Award) -> None:
    round_, mine = opened(made), client_of(folk["d0"])
    for change, words in WRONG_NOMINATIONS:
        answer = mine.post(f"/awards/rounds/{round_.pk}/nominate/", nomination(folk["s0"], **change))
        assert answer.status_code == 400 and words in answer.content.decode(), (change, words)
    assert not Nomination.objects.exists() and not AwardCandidate.objects.exists()


def test_nobody_nominates_himself_his_team_who_left_or_twice(client_of: Any, folk: Any, made: Award) -> None:
    round_, mine = opened(made), client_of(folk["d0"])
    url = f"/awards/rounds/{round_.pk}/nominate/"
    answer = mine.post(url, nomination(folk["d0"]))
    assert answer.status_code == 400 and "You cannot nominate yourself" in answer.content.decode()
    team = nomination(folk["s0"], team=folk["d0"].unit_id)
    del team["to"]
    assert "nobody nominates himself" in mine.post(url, team).content.decode()
    Employee.objects.filter(pk=folk["s2"].pk).update(left_on=today() - DAY)
    assert mine.post(url, nomination(folk["s2"])).status_code == 404
    assert mine.post(url, nomination(folk["s0"])).status_code == 302
    assert "You have nominated Sara Shop0 in this round." in mine.post(url, nomination(folk["s0"])).content.decode()
    for to in ("0", "²", "x", "9" * 30):
        assert mine.get(f"{url}?to={to}").status_code == 404
    # The database refuses it, too, whoever writes.
    candidate = AwardCandidate.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.create(
            candidate=candidate,
            nominator=folk["s0"],
            nominee=folk["s0"],
            evidence=EVIDENCE,
            behaviour=Behaviour.objects.get(code="A5"),
            at=timezone.now(),
            idempotency_key=uuid.uuid4(),
        )


def test_only_the_units_named_nominate_and_are_nominated(client_of: Any, folk: Any, hr: Any) -> None:
    award = award_world.award(hr, [folk["j0"]], nominators=[folk["d0"].unit], nominees=[folk["s0"].unit], teams=False)
    round_ = opened(award)
    url = f"/awards/rounds/{round_.pk}/nominate/"
    assert "Only people of certain units" in page(client_of(folk["s0"]), url, 409)
    assert "Best of the month" not in page(client_of(folk["s0"]), "/awards/")
    mine = client_of(folk["d0"])
    found = page(mine, f"{url}?q=j")
    assert "Juror1" not in found and "Shop1" in page(mine, f"{url}?q=shop")
    assert "This award is not for the unit of Juno Juror1" in mine.post(url, nomination(folk["j1"])).content.decode()
    team = nomination(folk["s0"], team=folk["s0"].unit_id)
    del team["to"]
    assert "for single people, not for teams" in mine.post(url, team).content.decode()


def test_thanks_are_evidence_only_where_public_and_to_the_person(client_of: Any, folk: Any, made: Award) -> None:
    round_ = opened(made)
    public = thank(folk["j1"], folk["s0"], story="Stayed until it ran", points=0, arrived=True)
    private = thank(folk["j1"], folk["s0"], story="PLANTED-private", points=0, public=False, arrived=True)
    other = thank(folk["j1"], folk["s1"], points=0, arrived=True)
    mine, url = client_of(folk["d0"]), f"/awards/rounds/{round_.pk}/nominate/"
    shown = page(mine, f"{url}?to={folk['s0'].pk}")
    assert "Stayed until it ran" in shown and "PLANTED" not in shown
    for wrong in (private, other):
        assert mine.post(url, nomination(folk["s0"], kudos=[wrong.pk])).status_code == 400
    assert mine.post(url, nomination(folk["s0"], kudos=[public.pk])).status_code == 302
    assert list(Nomination.objects.get().kudos.all()) == [public]


def test_taken_back_while_open_and_never_after(client_of: Any, folk: Any, made: Award, hr: Any) -> None:
    round_ = opened(made)
    one, two = nominate(round_, folk["d0"], folk["s0"]), nominate(round_, folk["d0"], folk["s1"])
    mine = client_of(folk["d0"])
    assert client_of(folk["d1"]).post(f"/awards/mine/{one.pk}/withdraw/").status_code == 404
    for _twice in range(2):
        assert mine.post(f"/awards/mine/{one.pk}/withdraw/").status_code == 302
    assert one.candidate.__class__.objects.get(pk=one.candidate_id).state == State.WITHDRAWN
    nominate(round_, folk["d1"], folk["s0"])
    assert AwardCandidate.objects.get(pk=one.candidate_id).state == State.NOMINATED
    voting(round_, hr)
    answer = mine.post(f"/awards/mine/{two.pk}/withdraw/", follow=True)
    assert "it is being judged" in answer.content.decode()
    assert "Nominations for this round are closed" in page(mine, f"/awards/rounds/{round_.pk}/nominate/", 409)


def test_pages_ask_a_fixed_number_of_times(client_of: Any, folk: Any, hr: Any, units: Any) -> None:
    made = award_world.award(hr, [folk["j0"]], budget=5000, winners=3)
    round_ = opened(made)
    clients = {name: client_of(who) for name, who in (("hr", hr), ("d0", folk["d0"]), ("j0", folk["j0"]))}
    nominate(round_, folk["d0"], folk["s0"])
    pages = [("d0", "/awards/"), ("d0", "/awards/mine/"), ("hr", f"/awards/manage/rounds/{round_.pk}/")]

    def asked() -> list[int]:
        found = []
        for who, url in pages:
            page(clients[who], url)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page(clients[who], url)
            found.append(len(queries))
        return found

    one = asked()
    nominate(round_, folk["d0"], folk["s1"])
    nominate(round_, folk["d0"], folk["s2"])
    nominate(round_, folk["d1"], folk["s0"])
    assert asked() == one
    voting(round_, hr)
    pages = [("j0", f"/awards/jury/{round_.pk}/"), ("j0", f"/awards/jury/{round_.pk}/decide/"), ("j0", "/awards/jury/")]
    assert max(asked()) <= 24


def test_doors(client_of: Any, folk: Any, made: Award, hr: Any, manager: Any, executive: Any) -> None:
    round_ = opened(made)
    nominate(round_, folk["d0"], folk["s0"])
    voting(round_, hr)
    desk = ["/awards/manage/", "/awards/manage/new/", f"/awards/manage/{made.pk}/", "/awards/manage/milestones/"]
    desk += [f"/awards/manage/rounds/{round_.pk}/", "/awards/manage/teams/"]
    for who, may in ((hr, True), (manager, False), (executive, False), (folk["j0"], False), (folk["d0"], False)):
        for url in desk:
            assert client_of(who).get(url).status_code == (200 if may else 403), (who, url)
        for url in (f"/awards/jury/{round_.pk}/decide/",):
            expected = 200 if who in (hr, folk["j0"]) else 403
            assert client_of(who).get(url).status_code == expected, (who, url)
    assert client_of(folk["j1"]).get(f"/awards/jury/{round_.pk}/decide/").status_code == 403
    # What was said of a candidate is read by HR and the jury alone until he wins.
    for url in ("/awards/", "/awards/mine/", f"/awards/rounds/{round_.pk}/", "/thanks/", "/awards/jury/"):
        for who in (folk["d2"], folk["s0"], manager, executive):
            assert EVIDENCE not in page(client_of(who), url), (who, url)
    assert client_of(None).get("/awards/").status_code == 302
    assert award_queries.rounds().count() == 1
