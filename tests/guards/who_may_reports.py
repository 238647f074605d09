"""Who may open which address of reports; see who_may.py. What somebody sees of one: tests/programs/test_report_*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RESULTS = "manager executive hr unit_hr lead"
PUBLISHERS = "hr lead"
SCORECARD = "executive hr lead"
WHO: dict[str, str] = {
    "reports:number": SCORECARD,
    "reports:units": RESULTS,
    "reports:unit": RESULTS,
    "reports:unit_number": RESULTS,
    "reports:cost": SCORECARD,
    "reports:cost_number": SCORECARD,
    "reports:cost_file": SCORECARD,
    "reports:cost_new": PUBLISHERS,
    "reports:reports": RESULTS,
    "reports:preview": RESULTS,
    "reports:preview_file": RESULTS,
    "reports:published": RESULTS,
    "reports:published_file": RESULTS,
    "reports:subscribe": RESULTS,
    "reports:unsubscribe": RESULTS,
    "reports:deliveries": RESULTS,
    "reports:being_made": PUBLISHERS,
    "reports:publish": PUBLISHERS,
    "reports:correct": PUBLISHERS,
    "reports:template": "hr",
    "reports:board": SCORECARD,
    "reports:board_read": SCORECARD,
    "reports:board_file": SCORECARD,
    "reports:board_publish": PUBLISHERS,
    "reports:years": SCORECARD,
    "reports:year": SCORECARD,
    "reports:year_file": SCORECARD,
    "reports:year_publish": PUBLISHERS,
    "reports:year_comment": SCORECARD,
    "reports:benchmarks": RESULTS,
    "reports:benchmark": RESULTS,
    "reports:benchmark_export": RESULTS,
    "reports:benchmark_new": "hr",
    "reports:benchmark_import": "hr",
    "reports:benchmark_correct": "hr",
    "reports:benchmark_withdraw": "hr",
    "reports:settle_problem": "hr",
    "reports:read": (
        "anonymous employee manager executive hr unit_hr trainer lead auditor moderator root"  # the link is the key
    ),
}
ARGUMENTS: dict[str, Callable[[Any], list[Any]]] = {
    "reports:preview_file": lambda w: ["xlsx"],
    "reports:number": lambda w: [w.program.pk, "planning.begun"],
    "reports:units": lambda w: [w.program.pk],
    "reports:unit": lambda w: [w.program.pk, w.unit.pk],
    "reports:unit_number": lambda w: [w.program.pk, w.unit.pk, "planning.begun"],
    "reports:cost": lambda w: [w.program.pk],
    "reports:cost_new": lambda w: [w.program.pk],
    "reports:board_file": lambda w: ["xlsx"],
    "reports:years": lambda w: [w.program.pk],
    "reports:year": lambda w: [w.program.pk, (w.program.launched_on or w.program.starts_on).year],
    "reports:year_file": lambda w: [w.program.pk, (w.program.launched_on or w.program.starts_on).year, "xlsx"],
    "reports:year_publish": lambda w: [w.program.pk, (w.program.launched_on or w.program.starts_on).year],
}
UNASKED: dict[str, str] = dict.fromkeys(
    (
        "reports:published", "reports:published_file", "reports:correct", "reports:unsubscribe", "reports:deliveries",
        "reports:settle_problem", "reports:read",
    ),
    "tests/programs/test_report_*.py: something published, subscribed or sent",
)  # fmt: skip
UNASKED |= dict.fromkeys(("reports:cost_number", "reports:cost_file"), "tests/programs/test_cost.py: an estimate")
UNASKED |= dict.fromkeys(
    ("reports:benchmark", "reports:benchmark_correct", "reports:benchmark_withdraw"),
    "tests/programs/test_benchmarks.py: an entry",
)
UNASKED["reports:year_comment"] = "tests/programs/test_yearly.py: for sponsors and executives only"
