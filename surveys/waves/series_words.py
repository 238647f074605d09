"""A series in words: its rule, whom it asks, why a day was moved, and what is wrong with a schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.days import date_text
from surveys.waves import hours, schedule
from surveys.waves.models import Series, Wave

WHY_LEFT_OUT = {
    "leave": lambda n: ngettext("%(n)s person is on leave", "%(n)s people are on leave", n) % {"n": n},
    "joined": lambda n: ngettext("%(n)s person joined lately", "%(n)s people joined lately", n) % {"n": n},
    "panel": lambda n: (
        ngettext("%(n)s person has another turn of the panel", "%(n)s people have another turn of the panel", n)
        % {"n": n}
    ),
    "burden": lambda n: (
        ngettext("%(n)s person was asked enough this quarter", "%(n)s people were asked enough this quarter", n)
        % {"n": n}
    ),
}


def day(value: dt.date) -> str:
    return date_text(value, "j M Y")


def refusal(error: schedule.ScheduleError) -> tuple[str, str]:
    """(field, words) of what is wrong with a schedule: what, where, what to do."""
    if error.reason == "free":
        words = _("The days on which nothing may open leave no day at all. Shorten them.")
        return "blackout", words
    if error.reason == "overlap":
        opens, closes = (dt.date.fromisoformat(part) for part in error.detail.split())
        words = _(
            "A wave would open on %(opens)s while the one before it is open until %(closes)s. "
            "Ask less often, or keep waves open for fewer days."
        )
        return "rule", words % {"opens": day(opens), "closes": day(closes)}
    words = {
        "frequency": _("A wave opens on a day: hours, minutes and seconds cannot be used. Ask at most every few days."),
        "part": _("“%(detail)s” is not known here. Write a rule such as FREQ=MONTHLY;INTERVAL=3."),
        "value": _("“%(detail)s” cannot be read. Write a rule such as FREQ=MONTHLY;INTERVAL=3."),
        "twice": _("“%(detail)s” stands in the rule twice. Leave one of them out."),
        "never": _("This rule never happens within its time. Choose a day that exists, or a later end."),
    }[error.reason]
    return "rule", words % {"detail": error.detail} if "%(detail)s" in words else words


def rule_words(series: Series) -> str:
    """How often, in words; a rule nobody has words for is told as it is."""
    try:
        parts = schedule.parse(series.rule)
    except schedule.ScheduleError:
        return series.rule
    interval, count = int(parts.get("INTERVAL", "1")), int(parts.get("COUNT", "0"))
    usual = set(parts) <= {"FREQ", "INTERVAL", "COUNT", "BYMONTHDAY", "BYSETPOS"}
    if count == 1:
        return _("once")
    if parts["FREQ"] == "MONTHLY" and usual:
        words = ngettext("every month", "every %(n)s months", interval) % {"n": interval}
        words = {3: _("every quarter"), 6: _("twice a year"), 12: _("once a year")}.get(interval, words)
    elif parts["FREQ"] == "WEEKLY" and usual:
        words = ngettext("every week", "every %(n)s weeks", interval) % {"n": interval}
    else:
        return series.rule
    if count:
        return _("%(often)s, %(count)s times") % {"often": words, "count": count}
    return _("%(often)s, without end") % {"often": words}


def moved_words(one: schedule.Occurrence) -> str:
    """Why a wave opens on another day than the rule has it; empty when it does not."""
    if not one.moved:
        return ""
    names = [name for name in one.because if name]
    if names:
        reason = " + ".join(names)
    elif one.because:
        reason = _("a day without openings")
    else:
        reason = _("weekend")
    return _("moved from %(day)s: %(reason)s") % {"day": date_text(one.planned, "D j M"), "reason": reason}


def left_out_words(counts: Iterable[tuple[str, int]]) -> list[str]:
    return [WHY_LEFT_OUT[reason](n) for reason, n in counts if n and reason in WHY_LEFT_OUT]


def late_words(wave: Wave) -> str:
    """Why a wave not yet open is not on the day of its rule."""
    if wave.planned_on is None or wave.planned_on == wave.opens_on:
        return ""
    series = wave.series
    blackouts = hours.read_blackouts(series.blackout)
    try:
        opens, because, weekend = hours.next_working_day(wave.planned_on, blackouts, weekends=series.weekends)
    except schedule.ScheduleError:
        return ""
    if opens != wave.opens_on:
        return ""
    return moved_words(schedule.Occurrence(wave.planned_on, opens, wave.closes_on, because, weekend))
