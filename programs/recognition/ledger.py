"""The rules of points, without a database and without a clock.

Points come into being at the issuer, lie for one month in the giver's allowance and move to the receiver's personal
account. A balance is nothing but the sum of what came in less what went out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

MONTHLY_ALLOWANCE = 100
GIFT_LIMIT = 50
STORY_LIMIT = 1000


class Refusal(StrEnum):
    """Why a gift is refused."""

    ONESELF = "oneself"
    NOTHING = "nothing"
    TOO_MUCH = "too_much"
    BEYOND = "beyond"


@dataclass(frozen=True)
class Movement:
    """``amount`` goes from one account to another."""

    source: int
    target: int
    amount: int

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("A movement moves something.")
        if self.source == self.target:
            raise ValueError("A movement is between two accounts.")


def period_of(day: dt.date) -> dt.date:
    """The first day of the month whose allowance pays for a gift of ``day``."""
    return day.replace(day=1)


def refusal(*, giver: int, receiver: int, points: int, left: int) -> Refusal | None:
    """The first reason against a gift when ``left`` points of the allowance are left, or None."""
    if giver == receiver:
        return Refusal.ONESELF
    if points <= 0:
        return Refusal.NOTHING
    if points > GIFT_LIMIT:
        return Refusal.TOO_MUCH
    if points > left:
        return Refusal.BEYOND
    return None


def balances(movements: Iterable[Movement]) -> dict[int, int]:
    """What each account holds according to ``movements``."""
    result: dict[int, int] = {}
    for movement in movements:
        result[movement.source] = result.get(movement.source, 0) - movement.amount
        result[movement.target] = result.get(movement.target, 0) + movement.amount
    return result


@dataclass(frozen=True)
class Drift:
    """An account whose kept balance is not what the ledger says."""

    account: int
    kept: int
    derived: int


def drifts(kept: Mapping[int, int], derived: Mapping[int, int]) -> list[Drift]:
    """Every account on which the two disagree, in the order of their ids."""
    accounts = sorted(set(kept) | set(derived))
    pairs = ((account, kept.get(account, 0), derived.get(account, 0)) for account in accounts)
    return [Drift(*pair) for pair in pairs if pair[1] != pair[2]]
