"""The library of questionnaires, and the page that shows it."""

import pytest
from django.conf import settings
from django.utils import timezone

from surveys.instruments.loading import frozen_items, latest_version, library, load_library
from surveys.instruments.models import Instrument, InstrumentVersion, Item

REQUIREMENTS = [f"W{n}" for n in range(1, 10)] + [f"K{n}" for n in range(1, 8)] + [f"C{n}" for n in range(1, 6)]
FACETS = ["treatment", "competence", "reliability", "responsiveness", "empathy", "effort"]


def test_every_text_exists_in_all_five_languages():
    languages = {code for code, _ in settings.LANGUAGES}
    for item in library()["items"]:
        assert set(item["text"]) == languages, item["code"]
        assert len({text.strip() for text in item["text"].values()}) == len(languages), item["code"]
        if item.get("about") == "provider":
            assert all(text.count("{provider}") == 1 for text in item["text"].values()), item["code"]
        else:
            assert not any("{" in text for text in item["text"].values()), item["code"]


@pytest.mark.django_db
def test_one_item_for_each_requirement_and_six_facets_of_a_provider():
    items = load_library().versions.get().items
    own = items.filter(about="own", kind=Item.Kind.AGREEMENT)
    assert list(own.values_list("code", flat=True)) == REQUIREMENTS
    assert all(item.requirements == [item.code] for item in own)
    assert {item.dimension for item in own} == {"want", "know", "can"}
    assert list(items.filter(about="provider").values_list("facet", flat=True)) == FACETS
    assert items.get(kind=Item.Kind.OUTCOME).code == "talk"
    assert not items.get(kind=Item.Kind.COMMENT).required


@pytest.mark.django_db
def test_loading_again_changes_nothing():
    before = list(load_library().versions.get().items.values_list("pk", flat=True))
    assert list(load_library().versions.get().items.values_list("pk", flat=True)) == before


@pytest.mark.django_db
@pytest.mark.parametrize("frozen", [False, True])
def test_a_changed_library_never_touches_a_frozen_edition(frozen):
    instrument = load_library()
    first = instrument.versions.get()
    first.items.filter(code="W1").update(text={"en": "An older wording."})
    if frozen:
        InstrumentVersion.objects.filter(pk=first.pk).update(frozen_at=timezone.now())
    load_library()
    latest = latest_version(instrument)
    assert latest.number == (2 if frozen else 1)
    assert frozen_items(latest)[0]["text"] == library()["items"][0]["text"]
    if frozen:
        assert first.items.get(code="W1").text == {"en": "An older wording."}


@pytest.mark.parametrize("path", ["/questionnaires/", "/questionnaires/service-culture/"])
def test_only_hr_sees_questionnaires(path, hr, manager, employee, client_of):
    load_library()
    assert client_of(hr).get(path).status_code == 200
    assert client_of(manager).get(path).status_code == 403
    assert client_of(employee).get(path).status_code == 403
    assert client_of(None).get(path).status_code == 302


def test_texts_by_language(hr, client_of):
    load_library()
    client = client_of(hr)
    for language, text in library()["items"][0]["text"].items():
        page = client.get("/questionnaires/service-culture/", {"language": language})
        assert text.replace("'", "&#x27;") in page.content.decode()
    assert client.get("/questionnaires/service-culture/", {"language": "xx"}).status_code == 200
    assert client.get("/questionnaires/unknown/").status_code == 404


def test_empty_page_loads_the_library(hr, stranger, client_of):
    assert "No questionnaire yet" in client_of(hr).get("/questionnaires/").content.decode()
    assert client_of(stranger).post("/questionnaires/load/").status_code == 403
    client_of(hr).post("/questionnaires/load/")
    assert Instrument.objects.get().key == "service-culture"
