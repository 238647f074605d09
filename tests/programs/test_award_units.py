"""Awards and units that were merged or closed meanwhile: who wins with a team, who nominates, who is nominated."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from culture.people import structure
from culture.people.models import Employee
from programs.recognition import award_deciding, awards, giving, proving
from programs.recognition.award_models import Award, AwardMail, AwardRound, AwardWinner
from tests.conftest import make_person
from tests.programs import award_world
from tests.programs.award_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.award_fixtures import Round, nomination, page, setup_form
from tests.programs.award_world import DAY, nominate, opened, today, voting

pytestmark = pytest.mark.django_db


def shop_in_desk(folk: Any, hr: Employee, how: str) -> None:
    """The unit Shop is merged into Desk today, or closed with its people sent there."""
    shop, desk = (Employee.objects.get(pk=folk[name].pk).unit for name in ("s0", "d0"))
    if how == "merged":
        structure.merge(unit=shop, into=desk, on=today(), by=hr)
    else:
        structure.close(unit=shop, on=today(), people_to=desk, by=hr)


@pytest.mark.parametrize("how", ["merged", "closed"])
def test_a_team_that_is_no_unit_any_more_wins_with_the_people_it_had(
    client_of: Any, folk: Any, hr: Any, how: str
) -> None:
    award = award_world.award(hr, [folk["j0"], folk["d1"]], points=90)
    round_ = opened(award)
    nominate(round_, folk["d0"], folk["s0"].unit)
    (one,) = voting(round_, hr)
    shop_in_desk(folk, hr, how)
    Employee.objects.filter(pk=folk["s2"].pk).update(left_on=today() - DAY)
    # Who works with them now judges them as little as who did before.
    if how == "merged":
        answer = client_of(folk["d1"]).post(f"/awards/jury/candidates/{one.pk}/vote/", {f"c{one.pk}-score": "5"})
        assert answer.status_code == 400 and "You work in the same unit" in answer.content.decode()
    url = f"/awards/jury/{round_.pk}/decide/"
    form = {f"win_{one.pk}": "on", f"points_{one.pk}": "90"}
    assert client_of(folk["j0"]).post(url, form).status_code == 302
    assert [giving.balance(folk[f"s{n}"]) for n in range(3)] == [45, 45, 0]
    assert [giving.balance(folk[f"d{n}"]) for n in range(3)] == [0, 0, 0]
    assert AwardMail.objects.filter(kind=AwardMail.Kind.WON).count() == AwardWinner.objects.count() == 2
    assert awards.balance(awards.purse(award)) == 910 and proving.findings() == []


@pytest.mark.parametrize("how", ["merged", "closed"])
def test_who_belonged_to_the_team_when_it_ended_does_not_decide(folk: Any, hr: Any, how: str) -> None:
    round_ = opened(award_world.award(hr, [folk["s0"], folk["j1"]]))
    nominate(round_, folk["d0"], folk["s0"].unit)
    (one,) = voting(round_, hr)
    shop_in_desk(folk, hr, how)
    chair = Employee.objects.get(pk=folk["s0"].pk)
    with pytest.raises(ValidationError, match="You are a candidate in this round"):
        award_deciding.decide(
            round_=round_, verdict=award_deciding.Verdict({one.pk: 100}), by=chair, now=timezone.now()
        )


def test_a_team_in_which_nobody_is_left_cannot_win(client_of: Any, folk: Any, hr: Any) -> None:
    round_ = opened(award_world.award(hr, [folk["j0"]], winners=2))
    nominate(round_, folk["d0"], folk["s0"].unit)
    nominate(round_, folk["d0"], folk["j1"])
    team, person = voting(round_, hr)
    Employee.objects.filter(unit=folk["s0"].unit).update(left_on=today() - DAY)
    chair, url = client_of(folk["j0"]), f"/awards/jury/{round_.pk}/decide/"
    both = {f"win_{one.pk}": "on" for one in (team, person)} | {f"points_{one.pk}": "100" for one in (team, person)}
    answer = chair.post(url, both)
    assert answer.status_code == 400 and "Nobody of Shop works here any more" in answer.content.decode()
    assert AwardRound.objects.get().state == Round.VOTING and not AwardWinner.objects.exists()
    single = {**both, "why_not": "They have left", "why": "One team is gone"}
    del single[f"win_{team.pk}"]
    assert chair.post(url, single).status_code == 302
    assert giving.balance(folk["j1"]) == 100 and proving.findings() == []


def test_nobody_left_to_pay_where_a_manager_or_hr_decides(client_of: Any, folk: Any, hr: Any) -> None:
    round_ = opened(award_world.award(hr, [], decides=Award.Decides.MANAGER))
    nominate(round_, folk["d0"], folk["s0"].unit)
    (one,) = voting(round_, hr)
    Employee.objects.filter(unit=folk["s0"].unit).update(left_on=today() - DAY)
    data = {f"c{one.pk}-act": "win", f"c{one.pk}-points": "100"}
    answer = client_of(hr).post(f"/awards/jury/candidates/{one.pk}/decide/", data)
    assert answer.status_code == 400 and "Nobody of Shop works here any more" in answer.content.decode()


def test_an_award_for_a_merged_unit_is_for_what_it_became(client_of: Any, folk: Any, hr: Any, units: Any) -> None:
    """Nominators and nominees of Shop; Shop is merged into Desk, and Desk into Counter."""
    shop = folk["s0"].unit
    award = award_world.award(hr, [folk["j0"]], nominators=[shop], nominees=[shop])
    round_ = opened(award)
    counter = award_world.make_unit("Counter", units["Meridian"])
    below = award_world.make_unit("Till", counter)
    make_person("C1", counter, given_name="Cora", family_name="Counter")
    for n in range(2):
        make_person(f"T{n}", below, given_name="Tina", family_name=f"Till{n}")
    shop_in_desk(folk, hr, "merged")
    structure.merge(unit=folk["d0"].unit, into=counter, on=today(), by=hr)
    who = client_of(Employee.objects.get(pk=folk["s0"].pk))
    url = f"/awards/rounds/{round_.pk}/nominate/"
    assert "Best of the month" in page(who, "/awards/")
    assert "Cora Counter" in page(who, f"{url}?q=counter") and "Tina Till0" in page(who, f"{url}?q=till")
    assert who.post(url, nomination(Employee.objects.get(number="C1"))).status_code == 302
    team = nomination(folk["s0"], team=below.pk)
    del team["to"]
    assert who.post(url, team).status_code == 302
    # Still for nobody else.
    assert "Juno Juror1" not in page(who, f"{url}?q=juror")
    assert "not for the unit of Juno Juror1" in who.post(url, nomination(folk["j1"])).content.decode()
    assert "Only people of certain units" in page(client_of(folk["j1"]), url, 409)
    assert "Best of the month" not in page(client_of(folk["j1"]), "/awards/")


@pytest.mark.parametrize("how", ["merged", "closed"])
def test_saving_an_award_does_not_open_it_to_everybody(client_of: Any, folk: Any, hr: Any, how: str) -> None:
    shop, clerk = folk["s0"].unit, client_of(hr)
    form = setup_form(folk, nominators=[shop.pk], nominees=[shop.pk])
    assert clerk.post("/awards/manage/new/", form).status_code == 302
    award = Award.objects.get()
    shop_in_desk(folk, hr, how)
    url = f"/awards/manage/{award.pk}/"
    shown = page(clerk, url)
    # What the browser sends again when HR corrects a letter: what is selected on the page.
    chosen = [line for line in shown.split("<option") if f'value="{shop.pk}"' in line.split(">")[0]]
    assert len(chosen) == 2 and all("selected" in line.split(">")[0] for line in chosen)
    assert all("closed" in line for line in chosen)
    assert ("now Meridian &gt; Desk" in shown) == (how == "merged")
    assert clerk.post(url, {**form, "name_en": "Service of the half-year"}).status_code == 302
    award.refresh_from_db()
    assert award.name["en"] == "Service of the half-year"
    assert list(award.nominators.all()) == list(award.nominees.all()) == [shop]
    # Another award cannot be given to a unit that is closed.
    assert clerk.post("/awards/manage/new/", form).status_code == 400
    round_ = opened(award)
    assert "Only people of certain units" in page(client_of(folk["j1"]), f"/awards/rounds/{round_.pk}/nominate/", 409)
