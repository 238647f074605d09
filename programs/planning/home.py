"""The program's picture and what it needs, overdue actions, and one's own: on the home page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.home_panels import Card, Need, Place, contribute
from culture.access.permissions import Permission, can, visible_units
from culture.people.models import Employee
from programs.planning import actions, judging, milestones, panels, queries, standing
from programs.planning.action_models import Action
from programs.planning.models import Program
from programs.planning.views import line_of

MOST = 4
# What a program's parts tell is counted afresh: of larger ones only on the program's own page.
LIVE = 5000
# More programs than this at once are looked at in their own list.
PICTURES = 2


@contribute
def programs(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """Each running program: its picture, and what only its lead can do."""
    if not can(user, Permission.MANAGE_PROGRAMS):
        return
    today = timezone.localdate(now)
    sees_waves = can(user, Permission.SEE_PARTICIPATION)
    running = queries.within(user, Permission.MANAGE_PROGRAMS).filter(state=Program.State.RUNNING)
    found = list(running.select_related("series").prefetch_related("stages").order_by("starts_on", "pk"))
    for program in found[:PICTURES]:
        groups = queries.cohorts(program, today)
        aims = milestones.standings(program, today)
        now_ = standing.of_program(program, today)
        context = {
            "program": program,
            "stage": queries.stage_on(program, today),
            "standing": now_,
            "line": line_of(program, groups, aims, today),
        }
        yield Card("programs/planning/_home_program.html", context, Place.TOP, 10)
        told = queries.needs(program, groups, None, today) + queries.plan_needs(program, aims, today)
        if now_.enrolled <= LIVE:
            told += [need for part in panels.parts(program, today) for need in part.needs]
        for one in told:
            text = f"{one.text} · {program.name}" if len(found) > 1 and one.text else one.text
            yield Need(one.title, text, one.url, 45)
        card = queries.wave_card(program, today) if sees_waves else None
        if card and card["is_open"]:
            yield Card("programs/planning/_home_wave.html", {"one": card}, Place.MAIN, 5)
            yield from _hidden(card)
    if not found:
        yield Card("programs/planning/_home_no_program.html", {}, Place.TOP, 10)


def _hidden(card: dict[str, Any]) -> Iterator[Need]:
    """Groups of the open wave that will likely be hidden: there is still time to remind."""
    names = [row["name"] for row in card["groups"] if row["hidden"]]
    if names:
        told = ngettext("%(n)s group will likely be hidden", "%(n)s groups will likely be hidden", len(names))
        shown = ", ".join(names[:3]) + ("…" if len(names) > 3 else "")
        text = _("Too few will have answered: %(names)s") % {"names": shown}
        yield Need(told % {"n": len(names)}, text, card["url"], 55)


@contribute
def overdue(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """What the units one plans for have not done in time, without one's own, which stand beside."""
    if not can(user, Permission.PLAN_ACTIONS):
        return
    units = visible_units(user, Permission.PLAN_ACTIONS)
    rows = actions.overdue(actions.of_units(units), timezone.localdate(now)).exclude(owner=user)
    for one in queries.action_needs(rows):
        yield Need(one.title, one.text, one.url, 50)


@contribute
def names(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """Promises that the next survey asks about and that seem to name a person: HR may have them reworded before."""
    if not can(user, Permission.MANAGE_SURVEYS):
        return
    for row, found in judging.naming(timezone.localdate(now))[:MOST]:
        text = _("“%(what)s” seems to name %(names)s, and the next survey asks about it.")
        told = {"what": row.what, "names": ", ".join(found)}
        yield Need(_("A promise names a person"), text % told, reverse("planning:action", args=[row.pk]), 35)


@contribute
def mine(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One's own actions, overdue or due soon. One query."""
    today = timezone.localdate(now)
    rows = Action.objects.filter(owner=user, state=Action.State.OPEN, due_on__lte=today + actions.SOON)
    found = list(rows.select_related("unit", "promised_to").order_by("due_on", "pk")[:MOST])
    if found:
        yield Card("programs/planning/_home_mine.html", {"rows": found, "today": today}, Place.SIDE, 10)
