"""Thanks that should be looked at: reported by anybody who sees them, decided on by HR, hidden and shown again.

Who reported is told to HR alone. Who is part of a thank-you, as giver or receiver, neither sees its reports nor decides
on them. Points are not touched: they are corrected in the ledger, where there is a reason to.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.recognition import decisions
from programs.recognition.feed_models import LONGEST_NOTE, LONGEST_REASON, KudosModeration, KudosReport
from programs.recognition.models import Kudos, KudosReceiver

Act = KudosModeration.Act
State = KudosReport.State


def report(*, kudos: Kudos, by: Employee, why: str, note: str, now: dt.datetime) -> KudosReport:
    """``by`` asks HR to look at ``kudos``; once. Raises ``ValidationError`` by field: why, note."""
    note = checked(why, note)
    if kudos.giver_id == by.pk:
        words = _("These are your own thanks. You can withdraw them while they are on their way.")
        raise ValidationError({"why": words})
    try:
        with transaction.atomic():
            return KudosReport.objects.create(kudos=kudos, reporter=by, why=why, note=note, at=now)
    except IntegrityError:
        raise ValidationError({"why": _("You have reported these thanks before. HR has it.")}) from None


def checked(why: str, note: str) -> str:
    """The note as it is kept. Raises ``ValidationError`` by field: why, note."""
    note = note.replace("\0", "").strip()
    if why not in KudosReport.Why.values:
        raise ValidationError({"why": _("Choose what is wrong with it.")})
    if len(note) > LONGEST_NOTE:
        raise ValidationError({"note": _("Keep it under %(limit)d characters.") % {"limit": LONGEST_NOTE}})
    return note


# -- HR --------------------------------------------------------------------------------------------------------------


def _not_of(hr: Employee) -> QuerySet[Kudos]:
    """Thanks ``hr`` is no part of."""
    mine = KudosReceiver.objects.filter(kudos=OuterRef("pk"), receiver=hr)
    return Kudos.objects.exclude(giver=hr).filter(~Exists(mine))


def waiting(hr: Employee) -> QuerySet[Kudos]:
    """Reported and not decided on yet; who waits longest comes first."""
    open_ = KudosReport.objects.filter(kudos=OuterRef("pk"), state=State.OPEN)
    rows = _not_of(hr).filter(Exists(open_)).exclude(state=Kudos.State.WITHDRAWN)
    return rows.annotate(last=Max("reports__at")).order_by("last", "pk")


def decided(hr: Employee) -> QuerySet[Kudos]:
    """Decided on, the last decision first."""
    rows = _not_of(hr).filter(moderations__isnull=False).annotate(last=Max("moderations__at"))
    return rows.order_by("-last", "-pk")


@dataclass(frozen=True)
class Decision:
    act: str
    reason: str


def worded(decision: Decision) -> str:
    """The reason as it is kept. Raises ``ValidationError`` by field: reason."""
    reason = " ".join(decision.reason.replace("\0", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        words = _("Say why in at most %(limit)d characters: whom it is about reads it, and who reported it.")
        raise ValidationError({"reason": words % {"limit": LONGEST_REASON}})
    return reason


@transaction.atomic
def decide(*, kudos: Kudos, by: Employee, decision: Decision, now: dt.datetime) -> KudosModeration:
    """HR hides ``kudos`` from all but giver and receivers, leaves it, or shows it again; the open reports are done.

    Raises ``ValidationError`` by field: reason, act. The reason is read by giver and receivers, and by who reported.
    """
    reason, act = worded(decision), decision.act
    locked = Kudos.objects.select_for_update(of=("self",)).get(pk=kudos.pk)
    if not _not_of(by).filter(pk=locked.pk).exists():
        raise ValidationError({"act": _("You are part of these thanks: a second person decides.")})
    if act not in _possible(locked):
        raise ValidationError({"act": _("Somebody has decided on it meanwhile. Look at it again.")})
    if act != Act.KEEP:
        locked.hidden_at = now if act == Act.HIDE else None
        locked.save(update_fields=["hidden_at"])
    made = KudosModeration.objects.create(kudos=locked, act=act, reason=reason, by=by, at=now)
    state = State.HIDDEN if locked.hidden_at else State.KEPT
    open_ = KudosReport.objects.select_for_update().filter(kudos=locked, state=State.OPEN)
    reporters = list(open_.values_list("reporter", flat=True))
    KudosReport.objects.filter(kudos=locked, state=State.OPEN).update(state=state, decided_by=by, decided_at=now)
    receivers = KudosReceiver.objects.filter(kudos=locked).values_list("receiver", flat=True)
    parties = [locked.giver_id, *receivers]  # type: ignore[attr-defined]
    decisions.tell(act=act, reporters=reporters, parties=parties, kudos=locked, now=now)
    if act == Act.HIDE:
        audit.record(by, "kudos.hidden", locked)
    elif act == Act.RESTORE:
        audit.record(by, "kudos.restored", locked)
    else:
        audit.record(by, "kudos.kept", locked)
    return made


def _possible(kudos: Kudos) -> set[str]:
    if kudos.state == Kudos.State.WITHDRAWN:
        return set()
    if kudos.hidden_at is not None:
        again = KudosReport.objects.filter(kudos=kudos, state=State.OPEN).exists()
        return {Act.RESTORE, Act.KEEP} if again else {Act.RESTORE}
    return {Act.HIDE, Act.KEEP}
