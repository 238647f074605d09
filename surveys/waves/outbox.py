"""One sender for all mails that are rows of a room of their own: claimed, looked at once more, sent, marked.

What is the same for all of them stands here. They leave in working hours of the person's place, share the hands and the
rate of the survey mails (``senders``), go over one connection a batch, never to an address that came back, and each
refusal is filed: this mail's or the server's, for now or for good. A room says what is due, why a mail must not leave
any more and what it says.

A worker killed between the server's "accepted" and the mark sends that one mail twice, with the same Message-ID;
nothing is lost. Claims hold for ``stale``; a slow worker renews those of the rest of its batch long before, and whoever
lost a claim sends nothing of it.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, InterfaceError, OperationalError, connection, models, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from culture.people.models import Employee
from surveys.waves import hours, reach, senders, smtp
from surveys.waves.message_models import DeadAddress

DUE, CLAIMED, SENT, SKIPPED, FAILED = "due", "claimed", "sent", "skipped", "failed"
DAY = dt.timedelta(days=1)
FIRST_WAIT = dt.timedelta(minutes=5)
# Between two looks at whether the claims of a batch still hold, in seconds: far within every room's ``stale``.
RENEW = 45.0
# Batches of which nothing left (all moved to the morning, say) that are gone through at one call.
IN_VAIN = 20
LONGEST_ERROR = 60
# Seconds between tries, while a database restarts: a worker must not forget what it has just sent.
WHILE_RESTARTING = (0.2, 0.5, 1, 2, 4, 8, 15)
log = logging.getLogger("trivium.mail")


class Unwritable(Exception):
    """This mail will never be written; the reason is kept with it."""


# A mail that is a row.
R = TypeVar("R", bound=models.Model)


@dataclass
class Batch(Generic[R]):
    """What the mails of one batch share. ``token`` proves the claim; ``known`` is what the room looked up for all."""

    slot: int
    now: dt.datetime
    token: dt.datetime
    known: Any
    dead: dict[int, DeadAddress]
    server: Any = field(default_factory=get_connection)
    sent: int = 0
    renewed: float = field(default_factory=time.monotonic)


class Outbox(ABC, Generic[R]):
    """The mails of one room. Rows have ``state``, ``due_at``, ``claimed_at``, ``error`` and ``attempts``: how often one
    was taken, without those times for which it could do nothing.

    A room that keeps them otherwise says so in the second part.
    """

    model: type[Any]
    related: tuple[str, ...] = ("employee",)
    batch = 100
    stale = dt.timedelta(minutes=10)
    most_attempts = 6

    # -- what a room says --------------------------------------------------------------------------------------------

    def due(self, now: dt.datetime) -> QuerySet[Any]:
        """Mails that may leave."""
        return self.model.objects.filter(state=DUE, due_at__lte=now)

    def person(self, row: R) -> Employee:
        """Who gets it; without a query."""
        found: Employee = row.employee  # type: ignore[attr-defined]
        return found

    def prepare(self, rows: list[R], now: dt.datetime) -> Any:
        """What ``stopped`` and ``write`` need of all of them, looked up at once."""
        return None

    def stopped(self, row: R, known: Any, now: dt.datetime) -> str:
        """Why it must not leave any more; of who left or has no address that works it is known already."""
        return ""

    @abstractmethod
    def write(self, row: R, known: Any, now: dt.datetime) -> EmailMessage | None:
        """The mail; None when there is nothing to say any more. Raises Unwritable."""

    def settled(self, row: R, state: str, reason: str, now: dt.datetime) -> None:
        """In the transaction of the mark: it was sent, skipped, or failed for good."""

    def load(self, ids: Collection[int]) -> list[R]:
        """In the order in which they leave, with all that a mail needs."""
        return list(self.model.objects.filter(pk__in=ids).select_related(*self.related).order_by("due_at", "pk"))

    # -- how a room keeps them ---------------------------------------------------------------------------------------

    def anything_due(self, now: dt.datetime) -> bool:
        return self.due(now).exists() or self._stale(now).exists()

    def release_stale(self, now: dt.datetime) -> int:
        """Give back what a dead worker had claimed."""
        return int(self._stale(now).update(state=DUE, claimed_at=None))

    def _stale(self, now: dt.datetime) -> QuerySet[Any]:
        return self.model.objects.filter(state=CLAIMED, claimed_at__lt=now - self.stale)

    @transaction.atomic
    def claim(self, now: dt.datetime, limit: int) -> list[int]:
        """Take up to ``limit`` due mails that no other worker is taking."""
        due = self.due(now).order_by("due_at", "pk").select_for_update(skip_locked=True, of=("self",))
        ids = list(due.values_list("pk", flat=True)[:limit])
        mine = self.model.objects.filter(pk__in=ids)
        mine.update(state=CLAIMED, claimed_at=now, attempts=F("attempts") + 1)
        return ids

    @transaction.atomic
    def renew(self, ids: Collection[int], token: dt.datetime, new: dt.datetime) -> set[int]:
        """Hold the claims made with ``token`` for longer; those that are still there."""
        mine = self.model.objects.filter(pk__in=ids, state=CLAIMED, claimed_at=token)
        held = set(mine.select_for_update().values_list("pk", flat=True))
        self.model.objects.filter(pk__in=held).update(claimed_at=new)
        return held

    def give_back(self, row: R, due_at: dt.datetime, error: str, *, blamed: bool) -> None:
        """Due again; ``blamed``: for a fault of this mail's own, so that the try counts."""
        tries = F("attempts") if blamed else Greatest(F("attempts") - 1, 0)
        mine = self.model.objects.filter(pk=row.pk, state=CLAIMED)
        mine.update(state=DUE, claimed_at=None, due_at=due_at, error=error[:LONGEST_ERROR], attempts=tries)

    def mark(self, row: R, state: str, reason: str) -> bool:
        """Sent, skipped or failed; False if another worker had it meanwhile."""
        mine = self.model.objects.filter(pk=row.pk, state=CLAIMED)
        return bool(mine.update(state=state, claimed_at=None, error=reason[:LONGEST_ERROR]))

    # -- the same for all --------------------------------------------------------------------------------------------

    def send_due(self, *, now: dt.datetime) -> int:
        """Send a batch with a hand of the survey mails; returns how many left. Without a free hand: none, and later."""
        self.release_stale(now)
        slot = senders.take(now)
        if slot is None:
            return 0
        begun, sent = time.monotonic(), 0
        try:
            for _ in range(IN_VAIN):
                moment = now + dt.timedelta(seconds=time.monotonic() - begun)
                allowed = senders.allowance(slot, moment, self.batch)
                ids = self.claim(now, allowed) if allowed else []
                sent = self._send(ids, slot, now) if ids else 0
                if sent or not ids:
                    break
        except smtp.ServerDown as error:
            log.warning("%s mails wait: %s", self.model.__name__, error)
        finally:
            senders.give_back(slot)
        return sent

    def _send(self, ids: list[int], slot: int, now: dt.datetime) -> int:
        """How many left. Raises ServerDown if the server took none."""
        waiting = self.load(ids)[::-1]
        people = [self.person(row).pk for row in waiting]
        dead = {row.employee_id: row for row in DeadAddress.objects.filter(employee__in=people)}  # type: ignore[attr-defined]
        batch = Batch[R](slot, now, now, self.prepare(waiting, now), dead)
        try:
            while waiting := self._still_mine(waiting, batch):
                self._one(waiting.pop(), batch)
        except smtp.ServerDown as error:
            # A server that took some and then hung up (many limit mails per connection) takes the rest at once.
            later = now if batch.sent else now + FIRST_WAIT
            for row in reversed(waiting):
                self.give_back(row, later, str(error), blamed=False)
            if not batch.sent:
                raise
        finally:
            with suppress(OSError, smtplib.SMTPException):
                batch.server.close()
        return batch.sent

    def _still_mine(self, rows: list[R], batch: Batch[R]) -> list[R]:
        """Those whose claim holds, renewed where it was made a while ago."""
        if not rows or time.monotonic() - batch.renewed < RENEW:
            return rows
        moment = timezone.now()
        held = self.renew([row.pk for row in rows], batch.token, moment)
        senders.allowance(batch.slot, moment, 0)
        batch.token, batch.renewed = moment, time.monotonic()
        return [row for row in rows if row.pk in held]

    def _one(self, row: R, batch: Batch[R]) -> None:
        person, now = self.person(row), batch.now
        if reason := _unreachable(person, batch.dead.get(person.pk), now) or self.stopped(row, batch.known, now):
            self._settle(row, SKIPPED, reason, now)
            return
        free = hours.next_working(now, person.time_zone)
        if free is None or free > now:
            self.give_back(row, free or now + DAY, "", blamed=False)
            return
        mail = self._written(row, batch)
        if mail is not None and self._handed_over(mail, row, batch):
            # It has left: that is kept, whatever happens to the database.
            _patiently(lambda: self._settle(row, SENT, "", now))
            batch.sent += 1

    def _written(self, row: R, batch: Batch[R]) -> EmailMessage | None:
        """None where there is nothing to send; then that is filed."""
        try:
            mail = self.write(row, batch.known, batch.now)
        except DatabaseError:
            raise
        except Unwritable as error:
            self._failed(row, str(error), batch.now, final=True)
        except Exception as error:
            # One mail that cannot be written must not hold up the others, nor come again for ever.
            log.exception("A mail of %s could not be written", self.model.__name__)
            self._failed(row, type(error).__name__, batch.now, final=False)
        else:
            if mail is None:
                self._settle(row, SKIPPED, "nothing to say any more", batch.now)
            return mail
        return None

    def _handed_over(self, mail: EmailMessage, row: R, batch: Batch[R]) -> bool:
        """Raises ServerDown when the fault is not this mail's."""
        try:
            # Opened here, it stays open: a backend that opens it itself closes it after each mail.
            batch.server.open()
            batch.server.send_messages([mail])
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with one mail is recorded with it
            verdict = smtp.judge(error)
            text = "broken address" if isinstance(error, ValueError) else str(verdict.code or type(error).__name__)
            if verdict.server:
                later = batch.now if batch.sent else batch.now + FIRST_WAIT
                self.give_back(row, later, text, blamed=False)
                raise smtp.ServerDown(text) from error
            if verdict.no_mailbox:
                reach.mark_dead(self.person(row), code=str(verdict.code), since=timezone.localdate(batch.now))
            self._failed(row, text, batch.now, final=verdict.for_good)
            return False
        return True

    def _failed(self, row: R, text: str, now: dt.datetime, *, final: bool) -> None:
        tries: int = row.attempts  # type: ignore[attr-defined]
        if final or tries >= self.most_attempts:
            self._settle(row, FAILED, text, now)
        else:
            self.give_back(row, now + FIRST_WAIT * 2**tries, text, blamed=True)

    @transaction.atomic
    def _settle(self, row: R, state: str, reason: str, now: dt.datetime) -> None:
        if self.mark(row, state, reason):
            self.settled(row, state, reason, now)


def _unreachable(person: Employee, dead: DeadAddress | None, now: dt.datetime) -> str:
    if not person.is_here(timezone.localdate(now)) or not person.is_active:
        return "left"
    if not person.email:
        return "no address"
    return "address dead" if reach.is_dead(person, dead) else ""


def _patiently(work: Callable[[], None]) -> None:
    for pause in WHILE_RESTARTING:
        try:
            return work()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    return work()
