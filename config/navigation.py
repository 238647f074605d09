"""What each persona finds in the navigation: the rooms his permissions open, in the order of his work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, gettext_lazy

from culture.access.permissions import Permission, can


@dataclass(frozen=True)
class Entry:
    """A line of the navigation; ``short`` is its word in the bottom bar, where few letters fit."""

    name: str
    label: Any
    icon: str
    needs: Permission | None = None
    short: Any = ""
    url: str = ""
    current: bool = False


P, _ = Permission, gettext_lazy
GROUPS: list[tuple[Any, list[Entry]]] = [
    (
        "",
        [
            Entry("reports:scorecard", _("Scorecard"), "gauge", P.SEE_SCORECARD),
        ],
    ),
    (
        _("For me"),
        [
            Entry("training:my_training", _("My training"), "graduation-cap", P.DO_TRAINING, _("Training")),
            Entry("recognition:feed", _("Thanks"), "heart-handshake", P.GIVE_KUDOS),
        ],
    ),
    (
        _("Program"),
        [
            Entry("planning:list", _("Programs"), "milestone", P.MANAGE_PROGRAMS),
            Entry("framework:catalogue", _("Framework"), "list-checks", P.MANAGE_PROGRAMS),
        ],
    ),
    (
        _("Surveys"),
        [
            Entry("waves:list", _("Waves"), "audio-waveform", P.SEE_PARTICIPATION),
            Entry("results:list", _("Results"), "chart-column", P.SEE_RESULTS),
            Entry("instruments:list", _("Questionnaires"), "clipboard-list", P.MANAGE_SURVEYS),
        ],
    ),
    (
        _("People"),
        [
            Entry("training:team", _("Team training"), "users", P.SEE_TEAM_TRAINING, _("Team")),
            Entry("training:courses", _("Courses"), "book-open", P.MANAGE_TRAINING),
            Entry("people:employees", _("Employees"), "contact", P.MANAGE_PEOPLE),
            Entry("people:units", _("Units"), "network", P.MANAGE_PEOPLE),
            Entry("people:import", _("Import"), "upload", P.MANAGE_PEOPLE),
            Entry("access:audit", _("Audit"), "scroll-text", P.SEE_AUDIT),
        ],
    ),
]
# What goes into the bottom bar first: the work of the widest role a person has.
FIRST_ON_PHONES = {
    P.MANAGE_PROGRAMS: ["planning:list", "waves:list", "results:list", "people:employees"],
    P.SEE_SCORECARD: ["reports:scorecard", "results:list", "training:my_training", "recognition:feed"],
    P.SEE_TEAM_TRAINING: ["training:my_training", "training:team", "results:list", "recognition:feed"],
}
FIRST_FOR_EVERYBODY = ["training:my_training", "recognition:feed"]
ROLES = [(P.MANAGE_PEOPLE, _("HR")), (P.SEE_SCORECARD, _("Executive")), (P.SEE_TEAM_TRAINING, _("Manager"))]
BAR = 4
PERSONAS = [
    {"email": "hr@meridian.example", "label": _("HR admin: runs the program"), "icon": "settings-2"},
    {"email": "manager@meridian.example", "label": _("Manager: helps a team"), "icon": "users"},
    {"email": "employee@meridian.example", "label": _("Employee: learns and thanks"), "icon": "user"},
    {"email": "executive@meridian.example", "label": _("Executive: sees where we stand"), "icon": "gauge"},
]


def context(request: HttpRequest) -> dict[str, Any]:
    """Template variables of base.html; worked out only by pages that show them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"demo": settings.DEMO, "demo_personas": PERSONAS if settings.DEMO else []}
    built = SimpleLazyObject(lambda: _build(request))
    return {
        "demo": settings.DEMO,
        "navigation": SimpleLazyObject(lambda: built["groups"]),
        "bottom_navigation": SimpleLazyObject(lambda: built["bar"]),
        "more_navigation": SimpleLazyObject(lambda: built["more"]),
        "signed_in_as": SimpleLazyObject(lambda: built["name"]),
    }


def _build(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    groups = [(label, [found for entry in entries if (found := _resolved(entry, user))]) for label, entries in GROUPS]
    every = [entry for _label, entries in groups for entry in entries]
    here = _current(request.path, every)
    groups = [(label, [replace(e, current=e.name == here) for e in entries]) for label, entries in groups]
    by_name = {entry.name: entry for _label, entries in groups for entry in entries}
    role = next((permission for permission in FIRST_ON_PHONES if can(user, permission)), None)
    wanted = [*(FIRST_ON_PHONES[role] if role else []), *FIRST_FOR_EVERYBODY, *by_name]
    bar = [by_name[name] for name in dict.fromkeys(wanted) if name in by_name][:BAR]
    word = next((label for permission, label in ROLES if can(user, permission)), gettext("Employee"))
    return {
        "groups": [{"label": label, "items": entries} for label, entries in groups if entries],
        "bar": [{"url": e.url, "icon": e.icon, "short": e.short or e.label, "current": e.current} for e in bar],
        "more": [entry for entry in by_name.values() if entry not in bar],
        "name": f"{user.get_full_name()} · {word}",
    }


def _resolved(entry: Entry, user: Any) -> Entry | None:
    if entry.needs and not can(user, entry.needs):
        return None
    try:
        return replace(entry, url=reverse(entry.name))
    except NoReverseMatch:
        return None


def _current(path: str, entries: list[Entry]) -> str:
    """The entry whose address is the longest beginning of ``path``."""
    matching = [entry for entry in entries if path.startswith(entry.url)]
    return max(matching, key=lambda entry: len(entry.url)).name if matching else ""
