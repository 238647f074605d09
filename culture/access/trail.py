"""Searching the audit trail, and writing it as a file."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import clock
from culture.access.models import AuditEntry, AuditQuerySet
from culture.access.sentences import SENTENCES, TOPICS, details, names_of, references, sentence
from culture.people.models import Employee

MOST_PEOPLE = 200
CHUNK = 1000
# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def search(
    *, text: str = "", topic: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> AuditQuerySet:
    """Entries, newest first: ``text`` in the actor's or subject person's name, the action or the subject."""
    entries = AuditEntry.objects.select_related("actor").order_by("-at", "-pk")
    if since:
        entries = entries.filter(at__gte=_midnight(since))
    if until:
        entries = entries.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
    if topic in TOPICS:
        begun = Q()
        for start in TOPICS[topic][1]:
            begun |= Q(verb__istartswith=start)
        entries = entries.filter(begun)
    return entries.filter(_about(text)) if text else entries


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min), clock.zone())


def _about(text: str) -> Q:
    """Every word in one person's name or number (as actor or subject), or the text in action or subject."""
    people = Employee.objects.all()
    for word in text.split()[:6]:
        people = people.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(number__iexact=word)
            | Q(email__iexact=word)
        )
    ids = list(people.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])
    verbs = [verb for verb, told in SENTENCES.items() if text.casefold() in str(told).casefold()]
    return (
        Q(actor__in=ids)
        | Q(subject__in=[f"employee:{pk}" for pk in ids])
        | Q(verb__in=verbs)
        | Q(verb__icontains=text)
        | Q(subject__icontains=text)
    )


def rows(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """Entries as a page shows them; the names of their subjects are read in one query per kind."""
    names = names_of(reference for entry in entries for reference in references(entry))
    return [{"entry": entry, "what": sentence(entry, names), "more": details(entry, names)} for entry in entries]


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def plain(value: str) -> str:
    """A text no spreadsheet runs as a formula."""
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value


def as_csv(entries: AuditQuerySet) -> Iterator[str]:
    """The entries as lines of a CSV file, newest first, read a thousand at a time."""
    writer = csv.writer(_Line())
    # Excel reads UTF-8 only behind a byte order mark.
    yield "\ufeff" + writer.writerow(
        [
            _("When"),
            _("Number"),
            _("Who"),
            _("What"),
            _("Action"),
            _("Subject"),
            _("Channel"),
            _("Network"),
            _("Details"),
        ]
    )
    last: int | None = None
    while True:
        some = entries.order_by("-pk")
        chunk = list((some if last is None else some.filter(pk__lt=last))[:CHUNK])
        if not chunk:
            return
        last = chunk[-1].pk
        for row in rows(chunk):
            yield writer.writerow([plain(cell) for cell in _cells(row)])


def _cells(row: dict[str, Any]) -> list[str]:
    entry: AuditEntry = row["entry"]
    actor = entry.actor if entry.actor_id else None  # type: ignore[attr-defined]
    return [
        timezone.localtime(entry.at).isoformat(timespec="seconds"),
        actor.number if actor else "",
        actor.name if actor else _("The system"),
        row["what"],
        entry.verb,
        entry.subject,
        entry.channel,
        entry.address,
        json.dumps(entry.detail, ensure_ascii=False, sort_keys=True) if entry.detail else "",
    ]
