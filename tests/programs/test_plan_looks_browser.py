"""The pages of the plan, crowded and empty, by axe in two schemes; and the guided set-up walked on a phone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from culture.access import clock
from culture.framework.loading import load_catalogue
from programs.planning import actions, drafts, milestones, rules, stage_exits, states
from programs.planning.models import Program, Stage
from surveys.instruments.models import Instrument
from surveys.results import kept
from surveys.results.models import CellGroup, Release
from surveys.waves.asked_models import AskedPromise
from surveys.waves.models import Series, Wave
from tests.conftest import make_unit
from tests.flows.looking import problems, visit
from tests.programs.test_planning import make_program

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)
LONG = "Customer operations and after-sales coordination, northern and eastern region, second shift"
WIDE = "客户服务与售后支持中心华东区第二运营组客户服务与售后支持中心"


@pytest.fixture
def world(hr: Any, manager: Any, executive: Any, units: Any) -> dict[str, Any]:
    """A program that runs with all it can hold, a draft, one that is finished."""
    load_catalogue()
    today = clock.today()
    for n in range(60):
        make_unit(f"{(LONG, WIDE)[n % 2]} {n}", units["Retail"])
    program = make_program(hr, units, name=LONG)
    aim = milestones.Aim(
        LONG, today + 9 * DAY, hr, "training.done", Decimal(80), "results.can", Decimal(60), "attitude"
    )
    first = milestones.save(by=hr, program=program, aim=aim)
    later = milestones.Aim(**{**vars(aim), "title": WIDE, "after": first, "due_on": today + 40 * DAY})
    milestones.save(by=hr, program=program, aim=later)
    risk = milestones.save_risk(
        by=hr, program=program, what=LONG, likelihood=3, impact=3, owner=hr, answer=LONG * 3, review_on=today,
        today=today,
    )  # fmt: skip
    milestones.save_duty(by=hr, program=program, what=LONG, sponsor=executive, due_on=today, today=today)
    states.pause(by=hr, program=program, reason=LONG * 4, today=today)
    states.resume(by=hr, program=program, reason="On.", today=today)
    draft = drafts.copy(by=hr, source=program, name=f"{WIDE} 2", starts_on=dt.date(2029, 1, 1), today=today)
    drafts.draw(by=hr, program=draft, cohorts=draft.cohorts.values_list("pk", flat=True))
    Stage.objects.filter(program=program).update(exit_criteria=f"{LONG}; {WIDE}")
    stage_exits.close(by=hr, program=program, kind="information", met=[0], note=LONG * 5, on=today, today=today)
    over = make_program(hr, units, name="Over")
    states.finish(by=hr, program=over, reason="Enough.", today=today)
    return {
        "program": program.pk,
        "draft": draft.pk,
        "over": over.pk,
        "risk": risk.pk,
        "cohort": program.cohorts.first(),
        "judged": judged(hr, units, today),
    }


def judged(hr: Any, units: Any, today: dt.date) -> list[int]:
    """Promises in long words: judged by many, by few, hidden, and not asked."""
    series = Series.objects.create(
        name=LONG, instrument=Instrument.objects.create(key="looks", name={"en": "Looks"}), first_opens_on=today
    )
    wave = Wave.objects.create(
        series=series, number=1, state=Wave.State.RELEASED, opens_on=today - 9 * DAY, closes_on=today, rules={"k": 5}
    )
    release = Release.objects.create(wave=wave, formula_version="3", rules={}, rules_hash="x" * 64)
    provider, customer, found = units["Services"], units["Branch A"], []
    rules_ = {"k": 5, "band_to": 7, "score_detail_from": 8, "distribution_from": 20}
    for counts in ([30, 9, 4], [4, 1, 1], [1, 0, 0], None):
        plan = actions.Plan(unit=provider, what=LONG * 3, owner=hr, due_on=today, promised_to=customer)
        made = actions.plan(by=hr, plan=plan, today=today)
        found.append(made.pk)
        if counts is not None:
            AskedPromise.objects.create(
                wave=wave, promise=made.pk, provider=provider.pk, customer=customer.pk, text={"en": WIDE * 6},
                due_on=today, units=[customer.pk], whole=True, judged=sum(counts) > 4,
            )  # fmt: skip
            cells = {kept.MEASURE: kept.cell(counts, rules_, whole=True)}
            CellGroup.objects.create(
                release=release, family=kept.FAMILY, unit=provider.pk, other=made.pk, name=LONG, cells=cells
            )
    return found


def test_every_page_looks_right(hr: Any, world: Any, browser: Any, live_server: Any, client_of: Any) -> None:
    one, draft, over = world["program"], world["draft"], world["over"]
    addresses = [
        *("/programs/", "/programs/new/", f"/programs/{one}/", f"/programs/{over}/", f"/programs/{one}/edit/"),
        *(f"/programs/{one}/{rest}" for rest in ("plan/", "amendments/", "copy/", "state/finish/")),
        *(f"/programs/{one}/plan/milestones/add/", f"/programs/{one}/plan/risks/{world['risk']}/"),
        *("/actions/", *(f"/actions/{pk}/" for pk in world["judged"])),
        *(f"/programs/{one}/stages/{kind}/" for kind in ("information", "attitude")),
        *(f"/programs/{one}/cohorts/{world['cohort'].pk}/", f"/programs/{over}/plan/", f"/programs/{draft}/discard/"),
        *(
            f"/programs/{draft}/setup/{step}/"
            for step in ("stages", "cohorts", "profiles", "paths", "series", "review")
        ),
    ]
    found: list[tuple[str, ...]] = []
    with visit(browser, live_server, client_of, hr) as page:
        page.on("pageerror", lambda error: found.append((page.url, str(error))))
        for url in addresses:
            found += problems(page, url, widths=(1360, 390))
    assert not found, "\n".join(map(str, found))


def test_a_program_is_set_up_on_a_phone(hr: Any, units: Any, browser: Any, live_server: Any, client_of: Any) -> None:
    """Left after the cohorts, found again in the list, launched."""
    with visit(browser, live_server, client_of, hr) as page:
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto("/programs/new/")
        page.get_by_label("Name").fill("Service First")
        page.get_by_label("Charter", exact=True).fill("We serve each other.")
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("What is different at its end").first.fill("Everybody knows")
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("Cohort name").fill("Branches")
        page.get_by_label("Retail", exact=True).check()
        page.get_by_role("button", name="Add another cohort").click()
        page.get_by_label("Cohort name").nth(1).fill("Services")
        page.get_by_label("Starts on").nth(1).fill(rules.suggest_end(clock.today()).replace(day=1).isoformat())
        page.locator("[name=cohort_1_units]").last.check()
        page.get_by_role("button", name="Save and draw the order").click()
        page.get_by_text("Drawn by lot:").wait_for()
        page.get_by_role("button", name="Save and leave").click()
        page.get_by_role("link", name="go on with").click()
        for _step in ("profiles", "paths", "series", "recognition"):
            page.get_by_role("button", name="Save and go on").click()
        page.get_by_role("button", name="Launch the program").click()
        page.get_by_text("The program is launched").wait_for()
    program = Program.objects.get()
    assert (program.state, program.cohorts.count(), program.draws.count()) == ("running", 2, 1)
