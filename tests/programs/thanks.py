"""Thanks for tests: given as a page would give them, and arrived once they can no longer be withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.recognition import giving, settling
from programs.recognition.models import Kudos

LATER = dt.timedelta(minutes=16)


def thank(
    giver: Employee,
    *receivers: Employee,
    story: str = "Stayed late for us.",
    points: int = 5,
    now: dt.datetime | None = None,
    arrived: bool = False,
    **more: Any,
) -> Kudos:
    """One gift; ``arrived``: long enough ago that its points are with the receivers."""
    now = now or timezone.now()
    at = now - LATER if arrived else now
    more.setdefault("behaviour", Behaviour.objects.get(code="A5"))
    more.setdefault("requirement", Requirement.objects.get(code="C1"))
    more.setdefault("key", uuid.uuid4())
    kudos = giving.give(giver=giver, gift=giving.Gift(receivers, story=story, points=points, **more), now=at)
    if arrived:
        settling.settle(now=now)
        kudos.refresh_from_db()
    return kudos
