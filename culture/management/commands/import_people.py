"""``manage.py import_people FILE``: take an HR export from the command line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from culture.people import sources
from culture.people.importing import (
    CHANGES,
    SNAPSHOT,
    Busy,
    Decisions,
    ImportPlan,
    Refused,
    Stale,
    Stopped,
    apply,
    plan,
    read_file,
)
from culture.people.plans import DIFFERENT, FORMER_NEW, FORMER_SAME, LEAVING, RENUMBER, SAME, SKIP
from culture.people.tables import ENCODINGS, Table

ANSWERS = (SAME, RENUMBER, DIFFERENT, SKIP)


class Command(BaseCommand):
    help = (
        "Import employees, units and managers from a CSV or XLSX file. Bad rows are reported, good ones are taken; "
        "when something is suspicious nothing is written and the exit code is 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Show what would happen and write nothing.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object instead of text.")
        parser.add_argument(
            "--mode",
            choices=[CHANGES, SNAPSHOT],
            default=CHANGES,
            help="changes: who is not in the file stays (default). snapshot: who is not in the file has left.",
        )
        parser.add_argument("--encoding", choices=sorted(ENCODINGS), help="Instead of detecting it.")
        parser.add_argument("--number-width", type=int, help="Digits of an employee number, to put lost zeros back.")
        parser.add_argument("--date-order", choices=["dmy", "mdy"], default="", help="How 03/04/2025 is meant.")
        parser.add_argument("--source", default="", help="Where the file comes from: its columns are remembered.")
        parser.add_argument(
            "--decide",
            action="append",
            default=[],
            metavar="NUMBER=ANSWER",
            help=f"What a suspicious row means: one of {', '.join(ANSWERS)}. May be repeated; needs --reason.",
        )
        parser.add_argument(
            "--former-units",
            choices=[FORMER_SAME, FORMER_NEW],
            default="",
            help="Paths that units had once: they mean the same units, or new ones.",
        )
        parser.add_argument("--accept-leavers", action="store_true", help="So many really leave; needs --reason.")
        parser.add_argument("--reason", default="", help="Why, for what is decided or accepted.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        decisions = self.decisions(options)
        try:
            table = self.table(file, options)
            known = sources.find(name=options["source"]) or sources.find(header=table.header)
            made = plan(
                table,
                number_width=options["number_width"] or (known.number_width if known else None),
                date_order=options["date_order"] or (known.date_order if known else ""),
                mode=options["mode"],
                decisions=decisions,
            )
            made.about["source"] = options["source"]
            written = not options["dry_run"] and not made.stops
            if written:
                self.write(made, table, file, options)
        except (Refused, Stopped, Stale, Busy) as error:
            raise CommandError(str(error)) from None
        self.tell(made, table, file, written, options)
        if made.stops:
            raise CommandError("Nothing was written. " + " ".join(made.stops))

    def decisions(self, options: dict[str, Any]) -> Decisions:
        reason = options["reason"].strip()
        rows = {}
        for text in options["decide"]:
            number, mark, answer = text.partition("=")
            if not mark or answer not in ANSWERS:
                raise CommandError(f"--decide {text}: write NUMBER=ANSWER with one of {', '.join(ANSWERS)}.")
            rows[number] = (answer, reason)
        if (rows or options["accept_leavers"]) and not reason:
            raise CommandError("Say --reason, so that the decision can be understood later.")
        accepted = {LEAVING: reason} if options["accept_leavers"] else {}
        return Decisions(rows=rows, accepted=accepted, former_units=options["former_units"])

    def table(self, file: Path, options: dict[str, Any]) -> Table:
        named = sources.find(name=options["source"])
        table = read_file(file, file.name, encoding=options["encoding"], mapping=named.mapping if named else None)
        if named is None and (known := sources.find(header=table.header)) and known.mapping:
            table = read_file(file, file.name, encoding=options["encoding"], mapping=known.mapping)
        return table

    def write(self, made: ImportPlan, table: Table, file: Path, options: dict[str, Any]) -> None:
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        apply(made, by=None, file_name=file.name, sha256=sha256)
        sources.remember(
            name=options["source"],
            header=table.header,
            mapping=None,
            number_width=options["number_width"],
            date_order=options["date_order"],
        )

    def tell(self, made: ImportPlan, table: Table, file: Path, written: bool, options: dict[str, Any]) -> None:
        if options["json"]:
            told = {
                "file": file.name,
                "encoding": table.encoding,
                "written": written,
                "counts": made.counts,
                "new_units": len(made.new_units),
                "notes": made.notes,
                "stops": made.stops,
                "rejects": [asdict(reject) for reject in made.rejects],
                "suspicious": [asdict(case) for case in made.suspicious],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for reject in made.rejects:
            self.stdout.write(
                f"row {reject.line}: {reject.column or 'row'} “{reject.value}” {reject.reason}. {reject.remedy}"
            )
        for case in made.suspicious:
            self.stdout.write(
                f"row {case.line}: number {case.number} is {case.before} here, {case.after} in the file"
                + (f" (known here as {case.match})" if case.match else "")
                + (f": {case.answer}" if case.answer else f". Decide with --decide {case.number}=… (same, …)")
            )
        for note in made.notes:
            self.stdout.write(note)
        self.stdout.write(", ".join(f"{name} {number}" for name, number in made.counts.items()))
        if options["dry_run"]:
            self.stdout.write("Nothing was written (dry run).")
