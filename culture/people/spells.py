"""The dated rows of people (units, managers), read and written whole: what an import must be able to put back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from culture.people import bulk
from culture.people.models import Membership, Reporting

Held = dict[str, Any]
"""``memberships`` and ``reportings``: lists of [id, unit or manager id, since, until] in order of time."""
KINDS = (("memberships", Membership, "unit_id"), ("reportings", Reporting, "manager_id"))
NOTHING: Held = {"memberships": [], "reportings": []}


def of(employee_ids: Iterable[int | None]) -> dict[int, Held]:
    """Employee → his dated rows, as JSON can carry them."""
    ids = [pk for pk in employee_ids if pk is not None]
    found: dict[int, Held] = {pk: {"memberships": [], "reportings": []} for pk in ids}
    for some in bulk.chunks(ids):
        for name, model, target in KINDS:
            rows = model.objects.filter(employee__in=some).order_by("since", "pk")  # type: ignore[attr-defined]
            for pk, owner, aim, since, until in rows.values_list("pk", "employee_id", target, "since", "until"):
                found[owner][name].append([pk, aim, since.isoformat(), until.isoformat() if until else None])
    return found


def put_back(held: dict[int, Held]) -> None:
    """Make the dated rows of these employees exactly these again."""
    for some in bulk.chunks(list(held)):
        for name, model, target in KINDS:
            model.objects.filter(employee__in=some).delete()  # type: ignore[attr-defined]
            rows = [
                {"id": pk, "employee_id": owner, "since": _day(since), "until": _day(until), target: aim}
                for owner in some
                for pk, aim, since, until in held[owner][name]
            ]
            bulk.copy_in(model, rows)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
