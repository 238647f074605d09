"""Making and changing questionnaires. What a wave uses stays; everything else happens to the one draft."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.instruments import checking
from surveys.instruments import library as shelf
from surveys.instruments.content import Content, free_code
from surveys.instruments.loading import content_of, draft_of, latest_version, next_number, store
from surveys.instruments.models import EditStep, Instrument, InstrumentVersion, Item

# Words of addresses below /questionnaires/, which no questionnaire may have as its key.
RESERVED = ("new", "library", "import", "load")
STEPS_KEPT = 50
EMPTY: Content = {"sections": [], "items": []}


def free_key(wish: str) -> str:
    taken = [*Instrument.objects.values_list("key", flat=True), *RESERVED]
    return free_code(wish.lower().replace(" ", "-"), taken).lower()[:50]


@transaction.atomic
def create(
    *,
    by: Employee | None,
    name: Mapping[str, str],
    purpose: Mapping[str, str] | None = None,
    sources: Sequence[str] = (),
    content: Content = EMPTY,
    key: str = "",
    library_key: str = "",
) -> Instrument:
    """A questionnaire with its first draft."""
    if not any(name.values()):
        raise ValidationError({"name": _("Give the questionnaire a name in at least one language.")})
    wish = key or name.get("en") or next(text for text in name.values() if text)
    instrument = Instrument.objects.create(
        key=free_key(wish),
        name=dict(name),
        purpose=dict(purpose or {}),
        sources=list(sources),
        library_key=library_key,
    )
    version = InstrumentVersion.objects.create(instrument=instrument, number=1, draft=True, edited=True)
    store(version, content)
    record(by, "instrument.created", instrument, key=instrument.key)
    return instrument


@transaction.atomic
def take_from_library(*, by: Employee | None, key: str) -> Instrument:
    """The library's questionnaire, ready to be asked; a second time as a copy of its own. Raises KeyError."""
    entry = shelf.entry(key)
    taken = Instrument.objects.filter(key=entry.key).exists()
    instrument = Instrument.objects.create(
        key=free_key(entry.key) if taken else entry.key,
        name=dict(entry.name),
        purpose=dict(entry.purpose),
        sources=list(entry.sources),
        library_key=entry.key,
    )
    store(InstrumentVersion.objects.create(instrument=instrument, number=1), entry.content)
    record(by, "instrument.created", instrument, key=instrument.key)
    return instrument


@transaction.atomic
def duplicate(instrument: Instrument, *, by: Employee | None) -> Instrument:
    """A questionnaire of its own with the same questions (of the draft, where there is one), as a draft."""
    version = draft_of(instrument) or latest_version(instrument)
    name = {language: _("%(name)s (copy)") % {"name": text} for language, text in instrument.name.items() if text}
    return create(
        by=by,
        name=name,
        purpose=instrument.purpose,
        sources=instrument.sources,
        content=content_of(version) if version else EMPTY,
        key=instrument.key,
        library_key=instrument.library_key,
    )


@transaction.atomic
def rename(
    instrument: Instrument,
    *,
    by: Employee | None,
    name: Mapping[str, str],
    purpose: Mapping[str, str],
    sources: Sequence[str],
) -> None:
    if not any(name.values()):
        raise ValidationError({"name": _("Give the questionnaire a name in at least one language.")})
    instrument.name, instrument.purpose, instrument.sources = dict(name), dict(purpose), list(sources)
    instrument.save(update_fields=["name", "purpose", "sources"])
    record(by, "instrument.renamed", instrument)


@transaction.atomic
def draft(instrument: Instrument, *, by: Employee | None) -> InstrumentVersion:
    """The draft of this questionnaire; begun from the latest edition if there is none."""
    Instrument.objects.select_for_update().get(pk=instrument.pk)
    if found := draft_of(instrument):
        return found
    latest = latest_version(instrument)
    made = InstrumentVersion.objects.create(
        instrument=instrument, number=next_number(instrument), draft=True, edited=True
    )
    if latest is not None:
        store(made, content_of(latest))
    record(by, "instrument.draft", instrument, edition=made.number)
    return made


def _locked_draft(instrument: Instrument) -> InstrumentVersion:
    version = InstrumentVersion.objects.select_for_update().filter(instrument=instrument, draft=True).first()
    if version is None:
        raise ValidationError(_("There is no draft any more. Choose Edit to begin one."))
    return version


@transaction.atomic
def change(
    instrument: Instrument,
    *,
    by: Employee | None,
    what: str,
    edit: Callable[[Content], Content],
    code: str = "",
) -> Content:
    """Do ``edit`` to the draft, so that it can be undone. Raises content.Refused as ``edit`` does."""
    version = _locked_draft(instrument)
    before = content_of(version)
    after = edit(copy.deepcopy(before))
    if after == before:
        return after
    EditStep.objects.create(version=version, what=what, code=code, before=before)
    kept = version.steps.order_by("-pk").values_list("pk", flat=True)[:STEPS_KEPT]
    version.steps.exclude(pk__in=list(kept)).delete()
    store(version, after)
    record(by, "instrument.edited", instrument, edition=version.number, what=what, code=code)
    return after


@transaction.atomic
def undo(instrument: Instrument, *, by: Employee | None) -> EditStep | None:
    """Take back the last edit of the draft; None if there is none."""
    version = _locked_draft(instrument)
    step = version.steps.order_by("-pk").first()
    if step is None:
        return None
    store(version, step.before)
    EditStep.objects.filter(pk=step.pk).delete()
    record(by, "instrument.edited", instrument, edition=version.number, what="undo", code=step.code)
    return step


@transaction.atomic
def finish(instrument: Instrument, *, by: Employee | None) -> InstrumentVersion:
    """Make the draft the edition that waves ask from now on. Raises ValidationError while it has errors."""
    version = _locked_draft(instrument)
    found = checking.errors(content_of(version))
    if found:
        raise ValidationError(_("The draft cannot be used yet: repair what is listed as an error."))
    number = version.number
    newest = instrument.versions.exclude(pk=version.pk).order_by("-number").values_list("number", flat=True).first()
    if newest is not None and newest > number:
        number = newest + 1
    InstrumentVersion.objects.filter(pk=version.pk).update(draft=False, number=number, made_at=timezone.now())
    version.steps.all().delete()
    version.refresh_from_db()
    record(by, "instrument.finished", instrument, edition=number)
    return version


@transaction.atomic
def discard(instrument: Instrument, *, by: Employee | None) -> bool:
    """Throw the draft away; of a questionnaire that has nothing else, the questionnaire. True if it is gone."""
    version = _locked_draft(instrument)
    Item.objects.filter(version=version).delete()
    version.delete()
    record(by, "instrument.discarded", instrument, edition=version.number)
    if instrument.versions.exists() or instrument.series.exists():
        return False
    instrument.delete()
    return True


@transaction.atomic
def archive(instrument: Instrument, *, by: Employee | None, away: bool) -> None:
    """Put a questionnaire out of sight, or back. What is planned with it goes on."""
    Instrument.objects.filter(pk=instrument.pk).update(archived_at=timezone.now() if away else None)
    record(by, "instrument.archived" if away else "instrument.restored", instrument)


def used_values(instrument: Instrument, code: str) -> set[int]:
    """The values that options of this question have had in any edition: they must never mean something else."""
    found: set[int] = set()
    for options in Item.objects.filter(version__instrument=instrument, code=code).values_list("options", flat=True):
        found |= {choice["value"] for choice in options.get("choices") or () if type(choice.get("value")) is int}
    return found


def earlier_kind(instrument: Instrument, code: str) -> dict[str, Any] | None:
    """How an earlier edition asked this question, if one did."""
    items = Item.objects.filter(version__instrument=instrument, version__draft=False, code=code)
    found = items.order_by("-version__number").values("kind", "options", "version__number").first()
    return dict(found) if found else None
