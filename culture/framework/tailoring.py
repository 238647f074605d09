"""The organisation's copy of the framework: reword, switch off, restore, add. Every write is noted, with who and why.

The catalogue's own words stay beside the organisation's; nothing here changes them. Raises ``ValidationError``, by
field where there is one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.framework.models import (
    FIRST_OWN_POSITION,
    KINDS,
    AskedEntry,
    Behaviour,
    CatalogueEntry,
    Dimension,
    Figure,
    Requirement,
    TailoringChange,
    kind_of,
)

ADDABLE = {"requirements": Requirement, "behaviours": Behaviour}
FIRST_LETTER = {
    Dimension.WANT.value: "W",
    Dimension.KNOW.value: "K",
    Dimension.CAN.value: "C",
    Behaviour.Kind.ATTITUDE.value: "A",
    Behaviour.Kind.SIN.value: "N",
    Behaviour.Kind.SIGN.value: "B",
}
CIRCUMSTANCES = ("who", "moment", "before")
LOCK = 0x7472_6977  # two people adding at once would both take the next code
Verb = TailoringChange.Verb
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Wording:
    """What an organisation may say of an entry; ``{language: text}`` each. Empty: as in the catalogue."""

    text: Texts
    detail: Texts = field(default_factory=dict)
    who: Texts = field(default_factory=dict)
    moment: Texts = field(default_factory=dict)
    before: Texts = field(default_factory=dict)
    prerequisites: Sequence[str] = ()
    value: Decimal | None = None


def find(kind: str, code: str) -> CatalogueEntry | None:
    return KINDS[kind]._default_manager.filter(code=code).first()


def fingerprint(entry: CatalogueEntry) -> str:
    """Changes whenever the organisation's layer of the entry does; a form carries it to notice a second editor."""
    return hashlib.sha256(json.dumps(_state(entry), sort_keys=True, default=str).encode()).hexdigest()[:16]


def _state(entry: CatalogueEntry) -> dict[str, Any]:
    state: dict[str, Any] = {
        "text": entry.tailored_text,
        "detail": entry.tailored_detail,
        "off": entry.off_since.isoformat() if entry.off_since else "",
    }
    if isinstance(entry, AskedEntry):
        state |= {key: getattr(entry, key) for key in CIRCUMSTANCES} | {"prerequisites": list(entry.prerequisites)}
    if isinstance(entry, Figure):
        state["value"] = "" if entry.tailored_value is None else str(entry.tailored_value.normalize())
    return state


def _locked(entry: CatalogueEntry) -> CatalogueEntry:
    return type(entry)._default_manager.select_for_update().get(pk=entry.pk)


def _save(entry: CatalogueEntry, old: dict[str, Any], verb: str, by: Any, reason: str) -> bool:
    """Save and note what differs from ``old``; False when nothing does."""
    new = _state(entry)
    changed = [key for key in new if new[key] != old.get(key)]
    if not changed and verb not in (Verb.KEEP, Verb.ADD):
        return False
    entry.save()
    TailoringChange.objects.create(
        by=by,
        verb=verb,
        kind=kind_of(entry),
        code=entry.code,
        before={key: old[key] for key in changed if key in old},
        after={key: new[key] for key in changed},
        reason=reason.strip()[:500],
    )
    record(by, f"framework.{verb}", entry, code=entry.code, fields=changed)
    return True


@transaction.atomic
def reword(*, entry: CatalogueEntry, wording: Wording, by: Any, seen: str = "", reason: str = "") -> bool:
    """Give the entry the organisation's words; those equal to the catalogue's are not kept. Whether anything changed.

    ``seen``: the ``fingerprint`` the editor started from; when it is not the present one, nothing is written.
    """
    entry = _locked(entry)
    if seen and seen != fingerprint(entry):
        raise ValidationError(
            _("Somebody else changed this entry meanwhile. Your words are still here: compare, then save again.")
        )
    old = _state(entry)
    _put(entry, wording)
    if (
        not entry.own
        and entry.is_reworded
        and (old["text"], old["detail"]) != (entry.tailored_text, entry.tailored_detail)
    ):
        _remember_base(entry)
    if not entry.own and not entry.is_reworded:
        entry.tailored_from, entry.tailored_base = None, {}
    return _save(entry, old, Verb.REWORD, by, reason)


def _put(entry: CatalogueEntry, wording: Wording) -> None:
    entry.tailored_text = _differing(wording.text, entry.text)
    entry.tailored_detail = _differing(wording.detail, entry.detail)
    if entry.own and not entry.tailored_text:
        raise ValidationError({"text": _("Write the text in at least one language.")})
    if isinstance(entry, AskedEntry):
        for key in CIRCUMSTANCES:
            setattr(entry, key, _differing(getattr(wording, key), {}))
        entry.prerequisites = checked_prerequisites(entry.code, wording.prerequisites)
    if isinstance(entry, Figure):
        entry.tailored_value = None if wording.value == entry.value else wording.value
        if entry.tailored_value is not None:
            most = 100 if entry.unit == Figure.Unit.PERCENT else 99_999_999
            if not 0 <= entry.tailored_value <= most:
                raise ValidationError({"value": _("Write a number from 0 to %(most)s.") % {"most": most}})


def _differing(texts: Texts, catalogue: Texts) -> dict[str, str]:
    said = {language: _tidy(text) for language, text in texts.items()}
    return {lang: text for lang, text in said.items() if text and text != _tidy(catalogue.get(lang, ""))}


def _tidy(text: str) -> str:
    """Without spaces that nobody meant; lines stay."""
    return "\n".join(" ".join(line.split()) for line in (text or "").strip().splitlines())


def _remember_base(entry: CatalogueEntry) -> None:
    entry.tailored_from = entry.changed_in
    entry.tailored_base = {"text": entry.text, "detail": entry.detail}


def checked_prerequisites(code: str, wanted: Sequence[str]) -> list[str]:
    """The codes, once each, when they exist and do not lead back to ``code``."""
    wanted = list(dict.fromkeys(wanted))
    if not wanted:
        return []
    follows = {
        entry_code: list(before)
        for model in ADDABLE.values()
        for entry_code, before in model._default_manager.values_list("code", "prerequisites")
    }
    unknown = [one for one in wanted if one not in follows]
    if unknown:
        raise ValidationError({"prerequisites": _("There is no entry %(codes)s.") % {"codes": ", ".join(unknown)}})
    waiting, reached = list(wanted), set()
    while waiting:
        one = waiting.pop()
        if one == code:
            raise ValidationError(
                {
                    "prerequisites": _("This goes round in a circle: what must come before leads back to %(code)s.")
                    % {"code": code}
                }
            )
        if one not in reached:
            reached.add(one)
            waiting += follows.get(one, [])
    return wanted


@transaction.atomic
def switch_off(*, entry: CatalogueEntry, by: Any, reason: str = "") -> bool:
    """It is offered nowhere any more; what was recorded with it keeps showing it."""
    entry = _locked(entry)
    old = _state(entry)
    entry.off_since = entry.off_since or timezone.now()
    return _save(entry, old, Verb.SWITCH_OFF, by, reason)


@transaction.atomic
def switch_on(*, entry: CatalogueEntry, by: Any, reason: str = "") -> bool:
    entry = _locked(entry)
    old = _state(entry)
    entry.off_since = None
    return _save(entry, old, Verb.SWITCH_ON, by, reason)


@transaction.atomic
def restore(*, entry: CatalogueEntry, by: Any, reason: str = "") -> bool:
    """Back to the catalogue: its words, switched on, without the organisation's additions."""
    entry = _locked(entry)
    if entry.own:
        raise ValidationError(_("This entry is your own: the catalogue has no text to restore. Switch it off instead."))
    old = _state(entry)
    entry.tailored_text, entry.tailored_detail, entry.tailored_base = {}, {}, {}
    entry.tailored_from = entry.off_since = None
    if isinstance(entry, AskedEntry):
        entry.who, entry.moment, entry.before, entry.prerequisites = {}, {}, {}, []
    if isinstance(entry, Figure):
        entry.tailored_value = None
    return _save(entry, old, Verb.RESTORE, by, reason)


@transaction.atomic
def keep(*, entry: CatalogueEntry, by: Any, reason: str = "") -> bool:
    """The organisation has seen the newer catalogue text and keeps its own; it is told again at the next change."""
    entry = _locked(entry)
    if not entry.has_newer:
        return False
    old = _state(entry)
    _remember_base(entry)
    return _save(entry, old, Verb.KEEP, by, reason)


@transaction.atomic
def add(*, kind: str, group: str, wording: Wording, by: Any, reason: str = "") -> AskedEntry:
    """A requirement (``group``: a dimension) or behaviour (``group``: its kind) of the organisation's own."""
    model = ADDABLE[kind]
    allowed = Dimension.values if model is Requirement else Behaviour.Kind.values
    if group not in allowed:
        raise ValidationError({"group": _("Choose one of the kinds shown.")})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    letter = FIRST_LETTER[group]
    # Own entries are never deleted, so the next number is never one that was used.
    numbers = [int(re.sub(r"\D", "", one)) for one in _own_codes(letter)]
    number = max(numbers, default=0) + 1
    entry: AskedEntry = model(code=f"{letter}X{number}", position=FIRST_OWN_POSITION + number, own=True)
    setattr(entry, "dimension" if model is Requirement else "kind", group)
    _put(entry, wording)
    _save(entry, {}, Verb.ADD, by, reason)
    return entry


def _own_codes(letter: str) -> list[str]:
    found = [
        m._default_manager.filter(own=True, code__startswith=letter).values_list("code", flat=True)
        for m in ADDABLE.values()
    ]
    return [code for codes in found for code in codes]
