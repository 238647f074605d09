"""Who may open the pages and endpoints of practices: see who_may.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.guards.world import World

EVERYBODY = "employee manager executive hr unit_hr trainer lead auditor moderator root"
PLANNERS = "hr unit_hr lead manager"
WHO: dict[str, str] = {
    "practices:today": EVERYBODY,  # his own
    "practices:log": EVERYBODY,
    "practices:remove": EVERYBODY,
    "practices:letters": EVERYBODY,
    "practices:ideas": EVERYBODY,
    "practices:my_ideas": EVERYBODY,
    "practices:propose": EVERYBODY,
    "practices:idea": EVERYBODY,
    "practices:idea_act": EVERYBODY,
    "practices:decide_idea": EVERYBODY,  # who may decide on it; everybody else does not find it
    "practices:recoveries": EVERYBODY,
    "practices:recovery_new": EVERYBODY,
    "practices:recovery": EVERYBODY,
    "practices:decide_recovery": EVERYBODY,
    "practices:recovery_act": EVERYBODY,
    "practices:team": PLANNERS,
    "practices:desk": "hr",
    "practices:add_limit": "hr",
    "practices:remove_limit": "hr",
    "practices:set_hours": "hr",
    "practices:program": "hr lead",
    "api-practice-notes-list": EVERYBODY,  # his own
    "api-practice-notes-detail": EVERYBODY,
    "api-practice-ideas-list": EVERYBODY,
}
ARGUMENTS: dict[str, Callable[[World], list[Any]]] = {"practices:program": lambda w: [w.program.pk]}
WRITTEN: dict[tuple[str, str], frozenset[str]] = {
    ("api-practice-notes-list", "POST"): frozenset(EVERYBODY.split()),  # his own
    ("api-practice-ideas-list", "POST"): frozenset(EVERYBODY.split()),
}
UNASKED: dict[str, str] = dict.fromkeys(
    (
        "practices:remove", "practices:idea", "practices:idea_act", "practices:decide_idea", "practices:recovery",
        "practices:decide_recovery", "practices:recovery_act", "practices:remove_limit", "api-practice-notes-detail",
    ),
    "tests/programs/test_practices*.py: lines, ideas and complaints of one's own, or of who may decide",
)  # fmt: skip
