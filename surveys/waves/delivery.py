"""Sending invitations and reminders: each message is a row, claimed, sent, marked in a commit of its own.

The statement that marks one message also proves the claim on the next and sees how things stand with it, so that a
message costs one statement and one commit. A worker killed between the server's "accepted" and the mark sends that one
message twice; nothing is lost. Claims hold for ``STALE``; a slow worker renews those of the rest of its batch long
before.

These commits do not wait for the disk (4 ms each would halve the pace); the last one of a batch does, and with it all
before it are safe. A PostgreSQL that dies takes the marks of its last half second along: the worker still knows them
and writes them again. Only if both die at once (no power) are those few mails sent twice, with the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.utils import timezone

from culture.people.models import Employee
from surveys.waves import keys, reach, routing, smtp, webhooks
from surveys.waves.mails import Mail, Writer
from surveys.waves.models import Message, Wave
from surveys.waves.routing import Parcel
from surveys.waves.smtp import ServerDown

BATCH = 200
# Longer than one mail can take with every answer of its server just in time (each may take EMAIL_TIMEOUT).
STALE = dt.timedelta(minutes=4)
RENEW = dt.timedelta(seconds=45)
ATTEMPTS = 8
FIRST_WAIT = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=6)
# Seconds between tries, together a minute.
WHILE_RESTARTING = (0.2, 0.5, 1, 2, 4, 8, 15, 30)


@dataclass
class Report:
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    later: int = 0
    moved: int = 0

    @property
    def progress(self) -> int:
        """Without any, asking at once for more would only turn in circles."""
        return self.sent + self.skipped + self.failed + self.moved


# In this order the index of waiting messages answers, whatever the planner thinks of the sizes; a join would have it
# walk all invitations of the open waves.
WAITING = """
    SELECT m.id FROM surveys_message m
    WHERE m.state = 'due' AND m.due_at <= %(now)s::timestamptz
        AND (m.retry_at IS NULL OR m.retry_at <= %(now)s::timestamptz)
        AND (SELECT i.wave_id FROM surveys_invitation i WHERE i.id = m.invitation_id) = ANY(%(waves)s::bigint[])
    ORDER BY m.due_at, m.id LIMIT %(limit)s
"""
CLAIM = f"""
    WITH picked AS ({WAITING} FOR UPDATE OF m SKIP LOCKED)
    UPDATE surveys_message SET state = 'claimed', claimed_at = %(now)s::timestamptz
    FROM picked WHERE surveys_message.id = picked.id RETURNING surveys_message.due_at, surveys_message.id
"""


def _of_open_waves(sql: str, now: dt.datetime, limit: int) -> list[tuple[Any, ...]]:
    waves = list(Wave.objects.filter(state=Wave.State.OPEN, mails_paused=False).values_list("pk", flat=True))
    if not waves:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": now, "waves": waves, "limit": limit})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def anything_due(now: dt.datetime) -> bool:
    """Whether a message of an open wave may be sent now."""
    return bool(_of_open_waves(WAITING, now, 1))


def release_stale(now: dt.datetime) -> int:
    """Give back what a dead worker had claimed."""
    return Message.objects.filter(state=Message.State.CLAIMED, claimed_at__lt=now - STALE).update(
        state=Message.State.DUE, claimed_at=None
    )


def drop_ended() -> int:
    """What was still to be sent of waves that ended. (A claimed one is skipped by whoever holds it.)

    A wave counts as done with once no worker holds any of its messages: such a one could yet come back as due.
    """
    ended = [Wave.State.CLOSED, Wave.State.RELEASED, Wave.State.CANCELLED]
    waves = list(Wave.objects.filter(state__in=ended, mails_dropped=False).values_list("pk", flat=True))
    if not waves:
        return 0
    mine = Message.objects.filter(invitation__wave__in=waves)
    held = set(mine.filter(state=Message.State.CLAIMED).values_list("invitation__wave", flat=True))
    dropped = mine.filter(state=Message.State.DUE).update(state=Message.State.SKIPPED, retry_at=None, error="")
    Wave.objects.filter(pk__in=set(waves) - held).update(mails_dropped=True)
    return dropped


def claim(now: dt.datetime, limit: int) -> list[int]:
    """Take up to ``limit`` due messages that no other worker is taking."""
    return [pk for _due_at, pk in sorted(_of_open_waves(CLAIM, now, limit))]


def send_due(*, now: dt.datetime, limit: int = BATCH) -> Report:
    """Send up to ``limit`` due messages over one connection."""
    report = Report()
    release_stale(now)
    if ids := claim(now, limit):
        parcels = _sorted_out(routing.parcels(ids, now), report, now)
        _send(parcels, Batch(report, now))
    return report


def _sorted_out(parcels: list[Parcel], report: Report, now: dt.datetime) -> list[Parcel]:
    """Those that shall leave now. The others are skipped or moved to when they may."""
    ready = []
    for parcel in parcels:
        reason, later = routing.judge(parcel, now)
        if reason:
            _give_up([parcel.message_id], Message.State.SKIPPED, reason)
            report.skipped += 1
        elif later is not None:
            claimed = Message.objects.filter(pk=parcel.message_id, state=Message.State.CLAIMED)
            claimed.update(state=Message.State.DUE, claimed_at=None, due_at=later)
            report.moved += 1
        else:
            ready.append(parcel)
    return ready


@dataclass
class Batch:
    """What the messages of one batch share: the connection, the rendered forms, and the mark still to be written.

    ``renewed`` is when the claims of the batch were last made sure of, by this machine's clock.
    """

    report: Report
    now: dt.datetime
    writer: Writer = field(default_factory=Writer)
    server: Any = field(default_factory=get_connection)
    sent: Parcel | None = None
    done: list[int] = field(default_factory=list)
    claimed_at: dt.datetime | None = None
    renewed: dt.datetime = field(default_factory=timezone.now)

    TAKE = """
        WITH done AS (
            UPDATE surveys_message SET state = 'sent', channel = %s, attempts = attempts + 1,
                claimed_at = NULL, retry_at = NULL, error = ''
            WHERE id = %s::bigint AND state IN ('claimed', 'due')
        )
        SELECT i.state, w.state, w.closes_on, w.mails_paused, (SELECT set_config('synchronous_commit', 'off', true))
        FROM surveys_message m
            JOIN surveys_invitation i ON i.id = m.invitation_id JOIN surveys_wave w ON w.id = i.wave_id
        WHERE m.id = %s::bigint AND m.state = 'claimed' AND m.claimed_at = %s::timestamptz
    """

    def take(self, parcel: Parcel) -> tuple[Any, ...] | None:
        """Mark the message sent before, make sure of this one, and see how things stand: one commit.

        None if the claim ran out: a slow worker must not send what another sends now.
        """
        before = self.sent
        values = [
            before.channel if before else "",
            before.message_id if before else None,
            parcel.message_id,
            self.claimed_at or parcel.claimed_at,
        ]
        row: tuple[Any, ...] | None = self._patiently(lambda: self._fetch(values))
        self.sent = None
        return row[:-1] if row else None

    def _fetch(self, values: list[Any]) -> tuple[Any, ...] | None:
        # Past Django's cursor, which would have the statement planned anew for each mail. Behind a pooler that hands
        # connections round (Django's own word for it is this setting) there is no such memory.
        prepare = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        with connection.cursor() as cursor, connection.wrap_database_errors:
            row: tuple[Any, ...] | None = cursor.cursor.execute(self.TAKE, values, prepare=prepare).fetchone()
        return row

    def keep(self, rest: list[Parcel]) -> None:
        """Renew the claims of what is still to be sent, if they were made a while ago."""
        moment = timezone.now()
        if not rest or abs(moment - self.renewed) < RENEW:
            return
        mine = Message.objects.filter(
            pk__in=[parcel.message_id for parcel in rest],
            state=Message.State.CLAIMED,
            claimed_at=self.claimed_at or rest[0].claimed_at,
        )
        self._patiently(lambda: mine.update(claimed_at=moment))
        self.claimed_at = self.renewed = moment

    def _patiently(self, work: Callable[[], Any]) -> Any:
        """A database that restarts must not make this worker forget what it has just sent."""
        for pause in WHILE_RESTARTING:
            try:
                return work()
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block:
                    raise
                connection.close()
                time.sleep(pause)
                with suppress(OperationalError, InterfaceError):
                    self._mark_sent()
        return work()

    def _mark_sent(self) -> None:
        """Waits for the disk. Those marked already are left as they are: one may have bounced meanwhile."""
        waiting = Message.objects.filter(pk__in=self.done, state__in=[Message.State.CLAIMED, Message.State.DUE])
        # The moments go with the mark.
        waiting.update(state=Message.State.SENT, attempts=F("attempts") + 1, claimed_at=None, retry_at=None, error="")

    def hand_over(self, mail: Mail) -> None:
        """Give it to the mail server, or to whatever stands in for one."""
        self.server.open()
        if isinstance(self.server, EmailBackend) and self.server.connection is not None:
            smtp.send(self.server.connection, self.writer.bounces_to, mail.to[0], mail.raw)
        else:
            self.server.send_messages([mail])

    def flush(self) -> None:
        """Mark the last one, and have all that was marked on the disk."""
        if self.done:
            self._patiently(self._mark_sent)
            self.sent = None


def _send(parcels: list[Parcel], batch: Batch) -> None:
    waiting = list(reversed(parcels))
    try:
        while waiting:
            batch.keep(waiting)
            _deliver(waiting.pop(), batch)
        batch.flush()
    except ServerDown as error:
        # A server that took some and then hung up (many limit mails per connection) takes the rest at once.
        wait = dt.timedelta() if batch.report.sent else FIRST_WAIT
        _back_off([parcel.message_id for parcel in waiting], batch.now + wait, str(error))
        batch.report.later += len(waiting)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            batch.server.close()


def _deliver(parcel: Parcel, batch: Batch) -> None:
    fresh = batch.take(parcel)
    if fresh is None:
        return
    if reason := routing.stopped(parcel, fresh, batch.now):
        state = Message.State.DUE if reason == routing.PAUSED else Message.State.SKIPPED
        _give_up([parcel.message_id], state, "" if reason == routing.PAUSED else reason)
        batch.report.skipped += 1
        return
    try:
        if parcel.channel == Message.Channel.CHAT:
            webhooks.send_personal(parcel, batch.writer)
        else:
            batch.hand_over(batch.writer.write(parcel.letter))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one mail is recorded with it
        _refused(parcel, error, batch)
        return
    batch.sent = parcel
    batch.done.append(parcel.message_id)
    batch.report.sent += 1


def _refused(parcel: Parcel, error: Exception, batch: Batch) -> None:
    """File the refusal: for good, for later, or the whole server's (then the batch stops)."""
    attempts = parcel.attempts + 1
    Message.objects.filter(pk=parcel.message_id).update(attempts=attempts)
    verdict = _verdict(error)
    lasting = verdict.for_good or attempts >= ATTEMPTS
    if lasting and not verdict.server and not isinstance(error, keys.KeyMissing):
        _give_up([parcel.message_id], Message.State.FAILED, verdict.text)
        if verdict.no_mailbox:
            _mark_dead(parcel, verdict.code)
        batch.report.failed += 1
        return
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 8))
    _back_off([parcel.message_id], batch.now + wait, verdict.text)
    batch.report.later += 1
    if verdict.server:
        raise ServerDown(verdict.text) from error


def _verdict(error: Exception) -> smtp.Verdict:
    """Of a mail as of a chat tool, whose answers speak of this message only."""
    if isinstance(error, webhooks.Undelivered):
        text = f"{error.status or ''} {type(error).__name__}".strip()
        return smtp.Verdict(error.status, False, not error.temporary, False, text)
    return smtp.judge(error)


def _mark_dead(parcel: Parcel, code: int) -> None:
    employee = Employee.objects.filter(pk=parcel.employee_id, email=parcel.letter.email).first()
    if employee is not None:
        reach.mark_dead(employee, code=str(code), since=parcel.opened_on)


def _back_off(ids: list[int], until: dt.datetime, text: str) -> None:
    Message.objects.filter(pk__in=ids, state=Message.State.CLAIMED).update(
        state=Message.State.DUE, claimed_at=None, retry_at=until, error=text[:300]
    )


def _give_up(ids: list[int], state: str, reason: str) -> None:
    Message.objects.filter(pk__in=ids, state=Message.State.CLAIMED).update(
        state=state, claimed_at=None, retry_at=None, error=reason[:300]
    )


def compose(message: Message) -> Mail:
    """The mail of one message, as it would leave."""
    related = Message.objects.select_related("invitation__employee", "invitation__wave__series")
    return Writer().write(routing.letter_of(related.get(pk=message.pk)))
