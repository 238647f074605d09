"""The rules of points, without a database and without a clock.

Points come into being at the issuer, lie for a month or a quarter in the giver's allowance, wait a few minutes as a
pending gift (so that a withdrawn one need never be taken back from somebody) and become personal points in *lots*,
which are spent first in, first out. A balance is nothing but the sum of what came in less what went out.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dateutil.relativedelta import relativedelta

MONTHLY_ALLOWANCE = 100
STORY_LIMIT = 1000


class Every(StrEnum):
    """How long an allowance lasts before it lapses."""

    MONTH = "month"
    QUARTER = "quarter"


class Refusal(StrEnum):
    """Why a gift is refused."""

    ONESELF = "oneself"
    NEGATIVE = "negative"
    TOO_MUCH = "too_much"
    PAIR_GIFTS = "pair_gifts"
    PAIR_POINTS = "pair_points"
    TEAM_SHARE = "team_share"
    BEYOND = "beyond"


@dataclass(frozen=True)
class Caps:
    """What the organisation allows; 0 means no limit of that kind (but ``per_gift`` 0: no points at all).

    ``pair_points`` and ``pair_gifts``: from one person to another in a calendar month. ``team_share``: percent of the
    period's allowance that may go to people of one unit.
    """

    per_gift: int = 50
    pair_points: int = 100
    pair_gifts: int = 10
    team_share: int = 0


@dataclass(frozen=True)
class Before:
    """What went the same way before: to this receiver this month, to his unit this period (withdrawn gifts apart)."""

    points: int = 0
    gifts: int = 0
    unit_points: int = 0


@dataclass(frozen=True)
class Denied:
    """``limit``: the most that would pass (points; for PAIR_GIFTS: gifts a month)."""

    why: Refusal
    limit: int = 0


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


def period_of(day: dt.date, every: Every = Every.MONTH) -> dt.date:
    """The first day of the month or quarter whose allowance pays for a gift of ``day``."""
    if every is Every.QUARTER:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(day=1)


def period_end(begins: dt.date, every: Every = Every.MONTH) -> dt.date:
    """The last day of the period that begins on ``begins``."""
    return begins + relativedelta(months=3 if every is Every.QUARTER else 1) - dt.timedelta(days=1)


def allowance(
    *, base: int, per_report: int, reports: int, begins: dt.date, ends: dt.date, joined: dt.date | None
) -> int:
    """Points for one period: ``base`` + ``per_report`` for each direct report; who joins within it gets his share.

    The share is that of the days left, the day of joining counted, rounded up.
    """
    whole = base + per_report * reports
    if joined is None or joined <= begins:
        return whole
    if joined > ends:
        return 0
    return math.ceil(whole * ((ends - joined).days + 1) / ((ends - begins).days + 1))


def denied(*, giver: int, receiver: int, points: int, caps: Caps, before: Before, allowance: int = 0) -> Denied | None:
    """The first reason against ``points`` (0 is a thank-you without points) to one ``receiver``, or None."""
    if giver == receiver:
        return Denied(Refusal.ONESELF)
    if points < 0:
        return Denied(Refusal.NEGATIVE)
    if points > caps.per_gift:
        return Denied(Refusal.TOO_MUCH, caps.per_gift)
    if caps.pair_gifts and before.gifts >= caps.pair_gifts:
        return Denied(Refusal.PAIR_GIFTS, caps.pair_gifts)
    if not points:
        return None
    if caps.pair_points and before.points + points > caps.pair_points:
        return Denied(Refusal.PAIR_POINTS, max(0, caps.pair_points - before.points))
    most = allowance * caps.team_share // 100
    if caps.team_share and before.unit_points + points > most:
        return Denied(Refusal.TEAM_SHARE, max(0, most - before.unit_points))
    return None


def beyond_pair(points: int, caps: Caps, given: int, gifts: int) -> Refusal | None:
    """Which limit of a pair and month stands against ``points`` after ``given`` points in ``gifts`` thanks, if any."""
    if caps.pair_gifts and gifts >= caps.pair_gifts:
        return Refusal.PAIR_GIFTS
    return Refusal.PAIR_POINTS if points and caps.pair_points and given + points > caps.pair_points else None


def room(caps: Caps, given: int, gifts: int) -> int:
    """The most points one more gift of a pair may carry this month."""
    if caps.pair_gifts and gifts >= caps.pair_gifts:
        return 0
    return min(caps.per_gift, max(0, caps.pair_points - given)) if caps.pair_points else caps.per_gift


def beyond(*, points: int, receivers: int, left: int) -> Denied | None:
    """``points`` to each of ``receivers`` people is paid once for each."""
    return Denied(Refusal.BEYOND, left // max(1, receivers)) if points * receivers > left else None


@dataclass(frozen=True)
class Held:
    """A lot: ``remaining`` of the points received at once, usable until ``expires_on`` (None: for good)."""

    lot: int
    remaining: int
    expires_on: dt.date | None = None


def take(lots: Sequence[Held], amount: int) -> list[tuple[int, int]]:
    """Spend ``amount`` from ``lots`` in their order (first in, first out): (lot, points) pairs.

    Raises ``ValueError`` when they hold less.
    """
    taken, open_ = [], amount
    for held in lots:
        part = min(held.remaining, open_)
        if part > 0:
            taken.append((held.lot, part))
            open_ -= part
    if open_ > 0:
        raise ValueError(f"{open_} of {amount} points are not there")
    return taken


def expires(earned: dt.date, months: int) -> dt.date | None:
    """The last day on which points received on ``earned`` can be spent; ``months`` 0: for good."""
    return earned + relativedelta(months=months) if months else None


def after_refund(expires_on: dt.date | None, refunded: dt.date, grace: int = 30) -> dt.date | None:
    """A refunded lot keeps its last day, but leaves ``grace`` days to spend what came back."""
    return None if expires_on is None else max(expires_on, refunded + dt.timedelta(days=grace))


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
