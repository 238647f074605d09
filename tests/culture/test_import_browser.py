"""The import in a real browser: from the file to the undo, with axe on every page, wide and narrow, light and dark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from culture.people import drafts, tasks
from culture.people.models import Employee
from tests.flows.looking import violations

DATA = Path(__file__).resolve().parents[1] / "data" / "people"
PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look(page: Any, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours do not fade while axe looks
        for width in (390, 768, 1360) if PICTURES else (390, 1360):
            if not PICTURES and (scheme == "dark") == (width > 600):
                continue  # wide in the light, narrow in the dark: each scheme and each width once
            page.set_viewport_size({"width": width, "height": 900})
            found = violations(page)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1360, "height": 900})


def send(page: Any, path: Path) -> None:
    page.goto("/people/import/")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Show what would change").click()
    page.wait_for_url("**/people/import/*/")


def test_from_the_file_to_the_undo(page: Any, sign_in: Any, hr: Employee, tmp_path: Path) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" else None)
    sign_in(page, hr)
    page.goto("/people/imports/")
    look(page, "imports-empty")
    send(page, DATA / "messy.csv")
    look(page, "preview-rejected")
    with page.expect_download() as got:
        page.get_by_role("link", name="Rejected rows with reasons").click()
    assert got.value.suggested_filename == "rejected-rows.csv"
    page.get_by_role("button", name="Discard the file").click()

    send(page, DATA / "december.csv")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("1211 people were written").wait_for()
    look(page, "detail-joined")
    send(page, DATA / "renumbered.csv")
    look(page, "preview-suspicious")
    page.goto("/people/import/")
    look(page, "import")
    page.get_by_role("link", name="Go on with it").first.click()
    page.get_by_role("link", name="Joined").click()
    page.wait_for_url("**show=joined*")
    look(page, "preview-empty")
    page.get_by_role("link", name="Columns").click()
    page.get_by_role("button", name="Read it like this").wait_for()
    look(page, "mapping")
    page.get_by_role("button", name="Read it like this").click()
    page.get_by_role("button", name="Discard the file").click()

    moved = (DATA / "clean.csv").read_text(encoding="utf-8").replace("Branch Lisbon", "Branch Lisboa")
    (tmp_path / "moved.csv").write_text(moved, encoding="utf-8")
    send(page, tmp_path / "moved.csv")
    page.get_by_role("link", name="Moved").click()
    page.wait_for_url("**show=moved*")
    look(page, "preview-moved")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("people were written").wait_for()
    page.get_by_label("Put everybody back as before this import").check()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The import was undone").wait_for()
    look(page, "detail-undone")
    page.goto("/people/imports/")
    look(page, "imports")
    assert problems == []


def test_questions_and_progress(
    page: Any, sign_in: Any, hr: Employee, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(page, hr)
    (tmp_path / "czech.csv").write_bytes("number;given_name;family_name;unit\n7;Jiří;Dvořák;Śląsk\n".encode("cp1250"))
    send(page, tmp_path / "czech.csv")
    look(page, "encoding")
    page.get_by_text("Dvořák").click()
    page.get_by_role("button", name="Read it like this").click()
    page.get_by_text("Jiří Dvořák").wait_for()
    page.get_by_role("button", name="Discard the file").click()
    (tmp_path / "odd.csv").write_text("Foo,Bar,Baz,Where\n1,Ann,Bee,U\n")
    send(page, tmp_path / "odd.csv")
    look(page, "mapping-asked")
    page.get_by_role("button", name="Choose another file").click()

    handed: list[int] = []
    monkeypatch.setattr(drafts, "BIG", 0)
    monkeypatch.setattr(tasks.work_on_import, "delay_on_commit", handed.append)
    send(page, DATA / "clean.csv")
    look(page, "progress")
    drafts.work(handed.pop())
    page.get_by_role("button", name="Import", exact=True).click()  # the page went on by itself
    page.get_by_text("all or nothing").wait_for()
    drafts.work(handed.pop())
    page.get_by_text("1186 people were written").wait_for()
    assert Employee.objects.filter(number="001001").exists()
