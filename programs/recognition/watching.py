"""Looks through a year of thanks for patterns, keeps them for HR, and writes down what HR decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.recognition import fairness
from programs.recognition.fairness import Flow, Limits
from programs.recognition.fairness_models import Pattern, PatternPerson

YEAR = dt.timedelta(days=365)
BATCH = 10_000
# Private thanks count: a circuit of points would simply become a private one. Nothing but sums leaves here.
FLOWS = """
    SELECT t.giver_id, t.receiver_id, k.period, sum(k.points), count(*),
           sum(CASE WHEN k.at >= k.period + interval '1 month' - interval '2 days' THEN k.points ELSE 0 END),
           sum(CASE WHEN octet_length(btrim(k.story)) < %s THEN 1 ELSE 0 END)
    FROM programs_kudos k JOIN programs_kudosreceiver t ON t.kudos_id = k.id
    WHERE k.period >= %s AND k.points > 0 AND NOT t.without_points AND k.state <> 'withdrawn'
    GROUP BY 1, 2, 3
"""


def flows(since: dt.date, limits: Limits) -> Iterator[Flow]:
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, [limits.story, since])
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield Flow(row[0], row[1], row[2], *map(int, row[3:]))


def sweep(*, today: dt.date) -> int:
    """Find the patterns of the last year; returns how many are new. What was decided stays decided.

    An open one that no longer holds goes; a decided one stays on record.
    """
    limits = Limits()
    found = fairness.patterns(flows((today - YEAR).replace(day=1), limits), limits)
    new, held = 0, set()
    for one in found:
        key = f"{one.kind}:" + "-".join(map(str, one.people))
        held.add(key)
        new += _keep(key, one, today)
    Pattern.objects.filter(state=Pattern.State.OPEN, seen_on__lt=today).exclude(key__in=held).delete()
    return new


@transaction.atomic
def _keep(key: str, found: fairness.Pattern, today: dt.date) -> int:
    told = {"evidence": found.evidence, "seen_on": today}
    row, made = Pattern.objects.get_or_create(key=key, defaults={"kind": found.kind, "found_on": today, **told})
    if not made:
        Pattern.objects.filter(pk=row.pk).update(**told)
        return 0
    PatternPerson.objects.bulk_create(
        PatternPerson(pattern=row, employee_id=person, place=place) for place, person in enumerate(found.people)
    )
    return 1


@transaction.atomic
def decide(*, pattern: Pattern, state: str, note: str, by: Employee, now: dt.datetime) -> None:
    """HR looked at it and says what came of it. Who is in a pattern does not decide on it."""
    note = note.strip()
    if not note or len(note) > 300:
        raise ValidationError({"note": _("Say in at most 300 characters what you found: nothing is decided unsaid.")})
    if state not in {Pattern.State.FINE, Pattern.State.TALKED}:
        raise ValidationError({"state": _("Choose what came of it.")})
    row = Pattern.objects.select_for_update(of=("self",)).get(pk=pattern.pk)
    if row.people.filter(employee=by).exists():
        raise ValidationError(_("You are in it yourself: a second person decides."))
    row.state, row.note, row.decided_by, row.decided_at = state, note, by, now
    row.save(update_fields=["state", "note", "decided_by", "decided_at"])
    audit.record(by, "points.pattern", f"pattern:{row.pk}", state=state)
