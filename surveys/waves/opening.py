"""Opening a wave: everything it needs is frozen into it. One job, in steps that may be repeated after a crash.

What takes long (who is asked, about whom) is worked out first, telling how far it is; then one transaction writes all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.instruments.loading import frozen_items, latest_version
from surveys.instruments.models import InstrumentVersion
from surveys.waves import asked_promises, audience, cuts, hours, keys, partitions, promise, schedule
from surveys.waves.assignment import Person, assign
from surveys.waves.blocks import Block, UnitNode
from surveys.waves.history import expected_rates
from surveys.waves.models import Burden, Invitation, Message, PanelPlace, Series, Wave
from surveys.waves.series import today_of

# A worker that works on an opening renews its lease at each step; a dead one's runs out.
LEASE = dt.timedelta(seconds=60)
STEPS = 4
# What a series may set for the meaning of its results; frozen only where it differs.
USUAL = {"matters": 5, "barrier_at": 3.0, "quadrant_at": 3.5}


class CannotOpen(Exception):
    """The wave cannot be opened; the text says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """What an opening writes, worked out before anything is written."""

    today: dt.date
    version: InstrumentVersion
    items: list[dict[str, Any]]
    choice: audience.Choice
    nodes: list[UnitNode]
    blocks: list[Block]
    providers: dict[int, tuple[int, ...]]
    served_by: list[int] = field(default_factory=list)  # everybody on the service map who serves somebody
    told: cuts.Frozen = field(default_factory=lambda: cuts.Frozen([], {}))
    promises: list[asked_promises.Chosen] = field(default_factory=list)
    turn: dict[str, int] = field(default_factory=dict)  # of a panel, see _turn


@transaction.atomic
def claim(wave: Wave, *, by: Employee | None = None) -> bool:
    """Scheduled → opening, by whoever comes first; not while another wave of its series is open."""
    busy = Wave.objects.filter(series=OuterRef("series"), state__in=[Wave.State.OPENING, Wave.State.OPEN])
    waiting = Wave.objects.filter(~Exists(busy), pk=wave.pk, state=Wave.State.SCHEDULED)
    try:
        with transaction.atomic():
            first = waiting.update(state=Wave.State.OPENING, opening_since=None, progress={})
    except IntegrityError:  # another wave of the series was quicker
        return False
    if first and by is not None:
        record(by, "wave.open_asked", wave)
    return bool(first)


def open_wave(wave: Wave, *, now: dt.datetime, by: Employee | None = None) -> bool:
    """Open the wave; False if there was nothing to open. A wave left *opening* by a crash is taken up again."""
    claim(wave)
    if not _lease(wave):
        return False
    try:
        with transaction.atomic():
            if _locked(wave) is None:
                return False
            # Committed before the long part: making a partition locks the inbox of all open waves.
            partitions.create(partitions.INBOX, wave.pk)
        plan = _plan(wave, today=today_of(wave.series, now))
        with transaction.atomic():
            locked = _locked(wave)
            if locked is None:
                return False
            _fill(locked, plan, now=now)
            record(by, "wave.opened", locked, invited=locked.invited)
    except CannotOpen:
        # Back to where HR can repair the cause; the next tick tries again.
        Wave.objects.filter(pk=wave.pk, state=Wave.State.OPENING).update(state=Wave.State.SCHEDULED)
        raise
    finally:
        Wave.objects.filter(pk=wave.pk, opening_since__isnull=False).update(opening_since=None)
    wave.refresh_from_db()
    return True


def _lease(wave: Wave) -> bool:
    """Whether the opening is this worker's: nobody else has been at it for a while."""
    moment = timezone.now()
    free = Q(opening_since__isnull=True) | Q(opening_since__lt=moment - LEASE)
    return bool(Wave.objects.filter(free, pk=wave.pk, state=Wave.State.OPENING).update(opening_since=moment))


def _tell(wave: Wave, step: int, people: int) -> None:
    """How far the opening is, for the wave's page; renews the lease."""
    progress = {"step": step, "of": STEPS, "people": people}
    Wave.objects.filter(pk=wave.pk, state=Wave.State.OPENING).update(progress=progress, opening_since=timezone.now())


def _locked(wave: Wave) -> Wave | None:
    """The opening wave, its row locked while it opens: a second worker skips it instead of waiting."""
    waves = Wave.objects.select_for_update(skip_locked=True, of=("self",)).select_related("series__instrument")
    return waves.filter(pk=wave.pk, state=Wave.State.OPENING).first()


def rules_for(series: Series) -> dict[str, Any]:
    """The disclosure rules a wave freezes. From k upwards everything follows; nothing can be set lower."""
    band_to = max(7, series.k + 2)
    return {
        "k": series.k,
        "band_to": band_to,
        "score_detail_from": band_to + 1,
        "distribution_from": 20,
        "comment_home": max(10, series.k),
        "max_providers": series.max_providers,
        "words": promise.WORDS,
        **({"receipts": True} if series.receipts else {}),
        **{field: value for field, usual in USUAL.items() if (value := getattr(series, field)) != usual},
    }


def _plan(wave: Wave, *, today: dt.date) -> Plan:
    """Who is asked about whom; reads only."""
    series = wave.series
    _tell(wave, 1, 0)
    version = version_of(wave)
    items = frozen_items(version)
    links = audience.active_links(today)
    minutes = audience.minutes_for(items, series, links, promises=asked_promises.expected(items, today))
    turn = audience.turn_of(series)
    choice = audience.choose(series, today, minutes=minutes, turn=turn)
    if not choice.people:
        raise CannotOpen(nobody(choice))
    _tell(wave, 2, len(choice.people))
    nodes = audience.unit_nodes()
    blocks = audience.blocks_of(choice, nodes, series.k)
    providers = providers_for(choice, blocks, nodes, links, series, turn=wave.number)
    _tell(wave, 3, len(choice.people))
    served_by = sorted({unit for found in links.values() for unit in found})
    told = _cuts(choice, blocks, series, today)
    promises = asked_promises.due(items, nodes, blocks, choice.sizes, series.k, today)
    dealt = _turn(wave, turn)
    return Plan(today, version, items, choice, nodes, blocks, providers, served_by, told, promises, dealt)


def _turn(wave: Wave, turn: int) -> dict[str, int]:
    """Which part of a panel is asked, by the places dealt for wave ``panel_since``; nothing where everybody is asked.

    Waves of one dealing whose turns differ ask nobody twice."""
    series = wave.series
    if series.panel < 2:
        return {}
    opened = Wave.objects.filter(series=series, opened_at__isnull=False).exclude(pk=wave.pk)
    last = opened.order_by("-opened_at").values_list("rules", flat=True).first() or {}
    same = last.get("panel") == series.panel and PanelPlace.objects.filter(series=series).exists()
    since = last["panel_since"] if same else wave.number
    return {"panel": series.panel, "panel_turn": turn % series.panel, "panel_since": since}


def _cuts(choice: audience.Choice, blocks: list[Block], series: Series, today: dt.date) -> cuts.Frozen:
    """What is stored of each person beside his block; one query."""
    home = {unit: block.id for block in blocks for unit in block.units}
    blocks_of = {one.id: home[one.unit] for one in choice.people}
    people_here = audience.audience_of(series, today).order_by()
    rows = people_here.values_list("pk", "site", "job_family", "hired_on", "customer_facing")
    people = [
        cuts.Traits(pk, blocks_of[pk], (site, family, cuts.tenure(hired_on, today), "yes" if facing else "no"))
        for pk, site, family, hired_on, facing in rows.iterator(chunk_size=5000)
        if pk in blocks_of
    ]
    people.sort(key=lambda one: one.id)
    wanted = [key if key in series.cuts else "" for key in cuts.KEYS]
    return cuts.freeze(people, wanted, series.k)


def providers_for(
    choice: audience.Choice,
    blocks: list[Block],
    nodes: list[UnitNode],
    links: dict[int, list[int]],
    series: Series,
    *,
    turn: int,
) -> dict[int, tuple[int, ...]]:
    """Provider ids for each person, by the service map and the participation to be expected."""
    home = {unit: block.id for block in blocks for unit in block.units}
    return assign(
        [Person(one.id, one.unit, home[one.unit]) for one in choice.people],
        {node.id: node.parent for node in nodes},
        links,
        max_providers=series.max_providers,
        k=series.k,
        turn=turn,
        participation=expected_rates(series, blocks),
    )


def nobody(choice: audience.Choice) -> str:
    if choice.left_out:
        return _("Everybody this series asks is left out this time: on leave, joined lately, or asked enough already.")
    return _("Nobody works in the units this series asks. Import people or choose other units.")


def _fill(wave: Wave, plan: Plan, *, now: dt.datetime) -> None:
    """Write it all. One statement per table, whatever the size."""
    series = wave.series
    # The key lives outside the database: if this transaction fails, the next attempt finds the same key again.
    wave.public_key, wave.earlier_keys = _public_key(wave), []
    wave.planned_on = wave.planned_on or wave.opens_on
    if plan.today != wave.opens_on:
        late = plan.today > wave.opens_on
        wave.opens_on, wave.closes_on = plan.today, _last_day(wave, plan.today, late=late)
    wave.version = _frozen(plan.version)
    wave.rules = rules_for(series) | plan.turn
    asked = {"items": plan.items, "sections": plan.version.sections, "providers": plan.served_by}
    asked["cuts"] = plan.told.cuts
    promises = asked_promises.freeze(wave, plan.promises, plan.nodes, plan.today)
    asked |= asked_promises.told(promises)
    wave.snapshot = {**audience.tree_snapshot(plan.nodes, plan.blocks), **asked}
    wave.invited, wave.answered = len(plan.choice.people), 0
    wave.left_out = dict(plan.choice.left_out)
    wave.opened_at, wave.state = now, Wave.State.OPEN
    wave.progress, wave.opening_since, wave.closing = {}, None, False
    wave.reminders = reminder_days(wave)
    wave.save()
    home = {unit: block.id for block in plan.blocks for unit in block.units}
    _write_invitations(wave, plan, home, asked_promises.by_unit(promises))
    _write_messages(wave, now=now)
    _write_burden(wave, plan)
    _write_places(series, plan.choice.places)


def _public_key(wave: Wave) -> bytes:
    try:
        return keys.create(wave.pk)
    except keys.KeyMissing as error:
        text = _("The keys of this wave cannot be made or read, so nothing may be answered. %(why)s")
        raise CannotOpen(text % {"why": error}) from error


def _last_day(wave: Wave, today: dt.date, *, late: bool) -> dt.date:
    series = wave.series
    closes = schedule.closing_day(today, series.open_days, hours.read_blackouts(series.blackout))
    following = Wave.objects.filter(
        series=series, state__in=[Wave.State.SCHEDULED, Wave.State.DRAFT], number__gt=wave.number, opens_on__gt=today
    )
    if late and (after := following.order_by("opens_on").first()):
        return room_until(after, series, today) or closes
    return closes


def room_until(following: Wave, series: Series, today: dt.date) -> dt.date | None:
    """The last day of a wave that opens late, today, before ``following`` opens; None if half its time is lost."""
    closes = schedule.closing_day(today, series.open_days, hours.read_blackouts(series.blackout))
    closes = min(closes, following.opens_on - schedule.DAY)
    return closes if (closes - today).days * 2 >= series.open_days else None


# -- writing ---------------------------------------------------------------------------------------------------------


def _write_invitations(wave: Wave, plan: Plan, home: dict[int, int], promises: dict[int, list[int]]) -> None:
    mine = ["wave_id", "employee_id", "block", "providers", "state", "address_mark", "cuts", "promises"]
    # Fields other rooms added keep what Django would have given them.
    others = [
        (str(field.column), value)
        for field in Invitation._meta.local_concrete_fields
        if not field.primary_key and field.column not in mine
        if not isinstance(value := field.get_default(), DatabaseDefault)
    ]
    columns = ", ".join([*mine, *(column for column, _value in others)])
    more = tuple(value for _column, value in others)
    secrets = keys.load(wave.pk)
    with connection.cursor() as cursor, cursor.copy(f"COPY surveys_invitation ({columns}) FROM STDIN") as copy:
        for one in plan.choice.people:
            providers = list(plan.providers.get(one.id, ()))
            mark = keys.address_mark(secrets, one.address)
            told = list(plan.told.of.get(one.id, ()))
            about = promises.get(one.unit, [])
            copy.write_row(
                (wave.pk, one.id, home[one.unit], providers, Invitation.State.ASKED.value, mark, told, about, *more)
            )


def _write_messages(wave: Wave, *, now: dt.datetime) -> None:
    table = Message._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (invitation_id, kind, number, due_at)"
            " SELECT id, 'invitation', 0, %s FROM surveys_invitation WHERE wave_id = %s ORDER BY id",
            [now, wave.pk],
        )
    add_reminders(wave, list(enumerate(wave.reminders, 1)))


def add_reminders(wave: Wave, days: list[tuple[int, dt.date]]) -> None:
    """Reminders (number, day) of whoever has not answered, each due in the person's own working hours."""
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.time_zone FROM surveys_invitation i JOIN culture_employee e ON e.id = i.employee_id"
            " WHERE i.wave_id = %s",
            [wave.pk],
        )
        zones = [row[0] for row in cursor.fetchall()]
        due = [(zone, number, hours.moment(day, zone)) for zone in zones for number, day in days]
        cursor.execute(
            f"INSERT INTO {Message._meta.db_table} (invitation_id, kind, number, due_at)"
            " SELECT i.id, 'reminder', v.number, v.due_at FROM surveys_invitation i"
            " JOIN culture_employee e ON e.id = i.employee_id"
            " JOIN unnest(%s::text[], %s::int[], %s::timestamptz[]) AS v(zone, number, due_at) ON v.zone = e.time_zone"
            " WHERE i.wave_id = %s AND i.state = 'asked' ON CONFLICT DO NOTHING",
            [[zone for zone, _, _ in due], [number for _, number, _ in due], [at for _, _, at in due], wave.pk],
        )


def _write_burden(wave: Wave, plan: Plan) -> None:
    """So many minutes of this quarter are spent, for everybody asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Burden._meta.db_table} (employee_id, quarter, minutes)"
            " SELECT employee_id, %s, %s FROM surveys_invitation WHERE wave_id = %s"
            " ON CONFLICT (quarter, employee_id) DO UPDATE SET minutes ="
            " least(30000, surveys_burden.minutes + excluded.minutes)",
            [audience.quarter_of(plan.today), plan.choice.minutes, wave.pk],
        )


def _write_places(series: Series, places: dict[int, int]) -> None:
    if not places:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {PanelPlace._meta.db_table} (series_id, employee_id, slot)"
            " SELECT %s, v.employee, v.slot FROM unnest(%s::bigint[], %s::int[]) AS v(employee, slot)"
            " ON CONFLICT (series_id, employee_id) DO UPDATE SET slot = excluded.slot",
            [series.pk, list(places), list(places.values())],
        )


# -- dates -----------------------------------------------------------------------------------------------------------


def reminder_days(wave: Wave) -> list[dt.date]:
    """The days of a wave's reminders, moved off weekends and blackouts."""
    series = wave.series
    if not series.reminder_most:
        return []
    return schedule.reminder_days(
        wave.opens_on,
        wave.closes_on,
        every=series.reminder_every,
        most=max(series.reminder_most, len(series.reminder_days)),
        days=series.reminder_days,
        blackouts=hours.read_blackouts(series.blackout),
    )


def message_dates(wave: Wave) -> list[tuple[str, int, dt.date]]:
    """(kind, number, day) of each mail of a wave: as planned, or as it was opened with."""
    days = wave.reminders if wave.opened_at else reminder_days(wave)
    return [("invitation", 0, wave.opens_on), *(("reminder", n, day) for n, day in enumerate(days, 1))]


def remind_further(wave: Wave, *, today: dt.date) -> None:
    """The reminders a wave kept open for longer has room for."""
    series = wave.series
    known = list(wave.reminders)
    more = schedule.further_days(
        known,
        wave.closes_on,
        after=max([today, *known]),
        every=series.reminder_every,
        most=series.reminder_most,
        blackouts=hours.read_blackouts(series.blackout),
    )
    wave.reminders = [*known, *more]
    wave.save(update_fields=["reminders"])
    add_reminders(wave, list(enumerate(more, len(known) + 1)))


def version_of(wave: Wave) -> InstrumentVersion:
    """The edition the wave asks with; raises CannotOpen when it asks nothing."""
    version = wave.version or latest_version(wave.series.instrument)
    if version is None or not version.items.exists():
        raise CannotOpen(_("The questionnaire of this series has no questions yet."))
    return version


def _frozen(version: InstrumentVersion) -> InstrumentVersion:
    if version.frozen_at is None:
        version.frozen_at = timezone.now()
        version.save(update_fields=["frozen_at"])
    return version
