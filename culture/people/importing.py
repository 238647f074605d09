"""Taking an HR export: ``read_file`` → ``plan`` (what would change, what is refused) → ``apply`` (all, or nothing)."""

from culture.people.applying import apply
from culture.people.planning import CHANGES, SNAPSHOT, plan
from culture.people.plans import Busy, Change, Decisions, ImportPlan, Stale, Stopped
from culture.people.rows import Reject
from culture.people.tables import Refused, read_file

__all__ = [
    "CHANGES", "SNAPSHOT", "Busy", "Change", "Decisions", "ImportPlan", "Refused", "Reject", "Stale", "Stopped",
    "apply", "plan", "read_file",
]  # fmt: skip
