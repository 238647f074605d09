"""Files of released cells: the same lines in every format, nothing that runs, a count at the end, bounded memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from surveys.results import export_pages, exports, releasing
from surveys.results.models import CellGroup, Release
from tests.surveys.results_world import LATER, answer, body_of, open_wave, people

SAID = {"wave": "Pulse # 1\nsecond line", "rules": {"k": 5, "band_to": 7}, "fingerprint": "abc", "release": 1}
HIDDEN = {"shown": False, "why": "hidden for privacy"}
SHOWN = {"shown": True, "n": "8–11", "index": 61, "low": 50, "high": 72, "fav": 60, "neu": 30, "unf": 10}


def group(n: int, name: str = "", **cells: dict) -> CellGroup:
    return CellGroup(family="tree", unit=n, name=name or f"Unit {n}", depth=1, parent=1, cells=cells or {"want": SHOWN})


def read(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What is said about the file, and its rows, as a notebook reads them."""
    lines = text.lstrip("\ufeff").splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    return about, list(csv.DictReader(line for line in lines if not line.startswith("#")))


def test_a_csv_says_what_it_is_and_how_many_rows_it_has():
    made = b"".join(exports.csv_stream(SAID, [group(1), group(2, want=HIDDEN)], {"want": "?"})).decode()
    about, rows = read(made)
    assert about["wave"] == "Pulse # 1 second line" and about["rules"] == "band_to 7; k 5" and about["rows"] == "2"
    assert made.endswith("# rows: 2\r\n") and made.startswith("\ufeff# wave: ")
    assert (rows[0]["people"], rows[0]["people_from"], rows[0]["people_to"]) == ("8–11", "8", "11")
    assert (rows[1]["shown"], rows[1]["score"], rows[1]["note"]) == ("no", "", "hidden for privacy")


def test_texts_are_no_notes_no_formulas_and_no_new_lines_of_the_file():
    made = b"".join(exports.csv_stream(SAID, [group(1, '# =cmd|"x"'), group(2, "=1+1")], {"want": "a\nb"})).decode()
    _about, rows = read(made.replace("a\nb", "a b"))
    assert [row["group"] for row in rows] == ['# =cmd|"x"', "'=1+1"]
    assert sum(line.startswith("#") for line in made.lstrip("\ufeff").splitlines()) == len(SAID) + 1


def test_every_kind_of_cell_has_its_line():
    cells = {
        "want": {**SHOWN, "n": 40, "dist": [1, 2, 3, 4, 5],
                 "change": {"delta": 4, "low": 1, "high": 7, "word": "rose", "since": 2}},
        "know": {"shown": True, "n": "5–7", "index": 65, "band": "60–69"},
        "barrier": {"shown": True, "n": 40, "shares": {"want": 20, "know": 10, "can": 40, "none": 30}},
        "participation": {"shown": True, "percent": 90, "words": "over 90 %"},
        "reliability:want": {"shown": True, "n": 40, "alpha": 0.7, "low": 0.6, "high": 0.8, "items": [["W1", 0.6, 0]]},
        "served": {"shown": False, "why": "not asked"},
    }  # fmt: skip
    body = json.loads(b"".join(exports.json_stream(SAID, [group(1, **cells)], {})))
    rows = {row["measure"]: row for row in (dict(zip(body["columns"], row, strict=True)) for row in body["rows"])}
    assert body["count"] == len(cells) == len(rows) and body["about"]["fingerprint"] == "abc"
    assert json.loads(rows["want"]["distribution"]) == [1, 2, 3, 4, 5] and rows["want"]["change_word"] == "rose"
    assert (rows["know"]["score"], rows["know"]["band"]) == (65, "60–69")
    assert json.loads(rows["barrier"]["details"])["shares"]["can"] == 40
    assert rows["participation"]["score"] == 90 and json.loads(rows["participation"]["details"])["words"] == "over 90 %"
    assert rows["reliability:want"]["score"] == 0.7 and rows["served"]["note"] == "not asked"


def test_pairs_have_both_names():
    pair = CellGroup(family="matrix", unit=3, other=9, name="IT ← Branch", cells={"served": SHOWN})
    body = json.loads(b"".join(exports.json_stream(SAID, [pair], {})))
    row = dict(zip(body["columns"], body["rows"][0], strict=True))
    assert (row["group"], row["group_id"], row["customer"], row["customer_id"]) == ("IT", 3, "Branch", 9)


@pytest.mark.parametrize("stream", [exports.csv_stream, exports.json_stream])
def test_nothing_is_gathered_before_it_is_sent(stream):
    taken = 0

    def many() -> Iterator[CellGroup]:
        nonlocal taken
        for n in range(3000):
            taken += 1
            yield group(n)

    pieces, largest, before = stream(SAID, many(), {}), 0, []
    for piece in pieces:
        before.append(taken)
        largest = max(largest, len(piece))
    assert before[1] <= 2 * exports.CHUNK and taken == 3000 and largest < 300_000
    assert b"3000" in piece


def test_a_spreadsheet_has_the_same_lines_and_a_limit():
    file = exports.as_xlsx(SAID, [group(1), group(2, "=1+1", want=HIDDEN)], {"want": "?"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    cells, about = book.get_sheet_by_name("cells").to_python(), dict(
        row[:2] for row in book.get_sheet_by_name("about").to_python()
    )  # fmt: skip
    assert tuple(cells[0]) == exports.HEADER and len(cells) == 3 and cells[2][2] == "'=1+1"
    assert about["rows"] == "2" and about["rule k"] == "5" and about["fingerprint"] == "abc"
    with pytest.raises(exports.TooLarge):
        exports.as_xlsx(SAID, [group(1), group(2)], {}, most=1)


@pytest.mark.django_db
def test_the_files_through_the_door(hr, executive, manager, stranger, units, client_of, monkeypatch):
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    client, wave = client_of(hr), world.wave.pk
    about, rows = read(body_of(client.get(reverse("results:export", args=[wave]))))
    assert about["fingerprint"] == Release.objects.get(wave=wave).rules_hash and about["rows"] == str(len(rows))
    assert "·" in about["instrument"] and "object" not in about["instrument"]
    assert any("service" in row["question"].lower() for row in rows)
    body = json.loads(body_of(client.get(reverse("results:export_json", args=[wave]))))
    assert body["count"] == len(rows) and [str(row[0]) for row in body["rows"]] == [row["family"] for row in rows]
    only = json.loads(body_of(client.get(reverse("results:export_json", args=[wave]) + "?family=tree&family=nonsense")))
    assert {row[0] for row in only["rows"]} == {"tree"}
    mine = json.loads(body_of(client_of(manager).get(reverse("results:export_json", args=[wave]))))
    assert {row[2] for row in mine["rows"] if row[0] == "tree"} == {"Meridian", "Branch A"}
    chosen = client.get(reverse("results:export_choose", args=[wave]) + "?format=xlsx&family=tree")
    assert chosen["Location"].endswith("export.xlsx?family=tree")
    assert client.get(chosen["Location"]).status_code == 200
    monkeypatch.setattr(exports, "MOST_IN_SHEET", 3)
    refused = client.get(reverse("results:export_xlsx", args=[wave]), follow=True)
    assert "too many for a spreadsheet" in refused.content.decode() and export_pages.XLSX
    for name in ("export", "export_xlsx", "export_json", "export_choose", "export_about"):
        url = reverse(f"results:{name}", args=[wave])
        assert client_of(stranger).get(url).status_code == 403 and client_of(None).get(url).status_code == 302
