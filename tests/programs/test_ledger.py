"""Points: no path leads below zero, and every balance is what the ledger says."""

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
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import giving, ledger, queries
from programs.recognition.models import Account, Kudos, LedgerEntry

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def people(count: int) -> list[Employee]:
    return [Employee.objects.create_user(number=f"L{n}", given_name="P", family_name=str(n)) for n in range(count)]


def give(giver: Employee, receiver: Employee, points: int, key: uuid.UUID | None = None, **more) -> Kudos:
    fields = {
        "behaviour": Behaviour.objects.get(code="A1"),
        "story": "Helped me.",
        "public": True,
        "now": NOW,
        "key": key or uuid.uuid4(),
        **more,
    }
    return giving.give(giver=giver, receiver=receiver, points=points, **fields)


@pytest.mark.parametrize(
    ("giver", "receiver", "points", "left", "expected"),
    [
        (1, 2, 1, 1, None),
        (1, 2, 50, 100, None),
        (1, 1, 10, 100, ledger.Refusal.ONESELF),
        (1, 2, 0, 100, ledger.Refusal.NOTHING),
        (1, 2, -5, 100, ledger.Refusal.NOTHING),
        (1, 2, 51, 100, ledger.Refusal.TOO_MUCH),
        (1, 2, 11, 10, ledger.Refusal.BEYOND),
    ],
)
def test_why_a_gift_is_refused(giver, receiver, points, left, expected):
    assert ledger.refusal(giver=giver, receiver=receiver, points=points, left=left) == expected


def test_a_movement_moves_something_between_two():
    for source, target, amount in [(1, 1, 5), (1, 2, 0), (1, 2, -1)]:
        with pytest.raises(ValueError):
            ledger.Movement(source, target, amount)


def test_a_gift_moves_points_from_the_allowance_to_the_receiver(db):
    load_catalogue()
    ann, bob = people(2)
    kudos = give(ann, bob, 30)
    assert giving.allowance(ann, NOW) == 70
    assert giving.balance(bob, NOW) == 30
    assert list(kudos.entries.values_list("amount", "reason")) == [(30, "kudos")]
    assert giving.allowance(bob, NOW) == 100
    assert giving.allowance(ann, NOW + dt.timedelta(days=20)) == 100, "a new month brings a new allowance"


def test_the_same_key_twice_gives_once(db):
    load_catalogue()
    ann, bob = people(2)
    key = uuid.uuid4()
    assert give(ann, bob, 10, key) == give(ann, bob, 10, key)
    assert Kudos.objects.count() == 1
    assert giving.balance(bob, NOW) == 10
    with pytest.raises(ValidationError):
        give(bob, ann, 10, key)


@pytest.mark.parametrize("points", [0, -1, 51])
def test_refused_points_write_nothing(db, points):
    load_catalogue()
    ann, bob = people(2)
    with pytest.raises(ValidationError) as refused:
        give(ann, bob, points)
    assert list(refused.value.message_dict) == ["points"]
    assert not Account.objects.exists()


def test_only_an_attitude_is_thanked_for(db):
    load_catalogue()
    ann, bob = people(2)
    with pytest.raises(ValidationError):
        give(ann, bob, 5, behaviour=Behaviour.objects.get(code="N1"))
    with pytest.raises(ValidationError):
        give(ann, bob, 5, story="   ")


def test_the_database_refuses_a_negative_balance_and_a_rewritten_entry(db):
    load_catalogue()
    ann, bob = people(2)
    give(ann, bob, 10)
    for attempt in (
        lambda: Account.objects.filter(employee=bob).update(balance=-1),
        lambda: LedgerEntry.objects.update(amount=1),
        lambda: LedgerEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_ledger_check_finds_a_wrong_balance(db):
    load_catalogue()
    ann, bob = people(2)
    give(ann, bob, 10)
    out = StringIO()
    call_command("ledger", "check", stdout=out)
    assert out.getvalue().startswith("Right: 3 balances, 2 ledger entries")
    Account.objects.filter(employee=bob).update(balance=11)
    with pytest.raises(CommandError):
        call_command("ledger", "check", stderr=StringIO())


def test_any_sequence_of_gifts_keeps_the_books(db):
    load_catalogue()
    crowd = people(3)

    class Gifts(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.left = {(p.pk, m): 100 for p in crowd for m in (0, 1)}
            self.got = {p.pk: 0 for p in crowd}

        def teardown(self):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

        @rule(a=st.integers(0, 2), b=st.integers(0, 2), points=st.integers(-2, 60), month=st.integers(0, 1))
        def gift(self, a, b, points, month):
            giver, receiver = crowd[a], crowd[b]
            allowed = a != b and 1 <= points <= min(50, self.left[giver.pk, month])
            try:
                give(giver, receiver, points, now=NOW + dt.timedelta(days=30 * month))
            except ValidationError:
                assert not allowed
            else:
                assert allowed
                self.left[giver.pk, month] -= points
                self.got[receiver.pk] += points

        @invariant()
        def books_are_right(self):
            assert queries.ledger_drifts() == []
            assert {p.pk: giving.balance(p, NOW) for p in crowd} == self.got
            for (pk, month), left in self.left.items():
                one = next(p for p in crowd if p.pk == pk)
                assert giving.allowance(one, NOW + dt.timedelta(days=30 * month)) == left

    quick = settings(max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Gifts, settings=quick)


@pytest.fixture
def real_database(transactional_db):
    """The flush after the test truncates, which append-only tables refuse while their triggers stand."""
    yield
    tables = ["programs_ledgerentry", "culture_auditentry"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    Kudos.objects.all().delete()
    Account.objects.all().delete()


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
    load_catalogue()
    ann, *others = people(6)
    done = in_threads([lambda n=n: give(ann, others[n % 5], 7) for n in range(100)])
    assert sum(kudos is not None for kudos in done) == 14
    assert giving.allowance(ann, NOW) == 2
    assert queries.ledger_drifts() == []


def test_gifts_crossing_each_other_neither_lock_nor_drift(real_database):
    load_catalogue()
    crowd = people(4)
    pairs = [(a, b) for a in crowd for b in crowd if a != b]
    done = in_threads([lambda a=a, b=b: give(a, b, 3) for a, b in pairs * 5])
    assert all(done)
    assert {giving.allowance(one, NOW) for one in crowd} == {100 - 45}
    assert queries.ledger_drifts() == []


def test_one_key_from_many_tabs_gives_once(real_database):
    load_catalogue()
    ann, bob = people(2)
    key = uuid.uuid4()
    done = in_threads([lambda: give(ann, bob, 5, key) for _ in range(20)])
    assert {kudos.pk for kudos in done} == {Kudos.objects.get().pk}
    assert giving.balance(bob, NOW) == 5
