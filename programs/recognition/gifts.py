"""What somebody wants to give, before any rule has looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee, Unit
from programs.recognition.pictures import Drawn
from programs.recognition.point_models import AllowanceRule

# Picked one by one; and a whole team at once.
RECEIVERS = 30
TEAM = 300


@dataclass(frozen=True)
class Gift:
    """What somebody wants to give; ``points`` to each receiver. ``key``: of the form, so that twice is once.

    ``purse``: ``allowance``, or ``budget`` (a manager's, for his own people). ``customer``: for whom it was good;
    ``customer_unit``: colleagues of which unit. ``team``: the unit that is thanked as a whole, its people being the
    receivers. ``language``: that of the story.
    """

    receivers: Sequence[Employee]
    behaviour: Behaviour
    story: str
    points: int
    key: UUID
    requirement: Requirement | None = None
    public: bool = True
    purse: str = AllowanceRule.Purse.ALLOWANCE
    language: str = ""
    customer: str = ""
    customer_unit: Unit | None = None
    team: Unit | None = None
    picture: Drawn | None = None
