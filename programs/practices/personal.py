"""What practices hold about a person: his log goes with him; what others rely on stays without a name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from culture.people import retention, rights
from culture.people.models import Employee
from culture.people.rights import ONLY_YOU, WITH_IDENTITY, Fate, Group, Holding, Row
from programs.practices import limits
from programs.practices.models import Idea, IdeaMark, PracticeKeeper, PracticeNote, Recovery

UNTIL_EXPIRED = _("Until the period HR set for personal notes is over, and no longer than your name")


def _note(row: PracticeNote, person: Employee) -> Row:
    return {
        _("Day"): row.on,
        _("What"): row.get_kind_display(),
        _("For whom"): row.get_customer_display(),
        _("How many"): row.many,
        _("Your words"): row.note,
    }


def _idea(row: Idea, person: Employee) -> Row:
    return {
        _("When"): row.at,
        _("Idea"): row.title,
        _("What one does"): row.what,
        _("What one says"): row.phrases,
        _("What it costs"): limits.money(row.cost, row.currency) if row.cost else None,
        _("State"): row.get_state_display(),
        _("Reason"): row.reason,
    }


def _mark(row: IdeaMark, person: Employee) -> Row:
    return {_("Day"): row.on, _("Idea"): row.idea.title}


def _recovery(row: Recovery, person: Employee) -> Row:
    return {
        _("When"): row.at,
        _("What happened"): row.what,
        _("Amends"): row.get_amends_display(),
        _("Worth"): limits.money(row.value, row.currency) if row.value else None,
        _("State"): row.get_state_display(),
        _("Outcome"): row.get_outcome_display() or None,
        _("What was learnt"): row.learnt,
    }


def _keeper(row: PracticeKeeper, person: Employee) -> Row:
    return {_("Program"): row.program.name, _("From"): row.since}


def _decided(row: Any, person: Employee) -> Row:
    return {_("When"): row.decided_at, _("State"): row.get_state_display(), _("Reason"): row.reason}


def _forget_recoveries(person: Employee) -> int:
    """His words go; that something was given, and how it ended, stays for the counts."""
    mine = Recovery.objects.filter(employee=person)
    return mine.exclude(what="", learnt="").update(what="", learnt="")


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="programs.PracticeNote",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Personal notes you wrote down"),
            kept=UNTIL_EXPIRED,
            seen_by=ONLY_YOU,
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=_note,
        )
    )
    rights.hold(
        Holding(
            model="programs.PracticeKeeper",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Since when you keep practices"),
            kept=_("Until your program keeps practices no more, or you leave it"),
            seen_by=_("You; leaders see shares of groups of ten and more"),
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=_keeper,
            related=("program",),
        )
    )
    rights.hold(
        Holding(
            model="programs.IdeaMark",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Ideas you carried out"),
            kept=WITH_IDENTITY,
            seen_by=ONLY_YOU,
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=_mark,
            related=("idea",),
        )
    )
    rights.hold(
        Holding(
            model="programs.Idea",
            fields=("proposer",),
            group=Group.PROGRAM,
            title=_("Memorable ideas you proposed"),
            kept=WITH_IDENTITY,
            seen_by=_("You and who decides; once approved everybody, with your name if you wished"),
            after=_("Stay in the library as the idea of “a former colleague”."),
            fate=Fate.KEPT,
            show=_idea,
        )
    )
    rights.hold(
        Holding(
            model="programs.Recovery",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Complaints you made good"),
            kept=WITH_IDENTITY,
            seen_by=_(
                "You; who is asked for permission; your manager while one is past due; the audit trail notes amounts"
            ),
            after=_("Stay as counts; the words are emptied."),
            fate=Fate.CLEARED,
            show=_recovery,
            erase=_forget_recoveries,
        )
    )
    for model, title in (
        ("programs.Idea", _("Ideas you decided on")),
        ("programs.Recovery", _("Amends you decided on")),
    ):
        rights.hold(
            Holding(
                model=model,
                fields=("decided_by",),
                group=Group.DONE,
                title=title,
                kept=WITH_IDENTITY,
                seen_by=_("Who asked, who decides and HR"),
                after=_("Stay as decided by “a former colleague”."),
                fate=Fate.KEPT,
                show=_decided,
            )
        )
    rights.authored("programs.RecoveryRule", "by", title=_("How soon complaints are to be made good, as you set it"))
    retention.register(
        retention.Kind(
            key="practice-notes",
            title=_("Personal notes people wrote down"),
            counted_from=_("after they were written"),
            reason=_("A log helps its writer for a year; figures need four weeks of it."),
            default=400,
            minimum=90,
            maximum=1825,
            due=lambda before: PracticeNote.objects.filter(at__lt=before),
            person="employee",
        )
    )
    retention.register(
        retention.Kind(
            key="recoveries",
            title=_("Complaints made good"),
            counted_from=_("after they were closed"),
            reason=_("What was given is accounted for elsewhere; here it is for learning."),
            default=730,
            minimum=180,
            maximum=3650,
            due=lambda before: Recovery.objects.filter(closed_at__lt=before),
            person="employee",
        )
    )
