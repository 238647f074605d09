"""What each persona finds in the navigation: the rooms his permissions open, in the order of his work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy, pgettext_lazy

from config.home import elsewhere
from culture.access import clock
from culture.access.permissions import Permission, can, personas, sees_everything
from culture.access.table import TITLES, Persona
from surveys.results import sharing


@dataclass(frozen=True)
class Entry:
    """A line of the navigation; ``short`` is its word in the bottom bar, where few letters fit.

    ``whole``: only for who holds the permission for the whole organisation. ``or_needs``: another that opens it, too.
    ``or_shared``: also for whom results were shared with.
    """

    name: str
    label: Any
    icon: str
    needs: Permission | None = None
    short: Any = ""
    url: str = ""
    current: bool = False
    whole: bool = False
    or_needs: Permission | None = None
    or_shared: bool = False


P, _ = Permission, gettext_lazy
WAY = pgettext_lazy("bar", "My way")
GROUPS: list[tuple[Any, list[Entry]]] = [
    (
        "",
        [
            Entry("home", _("Home"), "house"),
            Entry("reports:scorecard", _("Scorecard"), "gauge", P.SEE_SCORECARD, or_needs=P.SEE_RESULTS),
            Entry("reports:board", _("Board view"), "layout-dashboard", P.SEE_SCORECARD, _("Board")),
            Entry("reports:reports", _("Reports"), "file-text", P.SEE_RESULTS),
            Entry("reports:effects", _("Does it work?"), "trending-up", P.SEE_SCORECARD, _("Effect")),
            Entry("reports:benchmarks", _("Public benchmarks"), "book-marked", P.SEE_RESULTS, _("Benchmarks")),
        ],
    ),
    (
        _("For me"),
        [
            Entry("answering:mine", _("My surveys"), "clipboard-pen", short=pgettext_lazy("bar", "Surveys")),
            Entry("training:my_training", _("My way"), "graduation-cap", P.DO_TRAINING, WAY),
            Entry("framework:charter", _("Charter"), "scroll-text", P.DO_TRAINING),
            Entry("practices:today", _("Practices"), "notebook-pen", P.DO_TRAINING),
            Entry("recognition:feed", _("Thanks"), "heart-handshake", P.GIVE_KUDOS, pgettext_lazy("bar", "Thanks")),
            Entry("recognition:awards", _("Awards"), "trophy", P.GIVE_KUDOS),
            Entry("recognition:rewards", _("Rewards"), "gift", P.GIVE_KUDOS),
            Entry("planning:actions", _("Actions"), "list-todo", P.DO_TRAINING),
            Entry("people:my_data", _("My data"), "folder-open"),
            Entry("access:mine", _("Who sees what"), "eye", P.DO_TRAINING),
        ],
    ),
    (
        _("Program"),
        [
            Entry("planning:list", _("Programs"), "milestone", P.MANAGE_PROGRAMS),
            Entry("framework:catalogue", _("Framework"), "list-checks", P.DO_TRAINING),
            Entry("reports:effect_how", _("How we compare"), "microscope", P.DO_TRAINING),
            Entry("framework:readiness", _("Readiness"), "clipboard-check", P.SEE_SCORECARD),
            Entry("training:paths", _("Training paths"), "route", P.MANAGE_TRAINING, _("Paths")),
            Entry("training:courses", _("Courses"), "book-open", P.MANAGE_TRAINING),
        ],
    ),
    (
        _("Surveys"),
        [
            Entry("waves:list", _("Waves"), "audio-waveform", P.SEE_PARTICIPATION),
            Entry("results:list", _("Results"), "chart-column", P.SEE_RESULTS, or_shared=True),
            Entry("results:moderation", _("Names in comments"), "message-square-quote", P.MODERATE_COMMENTS),
            Entry("waves:links", _("Service map"), "workflow", P.MANAGE_SURVEYS),
            Entry("instruments:list", _("Questionnaires"), "clipboard-list", P.MANAGE_SURVEYS),
            Entry("waves:mails", _("Survey mails"), "mail", P.MANAGE_SURVEYS),
            Entry("waves:endpoints", _("Chat tools"), "message-square-share", P.MANAGE_SURVEYS),
        ],
    ),
    (
        _("People"),
        [
            Entry("training:team_due", _("Due in the team"), "calendar-clock", P.SEE_TEAM_TRAINING, _("Due")),
            Entry("training:team", _("Team training"), "users", P.SEE_TEAM_TRAINING, _("Team")),
            Entry("practices:team", _("Team practices"), "stamp", P.PLAN_ACTIONS),
            # The import is a button of this page, and its pages lie below this address.
            Entry("people:employees", _("People"), "contact", P.SEE_TEAM_TRAINING),
            Entry("people:units", _("Units"), "network", P.SEE_TEAM_TRAINING, or_needs=P.SEE_RESULTS),
        ],
    ),
    (
        _("Administration"),
        [
            Entry("access:list", _("Access"), "key-round", P.SEE_ACCESS),
            Entry("access:audit", _("Audit"), "history", P.SEE_AUDIT),
            Entry("recognition:desk", _("Rewards desk"), "package-check", P.MANAGE_RECOGNITION),
            Entry("recognition:award_manage", _("Awards desk"), "medal", P.MANAGE_RECOGNITION),
            Entry("practices:desk", _("Practices desk"), "life-buoy", P.MANAGE_RECOGNITION),
            Entry("recognition:rules", _("Rules of points"), "coins", P.MANAGE_RECOGNITION),
            Entry("recognition:reports", _("Reported thanks"), "flag", P.MANAGE_RECOGNITION),
            Entry("recognition:patterns", _("Patterns in thanks"), "radar", P.MANAGE_RECOGNITION),
            Entry("recognition:equity", _("Evenness"), "equal", P.MANAGE_RECOGNITION),
            Entry("recognition:ledger", _("Points ledger"), "scale", P.SEE_LEDGER),
            Entry("people:retention", _("Retention"), "hourglass", P.MANAGE_PEOPLE, whole=True),
            Entry("organisation", _("Organisation"), "building-2", P.MANAGE_SURVEYS),
        ],
    ),
]
# What goes into the bottom bar first: the work of the widest role a person has.
FIRST_ON_PHONES = {
    P.MANAGE_PROGRAMS: ["planning:list", "waves:list", "results:list", "people:employees"],
    P.SEE_SCORECARD: ["reports:scorecard", "results:list", "training:my_training", "recognition:feed"],
    P.SEE_AUDIT: ["access:audit", "access:list", "training:my_training", "recognition:feed"],
    P.MANAGE_PEOPLE: ["people:employees", "training:team", "results:list", "access:list"],
    P.SEE_TEAM_TRAINING: ["training:my_training", "training:team", "results:list", "recognition:feed"],
}
FIRST_FOR_EVERYBODY = ["training:my_training", "recognition:feed"]
BAR = 4
# With more entries than this the groups can be folded; so many stand open at first.
MANY = 16
SHOWN = 12
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
        "more_current": SimpleLazyObject(lambda: any(entry.current for entry in built["more"])),
        "signed_in_as": SimpleLazyObject(lambda: built["name"]),
    }


def _build(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    shared = partial(_shared_today, request)
    groups = [
        (label, [found for entry in entries if (found := _resolved(entry, user, shared))]) for label, entries in GROUPS
    ]
    every = [entry for _label, entries in groups for entry in entries]
    here = _current(request.path, every)
    groups = [(label, [replace(e, current=e.name == here) for e in entries]) for label, entries in groups]
    by_name = {entry.name: entry for _label, entries in groups for entry in entries}
    role = next((permission for permission in FIRST_ON_PHONES if can(user, permission)), None)
    wanted = ["home", *(FIRST_ON_PHONES[role] if role else []), *FIRST_FOR_EVERYBODY, *by_name]
    bar = [by_name[name] for name in dict.fromkeys(wanted) if name in by_name][:BAR]
    # A role that somebody was given says more of him than that people report to him.
    held = personas(user)
    given = [persona for persona in held if persona not in (Persona.MANAGER, Persona.EMPLOYEE)]
    word = TITLES[given[0] if given else Persona.MANAGER if Persona.MANAGER in held else Persona.EMPLOYEE]
    return {
        "groups": _folded([(label, entries) for label, entries in groups if entries]),
        "bar": [{"url": e.url, "icon": e.icon, "short": e.short or e.label, "current": e.current} for e in bar],
        "more": [entry for entry in by_name.values() if entry not in bar],
        "name": f"{user.get_full_name()} · {word}",
    }


def _folded(groups: list[tuple[Any, list[Entry]]]) -> list[dict[str, Any]]:
    """Who has many rooms sees the group he is in and those beside it; the others are one click away.

    ``foldable``: whether a group can be closed; ``open``: whether it is not.
    """
    many = sum(len(entries) for _label, entries in groups) > MANY
    at = next((n for n, (_l, entries) in enumerate(groups) if any(entry.current for entry in entries)), -1)
    # One's own pages come last: on them one is in their group anyway.
    order = sorted(range(len(groups)), key=lambda n: (n != at, n == 1, n))
    opened, shown = set(), 0
    for number in order:
        if not groups[number][0] or not many or number == at or shown + len(groups[number][1]) <= SHOWN:
            opened.add(number)
            shown += len(groups[number][1])
    return [
        {"label": label, "items": entries, "foldable": many and bool(label), "open": number in opened}
        for number, (label, entries) in enumerate(groups)
    ]


def pages_of(user: Any) -> list[dict[str, Any]]:
    """What ``user`` finds in the navigation, for the page "what can this person see?" (settings.PAGES_OF)."""
    shared = partial(sharing.may_enter, user)
    groups = [
        (label, [found for entry in entries if (found := _resolved(entry, user, shared))]) for label, entries in GROUPS
    ]
    return [{"label": label, "items": entries} for label, entries in groups if entries]


SHARED = "results_shared"


def _shared_today(request: HttpRequest) -> bool:
    """Whether results are shared with a plain employee. Asked once a day in a session; his home page knows anyway."""
    session = getattr(request, "session", None)
    if session is None:
        return sharing.may_enter(request.user)
    day, kept = clock.today().isoformat(), session.get(SHARED)
    found = sharing.last_told(request.user)
    if found is None and isinstance(kept, list) and kept[:1] == [day]:
        return bool(kept[1])
    told = found if found is not None else sharing.may_enter(request.user)
    if kept != [day, told]:
        session[SHARED] = [day, told]
    return told


def _resolved(entry: Entry, user: Any, shared: Callable[[], bool]) -> Entry | None:
    may = sees_everything if entry.whole else can
    if entry.name == "home" and elsewhere(user):
        return None
    needed = [permission for permission in (entry.needs, entry.or_needs) if permission]
    if needed and not any(may(user, permission) for permission in needed) and not (entry.or_shared and shared()):
        return None
    try:
        return replace(entry, url=reverse(entry.name))
    except NoReverseMatch:
        return None


def _current(path: str, entries: list[Entry]) -> str:
    """The entry whose address is the longest beginning of ``path``."""
    matching = [entry for entry in entries if path == entry.url or (entry.url != "/" and path.startswith(entry.url))]
    return max(matching, key=lambda entry: len(entry.url)).name if matching else ""
