"""Rounds of awards from the last nomination on: who votes and decides, what is paid, what leaves by mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from culture.people.models import Employee
from programs.recognition import (
    award_deciding,
    award_mails,
    award_rounds,
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
    FeedPost,
)
from programs.recognition.models import Kudos, LedgerEntry
from surveys.waves import hours
from tests.programs import award_world
from tests.programs.award_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.award_fixtures import Round, State, page
from tests.programs.award_world import DAY, nominate, opened, today, voting
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("gone", [{"left_on": today() - DAY}, {"is_active": False}])
def test_hr_decides_where_the_manager_has_left(
    client_of: Any, folk: Any, hr: Any, units: Any, gone: dict[str, Any]
) -> None:
    boss = award_world.make_person("BOSS", units["Meridian"], given_name="Bea", family_name="Boss")
    lead = award_world.make_person("LEAD", units["Meridian"], given_name="Leo", family_name="Lead")
    Employee.objects.filter(pk=folk["s0"].pk).update(manager=boss)
    Employee.objects.filter(pk=folk["s1"].pk).update(manager=lead)
    round_ = opened(award_world.award(hr, [], decides=Award.Decides.MANAGER))
    nominate(round_, folk["d0"], folk["s0"])
    nominate(round_, folk["d0"], folk["s1"])
    one, _other = voting(round_, hr)
    clerk = client_of(hr)
    assert "Sara Shop0" not in page(clerk, "/awards/jury/")
    Employee.objects.filter(pk=boss.pk).update(**gone)
    shown = page(clerk, "/awards/jury/")
    assert "Sara Shop0" in shown and "Sara Shop1" not in shown  # the other manager is there and decides
    data = {f"c{one.pk}-act": "win", f"c{one.pk}-points": "100"}
    assert clerk.post(f"/awards/jury/candidates/{one.pk}/decide/", data).status_code == 302
    assert giving.balance(folk["s0"]) == 100


@pytest.mark.parametrize(
    "gone",
    [{"state": Kudos.State.WITHDRAWN}, {"hidden_at": timezone.now()}, {"public": False}],
    ids=["withdrawn", "hidden", "private"],
)
@pytest.mark.parametrize("decides", list(Award.Decides))
def test_thanks_that_are_gone_are_no_evidence_any_more(
    client_of: Any, folk: Any, hr: Any, gone: dict[str, Any], decides: str
) -> None:
    jury = [folk["j0"]] if decides == Award.Decides.JURY else []
    round_ = opened(award_world.award(hr, jury, decides=decides))
    kept = thank(folk["j1"], folk["s0"], story="Stayed until it ran", points=0)
    lost = thank(folk["j1"], folk["s0"], story="PLANTED story", points=0)
    nominate(round_, folk["d0"], folk["s0"], kudos=[kept, lost])
    desk = f"/awards/manage/rounds/{round_.pk}/"
    assert "PLANTED story" in page(client_of(hr), desk)
    Kudos.objects.filter(pk=lost.pk).update(**gone)
    voting(round_, hr)
    pages = [(hr, desk)]
    if jury:
        pages += [(folk["j0"], f"/awards/jury/{round_.pk}/"), (folk["j0"], f"/awards/jury/{round_.pk}/decide/")]
    else:
        pages += [(hr, "/awards/jury/")]
    for who, url in pages:
        shown = page(client_of(who), url)
        assert "Stayed until it ran" in shown and "PLANTED" not in shown, url


def test_nobody_decides_a_round_he_is_a_candidate_in(folk: Any, made: Award, hr: Any) -> None:
    round_ = opened(made)
    nominate(round_, folk["d0"], hr)
    award_rounds.move_on(now=timezone.now() + 14 * DAY)
    (one,) = listed = list(round_.candidates.all())
    award_rounds.shortlist(round_=round_, chosen=[one.pk for one in listed], why_not="", by=hr, now=timezone.now())
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
