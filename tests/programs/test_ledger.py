"""Points: no path leads below zero, and every kept figure is what the ledger says."""

from __future__ import annotations

import datetime as dt
import uuid
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import catalogue as catalogue_of
from programs.recognition import correcting, giving, lots, proving, redeeming, settling, tick
from programs.recognition.models import Account, Kudos, LedgerEntry
from programs.recognition.point_models import AllowanceRule, Lot, PointRules, Proof
from programs.recognition.reward_models import Redemption, Reward
from tests.programs.ledger_world import DAY, NOW, give, has, people, redeem, reward
from tests.programs.thanks import LATER

State = Redemption.State


# -- gifts -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(db):
    load_catalogue()


def test_a_gift_waits_and_arrives(catalogue):
    ann, bob, cid = people(3)
    kudos = give(ann, bob, cid, points=30)
    assert giving.left(ann, NOW) == 40
    assert giving.balance(bob) == 0
    settling.settle(now=NOW + dt.timedelta(minutes=14))
    assert giving.balance(bob) == 0
    settling.settle(now=NOW + LATER)
    assert settling.settle(now=NOW + LATER) == 0
    assert (giving.balance(bob), giving.balance(cid)) == (30, 30)
    reasons = list(kudos.entries.order_by("pk").values_list("amount", "reason"))
    assert reasons == [(60, "kudos"), (30, "arrived"), (30, "arrived")]
    assert giving.left(bob, NOW) == 100
    assert giving.left(ann, NOW + 20 * DAY) == 100, "a new month brings a new allowance"


def test_the_month_begins_where_the_giver_is(catalogue):
    ann, bob = people(2)
    Employee.objects.filter(pk=ann.pk).update(time_zone="Pacific/Auckland")
    ann.refresh_from_db()
    edge = dt.datetime(2026, 11, 30, 12, 0, tzinfo=dt.UTC)  # already 1 December in Auckland
    assert give(ann, bob, points=50, now=edge).period == dt.date(2026, 12, 1)
    assert give(bob, ann, points=50, now=edge).period == dt.date(2026, 11, 1)
    assert giving.left(ann, edge) == 50
    assert giving.left(ann, edge - DAY) == 100


def test_the_same_key_twice_gives_once(catalogue):
    ann, bob = people(2)
    key = uuid.uuid4()
    assert give(ann, bob, points=10, key=key) == give(ann, bob, points=10, key=key)
    assert Kudos.objects.count() == 1
    with pytest.raises(ValidationError):
        give(bob, ann, points=10, key=key)


@pytest.mark.parametrize("points", [-1, 51])
def test_refused_points_write_nothing(catalogue, points):
    ann, bob = people(2)
    with pytest.raises(ValidationError) as refused:
        give(ann, bob, points=points)
    assert list(refused.value.message_dict) == ["points"]
    assert not LedgerEntry.objects.exists() and not Kudos.objects.exists()


def test_only_an_attitude_is_thanked_for_and_never_who_left(catalogue):
    ann, bob = people(2)
    for wrong in ({"behaviour": Behaviour.objects.get(code="N1")}, {"story": "   "}):
        with pytest.raises(ValidationError):
            give(ann, bob, points=5, **wrong)
    bob.left_on = NOW.date() - DAY
    with pytest.raises(ValidationError):
        give(ann, bob, points=5)
    with pytest.raises(ValidationError):
        give(ann, points=5)


def test_first_rule_that_fits_gives_the_allowance(catalogue, units, manager, stranger):
    AllowanceRule.objects.create(position=1, whom="managers", base=50, per_report=10)
    AllowanceRule.objects.create(position=2, unit=units["Branch B"], base=7)
    assert giving.left(manager, NOW) == 50 + 11 * 10
    assert giving.left(stranger, NOW) == 7
    assert giving.left(Employee.objects.get(number="A2"), NOW) == 0, "no rule fits"


def test_what_is_not_given_in_time_lapses_and_a_late_return_too(catalogue):
    ann, bob = people(2)
    end = dt.datetime(2026, 11, 30, 22, 55, tzinfo=dt.UTC)
    kudos = give(ann, bob, points=10, now=end)
    settling.withdraw(kudos=kudos, by=ann, now=end + dt.timedelta(minutes=10))
    assert settling.lapse(now=NOW) == 0
    assert settling.lapse(now=end + 4 * DAY) == 100
    assert settling.lapse(now=end + 4 * DAY) == 0
    assert proving.derived(Account.Kind.EXPIRED) == 100
    assert proving.findings() == []


def test_the_database_refuses_a_debt_and_a_rewritten_entry(catalogue):
    ann, bob = people(2)
    give(ann, bob, points=10)
    for attempt in (
        lambda: Account.objects.filter(employee=ann, kind="allowance").update(balance=-1),
        lambda: Account.objects.filter(kind="issuer").update(balance=5),
        lambda: LedgerEntry.objects.update(amount=1),
        lambda: LedgerEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


# -- own points ------------------------------------------------------------------------------------------------------


def test_lots_lapse_after_their_time(catalogue):
    PointRules.objects.create(pk=1, lot_months=12)
    ann, bob = people(2)
    give(ann, bob, points=30, arrived=True)
    give(ann, bob, points=20, now=NOW + 40 * DAY, arrived=True)
    assert lots.expire(now=NOW + 365 * DAY) == 0
    assert lots.expire(now=NOW + 366 * DAY) == 30
    assert lots.expire(now=NOW + 366 * DAY) == 0
    assert giving.balance(bob) == 20
    assert proving.findings() == []


def test_corrections_say_why_and_never_lead_below_zero(catalogue):
    ann, bob = people(2)
    entry = correcting.correct(employee=bob, points=25, note="Left out in October", by=ann, now=NOW)
    assert (entry.note, entry.by) == ("Left out in October", ann)
    correcting.correct(employee=bob, points=-5, note="Twice by mistake", by=ann, now=NOW)
    assert giving.balance(bob) == 20
    for points, note, by in ((-21, "more", ann), (5, " ", ann), (0, "nothing", ann), (5, "mine", bob)):
        with pytest.raises(ValidationError):
            correcting.correct(employee=bob, points=points, note=note, by=by, now=NOW)
    assert proving.findings() == []


def test_a_rejected_reward_refunds_fully_and_finally(catalogue):
    PointRules.objects.create(pk=1, lot_months=12)
    ann, bob = people(2)
    has(bob, 30)
    has(bob, 30, now=NOW + DAY)
    item = reward(price=40)
    redemption = redeem(bob, item, now=NOW + 2 * DAY)
    assert (giving.balance(bob), Reward.objects.get().stock) == (20, 0)
    with pytest.raises(ValidationError):
        redeeming.reject(redemption=redemption, by=bob, now=NOW, note="mine")
    late = NOW + 370 * DAY
    redeeming.reject(redemption=redemption, by=ann, now=late, note="Not made any more")
    assert (giving.balance(bob), Reward.objects.get().stock) == (60, 1)
    assert list(Lot.objects.values_list("remaining", flat=True)) == [30, 30]
    for act in (redeeming.approve, redeeming.fulfil, redeeming.reject):
        with pytest.raises(ValidationError):
            act(redemption=redemption, by=ann, now=late, note="again")
    assert lots.expire(now=late + 29 * DAY) == 0, "there is time to spend what came back"
    assert proving.findings() == []


def test_what_cannot_be_redeemed_says_why(catalogue):
    ann, bob = people(2)
    has(bob, 500)
    for changes, words in (
        ({"stock": 0}, "Nothing is left"),
        ({"retired_at": NOW}, "not offered any more"),
        ({"sites": ["Torino"]}, "at your site"),
        ({"managers_only": True}, "leads a team"),
        ({"price": 501}, "you hold 500"),
    ):
        with pytest.raises(ValidationError, match=words):
            redeem(bob, reward(**changes))
    once = reward(per_person=1, stock=None)
    redeem(bob, once)
    with pytest.raises(ValidationError, match="1 times a year"):
        redeem(bob, once)
    with pytest.raises(ValidationError):
        redeem(ann, once)


def test_a_voucher_is_handed_over_at_once_while_codes_are_there(catalogue):
    ann, bob = people(2)
    has(bob, 100)
    voucher = reward(kind="voucher", stock=None, approval=False, price=10)
    catalogue_of.add_codes(reward=voucher, text="ABC-1", by=ann)
    first, second = redeem(bob, voucher), redeem(bob, voucher)
    assert (first.state, redeeming.show_code(redemption=first, by=bob)) == (State.FULFILLED, "ABC-1")
    assert second.state == State.TO_FULFIL
    with pytest.raises(ValidationError, match="no free code"):
        redeeming.fulfil(redemption=second, by=ann, now=NOW)
    catalogue_of.add_codes(reward=voucher, text="ABC-2", by=ann)
    assert redeeming.fulfil(redemption=second, by=ann, now=NOW).state == State.FULFILLED
    assert proving.derived(Account.Kind.SPENT) == 20
    assert proving.findings() == []


# -- the proof -------------------------------------------------------------------------------------------------------


def test_ledger_check_finds_each_kind_of_wrong_figure(catalogue):
    ann, bob = people(2)
    give(ann, bob, points=10)
    has(bob, 50)
    redeem(bob, reward())
    out = StringIO()
    call_command("ledger", "check", stdout=out)
    assert out.getvalue().startswith("Right: ")
    for wrong in (
        lambda: Account.objects.filter(employee=bob, kind="personal").update(balance=11),
        lambda: Redemption.objects.update(price=41),
        lambda: Kudos.objects.update(points=9),
        lambda: Lot.objects.update(remaining=9),
    ):
        with transaction.atomic():
            wrong()
            with pytest.raises(CommandError):
                call_command("ledger", "check", stderr=StringIO())
            transaction.set_rollback(True)
    assert proving.findings() == []


def test_the_books_are_proved_once_a_night(catalogue):
    ann, bob = people(2)
    give(ann, bob, points=10)
    Account.objects.filter(employee=ann, kind="allowance").update(balance=77)
    assert tick.prove(now=dt.datetime(2026, 11, 21, 0, 30, tzinfo=dt.UTC)) is None, "half past one in Rome"
    night = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)
    assert tick.prove(now=night) is not None
    assert tick.prove(now=night) is None
    assert "kept 77, should be 90" in Proof.objects.get().findings[0]


SUNDAY_NIGHT = dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)  # Monday in Rome


def test_a_proof_that_a_dying_worker_left_is_made_by_another(catalogue, monkeypatch):
    ann, bob = people(2)
    give(ann, bob, points=10)
    Account.objects.filter(employee=ann, kind="allowance").update(balance=77)
    swept = []
    monkeypatch.setattr(tick.watching, "sweep", lambda *, today: swept.append(today))

    def dies(*, today):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(tick.watching, "sweep", dies)
        with pytest.raises(SystemExit):
            tick.prove(now=SUNDAY_NIGHT)
    assert not Proof.objects.get().done and Proof.objects.get().findings
    assert tick.prove(now=SUNDAY_NIGHT + dt.timedelta(minutes=20)) is None, "it may still be at it"
    assert tick.prove(now=SUNDAY_NIGHT + dt.timedelta(minutes=40)).done
    assert tick.prove(now=SUNDAY_NIGHT + dt.timedelta(minutes=80)) is None
    assert "kept 77, should be 90" in Proof.objects.get().findings[0]
    assert swept == [dt.date(2026, 11, 23)]


def test_patterns_are_looked_for_by_the_first_proof_of_the_week(catalogue, monkeypatch):
    """On Monday, or on the first day on which a worker runs again."""
    swept = []
    monkeypatch.setattr(tick.watching, "sweep", lambda *, today: swept.append(today.day))
    for day in (23, 24, 29, 30):
        tick.prove(now=dt.datetime(2026, 11, day, 1, 30, tzinfo=dt.UTC))
    tick.prove(now=dt.datetime(2026, 12, 9, 1, 30, tzinfo=dt.UTC))
    tick.prove(now=dt.datetime(2026, 12, 10, 1, 30, tzinfo=dt.UTC))
    assert swept == [23, 30, 9]
