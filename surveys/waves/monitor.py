"""An open wave as HR may follow it: nothing that tells who has answered (confidentiality.md, section 2)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from surveys.waves import history, participation
from surveys.waves.models import Message, Wave

UNIT_ROWS = 30
BRAND, SOFT = "#0d4f4f", "#5b6675"
# What an answer of a mail server means; the first figure of a code that is not here decides.
KINDS = {
    "550": "unknown",
    "551": "unknown",
    "553": "unknown",
    "5.1": "unknown",
    "552": "full",
    "452": "full",
    "5.2": "full",
    "4.2": "full",
    "554": "blocked",
    "5.7": "blocked",
    "521": "blocked",
}


def kind_of(error: str) -> str:
    """unknown, full, blocked, temporary or other: from the beginning of a message's error."""
    code = error.strip().split(" ")[0]
    for start in (code[:3],):
        if start in KINDS:
            return KINDS[start]
    return "temporary" if code.startswith("4") else "other"


def kind_words(kind: str) -> str:
    return {
        "unknown": _("The address is not known there"),
        "full": _("The mailbox is full"),
        "blocked": _("The server takes no mail from us"),
        "temporary": _("Not taken for now"),
        "other": _("Other reasons"),
    }[kind]


def trouble(wave: Wave) -> dict[str, Any]:
    """Invitations that did not arrive, by kind of reason and by unit. Of reminders nothing: who gets one is told."""
    failed = Message.objects.filter(
        invitation__wave=wave, kind="invitation", state__in=[Message.State.FAILED, Message.State.BOUNCED]
    )
    kinds: Counter[str] = Counter()
    for error, count in failed.order_by().values_list("error").annotate(count=Count("pk")):
        kinds[kind_of(error)] += count
    units = (
        failed.order_by()
        .values_list("invitation__employee__unit__name")
        .annotate(count=Count("pk"))
        .order_by("-count", "invitation__employee__unit__name")
    )
    return {
        "total": sum(kinds.values()),
        "kinds": [(kind_words(kind), count) for kind, count in kinds.most_common()],
        "units": list(units[:UNIT_ROWS]),
    }


def waiting(wave: Wave) -> int:
    """Invitations that have not left yet, of people with an address."""
    return Message.objects.filter(
        Q(state=Message.State.DUE) | Q(state=Message.State.CLAIMED),
        invitation__wave=wave,
        kind="invitation",
        invitation__employee__email__isnull=False,
    ).count()


def overall(wave: Wave) -> str:
    """How many have answered altogether, in the rounded words of participation."""
    if wave.state == Wave.State.RELEASED:
        return participation.rounded(wave.answered, wave.invited) if wave.invited >= participation.SMALLEST else ""
    return next((group["share"] for group in wave.participation.get("groups", []) if group["depth"] == 0), "")


def next_reminder(wave: Wave, today: dt.date) -> dt.date | None:
    return next((day for day in wave.reminders if day >= today), None)


def curve_chart(wave: Wave) -> dict[str, Any] | None:
    """The figures told so far beside those of earlier waves at the same day; None before there is one."""
    own = [(point["day"], point["percent"]) for point in wave.curve]
    before = history.mean_curve(wave.series)
    if not own and not before:
        return None
    this, that = _("This wave"), _("Earlier waves")
    length = max(1, (wave.closes_on - wave.opens_on).days)
    day_word, share_word, wave_word = _("Day"), _("Answered, %"), _("Wave")
    rows = [{day_word: day, share_word: round(percent), wave_word: this} for day, percent in own]
    rows += [{day_word: day, share_word: round(percent), wave_word: that} for day, percent in before]
    encoding = {
        "x": {
            "field": day_word,
            "type": "quantitative",
            "title": _("Days since the opening"),
            "scale": {"domain": [0, length]},
            "axis": {"tickMinStep": 1, "format": "d"},
        },
        "y": {"field": share_word, "type": "quantitative", "title": share_word, "scale": {"domain": [0, 100]}},
        "color": {
            "field": wave_word,
            "type": "nominal",
            "scale": {"domain": [this, that], "range": [BRAND, SOFT]},
            "legend": {"orient": "top", "title": None},
        },
        "strokeDash": {
            "field": wave_word,
            "type": "nominal",
            "scale": {"domain": [this, that], "range": [[1, 0], [5, 4]]},
            "legend": None,
        },
    }
    return {
        "width": 520,
        "height": 200,
        "data": {"values": rows},
        "mark": {"type": "line", "point": True, "interpolate": "monotone"},
        "encoding": encoding,
    }


def curve_words(wave: Wave) -> str:
    """What the picture says."""
    before = history.mean_curve(wave.series)
    if not wave.curve:
        return _("The first figure appears the day after the opening.")
    point = wave.curve[-1]
    earlier = [percent for day, percent in before if day <= point["day"]]
    if not earlier:
        return _("About %(percent)s %% have answered after %(days)s days.") % {
            "percent": point["percent"],
            "days": point["day"],
        }
    gap = point["percent"] - earlier[-1]
    if abs(gap) < participation.STEP:
        return _("As many have answered as in earlier waves on this day.")
    if gap > 0:
        return _("More have answered than in earlier waves on this day.")
    return _("Fewer have answered than in earlier waves on this day.")
