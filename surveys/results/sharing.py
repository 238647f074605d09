"""Who sees the results of a wave from which day: HR at once, then leaders, managers, and every employee for his unit.

*Leaders* are whoever holds a role that sees results (executive, program lead, HR of a unit); *managers* see the units
they lead; an *employee* sees the group he works in and the whole organisation's numbers, its comments only where HR
says so. HR admins of the whole organisation always see what is released: they share it. A date that is not reached
shows nothing, anywhere: the gate (queries.py) asks here.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from culture.access import clock, reach
from culture.access.audit import record
from culture.access.permissions import Permission, can, held
from culture.access.table import Persona, carried
from culture.people.models import Employee
from surveys.results.sharing_models import MOST_DAYS, MOST_MODERATION_DAYS, Sharing, SharingPlan
from surveys.waves import promise
from surveys.waves.models import Series, Wave
from surveys.waves.series import today_of

LEADERS, MANAGERS, EMPLOYEES = "leaders", "managers", "employees"
AUDIENCES = (LEADERS, MANAGERS, EMPLOYEES)
User = Employee | AnonymousUser


@dataclass(frozen=True)
class Standing:
    """What somebody could see of results, were all dates reached. ``everywhere``: audiences he is in for all units."""

    hr: bool = False
    everywhere: frozenset[str] = frozenset()
    roots: dict[str, frozenset[int]] = field(default_factory=dict)
    own: int | None = None

    @property
    def audiences(self) -> tuple[str, ...]:
        mine = [name for name in AUDIENCES if name in self.everywhere or self.roots.get(name)]
        return (*mine, *([EMPLOYEES] if self.own is not None else []))


def standing(user: User) -> Standing:
    """Worked out once per user object, from what permissions.py holds of him."""
    if not isinstance(user, Employee):
        return Standing()
    sources = held(user)
    key = tuple((source.persona, source.unit_id) for source in sources)
    known = user.__dict__.get("_trivium_standing")
    if known is None or known[0] != key:
        known = user.__dict__["_trivium_standing"] = (key, _standing(user, sources))
    return known[1]


def _standing(user: Employee, sources: list[Any]) -> Standing:
    everywhere, roots = set[str](), dict[str, set[int]]()
    for source in sources:
        if Permission.SEE_RESULTS not in carried(source.persona, whole=source.unit_id is None):
            continue
        audience = MANAGERS if source.persona == Persona.MANAGER else LEADERS
        if source.unit_id is None:
            everywhere.add(audience)
        else:
            roots.setdefault(audience, set()).add(source.unit_id)
    return Standing(
        hr=any(source.persona == Persona.HR_ADMIN and source.unit_id is None for source in sources),
        everywhere=frozenset(everywhere),
        roots={name: frozenset(units) for name, units in roots.items()},
        own=user.unit_id if sources else None,
    )


# -- reached ---------------------------------------------------------------------------------------------------------


def reached(audience: str, today: dt.date | None = None) -> Q:
    """Of waves: those shared with ``audience`` by now. The day of the release itself is always reached."""
    field_ = f"sharing__{audience}_on"
    today = today or clock.today()
    told = promise.told_of_sharing() if audience == EMPLOYEES else Q()
    return told & (Q(**{f"{field_}__lte": today}) | Q(**{f"{field_}__lte": F("released_at__date")}))


def shared_with(user: User) -> Q:
    """Of waves: those of which ``user`` may see something (their state aside)."""
    mine = standing(user)
    if mine.hr:
        return Q()
    found = Q(pk__in=[])
    for audience in mine.audiences:
        found |= reached(audience)
    return found


def open_to(wave: Wave, user: User) -> tuple[str, ...]:
    """The audiences ``user`` is in for which the wave's day is reached."""
    shared = _of(wave)
    if shared is None:
        return ()
    today = clock.today()
    if wave.released_at is not None:
        today = max(today, timezone.localdate(wave.released_at))
    everybody = shared.employees_on if promise.may_share(wave) else None
    days = {LEADERS: shared.leaders_on, MANAGERS: shared.managers_on, EMPLOYEES: everybody}
    return tuple(name for name in standing(user).audiences if (day := days[name]) is not None and day <= today)


def _of(wave: Wave) -> Sharing | None:
    try:
        return wave.sharing  # type: ignore[attr-defined, no-any-return]
    except Sharing.DoesNotExist:
        return None


def units_of(wave: Wave, user: User, *, comments: bool = False) -> set[int] | None:
    """The units of which ``user`` may see the results of a released wave; None: all.

    ``comments``: the units whose comments he may read. The whole organisation's numbers, which everybody who sees a
    wave at all may see, are not in question here.
    """
    mine = standing(user)
    if mine.hr:
        return None
    reached_by = open_to(wave, user)
    if any(name in mine.everywhere for name in reached_by):
        return None
    roots = frozenset().union(*(mine.roots.get(name, frozenset()) for name in reached_by))
    found = set(reach.below(roots).order_by().values_list("pk", flat=True)) if roots else set()
    if EMPLOYEES in reached_by and mine.own is not None and (not comments or reads_comments(wave)):
        found.add(mine.own)
    return found


def reads_comments(wave: Wave) -> bool:
    """Whether somebody who sees a group only because he works there reads its comments, too."""
    shared = _of(wave)
    return shared is not None and shared.employee_comments


def leaders_see() -> Q:
    """Of waves: those any leader may see: what is told of the whole program, to whomever it goes."""
    return reached(LEADERS)


NEWS_DAYS = 45


def news_of(waves: list[Wave], user: User) -> list[tuple[Wave, dt.date]]:
    """Those of the waves that came to be shared with ``user`` lately, with the day. HR hears of a release."""
    since, found = clock.today() - dt.timedelta(days=NEWS_DAYS), []
    for wave in waves:
        shared = _of(wave)
        days = [getattr(shared, f"{name}_on") for name in open_to(wave, user)] if shared else []
        first = min(days, default=timezone.localdate(wave.released_at) if wave.released_at else None)
        if first is not None and first >= since:
            found.append((wave, first))
    return found


# -- doors -----------------------------------------------------------------------------------------------------------


def may_enter(user: User) -> bool:
    """Whoever holds the permission (there may be nothing for him yet), or with whom a wave is shared."""
    if can(user, Permission.SEE_RESULTS):
        return True
    return standing(user).own is not None and bool(latest_for(user))


def latest_for(user: User) -> list[Wave]:
    """Released waves shared with ``user``, the newest first; a dozen at most."""
    waves = Wave.objects.filter(shared_with(user), state=Wave.State.RELEASED)
    found = list(waves.select_related("series", "sharing").defer("snapshot").order_by("-opens_on", "-pk")[:12])
    user.__dict__["_trivium_shared"] = bool(found)
    return found


def last_told(user: User) -> bool | None:
    """Whether anything is shared with ``user``, if that was asked already of this user object; else None."""
    return user.__dict__.get("_trivium_shared")


def door(view: Any) -> Any:
    """Refuse (403) a page of results to whom none are shared with. ``view.permission``: what opens it at once."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_enter(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.permission = Permission.SEE_RESULTS  # type: ignore[attr-defined]
    return guarded


class ApiDoor(BasePermission):
    """The same for the API."""

    needed = Permission.SEE_RESULTS

    def has_permission(self, request: Request, view: Any) -> bool:
        return may_enter(request.user)


# -- set -------------------------------------------------------------------------------------------------------------

Days = dict[str, int | None]
Dates = dict[str, dt.date | None]


def plan_of(series: Series) -> SharingPlan:
    """How the series is shared; as it is by default where nobody chose."""
    return SharingPlan.objects.filter(series=series).first() or SharingPlan(series=series)


def expected(wave: Wave) -> dt.date:
    """The day the wave was or will be released, as far as is known: the day after its last, and comments' waiting."""
    if wave.released_at is not None:
        return timezone.localdate(wave.released_at)
    own = Sharing.objects.filter(wave=wave).values_list("moderation_days", flat=True).first()
    days = own if own is not None else plan_of(wave.series).moderation_days
    return wave.closes_on + dt.timedelta(days=1 + days)


def dates(wave: Wave) -> Dates:
    """From which day which audience sees the wave: as set for it, else as its series plans it."""
    shared = Sharing.objects.filter(wave=wave).first()
    if shared is not None and (wave.released_at is not None or shared.chosen):
        days = {LEADERS: shared.leaders_on, MANAGERS: shared.managers_on, EMPLOYEES: shared.employees_on}
    else:
        days = planned(plan_of(wave.series), expected(wave))
    return days if promise.may_share(wave) else {**days, EMPLOYEES: None}


def planned(plan: SharingPlan, day: dt.date) -> Dates:
    after: Days = {LEADERS: plan.leaders_after, MANAGERS: plan.managers_after, EMPLOYEES: plan.employees_after}
    return {name: None if days is None else day + dt.timedelta(days=days) for name, days in after.items()}


def day_for_everybody(wave_id: int) -> dt.date | None:
    """From which day every employee reads the results of a wave, as far as is known; None: not at all."""
    wave = Wave.objects.select_related("series").defer("snapshot").filter(pk=wave_id).first()
    return dates(wave)[EMPLOYEES] if wave is not None else None


def begin(wave: Wave, *, now: dt.datetime) -> Sharing:
    """With the release: what HR set for the wave, else what its series plans, becomes its days. Repeats change none."""
    shared = Sharing.objects.select_for_update().filter(wave=wave).first()
    if shared is not None and shared.chosen:
        return shared
    plan = plan_of(wave.series)
    days = planned(plan, timezone.localdate(now))
    if not promise.may_share(wave):
        days[EMPLOYEES] = None
    shared = shared or Sharing(wave=wave)
    shared.leaders_on, shared.managers_on, shared.employees_on = days[LEADERS], days[MANAGERS], days[EMPLOYEES]
    shared.employee_comments, shared.tell = plan.employee_comments, plan.tell
    shared.save()
    return shared


@transaction.atomic
def set_plan(
    series: Series, *, after: Days, employee_comments: bool, moderation_days: int, tell: bool, by: Employee
) -> SharingPlan:
    """How waves that are not released yet will be shared. Raises ValidationError by field."""
    errors = _in_order(after, _("Between 0 and %(most)s days.") % {"most": MOST_DAYS}, 0, MOST_DAYS)
    if not 0 <= moderation_days <= MOST_MODERATION_DAYS:
        errors["moderation_days"] = _("Between 0 and %(most)s days.") % {"most": MOST_MODERATION_DAYS}
    if errors:
        raise ValidationError(errors)
    plan, _made = SharingPlan.objects.update_or_create(
        series=series,
        defaults={
            **{f"{name}_after": after[name] for name in AUDIENCES},
            "employee_comments": employee_comments,
            "moderation_days": moderation_days,
            "tell": tell,
        },
    )
    record(by, "series.sharing_planned", series, **after, moderation_days=moderation_days, tell=tell)
    return plan


@transaction.atomic
def share(
    wave: Wave,
    *,
    on: Dates,
    employee_comments: bool,
    tell: bool,
    by: Employee,
    moderation_days: int | None = None,
    today: dt.date | None = None,
) -> Sharing:
    """Set the days of one wave; a later day (or none) takes back what was shared. Raises ValidationError by field.

    ``moderation_days`` counts only until the wave closes; None: as the series plans.
    """
    wave = Wave.objects.select_for_update().defer("snapshot").get(pk=wave.pk)
    today = today or today_of(wave.series, timezone.now())
    errors = _in_order(on, _("Choose a day within the next three years."), None, today + dt.timedelta(days=3 * 366))
    if moderation_days is not None and not 0 <= moderation_days <= MOST_MODERATION_DAYS:
        errors["moderation_days"] = _("Between 0 and %(most)s days.") % {"most": MOST_MODERATION_DAYS}
    errors |= _not_promised(wave, on[EMPLOYEES], moderation_days)
    if errors:
        raise ValidationError(errors)
    old = Sharing.objects.filter(wave=wave).first()
    told = list(old.told) if old else []
    # Who is to see it later than before is told again when the day comes.
    told = [name for name in told if (day := on.get(name)) is not None and day <= today]
    shared, _made = Sharing.objects.update_or_create(
        wave=wave,
        defaults={
            **{f"{name}_on": on[name] for name in AUDIENCES},
            "employee_comments": employee_comments,
            "moderation_days": moderation_days,
            "chosen": True,
            "tell": tell,
            "told": told,
        },
    )
    record(by, "results.shared", wave, **on, employee_comments=employee_comments, tell=tell)
    return shared


def _not_promised(wave: Wave, everybody: dt.date | None, moderation_days: int | None) -> dict[str, str]:
    """What the people asked in ``wave`` were not told when it was opened, by field."""
    if promise.may_share(wave):
        return {}
    errors = {}
    if everybody is not None:
        errors[EMPLOYEES] = _(
            "When this wave was opened, people were told that only managers and HR read its results. Leave this empty; "
            "later waves can be shared with everybody."
        )
    if moderation_days:
        errors["moderation_days"] = _(
            "When this wave was opened, people were not told that somebody reads comments before. Set 0 days."
        )
    return errors


AFTER = {MANAGERS: LEADERS, EMPLOYEES: MANAGERS}


def _in_order(given: dict[str, Any], beyond: str, least: Any, most: Any) -> dict[str, str]:
    errors = {}
    for name in AUDIENCES:
        value = given[name]
        if value is None:
            continue
        if (least is not None and value < least) or value > most:
            errors[name] = beyond
        elif name in AFTER and given[AFTER[name]] is None:
            errors[name] = _("Those before them do not see the results: share with them first.")
        elif name in AFTER and given[AFTER[name]] > value:
            errors[name] = _("Not before those above them: leaders first, then managers, then everybody.")
    return errors
