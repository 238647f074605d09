"""The audit trail in words: its verbs (sentence_texts.py) with the names of what they speak of, topics and details."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from culture.access.days import date_text
from culture.access.models import AuditEntry, Role
from culture.access.sentence_texts import SENTENCES
from culture.people.headings import LABELS

_l = gettext_lazy
# The kinds of things that are searched for together: the beginning of a verb or words of it.
TOPICS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "access": (_l("Roles and access"), ("grant", "admin.", "audit.")),
    "sign_in": (
        _l("Signing in and setup"),
        ("sign", "session", "mfa", "password", "setup", "organisation", "account", "address.", "token.", "language."),
    ),
    "people": (
        _l("People, imports and erasures"),
        ("people.", "unit.", "employee.", "rights.", "retention.", "hold."),
    ),
    "surveys": (
        _l("Surveys"),
        ("series.", "wave.", "units.", "mail.", "kiosk.", "endpoint.", "service_link.", "instrument", "questionnaire"),
    ),
    "reports": (
        _l("Reading reports"),
        ("results.", "comments.", "scorecard.", "effect.", "cost.", "report", "benchmark.", "year."),
    ),
    "programs": (
        _l("Programs, courses and thanks"),
        ("created program", "changed program", "updated enrolment", "drafted program", "edited program draft",
         "discarded program", "drew cohort order", "planned milestone", "reached milestone", "planned risk",
         "planned duty", "removed from plan", "ended in plan", "saved course", "published course",
         "discarded course", "added course file", "removed course file", "made certificate", "ended certificate",
         "assigned course", "took back course", "asked for additions", "path.", "granted completion",
         "revoked completion", "exempted from training", "ended an exemption",
         "kudos.", "points.", "reward.", "ledger.",
         "award.", "milestones.", "team.", "post.", "hook.", "practices.", "idea.", "recovery.", "limit.",
         "closed stage", "planned action", "changed action", "ended action",
         "planned session", "changed session", "cancelled session",
         "gave a seat", "took back a seat", "marked attendance", "set sighting rules",
         "set what shows requirements", "took progress"),
    ),
    "framework": (_l("Framework, charter and readiness"), ("framework.", "charter", "readiness", "profile", "tailor")),
}  # fmt: skip
KEYS: dict[str, Any] = {
    "file": _l("file"),
    "sha256": _l("fingerprint"),
    "joined": _l("joined"),
    "left": _l("left"),
    "moved": _l("moved"),
    "changed": _l("changed"),
    "unchanged": _l("unchanged"),
    "rejected": _l("rejected"),
    "suspicious": _l("suspicious"),
    "since": _l("from"),
    "until": _l("to"),
    "on": _l("last day"),
    "invited": _l("invited"),
    "groups": _l("groups"),
    "points": _l("points"),
    "people": _l("people"),
    "rules": _l("rules"),
    "due_on": _l("due on"),
    "fields": _l("fields"),
    "name": _l("name"),
    "version": pgettext_lazy("number", "version"),
    "before": _l("before"),
    "after": _l("after"),
    "code": _l("entry"),
    "team": _l("people led"),
    "successor": _l("successor"),
    "target": _l("other unit"),
    "people_to": _l("people go to"),
    "units_to": _l("subunits go to"),
    "told": _l("old address is told"),
    "tokens": _l("keys"),
    "how": _l("how"),
    "days": _l("days"),
    "may_change": _l("may change things"),
}
# Ids that a sentence or its subject already tells, or that say nothing to a reader.
SILENT = {"name", "grant", "unit", "unit_path", "role", "receiver", "by", "token"}
NAMES_OF_FIELDS = (
    ("given_name", "family_name"), ("name",), ("series__name", "number"), ("file_name",), ("title",), ("code",),
)  # fmt: skip
REFERENCE = re.compile(r"[a-z_]{3,40}:[0-9]{1,17}")
# What was changed, when an entry lists columns.
FIELDS: dict[str, Any] = {
    **LABELS,
    "text": _l("text"),
    "detail": _l("explanation"),
    "off": _l("switched on or off"),
    "who": _l("who"),
    "moment": _l("when"),
    "before": _l("what must come before"),
    "prerequisites": _l("what must come before"),
    "value": _l("own number"),
}


def sentence(entry: AuditEntry, names: dict[str, str]) -> str:
    """What was done, without the actor: "gave Anna Neri the role Trainer of Retail"."""
    values: dict[str, Any] = defaultdict(lambda: "…")
    values |= {key: readable(value, names) for key, value in entry.detail.items()}
    values["subject"] = names.get(entry.subject, entry.subject)
    role = str(entry.detail.get("role", ""))
    values["role"] = dict(Role.choices).get(role, role)
    unit = entry.detail.get("unit_path") or (entry.detail.get("unit") if entry.verb == "grant" else "")
    values["place"] = _(" for %(unit)s") % {"unit": unit} if unit else _(" for the whole organisation")
    if (template := SENTENCES.get(entry.verb)) is None:
        words = entry.verb.replace(".", " ").replace("_", " ")
        return f"{words}: {values['subject']}"
    return str(template) % values


def details(entry: AuditEntry, names: Mapping[str, str] | None = None) -> str:
    """What the sentence does not say, as short pairs. ``names``: how things are called (:func:`names_of`)."""
    names = names or {}
    told = str(SENTENCES.get(entry.verb, ""))
    subject = names.get(entry.subject, "")
    pairs = [
        f"{KEYS.get(key, key.replace('_', ' '))}: {readable(value, names)}"
        for key, value in entry.detail.items()
        # Nothing happened to 0 of them, and a code the subject is called by is not said twice.
        if key not in SILENT and f"%({key})s" not in told and value not in (None, "", [], {}, 0)
        and not (key == "code" and value == subject)
    ]  # fmt: skip
    return " · ".join(pairs)


def references(entry: AuditEntry) -> list[str]:
    """Everything an entry names as ``model:id``: its subject, and what its detail refers to."""
    values = [item for value in entry.detail.values() for item in (value if isinstance(value, list) else [value])]
    return [entry.subject, *(value for value in values if isinstance(value, str) and REFERENCE.fullmatch(value))]


def readable(value: Any, names: Mapping[str, str] | None = None) -> str:
    """A value of an entry's detail as people write it."""
    names = names or {}
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(readable(item, names) for item in value[:8]) + ("…" if len(value) > 8 else "")
    if isinstance(value, dict):
        return ", ".join(f"{key} {readable(item, names)}" for key, item in list(value.items())[:8])
    text = str(value)
    if text in names or text in FIELDS:
        return names.get(text) or str(FIELDS[text])
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return f"{text[:12]}…"
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return date_text(dt.date.fromisoformat(text), "j F Y")
        except ValueError:
            pass
    return text if len(text) <= 120 else f"{text[:119]}…"


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """Subject (``model:id``) → how a person calls it; one query per kind of thing, whatever their number."""
    by_model: dict[str, dict[int, str]] = defaultdict(dict)
    for subject in set(subjects):
        model, _colon, key = subject.partition(":")
        if key.isdigit() and len(key) < 18:
            by_model[model][int(key)] = subject
    found: dict[str, str] = {}
    models = {model._meta.model_name: model for model in apps.get_models()}
    for kind, wanted in by_model.items():
        if kind not in models:
            continue
        known = _known_names(models[kind], list(wanted))
        for pk, about in wanted.items():
            found[about] = known.get(pk) or f"{models[kind]._meta.verbose_name} {pk}"
    return found


def _known_names(model: Any, keys: list[int]) -> dict[int, str]:
    fields = {field.name for field in model._meta.get_fields()}
    for wanted in NAMES_OF_FIELDS:
        if all(name.partition("__")[0] in fields for name in wanted):
            rows = model._default_manager.filter(pk__in=keys).values_list("pk", *wanted)
            return {row[0]: " ".join(str(part) for part in row[1:]).strip() for row in rows}
    return {}
