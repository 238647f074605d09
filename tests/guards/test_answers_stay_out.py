"""No model that could hold an answer is in Django's admin; the log settings tell nothing."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

# Models of the survey wing that may be seen by staff: they say what was asked, never what was answered.
HARMLESS = {"Instrument", "InstrumentVersion", "Item", "Series", "ServiceLink", "Wave"}
# Text that people write about others or themselves: not in the admin either.
PERSONAL = {"Kudos", "QuizAttempt"}


def could_hold_an_answer(model: type[models.Model]) -> bool:
    if model.__module__.startswith("surveys."):
        return model.__name__ not in HARMLESS
    return model.__name__ in PERSONAL


def test_no_answer_in_the_admin() -> None:
    assert [m.__name__ for m in admin.site._registry if could_hold_an_answer(m)] == []


def test_the_guard_sees_the_models_it_is_about() -> None:
    names = {m.__name__ for m in apps.get_models() if could_hold_an_answer(m)}
    assert {"SealedOwn", "SealedRating", "SealedComment", "InboxEnvelope", "Draft", "Invitation"} <= names


@pytest.mark.django_db
def test_the_database_logs_no_values() -> None:
    from django.db import connection

    from config.embedded import POSTGRES_SETTINGS

    assert connection.settings_dict["OPTIONS"]["server_side_binding"] is True
    for name, value in {
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
        "track_commit_timestamp": "off",
        "listen_addresses": "",
    }.items():
        assert POSTGRES_SETTINGS[name] == value
