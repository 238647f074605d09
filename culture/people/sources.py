"""How the files of a source were read the last time a person said so: its columns, its numbers, its dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from culture.people.headings import fingerprint
from culture.people.import_models import ImportSource


def _key(name: str, header: Iterable[str]) -> str:
    return f"name:{name.strip().casefold()}"[:160] if name.strip() else f"headings:{fingerprint(header)}"


def find(*, name: str = "", header: Iterable[str] = ()) -> ImportSource | None:
    """What is remembered under the name HR gave, or for these headings; nothing for neither."""
    header = list(header)
    if not name.strip() and not header:
        return None
    return ImportSource.objects.filter(key=_key(name, header)).first()


def remember(
    *,
    name: str,
    header: Iterable[str],
    mapping: Mapping[str, str] | None,
    number_width: int | None,
    date_order: str,
) -> None:
    """Keep what a person said; what was only detected needs no memory."""
    header = list(header)
    known = find(name=name, header=header) or find(header=header)
    said = dict(mapping or (known.mapping if known else {}))
    if not (said or number_width or date_order or name.strip()):
        return
    values = {"mapping": said, "number_width": number_width, "date_order": date_order}
    for key in {_key(name, header), _key("", header)}:
        called = name.strip()[:120] if key.startswith("name:") else ""
        ImportSource.objects.update_or_create(key=key, defaults={**values, "name": called})


def names() -> list[str]:
    """The sources HR named, for the field that offers them."""
    return list(ImportSource.objects.exclude(name="").order_by("name").values_list("name", flat=True)[:50])
