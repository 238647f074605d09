"""What awards and milestones hold about a person: shown to him, and what becomes of it when he is erased."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from culture.people import rights
from culture.people.models import Employee
from culture.people.rights import FOR_EVER, WITH_IDENTITY, Fate, Group, Holding, Row
from programs.recognition.award_models import (
    AwardCandidate,
    AwardJuror,
    AwardMail,
    AwardVote,
    AwardWinner,
    FeedPost,
    Nomination,
)
from programs.recognition.milestone_models import Occasion


def removed_words() -> str:
    """What stands in the place of words about somebody who was erased, in the organisation's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("(These words are gone with the colleague they were about.)")


def _nominated(row: Nomination, person: Employee) -> Row:
    return {
        _("When"): row.at,
        _("Award"): row.candidate.round.award.label,
        _("Whom"): row.candidate.name,
        _("Your words"): row.evidence,
    }


def _about(row: AwardCandidate, person: Employee) -> Row | None:
    """Only once it is decided: until then a nomination is the jury's."""
    if row.round.running:
        return None
    return {
        _("Award"): row.round.award.label,
        _("State"): row.get_state_display(),
        _("Points"): row.points or None,
        _("Said of you"): [one.evidence for one in row.nominations.filter(withdrawn_at=None)]
        if row.state == AwardCandidate.State.WON
        else None,
    }


def _won(row: AwardWinner, person: Employee) -> Row:
    return {
        _("When"): row.candidate.decided_at,
        _("Award"): row.candidate.round.award.label,
        _("Points"): row.points,
    }


def _vote(row: AwardVote, person: Employee) -> Row:
    return {_("When"): row.at, _("Award"): row.candidate.round.award.label, _("Note"): row.note}


def _seat(row: AwardJuror, person: Employee) -> Row:
    return {_("Award"): row.award.label}


def _post(row: FeedPost, person: Employee) -> Row:
    return {_("When"): row.at, _("What"): row.get_kind_display(), _("Taken down"): row.hidden_at is not None}


def _occasion(row: Occasion, person: Employee) -> Row:
    return {
        _("Day"): row.on,
        _("What"): row.get_kind_display(),
        _("State"): row.get_state_display(),
        _("Points"): row.points or None,
    }


def _mail(row: AwardMail, person: Employee) -> Row:
    return {_("When"): row.due_at, _("What"): row.get_kind_display(), _("State"): row.get_state_display()}


def _decided(row: Any, person: Employee) -> Row:
    when = getattr(row, "decided_at", None) or getattr(row, "ended_at", None) or getattr(row, "hidden_at", None)
    return {_("When"): when, _("State"): getattr(row, "get_state_display", lambda: "")()}


def _forget_words(person: Employee) -> int:
    """What others wrote about him, and the reasons he was given; what he won stays as won by a former colleague."""
    words = removed_words()
    about = Nomination.objects.filter(nominee=person).exclude(evidence=words).update(evidence=words)
    declined = AwardCandidate.objects.filter(employee=person, state=AwardCandidate.State.DECLINED)
    AwardCandidate.objects.filter(employee=person).exclude(state=AwardCandidate.State.DECLINED).update(reason="")
    return about + declined.exclude(reason=words).update(reason=words)


def _forget_notes(person: Employee) -> int:
    AwardVote.objects.filter(candidate__employee=person).exclude(note="").update(note="")
    return AwardVote.objects.filter(juror=person).exclude(note="").update(note="")


def _keep_paid(person: Employee) -> int:
    """Milestones that were paid stay, so that the ledger is explained; the others go."""
    return Occasion.objects.filter(employee=person, entry=None).delete()[0]


_NAMELESS = _("Stays as of “a former colleague”.")


def _hold(**fields: Any) -> None:
    rights.hold(Holding(**{"kept": WITH_IDENTITY, "after": _NAMELESS, "fate": Fate.KEPT, **fields}))


def register() -> None:
    """Called when the apps are ready."""
    award = "candidate__round__award"
    _hold(
        model="programs.Nomination",
        fields=("nominator",),
        group=Group.THANKS,
        title=_("Whom you nominated for awards"),
        seen_by=_("HR, who judges the award, and whoever wins"),
        after=_("Stays, as from “a former colleague”; his name in it is covered."),
        show=_nominated,
        related=(award, "candidate__employee", "candidate__unit"),
    )
    _hold(
        model="programs.Nomination",
        fields=("nominee",),
        group=Group.THANKS,
        title=_("Nominations of you"),
        seen_by=_("HR and who judges the award; you, when you won"),
        after=_("What was written about him is removed."),
        fate=Fate.CLEARED,
        show=lambda row, person: None,  # shown with the candidacy below, and only when it is decided
        erase=_forget_words,
    )
    _hold(
        model="programs.AwardCandidate",
        fields=("employee",),
        group=Group.THANKS,
        title=_("Awards you were a candidate for"),
        kept=FOR_EVER,
        seen_by=_("HR and who judges; everybody, when you won"),
        show=_about,
        related=("round__award",),
    )
    _hold(
        model="programs.AwardWinner",
        fields=("employee",),
        group=Group.THANKS,
        title=_("Awards you won"),
        kept=FOR_EVER,
        seen_by=_("Everybody"),
        show=_won,
        related=(award,),
    )
    _hold(
        model="programs.Occasion",
        fields=("employee",),
        group=Group.THANKS,
        title=_("Your milestones"),
        seen_by=_("HR; everybody, once announced, unless you do not want it"),
        after=_("Removed; those that were paid stay, so that the ledger adds up."),
        fate=Fate.CLEARED,
        show=_occasion,
        erase=_keep_paid,
    )
    _hold(
        model="programs.FeedPost",
        fields=("employee",),
        group=Group.THANKS,
        title=_("News about you"),
        seen_by=_("Everybody, until you take it down"),
        after=_("Removed."),
        fate=Fate.REMOVED,
        show=_post,
    )
    _hold(
        model="programs.AwardVote",
        fields=("juror",),
        group=Group.DONE,
        title=_("Your votes on awards"),
        seen_by=_("Who decides the award"),
        after=_("Stay without name and without their notes."),
        fate=Fate.CLEARED,
        show=_vote,
        erase=_forget_notes,
        related=(award,),
    )
    _hold(
        model="programs.AwardJuror",
        fields=("employee",),
        group=Group.DONE,
        title=_("Juries you sit in"),
        seen_by=_("Everybody"),
        after=_("Removed."),
        fate=Fate.REMOVED,
        show=_seat,
        related=("award",),
    )
    _hold(
        model="programs.AwardMail",
        fields=("employee",),
        group=Group.THANKS,
        title=_("Mails to you about awards"),
        seen_by=_("Only you"),
        after=_("Removed."),
        fate=Fate.REMOVED,
        show=_mail,
    )
    for model, field, title in (
        ("programs.AwardCandidate", "decided_by", _("Candidates you decided on")),
        ("programs.AwardRound", "ended_by", _("Rounds of awards you ended")),
        ("programs.FeedPost", "hidden_by", _("News you took down")),
        ("programs.TeamProposal", "decided_by", _("Teams you decided on")),
    ):
        _hold(model=model, fields=(field,), group=Group.DONE, title=title, seen_by=_("HR"), show=_decided)
