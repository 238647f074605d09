"""Results that came to be shared with somebody, and comments that wait for a moderator, on his home page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from culture.access.days import date_text
from culture.access.home_panels import Card, Need, contribute
from culture.access.permissions import Permission, can
from culture.people.models import Employee
from surveys.results import moderating, sharing

MOST = 2


@contribute
def news(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """What was released or shared within 45 days; one line a wave, the newest first."""
    for wave, day in sharing.news_of(sharing.latest_for(user), user)[:MOST]:
        title = _("New results: %(name)s, wave %(n)s") % {"name": wave.series.name, "n": wave.number}
        text = _("Open to you since %(day)s") % {"day": date_text(day, "j F")}
        yield Need(title, text, reverse("results:wave", args=[wave.pk]), 40)


@contribute
def comments(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One query, for whoever moderates."""
    if not can(user, Permission.MODERATE_COMMENTS):
        return
    for wave in moderating.queue(now):
        title = _("Comments of %(name)s, wave %(n)s, wait for you") % {"name": wave.series.name, "n": wave.number}
        until = date_text(wave.moderation.until, "j F, H:i")  # type: ignore[attr-defined]
        text = _("Mask names until %(day)s; then the results are released") % {"day": until}
        yield Need(title, text, reverse("results:moderation"), 75)
