"""``manage.py courses check|import|export``: course folders from the command line.

``check`` reads folders (default: the catalogue that comes with Trivium) and says what is wrong, by file and line; what
is not translated is wrong there, too. ``import`` takes one folder or zip over as the course's draft. ``export`` writes
what people see of a course as a folder.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from programs.training import importing, loading
from programs.training.interchange import archive, folder, folder_writing
from programs.training.interchange.plans import Reading
from programs.training.models import Course


class Command(BaseCommand):
    help = "Check, import or export courses kept as folders of Markdown and GIFT."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        todo = parser.add_subparsers(dest="todo", required=True)
        check = todo.add_parser("check", help="say what is wrong with course folders")
        check.add_argument("paths", nargs="*", type=Path, help="folders or zips (default: the catalogue's)")
        take = todo.add_parser("import", help="take a folder or zip over as the course's draft")
        take.add_argument("path", type=Path)
        take.add_argument("--publish", action="store_true", help="publish it at once")
        give = todo.add_parser("export", help="write a course as a folder")
        give.add_argument("slug", help="the course's short name or number")
        give.add_argument("path", type=Path, help="where the folder is made")

    def handle(self, *args: Any, todo: str, **options: Any) -> None:
        {"check": self._check, "import": self._import, "export": self._export}[todo](options)

    def _check(self, options: dict[str, Any]) -> None:
        wrong = 0
        for path in options["paths"] or loading.folders():
            try:
                read = read_path(path)
            except archive.Unreadable as error:
                self.stdout.write(f"{path.name}: {error}")
                wrong += 1
                continue
            problems = [*read.problems, *read.missing, *loading.unknown_requirements(read.course)]
            for problem in problems:
                self.stdout.write(f"{path.name}/{problem}")
            for remark in read.remarks:
                self.stdout.write(f"{path.name}/{remark} (a remark)")
            wrong += len(problems)
            told = "sound" if not problems else f"{len(problems)} problems"
            course = read.course
            counts = f"{len(course.lessons)} lessons, {len(course.quiz)} questions, {' '.join(course.languages)}"
            self.stdout.write(f"{path.name}: {told}; {counts}")
        if wrong:
            raise CommandError(f"{wrong} problems.")

    def _import(self, options: dict[str, Any]) -> None:
        try:
            read = read_path(options["path"])
        except archive.Unreadable as error:
            raise CommandError(str(error)) from error
        for problem in read.problems:
            self.stderr.write(str(problem))
        if read.problems:
            raise CommandError("Nothing was taken over.")
        for code in importing.unknown(read.course):
            self.stderr.write(f"The framework has no requirement {code}: left out.")
        try:
            version = importing.take(by=None, plan=read.course, publish=options["publish"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        state = "published" if version.published_at else "a draft"
        self.stdout.write(f"{version.course.name}: version {version.number}, {state}.")

    def _export(self, options: dict[str, Any]) -> None:
        wanted = options["slug"]
        found = Course.objects.filter(slug=wanted).first()
        found = found or (Course.objects.filter(pk=wanted).first() if wanted.isdigit() else None)
        version = importing.newest(found) if found else None
        if version is None:
            raise CommandError(f"There is no course “{wanted}” with a text to export.")
        plan = importing.plan_of(version)
        target: Path = options["path"] / plan.slug
        if target.exists():
            raise CommandError(f"{target} is there already: choose another place.")
        for name, content in folder_writing.write(plan).items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
        self.stdout.write(f"{target}")


def read_path(path: Path) -> Reading:
    """The course in a folder or a zip."""
    if path.is_dir():
        return folder.read(archive.from_folder(path))
    try:
        return folder.read(archive.from_zip(path.read_bytes()))
    except OSError as error:
        raise archive.Unreadable(f"Cannot read {path}: {error.strerror}") from error
