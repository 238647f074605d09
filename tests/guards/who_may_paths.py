"""Who may open which address of training paths; see who_may.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

READS, WRITES = "hr unit_hr trainer", "hr trainer"
WHO: dict[str, str] = {
    "training:paths": READS,
    "training:path": READS,
    "training:path_people": READS,
    "training:path_person": READS,
    "training:path_export": READS,
    "training:path_new": WRITES,
    "training:path_edit": WRITES,
    "training:path_rules": WRITES,
    "training:path_act": WRITES,
    "training:additions": WRITES,
    "training:take_back": READS,
    "api-assignments-take-back": READS,
    "training:team_due": "manager hr unit_hr trainer",
    "training:progress_csv": READS,
    "training:shown_by": WRITES,
    "api-observations-withdraw": "manager hr unit_hr trainer",
    "api-slots-list": "manager hr unit_hr trainer",
    "api-my-slots-list": "employee manager executive hr unit_hr trainer lead auditor moderator root",
    "api-courses-publish": WRITES,
    "api-paths-list": READS,
    "api-paths-detail": READS,
    "api-paths-start": WRITES,
    "api-paths-end": WRITES,
    "api-paths-rules": WRITES,
    "api-paths-standing": READS,
    "api-assignments-list": READS,
    "api-assignments-detail": READS,
    "api-assignments-exempt": READS,
    "api-completions-list": READS,
    "api-completions-detail": READS,
    "api-completions-revoke": READS,
    "api-attained-list": READS,
    "api-attained-detail": READS,
    "api-attained-revoke": READS,
    "api-sessions-list": READS,
    "api-sessions-detail": READS,
    "api-sessions-attendance": READS,
}
ARGUMENTS: dict[str, Callable[[Any], list[Any]]] = {
    "training:path": lambda w: [w.path.pk],
    "training:path_people": lambda w: [w.path.pk],
    "training:path_person": lambda w: [w.path.pk, w.colleague.pk],
    "training:path_export": lambda w: [w.path.pk, "csv"],
    "training:path_edit": lambda w: [w.path.pk],
    "training:path_rules": lambda w: [w.path.pk],
    "training:path_act": lambda w: [w.path.pk],
    "training:additions": lambda w: [w.course.pk],
    "training:take_back": lambda w: [w.course.pk, w.program.cohorts.first().pk],
    "api-courses-publish": lambda w: [w.course.pk],
    "api-paths-detail": lambda w: [w.path.pk],
    "api-paths-start": lambda w: [w.path.pk],
    "api-paths-end": lambda w: [w.path.pk],
    "api-paths-rules": lambda w: [w.path.pk],
    "api-paths-standing": lambda w: [w.path.pk],
    "api-assignments-detail": lambda w: [w.assignment.pk],
    "api-assignments-exempt": lambda w: [w.assignment.pk],
    "api-sessions-detail": lambda w: [w.session.pk],
    "api-sessions-attendance": lambda w: [w.session.pk],
}
ELSEWHERE: dict[str, str] = dict.fromkeys(
    (
        "api-completions-detail", "api-completions-revoke", "api-attained-detail", "api-attained-revoke",
        "api-observations-withdraw",
    ),
    "tests/programs/test_path_api.py: something granted",
)  # fmt: skip
WRITTEN: dict[tuple[str, str], frozenset[str]] = {
    **{
        (name, method): frozenset(WRITES.split())
        for name, method in (
            ("api-courses-list", "POST"),
            ("api-courses-detail", "PUT"),
            ("api-courses-publish", "POST"),
            ("api-paths-list", "POST"),
            ("api-paths-detail", "PUT"),
            ("api-paths-detail", "DELETE"),
            ("api-paths-start", "POST"),
            ("api-paths-end", "POST"),
            ("api-paths-rules", "POST"),
        )
    },
    **{
        (name, "POST"): frozenset(READS.split())
        for name in (
            "api-assignments-list", "api-assignments-take-back", "api-assignments-exempt", "api-completions-list",
            "api-sessions-attendance",
        )
    },
}  # fmt: skip
