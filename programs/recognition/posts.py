"""News between the thanks: awards, milestones, teams. Written once, hidden by HR or by whom they are about.

Who opted out of being told of (``choices``) is not: his milestones of before are gone for others, too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import audit
from culture.framework.texts import pick
from culture.people.models import Employee, Unit
from programs.recognition.award_models import AwardWinner, FeedPost
from programs.recognition.feed_models import KudosModeration, KudosReaction
from programs.recognition.post_models import PostModeration, PostReaction, PostReply

Kind = FeedPost.Kind
LIMIT = 20


def write(
    kind: str,
    *,
    at: dt.datetime,
    employee: Employee | int | None = None,
    unit: Unit | int | None = None,
    data: dict[str, Any] | None = None,
    story: str = "",
) -> FeedPost:
    """One piece of news, for everybody to read."""
    person = employee.pk if isinstance(employee, Employee) else employee
    team = unit.pk if isinstance(unit, Unit) else unit
    return FeedPost.objects.create(
        kind=kind, at=at, employee_id=person, unit_id=team, data=data or {}, story=story.strip()
    )


def between(
    *,
    reader: Employee,
    newer: dt.datetime | None = None,
    older: dt.datetime | None = None,
    about: Employee | None = None,
    units: QuerySet[Unit] | None = None,
    limit: int = LIMIT,
) -> list[FeedPost]:
    """What is shown to ``reader`` of ``newer`` < at <= ``older``, the newest first; with ``about`` only what is about
    him (or won with a team), and also what HR hid of it; with ``units`` only what is about their people.

    One query, three more where there is any, one where HR hid something. Dressed as :func:`dress` says.
    """
    found = seen_by(reader)
    if newer is not None:
        found = found.filter(at__gt=newer)
    if older is not None:
        found = found.filter(at__lte=older)
    if about is not None:
        found = with_people().filter(_shown | _hidden_by_hr).filter(concerning(about))
    if units is not None:
        found = found.filter(Q(employee__unit__in=units.order_by()) | Q(unit__in=units.order_by()))
    return dress(found.order_by("-at", "-pk")[:limit], reader)


_shown = Q(hidden_at=None)
_hidden_by_hr = Q(employee=None) | ~Q(hidden_by=F("employee"))


def with_people() -> QuerySet[FeedPost]:
    return FeedPost.objects.select_related("employee__unit", "unit", "candidate__round__award")


def seen_by(reader: Employee) -> QuerySet[FeedPost]:
    """What ``reader`` may read on the page of everybody; his own milestones even if he lets nobody else read them."""
    shy = Q(kind=Kind.MILESTONE, employee__thanks_choice__no_events=True) & ~Q(employee=reader)
    return with_people().filter(_shown).exclude(shy)


def concerning(person: Employee) -> Q:
    """News about ``person``: alone, as one who won with a team, or of the team he works in."""
    won = AwardWinner.objects.filter(candidate=OuterRef("candidate"), employee=person)
    mine = Q(employee=person) | Q(Exists(won))
    return mine | Q(kind=Kind.TEAM, unit=person.unit_id) if person.unit_id else mine


def people_of(post: FeedPost) -> list[int]:
    """Whom the news is about: the person, who won with the team, or who works in the team today."""
    if post.employee_id is not None:
        return [post.employee_id]
    if post.kind == Kind.AWARD:
        return list(AwardWinner.objects.filter(candidate__post=post).values_list("employee", flat=True))
    return list(Employee.objects.filter(unit=post.unit_id, is_active=True, left_on=None).values_list("pk", flat=True))


def dress(rows: QuerySet[FeedPost], reader: Employee) -> list[FeedPost]:
    """``rows`` with what belongs to them as ``reader`` sees it. Each has

    ``told``: its words in his language; ``about_me``; ``signs``: (kind, word, count, whether his); ``answers``;
    ``mine``: his own answer; ``moderation``: what HR last did, where it is about him and hidden.
    """
    told_back = Prefetch("replies", PostReply.objects.select_related("employee"))
    posts: list[Any] = list(rows.annotate(about_me=concerning(reader)).prefetch_related(told_back))
    if not posts:
        return posts
    signs = _signs(posts, reader)
    hidden = [one.pk for one in posts if one.hidden_at is not None]
    steps = PostModeration.objects.filter(post__in=hidden, act=KudosModeration.Act.HIDE) if hidden else []
    why = {one.post_id: one for one in steps}
    for post in posts:
        given = signs.get(post.pk, {})
        post.told = words(post)
        post.signs = [(kind.value, str(kind.label), *given.get(kind.value, (0, False))) for kind in KudosReaction.Kind]
        post.answers = list(post.replies.all())
        post.mine = next((one for one in post.answers if one.employee_id == reader.pk), None)
        post.moderation = why.get(post.pk)
    return posts


def _signs(posts: list[FeedPost], reader: Employee) -> dict[int, dict[str, tuple[int, bool]]]:
    rows = PostReaction.objects.filter(post__in=[one.pk for one in posts]).order_by().values_list("post", "kind")
    found: dict[int, dict[str, tuple[int, bool]]] = {}
    for post, kind, every, own in rows.annotate(all=Count("pk"), own=Count("pk", Q(employee=reader))):
        found.setdefault(post, {})[kind] = (every, bool(own))
    return found


@transaction.atomic
def take_down(*, post: FeedPost, by: Employee, now: dt.datetime) -> None:
    """Whom it is about takes his own news down, without a reason. Again: nothing happens."""
    locked = FeedPost.objects.select_for_update().get(pk=post.pk)
    if locked.employee_id != by.pk:
        raise ValidationError(_("Only HR, or whom it is about, can take this down."))
    if locked.hidden_at is not None:
        return
    locked.hidden_at, locked.hidden_by, locked.hidden_why = now, by, ""
    locked.save(update_fields=["hidden_at", "hidden_by", "hidden_why"])
    audit.record(by, "post.hidden", locked, own=True)


def words(post: FeedPost) -> str:
    """What the post says after the name, in the reader's language."""
    data = post.data
    if post.kind == Kind.AWARD:
        return _("won the award “%(name)s”") % {"name": pick(data.get("award") or {})}
    if post.kind == Kind.TEAM:
        return _("is recognised as a team")
    return _milestone(str(data.get("kind", "")), data)


def _milestone(kind: str, data: dict[str, Any]) -> str:
    if kind == "joined":
        years = int(data.get("years", 0))
        if not years:
            return _("begins today: welcome")
        return ngettext("has been here for %(n)s year", "has been here for %(n)s years", years) % {"n": years}
    if kind == "completed":
        return _("completed the training path “%(name)s”") % {"name": data.get("name", "")}
    if kind == "certified":
        return _("earned a certificate: “%(name)s”") % {"name": pick(data.get("name") or {})}
    return _("did something memorable for the first time: “%(name)s”") % {"name": pick(data.get("name") or {})}
