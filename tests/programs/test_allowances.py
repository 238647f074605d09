"""Allowances whose rule changes length, or names a unit that is no more; budgets beside the share of one team."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from culture.framework.loading import load_catalogue
from culture.people import structure
from culture.people.models import Employee
from programs.recognition import giving, proving, settling
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.point_models import AllowanceRule, PointRules
from tests.conftest import make_person
from tests.programs.ledger_world import people
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    load_catalogue()


def at(month: int, day: int = 20) -> dt.datetime:
    return dt.datetime(2026, month, day, 9, tzinfo=dt.UTC)


def rule(every: str, base: int, **more: Any) -> AllowanceRule:
    AllowanceRule.objects.filter(purse=more.get("purse", "allowance")).delete()
    return AllowanceRule.objects.create(every=every, base=base, **more)


def issued(person: Employee) -> list[tuple[str, int]]:
    rows = LedgerEntry.objects.filter(target__employee=person, reason="monthly allowance").order_by("pk")
    return [(str(one.at.date()), one.amount) for one in rows]


def test_from_a_month_to_a_quarter_nobody_is_left_with_nothing() -> None:
    ann, bob = people(2)
    rule("month", 100)
    thank(ann, bob, points=10, now=at(7))
    settling.lapse(now=at(8, 4))
    rule("quarter", 300)
    assert giving.left(ann, at(8)) == 199, "61 of the 92 days of 300"


def test_from_a_quarter_to_a_month_what_was_given_lasts_to_its_end() -> None:
    ann, bob = people(2)
    rule("quarter", 300)
    thank(ann, bob, points=10, now=at(7))
    rule("month", 100)
    assert [giving.left(ann, at(month)) for month in (7, 8, 9, 10)] == [290, 290, 290, 100]
    thank(ann, bob, points=10, now=at(9))
    assert giving.standing(ann, at(9)).left == 280
    assert issued(ann) == [("2026-07-20", 300)]


def test_within_the_month_in_which_the_rule_changes_the_month_lasts() -> None:
    ann, bob = people(2)
    rule("month", 100)
    thank(ann, bob, points=10, now=at(8))
    rule("quarter", 300)
    assert giving.left(ann, at(8, 31)) == 90
    assert giving.left(ann, at(9)) == 98, "30 of 92 days of 300"


def test_points_already_issued_stay_though_no_rule_fits_any_more(units: Any) -> None:
    ann, bob = make_person("X1", units["Branch A"]), make_person("X2", units["Branch A"])
    rule("month", 100)
    thank(ann, bob, points=10, now=at(8))
    rule("month", 50, unit=units["Services"])
    assert (giving.left(ann, at(8)), giving.left(ann, at(9))) == (90, 0)


LENGTHS = st.lists(st.sampled_from(["month", "quarter"]), min_size=7, max_size=7)


@given(LENGTHS, st.lists(st.booleans(), min_size=7, max_size=7))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_rules_become_periods_never_overlap_and_no_month_is_without(
    lengths: list[str], gives: list[bool]
) -> None:
    """A month is worth 100 and a quarter 300: whatever they become, nobody is issued more than that for his days."""
    number = f"H{Employee.objects.count()}"
    ann = Employee.objects.create_user(number=number, given_name="P", family_name="1")
    bob = Employee.objects.filter(number="BOB").first() or Employee.objects.create_user(number="BOB")
    for month, (every, does) in enumerate(zip(lengths, gives, strict=True), 4):
        rule(every, 100 if every == "month" else 300)
        assert giving.left(ann, at(month)) > 0
        if does:
            thank(ann, bob, points=1, now=at(month))
    rows = Account.objects.filter(employee=ann, kind="allowance").order_by("period")
    spans = [(one.period, one.ends) for one in rows]
    assert all(ends < begins for (_, ends), (begins, _) in zip(spans, spans[1:], strict=False))
    for one in rows:
        (entry,) = LedgerEntry.objects.filter(target=one, reason="monthly allowance")
        assert entry.amount <= 300 and entry.amount <= 4 * ((one.ends - one.period).days + 1)


# -- units that are no more ------------------------------------------------------------------------------------------


def test_a_rule_for_a_merged_unit_is_for_the_unit_it_became(client_of: Any, hr: Any, units: Any, stranger: Any) -> None:
    rule("month", 30, unit=units["Branch B"])
    structure.merge(units["Branch B"], into=units["Services"], on=dt.date(2026, 7, 1), by=hr)
    stranger.refresh_from_db()
    assert stranger.unit == units["Services"]
    assert giving.left(stranger, at(8)) == 30
    assert giving.left(Employee.objects.get(number="HR1"), at(8)) == 30
    page = client_of(hr).get("/thanks/rules/").content.decode()
    assert "Meridian &gt; Services</span>" in page


# -- budgets ---------------------------------------------------------------------------------------------------------


def test_a_budget_neither_has_a_share_of_one_team_nor_uses_up_the_allowances(manager: Any) -> None:
    PointRules.objects.create(pk=1, per_gift=100, pair_points=0, team_share=20)
    AllowanceRule.objects.create(purse="budget", whom="managers", base=100)
    one = Employee.objects.get(number="A1")
    thank(manager, one, points=90, purse="budget", now=at(8))
    assert giving.left(manager, at(8), "budget") == 10
    thank(manager, one, points=20, now=at(8))
    with pytest.raises(ValidationError, match="At most 0 more"):
        thank(manager, Employee.objects.get(number="A2"), points=1, now=at(8))
    thank(manager, one, points=10, purse="budget", now=at(8))
    assert proving.findings() == []
