"""What signs, answers and reports to news, decisions told, and changes of juries hold about a person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people import rights
from culture.people.models import Employee
from culture.people.rights import WITH_IDENTITY, Fate, Group, Holding, Row
from programs.recognition.post_models import (
    JuryChange,
    PostModeration,
    PostReaction,
    PostReply,
    PostReport,
    ThanksNotice,
)

NAMELESS = _("Stays as of “a former colleague”.")


def _reaction(row: PostReaction, person: Employee) -> Row:
    return {_("When"): row.at, _("To news about"): row.post.name, _("What"): row.get_kind_display()}


def _reply(row: PostReply, person: Employee) -> Row:
    return {_("When"): row.at, _("To news about"): row.post.name, _("What"): row.text}


def _report(row: PostReport, person: Employee) -> Row:
    return {
        _("When"): row.at,
        _("News about"): row.post.name,
        _("What"): row.get_why_display(),
        _("Note"): row.note,
        _("State"): row.get_state_display(),
    }


def _told(row: ThanksNotice, person: Employee) -> Row:
    return {_("When"): row.at, _("What"): row.get_kind_display(), pgettext_lazy("day", "Read"): row.seen_at}


def _about(row: PostModeration, person: Employee) -> Row:
    return {_("When"): row.at, _("What"): row.get_act_display(), _("Why"): row.reason}


def _decided(row: Any, person: Employee) -> Row:
    return {_("When"): row.decided_at, _("What"): row.get_why_display(), _("State"): row.get_state_display()}


def _seat(row: JuryChange, person: Employee) -> Row:
    return {_("When"): row.at, _("Award"): row.award.label, _("What"): row.get_act_display(), _("Why"): row.reason}


def _empty_notes(person: Employee) -> int:
    return PostReport.objects.filter(reporter=person).exclude(note="").update(note="")


def _hold(model: str, field: str, title: object, show: object, **more: Any) -> None:
    """Rows of his own that go with him, unless ``more`` says otherwise."""
    usual: dict[str, Any] = {
        "group": Group.THANKS,
        "kept": WITH_IDENTITY,
        "seen_by": _("Whoever sees the news"),
        "after": _("Removed."),
        "fate": Fate.REMOVED,
    }
    rights.hold(Holding(model=f"programs.{model}", fields=(field,), title=title, show=show, **{**usual, **more}))  # type: ignore[arg-type]


def register() -> None:
    """Called when the apps are ready."""
    about = ("post__employee", "post__unit")
    _hold("PostReaction", "employee", _("Your signs to news"), _reaction, related=about)
    _hold("PostReply", "employee", _("Your answers to news"), _reply, related=about)
    _hold("ThanksNotice", "employee", _("What you were told of HR’s decisions"), _told, seen_by=_("Only you"))
    _hold(
        "PostReport",
        "reporter",
        _("News you reported"),
        _report,
        seen_by=_("You and HR; never whom the news is about"),
        after=_("Stay as reported by “a former colleague”; their notes are emptied."),
        fate=Fate.CLEARED,
        erase=_empty_notes,
        related=about,
    )
    _hold(
        "PostModeration",
        "post__employee",
        _("What HR decided on news about you"),
        _about,
        seen_by=_("HR and you"),
        after=_("Removed with the news."),
    )
    _hold(
        "JuryChange",
        "employee",
        _("Juries you joined or left while a round ran"),
        _seat,
        group=Group.DONE,
        seen_by=_("HR"),
        after=_("Removed."),
        related=("award",),
    )
    stays = {"group": Group.DONE, "seen_by": _("HR"), "after": NAMELESS, "fate": Fate.KEPT}
    _hold("PostReport", "decided_by", _("Reports on news you decided on"), _decided, **stays)
    _hold("PostModeration", "by", _("News you hid or showed again"), _about, **stays)
    _hold("JuryChange", "by", _("Juries you changed"), _seat, related=("award",), **stays)
