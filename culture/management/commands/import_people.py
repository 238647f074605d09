"""``manage.py import_people FILE``: take an HR export from the command line."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from culture.people.importing import Refused, Stale, Stopped, apply, plan, read_file
from culture.people.tables import ENCODINGS


class Command(BaseCommand):
    help = "Import employees, units and managers from a CSV or XLSX file. Bad rows are reported, good ones are taken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Show what would happen and write nothing.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object instead of text.")
        parser.add_argument("--encoding", choices=sorted(ENCODINGS), help="Instead of detecting it.")
        parser.add_argument("--number-width", type=int, help="Digits of an employee number, to put lost zeros back.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            table = read_file(file, file.name, encoding=options["encoding"])
            planned = plan(table, number_width=options["number_width"])
            if planned.stops:
                raise Stopped(" ".join(planned.stops))
            if not options["dry_run"]:
                sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
                apply(planned, by=None, file_name=file.name, sha256=sha256)
        except (Refused, Stopped, Stale) as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "file": file.name,
                        "encoding": table.encoding,
                        "written": not options["dry_run"],
                        "counts": planned.counts,
                        "new_units": len(planned.new_units),
                        "notes": planned.notes,
                        "rejects": [asdict(reject) for reject in planned.rejects],
                    },
                    ensure_ascii=False,
                )
            )
            return
        for reject in planned.rejects:
            self.stdout.write(
                f"row {reject.line}: {reject.column or 'row'} “{reject.value}” {reject.reason}. {reject.remedy}"
            )
        for note in planned.notes:
            self.stdout.write(note)
        self.stdout.write(", ".join(f"{name} {number}" for name, number in planned.counts.items()))
        if options["dry_run"]:
            self.stdout.write("Nothing was written (dry run).")
