"""Opening a wave: everything it needs is frozen into it, in one transaction that may be repeated after a crash."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.instruments.loading import frozen_items, latest_version
from surveys.instruments.models import InstrumentVersion
from surveys.waves import keys, partitions
from surveys.waves.assignment import Person, assign
from surveys.waves.audience import active_links, invited_people, tree_snapshot, unit_nodes
from surveys.waves.blocks import make_blocks
from surveys.waves.models import Invitation, Message, Series, Wave

BATCH = 2000


class CannotOpen(Exception):
    """The wave cannot be opened; the text says why and what to do."""


@transaction.atomic
def claim(wave: Wave, *, by: Employee | None = None) -> bool:
    """Scheduled → opening, by whoever comes first."""
    first = Wave.objects.filter(pk=wave.pk, state=Wave.State.SCHEDULED).update(state=Wave.State.OPENING)
    if first and by is not None:
        record(by, "wave.open_asked", wave)
    return bool(first)


def open_wave(wave: Wave, *, now: dt.datetime, by: Employee | None = None) -> bool:
    """Open the wave; False if there was nothing to open. A wave left *opening* by a crash is taken up again."""
    claim(wave)
    today = timezone.localdate(now)
    try:
        with transaction.atomic():
            if _locked(wave) is None:
                return False
            # Committed before the long part: making a partition locks the inbox of all open waves.
            partitions.create(partitions.INBOX, wave.pk)
        with transaction.atomic():
            locked = _locked(wave)
            if locked is None:
                return False
            _fill(locked, today=today, now=now)
            record(by, "wave.opened", locked, invited=locked.invited)
    except CannotOpen:
        # Back to where HR can repair the cause; the next tick tries again.
        Wave.objects.filter(pk=wave.pk, state=Wave.State.OPENING).update(state=Wave.State.SCHEDULED)
        raise
    wave.refresh_from_db()
    return True


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
    }


def _fill(wave: Wave, *, today: dt.date, now: dt.datetime) -> None:
    series = wave.series
    version = _version_of(wave)
    people = list(invited_people(series.audience, today).order_by("pk").values_list("pk", "unit_id"))
    if not people:
        raise CannotOpen(_("Nobody works in the units this series asks. Import people or choose other units."))
    nodes = unit_nodes()
    sizes: dict[int, int] = {}
    for _pk, unit in people:
        sizes[unit] = sizes.get(unit, 0) + 1
    blocks = make_blocks(nodes, sizes, series.k)
    home = {unit: block.id for block in blocks for unit in block.units}
    providers = assign(
        [Person(pk, unit, home[unit]) for pk, unit in people],
        {node.id: node.parent for node in nodes},
        active_links(today),
        max_providers=series.max_providers,
        k=series.k,
        turn=wave.number,
    )
    # The key lives outside the database: if this transaction fails, the next attempt finds the same key again.
    wave.public_key = keys.create(wave.pk)
    if today != wave.opens_on:
        wave.opens_on, wave.closes_on = today, today + dt.timedelta(days=series.open_days)
    wave.version = version
    wave.rules = rules_for(series)
    asked = {"items": frozen_items(version), "sections": version.sections}
    wave.snapshot = {**tree_snapshot(nodes, blocks), **asked}
    wave.invited, wave.answered = len(people), 0
    wave.opened_at, wave.state = now, Wave.State.OPEN
    wave.save()
    dates = message_dates(wave)
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        invitations = Invitation.objects.bulk_create(
            Invitation(wave=wave, employee_id=pk, block=home[unit], providers=list(providers[pk])) for pk, unit in batch
        )
        Message.objects.bulk_create(
            (
                Message(invitation=invitation, kind=kind, number=number, due_on=due_on)
                for invitation in invitations
                for kind, number, due_on in dates
            ),
            batch_size=BATCH,
        )


def message_dates(wave: Wave) -> list[tuple[str, int, dt.date]]:
    """(kind, number, day) of each mail of a wave; a reminder after the close is none."""
    days = [wave.opens_on + dt.timedelta(days=offset) for offset in sorted(set(wave.series.reminder_days))]
    reminders = [day for day in days if wave.opens_on < day < wave.closes_on]
    return [("invitation", 0, wave.opens_on), *(("reminder", n, day) for n, day in enumerate(reminders, 1))]


def _version_of(wave: Wave) -> InstrumentVersion:
    version = wave.version or latest_version(wave.series.instrument)
    if version is None or not version.items.exists():
        raise CannotOpen(_("The questionnaire of this series has no questions yet."))
    if version.frozen_at is None:
        version.frozen_at = timezone.now()
        version.save(update_fields=["frozen_at"])
    return version
