"""Every field that holds free text is classified: whose words, and what erasing a person does with them.

Relations to Employee are classified in the rights registry (culture.people.rights, tests/culture/test_rights_guard.py).
"""

from __future__ import annotations

from django.apps import apps
from django.db import models

from tests.guards.free_text import FREE_TEXT, OURS

WINGS = ("culture", "surveys", "programs")
SHORT = 60  # a code, a key, a colour: no sentence fits


def holds_free_text(field: models.Field) -> bool:
    if field.choices or field.primary_key:
        return False
    if isinstance(field, models.TextField | models.JSONField | models.BinaryField):
        return True
    return isinstance(field, models.CharField) and (field.max_length or SHORT + 1) > SHORT


def fields() -> list[str]:
    found = []
    for model in apps.get_models():
        if model.__module__.split(".")[0] in WINGS:
            found += [
                f"{model._meta.object_name}.{field.name}"
                for field in model._meta.local_concrete_fields
                if holds_free_text(field)
            ]
    return found


def test_every_free_text_is_classified() -> None:
    missing = [f'    "{name}": "…",' for name in fields() if name not in FREE_TEXT and name not in OURS]
    assert not missing, (
        "Add to tests/guards/free_text.py: to OURS when it is the organisation's own text (no person's words, nothing "
        "about one), else to FREE_TEXT with what erasing a person does with it:\n" + "\n".join(missing)
    )


def test_nothing_is_classified_that_is_gone() -> None:
    assert sorted((set(FREE_TEXT) | set(OURS)) - set(fields())) == []


def test_no_field_is_both() -> None:
    assert set(FREE_TEXT) & set(OURS) == set()
