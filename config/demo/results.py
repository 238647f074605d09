"""Who reads the results of the demo's waves, and a short survey whose comments wait to be looked at for names."""

from __future__ import annotations

import datetime as dt
import random

from config.demo import story
from culture.people.models import Employee, Unit
from surveys.answering.submitting import submit_many
from surveys.instruments.loading import load_library
from surveys.results import sharing
from surveys.results.releasing import close_wave
from surveys.waves import series as recurring
from surveys.waves.models import Invitation, Series, Wave
from surveys.waves.opening import open_wave

MANAGERS_AFTER, EVERYBODY_AFTER, LOOKED_AT = 7, 21, 7


def share(series: Series, *, by: Employee) -> None:
    """Leaders at once, managers a week later, everybody for the own unit after three weeks."""
    after: sharing.Days = {"leaders": 0, "managers": MANAGERS_AFTER, "employees": EVERYBODY_AFTER}
    sharing.set_plan(series, after=after, employee_comments=False, moderation_days=0, tell=True, by=by)


def let_comments_wait(*, by: Employee, rng: random.Random, now: dt.datetime) -> Wave:
    """A wave among one division, closed just now: names stand in its comments."""
    unit = Unit.objects.get(name=story.MODERATED)
    series = recurring.create(
        by=by,
        name=story.MODERATED_SURVEY,
        # Other questions than the pulse: the same ones asked again so soon would have to be hidden.
        instrument=load_library(story.MODERATED_WITH),
        first_opens_on=now.date() - dt.timedelta(days=10),
        every_months=6,
        occurrences=2,
        open_days=10,
        reminder_days=(),
        audience=[unit.pk],
    )
    sharing.set_plan(
        series,
        after={"leaders": 0, "managers": MANAGERS_AFTER, "employees": None},
        employee_comments=False,
        moderation_days=LOOKED_AT,
        tell=True,
        by=by,
    )
    wave = series.waves.get(number=1)
    open_wave(wave, now=now - dt.timedelta(days=10), by=by)
    wave.refresh_from_db()
    submit_many(wave, [(one.pk, _answers(wave, one, rng)) for one in Invitation.objects.filter(wave=wave)])
    return close_wave(wave, now=now, by=by)


def _answers(wave: Wave, one: Invitation, rng: random.Random) -> dict:
    items = wave.snapshot["items"]
    scored = [item["code"] for item in items if item["kind"] != "comment" and item["about"] == "own"]
    code = next(item["code"] for item in items if item["kind"] == "comment")
    said = {code: rng.choice(story.NAMED_COMMENTS)} if rng.random() < 0.35 else {}
    return {"own": {key: rng.randint(2, 5) for key in scored}, "providers": {}, "comment": said}
