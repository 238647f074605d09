"""Released cells as a spreadsheet file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from surveys.results.insight import change
from surveys.results.models import CellGroup, Release

HEADER = ("family", "group", "customer", "measure", "shown", "people", "score", "low", "high", "favourable %",
          "neutral %", "unfavourable %", "distribution", "note")  # fmt: skip
# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value: object) -> object:
    """A text no spreadsheet runs as a formula; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value


def to_csv(release: Release, groups: Iterable[CellGroup]) -> str:
    """Every released cell of ``groups``, under lines that name the wave, its rules and their fingerprint."""
    out = io.StringIO()
    # Excel reads UTF-8 only behind a byte order mark.
    out.write("\ufeff")
    writer = csv.writer(out)
    wave = release.wave
    writer.writerow([plain("Wave"), plain(str(wave)), wave.opens_on.isoformat(), wave.closes_on.isoformat()])
    writer.writerow(["Rules", plain("; ".join(f"{key} {value}" for key, value in sorted(release.rules.items())))])
    writer.writerow(["Fingerprint", release.rules_hash, "formulas", release.formula_version])
    writer.writerow(HEADER)
    for group in groups:
        for measure, cell in group.cells.items():
            writer.writerow([plain(value) for value in _line(group, measure, cell)])
    return out.getvalue()


def _line(group: CellGroup, measure: str, cell: dict) -> list[object]:
    names = group.name.split(" ← ") if group.family in ("matrix", "division") else [group.name, ""]
    start = [group.family, names[0], names[-1], measure, "yes" if cell["shown"] else "no"]
    if not cell["shown"]:
        return [*start, *[""] * 8, cell.get("why", "hidden for privacy")]
    shares = cell.get("shares")
    told = " | ".join(f"{name} {share}" for name, share in shares.items()) if shares else ""
    return [
        *start,
        cell.get("n", ""),
        next((cell[key] for key in ("words", "band", "index", "percent", "alpha", "r2") if key in cell), ""),
        *(cell.get(key, "") for key in ("low", "high", "fav", "neu", "unf")),
        told or " | ".join(map(str, cell.get("dist", []))) or _parts(cell),
        _moved(cell),
    ]


def _parts(cell: dict) -> str:
    """What a reliability or drivers cell holds of each question: its code and its figures."""
    return " | ".join(" ".join("" if part is None else str(part) for part in row) for row in cell.get("items", []))


def _moved(cell: dict) -> str:
    """The change since the wave before, in the word decided with the release."""
    moved = change.read(cell)
    return f"{moved.word}: {moved.told}, since wave {cell['change']['since']}" if moved else ""
