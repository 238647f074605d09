"""Looking for names in comments before they are released. Off unless HR chose it for the series or the wave.

While comments wait, the wave stays closed and nobody sees any of its results. It waits for so many days at most: then
the release goes on by itself. Comments nobody looked at are released with the names of people who work here masked, as
far as :func:`masking.suggest` finds them, so that a forgotten queue neither holds the results back nor lets names out.

A moderator sees the text and its home, in no order; nothing else is kept with a comment that could be shown.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.results import comment_release, masking
from surveys.results.comment_models import Moderation
from surveys.results.models import SealedComment
from surveys.results.sharing_models import Sharing, SharingPlan
from surveys.results.trees import reporting_tree
from surveys.waves import promise
from surveys.waves.models import Wave

FRESH = 300.0


def days_of(wave: Wave) -> int:
    """For how many days comments of the wave wait; 0: they do not, as where people were not told of it."""
    if not promise.may_share(wave):
        return 0
    own = Sharing.objects.filter(wave=wave).values_list("moderation_days", flat=True).first()
    if own is not None:
        return own
    return SharingPlan.objects.filter(series=wave.series_id).values_list("moderation_days", flat=True).first() or 0


def waits(wave: Wave, *, now: dt.datetime) -> bool:
    """Whether the release has to wait now. Begins the waiting, if HR wants it and there is a comment to look at."""
    wave = Wave.objects.get(pk=wave.pk)
    if wave.state != Wave.State.CLOSED or "sealed" not in wave.snapshot:
        return False
    found = Moderation.objects.filter(wave=wave).first()
    if found is None:
        days = days_of(wave)
        if not days or not of(wave).exists():
            return False
        with transaction.atomic():
            until = now + dt.timedelta(days=days)
            found, made = Moderation.objects.get_or_create(wave=wave, defaults={"until": until})
            if made:
                Wave.objects.filter(pk=wave.pk, state=Wave.State.CLOSED).update(progress={"doing": "moderation"})
                record(None, "comments.waiting", wave, until=until)
    return found.finished_at is None and now < found.until


def waiting(now: dt.datetime) -> Q:
    """Of waves: those whose comments wait, and no tick has to come back for."""
    return Q(state=Wave.State.CLOSED, moderation__finished_at=None, moderation__until__gt=now)


def queue(now: dt.datetime) -> QuerySet[Wave]:
    """Waves whose comments can be looked at now."""
    found = Wave.objects.filter(waiting(now)).select_related("series", "moderation").defer("snapshot")
    return found.order_by("moderation__until", "pk")


def of(wave: Wave) -> QuerySet[SealedComment]:
    """The comments of a closed wave that its release would show, in an order of chance that stays."""
    homes = comment_release.homes(wave)
    own = [home for about, home in homes if not about]
    providers = [home for about, home in homes if about]
    placed = Q(about_provider=False, home__in=own) | Q(about_provider=True, home__in=providers)
    return SealedComment.objects.filter(placed, wave_id=wave.pk).order_by("id")


@dataclass(frozen=True)
class Line:
    """A comment as the moderator sees it. ``suggested``: nobody looked yet; the ticks are the server's."""

    id: uuid.UUID
    home: str
    pieces: list[masking.Piece]
    looked: bool
    suggested: bool


def lines(wave: Wave, rows: list[SealedComment]) -> list[Line]:
    """``rows`` with their homes' names and what is (or might be) masked in them."""
    names = {node.id: node.name for node in reporting_tree(wave.snapshot)}
    homes = comment_release.homes(wave)
    known = _known_names()
    found = []
    for row in rows:
        _family, node = homes[row.about_provider, row.home]
        masks = row.masks if row.looked else masking.write(masking.suggest(row.text, known))
        pieces = masking.pieces(row.text, masks)
        found.append(Line(row.id, names[node], pieces, row.looked, not row.looked and bool(masks)))
    return found


_names: dict[str, tuple[float, frozenset[str]]] = {}


def _known_names() -> frozenset[str]:
    """Read every few minutes: at 100,000 people that takes half a second."""
    kept = _names.get("all")
    if kept is None or time.monotonic() - kept[0] > FRESH:
        kept = _names["all"] = (time.monotonic(), comment_release.names_here())
    return kept[1]


def forget_names() -> None:
    _names.clear()


@transaction.atomic
def save(
    wave: Wave, marks: Mapping[uuid.UUID, tuple[set[int], str]], *, by: Employee, now: dt.datetime
) -> tuple[int, int]:
    """Mask in each comment the ticked words and every place of what was typed; all of them count as looked at.

    Returns how many were looked at and how many words or names are masked in them. Raises ValidationError.
    """
    moderation = _claimed(wave, now)
    rows = {row.id: row for row in of(wave).filter(id__in=list(marks))}
    masked = 0
    for pk, (numbers, typed) in marks.items():
        row = rows.get(pk)
        if row is None:
            continue
        spans = masking.of_words(row.text, numbers) + masking.of_typed(row.text, typed)
        masks = masking.write(masking.joined(row.text, spans))
        masked += len(masks) // 2
        SealedComment.objects.filter(wave_id=wave.pk, id=pk).update(masks=masks, looked=True)
    record(by, "comments.masked", moderation.wave, comments=len(rows), masked=masked)
    return len(rows), masked


@transaction.atomic
def finish(wave: Wave, *, by: Employee, now: dt.datetime) -> Moderation:
    """The comments may go: the release goes on. Raises ValidationError while some were not looked at."""
    moderation = _claimed(wave, now)
    left = of(wave).filter(looked=False).count()
    if left:
        raise ValidationError(_("%(n)s comments were not looked at yet.") % {"n": left})
    moderation.finished_at, moderation.finished_by = now, by
    moderation.save(update_fields=["finished_at", "finished_by"])
    Wave.objects.filter(pk=wave.pk).update(progress={})
    record(by, "comments.looked_through", moderation.wave)
    return moderation


def _claimed(wave: Wave, now: dt.datetime) -> Moderation:
    """The open moderation, locked: the release, which takes the wave's row, does not go by at the same time."""
    Wave.objects.select_for_update().only("pk").get(pk=wave.pk)
    found = Moderation.objects.select_for_update().filter(waiting_row(now), wave=wave).select_related("wave").first()
    if found is None:
        raise ValidationError(_("The time for this is over: the comments are being released, or were."))
    return found


def waiting_row(now: dt.datetime) -> Q:
    return Q(finished_at=None, until__gt=now, wave__state=Wave.State.CLOSED)
