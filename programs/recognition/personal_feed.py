"""What the feed of thanks holds about a person: choices, signs, answers, pictures, reports, mails."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people import rights
from culture.people.models import Employee
from culture.people.rights import WITH_IDENTITY, Fate, Group, Holding, Row
from programs.recognition.feed_models import (
    KudosModeration,
    KudosPicture,
    KudosReaction,
    KudosReply,
    KudosReport,
    ThanksChoice,
    ThanksMail,
)

WHO_SEES_THEM = _("Whoever sees the thanks")


def _choice(row: ThanksChoice, person: Employee) -> Row:
    return {
        _("Amounts hidden"): row.hide_amounts,
        _("Anniversaries left out"): row.no_events,
        _("No mails about thanks"): row.no_mail,
    }


def _reaction(row: KudosReaction, person: Employee) -> Row:
    return {_("When"): row.at, _("To thanks by"): row.kudos.giver.name, _("What"): row.get_kind_display()}


def _reply(row: KudosReply, person: Employee) -> Row:
    return {_("When"): row.at, pgettext_lazy("receiver", "To"): row.receipt.giver.name, _("What"): row.text}


def _picture(row: KudosPicture, person: Employee) -> Row:
    size = f"{row.width} × {row.height}"
    return {_("When"): row.kudos.at, _("By"): row.kudos.giver.name, _("Size"): size, _("What it shows"): row.alt}


def _report(row: KudosReport, person: Employee) -> Row:
    return {
        _("When"): row.at,
        _("Thanks by"): row.kudos.giver.name,
        _("What"): row.get_why_display(),
        _("Note"): row.note,
        _("State"): row.get_state_display(),
    }


def _decided(row: KudosReport, person: Employee) -> Row:
    return {_("When"): row.decided_at, _("What"): row.get_why_display(), _("State"): row.get_state_display()}


def _moderation(row: KudosModeration, person: Employee) -> Row:
    return {_("When"): row.at, _("What"): row.get_act_display(), _("Why"): row.reason}


def _mail(row: ThanksMail, person: Employee) -> Row:
    return {_("When"): row.due_at, _("State"): row.get_state_display()}


def _empty_notes(person: Employee) -> int:
    return KudosReport.objects.filter(reporter=person).exclude(note="").update(note="")


def _own(model: str, title: object, show: object, *, field: str = "employee", related: tuple[str, ...] = ()) -> Holding:
    """Rows that are his alone: seen as ``WHO_SEES_THEM`` says, and removed with him."""
    return Holding(
        model=model,
        fields=(field,),
        group=Group.THANKS,
        title=title,
        kept=WITH_IDENTITY,
        seen_by=WHO_SEES_THEM,
        after=_("Removed."),
        fate=Fate.REMOVED,
        show=show,  # type: ignore[arg-type]
        related=related,
    )


def register() -> None:
    rights.hold(
        Holding(
            model="programs.ThanksChoice",
            fields=("employee",),
            group=Group.THANKS,
            title=_("Your choices about thanks"),
            kept=WITH_IDENTITY,
            seen_by=_("Only you"),
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=_choice,
        )
    )
    rights.hold(_own("programs.KudosReaction", _("Your signs to thanks"), _reaction, related=("kudos__giver",)))
    rights.hold(
        _own("programs.KudosReply", _("Your answers to thanks"), _reply, field="receipt__receiver",
             related=("receipt__giver",))
    )  # fmt: skip
    # On the picture of a thank-you may be whoever gave it, and whoever got it.
    rights.hold(
        _own("programs.KudosPicture", _("Pictures of thanks you gave"), _picture, field="kudos__giver",
             related=("kudos__giver",))
    )  # fmt: skip
    rights.hold(
        _own("programs.KudosPicture", _("Pictures of thanks you got"), _picture, field="kudos__receipts__receiver",
             related=("kudos__giver",))
    )  # fmt: skip
    rights.hold(_own("programs.ThanksMail", _("Mails about thanks"), _mail))
    _hold_reports()


def _hold_reports() -> None:
    rights.hold(
        Holding(
            model="programs.KudosReport",
            fields=("reporter",),
            group=Group.THANKS,
            title=_("Thanks you reported"),
            kept=WITH_IDENTITY,
            seen_by=_("You and HR; never who is part of the thanks"),
            after=_("Stay as reported by “a former colleague”; their notes are emptied."),
            fate=Fate.CLEARED,
            show=_report,
            erase=_empty_notes,
            related=("kudos__giver",),
        )
    )
    for field in ("kudos__giver", "kudos__receipts__receiver"):
        rights.hold(
            Holding(
                model="programs.KudosModeration",
                fields=(field,),
                group=Group.THANKS,
                title=_("What HR decided on thanks you gave") if field == "kudos__giver" else
                _("What HR decided on thanks you got"),
                kept=WITH_IDENTITY,
                seen_by=_("HR, giver and receivers"),
                after=_("Stays with the thanks; his name in it is covered."),
                fate=Fate.KEPT,
                show=_moderation,
            )
        )  # fmt: skip
    for model, field, title in (
        ("programs.KudosReport", "decided_by", _("Reports on thanks you decided on")),
        ("programs.KudosModeration", "by", _("Thanks you hid or showed again")),
    ):
        rights.hold(
            Holding(
                model=model,
                fields=(field,),
                group=Group.DONE,
                title=title,
                kept=WITH_IDENTITY,
                seen_by=_("HR"),
                after=_("Stay as decided by “a former colleague”."),
                fate=Fate.KEPT,
                show=_decided if field == "decided_by" else _moderation,
            )
        )
