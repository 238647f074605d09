"""No model that could hold an answer is in Django's admin; the log settings tell nothing."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models, transaction
from django.urls import NoReverseMatch, reverse

from culture.people.models import Employee
from surveys.results import releasing
from surveys.results.models import CellGroup
from tests.guards import who_may
from tests.guards.addresses import every
from tests.surveys import results_world

# Models of the survey wing that may be seen by staff: they say what was asked, never what was answered.
HARMLESS = {"EditStep", "Instrument", "InstrumentVersion", "Item", "Series", "ServiceLink", "Wave"}
# Text that people write about others or themselves: not in the admin either.
PERSONAL = {"Kudos", "Observation", "QuizAttempt"}


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


def walk(client: Any, wave: Any) -> dict[str, str]:
    """Address → body of everything that opens without arguments, every page of the wave, and the whole admin."""
    urls = [f"/results/{wave.pk}/", f"/results/{wave.pk}/services/", f"/results/{wave.pk}/export.csv"]
    urls += [f"/waves/{wave.pk}/", f"/api/v1/results/{wave.pk}/", f"/api/v1/waves/{wave.pk}/", "/admin/"]
    urls += [
        f"/results/{wave.pk}/unit/{unit}/"
        for unit in CellGroup.objects.filter(release__wave=wave, family="tree").values_list("unit", flat=True)
    ]
    for model in list(admin.site._registry):
        if model._meta.app_label not in {"culture", "surveys", "programs", "auth"}:
            continue  # allauth's own register only once its pages are asked for
        urls.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
    for address in every():
        if address.name in who_may.UNASKED:
            continue
        try:
            urls.append(reverse(address.name))
        except NoReverseMatch:
            continue  # takes arguments
    found = {}
    for url in dict.fromkeys(urls):
        with transaction.atomic():
            answer = client.get(url)
            transaction.set_rollback(True)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[url] = f"{answer.status_code} {content.decode(errors='replace')}"
    return found


@pytest.mark.django_db
def test_nobody_reaches_an_answer_through_any_address(hr, manager, executive, units, client_of) -> None:
    """A comment planted in a unit too small to be told of, and one in a large unit, which is told there only."""
    results_world.people(units)
    world = results_world.open_wave(units)
    results_world.answer(world)
    open_still = walk(client_of(hr), world.wave)
    releasing.close_wave(world.wave, now=results_world.LATER)
    Employee.objects.filter(pk=hr.pk).update(is_staff=True, is_superuser=True)
    root = Employee.objects.create_superuser(number="root", given_name="R", family_name="T", email="r@x.test")
    told = 0
    for person in (Employee.objects.get(pk=hr.pk), root, manager, executive):
        for url, body in walk(client_of(person), world.wave).items():
            assert results_world.PLANTED not in body, (person, url)
            told += results_world.TOLD in body
            assert results_world.TOLD not in body or url.startswith("/results/"), (person, url)
    assert told  # the walk does reach what may be told: comments of a large unit
    for url, body in open_still.items():
        assert results_world.PLANTED not in body and results_world.TOLD not in body, url
    assert open_still["/waves/"].startswith("200") and open_still["/audit/"].startswith("200")
