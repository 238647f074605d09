"""Reads for the list and the overview of programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.permissions import Permission, sees_everything, visible_units
from culture.people.models import Employee
from programs.planning import milestones, reach, rules, standing
from programs.planning.action_models import Action
from programs.planning.models import Cohort, CohortPerson, Enrolment, Program, Stage
from programs.planning.panels import Need
from programs.planning.plan_models import Duty, Risk
from surveys.waves import monitor
from surveys.waves.models import Invitation, Message, Wave

SOON = 30
USUAL_RATE = 0.6
MOST_ACTIONS = 3


def within(user: Employee, permission: Permission) -> QuerySet[Program]:
    """The programs all of whose units are ``user``'s by ``permission``, and his own without any unit yet."""
    if sees_everything(user, permission):
        return Program.objects.all()
    used = Cohort.units.through.objects.filter(cohort__program=OuterRef("pk"))
    outside = used.exclude(unit__in=visible_units(user, permission))
    return Program.objects.filter(~Exists(outside)).filter(Q(Exists(used)) | Q(created_by=user))


def known(user: Employee) -> QuerySet[Employee] | None:
    """Whom ``user`` may name in a program; None: everybody."""
    if sees_everything(user, Permission.MANAGE_PROGRAMS):
        return None
    return Employee.objects.filter(unit__in=visible_units(user, Permission.MANAGE_PROGRAMS).order_by().values("pk"))


def cohorts_within(user: Employee, permission: Permission) -> QuerySet[Cohort]:
    """The cohorts of running programs, all of whose units are ``user``'s by ``permission``: whom something new may be
    given. A draft has nobody yet, a paused program gives nothing new."""
    alive = Cohort.objects.filter(program__state=Program.State.RUNNING)
    if sees_everything(user, permission):
        return alive
    used = Cohort.units.through.objects.filter(cohort=OuterRef("pk"))
    outside = used.exclude(unit__in=visible_units(user, permission))
    strangers = CohortPerson.objects.filter(cohort=OuterRef("pk")).exclude(
        employee__unit__in=visible_units(user, permission)
    )
    return alive.filter(Exists(used), ~Exists(outside), ~Exists(strangers))


def listed(programs: QuerySet[Program] | None = None) -> QuerySet[Program]:
    """Programs (all, or these) with ``people`` (enrolled, now or later) and ``groups`` (cohorts)."""
    every = Program.objects.all() if programs is None else programs
    return every.annotate(
        people=Count("enrolments", filter=Q(enrolments__until__isnull=True), distinct=True),
        groups=Count("cohorts", distinct=True),
    ).prefetch_related("stages")


def cohorts(program: Program, today: dt.date) -> list[Cohort]:
    """The program's cohorts with ``standing`` (see ``standing``) and ``told``, their people in words. Four queries."""
    rows: list[Any] = list(program.cohorts.annotate(named=Count("people_named")).prefetch_related("units"))
    counts = standing.of_cohorts(program, today)
    for row in rows:
        now = counts.get(row.pk, standing.Standing(today))
        people = now.enrolled or now.waiting
        row.standing = now
        row.told = ngettext("%(n)s person", "%(n)s people", people) % {"n": number_format(people, force_grouping=True)}
    return rows


def stage_on(program: Program, today: dt.date) -> tuple[int, Stage] | None:
    """The number (from 1) and the stage of today."""
    for number, stage in enumerate(program.stages.all(), start=1):
        if stage.starts_on <= today <= stage.ends_on:
            return number, stage
    return None


def employed(today: dt.date) -> int:
    return Employee.objects.here(today).count()


def wave_card(program: Program, today: dt.date) -> dict[str, Any] | None:
    """The open wave, else the next one, else the last; with its groups and whether they will likely be shown."""
    if program.series_id is None:  # type: ignore[attr-defined]
        return None
    waves = Wave.objects.filter(series=program.series_id).select_related("series")  # type: ignore[attr-defined,misc]
    state = Wave.State
    wave = (
        waves.filter(state__in=[state.OPENING, state.OPEN]).first()
        or waves.filter(state__in=[state.SCHEDULED, state.DRAFT], opens_on__gte=today).order_by("opens_on").first()
        or waves.filter(state__in=[state.CLOSED, state.RELEASED]).first()
    )
    if wave is None:
        return None
    card: dict[str, Any] = {"wave": wave, "is_open": wave.state == state.OPEN, "url": wave_url(wave)}
    card["told"] = monitor.overall(wave) if wave.state == state.RELEASED else ""
    if card["is_open"]:
        card["closes_in"] = (wave.closes_on - today).days
        # Only the day's rounded figures: anything fresher would show who answered meanwhile (confidentiality.md).
        card["share"] = next((g for g in wave.participation.get("groups", []) if g["depth"] == 0), None)
        card["on"] = dt.date.fromisoformat(wave.participation["on"]) if wave.participation.get("on") else None
        card["groups"] = groups_of(wave, usual_rate(wave))
    return card


def wave_url(wave: Wave) -> str:
    try:
        return reverse("waves:detail", args=[wave.pk])
    except NoReverseMatch:
        return ""


def usual_rate(wave: Wave) -> float:
    """Share that answered the last closed wave of the series, else a cautious guess."""
    last = Wave.objects.filter(series=wave.series, released_at__isnull=False, invited__gt=0).first()
    return last.answered / last.invited if last else USUAL_RATE


def groups_of(wave: Wave, rate: float) -> list[dict[str, Any]]:
    """The reporting blocks of an open wave: how many are asked, and whether they will likely be shown."""
    k = wave.rules.get("k", 5)
    shares = {(g["unit"], g["name"]): g["share"] for g in wave.participation.get("groups", [])}
    rows = []
    for block in wave.snapshot.get("blocks", []):
        invited = block.get("invited", 0)
        hidden = 0 < invited * rate < k
        share = shares.get((block["id"], block["name"]), "")
        rows.append({"name": block["name"], "invited": invited, "share": share, "hidden": hidden})
    return sorted(rows, key=lambda row: (not row["hidden"], -row["invited"]))


def needs(program: Program, groups: list[Cohort], card: dict[str, Any] | None, today: dt.date) -> list[Need]:
    """What this room knows HR should do now."""
    found: list[Need] = []
    if card and card["is_open"]:
        found += _wave_needs(card)
    elif program.series_id is None:  # type: ignore[attr-defined]
        found.append(
            Need(
                _("No survey measures this program yet"),
                _("Choose a survey series, so that you see what changes"),
                reverse("planning:edit", args=[program.pk]),
            )
        )
    for cohort in groups:
        days = (cohort.starts_on - today).days
        if 0 <= days <= SOON:
            found.append(_cohort_need(cohort, days))
    recent = Enrolment.objects.filter(program=program, since__gt=today - dt.timedelta(days=7), since__lte=today)
    ways = Enrolment.How
    late = recent.filter(how__in=[ways.JOINED, ways.RETURNED], until__isnull=True).count()
    if late:
        found.append(
            Need(
                ngettext("%(n)s person joined this week", "%(n)s people joined this week", late) % {"n": late},
                _("Enrolled in their unit's cohort by themselves"),
            )
        )
    found += _stray_needs(program, today)
    return found


def _stray_needs(program: Program, today: dt.date) -> list[Need]:
    count, where = standing.strays(program, reach.homes(program), today)
    if not count:
        return []
    told = ngettext(
        "%(n)s enrolled person works in a unit of no cohort",
        "%(n)s enrolled people work in units of no cohort",
        count,
    )
    names = ", ".join(f"{one.name} ({one.people})" for one in where)
    text = _("They stay enrolled; whoever joins them there is not: %(names)s") % {"names": names}
    return [Need(told % {"n": count}, text, reverse("planning:edit", args=[program.pk]))]


def plan_needs(program: Program, aims: Iterable[milestones.Standing], today: dt.date) -> list[Need]:
    """Milestones past their day or ready to be decided, risks to be looked at, duties past theirs."""
    risks = program.risks.filter(closed_on=None, review_on__lte=today).select_related("owner")
    duties = program.duties.filter(done_on=None, due_on__lt=today).select_related("sponsor")
    return plan_lines(program, aims, risks, duties)


def plan_lines(
    program: Program, aims: Iterable[milestones.Standing], risks: Iterable[Risk], duties: Iterable[Duty]
) -> list[Need]:
    """The same of ``risks`` to be looked at and ``duties`` past theirs that the caller has read."""
    url = reverse("planning:plan", args=[program.pk])
    found = []
    for one in aims:
        day, owner = rules.day(one.milestone.due_on), one.milestone.owner.name
        if one.light == "late":
            title = _("Milestone “%(title)s” is late") % {"title": one.milestone.title}
            found.append(Need(title, _("%(name)s · due %(day)s") % {"name": owner, "day": day}, url))
        elif one.light == "met":
            title = _("Milestone “%(title)s”: both indicators are met") % {"title": one.milestone.title}
            found.append(Need(title, _("Decide that it is reached"), url))
    for risk in risks:
        title = _("Look again at the risk “%(what)s”") % {"what": risk.what}
        words = {"name": risk.owner.name, "day": rules.day(risk.review_on)}
        found.append(Need(title, _("%(name)s · since %(day)s") % words, url))
    for duty in duties:
        title = _("“%(what)s” is overdue") % {"what": duty.what}
        words = {"name": duty.sponsor.name, "day": rules.day(duty.due_on)}
        found.append(Need(title, _("%(name)s · due %(day)s") % words, url))
    return found


def action_needs(late: QuerySet[Action]) -> list[Need]:
    """The actions most overdue by name, the others as a number."""
    rows = list(late.order_by("due_on", "pk")[: MOST_ACTIONS + 1])
    return action_lines(rows, late.count() if len(rows) > MOST_ACTIONS else len(rows))


def action_lines(rows: Sequence[Action], whole: int) -> list[Need]:
    """The same of the ``rows`` most overdue, of ``whole``."""
    url = reverse("planning:actions") + "?show=overdue"
    found = []
    for one in rows[:MOST_ACTIONS]:
        title = _("Action plan “%(what)s” is overdue") % {"what": one.what}
        words = {"unit": one.unit.name, "name": one.owner.name, "day": rules.day(one.due_on)}
        found.append(Need(title, _("%(unit)s · %(name)s · due %(day)s") % words, url))
    if whole > MOST_ACTIONS:
        more = whole - MOST_ACTIONS
        title = ngettext("%(n)s more action is overdue", "%(n)s more actions are overdue", more) % {"n": more}
        found.append(Need(title, _("See all of them"), url))
    return found


def _cohort_need(cohort: Cohort, days: int) -> Need:
    people = cohort.standing.waiting + cohort.standing.enrolled  # type: ignore[attr-defined]
    return Need(
        _("“%(name)s” starts on %(day)s") % {"name": cohort.name, "day": rules.day(cohort.starts_on)},
        ngettext("%(n)s person, in %(days)s days", "%(n)s people, in %(days)s days", people)
        % {"n": people, "days": days},
        reverse("planning:edit", args=[cohort.program_id]),  # type: ignore[attr-defined]
    )


def _wave_needs(card: dict[str, Any]) -> list[Need]:
    wave, url = card["wave"], card["url"]
    found = []
    # Counted over everybody asked, not over who has not answered: that number would tell on a few.
    silent = Invitation.objects.filter(wave=wave, employee__email__isnull=True).count()
    if silent:
        found.append(
            Need(
                ngettext("%(n)s person asked has no e-mail", "%(n)s people asked have no e-mail", silent)
                % {"n": silent},
                _("Give them their personal link on paper or as a QR code"),
                url,
            )
        )
    failed = Message.objects.filter(invitation__wave=wave, state=Message.State.FAILED).count()
    if failed:
        found.append(
            Need(
                ngettext("%(n)s invitation was not delivered", "%(n)s invitations were not delivered", failed)
                % {"n": failed},
                _("Addresses to fix in Employees"),
                url,
            )
        )
    hidden = [row["name"] for row in card["groups"] if row["hidden"]]
    if hidden:
        found.append(
            Need(
                ngettext("%(n)s group will likely be hidden", "%(n)s groups will likely be hidden", len(hidden))
                % {"n": len(hidden)},
                _("Too few will have answered: %(names)s")
                % {"names": ", ".join(hidden[:3]) + ("…" if len(hidden) > 3 else "")},
                url,
            )
        )
    return found
