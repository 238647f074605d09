"""What the thanks say: when results come, and what became of the survey before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from culture.people.models import Employee
from programs.planning.action_models import Action
from surveys.answering import languages
from surveys.waves.models import Invitation, Wave
from tests.surveys.answering_room import fill, invitation, link, wave  # noqa: F401

TODAY = timezone.localdate()


@pytest.fixture
def before(wave: Wave) -> Wave:  # noqa: F811
    """The survey before this one, released forty days ago; 60 of 100 took part."""
    Wave.objects.filter(pk=wave.pk).update(number=2)
    return Wave.objects.create(
        series=wave.series,
        number=1,
        state=Wave.State.RELEASED,
        opens_on=TODAY - dt.timedelta(days=60),
        closes_on=TODAY - dt.timedelta(days=45),
        released_at=timezone.localtime() - dt.timedelta(days=40),
        invited=100,
        answered=60,
    )


def deed(employee: Employee, what: str, **fields: Any) -> Action:
    made = {
        "unit": employee.unit,
        "what": what,
        "owner": employee,
        "created_by": employee,
        "created_on": TODAY - dt.timedelta(days=30),
        "due_on": TODAY,
        "state": Action.State.DONE,
        "ended_on": TODAY - dt.timedelta(days=3),
        **fields,
    }
    return Action.objects.create(**made)


def thanks(link: str, invitation: Invitation, language: str = "en") -> str:  # noqa: F811
    fill(Client(), link, invitation)
    Client().post(f"{link}check/")
    return Client().get(f"{link}thanks/?lang={language}").content.decode()


def test_of_a_first_survey_nothing_is_told(link: str, invitation: Invitation) -> None:  # noqa: F811
    body = thanks(link, invitation)
    assert "the results of groups are worked out" in body and "Last time" not in body


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_what_became_of_the_last_one(link: str, invitation: Invitation, before: Wave, language: str) -> None:  # noqa: F811
    body = thanks(link, invitation, language)
    assert languages.words(language)["last_time_title"] in body and "60" in body


def test_what_was_done_in_the_unit_and_promised_to_it(
    link: str,  # noqa: F811
    invitation: Invitation,  # noqa: F811
    before: Wave,
    employee: Employee,
    units: dict[str, Any],
) -> None:
    deed(employee, "A second printer")
    deed(employee, "Answers within a day", unit=units["Services"], promised_to=employee.unit)
    deed(employee, "PLANTED not yet", state=Action.State.OPEN, ended_on=None)
    deed(employee, "PLANTED dropped", state=Action.State.DROPPED, outcome="no money")
    deed(employee, "PLANTED elsewhere", unit=units["Services"])
    deed(employee, "PLANTED to others", unit=units["Services"], promised_to=units["Branch B"])
    deed(
        employee,
        "PLANTED before the results",
        ended_on=TODAY - dt.timedelta(days=41),
        created_on=TODAY - dt.timedelta(days=50),
    )
    body = thanks(link, invitation)
    assert "A second printer" in body and "done in your unit" in body
    assert "Answers within a day" in body and "Services says this promise is kept" in body
    assert "PLANTED" not in body


def test_a_small_or_unpublished_wave_tells_no_share(link: str, invitation: Invitation, before: Wave) -> None:  # noqa: F811
    Wave.objects.filter(pk=before.pk).update(invited=8)
    assert "Last time" not in thanks(link, invitation)
