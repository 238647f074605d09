"""The main job, from an HR export to an executive's scorecard: a browser, a real worker, real mail."""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from config.celery import run_tick
from culture.people.models import Employee
from programs.recognition.models import LedgerEntry
from programs.training.models import Completion
from surveys.answering.models import InboxEnvelope
from surveys.answering.submitting import submit_many
from surveys.waves.models import Invitation, Message, Wave
from tests.conftest import PASSWORD, Sink, Worker

BRANCHES = {"Branch Milan": 14, "Branch Lyon": 12, "Legal": 3}
HEADINGS = [
    "employee_number",
    "given_name",
    "family_name",
    "email",
    "unit_path",
    "manager_number",
    "job_family",
    "job_title",
    "site",
    "language",
    "hired_on",
    "left_on",
    "kind",
    "customer_facing",
]


def export(folder: Path, hr: Employee, executive: Employee) -> Path:
    """A small company as HR exports it: two branches, a tiny legal team, HR and the executive themselves."""
    rows = [
        [one.number, one.given_name, one.family_name, one.email, one.unit.path, "", "", "", "", "en"]
        for one in (hr, executive)
        if one.unit
    ]
    for unit, size in BRANCHES.items():
        head = f"{unit.replace(' ', '')}01"
        for n in range(1, size + 1):
            number = f"{unit.replace(' ', '')}{n:02}"
            name = ["Ann", f"Of {unit} {n}", f"{number.lower()}@meridian.test", f"Meridian > {unit}"]
            rows.append([number, *name, "" if n == 1 else head, "Sales", "Adviser", "Milan", "en"])
    path = folder / "people.csv"
    with path.open("w", newline="") as out:
        table = csv.writer(out)
        table.writerow(HEADINGS)
        table.writerows([*row, "2020-01-01", "", "employee", "yes"] for row in rows)
    return path


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.2)


def import_people(page: Any, path: Path) -> None:
    page.goto("/people/import/")
    page.set_input_files("input[type=file]", path)
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Import", exact=True).click()
    assert Employee.objects.count() == 2 + sum(BRANCHES.values())


def make_series(page: Any) -> None:
    page.goto("/waves/new/")
    page.fill("[name=name]", "Service pulse")
    page.fill("[name=first_opens_on]", (dt.date.today() + dt.timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Plan the series").click()
    page.wait_for_url(re.compile(r"/waves/\d*/?$"))


def make_program(page: Any) -> None:
    page.goto("/programs/new/")
    page.fill("[name=name]", "Service First")
    page.fill("[name=charter]", "We help whoever asks, the first time.")
    page.fill("[name=starts_on]", dt.date.today().isoformat())
    page.fill("[name=ends_on]", (dt.date.today() + dt.timedelta(days=1095)).isoformat())
    page.get_by_role("button", name="Save and go on").click()  # to the stages, which are spread already
    page.get_by_role("button", name="Save and go on").click()
    page.fill("[name=cohort_0_name]", "First branch")
    page.fill("[name=cohort_0_starts_on]", dt.date.today().isoformat())
    page.locator("label:has([name=cohort_0_units])").filter(has_text="Branch Milan").last.click()
    for _step in ("cohorts", "profiles", "paths"):
        page.get_by_role("button", name="Save and go on").click()
    page.select_option("[name=series]", label="Service pulse")
    for _step in ("series", "recognition"):
        page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Launch the program").click()
    page.get_by_text("The program is launched").wait_for()
    page.goto("/programs/")
    page.get_by_role("link", name="Service First").click()
    assert "Service First" in page.locator("h1").inner_text()


def make_course(page: Any) -> None:
    page.goto("/courses/new/")
    page.fill("[name=name]", "Seven sins")
    page.fill("[name=lesson_0_title]", "What they are")
    page.fill("[name=lesson_0_body]", "## Apathy\n\nNot caring **shows**.")
    if not page.locator("[name=question_0_text]").count():
        page.get_by_role("button", name="Add a question").click()
    page.fill("[name=question_0_text]", "Which one is a sin?")
    page.fill("[name=question_0_option_0]", "Apathy")
    page.fill("[name=question_0_option_1]", "A smile")
    page.check("[name=question_0_right][value='0']")
    page.get_by_role("button", name="Save and publish").click()
    page.wait_for_url(re.compile(r"/courses/\d+/$"))
    page.select_option("[name=cohort]", index=1)
    page.fill("[name=due_on]", (dt.date.today() + dt.timedelta(days=30)).isoformat())
    with page.expect_navigation():
        page.get_by_role("button", name="Assign").click()


def answer_by_link(phone: Any, link: str) -> None:
    """One person answers everything by hand, on a phone, without an account."""
    phone.goto(link)
    phone.get_by_role("link", name="Start").click()
    for _ in range(30):
        groups = phone.locator("fieldset:has(input[type=radio])")
        for at in range(groups.count()):
            groups.nth(at).locator("input[type=radio][value='4']").check()
        if phone.locator("textarea").count():
            phone.locator("textarea").first.fill("Shorter ways, please.")
        with phone.expect_navigation():
            phone.locator("button.button-primary").click()
        if phone.url.endswith("/check/"):
            break
    phone.locator("button.button-primary").click()
    phone.wait_for_url(re.compile(r"/thanks/(\?.*)?$"))


def everybody_else_answers(wave: Wave) -> None:
    chance = random.Random(7)
    own = [i["code"] for i in wave.snapshot["items"] if i["about"] == "own" and i["kind"] != "comment"]
    rated = [i["code"] for i in wave.snapshot["items"] if i["about"] == "provider" and i["kind"] != "comment"]
    batch = []
    for invitation in wave.invitations.filter(state=Invitation.State.ASKED):
        ratings = {str(unit): {code: chance.randint(1, 5) for code in rated} for unit in invitation.providers}
        answers = {"own": {code: chance.randint(2, 5) for code in own}, "providers": ratings, "comment": {}}
        batch.append((invitation.pk, answers))
    submit_many(wave, batch)


@pytest.mark.browser
def test_from_an_hr_export_to_the_scorecard(
    page: Any, browser: Any, live_server: Any, worker: Worker, smtp_sink: Sink, sign_in: Callable, tmp_path: Path,
    settings: Any, hr: Employee, executive: Employee,
) -> None:  # fmt: skip
    settings.BASE_URL = live_server.url
    worker.stop()
    worker.environment["BASE_URL"] = live_server.url
    worker.start()
    call_command("load_catalogue")
    sign_in(page, hr)

    # People, framework, survey series, program.
    import_people(page, export(tmp_path, hr, executive))
    page.goto("/framework/")
    assert page.get_by_text("W1").count() and page.get_by_text("C5").count()
    page.goto("/questionnaires/")
    if page.get_by_role("button").filter(has_text=re.compile("load|library", re.I)).count():
        with page.expect_navigation():
            page.get_by_role("button").filter(has_text=re.compile("load|library", re.I)).first.click()
    make_series(page)
    make_program(page)
    make_course(page)

    # The wave opens; the worker mails everybody once.
    wave = Wave.objects.get(number=1)
    page.goto(f"/waves/{wave.pk}/open/")
    with page.expect_navigation():
        page.get_by_role("button", name="Open and invite").click()
    people = Employee.objects.count()
    run_tick()
    until(lambda: len(smtp_sink.messages) >= people, "the invitations")
    assert sorted(smtp_sink.recipients) == sorted(Employee.objects.values_list("email", flat=True))
    until(lambda: not Message.objects.filter(kind="invitation").exclude(state="sent").exists(), "the marks")

    # Answering by the personal link on a phone; the rest of the company at once.
    mine = Employee.objects.get(number="BranchMilan02")
    text = next(m for m in smtp_sink.messages if m["To"] and mine.email in m["To"])
    body = text.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://\S+/s/[\w-]+/", body.get_content())
    assert found, body.get_content()
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    answer_by_link(phone, found.group(0))
    assert InboxEnvelope.objects.count() == 1
    assert Invitation.objects.get(employee=mine).state == "answered"
    wave.refresh_from_db()
    everybody_else_answers(wave)

    # Closing: sealed, released, forgotten.
    page.goto(f"/waves/{wave.pk}/close/")
    with page.expect_navigation():
        page.locator("form button.button-primary").last.click()
    run_tick()
    until(lambda: Wave.objects.get(pk=wave.pk).state == "released", "the release")
    until(lambda: not Invitation.objects.filter(wave=wave).exists(), "the forgetting")
    page.goto(f"/results/{wave.pk}/")
    results = page.locator("main").inner_text()
    assert "Branch Milan" in results and "Branch Lyon" in results

    # Training and thanks, as the employee.
    mine.set_password(PASSWORD)
    mine.save()
    sign_in(page, mine)
    page.goto("/my/training/")
    page.get_by_role("link", name=re.compile("Seven sins|Start|Begin", re.I)).first.click()
    if not page.get_by_role("button", name=re.compile("Done")).count():
        page.locator("main a[href*='/lessons/']").first.click()
    page.get_by_role("button", name=re.compile("Done")).click()
    page.get_by_label("Apathy").check()
    with page.expect_navigation():
        page.get_by_role("button", name="See how I did").click()
    assert Completion.objects.get(employee=mine).score == 100
    colleague = Employee.objects.get(number="BranchMilan03")
    page.goto(f"/thanks/new/?to={colleague.pk}")
    page.locator("input[name=behaviour]").first.check()
    page.fill("[name=story]", "Stayed on after closing to find the parcel.")
    page.fill("[name=points]", "20")
    page.locator("form:has([name=story]) button.button-primary").click()
    page.wait_for_url("**/thanks/")
    assert "find the parcel" in page.locator("main").inner_text()
    assert LedgerEntry.objects.filter(amount=20).count() == 1

    # The executive reads.
    sign_in(page, executive)
    page.goto("/scorecard/")
    page.wait_for_load_state()
    scorecard = page.locator("main").inner_text()
    assert "Service First" in scorecard
    for word in ("Want", "Know", "Can"):
        assert word in scorecard
    assert executive.number not in scorecard
