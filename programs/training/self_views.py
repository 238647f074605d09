"""How somebody sees himself: want, know and can, 1 to 5, requirement by requirement. Private unless he shares it.

Shared with his manager of today, by name; a later manager sees nothing until it is shared again. Taking it back takes
back the earlier ones, too. Nothing here is audited: the trail would tell others what is private.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.framework.models import Requirement
from culture.people.models import Employee
from programs.training.content_models import LONGEST_NOTE, SelfView
from programs.training.models import Course

SLOTS = ("want", "know", "can")
WORDS = {
    "want": gettext_lazy("I want to"),
    "know": gettext_lazy("I know how"),
    "can": gettext_lazy("I can: the surroundings let me"),
}


@dataclass(frozen=True)
class Row:
    """A requirement, how one sees oneself in it now, and before."""

    requirement: Requirement
    now: SelfView | None
    earlier: list[SelfView]


def of(employee: Employee) -> list[Row]:
    """The requirements of one's courses and those one has looked at already."""
    views: dict[int, list[SelfView]] = {}
    for view in SelfView.objects.filter(employee=employee).select_related("shared_with").order_by("-on", "-pk"):
        views.setdefault(view.requirement_id, []).append(view)  # type: ignore[attr-defined]
    mine = Q(assignments__employee=employee) | Q(steps__assignments__employee=employee)
    codes = {code for row in Course.objects.filter(mine).values_list("requirements", flat=True) for code in row}
    shown = Requirement.objects.active().filter(code__in=codes) | Requirement.objects.filter(pk__in=views)
    found = shown if codes or views else Requirement.objects.active()
    return [
        Row(one, (views.get(one.pk) or [None])[0], views.get(one.pk, [])[1:])  # type: ignore[list-item]
        for one in found.distinct().order_by("position", "pk")
    ]


@transaction.atomic
def keep(
    *,
    by: Employee,
    requirement: Requirement,
    scores: Mapping[str, int],
    note: str,
    share: bool,
    today: dt.date,
    now: dt.datetime,
) -> SelfView:
    """Today's view; looking again on the same day replaces it. Raises ``ValidationError`` by field."""
    problems: dict[str, list[str]] = {}
    for slot in SLOTS:
        if not 1 <= scores.get(slot, 0) <= 5:
            problems[slot] = [_("Choose a number from 1 to 5.")]
    if len(note) > LONGEST_NOTE:
        problems["note"] = [_("This is longer than %(most)d letters: shorten it.") % {"most": LONGEST_NOTE}]
    reader = by.manager
    if share and reader is None:
        problems["share"] = [_("You have no manager to share it with.")]
    if problems:
        raise ValidationError(problems)
    values: dict[str, Any] = {slot: scores[slot] for slot in SLOTS}
    values |= {"note": note.replace("\x00", "").strip()}
    values |= {"shared_with": reader if share else None, "shared_at": now if share else None}
    view, _new = SelfView.objects.update_or_create(employee=by, requirement=requirement, on=today, defaults=values)
    if not share:
        take_back(by=by, requirement=requirement)
    return view


def take_back(*, by: Employee, requirement: Requirement | None = None) -> int:
    """Nobody else reads it any more; without ``requirement``: none of them."""
    rows = SelfView.objects.filter(employee=by, shared_with__isnull=False)
    if requirement is not None:
        rows = rows.filter(requirement=requirement)
    return rows.update(shared_with=None, shared_at=None)


def shared(reader: Employee, person: Employee) -> list[SelfView]:
    """The newest of each requirement that ``person`` shares with ``reader``, who must still be his manager."""
    if person.manager_id != reader.pk:  # type: ignore[attr-defined]
        return []
    rows = SelfView.objects.filter(employee=person, shared_with=reader).select_related("requirement")
    newest: dict[int, SelfView] = {}
    for view in rows.order_by("-on", "-pk"):
        newest.setdefault(view.requirement_id, view)  # type: ignore[attr-defined]
    return sorted(newest.values(), key=lambda view: view.requirement.position)
