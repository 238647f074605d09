"""Who may open the pages of thanks: see who_may.py."""

from __future__ import annotations

EVERYBODY = "employee manager executive hr unit_hr trainer lead auditor moderator root"
WHO: dict[str, str] = {
    "recognition:choices": EVERYBODY,
    "recognition:react": EVERYBODY,
    "recognition:reply": EVERYBODY,
    "recognition:picture": EVERYBODY,
    "recognition:report": EVERYBODY,
    "recognition:reports": "hr",
    "recognition:decide_report": "hr",
}
UNASKED: dict[str, str] = dict.fromkeys(
    (
        "recognition:react", "recognition:reply", "recognition:picture", "recognition:report",
        "recognition:decide_report",
    ),
    "tests/programs/test_thanks_feed.py, test_thanks_reports.py: thanks one sees, a picture of them, a report on them",
)  # fmt: skip
