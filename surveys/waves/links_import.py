"""The service map as a file: export, preview of an import, import. What is imported twice changes nothing twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.waves import links
from surveys.waves.link_map import related
from surveys.waves.link_models import ServiceLink

COLUMNS = ("customer", "provider", "kind", "since", "until")
REQUIRED = ("customer", "provider")
LARGEST = 1024 * 1024
MOST_ROWS = 5000
# Not with slashes: 03/04/2026 is another day on each side of the Atlantic.
DATES = ("%Y-%m-%d", "%d.%m.%Y")
# A cell that a spreadsheet would take for a formula gets an apostrophe, which reading takes off again.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Refused(Exception):
    """The whole file cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Planned:
    line: int
    customer: Unit
    provider: Unit
    kind: str
    since: dt.date | None
    until: dt.date | None
    changes: ServiceLink | None = None
    """The link that the row changes; None: a new one."""


@dataclass
class Preview:
    new: list[Planned] = field(default_factory=list)
    changed: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    """(line, what stands there, why and what to do)"""


def export() -> Iterator[str]:
    """CSV lines of all links, ended ones too."""
    yield _row(COLUMNS)
    rows = ServiceLink.objects.select_related("customer", "provider").order_by("customer__path", "provider__path", "pk")
    for link in rows:
        days = [day.isoformat() if day else "" for day in (link.since, link.until)]
        yield _row([_safe(link.customer.path), _safe(link.provider.path), _safe(link.kind), *days])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def decode(raw: bytes) -> str:
    """The file as text. Raises ``Refused`` for what is no UTF-8 text or too large."""
    if len(raw) > LARGEST:
        raise Refused(_("The file is larger than 1 MB. Split it into several files."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_("The file is not UTF-8 text. Save it as “CSV UTF-8” and choose it again.")) from None
    if "\0" in text:
        raise Refused(_("This is not a text file. Save the table as CSV and choose it again."))
    return text


def preview(text: str) -> Preview:
    """What the file would do, without doing it. Raises ``Refused`` when it is no list of links at all."""
    rows = _rows(text)
    units: dict[str, list[Unit]] = {}
    for unit in Unit.objects.open():
        units.setdefault(_plain(unit.path), []).append(unit)
    parents = links.parents_of_all()
    known: dict[tuple[int, int], list[ServiceLink]] = {}
    for link in ServiceLink.objects.order_by("since", "pk"):
        known.setdefault((link.customer_id, link.provider_id), []).append(link)
    found = Preview()
    taken: dict[tuple[int, int], list[tuple[int, dt.date | None, dt.date | None]]] = {}
    for line, cells in rows:
        shown = f"{cells['customer']} ← {cells['provider']}"[:300]
        try:
            planned = _planned(line, cells, units, parents)
            pair = (planned.customer.pk, planned.provider.pk)
            for earlier, since, until in taken.get(pair, []):
                if _meet(since, until, planned.since, planned.until):
                    told = _("Line %(line)d says the same pair for the same days. Keep one of them.")
                    raise ValidationError(told % {"line": earlier})
            taken.setdefault(pair, []).append((line, planned.since, planned.until))
            _place(found, planned, known.get(pair, []))
        except ValidationError as error:
            found.rejected.append((line, shown, error.messages[0]))
    return found


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [_plain(cell) for cell in next(reader, [])]
        missing = [name for name in REQUIRED if name not in header]
        if missing:
            told = _("The first line must name the columns %(columns)s; %(missing)s is missing.")
            raise Refused(told % {"columns": ", ".join(COLUMNS), "missing": ", ".join(missing)})
        at = {name: header.index(name) for name in COLUMNS if name in header}
        rows = []
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = {name: _cell(cells, index) for name, index in at.items()}
                rows.append((begins, dict.fromkeys(COLUMNS, "") | values))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Refused(
            _("Line %(line)d is not well-formed CSV (%(why)s).") % {"line": reader.line_num, "why": error}
        ) from None
    if not rows:
        raise Refused(_("The file has a header but no links below it."))
    if len(rows) > MOST_ROWS:
        raise Refused(_("The file has more than %(most)d links. Split it.") % {"most": MOST_ROWS})
    return rows


def _cell(cells: list[str], index: int) -> str:
    text = cells[index].strip() if index < len(cells) else ""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _plain(text: str) -> str:
    """As paths are compared: any spaces around >, any case."""
    return " > ".join(" ".join(part.split()) for part in text.split(">")).casefold()


def _planned(line: int, cells: dict[str, str], units: dict[str, list[Unit]], parents: dict[int, int | None]) -> Planned:
    customer, provider = (_unit(cells[name], units) for name in REQUIRED)
    if related(customer.pk, provider.pk, parents):
        raise ValidationError(_("A unit cannot rate itself, what it belongs to, or its own parts. Remove the line."))
    since, until = _date(cells["since"]), _date(cells["until"])
    if since and until and until < since:
        raise ValidationError(_("The last day is before the first. Correct one of them."))
    if len(cells["kind"]) > 120:
        raise ValidationError(_("The kind of service is longer than 120 letters. Shorten it."))
    return Planned(line, customer, provider, cells["kind"], since, until)


def _unit(path: str, units: dict[str, list[Unit]]) -> Unit:
    if not path:
        raise ValidationError(_("A customer or provider is missing. Write the path of the unit."))
    found = units.get(_plain(path), [])
    if not found:
        raise ValidationError(
            _("No open unit has the path “%(path)s”. Write it as in the list of units.") % {"path": path[:200]}
        )
    exact = [unit for unit in found if unit.path == path]
    if len(found) > 1 and len(exact) != 1:
        raise ValidationError(_("More than one unit is meant by “%(path)s”.") % {"path": path[:200]})
    return (exact or found)[0]


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    for form in DATES:
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValidationError(_("“%(text)s” is no date. Write it as 2026-03-31.") % {"text": text[:40]})


def _meet(
    since: dt.date | None, until: dt.date | None, other_since: dt.date | None, other_until: dt.date | None
) -> bool:
    first, last = dt.date.min, dt.date.max
    return (since or first) <= (other_until or last) and (other_since or first) <= (until or last)


def _place(found: Preview, planned: Planned, there: list[ServiceLink]) -> None:
    """New, changed or as it is: a row that meets one link of its pair is that link."""
    met = [link for link in there if _meet(link.since, link.until, planned.since, planned.until)]
    if len(met) > 1:
        raise ValidationError(_("It covers several links of this pair. Give since and until of one of them."))
    if not met:
        found.new.append(planned)
        return
    link = met[0]
    if (link.kind, link.since, link.until) == (planned.kind, planned.since, planned.until):
        found.unchanged += 1
        return
    beside = (one for one in there if one.pk != link.pk)
    if any(_meet(one.since, one.until, planned.since, planned.until) for one in beside):
        raise ValidationError(_("Its days would meet another link of this pair."))
    values = (planned.line, planned.customer, planned.provider, planned.kind, planned.since, planned.until)
    found.changed.append(Planned(*values, changes=link))


@transaction.atomic
def apply(*, by: Employee | None, text: str) -> Preview:
    """Do what ``preview`` says now; rejected rows stay out. Everything or nothing."""
    links.one_at_a_time()
    found = preview(text)
    made = [
        ServiceLink(customer=one.customer, provider=one.provider, kind=one.kind, since=one.since, until=one.until)
        for one in found.new
    ]
    ServiceLink.objects.bulk_create(made)
    for one in found.changed:
        assert one.changes is not None
        one.changes.kind, one.changes.since, one.changes.until = one.kind, one.since, one.until
        one.changes.save(update_fields=["kind", "since", "until"])
    if found.new or found.changed:
        record(by, "service_link.imported", "service map", added=len(found.new), changed=len(found.changed))
    return found
