"""News between the thanks: awards, milestones, teams. Written once, hidden by HR or by whom they are about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import audit
from culture.access.permissions import Permission, can
from culture.framework.texts import pick
from culture.people.models import Employee, Unit
from programs.recognition.award_models import FeedPost

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
    newer: dt.datetime | None = None,
    older: dt.datetime | None = None,
    viewer: Employee | None = None,
    about: Employee | None = None,
    units: QuerySet[Unit] | None = None,
    limit: int = LIMIT,
) -> list[FeedPost]:
    """What is shown of ``newer`` < at <= ``older``, the newest first; with ``about`` only what is about him (or won
    with a team), with ``units`` only what is about their people. One query. Each has ``told``, its words in the
    reader's language.
    """
    found = FeedPost.objects.filter(hidden_at=None).select_related("employee__unit", "unit", "candidate__round__award")
    if newer is not None:
        found = found.filter(at__gt=newer)
    if older is not None:
        found = found.filter(at__lte=older)
    if about is not None:
        found = found.filter(Q(employee=about) | Q(candidate__winners__employee=about)).distinct()
    if units is not None:
        found = found.filter(Q(employee__unit__in=units.order_by()) | Q(unit__in=units.order_by()))
    rows = list(found.order_by("-at", "-pk")[:limit])
    for post in rows:
        post.told = words(post)  # type: ignore[attr-defined]
    return rows


@transaction.atomic
def hide(*, post: FeedPost, by: Employee, why: str, now: dt.datetime) -> None:
    """HR with a reason, or whom it is about without one. Again: nothing happens."""
    locked = FeedPost.objects.select_for_update().get(pk=post.pk)
    own = locked.employee_id == by.pk
    if not own and not can(by, Permission.MANAGE_RECOGNITION):
        raise ValidationError(_("Only HR, or whom it is about, can take this down."))
    why = why.replace("\0", "").strip()
    if not own and not why:
        raise ValidationError({"why": _("Say why: it stays on record.")})
    if locked.hidden_at is not None:
        return
    locked.hidden_at, locked.hidden_by, locked.hidden_why = now, by, why[:300]
    locked.save(update_fields=["hidden_at", "hidden_by", "hidden_why"])
    audit.record(by, "post.hidden", locked, own=own)


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
