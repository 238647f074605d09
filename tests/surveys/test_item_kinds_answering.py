"""Every kind of question from the form to the released cell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from nacl.public import SealedBox

from surveys.answering import submitting
from surveys.answering.models import InboxEnvelope
from surveys.instruments.models import Instrument, InstrumentVersion, Item
from surveys.results import releasing
from surveys.results.models import CellGroup
from surveys.waves import keys, series
from surveys.waves.models import Invitation, Wave
from tests.surveys import results_world as world

CHOICES = {"choices": [{"value": value, "text": {"en": f"Way {value}"}} for value in (1, 2, 3)]}
OPTIONS: dict[str, dict[str, Any]] = {
    "single": CHOICES,
    "multiple": CHOICES,
    "number": {"min": 0, "max": 50, "unit": {"en": "calls"}},
    "pair": {"points": 7},
}
KINDS = [kind for kind in Item.Kind.values if kind != "comment"]
# What is posted under each question's name (a pair: its two halves), and what is stored of it.
GOOD: dict[str, tuple[list[str], int]] = {
    "agreement": (["5"], 5),
    "frequency": (["1"], 1),
    "satisfaction": (["4"], 4),
    "recommendation": (["10"], 10),
    "effort": (["7"], 7),
    "outcome": (["3"], 3),
    "pair": (["7", "4"], 74),
    "single": (["2"], 2),
    "multiple": (["", "1", "3"], 0b101),
    "lost_time": (["0"], 0),
    "number": (["", "12"], 12),
    "yes_no": (["1"], 1),
}
BAD: dict[str, list[list[str]]] = {
    "agreement": [["6"], ["0"]],
    "frequency": [["often"]],
    "satisfaction": [["6"]],
    "recommendation": [["11"], ["-1"]],
    "effort": [["8"], ["0"]],
    "outcome": [["6"]],
    "pair": [["8", "1"], ["1", "0"]],
    "single": [["4"], ["1", "2"]],
    "multiple": [["", "4"], ["", "0", "1"], ["", "none", "1"], ["", "1", "1"]],
    "lost_time": [["6"]],
    "number": [["", "51"], ["", "1.5"], ["", "a few"], ["", "-1"]],
    "yes_no": [["2"]],
}


def instrument() -> Instrument:
    made = Instrument.objects.create(key="all-kinds", name={"en": "All kinds"})
    version = InstrumentVersion.objects.create(instrument=made, number=1)
    Item.objects.bulk_create(
        Item(
            version=version,
            code=f"{about[0]}_{kind}",
            position=at,
            section="s",
            kind=kind,
            options=OPTIONS.get(kind, {}),
            about=about,
            text={"en": f"{kind} about {about}?"},
            help={"en": f"Help for {kind}"},
        )
        for at, (about, kind) in enumerate((about, kind) for about in ("own", "provider") for kind in KINDS)
    )
    return made


@pytest.fixture
def wave(units: dict[str, Any]) -> Wave:
    world.people(units)
    made = series.create(
        by=None,
        name="All kinds",
        instrument=instrument(),
        first_opens_on=world.NOW.date(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    wave = made.waves.get()
    world.open_wave(units, wave)
    Wave.objects.filter(pk=wave.pk).update(closes_on="2100-01-01")
    wave.refresh_from_db()
    return wave


@pytest.fixture
def invitation(wave: Wave) -> Invitation:
    return next(one for one in Invitation.objects.filter(wave=wave).order_by("pk") if one.providers)


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


def form(field: Any, values: list[str]) -> dict[str, list[str]]:
    if field.kind != "pair":
        return {field.name: values}
    return {field.name: [""], **{half: [value] for half, value in zip(field.halves, values, strict=True)}}


def pages(invitation: Invitation) -> list[Any]:
    return submitting.pages_of(invitation.wave, invitation.providers)


def find(invitation: Invitation, kind: str) -> tuple[Any, Any]:
    return next((page, field) for page in pages(invitation) for field in page.fields if field.kind == kind)


def test_every_kind_is_asked_answered_and_sealed(link: str, invitation: Invitation, wave: Wave) -> None:
    client = Client()
    for page in pages(invitation):
        body = client.get(f"{link}{page.number}/").content.decode()
        posted: dict[str, list[str]] = {}
        for field in page.fields:
            assert field.text["en"] in body and field.help["en"] in body
            posted |= form(field, GOOD[field.kind][0])
        assert client.post(f"{link}{page.number}/", posted).status_code == 303
    assert client.post(f"{link}check/").status_code == 303
    row = InboxEnvelope.objects.get(wave=wave)
    sealed = json.loads(SealedBox(keys.private_key(wave.pk)).decrypt(bytes(row.sealed)))
    assert sealed["own"] == {f"o_{kind}": GOOD[kind][1] for kind in KINDS}
    assert set(sealed["providers"]) == {str(unit) for unit in invitation.providers}
    assert all(one == {f"p_{kind}": GOOD[kind][1] for kind in KINDS} for one in sealed["providers"].values())


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_chosen_is_shown_again(link: str, invitation: Invitation, kind: str) -> None:
    client = Client()
    page, field = find(invitation, kind)
    client.post(f"{link}{page.number}/", form(field, GOOD[kind][0]))
    body = client.get(f"{link}{page.number}/").content.decode()
    if kind == "number":
        assert 'value="12"' in body
    else:
        assert body.count(" checked") == len([value for value in GOOD[kind][0] if value])


@pytest.mark.parametrize("kind", KINDS)
def test_cannot_judge_is_an_answer_of_every_kind(link: str, invitation: Invitation, kind: str) -> None:
    client = Client()
    page, field = find(invitation, kind)
    client.post(f"{link}{page.number}/", form(field, GOOD[kind][0]))
    assert client.post(f"{link}{page.number}/", {field.name: ["none"]}).status_code == 303
    body = client.get(f"{link}{page.number}/").content.decode()
    assert body.count(" checked") == 1


@pytest.mark.parametrize("kind, posted", [(kind, posted) for kind, found in BAD.items() for posted in found])
def test_what_the_scale_does_not_hold_is_refused_in_words(
    link: str, invitation: Invitation, kind: str, posted: list[str]
) -> None:
    client = Client()
    page, field = find(invitation, kind)
    client.post(f"{link}{page.number}/", form(field, GOOD[kind][0]))
    refused = client.post(f"{link}{page.number}/", form(field, posted))
    assert refused.status_code == 400
    assert 'role="alert"' in refused.content.decode()
    after = client.get(f"{link}{page.number}/").content.decode()
    assert 'value="12"' in after if kind == "number" else " checked" in after


def test_a_number_out_of_range_says_the_range_and_stays_in_the_box(link: str, invitation: Invitation) -> None:
    page, field = find(invitation, "number")
    body = Client().post(f"{link}{page.number}/", form(field, ["", "51"])).content.decode()
    assert "from 0 to 50" in body and 'value="51"' in body


def test_the_last_box_can_be_unticked(link: str, invitation: Invitation) -> None:
    client = Client()
    page, field = find(invitation, "multiple")
    client.post(f"{link}{page.number}/", form(field, ["", "1"]))
    client.post(f"{link}{page.number}/", form(field, [""]), headers={"X-Autosave": "1"})
    assert " checked" not in client.get(f"{link}{page.number}/").content.decode()


def test_half_a_pair_is_kept_and_stays_open(link: str, invitation: Invitation) -> None:
    client = Client()
    page, field = find(invitation, "pair")
    client.post(f"{link}{page.number}/", {field.halves[0]: ["7"]}, headers={"X-Autosave": "1"})
    assert client.get(f"{link}{page.number}/").content.decode().count(" checked") == 1
    assert field.text["en"] in client.get(f"{link}check/").content.decode()


def test_every_kind_is_counted(wave: Wave) -> None:
    """All answer alike: the best of ordered scales; half choose the first way, half the second."""
    given = []
    for at, invitation in enumerate(Invitation.objects.filter(wave=wave).order_by("pk")):
        own = {f"o_{kind}": GOOD[kind][1] for kind in KINDS} | {"o_single": 1 + at % 2}
        about = {str(unit): {f"p_{kind}": GOOD[kind][1] for kind in KINDS} for unit in invitation.providers}
        given.append((invitation.pk, {"own": own, "providers": about, "comment": {}}))
    assert submitting.submit_many(wave, given) == len(given) > 50
    releasing.close_wave(wave, now=world.LATER)
    company = CellGroup.objects.get(release__wave=wave, family="tree", parent=None).cells
    n = len(given)
    # Unanimity is censored to two people beside each class, and the classes made to fill 100 again.
    nearly_all, nearly_none = round((n - 2) / (n + 2) * 100), round(2 / (n + 2) * 100)
    for kind in ("agreement", "recommendation", "effort", "satisfaction", "lost_time"):
        assert (company[f"o_{kind}"]["fav"], company[f"o_{kind}"]["unf"]) == (nearly_all, nearly_none), kind
    assert company["o_frequency"]["unf"] == nearly_all
    assert company["o_recommendation"]["index"] == round(100 - 2 / n * 100 / 10)
    assert company["o_yes_no"]["index"] == round(100 - 2 / n * 100)
    assert company["o_number"]["mean"] == 12 and "fav" not in company["o_number"]
    half = round(((n + 1) // 2) / (n + 2) * 100)
    assert company["o_single"]["shares"] == {"1": half, "2": round((n // 2) / (n + 2) * 100), "3": nearly_none}
    chosen, not_chosen = round((n - 2) / n * 100), round(2 / n * 100)
    assert company["o_multiple"]["shares"] == {"1": chosen, "2": not_chosen, "3": chosen}
    assert company["o_pair"]["index"] == 50
    assert company["o_pair:expected"]["index"] == round(100 - 2 / n * 100 / 6)
    assert company["talk"]["index"] == 0
    services = CellGroup.objects.get(release__wave=wave, family="tree", name="Services").cells
    assert services["served"]["shown"] and services["p_effort"]["fav"] > 90
    matrix = CellGroup.objects.filter(release__wave=wave, family="matrix").first()
    assert matrix is not None and matrix.cells["p_lost_time"]["shown"]
