"""Telling people what HR decided: on what they reported, and on what is theirs. Never who decided, nor who reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from culture.people.models import Employee
from programs.recognition import telling
from programs.recognition.award_models import FeedPost
from programs.recognition.feed_models import KudosModeration, KudosReport
from programs.recognition.models import Kudos
from programs.recognition.post_models import PostModeration, PostReport, ThanksNotice

Kind, Act = ThanksNotice.Kind, KudosModeration.Act
SHOWN = 50


@transaction.atomic
def tell(
    *,
    act: str,
    reporters: Collection[int],
    parties: Collection[int],
    now: dt.datetime,
    kudos: Kudos | None = None,
    post: FeedPost | None = None,
) -> int:
    """Note what ``act`` tells whom: on the page at once, by mail with the next one about thanks. Returns how many.

    ``reporters`` (ids) of reports that were open; ``parties``: whose thanks or news it is. Whoever is both reads of
    his report alone.
    """
    about: dict[str, Any] = {"kudos": kudos, "post": post, "at": now}
    rows: list[ThanksNotice] = []
    hidden = (kudos or post).hidden_at is not None  # type: ignore[union-attr]
    kind = Kind.REPORT_HIDDEN if hidden else Kind.REPORT_KEPT
    rows += [ThanksNotice(employee_id=pk, kind=kind, **about) for pk in sorted(set(reporters))]
    if act != Act.KEEP:
        kind = Kind.HIDDEN if act == Act.HIDE else Kind.SHOWN
        others = sorted(set(parties) - set(reporters))
        rows += [ThanksNotice(employee_id=pk, kind=kind, **about) for pk in others]
    people = Employee.objects.filter(pk__in=[row.employee_id for row in rows], is_active=True).exclude(email=None)
    wanted = people.exclude(thanks_choice__no_mail=True).order_by("pk")
    mails = telling.mails_for(dict(wanted.values_list("pk", "time_zone")), now)
    for row in rows:
        row.mail_id = mails.get(row.employee_id)
    return len(ThanksNotice.objects.bulk_create(rows))


# -- what a page shows -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A line: ``title``, of which day, about whose thanks or news, and HR's reason where it has decided."""

    title: str
    at: dt.datetime
    about: Kudos | FeedPost
    reason: str = ""
    open: bool = False
    new: bool = False

    @property
    def is_post(self) -> bool:
        return isinstance(self.about, FeedPost)


def reported_by(person: Employee) -> list[Told]:
    """What ``person`` asked HR to look at, the newest first, with what came of it. Four queries."""
    of_kudos = KudosReport.objects.filter(reporter=person).select_related("kudos__giver")[:SHOWN]
    of_posts = PostReport.objects.filter(reporter=person).select_related("post__employee", "post__unit")[:SHOWN]
    both: list[Any] = [*of_kudos, *of_posts]
    rows = sorted(both, key=lambda one: one.at, reverse=True)[:SHOWN]
    why = _reasons((_thing(row), row.decided_at) for row in rows if row.decided_at)
    return [
        Told(
            title=str(row.get_state_display()),
            at=row.decided_at or row.at,
            about=_thing(row),
            reason=why.get((*_key(_thing(row)), row.decided_at), ""),
            open=row.state == KudosReport.State.OPEN,
        )
        for row in rows
    ]


def on_mine(person: Employee) -> list[Told]:
    """What HR decided on thanks and news of ``person``, the newest first. Three queries."""
    rows = list(_notices(person).filter(kind__in=[Kind.HIDDEN, Kind.SHOWN])[:SHOWN])
    why = _reasons((_thing(row), row.at) for row in rows)
    return [
        Told(
            str(row.get_kind_display()),
            row.at,
            _thing(row),
            why.get((*_key(_thing(row)), row.at), ""),
            new=row.seen_at is None,
        )
        for row in rows
    ]


def unseen(person: Employee, since: dt.datetime) -> list[ThanksNotice]:
    """The kinds ``person`` has not opened the page for, the newest of each. One query."""
    rows = ThanksNotice.objects.filter(employee=person, seen_at=None, at__gte=since)
    return list(rows.order_by("kind", "-at").distinct("kind"))


def saw(person: Employee, now: dt.datetime) -> int:
    return ThanksNotice.objects.filter(employee=person, seen_at=None).update(seen_at=now)


def _notices(person: Employee) -> QuerySet[ThanksNotice]:
    rows = ThanksNotice.objects.filter(employee=person)
    return rows.select_related("kudos__giver", "post__employee", "post__unit")


def _thing(row: Any) -> Kudos | FeedPost:
    return getattr(row, "post", None) or row.kudos


def _key(thing: Kudos | FeedPost) -> tuple[str, int]:
    return ("post" if isinstance(thing, FeedPost) else "kudos"), thing.pk


def _reasons(asked: Iterable[tuple[Kudos | FeedPost, dt.datetime]]) -> dict[tuple[str, int, dt.datetime], str]:
    """HR's words by what they are about and when they were written."""
    wanted = list(asked)
    kudos = [thing.pk for thing, _at in wanted if isinstance(thing, Kudos)]
    news = [thing.pk for thing, _at in wanted if isinstance(thing, FeedPost)]
    found: dict[tuple[str, int, dt.datetime], str] = {}
    if kudos:
        for one in KudosModeration.objects.filter(kudos__in=kudos):
            found["kudos", one.kudos_id, one.at] = one.reason
    if news:
        for step in PostModeration.objects.filter(post__in=news):
            found["post", step.post_id, step.at] = step.reason
    return found
