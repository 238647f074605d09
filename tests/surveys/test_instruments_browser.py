"""The editor in a real browser; and what axe says about each page, in both schemes, at three widths."""

from __future__ import annotations

from typing import Any

import pytest

from surveys.instruments import editing
from surveys.instruments.loading import content_of, draft_of
from tests.flows.looking import violations

KEY = "after-training"
HOME = f"/questionnaires/{KEY}/"
PAGES = (
    "/questionnaires/",
    "/questionnaires/library/",
    "/questionnaires/library/sins-and-signs/",
    "/questionnaires/import/",
    HOME,
    f"{HOME}edit/",
    f"{HOME}edit/add/",
    f"{HOME}edit/question/t_why_not/",
    f"{HOME}edit/question/t_often/shown/?look=item:t_used",
    f"{HOME}edit/section/work/",
    f"{HOME}names/",
    f"{HOME}languages/",
    f"{HOME}compare/",
    f"{HOME}print/",
    f"{HOME}preview/",
    f"{HOME}preview/page/?language=ro",
)


@pytest.fixture
def training(db: Any, units: Any) -> Any:
    made = editing.take_from_library(by=None, key=KEY)
    editing.draft(made, by=None)
    return made


@pytest.mark.browser
def test_axe_finds_nothing(page: Any, sign_in: Any, hr: Any, training: Any) -> None:
    sign_in(page, hr)
    page.emulate_media(reduced_motion="reduce")
    for path in PAGES:
        page.goto(path)
        # At 320 px the phone's layout is the one of 390: only its width is new.
        page.set_viewport_size({"width": 320, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, 320)
        for scheme, width in (("light", 1360), ("dark", 390)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 844})
            found = violations(page)
            assert not found, (path, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


@pytest.mark.browser
def test_hr_adds_a_question_and_takes_it_back(page: Any, sign_in: Any, hr: Any, training: Any) -> None:
    before = content_of(draft_of(training))  # type: ignore[arg-type]
    sign_in(page, hr)
    page.goto(f"{HOME}edit/")
    page.get_by_role("link", name="Add a question To finish").click()
    page.get_by_role("link", name="Yes or no").click()
    page.get_by_label("Question, English", exact=True).fill("Would you come again?")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/edit/#line-would_you_come_again")
    assert page.get_by_role("link", name="Would you come again?").is_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The last change is undone.").wait_for()
    assert content_of(draft_of(training)) == before  # type: ignore[arg-type]
