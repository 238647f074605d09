"""What stands around thanks, in a crowd and on a phone: desks of HR, news with signs and answers, a juror, a team."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from culture.framework.models import Requirement
from culture.people.models import Employee, Unit
from programs.recognition import post_moderating, posts, reacting
from programs.recognition.award_models import AwardVote, FeedPost
from programs.recognition.equity_models import EquityRelease
from programs.recognition.fairness_models import Pattern, PatternPerson
from programs.recognition.hook_models import Hook
from programs.recognition.models import Kudos
from programs.recognition.post_models import PostReaction, PostReply, PostReport
from programs.recognition.reward_models import SiteCountry
from tests.conftest import make_person, make_unit
from tests.flows.looking import problems, visit
from tests.programs import award_world
from tests.programs.award_world import nominate, opened, voting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Direcția de relații cu clienții persoane juridice și administrarea contractelor de mentenanță"
NAME = {"given_name": "Maximiliana-Alexandrina", "family_name": "von und zu Hohenlohe-Waldenburg-Schillingsfürst"}
GROUPS = 200


@pytest.fixture
def world(units: dict[str, Unit], hr: Employee, employee: Employee, manager: Employee, stranger: Employee) -> Any:
    folk, now = award_world.people(units), timezone.now()
    long = make_person(
        "LONG1", make_unit(LONG, units["Retail"]), site=f"{LONG} 2", time_zone="Europe/Bucharest", **NAME
    )
    Employee.objects.filter(unit=units["Branch A"]).update(site="Napoli", time_zone="Europe/Rome")
    _evenness()
    _pattern(long, employee, manager)
    for about, data in ((long, {"kind": "joined", "years": 5}), (employee, {"kind": "completed", "name": LONG})):
        post = posts.write(FeedPost.Kind.MILESTONE, at=now, employee=about, data=data)
        reacting.react_to_post(post=post, by=stranger, kind="heart", now=now)
        reacting.reply_to_post(post=post, by=about, text="Superlangeswortohneleerzeichen" * 9, now=now)
    first = FeedPost.objects.get(employee=long)
    post_moderating.report(post=first, by=manager, why="private", note=LONG * 4, now=now)
    round_ = opened(award_world.award(hr, [folk["j0"]]))
    nominate(round_, folk["d0"], folk["s0"])
    voting(round_, hr)
    return {"round": round_.pk, "juror": folk["j0"], "long": long}


def _evenness() -> None:
    def cell(n: int) -> dict[str, Any]:
        return {"shown": True, "n": 8 + n, "index": n % 100, "low": n % 100, "high": n % 100 + 3}

    keys = [f"{what}_{side}" for what in ("often", "told", "value") for side in ("public", "private")]
    groups: list[dict[str, Any]] = []
    for n in range(GROUPS):
        cells = {key: {"shown": False} if n % 7 == 3 else cell(n) for key in keys}
        groups.append({"family": "tree", "unit": n, "name": f"{LONG} {n}", "depth": n % 6, "cells": cells})
    groups += [
        {"family": "cut", "cut": "site", "name": f"Site {n}", "depth": 0, "cells": groups[n]["cells"]} for n in range(5)
    ]
    hidden: dict[str, Any] = {"shown": False}
    told = {"shown": True, "n": 40, "shares": {"yes": 60, "no": 40}}
    codes = list(Requirement.objects.active().values_list("code", flat=True))
    requirements = [
        {"code": code, "trained": told if n % 2 else hidden, "recognised": hidden if n % 3 else told}
        for n, code in enumerate(codes)
    ]
    EquityRelease.objects.create(
        quarter=dt.date(2026, 7, 1), made_at=timezone.now(), groups=groups, requirements=requirements
    )


def _pattern(*people: Employee) -> None:
    evidence = {"points": 120, "gifts": 12, "months": 4, "since": "2026-01", "until": "2026-04", "share": 60}
    today = timezone.localdate()
    made = Pattern.objects.create(key="ring:1", kind="ring", found_on=today, seen_on=today, evidence=evidence)
    PatternPerson.objects.bulk_create(
        PatternPerson(pattern=made, employee=one, place=place) for place, one in enumerate(people)
    )


DESK = (
    "/rewards/desk/", "/rewards/catalogue/", "/thanks/patterns/", "/thanks/rules/", "/thanks/reports/",
    "/thanks/evenness/", "/thanks/evenness/?by=site&what=told", "/thanks/evenness/?by=requirements",
)  # fmt: skip


def test_hr_at_the_desks(
    world: Any, hr: Employee, browser: Any, live_server: Any, client_of: Any, settings: Any
) -> None:
    settings.WEBHOOKS_PRIVATE = True  # no name need be looked up
    found: list[tuple[str, ...]] = []
    with visit(browser, live_server, client_of, hr) as page:
        page.on("pageerror", lambda error: found.append((page.url, str(error))))
        for url in DESK:
            found.extend(problems(page, url, widths=(1360, 390)))
        # The address of another program: what is missing is said, what was typed stays; then its secret, once.
        found.extend(problems(page, "/rewards/desk/hooks/", widths=(1360, 390)))
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_label("Name").fill("Payroll")
        page.get_by_label("Address").fill("http://127.0.0.1:9/in")
        page.get_by_role("button", name="Add").click()
        assert page.get_by_label("Name").input_value() == "Payroll" and not Hook.objects.exists()
        page.get_by_text("A reward was redeemed").click()
        page.get_by_role("button", name="Add").click()
        page.get_by_text("The signing secret of Payroll").wait_for()
        hook = Hook.objects.get()
        found.extend(problems(page, f"/rewards/desk/hooks/{hook.pk}/", widths=(1360, 390)))
        found.extend(problems(page, "/rewards/desk/hooks/", widths=(1360, 390)))
        # Countries of sites: suggested by their time zones, saved with one tap.
        found.extend(problems(page, "/rewards/desk/countries/", widths=(1360, 390)))
        assert page.get_by_label("Napoli").input_value() == "IT"
        page.get_by_label(f"{LONG} 2").select_option("MD")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("2 sites changed.").wait_for()
        # Reported news, decided with a reason.
        page.goto("/thanks/reports/")
        page.get_by_label("Why, as whom it is about").fill("The name of a customer stands there.")
        page.get_by_role("button", name="Hide it").click()
        page.get_by_text("Whom it is about still sees it").wait_for()
        found.extend(problems(page, "/thanks/reports/?show=decided", widths=(1360, 390)))
    assert not found, "\n".join(map(str, found))
    assert dict(SiteCountry.objects.values_list("site", "country")) == {"Napoli": "IT", f"{LONG} 2": "MD"}
    assert PostReport.objects.get().state == "hidden"


def test_on_a_phone_signs_answers_reports_a_vote_and_thanks_to_a_team(
    world: Any, employee: Employee, browser: Any, live_server: Any, client_of: Any
) -> None:
    found: list[tuple[str, ...]] = []
    with visit(browser, live_server, client_of, employee) as page:
        page.on("pageerror", lambda error: found.append((page.url, str(error))))
        found.extend(problems(page, "/thanks/", widths=(1360, 390)))
        page.set_viewport_size({"width": 390, "height": 844})
        about_long = page.locator(".post", has_text="has been here for 5 years")
        about_long.get_by_role("button", name="Well done").click()
        about_long.locator("button[aria-pressed=true]").wait_for()
        mine = page.locator(".post", has_text="completed the training path")
        assert not mine.get_by_role("button", name="Well done").count(), "nobody claps for himself"
        mine.get_by_text("Change your answer").click()
        mine.get_by_label("A few words back").fill("It was worth it.")
        mine.get_by_role("button", name="Send").click()
        page.get_by_text("Your answer stands below the news.").wait_for()
        page.locator(".post", has_text="has been here for 5 years").get_by_role("link", name="Report").click()
        found.extend(problems(page, page.url, widths=(1360, 390)))
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_role("button", name="Report to HR").click()
        page.get_by_text("Choose what is wrong with it.").first.wait_for()
        page.get_by_text("It offends, mocks or embarrasses somebody").click()
        page.get_by_role("button", name="Report to HR").click()
        page.get_by_text("HR looks at it.").wait_for()
        found.extend(problems(page, "/thanks/decisions/", widths=(1360, 390)))
        page.get_by_text("HR has not decided yet").wait_for()
        # Thanks to all of a team.
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/thanks/new/")
        page.get_by_label("Name or unit").fill("Shop")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=re.compile("All of Shop")).click()
        found.extend(problems(page, page.url, widths=(1360, 390)))
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_text("Customer first").click()
        page.get_by_label("What happened?").fill("You all stayed until the shelves were full.")
        page.get_by_role("button", name="Send thanks").click()
        page.get_by_text("You all stayed until the shelves were full.").first.wait_for()
    with visit(browser, live_server, client_of, world["juror"]) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/awards/")
        page.goto("/awards/jury/")
        page.get_by_role("link", name="Read and vote").click()
        page.get_by_role("button", name="Vote").click()
        page.get_by_text("Give 1 to 5.").first.wait_for()
        page.locator(".scale-five label", has_text="4").first.click()
        page.get_by_role("button", name="Vote").click()
        page.get_by_text("You have voted on everybody").first.wait_for()
    assert not found, "\n".join(map(str, found))
    assert PostReaction.objects.filter(employee=employee).count() == 1
    assert PostReply.objects.get(employee=employee).text == "It was worth it."
    assert Kudos.objects.get().team is not None and AwardVote.objects.get().score == 4
