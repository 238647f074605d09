"""Gathers the tasks of culture's rooms, where Celery looks for them."""

from culture.people.tasks import undo_import, work_on_import

__all__ = ["undo_import", "work_on_import"]
