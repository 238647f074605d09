"""What others make of thanks and of news: one sign each, and a few words back from whom they are about."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.people.models import Employee
from programs.recognition import posts
from programs.recognition.award_models import FeedPost
from programs.recognition.feed_models import LONGEST_REPLY, KudosReaction, KudosReply
from programs.recognition.models import Kudos, KudosReceiver
from programs.recognition.post_models import PostReaction, PostReply


@transaction.atomic
def react(*, kudos: Kudos, by: Employee, kind: str, now: dt.datetime) -> bool:
    """The sign of ``by``: another one takes its place, the same one again takes it back. Returns whether it stands."""
    if kind not in KudosReaction.Kind.values:
        raise ValidationError(_("Choose one of the signs offered."))
    if kudos.giver_id == by.pk:
        raise ValidationError(_("These are your own thanks: the signs are for others."))
    # Two taps at once wait for each other here, so that they cancel out instead of colliding.
    locked = Kudos.objects.select_for_update(of=("self",)).get(pk=kudos.pk)
    _refuse_gone(locked)
    if KudosReaction.objects.filter(kudos=locked, employee=by, kind=kind).delete()[0]:
        return False
    KudosReaction.objects.update_or_create(kudos=locked, employee=by, defaults={"kind": kind, "at": now})
    return True


@transaction.atomic
def reply(*, kudos: Kudos, by: Employee, text: str, now: dt.datetime) -> KudosReply | None:
    """The words of somebody thanked; new ones take the place of his old ones, none takes them back."""
    receipt = KudosReceiver.objects.select_for_update().filter(kudos=kudos, receiver=by).first()
    if receipt is None:
        raise ValidationError(_("Only who was thanked can answer."))
    _refuse_gone(kudos)
    text = _plain(text)
    if not text:
        KudosReply.objects.filter(receipt=receipt).delete()
        return None
    return KudosReply.objects.update_or_create(receipt=receipt, defaults={"text": text, "at": now})[0]


def _refuse_gone(kudos: Kudos) -> None:
    if kudos.state == Kudos.State.WITHDRAWN or kudos.hidden_at is not None:
        raise ValidationError(_("These thanks are not shown any more."))


@transaction.atomic
def react_to_post(*, post: FeedPost, by: Employee, kind: str, now: dt.datetime) -> bool:
    """The sign of ``by`` to news, as to thanks: another one takes its place, the same one again takes it back."""
    if kind not in KudosReaction.Kind.values:
        raise ValidationError(_("Choose one of the signs offered."))
    if post.employee_id == by.pk:
        raise ValidationError(_("This is about you: the signs are for others. You can answer in a few words."))
    locked = _shown(post)
    if PostReaction.objects.filter(post=locked, employee=by, kind=kind).delete()[0]:
        return False
    PostReaction.objects.update_or_create(post=locked, employee=by, defaults={"kind": kind, "at": now})
    return True


@transaction.atomic
def reply_to_post(*, post: FeedPost, by: Employee, text: str, now: dt.datetime) -> PostReply | None:
    """The words of somebody the news is about; new ones take the place of his old ones, none takes them back."""
    if by.pk not in posts.people_of(post):
        raise ValidationError(_("Only whom it is about can answer."))
    locked, text = _shown(post), _plain(text)
    if not text:
        PostReply.objects.filter(post=locked, employee=by).delete()
        return None
    return PostReply.objects.update_or_create(post=locked, employee=by, defaults={"text": text, "at": now})[0]


def _plain(text: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if len(text) > LONGEST_REPLY:
        raise ValidationError(_("Keep your answer under %(limit)d characters.") % {"limit": LONGEST_REPLY})
    return text


def _shown(post: FeedPost) -> FeedPost:
    """The post, held for the rest of the transaction: two taps at once cancel out, and nobody answers what HR hides."""
    locked = FeedPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if locked.hidden_at is not None:
        raise ValidationError(_("This is not shown any more."))
    return locked
