"""An effect as the page says it: heading, sentence, checks, what it rests on. Released and stored numbers only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.days import date_text
from programs.reports.effect import judging, words
from programs.reports.effects import Effect

QUOTED = "“%s”"


def heading(one: Effect) -> str:
    """The finding, by rule."""
    what = {"what": QUOTED % one.label}
    if one.step and one.word in ("clear", "likely"):
        return (
            _("%(what)s is higher where the program started") % what
            if one.better
            else _("%(what)s is lower where the program started") % what
        )
    if one.word == "clear":
        return (
            _("It works: %(what)s is higher where the program started") % what
            if one.better
            else _("It does harm: %(what)s is lower where the program started") % what
        )
    if one.word == "likely":
        return (
            _("It probably works: %(what)s is likely higher where the program started") % what
            if one.better
            else _("Take care: %(what)s is likely lower where the program started") % what
        )
    if one.word == "none":
        return _("So far it makes no difference that matters to %(what)s") % what
    return _("Too early to tell whether it changes %(what)s") % what


def sentence(one: Effect) -> str:
    """What the number is of."""
    if one.points is None:
        return _("There is nothing to compare yet.")
    told = {"unit": one.unit, "what": QUOTED % one.label}
    return _("%(unit)s on %(what)s in units that started, against units not yet started.") % told


def checks(one: Effect) -> list[str]:
    """How far to trust it: what could be found, whether they moved before, what the lots say."""
    return [*_findable(one), *_before(one), *_lots(one)]


def _findable(one: Effect) -> list[str]:
    """How large an effect would have to be; nothing where none would be called clear for what was before."""
    drift = one.result.get("drift")
    if one.detectable is None or (drift and judging.moved(drift[1], drift[2])):
        return []
    if not judging.enough(one.compared, int(one.result.get("started", 0))):
        return [_("With so few cohorts no effect would be called clear, however large it is.")]
    told = {"n": _plain(one.detectable), "unit": one.unit}
    if not one.main:
        return [
            _("By itself an effect of %(n)s %(unit)s would be found clear 4 times in 5; among others it takes more.")
            % told
        ]
    return [
        _("With these cohorts and waves an effect of %(n)s %(unit)s or more would be found clear 4 times in 5.") % told
    ]


def _before(one: Effect) -> list[str]:
    drift = one.result.get("drift")
    if not drift:
        told = _("No cohort had two waves before its start: whether they moved alike before cannot be checked.")
        return [told] if one.low is not None else []
    points, low, high = drift
    if judging.moved(low, high):
        text = _(
            "Before their start cohorts already moved differently from the others: %(points)s (%(low)s … %(high)s)."
        )
    elif {"drifting", "rebound"} & set(one.why):
        text = _("Before their start cohorts may have moved differently: %(points)s (%(low)s … %(high)s).")
    else:
        text = _("Before their start cohorts moved like the others: %(points)s (%(low)s … %(high)s).")
    return [text % {"points": words.signed(points), "low": words.signed(low), "high": words.signed(high)}]


def _lots(one: Effect) -> list[str]:
    if drawn := one.result.get("lots"):
        share = _plain(100 * drawn["p"])
        told = _("Starts were drawn by lot. Of %(n)s ways they could have fallen, %(share)s %% show as much.")
        return [told % {"n": number_format(drawn["draws"], force_grouping=True), "share": share}]
    if one.low is None:
        return []
    return [_("Who starts when was chosen, not drawn by lot: cohorts may differ in more than the program.")]


def _plain(value: float) -> str:
    return number_format(round(value, 1), decimal_pos=1)


def groups(one: Effect) -> list[dict[str, Any]]:
    """The cohorts, by start: what is used of each."""
    last = one.result["used_waves"][-1]["on"] if one.result.get("used_waves") else ""
    rows = [
        {**row, "on": dt.date.fromisoformat(row["on"]), "begun": bool(last) and row["on"] <= last}
        for row in one.result.get("groups", ())
    ]
    return sorted(rows, key=lambda row: (row["on"], row["name"]))


def left(one: Effect) -> list[dict[str, Any]]:
    """Groups that are not used, by reason."""
    found: dict[str, list[str]] = {}
    for name, why, _people, hidden in one.result.get("left", ()):
        told = name
        if why in ("hidden", "not_there") and len(hidden) < len(one.result.get("used_waves", ())):
            numbers = ", ".join(map(str, hidden))
            told += " " + ngettext("(wave %(n)s)", "(waves %(n)s)", len(hidden)) % {"n": numbers}
        found.setdefault(why, []).append(told)
    return [{"why": words.LEFT[why], "names": names} for why, names in found.items()]


def left_waves(one: Effect) -> list[str]:
    return [
        _("Wave %(n)s: %(why)s.") % {"n": number, "why": words.LEFT_WAVES[why]}
        for number, why in one.result.get("left_waves", ())
    ]


def waves(one: Effect) -> str:
    """As “Waves 1–3 · May 2025 – Aug 2026”."""
    rows = one.result.get("used_waves", ())
    if not rows:
        return ""
    known = [row["number"] for row in rows]
    whole = len(known) > 2 and known == list(range(known[0], known[-1] + 1))
    numbers = f"{known[0]}–{known[-1]}" if whole else ", ".join(map(str, known))
    days = [date_text(dt.date.fromisoformat(row["on"]), "M Y") for row in (rows[0], rows[-1])]
    span = days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}"
    return ngettext("Wave %(n)s", "Waves %(n)s", len(rows)) % {"n": numbers} + f" · {span}"
