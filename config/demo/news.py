"""What colleagues made of the news between the thanks: signs, words back, and one report that HR left as it was."""

from __future__ import annotations

import datetime as dt
import random

from django.utils import timezone

from culture.people.models import Employee
from programs.recognition import moderating, post_moderating, posts, reacting
from programs.recognition.award_models import FeedPost
from programs.recognition.feed_models import KudosReaction

WORDS = ("Thank you all: it was a pleasure.", "Without my colleagues it would not have been half of it.")
NOTE = "Does she want everybody to read how long she is here?"
LEFT = "We asked her: she is glad of it."
MOST = 12


def read(*, star: Employee, hr: Employee, rng: random.Random, now: dt.datetime) -> int:
    """Signs and answers to the latest news; ``star`` reported one. Returns how many signs."""
    news = list(posts.seen_by(star).order_by("-at", "-pk")[:MOST])
    crowd = list(Employee.objects.here(timezone.localdate(now)).filter(is_active=True).order_by("pk"))
    signs = 0
    for place, post in enumerate(news):
        about = set(posts.people_of(post))
        for reader in rng.sample(crowd, min(len(crowd), rng.randint(1, 9))):
            if reader.pk not in about:
                reacting.react_to_post(post=post, by=reader, kind=rng.choice(KudosReaction.Kind.values), now=now)
                signs += 1
        answering = Employee.objects.filter(pk__in=sorted(about)[:1]).first() if place % 3 == 0 else None
        if answering is not None:
            reacting.reply_to_post(post=post, by=answering, text=WORDS[place % len(WORDS)], now=now)
    _report(news, star, hr, now)
    return signs


def _report(news: list[FeedPost], star: Employee, hr: Employee, now: dt.datetime) -> None:
    others = [post for post in news if post.employee_id is not None and post.employee_id not in (star.pk, hr.pk)]
    if others:
        post_moderating.report(post=others[0], by=star, why="private", note=NOTE, now=now)
        decision = moderating.Decision(moderating.Act.KEEP, LEFT)
        post_moderating.decide(post=others[0], by=hr, decision=decision, now=now)
