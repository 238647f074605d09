"""Awards through the pages: set up, nominated, shortlisted, voted, decided, paid, announced, told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import (
    award_deciding,
    award_mails,
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
    AwardMail,
    AwardRound,
    AwardVote,
    AwardWinner,
    FeedPost,
    Nomination,
)
from programs.recognition.models import LedgerEntry
from surveys.waves import hours
from tests.programs import award_world
from tests.programs.award_world import DAY, EVIDENCE, nominate, opened, today, voting
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db
State, Round = AwardCandidate.State, AwardRound.State


@pytest.fixture
def folk(units: Any) -> dict[str, Employee]:
    return award_world.people(units)


@pytest.fixture
def made(folk: Any, hr: Any) -> Award:
    return award_world.award(hr, [folk["j0"], folk["j1"], folk["j2"]])


def page(client: Any, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def setup_form(folk: Any, **more: Any) -> dict[str, Any]:
    filled = {
        "name_en": "Service of the quarter",
        "criteria_en": "Something personal\nBeyond expectation",
        "criteria_it": "Qualcosa di personale\nOltre le attese",
        "teams": "on",
        "decides": "jury",
        "jury": f"{folk['j0'].email}\nJ1\nJuno Juror2",
        "winners": "2",
        "points": "100",
        "first_on": str(today()),
        "repeat": "m3",
        "open_days": "14",
        "decide_days": "21",
    }
    return {**filled, **more}


def nomination(whom: Employee, **more: Any) -> dict[str, Any]:
    behaviour = Behaviour.objects.get(code="A5")
    filled = {"to": whom.pk, "criteria": ["one"], "evidence": EVIDENCE, "behaviour": behaviour.pk}
    return {**filled, "key": str(uuid.uuid4()), **more}


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


def test_who_is_too_near_does_not_vote(client_of: Any, folk: Any, hr: Any, units: Any) -> None:
    boss = award_world.make_person("BOSS", units["Meridian"], given_name="Bea", family_name="Boss")
    Employee.objects.filter(pk=folk["s0"].pk).update(manager=boss)
    jury = [folk["j0"], folk["s0"], folk["s1"], folk["d0"], boss]
    round_ = opened(award_world.award(hr, jury))
    nominate(round_, folk["d0"], folk["s0"])
    nominate(round_, folk["d1"], folk["s0"].unit)
    person, team = voting(round_, hr)
    bars = {
        folk["s0"]: ("You are a candidate yourself.", "You work in the same unit"),
        folk["s1"]: ("You work in the same unit", "You work in the same unit"),
        folk["d0"]: ("You nominated: others judge.", ""),
        boss: ("One of you reports to the other", ""),
        folk["j0"]: ("", ""),
    }
    for juror, words in bars.items():
        for candidate, bar in zip((person, team), words, strict=True):
            answer = client_of(juror).post(
                f"/awards/jury/candidates/{candidate.pk}/vote/", {f"c{candidate.pk}-score": "5"}
            )
            assert answer.status_code == (400 if bar else 302), (juror, candidate, bar)
            assert bar in answer.content.decode()
            vote = AwardVote(candidate=candidate, juror=juror, score=3, at=timezone.now())
            if bar:  # the database says so, too
                with pytest.raises(IntegrityError), transaction.atomic():
                    vote.save()
    assert AwardVote.objects.count() == 4
    for url in (f"/awards/jury/{round_.pk}/", f"/awards/jury/candidates/{person.pk}/vote/"):
        answer = client_of(folk["j1"]).get(url) if url.endswith(f"{round_.pk}/") else client_of(folk["j1"]).post(url)
        assert answer.status_code == 403, url


def test_a_vote_is_one_to_five(client_of: Any, folk: Any, made: Award, hr: Any) -> None:
    round_ = opened(made)
    nominate(round_, folk["d0"], folk["s0"])
    (one,) = voting(round_, hr)
    juror = client_of(folk["j0"])
    for score in ("0", "6", "-1", "2.5", "x", ""):
        answer = juror.post(f"/awards/jury/candidates/{one.pk}/vote/", {f"c{one.pk}-score": score})
        assert answer.status_code == 400 and not AwardVote.objects.exists(), score


def test_a_team_shares_its_points_and_what_does_not_divide_stays(folk: Any, hr: Any) -> None:
    award = award_world.award(hr, [folk["j0"]], points=100)
    round_ = opened(award)
    nominate(round_, folk["d0"], folk["s0"].unit)
    (one,) = voting(round_, hr)
    award_deciding.decide(
        round_=round_, verdict=award_deciding.Verdict({one.pk: 100}), by=folk["j0"], now=timezone.now()
    )
    assert [giving.balance(folk[f"s{n}"]) for n in range(3)] == [33, 33, 33]
    assert awards.balance(awards.purse(award)) == 901 and proving.findings() == []
    assert FeedPost.objects.get().unit == folk["s0"].unit


def test_a_short_budget_opens_the_round_but_pays_only_what_is_there(client_of: Any, folk: Any, hr: Any) -> None:
    award = award_world.award(hr, [folk["j0"]], winners=2, budget=150)
    round_ = opened(award)
    assert awards.balance(award_rounds.purse(round_)) == 100
    assert "The next round needs" in page(client_of(hr), "/awards/manage/")
    for n in range(2):
        nominate(round_, folk["d0"], folk[f"s{n}"])
    listed = voting(round_, hr)
    url = f"/awards/jury/{round_.pk}/decide/"
    both = {f"win_{one.pk}": "on" for one in listed} | {f"points_{one.pk}": "100" for one in listed}
    answer = client_of(folk["j0"]).post(url, both)
    assert answer.status_code == 400 and "short by 50 points" in answer.content.decode()
    assert giving.balance(folk["s0"]) == 0 and AwardRound.objects.get().state == Round.VOTING
    fund = f"/awards/manage/{award.pk}/budget/"
    for points, note, words in (
        ("-51", "x", "Only 50 points are free"),
        ("0", "x", "how many"),
        ("9", " ", "required"),
    ):
        assert words in client_of(hr).post(fund, {"points": points, "note": note}).content.decode()
    client_of(hr).post(fund, {"points": "50", "note": "top up"})
    assert client_of(folk["j0"]).post(url, both).status_code == 302
    assert giving.balance(folk["s1"]) == 100 and awards.balance(awards.purse(award)) == 0
    assert proving.findings() == []


def test_an_undecided_round_ends_and_gives_its_points_back(client_of: Any, folk: Any, made: Award, hr: Any) -> None:
    now = timezone.now()
    round_ = opened(made)
    nominate(round_, folk["d0"], folk["s0"])
    award_rounds.move_on(now=now + 14 * DAY)
    assert AwardRound.objects.get(pk=round_.pk).state == Round.SHORTLIST
    award_rounds.move_on(now=now + 33 * DAY)
    assert AwardRound.objects.get(pk=round_.pk).state == Round.SHORTLIST
    for _twice in range(2):
        award_rounds.move_on(now=now + 34 * DAY)
    done = AwardRound.objects.get(pk=round_.pk)
    assert done.state == Round.EXPIRED and AwardCandidate.objects.get().state == State.EXPIRED
    assert awards.balance(awards.purse(made)) == 1000 and proving.findings() == []
    assert LedgerEntry.objects.filter(reason="award returned").count() == 1
    assert AwardMail.objects.get().kind == AwardMail.Kind.EXPIRED
    assert "Ended without a decision" in page(client_of(folk["d0"]), f"/awards/rounds/{round_.pk}/")
    # The next one comes on its day, whatever became of this one.
    award_rounds.open_due(now=now + 35 * DAY)
    assert made.rounds.count() == 2


def test_a_round_without_nominations_is_over_at_once(made: Award) -> None:
    round_ = opened(made)
    award_rounds.move_on(now=timezone.localtime() + 20 * DAY)
    assert AwardRound.objects.get(pk=round_.pk).state == Round.EXPIRED
    assert awards.balance(awards.purse(made)) == 1000


def test_called_off_with_a_reason_that_nominators_get(client_of: Any, folk: Any, made: Award, hr: Any) -> None:
    round_ = opened(made)
    nominate(round_, folk["d0"], folk["s0"])
    url = f"/awards/manage/rounds/{round_.pk}/"
    answer = client_of(hr).post(url, {"act": "cancel", "reason": " "})
    assert answer.status_code == 400 and "Say why" in answer.content.decode()
    client_of(hr).post(url, {"act": "cancel", "reason": "The branch closes"})
    assert "The branch closes" in page(client_of(folk["d0"]), "/awards/mine/")
    assert awards.balance(awards.purse(made)) == 1000
    assert client_of(hr).post(url, {"act": "cancel", "reason": "again"}).status_code == 400
    assert client_of(hr).post(url, {"act": "burn"}).status_code == 400


def test_the_manager_decides_where_the_award_says_so(client_of: Any, folk: Any, hr: Any, units: Any) -> None:
    boss = award_world.make_person("BOSS", units["Meridian"], given_name="Bea", family_name="Boss")
    Employee.objects.filter(pk__in=[folk[f"s{n}"].pk for n in range(3)]).update(manager=boss)
    award = award_world.award(hr, [], decides=Award.Decides.MANAGER, winners=1)
    round_ = opened(award)
    nominate(round_, folk["d0"], folk["s0"])
    nominate(round_, folk["d0"], folk["s1"])
    nominate(round_, boss, folk["s2"])
    one, two, own = voting(round_, hr)
    assert AwardMail.objects.filter(kind=AwardMail.Kind.DECIDE, employee=boss).count() == 3
    mine = client_of(boss)
    shown = page(mine, "/awards/jury/")
    assert "3 nominations wait for your decision" in shown and "You nominated: HR decides in your place." in shown
    assert "3 nominations in your team wait" in page(mine, "/")

    def post(client: Any, candidate: Any, **data: str) -> Any:
        filled = {f"c{candidate.pk}-{name}": value for name, value in data.items()}
        return client.post(f"/awards/jury/candidates/{candidate.pk}/decide/", filled)

    assert post(client_of(folk["d1"]), one, act="win").status_code == 403
    assert "HR decides in your place" in post(mine, own, act="win", points="100").content.decode()
    assert "Say why" in post(mine, one, act="decline", points="100").content.decode()
    assert "not the points announced" in post(mine, one, act="win", points="60").content.decode()
    assert post(mine, one, act="win", points="60", reason="For a first time").status_code == 302
    assert "decided already" in post(mine, one, act="win", points="100").content.decode()
    assert "All 1 places of this round are taken" in post(mine, two, act="win", points="100").content.decode()
    assert post(mine, two, act="decline", reason="Next time").status_code == 302
    assert AwardRound.objects.get().state == Round.VOTING
    shown = page(client_of(hr), "/awards/jury/")
    assert "Sara Shop2" in shown and "Sara Shop1" not in shown
    assert post(client_of(hr), own, act="decline", reason="Next time, too").status_code == 302
    assert AwardRound.objects.get().state == Round.DECIDED
    assert giving.balance(folk["s0"]) == 60 and awards.balance(awards.purse(award)) == 940
    assert "For a first time" in page(client_of(folk["d2"]), f"/awards/rounds/{round_.pk}/")
    assert proving.findings() == []


def test_nobody_decides_a_round_he_is_a_candidate_in(folk: Any, made: Award, hr: Any) -> None:
    round_ = opened(made)
    nominate(round_, folk["d0"], hr)
    (one,) = voting(round_, hr)
    verdict = award_deciding.Verdict({one.pk: 100})
    with pytest.raises(Exception, match="You are a candidate in this round"):
        award_deciding.decide(round_=round_, verdict=verdict, by=hr, now=timezone.now())
    award_deciding.decide(round_=round_, verdict=verdict, by=folk["j0"], now=timezone.now())
    with pytest.raises(Exception, match="not to be decided: Decided"):
        award_deciding.decide(round_=round_, verdict=verdict, by=folk["j0"], now=timezone.now())
    assert giving.balance(hr) == 100


def test_mails_leave_in_working_hours_in_the_language_of_each(folk: Any, made: Award, hr: Any) -> None:
    Employee.objects.filter(pk=folk["d1"].pk).update(language="it")
    Employee.objects.filter(pk=folk["j1"].pk).update(email=None)
    monday = hours.next_working_day(today() + 7 * DAY)[0]
    noon = hours.moment(monday, "Europe/Rome", 12)
    made.first_on, made.rule = monday, "FREQ=YEARLY"
    made.save()
    round_ = opened(made, noon)
    nominate(round_, folk["d0"], folk["s0"], noon)
    nominate(round_, folk["d1"], folk["s1"], noon)
    one, two = voting(round_, hr, noon)
    assert award_mails.anything_due(noon)
    award_mails.send_due(now=noon)
    assert sorted(one.to[0] for one in mail.outbox) == [folk["j0"].email, folk["j2"].email]
    assert f"/awards/jury/{round_.pk}/" in mail.outbox[0].body
    mail.outbox.clear()
    night = hours.moment(monday, "Europe/Rome", 23)
    verdict = award_deciding.Verdict({one.pk: 100}, why_not="Un’altra volta")
    award_deciding.decide(round_=round_, verdict=verdict, by=folk["j0"], now=night)
    award_mails.send_due(now=night)
    assert not mail.outbox
    morning = hours.next_working(night, "Europe/Rome")
    assert morning is not None
    award_mails.send_due(now=morning)
    told = {one.to[0]: one for one in mail.outbox}
    assert "You won: Best of the month" in told[folk["s0"].email].subject
    assert "100 points are yours" in told[folk["s0"].email].body
    assert "Il migliore del mese: Sara Shop1" in told[folk["d1"].email].subject
    assert "Un’altra volta" in told[folk["d1"].email].body and "Un’altra volta" not in told[folk["d0"].email].body
    award_mails.send_due(now=morning)
    assert len(mail.outbox) == 3


def test_a_juror_who_has_not_voted_is_told_once_more(folk: Any, made: Award, hr: Any) -> None:
    now = timezone.now()
    round_ = opened(made)
    nominate(round_, folk["d0"], folk["s0"])
    (one,) = voting(round_, hr)
    award_deciding.vote(candidate=one, juror=folk["j0"], score=4, note="", now=now)
    for days in (25, 31, 31, 32):
        award_rounds.move_on(now=now + days * DAY)
    told = AwardMail.objects.filter(kind=AwardMail.Kind.JURY_LAST).order_by("employee__number")
    assert [row.employee.number for row in told] == ["J1", "J2"]


def test_news_can_be_taken_down_by_whom_it_is_about_or_hr_with_a_reason(
    client_of: Any, folk: Any, made: Award, hr: Any
) -> None:
    round_ = opened(made)
    nominate(round_, folk["d0"], folk["s0"])
    (one,) = voting(round_, hr)
    award_deciding.decide(
        round_=round_, verdict=award_deciding.Verdict({one.pk: 100}), by=folk["j0"], now=timezone.now()
    )
    post = FeedPost.objects.get()
    url = f"/thanks/news/{post.pk}/hide/"
    assert client_of(folk["d0"]).post(url).status_code == 404
    client_of(hr).post(url, {"why": " "})
    assert FeedPost.objects.get().hidden_at is None
    assert client_of(folk["s0"]).post(url).status_code == 302
    assert "won the award" not in page(client_of(folk["d2"]), "/thanks/")


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
