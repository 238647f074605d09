"""What HR does with a wave: hold back, pause its mails, extend, close, cancel; and what the tick gives up as missed."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.waves import hours, keys, opening, partitions, schedule
from surveys.waves.models import Invitation, Message, Series, UnitMerge, Wave
from surveys.waves.series_words import day

LONGEST = 120
State = Wave.State


def is_closing(wave: Wave, today: dt.date) -> bool:
    """Whether the wave's time is over and its closing under way: after its last day, or closed by hand."""
    return wave.state == State.OPEN and (wave.closes_on < today or wave.closing)


@transaction.atomic
def close_early(wave: Wave, *, by: Employee | None, today: dt.date) -> bool:
    """End an open wave today; sealing and releasing follow within minutes, by the tick of the results."""
    waves = Wave.objects.filter(pk=wave.pk, state=State.OPEN, closing=False, closes_on__gte=today)
    # A wave opened on a day to come (a clock that jumped) closes on the day it opened.
    changed = waves.update(closes_on=max(today, wave.opens_on), closing=True)
    if changed:
        record(by, "wave.close_asked", wave)
    return bool(changed)


@transaction.atomic
def extend(wave: Wave, *, by: Employee | None, closes_on: dt.date, today: dt.date) -> Wave:
    """Keep an open wave open for longer; reminders the longer time has room for are added."""
    wave = Wave.objects.select_for_update(of=("self",)).select_related("series").get(pk=wave.pk)
    if wave.state != State.OPEN or wave.closing or wave.closes_on < today:
        raise ValidationError({"closes_on": _("Only an open wave can be extended.")})
    if closes_on <= wave.closes_on:
        raise ValidationError({"closes_on": _("Choose a day after %(day)s.") % {"day": day(wave.closes_on)}})
    latest = wave.opens_on + dt.timedelta(days=LONGEST)
    if closes_on > latest:
        text = _("A wave stays open for %(days)s days at most: until %(day)s.")
        raise ValidationError({"closes_on": text % {"days": LONGEST, "day": day(latest)}})
    after = Wave.objects.filter(series=wave.series, state__in=[State.DRAFT, State.SCHEDULED], number__gt=wave.number)
    following = after.order_by("opens_on").first()
    if following and closes_on >= following.opens_on:
        text = _("Wave %(number)s opens on %(day)s. Choose an earlier day.")
        raise ValidationError({"closes_on": text % {"number": following.number, "day": day(following.opens_on)}})
    before, wave.closes_on = wave.closes_on, closes_on
    wave.save(update_fields=["closes_on"])
    opening.remind_further(wave, today=today)
    record(by, "wave.extended", wave, before=before, closes_on=closes_on)
    return wave


@transaction.atomic
def cancel(wave: Wave, *, by: Employee | None, reason: str) -> bool:
    """Give a wave up for good. Of an open one everything that was answered is destroyed, unread."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why, for whoever looks at this later.")})
    if len(reason) > 300:
        raise ValidationError({"reason": _("Say it in at most 300 letters.")})
    may = [State.DRAFT, State.SCHEDULED, State.OPENING, State.OPEN]
    changed = Wave.objects.filter(pk=wave.pk, state__in=may).update(
        state=State.CANCELLED, cancel_reason=reason, participation={}, curve=[], mails_paused=False, closing=False
    )
    if changed:
        record(by, "wave.cancelled", wave, was=wave.state)
        clear(wave.pk)
    return bool(changed)


def clear(wave_id: int) -> None:
    """Delete what names who was asked, drop the envelopes, and destroy the keys once that is committed. Repeatable."""
    with transaction.atomic():
        Message.objects.filter(invitation__wave=wave_id).delete()
        Invitation.objects.filter(wave=wave_id).delete()
        with connection.cursor() as cursor:
            # A table of a room above this one, known here by name only, like the inbox.
            cursor.execute("DELETE FROM surveys_draft WHERE wave_id = %s", [wave_id])
        partitions.drop(partitions.INBOX, wave_id)
        transaction.on_commit(partial(_forget_keys, wave_id))


def _forget_keys(wave_id: int) -> None:
    keys.destroy(wave_id)
    # The mark that nothing is left to do.
    Wave.objects.filter(pk=wave_id).update(public_key=None)


@transaction.atomic
def pause_mails(wave: Wave, *, by: Employee | None) -> bool:
    changed = Wave.objects.filter(pk=wave.pk, state=State.OPEN, mails_paused=False).update(mails_paused=True)
    if changed:
        record(by, "wave.mails_paused", wave)
    return bool(changed)


@transaction.atomic
def resume_mails(wave: Wave, *, by: Employee | None) -> bool:
    changed = Wave.objects.filter(pk=wave.pk, mails_paused=True).update(mails_paused=False)
    if changed:
        record(by, "wave.mails_resumed", wave)
    return bool(changed)


@transaction.atomic
def hold(wave: Wave, *, by: Employee | None) -> bool:
    """A scheduled wave does not open until it is scheduled again."""
    changed = Wave.objects.filter(pk=wave.pk, state=State.SCHEDULED).update(state=State.DRAFT)
    if changed:
        record(by, "wave.held", wave)
    return bool(changed)


@transaction.atomic
def unhold(wave: Wave, *, by: Employee | None, today: dt.date) -> bool:
    """Scheduled again; when its day went by meanwhile, it opens on the next working day."""
    wave = Wave.objects.select_for_update(of=("self",)).select_related("series").get(pk=wave.pk)
    if wave.state != State.DRAFT:
        return False
    wave.state = State.SCHEDULED
    if wave.opens_on < today:
        series = wave.series
        blackouts = hours.read_blackouts(series.blackout)
        wave.opens_on = hours.next_working_day(today, blackouts, weekends=series.weekends)[0]
        wave.closes_on = schedule.closing_day(wave.opens_on, series.open_days, blackouts)
    wave.save(update_fields=["state", "opens_on", "closes_on"])
    record(by, "wave.scheduled", wave, opens_on=wave.opens_on)
    return True


@transaction.atomic
def merge(*, by: Employee | None, units: list[int]) -> UnitMerge:
    """Report these units together from now on, in every wave not yet open. Joins what was merged with one of them."""
    units = sorted(Unit.objects.open().filter(pk__in=units).values_list("pk", flat=True))
    if len(units) < 2:
        raise ValidationError(_("Choose at least two units."))
    for other in UnitMerge.objects.select_for_update().filter(units__overlap=units):
        units = sorted({*units, *other.units})
        other.delete()
    made = UnitMerge.objects.create(units=units)
    record(by, "units.merged_for_reports", made, units=units)
    return made


@transaction.atomic
def separate(merged: UnitMerge, *, by: Employee | None) -> None:
    record(by, "units.separated_for_reports", merged, units=merged.units)
    merged.delete()


def give_up_missed(series: Series, *, today: dt.date) -> int:
    """Cancels waves nobody opened in time when a later one is due, or so soon that people would be asked twice."""
    waves = Wave.objects.filter(series=series, state__in=[State.SCHEDULED, State.DRAFT]).defer("snapshot")
    ahead = list(waves.order_by("opens_on", "number"))
    missed = 0
    for wave, following in zip(ahead, ahead[1:], strict=False):
        late = wave.state == State.SCHEDULED and wave.opens_on < today
        if late and opening.room_until(following, series, today) is None:
            reason = _("Its day went by without being opened, and wave %(number)s follows.")
            missed += cancel(wave, by=None, reason=reason % {"number": following.number})
    return missed
