"""The organisation's own slides: looked at before they are kept, so that no report fails for them later."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from lxml import etree
from pptx import Presentation

from culture.access import audit
from culture.people.models import Employee
from programs.reports import slides
from programs.reports.report_model import BARS, HEAT, Chart, Column, Report, Section, Series, Table, digest
from programs.reports.report_models import SlideTemplate

MEGABYTE = 1 << 20
LARGEST = 20 * MEGABYTE
LARGEST_UNPACKED = 200 * MEGABYTE
MOST_PARTS = 3000
MACROS = ("vbaproject", "macroenabled", "activex")


def why_not(content: bytes, today: dt.date) -> str:
    """Why a file cannot be the template, in words; "" when it can."""
    if len(content) > LARGEST:
        return _("The file is larger than %(most)d MB. Take pictures that are not needed out of it.") % {
            "most": LARGEST // MEGABYTE
        }
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            told = _parts(packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return _("This is no PowerPoint file. Save the slides as .pptx and upload that.")
    return told or _tried(content, today)


def _parts(packed: zipfile.ZipFile) -> str:
    parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        return _("The file is far larger inside than it looks. Save the slides anew and upload that.")
    names = [part.filename.lower() for part in parts]
    if "[content_types].xml" not in names:
        return _("This is no PowerPoint file. Save the slides as .pptx and upload that.")
    types = packed.read("[Content_Types].xml").lower() if "[Content_Types].xml" in packed.namelist() else b""
    if any(sign in name for name in names for sign in MACROS) or any(sign.encode() in types for sign in MACROS):
        return _("The file contains macros. Save it as .pptx without them.")
    for name in packed.namelist():
        if name.endswith(".rels") and (told := _reaches_out(packed.read(name))):
            return told
    return ""


def _reaches_out(relations: bytes) -> str:
    """What a part loads from elsewhere would be asked for on every reader's machine."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(relations, parser)
    except etree.XMLSyntaxError:
        return _("This is no PowerPoint file. Save the slides as .pptx and upload that.")
    for one in root:
        if one.get("TargetMode") == "External" and not (one.get("Type") or "").endswith("/hyperlink"):
            return _("The file loads a picture or another file from elsewhere. Embed it instead of linking it.")
    return ""


def _tried(content: bytes, today: dt.date) -> str:
    """A report is made with it, before anybody relies on it."""
    try:
        slides.layouts(Presentation(io.BytesIO(content)))
    except ValueError:
        return _("None of its layouts has a title. Add a title placeholder to at least one layout.")
    except Exception:
        return _("This is no PowerPoint file that can be read. Save the slides as .pptx and upload that.")
    try:
        slides.made(sample(today), content)
    except Exception:
        return _("A report could not be made with this file. Save it anew in PowerPoint, or use a simpler one.")
    return ""


def sample(today: dt.date) -> Report:
    """A small report of each kind of slide."""
    chart = Chart("c", "Chart", "A bar", BARS, ("A", "B"), (Series("mean", "Mean", (40, 60)),))
    table = Table("t", "Table", (Column("u", "Unit"), Column("w", "Want", HEAT)), (("A", 40), ("B", 60)))
    section = Section("s", "Section", "A finding", ["Words"], [chart], [table], ["A note"])
    return Report("Title", "Place", "Organisation", "en", today, 0, None, "leaders", [section, Section("x", "Words")])


@transaction.atomic
def take(*, by: Employee, name: str, content: bytes, now: dt.datetime) -> SlideTemplate:
    """Use these slides from now on. Raises ValidationError by field ``file``."""
    if told := why_not(content, now.date()):
        raise ValidationError({"file": told})
    SlideTemplate.objects.filter(in_use=True).update(in_use=False)
    row = SlideTemplate.objects.create(name=name[:120], content=content, sha256=digest(content), by=by, at=now)
    audit.record(by, "report.template_taken", row, sha256=row.sha256)
    return row


@transaction.atomic
def drop(*, by: Employee) -> None:
    """Back to plain slides."""
    for row in SlideTemplate.objects.select_for_update().filter(in_use=True).defer("content"):
        SlideTemplate.objects.filter(pk=row.pk).update(in_use=False)
        audit.record(by, "report.template_dropped", row)


def current() -> SlideTemplate | None:
    return SlideTemplate.objects.filter(in_use=True).select_related("by").defer("content").first()
