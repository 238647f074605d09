"""What the worker does for this room: read big files, write them, undo them. The database says what is due."""

import datetime as dt

from celery import shared_task

from culture.people import drafts, undoing


@shared_task(name="culture.people.work_on_import", ignore_result=True)
def work_on_import(draft_id: int) -> None:
    drafts.work(draft_id)


@shared_task(name="culture.people.undo_import", ignore_result=True)
def undo_import(import_id: int) -> None:
    undoing.work(import_id)


def hand_out(*, now: dt.datetime) -> None:
    """Give the worker whatever waits for it, and what a dead one left. For the tick."""
    drafts.sweep(now)
    for pk in drafts.due(now):
        work_on_import.delay_on_commit(pk)
    for pk in undoing.due(now):
        undo_import.delay_on_commit(pk)
