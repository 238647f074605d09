"""Points: no path leads below zero, and every kept figure is what the ledger says."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import correcting, giving, ledger, lots, proving, redeeming, settling, tick
from programs.recognition.ledger import Before, Caps, Every, Held, Refusal
from programs.recognition.models import Account, Kudos, LedgerEntry
from programs.recognition.point_models import AllowanceRule, Lot, PointRules, Proof
from programs.recognition.reward_models import Redemption, Reward, RewardCode
from tests.programs.thanks import LATER, thank

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
State = Redemption.State


def people(count: int) -> list[Employee]:
    return [Employee.objects.create_user(number=f"L{n}", given_name="P", family_name=str(n)) for n in range(count)]


def give(giver: Employee, *receivers: Employee, points: int, now: dt.datetime = NOW, **more) -> Kudos:
    return thank(giver, *receivers, points=points, now=now, **more)


def has(person: Employee, points: int, now: dt.datetime = NOW) -> Employee:
    """``person`` holds ``points`` of his own."""
    boss = Employee.objects.filter(number="BOSS").first() or Employee.objects.create_user(number="BOSS")
    correcting.correct(employee=person, points=points, note="for the test", by=boss, now=now)
    return person


def reward(**changes) -> Reward:
    return Reward.objects.create(**{"kind": "goods", "name": {"en": "Mug"}, "price": 40, "stock": 1, **changes})


def redeem(person: Employee, what: Reward, now: dt.datetime = NOW, **more) -> Redemption:
    return redeeming.redeem(employee=person, reward=what, key=more.pop("key", uuid.uuid4()), now=now, **more)


# -- the rules alone -------------------------------------------------------------------------------------------------

TIGHT = Caps(per_gift=10, pair_points=15, pair_gifts=3, team_share=20)


@pytest.mark.parametrize(
    ("points", "before", "expected"),
    [
        (10, Before(), None),
        (11, Before(), (Refusal.TOO_MUCH, 10)),
        (-1, Before(), (Refusal.NEGATIVE, 0)),
        (6, Before(10, 1, 10), (Refusal.PAIR_POINTS, 5)),
        (5, Before(10, 1, 10), None),
        (1, Before(15, 2, 15), (Refusal.PAIR_POINTS, 0)),
        (0, Before(15, 2, 15), None),
        (0, Before(15, 3, 15), (Refusal.PAIR_GIFTS, 3)),
        (9, Before(0, 0, 12), (Refusal.TEAM_SHARE, 8)),
        (8, Before(0, 0, 12), None),
    ],
)
def test_caps_of_one_pair_and_one_team(points, before, expected):
    found = ledger.denied(giver=1, receiver=2, points=points, caps=TIGHT, before=before, allowance=100)
    assert (found and (found.why, found.limit)) == expected
    assert ledger.denied(giver=2, receiver=2, points=0, caps=TIGHT, before=before).why is Refusal.ONESELF


def test_fifty_to_three_people_take_a_hundred_and_fifty():
    assert ledger.beyond(points=50, receivers=3, left=150) is None
    assert ledger.beyond(points=50, receivers=3, left=149).limit == 49


def test_a_movement_moves_something_between_two():
    for source, target, amount in [(1, 1, 5), (1, 2, 0), (1, 2, -1)]:
        with pytest.raises(ValueError):
            ledger.Movement(source, target, amount)


@pytest.mark.parametrize(
    ("joined", "expected"),
    [(None, 130), (dt.date(2026, 1, 1), 130), (dt.date(2026, 11, 1), 130), (dt.date(2026, 11, 16), 65),
     (dt.date(2026, 11, 30), 5), (dt.date(2026, 12, 1), 0)],
)  # fmt: skip
def test_who_joins_within_the_month_gets_his_share(joined, expected):
    begins = dt.date(2026, 11, 1)
    month = {"base": 100, "per_report": 10, "reports": 3, "begins": begins, "ends": ledger.period_end(begins)}
    assert ledger.allowance(**month, joined=joined) == expected


def test_quarters():
    assert ledger.period_of(dt.date(2026, 11, 20), Every.QUARTER) == dt.date(2026, 10, 1)
    assert ledger.period_end(dt.date(2026, 10, 1), Every.QUARTER) == dt.date(2026, 12, 31)


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(1, 120))
def test_lots_are_spent_first_in_first_out_and_never_beyond(held, amount):
    rows = [Held(number, points) for number, points in enumerate(held)]
    if amount > sum(held):
        with pytest.raises(ValueError):
            ledger.take(rows, amount)
        return
    taken = dict(ledger.take(rows, amount))
    assert sum(taken.values()) == amount
    assert all(0 < part <= held[lot] for lot, part in taken.items())
    if taken:
        assert all(taken.get(lot, 0) == held[lot] for lot in range(max(taken))), "none is skipped"


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
    RewardCode.objects.create(reward=voucher, code="ABC-1")
    first, second = redeem(bob, voucher), redeem(bob, voucher)
    assert (first.state, first.voucher.code) == (State.FULFILLED, "ABC-1")
    assert second.state == State.TO_FULFIL
    with pytest.raises(ValidationError, match="no free code"):
        redeeming.fulfil(redemption=second, by=ann, now=NOW)
    RewardCode.objects.create(reward=voucher, code="ABC-2")
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


def test_any_sequence_keeps_the_books(catalogue):
    crowd = people(3)
    clerk = Employee.objects.create_user(number="CLERK")

    class Points(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.item = reward(stock=2, price=15)
            self.now = NOW
            self.own = {p.pk: 0 for p in crowd}
            self.coming: list[tuple[Kudos, dict[int, int]]] = []

        def teardown(self):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

        def _settle(self):
            settling.settle(now=self.now)
            arrived = [one for one in self.coming if one[0].at < self.now - dt.timedelta(minutes=15)]
            self.coming = [one for one in self.coming if one not in arrived]
            for _, parts in arrived:
                for person, points in parts.items():
                    self.own[person] += points

        @rule(minutes=st.sampled_from([1, 10, 20, 60 * 24 * 9]))
        def time_passes(self, minutes):
            self.now += dt.timedelta(minutes=minutes)
            self._settle()
            settling.lapse(now=self.now)

        @rule(a=st.integers(0, 2), to=st.sets(st.integers(0, 2), min_size=1), points=st.integers(-2, 55))
        def gift(self, a, to, points):
            giver, receivers = crowd[a], [crowd[n] for n in sorted(to)]
            before = giving.left(giver, self.now)
            allowed = a not in to and 0 <= points <= 50 and points * len(to) <= before
            try:
                kudos = give(giver, *receivers, points=points, now=self.now)
            except ValidationError:
                assert not allowed or Kudos.objects.count() >= 2, "only caps of the pair may refuse now"
            else:
                assert allowed
                assert giving.left(giver, self.now) == before - points * len(to)
                self.coming.append((kudos, {one.pk: points for one in receivers}))

        @rule(which=st.integers(0, 5))
        def withdraw(self, which):
            if which < len(self.coming):
                kudos, _ = self.coming.pop(which)
                settling.withdraw(kudos=kudos, by=kudos.giver, now=kudos.at)

        @rule(a=st.integers(0, 2))
        def redeems(self, a):
            self.item.refresh_from_db()
            person, possible = crowd[a], self.own[crowd[a].pk] >= 15 and self.item.stock
            try:
                redeem(person, self.item, now=self.now)
            except ValidationError:
                assert not possible
            else:
                assert possible
                self.own[person.pk] -= 15

        @rule(act=st.sampled_from(["approve", "fulfil", "reject", "cancel"]), which=st.integers(0, 3))
        def decides(self, act, which):
            row = list(Redemption.objects.order_by("pk")[which : which + 1])
            if not row:
                return
            by = row[0].employee if act == "cancel" else clerk
            try:
                done = getattr(redeeming, act)(redemption=row[0], by=by, now=self.now, note="so")
            except ValidationError:
                return
            if done.state in {State.REJECTED, State.CANCELLED} and row[0].state in Redemption.OPEN:
                self.own[done.employee_id] += 15

        @rule(years=st.sampled_from([1, 3]))
        def lots_lapse(self, years):
            if lots.expire(now=self.now + 366 * years * DAY):
                self.own = {p.pk: giving.balance(p) for p in crowd}

        @invariant()
        def books_are_right(self):
            assert proving.findings() == []
            assert {p.pk: giving.balance(p) for p in crowd} == self.own

    quick = settings(max_examples=25, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Points, settings=quick)


# -- all at once -----------------------------------------------------------------------------------------------------


@pytest.fixture
def real_database(transactional_db):
    load_catalogue()


def in_threads(jobs):
    start = threading.Barrier(min(len(jobs), 20))

    def run(numbered):
        number, job = numbered
        if number < 20:
            start.wait()
        try:
            return job()
        except ValidationError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(run, enumerate(jobs)))


def test_a_hundred_gifts_at_once_never_overdraw(real_database):
    ann, *others = people(6)
    done = in_threads([lambda n=n: give(ann, others[n % 5], points=7) for n in range(100)])
    assert sum(kudos is not None for kudos in done) == 14
    assert giving.left(ann, NOW) == 2
    assert proving.findings() == []


def test_crossing_gifts_that_arrive_meanwhile_neither_lock_nor_drift(real_database):
    crowd = people(4)
    pairs = [(a, b) for a in crowd for b in crowd if a != b]
    jobs = [lambda a=a, b=b: give(a, b, points=3) for a, b in pairs * 5]
    jobs[10:10] = [lambda: settling.settle(now=NOW + LATER) for _ in range(10)]
    in_threads(jobs)
    settling.settle(now=NOW + LATER)
    assert {giving.left(one, NOW) for one in crowd} == {100 - 45}
    assert {giving.balance(one) for one in crowd} == {45}
    assert proving.findings() == []


def test_one_key_from_many_tabs_gives_once(real_database):
    ann, bob = people(2)
    key = uuid.uuid4()
    done = in_threads([lambda: give(ann, bob, points=5, key=key) for _ in range(20)])
    assert {kudos.pk for kudos in done} == {Kudos.objects.get().pk}
    assert giving.left(ann, NOW) == 95


def test_withdrawing_while_it_arrives_ends_with_one_of_them(real_database):
    ann, bob = people(2)
    kudos = give(ann, bob, points=5)
    edge = NOW + dt.timedelta(minutes=15)
    jobs = [lambda: settling.withdraw(kudos=kudos, by=ann, now=edge), lambda: settling.settle(now=NOW + LATER)]
    in_threads(jobs * 4)
    kudos.refresh_from_db()
    assert (kudos.state, giving.balance(bob)) in {("withdrawn", 0), ("settled", 5)}
    assert proving.findings() == []


def test_the_last_item_goes_to_one_and_two_tabs_redeem_once(real_database):
    ann, bob = (has(one, 100) for one in people(2))
    item, many, key = reward(stock=1), reward(stock=None), uuid.uuid4()
    done = in_threads([lambda who=who: redeem(who, item) for who in (ann, bob) * 5])
    assert sum(one is not None for one in done) == 1
    winner = Redemption.objects.get().employee
    loser = bob if winner == ann else ann
    in_threads([lambda: redeem(loser, many, key=key) for _ in range(10)])
    assert giving.balance(loser) == 60
    assert proving.findings() == []


def test_redeem_cancel_approve_and_reject_at_once(real_database):
    ann, bob, cid = people(3)
    redemption = redeem(has(ann, 100), reward())
    acts = [
        lambda: redeeming.cancel(redemption=redemption, by=ann, now=NOW),
        lambda: redeeming.approve(redemption=redemption, by=bob, now=NOW),
        lambda: redeeming.approve(redemption=redemption, by=cid, now=NOW),
        lambda: redeeming.reject(redemption=redemption, by=bob, now=NOW, note="no"),
        lambda: redeeming.fulfil(redemption=redemption, by=cid, now=NOW),
    ]
    in_threads(acts * 3)
    redemption.refresh_from_db()
    assert redemption.steps.filter(state=State.TO_FULFIL).count() <= 1
    back = {State.CANCELLED: 100, State.REJECTED: 100, State.FULFILLED: 60}
    assert giving.balance(ann) == back[redemption.state]
    assert proving.findings() == []
