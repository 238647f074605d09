"""My way, and who of one's own people needs one today: on the home page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import clock
from culture.access.home_panels import Card, Need, Place, contribute
from culture.access.permissions import Permission, can, sees_everything, visible_units
from culture.people.models import Employee
from programs.training import queries, refreshing, reminding, standing, standing_slots
from programs.training.path_models import Path, PathRule, PathTally

MOST = 3
MOST_PEOPLE = 5
# Of whom one leads directly: whoever leads more has managers who do.
LED = 60
# So long it is told that a path followed the merger of a unit.
TOLD = dt.timedelta(days=14)


@contribute
def training(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """My way and, of those who report to one, who needs one: read together, as both ask the same of the database."""
    if not can(user, Permission.DO_TRAINING):
        return
    today = timezone.localdate(now)
    people = _led(user, today) if can(user, Permission.SEE_TEAM_TRAINING) else []
    known = standing.read([user.pk, *(one.pk for one in people)], today)
    yield _way(user, today, known)
    if people:
        yield _team(user, people, today, known)


def _led(user: Employee, today: dt.date) -> list[Employee]:
    led = Employee.objects.here(today).filter(manager=user).select_related("unit").order_by("sort_name", "pk")
    return list(led[:LED])


def _way(user: Employee, today: dt.date, known: standing.Reading) -> Card:
    """The next steps of one's own training."""
    items = queries.way(user, today, known)
    ready = [item for item in items if item.stand.open and not item.stand.first]
    ready.sort(key=lambda item: standing.sooner(item.stand))
    context = {
        "rows": ready[:MOST],
        "more": max(0, len(ready) - MOST),
        "done": sum(item.stand.done for item in items),
        "total": sum(item.stand.state != "exempt" for item in items),
        "refreshers": len(refreshing.waiting(user, today)),
    }
    late = sum(item.stand.state in standing.RISK for item in ready)
    told = ngettext("%(n)s thing on your way is late", "%(n)s things on your way are late", late) % {"n": late}
    return Card("programs/training/_home_way.html", {**context, "late": late}, Place.MAIN, 30, told if late else "")


def _team(user: Employee, people: list[Employee], today: dt.date, known: standing.Reading) -> Card:
    """Who is late, and whose behaviour somebody should see."""
    late = []
    for person in people:
        near = [one for one in reminding.needed(known.stands[person.pk], today) if one.state in standing.RISK]
        if near:
            late.append({"person": person, "near": near[:2], "more": max(0, len(near) - 2), "n": len(near)})
    late.sort(key=lambda row: -row["n"])  # type: ignore[operator]
    waiting = standing_slots.waiting_for(standing_slots.members(people, today, user, known), user, today)
    context = {
        "people": len(people),
        "late": late[:MOST_PEOPLE],
        "late_more": max(0, len(late) - MOST_PEOPLE),
        "waiting": waiting[:MOST_PEOPLE],
        "waiting_more": max(0, len(waiting) - MOST_PEOPLE),
    }
    told = ""
    if late:
        told = ngettext("%(n)s of your people is late", "%(n)s of your people are late", len(late)) % {"n": len(late)}
    elif waiting:
        told = ngettext(
            "%(n)s of your people waits for you to see what he can do",
            "%(n)s of your people wait for you to see what they can do",
            len(waiting),
        ) % {"n": len(waiting)}
    return Card("programs/training/_home_team.html", context, Place.MAIN, 10, told)


@contribute
def paths(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """Paths on which somebody is late, as they were last counted, of the units one looks after. One query."""
    if not can(user, Permission.MANAGE_TRAINING):
        return
    rows = PathTally.objects.filter(step__path__state=Path.State.RUNNING)
    if not sees_everything(user, Permission.MANAGE_TRAINING):
        rows = rows.filter(unit__in=visible_units(user, Permission.MANAGE_TRAINING))
    found = rows.order_by().values("step__path", "step__path__name").annotate(risk=Sum("late") + Sum("lapsed"))
    for row in sorted(found, key=lambda one: -one["risk"])[:MOST]:
        if count := row["risk"]:
            told = ngettext("%(n)s step is late on “%(path)s”", "%(n)s steps are late on “%(path)s”", count)
            title = told % {"n": number_format(count, force_grouping=True), "path": row["step__path__name"]}
            url = reverse("training:path_people", args=[row["step__path"]]) + "?show=risk"
            yield Need(title, _("Late or lapsed; see who, and by when"), url, 44)


@contribute
def reorganised(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """Paths about units that were closed, which HR alone can answer, and those that went with a merger. One query."""
    if not can(user, Permission.WRITE_COURSES):
        return
    today = timezone.localdate(now, clock.zone())
    # One that was merged is followed by the next night, unless what it became was closed, too.
    closed = Q(unit__until__lt=today) & (Q(unit__merged_into=None) | Q(unit__merged_into__until__lt=today))
    followed = Q(made_by=None, since__gt=today - TOLD, unit__merged_from__until__lt=today)
    rules = PathRule.objects.filter(closed | followed, path__state=Path.State.RUNNING, ended_on=None)
    for rule in rules.select_related("path", "unit").distinct().order_by("path__name", "pk")[:MOST]:
        assert rule.unit is not None
        told = {"path": rule.path.name, "unit": rule.unit.name}
        url = reverse("training:path_rules", args=[rule.path.pk])
        if rule.unit.until is not None and rule.unit.until < today:
            text = _("%(unit)s was closed. Who is on the path stays; nobody new comes, nobody is taken off.")
            yield Need(_("Say for whom “%(path)s” is now") % told, text % told, url, 46)
        else:
            text = _("A unit it was for became part of %(unit)s: everybody who works there is on it now.")
            yield Need(_("“%(path)s” went with a merger") % told, text % told, url, 43)
