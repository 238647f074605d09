"""Uploaded files on their way: read, asked about, shown, confirmed. Small ones at once, big ones by the worker.

A draft is a row in a state. The worker claims it by a conditional UPDATE, beats while it works, and whoever finds a
claim without a beat takes it over; what was half written is gone with the dead worker's transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from culture.people import bulk, sources
from culture.people.applying import apply
from culture.people.import_models import DraftRow, ImportDraft, PeopleImport
from culture.people.models import Employee
from culture.people.planning import CHANGES, plan
from culture.people.plans import Busy, Change, Decisions, ImportPlan, Progress, Stale, Stopped
from culture.people.tables import Refused, Table, Unmapped, Unsure, count_rows, read_file

KEPT = dt.timedelta(hours=24)
# Beyond so many rows the worker does it, with progress.
BIG = 2000
# A worker that has not beaten for so long is dead.
SILENT = dt.timedelta(seconds=90)
ATTEMPTS = 3
WORKING = (ImportDraft.State.READING, ImportDraft.State.APPLYING)


def keep(*, content: bytes, name: str, by: Employee, options: Mapping[str, Any], language: str) -> ImportDraft:
    """Keep an uploaded file. Raises ``Refused`` for one that would swell beyond measure."""
    sweep(timezone.now())
    rows = count_rows(content)
    return ImportDraft.objects.create(
        content=content,
        file_name=Path(name).name[:255],
        by=by,
        sha256=hashlib.sha256(content).hexdigest(),
        options=dict(options),
        language=language[:12],
        big=rows > BIG,
    )


def find(token: str, *, by: Employee) -> ImportDraft | None:
    """The draft of ``token`` when it is his; without its content."""
    return ImportDraft.objects.filter(token=token, by=by, at__gt=timezone.now() - KEPT).defer("content").first()


def others(*, by: Employee) -> list[ImportDraft]:
    """What colleagues are importing at the moment, newest first."""
    found = ImportDraft.objects.filter(at__gt=timezone.now() - KEPT).exclude(by=by).exclude(state="refused")
    return list(found.select_related("by").defer("content").order_by("-at")[:5])


def same_file(draft: ImportDraft) -> PeopleImport | None:
    """The last import of exactly this file, unless it was undone."""
    done = PeopleImport.objects.filter(sha256=draft.sha256).exclude(undo=PeopleImport.Undo.DONE)
    return done.select_related("by").first()


def drop(draft: ImportDraft) -> None:
    ImportDraft.objects.filter(pk=draft.pk).exclude(state=ImportDraft.State.APPLYING).delete()


def sweep(now: dt.datetime) -> None:
    """Remove what nobody confirmed within a day."""
    ImportDraft.objects.filter(at__lt=now - KEPT).exclude(state=ImportDraft.State.APPLYING).delete()


# -- reading and planning ----------------------------------------------------------------------------------------------


def table_of(draft: ImportDraft) -> Table:
    """The file, read as this draft says. Raises ``Refused``, ``Unsure``, ``Unmapped``."""
    options = draft.options
    remembered = sources.find(name=options.get("source", ""))
    mapping = options.get("mapping") or (remembered.mapping if remembered else None)
    content = io.BytesIO(bytes(draft.content))
    try:
        table = read_file(content, draft.file_name, encoding=options.get("encoding") or None, mapping=mapping)
    except Unmapped as error:
        if mapping or not (known := sources.find(header=error.header)):
            raise
        content.seek(0)
        return read_file(content, draft.file_name, encoding=options.get("encoding") or None, mapping=known.mapping)
    if not mapping and (known := sources.find(header=table.header)):
        content.seek(0)
        return read_file(content, draft.file_name, encoding=options.get("encoding") or None, mapping=known.mapping)
    return table


def plan_of(draft: ImportDraft, table: Table, progress: Progress) -> ImportPlan:
    """What confirming this draft would do now."""
    options = draft.options
    known = sources.find(name=options.get("source", "")) or sources.find(header=table.header)
    rows = {number: (case["answer"], case["reason"]) for number, case in options.get("decided", {}).items()}
    made = plan(
        table,
        number_width=options.get("number_width") or (known.number_width if known else None),
        date_order=options.get("date_order") or (known.date_order if known else ""),
        mode=options.get("mode") or CHANGES,
        decisions=Decisions(
            rows=rows, accepted=options.get("accepted", {}), former_units=options.get("former_units", "")
        ),
        progress=progress,
    )
    made.about |= {"source": options.get("source", ""), "draft": draft.token}
    return made


def read(draft: ImportDraft, progress: Progress) -> ImportDraft:
    """Read and plan: afterwards the draft asks, is ready, or is refused."""
    draft.told = {}
    try:
        table = table_of(draft)
        made = plan_of(draft, table, progress)
    except Unsure as error:
        return _state(draft, ImportDraft.State.ASKING, ask="encoding", text=str(error), candidates=error.candidates)
    except Unmapped as error:
        return _state(
            draft, ImportDraft.State.ASKING, ask="mapping", text=str(error), header=error.header, found=error.found,
            examples=error.examples,
        )  # fmt: skip
    except Refused as error:
        return _state(draft, ImportDraft.State.REFUSED, text=str(error))
    progress("keeping", 90)
    return show(draft, table, made)


def _state(draft: ImportDraft, state: str, **told: Any) -> ImportDraft:
    draft.state, draft.told = state, told
    draft.claimed_at = draft.beaten_at = None
    draft.phase, draft.share, draft.attempts = "", 0, 0
    draft.save(update_fields=["state", "told", "claimed_at", "beaten_at", "phase", "share", "attempts"])
    return draft


@transaction.atomic
def show(draft: ImportDraft, table: Table, made: ImportPlan) -> ImportDraft:
    """Keep what the preview lists."""
    DraftRow.objects.filter(draft=draft).delete()
    bulk.copy_in(DraftRow, rows_of(draft, made))
    return _state(
        draft,
        ImportDraft.State.READY,
        counts=made.counts,
        notes=made.notes,
        stops=made.stops,
        asks=made.asks,
        units=made.new_units,
        writes=made.writes,
        fingerprint=made.fingerprint(),
        encoding=table.encoding,
        delimiter=table.delimiter,
        headings=table.headings,
        header=list(table.header),
        examples=[list(row) for row in table.examples],
        number_width=made.about["number_width"],
        date_order=made.about["date_order"],
    )


def rows_of(draft: ImportDraft, made: ImportPlan) -> Iterator[bulk.Row]:
    """Every line of the preview."""

    def row(kind: str, line: int, detail: dict[str, Any], number: str = "", name: str = "") -> bulk.Row:
        return {"draft_id": draft.pk, "kind": kind, "line": line, "number": number[:200], "name": name[:300],
                "detail": detail}  # fmt: skip

    for case in made.suspicious:
        detail = {"case": case.kind, "before": case.before, "after": case.after, "choices": case.choices,
                  "match": case.match, "answer": case.answer, "reason": case.reason}  # fmt: skip
        yield row("suspicious", case.line, detail, case.number)
    for reject in made.rejects:
        detail = {"column": reject.column, "value": reject.value, "reason": reject.reason, "remedy": reject.remedy}
        yield row("rejected", reject.line, detail)
    for change in sorted(made.changes, key=lambda change: (change.person.line, change.person.number)):
        yield row(change.kind, change.person.line, _detail(change), change.person.number, change.name)
    for person in made.unchanged:
        yield row("unchanged", person.line, {}, person.number, person.name)


def _detail(change: Change) -> dict[str, Any]:
    if change.kind == "joined":
        person = change.person
        return {"unit": person.unit, "job": person.values.get("job_title", ""), "email": person.values.get("email")}
    pairs = sorted(change.fields.items())
    return {"fields": [[name, _text(was), _text(new)] for name, (was, new) in pairs]}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, dt.date) else str(value if value is not None else "")


# -- confirming --------------------------------------------------------------------------------------------------------


class Changed(Exception):
    """The preview that was confirmed is no longer what would happen; the draft shows the new one."""


def write(draft: ImportDraft, progress: Progress) -> PeopleImport | None:
    """Import what the preview showed. ``None``: it would do something else by now, and the draft shows what.

    Raises ``Busy`` while another import is written.
    """
    shown = draft.told.get("fingerprint")
    try:
        with transaction.atomic():
            table = table_of(draft)
            made = plan_of(draft, table, progress)
            if made.fingerprint() != shown or made.stops:
                raise Changed
            done = apply(made, by=draft.by, file_name=draft.file_name, sha256=draft.sha256, progress=progress)
            sources.remember(
                name=draft.options.get("source", ""),
                header=table.header,
                mapping=draft.options.get("mapping"),
                number_width=made.about["number_width"],
                date_order=made.about["date_order"],
            )
            ImportDraft.objects.filter(pk=draft.pk).delete()
            return done
    except (Changed, Stale, Stopped):
        read(draft, progress)
        text = _("The people changed since this preview. Look at it again and confirm.")
        if draft.state == ImportDraft.State.READY:
            draft.told["again"] = text
            draft.save(update_fields=["told"])
        return None


def ask_for_writing(draft: ImportDraft, *, fingerprint: str) -> bool:
    """Hand a big draft to the worker; whether the shown preview was the one that is kept."""
    return bool(
        ImportDraft.objects.filter(
            pk=draft.pk, state=ImportDraft.State.READY, told__fingerprint=fingerprint, told__stops=[]
        ).update(
            state=ImportDraft.State.APPLYING, phase="waiting", share=0, claimed_at=None, beaten_at=None, attempts=0
        )
    )


def ask_for_reading(draft: ImportDraft, **options: Any) -> None:
    """Read again with other options; a small one at once."""
    draft.options = {**draft.options, **options}
    draft.state, draft.phase, draft.share = ImportDraft.State.READING, "waiting", 0
    draft.claimed_at = draft.beaten_at = None
    draft.attempts = 0
    draft.save(update_fields=["options", "state", "phase", "share", "claimed_at", "beaten_at", "attempts"])
    if not draft.big:
        read(draft, lambda phase, percent: None)


# -- the worker's side -------------------------------------------------------------------------------------------------


def due(now: dt.datetime) -> list[int]:
    """Drafts that wait for a worker, or whose worker died."""
    waiting = Q(claimed_at__isnull=True) | Q(beaten_at__lt=now - SILENT)
    return list(ImportDraft.objects.filter(waiting, big=True, state__in=WORKING).values_list("pk", flat=True))


def claim(pk: int, now: dt.datetime) -> ImportDraft | None:
    """The draft, when nobody else is on it."""
    waiting = Q(claimed_at__isnull=True) | Q(beaten_at__lt=now - SILENT)
    mine = ImportDraft.objects.filter(waiting, pk=pk, state__in=WORKING).update(
        claimed_at=now, beaten_at=now, attempts=F("attempts") + 1
    )
    return ImportDraft.objects.select_related("by").get(pk=pk) if mine else None


def work(pk: int) -> None:
    """What the worker does with one draft, in the language of whoever uploaded it."""
    draft = claim(pk, timezone.now())
    if draft is None:
        return
    if draft.attempts > ATTEMPTS:
        text = _("The worker was stopped %(times)d times while it was on this file. Nothing was imported.")
        _state(draft, ImportDraft.State.REFUSED, text=text % {"times": ATTEMPTS})
        return
    with translation.override(draft.language), Beats(draft.pk) as beats:
        if draft.state == ImportDraft.State.READING:
            read(draft, beats)
            return
        try:
            write(draft, beats)
        except Busy:
            # Somebody else's import is being written: the next tick tries again.
            ImportDraft.objects.filter(pk=pk).update(claimed_at=None, phase="busy", attempts=F("attempts") - 1)


class Beats:
    """Tells progress on a connection of its own: the work itself is one transaction, which nobody else sees."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self.connection = connections.create_connection("default")

    def __enter__(self) -> Beats:
        return self

    def __exit__(self, *problem: Any) -> None:
        self.connection.close()

    def __call__(self, phase: str, percent: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            cursor.execute(
                "UPDATE culture_importdraft SET phase = %s, share = %s, beaten_at = now() WHERE id = %s",
                [phase, percent, self.pk],
            )
