"""What a wave froze at its opening, kept in this process: its snapshot is read and decoded once, not at every request.

A kept wave counts only while its row, its series' and its questionnaire's are the very row versions that were read
(``xmin`` and ``ctid``, which every UPDATE changes): a wave closed by another process is never taken for an open one.
Whoever gets a kept wave shares it with other requests and changes nothing in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.db import connection
from django.db.models.expressions import RawSQL

from culture.people.models import Employee
from surveys.waves.models import Invitation, Wave

MOST_WAVES = 8  # open at a time in one process; more are read anew
MOST_MADE = 128  # questionnaires (sets of providers) and other things made of one wave
VERSIONS = ("surveys_wave", "surveys_series", "surveys_instrument")
_VERSION = "concat_ws(' ', " + ", ".join(f"{table}.xmin, {table}.ctid" for table in VERSIONS) + ")"
_INVITATION = tuple(field.attname for field in Invitation._meta.concrete_fields)
_NEEDED = {"id", "language", "unit_id", "job_family", "customer_facing", "email"}
# In the order of the model, as from_db takes them.
_EMPLOYEE = tuple(field.attname for field in Employee._meta.concrete_fields if field.attname in _NEEDED)
_COLUMNS = ", ".join([*(f"i.{name}" for name in _INVITATION), *(f"e.{name}" for name in _EMPLOYEE), _VERSION])
_FIND = f"""SELECT {_COLUMNS}
FROM surveys_invitation i
JOIN culture_employee e ON e.id = i.employee_id
JOIN surveys_wave ON surveys_wave.id = i.wave_id
JOIN surveys_series ON surveys_series.id = surveys_wave.series_id
JOIN surveys_instrument ON surveys_instrument.id = surveys_series.instrument_id
WHERE i.id = %s AND i.wave_id = %s
"""

_waves: OrderedDict[int, tuple[str, Wave]] = OrderedDict()
_lock = Lock()
Made = TypeVar("Made")


def invitation(wave_id: int, invitation_id: int) -> Invitation | None:
    """With its wave, the wave's series and questionnaire, and of its person what the pages need. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [invitation_id, wave_id])
        row = cursor.fetchone()
    if row is None:
        return None
    own, last = row[: len(_INVITATION)], len(_INVITATION)
    found = Invitation.from_db(connection.alias, _INVITATION, own)  # all plain types: no field converts
    found.employee = Employee.from_db(connection.alias, _EMPLOYEE, row[last:-1])
    wave = _wave(wave_id, row[-1])
    if wave is None:
        return None
    found.wave = wave
    return found


def _wave(wave_id: int, version: str) -> Wave | None:
    with _lock:
        kept = _waves.get(wave_id)
        if kept and kept[0] == version:
            _waves.move_to_end(wave_id)
            return kept[1]
    waves = Wave.objects.select_related("series__instrument").annotate(row_versions=RawSQL(_VERSION, ()))
    wave = waves.filter(pk=wave_id).first()
    if wave is None:
        return None
    wave.__dict__["_made"] = {}
    with _lock:
        _waves[wave_id] = (wave.row_versions, wave)
        _waves.move_to_end(wave_id)
        while len(_waves) > MOST_WAVES:
            _waves.popitem(last=False)
    return wave


def once(wave: Wave, key: Hashable, make: Callable[[], Made]) -> Made:
    """``make()``, kept with a kept wave under ``key``; of any other wave made anew each time."""
    made: dict[Hashable, Any] | None = wave.__dict__.get("_made")
    if made is None:
        return make()
    found: Any = made.get(key, made)
    if found is made:
        found = make()
        if len(made) >= MOST_MADE:
            made.clear()
        made[key] = found
    result: Made = found
    return result


def forget() -> None:
    """Read everything again at the next use."""
    with _lock:
        _waves.clear()
