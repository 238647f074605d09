"""Pages of awards in a crowd, by who comes there: axe, two schemes, nothing sideways; and a nomination on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from culture.people.models import Employee, Unit
from programs.planning.action_models import Action
from programs.recognition import award_deciding, award_rounds, milestone_setting, milestone_watch
from programs.recognition.award_models import Award, Nomination
from programs.recognition.milestone_models import TeamProposal
from tests.conftest import make_person, make_unit
from tests.flows.looking import problems, visit
from tests.programs import award_world
from tests.programs.award_world import nominate, opened, today, voting
from tests.programs.test_award_outcomes import promise

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Direcția de relații cu clienții persoane juridice și administrarea contractelor de mentenanță"
NAME = {"given_name": "Maximiliana-Alexandrina", "family_name": "von und zu Hohenlohe-Waldenburg-Schillingsfürst"}
WORDS = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung " * 4


@pytest.fixture
def world(units: dict[str, Unit], hr: Employee, manager: Employee) -> dict[str, Any]:
    """A decided round, one before the jury, one open; milestones, a proposal; long names."""
    folk, now = award_world.people(units), timezone.now()
    units["Branch A"].employees.update(job_title="Regional coordinator for after-sales relations")
    long = make_person("LONG1", make_unit(LONG, units["Retail"]), hired_on=today().replace(year=2020, day=1), **NAME)
    jury = [folk["j0"], folk["j1"], folk["j2"]]
    title = {"name": {"en": f"{LONG} 2026"}, "purpose": {"en": WORDS}}
    decided = opened(award_world.award(hr, jury, **title))
    nominate(decided, folk["d0"], long)
    (one,) = voting(decided, hr)
    verdict = award_deciding.Verdict({one.pk: 90}, why=WORDS[:400])
    award_deciding.decide(round_=decided, verdict=verdict, by=folk["j0"], now=now)
    judged = opened(award_world.award(hr, jury))
    shops = [make_person(f"MANY{n}", units["Branch B"], **NAME) for n in range(12)]
    for person in (*shops[:6], long):
        nominate(judged, folk["d0" if person in shops[:4] else "d1"], person, evidence=WORDS)
    nominate(judged, folk["d2"], units["Branch B"])
    voting(judged, hr)
    single = award_world.award(hr, [], decides=Award.Decides.MANAGER)
    for_manager = opened(single)
    report = Employee.objects.get(number="A1")
    nominate(for_manager, folk["d0"], report, evidence=WORDS)
    award_rounds.close(round_=for_manager, by=hr, now=now)
    running = opened(award_world.award(hr, jury, **title))
    milestone_setting.save(kinds=["joined"], points={}, years=[], beyond=["A5"], by=hr, today=today())
    milestone_watch.find(today=today(), now=now)
    promise(manager, units, due=20, ended=20)
    TeamProposal.objects.create(
        kind="promise", unit=long.unit, action_id=_action(), evidence={"kept": {"fav": 80, "n": "20"}}, found_on=today()
    )
    return {
        "who": {"hr": hr, "juror": folk["j0"], "manager": manager, "employee": folk["s0"], "winner": long},
        **{"decided": decided.pk, "judged": judged.pk, "running": running.pk, "award": single.pk},
        "nominee": report.pk,
    }


def _action() -> int:
    return Action.objects.get().pk


def addresses(world: Any, who: str) -> list[str]:
    desk = "/awards/manage/"
    rounds = [f"{desk}rounds/{world[name]}/" for name in ("decided", "judged", "running")]
    return {
        "hr": [desk, f"{desk}new/", f"{desk}{world['award']}/", *rounds, f"{desk}milestones/", f"{desk}teams/"],
        "juror": [f"/awards/jury/{world['judged']}/", f"/awards/jury/{world['judged']}/decide/", "/awards/jury/"],
        "manager": ["/awards/jury/"],
        "employee": ["/awards/", f"/awards/rounds/{world['decided']}/", "/awards/mine/", "/thanks/"],
        "winner": ["/awards/mine/"],
    }[who]


def test_every_page_looks_right_and_a_phone_is_enough_to_nominate(
    world: Any, browser: Any, live_server: Any, client_of: Any
) -> None:
    found: list[tuple[str, ...]] = []
    for who, person in world["who"].items():
        with visit(browser, live_server, client_of, person) as page:
            page.on("pageerror", lambda error, page=page: found.append((page.url, str(error))))
            for url in addresses(world, who):
                found.extend(problems(page, url, widths=(1360, 390)))
    with visit(browser, live_server, client_of, world["who"]["employee"]) as page:
        found.extend(problems(page, f"/awards/rounds/{world['running']}/nominate/?q=person", widths=(390,)))
        page.goto("/awards/")
        page.locator("a", has_text="Nominate").first.click()
        page.fill("input[type=search]", "A1")
        page.press("input[type=search]", "Enter")
        page.locator("a.choice").first.click()
        page.locator("label", has_text="Something personal").click()
        page.locator("button", has_text="Send the nomination").click()
        assert "Tell what happened" in page.locator(".form").inner_text()
        assert page.locator("input[name=criteria]").first.is_checked()
        page.fill("textarea", "She stayed until the machine ran again.")
        page.locator("select[name=behaviour]").select_option(index=2)
        page.locator("button", has_text="Send the nomination").click()
        page.wait_for_url("**/awards/mine/")
        assert "Person A1" in page.locator("main").inner_text()
    assert not found, "\n".join(map(str, found))
    assert Nomination.objects.filter(nominator=world["who"]["employee"]).count() == 1
