"""Any sequence of gifts, withdrawals, redemptions and expiries keeps the books; so do many at once."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from culture.framework.loading import load_catalogue
from culture.people.models import Employee
from programs.recognition import giving, lots, posting, proving, redeeming, settling
from programs.recognition.models import Kudos
from programs.recognition.reward_models import Redemption
from tests.programs.ledger_world import DAY, NOW, give, has, people, redeem, reward
from tests.programs.thanks import LATER

State = Redemption.State


@pytest.fixture
def catalogue(db):
    load_catalogue()


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


def test_more_accounts_than_one_statement_looks_for_are_locked_all_the_same(real_database, monkeypatch):
    """Some have no row yet; half of the threads ask for them in the opposite order."""
    monkeypatch.setattr(posting, "FEW", 2)
    monkeypatch.setattr(posting, "PART", 3)
    places = [posting.Place("personal", one.pk) for one in people(7)]
    in_threads([lambda: _locked(places[:2])])

    done = in_threads([lambda n=n: _locked(places if n % 2 else places[::-1]) for n in range(12)])
    assert len({tuple(sorted(account.pk for account in one.values())) for one in done}) == 1
    assert all(set(one) == set(places) for one in done)


@transaction.atomic
def _locked(places):
    return posting.lock(*places)


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
