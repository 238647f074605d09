"""Every kind of answer on the pages of results: options with shares, means with their unit, pairs with the gap."""

from __future__ import annotations

from typing import Any

import pytest

from surveys.answering import submitting
from surveys.instruments import editing, library
from surveys.instruments.loading import latest_version
from surveys.results import queries, releasing, telling
from surveys.waves import opening, series
from surveys.waves.models import Invitation, Wave
from tests.surveys import results_world as world
from tests.surveys.test_item_kinds_answering import GOOD, KINDS, wave  # noqa: F401

SHOWN = {"shown": True, "n": 40}
SCORE = {**SHOWN, "index": 50, "low": 45, "high": 55, "fav": 60, "neu": 10, "unf": 30}


def item(kind: str, **more: Any) -> dict[str, Any]:
    return {"code": "q", "kind": kind, "about": "own", "text": {"en": "What of {provider}?"}, **more}


def tell(one: dict[str, Any], cell: dict[str, Any], **cells: Any) -> telling.Told:
    [told] = telling.tell([one], {"q": cell, **cells}, "en", "IT")
    return told


def test_each_look() -> None:
    options = {"choices": [{"value": 2, "text": {"en": "Left"}}, {"value": 5, "text": {"en": "Right"}}]}
    told = tell(item("multiple", options=options), {**SHOWN, "shares": {"2": 70, "5": 20}})
    assert (told.look, told.shares) == ("shares", [("Left", 70), ("Right", 20)])
    assert told.text == "What of IT?"
    number = item("number", options={"min": 10, "max": 30, "unit": {"en": "calls"}})
    told = tell(number, {**SHOWN, "index": 50, "low": 25, "high": 75, "mean": 20.0})
    assert (told.look, told.mean, told.low, told.high, told.unit) == ("mean", 20.0, 15.0, 25.0, "calls")
    told = tell(item("pair"), SCORE, **{"q:expected": {**SCORE, "index": 80}})
    assert (told.look, told.gap) == ("gap", -30)
    assert tell(item("pair"), SCORE, **{"q:expected": {"shown": False}}).gap is None
    assert tell(item("pair"), {**SHOWN, "index": 50, "band": "40–60"}, **{"q:expected": SCORE}).gap is None
    assert tell(item("recommendation"), SCORE).nps == 30
    assert tell(item("agreement"), SCORE).nps is None
    assert tell(item("single", options=options), {"shown": False}).look == "score"


def test_only_the_first_own_outcome_is_the_talk_index() -> None:
    own, second = {**item("outcome"), "code": "a"}, {**item("outcome"), "code": "b"}
    about = {**item("outcome"), "code": "p", "about": "provider"}
    cells = {"talk": {**SCORE, "index": 1}, "b": {**SCORE, "index": 2}, "p": {**SCORE, "index": 3}}
    assert [one.cell["index"] for one in telling.tell([about, own, second], cells, "en", "IT")] == [3, 1, 2]


def test_what_was_asked_otherwise_before_is_marked() -> None:
    before = [item("agreement"), {**item("agreement"), "code": "b"}, {**item("agreement"), "code": "c"}]
    now = [
        item("agreement", text={"en": "Else?"}),
        {**item("effort"), "code": "b"},
        {**item("agreement"), "code": "c"},
        {**item("agreement"), "code": "new"},
    ]
    assert telling.changes(before, now) == {"q": "wording", "b": "scale"}


def test_the_page_of_a_unit_shows_every_kind(wave: Wave, hr: Any, client_of: Any) -> None:  # noqa: F811
    given = []
    for invitation in Invitation.objects.filter(wave=wave).order_by("pk"):
        own = {f"o_{kind}": GOOD[kind][1] for kind in KINDS}
        about = {str(unit): {f"p_{kind}": GOOD[kind][1] for kind in KINDS} for unit in invitation.providers}
        given.append((invitation.pk, {"own": own, "providers": about, "comment": {}}))
    submitting.submit_many(wave, given)
    releasing.close_wave(wave, now=world.LATER)
    client = client_of(hr)
    company = queries.company_row(queries.tree_rows(Wave.objects.get(pk=wave.pk), None))
    assert company is not None
    body = client.get(f"/results/{wave.pk}/unit/{company.unit}/").content.decode()
    assert "Way 2" in body and "12.0 calls" in body and "NPS" in body and "gap" in body
    for path in ("", "services/", "export.csv"):
        assert client.get(f"/results/{wave.pk}/{path}").status_code == 200


@pytest.mark.parametrize("key", [key for key in library.ORDER if key != "service-culture"])
def test_every_questionnaire_of_the_library_is_asked_answered_and_shown(
    key: str, hr: Any, client_of: Any, units: Any
) -> None:
    """From taking it off the shelf to the page of results: nobody needs the three dimensions for that."""
    made = editing.take_from_library(by=hr, key=key)
    world.people(units)
    asked = series.create(
        by=hr,
        name="Trial",
        instrument=made,
        first_opens_on=world.NOW.date(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    found = asked.waves.get()
    opening.open_wave(found, now=world.NOW)
    found.refresh_from_db()
    version = latest_version(made)
    assert version is not None and version.frozen_at is not None
    given = []
    for invitation in Invitation.objects.filter(wave=found).order_by("pk"):
        pages_ = submitting.pages_of(found, invitation.providers)
        answers: dict[str, Any] = {"own": {}, "providers": {}, "comment": {}}
        for field in (field for page in pages_ for field in page.fields if not field.is_comment):
            value = GOOD[field.kind][1] if field.kind not in {"single", "multiple"} else 1
            home = (
                answers["own"] if field.provider is None else answers["providers"].setdefault(str(field.provider), {})
            )
            home[field.code] = value
        given.append((invitation.pk, answers))
    assert submitting.submit_many(found, given) > 40
    releasing.close_wave(found, now=world.LATER)
    client = client_of(hr)
    page = client.get(f"/results/{found.pk}/").content.decode()
    assert "Too few people answered" not in page
    company = queries.company_row(queries.tree_rows(found, None))
    assert company is not None
    for path in ("services/", "export.csv", f"unit/{company.unit}/"):
        assert client.get(f"/results/{found.pk}/{path}").status_code == 200, path
