"""An open wave, somebody who is asked in it, and his link: for the tests of the answering pages."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from nacl.public import SealedBox

from culture.people.models import Employee
from surveys.answering import pages as rules
from surveys.answering import submitting
from surveys.answering.models import InboxEnvelope
from surveys.instruments.models import Instrument
from surveys.waves import keys, partitions
from surveys.waves.models import Invitation, Series, Wave

LIBRARY = Path(django_settings.BASE_DIR) / "surveys/instruments/library/service_culture.json"
RULES = {"k": 7, "band_to": 7, "distribution_from": 20, "comment_home": 12, "score_detail_from": 8, "words": 2}


def _items() -> list[dict[str, Any]]:
    dimensions = {"W": "want", "K": "know", "C": "can"}
    items = json.loads(LIBRARY.read_text())["items"]
    return [{"about": "own", "dimension": dimensions.get(item["code"][0], ""), **item} for item in items]


@pytest.fixture
def wave(units: dict[str, Any]) -> Wave:
    today = timezone.localdate()
    instrument = Instrument.objects.create(key="asked", name={"en": "Asked"})
    series = Series.objects.create(name="Pulse", instrument=instrument, first_opens_on=today)
    wave = Wave.objects.create(
        series=series,
        number=1,
        state=Wave.State.OPEN,
        opens_on=today - dt.timedelta(days=1),
        closes_on=today + dt.timedelta(days=13),
        rules=RULES,
        snapshot={
            "items": _items(),
            "units": [{"id": u.pk, "name": u.name, "parent": None, "block": 1} for u in units.values()],
            "blocks": [],
        },
    )
    wave.public_key = keys.create(wave.pk)
    wave.save()
    partitions.create(partitions.INBOX, wave.pk)
    return wave


@pytest.fixture
def invitation(wave: Wave, employee: Employee, units: dict[str, Any]) -> Invitation:
    providers = [units["Services"].pk, units["Branch B"].pk]
    return Invitation.objects.create(wave=wave, employee=employee, block=41, providers=providers)


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


@pytest.fixture
def client() -> Client:
    """A phone without any cookie, which does not follow referrers."""
    return Client()


def questionnaire(invitation: Invitation) -> list[rules.Page]:
    return submitting.pages_of(invitation.wave, invitation.providers)


def fill(client: Client, link: str, invitation: Invitation, value: str = "4", **comment: str) -> None:
    for page in questionnaire(invitation):
        answers = {field.name: value for field in page.fields if not field.is_comment}
        if page.kind == "end":
            answers |= {"c.comment": comment.get("comment", "")}
        assert client.post(f"{link}{page.number}/", answers).status_code == 303


def envelopes(wave: Wave) -> list[dict[str, Any]]:
    box = SealedBox(keys.private_key(wave.pk))
    return [json.loads(box.decrypt(bytes(row.sealed))) for row in InboxEnvelope.objects.filter(wave=wave)]


def state(invitation: Invitation) -> str:
    return Invitation.objects.get(pk=invitation.pk).state
