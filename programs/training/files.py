"""The files of a course's versions: kept once by content, carried from version to version, given out in parts."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.training.content_models import Blob, CourseFile
from programs.training.interchange import archive, media
from programs.training.models import Course, CourseVersion

CHUNK = 1 << 18
KEEP_UNUSED = dt.timedelta(days=1)


def names(version: CourseVersion | None) -> list[str]:
    return list(version.files.values_list("name", flat=True)) if version else []


def contents(version: CourseVersion) -> dict[str, bytes]:
    """All files with their content, for taking a course elsewhere."""
    rows = version.files.values_list("name", "blob__content")
    return {name: bytes(content) for name, content in rows}


def replace_all(version: CourseVersion, given: Mapping[str, bytes]) -> None:
    version.files.all().delete()
    CourseFile.objects.bulk_create(
        CourseFile(version=version, name=name, blob=_kept(content)) for name, content in given.items()
    )


def carry(old: CourseVersion, new: CourseVersion) -> None:
    """The files of ``old`` for ``new``, too; nothing is copied."""
    rows = old.files.values_list("name", "blob")
    CourseFile.objects.bulk_create(
        (CourseFile(version=new, name=name, blob_id=blob) for name, blob in rows), ignore_conflicts=True
    )


def _kept(content: bytes) -> Blob:
    digest = hashlib.sha256(content).hexdigest()
    return Blob.objects.get_or_create(sha256=digest, defaults={"content": content, "size": len(content)})[0]


def uncaptioned(version: CourseVersion) -> list[str]:
    """What to do about films without captions, one line a lesson."""
    known = names(version)
    found = []
    for lesson in version.lessons.exclude(video="").order_by("position"):
        if told := media.uncaptioned(lesson.video, known):
            found.append(_("Lesson %(n)d: %(told)s") % {"n": lesson.position, "told": told})
    return found


@transaction.atomic
def add(*, by: Employee | None, draft: CourseVersion, name: str, content: bytes) -> CourseFile:
    """Put a file into a draft; one of the same name is replaced. Raises ``ValidationError`` by field ``file``."""
    told = media.why_not(name, content)
    others = draft.files.exclude(name=name)
    if not told and len(content) > archive.LARGEST_FILE:
        told = _("The file is larger than %(most)d MB.") % {"most": archive.LARGEST_FILE // archive.MEGABYTE}
    total = sum(others.values_list("blob__size", flat=True))
    if not told and total + len(content) > archive.LARGEST_COURSE:
        told = _("The files of a course are %(most)d MB at most.") % {
            "most": archive.LARGEST_COURSE // archive.MEGABYTE
        }
    if not told and others.count() >= archive.MOST_FILES:
        told = _("A course has %(most)d files at most.") % {"most": archive.MOST_FILES}
    if told:
        raise ValidationError({"file": [told]})
    made, _new = CourseFile.objects.update_or_create(version=draft, name=name, defaults={"blob": _kept(content)})
    audit.record(by, "added course file", draft.course, name=name)
    return made


@transaction.atomic
def remove(*, by: Employee | None, draft: CourseVersion, name: str) -> None:
    """Take a file out of a draft; a lesson that shows it keeps it there."""
    for lesson in draft.lessons.all():
        bodies = [lesson.body, *(text.get("body", "") for text in lesson.texts.values())]
        shown = {media.file_of(address) for body in bodies for _k, address, _l, _a in media.references(body)}
        if name in shown | {media.file_of(lesson.video)}:
            told = _("Lesson %(number)d, “%(title)s”, uses this file: take it out there first.")
            raise ValidationError({"file": [told % {"number": lesson.position, "title": lesson.title}]})
    if draft.files.filter(name=name).delete()[0]:
        audit.record(by, "removed course file", draft.course, name=name)


def parts(blob: str, first: int, last: int) -> Iterator[bytes]:
    """Bytes ``first`` to ``last`` (both included), a chunk at a time: a film never lies in memory as a whole."""
    place = first
    while place <= last:
        size = min(CHUNK, last - place + 1)
        cut = Substr(F("content"), Value(place + 1), Value(size))
        content = Blob.objects.filter(pk=blob).values_list(cut, flat=True).first()
        if not content:
            return
        yield bytes(content)
        place += size


def sweep(*, now: dt.datetime) -> int:
    """Remove contents no version holds any more; a day's grace for what is being written."""
    held = CourseFile.objects.filter(blob=OuterRef("pk"))
    return Blob.objects.filter(~Exists(held), made_at__lt=now - KEEP_UNUSED).delete()[0]


def draft_of(course: Course) -> CourseVersion | None:
    return course.versions.filter(published_at=None).first()
