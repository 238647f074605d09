"""An award and who may be named, for tests through the pages."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition.award_models import (
    Award,
    AwardCandidate,
    AwardRound,
)
from tests.programs import award_world
from tests.programs.award_world import EVIDENCE, today

State, Round = AwardCandidate.State, AwardRound.State


@pytest.fixture
def folk(units: Any) -> dict[str, Employee]:
    return award_world.people(units)


@pytest.fixture
def made(folk: Any, hr: Any) -> Award:
    return award_world.award(hr, [folk["j0"], folk["j1"], folk["j2"]])


def page(client: Any, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def setup_form(folk: Any, **more: Any) -> dict[str, Any]:
    filled = {
        "name_en": "Service of the quarter",
        "criteria_en": "Something personal\nBeyond expectation",
        "criteria_it": "Qualcosa di personale\nOltre le attese",
        "teams": "on",
        "decides": "jury",
        "jury": f"{folk['j0'].email}\nJ1\nJuno Juror2",
        "winners": "2",
        "points": "100",
        "first_on": str(today()),
        "repeat": "m3",
        "open_days": "14",
        "decide_days": "21",
    }
    return {**filled, **more}


def nomination(whom: Employee, **more: Any) -> dict[str, Any]:
    behaviour = Behaviour.objects.get(code="A5")
    filled = {"to": whom.pk, "criteria": ["one"], "evidence": EVIDENCE, "behaviour": behaviour.pk}
    return {**filled, "key": str(uuid.uuid4()), **more}
