"""The catalogue: complete in five languages, versioned, loaded as often as one likes; its pages and its API."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.framework import loading, reading, sections
from culture.framework.comparison import folded
from culture.framework.loading import FILES, CatalogueError, load_catalogue, read
from culture.framework.models import (
    KINDS,
    Behaviour,
    CatalogueVersion,
    Condition,
    Figure,
    Notion,
    Practice,
    Requirement,
)
from culture.people.models import Employee

ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")
CODES = {
    "requirements": [
        *(f"W{n}" for n in range(1, 10)),
        *(f"K{n}" for n in range(1, 8)),
        *(f"C{n}" for n in range(1, 6)),
    ],
    "behaviours": [*(f"A{n}" for n in range(1, 9)), *(f"N{n}" for n in range(1, 8)), *(f"B{n}" for n in range(1, 16))],
    "conditions": [*(f"S{n}" for n in range(1, 11)), *(f"H{n}" for n in range(1, 5))],
    "practices": [f"P{n}" for n in range(1, 9)],
    "figures": [f"FG{n}" for n in range(1, 20)],
}
NOTIONS = {
    "stage": 4, "quadrant": 4, "outcome": 5, "satisfier": 9, "dissatisfier": 6, "customer": 4, "step": 5, "skill": 4,
    "premise": 2, "tool": 4,
}  # fmt: skip
# Every figure of framework.md §6: source, value, what it is about.
FIGURES = {
    ("IT1, ZH", 68, "leave_for_service"), ("FR", 94, "leave_for_service"), ("FR", 89, "leave_for_problem"),
    ("IT1, ZH", 90, "lost_silent"), ("IT1, ZH", 10, "dissatisfied_tell"), ("FR", 9, "dissatisfied_tell"),
    ("IT1, ZH", 5, "satisfied_tell"), ("IT1, ZH", 10, "cost_of_replacing"), ("FR", 6, "cost_of_replacing"),
    ("FR", 67, "complain"), ("FR", 75, "won_back"), ("FR", 95, "stay_if_fast"), ("RO", 46, "effort"),
    ("RO", 40, "no_answer"), ("RO", 90, "pay_more"), ("RO", 50, "adequate_answer"), ("IT1", 92, "service_key"),
    ("IT1", 95, "moved_by_communication"), ("IT1, ZH", 4, "personal_mail"),
}  # fmt: skip
PROPER_NAMES: set[tuple[str, str]] = set()  # (code, language) whose text may equal the English one


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data files that a test may change."""
    folder = tmp_path / "catalogue"
    shutil.copytree(loading.FOLDER, folder)
    monkeypatch.setattr(loading, "FOLDER", folder)
    return folder


def rewrite(folder: Path, name: str, change: Callable[[list[dict]], object]) -> None:
    path = folder / f"{name}.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    change(entries)
    path.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")


def newer(folder: Path, code: str = "W3", text: str = "Trusts the new culture", name: str = "requirements") -> int:
    """The next version of the catalogue says something else of ``code`` in English."""

    def change(entries: list[dict]) -> None:
        next(entry for entry in entries if entry["code"] == code)["text"]["en"] = text

    rewrite(folder, name, change)
    return loading.stamp("other words", dt.date(2027, 1, 1))


def test_every_entry_speaks_five_languages() -> None:
    for name in FILES:
        for entry in read(name):
            for part in ("text", "detail"):
                if part == "detail" and part not in entry:
                    continue
                texts = entry[part]
                assert tuple(texts) == LANGUAGES, (entry["code"], part)
                assert all(text.strip() == text and text for text in texts.values()), (entry["code"], part)
                for language in LANGUAGES[1:]:
                    same = texts[language] == texts["en"]
                    assert not same or (entry["code"], language) in PROPER_NAMES, (entry["code"], part, language)
                assert len(set(texts.values())) == 5, (entry["code"], part)
                assert any("\u4e00" <= char <= "\u9fff" for char in texts["zh-hans"]), entry["code"]


def test_labels_fit_and_are_told_apart() -> None:
    for name in FILES:
        for language in LANGUAGES:
            labels = [entry["text"][language] for entry in read(name) if name != "figures"]
            assert len(labels) == len(set(labels)), (name, language)
            assert max(map(len, labels), default=0) <= 110


def test_the_catalogue_holds_all_of_the_framework() -> None:
    load_catalogue()
    for kind, codes in CODES.items():
        assert [entry.code for entry in KINDS[kind]._default_manager.all()] == codes
    assert {kind: Notion.objects.filter(kind=kind).count() for kind in Notion.Kind.values} == NOTIONS
    assert list(Notion.objects.filter(kind="quadrant").values_list("code", flat=True)) == ["Q1", "Q2", "Q3", "Q4"]
    assert {(f.source, int(f.value), f.subject) for f in Figure.objects.all()} == FIGURES
    every = [entry for model in KINDS.values() for entry in model._default_manager.all()]
    assert len({entry.code for entry in every}) == len(every) == 139
    assert all(set(entry.source.split(", ")) <= set(sections.SOURCES) for entry in every)
    # Requirements, behaviours, conditions and practices are explained, too.
    assert all(e.detail for model in (Requirement, Behaviour, Condition, Practice) for e in model.objects.all())


def test_each_entry_has_its_place_on_the_page() -> None:
    load_catalogue()
    found, count = reading.layout("en")
    assert count == 139
    assert [one["section"].anchor for one in found] == [section.anchor for section in sections.SECTIONS]


def test_loading_twice_changes_nothing() -> None:
    first = load_catalogue()
    assert first == {
        "requirements": 21, "behaviours": 30, "conditions": 14, "practices": 8, "notions": 47, "figures": 19,
        "changed": 139,
    }  # fmt: skip
    assert load_catalogue()["changed"] == 0
    assert CatalogueVersion.objects.count() == 1


def test_the_command_prints_the_counts() -> None:
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    assert out.getvalue().strip() == (
        "Catalogue version 2: requirements 21, behaviours 30, conditions 14, practices 8, notions 47, figures 19, "
        "changed 139"
    )


def test_the_versions_tell_every_change() -> None:
    assert loading.check() == []
    assert [one["number"] for one in loading.versions()] == [1, 2]
    assert len(loading.versions()[0]["entries"]) == 73


def test_a_change_without_a_version_is_refused(files: Path) -> None:
    rewrite(files, "practices", lambda entries: entries[0]["text"].update(en="Power of four"))
    assert loading.check() == ["P1 is not what versions.json records: add a version (manage.py load_catalogue --stamp)"]
    with pytest.raises(CommandError, match="P1"):
        call_command("load_catalogue")
    assert not Practice.objects.exists()


def test_a_newer_version_tells_which_entry_changed(files: Path) -> None:
    load_catalogue()
    assert newer(files) == 3
    assert load_catalogue()["changed"] == 1
    assert Requirement.objects.get(code="W3").text["en"] == "Trusts the new culture"
    assert dict(Requirement.objects.filter(code__in=["W2", "W3"]).values_list("code", "changed_in")) == {
        "W2": 2, "W3": 3
    }  # fmt: skip
    assert [(v.number, len(v.changed)) for v in CatalogueVersion.objects.all()] == [(3, 1), (2, 139)]
    with pytest.raises(CatalogueError, match="Nothing changed"):
        loading.stamp("again", dt.date(2027, 1, 2))


def test_an_older_catalogue_does_not_overwrite_a_newer_one(files: Path) -> None:
    newer(files)
    load_catalogue()
    shutil.rmtree(files)
    shutil.copytree(Path(loading.__file__).parent / "catalogue", files)
    with pytest.raises(CommandError, match=r"Version 3 .* is loaded; these files are version 2"):
        call_command("load_catalogue")
    assert Requirement.objects.get(code="W3").text["en"] == "Trusts the new culture"


def test_a_withdrawn_entry_stays_for_old_records(files: Path) -> None:
    load_catalogue()
    rewrite(files, "behaviours", lambda entries: entries.pop(0))
    loading.stamp("without A1", dt.date(2027, 1, 1))
    assert load_catalogue()["changed"] == 1
    gone = Behaviour.objects.get(code="A1")
    assert (gone.withdrawn_in, gone.is_active) == (3, False)
    assert "A1" not in Behaviour.objects.active().values_list("code", flat=True)
    assert load_catalogue()["changed"] == 0


def test_the_database_keeps_own_codes_apart() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.create(code="W10", position=1, dimension="want", own=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.create(code="WX1", position=1, dimension="want", own=False)


# -- pages -----------------------------------------------------------------------------------------------------------


def test_everybody_reads_it_in_any_language(employee: Employee, client_of: ClientOf) -> None:
    load_catalogue()
    client = client_of(employee)
    page = client.get("/framework/").content.decode()
    for codes in CODES.values():
        assert all(f">{code}<" in page for code in codes)
    assert "Adapt the framework" not in page
    chinese = client.get("/framework/?language=zh-hans").content.decode()
    assert "相信新的文化" in chinese
    assert "Believes in the new culture" in client.get("/framework/?language=xx").content.decode()
    Employee.objects.filter(pk=employee.pk).update(language="ro")
    assert "Crede în noua cultură" in client.get("/framework/").content.decode()


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        ("W3", {"W3"}),
        ("nuova cultura", {"W3", "C2"}),
        ("REALTÀ", {"C3"}),
        ("realta", {"C3"}),
        ("new culture", {"W3", "C2"}),
    ],
)
def test_search_by_code_word_and_without_accents(search: str, codes: set[str]) -> None:
    load_catalogue()
    found, _count = reading.layout("it", search)
    lines = [line.entry.code for one in found for group in one["groups"] for line in group["lines"]]
    assert codes <= set(lines)
    assert "B1" not in lines


def test_nothing_found_says_so(employee: Employee, client_of: ClientOf) -> None:
    load_catalogue()
    page = client_of(employee).get("/framework/?q=zzzz%00").content.decode()
    assert "Nothing found" in page
    assert ">W3<" not in page


def test_one_entry(employee: Employee, hr: Employee, client_of: ClientOf) -> None:
    load_catalogue()
    page = client_of(employee).get("/framework/requirements/W3/").content.decode()
    assert "相信新的文化" in page
    assert "Everybody else" in page
    assert "/edit/" not in page
    assert "/framework/requirements/W3/edit/" in client_of(hr).get("/framework/requirements/W3/").content.decode()
    figure = client_of(employee).get("/framework/figures/FG5/").content.decode()
    assert "Other texts say" in figure
    assert "FG6" in figure
    for address in ("/framework/requirements/W99/", "/framework/employees/W3/", "/framework/requirements/w3%00/"):
        assert client_of(employee).get(address).status_code == 404


def test_the_page_costs_the_same_for_more_entries(employee: Employee, client_of: ClientOf) -> None:
    load_catalogue()
    client = client_of(employee)

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    cost("/framework/")
    few = cost("/framework/?q=W3")
    assert cost("/framework/") == few


@pytest.mark.parametrize(
    ("folded_text", "text"), [("etre a l’heure", "Être à l’HEURE"), ("stiinta", "Știință"), ("客户", "客户")]
)
def test_folding(folded_text: str, text: str) -> None:
    assert folded(text) == folded_text


# -- API -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_api_reads_every_kind(kind: str, employee: Employee, client_of: ClientOf) -> None:
    load_catalogue()
    address = f"/api/v1/{kind}/"
    answer = client_of(employee).get(address, {"limit": 1000}).json()
    assert answer["count"] == KINDS[kind]._default_manager.count()
    first = answer["results"][0]
    assert tuple(sorted(first["text"])) == tuple(sorted(LANGUAGES))
    assert client_of(employee).get(f"{address}{first['code']}/").json() == first
    assert client_of(None).get(address).status_code in (401, 403)
    assert client_of(employee).post(address, {"code": "W9"}).status_code in (403, 405)


def test_figures_in_the_api_are_numbers(employee: Employee, client_of: ClientOf) -> None:
    load_catalogue()
    rows = client_of(employee).get("/api/v1/figures/?subject=dissatisfied_tell").json()["results"]
    assert [(row["value"], row["unit"], row["source"]) for row in rows] == [
        ("10.00", "people", "IT1, ZH"), ("9.00", "people", "FR")
    ]  # fmt: skip
