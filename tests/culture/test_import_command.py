"""``manage.py import_people``: counts, rejects, and an exit code that tells whether anything was written."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from culture.people.import_models import ImportSource, PeopleImport
from culture.people.models import Employee

DATA = Path(__file__).resolve().parents[1] / "data" / "people"
pytestmark = pytest.mark.django_db


def run(path: Path, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    try:
        call_command("import_people", str(path), json=True, stdout=out, **options)
    finally:
        run.told = out.getvalue()  # type: ignore[attr-defined]
    return json.loads(out.getvalue())


def test_suspicious_rows_are_told_and_nothing_is_written() -> None:
    run(DATA / "december.csv")
    with pytest.raises(CommandError, match="Nothing was written"):
        run(DATA / "renumbered.csv")
    told = json.loads(run.told)  # type: ignore[attr-defined]
    assert told["written"] is False
    assert told["counts"]["suspicious"] == 6
    assert len(told["suspicious"]) == 6
    assert all(case["match"] for case in told["suspicious"])
    assert PeopleImport.objects.count() == 1


def test_decisions_need_a_reason_and_then_go_through() -> None:
    run(DATA / "december.csv")
    with pytest.raises(CommandError):
        run(DATA / "renumbered.csv", dry_run=True)
    told = json.loads(run.told)  # type: ignore[attr-defined]
    decide = [f"{case['number']}=renumber" for case in told["suspicious"]]
    with pytest.raises(CommandError, match="--reason"):
        run(DATA / "renumbered.csv", decide=decide)
    with pytest.raises(CommandError, match="NUMBER=ANSWER"):
        run(DATA / "renumbered.csv", decide=["1=perhaps"], reason="x")
    done = run(DATA / "renumbered.csv", decide=decide, reason="New numbers")
    assert done["written"] is True
    assert (done["counts"]["changed"], done["counts"]["suspicious"]) == (6, 0)
    assert run(DATA / "renumbered.csv")["counts"]["unchanged"] == 1211


def test_the_width_of_numbers_is_needed_and_remembered_by_source() -> None:
    run(DATA / "clean.csv")
    with pytest.raises(CommandError, match="leading zeros"):
        run(DATA / "clean.xlsx", source="Payroll")
    assert run(DATA / "clean.xlsx", source="Payroll", number_width=6)["counts"]["unchanged"] == 1186
    assert ImportSource.objects.filter(key="name:payroll", number_width=6).exists()
    assert run(DATA / "clean.xlsx", source="payroll")["counts"]["unchanged"] == 1186


def test_a_snapshot_stops_at_many_leavers(tmp_path: Path) -> None:
    run(DATA / "clean.csv")
    lines = (DATA / "clean.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    short = tmp_path / "short.csv"
    short.write_text("".join(lines[:1001]), encoding="utf-8")
    assert run(short)["counts"]["left"] == 0
    with pytest.raises(CommandError, match="people would leave"):
        run(short, mode="snapshot")
    assert not Employee.objects.filter(left_on__gte="2026-11-21").exclude(left_on__isnull=True).exists()
    assert run(short, mode="snapshot", accept_leavers=True, reason="Sold")["counts"]["left"] > 100
