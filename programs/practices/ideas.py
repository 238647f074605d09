"""Memorable ideas: proposed, allowed beforehand (as they are or altered), learnt and done by everybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.practices import approving, counting, limits, switching
from programs.practices.models import Idea, IdeaMark, Level, Limit

State = Idea.State
WAITING_MOST = 20


@dataclass(frozen=True)
class Words:
    """What an idea says, and what doing it once costs."""

    title: str
    what: str
    phrases: str = ""
    cost: Decimal = Decimal(0)
    currency: str = ""
    behaviour: Behaviour | None = None


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


@transaction.atomic
def propose(
    *, by: Employee, words: Words, key: UUID, now: dt.datetime, today: dt.date, named: bool = True, language: str = ""
) -> Idea:
    """Ask permission; the same ``key`` again gives the first one back. Raises ``ValidationError`` in words."""
    if earlier := Idea.objects.filter(proposer=by, key=key).first():
        return earlier
    if not switching.keeps(by, today):
        raise ValidationError(_("Practices are not switched on in a program of yours."))
    if Idea.objects.proposed().filter(proposer=by).count() >= WAITING_MOST:
        raise ValidationError(_("%(n)s ideas of yours wait already: let them be decided first.") % {"n": WAITING_MOST})
    level, _rule = limits.level(by, Limit.Kind.IDEA, words.cost, words.currency)
    idea, created = Idea.objects.get_or_create(
        proposer=by,
        key=key,
        defaults={
            "unit_id": by.unit_id if named else _unit_of_many(by.unit_id, today),
            "title": _plain(words.title),
            "what": _plain(words.what),
            "phrases": _plain(words.phrases),
            "cost": words.cost,
            "currency": words.currency if words.cost else "",
            "behaviour": words.behaviour,
            "named": named,
            "language": language,
            "level": level,
            "at": now,
        },
    )
    if created:
        audit.record(by, "idea.proposed", idea, level=level)
    return idea


def _unit_of_many(unit: int | None, today: dt.date) -> int | None:
    """The unit an idea without a name may be said to come from: the nearest one of which that is said of at least ten
    people; None: there is none. A small unit would tell whose idea it is. Two queries."""
    if unit is None:
        return None
    here = Employee.objects.here(today).exclude(unit=None).order_by().values("unit").annotate(n=Count("pk"))
    parents = dict(Unit.objects.order_by().values_list("pk", "parent_id"))
    return counting.homes(parents, dict(here.values_list("unit", "n"))).get(unit)


def _locked(idea: Idea) -> Idea:
    return Idea.objects.select_for_update(of=("self",)).select_related("proposer").get(pk=idea.pk)


def _refuse_decided(idea: Idea, by: Employee) -> None:
    if idea.state != State.PROPOSED:
        raise ValidationError(
            _("This idea was decided in the meantime: %(state)s.") % {"state": idea.get_state_display()}
        )
    if not approving.may_decide(by, level=idea.level, person=idea.proposer):
        raise ValidationError(_("This idea is not yours to decide."))


@transaction.atomic
def approve(*, idea: Idea, by: Employee, now: dt.datetime, words: Words | None = None, reason: str = "") -> Idea:
    """Allow it, as it is or altered to ``words``; altering takes a reason, and what was proposed is kept beside it."""
    row = _locked(idea)
    _refuse_decided(row, by)
    reason = _plain(reason)
    changed = _changed(row, words) if words is not None else {}
    if changed and not reason:
        raise ValidationError({"reason": _("Say why you change it: the colleague reads it.")})
    if words is not None and changed:
        level, _rule = limits.level(row.proposer, Limit.Kind.IDEA, words.cost, words.currency)
        if level == Level.HR and not approving.is_hr(by):
            raise ValidationError({"cost": _("This costs more than you may allow: HR decides on it.")})
        row.asked = changed
        row.title, row.what, row.phrases = _plain(words.title), _plain(words.what), _plain(words.phrases)
        row.cost, row.currency = words.cost, words.currency if words.cost else ""
    row.state, row.decided_by, row.decided_at, row.reason = State.APPROVED, by, now, reason
    row.save()
    audit.record(by, "idea.altered" if changed else "idea.approved", row)
    return row


def _changed(row: Idea, words: Words) -> dict[str, str]:
    """What was proposed, of whatever ``words`` say otherwise."""
    currency = words.currency if words.cost else ""
    new = {"title": _plain(words.title), "what": _plain(words.what), "phrases": _plain(words.phrases)}
    old = {"title": row.title, "what": row.what, "phrases": row.phrases}
    found = {name: text for name, text in old.items() if "".join(text.split()) != "".join(new[name].split())}
    if (words.cost, currency) != (row.cost, row.currency):
        found["cost"] = limits.money(row.cost, row.currency)
    return found


@transaction.atomic
def decline(*, idea: Idea, by: Employee, now: dt.datetime, reason: str) -> Idea:
    row = _locked(idea)
    _refuse_decided(row, by)
    if not _plain(reason):
        raise ValidationError({"reason": _("Say why not: who had the idea reads it.")})
    row.state, row.decided_by, row.decided_at, row.reason = State.DECLINED, by, now, _plain(reason)
    row.save()
    audit.record(by, "idea.declined", row)
    return row


@transaction.atomic
def withdraw(*, idea: Idea, by: Employee) -> Idea:
    """One's own, while nobody has decided."""
    row = _locked(idea)
    if row.proposer != by or row.state != State.PROPOSED:
        raise ValidationError(_("Only an idea of yours that still waits can be taken back."))
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    audit.record(by, "idea.withdrawn", row)
    return row


@transaction.atomic
def retire(*, idea: Idea, by: Employee, reason: str) -> Idea:
    """Take an approved idea out of the library: by HR or who approved it, with a reason."""
    row = _locked(idea)
    if row.state != State.APPROVED or not may_retire(row, by):
        raise ValidationError(_("This idea is not yours to take out of the library."))
    if not _plain(reason):
        raise ValidationError({"reason": _("Say why it is no longer offered.")})
    row.state, row.reason = State.RETIRED, _plain(reason)
    row.save(update_fields=["state", "reason"])
    audit.record(by, "idea.retired", row)
    return row


def may_retire(idea: Idea, user: Employee) -> bool:
    decided_by: int | None = idea.decided_by_id  # type: ignore[attr-defined]
    return idea.state == State.APPROVED and (decided_by == user.pk or approving.is_hr(user))


def did(*, idea: Idea, by: Employee, today: dt.date) -> bool:
    """“I did it” today; again takes it back. Returns whether it stands now. Not audited: it is one's own diary."""
    if idea.state != State.APPROVED:
        raise ValidationError(_("Only what is approved can be done."))
    if IdeaMark.objects.filter(idea=idea, employee=by, on=today).delete()[0]:
        return False
    IdeaMark.objects.get_or_create(idea=idea, employee=by, on=today)
    return True


def with_marks(rows: QuerySet[Idea], reader: Employee) -> QuerySet[Idea]:
    """``done``: how often in all; ``done_by_me``: how often by the reader."""
    marks = IdeaMark.objects.filter(idea=OuterRef("pk")).order_by().values("idea")
    return rows.annotate(
        done=Subquery(marks.annotate(n=Count("pk")).values("n")),
        done_by_me=Subquery(marks.filter(employee=reader).annotate(n=Count("pk")).values("n")),
    )


def visible_to(reader: Employee) -> QuerySet[Idea]:
    """The library, one's own whatever their state, and what waits for one's decision (HR: whatever waits)."""
    seen = Q(state=State.APPROVED) | Q(proposer=reader)
    if approving.is_hr(reader):
        seen |= Q(state=State.PROPOSED)
    else:
        seen |= Q(state=State.PROPOSED, level=Level.MANAGER, proposer__manager=reader)
    return Idea.objects.filter(seen)
