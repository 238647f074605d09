"""Tasks are envelopes: ids in, nothing else. What somebody wrote never lies in a broker."""

import inspect
import typing

import pytest

from config.celery import app

app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if not name.startswith("celery."))
# str only for keys of our own making (a token, a slug), never a text of somebody's: task → its parameters.
KEYS: dict[str, set[str]] = {}


def test_there_are_tasks() -> None:
    assert "config.celery.tick" in OURS
    assert len(OURS) > 2


@pytest.mark.parametrize("name", OURS)
def test_a_task_takes_ids_only(name: str) -> None:
    signature = inspect.signature(app.tasks[name].run)
    for parameter in signature.parameters.values():
        kind = parameter.annotation
        if parameter.name in KEYS.get(name, set()):
            continue
        ids = {int, "int", list[int], "list[int]"}
        optional = isinstance(kind, str) and kind.removesuffix(" | None") in {"int", "list[int]"}
        optional = optional or set(typing.get_args(kind)) == {int, type(None)}
        assert kind in ids or optional, (
            f"{name}({parameter.name}: {kind}): tasks take ids. If it is a key of our own making, add to KEYS in "
            f'tests/guards/test_tasks.py:  "{name}": {{"{parameter.name}"}},'
        )
