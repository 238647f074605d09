"""News that should be looked at: reported by anybody who sees it, decided on by HR, taken down and shown again.

Reported is the news with its answers, as a thank-you is. Whom it is about neither sees its reports nor decides on them.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from culture.access import audit
from culture.access.permissions import Permission, can
from culture.people.models import Employee
from programs.recognition import decisions, moderating, posts
from programs.recognition.award_models import FeedPost
from programs.recognition.moderating import Act, Decision, State
from programs.recognition.post_models import PostModeration, PostReport


def report(*, post: FeedPost, by: Employee, why: str, note: str, now: dt.datetime) -> PostReport:
    """``by`` asks HR to look at ``post``; once. Raises ``ValidationError`` by field: why, note."""
    note = moderating.checked(why, note)
    try:
        with transaction.atomic():
            return PostReport.objects.create(post=post, reporter=by, why=why, note=note, at=now)
    except IntegrityError:
        raise ValidationError({"why": _("You have reported this before. HR has it.")}) from None


def _not_of(hr: Employee) -> QuerySet[FeedPost]:
    """News ``hr`` is no part of."""
    return posts.with_people().exclude(posts.concerning(hr))


def waiting(hr: Employee) -> QuerySet[FeedPost]:
    """Reported and not decided on yet; who waits longest comes first."""
    open_ = PostReport.objects.filter(post=OuterRef("pk"), state=State.OPEN)
    return _not_of(hr).filter(Exists(open_)).annotate(last=Max("reports__at")).order_by("last", "pk")


def decided(hr: Employee) -> QuerySet[FeedPost]:
    """Decided on, the last decision first."""
    rows = _not_of(hr).filter(moderations__isnull=False).annotate(last=Max("moderations__at"))
    return rows.order_by("-last", "-pk")


@transaction.atomic
def decide(*, post: FeedPost, by: Employee, decision: Decision, now: dt.datetime) -> PostModeration:
    """HR hides ``post`` from all but whom it is about, leaves it, or shows it again; the open reports are done.

    Nobody need have reported it. Raises ``ValidationError`` by field: reason, act.
    """
    reason, act = moderating.worded(decision), decision.act
    locked = FeedPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if not can(by, Permission.MANAGE_RECOGNITION):
        raise ValidationError({"act": _("Only HR, or whom it is about, can take this down.")})
    if not _not_of(by).filter(pk=locked.pk).exists():
        raise ValidationError({"act": _("This is about you: a second person decides.")})
    if act not in _possible(locked):
        raise ValidationError({"act": _("Somebody has decided on it meanwhile. Look at it again.")})
    if act == Act.HIDE:
        locked.hidden_at, locked.hidden_by, locked.hidden_why = now, by, reason
    elif act == Act.RESTORE:
        locked.hidden_at, locked.hidden_by, locked.hidden_why = None, None, ""
    locked.save(update_fields=["hidden_at", "hidden_by", "hidden_why"])
    made = PostModeration.objects.create(post=locked, act=act, reason=reason, by=by, at=now)
    open_ = PostReport.objects.select_for_update().filter(post=locked, state=State.OPEN)
    reporters = list(open_.values_list("reporter", flat=True))
    state = State.HIDDEN if locked.hidden_at else State.KEPT
    PostReport.objects.filter(post=locked, state=State.OPEN).update(state=state, decided_by=by, decided_at=now)
    decisions.tell(act=act, reporters=reporters, parties=posts.people_of(locked), post=locked, now=now)
    _record(by, act, locked)
    return made


def _record(by: Employee, act: str, post: FeedPost) -> None:
    if act == Act.HIDE:
        audit.record(by, "post.hidden", post, own=False)
    elif act == Act.RESTORE:
        audit.record(by, "post.restored", post)
    else:
        audit.record(by, "post.kept", post)


def _possible(post: FeedPost) -> set[str]:
    if post.hidden_at is None:
        return {Act.HIDE, Act.KEEP}
    again = PostReport.objects.filter(post=post, state=State.OPEN).exists()
    if post.employee_id is not None and post.hidden_by_id == post.employee_id:
        # Who took his own news down is not to find it shown again.
        return {Act.KEEP} if again else set()
    return {Act.RESTORE, Act.KEEP} if again else {Act.RESTORE}
