"""Who is close to a candidate neither reads what was said of him nor steers the round, and somebody still can."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from culture.access.models import Grant, Role
from culture.people.models import Employee
from programs.recognition import award_deciding, award_rounds
from programs.recognition.award_models import Award, AwardCandidate, AwardRound
from tests.conftest import make_person
from tests.programs import award_world
from tests.programs.award_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.award_fixtures import Round, State, page
from tests.programs.award_world import DAY, nominate, opened, voting

pytestmark = pytest.mark.django_db
MINE, TEAM, OTHER = (f"PLANTED {what}: she brought the part herself." for what in ("mine", "team", "other"))


@pytest.fixture
def second_hr(units: Any) -> Employee:
    person = make_person("HR2", units["Branch B"], given_name="Hugo", family_name="Second")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    return person


def test_a_juror_does_not_read_what_was_said_of_himself_or_his_team(client_of: Any, folk: Any, hr: Any) -> None:
    round_ = opened(award_world.award(hr, [folk["j0"], folk["s0"], folk["s1"]]))
    nominate(round_, folk["d0"], folk["s0"], evidence=MINE)
    nominate(round_, folk["d1"], folk["s0"].unit, evidence=TEAM)
    nominate(round_, folk["d2"], folk["j1"], evidence=OTHER)
    voting(round_, hr)
    url = f"/awards/jury/{round_.pk}/"
    for juror, hidden, read in (
        (folk["s0"], [MINE, TEAM, "Dino Desk0", "Dino Desk1"], [OTHER, "Dino Desk2"]),
        (folk["s1"], [TEAM, "Dino Desk1"], [MINE, OTHER]),  # a colleague is judged by others, but no secret
        (folk["j0"], [], [MINE, TEAM, OTHER]),
    ):
        shown = page(client_of(juror), url)
        assert all(words not in shown for words in hidden), juror
        assert all(words in shown for words in read), juror
    shown = page(client_of(folk["s0"]), url)
    assert "You are a candidate yourself." in shown and "stays with those who judge" in shown


def close_to(how: str, by: Employee, folk: Any) -> tuple[Employee, str]:
    """(whom ``by`` is close to in this way, the words he is refused with)."""
    if how == "himself":
        return by, "You are a candidate in this round"
    if how == "nominated":
        return folk["s0"], "You nominated in this round"
    Employee.objects.filter(pk=folk["s0"].pk).update(manager=by if how == "leads" else None)
    Employee.objects.filter(pk=by.pk).update(manager=folk["s0"] if how == "reports" else None)
    by.refresh_from_db()
    return folk["s0"], "You lead a candidate of this round, or report to one"


@pytest.mark.parametrize("how", ["himself", "nominated", "leads", "reports"])
@pytest.mark.parametrize("office", ["chair", "hr"])
def test_who_is_close_to_a_candidate_neither_reads_the_votes_nor_decides(
    client_of: Any, folk: Any, hr: Any, second_hr: Any, how: str, office: str
) -> None:
    by = {"chair": folk["j0"], "hr": hr}[office]
    whom, words = close_to(how, by, folk)
    round_ = opened(award_world.award(second_hr, [folk["j0"], folk["j1"]]))
    nominate(round_, by if how == "nominated" else folk["d0"], whom)
    nominate(round_, folk["d1"], folk["d2"])
    listed = {one.name: one for one in voting(round_, second_hr)}
    other = listed[folk["d2"].name]
    award_deciding.vote(candidate=other, juror=folk["j1"], score=2, note="PLANTED note", now=timezone.now())
    client, url = client_of(by), f"/awards/jury/{round_.pk}/decide/"
    for answer in (
        client.get(url, follow=True),
        client.post(url, {f"win_{listed[whom.name].pk}": "on", "why_not": "No"}, follow=True),
    ):
        body = answer.content.decode()
        assert answer.redirect_chain and words in body and "PLANTED note" not in body
        assert "Hugo Second" in body
    verdict = award_deciding.Verdict({other.pk: 100}, why_not="Next time")
    with pytest.raises(ValidationError, match=words):
        award_deciding.decide(round_=round_, verdict=verdict, by=by, now=timezone.now())
    assert AwardRound.objects.get().state == Round.VOTING
    # Others still decide it.
    assert "PLANTED note" in page(client_of(second_hr), url)
    award_deciding.decide(round_=round_, verdict=verdict, by=second_hr, now=timezone.now())
    assert AwardRound.objects.get().state == Round.DECIDED


def test_a_round_nobody_may_decide_says_what_to_do(client_of: Any, folk: Any, hr: Any) -> None:
    round_ = opened(award_world.award(hr, [folk["j0"]]))
    nominate(round_, folk["d0"], folk["j0"])
    nominate(round_, hr, folk["s0"])
    voting(round_, hr)
    body = client_of(folk["j0"]).get(f"/awards/jury/{round_.pk}/decide/", follow=True).content.decode()
    assert "Nobody else may decide now" in body


def test_hr_who_is_a_candidate_neither_reads_nor_steers(client_of: Any, folk: Any, hr: Any, second_hr: Any) -> None:
    made = award_world.award(second_hr, [folk["j0"], folk["j1"]])
    round_ = opened(made)
    nominate(round_, folk["d0"], hr, evidence=MINE)
    nominate(round_, folk["d1"], folk["s0"], evidence=OTHER)
    mine, desk = client_of(hr), f"/awards/manage/rounds/{round_.pk}/"

    def refused(words: str, **data: Any) -> None:
        answer = mine.post(desk, data)
        assert answer.status_code == 400 and words in answer.content.decode(), data

    shown = page(mine, desk)
    assert MINE not in shown and "Dino Desk0" not in shown and OTHER in shown
    assert "You are a candidate in this round" in shown and MINE in page(client_of(second_hr), desk)
    refused("another HR admin closes it", act="close")
    refused("another HR admin calls it off", act="cancel", reason="Not this year")
    with pytest.raises(ValidationError, match="another HR admin changes its jury"):
        award_seats_changed(made, folk, hr)
    client_of(second_hr).post(desk, {"act": "close"})
    own, other = AwardCandidate.objects.order_by("pk")
    refused("let another HR admin choose", act="shortlist", chosen=[own.pk], why_not="Not strong")
    refused("let another HR admin choose", act="shortlist", chosen=[other.pk], why_not="Not strong")
    assert {one.state for one in AwardCandidate.objects.all()} == {State.NOMINATED}
    # Leaving nobody out steers nothing: so a round does not stand still where there is one HR admin.
    assert mine.post(desk, {"act": "shortlist", "chosen": [own.pk, other.pk]}).status_code == 302
    assert {one.state for one in AwardCandidate.objects.all()} == {State.SHORTLISTED}


def award_seats_changed(made: Award, folk: Any, by: Employee) -> None:
    made.refresh_from_db()
    jury = [folk["s1"], folk["s2"]]
    terms = {name: getattr(made, name) for name in ("name", "criteria", "first_on", "rule", "points")}
    award_world.awards.save(terms=award_world.awards.Terms(**terms), jury=jury, by=by, award=made, why="Because")


def test_who_nominated_leaves_nobody_off_the_shortlist(folk: Any, hr: Any) -> None:
    round_ = opened(award_world.award(hr, [folk["j0"]]))
    nominate(round_, hr, folk["s0"])
    nominate(round_, folk["d0"], folk["s1"])
    award_rounds.close(round_=round_, by=hr, now=timezone.now())
    own, other = round_.candidates.order_by("pk")
    for chosen in ([own.pk], [other.pk]):
        with pytest.raises(ValidationError, match="let another HR admin choose"):
            award_rounds.shortlist(round_=round_, chosen=chosen, why_not="No", by=hr, now=timezone.now())
    award_rounds.shortlist(round_=round_, chosen=[own.pk, other.pk], why_not="", by=hr, now=timezone.now())


def test_hr_does_not_read_on_the_page_of_decisions_what_was_said_of_himself(
    client_of: Any, folk: Any, hr: Any, second_hr: Any
) -> None:
    make_person("HR3", hr.unit)
    round_ = opened(award_world.award(second_hr, [], decides=Award.Decides.MANAGER))
    nominate(round_, folk["d0"], hr, evidence=MINE)
    nominate(round_, folk["d1"], hr.unit, evidence=TEAM)
    award_rounds.move_on(now=timezone.now() + 14 * DAY)
    shown = page(client_of(hr), "/awards/jury/")
    assert MINE not in shown and TEAM not in shown and "Dino Desk0" not in shown
    assert "You are a candidate yourself." in shown and "decide/" not in shown
    assert MINE in page(client_of(second_hr), "/awards/jury/")
