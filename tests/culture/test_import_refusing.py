"""Files that the import refuses: too big, unreadable, without the columns; and what the page says then."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from culture.people import tables
from culture.people.import_models import ImportDraft
from culture.people.importing import read_file
from tests.culture.import_world import (
    DATA,
    ClientOf,
    upload,
)

pytestmark = pytest.mark.django_db


# -- refusing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "The file is empty"), (b"\x89PNG\0\0", "not a text file"), (b"PK\x03\x04x", "not a spr")],
)
def test_a_bad_file_is_refused_in_place_and_keeps_what_was_typed(content, says, hr, client_of: ClientOf) -> None:
    answer = upload(client_of(hr), content, number_width="6", source="Payroll <Italy>")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert 'value="6"' in page
    assert "Payroll &lt;Italy&gt;" in page
    assert not ImportDraft.objects.exists()


def test_no_file_at_all(hr, client_of: ClientOf) -> None:
    assert client_of(hr).post("/people/import/").status_code == 422


def test_a_huge_file_is_dropped_while_it_comes_in(hr, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("culture.people.uploads.MAX_BYTES", 200_000)
    answer = upload(client_of(hr), b"x" * 400_000, source="Payroll")
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    assert 'value="Payroll"' in answer.content.decode()
    assert not ImportDraft.objects.exists()


def test_a_huge_file_on_disk_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    asked: list[int] = []
    real = Path.open

    def counting(self: Path, *args, **kwargs):
        file = real(self, *args, **kwargs)
        read = file.read
        return _Counting(file, read, asked)

    monkeypatch.setattr(Path, "open", counting)
    with pytest.raises(tables.Refused, match="larger than 50 MB"):
        read_file(big)
    assert asked == [tables.MAX_BYTES + 1]


class _Counting:
    def __init__(self, file, read, asked: list[int]) -> None:
        self.file, self._read, self.asked = file, read, asked

    def __enter__(self) -> _Counting:
        return self

    def __exit__(self, *problem) -> None:
        self.file.close()

    def read(self, size: int = -1) -> bytes:
        self.asked.append(size)
        return self._read(size)


def bomb(rows: bytes, more: dict[str, bytes] | None = None) -> bytes:
    """clean.xlsx with another sheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(DATA / "clean.xlsx") as real, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as fake:
        for name in real.namelist():
            content = real.read(name)
            if name.endswith("sheet1.xml"):
                head, _, tail = content.partition(b"<sheetData>")
                content = head + b"<sheetData>" + rows + b"</sheetData>" + tail.partition(b"</sheetData>")[2]
            fake.writestr(name, content)
        for name, content in (more or {}).items():
            fake.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bomb(b"", {"xl/media/zeros.bin": b"\0" * (401 * 1024 * 1024)}), id="zeros"),
        pytest.param(bomb(b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'), id="far corner"),
        pytest.param(bomb(b'<row r="1"><c r="A1"/></row><row r="900000"><c r="ZZ900000"/></row>'), id="sparse"),
    ],
)
def test_a_spreadsheet_that_would_swell_is_refused_before_it_does(content, hr, client_of: ClientOf) -> None:
    assert len(content) < 1_000_000
    answer = upload(client_of(hr), content, "bomb.xlsx")
    assert answer.status_code == 422
    assert "would unpack to far more" in answer.content.decode()
