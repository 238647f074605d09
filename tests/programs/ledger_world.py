"""People, gifts, points and rewards for the tests of the ledger."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from culture.people.models import Employee
from programs.recognition import correcting, redeeming
from programs.recognition.models import Kudos
from programs.recognition.reward_models import Redemption, Reward
from tests.programs.thanks import thank

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def people(count: int) -> list[Employee]:
    return [Employee.objects.create_user(number=f"L{n}", given_name="P", family_name=str(n)) for n in range(count)]


def give(giver: Employee, *receivers: Employee, points: int, now: dt.datetime = NOW, **more: Any) -> Kudos:
    return thank(giver, *receivers, points=points, now=now, **more)


def has(person: Employee, points: int, now: dt.datetime = NOW) -> Employee:
    """``person`` holds ``points`` of his own."""
    boss = Employee.objects.filter(number="BOSS").first() or Employee.objects.create_user(number="BOSS")
    correcting.correct(employee=person, points=points, note="for the test", by=boss, now=now)
    return person


def reward(**changes: Any) -> Reward:
    return Reward.objects.create(**{"kind": "goods", "name": {"en": "Mug"}, "price": 40, "stock": 1, **changes})


def redeem(person: Employee, what: Reward, now: dt.datetime = NOW, **more: Any) -> Redemption:
    return redeeming.redeem(employee=person, reward=what, key=more.pop("key", uuid.uuid4()), now=now, **more)
