"""The library: seven questionnaires beside the first, each whole in five languages, with purpose and sources."""

from __future__ import annotations

from typing import Any

import pytest

from surveys.instruments import checking, library
from surveys.instruments.loading import content_of, latest_version, load_library
from surveys.instruments.models import Instrument

LANGUAGES = ["en", "it", "ro", "zh-hans", "fr"]
WANTED = {
    "culture-pulse": {"agreement", "outcome", "comment"},
    "internal-service": {"agreement", "effort", "lost_time", "outcome", "comment"},
    "expectation-gap": {"pair", "comment"},
    "two-factor-review": {"frequency", "comment"},
    "sins-and-signs": {"number", "multiple", "yes_no", "comment"},
    "readiness": {"agreement", "comment"},
    "after-training": {"satisfaction", "agreement", "yes_no", "frequency", "single", "recommendation", "comment"},
}


@pytest.mark.parametrize("key", library.ORDER)
def test_each_is_ready_to_ask_in_five_languages(key: str) -> None:
    entry = library.entry(key)
    found = checking.findings(entry.content, LANGUAGES)
    assert [one for one in found if one.level != "hint" and one.reason != "too_long"] == []
    for texts in (entry.name, entry.purpose, *(texts for _code, _what, texts in checking.texts_of(entry.content))):
        assert set(texts) == set(LANGUAGES)
    assert entry.sources and entry.minutes <= 6
    for item in entry.content["items"]:
        if item["about"] == "provider":
            assert all(text.count("{provider}") == 1 for text in item["text"].values()), item["code"]


@pytest.mark.parametrize("key, kinds", WANTED.items())
def test_what_each_asks(key: str, kinds: set[str]) -> None:
    assert {item["kind"] for item in library.entry(key).content["items"]} == kinds


def test_codes_of_the_framework_are_covered() -> None:
    def asked(key: str) -> set[str]:
        return {code for item in library.entry(key).content["items"] for code in item["requirements"]}

    requirements = {f"W{n}" for n in range(1, 10)} | {f"K{n}" for n in range(1, 8)} | {f"C{n}" for n in range(1, 6)}
    assert asked("culture-pulse") == requirements
    assert asked("readiness") == {f"S{n}" for n in range(1, 11)} | {f"H{n}" for n in range(1, 5)}
    sins, signs = (library.entry("sins-and-signs").content["items"][at]["options"]["choices"] for at in (1, 2))
    assert (len(sins), len(signs)) == (7, 15)


def test_hr_takes_one_and_it_can_be_asked(hr: Any, client_of: Any) -> None:
    client = client_of(hr)
    body = client.get("/questionnaires/library/").content.decode()
    assert all(library.entry(key).name["en"] in body for key in library.ORDER)
    assert client.get("/questionnaires/library/after-training/?language=ro").status_code == 200
    assert client.get("/questionnaires/library/nothing/").status_code == 404
    assert client.post("/questionnaires/library/after-training/take/").status_code == 302
    made = Instrument.objects.get()
    version = latest_version(made)
    assert version is not None and content_of(version) == library.entry("after-training").content
    assert made.library_key == "after-training" and list(made.sources) == list(library.entry("after-training").sources)
    assert "You have it" in client.get("/questionnaires/library/").content.decode()


def test_a_second_time_it_is_a_copy_of_its_own(hr: Any, client_of: Any) -> None:
    for _ in range(2):
        client_of(hr).post("/questionnaires/library/readiness/take/")
    assert sorted(Instrument.objects.values_list("key", flat=True)) == ["readiness", "readiness_2"]


def test_only_hr_takes(manager: Any, employee: Any, client_of: Any) -> None:
    for one in (manager, employee):
        assert client_of(one).get("/questionnaires/library/").status_code == 403
        assert client_of(one).post("/questionnaires/library/readiness/take/").status_code == 403
    assert not Instrument.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", library.ORDER)
def test_each_loads_once(key: str) -> None:
    assert load_library(key) == load_library(key)
    assert Instrument.objects.get().versions.count() == 1
