"""Who may open which address of awards, milestones and team proposals; see who_may.py."""

from __future__ import annotations

SIGNED_IN = "employee manager executive hr unit_hr trainer lead auditor moderator root"
OWN = (
    "awards",
    "my_awards",
    "withdraw_nomination",
    "award_certificate",
    "award_round",
    "nominate",
    "award_jury",
    "award_ballot",
    "award_vote",
    "award_decide",
    "award_decide_one",
    "hide_post",
    "react_to_post",
    "reply_to_post",
    "report_post",
    "decisions",
)
DESK = (
    "award_manage",
    "award_new",
    "award_edit",
    "award_fund",
    "award_retire",
    "award_desk_round",
    "milestones",
    "milestone_fund",
    "proposals",
    "decide_proposal",
    "decide_post_report",
)
WHO: dict[str, str] = {
    **{f"recognition:{name}": SIGNED_IN for name in OWN},
    **{f"recognition:{name}": "hr" for name in DESK},
}
# Asked as they are; the others are about a round, a candidate or a post, of which the guards' world has none.
ASKED = [
    "awards", "my_awards", "award_jury", "award_manage", "award_new", "milestones", "milestone_fund", "proposals",
    "decisions",
]  # fmt: skip
UNASKED: dict[str, str] = {
    f"recognition:{name}": "tests/programs/test_awards.py, test_award_outcomes.py, test_news.py: rounds, posts"
    for name in (*OWN, *DESK)
    if name not in ASKED
}
