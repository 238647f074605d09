"""Who may open the pages and endpoints of points, rewards and web hooks: see who_may.py."""

from __future__ import annotations

EVERYBODY = "employee manager executive hr unit_hr trainer lead auditor moderator root"
WHO: dict[str, str] = {
    "recognition:team": "manager",  # of his own people only, and there must be some
    "recognition:team_decide": "manager",
    "recognition:equity": "hr",
    "recognition:reward_code": EVERYBODY,  # one's own
    "recognition:desk_code": "hr",
    "recognition:countries": "hr",
    "recognition:hooks": "hr",
    "recognition:hook": "hr",
    "recognition:hook_act": "hr",
    "api-kudos-list": EVERYBODY,
    "api-kudos-detail": EVERYBODY,
    "api-kudos-react": EVERYBODY,
    "api-kudos-withdraw": EVERYBODY,  # one's own
    "api-award-rounds-list": EVERYBODY,
    "api-award-rounds-detail": EVERYBODY,
    "api-points-list": EVERYBODY,  # one's own
    "api-rewards-list": EVERYBODY,
    "api-rewards-detail": EVERYBODY,
    "api-redemptions-list": EVERYBODY,  # one's own; everybody's for HR
    "api-redemptions-detail": EVERYBODY,
    "api-redemptions-cancel": EVERYBODY,
    "api-redemptions-code": EVERYBODY,
    "api-redemptions-approve": "hr",
    "api-redemptions-fulfil": "hr",
    "api-redemptions-reject": "hr",
    "api-ledger-list": "hr auditor",
}
WRITTEN: dict[tuple[str, str], frozenset[str]] = {
    ("api-kudos-list", "POST"): frozenset(EVERYBODY.split()),
    ("api-redemptions-list", "POST"): frozenset(EVERYBODY.split()),
}
UNASKED: dict[str, str] = {
    **dict.fromkeys(
        ("recognition:team_decide", "recognition:reward_code", "recognition:desk_code"),
        "tests/programs/test_rewards.py: a redemption of one's own, of one's people, one handed over",
    ),
    **dict.fromkeys(("recognition:hook", "recognition:hook_act"), "tests/programs/test_hooks.py: an address told"),
    **dict.fromkeys(
        (
            "api-kudos-react", "api-kudos-withdraw", "api-award-rounds-detail", "api-rewards-detail",
            "api-redemptions-detail", "api-redemptions-cancel", "api-redemptions-code", "api-redemptions-approve",
            "api-redemptions-fulfil", "api-redemptions-reject",
        ),
        "tests/programs/test_recognition_api.py: thanks one sees, redemptions of one's own, HR's deciding",
    ),
}  # fmt: skip
